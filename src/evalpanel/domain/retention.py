"""How long a record is kept, and how it ends. Nothing is destroyed early, nor under a hold, nor without a word about it.

Procurement Act 2023 s. 98: until the end of the three years that begin with the day on which the contract is entered into, or,
if there is none, on which it was awarded. PCR 2015 reg. 84 and the Provider Selection Regime ask for no less.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from evalpanel.domain.award import LotAward
from evalpanel.domain.signing import Hold, SignedContract, in_words, standing_holds
from evalpanel.domain.tender import PersonCode

LEAST_YEARS = 3
"""No regime keeps a record for less; one without a figure of its own keeps it as long as this."""
SOON = timedelta(days=90)
"""How long before the day the program begins to say that a record will be due."""


class RetentionState(StrEnum):
    """Where the keeping of a record stands."""

    NOT_COUNTING = "not-counting"
    KEPT = "kept"
    SOON = "soon"
    HELD = "held"
    DUE = "due"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class RecordEnding:
    """A record that was ended: how many sealed files went, and whether the wrapping keys were deleted.

    `files` counts documents and letters whose sealed files were taken away. `kept` says in words what is still there.
    """

    why: str
    files: int
    kept: str
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """Until when a record is kept (`until`, the last day) and why; `holds` are the holds that stand."""

    state: RetentionState
    since: date | None
    years: int
    until: date | None
    why: str
    holds: tuple[Hold, ...] = ()
    ended: RecordEnding | None = None


def last_day(since: date, years: int) -> date:
    """The last day of the `years` that begin with the day `since` (three years from 4 March 2026 end on 3 March 2029)."""
    try:
        return since.replace(year=since.year + years) - timedelta(days=1)
    except ValueError:  # they begin on 29 February, and the year in which they end has none
        return date(since.year + years, 2, 28)


def retention(
    awards: Sequence[LotAward],
    contracts: Iterable[SignedContract],
    holds: Sequence[Hold],
    years: int,
    today: date,
    ended: RecordEnding | None = None,
) -> Retention:
    """Where the keeping of a record stands on a day.

    It counts from the last signature; where every lot was abandoned, from the last of these decisions. As long as a lot is
    open there is no date, because the record is still being made.
    """
    length = max(years, LEAST_YEARS)
    standing = standing_holds(holds)
    signed = {one.lot: one.signed for one in contracts}
    starts = [signed.get(one.lot, one.decided_on if one.abandoned else None) for one in awards]
    if ended is not None:
        return Retention(RetentionState.ENDED, None, length, None, "The record was ended.", standing, ended)
    if not starts or any(day is None for day in starts):
        why = f"It is kept for {length} years from the day on which the last contract is signed, which is not yet."
        return Retention(RetentionState.NOT_COUNTING, None, length, None, why, standing)
    since = max(day for day in starts if day is not None)
    until = last_day(since, length)
    begins = "the contract was signed" if since in signed.values() else "the last lot was abandoned"
    why = f"{length} years that begin on {in_words(since)}, when {begins}, end on {in_words(until)}."
    if standing:
        state = RetentionState.HELD
    elif today > until:
        state = RetentionState.DUE
    else:
        state = RetentionState.SOON if until - today <= SOON else RetentionState.KEPT
    return Retention(state, since, length, until, why, standing)


def why_not_end(held: Retention) -> str:
    """Why a record may not be ended, in words; empty when it may."""
    if held.state is RetentionState.ENDED:
        return "It was ended already."
    if held.holds:
        first = held.holds[0]
        return f"It is held since {in_words(first.since)} ({first.who}: {first.why}). Lift the hold first."
    if held.state is RetentionState.DUE:
        return ""
    return held.why


def warning(held: Retention) -> str:
    """What a person should hear about the keeping of a record now; empty when there is nothing to do."""
    if held.state is RetentionState.DUE:
        return f"{held.why} The record may be ended now, or kept for a reason of your own."
    if held.state is RetentionState.SOON:
        return f"{held.why} Decide in time whether it is still needed."
    if held.state is RetentionState.HELD:
        first = held.holds[0]
        return f"Nothing is destroyed while a hold stands: {first.who}, {first.why}"
    return ""
