"""The lines of the work, the five kinds of answer, and what keeps a sheet open."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.interests import Recusal
from evalpanel.domain.sheets import (
    Gap,
    Line,
    Score,
    ScoreStatus,
    answer_fault,
    entered_by,
    gaps,
    lines_whatever_status,
    listed,
    owed_lines,
    scored_lines,
    sheet_digest,
    why_no_line,
)
from evalpanel.domain.tender import BidCode, BidStatus, CriterionCode, LotCode, PersonCode
from evalpanel.errors import EvalPanelError

LEAF = make.criterion("1.1", "1", 50)
CONDITION = Criterion(CriterionCode("C1"), "Insurance", CriterionKind.CONDITION)
CONSIDERATION = Criterion(CriterionCode("W"), "Wider benefits", CriterionKind.CONSIDERATION)
LINE = Line(make.LOT, BidCode("B01"), CriterionCode("1.1"))
S = ScoreStatus


def test_lines_are_scored_bids_by_leaves_in_the_order_of_the_pack() -> None:
    assert [str(line) for line in scored_lines(make.criteria(), make.bids()[:1])] == [
        f"lot L1, bid B01, criterion {code}" for code in ("C1", "1.1", "1.2", "2.1")
    ]


@pytest.mark.parametrize("status", list(BidStatus))
def test_only_valid_bids_and_comparators_have_scored_lines(status: BidStatus) -> None:
    bids = (replace(make.bids()[0], status=status),)

    wanted = 4 if status in (BidStatus.VALID, BidStatus.COMPARATOR) else 0
    assert len(scored_lines(make.criteria(), bids)) == wanted
    assert len(lines_whatever_status(make.criteria(), bids)) == 4


def test_a_criterion_of_one_lot_has_no_line_in_another() -> None:
    criteria = (make.section("1", 100), replace(LEAF, lots=(LotCode("L2"),)))

    assert scored_lines(criteria, make.bids()) == ()
    assert len(scored_lines(criteria, make.bids(LotCode("L2")))) == 3


def test_one_owes_ones_own_criteria_outside_the_lots_one_lost() -> None:
    lines = scored_lines(make.criteria(), make.bids()[:1])
    member = replace(make.panel()[2], criteria=(CriterionCode("1.1"), CriterionCode("2.1")))

    assert [line.criterion for line in owed_lines(member, lines, ())] == ["1.1", "2.1"]
    assert owed_lines(member, lines, (Recusal(member.person, make.LOT, "a friend"),)) == ()
    assert owed_lines(make.panel()[0], lines, ()) == ()


@pytest.mark.parametrize(
    ("criterion", "status", "value", "fault"),
    [
        (LEAF, S.SCORED, "0", ""),
        (LEAF, S.SCORED, "4", ""),
        (LEAF, S.SCORED, "4.00", ""),
        (LEAF, S.SCORED, "5", "5 is not a level of the scale (0 None, 1 Poor, 2 Fair, 3 Good, 4 Excellent)"),
        (LEAF, S.SCORED, None, "the status is scored, but there is no score"),
        (LEAF, S.BLANK, None, ""),
        (LEAF, S.BLANK, "0", "the status is blank, so there can be no score beside it"),
        (LEAF, S.ABSTAINED, None, ""),
        (LEAF, S.RECUSED, "1", "the status is recused, so there can be no score beside it"),
        (
            LEAF,
            S.NOT_APPLICABLE,
            None,
            "a weighted criterion cannot be not applicable: that would change the published weighting",
        ),
        (CONDITION, S.NOT_APPLICABLE, None, ""),
        (CONSIDERATION, S.NOT_APPLICABLE, None, ""),
        (CONSIDERATION, S.SCORED, None, ""),
        (CONSIDERATION, S.SCORED, "1", "this criterion is explained and not scored: leave the score empty"),
    ],
)
def test_an_answer_is_kept_or_told_why_not(
    criterion: Criterion, status: ScoreStatus, value: str | None, fault: str
) -> None:
    score = Score(LINE, status, None if value is None else Decimal(value))

    assert answer_fault(score, criterion, make.scale()) == fault


@pytest.mark.parametrize(
    ("score", "what"),
    [
        (None, "no answer yet"),
        (Score(LINE), "no answer yet"),
        (Score(LINE, S.SCORED, Decimal(0)), "no rationale"),
        (Score(LINE, S.SCORED, Decimal(0), " \n "), "no rationale"),
        (Score(LINE, S.ABSTAINED), "no rationale"),
        (Score(LINE, S.RECUSED, None, "My aunt."), "marked recused, but no interest is declared"),
        (Score(LINE, S.SCORED, Decimal(0), "It says nothing."), None),
        (Score(LINE, S.ABSTAINED, None, "I wrote the question."), None),
    ],
)
def test_a_line_keeps_a_sheet_open_until_it_is_answered_with_a_rationale(score: Score | None, what: str | None) -> None:
    held = {} if score is None else {LINE: score}

    assert gaps([LINE], held) == (() if what is None else (Gap(LINE, what),))


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (Line(make.LOT, BidCode("B09"), CriterionCode("1.1")), "there is no bid B09 for lot L1"),
        (Line(LotCode("L2"), BidCode("B01"), CriterionCode("1.1")), "there is no bid B01 for lot L2"),
        (Line(make.LOT, BidCode("B01"), CriterionCode("9")), "there is no scored criterion 9 in lot L1"),
        (Line(make.LOT, BidCode("B02"), CriterionCode("1.1")), "bid B02 is late and is not scored"),
    ],
)
def test_a_line_that_there_is_not_is_told_why(line: Line, why: str) -> None:
    bids = (make.bids()[0], replace(make.bids()[1], status=BidStatus.LATE))

    assert why_no_line(line, bids) == why


def test_a_long_list_is_cut_and_counted() -> None:
    assert listed("abc", 3) == "a; b; c"
    assert listed("abcde", 3) == "a; b; c; and 2 more"


@given(st.permutations([Score(replace(LINE, bid=BidCode(f"B{number}")), S.BLANK) for number in range(5)]))
def test_the_order_of_scores_is_no_part_of_their_digest(scores: list[Score]) -> None:
    assert sheet_digest(scores) == sheet_digest(reversed(scores))


def test_a_zero_a_blank_and_every_word_are_part_of_the_digest() -> None:
    held = [
        Score(LINE),
        Score(LINE, S.SCORED, Decimal(0)),
        Score(LINE, S.NOT_APPLICABLE),
        Score(LINE, S.ABSTAINED),
        Score(LINE, S.RECUSED),
        Score(LINE, rationale="x"),
        Score(LINE, improvements="x"),
        Score(LINE, working_note="x"),
    ]

    assert len({sheet_digest([score]) for score in held}) == len(held)


def test_who_typed_a_sheet_in_is_a_code_of_the_panel_or_words() -> None:
    known = [PersonCode("OF1"), PersonCode("PM1")]
    said = [entered_by(words, PersonCode("PM1"), known) for words in ("", "  ", "of1", " her  support worker ")]
    assert said == ["", "", "OF1", "her support worker"]


@pytest.mark.parametrize("words", ["pm1", "x" * 201])
def test_nobody_types_in_for_themselves_nor_at_length(words: str) -> None:
    with pytest.raises(EvalPanelError):
        entered_by(words, PersonCode("PM1"), [PersonCode("PM1")])
