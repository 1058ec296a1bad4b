"""How long a record is kept: never less than three years from the last signature, and never gone under a hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.award import AwardDecision, LotAward
from evalpanel.domain.retention import RecordEnding, RetentionState, last_day, retention, why_not_end
from evalpanel.domain.signing import Hold, HoldKind, SignedContract
from evalpanel.domain.tender import BidCode, LotCode

SIGNED = date(2026, 3, 4)


def award(lot: str = "L1", *bids: str) -> LotAward:
    made = AwardDecision(LotCode(lot), "A", tuple(BidCode(bid) for bid in bids), ("B",), "C", "D", date(2026, 2, 1))
    return LotAward(LotCode(lot), (made,), ())


def contract(lot: str = "L1", signed: date = SIGNED) -> SignedContract:
    return SignedContract(LotCode(lot), (BidCode("B01"),), signed)


@pytest.mark.parametrize(
    ("since", "years", "until"),
    [
        (SIGNED, 3, date(2029, 3, 3)),
        (date(2026, 1, 1), 3, date(2028, 12, 31)),
        (date(2028, 2, 29), 3, date(2031, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 2, 28)),
        (date(2028, 3, 1), 4, date(2032, 2, 29)),
        (SIGNED, 6, date(2032, 3, 3)),
    ],
)
def test_years_begin_with_the_day_of_signature(since: date, years: int, until: date) -> None:
    assert last_day(since, years) == until


@given(st.dates(date(2024, 1, 1), date(2090, 1, 1)), st.integers(1, 12))
def test_no_record_is_kept_for_less_than_its_years(since: date, years: int) -> None:
    length = (last_day(since, years) - since).days + 1
    assert 365 * years <= length <= 366 * years


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (SIGNED, RetentionState.KEPT),
        (date(2028, 12, 2), RetentionState.KEPT),
        (date(2028, 12, 3), RetentionState.SOON),
        (date(2029, 3, 3), RetentionState.SOON),
        (date(2029, 3, 4), RetentionState.DUE),
    ],
)
def test_record_is_due_on_the_day_after_its_last_and_says_so_before(today: date, state: RetentionState) -> None:
    held = retention([award("L1", "B01")], [contract()], (), 3, today)
    assert (held.state, held.until) == (state, date(2029, 3, 3))
    assert (why_not_end(held) == "") is (state is RetentionState.DUE)


def test_it_counts_from_the_last_signature_and_not_before_every_lot_is_settled() -> None:
    two = [award("L1", "B01"), award("L2", "B01")]
    later = contract("L2", SIGNED + timedelta(days=10))
    assert retention(two, [contract()], (), 3, date(2040, 1, 1)).state is RetentionState.NOT_COUNTING
    assert retention(two, [contract(), later], (), 3, SIGNED).since == later.signed
    first = retention([award("L1", "B01"), award("L2")], [contract(signed=date(2026, 1, 9))], (), 3, SIGNED)
    words = "3 years that begin on 1 February 2026, when the last lot was abandoned, end on 31 January 2029."
    assert first.why == words
    assert retention([], [], (), 3, SIGNED).state is RetentionState.NOT_COUNTING
    abandoned = retention([award("L1")], [], (), 0, SIGNED)
    assert (abandoned.since, abandoned.years, abandoned.until) == (date(2026, 2, 1), 3, date(2029, 1, 31))


def test_nothing_ends_under_a_hold_nor_twice() -> None:
    hold = Hold(HoldKind.HOLD, "Audit", "Asked for.", SIGNED, act=9)
    late = date(2040, 1, 1)
    held = retention([award("L1", "B01")], [contract()], [hold], 3, late)
    assert held.state is RetentionState.HELD
    assert why_not_end(held) == "It is held since 4 March 2026 (Audit: Asked for.). Lift the hold first."
    lifted = replace(hold, kind=HoldKind.LIFT, lifts=9, act=10)
    assert why_not_end(retention([award("L1", "B01")], [contract()], [hold, lifted], 3, late)) == ""
    ended = retention([award("L1", "B01")], [contract()], (), 3, late, RecordEnding("Due.", 4, "Scores."))
    assert (ended.state, why_not_end(ended)) == (RetentionState.ENDED, "It was ended already.")
