"""How long the outcome of a large lot takes: 1,000 bids on 60 criteria, beside the same sums in bare Python over floats."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from statistics import median

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.results import LotResult
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.scoring import evaluate
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    CriterionCode,
    Lot,
    LotCode,
    PriceFormula,
    RegimeCode,
    Rounding,
    ScaleCode,
    Tender,
)

BIDS = 1_000
SECTIONS = 10
LEAVES = 6
REPEATS = 5

_LOT = Lot(LotCode("L1"), "One lot")
_TENDER = Tender(
    reference="BENCH-1",
    title="A large tender",
    authority="An authority",
    regime=RegimeCode.PA2023,
    quality_weighting=Decimal(60),
    price_weighting=Decimal(40),
    price_formula=PriceFormula.F1,
    rounding=Rounding.ENVELOPE,
)
_SCALE = Scale(ScaleCode("0-5"), tuple(Level(Decimal(value), f"Level {value}") for value in range(6)))
# Weightings that do not divide evenly, as published ones do not.
_WEIGHTINGS = ("12.5", "13.75", "16.25", "17.5", "18.75", "21.25")


def _criteria() -> list[Criterion]:
    made = []
    for section in range(1, SECTIONS + 1):
        top = CriterionCode(str(section))
        made.append(Criterion(top, f"Section {section}", CriterionKind.SECTION, weighting=Decimal(10)))
        made.extend(
            Criterion(
                CriterionCode(f"{section}.{leaf}"),
                f"Criterion {section}.{leaf}",
                parent=top,
                weighting=Decimal(weighting),
                scale=_SCALE.scale,
                minimum=Decimal(1) if leaf == 1 else None,
            )
            for leaf, weighting in enumerate(_WEIGHTINGS, 1)
        )
    return made


def _seconds(work: Callable[[], object]) -> float:
    """The median time of a few runs."""
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return median(taken)


def _bare(
    cells: Mapping[str, list[float]], shares: list[float], prices: Mapping[str, float]
) -> list[tuple[str, float]]:
    """The least that any program would do: floats, no gates, no rounding rule, no explanation of the result."""
    lowest = min(prices.values())
    totals = []
    for bid, values in cells.items():
        quality = 0.0
        for share, value in zip(shares, values, strict=True):
            quality += share * value / 5.0
        totals.append((bid, 60.0 * quality + 40.0 * lowest / prices[bid]))
    return sorted(totals, key=lambda total: -total[1])


def measure() -> list[tuple[str, float, str]]:
    """The rows of the benchmark table: what was measured, its value and its unit."""
    chance = random.Random(2026)
    criteria = _criteria()
    leaves = [criterion.criterion for criterion in criteria if criterion.kind is CriterionKind.QUALITY]
    codes = [f"B{number:04}" for number in range(BIDS)]
    bids = [Bid(BidCode(code), BidderCode(code), _LOT.lot) for code in codes]
    bidders = [Bidder(BidderCode(code), f"Bidder {code}") for code in codes]
    levels = [Decimal(value) for value in range(6)]
    moderated: dict[Line, Decimal | None] = {
        Line(_LOT.lot, BidCode(code), leaf): chance.choice(levels[1:]) for code in codes for leaf in leaves
    }
    prices = {BidCode(code): Decimal(chance.randint(50_000_00, 150_000_00)) / 100 for code in codes}

    def outcome() -> LotResult:
        return evaluate(_TENDER, _LOT, criteria, [_SCALE], bids, bidders, moderated, prices)

    cells = {code: [float(moderated[Line(_LOT.lot, BidCode(code), leaf)] or 0) for leaf in leaves] for code in codes}
    shares = [0.1 * float(weighting) / 100 for _ in range(SECTIONS) for weighting in _WEIGHTINGS]
    plain_prices = {str(bid): float(price) for bid, price in prices.items()}
    exact = _seconds(outcome)
    bare = _seconds(lambda: _bare(cells, shares, plain_prices))
    return [
        (f"outcome of {BIDS:,} bids × {len(leaves)} criteria, exact, with gates, sections and ranks", exact, "s"),
        ("the same sums alone in bare Python over floats", bare, "s"),
        ("outcome over bare float sums", exact / bare, "×"),
    ]


if __name__ == "__main__":
    for what, value, unit in measure():
        print(f"{what}: {value:.4f} {unit}")
