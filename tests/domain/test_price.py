from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.price import (
    ReferencePrices,
    checked_price,
    money,
    price_score,
    price_totals,
    prices_needed,
    ranking_metric,
)
from evalpanel.domain.rules import LotRules
from evalpanel.domain.tender import BidCode, BidderCode, LotCode, PriceFormula, PriceKind, PriceLine
from evalpanel.errors import EvalPanelError

PRICES = st.decimals(min_value="0.01", max_value=10_000_000, places=2)
FIELDS = st.lists(PRICES, min_size=1, max_size=8)
SCORED = st.sampled_from(["F1", "F2", "F3", "F4", "F5"])


def rules(formula: str | None, price_weighting: str = "40") -> LotRules:
    weighting = Decimal(price_weighting)
    return LotRules(
        LotCode("L1"),
        100 - weighting,
        weighting,
        formula=None if formula is None else PriceFormula(formula),
        price_lower=Decimal(50),
        price_upper=Decimal(150),
        value_per_point=Decimal(10),
        budget=Decimal(100),
    )


def scores(formula: str, *prices: str) -> list[Fraction | None]:
    amounts = [Decimal(price) for price in prices]
    reference = ReferencePrices.of(amounts)
    return [price_score(rules(formula), amount, reference) for amount in amounts]


@pytest.mark.parametrize(
    ("formula", "prices", "expected"),
    [
        ("F1", ("100", "80", "40"), (16, 20, 40)),
        ("F1", ("3", "2"), (Fraction(80, 3), 40)),
        ("F2", ("100", "80", "40"), (0, 0, 40)),
        ("F2", ("100", "150", "200", "250"), (40, 20, 0, 0)),
        ("F3", ("104", "100", "200"), (Fraction(384, 10), 40, 0)),
        ("F3", ("7", "7"), (40, 40)),
        ("F4", ("50", "100", "150", "10", "900"), (40, 20, 0, 40, 0)),
        ("F5", ("100", "100"), (20, 20)),
        ("F5", ("50", "150"), (40, 0)),
        ("F5", ("90", "110"), (24, 16)),
        ("F5", ("1", "1", "298"), (40, 40, 0)),
    ],
)
def test_price_score_follows_the_published_formula(
    formula: str, prices: tuple[str, ...], expected: tuple[int | Fraction, ...]
) -> None:
    assert scores(formula, *prices) == list(expected)


@pytest.mark.parametrize("formula", ["F7", "F8", "F10"])
def test_price_score_is_none_where_the_formula_ranks_by_something_else(formula: str) -> None:
    assert scores(formula, "100", "80") == [None, None]


@pytest.mark.parametrize("formula", [None, "F1", "F11"])
def test_price_score_is_none_without_a_price_weighting(formula: str | None) -> None:
    assert price_score(rules(formula, "0"), Decimal(80), ReferencePrices.of([Decimal(80)])) is None


@pytest.mark.parametrize(("formula", "expected"), [("F1", None), ("F2", None), ("F3", None), ("F4", 20), ("F5", None)])
def test_price_score_without_reference_prices_is_given_by_preset_bounds_only(
    formula: str, expected: int | None
) -> None:
    assert price_score(rules(formula), Decimal(100), None) == expected


@pytest.mark.parametrize(
    ("formula", "cheaper", "dearer"), [("F1", 40, 20), ("F2", 40, 0), ("F3", 40, 0), ("F4", 40, 0), ("F5", 40, 0)]
)
def test_price_score_of_a_price_outside_the_reference_stays_within_the_weighting(
    formula: str, cheaper: int, dearer: int
) -> None:
    reference = ReferencePrices.of([Decimal(100), Decimal(120)])
    assert price_score(rules(formula), Decimal(10), reference) == cheaper
    assert price_score(rules(formula), Decimal(200), reference) == dearer


def test_price_score_above_a_range_of_one_price_is_zero() -> None:
    assert price_score(rules("F3"), Decimal(101), ReferencePrices.of([Decimal(100)])) == 0


@given(SCORED, FIELDS, PRICES)
def test_price_score_is_between_zero_and_the_weighting(formula: str, field: list[Decimal], price: Decimal) -> None:
    score = price_score(rules(formula), price, ReferencePrices.of(field))
    assert score is not None
    assert 0 <= score <= 40


@given(SCORED, FIELDS)
def test_price_score_never_rises_with_the_price(formula: str, field: list[Decimal]) -> None:
    reference = ReferencePrices.of(field)
    in_order = [price_score(rules(formula), price, reference) or Fraction() for price in sorted(field)]
    assert in_order == sorted(in_order, reverse=True)


@given(st.sampled_from(["F1", "F2", "F3"]), FIELDS)
def test_price_score_gives_the_lowest_price_the_whole_weighting(formula: str, field: list[Decimal]) -> None:
    assert price_score(rules(formula), min(field), ReferencePrices.of(field)) == 40


