"""What a challenge pack and a disclosure copy hold, as it is written: `docs/formats/challenge.md` tells the same to a stranger.

The cover pins everything by digests and lists the files. The record and the trail are files of lines beside it: short
enough for one line of a shell, and bounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta, Struct

from evalpanel.domain.bid_record import TrailCopy
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.redactions import Reason, Redaction
from evalpanel.formats.canonical import MalformedJson, decode, encode
from evalpanel.formats.parcel_bodies import Code, Cover, Keys, Long, Sha, Short
from evalpanel.formats.statements import MOST

Shape = TypeVar("Shape")
MOST_LINES = 500_000
"""The most lines of a record or of a trail: far above the largest tender."""
MOST_BYTES = 256 << 20
"""The most bytes of either."""
MOST_FILE = 1 << 30
_MOST_LINE = 4 << 20
_OF_A_PIN = 64

Count = Annotated[int, Meta(ge=0, le=MOST_LINES)]
Place = Annotated[str, Meta(min_length=1, max_length=200)]
FileName = Annotated[str, Meta(pattern=r"^[a-z]+(/[0-9]{1,6})?(\.[a-z0-9]{1,5})?$")]


class FileOf(Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed file of a pack: what it is called here (`record`, `trail`, or the place of its entry with an ending), the
    digest of the part, and the size and digest of what is in it."""

    name: FileName
    sealed: Sha
    sha256: Sha
    size: Annotated[int, Meta(ge=0, le=MOST_FILE)]


class TrailOf(Struct, frozen=True, forbid_unknown_fields=True):
    """Which trail: how many lines, the hash of the last, and the digest of all hashes."""

    hashes: Sha
    head: Sha
    lines: Count


