"""What a roster, a pack and a release say, and the sealed pieces of a pack: `docs/formats/parcels.md` tells the same.

What was published travels with the field names of the tender workbook, so it is told once, in `docs/formats/workbook.md`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from evalpanel.domain.criteria import Criterion, Outcome
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import DecisionOutcome, Scope
from evalpanel.domain.locks import LockedBid
from evalpanel.domain.people import MemberKind, Role
from evalpanel.domain.releases import Because
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import (
    Authority,
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    BidStatus,
    Clarification,
    ConsortiumMember,
    CriterionCode,
    Lot,
    LotCode,
    Stage,
    Tender,
)
from evalpanel.formats.canonical import MalformedJson, decode, encode
from evalpanel.formats.parcel_bodies import Code, Cover, Digests, Keys, Moment, Sha, ShaOrNothing, Short
from evalpanel.formats.statements import MOST

EnvelopeText = Annotated[str, Meta(min_length=1, max_length=200)]
Recipient = Annotated[str, Meta(pattern="^age1[02-9ac-hj-np-z]{58}$")]
RecipientOrNothing = Annotated[str, Meta(pattern="^(age1[02-9ac-hj-np-z]{58})?$")]
Generation = Annotated[int, Meta(ge=1, le=1000)]
SigningKey = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Laptop(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An installation whose keys the officer confirmed. `accepted` are the statements of it that still count once it is revoked."""

    accepted: Digests
    confirmed_at: Moment
    keys: Keys
    revoked_at: Moment | None
    revoked_why: Short


