"""From the award decision to the ending of the record. All insert-only: what is recorded once more is a new row."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain import award, low_prices, reports, retention, signing
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.domain.reports import ReportKind
from evalpanel.domain.signing import HoldKind
from evalpanel.domain.tender import BidCode, LotCode, PersonCode
from evalpanel.store.columns import Codes, Utc, words
from evalpanel.store.tables.base import Base, OfTender, ValueRow


class AwardDecisionRow(OfTender, ValueRow[award.AwardDecision], Base):
    """What one authority decided about one lot. The newest of an authority counts."""

    __tablename__ = "award_decision"
    VALUE = award.AwardDecision

    lot: Mapped[LotCode]
    authority: Mapped[str]
    bids: Mapped[tuple[BidCode, ...]] = mapped_column(Codes)
    decided_by: Mapped[tuple[str, ...]] = mapped_column(Codes)
    delegation: Mapped[str]
    why: Mapped[str]
    decided_on: Mapped[date]
    call_in_ends: Mapped[date | None]
    tie_settled: Mapped[str]
    again: Mapped[str]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class AwardNoticeRow(OfTender, ValueRow[signing.AwardNotice], Base):
    """The award was made public, which starts the clock. The newest counts."""

    __tablename__ = "award_notice"
    VALUE = signing.AwardNotice

    published: Mapped[date]
    notice_id: Mapped[str]
    days: Mapped[int]
    proclaimed: Mapped[tuple[str, ...]] = mapped_column(Codes)
    proclaimed_names: Mapped[tuple[str, ...]] = mapped_column(Codes)
    again: Mapped[str]
    found: Mapped[str]
    stands: Mapped[str]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class LetterDaysRow(OfTender, ValueRow[signing.LetterDays], Base):
    """What letters go by when they state the end of standstill. The newest counts."""

    __tablename__ = "letter_days"
    VALUE = signing.LetterDays

    proclaimed: Mapped[tuple[str, ...]] = mapped_column(Codes)
    proclaimed_names: Mapped[tuple[str, ...]] = mapped_column(Codes)
    by_post: Mapped[bool]
    again: Mapped[str]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class HoldRow(OfTender, ValueRow[signing.Hold], Base):
    """A challenge, another hold, or the end of one of them."""

    __tablename__ = "hold"
    VALUE = signing.Hold

    kind: Mapped[HoldKind] = mapped_column(words(HoldKind, "kind"))
    who: Mapped[str]
    why: Mapped[str]
    since: Mapped[date]
    lifts: Mapped[int]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ContractRow(OfTender, ValueRow[signing.SignedContract], Base):
    """The contract for a lot was entered into. Once a lot."""

    __tablename__ = "contract"
    __table_args__ = (UniqueConstraint("tender_id", "lot"),)
    VALUE = signing.SignedContract

    lot: Mapped[LotCode]
    bids: Mapped[tuple[BidCode, ...]] = mapped_column(Codes)
    signed: Mapped[date]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class LowPriceRow(OfTender, ValueRow[low_prices.LowPriceRecord], Base):
    """One record of the correspondence about an abnormally low price. Each step once a bid."""

    __tablename__ = "low_price"
    __table_args__ = (UniqueConstraint("tender_id", "lot", "bid", "step"),)
    VALUE = low_prices.LowPriceRecord

    lot: Mapped[LotCode]
    bid: Mapped[BidCode]
    step: Mapped[LowPriceStep] = mapped_column(words(LowPriceStep, "step"))
    on: Mapped[date]
    text: Mapped[str]
    who: Mapped[str]
    accepted: Mapped[bool | None]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class RecordEndingRow(OfTender, ValueRow[retention.RecordEnding], Base):
    """The record was ended: sealed files taken away, wrapping keys deleted. Once a tender."""

    __tablename__ = "record_ending"
    __table_args__ = (UniqueConstraint("tender_id"),)
    VALUE = retention.RecordEnding

    why: Mapped[str]
    files: Mapped[int]
    kept: Mapped[str]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ReportRow(OfTender, ValueRow[reports.ReportMade], Base):
    """A report that was written from the record: its digest, so that a copy can be told from another."""

    __tablename__ = "report"
    VALUE = reports.ReportMade

    kind: Mapped[ReportKind] = mapped_column(words(ReportKind, "kind"))
    about: Mapped[str]
    sha256: Mapped[str] = mapped_column(index=True)
    fingerprint: Mapped[str]
    pages: Mapped[int]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]
