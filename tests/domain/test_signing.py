"""When a contract may be signed: after the decision, its call-in, the notice, the whole of standstill, and no challenge in time."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.award import AwardDecision, LotAward
from evalpanel.domain.regimes import parse
from evalpanel.domain.signing import AwardNotice, Hold, HoldKind, in_time, standing_holds, why_not_sign
from evalpanel.domain.tender import BidCode, LotCode, RegimeCode
from evalpanel.system.resources import resource

REGIMES = {
    code: parse(tomllib.loads(resource("regimes", f"{code.value}.toml").read_text(encoding="utf-8")))
    for code in RegimeCode
}
PA = REGIMES[RegimeCode.PA2023]
DECIDED = AwardDecision(
    LotCode("L1"), "Northmoor", (BidCode("B01"),), ("Ann Lee",), "Scheme", "As ranked.", date(2025, 10, 30)
)
AWARD = LotAward(LotCode("L1"), (DECIDED,), ())
NOTICE = AwardNotice(date(2025, 11, 3), "2025/S 1", 8)
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))


def challenge(since: date, act: int = 5) -> Hold:
    return Hold(HoldKind.CHALLENGE, "Tallis", "The scores.", since, act=act)


def lift(since: date, lifts: int = 5, act: int = 6) -> Hold:
    return Hold(HoldKind.LIFT, "The court", "Dismissed.", since, lifts, act=act)


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        (date(2025, 11, 12), "Standstill lasts until the end of 12 November 2025: the first day is 13 November 2025."),
        (date(2025, 11, 1), "The notice is of 3 November 2025, which is later."),
        (date(2025, 11, 13), ""),
    ],
)
def test_contract_waits_for_the_whole_of_standstill(signed: date, why: str) -> None:
    assert why_not_sign(signed, AWARD, NOTICE, (), PA) == why


@given(DAYS, st.integers(0, 60), st.sampled_from(list(RegimeCode)))
def test_no_contract_is_ever_signed_within_standstill(published: date, after: int, regime: RegimeCode) -> None:
    rule = REGIMES[regime].standstill
    notice = AwardNotice(published, "", rule.days if rule is not None else 0)
    award = LotAward(LotCode("L1"), (replace(DECIDED, decided_on=published),), ())
    signed = published + timedelta(days=after)
    period = notice.period(REGIMES[regime])
    allowed = why_not_sign(signed, award, notice, (), REGIMES[regime]) == ""
    assert allowed is (period is None or signed > period.ends)


def test_contract_waits_for_decisions_call_in_and_notice() -> None:
    day = date(2025, 12, 1)
    waiting = LotAward(LotCode("L1"), (), ("Northmoor",))
    gone = LotAward(LotCode("L1"), (replace(DECIDED, bids=()),), ())
    called = LotAward(LotCode("L1"), (replace(DECIDED, call_in_ends=day),), ())
    assert [
        why_not_sign(day, waiting, NOTICE, (), PA),
        why_not_sign(day, gone, NOTICE, (), PA),
        why_not_sign(day, called, NOTICE, (), PA),
        why_not_sign(day, AWARD, None, (), PA),
        why_not_sign(day + timedelta(days=1), called, NOTICE, (), PA),
    ] == [
        "Northmoor has not decided on lot L1 yet.",
        "Lot L1 was abandoned.",
        "The decision can be called in until 1 December 2025.",
        "The award notice is not on the record yet, so no standstill has begun.",
        "",
    ]


def test_challenge_in_time_stops_the_signature_until_it_ends() -> None:
    signed = date(2025, 11, 20)
    early, late = challenge(date(2025, 11, 12)), challenge(date(2025, 11, 13))
    stopped = "A challenge was notified by Tallis on 12 November 2025, in time, and stands."
    assert why_not_sign(signed, AWARD, NOTICE, (early,), PA) == stopped
    assert why_not_sign(signed, AWARD, NOTICE, (late,), PA) == ""
    assert why_not_sign(signed, AWARD, NOTICE, (early, lift(signed)), PA) == ""
    # What was lifted after the day of the signature stood on that day.
    assert why_not_sign(signed, AWARD, NOTICE, (early, lift(signed + timedelta(days=1))), PA) == stopped
    # Another hold keeps the record and not the contract.
    other = replace(early, kind=HoldKind.HOLD)
    assert why_not_sign(signed, AWARD, NOTICE, (other,), PA) == ""


def test_whether_a_challenge_is_in_time_is_the_regimes() -> None:
    late = challenge(date(2026, 3, 1))
    assert {code: in_time(late, regime, NOTICE) for code, regime in REGIMES.items()} == {
        RegimeCode.PA2023: False,
        RegimeCode.PA2023_LIGHT_TOUCH: False,
        RegimeCode.PA2023_WALES: False,
        RegimeCode.PCR2015: True,
        RegimeCode.PSR: False,
        RegimeCode.GRANT: False,
    }
    # Before any notice, nothing has ended yet.
    assert in_time(late, PA, None) is True
    assert in_time(late, REGIMES[RegimeCode.GRANT], None) is False
    assert in_time(late, REGIMES[RegimeCode.PA2023_LIGHT_TOUCH], replace(NOTICE, days=0)) is False


def test_proclaimed_day_moves_the_end_of_standstill() -> None:
    plain = NOTICE.period(PA)
    moved = replace(NOTICE, proclaimed=("2025-11-05",), proclaimed_names=("A day of mourning",)).period(PA)
    assert plain is not None
    assert moved is not None
    assert (plain.ends, moved.ends) == (date(2025, 11, 12), date(2025, 11, 13))


@given(st.lists(st.sampled_from(list(HoldKind)), max_size=12), st.data())
def test_a_hold_stands_until_it_is_lifted(kinds: list[HoldKind], data: st.DataObject) -> None:
    held: list[Hold] = []
    open_acts: set[int] = set()
    for act, kind in enumerate(kinds, 1):
        if kind is HoldKind.LIFT:
            if not open_acts:
                continue
            lifted = data.draw(st.sampled_from(sorted(open_acts)))
            open_acts.discard(lifted)
            held.append(lift(date(2026, 1, 1), lifted, act))
        else:
            open_acts.add(act)
            held.append(replace(challenge(date(2026, 1, 1), act), kind=kind))
        assert {one.act for one in standing_holds(held)} == open_acts
