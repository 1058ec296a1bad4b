"""The one way from moderated scores and prices to the outcome of a lot; everything that shows a result comes through here.

The arithmetic is that of docs/guides/method.md, in integers over one denominator and `Fraction`: no binary floating point.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from evalpanel.domain.criteria import Criterion
from evalpanel.domain.gates import budget_gate
from evalpanel.domain.price import ReferencePrices, checked_price, money, price_score, prices_needed, ranking_metric
from evalpanel.domain.quality import (
    Assessment,
    QualityPlan,
    QualityTotal,
    WeightingFinding,
    leaf_shares,
    quality_plan,
    quality_total,
    weighting_findings,
)
from evalpanel.domain.ranking import Ranking, Standing, rank, read_tie_rule
from evalpanel.domain.results import BidResult, GateResult, LotResult, ResultStatus
from evalpanel.domain.rules import LotRules, checked_rules, rules_for
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import Bid, BidCode, Bidder, BidStatus, CriterionCode, Lot, PriceFormula, Tender
from evalpanel.errors import EvalPanelError

# The parts of the sums that others use come from here too, so that there is one door to the arithmetic.
__all__ = [
    "QualityPlan",
    "QualityTotal",
    "WeightingFinding",
    "awaiting_price",
    "evaluate",
    "leaf_shares",
    "quality_plan",
    "quality_total",
    "rules_for",
    "weighting_findings",
]

_SAFE = "No outcome was made and nothing was changed."
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class _Assessed:
    """One bid before prices: what the panel found, which gates it came through, and whether it is still in."""

    bid: Bid
    assessment: Assessment | None = None
    gates: tuple[GateResult, ...] = ()

    @property
    def is_in(self) -> bool:
        """Scored, and through every gate that was assessed."""
        return self.assessment is not None and all(gate.passed for gate in self.gates)

    @property
    def is_complete(self) -> bool:
        """Still in with nothing left to assess: only now may its price be looked at."""
        return self.is_in and self.assessment is not None and not self.assessment.missing

    @property
    def is_ranked(self) -> bool:
        return self.is_in and self.bid.status is BidStatus.VALID


@dataclass(frozen=True, slots=True)
class _Figures:
    """The exact figures of one bid that is still in: as they are compared, added and published."""

    quality: Fraction | None
    price: Fraction | None
    total: Fraction | None
    metric: Fraction | None
    amount: Decimal | None


def evaluate(
    tender: Tender,
    lot: Lot,
    criteria: Iterable[Criterion],
    scales: Iterable[Scale],
    bids: Iterable[Bid],
    bidders: Iterable[Bidder],
    moderated: Mapping[Line, Decimal | None],
    prices: Mapping[BidCode, Decimal],
) -> LotResult:
    """The outcome of one lot by its published rules: gates, quality, price, totals and ranks.

    `moderated` holds the agreed level of each line (lines of other lots are passed over), `prices` the opened price of
    each bid in the tender's currency. Prices are asked for, and looked at, only for bids that `awaiting_price` names.
    Bids that are not valid change nothing for the others.

    Raises `EvalPanelError` in words where the published rules cannot give an outcome (weightings that do not add up, a
    formula without its figures), a valid bid lacks a moderated level, or a needed price is missing, zero or negative.
    """
    plan = _prepared(tender, lot, criteria, scales)
    rules = plan.rules
    names = {bidder.bidder: bidder.name for bidder in bidders}
    assessed = _assess_all(plan, bids, moderated)
    _refuse_missing(plan, assessed)
    amounts = _amounts(rules, assessed, prices)
    assessed = [_with_budget_gate(rules, entry, amounts.get(entry.bid.bid)) for entry in assessed]
    reference = ReferencePrices.of(
        amounts[entry.bid.bid]
        for entry in assessed
        if entry.is_ranked and entry.bid.variant_of is None and entry.bid.bid in amounts
    )
    figures = {
        entry.bid.bid: _figures(rules, entry, amounts.get(entry.bid.bid), reference)
        for entry in assessed
        if entry.is_complete
    }
    ranking = _ranking(rules, assessed, figures)
    results = [
        _result(rules, entry, names.get(entry.bid.bidder, str(entry.bid.bidder)), amounts, figures, ranking)
        for entry in assessed
    ]
    # Sorting is stable: bids without a rank stay in the order of the pack, behind the others.
    results.sort(key=lambda result: (result.rank is None, result.rank or 0))
    return LotResult(
        lot=lot.lot,
        title=lot.title,
        quality_weighting=rules.quality_weighting,
        price_weighting=rules.price_weighting,
        formula=rules.formula,
        rounding=rules.rounding,
        places=rules.places,
        bids=tuple(results),
        awards=rules.awards,
        tie=ranking.tie,
    )


def awaiting_price(
    tender: Tender,
    lot: Lot,
    criteria: Iterable[Criterion],
    scales: Iterable[Scale],
    bids: Iterable[Bid],
    moderated: Mapping[Line, Decimal | None],
) -> tuple[BidCode, ...]:
    """The bids of the lot whose price may be opened: valid bids and comparators, wholly scored and through every gate.

    The price of any other bid stays sealed. Empty where the rules need no price. A comparator's price may be missing;
    every other one is needed. (The budget of F11 is a gate that comes after, on the opened price.)

    Raises `EvalPanelError` where a valid bid lacks a moderated level: nobody can say yet whether it is still in.
    """
    plan = _prepared(tender, lot, criteria, scales)
    if not prices_needed(plan.rules):
        return ()
    assessed = _assess_all(plan, bids, moderated)
    _refuse_missing(plan, assessed)
    return tuple(entry.bid.bid for entry in assessed if entry.is_complete)


def _prepared(tender: Tender, lot: Lot, criteria: Iterable[Criterion], scales: Iterable[Scale]) -> QualityPlan:
    rules = checked_rules(rules_for(tender, lot))
    plan = quality_plan(criteria, scales, lot, tender)
    quality_decides = rules.quality_weighting > 0 if rules.adds_up else rules.formula is not PriceFormula.F10
    if quality_decides and not plan.sections:
        raise EvalPanelError(
            f"Lot {lot.lot} has no criteria that are scored.", f"{_SAFE} Quality has a part in its result."
        )
    return plan


def _assess_all(plan: QualityPlan, bids: Iterable[Bid], moderated: Mapping[Line, Decimal | None]) -> list[_Assessed]:
    levels: dict[BidCode, dict[CriterionCode, Decimal | None]] = {}
    for line, value in moderated.items():
        if line.lot == plan.rules.lot:
            levels.setdefault(line.bid, {})[line.criterion] = value
    found = []
    for bid in bids:
        if bid.lot != plan.rules.lot:
            continue
        if bid.status.is_scored:
            assessment = plan.assess(levels.get(bid.bid, {}), of=f"Bid {bid.bid}")
            found.append(_Assessed(bid, assessment, assessment.gates))
        else:
            found.append(_Assessed(bid))
    return found


def _refuse_missing(plan: QualityPlan, assessed: Iterable[_Assessed]) -> None:
    """A bid that failed a gate need not be scored further, nor need a comparator; a valid bid that is still in must be."""
    missing = [
        str(Line(plan.rules.lot, entry.bid.bid, criterion))
        for entry in assessed
        if entry.is_ranked and entry.assessment is not None
        for criterion in entry.assessment.missing
    ]
    if missing:
        listed = "; ".join(missing[:_SHOWN])
        more = f"; and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        raise EvalPanelError(
            f"{len(missing)} {'line has' if len(missing) == 1 else 'lines have'} no moderated level.",
            f"{_SAFE} Agree a level for: {listed}{more}.",
        )


def _amounts(
    rules: LotRules, assessed: Iterable[_Assessed], prices: Mapping[BidCode, Decimal]
) -> dict[BidCode, Decimal]:
    """The prices that count or are shown, of bids that are still in; checked wherever the result rests on them."""
    found = {}
    for entry in assessed:
        price = prices.get(entry.bid.bid)
        if not entry.is_complete or (price is None and not (prices_needed(rules) and entry.is_ranked)):
            continue
        if price is None or prices_needed(rules):
            price = checked_price(entry.bid.bid, price)
        found[entry.bid.bid] = price
    return found


def _with_budget_gate(rules: LotRules, entry: _Assessed, amount: Decimal | None) -> _Assessed:
    gate = None if amount is None else budget_gate(rules, amount)
    return entry if gate is None else _Assessed(entry.bid, entry.assessment, (*entry.gates, gate))


def _figures(rules: LotRules, entry: _Assessed, amount: Decimal | None, reference: ReferencePrices | None) -> _Figures:
    assert entry.assessment is not None, "only scored bids have figures"
    exact = entry.assessment.points
    quality = None if exact is None else rules.counted(exact * rules.quality_factor)
    score = None if amount is None else price_score(rules, amount, reference)
    price = None if score is None else rules.counted(score)
    metric = _metric(rules, entry, amount, quality)
    quality_known = quality is not None or rules.quality_weighting == 0
    price_known = price is not None or rules.price_weighting == 0
    if rules.adds_up and entry.is_ranked and not price_known:
        raise EvalPanelError(
            f"The price of bid {entry.bid.bid} has no valid price to be compared with.",
            f"{_SAFE} Only variants are left, and the price of a variant is never one that others are measured by. Take "
            "advice on what was published.",
        )
    known = rules.adds_up and quality_known and price_known
    total = (quality or Fraction()) + (price or Fraction()) if known else None
    return _Figures(quality, price, total, metric, amount)


def _metric(rules: LotRules, entry: _Assessed, amount: Decimal | None, quality: Fraction | None) -> Fraction | None:
    if rules.adds_up or amount is None:
        return None
    if quality is None and rules.formula is not PriceFormula.F10:
        return None
    if quality == 0 and not entry.is_ranked:
        return None
    metric = ranking_metric(rules, entry.bid.bid, amount, quality or Fraction())
    return None if metric is None else rules.counted(metric)


def _ranking(rules: LotRules, assessed: Iterable[_Assessed], figures: Mapping[BidCode, _Figures]) -> Ranking:
    """Rank what is published: rounded totals where the rule rounds them, exact ones where only the display is rounded."""
    standings, stands = [], {}
    for entry in assessed:
        if not entry.is_ranked:
            continue
        bid, held = entry.bid.bid, figures[entry.bid.bid]
        if rules.adds_up:
            assert held.total is not None, "a ranked bid has every figure that its total needs"
            key, stands[bid] = -held.total, str(rules.rounded(held.total))
        else:
            assert held.metric is not None, "a ranked bid has a price and, but for F10, a quality"
            key, stands[bid] = held.metric, money(held.metric, rules.currency)
        standings.append(Standing(bid, key, held.quality, held.amount))
    return rank(standings, read_tie_rule(rules.tie_rule), stands)


def _result(
    rules: LotRules,
    entry: _Assessed,
    name: str,
    amounts: Mapping[BidCode, Decimal],
    figures: Mapping[BidCode, _Figures],
    ranking: Ranking,
) -> BidResult:
    bid = entry.bid
    if entry.assessment is None:
        return BidResult(bid.bid, bid.bidder, name, ResultStatus(bid.status.value), why=bid.reason)
    held = figures.get(bid.bid)
    if held is None:
        exact = entry.assessment.points
        held = _Figures(None if exact is None else exact * rules.quality_factor, None, None, None, amounts.get(bid.bid))
    return BidResult(
        bid=bid.bid,
        bidder=bid.bidder,
        name=name,
        status=_status(entry),
        rank=ranking.ranks.get(bid.bid),
        total=_shown(rules, held.total),
        quality=_shown(rules, held.quality),
        price=_shown(rules, held.price),
        price_amount=held.amount,
        metric=_shown(rules, held.metric),
        sections=entry.assessment.sections,
        criteria=entry.assessment.criteria,
        gates=entry.gates,
        why=_why(entry),
    )


def _status(entry: _Assessed) -> ResultStatus:
    if entry.bid.status is BidStatus.COMPARATOR:
        return ResultStatus.COMPARATOR
    return ResultStatus.RANKED if entry.is_in else ResultStatus.GATE_FAILED


def _why(entry: _Assessed) -> str:
    if entry.bid.status is BidStatus.COMPARATOR:
        return entry.bid.reason or "A comparator: shown beside the ranking and no part of it."
    return " ".join(gate.why for gate in entry.gates if not gate.passed)


def _shown(rules: LotRules, figure: Fraction | None) -> Decimal | None:
    return None if figure is None else rules.rounded(figure)
