from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.numbers import canonical, exact, round_half_up

PLAIN = st.decimals(min_value=-(10**9), max_value=10**9, places=6, allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", Decimal(0)), ("0.125", Decimal("0.125")), ("-3", Decimal(-3)), ("+3", Decimal(3)), ("007", Decimal(7))],
)
def test_exact_reads_plain_numbers(text: str, number: Decimal) -> None:
    assert exact(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 1",
        "1 ",
        "1\n",
        "1e3",
        "NaN",
        "Infinity",
        "1,000",
        "1.",
        ".5",
        "--1",
        "٣",
        "１",
        "1_000",
        "1" * 19,
        "0." + "1" * 13,
    ],
)
def test_exact_refuses_everything_else(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal number"):
        exact(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (Decimal("12.50"), "12.5"),
        (Decimal("1E+2"), "100"),
        (Decimal("-0.0"), "0"),
        (Decimal("0E-9"), "0"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("-1200.00"), "-1200"),
        (Decimal(100), "100"),
    ],
)
def test_canonical_writes_one_form(number: Decimal, text: str) -> None:
    assert canonical(number) == text


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), Decimal("-Infinity")])
def test_canonical_refuses_what_is_no_number(number: Decimal) -> None:
    with pytest.raises(ValueError, match="only finite numbers"):
        canonical(number)


@given(PLAIN)
def test_canonical_reads_back_as_the_same_number(number: Decimal) -> None:
    assert exact(canonical(number)) == number


@given(PLAIN, st.integers(0, 6))
def test_canonical_is_the_same_for_equal_numbers(number: Decimal, zeros: int) -> None:
    assert canonical(Decimal(f"{number:f}" + "0" * zeros)) == canonical(number)


@pytest.mark.parametrize(
    ("number", "places", "text"),
    [
        (Decimal("2.345"), 2, "2.35"),
        (Decimal("2.355"), 2, "2.36"),  # half-even and binary floats both give other answers for one of these two
        (Decimal("-2.345"), 2, "-2.35"),
        (Decimal("2.3449999"), 2, "2.34"),
        (Fraction(75), 2, "75.00"),
        (Fraction(2, 3), 2, "0.67"),
        (Fraction(1, 8), 2, "0.13"),
        (Fraction(5, 2), 0, "3"),
        (Fraction(-1, 1000), 2, "0.00"),
        (Decimal("0.005"), 2, "0.01"),
    ],
)
def test_round_half_up_rounds_as_authorities_publish(number: Fraction | Decimal, places: int, text: str) -> None:
    assert str(round_half_up(number, places)) == text


@given(PLAIN, st.integers(0, 6))
def test_round_half_up_agrees_with_the_decimal_module(number: Decimal, places: int) -> None:
    assert round_half_up(number, places) == number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@given(st.fractions(-1000, 1000), st.integers(0, 6))
def test_round_half_up_moves_a_number_by_half_a_unit_at_most(number: Fraction, places: int) -> None:
    assert abs(Fraction(round_half_up(number, places)) - number) <= Fraction(1, 2 * 10**places)


@given(st.fractions(-1000, 1000), st.fractions(-1000, 1000), st.integers(0, 4))
def test_round_half_up_never_changes_an_order(one: Fraction, other: Fraction, places: int) -> None:
    lower, higher = sorted((one, other))
    assert round_half_up(lower, places) <= round_half_up(higher, places)


@given(st.fractions(-1000, 1000), st.integers(0, 4))
def test_round_half_up_is_the_same_on_both_sides_of_zero_and_twice(number: Fraction, places: int) -> None:
    rounded = round_half_up(number, places)
    assert round_half_up(-number, places) == -rounded
    assert str(round_half_up(rounded, places)) == str(rounded)
