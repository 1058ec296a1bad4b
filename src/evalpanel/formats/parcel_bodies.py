"""What the cover of each kind of parcel says, as it is written: `docs/formats/parcels.md` tells the same to a stranger.

Field names are the format. They are written in alphabetical order and none may be missing or added, so a field that does
not apply is there and empty. Texts and lists have limits, far above what honest work needs.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.people import Role
from evalpanel.formats.canonical import decode, encode
from evalpanel.formats.statements import MOST

Body = TypeVar("Body")

Sha = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
ShaOrNothing = Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")]
TenderCode = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
CodeOrNothing = Annotated[str, Meta(max_length=64)]
Short = Annotated[str, Meta(max_length=400)]
Long = Annotated[str, Meta(max_length=20_000)]
Moment = Annotated[datetime, Meta(tz=True)]
Seq = Annotated[int, Meta(ge=1, le=1_000_000)]
Digests = Annotated[tuple[Sha, ...], Meta(max_length=10_000)]


class Keys(Struct, frozen=True, forbid_unknown_fields=True):
    """The public keys of an installation: an age recipient, and an Ed25519 key (RFC 8032) as its 32 bytes."""

    recipient: Annotated[str, Meta(pattern="^age1[02-9ac-hj-np-z]{58}$")]
    signing: Annotated[bytes, Meta(min_length=32, max_length=32)]

    @classmethod
    def of(cls, keys: PublicKeys) -> Keys:
        """The keys as they are written."""
        return cls(keys.recipient, keys.signing)

    def value(self) -> PublicKeys:
        """The keys as the program knows them."""
        return PublicKeys(self.signing, self.recipient)


class Head(Struct, frozen=True, forbid_unknown_fields=True):
    """What the author knows of somebody's line of statements: its highest number, its newest statements (`tips`; several are
    a fork), and all that these follow (`behind`)."""

    about: CodeOrNothing
    author: Code
    behind: Digests
    kind: ParcelKind
    seq: Seq
    tips: Digests


class Trail(Struct, frozen=True, forbid_unknown_fields=True):
    """How far the record of the author's laptop went when the statement was made: its last line, by number and hash."""

    hash: Sha
    number: Annotated[int, Meta(ge=1, le=2**50)]


class PartOf(Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed part beside the cover."""

    envelope: Annotated[str, Meta(min_length=1, max_length=200)]
    sealed: Sha
    size: Annotated[int, Meta(ge=0, le=2**50)]


class Header(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What every cover says: whose it is, where it stands in the line, what it rests on, and what belongs to it.

    `about` is the person whom an invitation, a release or a receipt is for. A line of statements is those of one author, one
    kind and one `about`; `history` are all earlier ones of the line. `incarnations` are the times the author's profile was
    open and made a statement, oldest first: two copies of a profile that both went on differ in them.
    """

    about: CodeOrNothing
    author: Code
    heads: Annotated[tuple[Head, ...], Meta(max_length=10_000)]
    history: Digests
    incarnations: Annotated[tuple[Annotated[str, Meta(pattern="^[0-9a-f]{32}$")], ...], Meta(max_length=10_000)]
    installation: Sha
    made_at: Moment
    pack: ShaOrNothing
    parts: Annotated[tuple[PartOf, ...], Meta(max_length=60_000)]
    recipients: Annotated[tuple[Sha, ...], Meta(max_length=64)]
    roster: ShaOrNothing
    seq: Seq
    tender: TenderCode
    trail: Trail | None


class Cover(Struct, Generic[Body], frozen=True, forbid_unknown_fields=True):
    """The payload of a statement: the same header for every kind, and the kind's own body."""

    body: Body
    header: Header


class Invitation(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Officer to one person: what they are asked to do, and the officer's keys. It names no bidder.

    `nonce` and the `founder`, the first officer's signing key, give the tender's id, so an invitation proves that it is of
    that tender. Where nobody has succeeded the first officer, the founder is the officer's own key. That the officer's keys
    are the right ones is proved by the eight words.
    """

    authority: Short
    founder: Annotated[bytes, Meta(min_length=32, max_length=32)]
    name: Short
    nonce: Annotated[bytes, Meta(min_length=16, max_length=16)]
    officer: Keys
    officer_name: Short
    person: Code
    reference: Annotated[str, Meta(min_length=1, max_length=400)]
    remit: Long
    reply_by: date | None
    roles: Annotated[tuple[Role, ...], Meta(max_length=16)]
    title: Short
    undertaking: Long


class Enrolment(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The answer: this laptop's keys, and that the undertaking was accepted as it was worded."""

    invitation: Sha
    keys: Keys
    laptop: Annotated[str, Meta(max_length=80)]
    person: Code
    undertaking: Sha


def write_cover(cover: Cover[Body]) -> bytes:
    """The payload that is signed."""
    return encode(cover)


def read_invitation(payload: bytes) -> Cover[Invitation]:
    """The invitation in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Invitation], most=MOST, what="the invitation")


def read_enrolment(payload: bytes) -> Cover[Enrolment]:
    """The enrolment in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Enrolment], most=MOST, what="the enrolment")
