"""The tender as published: criteria, scales, lots, bidders and bids."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalpanel.domain import criteria as criteria_values
from evalpanel.domain import tender as values
from evalpanel.domain.criteria import CriterionKind, MembersEvidence
from evalpanel.domain.scales import Level
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import (
    BidderKind,
    BidStatus,
    MemberRole,
    PriceFormula,
    PriceKind,
    RegimeCode,
    Rounding,
    SectionWeightings,
)
from evalpanel.store.columns import Codes, ExactDecimal, Utc, words
from evalpanel.store.tables.base import Base, OfTender, ValueRow


class TenderRow(ValueRow[values.Tender], Base):
    """One tender. `stage` moves forward with the acts; `outcome_digest` pins the result that letters are made from."""

    __tablename__ = "tender"
    __table_args__ = (CheckConstraint("quorum IS NULL OR quorum > 0", name="quorum_positive"),)
    VALUE = values.Tender

    tender_id: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[TenderStage] = mapped_column(words(TenderStage, "stage"))
    loaded_at: Mapped[datetime] = mapped_column(Utc)

    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    authority: Mapped[str]
    regime: Mapped[RegimeCode] = mapped_column(words(RegimeCode, "regime"))
    quality_weighting: Mapped[Decimal] = mapped_column(ExactDecimal)
    price_weighting: Mapped[Decimal] = mapped_column(ExactDecimal)
    price_formula: Mapped[PriceFormula | None] = mapped_column(words(PriceFormula, "price_formula"))
    procedure: Mapped[str]
    deadline: Mapped[datetime | None] = mapped_column(Utc)
    notice_id: Mapped[str]
    quorum: Mapped[int | None]
    no_consensus: Mapped[str]
    section_weightings: Mapped[SectionWeightings] = mapped_column(words(SectionWeightings, "section_weightings"))
    price_lower: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    price_upper: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    value_per_point: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    budget: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    currency: Mapped[str]
    rounding: Mapped[Rounding] = mapped_column(words(Rounding, "rounding"))
    places: Mapped[int]
    tie_rule: Mapped[str]
    blind: Mapped[bool]
    compare_bids: Mapped[bool]
    term_months: Mapped[int | None]
    extension_months: Mapped[int | None]
    full_criteria_at: Mapped[str]


class AuthorityRow(OfTender, ValueRow[values.Authority], Base):
    """A contracting authority of the tender."""

    __tablename__ = "authority"
    VALUE = values.Authority

    authority: Mapped[str]
    role: Mapped[str]
    decision_maker: Mapped[str]
    delegation: Mapped[str]
    decided_on: Mapped[date | None]
    call_in_ends: Mapped[date | None]
    signatory: Mapped[str]


class LotRow(OfTender, ValueRow[values.Lot], Base):
    """A lot."""

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("tender_id", "lot"),)
    VALUE = values.Lot

    lot: Mapped[values.LotCode]
    title: Mapped[str]
    value_: Mapped[Decimal | None] = mapped_column("value", ExactDecimal)
    authorities: Mapped[tuple[str, ...]] = mapped_column(Codes)
    awards: Mapped[int | None]
    budget: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    budget_basis: Mapped[str]
    quality_weighting: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    price_weighting: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    price_formula: Mapped[PriceFormula | None] = mapped_column(words(PriceFormula, "price_formula"))


class StageRow(OfTender, ValueRow[values.Stage], Base):
    """A published round of the procedure. Kept for the issue that brings several rounds."""

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("tender_id", "stage"),)
    VALUE = values.Stage

    stage: Mapped[str]
    shortlist: Mapped[int | None]
    by: Mapped[str]
    minimum: Mapped[Decimal | None] = mapped_column(ExactDecimal)


class OutcomeRow(OfTender, ValueRow[criteria_values.Outcome], Base):
    """An outcome that the service is bought for."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("tender_id", "outcome"),)
    VALUE = criteria_values.Outcome

    outcome: Mapped[values.OutcomeCode]
    title: Mapped[str]
    description: Mapped[str]
    indicator: Mapped[str]


class CriterionRow(OfTender, ValueRow[criteria_values.Criterion], Base):
    """A criterion. Once the tender has a freeze, triggers refuse every change."""

    __tablename__ = "criterion"
    __table_args__ = (UniqueConstraint("tender_id", "criterion"),)
    VALUE = criteria_values.Criterion

    criterion: Mapped[values.CriterionCode]
    title: Mapped[str]
    kind: Mapped[CriterionKind] = mapped_column(words(CriterionKind, "kind"))
    parent: Mapped[values.CriterionCode | None]
    lots: Mapped[tuple[values.LotCode, ...]] = mapped_column(Codes)
    stage: Mapped[str]
    evidence: Mapped[str]
    limit: Mapped[str]
    weighting: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    scale: Mapped[values.ScaleCode | None]
    minimum: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    outcome: Mapped[values.OutcomeCode | None]
    guidance: Mapped[str]
    members: Mapped[MembersEvidence] = mapped_column(words(MembersEvidence, "members"))


