"""Opening with the recovery sheet what people had sent before somebody took over: signed off or not, nothing is lost.

What was sent is taken in as it always is. A sheet that is not signed off belongs to whoever wrote it: it is written as a
spreadsheet to be carried back to them, and nothing of it counts here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from json import loads
from pathlib import Path

from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Score
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_sheets import SheetState, read_scoresheet, read_sheet_part
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.sealing import envelopes as age
from evalpanel.sealing.envelopes import NotSealedToUs
from evalpanel.services import audit, exchange, receiving, rosters, scoresheets, succession, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.receiving import Report
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries


@dataclass(frozen=True, slots=True)
class Interim:
    """A sheet that is not signed off, written as a spreadsheet: whose, how many answers, and where it lies."""

    person: PersonCode
    answers: int
    file: Path


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of each file, and the sheets that are not signed off. `closed` are people whose sheet these words do not open."""

    reports: tuple[Report, ...]
    interim: tuple[Interim, ...]
    closed: tuple[PersonCode, ...]


def recover(
    workspace: Workspace,
    named: str,
    files: Sequence[Path],
    *,
    recovery_words: str,
    to: Path,
    progress: Progress = NO_PROGRESS,
) -> Recovered:
    """Take in what people had sent, with the words of the recovery sheet, on the laptop that leads the tender.

    Sheets that are not signed off, of these files and of those that came before, are written into the folder `to`, one
    spreadsheet a person. That the words of this sheet were used is put on the record. Done again, it changes nothing and writes them again.
    """
    if not to.is_dir():
        raise EvalPanelError("There is no such folder.", f"{to} is not a folder, so nothing was opened.")
    opens = succession.opens_with(recovery_words)
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        mine = _leading(tx, workspace, tender)
        _on_record(tx, workspace, mine, age.recipient_of(opens))
    reports = _taken(workspace, files, replace(mine, reads_with=opens), progress)
    interim, closed = _interim(workspace, named, opens)
    written = []
    for person, scores in interim.items():
        file = to / f"{mine.tender[:8]} {person} not signed off.xlsx"
        scoresheets.write_answers(workspace, named, scores, out=file)
        written.append(Interim(person, len(scores), file))
    return Recovered(reports, tuple(written), closed)


def took_over(workspace: Workspace, named: str) -> bool:
    """Whether this laptop leads the tender in the place of another, so that others may have sent their work to that one."""
    with workspace.store.reading() as tx:
        mine = exchange.own(tx, workspace, tenders.find(tx, named).tender_id)
    return mine is not None and mine.succeeded


def _leading(tx: Session, workspace: Workspace, tender: OpenTender) -> Own:
    mine = exchange.own(tx, workspace, tender.tender_id)
    if mine is None or not mine.is_officer:
        raise EvalPanelError(
            f"This laptop does not lead {tender.reference}.",
            "Nothing was opened. Whoever takes over opens with the recovery sheet what people had sent.",
        )
    return mine


def _on_record(tx: Session, workspace: Workspace, mine: Own, recovery: str) -> None:
    """Put on the record, once for each sheet, that its words were used here. What is taken in with them has lines of its own."""
    lines = queries.trail(tx, mine.tender)
    if not any(one.act == "recovery-used" and loads(one.detail)["recovery"] == recovery for one in lines):
        detail = {"recovery": recovery}
        audit.record(tx, workspace, "recovery-used", tender=mine.tender, person=mine.person, detail=detail)


def _taken(workspace: Workspace, files: Sequence[Path], mine: Own, progress: Progress) -> tuple[Report, ...]:
    """Take the files in until none is left that another one of them made possible: what waits cannot wait sealed to paper."""
    reports: dict[Path, tuple[Report, ...]] = {}
    left = list(files)
    while left:
        before = len(left)
        for number, file in enumerate(left):
            progress.step(number, before, file.name)
            reports[file] = receiving.receive_as(workspace, file, mine)
        left = [file for file in left if any(one.verdict is Verdict.WAITING for one in reports[file])]
        if len(left) == before:
            break
    progress.step(len(files), len(files), "")
    return tuple(one for file in files for one in reports[file])


def _interim(
    workspace: Workspace, named: str, opens: str
) -> tuple[dict[PersonCode, tuple[Score, ...]], tuple[PersonCode, ...]]:
    """What the newest sheets say that are not signed off, and whose these words do not open."""
    found: dict[PersonCode, tuple[Score, ...]] = {}
    closed: list[PersonCode] = []
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        assert mine is not None, "the laptop that leads has keys"
        for one in tender.pack.panel:
            if not one.has(Role.PANEL_MEMBER):
                continue
            line = exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, one.person)
            state = rosters.stands(tx, mine, ParcelKind.SCORESHEET, one.person, tuple(held.entry for held in line))
            if state.counts is None:
                continue
            cover = read_scoresheet(next(held for held in line if held.identity == state.counts).statement.payload)
            if cover.body.state is not SheetState.INTERIM:
                continue
            try:
                parts = [age.open_bytes(workspace.documents.piece(part.sealed), opens) for part in cover.header.parts]
            except NotSealedToUs:
                closed.append(one.person)
                continue
            found[one.person] = tuple(score for part in parts for score in read_sheet_part(part).answers)
    return found, tuple(closed)
