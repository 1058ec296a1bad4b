"""Looking for what would say whose a bid is, before a blind pack goes out: names, numbers, addresses, e-mail domains.

A finding is a question to the officer, who knows both sides: is this the bidder, or a word that happens to be the same? Nothing
is changed by it. Names are found however they are written: in capitals, with accents, run together in a web address.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from evalpanel.domain.digests import digest
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Organisation, organisations, same_name
from evalpanel.domain.matching import number_pattern, register_number, telling_words
from evalpanel.domain.tender import BidderCode

MOST_WORDS = 160
_CONTEXT = 30
_SHORTEST_RUN = 8
_SHORTEST_WORD = 5
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}\b", re.IGNORECASE)
_FEWEST_DIGITS = 5
_STREET = re.compile(r"\d")
# Addresses of these say nothing about who writes.
_EVERYBODYS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com hotmail.co.uk live.co.uk live.com yahoo.com yahoo.co.uk btinternet.com
    icloud.com me.com aol.com sky.com talktalk.net virginmedia.com nhs.net
    """.split()  # noqa: SIM905  # a list of quoted words is harder to read
)
_CHUNK, _OVERLAP = 200_000, 400


class Tell(StrEnum):
    """What was found. `HIDDEN`: more than a document needs to say of itself. `UNSEEN`: what could not be looked into."""

    NAME = "name"
    WORD = "word"
    NUMBER = "number"
    ADDRESS = "address"
    EMAIL = "e-mail"
    HIDDEN = "hidden"
    UNSEEN = "unseen"


