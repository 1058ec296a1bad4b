from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest

from domain.small_tenders import (
    BASE,
    HUNDRED,
    L1,
    SCALES,
    bid,
    by_bid,
    condition,
    lines,
    outcome,
    quality,
    ranks,
    section,
    simple,
    tender,
    totals,
)
from evalpanel.domain.results import BidResult
from evalpanel.domain.scoring import awaiting_price, evaluate
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import BidCode, CriterionCode, Lot, LotCode, PriceFormula, SectionWeightings
from evalpanel.errors import EvalPanelError

TREE = [section("1", "35"), quality("1.1", "33.3", "1", minimum="1"), quality("1.2", "66.7", "1"), quality("2", "65")]


# --- the worked examples of the method ---


def test_worked_example_relative_to_lowest_at_60_40() -> None:
    result = simple(tender("60", "F1"), {"A": 80, "B": 70}, {"A": 100, "B": 80})
    assert totals(result) == {"B": "82.00", "A": "80.00"}
    assert ranks(result) == {"B": 1, "A": 2}


def test_worked_example_a_third_bid_that_comes_last_changes_the_winner() -> None:
    result = simple(tender("60", "F1"), {"A": 80, "B": 70, "C": 20}, {"A": 100, "B": 80, "C": 40})
    assert totals(result) == {"A": "64.00", "B": "62.00", "C": "52.00"}
    assert ranks(result) == {"A": 1, "B": 2, "C": 3}


def test_worked_example_standard_differential() -> None:
    result = simple(tender("60", "F2"), {"A": 80, "B": 70, "C": 20}, {"A": 100, "B": 80, "C": 40})
    assert totals(result) == {"C": "52.00", "A": "48.00", "B": "42.00"}


def test_worked_example_relative_to_lowest_at_50_50() -> None:
    result = simple(tender("50", "F1"), {"A": 50, "B": 75, "C": 100}, {"A": 50, "B": 75, "C": 100})
    assert totals(result) == {"A": "75.00", "C": "75.00", "B": "70.83"}
    assert ranks(result) == {"A": 1, "C": 1, "B": 3}


def test_worked_example_range_of_received_bids() -> None:
    two = simple(tender("60", "F3"), {"A": 80, "B": 78}, {"A": 104, "B": 100})
    three = simple(tender("60", "F3"), {"A": 80, "B": 78, "C": 0}, {"A": 104, "B": 100, "C": 200})
    assert totals(two) == {"B": "86.80", "A": "48.00"}
    assert totals(three) == {"B": "86.80", "A": "86.40", "C": "0.00"}


def test_preset_bounds_do_not_depend_on_other_bids() -> None:
    of = tender("60", "F4", price_lower=Decimal(50), price_upper=Decimal(150))
    alone = simple(of, {"A": 80}, {"A": 100})
    among = simple(of, {"A": 80, "B": 10}, {"A": 100, "B": 20})
    assert (totals(alone)["A"], totals(among)["A"], totals(among)["B"]) == ("68.00", "68.00", "46.00")


@pytest.mark.parametrize(
    ("formula", "expected"),
    [("F7", [("B", 1, "1.14"), ("A", 2, "1.25")]), ("F8", [("A", 1, "-700.00"), ("B", 2, "-620.00")])],
)
def test_formulas_that_rank_by_something_else_have_a_metric_and_no_total(
    formula: str, expected: list[tuple[str, int, str]]
) -> None:
    of = tender("60", formula, value_per_point=Decimal(10))
    result = simple(of, {"A": 80, "B": 70}, {"A": 100, "B": 80})
    assert [(one.bid, one.rank, str(one.metric)) for one in result.bids] == expected
    held = by_bid(result)["A"]
    assert (held.total, held.quality, held.price, held.price_amount) == (None, Decimal("80.00"), None, Decimal(100))


# --- rounding, weightings, sections ---


