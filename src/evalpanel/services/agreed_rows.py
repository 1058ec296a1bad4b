"""Moderated scores as rows, and what may not become one: recorded in the room, and by moderation that travels. Shared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.digests import digest, plain
from evalpanel.domain.evidence import MOST_CITED
from evalpanel.domain.evidence import faults as evidence_faults
from evalpanel.domain.gates import scale_of
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.numbers import canonical
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line, recused_from
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode, PersonCode, ScaleCode
from evalpanel.services import audit, tenders
from evalpanel.services.room import Room
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from evalpanel.store import tables as t

FEW = 20
"""Lines that are read one by one; more are read all at once."""


def rows_digest(scores: Sequence[ModeratedScore]) -> str:
    """What a line of the trail pins about the moderated scores of its act, whatever their order."""
    return digest([plain(score) for score in sorted(scores, key=lambda score: score.line)])


def by_bid(scores: Iterable[ModeratedScore]) -> dict[tuple[LotCode, BidCode], str]:
    """What pins the lines of each bid."""
    found: dict[tuple[LotCode, BidCode], list[ModeratedScore]] = {}
    for one in scores:
        found.setdefault((one.line.lot, one.line.bid), []).append(one)
    return {place: rows_digest(own) for place, own in found.items()}


def faults(
    score: ModeratedScore,
    criteria: Mapping[CriterionCode, Criterion],
    scales: Mapping[ScaleCode, Scale],
    room: Room,
) -> list[str]:
    """Why a moderated score cannot be kept, in words: its level, who is said to have been present, its evidence."""
    criterion = criteria[score.line.criterion]
    found: list[str] = []
    if criterion.kind is CriterionKind.CONSIDERATION:
        if score.value is not None:
            found.append("this criterion is explained and not scored: leave the score empty")
    elif score.value is not None:
        scale = scale_of(criterion, scales)
        if scale.level(score.value) is None:
            found.append(f"{canonical(score.value)} is not a level of the scale ({scale.described()})")
    for person in score.present:
        if person not in room.people:
            found.append(f"nobody on the panel has the code {person}")
        elif person in room.away:
            found.append(f"the absence of {person} is on record, so they cannot have been present")
        elif kept_out := recused_from(room.recused[person], score.line):
            found.append(f"{person} is recused from {kept_out.what} and cannot have been present")
    if len(set(score.present)) != len(score.present):
        found.append("a person is named twice as present")
    return [*found, *evidence_faults(score.evidence, MOST_CITED)]


def keep(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    person: PersonCode,
    changes: Sequence[ModeratedScore],
    moderation: str = "",
) -> None:
    """Add versions of moderated scores, with their line of the trail: `person` recorded them. `moderation`: the statement that
    brought them from another laptop."""
    tenders.advance(tx, tender, TenderStage.MODERATION)
    detail = {"rows": len(changes), "rows_digest": rows_digest(changes)}
    number = audit.record(
        tx, workspace, "moderated-scores-recorded", tender=tender.tender_id, person=person, detail=detail
    )
    _add(tx, workspace, tender, changes, number, moderation)


def withdraw(
    tx: Session, workspace: Workspace, tender: tenders.OpenTender, person: PersonCode, lines: Sequence[Line], why: str
) -> None:
    """Nothing is agreed on these lines any more: the moderation of `person` that brought it counts no more here.

    What was agreed is kept as an earlier version.
    """
    gone = [ModeratedScore(line, None) for line in lines]
    detail = {"about": person, "rows": len(gone), "rows_digest": rows_digest(gone), "reason": why}
    number = audit.record(
        tx, workspace, "moderated-scores-withdrawn", tender=tender.tender_id, person=person, detail=detail
    )
    _add(tx, workspace, tender, gone, number, "", withdrawn=True)


def _add(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    changes: Sequence[ModeratedScore],
    number: int,
    moderation: str,
    *,
    withdrawn: bool = False,
) -> None:
    revisions = _revisions(tx, tender, changes)
    at = workspace.now()
    tx.execute(
        insert(t.ModeratedScoreRow),
        [
            {
                "tender_id": tender.tender_id,
                "lot": score.line.lot,
                "bid": score.line.bid,
                "criterion": score.line.criterion,
                "revision": revisions.get(score.line, 0) + 1,
                "value_": score.value,
                "reasons": score.reasons,
                "disclosable_reasons": score.disclosable_reasons,
                "withheld_why": score.withheld_why,
                "not_higher": score.not_higher,
                "differences": score.differences,
                "improvements": score.improvements,
                "present": score.present,
                "dissent": score.dissent,
                "evidence": score.evidence,
                "moderation": moderation,
                "withdrawn": withdrawn,
                "at": at,
                "act": number,
            }
            for score in changes
        ],
    )


def _revisions(tx: Session, tender: tenders.OpenTender, changes: Sequence[ModeratedScore]) -> dict[Line, int]:
    if len(changes) > FEW:
        return score_reads.moderated_revisions(tx, tender.tender_id)
    return {score.line: score_reads.moderated_on(tx, tender.tender_id, score.line)[1] for score in changes}
