"""Small tenders for the tests of the arithmetic: one lot, few criteria, and a short way to an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.scoring import evaluate
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    BidStatus,
    CriterionCode,
    Lot,
    LotCode,
    PriceFormula,
    RegimeCode,
    Rounding,
    ScaleCode,
    Tender,
)

FIVE = Scale(ScaleCode("0-5"), tuple(Level(Decimal(value), f"Level {value}") for value in range(6)))
HUNDRED = Scale(ScaleCode("0-100"), tuple(Level(Decimal(value), str(value)) for value in range(101)))
PREQUALIFICATION = Scale(
    ScaleCode("pq"), (Level(Decimal(0), "None"), Level(Decimal(1), "Draft"), Level(Decimal(2), "Adopted"))
)
SCALES = (FIVE, HUNDRED, PREQUALIFICATION)
L1 = Lot(LotCode("L1"), "Lot one")
BASE = Tender(
    reference="T-1",
    title="A tender",
    authority="An authority",
    regime=RegimeCode.PA2023,
    quality_weighting=Decimal(60),
    price_weighting=Decimal(40),
    price_formula=PriceFormula.F1,
    rounding=Rounding.ENVELOPE,
)

Levels = Mapping[str, Mapping[str, int | str | None]]


def tender(quality: str, formula: str | None = None, rounding: str = "envelope", **changes: Any) -> Tender:
    """A tender with a quality weighting (price has the rest), a formula and a rounding rule.

    `changes` is `Any`: it goes to the fields of `Tender`, which the dataclass itself checks by name.
    """
    return replace(
        BASE,
        quality_weighting=Decimal(quality),
        price_weighting=100 - Decimal(quality),
        price_formula=None if formula is None else PriceFormula(formula),
        rounding=Rounding(rounding),
        **changes,
    )


def section(code: str, weighting: str | None, parent: str | None = None, lots: Iterable[str] = ()) -> Criterion:
    """A section."""
    return Criterion(
        CriterionCode(code),
        f"Section {code}",
        CriterionKind.SECTION,
        parent=None if parent is None else CriterionCode(parent),
        lots=tuple(LotCode(lot) for lot in lots),
        weighting=None if weighting is None else Decimal(weighting),
    )


def quality(
    code: str,
    weighting: str | None = "100",
    parent: str | None = None,
    minimum: str | None = None,
    scale: Scale = FIVE,
    lots: Iterable[str] = (),
) -> Criterion:
    """A scored criterion."""
    return Criterion(
        CriterionCode(code),
        f"Criterion {code}",
        parent=None if parent is None else CriterionCode(parent),
        lots=tuple(LotCode(lot) for lot in lots),
        weighting=None if weighting is None else Decimal(weighting),
        scale=scale.scale,
        minimum=None if minimum is None else Decimal(minimum),
    )


def condition(code: str, scale: Scale | None = None, minimum: str | None = None) -> Criterion:
    """A condition of participation."""
    return Criterion(
        CriterionCode(code),
        f"Condition {code}",
        CriterionKind.CONDITION,
        scale=None if scale is None else scale.scale,
        minimum=None if minimum is None else Decimal(minimum),
    )


def bid(code: str, status: str = "valid", lot: str = "L1", reason: str = "", variant_of: str | None = None) -> Bid:
    """A bid of the bidder with the same code."""
    return Bid(
        BidCode(code),
        BidderCode(code),
        LotCode(lot),
        variant_of=None if variant_of is None else BidCode(variant_of),
        status=BidStatus(status),
        reason=reason,
    )


def lines(levels: Levels, lot: str = "L1") -> dict[Line, Decimal | None]:
    """Moderated levels by line, from levels by bid and criterion."""
    return {
        Line(LotCode(lot), BidCode(code), CriterionCode(criterion)): None if value is None else Decimal(value)
        for code, of_bid in levels.items()
        for criterion, value in of_bid.items()
    }


def outcome(
    of: Tender,
    criteria: Iterable[Criterion],
    levels: Levels,
    prices: Mapping[str, int | str] | None = None,
    bids: Iterable[Bid] | None = None,
    lot: Lot = L1,
) -> LotResult:
    """The outcome of `lot`. Without `bids`, everybody with levels made a valid bid for it."""
    held = [bid(code, lot=lot.lot) for code in levels] if bids is None else list(bids)
    bidders = [Bidder(one.bidder, f"Bidder {one.bidder}") for one in held]
    amounts = {BidCode(code): Decimal(price) for code, price in (prices or {}).items()}
    return evaluate(of, lot, tuple(criteria), SCALES, held, bidders, lines(levels, lot.lot), amounts)


def simple(of: Tender, qualities: Mapping[str, int], prices: Mapping[str, int | str] | None = None) -> LotResult:
    """The outcome where the whole quality of each bid, out of 100, is given by one criterion."""
    return outcome(of, [quality("1", scale=HUNDRED)], {code: {"1": value} for code, value in qualities.items()}, prices)


def by_bid(result: LotResult) -> dict[str, BidResult]:
    """The bids of a result by their codes."""
    return {one.bid: one for one in result.bids}


def totals(result: LotResult) -> dict[str, str]:
    """The published totals of the ranked bids, as texts."""
    return {one.bid: str(one.total) for one in result.bids if one.rank is not None}


def ranks(result: LotResult) -> dict[str, int | None]:
    """The rank of every bid."""
    return {one.bid: one.rank for one in result.bids}
