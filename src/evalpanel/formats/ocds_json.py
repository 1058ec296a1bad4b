"""JSON as RFC 8259 means it, read strictly and within bounds; and values that know their place as a JSON pointer.

Numbers are exact decimals. Refused in words: other encodings than UTF-8, names that stand twice in an object, NaN and
infinity, numbers beyond reason, nesting deeper than any OCDS file, more values than fit into memory.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from evalpanel.domain.intake import Problem

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 60
MAX_VALUES = 1_000_000
# Possessive, and with an end even where the closing quote is missing: linear on any text.
_STRINGS = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_NO_BRACKETS = re.compile(r"[^\[\]{}]+")
_OTHER_ENCODINGS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\0", "UTF-16 or UTF-32"))


class _Refused(Exception):
    """Why the bytes are refused, in words that follow the file's name."""


@dataclass(frozen=True, slots=True)
class At:
    """A value of a JSON file and its place. What is not there is an `At` whose value is None."""

    value: object
    where: str = ""

    def get(self, name: str) -> At:
        """The member of an object; nothing where this is no object, or has no such member."""
        if not isinstance(self.value, dict):
            return At(None, f"{self.where}/{escaped(name)}")
        held = self.value.get(name)
        if isinstance(self.value, Merged):
            return At(held, self.value.places.get(name, f"{self.where}/{escaped(name)}"))
        return At(held, f"{self.where}/{escaped(name)}")

    def elements(self) -> Iterator[At]:
        """The elements of an array; none where this is no array."""
        if isinstance(self.value, MergedList):
            yield from (At(it, place) for it, place in zip(self.value, self.value.places, strict=True))
        elif isinstance(self.value, list):
            yield from (At(it, f"{self.where}/{number}") for number, it in enumerate(self.value))

    def members(self) -> Iterator[tuple[str, At]]:
        """The names and members of an object."""
        if isinstance(self.value, dict):
            yield from ((name, self.get(name)) for name in self.value)

    @property
    def is_object(self) -> bool:
        """Whether this is a JSON object."""
        return isinstance(self.value, dict)

    @property
    def is_array(self) -> bool:
        """Whether this is a JSON array."""
        return isinstance(self.value, list)


class Merged(dict[str, object]):
    """An object that was put together from several places: `places` says where each member stands."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        super().__init__()
        self.places: dict[str, str] = {}


class MergedList(list[object]):
    """An array that was put together from several places: `places` says where each element stands.

    `by_id` is the number of the element with an id, kept from release to release: there may be very many of both.
    """

    __slots__ = ("by_id", "places")

    def __init__(self) -> None:
        super().__init__()
        self.places: list[str] = []
        self.by_id: dict[tuple[str, str], int] = {}


def escaped(name: str) -> str:
    """A member's name as a part of a JSON pointer (RFC 6901, section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def read_json(data: bytes, name: str) -> tuple[At | None, tuple[Problem, ...]]:
    """The value that the bytes hold; None and the reason where they are refused. Never raises for what they hold."""
    try:
        text = _decoded(data)
        _check_bounds(text)
        return At(_parsed(text)), ()
    except _Refused as error:
        return None, (Problem(name, str(error)),)


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Refused(f"is larger than {MAX_BYTES // 1024 // 1024} MiB. Take the release of the tender alone.")
    if not data.strip(b" \t\r\n"):
        raise _Refused("is empty.")
    if data.startswith((b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"\xd0\xcf\x11\xe0")):
        raise _Refused("is no JSON file. Unpack it first, if it is an archive.")
    for mark, encoding in _OTHER_ENCODINGS:
        if mark in data[:4]:
            raise _Refused(f"is text in {encoding}; JSON is exchanged in UTF-8. Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _Refused(f"is not UTF-8 (at byte {error.start:,}). Save it as UTF-8.") from error


def _check_bounds(text: str) -> None:
    """Depth and size, before a parser that recurses sees them."""
    bare = _STRINGS.sub("", text)
    if bare.count(",") + bare.count("[") + bare.count("{") > MAX_VALUES:
        raise _Refused(f"holds more than {MAX_VALUES:,} values. Take the release of the tender alone.")
    depth = 0
    for sign in _NO_BRACKETS.sub("", bare):
        depth += 1 if sign in "[{" else -1
        if depth > MAX_DEPTH:
            raise _Refused(f"is nested more than {MAX_DEPTH} levels deep, as no OCDS file is.")
        if depth < 0:  # the parser says where
            return


def _parsed(text: str) -> object:
    try:
        return json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        if error.msg == "Extra data" and text[error.pos] in "{[":
            what = "holds several JSON values one after the other (JSON lines). Take the line of the tender alone."
            raise _Refused(what) from error
        raise _Refused(f"is not JSON: {error.msg.lower()} (line {error.lineno:,}, column {error.colno:,}).") from error


def _number(digits: str) -> Decimal:
    try:
        found = Decimal(digits)
    except InvalidOperation as error:
        raise _Refused(f"holds a number that is no number of this world ({digits[:20]}…).") from error
    # Anything that is written out later must not grow: 1e9999999 is nine characters here and ten million there.
    if len(digits) > 60 or (found and not -40 < found.adjusted() < 40):
        raise _Refused(f"holds a number that is too long, too large or too small to be meant ({digits[:20]}…).")
    return found


def _constant(word: str) -> object:
    raise _Refused(f"holds {word}, which is no JSON number.")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise _Refused(f"names {twice[:60]!r} twice in one object, so that it is not clear which counts.")
    return found
