"""What is being evaluated: a tender, its lots, and the bids that bidders made for them.

Codes (`L1`, `1.2`, `B03`, `PM1`) identify things within one tender; a tender has an id of its own. See
docs/decisions for why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NewType

TenderId = NewType("TenderId", str)
LotCode = NewType("LotCode", str)
BidderCode = NewType("BidderCode", str)
BidCode = NewType("BidCode", str)
CriterionCode = NewType("CriterionCode", str)
ScaleCode = NewType("ScaleCode", str)
OutcomeCode = NewType("OutcomeCode", str)
PersonCode = NewType("PersonCode", str)


class RegimeCode(StrEnum):
    """The law that a tender runs under. What each asks of a letter is data in `resources/regimes/`."""

    PA2023 = "pa2023"
    PA2023_LIGHT_TOUCH = "pa2023-light-touch"
    PA2023_WALES = "pa2023-wales"
    PCR2015 = "pcr2015"
    PSR = "psr2023"
    GRANT = "grant"


class Rounding(StrEnum):
    """The published rounding rule (docs/guides/method): where numbers are rounded, always half up.

    `ONCE`: exact until display. `ENVELOPE`: the weighted quality total and the weighted price score are each rounded,
    then added. `SECTION`: each weighted section result too.
    """

    ONCE = "once"
    ENVELOPE = "envelope"
    SECTION = "section"


class SectionWeightings(StrEnum):
    """Whether top-level sections add up to 100, or to the quality weighting of the tender."""

    OF_QUALITY = "of-quality"
    OF_TOTAL = "of-total"


class PriceFormula(StrEnum):
    """The published way from a price to a score, by the ids of the evaluation method (docs/guides/method)."""

    F1 = "F1"
    F2 = "F2"
    F3 = "F3"
    F4 = "F4"
    F5 = "F5"
    F7 = "F7"
    F8 = "F8"
    F10 = "F10"
    F11 = "F11"


class BidderKind(StrEnum):
    """What sort of organisation bids. An in-house team bids as a comparator."""

    COMPANY = "company"
    TSO = "tso"
    CONSORTIUM = "consortium"
    IN_HOUSE = "in-house"
    PUBLIC = "public"


class MemberRole(StrEnum):
    """What an organisation does in somebody else's bid."""

    LEAD = "lead"
    MEMBER = "member"
    SUBCONTRACTOR = "subcontractor"


class BidStatus(StrEnum):
    """Where a bid stands before it is scored. Only valid bids and comparators are scored."""

    VALID = "valid"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    DISREGARDED = "disregarded"
    EXCLUDED = "excluded"
    NOT_SHORTLISTED = "not-shortlisted"
    COMPARATOR = "comparator"

    @property
    def is_scored(self) -> bool:
        """Whether panel members read and score a bid with this status."""
        return self in (BidStatus.VALID, BidStatus.COMPARATOR)


class PriceKind(StrEnum):
    """What a line of a price schedule is. Only `PRICE` lines enter the price score; the others show full cost."""

    PRICE = "price"
    COST = "cost"
    OVERHEAD = "overhead"


class EnvelopeKind(StrEnum):
    """The compartment that something sealed belongs to: who may open it, and from when.

    Scores have one for each bidder and lot, and so has what is agreed about them in moderation.

    `NAMES` is there in a blind tender: who bids. What is in `OFFICE` stays with the officer and never travels: forms and
    replies of bidders.
    """

    COMMON = "common"
    QUALITY = "quality"
    PRICE = "price"
    SCORES = "scores"
    MODERATION = "moderation"
    NAMES = "names"
    OFFICE = "office"


OF_DOCUMENTS = (EnvelopeKind.COMMON, EnvelopeKind.QUALITY, EnvelopeKind.PRICE)
"""The compartments that a document of a pack can belong to."""


