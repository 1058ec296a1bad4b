from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from domain.small_tenders import FIVE, PREQUALIFICATION, bid, by_bid, condition, outcome, quality, tender
from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.gates import budget_gate, gate_by_level, needed_level, scale_of
from evalpanel.domain.results import GateResult
from evalpanel.domain.rules import LotRules
from evalpanel.domain.scales import MET
from evalpanel.domain.tender import CriterionCode, LotCode, PriceFormula, ScaleCode
from evalpanel.errors import EvalPanelError


def budget_rules(budget: str | None, basis: str = "", term: int | None = None) -> LotRules:
    return LotRules(
        LotCode("L1"),
        Decimal(100),
        Decimal(0),
        formula=PriceFormula.F11,
        budget=None if budget is None else Decimal(budget),
        budget_basis=basis,
        term_months=term,
    )


@pytest.mark.parametrize(
    ("criterion", "scale", "needed"),
    [
        (condition("C1"), MET, "1"),
        (condition("C1", PREQUALIFICATION), PREQUALIFICATION, "2"),
        (condition("C1", PREQUALIFICATION, "1"), PREQUALIFICATION, "1"),
        (condition("C1", PREQUALIFICATION, "0"), PREQUALIFICATION, "0"),
        (quality("1", minimum="3"), FIVE, "3"),
        (quality("1"), FIVE, None),
        (Criterion(CriterionCode("X"), "Read", CriterionKind.CONSIDERATION, minimum=Decimal(1)), FIVE, None),
    ],
)
def test_needed_level_is_the_published_minimum_or_the_top_of_a_condition(
    criterion: Criterion, scale: object, needed: str | None
) -> None:
    assert isinstance(scale, type(FIVE))
    assert needed_level(criterion, scale) == (None if needed is None else Decimal(needed))


def test_needed_level_refuses_a_minimum_that_is_no_level() -> None:
    with pytest.raises(EvalPanelError, match=r"minimum 2\.5 of criterion 1 is not a level"):
        needed_level(quality("1", minimum="2.5"), FIVE)


def test_scale_of_a_condition_without_one_is_met_or_not_met() -> None:
    assert scale_of(condition("C1"), {}) == MET


def test_scale_of_a_scored_criterion_must_be_there() -> None:
    with pytest.raises(EvalPanelError, match="Criterion 1 names no scale"):
        scale_of(replace(quality("1"), scale=None), {FIVE.scale: FIVE})
    with pytest.raises(EvalPanelError, match="on scale other, which the tender does not have"):
        scale_of(replace(quality("1"), scale=ScaleCode("other")), {FIVE.scale: FIVE})


def test_gate_by_level_says_why_either_way() -> None:
    assert dict(gate_by_level(condition("C1"), MET)) == {
        Decimal(0): GateResult(
            CriterionCode("C1"),
            False,
            "C1 Condition C1: 0 (Not met). The lowest level that meets this condition is 1 (Met).",
        ),
        Decimal(1): GateResult(
            CriterionCode("C1"),
            True,
            "C1 Condition C1: 1 (Met). The lowest level that meets this condition is 1 (Met).",
        ),
    }


def test_gate_by_level_of_an_award_criterion_is_a_minimum() -> None:
    gate = gate_by_level(quality("1", minimum="2"), FIVE)
    assert [gate[level.value].passed for level in FIVE.levels] == [False, False, True, True, True, True]
    assert {result.is_minimum for result in gate.values()} == {True}
    assert gate[Decimal(1)].why == "1 Criterion 1: 1 (Level 1). The published minimum is 2 (Level 2)."


@pytest.mark.parametrize(
    ("budget", "basis", "term", "price", "passed"),
    [
        ("100", "", None, "100", True),
        ("100", "term", 36, "100.00", True),
        ("100", "", None, "100.01", False),
        ("100", "year", 36, "300", True),
        ("100", "year", 36, "300.01", False),
        ("100", "year", 7, "58.33", True),
        ("100", "year", 7, "58.34", False),
    ],
)
def test_budget_gate_is_the_published_budget_of_the_whole_term(
    budget: str, basis: str, term: int | None, price: str, passed: bool
) -> None:
    gate = budget_gate(budget_rules(budget, basis, term), Decimal(price))
    assert gate is not None
    assert (gate.criterion, gate.passed) == (None, passed)


