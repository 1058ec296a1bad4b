"""Envelopes and the sealed documents in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain.tender import BidderCode, CriterionCode, EnvelopeKind, LotCode
from evalpanel.store.columns import Codes, Utc, words
from evalpanel.store.tables.base import Base, OfTender


class EnvelopeRow(OfTender, Base):
    """A compartment with a key of its own. `identity` is wrapped with the tender's key, which lies outside the store.

    A later `generation` of a compartment has a name and a key of its own: what is sealed after a revocation goes there.
    """

    __tablename__ = "envelope"
    __table_args__ = (UniqueConstraint("tender_id", "name"),)

    name: Mapped[str]
    kind: Mapped[EnvelopeKind] = mapped_column(words(EnvelopeKind, "kind"))
    bidder: Mapped[BidderCode | None]
    lot: Mapped[LotCode | None]
    recipient: Mapped[str]
    identity: Mapped[bytes] = mapped_column(LargeBinary)
    generation: Mapped[int] = mapped_column(default=1)


class DocumentRow(OfTender, Base):
    """A sealed document: what it is called, whose it is, and its digests. `sealed` names its file. Insert-only.

    `is_prices` marks the price lines that came in a workbook, sealed unread. `notes` say, a sentence each, what a reader
    should know before opening it elsewhere; they were found when it was taken in.
    """

    __tablename__ = "document"
    __table_args__ = (UniqueConstraint("tender_id", "path"),)

    path: Mapped[str]
    title: Mapped[str]
    bidder: Mapped[BidderCode | None]
    lot: Mapped[LotCode | None]
    criterion: Mapped[CriterionCode | None]
    envelope: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    sealed: Mapped[str] = mapped_column(index=True)
    is_prices: Mapped[bool] = mapped_column(default=False)
    notes: Mapped[tuple[str, ...]] = mapped_column(Codes, default=())
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]
