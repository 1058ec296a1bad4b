"""Scoring: save an answer, or take in a score sheet. Every version is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.people import PanelMember
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import (
    Line,
    Score,
    ScoreRow,
    ScoreStatus,
    answer_fault,
    lines_whatever_status,
    scored_lines,
    sheet_digest,
    why_no_line,
)
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import CriterionCode, LotCode, PersonCode, ScaleCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, desks, interests, tenders
from evalpanel.services.desks import Desk
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


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
        held = queries.line_desk(tx, tender_id, person, score.line)
        if not held.declared:
            raise interests.undeclared(tender.reference, held.member.person)
        if held.member.person in queries.absences(tx, tender_id):
            raise desks.absent(held.member.person)
        if held.signed_off:
            raise desks.signed_off(held.member.person)
        fault = _line_fault(score, held)
        if fault:
            raise EvalPanelError(
                f"The score was not saved: {fault}.", f"It is about {score.line}. Nothing was changed."
            )
        if held.score != score:
            revision = held.revision + 1
            _keep(tx, workspace, tender_id, held.member.person, [score], {score.line: revision}, "score-saved")


def _line_fault(score: Score, held: queries.LineDesk) -> str:
    if held.criterion is None or not held.criterion.applies_to(score.line.lot):
        return f"there is no scored criterion {score.line.criterion} in lot {score.line.lot}"
    if held.status is None:
        return f"there is no bid {score.line.bid} for lot {score.line.lot}"
    if not held.status.is_scored:
        return f"bid {score.line.bid} is {held.status.value} and is not scored"
    scales = {} if held.scale is None else {held.scale.scale: held.scale}
    return _fault(score, held.member, held.recused, held.criterion, scales)


def take_scores(workspace: Workspace, named: str, *, person: str, rows: Sequence[ScoreRow]) -> ScoresTaken:
    """Take in a score sheet: all of it or nothing. An empty cell never blanks a value unless the status says so.

    Raises `ProblemsFound` naming every row that cannot be kept.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        held = desks.changing(tx, tender, person)
        criteria, scales = _criteria(tender.pack), _scales(tender.pack)
        known = set(scored_lines(tender.pack.criteria, tender.pack.bids))
        # A sheet that was exported before a bid was withdrawn still has its lines; unless they say something, no harm.
        ever = set(lines_whatever_status(tender.pack.criteria, tender.pack.bids))
        problems: list[Problem] = []
        changes: list[Score] = []
        notes: list[Problem] = []
        unchanged = 0
        for row in rows:
            before = held.scores.get(row.line, Score(row.line))
            after = merged(before, row)
            if after == before and row.line in ever:
                unchanged += 1
                continue
            if row.line not in known:
                problems.append(Problem(row.where, why_no_line(row.line, tender.pack.bids)))
                continue
            fault = _fault(after, held.member, held.recused, criteria[row.line.criterion], scales)
            if fault:
                problems.append(Problem(row.where, f"{row.line}: {fault}"))
                continue
            if after.status is ScoreStatus.RECUSED and row.line.lot not in held.recused:
                notes.append(
                    Problem(row.where, f"{row.line}: marked recused, but no interest is declared", stops=False)
                )
            changes.append(after)
        if problems:
            raise ProblemsFound(f"The scores of {held.member.person} were not taken in: {_count(problems)}.", problems)
        added = tuple(score.line for score in changes if score.line not in held.scores)
        if changes:
            top = queries.revisions(tx, tender.tender_id, held.member.person)
            revisions = {score.line: top.get(score.line, 0) + 1 for score in changes}
            _keep(tx, workspace, tender.tender_id, held.member.person, changes, revisions, "scores-imported")
        return ScoresTaken(
            person=held.member.person,
            added=added,
            changed=tuple(score.line for score in changes if score.line in held.scores),
            unchanged=unchanged,
            notes=tuple(notes),
        )


def merged(before: Score, row: ScoreRow) -> Score:
    """A held answer with what a row of a spreadsheet says. An empty cell leaves what is held.

    A row with a score and no status means *scored*; a status other than scored takes the score away.
    """
    status = row.status
    if status is None:
        status = ScoreStatus.SCORED if row.value is not None else before.status
    value = row.value
    if value is None and status is ScoreStatus.SCORED and before.status is ScoreStatus.SCORED:
        value = before.value
    if status is ScoreStatus.BLANK:
        return Score(row.line, status, value, row.rationale or "", row.improvements or "", row.working_note or "")
    return Score(
        row.line,
        status,
        value,
        before.rationale if row.rationale is None else row.rationale,
        before.improvements if row.improvements is None else row.improvements,
        before.working_note if row.working_note is None else row.working_note,
    )


def _fault(
    score: Score,
    member: PanelMember,
    recused: Sequence[LotCode],
    criterion: Criterion,
    scales: Mapping[ScaleCode, Scale],
) -> str:
    if score.line.lot in recused and score.status not in (ScoreStatus.RECUSED, ScoreStatus.BLANK):
        return f"{member.person} is recused from lot {score.line.lot}"
    if not member.scores(score.line.criterion) and score.status is not ScoreStatus.BLANK:
        return f"{member.person} does not score criterion {score.line.criterion}"
    scale = None if criterion.kind is CriterionKind.CONSIDERATION else scale_of(criterion, scales)
    return answer_fault(score, criterion, scale)


def _keep(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    scores: Sequence[Score],
    revisions: Mapping[Line, int],
    act: str,
) -> None:
    tenders.advance(tx, tender, TenderStage.SCORING)
    detail = {"rows": len(scores), "rows_digest": sheet_digest(scores)}
    number = audit.record(tx, workspace, act, tender=tender, person=person, detail=detail)
    at = workspace.now()
    tx.execute(
        insert(t.ScoreRow),
        [
            {
                "tender_id": tender,
                "person": person,
                "lot": score.line.lot,
                "bid": score.line.bid,
                "criterion": score.line.criterion,
                "revision": revisions[score.line],
                "status": score.status,
                "value_": score.value,
                "rationale": score.rationale,
                "improvements": score.improvements,
                "working_note": score.working_note,
                "at": at,
                "act": number,
            }
            for score in scores
        ],
    )


def _criteria(pack: TenderPack) -> dict[CriterionCode, Criterion]:
    return {criterion.criterion: criterion for criterion in pack.criteria}


def _scales(pack: TenderPack) -> dict[ScaleCode, Scale]:
    return {scale.scale: scale for scale in pack.scales}


def _count(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
