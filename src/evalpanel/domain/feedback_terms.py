"""What the parts of a feedback letter are made of, by lot and by criterion, and how its names and numbers are written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from evalpanel.domain.criteria import Criterion, CriterionKind, leaves
from evalpanel.domain.evidence import Source
from evalpanel.domain.gates import scale_of
from evalpanel.domain.letter import Signatory
from evalpanel.domain.letter_wording import PLACES, LetterWording, fill
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.price import money
from evalpanel.domain.regimes import Need, Regime
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.domain.scales import Scale
from evalpanel.domain.standstill import StandstillClock, standstill
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    Bidder,
    ConsortiumMember,
    CriterionCode,
    Lot,
    MemberRole,
    PriceFormula,
    ScaleCode,
    Tender,
)

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# The program's letters are English whatever the computer speaks, so the months are not the locale's.

_WITHOUT_PRICE_SCORE = (PriceFormula.F7, PriceFormula.F8, PriceFormula.F10, PriceFormula.F11)
DASH = "–"
"""What stands where there is no number."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the parts of one letter are made of: the inputs, by lot and by criterion.

    `order` are the lot's criteria with their depth, each after its parent; `shares` what each counts for within quality;
    `places` what the named places of the wording hold in this letter; `documents` what the reader's bid and the tender
    say, where evidence can come from.
    """

    tender: Tender
    lot: Lot
    criteria: tuple[Criterion, ...]
    order: tuple[tuple[Criterion, int], ...]
    scales: Mapping[ScaleCode, Scale]
    shares: Mapping[CriterionCode, Fraction]
    bid: Bid
    result: LotResult
    own: BidResult
    moderated: Mapping[str, ModeratedScore]
    winners: tuple[tuple[BidResult, Mapping[str, ModeratedScore]], ...]
    regime: Regime
    wording: LetterWording
    bidder_name: str
    signatory: Signatory
    places: Mapping[str, str]
    standstill: str
    standstill_ends: date | None
    documents: tuple[Source, ...] = ()
    tie_settled: str = ""

    def say(self, name: str) -> str:
        """A sentence of the wording with its places filled."""
        return self.wording.say(name, **self.places)

    @property
    def award_leaves(self) -> tuple[Criterion, ...]:
        """The award criteria that each tender is explained against: scored ones and considerations."""
        return tuple(
            criterion
            for criterion in leaves(self.criteria)
            if criterion.kind in (CriterionKind.QUALITY, CriterionKind.CONSIDERATION)
        )

    @property
    def award_branches(self) -> frozenset[CriterionCode]:
        """The sections that hold award criteria, at any depth."""
        found: set[CriterionCode | None] = {leaf.parent for leaf in self.award_leaves}
        for criterion, _ in reversed(self.order):
            if criterion.criterion in found:
                found.add(criterion.parent)
        return frozenset(code for code in found if code is not None)

    @property
    def failed_codes(self) -> frozenset[CriterionCode]:
        """The criteria at whose gates the bid failed."""
        return frozenset(gate.criterion for gate in self.own.failed_gates if gate.criterion is not None)

    def scale(self, criterion: Criterion) -> Scale:
        """The scale that a leaf criterion is scored on."""
        return scale_of(criterion, self.scales)

    def share(self, criterion: Criterion) -> Fraction | None:
        """What a criterion and all below it count for within quality, as a fraction of 1; None: it carries no weighting."""
        return self.shares.get(criterion.criterion)

    @property
    def price_is_scored(self) -> bool:
        """Whether price adds points to the total."""
        return self.result.price_weighting > 0 and self.result.formula not in _WITHOUT_PRICE_SCORE


def places_of(told: Told) -> Mapping[str, str]:
    """What the named places of the wording hold in this letter."""
    formula, best = told.result.formula, told.winners[0][0] if told.winners else None
    return {
        **common_places(told.tender, told.lot, told.regime, told.bidder_name, told.signatory),
        "also": _also(told),
        "best_total": points(best.total if best else None, told.result.places),
        "best_winner": best.name if best else "",
        "bid": told.bid.bid,
        "places": str(told.result.places),
        "price": _amount(told.own.price_amount, told.tender),
        "price_points": canonical(told.result.price_weighting),
        "price_score": points(told.own.price, told.result.places),
        "price_weighting": canonical(told.result.price_weighting) + "%",
        "quality_weighting": canonical(told.result.quality_weighting) + "%",
        "standstill": told.standstill,
        "tie_settled": told.tie_settled,
        "top": fill(told.wording.award_rules[formula], words_of(told.regime)) if formula else "the highest total",
        "total": points(told.own.total, told.result.places),
        "winner": joined(tuple(winner.name for winner, _ in told.winners)),
    }


def _also(told: Told) -> str:
    """What a letter holds of the most advantageous tender, where there is one and the law asks for it."""
    if not told.winners or not told.regime.asks(Need.WINNER_SCORES):
        return ""
    return fill(told.wording.texts["best_also"], words_of(told.regime))


def words_of(regime: Regime) -> Mapping[str, str]:
    """The law's own words, by the places that hold them."""
    words = regime.words
    return {
        "summary": words.letter,
        "Summary": words.letter[:1].upper() + words.letter[1:],
        "supplier": words.bidder,
        "suppliers": f"{words.bidder}s",
        "offer": words.bid,
        "offers": f"{words.bid}s",
        "Offers": f"{words.bid[:1].upper()}{words.bid[1:]}s",
        "best": words.best,
    }


