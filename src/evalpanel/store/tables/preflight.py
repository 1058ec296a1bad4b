"""Pre-flight checks: what was found in documents, what the officer accepted, and which documents others took the place of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain.tender import PersonCode
from evalpanel.store.columns import Utc
from evalpanel.store.tables.base import Base, OfTender


class PreflightLookRow(OfTender, Base):
    """A document was looked through for what `search` pins. `findings` is a JSON array of objects. Insert-only."""

    __tablename__ = "preflight_look"
    __table_args__ = (UniqueConstraint("tender_id", "document", "sha256", "search"),)

    document: Mapped[str]
    sha256: Mapped[str]
    search: Mapped[str]
    findings: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class PreflightAcceptanceRow(OfTender, Base):
    """The officer saw a finding and recorded why the document may go all the same. Insert-only."""

    __tablename__ = "preflight_acceptance"
    __table_args__ = (UniqueConstraint("tender_id", "finding"),)

    finding: Mapped[str]
    why: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ReplacementRow(OfTender, Base):
    """Another file goes out in the place of a document, which stays with the officer. Insert-only."""

    __tablename__ = "replacement"
    __table_args__ = (UniqueConstraint("tender_id", "path"),)

    path: Mapped[str]
    by: Mapped[str]
    why: Mapped[str]
    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]
