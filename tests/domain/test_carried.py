"""Moderation that travels: quotes that are compared, sheets that it rests on, whose word counts, who must agree."""

from __future__ import annotations

from decimal import Decimal
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.branches import Entry
from evalpanel.domain.carried import (
    AgreedLine,
    Citation,
    Given,
    Misquote,
    Ruling,
    by_whom,
    given_by,
    misquotes,
    must_agree,
    not_asked,
    outdated,
    ruled_out,
)
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PersonCode

PM1, PM2, CH1, CH2 = (PersonCode(code) for code in ("PM1", "PM2", "CH1", "CH2"))
LINES = tuple(Line(LotCode("L1"), BidCode(bid), CriterionCode("1.1")) for bid in ("B01", "B02"))
B1, B2 = (BidderCode("B01"), LotCode("L1")), (BidderCode("B02"), LotCode("L1"))

answers = st.one_of(
    st.builds(lambda value: (ScoreStatus.SCORED, Decimal(value)), st.integers(0, 4)),
    st.sampled_from([(status, None) for status in ScoreStatus if status is not ScoreStatus.SCORED]),
)


def agreed(line: Line, *quoted: Given, present: tuple[PersonCode, ...] = ()) -> AgreedLine:
    return AgreedLine(ModeratedScore(line, Decimal(3), "Why.", present=present), quoted)


@given(st.lists(answers, min_size=2, max_size=2))
def test_whoever_is_quoted_with_their_own_sheet_is_quoted_rightly(
    held: list[tuple[ScoreStatus, Decimal | None]],
) -> None:
    own = {line: Score(line, status, value) for line, (status, value) in zip(LINES, held, strict=True)}
    lines = [
        agreed(line, given_by(score, PM1), Given(PM2, ScoreStatus.SCORED, Decimal(1))) for line, score in own.items()
    ]
    assert misquotes(PM1, own, lines) == ()


@given(answers, answers)
def test_misquote_is_seen_exactly_when_the_quote_differs(
    own: tuple[ScoreStatus, Decimal | None], quoted: tuple[ScoreStatus, Decimal | None]
) -> None:
    line = LINES[0]
    found = misquotes(PM1, {line: Score(line, *own)}, [agreed(line, Given(PM1, *quoted))])
    expected = () if own == quoted else (Misquote(line, Given(PM1, *own), Given(PM1, *quoted)),)
    assert found == expected


def test_answer_that_was_left_out_is_told_in_words() -> None:
    line = LINES[0]
    (one,) = misquotes(PM1, {line: Score(line, ScoreStatus.SCORED, Decimal(3))}, [agreed(line)])
    assert one.words == "lot L1, bid B01, criterion 1.1: your answer (3) was left out"
    assert misquotes(PM1, {}, [agreed(line)]) == ()


def test_abstention_quoted_as_a_score_is_a_misquote() -> None:
    line = LINES[0]
    held = {line: Score(line, ScoreStatus.ABSTAINED)}
    (one,) = misquotes(PM1, held, [agreed(line, Given(PM1, ScoreStatus.SCORED, Decimal(0)))])
    assert one.words == "lot L1, bid B01, criterion 1.1: you gave abstained, and you are quoted with 0"


def test_moderation_is_outdated_by_a_newer_sheet_and_by_one_that_came_after_all() -> None:
    cited = (Citation(PM1, "a" * 64), Citation(PM2, "", "on leave"))
    assert outdated(cited, {PM1: "a" * 64}) == ()
    assert outdated(cited, {PM1: "b" * 64}) == (PM1,)
    assert outdated(cited, {PM1: "a" * 64, PM2: "c" * 64}) == (PM2,)
    assert outdated(cited, {PM1: None}) == (PM1,)


def test_first_chair_counts_and_a_deputy_where_the_chair_sent_nothing() -> None:
    covered = {CH2: (B1, B2), CH1: (B1,)}
    for order in permutations(covered.items()):
        assert by_whom((CH1, CH2), dict(order)) == {B1: CH1, B2: CH2}
    assert by_whom((CH1,), {PM1: (B1,)}) == {}


def test_who_was_present_and_scores_must_agree_but_not_who_signed() -> None:
    lines = [agreed(LINES[0], present=(CH1, PM1)), agreed(LINES[1], present=(CH1, PersonCode("NT1")))]
    assert must_agree(lines, (CH1, PM1, PM2), CH1) == {PM1}


def test_scorer_who_was_present_on_no_line_is_named_unless_absent() -> None:
    lines = [agreed(LINES[0], present=(CH1, PM1)).agreed, agreed(LINES[1], present=(PM1,)).agreed]
    sheets = [Citation(one, "a" * 64) for one in (PM2, PM1, CH1)]
    assert not_asked(lines, sheets, CH1) == (PM2,)
    assert not_asked(lines, [*sheets[1:], Citation(PM2, "", "Ill.")], CH1) == ()


def test_ruling_puts_aside_only_what_does_not_know_of_the_sheet_that_counts() -> None:
    first, second, other, later = (letter * 64 for letter in "abcd")
    held = {
        first: Entry(first, 1, frozenset()),
        second: Entry(second, 2, frozenset({first})),
        other: Entry(other, 2, frozenset({first})),
        later: Entry(later, 3, frozenset({first, second, other})),
    }
    everything = (first, second, other, later, "e" * 64)
    assert ruled_out(Ruling(PM1, second, everything, "Why."), held) == {other}
    assert ruled_out(Ruling(PM1, first, everything, "Why."), held) == frozenset()
    assert ruled_out(Ruling(PM1, "e" * 64, everything, "Why."), held) == frozenset()
