"""Standstill is counted as each law counts it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evalpanel.domain.standstill import (
    CountedDay,
    StandstillClock,
    proclaimed_days,
    standstill,
    why_no_working_day,
)
from evalpanel.errors import EvalPanelError

DAYS = some.dates(date(2024, 1, 1), date(2035, 12, 31))
ACT, PSR, PCR = StandstillClock.FROM_PUBLICATION, StandstillClock.AFTER_NOTICE, StandstillClock.FROM_SENDING


@pytest.mark.parametrize(
    ("clock", "count", "started", "ends"),
    [
        (ACT, 8, date(2025, 11, 3), date(2025, 11, 12)),
        (ACT, 8, date(2025, 12, 12), date(2025, 12, 23)),
        (ACT, 8, date(2025, 12, 18), date(2025, 12, 31)),
        (ACT, 8, date(2025, 12, 24), date(2026, 1, 8)),  # 2 January is a bank holiday in Scotland
        (ACT, 8, date(2025, 11, 1), date(2025, 11, 12)),  # published on a Saturday: the first day that counts is Monday
        (PSR, 8, date(2025, 11, 3), date(2025, 11, 14)),
        (PCR, 10, date(2025, 11, 3), date(2025, 11, 13)),
        (PCR, 10, date(2025, 11, 5), date(2025, 11, 17)),  # the tenth day is a Saturday
        (PCR, 10, date(2025, 12, 15), date(2025, 12, 29)),  # Christmas Day, Boxing Day, Saturday, Sunday
    ],
)
def test_standstill_ends_on_the_day_that_the_law_means(
    clock: StandstillClock, count: int, started: date, ends: date
) -> None:
    assert standstill(clock, started, count).ends == ends


def test_proclaimed_bank_holiday_makes_it_a_day_longer() -> None:
    day = date(2025, 11, 7)
    told = standstill(ACT, date(2025, 11, 3), 8, {day: "Day of mourning"})
    assert (told.ends, told.first_free_day) == (date(2025, 11, 13), date(2025, 11, 14))
    assert CountedDay(day, None, "Day of mourning") in told.days


def test_every_day_says_why_it_does_not_count() -> None:
    told = standstill(ACT, date(2025, 12, 24), 8)
    assert [(one.day.day, one.number, one.why) for one in told.days] == [
        (24, 1, ""),
        (25, None, "Christmas Day"),
        (26, None, "Boxing Day"),
        (27, None, "Saturday"),
        (28, None, "Sunday"),
        (29, 2, ""),
        (30, 3, ""),
        (31, 4, ""),
        (1, None, "New Year's Day"),
        (2, None, "New Year Holiday"),
        (3, None, "Saturday"),
        (4, None, "Sunday"),
        (5, 5, ""),
        (6, 6, ""),
        (7, 7, ""),
        (8, 8, ""),
    ]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 30), "Saint Andrew's Day"),  # Scotland alone
        (date(2026, 3, 17), "Saint Patrick's Day"),  # Northern Ireland alone
        (date(2026, 4, 6), "Easter Monday"),  # not in Scotland
        (date(2026, 4, 3), "Good Friday"),
        (date(2026, 4, 4), "Saturday"),
        (date(2026, 4, 7), ""),
    ],
)
def test_bank_holiday_in_any_part_of_the_kingdom_is_no_working_day(day: date, why: str) -> None:
    assert why_no_working_day(day) == why


@given(day=DAYS, count=some.integers(1, 30), clock=some.sampled_from(StandstillClock))
def test_standstill_counts_every_day_once_and_ends_on_a_working_day(
    day: date, count: int, clock: StandstillClock
) -> None:
    told = standstill(clock, day, count)
    assert told.days[0].day == day
    assert [one.day for one in told.days] == [day + timedelta(days=place) for place in range(len(told.days))]
    assert [one.number for one in told.days if one.number] == list(range(1, count + 1))
    assert why_no_working_day(told.ends) == ""
    assert (told.is_over(told.ends), told.is_over(told.first_free_day)) == (False, True)


@given(day=DAYS, later=some.integers(0, 40), clock=some.sampled_from(StandstillClock))
def test_starting_later_never_ends_sooner(day: date, later: int, clock: StandstillClock) -> None:
    first, second = standstill(clock, day, 8), standstill(clock, day + timedelta(days=later), 8)
    assert first.ends <= second.ends


@given(day=DAYS, holiday=some.integers(0, 20), clock=some.sampled_from(StandstillClock))
def test_one_more_holiday_never_ends_it_sooner(day: date, holiday: int, clock: StandstillClock) -> None:
    more = {day + timedelta(days=holiday): "Proclaimed"}
    assert standstill(clock, day, 8).ends <= standstill(clock, day, 8, more).ends


def test_standstill_of_no_days_is_refused() -> None:
    with pytest.raises(EvalPanelError, match="A standstill of 0 days cannot be counted"):
        standstill(ACT, date(2025, 11, 3), 0)


def test_proclaimed_day_needs_a_name() -> None:
    assert proclaimed_days([(date(2027, 5, 3), " Coronation ")]) == {date(2027, 5, 3): "Coronation"}
    with pytest.raises(EvalPanelError, match="The proclaimed day 03 May 2027 has no name"):
        proclaimed_days([(date(2027, 5, 3), " ")])