@given(st.sampled_from(["F1", "F2", "F3", "F5"]), FIELDS, st.integers(2, 1000))
def test_price_score_does_not_depend_on_the_unit_of_money(formula: str, field: list[Decimal], factor: int) -> None:
    scaled = [price * factor for price in field]
    before = [price_score(rules(formula), price, ReferencePrices.of(field)) for price in field]
    assert [price_score(rules(formula), price, ReferencePrices.of(scaled)) for price in scaled] == before


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"formula": PriceFormula.F4, "price_lower": None}, "Formula F4 needs"),
        ({"formula": PriceFormula.F4, "price_upper": None}, "Formula F4 needs"),
        ({"formula": PriceFormula.F4, "price_upper": Decimal(50)}, "Formula F4 needs"),
        ({"formula": PriceFormula.F4, "price_upper": Decimal(49)}, "Formula F4 needs"),
        ({"formula": None}, "no price formula is published"),
        ({"formula": PriceFormula.F11}, "price weighting of 0"),
    ],
)
def test_price_score_refuses_rules_that_lack_what_they_need(changed: dict[str, object], says: str) -> None:
    # The values of `changed` fit the fields they name; a table of them has no narrower type.
    lacking = replace(rules("F1"), **changed)  # type: ignore[arg-type]  # the field comes by name from the table
    with pytest.raises(EvalPanelError, match=says):
        price_score(lacking, Decimal(100), None)


def test_ranking_metric_is_price_for_each_point_less_the_value_of_quality_or_the_price() -> None:
    def metric(formula: str) -> Fraction | None:
        return ranking_metric(rules(formula), BidCode("B1"), Decimal(100), Fraction(75))

    assert metric("F7") == Fraction(4, 3)
    assert metric("F8") == Fraction(-650)
    assert metric("F10") == Fraction(100)
    assert metric("F1") is None


def test_ranking_metric_refuses_a_quality_of_zero_in_words() -> None:
    with pytest.raises(EvalPanelError, match="Bid B1 has a quality of zero"):
        ranking_metric(rules("F7"), BidCode("B1"), Decimal(100), Fraction(0))


@pytest.mark.parametrize("worth", [None, Decimal(0), Decimal(-1)])
def test_ranking_metric_refuses_monetised_quality_without_a_value(worth: Decimal | None) -> None:
    with pytest.raises(EvalPanelError, match="Formula F8 needs a published value"):
        ranking_metric(replace(rules("F8"), value_per_point=worth), BidCode("B1"), Decimal(100), Fraction(50))


@pytest.mark.parametrize(
    ("price", "title"),
    [
        (None, "Bid B1 has no price."),
        (Decimal(0), "The price of bid B1 is zero."),
        (Decimal("0.00"), "The price of bid B1 is zero."),
        (Decimal("-0.0"), "The price of bid B1 is zero."),
        (Decimal(-5), "The price of bid B1 is negative."),
        (Decimal("NaN"), "The price of bid B1 is no number."),
        (Decimal("sNaN"), "The price of bid B1 is no number."),
        (Decimal("-Infinity"), "The price of bid B1 is no number."),
    ],
)
def test_checked_price_refuses_in_words(price: Decimal | None, title: str) -> None:
    with pytest.raises(EvalPanelError) as refused:
        checked_price(BidCode("B1"), price)
    assert refused.value.title == title


def test_checked_price_passes_a_price_on_unchanged() -> None:
    assert str(checked_price(BidCode("B1"), Decimal("100.10"))) == "100.10"


def test_reference_prices_are_lowest_highest_and_exact_mean() -> None:
    reference = ReferencePrices.of([Decimal("0.10"), Decimal("0.20"), Decimal("0.35")])
    assert reference == ReferencePrices(Fraction(1, 10), Fraction(7, 20), Fraction(13, 60))
    assert ReferencePrices.of([]) is None


@pytest.mark.parametrize(
    ("formula", "price_weighting", "needed"),
    [
        (None, "0", False),
        ("F1", "0", False),
        ("F4", "0", False),
        ("F1", "40", True),
        ("F7", "0", True),
        ("F8", "0", True),
        ("F10", "0", True),
        ("F11", "0", True),
    ],
)
def test_prices_needed_says_whether_quality_decides_alone(
    formula: str | None, price_weighting: str, needed: bool
) -> None:
    assert prices_needed(rules(formula, price_weighting)) is needed


def line(bidder: str, amount: str, kind: PriceKind = PriceKind.PRICE, lot: str = "L1") -> PriceLine:
    return PriceLine(BidderCode(bidder), LotCode(lot), kind, "An item", Decimal(amount))


def test_price_totals_add_price_lines_of_the_lot_only() -> None:
    schedule = [
        line("B1", "0.10"),
        line("B1", "0.20"),
        line("B1", "99", PriceKind.COST),
        line("B1", "98", PriceKind.OVERHEAD),
        line("B1", "97", lot="L2"),
        line("B2", "5.50"),
        line("B3", "1", PriceKind.COST),
    ]
    assert price_totals(schedule, LotCode("L1")) == {"B1": Decimal("0.30"), "B2": Decimal("5.50")}


def test_price_totals_are_exact_where_the_usual_28_digits_are_not_enough() -> None:
    schedule = [line("B1", "999999999999999999"), line("B1", "0.000000000001")]
    assert price_totals(schedule, LotCode("L1")) == {"B1": Decimal("999999999999999999.000000000001")}


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal(1200), "GBP", "£1,200.00"),
        (Decimal("1234567.895"), "GBP", "£1,234,567.90"),
        (Decimal("-5.5"), "GBP", "-£5.50"),
        (Decimal("-0.001"), "GBP", "£0.00"),
        (Fraction(100, 3), "EUR", "EUR 33.33"),
    ],
)
def test_money_is_shown_as_people_write_it(amount: Decimal | Fraction, currency: str, shown: str) -> None:
    assert money(amount, currency) == shown
