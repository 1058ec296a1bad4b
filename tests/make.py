"""Builders: small sound values that a test changes where it wants them otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

from evalpanel.domain.criteria import Criterion, CriterionKind, Outcome
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.tender import (
    Authority,
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    BidderKind,
    ConsortiumMember,
    CriterionCode,
    Lot,
    LotCode,
    MemberRole,
    OutcomeCode,
    PersonCode,
    PriceFormula,
    PriceKind,
    PriceLine,
    RegimeCode,
    Rounding,
    ScaleCode,
    Tender,
)
from evalpanel.formats.template import write_pack

LOT = LotCode("L1")
SCALE = ScaleCode("S")


def tender() -> Tender:
    """Quality 70, price 30 under F1, two places, rounded by envelope; bids were due at noon on 18 September 2026."""
    return Tender(
        reference="TEST-2026-001",
        title="Advocacy for young carers",
        authority="Northmoor Council",
        regime=RegimeCode.PA2023_LIGHT_TOUCH,
        quality_weighting=Decimal(70),
        price_weighting=Decimal(30),
        price_formula=PriceFormula.F1,
        procedure="Open, light touch",
        deadline=datetime(2026, 9, 18, 11, 0, tzinfo=UTC),
        quorum=2,
        rounding=Rounding.ENVELOPE,
        tie_rule="highest quality, then lowest price, then lots drawn on the record",
        full_criteria_at="https://northmoor.example/tender",
    )


def scale() -> Scale:
    """0 to 4."""
    names = ("None", "Poor", "Fair", "Good", "Excellent")
    return Scale(SCALE, tuple(Level(Decimal(value), name, f"{name} evidence.") for value, name in enumerate(names)))


def criterion(code: str, parent: str | None, weighting: int, **changes: object) -> Criterion:
    """A scored criterion on the scale of this module."""
    made = Criterion(
        CriterionCode(code),
        f"Criterion {code}",
        parent=None if parent is None else CriterionCode(parent),
        weighting=Decimal(weighting),
        scale=SCALE,
        guidance=f"What a bid says about {code}.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a builder passes on whatever field a test names


def section(code: str, weighting: int) -> Criterion:
    """A section at the top level."""
    return Criterion(CriterionCode(code), f"Section {code}", CriterionKind.SECTION, weighting=Decimal(weighting))


def criteria() -> tuple[Criterion, ...]:
    """Sections 1 (60) and 2 (40), leaves 1.1 and 1.2 (50 each) and 2.1 (100, at least 1), and the condition C1."""
    return (
        Criterion(CriterionCode("C1"), "Insurance in date", CriterionKind.CONDITION),
        section("1", 60),
        criterion("1.1", "1", 50, outcome=OutcomeCode("O1")),
        criterion("1.2", "1", 50),
        section("2", 40),
        criterion("2.1", "2", 100, minimum=Decimal(1)),
    )


def bidders() -> tuple[Bidder, ...]:
    """A TSO, a company and a consortium."""
    return (
        Bidder(
            BidderCode("B01"),
            "Harbour Young Carers",
            BidderKind.TSO,
            "GB-CHC",
            "01234567",
            "1 Quay Street\nNorthmoor\nNM0 0AA",
            "bids@harbour.example",
            sme=True,
            value_driven=True,
        ),
        Bidder(
            BidderCode("B02"), "Tallis Care Ltd", BidderKind.COMPANY, "GB-COH", "00012345", email="t@tallis.example"
        ),
        Bidder(BidderCode("B03"), "Moorland Together", BidderKind.CONSORTIUM, email="bids@moorland.example"),
    )


def bids(lot: LotCode = LOT) -> tuple[Bid, ...]:
    """One valid bid a bidder, each received the day before the deadline."""
    received = datetime(2026, 9, 17, 9, 30, tzinfo=UTC)
    return tuple(Bid(BidCode(bidder.bidder), bidder.bidder, lot, received=received) for bidder in bidders())


def prices(lot: LotCode = LOT) -> tuple[PriceLine, ...]:
    """£100,000, £120,000 and £110,000, each a price line of 12 months."""
    months = {"B01": "8333.3325", "B02": "10000", "B03": "9166.6675"}
    return tuple(
        PriceLine(
            BidderCode(code), lot, PriceKind.PRICE, "Service", Decimal(price) * 12, "1", Decimal(12), Decimal(price)
        )
        for code, price in months.items()
    )


def panel() -> tuple[PanelMember, ...]:
    """An officer, a chair who scores, and two panel members; the chair and PM1 declared on paper."""
    declared = date(2026, 9, 1)
    return (
        PanelMember(PersonCode("OF1"), "Ola Fenn", (Role.OFFICER,)),
        PanelMember(
            PersonCode("CH1"),
            "Cass Hale",
            (Role.CHAIR, Role.PANEL_MEMBER),
            kind=MemberKind.COMMISSIONER,
            declared=declared,
        ),
        PanelMember(PersonCode("PM1"), "Pim Moss", (Role.PANEL_MEMBER,), kind=MemberKind.TSO, declared=declared),
        PanelMember(PersonCode("PM2"), "Pat Marsh", (Role.PANEL_MEMBER,), kind=MemberKind.YOUNG),
    )


def pack(**changes: object) -> TenderPack:
    """A small complete tender pack that nothing is wrong with, with one lot. `changes` replace its sheets."""
    made = TenderPack(
        tender=tender(),
        authorities=(Authority("Northmoor Council", decision_maker="Director of Children's Services"),),
        lots=(Lot(LOT, "Whole service"),),
        outcomes=(Outcome(OutcomeCode("O1"), "Young carers are heard", "They say what they need.", "A yearly survey"),),
        criteria=criteria(),
        scales=(scale(),),
        bidders=bidders(),
        members=(
            ConsortiumMember(BidderCode("B03"), "Moorland Youth Trust", MemberRole.LEAD, "GB-CHC", "07654321"),
            ConsortiumMember(BidderCode("B03"), "Tor Valley Advice", MemberRole.MEMBER),
        ),
        bids=bids(),
        prices=prices(),
        panel=panel(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # a builder passes on whatever sheet a test names


def workbook(of: TenderPack | None = None, path: Path | None = None) -> bytes:
    """The pack as a workbook; also written to `path` (into a folder as `tender.xlsx`)."""
    data = _small_workbook() if of is None else write_pack(of)
    if path is not None:
        (path / "tender.xlsx" if path.is_dir() else path).write_bytes(data)
    return data


@cache
def _small_workbook() -> bytes:
    """The workbook of `pack()`, made once: most tests start from it."""
    return write_pack(pack())


def sheets(**named: Sequence[Sequence[object]]) -> bytes:
    """A workbook of raw rows, as somebody else's program might write them: `sheets(Criteria=[["criterion"], ["1"]])`.

    An underscore in a name stands for a space. Values are given to openpyxl as they are: `=1+1` is a formula.
    """
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in named.items():
        sheet = book.create_sheet(title.replace("_", " "))
        for row in rows:
            sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
