"""What the leakage guard looks for, what may stand in a letter, and what it finds, as values."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from evalpanel.domain.leak_letters import squeezed


class SecretKind(StrEnum):
    """What must not stand in a letter."""

    BIDDER = "bidder"
    MEMBER = "member"
    IDENTIFIER = "identifier"
    ADDRESS = "address"
    PRICE = "price"
    PERSON = "person"
    NAME = "name"
    SENTENCE = "sentence"
    WORKING_NOTE = "working-note"


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing that may not be told: a name, a number, an amount or a text. `whose` says of whom or of what, in words.

    `owner` is the bidder who may read it (empty: no bidder may). `about` is the bidder whom a text is about, if it is about one.
    """

    kind: SecretKind
    text: str
    whose: str
    owner: str = ""
    amount: Decimal | None = None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a finished letter as it can be read or heard: its pages, the title, a bookmark, an attachment.

    `pages`: where in the text each page begins, and its number. A page may be there more than once, and a text without is on none.
    """

    where: str
    text: str
    pages: tuple[tuple[int, int], ...] = ()

    def place(self, begin: int, end: int) -> str:
        """Where the characters from `begin` to `end` stand, in words."""
        starts = [start for start, _ in self.pages]
        first = max(bisect_right(starts, begin) - 1, 0)
        numbers = sorted({page for start, page in self.pages[first:] if start < end})
        if len(numbers) > 1:
            return (
                f"Pages {numbers[0]} and {numbers[-1]}" if len(numbers) == 2 else f"Pages {numbers[0]} to {numbers[-1]}"
            )
        return f"Page {numbers[0]}" if numbers else self.where


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may stand in one letter: texts (with every name in them), amounts, and words of which a name may be part.

    `told` are the agreed texts that make the letter: a sentence that stands there too is no leak, though a name in it still is. `said` is
    what was published for everybody and what the bidder itself is and wrote: nothing in it is a leak. `disclosed` are those of `told` that
    are about another bid: a name that nobody listed may stand in them.
    """

    told: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    disclosed: tuple[str, ...] = ()
    amounts: frozenset[Decimal] = frozenset()


@dataclass(frozen=True, slots=True)
class Leak:
    """One thing that was found. `stops` is False for what a person should look at and may well be right.

    `key` names the thing for an exception: the same words of the same owner in the same letter, whatever the place.
    """

    kind: SecretKind
    whose: str
    found: str
    where: str
    stops: bool = True
    note: str = ""

    @property
    def key(self) -> str:
        """What an exception names: the kind, of whom, and the letters that were found."""
        return sha256(f"{self.kind}\0{self.whose}\0{squeezed(self.found).text}".encode()).hexdigest()[:16]

    @property
    def sentence(self) -> str:
        """What and where, in words."""
        said = f"{self.where}: “{shown(self.found)}” is {self.whose}."
        return f"{said} {self.note}".strip()


def shown(text: str, most: int = 90) -> str:
    """A found text as a message shows it."""
    whole = " ".join(text.split())
    return whole if len(whole) <= most else whole[: most - 1].rstrip() + "…"
