"""What was agreed, on the officer's laptop: brought to what the chairs' moderation that counts says.

It is worked out from all that is kept: what the chair agreed stands as it was when a newer sheet comes, and cannot be locked then. What no
moderation that counts says any more is withdrawn, and kept as an earlier version. Shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from evalpanel.domain.branches import standing
from evalpanel.domain.carried import said_absent
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.sheets import Line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    agreed_rows,
    audit,
    exchange,
    moderations_here,
    rosters,
    sheets_shown,
    tenders,
)
from evalpanel.services.exchange import Own
from evalpanel.services.moderations_here import Carried
from evalpanel.services.sheets_shown import SheetHere
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """What became of moderation by identity: why one cannot be locked (`late`), and what is wrong with one (`wrong`). `sheet`: what
    became of the sheet that had come."""

    late: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, EvalPanelError] = field(default_factory=dict)
    sheet: SheetHere | None = None


def work_out(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    *,
    author: PersonCode | None = None,
    arrived: str = "",
) -> WorkedOut:
    """On the officer's laptop: bring everybody's answers, who is absent and what was agreed to what the stored statements say.

    `arrived` has just come: a sheet of `author`, or a moderation. One that does not hold together raises `EvalPanelError`. On any
    other laptop the sheets of `author` alone follow: moderation is read there as it came.
    """
    late: dict[str, str] = {}
    wrong: dict[str, EvalPanelError] = {}
    if mine.is_officer:
        tx.flush()
        _set_aside(tx, workspace, mine, tender, arrived, wrong)
    found = moderations_here.carried(tx, workspace, mine, tender) if mine.is_officer else ()
    moderated = moderations_here.moderated(tx, workspace, mine, tender)
    sheet = None
    if author is not None:
        sheet = sheets_shown.bring_up(tx, workspace, mine, tender, author, moderated, arrived=arrived)
    if not mine.is_officer or not exchange.of_kind(tx, mine.tender, ParcelKind.MODERATION):
        return WorkedOut(late, wrong, sheet)
    if tender.stage.reached(TenderStage.QUALITY_LOCKED):
        late.update({one.identity: "Moderation is closed, so it is kept and changes nothing." for one in found})
        return WorkedOut(late, wrong, sheet)
    tenders.advance(tx, tender, TenderStage.MODERATION)
    sheets_shown.bring_all_up(tx, workspace, mine, tender, moderated)
    _absences(tx, workspace, mine, found)
    _lines(tx, workspace, mine, tender, found)
    for one in found:
        if people := moderations_here.is_outdated(tx, mine, tender, one):
            late[one.identity] = (
                f"It rests on other sheets than those that count here, of {', '.join(people)}. What was agreed stays as it was and "
                "cannot be locked: the chair takes in what is missing and sends again."
            )
    return WorkedOut(late, wrong, sheet)


def _set_aside(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    arrived: str,
    wrong: dict[str, EvalPanelError],
) -> None:
    """Which moderation does not hold together here, as far as the newest of each chair: the one before it counts then."""
    if tender.stage.reached(TenderStage.QUALITY_LOCKED):
        return
    before = queries.set_aside(tx, mine.tender)
    for chair in rosters.chairs(tender.pack.panel):
        line = exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair)
        if not line:
            continue
        named = {one.identity: one for one in line}
        aside = set(rosters.aside(tx, mine, ParcelKind.MODERATION, chair, unsound=False))
        judged: dict[str, EvalPanelError | None] = {}
        while fresh := [one for one in standing((each.entry for each in line), aside).tips if one not in judged]:
            for one in fresh:
                judged[one] = moderations_here.judged(tx, workspace, mine, tender, chair, named[one])
                if judged[one] is not None:
                    aside.add(one)
        for one, error in judged.items():
            if error is not None and one == arrived:
                raise error
            if error is not None:
                wrong[one] = error
            if (error is not None) != (one in before):
                why = "" if error is None else error.title
                sheets_shown.set_aside(tx, workspace, mine, chair, one, why, aside=error is not None)


def _absences(tx: Session, workspace: Workspace, mine: Own, found: Sequence[Carried]) -> None:
    """Who the chairs say is absent."""
    told: dict[PersonCode, tuple[PersonCode, str]] = {}
    wanted = said_absent(each for one in found for each in one.cover.body.sheets)
    for one in found:
        for each in one.cover.body.sheets:
            if each.person in wanted and each.absent.strip() == wanted[each.person]:
                told.setdefault(each.person, (one.chair, wanted[each.person]))
    held = queries.absences_told(tx, mine.tender)
    for person, (chair, reason) in told.items():
        if held.get(person) != reason:
            _absence(tx, workspace, mine, chair, person, reason, away=True)
    for person in held.keys() - told.keys():
        reason = "No moderation that counts says so any more."
        _absence(tx, workspace, mine, mine.person, person, reason, away=False)


def _absence(
    tx: Session, workspace: Workspace, mine: Own, by: PersonCode, person: PersonCode, reason: str, *, away: bool
) -> None:
    name = "absence-recorded" if away else "absence-ended"
    detail = {"person": person, "reason": reason}
    act = audit.record(tx, workspace, name, tender=mine.tender, person=by, detail=detail)
    row = t.AbsenceRow(
        tender_id=mine.tender, person=person, is_away=away, told=True, at=workspace.now(), reason=reason, act=act
    )
    tx.add(row)
    tx.flush()


def _lines(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, found: Sequence[Carried]) -> None:
    """What was agreed on each line, by the moderation that counts for it; what was recorded here where there is none."""
    wanted = moderations_here.counting(found)
    held, came = score_reads.moderated(tx, mine.tender), score_reads.moderated_from(tx, mine.tender)
    for one in found:
        changes: list[ModeratedScore] = [
            line.agreed
            for carrier, line in wanted.values()
            if carrier is one and held.get(line.agreed.line) != line.agreed
        ]
        if changes:
            agreed_rows.keep(tx, workspace, tender, one.chair, changes, one.identity)
    gone: dict[PersonCode, list[Line]] = {}
    authors = {one.identity: one.author for one in exchange.of_kind(tx, mine.tender, ParcelKind.MODERATION)}
    for line, moderation in came.items():
        if moderation and line not in wanted:
            gone.setdefault(authors[moderation], []).append(line)
    for chair, lines in gone.items():
        agreed_rows.withdraw(tx, workspace, tender, chair, lines, "the moderation that said it counts no more")
