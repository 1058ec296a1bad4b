"""What a disclosure copy leaves out of the record of a bid, and why: names, people who need protecting, rivals, private words.

The rule is the same for every entry and its order is fixed: what the place of an entry asks for comes first, then what its
words give away. What is left out is listed, each with its reason; where it helps a reader, something stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any

from evalpanel.domain.bid_record import Entry
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.tender import Bid


class Reason(StrEnum):
    """Why an entry is not in a disclosure copy."""

    NAME = "name"
    PROTECTED = "protected"
    RIVAL = "rival"
    NOTE = "note"
    PRIVATE = "private"
    WHOLE = "whole"


WORDS: Mapping[Reason, str] = {
    Reason.NAME: "it names a member of the panel, or their organisation",
    Reason.PROTECTED: "it would tell who is a young person, a service user or a carer",
    Reason.RIVAL: "it names another bidder",
    Reason.NOTE: "it is a working note, which is not for the bidder",
    Reason.PRIVATE: "it is about somebody's private life or interests",
    Reason.WHOLE: "it was signed or sealed as a whole, together with what is left out",
}
"""Each reason, as it completes “This was left out because …”."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """One entry that was left out: its number in the record, from 1, its place, why, and what a reader gets in its stead
    (canonical JSON; empty: nothing). What stands in its stead is the officer's word, and not what the record holds."""

    entry: int
    name: str
    why: Reason
    instead: str = ""


_PROTECTED = frozenset({MemberKind.YOUNG, MemberKind.USER})
_PRIVATE = frozenset({"declarations", "decisions", "affirmations", "absences"})
_CODES = frozenset({"bid", "bids", "bidder", "variant_of"})
_MARK, _LEAST = "[left out]", 4
_LEGAL_FORM = re.compile(r"[\s,]+(ltd|limited|plc|llp|cic|cio)\.?$", re.IGNORECASE)


class Redactor:
    """Which entries of the record of one bid a disclosure copy leaves out."""

    def __init__(self, pack: TenderPack, bid: Bid, *, working_notes: bool) -> None:
        self._notes = working_notes
        self.neutral = neutral_codes(pack.panel)
        rivals = [one for one in pack.bidders if one.bidder != bid.bidder]
        others = [one for one in pack.members if one.bidder != bid.bidder]
        codes = {str(one.bidder) for one in rivals} | {str(one.bid) for one in pack.bids if one.bidder != bid.bidder}
        own = {str(bid.bid), str(bid.bidder)}
        names = {one.name for one in rivals} | {one.identifier for one in rivals}
        names |= {one.name for one in others} | {one.identifier for one in others}
        own_names = {one.name for one in pack.bidders if one.bidder == bid.bidder}
        self._rival_codes = frozenset(codes - own)
        self._rivals = _words((*_with_short(names - own_names), *(one for one in codes - own if _tells(one))))
        self._people = _words(one.name for one in pack.panel)
        # A surname that is a word too (Young, Moss) counts where it is written as a name.
        self._parts = _words(
            (part for one in pack.panel for part in one.name.split() if len(part) >= _LEAST), as_is=True
        )
        self._protected = _words(self.neutral, as_is=True)

    def look(self, number: int, entry: Entry) -> Redaction | None:
        """Why this entry is left out, and what stands in its stead; None: it stays as it is."""
        last = entry.name.rsplit("/", 1)[-1]
        section = entry.name.split("/", 1)[0]
        if section in ("statements", "envelopes"):
            return Redaction(number, entry.name, Reason.WHOLE)
        if section == "people" and last in ("name", "organisation"):
            return Redaction(number, entry.name, Reason.NAME)
        if section == "people" and last == "kind":
            return Redaction(number, entry.name, Reason.PROTECTED)
        if last == "working_note" and not self._notes:
            return Redaction(number, entry.name, Reason.NOTE)
        if last == "entered_by":  # who helps somebody is about their private life
            return Redaction(number, entry.name, Reason.PRIVATE)
        if section in _PRIVATE and last in ("about", "why", "measure", "reason"):
            return Redaction(number, entry.name, Reason.PRIVATE)
        return self._by_words(number, entry)

    def is_about_rivals(self, value: Any) -> bool:
        """Whether a value names another bidder, by a name, a number or a code."""
        return bool(canonical_json(self._without_rivals(value)) != canonical_json(value))

    def gives_away(self, value: Any) -> bool:
        """Whether a value tells anything that is left out of a disclosure copy."""
        return bool(canonical_json(self._all(value)) != canonical_json(value))

    def _all(self, value: Any) -> Any:
        return self._without_people(self._without_rivals(self._neutralised(value)))

    def _by_words(self, number: int, entry: Entry) -> Redaction | None:
        for why, found in (
            (Reason.PROTECTED, self._neutralised),
            (Reason.RIVAL, self._without_rivals),
            (Reason.NAME, self._without_people),
        ):
            if canonical_json(found(entry.value)) != canonical_json(entry.value):
                return Redaction(number, entry.name, why, canonical_json(self._all(entry.value)))
        return None

    def _neutralised(self, value: Any) -> Any:
        return _each(value, lambda text, _key: self._protected.sub(lambda found: self.neutral[found[0]], text))

    def _without_rivals(self, value: Any) -> Any:
        return _each(value, self._rival_text)

    def _rival_text(self, text: str, key: str) -> str:
        if key in _CODES and text in self._rival_codes:
            return _MARK
        return self._rivals.sub(_MARK, text)

    def _without_people(self, value: Any) -> Any:
        return _each(value, lambda text, _key: self._parts.sub(_MARK, self._people.sub(_MARK, text)))


