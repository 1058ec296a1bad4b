"""Interests in a blind tender: a person lists them in their own words, and the officer's laptop finds whom they mean.

The person never learns who bids. What is surely meant (the same name or number) keeps them out at once, until it is decided;
what may be meant is a question to the officer, and no bid is released to the person before it is answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from evalpanel.domain.blind import is_blind
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Declaration, DeclarationOutcome, Organisation, awaited, organisations
from evalpanel.domain.matching import Hint, Likeness, hints
from evalpanel.domain.tender import PersonCode

_SURE = (Likeness.NUMBER, Likeness.NAME)


@dataclass(frozen=True, slots=True)
class Match:
    """The officer looked at what a person listed: it means these organisations (`same`) of those `looked_at`, by key."""

    person: PersonCode
    same: tuple[str, ...]
    looked_at: tuple[str, ...]
    settles: int
    why: str
    by: PersonCode
    at: datetime
    act: int = 0


def is_listed(line: Declaration) -> bool:
    """Whether a line names somebody in the person's own words, and not from a list of those who take part."""
    return line.outcome is DeclarationOutcome.INTEREST and line.bidder is None


def asked_in(pack: TenderPack) -> tuple[Organisation, ...]:
    """Those without an answer about whom nobody reads a bid. In a blind tender people are asked about bids, not by name."""
    return awaited(pack.bids, pack.bidders, () if is_blind(pack) else pack.members)


def questions(
    lines: Iterable[Declaration], matches: Iterable[Match], every: Sequence[Organisation]
) -> tuple[tuple[Declaration, Hint], ...]:
    """What is to be answered by the officer: a line, and whom it may mean. Likeness that is sure is no question."""
    answered = tuple(matches)
    return tuple(
        (line, hint)
        for line in lines
        if is_listed(line)
        for hint in _hints(line, every)
        if not _sure(line, hint) and not _looked_at(line, hint.organisation, answered)
    )


def with_meant(
    lines: Iterable[Declaration], matches: Iterable[Match], every: Sequence[Organisation]
) -> tuple[Declaration, ...]:
    """The lines as they were made, and for each that a person listed one more for every organisation that it means."""
    answered, found = tuple(matches), []
    for line in lines:
        found.append(line)
        if not is_listed(line):
            continue
        same = {key for one in answered if _about(one, line) for key in one.same}
        looked = {key for one in answered if _about(one, line) for key in one.looked_at}
        sure = {one.organisation.key for one in _hints(line, every) if _sure(line, one)} - (looked - same)
        found += [
            replace(line, bidder=one.bidder, organisation=one.key, about=f"{line.organisation}: {line.about}")
            for one in every
            if one.key in same | sure
        ]
    return tuple(found)


def meant_in(pack: TenderPack, lines: Sequence[Declaration], matches: Iterable[Match]) -> tuple[Declaration, ...]:
    """The same for a tender; where nobody listed anything, the lines as they are."""
    if not any(is_listed(line) for line in lines):
        return tuple(lines)
    return with_meant(lines, matches, organisations(pack.bidders, pack.members))


def _hints(line: Declaration, every: Sequence[Organisation]) -> tuple[Hint, ...]:
    most = len(every)
    named = hints(line.organisation, every, most)
    keys = {one.organisation.key for one in named}
    return (*named, *(one for one in hints(line.about, every, most) if one.organisation.key not in keys))


def _sure(line: Declaration, hint: Hint) -> bool:
    """The same name or number in what the person called it. In the words about it anything may stand, also a denial."""
    return hint.likeness in _SURE and hint in hints(line.organisation, (hint.organisation,))


def _about(match: Match, line: Declaration) -> bool:
    return match.person == line.person and line.act <= match.settles


def _looked_at(line: Declaration, one: Organisation, matches: Iterable[Match]) -> bool:
    return any(_about(match, line) and one.key in match.looked_at for match in matches)
