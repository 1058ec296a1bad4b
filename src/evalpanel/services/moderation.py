"""Moderation: every signed-off score side by side, and the level and reasons that the panel agrees, line by line.

Nothing here computes a level: there is no mean, no median and no automatic pick (*Lancashire Care v Lancashire CC*
[2018]: consensus needs reasons of its own).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.digests import digest, plain
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.interests import recusals
from evalpanel.domain.moderation import (
    MemberScore,
    ModeratedRow,
    ModeratedScore,
    moderation_gaps,
    spread,
    values_of,
)
from evalpanel.domain.numbers import canonical
from evalpanel.domain.people import Role
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import (
    Line,
    ScoreStatus,
    lines_whatever_status,
    listed,
    owed_lines,
    scored_lines,
    why_no_line,
)
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import CriterionCode, LotCode, PersonCode, ScaleCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class ModerationLine:
    """One line in the room: what each member said, how far apart they are, and what has been agreed so far."""

    line: Line
    criterion: Criterion
    scale: Scale | None
    scores: tuple[MemberScore, ...]
    spread: Fraction | None
    agreed: ModeratedScore | None


@dataclass(frozen=True, slots=True)
class ModerationTaken:
    """What an import of moderated scores changed."""

    added: tuple[Line, ...]
    changed: tuple[Line, ...]
    unchanged: int
    notes: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class ModerationClosed:
    """What was locked: how many lines, which bids were assessed no further, and what is worth knowing."""

    lines: int
    not_assessed: tuple[Line, ...]
    notes: tuple[str, ...]
    digest: str


def lines(workspace: Workspace, named: str) -> tuple[ModerationLine, ...]:
    """All scores side by side, for every line. Refused until every panel member has signed off or is absent on record."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, at_least=TenderStage.BIDS_OPENED, act="there is nothing to moderate yet")
        _sheets_are_in(tx, tender)
        return _lines(tx, tender)


def _lines(tx: Session, tender: tenders.OpenTender) -> tuple[ModerationLine, ...]:
    pack = tender.pack
    criteria, scales = _criteria(pack), _scales(pack)
    people = {member.person: member for member in pack.panel}
    away = queries.absences(tx, tender.tender_id)
    recused = _recused(tx, tender)
    given: dict[Line, list[MemberScore]] = {}
    for row in queries.score_rows(tx, tender.tender_id):
        if row.person in people and row.person not in away and row.lot not in recused.get(row.person, frozenset()):
            given.setdefault(row.line, []).append(MemberScore(row.person, people[row.person].name, row.value()))
    agreed = queries.moderated(tx, tender.tender_id)
    order = {member.person: place for place, member in enumerate(pack.panel)}
    made: list[ModerationLine] = []
    for line in scored_lines(pack.criteria, pack.bids):
        criterion = criteria[line.criterion]
        scale = None if criterion.kind is CriterionKind.CONSIDERATION else scale_of(criterion, scales)
        scores = tuple(sorted(given.get(line, ()), key=lambda one: order[one.person]))
        apart = spread(values_of(one.score for one in scores), scale) if scale is not None else None
        made.append(ModerationLine(line, criterion, scale, scores, apart, agreed.get(line)))
    return tuple(made)


