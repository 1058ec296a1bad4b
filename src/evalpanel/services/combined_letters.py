"""One letter for all lots of a bidder, instead of one a lot: which bids it is about, and how it will look."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from evalpanel.domain.feedback import LetterBlocked
from evalpanel.domain.letter import FeedbackLetter
from evalpanel.domain.letter_wording import AWARD
from evalpanel.domain.people import Role
from evalpanel.domain.tender import Bid
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import render
from evalpanel.services import tenders
from evalpanel.services.awards import TenderOutcome, computed
from evalpanel.services.letter_drafts import may_see, regime_and_wording, signatory, written
from evalpanel.services.signed_letters import covering, letter_rows
from evalpanel.services.workspace import Workspace


def wanted(tx: Session, held: TenderOutcome, bid: str | None, lot: str | None, *, combined: bool) -> Sequence[Bid]:
    """The bids that letters are asked for: of one `bid`, of one `lot`, or all.

    `combined`: a bid stands for all bids of its bidder, and a letter that was signed before is no part of the one that is still to come.
    """
    chosen = [one for one in held.pack.bids if bid in (None, one.bid) and lot in (None, one.lot)]
    if not combined:
        return chosen
    if lot is None:
        bidders = {one.bidder for one in chosen}
        chosen = [one for one in held.pack.bids if one.bidder in bidders]
    signed = covering(letter_rows(tx, held.tender_id), AWARD)
    return [one for one in chosen if (one.bid, one.lot) not in signed] or chosen


def composed(workspace: Workspace, named: str, bid: str, *, person: str | None = None) -> FeedbackLetter:
    """The one letter for all lots of the bidder of `bid`, with the content that it has now.

    `person` is who looks: nobody sees it who is recused from a part of any of its lots. Raises `LetterBlocked` while anything is missing
    in one of them.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        held = computed(tx, tender)
        chosen = wanted(tx, held, bid, None, combined=True)
        for one in chosen:
            may_see(tx, tender, one.lot, person)
        regime, wording = regime_and_wording(tx, held)
        signs = signatory(workspace, held, tender.acting(Role.OFFICER, None))
    made = written(workspace, held, chosen, regime, wording, signs, combined=True)
    if not made:
        raise EvalPanelError(f"Bid {bid} is owed no letter.", "An in-house comparator gets none.")
    if made[0].letter is None:
        raise LetterBlocked(made[0].bid.bid, made[0].why)
    return made[0].letter


def preview(workspace: Workspace, named: str, bid: str, *, person: str | None = None) -> bytes:
    """The same as a PDF that is not signed, as the bidder will see it."""
    return render(composed(workspace, named, bid, person=person), made_at=workspace.now()).data