class LevelRow(OfTender, ValueRow[Level], Base):
    """A level of a scale. Frozen with the criteria."""

    __tablename__ = "level"
    __table_args__ = (UniqueConstraint("tender_id", "scale", "value"),)
    VALUE = Level

    scale: Mapped[values.ScaleCode]
    value_: Mapped[Decimal] = mapped_column("value", ExactDecimal)
    name: Mapped[str]
    descriptor: Mapped[str]


class BidderRow(OfTender, ValueRow[values.Bidder], Base):
    """A bidder."""

    __tablename__ = "bidder"
    __table_args__ = (UniqueConstraint("tender_id", "bidder"),)
    VALUE = values.Bidder

    bidder: Mapped[values.BidderCode]
    name: Mapped[str]
    kind: Mapped[BidderKind] = mapped_column(words(BidderKind, "kind"))
    scheme: Mapped[str]
    identifier: Mapped[str]
    address: Mapped[str]
    email: Mapped[str]
    sme: Mapped[bool | None]
    value_driven: Mapped[bool | None]


class ConsortiumMemberRow(OfTender, ValueRow[values.ConsortiumMember], Base):
    """An organisation that takes part in a bid."""

    __tablename__ = "consortium_member"
    VALUE = values.ConsortiumMember

    bidder: Mapped[values.BidderCode]
    name: Mapped[str]
    role: Mapped[MemberRole] = mapped_column(words(MemberRole, "role"))
    scheme: Mapped[str]
    identifier: Mapped[str]


class BidRow(OfTender, ValueRow[values.Bid], Base):
    """A bid for a lot, with its status on record."""

    __tablename__ = "bid"
    __table_args__ = (UniqueConstraint("tender_id", "lot", "bid"),)
    VALUE = values.Bid

    bid: Mapped[values.BidCode]
    bidder: Mapped[values.BidderCode]
    lot: Mapped[values.LotCode]
    variant_of: Mapped[values.BidCode | None]
    received: Mapped[datetime | None] = mapped_column(Utc)
    status: Mapped[BidStatus] = mapped_column(words(BidStatus, "status"))
    reason: Mapped[str]
    decided_by: Mapped[str]


class PriceLineRow(OfTender, ValueRow[values.PriceLine], Base):
    """A line of a price schedule that has been opened on the record. Sealed ones are documents of a price envelope."""

    __tablename__ = "price_line"
    VALUE = values.PriceLine

    bidder: Mapped[values.BidderCode]
    lot: Mapped[values.LotCode]
    kind: Mapped[PriceKind] = mapped_column(words(PriceKind, "kind"))
    item: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(ExactDecimal)
    year: Mapped[str]
    quantity: Mapped[Decimal | None] = mapped_column(ExactDecimal)
    unit_price: Mapped[Decimal | None] = mapped_column(ExactDecimal)


class ClarificationRow(OfTender, ValueRow[values.Clarification], Base):
    """A question and its answer."""

    __tablename__ = "clarification"
    VALUE = values.Clarification

    number: Mapped[str]
    question: Mapped[str]
    bidder: Mapped[values.BidderCode | None]
    lot: Mapped[values.LotCode | None]
    criterion: Mapped[values.CriterionCode | None]
    asked: Mapped[date | None]
    answered: Mapped[date | None]
    answer: Mapped[str]
    document: Mapped[str]
    scored: Mapped[bool]


class BlindCodeRow(OfTender, Base):
    """In a blind tender: which code of the workbook stands under which drawn code. On the officer's laptop alone. Insert-only.

    `what` is `bidder` or `bid`.
    """

    __tablename__ = "blind_code"
    __table_args__ = (UniqueConstraint("tender_id", "what", "written"), UniqueConstraint("tender_id", "what", "code"))

    what: Mapped[str]
    written: Mapped[str]
    code: Mapped[str]


class BlindNameRow(OfTender, Base):
    """In a blind tender: what a document of a bid was called when it came. On the officer's laptop alone. Insert-only."""

    __tablename__ = "blind_name"
    __table_args__ = (UniqueConstraint("tender_id", "path"), UniqueConstraint("tender_id", "written"))

    path: Mapped[str]
    written: Mapped[str]
    title: Mapped[str]