class Challenge(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The cover of a challenge pack: whose record, by digests alone, and the key that opens its files.

    `entries` and `record`: how many entries the record has, and its digest. `founder` and `nonce` give the tender's id, as
    in an invitation.
    """

    bid: Code
    entries: Count
    files: Annotated[tuple[FileOf, ...], Meta(max_length=60_000)]
    founder: Annotated[bytes, Meta(min_length=32, max_length=32)]
    key: Annotated[str, Meta(pattern="^AGE-SECRET-KEY-1[A-Z0-9]{58}$")]
    lot: Code
    nonce: Annotated[bytes, Meta(max_length=16)]
    officer: Keys
    record: Sha
    reference: Short
    trail: TrailOf


class RedactionOf(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry that was left out; `instead` is canonical JSON, or empty."""

    entry: Annotated[int, Meta(ge=1, le=MOST_LINES)]
    instead: Annotated[str, Meta(max_length=1 << 20)]
    name: Place
    why: Reason


class Disclosure(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The cover of a disclosure copy: the same, the challenge pack that it was made from, and what was left out and why.

    `working_notes`: why they are disclosed; empty where they are left out.
    """

    bid: Code
    challenge: Sha
    entries: Count
    files: Annotated[tuple[FileOf, ...], Meta(max_length=60_000)]
    founder: Annotated[bytes, Meta(min_length=32, max_length=32)]
    key: Annotated[str, Meta(pattern="^AGE-SECRET-KEY-1[A-Z0-9]{58}$")]
    lot: Code
    nonce: Annotated[bytes, Meta(max_length=16)]
    officer: Keys
    record: Sha
    redactions: Annotated[tuple[RedactionOf, ...], Meta(max_length=MOST_LINES)]
    reference: Short
    trail: TrailOf
    working_notes: Long


class _TrailLine(Struct, frozen=True, forbid_unknown_fields=True):
    detail: str | None
    detail_digest: Sha | None
    hash: Sha
    header: Annotated[str, Meta(max_length=2000)] | None
    previous: Sha
    salt: Annotated[bytes, Meta(min_length=16, max_length=16)] | None
    why: Short


def read_challenge(payload: bytes) -> Cover[Challenge]:
    """The cover of a challenge pack. Raises `MalformedJson`."""
    return decode(payload, Cover[Challenge], most=MOST, what="the challenge pack")


def read_disclosure(payload: bytes) -> Cover[Disclosure]:
    """The cover of a disclosure copy. Raises `MalformedJson`."""
    return decode(payload, Cover[Disclosure], most=MOST, what="the disclosure copy")


def redaction_of(one: Redaction) -> RedactionOf:
    """A redaction as it is written."""
    return RedactionOf(one.entry, one.instead, one.name, one.why)


def write_trail(lines: Iterable[TrailCopy]) -> bytes:
    """A copy of a trail, a line of JSON for each line of it."""
    return b"".join(
        encode(_TrailLine(one.detail, one.detail_digest, one.hash, one.header, one.previous, one.salt, one.why)) + b"\n"
        for one in lines
    )


def read_trail(data: bytes) -> tuple[TrailCopy, ...]:
    """The copy of a trail in `data`. Raises `MalformedJson` for anything that is not written as evalpanel writes it."""
    made = []
    for line in _lines(data, "the copy of the trail"):
        one = decode(line, _TrailLine, most=_MOST_LINE, what="a line of the trail")
        made.append(TrailCopy(one.previous, one.header, one.detail_digest, one.hash, one.salt, one.detail, one.why))
    return tuple(made)


class _Header(Struct, frozen=True, forbid_unknown_fields=True):
    act: str
    at: str
    chain: str
    number: int
    person: str


def chain_of(lines: Sequence[TrailCopy]) -> str:
    """Which chain a copy is of: what the first header in it says. Raises `MalformedJson` where none is there."""
    header = next((one.header for one in lines if one.header is not None), None)
    if header is None:
        raise MalformedJson("This copy of a trail shows no header.", "Nothing can be checked in it. It was left alone.")
    return decode(header.encode(), _Header, most=_MOST_LINE, what="a header of the trail").chain


def write_record(lines: Iterable[str]) -> bytes:
    """The lines of a record: of each entry its line, or its pin."""
    return "".join(f"{one}\n" for one in lines).encode()


def read_record(data: bytes) -> tuple[str, ...]:
    """The lines of a record. Each is a pin, or reads as an entry's line and is written in its one way. Raises `MalformedJson`."""
    return tuple(_record_line(line) for line in _lines(data, "the record"))


def value_of(line: str) -> tuple[str, Any]:
    """The place and the value of an entry's line that `read_record` gave. `Any`: it is whatever the record holds there."""
    _salt, name, value = msgspec.json.decode(line)
    return name, value


def _record_line(line: bytes) -> str:
    if len(line) == _OF_A_PIN and set(line) <= set(b"0123456789abcdef"):
        return line.decode("ascii")
    salt, name, value = _decoded(line)
    if canonical_json([salt, name, value]).encode() != line:
        raise MalformedJson("A line of the record is written in a way that could be read in two ways.", _LEFT)
    return line.decode()


_LEFT = "It was left alone, and nothing was changed. Ask for it again."
_Opened = tuple[Annotated[str, Meta(pattern="^[0-9a-f]{32}$")], Place, Any]


def _decoded(line: bytes) -> _Opened:
    try:
        held: _Opened = msgspec.json.decode(line, type=_Opened)
        _without_floats(held[2])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise MalformedJson(f"A line of the record cannot be read. {error}", _LEFT) from error
    return held


def _without_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("It holds a number that is no whole number.")
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _without_floats(one)


def _lines(data: bytes, what: str) -> list[bytes]:
    if len(data) > MOST_BYTES or data.count(b"\n") > MOST_LINES:
        raise MalformedJson(
            f"{what.capitalize()} is too long.",
            f"At most {MOST_LINES} lines and {MOST_BYTES} bytes are read. It was left alone.",
        )
    if data and not data.endswith(b"\n"):
        raise MalformedJson(f"{what.capitalize()} breaks off.", "Its last line has no end. Ask for it again.")
    return data.split(b"\n")[:-1]
