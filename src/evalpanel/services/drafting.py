"""A draft of a letter for a lawyer: a Word document with the words of the letter as they are now. Nothing is signed."""

from __future__ import annotations

from pathlib import Path

from evalpanel.domain.feedback import LetterBlocked
from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.letter import FeedbackLetter
from evalpanel.domain.people import Role
from evalpanel.domain.tender import LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_docx import draft as as_docx
from evalpanel.services import audit, combined_letters, letter_drafts, letter_occasions, tenders
from evalpanel.services.awards import so_far
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import write_atomic


def draft(
    workspace: Workspace, named: str, *, bid: str, lot: str | None = None, out: Path, person: str | None = None
) -> LotCode:
    """Write the draft of one bid's letter as a Word document, and give its lot. The act is on record: the file leaves the program.

    Raises `LetterBlocked` while anything is missing. `person` is who asks: nobody gets a letter of a lot from which they are recused.
    """
    _must_be_docx(out)
    with workspace.store.reading() as tx:
        of_lot = letter_occasions.bid_of(tenders.find(tx, named), bid, lot).lot
    letter = letter_drafts.composed(workspace, named, bid, of_lot, person=person)
    _write(workspace, named, letter, out, person)
    return letter.lot


def draft_combined(workspace: Workspace, named: str, *, bid: str, out: Path, person: str | None = None) -> LotCode:
    """The same of the one letter for all lots of the bidder of `bid`. Gives the first of them."""
    _must_be_docx(out)
    letter = combined_letters.composed(workspace, named, bid, person=person)
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
        about = letter_occasions.bid_of(tender, bid, lot)
        letter_drafts.may_see(tx, tender, about.lot, person)
        one = letter_occasions.written(tx, workspace, tender, so_far(tx, tender), occasion, about)
    if one.letter is None:
        raise LetterBlocked(about.bid, one.why)
    letter = one.letter
    _write(workspace, named, letter, out, person)
    return letter.lot


def _must_be_docx(out: Path) -> None:
    if out.suffix.lower() != ".docx":
        raise EvalPanelError(
            f"{out.name} is not the name of a Word document.", "Nothing was written. End it with .docx."
        )


def _write(workspace: Workspace, named: str, letter: FeedbackLetter, out: Path, person: str | None) -> None:
    made = as_docx(letter)
    # On record first: a draft that left the program must never be one that the record does not know.
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        detail = {"bid": letter.bid, "lot": letter.lot, "kind": letter.kind}
        who = tender.acting(Role.OFFICER, person)
        audit.record(tx, workspace, "letter-drafted", tender=tender.tender_id, person=who, detail=detail)
    write_atomic(out, made, private=False)
