"""How hard a text is to read: shown to the people who write it, and never a reason to stop anything.

The Flesch–Kincaid grade level (Kincaid and others, 1975): the year of school in which a text can be read,
0.39 × words per sentence + 11.8 × syllables per word − 15.59. Syllables are counted as the parts into which British or American
hyphenation parts a word, whichever are more; both part a little less than people speak, so grades are a little low.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING

from evalpanel.domain.numbers import round_half_up

if TYPE_CHECKING:
    from pyphen import Pyphen

_SENTENCE = re.compile(r"(?<=[.!?…:])[\s”’\"')]+(?=[\W_]*[A-Z0-9“‘(])|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_SHORT_FOR = re.compile(r"\b(?:e\.g|i\.e|etc|no|pp?|para|Mr|Mrs|Ms|Dr|St)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Readability:
    """What was counted in a text. Two texts together are as hard as their counts together."""

    sentences: int = 0
    words: int = 0
    syllables: int = 0

    def __add__(self, other: Readability) -> Readability:
        return Readability(self.sentences + other.sentences, self.words + other.words, self.syllables + other.syllables)

    @property
    def grade(self) -> Decimal | None:
        """The grade level, to one decimal place; None for a text without words. It can fall below nought."""
        if not self.words:
            return None
        exact = (
            Fraction(39, 100) * Fraction(self.words, max(self.sentences, 1))
            + Fraction(118, 10) * Fraction(self.syllables, self.words)
            - Fraction(1559, 100)
        )
        return round_half_up(exact, 1)

    @property
    def age(self) -> int | None:
        """About how old a reader is who has had so many years of school: the grade and five years, at least six."""
        return None if self.grade is None else max(6, int(round_half_up(Fraction(self.grade), 0)) + 5)


def readability(text: str) -> Readability:
    """What there is to count in `text`: numbers and codes are no words."""
    plain = _SHORT_FOR.sub(lambda match: match[0].replace(".", ""), text)
    sentences = [words for piece in _SENTENCE.split(plain) if (words := _WORD.findall(piece))]
    return Readability(
        len(sentences),
        sum(len(words) for words in sentences),
        sum(_syllables(word) for words in sentences for word in words),
    )


def of_all(texts: Iterable[str]) -> Readability:
    """The counts of several texts together."""
    return sum((readability(text) for text in texts), Readability())


@cache
def _syllables(word: str) -> int:
    parts = [part for part in re.split("[’'-]", word.lower()) if len(part) > 1]
    return sum(max(len(one.positions(part)) for one in _dictionaries()) + 1 for part in parts) or 1


@cache
def _dictionaries() -> tuple[Pyphen, ...]:
    # Imported when the first text is measured: no start of the program needs it.
    from pyphen import Pyphen

    return tuple(Pyphen(lang=lang, left=1, right=2) for lang in ("en_GB", "en_US"))
