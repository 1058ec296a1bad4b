"""Scoring: save an answer, or take in a score sheet. Every version is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.intake import Problem, ProblemsFound
from evalpanel.domain.sheets import (
    Line,
    Score,
    ScoreRow,
    ScoreStatus,
    lines_whatever_status,
    recused_from,
    scored_lines,
    why_no_line,
)
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import desks, evidence, interests, score_rows, tenders
from evalpanel.services.desks import Desk
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from evalpanel.store.line_desk import LineDesk, line_desk


@dataclass(frozen=True, slots=True)
class ScoresTaken:
    """What an import of scores changed."""

    person: PersonCode
    added: tuple[Line, ...]
    changed: tuple[Line, ...]
    unchanged: int
    notes: tuple[Problem, ...]


def desk(workspace: Workspace, named: str, person: str) -> Desk:
    """What `person` has to do and has done in a tender."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        member = tender.member(person)
        interests.require_declared(tx, tender, member.person)
        return desks.desk_of(tx, tender, member)


def save_score(workspace: Workspace, named: str, *, person: str, score: Score) -> None:
    """Save one answer durably, as a new version, with its line in the trail. An answer that is already held adds nothing.

    It reads only what the answer's own line needs, so that it takes a few milliseconds in the largest tender.
    """
    with workspace.store.writing() as tx:
        tender = queries.tender_row(tx, named)
        tender_id = TenderId(tender.tender_id)
        desks.may_score(tender.reference, tender.stage)
        held = line_desk(tx, tender_id, person, score.line)
        if not held.declared:
            raise interests.undeclared(tender.reference, held.member.person)
        if held.member.person in queries.absences(tx, tender_id):
            raise desks.absent(held.member.person)
        if held.signed_off:
            raise desks.signed_off(held.member.person)
        fault = _line_fault(score, held) or _new_evidence_fault(tx, tender_id, held, score)
        if fault:
            raise EvalPanelError(
                f"The score was not saved: {fault}.", f"It is about {score.line}. Nothing was changed."
            )
        if held.score != score:
            earlier = {score.line: held.revision}
            score_rows.keep(tx, workspace, tender_id, held.member.person, [score], earlier, "score-saved")


def _line_fault(score: Score, held: LineDesk) -> str:
    if held.criterion is None or not held.criterion.applies_to(score.line.lot):
        return f"there is no scored criterion {score.line.criterion} in lot {score.line.lot}"
    if held.status is None:
        return f"there is no bid {score.line.bid} for lot {score.line.lot}"
    if not held.status.is_scored:
        return f"bid {score.line.bid} is {held.status.value} and is not scored"
    scales = {} if held.scale is None else {held.scale.scale: held.scale}
    return score_rows.fault(score, held.member, held.recused, held.criterion, scales)


def _new_evidence_fault(tx: Session, tender: TenderId, held: LineDesk, score: Score) -> str:
    if score.evidence == held.score.evidence:
        return ""
    bids = tuple(row.value() for row in tx.execute(select(t.BidRow).where(t.BidRow.tender_id == tender)).scalars())
    found = evidence.new_faults(tx, tender, bids, [(score.line, held.score.evidence, score.evidence)])
    return found.get(score.line, "")


def take_scores(
    workspace: Workspace, named: str, *, person: str, rows: Sequence[ScoreRow], progress: Progress = NO_PROGRESS
) -> ScoresTaken:
    """Take in a score sheet: all of it or nothing. An empty cell never blanks a value unless the status says so.

    Raises `ProblemsFound` naming every row that cannot be kept.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        held = desks.changing(tx, tender, person)
        criteria, scales = score_rows.criteria_of(tender.pack), score_rows.scales_of(tender.pack)
        known = set(scored_lines(tender.pack.criteria, tender.pack.bids))
        # A sheet that was exported before a bid was withdrawn still has its lines; unless they say something, no harm.
        ever = set(lines_whatever_status(tender.pack.criteria, tender.pack.bids))
        problems: list[Problem] = []
        changes: list[Score] = []
        notes: list[Problem] = []
        wheres: dict[Line, str] = {}
        unchanged = 0
        for number, row in enumerate(rows):
            if number % 200 == 0:
                progress.step(number, len(rows), "Checking")
            before = held.scores.get(row.line, Score(row.line))
            after = merged(before, row)
            if after == before and row.line in ever:
                unchanged += 1
                continue
            if row.line not in known:
                problems.append(Problem(row.where, why_no_line(row.line, tender.pack.bids)))
                continue
            fault = score_rows.fault(after, held.member, held.recusals, criteria[row.line.criterion], scales)
            if fault:
                problems.append(Problem(row.where, f"{row.line}: {fault}"))
                continue
            if after.status is ScoreStatus.RECUSED and not recused_from(held.recusals, row.line):
                notes.append(
                    Problem(row.where, f"{row.line}: marked recused, but no interest is declared", stops=False)
                )
            changes.append(after)
            wheres[row.line] = row.where
        problems += _evidence_problems(tx, tender, held, changes, wheres)
        if problems:
            raise ProblemsFound(f"The scores of {held.member.person} were not taken in: {_count(problems)}.", problems)
        added = tuple(score.line for score in changes if score.line not in held.scores)
        if changes:
            top = score_reads.revisions(tx, tender.tender_id, held.member.person)
            score_rows.keep(tx, workspace, tender.tender_id, held.member.person, changes, top, "scores-imported")
        return ScoresTaken(
            person=held.member.person,
            added=added,
            changed=tuple(score.line for score in changes if score.line in held.scores),
            unchanged=unchanged,
            notes=tuple(notes),
        )


def _evidence_problems(
    tx: Session, tender: tenders.OpenTender, held: Desk, changes: Sequence[Score], wheres: Mapping[Line, str]
) -> list[Problem]:
    pieces = [(one.line, held.scores.get(one.line, Score(one.line)).evidence, one.evidence) for one in changes]
    found = evidence.new_faults(tx, tender.tender_id, tender.pack.bids, pieces)
    return [Problem(wheres[line], f"{line}: {why}") for line, why in found.items()]


def merged(before: Score, row: ScoreRow) -> Score:
    """A held answer with what a row of a spreadsheet says. An empty cell leaves what is held.

    A row with a score and no status means *scored*; a status other than scored takes the score away. Evidence that the
    row does not speak of stays, whatever the status is.
    """
    pieces = before.evidence if row.evidence is None else row.evidence
    status = row.status
    if status is None:
        status = ScoreStatus.SCORED if row.value is not None else before.status
    value = row.value
    if value is None and status is ScoreStatus.SCORED and before.status is ScoreStatus.SCORED:
        value = before.value
    if status is ScoreStatus.BLANK:
        return Score(
            row.line, status, value, row.rationale or "", row.improvements or "", row.working_note or "", pieces
        )
    return Score(
        row.line,
        status,
        value,
        before.rationale if row.rationale is None else row.rationale,
        before.improvements if row.improvements is None else row.improvements,
        before.working_note if row.working_note is None else row.working_note,
        pieces,
    )


def _count(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
