"""Letters before they are signed: approval, what may stand in one all the same, letters for an occasion, an authority's own wording."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain.tender import BidCode, LotCode, PersonCode
from evalpanel.store.columns import Utc
from evalpanel.store.tables.base import Base, OfTender


class LetterRuleRow(OfTender, Base):
    """Whether letters of a tender are approved by a named person before they are signed. Insert-only; the newest counts."""

    __tablename__ = "letter_rule"

    needs_approval: Mapped[bool]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class LetterApprovalRow(OfTender, Base):
    """A letter's content was approved. `digest` is that of the content: another content is not approved. Insert-only.

    `series` tells letters about one bid apart (`LetterKind.series`).
    """

    __tablename__ = "letter_approval"

    bid: Mapped[BidCode]
    lot: Mapped[LotCode]
    series: Mapped[str]
    digest: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class LetterExceptionRow(OfTender, Base):
    """Something that the leakage guard found may lawfully stand in a letter. `key` names it (`domain.leaks`). Insert-only."""

    __tablename__ = "letter_exception"
    __table_args__ = (UniqueConstraint("tender_id", "bid", "lot", "series", "key"),)

    bid: Mapped[BidCode]
    lot: Mapped[LotCode]
    series: Mapped[str]
    key: Mapped[str]
    found: Mapped[str]
    whose: Mapped[str]
    why: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class WordingRow(Base):
    """An authority's own sentences for the letters under one law, as the file that was taken in. Insert-only; the newest counts."""

    __tablename__ = "wording"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    person: Mapped[str]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]
