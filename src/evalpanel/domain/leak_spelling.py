"""How else the name of an organisation is written: without its legal form, with “and” for “&”, or by one word that is its alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from evalpanel.domain.leak_common import COMMON_WORDS
from evalpanel.domain.leak_names import ordinary_words

_LEGAL_FORMS = (
    "community interest company", "community-interest company", "charitable incorporated organisation",
    "charitable incorporated organization", "company limited by guarantee", "limited by guarantee", "public limited company",
    "limited liability partnership", "limited partnership", "limited company", "unlimited company", "registered charity",
    "community benefit society", "cwmni buddiannau cymunedol", "ltd", "limited", "cic", "cio", "plc", "llp", "lp", "inc",
    "incorporated", "cyf", "cyfyngedig", "ccc", "company", "co", "gmbh", "uk", "(uk)",
)  # fmt: skip
_SPELLINGS = (
    (re.compile(r"\s*(?:&|\+)\s*"), " and "),
    (re.compile(r"\band\b", re.IGNORECASE), "&"),
    (re.compile(r"\bsaint\b", re.IGNORECASE), "St"),
    (re.compile(r"\bst\b\.?", re.IGNORECASE), "Saint"),
    (re.compile(r"\bcentre(s?)\b", re.IGNORECASE), r"Center\1"),
    (re.compile(r"organis(?=ation)", re.IGNORECASE), "Organiz"),
    (re.compile(r"\bassociation\b", re.IGNORECASE), "Assoc"),
    (re.compile(r"\bco-?operative\b", re.IGNORECASE), "Coop"),
)
_LEAST_SHORT = 5  # letters of a single word that is left of a name without its legal form
_LEAST_WORD = 5  # letters of a word that is somebody's alone
_MOST_OTHERS = 1  # other bidders in whose texts such a word may stand and still be somebody's
_WORD = re.compile(r"[^\W\d_]+(?:[’'][^\W\d_]+)?")
_TAIL = re.compile(r"[’']s?$")


def spellings(name: str) -> tuple[str, ...]:
    """The ways in which a name may be written, the name itself first. Case, punctuation and spaces are compared away elsewhere."""
    found = {name: None, **dict.fromkeys(_without_form(name))}
    for base in tuple(found):
        bare = base[4:].strip() if base.casefold().startswith("the ") else base
        if bare != base and _says_who(bare):
            found[bare] = None
        for pattern, other in _SPELLINGS:
            changed = " ".join(pattern.sub(other, bare).split())
            if changed != bare:
                found[changed] = None
    return tuple(found)


def _without_form(name: str) -> Iterator[str]:
    short = " ".join(name.replace(",", " ").split())
    while True:
        low = short.casefold().replace(".", "").strip(" ()")
        form = next((one for one in _LEGAL_FORMS if low.endswith(f" {one}")), None)
        if form is None:
            break
        # As many words as the form has, however they are dotted.
        short = " ".join(short.split()[: -len(form.split())]).rstrip(" ,(-–")
    if short and short != name and _says_who(short):
        yield short


def _says_who(name: str) -> bool:
    words = name.split()
    return len(words) > 1 or len(name) > _LEAST_SHORT


def distinctive(
    names: Iterable[tuple[str, str]], texts: Iterable[tuple[str, Iterable[str]]], published: Iterable[str]
) -> Mapping[tuple[str, str], str]:
    """The words that are one bidder's alone, each with the name that it comes from: by the bidder and the word.

    `names` come with the bidder whose they are, `texts` with the bidders whom they are about. A word is nobody's that is common in
    English or in names, that is in small letters anywhere, that the tender itself uses, that two bidders bear, or that texts about
    several others use too (as of a river).
    """
    wanted: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for owner, name in names:
        for match in _WORD.finditer(name):
            word = _TAIL.sub("", match[0])
            if (
                len(word) >= _LEAST_WORD
                and word[:1].isupper()
                and not word.isupper()
                and word.casefold() not in COMMON_WORDS
            ):
                wanted[word.casefold()].setdefault(owner, (word, name))
    wanted = {word: held for word, held in wanted.items() if len(held) == 1 and "" not in held}
    if not wanted:
        return {}
    held_texts = [(text, set(about)) for text, about in texts]
    known = {word.casefold() for word in published} | ordinary_words(text for text, _ in held_texts)
    others: dict[str, set[str]] = defaultdict(set)
    for text, about in held_texts:
        low = text.casefold()
        for word in wanted:
            if word in low:
                others[word] |= about - {"", *wanted[word]}
    return {
        (owner, word): name
        for key, held in wanted.items()
        for owner, (word, name) in held.items()
        if key not in known and len(others[key]) <= _MOST_OTHERS
    }