def common_places(tender: Tender, lot: Lot, regime: Regime, bidder: str, signatory: Signatory) -> Mapping[str, str]:
    """What the places hold that need no outcome. A place of another kind of letter is empty."""
    return {
        **dict.fromkeys(PLACES, ""),
        **words_of(regime),
        "authority": tender.authority,
        "bidder": bidder,
        "contract": contract_name(tender, lot),
        "email": signatory.email,
        "full_criteria_at": tender.full_criteria_at,
        "law": regime.source,
        "lot": f"{lot.lot} {lot.title}".strip(),
        "notice": tender.notice_id,
        "price_lower": _amount(tender.price_lower, tender),
        "price_upper": _amount(tender.price_upper, tender),
        "reference": tender.reference,
        "role": signatory.role,
        "years": str(regime.years_kept),
    }


def clock_starts(regime: Regime, sent: date, published: date | None) -> date | None:
    """The day that starts the clock of standstill, where a letter can know it and the law lets it say when it ends.

    `sent` is the day of the letter, `published` the day of the notice if there was one already.
    """
    held = regime.standstill
    if held is None or not held.dated:
        return None
    return sent if held.clock is StandstillClock.FROM_SENDING else published


def standstill_ends(
    regime: Regime, started: date | None, proclaimed: Mapping[date, str], *, days: int = 0, by_post: bool = False
) -> date | None:
    """The last day of standstill, where its clock has started. `days`: a longer one than the law asks, as it was announced."""
    held = regime.standstill
    if held is None or started is None:
        return None
    return standstill(held.clock, started, max(days, held.least(by_post=by_post)), proclaimed).ends


def standstill_words(
    regime: Regime,
    started: date | None,
    ends: date | None,
    *,
    by_post: bool = False,
    instance: tuple[date, date] | None = None,
) -> str:
    """What a letter says about standstill: the exact end where the clock has started, else how it will be counted.

    `instance` is a day on which the clock could start, with the end that would follow, for a law whose letters show how to reckon it.
    """
    held = regime.standstill
    if held is None:
        return ""
    if started is None or ends is None:
        if not held.reckoning or instance is None:
            return held.sentence
        begins, last = (full_date(day) for day in instance)
        return f"{held.sentence}\n\n{held.reckoning.format(begins=begins, ends=last)}"
    said = held.dated_post if by_post and held.dated_post else held.dated
    return said.format(begins=full_date(started), ends=full_date(ends))


def _amount(amount: Decimal | None, tender: Tender) -> str:
    return DASH if amount is None else money(amount, tender.currency)


def result_of(result: LotResult, bid: BidCode) -> BidResult:
    """The result of one bid in its lot. Raises `KeyError` when it is not there."""
    for held in result.bids:
        if held.bid == bid:
            return held
    raise KeyError(bid)


def contract_name(tender: Tender, lot: Lot) -> str:
    """How a letter calls what is being bought: the tender, and its lot where that says more."""
    title = lot.title.strip()
    if not title or title.casefold() == tender.title.strip().casefold():
        return tender.title
    return f"{tender.title}, lot {lot.lot}: {title}"


def named(criterion: Criterion) -> str:
    """A criterion as people call it: `1.2 Listening to young people`."""
    return f"{criterion.criterion} {criterion.title}".strip()


