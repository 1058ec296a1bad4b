"""Names that only stand in texts: of people and organisations that nobody listed, but that a note, a reason or a declaration names.

No list of names is kept, since nobody can keep one for every language. A name is known by how it is written: words that begin
with a capital where no sentence begins, or words of another script. What is common to the texts about several bids, or stands in
small letters elsewhere, is no name of somebody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from evalpanel.domain.leak_letters import squeezed

MOST_WORDS = 8
"""Words of a name: a longer run of capitals is a heading."""

COMMON = 3
"""In the texts about so many bidders a name says nothing about one of them."""

_LEAST = 4  # letters of a name of one word
_LEAST_WHOLE = 5  # letters of a name of several words
_VOCABULARY = 1 << 21  # characters of the texts from which ordinary words are learnt
_JOINERS = "of|the|for|y|de|da|di|du|del|van|von|der|den|bin|ibn|al|ap|le|la"
_TITLES = frozenset(("mr", "mrs", "ms", "miss", "mx", "dr", "st", "prof", "professor", "sir", "dame", "lord", "lady"))
_DAYS = frozenset(
    "january february march april may june july august september october november december "  # noqa: SIM905  # a list to read
    "monday tuesday wednesday thursday friday saturday sunday english welsh british european".split()
)
_POSSESSIVE = re.compile(r"[’'](?:s|S)$|[’'.-]+$")
_ENDS = '.!?:;•–—([{“”"‘\n*/|'
_SIGNS = 0x2C00  # of the scripts that have capitals
_MOSTLY = 0.6  # of the letters with which a text begins: if so many are capitals, they say nothing
_SAMPLE = 200


@dataclass(slots=True)
class Named:
    """One name as it stands in texts that others may not read: in texts of whom, and in which one first.

    `about` are the bidders whom those texts are about, an empty code for none of them. `noted`: it stands in notes alone. `sure`: it
    is one beyond doubt (see `names_in`).
    """

    name: str
    whose: str
    sure: bool = False
    about: set[str] = field(default_factory=set)
    noted: bool = True


def names_in(text: str, ordinary: Iterable[str] = ()) -> Iterator[tuple[str, bool]]:
    """The names in a text, each as it is written there, and whether it surely is one: of several words, and not because a
    sentence begins with it. `ordinary` are words that are none though a sentence begins with them.
    """
    if _is_mostly_capitals(text[:_SAMPLE]):
        return
    known = ordinary if isinstance(ordinary, set | frozenset) else frozenset(ordinary)
    for match in (_ASCII_SHAPE if text.isascii() else _shape()).finditer(text):
        words = _POSSESSIVE.sub("", match[0]).split()
        if _begins_sentence(text, match.start()) and not _is_caseless(words[0]):
            if words[0].casefold() not in known and len(words) > 1:
                titled = words[0].casefold().strip(".") in _TITLES
                yield from ((name, titled) for name, _ in _kept(words))
            words = words[1:]
            while words and words[0][:1].islower():
                words = words[1:]
        yield from _kept(words)


def _is_mostly_capitals(begins: str) -> bool:
    """Whether a text begins with capitals, so that they say nothing."""
    capitals = sum(map(str.isupper, begins))
    if capitals <= _SAMPLE / 10 * _MOSTLY:
        return False  # which is nearly every text
    letters = sum(map(str.isalpha, begins))
    return letters > _SAMPLE / 10 and capitals > letters * _MOSTLY


def _kept(words: list[str]) -> Iterator[tuple[str, bool]]:
    if not words or len(words) > MOST_WORDS:
        return
    name = " ".join(words)
    size = sum(char.isalnum() for char in name)
    if all(word.casefold() in _DAYS for word in words):
        return
    if len(words) == 1:
        if _is_caseless(name) or (size >= _LEAST and not name.isupper()):
            yield name, False
    elif size >= _LEAST_WHOLE:
        yield name, len(words) > 2 or words[0].casefold().strip(".") != "st"
        yield from _parts(words)


def _parts(words: list[str]) -> Iterator[tuple[str, bool]]:
    """The names inside “Amira Haddad of the Linden Project”."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word[:1].isupper():
            parts[-1].append(word)
        elif parts[-1]:
            parts.append([])
    if len(parts) > 1:
        yield from (found for part in parts if len(part) > 1 for found in _kept(part))


