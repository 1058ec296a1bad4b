"""The audit trail as values: who did what and when, in a chain that shows when it was altered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from evalpanel.domain.digests import canonical_json, instant

START = "0" * 64
"""What the first line of a chain has as its previous hash."""


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One act on the record. `detail` is JSON text; `salt` is 16 random bytes mixed into its digest."""

    chain: str
    number: int
    at: datetime
    person: str
    act: str
    detail: str
    salt: bytes
    detail_digest: str
    previous: str
    hash: str


def detail_digest(salt: bytes, detail: str) -> str:
    """SHA-256 over the salt and the detail, so that the detail can be withheld from a copy and cannot be guessed."""
    return hashlib.sha256(salt + detail.encode()).hexdigest()


def line_hash(previous: str, chain: str, number: int, at: datetime, person: str, act: str, detail: str) -> str:
    """The hash of a line: over the previous hash, the header, and the digest `detail` of its detail."""
    header = canonical_json({"act": act, "at": instant(at), "chain": chain, "number": number, "person": person})
    return hashlib.sha256(f"{previous}\n{header}\n{detail}".encode()).hexdigest()


def faults(lines: Iterable[TrailLine]) -> tuple[str, ...]:
    """What is wrong with a chain, in words; empty when it is whole from its first line."""
    found: list[str] = []
    previous, expected = START, 1
    for line in lines:
        if line.number != expected:
            found.append(f"line {expected} is missing: line {line.number} follows")
        if line.previous != previous:
            found.append(f"line {line.number} does not follow from the line before it")
        if detail_digest(line.salt, line.detail) != line.detail_digest:
            found.append(f"the detail of line {line.number} was altered")
        own = line_hash(line.previous, line.chain, line.number, line.at, line.person, line.act, line.detail_digest)
        if own != line.hash:
            found.append(f"line {line.number} was altered")
        previous, expected = line.hash, line.number + 1
    return tuple(found)
