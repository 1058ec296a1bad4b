"""Scoring: save an answer, take in a score sheet, sign off, reopen, record an absence. Every version is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.digests import digest, plain
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import (
    Gap,
    Line,
    Score,
    ScoreRow,
    ScoreStatus,
    answer_fault,
    gaps,
    listed,
    owed_lines,
    scored_lines,
)
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import CriterionCode, LotCode, PersonCode, ScaleCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, interests, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Desk:
    """One panel member's work: the lines they owe, what they answered, and what is still missing."""

    member: PanelMember
    pack: TenderPack
    owed: tuple[Line, ...]
    recused: tuple[LotCode, ...]
    scores: dict[Line, Score]
    signed_off: bool

    def gaps(self) -> tuple[Gap, ...]:
        """What is missing before the sheet can be signed off."""
        return gaps(self.owed, self.scores)


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
        return _desk(tx, tender, member)


def _desk(tx: Session, tender: tenders.OpenTender, member: PanelMember) -> Desk:
    if not member.has(Role.PANEL_MEMBER):
        raise EvalPanelError(
            f"{member.person} does not score in this tender.",
            "Nothing was changed. Only people with the role panel-member do.",
        )
    lots = tuple(recusal.lot for recusal in queries.recused(tx, tender.tender_id, tender.pack, member))
    owed = owed_lines(member, scored_lines(tender.pack.criteria, tender.pack.bids), lots)
    signed = queries.sign_offs(tx, tender.tender_id).get(member.person)
    return Desk(
        member=member,
        pack=tender.pack,
        owed=owed,
        recused=lots,
        scores=queries.scores_of(tx, tender.tender_id, member.person),
        signed_off=signed is not None and signed.signed,
    )


def _begin(tx: Session, tender: tenders.OpenTender, person: str) -> Desk:
    tenders.require(
        tender,
        at_least=TenderStage.BIDS_OPENED,
        act="nobody can score yet: the criteria must be frozen and bids opened first",
    )
    tenders.require(tender, before=TenderStage.MODERATION, act="individual scores are closed")
    member = tender.member(person)
    interests.require_declared(tx, tender, member.person)
    held = _desk(tx, tender, member)
    if held.signed_off:
        raise EvalPanelError(
            f"{member.person} has signed the sheet off.",
            "Nothing was changed. To change a score, reopen the sheet with a reason; both versions are kept.",
        )
    return held


def save_score(workspace: Workspace, named: str, *, person: str, score: Score) -> None:
    """Save one answer durably, as a new version, with its line in the trail. An answer that is already held adds nothing."""
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        held = _begin(tx, tender, person)
        fault = _fault(score, held, _criteria(tender.pack), _scales(tender.pack))
        if fault:
            raise EvalPanelError(
                f"The score was not saved: {fault}.", f"It is about {score.line}. Nothing was changed."
            )
        if held.scores.get(score.line, Score(score.line)) != score:
            _keep(tx, workspace, tender, held.member.person, [score], "score-saved")