@dataclass(frozen=True, slots=True)
class Piece:
    """A text of a document, and where it stands: `page 3`, `who made it`, `a comment`.

    `is_hidden`: no reader of the page sees it. With `unseen` there is no text, and this says why.
    """

    place: str
    text: str
    is_hidden: bool = False
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Words in a document that may say whose it is. `whose` is the bidder whose name, number or address it is.

    `document` is its path, `sha256` the digest of its content: a document that is replaced has findings of its own.
    """

    document: str
    sha256: str
    place: str
    tell: Tell
    words: str
    whose: BidderCode | None = None

    @property
    def sort(self) -> tuple[Tell, str, BidderCode | None]:
        """What it says, wherever it stands: all pictures are of one sort, and every place of the same name."""
        return self.tell, self.words, self.whose

    @property
    def name(self) -> str:
        """What the finding is called when it is accepted: the same words in the same place of the same content."""
        return digest([self.sha256, self.place, self.tell, self.words, self.whose])[:10]


class Searcher:
    """What to look for in the bids of a tender, made once."""

    def __init__(self, pack: TenderPack) -> None:
        every = organisations(pack.bidders, pack.members)
        self._runs: dict[str, tuple[BidderCode, Tell]] = {}
        self._words: dict[str, BidderCode] = {}
        self._numbers: dict[str, BidderCode] = {}
        self._postcodes: dict[str, BidderCode] = {}
        telling = telling_words(every)
        for one in every:
            self._add_name(one, telling[one.key])
            number = register_number(one.identifier) if one.identifier else ""
            if sum(mark.isdigit() for mark in number) >= _FEWEST_DIGITS - 1:
                self._numbers.setdefault(number, one.bidder)
        for bidder in pack.bidders:
            domain = bidder.email.rpartition("@")[2].strip().casefold()
            if "." in domain and domain not in _EVERYBODYS:
                self._runs.setdefault(_squeezed(domain)[0], (bidder.bidder, Tell.EMAIL))
            elif bidder.email.strip():
                self._runs.setdefault(_squeezed(bidder.email)[0], (bidder.bidder, Tell.EMAIL))
            for line in re.split(r"[\n,]", bidder.address):
                run = _squeezed(line)[0]
                if len(run) >= _SHORTEST_RUN and _STREET.search(line):
                    self._runs.setdefault(run, (bidder.bidder, Tell.ADDRESS))
            for code in _POSTCODE.findall(bidder.address):
                self._postcodes.setdefault(_squeezed(code)[0], bidder.bidder)

    def _add_name(self, one: Organisation, telling: tuple[str, ...]) -> None:
        run = same_name(one.name).replace(" ", "")
        if len(run) >= _SHORTEST_RUN:
            self._runs.setdefault(run, (one.bidder, Tell.NAME))
        elif run:
            self._words.setdefault(run, one.bidder)
        for word in telling:
            if len(word) >= _SHORTEST_WORD:
                self._words.setdefault(word, one.bidder)
        initials = "".join(word[0] for word in same_name(one.name).split())
        if len(initials) >= 4:
            self._words.setdefault(initials, one.bidder)

    def digest(self) -> str:
        """What pins the search: another bidder or a corrected name makes another one, and documents are looked at anew."""
        return digest(
            {
                "format": "evalpanel-preflight-v1",
                "runs": self._runs,
                "words": self._words,
                "numbers": self._numbers,
                "postcodes": self._postcodes,
            }
        )

    def look(self, document: str, sha256: str, pieces: Iterable[Piece], *, words: bool = True) -> Iterator[Finding]:
        """What these texts of a document tell, one finding for each thing and place. `words`: look for whose it is too."""
        for piece in pieces:
            if piece.unseen:
                yield Finding(document, sha256, piece.place, Tell.UNSEEN, piece.unseen)
                continue
            found = dict.fromkeys(self._in_parts(piece.text)) if words else {}
            for whose, tell, said in found:
                yield Finding(document, sha256, piece.place, tell, said, whose)
            if piece.is_hidden and not found and piece.text.strip():
                yield Finding(document, sha256, piece.place, Tell.HIDDEN, _cut(piece.text))

    def says(self, text: str) -> bool:
        """Whether a text names anybody who takes part."""
        return next(self._in_parts(text), None) is not None

    def _in_parts(self, text: str) -> Iterator[tuple[BidderCode, Tell, str]]:
        """A long text is looked through in parts, which overlap, so that memory does not grow with it."""
        for start in range(0, max(len(text), 1), _CHUNK):
            yield from self._found(text[max(0, start - _OVERLAP) : start + _CHUNK])

    def _found(self, text: str) -> Iterator[tuple[BidderCode, Tell, str]]:
        squeezed, places = _squeezed(text)
        covered: list[tuple[int, int]] = []
        for run, (whose, tell) in self._runs.items():
            at = squeezed.find(run)
            if at >= 0:
                start, end = places[at], places[at + len(run) - 1] + 1
                covered.append((start, end))
                yield whose, tell, _around(text, start, end)
        for number in number_pattern.finditer(text):
            own = self._numbers.get(register_number(number[0]))
            if own is not None:
                yield own, Tell.NUMBER, _around(text, *number.span())
        for code in _POSTCODE.finditer(text):
            own = self._postcodes.get(_squeezed(code[0])[0])
            if own is not None:
                yield own, Tell.ADDRESS, _around(text, *code.span())
        if self._words:
            yield from self._single(text, squeezed, places, covered)

    def _single(
        self, text: str, squeezed: str, places: list[int], covered: list[tuple[int, int]]
    ) -> Iterator[tuple[BidderCode, Tell, str]]:
        """A word of a name by itself, each once, where the whole name was not found around it."""
        for word, whose in self._words.items():
            at = squeezed.find(word)
            while at >= 0:
                start, end = places[at], places[at + len(word) - 1] + 1
                apart = not (_joins(text, start - 1, start) or _joins(text, end - 1, end))
                if apart and not any(first <= start and end <= last for first, last in covered):
                    yield whose, Tell.WORD, _around(text, start, end)
                    break
                at = squeezed.find(word, at + 1)


def _joins(text: str, left: int, right: int) -> bool:
    """Whether two neighbouring characters belong to one word."""
    return left >= 0 and right < len(text) and text[left].isalnum() and text[right].isalnum()


def _squeezed(text: str) -> tuple[str, list[int]]:
    """A text in small letters and digits alone, without accents, and for each of its characters where it stood."""
    made: list[str] = []
    places: list[int] = []
    for place, mark in enumerate(text):
        if mark.isascii():
            if mark.isalnum():
                made.append(mark.lower())
                places.append(place)
            elif mark == "&":
                made.append("and")
                places += [place] * 3
            continue
        for part in unicodedata.normalize("NFKD", mark).upper().casefold():
            if part.isalnum():
                made.append(part)
                places.append(place)
    return "".join(made), places


def _around(text: str, start: int, end: int) -> str:
    first, last = max(0, start - _CONTEXT), min(len(text), end + _CONTEXT)
    # Whole words, so that the same place always reads the same.
    while 0 < first < start and text[first - 1].isalnum():
        first += 1
    while end < last < len(text) and text[last].isalnum():
        last -= 1
    return _cut(text[first:last])


def _cut(text: str) -> str:
    plain = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return plain if len(plain) <= MOST_WORDS else plain[: MOST_WORDS - 1] + "…"


@dataclass(frozen=True, slots=True)
class Standing:
    """A finding and what became of it: open, or accepted with a reason."""

    finding: Finding
    accepted: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it keeps a blind pack back."""
        return not self.accepted
