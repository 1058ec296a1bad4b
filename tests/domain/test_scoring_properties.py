"""What must hold for every outcome, whatever was bid and scored."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.small_tenders import bid, by_bid, outcome, quality, section, tender
from evalpanel.domain.results import BidResult

TREE = [section("1", "35"), quality("1.1", "33.3", "1", minimum="1"), quality("1.2", "66.7", "1"), quality("2", "65")]
LEAVES = ("1.1", "1.2", "2")
LEVELS = st.fixed_dictionaries({leaf: st.integers(0, 5) for leaf in LEAVES})
FIELD = st.dictionaries(
    st.sampled_from([f"B{number}" for number in range(6)]), st.tuples(LEVELS, st.integers(1, 10_000)), min_size=1
)
FORMULAS = st.sampled_from(["F1", "F2", "F3", "F5"])
ROUNDINGS = st.sampled_from(["once", "envelope", "section"])
Field = dict[str, tuple[dict[str, int], int]]


def played(field: Field, formula: str, rounding: str) -> dict[str, BidResult]:
    levels = {code: levels for code, (levels, _) in field.items()}
    prices = {code: price for code, (_, price) in field.items()}
    return by_bid(outcome(tender("60", formula, rounding), TREE, levels, prices))


@given(FIELD, FORMULAS, ROUNDINGS)
@settings(max_examples=60)
def test_totals_are_between_0_and_100(field: Field, formula: str, rounding: str) -> None:
    for one in played(field, formula, rounding).values():
        passed = field[one.bid][0]["1.1"] >= 1
        assert (one.rank is not None) == (one.total is not None) == passed
        assert one.total is None or 0 <= one.total <= 100


@given(FIELD, FORMULAS, st.sampled_from(["envelope", "section"]))
@settings(max_examples=60)
def test_published_parts_add_up_to_the_published_total(field: Field, formula: str, rounding: str) -> None:
    for one in played(field, formula, rounding).values():
        if one.total is not None:
            assert one.quality is not None
            assert one.price is not None
            assert one.quality + one.price == one.total


@given(FIELD, FORMULAS, ROUNDINGS, st.sampled_from(LEAVES), st.data())
@settings(max_examples=60)
def test_raising_one_level_never_lowers_that_total(
    field: Field, formula: str, rounding: str, leaf: str, data: st.DataObject
) -> None:
    code = data.draw(st.sampled_from(sorted(field)))
    levels, price = field[code]
    before = played(field, formula, rounding)[code].total
    raised = field | {code: ({**levels, leaf: min(5, levels[leaf] + 1)}, price)}
    after = played(raised, formula, rounding)[code].total
    assert before is None or (after is not None and after >= before)


@given(FIELD, FORMULAS, ROUNDINGS, st.sampled_from(["late", "withdrawn", "excluded", "comparator"]), LEVELS)
@settings(max_examples=60)
def test_bid_that_is_not_valid_never_changes_the_others(
    field: Field, formula: str, rounding: str, status: str, levels: dict[str, int]
) -> None:
    alone = played(field, formula, rounding)
    of = tender("60", formula, rounding)
    every = {code: held for code, (held, _) in field.items()} | {"X": levels}
    prices = {code: price for code, (_, price) in field.items()} | {"X": 1}
    among = by_bid(outcome(of, TREE, every, prices, [bid("X", status), *(bid(code) for code in field)]))
    assert {code: one for code, one in among.items() if code != "X"} == alone


@given(FIELD, FORMULAS, ROUNDINGS)
@settings(max_examples=60)
def test_price_of_a_bid_that_failed_a_gate_is_never_looked_at(field: Field, formula: str, rounding: str) -> None:
    failed = {code: (levels, -1) for code, (levels, _) in field.items() if levels["1.1"] == 0}
    assert played(field | failed, formula, rounding) == played(field, formula, rounding)


@given(FIELD, FORMULAS, ROUNDINGS)
@settings(max_examples=60)
def test_order_of_the_bids_does_not_matter(field: Field, formula: str, rounding: str) -> None:
    turned = dict(reversed(list(field.items())))
    assert played(turned, formula, rounding) == played(field, formula, rounding)


@given(FIELD, FORMULAS)
@settings(max_examples=60)
def test_totals_are_those_of_the_formula_written_out(field: Field, formula: str) -> None:
    """The same sums the long way, in Fractions and without a plan: shares, references, weightings."""
    shares = {"1.1": Fraction(35 * 333, 100_000), "1.2": Fraction(35 * 667, 100_000), "2": Fraction(65, 100)}
    valid = {code: held for code, held in field.items() if held[0]["1.1"] >= 1}
    prices = [Fraction(price) for _, price in valid.values()]
    for code, one in played(field, formula, "once").items():
        if code in valid:
            levels, price = valid[code]
            points = sum((shares[leaf] * level / 5 * 60 for leaf, level in levels.items()), Fraction())
            match formula:
                case "F1":
                    part = min(prices) / price
                case "F2":
                    part = max(Fraction(0), 1 - (price - min(prices)) / min(prices))
                case "F3" if max(prices) > min(prices):
                    part = (max(prices) - price) / (max(prices) - min(prices))
                case "F3":
                    part = Fraction(1)
                case _:
                    mean = sum(prices, Fraction()) / len(prices)
                    part = min(max(Fraction(1, 2) - (price - mean) / mean, Fraction(0)), Fraction(1))
            assert one.total is not None
            assert abs(Fraction(one.total) - points - 40 * part) <= Fraction(1, 200)
