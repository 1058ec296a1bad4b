"""The leakage guard: whether a finished letter tells anything of somebody else that the law does not ask it to tell.

What is compared is letters and digits alone, so that case, accents, ligatures, soft hyphens, words cut at the end of a line and
spaces hide nothing. A name, a number from a register or an address counts where it stands as words of its own; a sentence counts
from a run of forty letters on; an amount counts however it is written. What was published for everybody, what the bidder itself
is and has written, and what the law asks of the most advantageous tender is no leak.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256

from evalpanel.domain.leak_numbers import amounts_in

ANCHOR = 24
"""How many letters of a text are looked up at once."""
RUN = 40
"""From how many letters on a run that two texts share is the same sentence; a shorter text must be there whole."""
_NUMBER = re.compile(r"\d{5}")
_STEP = 3  # words from one anchor of a text to the next
_LEAST_NAME = 3  # letters: a shorter name is a word of every text
_WHOLE_AMOUNT = 10000  # a bare whole number below it may be a year or a count
_LEAST_AMOUNT = 1000  # a bare number below it is a score, a percentage or a page


class SecretKind(StrEnum):
    """What must not stand in a letter."""

    BIDDER = "bidder"
    MEMBER = "member"
    IDENTIFIER = "identifier"
    ADDRESS = "address"
    PRICE = "price"
    PERSON = "person"
    SENTENCE = "sentence"
    WORKING_NOTE = "working-note"


_TEXTS = (SecretKind.SENTENCE, SecretKind.WORKING_NOTE)


@dataclass(frozen=True, slots=True)
class Secret:
    """One thing that may not be told: a name, a number, an amount or a text. `whose` says of whom or of what, in words.

    `owner` is the bidder who may read it (empty: no bidder may).
    """

    kind: SecretKind
    text: str
    whose: str
    owner: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a finished letter as it can be read or heard: a page, the title, a bookmark, an attachment."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may stand in one letter: texts (with every name in them), amounts, and words of which a name may be part.

    `told` are the agreed texts that make the letter: a sentence that stands there too is no leak, though a name in it still is. `said` is
    what was published for everybody and what the bidder itself is and wrote: nothing in it is a leak.
    """

    told: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
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


@dataclass(frozen=True, slots=True)
class Squeezed:
    """A text as its letters and digits, in small letters and without accents, each with its place in the text."""

    text: str
    at: tuple[int, ...]
    source: str

    def original(self, begin: int, end: int) -> str:
        """The piece of the text that letters `begin` to `end` came from."""
        return self.source[self.at[begin] : self.at[end - 1] + 1]

    def stands_alone(self, begin: int, end: int) -> bool:
        """Whether letters `begin` to `end` are whole words of the text."""
        return self._edge(begin - 1, begin) and self._edge(end - 1, end)

    def _edge(self, left: int, right: int) -> bool:
        if left < 0 or right >= len(self.at):
            return True
        between = self.source[self.at[left] + 1 : self.at[right]]
        if any(not _is_joint(char) for char in between):
            return True
        # Scripts without spaces between words have no edge that could be seen.
        return _without_spaces(self.text[left]) or _without_spaces(self.text[right])


def _is_joint(char: str) -> bool:
    return unicodedata.category(char) in ("Mn", "Me", "Mc", "Cf", "Cc", "Cn", "Lm") and char not in "\n\r\t"


def _without_spaces(char: str) -> bool:
    code = ord(char)
    return (
        0x0E00 <= code <= 0x0EFF  # Thai, Lao
        or 0x1000 <= code <= 0x109F  # Burmese
        or 0x1780 <= code <= 0x17FF  # Khmer
        or 0x3040 <= code <= 0x30FF  # kana
        or 0x3400 <= code <= 0x9FFF  # Han
        or 0x20000 <= code <= 0x3FFFF
    )


def squeezed(text: str) -> Squeezed:
    """`text` with nothing left but letters and digits in one writing."""
    if text.isascii():  # most of what is looked through
        places = [place for place, char in enumerate(text) if char.isalnum()]
        return Squeezed("".join([text[place] for place in places]).lower(), tuple(places), text)
    letters: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        if char.isascii():
            if char.isalnum():
                letters.append(char.lower())
                at.append(place)
            continue
        for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", char).casefold()):
            if unicodedata.category(part)[0] in "LN":
                letters.append(part)
                at.append(place)
    return Squeezed("".join(letters), tuple(at), text)


