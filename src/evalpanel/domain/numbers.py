"""Exact numbers: decimals as canonical text, and rounding half up as authorities publish it."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

_PLAIN = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,12})?\Z")


def exact(text: str) -> Decimal:
    """The decimal that a plain number in `text` stands for ("0.125", "-3", "12.50").

    Raises `ValueError` for anything else: exponents, NaN, infinity, thousands separators, more than 18 digits before
    the point or 12 after it.
    """
    if not _PLAIN.match(text):
        raise ValueError(f"not a plain decimal number: {text[:40]!r}")
    return Decimal(text)


def canonical(number: Decimal) -> str:
    """The one way a decimal is written in the store, in digests and in `--json`: no exponent, no trailing zeros, no -0.

    >>> canonical(Decimal("12.50")), canonical(Decimal("1E+2")), canonical(Decimal("-0.0"))
    ('12.5', '100', '0')
    """
    if not number.is_finite():
        raise ValueError("only finite numbers can be written")
    return _written(number)


@lru_cache(maxsize=4096)  # a sheet of thousands of answers has a handful of scores; equal decimals have one text
def _written(number: Decimal) -> str:
    if number == 0:
        return "0"
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


def round_half_up(number: Fraction | Decimal, places: int) -> Decimal:
    """`number` to `places` decimal places, halves away from zero (2.345 becomes 2.35, -2.345 becomes -2.35).

    The result always shows `places` places: `round_half_up(Fraction(75), 2)` prints as `75.00`.
    """
    scaled = Fraction(number) * 10**places
    whole = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    # Built digit by digit: arithmetic on Decimal would round to the context's 28 digits.
    return Decimal((int(scaled < 0 and whole != 0), tuple(int(digit) for digit in str(whole)), -places))
