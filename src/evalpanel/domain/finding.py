"""Finding words in a text as people mean them: capitals, accents, ligatures, broken lines and kinds of quotes do not count."""

from __future__ import annotations

import unicodedata
from array import array
from dataclasses import dataclass
from functools import cache

from evalpanel.domain.evidence import one_line

MOST_FOUND = 500
"""The most places that are listed: whoever sees so many looks for other words."""

_BEFORE, _AFTER = 60, 120
_BREAKS = frozenset("\x00\x02\xad\ufffe\uffff")  # what readers of PDFs put where a word was broken at the end of a line
_ALIKE = {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "ı": "i"}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text as it is searched, and where each of its characters stands in the text that it was made of."""

    text: str
    places: array[int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where words were found in a text: first and last character."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """The words that were found, as they are written there, with a little of what stands before and after, in one line."""

    before: str
    words: str
    after: str


def folded(text: str) -> Folded:
    """A text as it is searched: small letters without accents, runs of white space as one space, words made whole."""
    made: list[str] = []
    places = array("L")
    space = broken = False
    for at, char in enumerate(text):
        if char in _BREAKS:
            broken = True
            continue
        if char.isspace():
            space = not broken
            continue
        if space and made:
            made.append(" ")
            places.append(at - 1)
        space = broken = False
        for one in _fold(char):
            made.append(one)
            places.append(at)
    return Folded("".join(made), places)


def places(text: Folded, wanted: str, most: int = MOST_FOUND) -> tuple[Place, ...]:
    """Where `wanted` (folded as well) stands in a text, at most so often; nothing where nothing is wanted."""
    found: list[Place] = []
    at = text.text.find(wanted) if wanted else -1
    while at >= 0 and len(found) < most:
        end = at + len(wanted)
        found.append(Place(text.places[at], text.places[end - 1] + 1))
        at = text.text.find(wanted, end)
    return tuple(found)


def snippet(text: str, place: Place) -> Snippet:
    """The words at a place with what stands round them, cut between words."""
    before = one_line(text[max(0, place.start - _BEFORE) : place.start])
    after = one_line(text[place.end : place.end + _AFTER])
    if place.start > _BEFORE:
        before = before.partition(" ")[2] or before
    if place.end + _AFTER < len(text):
        after = after.rpartition(" ")[0] or after
    gap_before = " " if before and text[place.start - 1].isspace() else ""
    gap_after = " " if after and text[place.end].isspace() else ""
    return Snippet(before + gap_before, one_line(text[place.start : place.end]), gap_after + after)


@cache
def _fold(char: str) -> str:
    plain = unicodedata.normalize("NFKD", _ALIKE.get(char, char))
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()
