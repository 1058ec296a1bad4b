"""Which of somebody's statements counts, whatever the order in which the files arrived.

Each statement lists all earlier ones by the same person for the same purpose (its *history*). Two that do not know of
each other are a *fork*: a restored backup, or two laptops. Both are kept and neither counts, until a later statement
lists both, or the chair rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement as its place in the line of statements: who it is, its number, and what it says came before."""

    identity: str
    seq: int
    history: frozenset[str]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a statement was made: the laptop, the openings of its profile so far, and the last line of its record."""

    installation: str
    incarnations: tuple[str, ...]
    trail: tuple[int, str] | None


def diverged(one: Origin, other: Origin) -> bool:
    """Whether two statements of one laptop come from two copies of its profile that both went on.

    An opening is in the later one's list, or the copies parted; a record has one line of each number.
    """
    if one.installation != other.installation:
        return False
    short, long = sorted((one.incarnations, other.incarnations), key=len)
    if long[: len(short)] != short:
        return True
    if one.trail is None or other.trail is None:
        return False
    return one.trail[0] == other.trail[0] and one.trail[1] != other.trail[1]


@dataclass(frozen=True, slots=True)
class Standing:
    """What follows from the statements that are here.

    `tips` are those that no other one follows, by number and identity: one is the ordinary case, several are a fork.
    `counts` is the statement in force, or None. `before` is the newest one that every tip follows: what stays in force for
    a roster or a pack while it is forked. `missing` are statements that are cited and have not come here.
    """

    tips: tuple[str, ...] = ()
    counts: str | None = None
    before: str | None = None
    missing: frozenset[str] = frozenset()

    @property
    def forked(self) -> bool:
        """Whether there are two that do not know of each other."""
        return len(self.tips) > 1


def standing(entries: Iterable[Entry], ruled_out: Iterable[str] = ()) -> Standing:
    """Where somebody's statements stand. A pure function of the set: order and repetition do not matter.

    `ruled_out`: statements that a ruling on record has put aside; they count no more, and are no fork.
    """
    aside = frozenset(ruled_out)
    held = {entry.identity: entry for entry in entries}
    live = {identity: entry for identity, entry in held.items() if identity not in aside}
    followed = {earlier for entry in live.values() for earlier in entry.history}
    tips = sorted((identity for identity in live if identity not in followed), key=lambda one: (live[one].seq, one))
    known = followed | {identity for entry in held.values() for identity in entry.history}
    return Standing(
        tips=tuple(tips),
        counts=tips[0] if len(tips) == 1 else None,
        before=_before(live, tips),
        missing=frozenset(known - held.keys()),
    )


def last_signed(entries: Iterable[Entry], signed: Iterable[str], ruled_out: Iterable[str] = ()) -> str | None:
    """Of a person's sheets the one whose answers are shown: the newest signed-off one that is, or stands before, every tip.

    Where it is the statement that counts, they are what the person says. Else the person opened their sheet again, or two do
    not know of each other: then nothing counts, and these answers are the last on which nothing casts a doubt. None: there are none.
    """
    aside = frozenset(ruled_out)
    live = {entry.identity: entry for entry in entries if entry.identity not in aside}
    tips = standing(live.values()).tips
    if not tips:
        return None
    shared = frozenset.intersection(*(live[tip].history | {tip} for tip in tips)) & live.keys() & frozenset(signed)
    inner = {earlier for identity in shared for earlier in live[identity].history}
    newest = [identity for identity in shared if identity not in inner]
    return newest[0] if len(newest) == 1 else None


def _before(live: Mapping[str, Entry], tips: list[str]) -> str | None:
    """The newest statement that all tips follow; None where there is none, or where two might be it."""
    if not tips:
        return None
    shared = frozenset.intersection(*(live[tip].history for tip in tips)) & live.keys()
    inner = {earlier for identity in shared for earlier in live[identity].history}
    newest = [identity for identity in shared if identity not in inner]
    return newest[0] if len(newest) == 1 else None


def fault(entry: Entry, held: Mapping[str, Entry]) -> str:
    """Why a statement cannot stand in the line, in words; empty when it can. `held`: the same person's for the same purpose.

    Numbers grow along a line, and a history tells the whole of it: who cites a statement cites what that one cites.
    """
    if entry.identity in entry.history:
        return "it says that it came before itself"
    for earlier in entry.history & held.keys():
        if held[earlier].seq >= entry.seq:
            return "its number is not larger than those of the statements that it follows"
        if not held[earlier].history <= entry.history:
            return "it leaves out a statement that one of those it follows names"
    return ""