@pytest.mark.parametrize(
    ("rounding", "sections", "envelope", "price", "total"),
    [
        # Exact: sections 33.333… each and the price 26.666…, of which 60 % and the whole make 86.666…
        ("once", ["33.33", "33.33", "33.33"], "60.00", "26.67", "86.67"),
        ("envelope", ["33.33", "33.33", "33.33"], "60.00", "26.67", "86.67"),
        ("section", ["33.33", "33.33", "33.33"], "59.99", "26.67", "86.66"),
    ],
)
def test_rounding_rule_says_which_figures_are_rounded_before_they_are_added(
    rounding: str, sections: list[str], envelope: str, price: str, total: str
) -> None:
    of = replace(tender("60", "F1", rounding), section_weightings=SectionWeightings.OF_TOTAL)
    third = [quality("1", "20"), quality("2", "20"), quality("3", "20")]
    full = {"1": 5, "2": 5, "3": 5}
    result = by_bid(outcome(of, third, {"A": full, "B": full}, {"A": 3, "B": 2}))["A"]
    assert [str(value) for _, value in result.sections] == sections
    assert [str(value) for value in (result.quality, result.price, result.total)] == [envelope, price, total]


def test_rounding_once_may_show_parts_that_do_not_add_up_and_a_total_that_is_right() -> None:
    half = [quality("1", "50.01"), quality("2", "49.99")]
    levels = {"A": {"1": 1, "2": 4}, "B": {"1": 0, "2": 0}}

    def shown(rounding: str) -> list[str]:
        result = by_bid(outcome(tender("62.5", "F1", rounding), half, levels, {"A": 8, "B": "2.99"}))["A"]
        return [str(value) for value in (result.quality, result.price, result.total)]

    # Exact: 31.24625 + 14.015625 = 45.261875.
    assert shown("once") == ["31.25", "14.02", "45.26"]
    assert shown("envelope") == ["31.25", "14.02", "45.27"]


def test_ranks_compare_what_is_published() -> None:
    # A is ahead by 0.004 of a point: both print as 75.00.
    fine = [quality("1", "99.98", scale=HUNDRED), quality("2", "0.02", scale=HUNDRED)]
    levels = {"A": {"1": 75, "2": 95}, "B": {"1": 75, "2": 75}}
    once = outcome(tender("100", None, "once"), fine, levels)
    envelope = outcome(tender("100", None, "envelope"), fine, levels)
    assert totals(once) == totals(envelope) == {"A": "75.00", "B": "75.00"}
    assert (ranks(once), once.tie) == ({"A": 1, "B": 2}, "")
    assert ranks(envelope) == {"A": 1, "B": 1}
    assert envelope.tie[:59] == "Bids A and B stood equal on 75.00 for rank 1. No tie rule w"


@pytest.mark.parametrize(("places", "total"), [(0, "71"), (1, "70.8"), (2, "70.83"), (4, "70.8333")])
def test_results_have_the_published_places(places: int, total: str) -> None:
    result = simple(tender("50", "F1", places=places), {"A": 50, "B": 75}, {"A": 50, "B": 75})
    assert totals(result)["B"] == total


def test_of_total_gives_the_same_outcome_as_of_quality() -> None:
    of_quality = [section("1", "40"), quality("1.1", "100", "1"), quality("2", "60")]
    of_total = [section("1", "24"), quality("1.1", "100", "1"), quality("2", "36")]
    levels = {"A": {"1.1": 3, "2": 4}, "B": {"1.1": 5, "2": 1}}
    prices = {"A": 90, "B": 100}
    base = tender("60", "F1")
    total = replace(base, section_weightings=SectionWeightings.OF_TOTAL)
    assert outcome(total, of_total, levels, prices) == outcome(base, of_quality, levels, prices)


def test_sections_are_parts_of_quality_out_of_100() -> None:
    result = by_bid(outcome(tender("60", "F1"), TREE, {"A": {"1.1": 5, "1.2": 5, "2": 3}}, {"A": 1}))["A"]
    assert result.sections == ((CriterionCode("1"), Decimal("35.00")), (CriterionCode("2"), Decimal("39.00")))
    assert [(one.criterion, one.weighted) for one in result.criteria] == [
        ("1.1", Decimal("11.66")),
        ("1.2", Decimal("23.35")),
        ("2", Decimal("39.00")),
    ]
    assert (result.quality, result.price, result.total) == (Decimal("44.40"), Decimal("40.00"), Decimal("84.40"))


