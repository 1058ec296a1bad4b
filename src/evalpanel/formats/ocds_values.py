"""Values of an OCDS file as the program keeps them; whatever cannot be taken as what it should be is told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from evalpanel.domain.intake import Problem
from evalpanel.domain.numbers import canonical, exact
from evalpanel.domain.pack_findings import plain_sum
from evalpanel.formats.cells import MAX_CODE, CellError, checked_code, cleaned
from evalpanel.formats.ocds_json import At

MAX_TOLD = 300
"""How many problems of one process are told one by one."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,][0-9]+)?\s*([Zz]|[+-][0-9]{2}:?[0-9]{2})\Z"
)


class Notes:
    """Reads typed values and collects what is odd, each with its JSON pointer."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}

    def tell(self, at: At | str, what: str, *, stops: bool = False) -> None:
        """Note something at a place."""
        # Names of members are a file's own words, too.
        where = shown(at if isinstance(at, str) else at.where)
        self._problems.setdefault(Problem(where[:300] or "/", shown(what), stops))

    def listed(self) -> tuple[Problem, ...]:
        """What was found, that which stops first; the rest counted where there is very much."""
        found = sorted(self._problems, key=lambda problem: not problem.stops)
        if len(found) <= MAX_TOLD:
            return tuple(found)
        rest = found[MAX_TOLD:]
        what = f"and {len(rest):,} more remarks like these."
        return (*found[:MAX_TOLD], Problem(rest[0].where, what, any(it.stops for it in rest)))

    def text(self, at: At) -> str:
        """Text with its line breaks; a number as its digits. Empty where there is none."""
        if at.value is None:
            return ""
        if isinstance(at.value, Decimal):
            return canonical(at.value)
        if not isinstance(at.value, str):
            self.tell(at, f"holds {_kind(at.value)} where a text should stand; it was not taken over.")
            return ""
        try:
            return cleaned(at.value)
        except CellError as error:
            bare = _CONTROL.sub("", at.value.replace("\r", "\n"))
            try:
                kept = cleaned(bare)
            except CellError:
                self.tell(at, f"{error.what} It was not taken over.")
                return ""
            self.tell(at, "holds control characters; they were left out.")
            return kept

    def line(self, at: At) -> str:
        """Text of one line."""
        return " ".join(self.text(at).split())

    def objects(self, at: At) -> Iterator[At]:
        """The objects of an array; what is no array, or no object in it, is told."""
        if at.value is None:
            return
        if not at.is_array:
            self.tell(at, f"holds {_kind(at.value)} where a list should stand; it was not taken over.")
            return
        for element in at.elements():
            if element.is_object:
                yield element
            else:
                self.tell(element, f"holds {_kind(element.value)} where an object should stand; it was left out.")

    def texts(self, at: At) -> tuple[str, ...]:
        """The texts of an array, or the one text that stands in its place; each once."""
        if at.is_array:
            return tuple(dict.fromkeys(found for element in at.elements() if (found := self.line(element))))
        found = self.line(at)
        return (found,) if found else ()

    def number(self, at: At) -> Decimal | None:
        """An exact number; a text that is one counts, and says so."""
        if at.value is None:
            return None
        if isinstance(at.value, Decimal):
            return self._kept(at, canonical(at.value))
        if isinstance(at.value, str):
            found = self._kept(at, at.value.strip())
            if found is not None:
                self.tell(at, "holds a number as text; it was taken as the number.")
            return found
        self.tell(at, f"holds {_kind(at.value)} where a number should stand; it was not taken over.")
        return None

    def _kept(self, at: At, digits: str) -> Decimal | None:
        try:
            return exact(digits)
        except ValueError:
            self.tell(at, f"holds {digits[:40]!r}, which is no plain number; it was not taken over.")
            return None

    def money(self, at: At) -> tuple[Decimal | None, str]:
        """The amount and the currency of a value object."""
        if at.value is not None and not at.is_object:
            self.tell(at, f"holds {_kind(at.value)} where an amount with its currency should stand.")
        return self.number(at.get("amount")), self.line(at.get("currency"))

    def moment(self, at: At) -> datetime | None:
        """A date and time in UTC; anything less is told and not taken over, for midnight is not what its author meant."""
        said = self.line(at)
        if not said:
            return None
        found = instant(said)
        if found is None:
            self.tell(at, f"is {said[:40]!r}, which is no date with a time and a time zone; it was not taken over.")
        return found


def _kind(value: object) -> str:
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true or false"
    return "a number" if isinstance(value, Decimal) else "nothing" if value is None else "a text"


def shown(text: str) -> str:
    """Words for a screen: on one line, control characters as the sign for what cannot be shown."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def instant(text: str) -> datetime | None:
    """The moment of an RFC 3339 date-time, in UTC and whole seconds; None where the text is none, or could not be."""
    match = _INSTANT.match(text.strip())
    if match is None:
        return None
    day, time, zone = match.groups()
    try:
        return datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone in 'Zz' else zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def in_per_cent(share: Decimal) -> Decimal:
    """A share of one as a percentage, exactly: 0.125 is 12.5."""
    return exact(canonical(plain_sum([share] * 100)))


def usable_code(text: str, longest: int = MAX_CODE) -> str | None:
    """The text, if it can be a code of at most so many signs."""
    if len(text) > longest or text.casefold() in ("all", "none"):
        return None
    try:
        return checked_code(text)
    except CellError:
        return None
