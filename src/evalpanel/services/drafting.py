"""A draft of a letter for a lawyer: a Word document with the words of the letter as they are now. Nothing is signed."""

from __future__ import annotations

from pathlib import Path

from evalpanel.domain.people import Role
from evalpanel.domain.tender import LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_docx import draft as as_docx
from evalpanel.services import audit, letter_drafts, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.system.files import write_atomic


def draft(
    workspace: Workspace, named: str, *, bid: str, lot: str | None = None, out: Path, person: str | None = None
) -> LotCode:
    """Write the draft of one bid's letter as a Word document, and give its lot. The act is on record: the file leaves the program.

    Raises `LetterBlocked` while anything is missing. `person` is who asks: nobody gets a letter of a lot from which they are recused.
    """
    if out.suffix.lower() != ".docx":
        raise EvalPanelError(
            f"{out.name} is not the name of a Word document.", "Nothing was written. End it with .docx."
        )
    with workspace.store.reading() as tx:
        lots = [one.lot for one in tenders.find(tx, named).pack.bids if one.bid == bid]
    if lot is None and len(lots) > 1:
        raise EvalPanelError(
            f"Bid {bid} is for the lots {', '.join(lots)}.", "Nothing was written. Say which one with --lot."
        )
    letter = letter_drafts.composed(workspace, named, bid, lot or next(iter(lots), ""), person=person)
    write_atomic(out, as_docx(letter), private=False)
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        detail = {"bid": letter.bid, "lot": letter.lot}
        who = tender.acting(Role.OFFICER, person)
        audit.record(tx, workspace, "letter-drafted", tender=tender.tender_id, person=who, detail=detail)
    return letter.lot
