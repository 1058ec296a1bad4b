"""The moderation room: who may be in it, and every line with what each member said. Shared by journeys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind, leaves
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Recusal
from evalpanel.domain.moderation import MemberScore, ModeratedScore, spread, values_of
from evalpanel.domain.people import Role
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line, Score, owed_lines, recused_from, scored_lines
from evalpanel.domain.tender import CriterionCode, PersonCode, ScaleCode
from evalpanel.errors import EvalPanelError
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import tenders
from evalpanel.store import queries, score_reads

_STEP = 1_000  # lines between two looks at whether to go on


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
class Room:
    """Who may have been in the room when a line was agreed."""

    people: frozenset[PersonCode]
    away: frozenset[PersonCode]
    declared: frozenset[PersonCode]
    affirmed: frozenset[PersonCode]
    recused: Mapping[PersonCode, tuple[Recusal, ...]]


class Asked:
    """Which lines a tender asks about, told one by one: a big tender has too many to make them all for one."""

    def __init__(self, pack: TenderPack) -> None:
        self._criteria = {one.criterion: one for one in leaves(pack.criteria)}
        self._bids = {(bid.lot, bid.bid): bid for bid in pack.bids}

    def ever(self, line: Line) -> bool:
        """Whether it is a line whatever the status of its bid."""
        criterion = self._criteria.get(line.criterion)
        return criterion is not None and (line.lot, line.bid) in self._bids and criterion.applies_to(line.lot)

    def now(self, line: Line) -> bool:
        """Whether it is a line of a bid that is scored."""
        return self.ever(line) and self._bids[line.lot, line.bid].status.is_scored


def missing_sheets(tx: Session, tender: tenders.OpenTender) -> tuple[PersonCode, ...]:
    """Who owes answers, has not signed off, and whose absence is not on record."""
    signed, away = queries.sign_offs(tx, tender.tender_id), queries.absences(tx, tender.tender_id)
    missing = [
        member
        for member in tender.pack.panel
        if member.has(Role.PANEL_MEMBER)
        and member.person not in away
        and not (member.person in signed and signed[member.person].signed)
    ]
    if not missing:
        return ()
    recused = queries.all_recused(tx, tender.tender_id, tender.pack)
    every = scored_lines(tender.pack.criteria, tender.pack.bids)
    return tuple(one.person for one in missing if owed_lines(one, every, recused[one.person]))


def sheets_are_in(tx: Session, tender: tenders.OpenTender) -> None:
    """Refuse until everybody has signed off: nobody may see another's scores before their own are sealed."""
    waiting = missing_sheets(tx, tender)
    if waiting:
        raise EvalPanelError(
            f"Moderation waits for {len(waiting)} sign-off{'' if len(waiting) == 1 else 's'}: {', '.join(waiting)}.",
            "Nothing was shown or changed: individual scores stay sealed until everyone has signed off, "
            "or their absence is on record.",
        )


def chairing(
    tender: tenders.OpenTender,
    recused: Mapping[PersonCode, Sequence[Recusal]],
    person: str | None,
    lines: Iterable[Line],
) -> PersonCode:
    """Who records what is agreed on these lines: the person named, else a chair who is not recused from them.

    Where every chair is recused from some of them, the officer stands in. Refused where whoever acts is recused too.
    """
    wanted = tuple(lines)

    def out(code: PersonCode) -> Recusal | None:
        own = recused.get(code, ())
        return next((found for line in wanted if (found := recused_from(own, line)) is not None), None) if own else None

    chairs = [one.person for one in tender.pack.panel if one.has(Role.CHAIR)]
    deputies = [one.person for one in tender.pack.panel if one.has(Role.OFFICER)] if all(map(out, chairs)) else []
    if person is not None and tender.member(person).person not in deputies:
        found = tender.acting(Role.CHAIR, person)
    elif person is not None:
        found = tender.member(person).person
    else:
        free = [code for code in (*chairs, *deputies) if out(code) is None]
        found = free[0] if free else tender.acting(Role.CHAIR, None)
    kept_out = out(found)
    if kept_out is not None:
        raise EvalPanelError(
            f"{found} is recused from {kept_out.what} and cannot record what is agreed there.",
            "Nothing was changed. Another chair does it, or the officer where every chair is recused.",
        )
    return found


