"""Texts in Hebrew, Arabic and other scripts that run from right to left: where they stand in a line, and in which order.

A part of the Unicode Bidirectional Algorithm (UAX #9): names and quotations inside English, with numbers and brackets,
and paragraphs that are written from right to left as a whole. Formatting characters of the algorithm are not read.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import TypeVar

_CLOSING = ")]}"
_BEHIND = re.compile("[)\\]}]?[ \u00a0-]?")
# All blocks that hold letters from right to left, to pass quickly over what holds none.
_SOME = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_SHARE = 3  # letters from right to left for each other one, from which a whole line is taken to run that way

_Drawn = TypeVar("_Drawn")


def is_right_to_left(char: str) -> bool:
    """Whether a letter is written from right to left."""
    return unicodedata.bidirectional(char) in ("R", "AL")


def runs_right_to_left(line: str) -> bool:
    """Whether the line as a whole is written from right to left: it begins so, and nearly all of it is."""
    if not _SOME.search(line):
        return False
    letters = [kind for char in line if (kind := unicodedata.bidirectional(char)) in ("R", "AL", "L")]
    other = letters.count("L")
    return bool(letters) and letters[0] != "L" and len(letters) - other >= _SHARE * other


def stretches(line: str) -> list[tuple[str, bool]]:
    """`line` in pieces, in the order in which they are read: each with whether it runs from right to left."""
    if not (_SOME.search(line) and any(map(is_right_to_left, line))):
        return [(line, False)]
    if runs_right_to_left(line):
        return [(line, True)]
    pieces: list[tuple[str, bool]] = []
    rest = line
    while rest:
        first = next((index for index, char in enumerate(rest) if is_right_to_left(char)), len(rest))
        pieces.append((rest[:first], False))
        rest = rest[first:]
        end = _end_of_stretch(rest)
        pieces.append((rest[:end], True))
        rest = rest[end:]
    return [piece for piece in pieces if piece[0]]


def _end_of_stretch(text: str) -> int:
    """Where the stretch that begins `text` ends: after its last right-to-left letter before a left-to-right one."""
    end = 0
    for index, char in enumerate(text):
        if is_right_to_left(char) or (end == index and _clings(char)):
            end = index + 1
        elif unicodedata.bidirectional(char) == "L":
            break
        elif unicodedata.bidirectional(char) in ("EN", "AN") and _BEHIND.fullmatch(text, end, index):
            end = index + 1  # a number right behind the words is theirs
    # A bracket that was opened inside closes inside.
    while end < len(text) and text[end] in _CLOSING and _opened(text[:end]) > 0:
        end += 1
    return end


def _clings(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf")


def _opened(text: str) -> int:
    return sum((char in "([{") - (char in _CLOSING) for char in text)


def levels(text: str) -> list[int]:
    """How deep each character of a right-to-left stretch lies: 1 from right to left, 2 a number or foreign word in it."""
    kinds = [unicodedata.bidirectional(char) for char in text]
    found: list[int | None] = []
    for at, kind in enumerate(kinds):
        if kind in ("R", "AL"):
            found.append(1)
        elif kind in ("L", "EN", "AN"):
            found.append(2)
        elif found and (kind == "NSM" or _clings(text[at])):
            found.append(found[-1])
        elif kind in ("ES", "CS") and 0 < at < len(kinds) - 1 and kinds[at - 1] == kinds[at + 1] == "EN":
            found.append(2)
        else:
            found.append(None)
    return [_between(found, kinds, at) if level is None else level for at, level in enumerate(found)]


def _between(found: Sequence[int | None], kinds: Sequence[str], at: int) -> int:
    """What belongs to no direction lies with foreign words where it stands between two, and else with the stretch."""

    def foreign(indices: Sequence[int]) -> bool:
        nearest = next((index for index in indices if kinds[index] in ("L", "R", "AL", "EN", "AN")), None)
        return nearest is not None and kinds[nearest] == "L"

    return 2 if foreign(range(at - 1, -1, -1)) and foreign(range(at + 1, len(found))) else 1


def as_seen(items: Sequence[_Drawn], level: Callable[[_Drawn], int]) -> list[_Drawn]:
    """`items` of a line from left to right, given in the order in which they are read (UAX #9, L2)."""
    made = list(items)
    for depth in (2, 1):
        start = 0
        while start < len(made):
            end = start
            while end < len(made) and level(made[end]) >= depth:
                end += 1
            made[start:end] = made[start:end][::-1]
            start = max(end, start + 1)
    return made