def neutral_codes(panel: Sequence[PanelMember]) -> dict[str, str]:
    """The codes in a disclosure copy of young people, service users and carers whose own code could tell what they are.

    A code tells nothing where somebody who needs no protecting has one of the same letters (`PM1`, `PM2`): it stays. Else
    (`YP1`) the person gets the next number of the letters that the others have.
    """
    open_ones = [_letters(one.person) for one in panel if one.kind not in _PROTECTED]
    members = [one for one in panel if one.has(Role.PANEL_MEMBER) and not one.has(Role.CHAIR)]
    scorers = [_letters(one.person) for one in members if one.kind not in _PROTECTED]
    style = (scorers or ["PM"])[0]
    taken = {one.person.casefold() for one in panel}
    free = (code for number in count(1) if (code := f"{style}{number}").casefold() not in taken)
    telling = [one.person for one in panel if one.kind in _PROTECTED and _letters(one.person) not in open_ones]
    return {str(code): next(free) for code in telling}


def _letters(code: str) -> str:
    return re.sub(r"[0-9].*", "", code)


def _each(value: Any, change: Any, key: str = "") -> Any:
    """`value` with every text in it changed; keys and numbers stay."""
    if isinstance(value, str):
        return change(value, key)
    if isinstance(value, Mapping):
        return {name: _each(one, change, str(name)) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_each(one, change, key) for one in value]
    return value


def _tells(code: str) -> bool:
    return len(code) >= 2 and any(char.isalpha() for char in code)


def _words(texts: Iterable[str], *, as_is: bool = False) -> re.Pattern[str]:
    """What finds any of these as whole words, the longest first, however they are spaced."""
    held = sorted({" ".join(one.split()) for one in texts if one.strip()}, key=lambda one: (-len(one), one))
    if not held:
        return re.compile(r"(?!)")
    either = "|".join(r"\s+".join(re.escape(word) for word in one.split()) for one in held)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.NOFLAG if as_is else re.IGNORECASE)


def _with_short(names: Iterable[str]) -> tuple[str, ...]:
    held = [one for one in names if one.strip()]
    return (*held, *(short for one in held if len(short := _LEGAL_FORM.sub("", one)) >= _LEAST))
