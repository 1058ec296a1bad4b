"""Which prices ask for an explanation, and in which order the correspondence goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.low_prices import (
    LowPriceFlag,
    LowPriceRecord,
    LowPriceStep,
    flagged,
    full_costs,
    median,
    step_fault,
)
from evalpanel.domain.tender import BidCode, BidderCode, LotCode, PriceKind, PriceLine

LOT = LotCode("L1")
N, A, D = LowPriceStep.NOTIFIED, LowPriceStep.ANSWER, LowPriceStep.DECISION


def bids(**prices: int) -> dict[BidCode, Decimal]:
    return {BidCode(bid): Decimal(price) for bid, price in prices.items()}


def record(step: LowPriceStep, day: int, bid: str = "B01", accepted: bool | None = None) -> LowPriceRecord:
    return LowPriceRecord(LOT, BidCode(bid), step, date(2026, 10, day), "Said.", "Somebody", accepted)


def test_price_is_flagged_under_its_own_full_cost_or_far_under_the_others() -> None:
    prices = bids(B01=70, B02=100, B03=110, B04=90)
    assert flagged(LOT, prices, bids(B02=101, B03=110), Decimal(25), "GBP") == (
        LowPriceFlag(LOT, BidCode("B01"), "it is more than 25 % under £100.00, the median of the others"),
        LowPriceFlag(LOT, BidCode("B02"), "the price £100.00 is under its own full cost of £101.00"),
    )


def test_without_a_published_margin_only_the_full_cost_is_looked_at() -> None:
    assert flagged(LOT, bids(B01=1, B02=100), {}, None, "GBP") == ()
    assert flagged(LOT, bids(B01=1), {}, Decimal(10), "GBP") == ()


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=9), st.integers(1, 99))
def test_no_price_at_or_over_the_margin_is_flagged(amounts: list[int], margin: int) -> None:
    prices = {BidCode(f"B{place}"): Decimal(amount) for place, amount in enumerate(amounts)}
    named = {flag.bid for flag in flagged(LOT, prices, {}, Decimal(margin), "GBP")}
    for bid, price in prices.items():
        others = [amount for other, amount in prices.items() if other != bid]
        low = bool(others) and Fraction(price) * 100 < median(others) * (100 - margin)
        assert (bid in named) is low


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=15))
def test_as_many_lie_under_the_median_as_over_it(amounts: list[int]) -> None:
    middle = median([Decimal(amount) for amount in amounts])
    assert sum(amount < middle for amount in amounts) <= len(amounts) / 2
    assert sum(amount > middle for amount in amounts) <= len(amounts) / 2


def test_full_cost_is_every_line_that_is_no_price() -> None:
    def line(kind: PriceKind, amount: str, lot: str = "L1") -> PriceLine:
        return PriceLine(BidderCode("B01"), LotCode(lot), kind, "Item", Decimal(amount))

    lines = [
        line(PriceKind.PRICE, "100"),
        line(PriceKind.COST, "80.10"),
        line(PriceKind.OVERHEAD, "20.20"),
        line(PriceKind.COST, "5", "L2"),
    ]
    assert full_costs(lines, LOT) == {BidderCode("B01"): Decimal("100.30")}


@pytest.mark.parametrize(
    ("held", "new", "fine"),
    [
        ((), record(N, 1), True),
        ((), record(A, 1), False),
        ((), record(D, 1, accepted=True), False),
        ((record(N, 1),), record(N, 2), False),
        ((record(N, 1),), record(N, 1, "B02"), True),
        ((record(N, 2),), record(A, 1), False),
        ((record(N, 1),), record(A, 2), True),
        ((record(N, 1),), record(D, 2, accepted=False), False),
        ((record(N, 1), record(A, 2)), record(D, 3), False),
        ((record(N, 1), record(A, 2)), record(D, 3, accepted=False), True),
        ((record(N, 1), record(A, 2), record(D, 3, accepted=True)), record(A, 4), False),
        ((record(N, 1), record(A, 2), record(D, 3, accepted=True)), record(D, 4, accepted=False), False),
    ],
)
def test_bidder_is_told_then_answers_then_it_is_decided(
    held: tuple[LowPriceRecord, ...], new: LowPriceRecord, fine: bool
) -> None:
    assert (step_fault(held, new) == "") is fine


def test_decision_says_which_way_it_went() -> None:
    held = (record(N, 1), record(A, 2))
    assert step_fault(held, replace(record(D, 3))) == (
        "a decision says whether the price is accepted or the bid is disregarded"
    )
