"""The record of one bid as a list of entries, each pinned by itself, so that a copy can leave some out and still be checked.

An entry is a place and a value, as `answers/12/rationale`. Its *line* is the canonical JSON of a salt of 16 random bytes, the
place and the value; its *pin* is the SHA-256 of that line. The digest of the record is the SHA-256 over all pins in order. A
copy that leaves an entry out has its pin in the place of the line: the digest stays the same, and the salt keeps what is
left out from being guessed. The trail is copied in the same way: a detail can be left out, and the chain still holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from evalpanel.domain import trail
from evalpanel.domain.digests import canonical_json, instant

_PIN = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the record says of a bid: its place, and a value as JSON can hold it."""

    name: str
    value: Any


def line_of(salt: bytes, entry: Entry) -> str:
    """The line of an entry, which its pin is the digest of."""
    return canonical_json([salt.hex(), entry.name, entry.value])


def pin_of(line: str) -> str:
    """The pin of a line of the record: of an entry the SHA-256 of its line; of one that was left out the line is the pin."""
    return line if _PIN.match(line) else hashlib.sha256(line.encode()).hexdigest()


def record_digest(pins: Iterable[str]) -> str:
    """What the officer signs of a record: SHA-256 over its pins in order, each with a newline after it."""
    running = hashlib.sha256()
    for pin in pins:
        running.update(pin.encode() + b"\n")
    return running.hexdigest()


@dataclass(frozen=True, slots=True)
class TrailCopy:
    """A line of the audit trail in a copy. Left out are None: the `detail` with its salt, or also the `header` with the
    digest of the detail. `why` says why, and is empty where nothing was left out."""

    previous: str
    header: str | None
    detail_digest: str | None
    hash: str
    salt: bytes | None = None
    detail: str | None = None
    why: str = ""


def header_of(line: trail.TrailLine) -> str:
    """The header of a line of the trail, as its hash covers it."""
    held = {"act": line.act, "at": instant(line.at), "chain": line.chain, "number": line.number, "person": line.person}
    return canonical_json(held)


def copied(line: trail.TrailLine, why: str = "", *, with_header: bool = True) -> TrailCopy:
    """A line for a copy: whole, or without its detail because of `why`, or without its header too."""
    if not why:
        return TrailCopy(line.previous, header_of(line), line.detail_digest, line.hash, line.salt, line.detail)
    if with_header:
        return TrailCopy(line.previous, header_of(line), line.detail_digest, line.hash, why=why)
    return TrailCopy(line.previous, None, None, line.hash, why=why)


def hashes_digest(lines: Iterable[TrailCopy]) -> str:
    """SHA-256 over the hashes of a trail in order, each with a newline: the same in every copy, whatever it leaves out."""
    return record_digest(one.hash for one in lines)


def chain_faults(lines: Sequence[TrailCopy], chain: str) -> Iterator[str]:
    """What is wrong with a copy of the chain, in words: nothing when each line that shows its header follows from the one
    before, and each detail that is shown is the one that its line was made with."""
    previous = trail.START
    for number, line in enumerate(lines, 1):
        if line.previous != previous:
            yield f"line {number} of the trail does not follow from the line before it"
        if line.header is None:
            if not (line.detail is None and line.salt is None and line.detail_digest is None and line.why):
                yield f"line {number} of the trail has no header, and does not say why"
        else:
            yield from _line_faults(number, line, chain)
        previous = line.hash


def _line_faults(number: int, line: TrailCopy, chain: str) -> Iterator[str]:
    said = hashlib.sha256(f"{line.previous}\n{line.header}\n{line.detail_digest}".encode()).hexdigest()
    if said != line.hash:
        yield f"line {number} of the trail was altered"
    if f'"chain":{canonical_json(chain)},"number":{number},' not in (line.header or ""):
        yield f"line {number} of the trail is of another chain, or stands in another place"
    if line.detail is None:
        if line.salt is not None or not line.why:
            yield f"the detail of line {number} of the trail was left out without a reason"
    elif line.salt is None or trail.detail_digest(line.salt, line.detail) != line.detail_digest:
        yield f"the detail of line {number} of the trail was altered"
