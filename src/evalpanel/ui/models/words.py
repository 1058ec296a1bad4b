"""Values of the domain as people read them: roles, kinds, statuses, times, money, percentages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from evalpanel.domain.criteria import CriterionKind, MembersEvidence
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import DecisionOutcome, InterestKind, Scope
from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.people import MemberKind, Role
from evalpanel.domain.tender import (
    BidderKind,
    BidStatus,
    EnvelopeKind,
    MemberRole,
    RegimeCode,
)

UK = ZoneInfo("Europe/London")

ROLES = {
    Role.OFFICER: "officer",
    Role.CHAIR: "chair",
    Role.PANEL_MEMBER: "panel member",
    Role.OBSERVER: "observer",
    Role.DECISION_MAKER: "decision-maker",
    Role.LEGAL: "legal adviser",
    Role.NOTE_TAKER: "note-taker",
}
VIEWS = {
    MemberKind.COMMISSIONER: ("commissioner", "commissioners"),
    MemberKind.TSO: ("third sector", "third sector"),
    MemberKind.YOUNG: ("young evaluator", "young evaluators"),
    MemberKind.USER: ("service user or carer", "service users or carers"),
    MemberKind.SPECIALIST: ("specialist", "specialists"),
    MemberKind.FINANCE: ("finance", "finance"),
}
"""Whose view a panel member brings, of one and of several."""


def called(code: str, name: str) -> str:
    """A bid or bidder as people say it: its code and its name; the code alone where there is no name, or the code is all that is known."""
    return code if name.strip().casefold() in ("", code.casefold()) else f"{code} {name}"


STATUSES = {
    BidStatus.VALID: "Valid",
    BidStatus.LATE: "Late",
    BidStatus.WITHDRAWN: "Withdrawn",
    BidStatus.DISREGARDED: "Disregarded",
    BidStatus.EXCLUDED: "Excluded",
    BidStatus.NOT_SHORTLISTED: "Not shortlisted",
    BidStatus.COMPARATOR: "In-house comparator",
}
BIDDERS = {
    BidderKind.COMPANY: "Company",
    BidderKind.TSO: "Third sector organisation",
    BidderKind.CONSORTIUM: "Consortium",
    BidderKind.IN_HOUSE: "In-house team",
    BidderKind.PUBLIC: "Public body",
}
PARTS = {
    MemberRole.LEAD: "leads the consortium",
    MemberRole.MEMBER: "consortium member",
    MemberRole.SUBCONTRACTOR: "subcontractor",
}
KINDS = {
    CriterionKind.SECTION: "Section",
    CriterionKind.QUALITY: "Scored",
    CriterionKind.CONDITION: "Condition: it must be met, and carries no weighting",
    CriterionKind.CONSIDERATION: "Consideration: it is explained, not scored",
    CriterionKind.INFORMATION: "For information: it is read, not scored",
}
INTEREST_KINDS = {
    InterestKind.EMPLOYMENT: "I work there, or am paid by it",
    InterestKind.OFFICE: "I am on its board or committee",
    InterestKind.FINANCIAL: "Money",
    InterestKind.FAMILY: "Family, friend or somebody close",
    InterestKind.FORMER: "I used to, in the last {years} years",
    InterestKind.MEMBER: "I volunteer there or use it",
    InterestKind.OTHER: "Something else",
}
"""What ties people to an organisation, as they would say it themselves."""
DECISIONS = {
    DecisionOutcome.CLEAR: "No conflict",
    DecisionOutcome.MANAGED: "Managed by a measure",
    DecisionOutcome.RECUSED: "Recused",
}
SCOPES = {
    Scope.LOT: "Every bid of the lot",
    Scope.NOTHING: "Nothing",
    Scope.BID: "This bid alone",
    Scope.CRITERIA: "Some criteria of the lot",
}
UNWEIGHTED = {
    CriterionKind.CONDITION: "must be met",
    CriterionKind.CONSIDERATION: "explained",
    CriterionKind.INFORMATION: "read only",
}
"""What stands in place of a weighting."""
MEMBERS_EVIDENCE = {
    MembersEvidence.NO: "Only the bidder's own experience counts.",
    MembersEvidence.ALL: "Every consortium member must show it.",
    MembersEvidence.ANY: "The experience of any consortium member counts.",
    MembersEvidence.BEST: "The best experience among consortium members counts.",
    MembersEvidence.LEAD: "The experience of the lead member counts.",
}
REGIMES = {
    RegimeCode.PA2023: "Procurement Act 2023",
    RegimeCode.PA2023_LIGHT_TOUCH: "Procurement Act 2023, light touch",
    RegimeCode.PA2023_WALES: "Procurement Act 2023, Wales",
    RegimeCode.PCR2015: "Public Contracts Regulations 2015",
    RegimeCode.PSR: "Provider Selection Regime 2023",
    RegimeCode.GRANT: "Grant or below threshold",
}
ENVELOPES = {EnvelopeKind.COMMON: "Common", EnvelopeKind.QUALITY: "Quality", EnvelopeKind.PRICE: "Price"}


def percent(number: Decimal | Fraction) -> str:
    """A percentage as published, exact, with at most two places where it is a fraction: `12.25 %`.

    >>> percent(Decimal("35.0")), percent(Fraction(1, 3) * 100)
    ('35 %', '33.33 %')
    """
    shown = round_half_up(number, 2) if isinstance(number, Fraction) else number
    return f"{canonical(shown)} %"


def money(amount: Decimal, currency: str) -> str:
    """An amount of money: `£1,950,000`, or with the currency's code where it is not sterling."""
    text = f"{amount:,f}"
    return f"£{text}" if currency == "GBP" else f"{text} {currency}"


def day(moment: date) -> str:
    """A day in full: `18 September 2026`."""
    return f"{moment.day} {moment:%B %Y}"


def uk_time(moment: datetime, *, short: bool = False) -> str:
    """A moment as UK time: `18 September 2026, 12:00`, or short `18 Sep 2026 12:00`. A moment without a zone is UTC."""
    local = (moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)).astimezone(UK)
    return f"{local.day} {local:%b %Y %H:%M}" if short else f"{day(local)}, {local:%H:%M}"


def ago(then: datetime, now: datetime) -> str:
    """How long ago something was, as one says it: `just now`, `3 hours ago`, `2 days ago`.

    A clock that was set back says `just now`.

    >>> ago(datetime(2026, 11, 3, 9, tzinfo=UTC), datetime(2026, 11, 5, 12, tzinfo=UTC))
    '2 days ago'
    """
    minutes = int((now - then).total_seconds()) // 60
    if minutes < 2:
        return "just now"
    if minutes < 120:
        return f"{minutes} minutes ago"
    return f"{minutes // 60} hours ago" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days ago"


def count(number: int, one: str, many: str = "") -> str:
    """`1 bid`, `3 bids`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def holds(pack: TenderPack, documents: int) -> str:
    """What a pack brings: `2 lots, 17 criteria, 9 bids, 32 documents, 6 people`."""
    lots, bids = count(len(pack.lots), "lot"), count(len(pack.bids), "bid")
    criteria, people = count(len(pack.criteria), "criterion", "criteria"), count(len(pack.panel), "person", "people")
    return f"{lots}, {criteria}, {bids}, {count(documents, 'document')}, {people}"


def together(parts: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    held: Sequence[str] = tuple(parts)
    return " and ".join((", ".join(held[:-1]), held[-1])) if len(held) > 1 else "".join(held)


def literal(text: str) -> str:
    """A text for a button: an `&` in a name is not a mnemonic."""
    return text.replace("&", "&&")
