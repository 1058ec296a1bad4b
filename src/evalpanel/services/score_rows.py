"""Answers and sign-offs as rows: added by whoever scores here, and by a sheet that comes from another laptop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Recusal
from evalpanel.domain.people import PanelMember
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line, Score, ScoreStatus, answer_fault, recused_from, sheet_digest
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import CriterionCode, PersonCode, ScaleCode, TenderId
from evalpanel.services import audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


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
    revisions: Mapping[Line, int],
    act: str,
) -> None:
    """Add versions of somebody's answers, with their line of the trail."""
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
                "evidence": score.evidence,
                "at": at,
                "act": number,
            }
            for score in scores
        ],
    )


def sign(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    *,
    signed: bool,
    reason: str,
    pinned: str,
) -> None:
    """Add the word that a sheet is signed off (`pinned` is its digest), or that it is open again, with the reason."""
    last = queries.sign_offs(tx, tender).get(person)
    detail = {"signed": signed, "reason": reason, "sheet_digest": pinned}
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
            at=workspace.now(),
            act=act,
        )
    )
