"""Amounts that are written in words: “forty-two thousand pounds”, “one and a half million”, “half a million”."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from evalpanel.domain.leak_numbers import LEAST_DIGITS, WrittenAmount

_UNITS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "  # noqa: SIM905  # a list to read
        "eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)  # noqa: SIM905  # a list to read
} | {"fourty": 40}
_SCALES = {"thousand": 1000, "million": 1000000, "billion": 1000000000}
_SCALES |= {f"{word}s": size for word, size in _SCALES.items()}
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25"), "quarters": Decimal("0.25")}
_MONEY = frozenset("pound pounds sterling quid gbp euro euros dollar dollars".split())  # noqa: SIM905  # a list to read
_PENCE = frozenset(("pence", "penny", "p"))
_HUNDRED = ("hundred", "hundreds")
_FIRST = (*_UNITS, *_TENS, "a", "an", *_PARTS)
_TOKEN = re.compile(r"[^\W\d_]+|[£€$]")
_BETWEEN = re.compile(r"[\s,‐‑‒–-]*")
_START = re.compile(rf"\b(?:{'|'.join(sorted(_FIRST, key=len, reverse=True))})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpelledAmount:
    """An amount in words. `begin` and `end` say which characters it is; `unit` is the least step in which it is counted there."""

    value: Decimal
    begin: int
    end: int
    unit: Decimal


@dataclass(slots=True)
class _Count:
    """A number as its words come in: `total` of what ended with a scale, and the `part` below the next scale."""

    total: Decimal = Decimal(0)
    part: Decimal | None = None
    open: str = "any"  # what may follow in this part
    scale: Decimal | None = None  # the last scale, which the next has to be below
    unit: Decimal = Decimal(1)
    point: int = 0  # digits after “point” so far; 0: none

    def takes(self, word: str) -> bool:
        """Take one word in; False: it is no part of this number."""
        if self.point and word in _UNITS and _UNITS[word] < 10:
            self.part = (self.part or Decimal(0)) + Decimal(_UNITS[word]).scaleb(-self.point)
            self.unit = Decimal(1).scaleb(-self.point)
            self.point += 1
            return True
        if word in _UNITS and self.open in (
            "any",
            "below ten" if _UNITS[word] < 10 else "below hundred",
            "below hundred",
        ):
            self.part, self.open = (self.part or Decimal(0)) + _UNITS[word], "hundred"
        elif word in _TENS and self.open in ("any", "below hundred"):
            self.part, self.open = (self.part or Decimal(0)) + _TENS[word], "below ten"
        elif (
            word in _HUNDRED and self.part is not None and 0 < self.part < 100 and self.open in ("hundred", "below ten")
        ):
            self.part, self.open = self.part * 100, "below hundred"
        elif word in _SCALES and self.part is not None and (self.scale is None or _SCALES[word] < self.scale):
            size = Decimal(_SCALES[word])
            self.total, self.part = self.total + self.part * size, None
            self.scale, self.open = size, "any"
            self.unit, self.point = (self.unit if self.point or self.unit < 1 else Decimal(1)) * size, 0
        elif word == "point" and self.part is not None and not self.point:
            self.point = 1
        else:
            return False
        return True

    @property
    def value(self) -> Decimal:
        """What it comes to so far."""
        return self.total + (self.part or Decimal(0))

    @property
    def step(self) -> Decimal:
        """In what steps it is counted."""
        return self.unit if self.part is None else Decimal(1)


def amounts_spelled(text: str) -> Iterator[WrittenAmount]:
    """Every amount in words in `text`, as one that is written in digits: whole thousands and more may have been rounded."""
    for one in spelled_in(text):
        places = len(str(int(one.value / one.unit)))
        half = one.unit / 2
        rounded = (one.value - half, one.value + half) if one.unit > 1 and places >= LEAST_DIGITS else None
        said = text[one.begin : one.end]
        yield WrittenAmount(said, frozenset({one.value}), True, one.begin, one.end, rounded, places if rounded else 0)


def spelled_in(text: str) -> Iterator[SpelledAmount]:
    """Every amount in words in `text`: with a currency after it, or of thousands and more."""
    plain, at = _seen(text)
    past = 0
    for start in _START.finditer(plain):
        if start.start() < past:
            continue
        found = _read(plain, start.start())
        if found is not None:
            past = found.end
            yield SpelledAmount(found.value, at[found.begin], at[found.end - 1] + 1, found.unit)


def _seen(text: str) -> tuple[str, range | list[int]]:
    """The text without what is not seen in it, such as soft hyphens; and where each character stood."""
    if text.isascii():
        return text, range(len(text))
    held = [(place, char) for place, char in enumerate(text) if unicodedata.category(char) != "Cf"]
    return "".join(char for _, char in held), [place for place, _ in held]


def _read(text: str, begin: int) -> SpelledAmount | None:
    count, ends = _Count(), begin
    words = _words(text, begin)
    for number, (word, _, end) in enumerate(words):
        after = words[number + 1][0] if number + 1 < len(words) else ""
        if word in ("a", "an") and (after in _HUNDRED or after in _SCALES) and count.takes("one"):
            continue
        if word in _PARTS and count.part is None and not count.total:
            return _fraction(words[number:], begin, _PARTS[word], Decimal(0))
        if word == "and" and (
            after in ("a", "half", "quarter") or (after in _UNITS and _follows(words, number + 2) in _PARTS)
        ):
            return _and_part(words[number + 1 :], begin, count)
        if word in ("and", "of") and number:
            continue
        if not count.takes(word):
            break
        ends = end
    if ends == begin:
        return None
    rest = [one for one in words if one[1] >= ends]
    value, ends, money = _with_currency(count.value, ends, rest)
    if not money and count.scale is None:
        return None
    return SpelledAmount(value, begin, ends, count.step)


def _words(text: str, begin: int) -> list[tuple[str, int, int]]:
    """Words from `begin` on, as long as nothing but spaces, commas and hyphens stands between them; at most twenty-four."""
    found: list[tuple[str, int, int]] = []
    place = begin
    while len(found) < 24 and (match := _TOKEN.match(text, place)) is not None:
        found.append((match[0].casefold(), match.start(), match.end()))
        between = _BETWEEN.match(text, match.end())
        place = between.end() if between is not None else match.end()
    return found


def _follows(words: list[tuple[str, int, int]], number: int) -> str:
    return words[number][0] if number < len(words) else ""


def _fraction(words: list[tuple[str, int, int]], begin: int, part: Decimal, whole: Decimal) -> SpelledAmount | None:
    """“half a million”, “a quarter of a million”, and what stands before it: “one and a half million”."""
    for word, _, end in words[1:5]:
        if word in _SCALES:
            size = Decimal(_SCALES[word])
            rest = [one for one in words if one[1] >= end]
            _, ends, _ = _with_currency(Decimal(0), end, rest)
            return SpelledAmount((whole + part) * size, begin, ends, size / 4 if part == Decimal("0.25") else size / 2)
        if word not in ("a", "of", "one"):
            return None
    return None


def _and_part(words: list[tuple[str, int, int]], begin: int, count: _Count) -> SpelledAmount | None:
    """“one and a half million”, “two and three quarter million”."""
    times = Decimal(_UNITS.get(words[0][0], 1))
    rest = words[1:] if words and words[0][0] not in _PARTS else words
    if not rest or rest[0][0] not in _PARTS or count.part is None:
        return None
    return _fraction(rest, begin, times * _PARTS[rest[0][0]], count.value)


def _with_currency(value: Decimal, ends: int, rest: list[tuple[str, int, int]]) -> tuple[Decimal, int, bool]:
    """The amount with the pence after its pounds, where it ends, and whether a currency stands there."""
    if not rest or rest[0][0] not in _MONEY:
        return value, ends, False
    ends = rest[0][2]
    rest = rest[2:] if _follows(rest, 1) == "and" else rest[1:]
    pence = _Count()
    for word, _, end in rest:
        if word in _PENCE and pence.part is not None:
            return value + pence.part / 100, end, True
        if not pence.takes(word):
            break
    return value, ends, True
