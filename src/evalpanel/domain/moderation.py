"""The moderated score: a level that people agreed, with reasons. There is no automatic value and no mean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.evidence import Evidence
from evalpanel.domain.gates import needed_level, scale_of
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Gap, Line, Score, ScoreStatus
from evalpanel.domain.tender import CriterionCode, PersonCode, ScaleCode


@dataclass(frozen=True, slots=True)
class ModeratedScore:
    """What the panel agreed on one line, in the words that stand in the record and in the letter.

    `reasons` explain the level against the criterion by reference to the bid. `disclosable_reasons` stand in their
    place where the winner is explained to others and must differ; `withheld_why` says why. `not_higher`: why not a
    higher level. `differences`: how the members' differences were settled. `present`: who took part. `evidence`: the
    places in the bid that the panel cites for it, which the bidder reads.
    `value` is None only for a consideration, which is explained and not scored.
    """

    line: Line
    value: Decimal | None
    reasons: str = ""
    disclosable_reasons: str = ""
    withheld_why: str = ""
    not_higher: str = ""
    differences: str = ""
    improvements: str = ""
    present: tuple[PersonCode, ...] = ()
    dissent: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class ModeratedRow:
    """One row of a spreadsheet of moderated scores. A None means an empty cell: it never blanks what is held."""

    where: str
    line: Line
    value: Decimal | None = None
    reasons: str | None = None
    disclosable_reasons: str | None = None
    withheld_why: str | None = None
    not_higher: str | None = None
    differences: str | None = None
    improvements: str | None = None
    present: tuple[PersonCode, ...] | None = None
    dissent: str | None = None
    evidence: tuple[Evidence, ...] | None = None


@dataclass(frozen=True, slots=True)
class MemberScore:
    """One panel member's signed-off answer, as the moderation meeting sees it."""

    person: PersonCode
    name: str
    score: Score


def spread(values: Iterable[Decimal], scale: Scale) -> Fraction | None:
    """How far apart scores are on the scale: (max − min) / (top − bottom), or None with fewer than two scores.

    It aims the discussion and enters nothing else.
    """
    held = tuple(values)
    if len(held) < 2 or scale.top == scale.bottom:
        return None
    return Fraction(max(held) - min(held)) / Fraction(scale.top - scale.bottom)


def values_of(scores: Iterable[Score]) -> tuple[Decimal, ...]:
    """The levels given, without blanks, abstentions, recusals and what was not applicable."""
    return tuple(score.value for score in scores if score.status is ScoreStatus.SCORED and score.value is not None)


def moderation_gaps(
    lines: Iterable[Line],
    moderated: Mapping[Line, ModeratedScore],
    criteria: Mapping[CriterionCode, Criterion],
    scales: Mapping[ScaleCode, Scale],
    quorum: int | None,
    panel: Sequence[PanelMember] = (),
) -> tuple[Gap, ...]:
    """What keeps moderation from being closed: lines without a level or a reason, or agreed without a quorum.

    The chair and those who score make the quorum; an officer, an observer or a note-taker who sat there does not. Without
    a `panel` everybody present counts.

    A bid that failed a gate is assessed no further: its lines that nobody touched are not missing.
    """
    held = tuple(lines)
    stopped = {
        (line.lot, line.bid)
        for line in held
        if line in moderated and fails_minimum(moderated[line].value, criteria[line.criterion], scales)
    }
    deciding = {member.person for member in panel if member.has(Role.CHAIR) or member.has(Role.PANEL_MEMBER)}
    found: list[Gap] = []
    for line in held:
        score = moderated.get(line)
        if score is None:
            if (line.lot, line.bid) not in stopped:
                found.append(Gap(line, "no level and no reasons"))
            continue
        if score.value is None and criteria[line.criterion].kind is not CriterionKind.CONSIDERATION:
            found.append(Gap(line, "no level"))
        if not score.reasons.strip():
            found.append(Gap(line, "no reasons"))
        here = len(deciding & set(score.present) if panel else set(score.present))
        if quorum is not None and here < quorum:
            found.append(Gap(line, f"{here} of the panel present, and the quorum is {quorum}"))
    return tuple(found)


def fails_minimum(value: Decimal | None, criterion: Criterion, scales: Mapping[ScaleCode, Scale]) -> bool:
    """Whether a moderated level keeps the bid out: below a condition's level, or below a published minimum."""
    if value is None or criterion.kind is CriterionKind.CONSIDERATION:
        return False
    needed = needed_level(criterion, scale_of(criterion, scales))
    return needed is not None and value < needed
