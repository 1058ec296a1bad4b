"""Answers and sign-offs as rows: added by whoever scores here, and by a sheet that comes from another laptop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.evidence import as_json
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Recusal
from evalpanel.domain.numbers import canonical
from evalpanel.domain.people import PanelMember
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line, Score, ScoreStatus, answer_fault, recused_from, sheet_digest
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import CriterionCode, PersonCode, ScaleCode, TenderId
from evalpanel.services import audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.store.columns import moment_text

_SHARED = ("tender_id", "person", "at", "act")
_EACH = (
    *("lot", "bid", "criterion", "revision", "status", "value"),
    *("rationale", "improvements", "working_note", "evidence"),
)
_AT_ONCE = 50
"""How many rows one statement adds: a sheet of a big tender is 12,000, and what a statement begins with takes as long as a row."""


@cache
def _adding(rows: int) -> str:
    """The statement that adds so many answers of one person at one moment."""
    first = len(_SHARED) + 1
    each = (range(start, start + len(_EACH)) for start in range(first, first + rows * len(_EACH), len(_EACH)))
    values = ", ".join(f"(0, ?1, ?2, ?3, ?4, {', '.join(f'?{number}' for number in one)})" for one in each)
    return f"INSERT INTO score (position, {', '.join((*_SHARED, *_EACH))}) VALUES {values}"  # noqa: S608  # our own names


def criteria_of(pack: TenderPack) -> dict[CriterionCode, Criterion]:
    """The criteria of a tender by code."""
    return {criterion.criterion: criterion for criterion in pack.criteria}


def scales_of(pack: TenderPack) -> dict[ScaleCode, Scale]:
    """The scales of a tender by code."""
    return {scale.scale: scale for scale in pack.scales}


def fault(
    score: Score,
    member: PanelMember,
    recused: Sequence[Recusal],
    criterion: Criterion,
    scales: Mapping[ScaleCode, Scale],
) -> str:
    """Why somebody's answer cannot be kept, in words; empty when it can."""
    kept_out = recused_from(recused, score.line)
    if kept_out is not None and score.status not in (ScoreStatus.RECUSED, ScoreStatus.BLANK):
        return f"{member.person} is recused from {kept_out.what}"
    if not member.scores(score.line.criterion) and score.status is not ScoreStatus.BLANK:
        return f"{member.person} does not score criterion {score.line.criterion}"
    scale = None if criterion.kind is CriterionKind.CONSIDERATION else scale_of(criterion, scales)
    return answer_fault(score, criterion, scale)


def keep(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    scores: Sequence[Score],
    earlier: Mapping[Line, int],
    act: str,
    pinned: str = "",
    reasons: Sequence[str] = (),
) -> None:
    """Add versions of somebody's answers, with their line of the trail. `earlier`: the newest version of each line that is held
    (none: 0). `pinned`: their digest, where it is known already.

    `reasons`: why they were changed on the person's own laptop after they had been signed off there.
    """
    tenders.advance(tx, tender, TenderStage.SCORING)
    detail: dict[str, object] = {"rows": len(scores), "rows_digest": pinned or sheet_digest(scores)}
    if reasons:
        detail["reasons"] = list(reasons)
    number = audit.record(tx, workspace, act, tender=tender, person=person, detail=detail)
    at = moment_text(workspace.now())
    tx.flush()
    # Past the mapper and its types: a sheet of a big tender is 12,000 rows.
    shared = (tender, person, at, number)
    whole = len(scores) - len(scores) % _AT_ONCE
    batches = [_row(shared, scores[start : start + _AT_ONCE], earlier) for start in range(0, whole, _AT_ONCE)]
    run = tx.connection().exec_driver_sql
    if batches:
        run(_adding(_AT_ONCE), batches)
    if rest := scores[whole:]:
        run(_adding(len(rest)), _row(shared, rest, earlier))


def _row(shared: tuple[object, ...], scores: Sequence[Score], earlier: Mapping[Line, int]) -> tuple[object, ...]:
    """What `_adding` is given for so many answers: what they share, and what each says of its own."""
    found = list(shared)
    for score in scores:
        line, value = score.line, score.value
        found += (
            line.lot,
            line.bid,
            line.criterion,
            earlier.get(line, 0) + 1 if earlier else 1,
            str(score.status),
            None if value is None else canonical(value),
            score.rationale,
            score.improvements,
            score.working_note,
            as_json(score.evidence) if score.evidence else "[]",
        )
    return tuple(found)


def sign(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    *,
    signed: bool,
    reason: str,
    pinned: str,
    sheet: str = "",
    entered_by: str = "",
) -> None:
    """Add the word that a sheet is signed off (`pinned` is its digest), or that it is open again, with the reason.

    `sheet`: the statement whose answers are held, where it came from another laptop. `entered_by`: who typed it in for the person.
    """
    last = queries.sign_offs(tx, tender).get(person)
    detail = {"signed": signed, "reason": reason, "sheet_digest": pinned}
    if entered_by:
        detail["entered_by"] = entered_by
    name = "sheet-signed-off" if signed else "sheet-reopened"
    act = audit.record(tx, workspace, name, tender=tender, person=person, detail=detail)
    tx.add(
        t.SignOffRow(
            tender_id=tender,
            person=person,
            revision=(last.revision if last else 0) + 1,
            signed=signed,
            reason=reason,
            sheet_digest=pinned,
            sheet=sheet,
            entered_by=entered_by,
            at=workspace.now(),
            act=act,
        )
    )
