"""The panel, and what its members declared."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain import people as values
from evalpanel.domain.interests import DeclarationOutcome
from evalpanel.domain.people import MemberKind, Role
from evalpanel.domain.tender import BidderCode, CriterionCode, PersonCode
from evalpanel.store.columns import Codes, Utc, words
from evalpanel.store.tables.base import Base, OfTender, ValueRow


class PanelMemberRow(OfTender, ValueRow[values.PanelMember], Base):
    """A person of the tender."""

    __tablename__ = "panel_member"
    __table_args__ = (UniqueConstraint("tender_id", "person"),)
    VALUE = values.PanelMember

    person: Mapped[PersonCode]
    name: Mapped[str]
    roles: Mapped[tuple[Role, ...]] = mapped_column(Codes)
    since: Mapped[date | None]
    until: Mapped[date | None]
    replaces: Mapped[PersonCode | None]
    kind: Mapped[MemberKind | None] = mapped_column(words(MemberKind, "kind"))
    organisation: Mapped[str]
    declared: Mapped[date | None]
    criteria: Mapped[tuple[CriterionCode, ...] | None] = mapped_column(Codes)

    def value(self) -> values.PanelMember:
        """The person, with roles as roles and not as text."""
        held = super().value()
        return values.PanelMember(
            **{name: getattr(held, name) for name in held.__slots__ if name != "roles"},
            roles=tuple(Role(role) for role in held.roles),
        )


class DeclarationRow(OfTender, Base):
    """One line of a person's declaration of interests. Insert-only: a later one adds, and never removes."""

    __tablename__ = "declaration"

    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    outcome: Mapped[DeclarationOutcome] = mapped_column(words(DeclarationOutcome, "outcome"))
    bidder: Mapped[BidderCode | None]
    about: Mapped[str]
    on_paper: Mapped[date | None]
    act: Mapped[int]


class AbsenceRow(OfTender, Base):
    """A panel member who will not sign off, on record with the reason. Insert-only."""

    __tablename__ = "absence"
    __table_args__ = (UniqueConstraint("tender_id", "person"),)

    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    reason: Mapped[str]
    act: Mapped[int]
