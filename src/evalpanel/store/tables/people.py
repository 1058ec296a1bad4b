"""The panel, and what its members declared."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain import interests, listed
from evalpanel.domain import people as values
from evalpanel.domain.interests import DecisionOutcome, DeclarationOutcome, InterestKind, Scope
from evalpanel.domain.people import MemberKind, Role
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PersonCode
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
    kind: Mapped[InterestKind | None] = mapped_column(words(InterestKind, "kind"))
    organisation: Mapped[str]
    asked: Mapped[tuple[str, ...]] = mapped_column(Codes)
    act: Mapped[int]

    def value(self) -> interests.Declaration:
        """The line of the declaration."""
        return interests.Declaration(
            self.person,
            self.outcome,
            self.at,
            self.bidder,
            self.about,
            self.on_paper,
            self.kind,
            self.organisation,
            self.asked,
            self.act,
        )


class InterestDecisionRow(OfTender, ValueRow[interests.Decision], Base):
    """What was decided about a person's interest in a bidder. Insert-only: the newest counts."""

    __tablename__ = "interest_decision"
    VALUE = interests.Decision

    person: Mapped[PersonCode]
    bidder: Mapped[BidderCode]
    outcome: Mapped[DecisionOutcome] = mapped_column(words(DecisionOutcome, "outcome"))
    scope: Mapped[Scope] = mapped_column(words(Scope, "scope"))
    criteria: Mapped[tuple[CriterionCode, ...]] = mapped_column(Codes)
    measure: Mapped[str]
    why: Mapped[str]
    decided_by: Mapped[str]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    settles: Mapped[int]
    act: Mapped[int]


class InterestMatchRow(OfTender, ValueRow[listed.Match], Base):
    """The officer looked at whom a person means who listed interests in a blind tender. On the officer's laptop. Insert-only."""

    __tablename__ = "interest_match"
    VALUE = listed.Match

    person: Mapped[PersonCode]
    same: Mapped[tuple[str, ...]] = mapped_column(Codes)
    looked_at: Mapped[tuple[str, ...]] = mapped_column(Codes)
    settles: Mapped[int]
    why: Mapped[str]
    by: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    act: Mapped[int]


class ToldRecusalRow(OfTender, Base):
    """What the officer's laptop says that the owner of this one is kept out of, and to a chair who else is, by the release that
    said it. Insert-only.

    The newest release counts (`seq`). One that keeps the person out of nothing has one row without a lot.
    """

    __tablename__ = "told_recusal"

    person: Mapped[PersonCode]
    release: Mapped[str]
    seq: Mapped[int]
    lot: Mapped[LotCode | None]
    bid: Mapped[BidCode | None]
    criterion: Mapped[CriterionCode | None]
    why: Mapped[str]
    act: Mapped[int]


class AffirmationRow(OfTender, Base):
    """A person said at moderation that their declaration still holds, or why that is missing. Insert-only."""

    __tablename__ = "affirmation"

    person: Mapped[PersonCode]
    at: Mapped[datetime] = mapped_column(Utc)
    taken_by: Mapped[PersonCode]
    why_not: Mapped[str]
    act: Mapped[int]

    def value(self) -> interests.Affirmation:
        """The affirmation."""
        return interests.Affirmation(self.person, self.at, self.taken_by, self.why_not)


class AbsenceRow(OfTender, Base):
    """A panel member who will not sign off, on record with the reason, or (`is_away` false) that this is so no more. Insert-only.

    `told`: it is a chair's word, in a moderation that counts here; else it was recorded on this laptop. Of each the newest counts.
    """

    __tablename__ = "absence"

    person: Mapped[PersonCode]
    is_away: Mapped[bool] = mapped_column(default=True)
    told: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(Utc)
    reason: Mapped[str]
    act: Mapped[int]
