"""Amounts in a text, however they are written: 1,234.50, 1.234,50, 1 234.5, £96k, 1.2 million, £１.２m."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_SPACES = " '’ʼ_\u00a0\u2000-\u200a\u202f\u205f\u3000"
_CODES = "GBP|EUR|USD|CHF|pounds?|euros?"
_NUMBER = re.compile(
    rf"(?P<before>[£€$¥]|\b(?:{_CODES})\b)?\s?(?<![\d.,])"
    rf"(?P<digits>\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?![\d{_SPACES}]\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:[\s-]?(?P<times>k|thousand|mn|mln|millions?|m|bn|billions?)\b)?"
    rf"(?:\s?(?P<after>[£€$¥%]|(?:{_CODES})\b))?",
    re.IGNORECASE,
)
_TIMES = {"k": 1000, "t": 1000, "m": 1000000, "b": 1000000000}
_PARTED = re.compile(rf"[,.{_SPACES}]\d{{3}}(?!\d)")
_SIGNS = {"٫": ".", "٬": ",", "·": ".", "‧": ".", "′": "'"}  # decimal signs of other writings, and an older British one
_MOST = 24  # characters of one number: no amount is longer
_ROUND = Decimal(1000)  # what a number without “k” or “million” must be whole thousands of to count as rounded
LEAST_DIGITS = 2
"""How many digits a rounded amount must be written to: “£1 million” may be anybody's."""


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """A number in a text, with every amount that it can mean. `is_money`: a currency stands with it, or its thousands are parted.

    `begin` and `end` say which characters of the text it is. `rounded` are the least and the greatest amount that one
    would write like this after rounding, or None; `digits` is to how many digits.
    """

    text: str
    values: frozenset[Decimal]
    is_money: bool
    begin: int = 0
    end: int = 0
    rounded: tuple[Decimal, Decimal] | None = None
    digits: int = 0


def amounts_in(text: str) -> Iterator[WrittenAmount]:
    """Every number in `text`."""
    plain, at = _plain(text)
    for match in _NUMBER.finditer(plain):
        digits = match["digits"]
        if match["after"] == "%" or len(digits) > _MOST:
            continue
        times = _TIMES.get((match["times"] or "")[:1].lower(), 1)
        values = frozenset(value * times for value in _meanings(digits))
        money = any(match[part] for part in ("before", "after", "times")) or bool(_PARTED.search(digits))
        said = match[0].strip()
        begin = match.start() + match[0].index(said)
        rounded, places = _rounded(digits, times) if money else (None, 0)
        yield WrittenAmount(said, values, money, at[begin], at[begin + len(said) - 1] + 1, rounded, places)


def _plain(text: str) -> tuple[str, range | list[int]]:
    """The text in one writing of digits and signs, without what is not seen; and where each character of it stood."""
    if text.isascii():
        return text, range(len(text))
    chars, at = [], []
    for place, char in enumerate(text):
        if unicodedata.category(char) != "Cf":
            chars.append(char if char.isascii() else _one(char))
            at.append(place)
    return "".join(chars), at


def _one(char: str) -> str:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    same = _SIGNS.get(char) or (unicodedata.normalize("NFKC", char) if unicodedata.category(char) != "Zs" else char)
    return same if len(same) == 1 else char


def _rounded(digits: str, times: int) -> tuple[tuple[Decimal, Decimal] | None, int]:
    """What was rounded to these digits, and to how many; nothing where it is too rough to say whose it is."""
    value = min(_meanings(digits)) if times > 1 else max(_meanings(digits))
    if times == 1 and (value < _ROUND or value % _ROUND):
        return None, 0
    whole = value * times
    unit = times * Decimal(1).scaleb(min(int(value.as_tuple().exponent), 0)) if times > 1 else _ROUND
    places = len(str(int(whole / unit)))
    if places < LEAST_DIGITS:
        return None, 0
    return (whole - unit / 2, whole + unit / 2), places


def _meanings(digits: str) -> Iterator[Decimal]:
    """What a number can mean, in the writings of several countries. Spaces and apostrophes part thousands."""
    pieces = re.split(f"[{_SPACES}]", digits)
    if len(pieces) > 1:  # or it is two numbers, one beside the other
        yield from (meaning for piece in (pieces[0], pieces[-1]) for meaning in _meanings(piece))
    bare = "".join(pieces)
    signs = [char for char in bare if char in ".,"]
    last = max(bare.rfind("."), bare.rfind(","))
    if not signs:
        yield Decimal(bare)
    elif len(set(signs)) == 2:
        yield Decimal(re.sub(r"[.,]", "", bare[:last]) + "." + bare[last + 1 :])
    else:
        if len(signs) > 1 or len(bare) - last - 1 == 3:
            yield Decimal(re.sub(r"[.,]", "", bare))
        if len(signs) == 1:
            yield Decimal(bare.replace(",", "."))