def take_moderated(
    workspace: Workspace, named: str, *, rows: Sequence[ModeratedRow], person: str | None = None
) -> ModerationTaken:
    """Record what the panel agreed, all of it or nothing. An empty cell never blanks what is held.

    The acting person is the chair. Raises `ProblemsFound` naming every row that cannot be kept.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, at_least=TenderStage.BIDS_OPENED, act="there is nothing to moderate yet")
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed")
        who = tender.acting(Role.CHAIR, person)
        _sheets_are_in(tx, tender)
        held = queries.moderated(tx, tender.tender_id)
        criteria, scales = _criteria(tender.pack), _scales(tender.pack)
        known = set(scored_lines(tender.pack.criteria, tender.pack.bids))
        # Lines of a bid that was withdrawn since the workbook was written do no harm unless they say something.
        ever = set(lines_whatever_status(tender.pack.criteria, tender.pack.bids))
        room = _room(tx, tender)
        problems: list[Problem] = []
        changes: list[ModeratedScore] = []
        unchanged = 0
        for row in rows:
            before = held.get(row.line, ModeratedScore(row.line, None))
            after = merged(before, row)
            if after == before and row.line in ever:
                unchanged += 1
            elif row.line not in known:
                problems.append(Problem(row.where, why_no_line(row.line, tender.pack.bids)))
            else:
                faults = _faults(after, criteria, scales, room)
                problems += [Problem(row.where, f"{row.line}: {fault}") for fault in faults]
                changes.append(after)
        if problems:
            count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
            raise ProblemsFound(f"The moderated scores were not taken in: {count}.", problems)
        if changes:
            _keep(tx, workspace, tender, who, changes)
        return ModerationTaken(
            added=tuple(score.line for score in changes if score.line not in held),
            changed=tuple(score.line for score in changes if score.line in held),
            unchanged=unchanged,
            notes=_undeclared(changes, room),
        )


def merged(before: ModeratedScore, row: ModeratedRow) -> ModeratedScore:
    """What is held with what a row says: an empty cell leaves what is held."""
    given = {
        name: getattr(row, name)
        for name in (
            "value",
            "reasons",
            "disclosable_reasons",
            "withheld_why",
            "not_higher",
            "differences",
            "improvements",
            "present",
            "dissent",
        )
    }
    return replace(before, **{name: value for name, value in given.items() if value is not None})


def close(workspace: Workspace, named: str, *, person: str | None = None) -> ModerationClosed:
    """Lock the moderated scores. Refused while a line lacks a level or a reason, or a quorum, naming it.

    A bid that failed a gate is assessed no further: lines of it that nobody touched are listed, and not missing.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed already")
        who = tender.acting(Role.CHAIR, person)
        _sheets_are_in(tx, tender)
        pack = tender.pack
        assert pack.tender is not None
        held = queries.moderated(tx, tender.tender_id)
        wanted = scored_lines(pack.criteria, pack.bids)
        if not wanted:
            raise EvalPanelError(
                "There is nothing to close.", "The tender has no bid that is scored. Nothing was changed."
            )
        missing = moderation_gaps(wanted, held, _criteria(pack), _scales(pack), pack.tender.quorum, pack.panel)
        if missing:
            count = "1 line is" if len(missing) == 1 else f"{len(missing)} lines are"
            raise EvalPanelError(
                f"Moderation cannot be closed: {count} not complete.",
                f"Nothing was changed. Missing: {listed(missing)}.",
            )
        locked = [held[line] for line in wanted if line in held]
        # All that was agreed is pinned, of bids that are out as well: what becomes of a bid later changes nothing in it.
        pinned = rows_digest(tuple(held.values()))
        untouched = tuple(line for line in wanted if line not in held)
        audit.record(
            tx,
            workspace,
            "moderation-closed",
            tender=tender.tender_id,
            person=who,
            detail={
                "lines": len(locked),
                "moderated_digest": pinned,
                "not_assessed": [str(line) for line in untouched],
            },
        )
        tenders.advance(tx, tender, TenderStage.QUALITY_LOCKED)
        return ModerationClosed(len(locked), untouched, _worth_knowing(tx, tender, held), pinned)


def _sheets_are_in(tx: Session, tender: tenders.OpenTender) -> None:
    # Nobody may see another's scores before their own are sealed (product.md section 4).
    signed, away = queries.sign_offs(tx, tender.tender_id), queries.absences(tx, tender.tender_id)
    recused = _recused(tx, tender)
    every = scored_lines(tender.pack.criteria, tender.pack.bids)
    waiting = [
        member.person
        for member in tender.pack.panel
        if member.has(Role.PANEL_MEMBER)
        and member.person not in away
        and not (member.person in signed and signed[member.person].signed)
        and owed_lines(member, every, recused.get(member.person, frozenset()))
    ]
    if waiting:
        raise EvalPanelError(
            f"Moderation waits for {len(waiting)} sign-off{'' if len(waiting) == 1 else 's'}: {', '.join(waiting)}.",
            "Nothing was shown or changed: individual scores stay sealed until everyone has signed off, "
            "or their absence is on record.",
        )


