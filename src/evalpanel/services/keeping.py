"""How long a tender's record is kept, and its ending: sealed files taken away, the wrapping key deleted, and that recorded."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.people import Role
from evalpanel.domain.retention import RecordEnding, Retention, RetentionState, warning, why_not_end
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import after_outcome, tenders, workspace
from evalpanel.services.after_outcome import said
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

KEPT = (
    "Scores, reasons, names and this history stay in the store and in its backups. Letters and reports that were given out, "
    "copies of this profile, and what other people’s laptops hold are not touched: end those by hand."
)
"""What an ending does not take away. It is recorded with it, and told before and after."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where the keeping of a record stands: the rule, what is here, and what an ending would not reach."""

    retention: Retention
    files: int
    has_key: bool
    backups: int
    kept: str
    why_not_end: str

    @property
    def warning(self) -> str:
        """What a person should hear about it now; empty when there is nothing to do."""
        return warning(self.retention)


def keeping(space: Workspace, named: str) -> Keeping:
    """Where the keeping of the record of a tender stands today."""
    with space.store.reading() as tx:
        return _keeping(tx, space, tenders.find(tx, named))


def end(space: Workspace, named: str, *, typed: str, why: str, person: str | None = None) -> Keeping:
    """End the record of a tender: take its sealed files away and delete its wrapping key. There is no way back.

    `typed` is the reference of the tender, typed by the person. Refused before the date, under a hold, and while the tender
    is not closed. The act is recorded first; should the program be stopped then, the next start finishes it. Nothing more is
    claimed than that: `KEPT` says what is still there.
    """
    with space.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        held = _keeping(tx, space, tender)
        if typed.strip() != tender.reference:
            raise EvalPanelError(
                "The reference was not typed as it is written.",
                f"Nothing was changed. To end this record, type {tender.reference}.",
            )
        tenders.require(tender, at_least=TenderStage.CLOSED, act="its record cannot be ended")
        if held.why_not_end:
            raise EvalPanelError("The record may not be ended now.", f"Nothing was changed. {held.why_not_end}")
        made = RecordEnding(said(why, "The reason"), held.files, KEPT)
        after_outcome.keep(tx, space, tender.tender_id, t.RecordEndingRow, made, who)
    with space.store.reading() as tx:
        workspace.take_away(tx, space.documents, space.keys, tender.tender_id)
    now = keeping(space, named)
    if now.files or now.has_key:
        raise EvalPanelError(
            "The ending is on the record, but not everything is gone yet.",
            f"{now.files} sealed files are still here. The next start of the program takes them away.",
        )
    return now


def _keeping(tx: Session, space: Workspace, tender: tenders.OpenTender) -> Keeping:
    held = after_outcome.read(tx, space, tender).retention
    sealed = workspace.sealed_files(tx, tender.tender_id)
    return Keeping(
        held,
        sum(1 for one in sealed if space.documents.is_here(one)),
        space.keys.has_tender_key(tender.tender_id),
        len(workspace.backups(space.folders.root)),
        KEPT,
        why_not_end(held),
    )


def due(space: Workspace) -> tuple[tuple[str, Retention], ...]:
    """The tenders whose record is due, or soon will be, by reference: said at the start and on the page of the record."""
    soon = (RetentionState.DUE, RetentionState.SOON)
    found = []
    with space.store.reading() as tx:
        signed = select(t.ContractRow.tender_id).union(
            select(t.AwardDecisionRow.tender_id).where(func.length(t.AwardDecisionRow.bids) <= len("[]"))
        )
        for tender_id in tx.execute(signed).scalars():
            tender = tenders.find(tx, TenderId(tender_id))
            held = after_outcome.read(tx, space, tender).retention
            if held.state in soon:
                found.append((tender.reference, held))
    return tuple(sorted(found))