@dataclass(slots=True)
class Guard:
    """Everything that may not be told, made ready once for all letters of a tender."""

    names: list[tuple[Secret, tuple[str, ...]]] = field(default_factory=list)
    amounts: dict[Decimal, list[Secret]] = field(default_factory=dict)
    texts: list[tuple[Secret, str]] = field(default_factory=list)
    anchors: dict[str, list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, secrets: Iterable[Secret]) -> Guard:
        """The guard over these secrets. The same text of the same owner is held once."""
        made = cls()
        for secret in dict.fromkeys(secrets):
            if secret.amount is not None:
                made.amounts.setdefault(secret.amount, []).append(secret)
            elif secret.kind in _TEXTS:
                made._add_text(secret)
            else:
                letters = squeezed(secret.text).text
                if len(letters) >= _LEAST_NAME:
                    forms = (letters, letters[::-1]) if _right_to_left(secret.text) else (letters,)
                    made.names.append((secret, tuple(dict.fromkeys(forms))))
        return made

    def _add_text(self, secret: Secret) -> None:
        held = squeezed(secret.text)
        if len(held.text) < ANCHOR:
            # Too short for a run, but a number in it (of a charity, a case, an account) says whose it is all the same.
            if _NUMBER.search(held.text) and len(held.text) >= _LEAST_NAME:
                self.names.append((secret, (held.text,)))
            return
        number = len(self.texts)
        self.texts.append((secret, held.text))
        starts = [place for place in range(len(held.text)) if place == 0 or held.at[place] - held.at[place - 1] > 1]
        last = len(held.text) - ANCHOR
        for place in (*(start for start in starts[::_STEP] if start < last), last):
            self.anchors.setdefault(held.text[place : place + ANCHOR], []).append((number, place))

    def leaks(self, passages: Sequence[Passage], allowed: Allowed, reader: str = "") -> tuple[Leak, ...]:
        """What the passages of one letter tell that they may not. `reader` is the bidder to whom it goes."""
        told = [squeezed(text).text for text in allowed.told]
        said = [squeezed(text).text for text in allowed.said if text.strip()]
        found: dict[tuple[str, str], Leak] = {}
        for passage in passages:
            held = squeezed(passage.text)
            for leak in (
                *self._names_in(held, passage, said, told, reader),
                *self._amounts_in(passage, allowed, reader),
                *self._texts_in(held, passage, (*told, *said), reader),
            ):
                found.setdefault((leak.key, leak.where), leak)
        return tuple(found.values())

    def _names_in(
        self, held: Squeezed, passage: Passage, said: Sequence[str], told: Sequence[str], reader: str
    ) -> Iterator[Leak]:
        masked: list[tuple[int, int]] | None = None
        for secret, forms in self.names:
            for form in forms:
                if form not in held.text or _owns(reader, secret):
                    continue
                if secret.kind in _TEXTS and any(form in text for text in told):
                    continue
                for begin in _places(held.text, form):
                    end = begin + len(form)
                    if not held.stands_alone(begin, end):
                        continue
                    if masked is None:
                        masked = list(_spans(held.text, said))
                    if any(low <= begin and end <= high for low, high in masked):
                        continue
                    yield self._named(secret, held.original(begin, end), passage)

    def _named(self, secret: Secret, found: str, passage: Passage) -> Leak:
        ordinary = (
            secret.kind in (SecretKind.BIDDER, SecretKind.MEMBER, SecretKind.PERSON)
            and found == found.lower()
            and secret.text != secret.text.lower()
        )
        note = "It is written in small letters here, so these may be ordinary words: look at it." if ordinary else ""
        return Leak(secret.kind, secret.whose, found, passage.where, not ordinary, note)

    def _amounts_in(self, passage: Passage, allowed: Allowed, reader: str) -> Iterator[Leak]:
        for written in amounts_in(passage.text):
            if written.values & allowed.amounts:
                continue
            for value in written.values:
                for secret in self.amounts.get(value, ()):
                    if _owns(reader, secret):
                        continue
                    if value < _LEAST_AMOUNT and not written.is_money:
                        continue
                    sure = written.is_money or value >= _WHOLE_AMOUNT or value != value.to_integral_value()
                    note = "" if sure else "It may be another number, such as a year: look at it."
                    yield Leak(secret.kind, secret.whose, written.text, passage.where, sure, note)

    def _texts_in(self, held: Squeezed, passage: Passage, allowed: Sequence[str], reader: str) -> Iterator[Leak]:
        seen: dict[int, int] = {}
        for place in range(len(held.text) - ANCHOR + 1):
            for number, start in self.anchors.get(held.text[place : place + ANCHOR], ()):
                if place < seen.get(number, 0):
                    continue
                secret, letters = self.texts[number]
                begin, end = _grown(held.text, letters, place, start)
                seen[number] = end
                if end - begin < min(len(letters), RUN):
                    continue
                run = held.text[begin:end]
                if _owns(reader, secret) or any(run in text for text in allowed):
                    continue
                yield Leak(secret.kind, secret.whose, held.original(begin, end), passage.where)


def _owns(reader: str, secret: Secret) -> bool:
    return bool(reader) and secret.owner == reader


def _grown(text: str, letters: str, place: int, start: int) -> tuple[int, int]:
    """The whole run that both texts share around a place where they agree."""
    left = 0
    while place > left and start > left and text[place - left - 1] == letters[start - left - 1]:
        left += 1
    right = ANCHOR
    while place + right < len(text) and start + right < len(letters) and text[place + right] == letters[start + right]:
        right += 1
    return place - left, place + right


def _places(text: str, wanted: str) -> Iterator[int]:
    place = text.find(wanted)
    while place >= 0:
        yield place
        place = text.find(wanted, place + 1)


def _spans(text: str, phrases: Iterable[str]) -> Iterator[tuple[int, int]]:
    for phrase in phrases:
        if phrase:
            yield from ((place, place + len(phrase)) for place in _places(text, phrase))


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)


def shared_sentences(told: Mapping[str, str], texts: Iterable[Secret]) -> tuple[Leak, ...]:
    """Agreed texts of other bids that this letter's own agreed texts repeat word for word: no leak, but worth a look.

    `told` are the own texts by what they explain.
    """
    guard = Guard.of(texts)
    return tuple(
        Leak(
            leak.kind,
            leak.whose,
            leak.found,
            leak.where,
            stops=False,
            note="The same sentence explains this bid: make sure that it is about this one.",
        )
        for leak in guard.leaks([Passage(where, text) for where, text in told.items()], Allowed())
    )