# --- lots, statuses, comparators and variants ---


def test_each_lot_has_its_own_criteria_rules_and_bids() -> None:
    two = Lot(
        LotCode("L2"),
        "Lot two",
        awards=2,
        quality_weighting=Decimal(100),
        price_weighting=Decimal(0),
        price_formula=PriceFormula.F11,
        budget=Decimal(100),
    )
    criteria = [quality("1", "50"), quality("2", "50", lots=["L1"]), quality("3", "50", lots=["L2"])]
    bids = [bid("A"), bid("B"), bid("A", lot="L2"), bid("C", lot="L2")]
    of = tender("60", "F1")
    moderated = lines({"A": {"1": 5, "2": 5}, "B": {"1": 1, "2": 1}}) | lines(
        {"A": {"1": 2, "3": 2}, "C": {"1": 3, "3": 4}}, "L2"
    )
    first = evaluate(
        of, L1, criteria, SCALES, bids, [], moderated, {BidCode("A"): Decimal(80), BidCode("B"): Decimal(40)}
    )
    second = evaluate(
        of, two, criteria, SCALES, bids, [], moderated, {BidCode("A"): Decimal(80), BidCode("C"): Decimal(90)}
    )
    assert totals(first) == {"A": "80.00", "B": "52.00"}
    assert totals(second) == {"C": "70.00", "A": "40.00"}
    assert (second.formula, second.price_weighting, second.awards) == (PriceFormula.F11, Decimal(0), 2)
    assert [one.bid for one in second.winners] == ["C", "A"]


@pytest.mark.parametrize("status", ["late", "withdrawn", "disregarded", "excluded", "not-shortlisted"])
def test_bid_that_is_not_valid_carries_its_reason_and_no_figures(status: str) -> None:
    bids = [bid("B", status, reason="It came at 12:04."), bid("A")]
    result = outcome(tender("60", "F1"), [quality("1")], {"A": {"1": 4}, "B": {"1": 5}}, {"A": 100, "B": 1}, bids)
    assert by_bid(result)["B"] == BidResult(
        bids[0].bid, bids[0].bidder, "Bidder B", by_bid(result)["B"].status, why="It came at 12:04."
    )
    assert by_bid(result)["B"].status.value == status
    assert [one.bid for one in result.bids] == ["A", "B"]
    assert totals(result) == {"A": "88.00"}


def test_comparator_stands_beside_the_ranking_and_changes_nothing() -> None:
    levels = {"A": {"1": 4}, "K": {"1": 5}}
    bids = [bid("K", "comparator"), bid("A")]
    result = outcome(tender("60", "F1"), [quality("1")], levels, {"A": 100, "K": 50}, bids)
    held = by_bid(result)["K"]
    assert (held.status.value, held.rank, held.price_amount) == ("comparator", None, Decimal(50))
    # Cheaper than every valid bid: the whole price weighting, and no more.
    assert (held.quality, held.price, held.total) == (Decimal("60.00"), Decimal("40.00"), Decimal("100.00"))
    assert by_bid(result)["A"] == by_bid(outcome(tender("60", "F1"), [quality("1")], {"A": {"1": 4}}, {"A": 100}))["A"]


def test_comparator_without_a_price_or_every_level_is_shown_as_far_as_it_goes() -> None:
    criteria = [quality("1", "50"), quality("2", "50")]
    bids = [bid("A"), bid("K", "comparator"), bid("M", "comparator", reason="The in-house team.")]
    levels = {"A": {"1": 4, "2": 4}, "K": {"1": 5, "2": 5}, "M": {"1": 3}}
    result = by_bid(outcome(tender("60", "F1"), criteria, levels, {"A": 100, "M": 70}, bids))
    assert (result["K"].quality, result["K"].price, result["K"].total) == (Decimal("60.00"), None, None)
    assert (result["M"].quality, result["M"].price_amount, result["M"].total) == (None, None, None)
    assert result["M"].sections == ((CriterionCode("1"), Decimal("30.00")),)
    assert (result["K"].why, result["M"].why) == (
        "A comparator: shown beside the ranking and no part of it.",
        "The in-house team.",
    )


