"""The leakage guard: whether a finished letter tells anything of somebody else that the law does not ask it to tell.

What is compared is letters and digits alone, so that case, accents, ligatures, soft hyphens, words cut at the end of a line and
spaces hide nothing. A name, a number from a register or an address counts where it stands as words of its own; a sentence counts
from a run of forty letters on; an amount counts however it is written. What was published for everybody, what the bidder itself
is and has written, and what the law asks of the most advantageous tender is no leak.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from evalpanel.domain.leak_letters import Squeezed, letters_alone, squeezed
from evalpanel.domain.leak_names import MOST_WORDS, Named, gathered
from evalpanel.domain.leak_numbers import WrittenAmount, amounts_in
from evalpanel.domain.leak_spelling import distinctive
from evalpanel.domain.leak_texts import RUN, TextIndex
from evalpanel.domain.leak_values import Allowed, Leak, Passage, Secret, SecretKind, shown
from evalpanel.domain.leak_words import amounts_spelled

__all__ = ["Allowed", "Guard", "Leak", "Passage", "Secret", "SecretKind", "shared_sentences", "shown"]

_NUMBER = re.compile(r"\d{5}")
_WORD = re.compile(r"[^\W\d_]+")
_CHANCE = 8  # letters at each end of a run that two texts may share by chance
_MOST_ALIKE = 3  # of the same text, each is told; of more, the first, and how many more there are
_LEAST_NAME = 3  # letters: a shorter name is a word of every text
_WHOLE_AMOUNT = 10000  # a bare whole number below it may be a year or a count
_CUT = 2  # more pieces than words that a name may be in, since a line may end inside it
_SURE_DIGITS = 3  # an amount that is rounded to so many digits says whose it is
_LEAST_AMOUNT = 1000  # a bare number below it is a score, a percentage or a page


_TEXTS = (SecretKind.SENTENCE, SecretKind.WORKING_NOTE)


@dataclass(slots=True)
class _Let:
    """What may stand in one letter, as letters alone, with where that stands in the passage that is looked at."""

    reader: str
    told: tuple[str, ...]
    said: tuple[str, ...]
    disclosed: tuple[str, ...]
    spans: list[tuple[int, int]] | None = None
    named: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, allowed: Allowed, reader: str) -> _Let:
        """The same in letters."""
        told, said, disclosed = (
            tuple(squeezed(text).text for text in texts if text.strip())
            for texts in (allowed.told, allowed.said, allowed.disclosed)
        )
        return cls(reader, told, said, disclosed)

    def forget(self) -> None:
        """Another passage is looked at."""
        self.spans, self.named = None, []

    def lets(self, text: str, begin: int, end: int) -> bool:
        """Whether these letters of the passage are part of what may stand there."""
        if self.spans is None:
            self.spans = list(_spans(text, self.said))
        return any(low <= begin and end <= high for low, high in self.spans)

    def has_named(self, begin: int, end: int) -> bool:
        """Whether these letters are part of a whole name that was found."""
        return any(low <= begin and end <= high for low, high in self.named)


@dataclass(slots=True)
class Guard:
    """Everything that may not be told, made ready once for all letters of a tender."""

    names: list[tuple[Secret, tuple[str, ...]]] = field(default_factory=list)
    single: list[tuple[Secret, tuple[str, ...]]] = field(default_factory=list)
    amounts: dict[Decimal, list[Secret]] = field(default_factory=dict)
    sizes: list[Decimal] = field(default_factory=list)
    gathered: Mapping[str, Named] = field(default_factory=dict)
    longest: int = 0
    texts: TextIndex = field(default_factory=TextIndex)
    owners: dict[int, list[Secret]] = field(default_factory=dict)

    @classmethod
    def of(cls, secrets: Iterable[Secret], published: Iterable[str] = ()) -> Guard:
        """The guard over these secrets. The same text of the same owner is held once. `published` is what everybody may read."""
        made = cls()
        written: dict[str, dict[Secret, None]] = {}
        listed: dict[Secret, None] = {}
        for secret in secrets:
            if secret.amount is None and secret.kind in _TEXTS:
                written.setdefault(secret.text, {})[secret] = None
            else:
                listed[secret] = None
        words = frozenset(word for text in published for word in _WORD.findall(text))
        single = dict.fromkeys(_single_words(listed, written, words))
        for secret in (*listed, *single):
            if secret.amount is not None:
                made.amounts.setdefault(secret.amount, []).append(secret)
            else:
                letters = squeezed(secret.text).text
                if len(letters) >= _LEAST_NAME:
                    forms = (letters, letters[::-1]) if _right_to_left(secret.text) else (letters,)
                    into = made.single if secret in single else made.names
                    into.append((secret, tuple(dict.fromkeys(forms))))
        made.sizes = sorted(made.amounts)
        made._add_texts(written)
        made.gathered = gathered(_told_apart(written), words)
        made.longest = max(map(len, made.gathered), default=0)
        return made

    @classmethod
    def of_texts(cls, secrets: Iterable[Secret]) -> Guard:
        """The guard over sentences alone, without the names in them."""
        made = cls()
        written: dict[str, list[Secret]] = {}
        for secret in secrets:
            written.setdefault(secret.text, []).append(secret)
        made._add_texts(written)
        return made

    def _add_texts(self, written: Mapping[str, Iterable[Secret]]) -> None:
        for text, secrets in written.items():
            letters = letters_alone(text)
            number = self.texts.add(letters)
            if number is not None:
                self.owners.setdefault(number, []).extend(secrets)
            elif _NUMBER.search(letters) and len(letters) >= _LEAST_NAME:
                # Too short for a run, but a number in it (of a charity, a case, an account) says whose it is all the same.
                self.names += [(secret, (letters,)) for secret in secrets]

    def leaks(self, passages: Sequence[Passage], allowed: Allowed, reader: str = "") -> tuple[Leak, ...]:
        """What the passages of one letter tell that they may not. `reader` is the bidder to whom it goes."""
        let = _Let.of(allowed, reader)
        found: dict[tuple[str, str], Leak] = {}
        for passage in passages:
            held = squeezed(passage.text)
            let.forget()
            for leak in (
                *self._names_in(self.names, held, passage, let),
                *self._names_in(self.single, held, passage, let),
                *self._gathered_in(held, passage, let),
                *self._amounts_in(passage, allowed, reader),
                *self._texts_in(held, passage, (*let.told, *let.said), reader),
            ):
                found.setdefault((leak.key, leak.where), leak)
        return tuple(found.values())

    def _names_in(
        self, names: Iterable[tuple[Secret, tuple[str, ...]]], held: Squeezed, passage: Passage, allowed: _Let
    ) -> Iterator[Leak]:
        """Names, and then the words of them that stand by themselves."""
        whole = names is self.names
        for secret, forms in names:
            for form in forms:
                if form not in held.text or _owns(allowed.reader, secret):
                    continue
                if secret.kind in _TEXTS and any(form in text for text in allowed.told):
                    continue
                for begin in _places(held.text, form):
                    end = begin + len(form)
                    if not whole and (allowed.has_named(begin, end) or any(form in text for text in allowed.said)):
                        continue
                    if held.stands_alone(begin, end) and not allowed.lets(held.text, begin, end):
                        if whole:
                            allowed.named.append((begin, end))
                        elif held.original(begin, end).islower():
                            continue  # a word as any other
                        yield self._named(secret, held, passage, (begin, end))

    def _named(self, secret: Secret, held: Squeezed, passage: Passage, letters: tuple[int, int]) -> Leak:
        found = held.original(*letters)
        ordinary = (
            secret.kind in (SecretKind.BIDDER, SecretKind.MEMBER, SecretKind.PERSON)
            and found == found.lower()
            and secret.text != secret.text.lower()
        )
        note = "It is written in small letters here, so these may be ordinary words: look at it." if ordinary else ""
        return Leak(secret.kind, secret.whose, found, passage.place(*held.place(*letters)), not ordinary, note)

    def _gathered_in(self, held: Squeezed, passage: Passage, allowed: _Let) -> Iterator[Leak]:
        """Names that nobody listed, where they stand in texts about others. They are looked up word by word."""
        starts, ends = held.words()
        past = 0
        for first, begin in enumerate(starts):
            if begin < past:
                continue  # a part of the name before it
            for end in reversed(ends[first : first + MOST_WORDS + _CUT]):
                named = self.gathered.get(held.text[begin:end]) if end - begin <= self.longest else None
                if named is not None:
                    past = end
                    yield from self._of_others(named, held, passage, (begin, end), allowed)
                    break

    def _of_others(
        self, named: Named, held: Squeezed, passage: Passage, letters: tuple[int, int], allowed: _Let
    ) -> Iterator[Leak]:
        if named.about == {allowed.reader} and not named.noted:
            return  # it stands in the reasons about this bid alone
        if any(held.text[slice(*letters)] in text for text in (*allowed.said, *allowed.disclosed)):
            return
        found = held.original(*letters)
        small = found == found.lower() and named.name != named.name.lower()
        if small and not named.sure:
            return
        stops = named.sure and allowed.reader not in named.about and not small
        note = "" if stops else "It may be a name that stands there rightly: look at it."
        yield Leak(SecretKind.NAME, named.whose, found, passage.place(*held.place(*letters)), stops, note)

    def _amounts_in(self, passage: Passage, allowed: Allowed, reader: str) -> Iterator[Leak]:
        for written in (*amounts_in(passage.text), *amounts_spelled(passage.text)):
            low, high = written.rounded or (Decimal(0), Decimal(0))
            if written.values & allowed.amounts or any(
                low <= one <= high for one in allowed.amounts if written.rounded
            ):
                continue
            place = passage.place(written.begin, written.end)
            for value in written.values:
                if value < _LEAST_AMOUNT and not written.is_money:
                    continue
                sure = written.is_money or value >= _WHOLE_AMOUNT or value != value.to_integral_value()
                note = "" if sure else "It may be another number, such as a year: look at it."
                for secret in self.amounts.get(value, ()):
                    if not _owns(reader, secret):
                        yield Leak(secret.kind, secret.whose, written.text, place, sure, note)
            yield from self._rounded(written, place, reader)

    def _rounded(self, written: WrittenAmount, place: str, reader: str) -> Iterator[Leak]:
        """An amount that somebody wrote down rounded: it stops where it can be one alone, and is shown where it is rough."""
        if written.rounded is None:
            return
        near = self.sizes[bisect_left(self.sizes, written.rounded[0]) : bisect_right(self.sizes, written.rounded[1])]
        owned = [one for value in near for one in self.amounts[value] if value not in written.values]
        others = [one for one in owned if not _owns(reader, one)]
        if others:
            sure = written.digits >= _SURE_DIGITS and len(near) == 1
            note = "It is that amount, rounded." if sure else "It may be that amount, rounded: look at it."
            yield Leak(others[0].kind, others[0].whose, written.text, place, sure, note)

    def _texts_in(self, held: Squeezed, passage: Passage, allowed: Sequence[str], reader: str) -> Iterator[Leak]:
        may: dict[tuple[int, int], bool] = {}  # thousands of texts may share one run
        for number, begin, end in self.texts.runs(held.text):
            if (begin, end) not in may:
                # The letters before and after two copies of a sentence may happen to be the same too.
                chance = _CHANCE if end - begin >= RUN else 0
                run = held.text[begin + chance : end - chance]
                may[begin, end] = any(run in text for text in allowed)
            if may[begin, end]:
                continue
            found, where = held.original(begin, end), passage.place(*held.place(begin, end))
            for kind, whose in _alike(secret for secret in self.owners[number] if not _owns(reader, secret)):
                yield Leak(kind, whose, found, where)


def _alike(secrets: Iterable[Secret]) -> Iterator[tuple[SecretKind, str]]:
    """Whose one text is, by its kind: each by itself, or the first and how many more, since thousands of lines may say the same."""
    kinds: dict[SecretKind, list[Secret]] = {}
    for secret in secrets:
        kinds.setdefault(secret.kind, []).append(secret)
    for kind, held in kinds.items():
        if len(held) > _MOST_ALIKE:
            yield kind, f"{held[0].whose}, and {len(held) - 1:,} more that say the same"
        else:
            yield from ((kind, secret.whose) for secret in held)


def _told_apart(written: Mapping[str, Iterable[Secret]]) -> Iterator[tuple[str, str, str, bool]]:
    """Of each text, whose it is by the bidder whom it is about and whether it is a note: what the names in it need."""
    for text, secrets in written.items():
        seen: dict[tuple[str, bool], str] = {}
        for secret in secrets:
            seen.setdefault((secret.about, secret.kind is SecretKind.WORKING_NOTE), secret.whose)
        yield from ((text, whose, about, noted) for (about, noted), whose in seen.items())


def _single_words(
    listed: Iterable[Secret], written: Mapping[str, Iterable[Secret]], published: frozenset[str]
) -> Iterator[Secret]:
    """Words by which alone a bidder or a member of a bid may be called."""
    named = [one for one in listed if one.kind in (SecretKind.BIDDER, SecretKind.MEMBER)]
    texts = ((text, {one.about for one in secrets}) for text, secrets in written.items())
    for (owner, word), name in distinctive(((one.owner, one.text) for one in named), texts, published).items():
        kind, whose = next((one.kind, one.whose) for one in named if (one.owner, one.text) == (owner, name))
        yield Secret(kind, word, f"one word of {whose}", owner)


def _owns(reader: str, secret: Secret) -> bool:
    return bool(reader) and secret.owner == reader


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


def shared_sentences(told: Mapping[str, str], texts: Iterable[Secret] | Guard, reader: str = "") -> tuple[Leak, ...]:
    """Agreed texts of other bids that this letter's own agreed texts repeat word for word: no leak, but worth a look.

    `told` are the own texts by what they explain. Texts whose owner is `reader` are its own; a guard of all texts can be made once.
    """
    guard = texts if isinstance(texts, Guard) else Guard.of_texts(texts)
    return tuple(
        Leak(
            leak.kind,
            leak.whose,
            leak.found,
            leak.where,
            stops=False,
            note="The same sentence explains this bid: make sure that it is about this one.",
        )
        for where, text in told.items()
        for leak in dict.fromkeys(guard._texts_in(squeezed(text), Passage(where, text), (), reader))
    )