def room_of(tx: Session, tender: tenders.OpenTender) -> Room:
    """Who may be in the room."""
    return Room(
        people=frozenset(member.person for member in tender.pack.panel),
        away=frozenset(queries.absences(tx, tender.tender_id)),
        declared=queries.declared(tx, tender.tender_id, tender.pack),
        affirmed=frozenset(queries.affirmations(tx, tender.tender_id)),
        recused=queries.all_recused(tx, tender.tender_id, tender.pack),
    )


def lines_of(
    tx: Session,
    tender: tenders.OpenTender,
    *,
    kept_out: Sequence[Recusal] = (),
    words: bool = True,
    progress: Progress = NO_PROGRESS,
) -> tuple[ModerationLine, ...]:
    """Every line with what each member said, but for those that whoever looks is `kept_out` of.

    Without `words`: statuses and levels alone, which is quicker.
    """
    pack = tender.pack
    read = score_reads.scores if words else score_reads.levels
    given = _seen(tx, tender, read(tx, tender.tender_id), progress)
    agreed = score_reads.moderated(tx, tender.tender_id)
    kinds = {one.criterion: _Kind(one, pack) for one in leaves(pack.criteria)}
    made: list[ModerationLine] = []
    wanted = scored_lines(pack.criteria, pack.bids)
    if kept_out:
        wanted = tuple(line for line in wanted if recused_from(kept_out, line) is None)
    for place, line in enumerate(wanted):
        if place % _STEP == 0:
            progress.step(len(wanted) + place, 2 * len(wanted), "putting the scores side by side")
        made.append(kinds[line.criterion].line(line, given.get(line, ()), agreed.get(line)))
    return tuple(made)


def line_of(tx: Session, tender: tenders.OpenTender, line: Line) -> ModerationLine | None:
    """One line with every word that was said on it; None where the tender has no such line."""
    pack = tender.pack
    if not Asked(pack).now(line):
        return None
    found = ((one.person, score_reads.answer_on(tx, tender.tender_id, one.person, line)) for one in pack.panel)
    given = _seen(tx, tender, ((person, score) for person, score in found if score is not None), NO_PROGRESS)
    criterion = next(one for one in pack.criteria if one.criterion == line.criterion)
    agreed, _ = score_reads.moderated_on(tx, tender.tender_id, line)
    return _Kind(criterion, pack).line(line, given.get(line, ()), agreed)


def criteria_of(pack: TenderPack) -> dict[CriterionCode, Criterion]:
    """The criteria by their codes."""
    return {criterion.criterion: criterion for criterion in pack.criteria}


def scales_of(pack: TenderPack) -> dict[ScaleCode, Scale]:
    """The scales by their codes."""
    return {scale.scale: scale for scale in pack.scales}


class _Kind:
    """A criterion with its scale; scores that are equally far apart share one fraction."""

    def __init__(self, criterion: Criterion, pack: TenderPack) -> None:
        self._criterion = criterion
        considered = criterion.kind is CriterionKind.CONSIDERATION
        self._scale = None if considered else scale_of(criterion, scales_of(pack))
        self._order = {member.person: place for place, member in enumerate(pack.panel)}
        self._apart: dict[object, Fraction | None] = {}

    def line(self, line: Line, given: Iterable[MemberScore], agreed: ModeratedScore | None) -> ModerationLine:
        scores = tuple(sorted(given, key=lambda one: self._order[one.person]))
        apart = None
        if self._scale is not None:
            values = values_of(one.score for one in scores)
            key = (frozenset(values), len(values) > 1)
            if key not in self._apart:
                self._apart[key] = spread(values, self._scale)
            apart = self._apart[key]
        return ModerationLine(line, self._criterion, self._scale, scores, apart, agreed)


def _seen(
    tx: Session, tender: tenders.OpenTender, held: Iterable[tuple[PersonCode, Score]], progress: Progress
) -> dict[Line, list[MemberScore]]:
    """The answers by line, without those of people who are absent or recused."""
    people = {member.person: member.name for member in tender.pack.panel}
    away = queries.absences(tx, tender.tender_id)
    recused = queries.all_recused(tx, tender.tender_id, tender.pack)
    every = max(1, len(tender.pack.panel) * len(tender.pack.bids) * len(leaves(tender.pack.criteria)))
    given: dict[Line, list[MemberScore]] = {}
    for place, (person, score) in enumerate(held):
        if place % (_STEP * 12) == 0:
            progress.step(min(place, every), 2 * every, "reading the scores")
        if person in people and person not in away and not recused_from(recused[person], score.line):
            given.setdefault(score.line, []).append(MemberScore(person, people[person], score))
    return given
