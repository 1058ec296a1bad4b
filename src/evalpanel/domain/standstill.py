"""Standstill: the days between telling the bidders and signing the contract, counted as each law counts them.

A working day is not a Saturday, a Sunday, Christmas Day, Good Friday, or a bank holiday in any part of the United Kingdom
(Procurement Act 2023, section 123; Provider Selection Regime Regulations 2023). Bank holidays can be proclaimed at short
notice, so days that this release does not know can be added, with what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from evalpanel.errors import EvalPanelError

_PARTS = ("ENG", "NIR", "SCT", "WLS")
_SATURDAY = 5
_DAY = timedelta(days=1)


class StandstillClock(StrEnum):
    """How a law counts. What starts each clock is in its name."""

    FROM_PUBLICATION = "from-publication"
    """Working days, the first being the day on which the award notice is published (Procurement Act 2023, section 51)."""
    AFTER_NOTICE = "after-notice"
    """It begins on the day after the notice, and ends at midnight at the end of the given working day after that
    (Provider Selection Regime Regulations 2023, regulation 12)."""
    FROM_SENDING = "from-sending"
    """Calendar days after the day on which the letters were sent by electronic means, and on to the next working day where the
    last of them is none (Public Contracts Regulations 2015, regulation 87)."""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of the way to the end of standstill. `number` is its place in the count; None where it does not count, and
    `why` says for what reason (a Saturday, the name of a bank holiday, the day before the count begins)."""

    day: date
    number: int | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class StandstillPeriod:
    """A standstill as it was counted: every day from the one that starts the clock to the last one.

    The contract may be signed from the day after `ends`: the period ends at midnight at the end of that day.
    """

    clock: StandstillClock
    started_by: date
    days: tuple[CountedDay, ...]

    @property
    def ends(self) -> date:
        """The last day of the period."""
        return self.days[-1].day

    @property
    def first_free_day(self) -> date:
        """The first day on which the contract may be signed."""
        return self.ends + _DAY

    def is_over(self, today: date) -> bool:
        """Whether the whole of the period has passed."""
        return today > self.ends


def why_no_working_day(day: date, proclaimed: Mapping[date, str] | None = None) -> str:
    """What makes a day no working day, in words; empty when it is one. `proclaimed`: bank holidays added by hand, with names."""
    if day.weekday() >= _SATURDAY:
        return "Saturday" if day.weekday() == _SATURDAY else "Sunday"
    return (proclaimed or {}).get(day, "") or _bank_holidays(day.year).get(day, "")


def standstill(
    clock: StandstillClock, started_by: date, count: int, proclaimed: Mapping[date, str] | None = None
) -> StandstillPeriod:
    """The standstill that `started_by` (the day of publication, of the notice, or of sending) sets going, `count` days long.

    A count under one is refused: no law that this program knows has such a standstill.
    """
    if count < 1:
        raise EvalPanelError(f"A standstill of {count} days cannot be counted.", "Nothing was changed.")
    counted = {
        StandstillClock.FROM_PUBLICATION: _from_publication,
        StandstillClock.AFTER_NOTICE: _after_notice,
        StandstillClock.FROM_SENDING: _from_sending,
    }[clock]
    return StandstillPeriod(clock, started_by, tuple(counted(started_by, count, proclaimed or {})))


def _from_publication(day: date, count: int, proclaimed: Mapping[date, str]) -> Iterator[CountedDay]:
    number = 0
    for one in _days(day):
        why = why_no_working_day(one, proclaimed)
        number += not why
        yield CountedDay(one, None if why else number, why)
        if number == count:
            return


def _after_notice(day: date, count: int, proclaimed: Mapping[date, str]) -> Iterator[CountedDay]:
    yield CountedDay(day, None, "the day of the notice")
    begins = day + _DAY
    yield CountedDay(begins, None, "standstill begins")
    yield from _from_publication(begins + _DAY, count, proclaimed)


def _from_sending(day: date, count: int, proclaimed: Mapping[date, str]) -> Iterator[CountedDay]:
    yield CountedDay(day, None, "the day of sending")
    for number, one in enumerate(_days(day + _DAY), 1):
        why = why_no_working_day(one, proclaimed)
        if number <= count:
            yield CountedDay(one, number)
        else:
            yield CountedDay(one, None, why or "the next working day")
        if number >= count and not why:
            return


def _days(first: date) -> Iterator[date]:
    while True:
        yield first
        first += _DAY


@cache
def _bank_holidays(year: int) -> Mapping[date, str]:
    """Every bank holiday in any part of the United Kingdom, with its name."""
    # Imported when the first date is counted: no start of the program needs it.
    from holidays import country_holidays

    found: dict[date, str] = {}
    for part in _PARTS:
        for day, name in country_holidays("GB", subdiv=part, years=year, language="en_GB").items():
            found.setdefault(day, name.removesuffix(" (observed)"))
    return found


def proclaimed_days(days: Iterable[tuple[date, str]]) -> Mapping[date, str]:
    """Bank holidays that were proclaimed, by day. A day without a name is refused: the record says what it was."""
    held = {day: name.strip() for day, name in days}
    unnamed = sorted(day for day, name in held.items() if not name)
    if unnamed:
        raise EvalPanelError(
            f"The proclaimed day {unnamed[0]:%d %B %Y} has no name.",
            "Nothing was changed. Say what the day is, so that others can look it up.",
        )
    return held