def test_budget_gate_says_both_figures() -> None:
    gate = budget_gate(budget_rules("100000"), Decimal("100000.50"))
    assert gate == GateResult(None, False, "The price of £100,000.50 is above the published budget of £100,000.00.")


def test_budget_is_no_gate_under_another_formula() -> None:
    assert budget_gate(replace(budget_rules("100"), formula=None), Decimal(500)) is None


@pytest.mark.parametrize(
    ("levels", "status", "gates"),
    [
        ({"C1": 1, "1": 3}, "ranked", {"C1": True, "1": True}),
        ({"C1": 1, "1": 2}, "gate-failed", {"C1": True, "1": False}),
        ({"C1": 0, "1": 5}, "gate-failed", {"C1": False, "1": True}),
        ({"C1": 0}, "gate-failed", {"C1": False}),
        ({"1": 0}, "gate-failed", {"1": False}),
    ],
)
def test_gates_decide_whether_a_bid_is_ranked(levels: dict[str, int], status: str, gates: dict[str, bool]) -> None:
    result = outcome(tender("100"), [condition("C1"), quality("1", minimum="3")], {"A": levels})
    only = by_bid(result)["A"]
    assert only.status.value == status
    assert {str(gate.criterion): gate.passed for gate in only.gates} == gates


def test_gate_failed_bid_keeps_what_was_assessed_and_loses_total_rank_and_price() -> None:
    criteria = [condition("C1"), quality("1", "60"), quality("2", "40")]
    result = outcome(
        tender("60", "F1"), criteria, {"A": {"C1": 1, "1": 5, "2": 5}, "B": {"C1": 0, "1": 4}}, {"A": 100, "B": 1}
    )
    failed = by_bid(result)["B"]
    assert (failed.rank, failed.total, failed.quality, failed.price, failed.price_amount) == (None,) * 5
    assert failed.sections == ((CriterionCode("1"), Decimal("48.00")),)
    assert [(one.criterion, one.score, one.weighted) for one in failed.criteria] == [
        ("C1", Decimal(0), None),
        ("1", Decimal(4), Decimal("48.00")),
        ("2", None, None),
    ]
    assert failed.why == "C1 Condition C1: 0 (Not met). The lowest level that meets this condition is 1 (Met)."
    assert by_bid(result)["A"].total == Decimal("100.00")


def test_gate_failed_bid_that_was_wholly_scored_keeps_its_quality() -> None:
    result = outcome(tender("60", "F1"), [quality("1", minimum="3")], {"A": {"1": 2}}, {})
    failed = by_bid(result)["A"]
    assert (failed.status.value, failed.quality, failed.total, failed.price) == (
        "gate-failed",
        Decimal("24.00"),
        None,
        None,
    )


def test_budget_gate_ranks_by_quality_within_the_budget() -> None:
    of = tender("100", "F11", budget=Decimal(100))
    result = outcome(
        of,
        [quality("1")],
        {"A": {"1": 3}, "B": {"1": 5}, "C": {"1": 4}},
        {"A": 100, "B": "100.01", "C": 1},
    )
    assert [(one.bid, one.status.value, one.rank) for one in result.bids] == [
        ("C", "ranked", 1),
        ("A", "ranked", 2),
        ("B", "gate-failed", None),
    ]
    over = by_bid(result)["B"]
    assert (over.quality, over.total, over.price_amount) == (Decimal("100.00"), None, Decimal("100.01"))
    assert over.why == "The price of £100.01 is above the published budget of £100.00."


def test_lowest_price_technically_acceptable_needs_no_scored_criteria() -> None:
    of = tender("0", "F10")
    result = outcome(
        of,
        [condition("C1")],
        {"A": {"C1": 1}, "B": {"C1": 1}, "C": {"C1": 0}},
        {"A": 90, "B": 80},
        bids=[bid("A"), bid("B"), bid("C")],
    )
    assert [(one.bid, one.rank, one.total, one.metric) for one in result.bids] == [
        ("B", 1, None, Decimal("80.00")),
        ("A", 2, None, Decimal("90.00")),
        ("C", None, None, None),
    ]
