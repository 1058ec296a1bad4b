"""From prices to price scores, by the published formula (docs/guides/method.md: F1 to F5, F7, F8, F10, F11).

The reference prices (lowest, highest, mean) are those of valid bids that passed every gate; the price of any other bid,
of a comparator or of a variant never enters them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation, localcontext
from fractions import Fraction

from evalpanel.domain.numbers import round_half_up
from evalpanel.domain.rules import LotRules, checked_rules
from evalpanel.domain.tender import BidCode, BidderCode, LotCode, PriceFormula, PriceKind, PriceLine
from evalpanel.errors import EvalPanelError

_SAFE = "No outcome was made and nothing was changed."
# Room for 18 digits before the point, 12 after it and a million lines; anything that would not fit raises.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation])


@dataclass(frozen=True, slots=True)
class ReferencePrices:
    """What the price of a bid is compared with: the lowest, highest and mean price of the valid bids, in money."""

    lowest: Fraction
    highest: Fraction
    mean: Fraction

    @staticmethod
    def of(prices: Iterable[Decimal]) -> ReferencePrices | None:
        """The reference prices among `prices` (all above zero), or None where there is no price."""
        held = [Fraction(price) for price in prices]
        if not held:
            return None
        return ReferencePrices(min(held), max(held), sum(held, Fraction()) / len(held))


def money(amount: Decimal | Fraction, currency: str) -> str:
    """An amount in words for a person: `£1,200.00`, or `EUR 1,200.00` for another currency.

    Pence are rounded half up for display only.
    """
    pence = round_half_up(abs(Fraction(amount)), 2)
    shown = f"{pence:,f}"
    sign = "-" if amount < 0 and pence else ""
    return f"{sign}£{shown}" if currency == "GBP" else f"{sign}{currency} {shown}"


def price_totals(lines: Iterable[PriceLine], lot: LotCode) -> dict[BidderCode, Decimal]:
    """What each bidder's price schedule for `lot` adds up to, in money: the exact sum of its `PRICE` lines.

    Lines of costs and overheads show the full cost and are no part of the price. A bidder without a price line is not
    in the answer.
    """
    totals: dict[BidderCode, Decimal] = {}
    with localcontext(_EXACT):
        for line in lines:
            if line.lot == lot and line.kind is PriceKind.PRICE:
                totals[line.bidder] = totals.get(line.bidder, Decimal(0)) + line.amount
    return totals


def prices_needed(rules: LotRules) -> bool:
    """Whether the outcome of the lot cannot be reached without prices.

    With a price weighting of 0 quality decides, unless the formula itself looks at prices (F7, F8, F10, F11).
    """
    looks = (PriceFormula.F7, PriceFormula.F8, PriceFormula.F10, PriceFormula.F11)
    return rules.price_weighting > 0 or rules.formula in looks


def checked_price(bid: BidCode, price: Decimal | None) -> Decimal:
    """The price of a bid, above zero.

    Raises `EvalPanelError` for a price that is missing, zero or negative: nothing is ever divided by it.
    """
    if price is None:
        raise EvalPanelError(
            f"Bid {bid} has no price.",
            f"{_SAFE} The published formula needs the price of every bid that is still in: import it, or record why the "
            "bid is no longer valid.",
        )
    if not price.is_finite() or price <= 0:
        what = "no number" if not price.is_finite() else "zero" if price == 0 else "negative"
        raise EvalPanelError(
            f"The price of bid {bid} is {what}.",
            f"{_SAFE} A price must be above zero. Look at the price schedule; if the bidder did offer this, it is for the "
            "officer to clarify it with the bidder on the record.",
        )
    return price


def price_score(rules: LotRules, price: Decimal, reference: ReferencePrices | None) -> Fraction | None:
    """The weighted price score of a price above zero, exact, from 0 to the price weighting (F1 to F5).

    None where the lot has no price score: formulas that rank by something else, a price weighting of 0, or no reference
    prices to compare with. A price that is no reference itself (a comparator's, a variant's) never scores above the
    weighting or under 0. Source: the formulas of docs/guides/method.md.

    Raises `EvalPanelError` for rules that lack what their formula needs.
    """
    weighting = Fraction(checked_rules(rules).price_weighting)
    if weighting == 0 or rules.formula is None:
        return None
    share = _share(rules, rules.formula, Fraction(price), reference)
    return None if share is None else weighting * min(max(share, Fraction(0)), Fraction(1))


def _share(
    rules: LotRules, formula: PriceFormula, price: Fraction, reference: ReferencePrices | None
) -> Fraction | None:
    """The part of the price weighting that a price earns; under 0 and over 1 are cut by the caller."""
    if formula is PriceFormula.F4:
        assert rules.price_lower is not None, "checked_rules refuses F4 without it"
        assert rules.price_upper is not None, "checked_rules refuses F4 without it"
        lower, upper = Fraction(rules.price_lower), Fraction(rules.price_upper)
        return (upper - price) / (upper - lower)
    if reference is None:
        return None
    match formula:
        case PriceFormula.F1:
            return reference.lowest / price
        case PriceFormula.F2:
            return 1 - (price - reference.lowest) / reference.lowest
        case PriceFormula.F3:
            return _in_range(price, reference)
        case PriceFormula.F5:
            return Fraction(1, 2) - (price - reference.mean) / reference.mean
        case PriceFormula.F7 | PriceFormula.F8 | PriceFormula.F10 | PriceFormula.F11:
            return None


def _in_range(price: Fraction, reference: ReferencePrices) -> Fraction:
    if reference.highest == reference.lowest:
        # All valid bids cost the same: full marks for them. A comparator or variant above that price is past the range.
        return Fraction(1 if price <= reference.highest else 0)
    return (reference.highest - price) / (reference.highest - reference.lowest)


def ranking_metric(rules: LotRules, bid: BidCode, price: Decimal, quality: Fraction) -> Fraction | None:
    """What F7, F8 and F10 rank by, lowest first, in money; None for the formulas that rank by a total.

    F7: the price for each point of quality (out of 100). F8: the price less the published value of its quality, which
    may be negative. F10: the price.

    Raises `EvalPanelError` under F7 for a quality of zero, and for rules that lack what their formula needs.
    """
    match checked_rules(rules).formula:
        case PriceFormula.F7:
            if quality <= 0:
                raise EvalPanelError(
                    f"Bid {bid} has a quality of zero, so it has no price for each point of quality.",
                    f"{_SAFE} Formula F7 needs a published minimum of quality that keeps such a bid out. Take advice on what "
                    "was published.",
                )
            return Fraction(price) / quality
        case PriceFormula.F8:
            assert rules.value_per_point is not None, "checked_rules refuses F8 without a value for each point"
            return Fraction(price) - Fraction(rules.value_per_point) * quality
        case PriceFormula.F10:
            return Fraction(price)
        case _:
            return None