def points(number: Decimal | None, places: int) -> str:
    """Points as the letter prints them, or a dash where there are none."""
    return DASH if number is None else format(round_half_up(number, places), "f")


def joined(names: tuple[str, ...]) -> str:
    """Names in a sentence: `A`, `A and B`, `A, B and C`."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else ""


def long_date(day: date) -> str:
    """A date in words: `3 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def full_date(day: date) -> str:
    """A date with its day of the week: `Tuesday 3 November 2026`."""
    return f"{_WEEKDAYS[day.weekday()]} {long_date(day)}"


def identifier(bidder: Bidder, members: tuple[ConsortiumMember, ...]) -> str:
    """The unique identifier of a bidder; for a consortium without one of its own, its lead member's. Empty: none."""
    if bidder.identifier.strip():
        return f"{bidder.scheme} {bidder.identifier}".strip()
    for member in members:
        if member.bidder == bidder.bidder and member.role is MemberRole.LEAD and member.identifier.strip():
            return f"{member.scheme} {member.identifier}".strip() + f" ({member.name}, lead member)"
    return ""


def addressee(bidder: Bidder, members: tuple[ConsortiumMember, ...]) -> tuple[str, ...]:
    """The address block, reg. 31 (a) to (c): name, postal address line by line, e-mail address, unique identifier.

    An address in one line is broken at its commas, but not after a house number.
    """
    lines = [line.strip(" ,") for line in bidder.address.splitlines() if line.strip(" ,")]
    if len(lines) == 1:
        pieces: list[str] = []
        for piece in (part.strip() for part in lines[0].split(",")):
            if pieces and pieces[-1].isdigit():
                pieces[-1] += f", {piece}"
            elif piece:
                pieces.append(piece)
        lines = pieces
    number = identifier(bidder, members)
    held = (bidder.name, *lines, bidder.email.strip(), f"Identifier: {number}" if number else "")
    return tuple(line for line in held if line)


def reason_of(told: Told) -> str:
    """Why a bid was not assessed, as it stands on the record."""
    return told.bid.reason.strip() or told.own.why.strip()


def told_to_others(held: ModeratedScore) -> str:
    """What other bidders may read of a moderated line: its disclosable reasons, else its reasons.

    Where something is withheld and no disclosable reasons stand in its place, nothing: never the reasons themselves.
    """
    if held.disclosable_reasons.strip():
        return held.disclosable_reasons
    return "" if held.withheld_why.strip() else held.reasons


def tree(criteria: tuple[Criterion, ...]) -> Iterator[tuple[Criterion, int]]:
    """Criteria with their depth, each after its parent, in the order of the workbook."""
    known = {criterion.criterion for criterion in criteria}

    def below(parent: CriterionCode | None, depth: int) -> Iterator[tuple[Criterion, int]]:
        for criterion in criteria:
            held = criterion.parent if criterion.parent in known else None
            if held == parent:
                yield criterion, depth
                yield from below(criterion.criterion, depth + 1)

    yield from below(None, 0)


def shares_of_all(
    order: tuple[tuple[Criterion, int], ...], leaf_shares: Mapping[CriterionCode, Fraction]
) -> dict[CriterionCode, Fraction]:
    """The shares of leaves, and of everything above them: each the sum of what is below it."""
    shares = dict(leaf_shares)
    for criterion, _ in reversed(order):
        share = shares.get(criterion.criterion)
        if share is not None and criterion.parent is not None:
            shares[criterion.parent] = shares.get(criterion.parent, Fraction()) + share
    return shares


def percent(share: Fraction | None) -> str:
    """A share as a percentage with at most two decimal places; a dash where there is none."""
    return DASH if share is None else canonical(round_half_up(share * 100, 2)) + "%"


def available(scale: Scale) -> str:
    """The scores that a scale has: `0 to 5`, or each of them where they are not whole steps of one."""
    values = sorted(level.value for level in scale.levels)
    if len(values) > 2 and all(high - low == 1 for low, high in pairwise(values)):
        return f"{canonical(values[0])} to {canonical(values[-1])}"
    return ", ".join(canonical(value) for value in values)


def of_top(scale: Scale, score: Decimal) -> str:
    """A score on its scale: `4 of 5`."""
    return of_steps(score, (scale.top,))


def of_steps(score: Decimal, steps: tuple[Decimal, ...]) -> str:
    """A score on its scale, from the values of the scale: `4 of 5`."""
    return f"{canonical(score)} of {canonical(max(steps))}"