def _recused(tx: Session, tender: tenders.OpenTender) -> dict[PersonCode, frozenset[LotCode]]:
    pack, declared = tender.pack, queries.declarations(tx, tender.tender_id)
    return {
        member.person: frozenset(one.lot for one in recusals(member, declared, pack.bids, pack.bidders, pack.members))
        for member in pack.panel
    }


@dataclass(frozen=True, slots=True)
class _Room:
    """Who may have been in the room when a line was agreed."""

    people: frozenset[PersonCode]
    away: frozenset[PersonCode]
    declared: frozenset[PersonCode]
    recused: Mapping[PersonCode, frozenset[LotCode]]


def _room(tx: Session, tender: tenders.OpenTender) -> _Room:
    return _Room(
        people=frozenset(member.person for member in tender.pack.panel),
        away=frozenset(queries.absences(tx, tender.tender_id)),
        declared=frozenset(one.person for one in queries.declarations(tx, tender.tender_id)),
        recused=_recused(tx, tender),
    )


def _undeclared(changes: Sequence[ModeratedScore], room: _Room) -> tuple[Problem, ...]:
    named = {person for score in changes for person in score.present} - room.declared
    return tuple(
        Problem("present", f"{person} took part and has not declared interests", stops=False)
        for person in sorted(named)
    )


def _faults(
    score: ModeratedScore,
    criteria: Mapping[CriterionCode, Criterion],
    scales: Mapping[ScaleCode, Scale],
    room: _Room,
) -> list[str]:
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
        elif score.line.lot in room.recused.get(person, frozenset()):
            found.append(f"{person} is recused from lot {score.line.lot} and cannot have been present")
    if len(set(score.present)) != len(score.present):
        found.append("a person is named twice as present")
    return found


def _keep(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    person: PersonCode,
    changes: Sequence[ModeratedScore],
) -> None:
    tenders.advance(tx, tender, TenderStage.MODERATION)
    detail = {"rows": len(changes), "rows_digest": rows_digest(changes)}
    number = audit.record(
        tx, workspace, "moderated-scores-recorded", tender=tender.tender_id, person=person, detail=detail
    )
    revisions = {row.line: row.revision for row in queries.moderated_rows(tx, tender.tender_id)}
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
                "at": at,
                "act": number,
            }
            for score in changes
        ],
    )


def rows_digest(scores: Sequence[ModeratedScore]) -> str:
    """What a line of the trail pins about the moderated scores of its act, whatever their order."""
    return digest([plain(score) for score in sorted(scores, key=lambda score: score.line)])


def _worth_knowing(tx: Session, tender: tenders.OpenTender, held: Mapping[Line, ModeratedScore]) -> tuple[str, ...]:
    unsettled: list[Line] = []
    no_higher: list[Line] = []
    criteria, scales = _criteria(tender.pack), _scales(tender.pack)
    for one in _lines(tx, tender):
        agreed = held.get(one.line)
        if agreed is None:
            continue
        statuses = {score.score.status for score in one.scores}
        if one.spread and ScoreStatus.SCORED in statuses and not agreed.differences.strip():
            unsettled.append(one.line)
        criterion = criteria[one.line.criterion]
        explained = agreed.value is None or bool(agreed.not_higher.strip())
        is_quality = criterion.kind is CriterionKind.QUALITY
        if is_quality and not explained and agreed.value != scale_of(criterion, scales).top:
            no_higher.append(one.line)
    notes: list[str] = []
    if unsettled:
        notes.append(f"{len(unsettled)} lines do not say how different scores were settled: {listed(unsettled, 3)}")
    if no_higher:
        notes.append(f"{len(no_higher)} lines do not say why not a higher level: {listed(no_higher, 3)}")
    return tuple(notes)


def _criteria(pack: TenderPack) -> dict[CriterionCode, Criterion]:
    return {criterion.criterion: criterion for criterion in pack.criteria}


def _scales(pack: TenderPack) -> dict[ScaleCode, Scale]:
    return {scale.scale: scale for scale in pack.scales}
