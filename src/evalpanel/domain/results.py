"""The outcome of a tender as values: what each bid scored, whether it stays in, where it ranks, and what it costs.

Made by `evalpanel.domain.scoring.evaluate` and by nothing else; the screen, the letter, the spreadsheet and `--json`
all show these numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PriceFormula, Rounding


class ResultStatus(StrEnum):
    """How a bid came out of the evaluation of its lot."""

    RANKED = "ranked"
    GATE_FAILED = "gate-failed"
    LATE = "late"
    WITHDRAWN = "withdrawn"
    DISREGARDED = "disregarded"
    EXCLUDED = "excluded"
    NOT_SHORTLISTED = "not-shortlisted"
    COMPARATOR = "comparator"

    @property
    def words(self) -> str:
        """The same inside a sentence."""
        return "did not pass a gate" if self is ResultStatus.GATE_FAILED else self.value.replace("-", " ")


@dataclass(frozen=True, slots=True)
class GateResult:
    """Whether a bid passed one gate: a condition, an award criterion's minimum, or the published budget.

    `criterion` is None for the budget. `why` says it in words either way. `is_minimum` tells an award criterion's
    minimum (the bidder gets a summary as far as it was assessed) from a condition (a notice).
    """

    criterion: CriterionCode | None
    passed: bool
    why: str
    is_minimum: bool = False


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One leaf criterion of one bid. `score` is the moderated level (None: not scored).

    `weighted` is what the criterion adds to the quality result out of 100, rounded for display; None for a condition
    or a consideration.
    """

    criterion: CriterionCode
    score: Decimal | None
    weighted: Decimal | None


@dataclass(frozen=True, slots=True)
class BidResult:
    """One bid in the outcome of one lot. Rounded by the published rule; None: not assessed, or not opened.

    `quality` and `price` are the weighted envelope totals that add up to `total`; `sections` are the weighted section
    results within quality (out of 100). Under F7, F8 and F10, which do not add, `total` and `price` are None and
    `quality` is out of 100. `price_amount` is in the tender's currency. `metric` is what formulas that
    rank by something else rank by (F7: price for each quality point; F8: price less the value of quality; F10: the price).
    """

    bid: BidCode
    bidder: BidderCode
    name: str
    status: ResultStatus
    rank: int | None = None
    total: Decimal | None = None
    quality: Decimal | None = None
    price: Decimal | None = None
    price_amount: Decimal | None = None
    metric: Decimal | None = None
    sections: tuple[tuple[CriterionCode, Decimal], ...] = ()
    criteria: tuple[CriterionResult, ...] = ()
    gates: tuple[GateResult, ...] = ()
    why: str = ""

    @property
    def failed_gates(self) -> tuple[GateResult, ...]:
        """The gates that keep the bid from being ranked."""
        return tuple(gate for gate in self.gates if not gate.passed)


@dataclass(frozen=True, slots=True)
class LotResult:
    """The outcome of one lot: its bids, the ranked ones first by rank, then the others in the order of the pack.

    `tie` says in words how equal totals stood and what the published tie rule asks; empty when there was no tie.
    `awards` is how many bids the lot is awarded to (one unless it was published otherwise).
    """

    lot: LotCode
    title: str
    quality_weighting: Decimal
    price_weighting: Decimal
    formula: PriceFormula | None
    rounding: Rounding
    places: int
    bids: tuple[BidResult, ...]
    awards: int = 1
    tie: str = ""

    @property
    def winners(self) -> tuple[BidResult, ...]:
        """The bids that the lot goes to by rank; empty when nobody was ranked or a tie for the last place is open."""
        ranked = [bid for bid in self.bids if bid.rank is not None]
        within = [bid for bid in ranked if bid.rank is not None and bid.rank <= self.awards]
        return tuple(within) if len(within) <= self.awards else ()