def _begins_sentence(text: str, place: int) -> bool:
    before = text[:place].rstrip(" \t\u00a0")
    if not before or before[-1] in _ENDS:
        # “Dr. Haddad”, “A. Haddad”: the stop belongs to the word before it.
        last = before[:-1].rsplit(None, 1)[-1:] if before.endswith(".") else []
        return not (last and (len(last[0]) == 1 or last[0].casefold() in _TITLES))
    return False


def ordinary_words(texts: Iterable[str]) -> frozenset[str]:
    """Words that these texts write in small letters, learnt from the first two million characters."""
    found: set[str] = set()
    seen = 0
    for text in texts:
        found.update(word for word in re.findall(r"[^\W\d_]+", text) if word.islower())
        seen += len(text)
        if seen > _VOCABULARY:
            break
    return frozenset(found)


def gathered(texts: Iterable[tuple[str, str, str, bool]], published: frozenset[str]) -> Mapping[str, Named]:
    """The names in all texts, by their letters. Each text comes with whose it is in words, the bidder whom it is about, and
    whether it is a note. `published` are the words of what everybody may read, in small letters or not.
    """
    held = [(text, whose, about, noted) for text, whose, about, noted in texts if text.strip()]
    ordinary = ordinary_words(text for text, *_ in held) | {word for word in published if word.islower()}
    shown = {word.casefold() for word in published}
    found: dict[str, Named] = {}
    read: dict[str, list[tuple[str, str, bool]]] = {}
    for text, whose, about, noted in held:
        if text not in read:
            read[text] = [
                (letters_of(name), name, sure)
                for name, sure in names_in(text, ordinary)
                if not all(word in shown or word in ordinary for word in name.casefold().split())
            ]
        for key, name, sure in read[text]:
            one = found.setdefault(key, Named(name, f"a name in {whose}"))
            one.about.add(about)
            one.noted = one.noted and noted
            one.sure = one.sure or sure
    return {key: one for key, one in found.items() if len(one.about) < COMMON}


def letters_of(name: str) -> str:
    """The letters and digits of a name, as they are compared."""
    return squeezed(name).text


def _is_caseless(word: str) -> bool:
    return unicodedata.category(word[0]) == "Lo"


_CAPITAL = r"(?:[A-Z]\.|(?:Dr|Mr|Mrs|Ms|St|Prof)\.|[A-Z][\w'-]*)"
_ASCII_SHAPE = re.compile(
    # It begins with one sign of a set, which is looked for many times as quickly as what is not to stand before it.
    r"[A-Z](?<![\w'-][A-Z])(?:\.|(?<=D)r\.|(?<=M)rs?\.|(?<=M)s\.|(?<=S)t\.|(?<=P)rof\.|[\w'-]*)"
    rf"(?:[ \t](?:(?:{_JOINERS}|&)[ \t]){{0,2}}{_CAPITAL})*",
    re.ASCII,
)
"""The same shape as `_shape`, for the texts that hold ASCII alone."""


@cache
def _shape() -> re.Pattern[str]:
    """A name: words with capitals, with small words between them; or words of a script that has none."""
    signs = (chr(code) for code in range(_SIGNS))
    upper = "".join(char for char in signs if char.isupper() or char.istitle())
    capital = rf"(?:[{upper}]\.|(?:Dr|Mr|Mrs|Ms|St|Prof)\.|[{upper}][\w’'-]*)"
    joined = rf"[ \t\u00a0](?:(?:{_JOINERS}|&)[ \t\u00a0]){{0,2}}"
    caseless = r"[\u0590-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u9fff\uac00-\ud7af]+"
    return re.compile(rf"(?<![\w’'-])(?:{capital}(?:{joined}{capital})*|{caseless}(?:[ \t\u00a0]{caseless})*)")
