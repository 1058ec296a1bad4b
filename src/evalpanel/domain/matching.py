"""Whether something that a person wrote may mean an organisation of the tender: hints, to help them to see an interest.

Names are compared without case, accents, punctuation and legal forms, word by word and with a slip of the pen allowed;
numbers as their registers write them. A hint is a question to a person. Nothing follows from it until they answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import fuzz

from evalpanel.domain.interests import Organisation, same_name


class Likeness(IntEnum):
    """How a text and an organisation are alike, the strongest first."""

    NUMBER = 0
    NAME = 1
    INITIALS = 2
    NEAR = 3


@dataclass(frozen=True, slots=True)
class Hint:
    """What a person wrote may mean this organisation. `wrote` are the words or the number that were alike."""

    organisation: Organisation
    likeness: Likeness
    wrote: str


# Words that half the sector carries in its names, and places of the four authorities: alone they mean nobody.
_COMMON = frozenset(
    """
    a an all and at by for from in of on or our the to with my i am was is we us it its be been until since
    action advice advocacy agency aid alliance arts association authority board branch care carer carers caring centre
    center centres charity charitable child childrens children club college community communities consortium
    co council counselling county creative development disability early education education enterprise enterprises
    families family federation first forum foundation friend friends fund futures fwd group groups health help home homes
    hospice hospital house housing hub inclusion initiative learning life link links local mental national network new
    nhs organisation organization outreach parent parents participation partners partnership people peoples play
    project projects provider prosperity recovery region regional research residential respite school schools sector
    service services skills social society solutions south southwest sports start support supporting team together
    training transport trust trustee trustees uk union united university voice voices voluntary volunteer volunteering
    volunteers west welfare wellbeing women womens men mens work works worker workers workshop world young youth
    chair chairs director employee husband wife mother father sister brother son daughter cousin aunt uncle partner
    plymouth cornwall devon torbay exeter truro torquay paignton england wales cymru british great city town north east
    ymddiriedolaeth elusen cymdeithas cymuned gwasanaeth gwasanaethau ieuenctid plant pobl ifanc gofal canolfan y yr ac
    """.split()  # noqa: SIM905  # a list of two hundred quoted words would hide what stands in it
)
_SLIP = 84  # of 100: "rockpol" for "rockpool", and a Welsh mutation ("gaerdydd" for "caerdydd")
_SHORT = 5  # a word shorter than this must be the same: "tor" and "for" differ by a letter
_ENOUGH = 0.5  # of a name's telling words
_MOST = 0.6  # of the words of a name that has no telling ones, in a text of no more words than the next
_FEW = 4
_WHOLE = 90  # of 100: the whole name written together, or with a letter wrong
_DIGITS = 5  # the shortest register number that is looked at
number_pattern = re.compile(r"\b[A-Z]{0,3}[ .-]?\d(?:[ .-]?\d){4,9}(?:-\d{1,2})?\b", re.IGNORECASE)
"""What looks like a number in a register of charities or companies."""

_SMALL = frozenset(("a", "an", "and", "at", "by", "for", "in", "of", "on", "the", "to", "with"))


def hints(wrote: str, organisations: Sequence[Organisation], most: int = 4) -> tuple[Hint, ...]:
    """The organisations that `wrote` may mean, the likeliest first, and no more than `most`."""
    text = _Text(wrote)
    if not text.words:
        return ()
    telling = telling_words(organisations)
    found: list[tuple[Likeness, float, int, Hint]] = []
    for place, one in enumerate(organisations):
        number = _same_number(text.numbers, one)
        if number:
            found.append((Likeness.NUMBER, 0, place, Hint(one, Likeness.NUMBER, number)))
            continue
        likeness, strength, words = _alike(text, one, telling[one.key])
        if likeness is not None:
            found.append((likeness, -strength, place, Hint(one, likeness, words)))
    return tuple(hint for *_, hint in sorted(found, key=lambda each: each[:3])[:most])


class _Text:
    """What a person wrote, taken apart once."""

    def __init__(self, wrote: str) -> None:
        self.plain = same_name(wrote)
        self.words = tuple(self.plain.split())
        self.numbers = {register_number(found): found.strip() for found in number_pattern.findall(wrote)}
        capitals = {word.casefold() for word in re.findall(r"\b[A-Z]{3,6}\b", wrote.replace(".", ""))}
        self.abbreviations = tuple(word for word in self.words if word in capitals or 4 <= len(word) <= 6)


def register_number(written: str) -> str:
    """A number of a register as it is compared: letters and digits, without spaces and without zeros at the front.

    `0 112 3456`, `1123456` and `01123456` are one; so are `SC 012345` and `sc12345`. What follows a dash (a linked
    charity) is part of it.
    """
    plain = re.sub(r"[ .]", "", written.upper())
    parts = re.fullmatch(r"([A-Z]*)-?(\d+)(-\d{1,2})?(.*)", plain)
    if parts is None:
        return plain
    letters, digits, linked, rest = parts.groups()
    if linked is None and rest:
        return plain
    return f"{letters}{digits.lstrip('0')}{linked or ''}"


_REGISTERS = {
    "GB-CHC": "charity",
    "GB-SC": "Scottish charity",
    "GB-NIC": "Northern Ireland charity",
    "GB-COH": "company",
}


def number_words(one: Organisation) -> str:
    """The number of an organisation as people say it: `charity 1123456`. Empty where it has none."""
    return f"{_REGISTERS.get(one.scheme.upper(), one.scheme)} {one.identifier}".strip() if one.identifier else ""


def _same_number(written: dict[str, str], one: Organisation) -> str:
    own = register_number(one.identifier) if one.identifier else ""
    if sum(mark.isdigit() for mark in own) < _DIGITS - 1:
        return ""
    return written.get(own, "") or written.get(own.split("-")[0], "")  # a linked charity has its parent's number


def telling_words(organisations: Iterable[Organisation]) -> dict[str, tuple[str, ...]]:
    """The words of each name that tell it from others: not those that the sector shares, unless there are no others, and
    not those that several bids of this tender share."""
    words = {one.key: tuple(dict.fromkeys(same_name(one.name).split())) for one in organisations}
    shared = Counter(word for held in words.values() for word in held)
    found = {}
    for key, held in words.items():
        own = tuple(word for word in held if word not in _COMMON)
        few = tuple(word for word in own if shared[word] <= 3)
        found[key] = few or own
    return found


def _alike(text: _Text, one: Organisation, telling: tuple[str, ...]) -> tuple[Likeness | None, float, str]:
    name = same_name(one.name)
    words = name.split()
    if f" {name} " in f" {text.plain} ":
        return Likeness.NAME, 1, one.name
    spelt = _spelt_out(words, text.words)
    if spelt or _spelt_out(text.abbreviations, words):
        return Likeness.INITIALS, 1, spelt or text.plain
    if fuzz.ratio(name.replace(" ", ""), text.plain.replace(" ", "")) >= _WHOLE:
        return Likeness.NEAR, 1, text.plain
    if not telling and len(text.words) > _FEW:
        return None, 0, ""
    matched = {word: near for word in telling or words if (near := _near(word, text.words))}
    share = len(matched) / len(telling or words)
    if share < (_ENOUGH if telling else _MOST) or not any(len(word) >= 4 for word in matched):
        return None, 0, ""
    return Likeness.NEAR, share, " ".join(dict.fromkeys(matched.values()))


def _near(word: str, written: Sequence[str]) -> str:
    """The written word that is this one, or this one with a slip of the pen."""
    if word in written:
        return word
    if len(word) < _SHORT:
        return ""
    near = [
        other
        for other in written
        if len(other) >= _SHORT and other not in _COMMON and fuzz.ratio(word, other, score_cutoff=_SLIP)
    ]
    return near[0] if near else ""


def _spelt_out(abbreviations: Sequence[str], written: Sequence[str]) -> str:
    """The words for which one of these stands as their initials: `Young Men's Christian Association` for `YMCA`."""
    for word in abbreviations:
        if not 3 <= len(word) <= 6 or word in _COMMON:
            continue
        for way in (list(written), [one for one in written if one not in _SMALL]):
            for start in range(len(way) - len(word) + 1):
                part = way[start : start + len(word)]
                if "".join(one[0] for one in part) == word:
                    return " ".join(part)
    return ""