class Person(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Somebody on the roster, by code. Names are in a sealed part of their own."""

    criteria: Annotated[tuple[Code, ...], Meta(max_length=10_000)] | None
    kind: MemberKind | None
    laptops: Annotated[tuple[Laptop, ...], Meta(max_length=32)]
    person: Code
    replaces: str
    roles: Annotated[tuple[Role, ...], Meta(max_length=16)]
    since: date | None
    until: date | None


class Roster(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The complete list of who takes part, with which keys. `certificate`: the fingerprint of what signs letters, or empty.

    `successor` is the signing key on paper that may replace the officer, `recovery` what is sealed for the day on which
    the officer's laptop is gone; None and empty where there is none. `succeeds` is the roster whose officer this one
    replaces: it is signed by the successor key which that one names. Else it is empty.
    """

    certificate: ShaOrNothing
    people: Annotated[tuple[Person, ...], Meta(max_length=500)]
    recovery: RecipientOrNothing
    succeeds: ShaOrNothing
    successor: SigningKey | None


class Name(Struct, frozen=True, forbid_unknown_fields=True):
    """What a person on the roster is called, and where they come from."""

    name: Short
    organisation: Short
    person: Code


class Names(Struct, frozen=True, forbid_unknown_fields=True):
    """The sealed part of a roster that holds names: those of minors above all are in no cover."""

    people: Annotated[tuple[Name, ...], Meta(max_length=500)]


class Sealed(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A document in an envelope: what it is called, whose it is, and the digests of its content and of its sealed file."""

    bidder: BidderCode | None
    criterion: CriterionCode | None
    is_prices: bool
    lot: LotCode | None
    notes: Annotated[tuple[str, ...], Meta(max_length=100)]
    path: Annotated[str, Meta(min_length=1, max_length=4000)]
    sealed: Sha
    sha256: Sha
    size: Annotated[int, Meta(ge=0, le=2**50)]
    title: Annotated[str, Meta(max_length=4000)]


class Index(Struct, frozen=True, forbid_unknown_fields=True):
    """What an envelope holds, sealed to that envelope: without its key not even the names of documents can be read."""

    documents: Annotated[tuple[Sealed, ...], Meta(max_length=60_000)]


class Common(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What everybody on the panel reads: what was published, who bids, and the documents of the tender."""

    authorities: tuple[Authority, ...]
    bidders: tuple[Bidder, ...]
    bids: tuple[Bid, ...]
    clarifications: tuple[Clarification, ...]
    criteria: tuple[Criterion, ...]
    documents: Annotated[tuple[Sealed, ...], Meta(max_length=60_000)]
    lots: tuple[Lot, ...]
    members: tuple[ConsortiumMember, ...]
    outcomes: tuple[Outcome, ...]
    scales: tuple[Scale, ...]
    stages: tuple[Stage, ...]
    tender: Tender

    @classmethod
    def of(cls, pack: TenderPack, documents: tuple[Sealed, ...]) -> Common:
        """The published part of a tender pack."""
        assert pack.tender is not None
        return cls(
            authorities=pack.authorities,
            bidders=pack.bidders,
            bids=pack.bids,
            clarifications=pack.clarifications,
            criteria=pack.criteria,
            documents=documents,
            lots=pack.lots,
            members=pack.members,
            outcomes=pack.outcomes,
            scales=pack.scales,
            stages=pack.stages,
            tender=pack.tender,
        )

    def pack(self) -> TenderPack:
        """The same as the program knows it, without people and documents."""
        return TenderPack(
            tender=self.tender,
            authorities=self.authorities,
            lots=self.lots,
            stages=self.stages,
            outcomes=self.outcomes,
            criteria=self.criteria,
            scales=self.scales,
            bidders=self.bidders,
            members=self.members,
            bids=self.bids,
            clarifications=self.clarifications,
        )


class BidderNames(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the envelope `names` of a blind pack holds: who bids and who takes part, and the words that would say so."""

    bidders: tuple[Bidder, ...]
    bids: tuple[Bid, ...]
    clarifications: tuple[Clarification, ...]
    members: tuple[ConsortiumMember, ...]


class Envelope(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A compartment of the pack: its name, what is sealed to it, and the sealed index of what it holds (empty: nothing).

    After a key was revoked, what comes later goes into a new `generation` of it, with a key of its own.
    """

    bidder: BidderCode | None
    generation: Generation
    index: ShaOrNothing
    kind: EnvelopeText
    lot: LotCode | None
    name: EnvelopeText
    recipient: Recipient


class Pack(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The pack: the same file for everybody. It holds no key."""

    criteria_digest: Sha
    envelopes: Annotated[tuple[Envelope, ...], Meta(max_length=10_000)]


class KeptKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The key of one envelope as it is kept for recovery, with what the envelope is."""

    bidder: BidderCode | None
    generation: Generation
    identity: Annotated[str, Meta(pattern="^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$")]
    kind: EnvelopeText
    lot: LotCode | None
    name: EnvelopeText


class Pledge(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whose tender it is, signed with the key of the two sheets on the day on which they were made.

    Whoever holds the sheets learns from it which officer's rosters to believe, on a laptop that knows nothing else.
    """

    founder: SigningKey
    nonce: Annotated[bytes, Meta(min_length=16, max_length=16)]
    officer: Keys
    tender: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class Kept(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sealed part of a roster that holds the keys of all envelopes, for whoever has the recovery sheet and the officer.

    `signature` is over the pledge, by the successor's key that the roster names.
    """

    keys: Annotated[tuple[KeptKey, ...], Meta(max_length=10_000)]
    pledge: Pledge
    signature: Annotated[bytes, Meta(min_length=64, max_length=64)]


PLEDGE_TYPE = "application/vnd.evalpanel.pledge.v1+json"
"""What a pledge is signed as: no parcel is of this type."""


class EnvelopeKey(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The key of one envelope: an age identity."""

    because: Because
    identity: Annotated[str, Meta(pattern="^AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}$")]
    name: EnvelopeText


class KeptOut(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What the person is kept out of, and why: a lot, one bid of it, or one criterion of it."""

    bid: BidCode | None
    criterion: CriterionCode | None
    lot: LotCode
    why: Annotated[str, Meta(max_length=4000)]


class OtherKeptOut(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What somebody else is kept out of, as a chair must know it who says who was present. Not why: that is the person's own matter."""

    bid: BidCode | None
    criterion: CriterionCode | None
    lot: LotCode
    person: Code


class Decided(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was decided about an interest of the person. It settles what was declared up to `settles` (None: nothing was)."""

    at: Moment
    bidder: BidderCode
    by: Code
    criteria: Annotated[tuple[CriterionCode, ...], Meta(max_length=10_000)]
    decided_by: Annotated[str, Meta(max_length=4000)]
    measure: Annotated[str, Meta(max_length=20_000)]
    outcome: DecisionOutcome
    scope: Scope
    settles: Moment | None
    why: Annotated[str, Meta(max_length=20_000)]


class Locked(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One bid of the quality lock. `agreed` pins the lines agreed on it, `moderation` is whose statement they came in (empty:
    none), `opened` says that its price is open on the officer's record and released to this person."""

    agreed: Sha
    bid: BidCode
    bidder: BidderCode
    lot: LotCode
    moderation: ShaOrNothing
    opened: bool
    status: BidStatus

    def value(self) -> LockedBid:
        """The same as the rules know it."""
        return LockedBid(self.lot, self.bid, self.bidder, self.status, self.moderation, self.agreed, self.opened)


class Lock(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That moderation was closed, by whom and when, for the bids about which this person may read what was agreed.

    `prices`: whether prices are opened too and this person reads them.
    """

    at: Moment
    bids: Annotated[tuple[Locked, ...], Meta(max_length=10_000)]
    by: Code
    prices: bool


class Release(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The keys of the envelopes that one person may open, sealed to the laptops of that person alone.

    `lock`: what was locked when moderation was closed; None before, and for somebody who may read nothing of it. `others`: to a
    chair alone, who else is kept out of the bids whose moderation this chair may read.
    """

    decisions: Annotated[tuple[Decided, ...], Meta(max_length=1000)]
    generation: Generation
    kept_out: Annotated[tuple[KeptOut, ...], Meta(max_length=10_000)]
    keys: Annotated[tuple[EnvelopeKey, ...], Meta(max_length=10_000)]
    lock: Lock | None
    others: Annotated[tuple[OtherKeptOut, ...], Meta(max_length=100_000)]
    person: Code


def read_roster(payload: bytes) -> Cover[Roster]:
    """The roster in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Roster], most=MOST, what="the roster")


def read_pack(payload: bytes) -> Cover[Pack]:
    """The pack's cover in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Pack], most=MOST, what="the pack")


def read_release(payload: bytes) -> Cover[Release]:
    """The release in a payload. Raises `MalformedJson`."""
    return decode(payload, Cover[Release], most=MOST, what="the release")


def write_piece(piece: Names | Index | Common | BidderNames | Kept | Pledge) -> bytes:
    """A sealed piece as it is written before it is sealed."""
    return encode(piece)


def encode_told(told: KeptOut | OtherKeptOut | Decided | Lock | None) -> str:
    """What a release tells a person besides keys, as text to be pinned."""
    return encode(told).decode()


def read_names(data: bytes) -> Names:
    """The names of a roster."""
    return decode(data, Names, most=MOST, what="the list of names")


def read_kept(data: bytes) -> Kept:
    """The keys that a roster keeps for recovery."""
    return decode(data, Kept, most=MOST, what="the keys kept for recovery")


def read_index(data: bytes) -> Index:
    """What an envelope holds."""
    return decode(data, Index, most=MOST, what="the list of documents")


def read_bidder_names(data: bytes) -> BidderNames:
    """Who bids in a blind tender."""
    return decode(data, BidderNames, most=MOST, what="the list of who bids")


def read_common(data: bytes) -> Common:
    """What was published. A figure that is no number (NaN, infinity) is refused as any other malformed text."""
    held = decode(data, Common, most=MOST, what="what was published")
    try:
        canonical_json(held.pack())
    except (ValueError, ArithmeticError) as error:
        raise MalformedJson(
            "What was published cannot be read.", "A figure in it is no number. Nothing was changed. Ask for it again."
        ) from error
    return held
