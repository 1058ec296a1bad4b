"""From the award decision to the signed contract: the notice, its clock, challenges and holds, and when nothing may be signed.

Sources: Procurement Act 2023 ss. 50, 51 (standstill), 101 (automatic suspension); PCR 2015 regs 87, 95; Provider Selection
Regime Regulations 2023 reg. 12.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from evalpanel.domain.award import LotAward
from evalpanel.domain.regimes import Regime
from evalpanel.domain.standstill import StandstillPeriod, proclaimed_days, standstill
from evalpanel.domain.tender import BidCode, LotCode, PersonCode, RegimeCode


@dataclass(frozen=True, slots=True)
class LetterDays:
    """What letters go by when they state the end of standstill: bank holidays that were added by hand, and the way they are sent.

    `by_post`: not every letter goes by electronic means, which makes it longer under PCR 2015, reg. 87. The newest counts;
    `again` says why it was recorded once more.
    """

    proclaimed: tuple[str, ...] = ()
    proclaimed_names: tuple[str, ...] = ()
    by_post: bool = False
    again: str = ""
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0

    @property
    def added_days(self) -> dict[date, str]:
        """The bank holidays that were added by hand, with their names."""
        return _added(self.proclaimed, self.proclaimed_names)


@dataclass(frozen=True, slots=True)
class AwardNotice:
    """The award was made public (under PCR 2015: the letters were sent) on `published`, which starts the clock.

    `days`: the length of the standstill, 0 where there is none. `proclaimed` and `proclaimed_names` are bank holidays that
    were added by hand. `again` says why it was recorded once more; the newest counts. `stands` says why it is on the record although
    `found` was found against it: what it did not fit.
    """

    published: date
    notice_id: str
    days: int
    proclaimed: tuple[str, ...] = ()
    proclaimed_names: tuple[str, ...] = ()
    again: str = ""
    found: str = ""
    stands: str = ""
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0

    def period(self, regime: Regime) -> StandstillPeriod | None:
        """The standstill that it set going, day by day; None where there is none."""
        rule = regime.standstill
        if rule is None or not self.days:
            return None
        return standstill(rule.clock, self.published, self.days, self.added_days)

    @property
    def added_days(self) -> dict[date, str]:
        """The bank holidays that were added by hand, with their names."""
        return _added(self.proclaimed, self.proclaimed_names)


class HoldKind(StrEnum):
    """What a hold is: a challenge that was notified, another reason to keep everything, or the end of one of them."""

    CHALLENGE = "challenge"
    HOLD = "hold"
    LIFT = "lift"


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that stops destruction (and, a challenge in time, the contract too) from `since` until it is lifted.

    `by` is who notified it, who ordered it, or who lifts it; `lifts` is the act of the hold that is lifted (0: none).
    """

    kind: HoldKind
    who: str
    why: str
    since: date
    lifts: int = 0
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0


@dataclass(frozen=True, slots=True)
class SignedContract:
    """The contract for one lot was entered into on `signed`, with these bids."""

    lot: LotCode
    bids: tuple[BidCode, ...]
    signed: date
    by: PersonCode = field(default=PersonCode(""))
    at: datetime | None = None
    act: int = 0


def _added(days: Sequence[str], names: Sequence[str]) -> dict[date, str]:
    pairs = zip(days, names, strict=True)
    return dict(proclaimed_days((date.fromisoformat(day), name) for day, name in pairs))


def standing_holds(holds: Iterable[Hold]) -> tuple[Hold, ...]:
    """The holds that nobody has lifted, oldest first."""
    held = tuple(holds)
    lifted = {one.lifts for one in held if one.kind is HoldKind.LIFT}
    return tuple(one for one in held if one.kind is not HoldKind.LIFT and one.act not in lifted)


def in_time(challenge: Hold, regime: Regime, notice: AwardNotice | None) -> bool:
    """Whether a challenge suspends the power to sign.

    Procurement Act 2023 s. 101 and the Provider Selection Regime: when it was notified before the standstill ended. PCR 2015
    reg. 95: whenever the contract was not yet signed. Where no notice was published yet, nothing has ended. A standstill that
    was not announced, or that the law does not know, suspends nothing by itself.
    """
    if challenge.kind is not HoldKind.CHALLENGE:
        return False
    if regime.code is RegimeCode.PCR2015:
        return True
    if notice is None:
        return regime.standstill is not None
    period = notice.period(regime)
    return period is not None and challenge.since <= period.ends


def why_not_sign(
    signed: date,
    award: LotAward,
    notice: AwardNotice | None,
    holds: Sequence[Hold],
    regime: Regime,
) -> str:
    """Why the contract for a lot may not be signed on this day, in words; empty when it may.

    It is asked as things stood on that day: a challenge that was notified or withdrawn later changes nothing about it.
    It may be signed once every authority has decided, the call-in has run out, the notice is published, the whole of the
    standstill has passed, and no challenge that came in time stands.
    """
    if not award.settled:
        return f"{', '.join(award.waiting)} has not decided on lot {award.lot} yet."
    if award.abandoned:
        return f"Lot {award.lot} was abandoned."
    call_in = award.call_in_ends
    if call_in is not None and signed <= call_in:
        return f"The decision can be called in until {in_words(call_in)}."
    if notice is None:
        return "The award notice is not on the record yet, so no standstill has begun."
    if signed < notice.published:
        return f"The notice is of {in_words(notice.published)}, which is later."
    period = notice.period(regime)
    if period is not None and not period.is_over(signed):
        return f"Standstill lasts until the end of {in_words(period.ends)}: the first day is {in_words(period.first_free_day)}."
    for one in standing_holds(one for one in holds if one.since <= signed):
        if in_time(one, regime, notice):
            return f"A challenge was notified by {one.who} on {in_words(one.since)}, in time, and stands."
    return ""


def in_words(day: date) -> str:
    """A day as people write it: `3 November 2025`."""
    return f"{day.day} {day:%B %Y}"