def test_comparator_of_zero_quality_has_no_price_for_each_point() -> None:
    result = outcome(
        tender("60", "F7"),
        [quality("1")],
        {"A": {"1": 4}, "K": {"1": 0}},
        {"A": 100, "K": 50},
        [bid("A"), bid("K", "comparator")],
    )
    assert (by_bid(result)["K"].metric, by_bid(result)["A"].metric) == (None, Decimal("1.25"))


@pytest.mark.parametrize("formula", ["F1", "F2", "F3", "F5"])
def test_variant_is_ranked_and_its_price_measures_nobody(formula: str) -> None:
    levels = {"A": {"1": 4}, "B": {"1": 3}, "V": {"1": 3}}
    bids = [bid("A"), bid("B"), bid("V", variant_of="A")]
    of = tender("60", formula)
    among = outcome(of, [quality("1")], levels, {"A": 100, "B": 120, "V": 10}, bids)
    without = outcome(of, [quality("1")], {"A": {"1": 4}, "B": {"1": 3}}, {"A": 100, "B": 120})
    assert by_bid(among)["A"].total == by_bid(without)["A"].total
    assert by_bid(among)["B"].total == by_bid(without)["B"].total
    assert (by_bid(among)["V"].price, by_bid(among)["V"].status.value) == (Decimal("40.00"), "ranked")


def test_variant_alone_has_nothing_to_be_compared_with() -> None:
    bids = [bid("A"), bid("V", variant_of="A")]
    criteria = [quality("1", minimum="2")]
    with pytest.raises(EvalPanelError, match="The price of bid V has no valid price to be compared with"):
        outcome(tender("60", "F1"), criteria, {"A": {"1": 1}, "V": {"1": 3}}, {"V": 10}, bids)


# --- ties and winners ---


@pytest.mark.parametrize(
    ("rule", "expected", "winners"),
    [
        ("", {"A": 1, "C": 1, "B": 3}, []),
        ("highest quality, then lowest price, then drawing lots", {"C": 1, "A": 2, "B": 3}, ["C"]),
        ("lowest price", {"A": 1, "C": 2, "B": 3}, ["A"]),
        ("drawing lots", {"A": 1, "C": 1, "B": 3}, []),
    ],
)
def test_tie_rule_of_the_tender_is_applied_as_far_as_it_can_be_read(
    rule: str, expected: dict[str, int], winners: list[str]
) -> None:
    of = tender("50", "F1", tie_rule=rule)
    result = simple(of, {"A": 50, "B": 75, "C": 100}, {"A": 50, "B": 75, "C": 100})
    assert ranks(result) == expected
    assert [one.bid for one in result.winners] == winners


def test_tie_between_bids_whose_prices_stay_sealed_is_left_to_people() -> None:
    result = simple(tender("100", tie_rule="lowest price"), {"A": 80, "B": 80})
    assert ranks(result) == {"A": 1, "B": 1}
    assert result.tie == (
        "Bids A and B stood equal on 80.00 for rank 1. The published tie rule is: “lowest price”. Bids A and B share rank 1: "
        "the rule asks for price, which is not known for all of them; people apply it, on the record."
    )


# --- refusals ---


@pytest.mark.parametrize(
    ("qualities", "prices", "formula", "title"),
    [
        ({"A": 80, "B": 70}, {"A": 100}, "F1", "Bid B has no price."),
        ({"A": 80}, {"A": 0}, "F1", "The price of bid A is zero."),
        ({"A": 80}, {"A": -1}, "F4", "The price of bid A is negative."),
        ({"A": 80}, {}, "F11", "Bid A has no price."),
        ({"A": 0}, {"A": 10}, "F7", "Bid A has a quality of zero, so it has no price for each point of quality."),
    ],
)
def test_prices_that_cannot_be_used_are_refused_in_words(
    qualities: dict[str, int], prices: dict[str, int], formula: str, title: str
) -> None:
    of = tender(
        "100" if formula == "F11" else "60", formula, budget=Decimal(50), price_lower=Decimal(1), price_upper=Decimal(2)
    )
    with pytest.raises(EvalPanelError) as refused:
        simple(of, qualities, prices)
    assert refused.value.title == title


