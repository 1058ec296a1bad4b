"""Letters for an occasion, composed from the record: shared by what looks at them, approves, drafts and signs them."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from evalpanel.domain.feedback_occasions import Occasion, OccasionInputs, blocked_occasion, compose_occasion
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.people import Role
from evalpanel.domain.tender import Bid
from evalpanel.errors import EvalPanelError
from evalpanel.services import after_outcome, letter_drafts, tenders
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.letter_drafts import Written
from evalpanel.services.workspace import Workspace


def bid_of(tender: tenders.OpenTender, bid: str, lot: str | None) -> Bid:
    """The bid with this code: in this lot, or in the only lot that it is for."""
    found = [one for one in tender.pack.bids if one.bid == bid and lot in (None, one.lot)]
    if len(found) > 1:
        raise EvalPanelError(
            f"Bid {bid} is for the lots {', '.join(one.lot for one in found)}.",
            "Nothing was written. Say which one with --lot.",
        )
    if not found:
        raise EvalPanelError(f"There is no bid {bid} in lot {lot or 'of this tender'}.", "Nothing was written.")
    return found[0]


def written(
    tx: Session, workspace: Workspace, tender: tenders.OpenTender, held: TenderOutcome, occasion: Occasion, bid: Bid
) -> Written:
    """The letter to the bidder of `bid` for an occasion, or what keeps it from being written.

    The days of standstill are those of the record, where the occasion does not say them.
    """
    pack = held.pack
    assert pack.tender is not None
    if occasion.kind in (LetterKind.STANDSTILL_BEGAN, LetterKind.STANDSTILL_ENDED) and occasion.ends is None:
        now = after_outcome.read(tx, workspace, tender)
        ends = now.period.ends if now.period is not None else None
        begins = occasion.kind is LetterKind.STANDSTILL_BEGAN and now.notice is not None
        occasion = replace(occasion, ends=ends, published=now.notice.published if begins and now.notice else None)
    regime, wording = letter_drafts.regime_and_wording(tx, held)
    about = OccasionInputs(
        pack.tender,
        next(one for one in pack.lots if one.lot == bid.lot),
        pack.criteria,
        pack.scales,
        next(one for one in pack.bidders if one.bidder == bid.bidder),
        tuple(one for one in pack.members if one.bidder == bid.bidder),
        bid,
        tuple(one for line, one in held.moderated.items() if (line.lot, line.bid) == (bid.lot, bid.bid)),
        regime,
        wording,
        letter_drafts.signatory(workspace, held, tender.acting(Role.OFFICER, None)),
        workspace.now().date(),
        occasion,
    )
    why = blocked_occasion(about)
    letter = None if why else letter_drafts.headed(workspace, compose_occasion(about))
    return Written(bid, occasion.kind, (about,), letter, why)