@dataclass(frozen=True, slots=True)
class Tender:
    """One procurement, as published: the sheet `Tender` of a workbook.

    `quality_weighting` and `price_weighting` are percentages that add up to 100. Money is in `currency`.
    `deadline` is UTC. Empty texts are empty, figures that were not published are `None`.
    """

    reference: str
    title: str
    authority: str
    regime: RegimeCode
    quality_weighting: Decimal
    price_weighting: Decimal
    price_formula: PriceFormula | None
    procedure: str = ""
    deadline: datetime | None = None
    notice_id: str = ""
    quorum: int | None = None
    no_consensus: str = ""
    section_weightings: SectionWeightings = SectionWeightings.OF_QUALITY
    price_lower: Decimal | None = None
    price_upper: Decimal | None = None
    value_per_point: Decimal | None = None
    budget: Decimal | None = None
    currency: str = "GBP"
    rounding: Rounding = Rounding.ONCE
    places: int = 2
    tie_rule: str = ""
    blind: bool = False
    compare_bids: bool = True
    term_months: int | None = None
    extension_months: int | None = None
    full_criteria_at: str = ""


@dataclass(frozen=True, slots=True)
class Authority:
    """A contracting authority of the tender, and who decides for it."""

    authority: str
    role: str = "lead"
    decision_maker: str = ""
    delegation: str = ""
    decided_on: date | None = None
    call_in_ends: date | None = None
    signatory: str = ""


@dataclass(frozen=True, slots=True)
class Lot:
    """A part of the tender that is awarded by itself. What is `None` is as the tender says."""

    lot: LotCode
    title: str
    value: Decimal | None = None
    authorities: tuple[str, ...] = ()
    awards: int | None = None
    budget: Decimal | None = None
    budget_basis: str = ""
    quality_weighting: Decimal | None = None
    price_weighting: Decimal | None = None
    price_formula: PriceFormula | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A published round of the procedure, after which only some bids go on."""

    stage: str
    shortlist: int | None = None
    by: str = ""
    minimum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bidder:
    """An organisation (or a consortium) that made one or more bids. `scheme` and `identifier` name it in a register."""

    bidder: BidderCode
    name: str
    kind: BidderKind = BidderKind.COMPANY
    scheme: str = ""
    identifier: str = ""
    address: str = ""
    email: str = ""
    sme: bool | None = None
    value_driven: bool | None = None


@dataclass(frozen=True, slots=True)
class ConsortiumMember:
    """An organisation that takes part in a bidder's bid: as lead, member or subcontractor."""

    bidder: BidderCode
    name: str
    role: MemberRole = MemberRole.MEMBER
    scheme: str = ""
    identifier: str = ""


@dataclass(frozen=True, slots=True)
class Bid:
    """What one bidder offers for one lot. `bid` is the code that score sheets use; it is usually the bidder's own.

    A bid that is not `VALID` says why in `reason`, and who decided so. `received` is UTC.
    """

    bid: BidCode
    bidder: BidderCode
    lot: LotCode
    variant_of: BidCode | None = None
    received: datetime | None = None
    status: BidStatus = BidStatus.VALID
    reason: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One line of a bidder's price schedule for a lot. `amount` is `quantity` × `unit_price` where both are given."""

    bidder: BidderCode
    lot: LotCode
    kind: PriceKind
    item: str
    amount: Decimal
    year: str = ""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Clarification:
    """A question about the tender or about a bid, with its answer."""

    number: str
    question: str
    bidder: BidderCode | None = None
    lot: LotCode | None = None
    criterion: CriterionCode | None = None
    asked: date | None = None
    answered: date | None = None
    answer: str = ""
    document: str = ""
    scored: bool = False


@dataclass(frozen=True, slots=True)
class DocumentEntry:
    """Whose a document of a pack is, and what it answers. `path` is relative to the pack, with `/` between folders.

    No bidder: it belongs to the tender. No lot or criterion: it stands for all of the bidder's lots or criteria.
    """

    path: str
    bidder: BidderCode | None = None
    lot: LotCode | None = None
    criterion: CriterionCode | None = None
    envelope: EnvelopeKind = EnvelopeKind.COMMON
    title: str = ""
