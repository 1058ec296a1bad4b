"""The order in which the papers of an award go out: letters before the notice, and days that agree with one another.

Sources: Procurement Act 2023 s. 50 (1) (an assessment summary is provided before the contract award notice is published); PCR 2015
regs 86 (2)(d) (a letter states exactly when standstill ends) and 87 (it is counted from the last sending, and is longer where
a letter does not go by electronic means).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evalpanel.domain.regimes import Regime
from evalpanel.domain.signing import AwardNotice, in_words
from evalpanel.domain.standstill import StandstillClock, standstill
from evalpanel.domain.tender import BidCode, LotCode


@dataclass(frozen=True, slots=True)
class AwardPaper:
    """One letter about the outcome as it stands on the record.

    `given` is the day on which the first version was signed and `first_sent` that on which any version first went out; `sent` are the
    days on which the newest version went out (empty: that is not on the log), `by_post` whether it ever went by other
    than electronic means. `ends` is the last day of standstill that the newest version states (None: it states none), and
    `clock_from` the day from which it counts.
    """

    bid: BidCode
    lot: LotCode
    is_summary: bool
    given: date
    first_sent: date | None
    sent: tuple[date, ...]
    by_post: bool
    clock_from: date | None = None
    ends: date | None = None

    @property
    def name(self) -> str:
        """The letter in a sentence."""
        return f"The letter for bid {self.bid}, lot {self.lot},"


@dataclass(frozen=True, slots=True)
class OutOfOrder:
    """Why something may not be recorded: what does not fit, and what to do.

    `may_be_so`: it can truly have happened so, and is recorded all the same where somebody says why it stands.
    """

    title: str
    advice: str
    may_be_so: bool = False


def why_no_notice(
    notice: AwardNotice, regime: Regime, papers: Sequence[AwardPaper], *, by_post: bool
) -> OutOfOrder | None:
    """Why this notice does not fit the letters on the record; None where it does."""
    rule = regime.standstill
    if rule is None:
        return None
    if rule.clock is StandstillClock.FROM_PUBLICATION:
        return _after_summaries(notice, papers)
    if rule.clock is StandstillClock.FROM_SENDING:
        return _as_sent(notice, papers, by_post=by_post) or _as_stated(notice, regime, papers, by_post=by_post)
    return None


def _after_summaries(notice: AwardNotice, papers: Iterable[AwardPaper]) -> OutOfOrder | None:
    for one in papers:
        day, was = (one.first_sent, "sent") if one.first_sent is not None else (one.given, "signed")
        if one.is_summary and day > notice.published:
            return OutOfOrder(
                f"{one.name} was {was} on {in_words(day)}, after the notice of {in_words(notice.published)}.",
                "The Procurement Act (section 50) asks that every assessment summary is provided before the contract award notice is published. If "
                "a day is wrong, give the right one. If the notice did come first, ask your lawyer: publish it anew now that the summaries are "
                "out, and record the day of that publication, from which standstill is counted.",
                may_be_so=True,
            )
    return None


def _as_sent(notice: AwardNotice, papers: Sequence[AwardPaper], *, by_post: bool) -> OutOfOrder | None:
    for one in papers:
        if one.sent and min(one.sent) > notice.published:
            return OutOfOrder(
                f"{one.name} is on the log as sent on {in_words(min(one.sent))}, after {in_words(notice.published)}.",
                "Standstill is counted from the day on which the last letter was sent (regulation 87). Record that day. If the log is wrong, add "
                "the sending as it was: evalpanel sent.",
                may_be_so=True,
            )
        if one.by_post and not by_post:
            return OutOfOrder(
                f"{one.name} is on the log as sent by other than electronic means.",
                "Then standstill lasts to the fifteenth day (regulation 87), and the letters state the tenth. Say so with evalpanel letters standstill "
                "--post, sign the letters anew, and send them.",
            )
    logged = papers and all(one.sent for one in papers)
    if logged and not any(notice.published in one.sent for one in papers):
        last = max(min(one.sent) for one in papers)
        return OutOfOrder(
            f"The log says that the last letter was sent on {in_words(last)}, and not on {in_words(notice.published)}.",
            "Standstill is counted from the day on which the last letter was sent (regulation 87). Record that day. If the log is wrong, add the "
            "sending as it was: evalpanel sent.",
            may_be_so=True,
        )
    return None


def _as_stated(
    notice: AwardNotice, regime: Regime, papers: Iterable[AwardPaper], *, by_post: bool
) -> OutOfOrder | None:
    rule = regime.standstill
    assert rule is not None
    least = rule.least(by_post=by_post)
    lawful = standstill(rule.clock, notice.published, least, notice.added_days).ends
    period = notice.period(regime)
    for one in papers:
        if one.ends is not None and (one.ends < lawful or (period is not None and one.ends > period.ends)):
            return OutOfOrder(
                f"{one.name} states that standstill ends with {in_words(one.ends)}, but it ends with {in_words(lawful)}.",
                f"A letter states the exact day (regulation 86). It was counted for letters of {in_words(notice.published)}. If that day is wrong, give the "
                f"right one. If it is right, sign the letter anew (evalpanel letters --bid {one.bid} --again WHY), send it, and record the day on "
                "which the last of them was sent.",
            )
    return None


def to_sign_anew(
    regime: Regime, papers: Iterable[AwardPaper], proclaimed: Mapping[date, str], *, days: int, by_post: bool
) -> tuple[AwardPaper, ...]:
    """The letters that state another last day than they would now: each has to be signed anew and sent.

    `proclaimed` are the bank holidays that were added, `days` how long the standstill is (0: as the law asks).
    """
    rule = regime.standstill
    if rule is None:
        return ()
    length = max(days, rule.least(by_post=by_post))
    return tuple(
        one
        for one in papers
        if one.ends is not None
        and one.clock_from is not None
        and standstill(rule.clock, one.clock_from, length, proclaimed).ends != one.ends
    )


def not_on_the_log(regime: Regime, papers: Iterable[AwardPaper]) -> tuple[AwardPaper, ...]:
    """The letters of which no sending is on the log, where the law lets nothing begin before they are out."""
    rule = regime.standstill
    if rule is None or rule.clock is StandstillClock.AFTER_NOTICE:
        return ()
    return tuple(one for one in papers if one.first_sent is None)
