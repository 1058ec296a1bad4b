"""The record: the audit trail, the freeze of the criteria, the opening of prices, certificates and letters."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain.tender import BidCode, BidderCode, LotCode, PersonCode
from evalpanel.store.columns import Codes, Utc
from evalpanel.store.tables.base import Base, OfTender


class AuditRow(Base):
    """One line of the trail. Each tender has a chain of its own; the profile's own acts are in the chain `profile`.

    `hash` covers the previous hash, the header (chain, number, time, person, act) and `detail_digest`, which is
    SHA-256 over 16 random bytes and the detail: the detail can be withheld from a copy and the chain still verifies.
    """

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("chain", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str]
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(Utc)
    person: Mapped[str]
    act: Mapped[str]
    detail: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    detail_digest: Mapped[str]
    previous: Mapped[str]
    hash: Mapped[str]


class FreezeRow(OfTender, Base):
    """The criteria, weightings, scales and method were frozen with this digest. Insert-only, once a tender."""

    __tablename__ = "freeze"
    __table_args__ = (UniqueConstraint("tender_id"),)

    at: Mapped[datetime] = mapped_column(Utc)
    person: Mapped[PersonCode]
    digest: Mapped[str]
    act: Mapped[int]


class PriceOpeningRow(OfTender, Base):
    """The price of one bid was opened on the record. Insert-only."""

    __tablename__ = "price_opening"
    __table_args__ = (UniqueConstraint("tender_id", "lot", "bid"),)

    lot: Mapped[LotCode]
    bid: Mapped[BidCode]
    at: Mapped[datetime] = mapped_column(Utc)
    person: Mapped[PersonCode]
    act: Mapped[int]


class NamesReleaseRow(OfTender, Base):
    """It was decided to release the names of a blind tender before moderation is closed, and why. Insert-only, once a tender."""

    __tablename__ = "names_release"
    __table_args__ = (UniqueConstraint("tender_id"),)

    at: Mapped[datetime] = mapped_column(Utc)
    person: Mapped[PersonCode]
    decided_by: Mapped[str]
    why: Mapped[str]
    act: Mapped[int]


class CertificateRow(Base):
    """The officer's signing certificate, with its private key wrapped by the keys of this profile. Insert-only."""

    __tablename__ = "certificate"

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    person: Mapped[str]
    certificate: Mapped[bytes] = mapped_column(LargeBinary)
    private_key: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Utc)


class LetterheadRow(Base):
    """An authority's own profile as its file was, with its logo. Insert-only; the newest of a code counts."""

    __tablename__ = "letterhead"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    text: Mapped[str]
    logo: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(Utc)


class LetterRow(OfTender, Base):
    """A letter that was signed: its digest, and the sealed copy that is kept. Insert-only; a reissue is a version.

    `series` tells letters about one bid apart (`LetterKind.series`); `bids` and `lots` are, pair by pair, what it is about, the
    first pair being `bid` and `lot`; `envelope` is the compartment that its copy is sealed in.
    """

    __tablename__ = "letter"
    __table_args__ = (UniqueConstraint("tender_id", "bid", "lot", "series", "version"),)

    bidder: Mapped[BidderCode]
    bid: Mapped[BidCode]
    lot: Mapped[LotCode]
    bids: Mapped[tuple[str, ...]] = mapped_column(Codes)
    lots: Mapped[tuple[str, ...]] = mapped_column(Codes)
    series: Mapped[str]
    version: Mapped[int]
    kind: Mapped[str]
    file: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    pages: Mapped[int]
    sealed: Mapped[str]
    envelope: Mapped[str]
    fingerprint: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]

    @property
    def about(self) -> tuple[tuple[BidCode, LotCode], ...]:
        """The bids and lots that the letter is about."""
        return tuple((BidCode(bid), LotCode(lot)) for bid, lot in zip(self.bids, self.lots, strict=True))


class ProfileRow(Base):
    """Whose profile this is."""

    __tablename__ = "profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Utc)
