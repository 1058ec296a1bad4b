"""A draft of a letter for a lawyer: a Word document with the words of the letter as they are now. Nothing is signed."""

from __future__ import annotations

from pathlib import Path

from evalpanel.domain.feedback_occasions import Occasion, OccasionInputs, compose_occasion
from evalpanel.domain.letter import FeedbackLetter, Signatory
from evalpanel.domain.people import Role
from evalpanel.domain.tender import LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_docx import draft as as_docx
from evalpanel.services import audit, letter_drafts, tenders, wordings
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from evalpanel.system.files import write_atomic


def draft(
    workspace: Workspace, named: str, *, bid: str, lot: str | None = None, out: Path, person: str | None = None
) -> LotCode:
    """Write the draft of one bid's letter as a Word document, and give its lot. The act is on record: the file leaves the program.

    Raises `LetterBlocked` while anything is missing. `person` is who asks: nobody gets a letter of a lot from which they are recused.
    """
    _must_be_docx(out)
    with workspace.store.reading() as tx:
        of_lot = _lot(tenders.find(tx, named), bid, lot)
    letter = letter_drafts.composed(workspace, named, bid, of_lot, person=person)
    _write(workspace, named, letter, out, person)
    return letter.lot


def draft_occasion(
    workspace: Workspace,
    named: str,
    occasion: Occasion,
    *,
    bid: str,
    lot: str | None = None,
    out: Path,
    person: str | None = None,
) -> LotCode:
    """The same of a letter that follows from no outcome: prequalification, an abnormally low price, the end of standstill.

    What it says of the bid comes from the record; the rest is the `occasion`. Raises `LetterBlocked` while anything is missing.
    """
    _must_be_docx(out)
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        of_lot = _lot(tender, bid, lot)
        letter_drafts.may_see(tx, tender, of_lot, person)
        pack = tender.pack
        assert pack.tender is not None
        about = next((one for one in pack.bids if (one.bid, one.lot) == (bid, of_lot)), None)
        if about is None:
            raise EvalPanelError(f"There is no bid {bid} in lot {of_lot}.", "Nothing was written.")
        regime = wordings.regime(pack.tender.regime)
        who = tender.acting(Role.OFFICER, None)
        name = next((one.name for one in pack.panel if one.person == who), workspace.owner.name)
        moderated = score_reads.moderated(tx, tender.tender_id)
        letter = compose_occasion(
            OccasionInputs(
                pack.tender,
                next(one for one in pack.lots if one.lot == about.lot),
                pack.criteria,
                pack.scales,
                next(one for one in pack.bidders if one.bidder == about.bidder),
                tuple(one for one in pack.members if one.bidder == about.bidder),
                about,
                tuple(one for line, one in moderated.items() if (line.lot, line.bid) == (about.lot, about.bid)),
                regime,
                wordings.wording(tx, regime),
                Signatory(name, f"Procurement officer, {pack.tender.authority}", workspace.owner.email),
                workspace.now().date(),
                occasion,
            )
        )
    _write(workspace, named, letter, out, person)
    return letter.lot


def _must_be_docx(out: Path) -> None:
    if out.suffix.lower() != ".docx":
        raise EvalPanelError(
            f"{out.name} is not the name of a Word document.", "Nothing was written. End it with .docx."
        )


def _lot(tender: tenders.OpenTender, bid: str, lot: str | None) -> str:
    lots = [one.lot for one in tender.pack.bids if one.bid == bid]
    if lot is None and len(lots) > 1:
        raise EvalPanelError(
            f"Bid {bid} is for the lots {', '.join(lots)}.", "Nothing was written. Say which one with --lot."
        )
    return lot or next(iter(lots), "")


def _write(workspace: Workspace, named: str, letter: FeedbackLetter, out: Path, person: str | None) -> None:
    made = as_docx(letter)
    # On record first: a draft that left the program must never be one that the record does not know.
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        detail = {"bid": letter.bid, "lot": letter.lot, "kind": letter.kind}
        who = tender.acting(Role.OFFICER, person)
        audit.record(tx, workspace, "letter-drafted", tender=tender.tender_id, person=who, detail=detail)
    write_atomic(out, made, private=False)
