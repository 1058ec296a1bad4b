"""Amounts in a text, however they are written: 1,234.50, 1.234,50, 1 234.5, £96k, 1.2 million."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

_SPACES = " '’_\u00a0\u2009\u202f\u2007"
_NUMBER = re.compile(
    r"(?P<before>[£€$¥]|\b(?:GBP|EUR|USD)\b)?\s?(?<![\d.,])"
    rf"(?P<digits>\d{{1,3}}(?:[{_SPACES}]\d{{3}})+(?![\d{_SPACES}]\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*)"
    r"(?:\s?(?P<times>k|thousand|mn|million|m)\b)?"
    r"(?:\s?(?P<after>[£€$¥%]|(?:GBP|EUR|USD|pounds|euros?)\b))?",
    re.IGNORECASE,
)
_TIMES = {"k": 1000, "thousand": 1000, "m": 1000000, "mn": 1000000, "million": 1000000}
_PARTED = re.compile(r"[,.'’_\s]\d{3}(?!\d)")
_MOST = 24  # characters of one number: no amount is longer


@dataclass(frozen=True, slots=True)
class WrittenAmount:
    """A number in a text, with every amount that it can mean. `is_money`: a currency stands with it, or its thousands are parted."""

    text: str
    values: frozenset[Decimal]
    is_money: bool


def amounts_in(text: str) -> Iterator[WrittenAmount]:
    """Every number in `text`."""
    plain = "".join(str(unicodedata.digit(char, char)) if not char.isascii() else char for char in text)
    plain = "".join(char for char in plain if unicodedata.category(char) != "Cf")
    for match in _NUMBER.finditer(plain):
        digits = match["digits"]
        if match["after"] == "%" or len(digits) > _MOST:
            continue
        times = _TIMES.get((match["times"] or "").lower(), 1)
        values = frozenset(value * times for value in _meanings(digits))
        money = any(match[part] for part in ("before", "after", "times")) or bool(_PARTED.search(digits))
        yield WrittenAmount(match[0].strip(), values, money)


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