def test_missing_levels_are_named() -> None:
    with pytest.raises(EvalPanelError) as refused:
        outcome(tender("100"), TREE, {"A": {"1.1": 3, "1.2": None}, "B": {"1.1": 3, "1.2": 3, "2": 3}})
    assert refused.value.title == "2 lines have no moderated level."
    assert refused.value.message == (
        "No outcome was made and nothing was changed. Agree a level for: lot L1, bid A, criterion 1.2; "
        "lot L1, bid A, criterion 2."
    )


def test_many_missing_levels_are_counted() -> None:
    with pytest.raises(EvalPanelError) as refused:
        outcome(tender("100"), TREE, {f"B{number}": {} for number in range(4)})
    assert refused.value.title == "12 lines have no moderated level."
    assert refused.value.message[-13:] == "; and 4 more."


@pytest.mark.parametrize("formula", [None, "F7", "F8"])
def test_lot_without_scored_criteria_has_no_outcome_where_quality_decides(formula: str | None) -> None:
    with pytest.raises(EvalPanelError, match="Lot L1 has no criteria that are scored"):
        outcome(tender("100", formula, value_per_point=Decimal(1)), [condition("C1")], {"A": {"C1": 1}}, {"A": 5})


def test_price_alone_may_decide() -> None:
    result = outcome(tender("0", "F1"), [condition("C1")], {"A": {"C1": 1}, "B": {"C1": 1}}, {"A": 100, "B": 80})
    assert totals(result) == {"B": "100.00", "A": "80.00"}
    assert by_bid(result)["A"].quality is None


def test_lot_without_bids_has_an_empty_outcome() -> None:
    result = outcome(tender("60", "F1"), [quality("1")], {})
    assert (result.bids, result.winners, result.tie) == ((), (), "")


def test_level_that_is_not_on_the_scale_is_refused() -> None:
    with pytest.raises(EvalPanelError, match=r"Bid A has 6 for criterion 1, which is not a level of its scale"):
        outcome(tender("100"), [quality("1")], {"A": {"1": 6}})


# --- whose price may be opened ---


def awaiting(formula: str | None, weighting: str, levels: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    bids = [bid("A"), bid("B"), bid("L", "late"), bid("K", "comparator"), bid("M", "comparator")]
    of = tender(weighting, formula, budget=Decimal(5))
    return awaiting_price(of, L1, [condition("C1"), quality("1", minimum="2")], SCALES, bids, lines(levels))


def test_awaiting_price_names_bids_that_came_through_every_gate() -> None:
    levels = {
        "A": {"C1": 1, "1": 2},
        "B": {"C1": 1, "1": 1},
        "L": {"C1": 1, "1": 5},
        "K": {"C1": 1, "1": 5},
        "M": {"C1": 1},
    }
    assert awaiting("F1", "60", levels) == ("A", "K")
    assert awaiting("F11", "100", levels) == ("A", "K")
    assert awaiting(None, "100", levels) == ()


def test_awaiting_price_is_refused_while_a_level_is_missing() -> None:
    with pytest.raises(EvalPanelError, match="1 line has no moderated level"):
        awaiting("F1", "60", {"A": {"C1": 1}, "B": {"C1": 0}})


def test_moderated_lines_of_nobody_are_passed_over() -> None:
    moderated = lines({"A": {"1": 4}, "ghost": {"1": 5}}) | {
        Line(LotCode("L1"), BidCode("A"), CriterionCode("nothing")): Decimal(9)
    }
    result = evaluate(BASE, L1, [quality("1")], SCALES, [bid("A")], [], moderated, {BidCode("A"): Decimal(1)})
    assert totals(result) == {"A": "88.00"}
