"""Abnormally low prices: flagged by a published rule, and then a correspondence of three dated records. Never automatic.

Procurement Act 2023 s. 19(3)(c) and (4): a tender may be disregarded for an abnormally low price only after the supplier was
told and had a reasonable chance to show that it can perform. PCR 2015 reg. 69 says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from evalpanel.domain.numbers import canonical
from evalpanel.domain.price import money
from evalpanel.domain.tender import BidCode, BidderCode, LotCode, PersonCode, PriceKind, PriceLine


class LowPriceStep(StrEnum):
    """The three records of the correspondence, in their order."""

    NOTIFIED = "notified"
    ANSWER = "answer"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class LowPriceRecord:
    """One record of the correspondence about one bid's price. `accepted` is said by a decision only.

    `who` wrote or decided it: the bidder's answer is the bidder's, a decision names who took it.
    """

    lot: LotCode
    bid: BidCode
    step: LowPriceStep
    on: date
    text: str
    who: str
    accepted: bool | None = None
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0


@dataclass(frozen=True, slots=True)
class LowPriceFlag:
    """A price that the rule flags, and why, in words. It asks for the correspondence and decides nothing."""

    lot: LotCode
    bid: BidCode
    why: str


def full_costs(lines: Iterable[PriceLine], lot: LotCode) -> dict[BidderCode, Decimal]:
    """What each bidder's own lines of costs and overheads for a lot add up to; bidders that give none are not in it."""
    found: dict[BidderCode, Decimal] = {}
    for line in lines:
        if line.lot == lot and line.kind is not PriceKind.PRICE:
            found[line.bidder] = found.get(line.bidder, Decimal(0)) + line.amount
    return found


def flagged(
    lot: LotCode,
    prices: Mapping[BidCode, Decimal],
    costs: Mapping[BidCode, Decimal],
    margin: Decimal | None,
    currency: str,
) -> tuple[LowPriceFlag, ...]:
    """The bids whose price is under their own full cost, or more than `margin` per cent under the median of the others.

    `prices` are those of the bids that are compared; without a published margin only the first rule is looked at.
    """
    found = []
    for bid, price in prices.items():
        why = []
        cost = costs.get(bid)
        if cost is not None and price < cost:
            why.append(f"the price {money(price, currency)} is under its own full cost of {money(cost, currency)}")
        others = [amount for other, amount in prices.items() if other != bid]
        if margin is not None and others:
            middle = median(others)
            if Fraction(price) < middle * (1 - Fraction(margin) / 100):
                shown = f"{canonical(margin)} %"
                why.append(f"it is more than {shown} under {money(middle, currency)}, the median of the others")
        if why:
            found.append(LowPriceFlag(lot, bid, "; ".join(why)))
    return tuple(found)


def median(amounts: Sequence[Decimal]) -> Fraction:
    """The middle amount, or the exact middle between the two in the middle. Of prices only: no score has one."""
    held = sorted(amounts)
    half = len(held) // 2
    if len(held) % 2:
        return Fraction(held[half])
    return (Fraction(held[half - 1]) + Fraction(held[half])) / 2


def step_fault(held: Sequence[LowPriceRecord], new: LowPriceRecord) -> str:
    """Why a record cannot follow those that are held about the same bid, in words; empty when it can.

    The bidder is told first and has its chance to explain; a decision against it needs the answer, or that none came.
    """
    mine = [one for one in held if (one.lot, one.bid) == (new.lot, new.bid)]
    steps = {one.step for one in mine}
    if new.step is not LowPriceStep.NOTIFIED and LowPriceStep.NOTIFIED not in steps:
        return "the bidder was not notified yet, so it had no chance to explain its price"
    if LowPriceStep.DECISION in steps:
        return "the price was decided on already"
    if new.step is LowPriceStep.NOTIFIED and steps:
        return "the bidder was notified already"
    if new.step is LowPriceStep.DECISION:
        if new.accepted is None:
            return "a decision says whether the price is accepted or the bid is disregarded"
        if LowPriceStep.ANSWER not in steps:
            return "the bidder's answer is not on the record; record it, or that none came by the day that was set"
    last = max((one.on for one in mine), default=None)
    if last is not None and new.on < last:
        return f"the record before it is of {last.isoformat()}, which is later"
    return ""
