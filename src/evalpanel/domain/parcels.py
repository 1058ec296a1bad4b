"""Parcels: the files that carry a tender's work between laptops that never meet, and who may sign which.

A parcel holds one *statement*: bytes that one person signed with the key of one installation (a laptop). Who may sign a
kind follows from the roles on the roster; a name on the outside of a file proves nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from evalpanel.domain.people import Role
from evalpanel.domain.tender import TenderId

SUFFIX = ".evalpanel"
_TYPE = re.compile(r"application/vnd\.evalpanel\.([a-z]+)\.v1\+json\Z")


class ParcelKind(StrEnum):
    """What a parcel is for. The order is the order of the work."""

    INVITATION = "invitation"
    ENROLMENT = "enrolment"
    ROSTER = "roster"
    PACK = "pack"
    RELEASE = "release"
    DECLARATION = "declaration"
    SCORESHEET = "scoresheet"
    MODERATION = "moderation"
    ASSENT = "assent"
    RECEIPT = "receipt"
    CHALLENGE = "challenge"
    DISCLOSURE = "disclosure"

    @property
    def payload_type(self) -> str:
        """The media type under which a statement of this kind is signed."""
        return f"application/vnd.evalpanel.{self.value}.v1+json"

    @property
    def is_open(self) -> bool:
        """Whether the cover travels unsealed: before the eight words are confirmed nothing is sealed to anybody.

        Neither kind names a bidder.
        """
        return self in (ParcelKind.INVITATION, ParcelKind.ENROLMENT)

    def may_sign(self, roles: Collection[Role]) -> bool:
        """Whether somebody with these roles may sign a statement of this kind."""
        signers = _SIGNERS.get(self)
        return signers is None or not signers.isdisjoint(roles)


_OFFICER = frozenset({Role.OFFICER})
_SIGNERS: dict[ParcelKind, frozenset[Role]] = {
    # A kind that is not here is everybody's own: enrolment and declaration.
    ParcelKind.INVITATION: _OFFICER,
    ParcelKind.ROSTER: _OFFICER,
    ParcelKind.PACK: _OFFICER,
    ParcelKind.RELEASE: _OFFICER,
    ParcelKind.CHALLENGE: _OFFICER,
    ParcelKind.DISCLOSURE: _OFFICER,
    ParcelKind.RECEIPT: frozenset({Role.OFFICER, Role.CHAIR}),
    ParcelKind.MODERATION: frozenset({Role.CHAIR}),
    ParcelKind.SCORESHEET: frozenset({Role.PANEL_MEMBER}),
    ParcelKind.ASSENT: frozenset({Role.PANEL_MEMBER}),
}


def kind_of(payload_type: str) -> ParcelKind | None:
    """The kind that a media type stands for; None where this version knows no such kind."""
    found = _TYPE.match(payload_type)
    if found is None or found[1] not in ParcelKind._value2member_map_:
        return None
    return ParcelKind(found[1])


class Verdict(StrEnum):
    """What became of a file that was carried here."""

    NEW = "new"
    SAME = "same"
    NEWER = "newer"
    OLDER = "older"
    WAITING = "waiting"
    FORKED = "forked"
    NOT_OURS = "not-ours"
    ALTERED = "altered"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What others know of one installation: the Ed25519 key that verifies (32 bytes) and the age recipient to seal to."""

    signing: bytes
    recipient: str

    @property
    def installation(self) -> str:
        """The installation's identity, which binds both keys: SHA-256 in lower-case hexadecimal."""
        return hashlib.sha256(self.signing + self.recipient.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Statement:
    """What was signed, and the signature: a DSSE envelope (Dead Simple Signing Envelope, v1.0.2) with one signature."""

    payload_type: str
    payload: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A sealed piece that travels beside the cover: its ciphertext's SHA-256 and size, and whose key opens it."""

    sealed: str
    size: int
    envelope: str


def tender_id(signing: bytes, nonce: bytes) -> TenderId:
    """The identity of a tender: half of the SHA-256 of the officer's key and a nonce, in hexadecimal (128 bits).

    Every laptop pins it, so nobody else can speak as that tender's officer.
    """
    return TenderId(hashlib.sha256(signing + nonce).hexdigest()[:32])


def file_name(tender: TenderId, kind: ParcelKind, person: str, seq: int, identity: str) -> str:
    """What a parcel is called: codes and never names, so that a mail log tells nothing.

    `person` is the code of whom it is for, where it is for one person alone, so that whoever carries it can tell; else the
    author's.
    A person's code is whatever the workbook says, so what a file system cannot hold is left out of it.
    """
    code = re.sub(r"[^A-Za-z0-9-]+", "", person)[:16] or "x"
    return f"{tender[:8]}.{kind.value}.{code}.r{seq}.{identity[:8]}{SUFFIX}"
