"""Ranks, and the published tie rule as far as a program may apply it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby

from evalpanel.domain.tender import BidCode


class TieStep(StrEnum):
    """A step of a tie rule that a program may take: it follows from figures that are already in the result."""

    QUALITY = "quality"
    PRICE = "price"


@dataclass(frozen=True, slots=True)
class TieRule:
    """A published tie rule as it was understood. `steps` are taken in order; `then` is what people do after them.

    `then` holds the published words from the first step that a program does not take (drawing lots, a criterion by
    name, anything it cannot read for certain) to the end; empty where the rule ends with the steps.
    """

    published: str = ""
    steps: tuple[TieStep, ...] = ()
    then: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one bid is ranked by. The lowest `key` comes first; `quality` and `price` are for the tie rule."""

    bid: BidCode
    key: Fraction
    quality: Fraction | None = None
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rank of each bid (1, 1, 3), and in words how bids that stood equal were dealt with (empty: there were none)."""

    ranks: Mapping[BidCode, int]
    tie: str = ""


# A step is taken only when every one of its words is known: a rule that says more than this is left to people.
_FILLER_WORDS = (
    "a an and any are as at award awarded be bid bidder bidders bids by case equal event first for further given goes has have "
    "having if in is it its mark marks next of on or overall preference preferred rank ranked ranks remain remains result same "
    "score scored scores second shall share still tender tenders that the then there third tie tied ties to total totals "
    "weighted where which who whose will win wins with"
)
_FILLER = frozenset(_FILLER_WORDS.split())
_QUALITY = frozenset({"quality"})
_PRICE = frozenset({"price", "priced"})
_UP = frozenset({"highest", "higher", "best", "better", "greatest", "more", "most"})
_DOWN = frozenset({"lowest", "lower", "cheapest", "least"})
_PRICE_SCORES = frozenset({"score", "scored", "scores", "marks", "mark", "result", "weighted"})
_BREAK = re.compile(r"\b[0-9a-z][.)](?=\s|$)|[,;:.\n→>]|\bthen\b", re.IGNORECASE)


def read_tie_rule(published: str) -> TieRule:
    """What a program can take from a published tie rule: the order of `quality` and `price`, and where people come in.

    `highest quality, then lowest price, then drawing lots on the record` gives the steps quality and price, then
    `drawing lots on the record`. Reading stops at the first words that are not certainly one of these two.
    """
    steps: list[TieStep] = []
    start = 0
    pieces = [(match.start(), match.end()) for match in _BREAK.finditer(published)]
    for begin, end in [*pieces, (len(published), len(published))]:
        words = published[start:begin].strip()
        kind = _step(words)
        if kind is None and words and not _is_filler(words):
            return TieRule(published.strip(), tuple(steps), published[start:].strip(" ,;:.\n"))
        if kind is not None and kind not in steps:
            steps.append(kind)
        start = end
    return TieRule(published.strip(), tuple(steps))


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W_]+(?:-[^\W_]+)*", text.lower()))


def _is_filler(text: str) -> bool:
    return _words(text) <= _FILLER


def _step(text: str) -> TieStep | None:
    words = _words(text)
    for step, names, way, other in (
        (TieStep.QUALITY, _QUALITY, _UP, frozenset[str]()),
        (TieStep.PRICE, _PRICE, _DOWN, _PRICE_SCORES),
    ):
        if words & names and not words & other and words <= _FILLER | names | way:
            return step
    return None


def rank(standings: Iterable[Standing], rule: TieRule, stands: Mapping[BidCode, str] | None = None) -> Ranking:
    """Rank bids, lowest key first; equal keys go through the tie rule, and share a rank where it does not part them.

    `stands` says in words what a bid is ranked by ("82.00"), for the sentence about a tie.
    """
    ranks: dict[BidCode, int] = {}
    sentences = []
    ordered = sorted(standings, key=lambda standing: (standing.key, standing.bid))
    for _, equal in groupby(ordered, key=lambda standing: standing.key):
        group = list(equal)
        place = len(ranks) + 1
        parted = _part(group, rule.steps)
        for together, _ in parted:
            rank_here = len(ranks) + 1
            ranks.update((standing.bid, rank_here) for standing in together)
        if len(group) > 1:
            shown = (stands or {}).get(group[0].bid, "")
            sentences.append(_told(place, shown, parted, rule))
    return Ranking(ranks, " ".join(sentences))


def _part(group: Sequence[Standing], steps: Sequence[TieStep]) -> list[tuple[list[Standing], TieStep | None]]:
    """The group in order, bids that stay equal together, each with the step that could not be taken for want of a figure."""
    if len(group) < 2 or not steps:
        return [(list(group), None)]
    figures = {standing.bid: _figure(standing, steps[0]) for standing in group}
    known = {bid: figure for bid, figure in figures.items() if figure is not None}
    if len(known) < len(group):
        return [(list(group), steps[0])]
    parted: list[tuple[list[Standing], TieStep | None]] = []
    in_order = sorted(group, key=lambda standing: (known[standing.bid], standing.bid))
    for _, equal in groupby(in_order, key=lambda standing: known[standing.bid]):
        parted.extend(_part(list(equal), steps[1:]))
    return parted


def _figure(standing: Standing, step: TieStep) -> Fraction | None:
    """What a step compares, lowest first."""
    if step is TieStep.QUALITY:
        return None if standing.quality is None else -standing.quality
    return None if standing.price is None else Fraction(standing.price)


def _told(place: int, shown: str, parted: Sequence[tuple[list[Standing], TieStep | None]], rule: TieRule) -> str:
    everyone = sorted(standing.bid for together, _ in parted for standing in together)
    on = f" on {shown}" if shown else ""
    said = [f"Bids {_listed(everyone)} stood equal{on} for rank {place}."]
    said.append(f"The published tie rule is: “{rule.published}”." if rule.published else "No tie rule was published.")
    next_rank = place
    for together, stopped in parted:
        bids = _listed([standing.bid for standing in together])
        if len(together) > 1:
            said.append(f"Bids {bids} share rank {next_rank}: {_what_now(rule, stopped)}")
        else:
            said.append(f"By it bid {bids} takes rank {next_rank}.")
        next_rank += len(together)
    return " ".join(said)


def _what_now(rule: TieRule, stopped: TieStep | None) -> str:
    if stopped is not None:
        return f"the rule asks for {stopped.value}, which is not known for all of them; people apply it, on the record."
    if rule.then:
        return f"the rule goes on “{rule.then}”, which people do, on the record."
    return "no further step was published; the people who decide settle it on the record, with advice."


def _listed(bids: Sequence[str]) -> str:
    return bids[0] if len(bids) == 1 else f"{', '.join(bids[:-1])} and {bids[-1]}"
