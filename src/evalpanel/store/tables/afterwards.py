"""What comes after the letters: how they were sent, what bidders answered, and what the authority learns from it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain.correspondence import Channel, ReplyKind
from evalpanel.domain.lessons import Voice
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PersonCode
from evalpanel.store.columns import Utc, words
from evalpanel.store.tables.base import Base, OfTender


class LetterSentRow(OfTender, Base):
    """One version of a letter went to its bidder: when, by which way, to which address, by whom. Insert-only."""

    __tablename__ = "letter_sent"

    bidder: Mapped[BidderCode]
    bid: Mapped[BidCode]
    lot: Mapped[LotCode]
    sha256: Mapped[str] = mapped_column(index=True)
    sent_at: Mapped[datetime] = mapped_column(Utc)
    channel: Mapped[Channel] = mapped_column(words(Channel, "channel"))
    address: Mapped[str]
    note: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ReplyRow(OfTender, Base):
    """What a bidder answered to its letter, in the officer's words or the bidder's. Insert-only."""

    __tablename__ = "reply"

    bidder: Mapped[BidderCode]
    bid: Mapped[BidCode]
    lot: Mapped[LotCode]
    received_at: Mapped[datetime] = mapped_column(Utc)
    kind: Mapped[ReplyKind] = mapped_column(words(ReplyKind, "kind"))
    text: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class FeedbackRow(OfTender, Base):
    """A form about the process that came back: its answers as canonical JSON, and the sealed file. Insert-only.

    It does not say who filled it in.
    """

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("tender_id", "sha256"),)

    lot: Mapped[str]
    received_on: Mapped[date]
    form_version: Mapped[int]
    answers: Mapped[str]
    notes: Mapped[str]
    sha256: Mapped[str]
    sealed: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class LessonRow(OfTender, Base):
    """What was said that the authority can learn from. Insert-only; what became of it stands in `lesson_done`."""

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("tender_id", "number"),)

    number: Mapped[int]
    stage: Mapped[ProcessStage] = mapped_column(words(ProcessStage, "stage"))
    voice: Mapped[Voice] = mapped_column(words(Voice, "voice"))
    said: Mapped[str]
    criterion: Mapped[CriterionCode | None]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class LessonDoneRow(OfTender, Base):
    """What was done about a lesson. Insert-only: a later line adds to an earlier one."""

    __tablename__ = "lesson_done"

    number: Mapped[int]
    did: Mapped[str]
    unchanged: Mapped[bool]
    decided_on: Mapped[date]
    decided_by: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]
