"""Spread, and what keeps moderation open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

import make
from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.moderation import ModeratedScore, fails_minimum, moderation_gaps, spread, values_of
from evalpanel.domain.sheets import Line, Score, ScoreStatus, scored_lines
from evalpanel.domain.tender import BidCode, CriterionCode, PersonCode

CRITERIA = {one.criterion: one for one in make.criteria()}
SCALES = {make.SCALE: make.scale()}
LINES = scored_lines(make.criteria(), make.bids()[:1])
CH1, PM1, OF1 = PersonCode("CH1"), PersonCode("PM1"), PersonCode("OF1")


def complete(line: Line) -> ModeratedScore:
    value = Decimal(1) if line.criterion == "C1" else Decimal(3)
    return ModeratedScore(line, value, "The bid says how.", present=(CH1, PM1))


ALL = {line: complete(line) for line in LINES}
GATE, FIRST = LINES[0], LINES[1]


def missing(held: dict[Line, ModeratedScore], quorum: int | None = 2) -> list[str]:
    return [str(gap) for gap in moderation_gaps(LINES, held, CRITERIA, SCALES, quorum, make.panel())]


@pytest.mark.parametrize(
    ("values", "apart"),
    [
        ((), None),
        (("3",), None),
        (("3", "3"), Fraction(0)),
        (("0", "4"), Fraction(1)),
        (("1", "4", "2"), Fraction(3, 4)),
    ],
)
def test_the_spread_is_the_distance_of_the_outermost_scores_on_the_scale(
    values: tuple[str, ...], apart: Fraction | None
) -> None:
    assert spread([Decimal(value) for value in values], make.scale()) == apart


def test_only_scores_have_a_value_and_a_zero_is_one() -> None:
    scores = [
        Score(FIRST, ScoreStatus.SCORED, Decimal(0)),
        Score(FIRST, ScoreStatus.ABSTAINED),
        Score(FIRST),
        Score(FIRST, ScoreStatus.SCORED, None),
    ]

    assert values_of(scores) == (Decimal(0),)


def test_nothing_is_missing_when_every_line_has_a_level_reasons_and_a_quorum() -> None:
    assert missing(ALL) == []


def test_each_thing_that_is_missing_is_named() -> None:
    held = {
        GATE: complete(GATE),
        LINES[1]: replace(complete(LINES[1]), value=None),
        LINES[2]: replace(complete(LINES[2]), reasons=" ", present=(CH1, OF1)),
    }

    assert missing(held) == [
        f"{LINES[1]}: no level",
        f"{LINES[2]}: no reasons",
        f"{LINES[2]}: 1 of the panel present, and the quorum is 2",
        f"{LINES[3]}: no level and no reasons",
    ]
    assert missing(held, quorum=None)[1] == f"{LINES[2]}: no reasons"


@pytest.mark.parametrize(("gate", "value"), [(GATE, "0"), (LINES[3], "0")])
def test_a_failed_gate_ends_the_assessment_and_what_was_begun_is_finished(gate: Line, value: str) -> None:
    failed = {gate: replace(complete(gate), value=Decimal(value))}
    begun = {**failed, FIRST: replace(complete(FIRST), reasons="")}

    assert missing(failed) == []
    assert missing(begun) == [f"{FIRST}: no reasons"]


def test_the_gate_of_one_bid_is_no_gate_of_another() -> None:
    other = replace(GATE, bid=BidCode("B02"))

    assert missing({other: replace(complete(GATE), line=other, value=Decimal(0))}) == [
        f"{line}: no level and no reasons" for line in LINES
    ]


def test_a_consideration_is_complete_with_reasons_alone() -> None:
    wider = Criterion(CriterionCode("W"), "Wider benefits", CriterionKind.CONSIDERATION)
    line = replace(FIRST, criterion=wider.criterion)
    said = ModeratedScore(line, None, "It trains young staff.", present=(CH1, PM1))

    assert moderation_gaps([line], {line: said}, {wider.criterion: wider}, {}, 2, make.panel()) == ()
    assert fails_minimum(None, wider, {}) is False


@pytest.mark.parametrize(
    ("code", "value", "fails"),
    [("C1", "0", True), ("C1", "1", False), ("2.1", "0", True), ("2.1", "1", False), ("1.1", "0", False)],
)
def test_a_level_below_the_published_minimum_keeps_the_bid_out(code: str, value: str, fails: bool) -> None:
    assert fails_minimum(Decimal(value), CRITERIA[CriterionCode(code)], SCALES) is fails