def take_scores(workspace: Workspace, named: str, *, person: str, rows: Sequence[ScoreRow]) -> ScoresTaken:
    """Take in a score sheet: all of it or nothing. An empty cell never blanks a value unless the status says so.

    Raises `ProblemsFound` naming every row that cannot be kept.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        held = _begin(tx, tender, person)
        criteria, scales = _criteria(tender.pack), _scales(tender.pack)
        known = set(scored_lines(tender.pack.criteria, tender.pack.bids))
        problems: list[Problem] = []
        changes: list[Score] = []
        notes: list[Problem] = []
        unchanged = 0
        for row in rows:
            before = held.scores.get(row.line, Score(row.line))
            after = merged(before, row)
            if row.line not in known:
                problems.append(Problem(row.where, _unknown(row.line, tender.pack)))
                continue
            if after == before:
                unchanged += 1
                continue
            fault = _fault(after, held, criteria, scales)
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
            _keep(tx, workspace, tender, held.member.person, changes, "scores-imported")
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


def _fault(score: Score, held: Desk, criteria: dict[CriterionCode, Criterion], scales: dict[ScaleCode, Scale]) -> str:
    criterion = criteria.get(score.line.criterion)
    if criterion is None:
        return _unknown(score.line, held.pack)
    if score.line.lot in held.recused and score.status not in (ScoreStatus.RECUSED, ScoreStatus.BLANK):
        return f"{held.member.person} is recused from lot {score.line.lot}"
    if not held.member.scores(score.line.criterion) and score.status is not ScoreStatus.BLANK:
        return f"{held.member.person} does not score criterion {score.line.criterion}"
    scale = None if criterion.kind is CriterionKind.CONSIDERATION else scale_of(criterion, scales)
    return answer_fault(score, criterion, scale)


def _unknown(line: Line, pack: TenderPack) -> str:
    for bid in pack.bids:
        if bid.bid == line.bid and bid.lot == line.lot:
            if not bid.status.is_scored:
                return f"bid {line.bid} is {bid.status.value} and is not scored"
            return f"there is no scored criterion {line.criterion} in lot {line.lot}"
    return f"there is no bid {line.bid} for lot {line.lot}"


def _keep(
    tx: Session, workspace: Workspace, tender: tenders.OpenTender, person: PersonCode, scores: Sequence[Score], act: str
) -> None:
    tenders.advance(tx, tender, TenderStage.SCORING)
    detail = {"rows": len(scores), "rows_digest": rows_digest(scores)}
    number = audit.record(tx, workspace, act, tender=tender.tender_id, person=person, detail=detail)
    revisions = {
        Line(lot, bid, criterion): top
        for lot, bid, criterion, top in tx.execute(
            select(t.ScoreRow.lot, t.ScoreRow.bid, t.ScoreRow.criterion, func.max(t.ScoreRow.revision))
            .where(t.ScoreRow.tender_id == tender.tender_id, t.ScoreRow.person == person)
            .group_by(t.ScoreRow.lot, t.ScoreRow.bid, t.ScoreRow.criterion)
        )
    }
    at = workspace.now()
    for score in scores:
        tx.add(
            t.ScoreRow(
                tender_id=tender.tender_id,
                person=person,
                lot=score.line.lot,
                bid=score.line.bid,
                criterion=score.line.criterion,
                revision=revisions.get(score.line, 0) + 1,
                status=score.status,
                value_=score.value,
                rationale=score.rationale,
                improvements=score.improvements,
                working_note=score.working_note,
                at=at,
                act=number,
            )
        )
    tx.flush()


def rows_digest(scores: Iterable[Score]) -> str:
    """What a line of the trail pins about the scores of its act, whatever their order."""
    return digest([plain(score) for score in sorted(scores, key=lambda score: score.line)])


def sign_off(workspace: Workspace, named: str, *, person: str) -> Desk:
    """Record that the sheet is complete. Refused while a line lacks an answer or a rationale, naming what is missing."""
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        held = _begin(tx, tender, person)
        missing = held.gaps()
        if missing:
            raise EvalPanelError(
                f"The sheet of {held.member.person} cannot be signed off: {len(missing)} of {len(held.owed)} lines are missing.",
                f"Nothing was changed. Missing: {listed(missing)}.",
            )
        pinned = rows_digest(held.scores.values())
        _sign(tx, workspace, tender, held.member.person, signed=True, reason="", pinned=pinned)
        return held


def reopen(workspace: Workspace, named: str, *, person: str, reason: str) -> None:
    """Open a signed-off sheet again, with a reason on the record. What was signed off stays kept."""
    if not reason.strip():
        raise EvalPanelError("A sheet is reopened with a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.MODERATION, act="individual scores are closed")
        member = tender.member(person)
        held = queries.sign_offs(tx, tender.tender_id).get(member.person)
        if held is None or not held.signed:
            raise EvalPanelError(f"The sheet of {member.person} is not signed off.", "Nothing was changed.")
        _sign(tx, workspace, tender, member.person, signed=False, reason=reason.strip(), pinned=held.sheet_digest)


def record_absence(workspace: Workspace, named: str, *, person: str, reason: str, by: str | None = None) -> None:
    """Record that a panel member will not sign off, and why. Their scores are set aside: kept, and not shown."""
    if not reason.strip():
        raise EvalPanelError("An absence needs a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.MODERATION, act="the panel's sheets are closed")
        who = tender.acting(Role.OFFICER, by)
        member = tender.member(person)
        if member.person in queries.absences(tx, tender.tender_id):
            raise EvalPanelError(f"The absence of {member.person} is on record already.", "Nothing was changed.")
        detail = {"person": member.person, "reason": reason.strip()}
        act = audit.record(tx, workspace, "absence-recorded", tender=tender.tender_id, person=who, detail=detail)
        tx.add(
            t.AbsenceRow(
                tender_id=tender.tender_id, person=member.person, at=workspace.now(), reason=reason.strip(), act=act
            )
        )


def _sign(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    person: PersonCode,
    *,
    signed: bool,
    reason: str,
    pinned: str,
) -> None:
    last = queries.sign_offs(tx, tender.tender_id).get(person)
    detail = {"signed": signed, "reason": reason, "sheet_digest": pinned}
    name = "sheet-signed-off" if signed else "sheet-reopened"
    act = audit.record(tx, workspace, name, tender=tender.tender_id, person=person, detail=detail)
    tx.add(
        t.SignOffRow(
            tender_id=tender.tender_id,
            person=person,
            revision=(last.revision if last else 0) + 1,
            signed=signed,
            reason=reason,
            sheet_digest=pinned,
            at=workspace.now(),
            act=act,
        )
    )


def _criteria(pack: TenderPack) -> dict[CriterionCode, Criterion]:
    return {criterion.criterion: criterion for criterion in pack.criteria}


def _scales(pack: TenderPack) -> dict[ScaleCode, Scale]:
    return {scale.scale: scale for scale in pack.scales}


def _count(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
