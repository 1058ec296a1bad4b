"""What a letter is made of, gathered at one door that no line of a stranger's bid passes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from evalpanel.domain import feedback_terms as terms
from evalpanel.domain.criteria import Criterion, for_lot
from evalpanel.domain.evidence import Source
from evalpanel.domain.feedback_terms import Told
from evalpanel.domain.letter import Signatory
from evalpanel.domain.letter_wording import LetterWording
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.quality import leaf_shares
from evalpanel.domain.regimes import Regime
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import Bid, Bidder, ConsortiumMember, Lot, Tender


@dataclass(frozen=True, slots=True)
class LetterInputs:
    """Everything that one letter is made of.

    `criteria`, `scales` and `members` may be the whole tender's. `moderated` are the moderated lines of this bid and of
    no other; `winners` those of the bids that the lot goes to (empty for a bid that is not owed them). `day` is the day
    of the letter, on which it is sent; `published` that of the notice, where there was one already. `documents` are those
    of this bid and the tender's own: the evidence for its scores stands in them. `proclaimed` are bank holidays that this
    release does not know, with their names; `by_post` says that not every letter goes by electronic means; `standstill_days`
    is how long the standstill is that was announced (0: as long as the law asks). `tie_settled` says how people applied the
    published rule to a tie that it left open to them.
    """

    tender: Tender
    lot: Lot
    criteria: tuple[Criterion, ...]
    scales: tuple[Scale, ...]
    bidder: Bidder
    members: tuple[ConsortiumMember, ...]
    bid: Bid
    result: LotResult
    moderated: tuple[ModeratedScore, ...]
    winners: tuple[ModeratedScore, ...]
    regime: Regime
    wording: LetterWording
    signatory: Signatory
    day: date
    documents: tuple[Source, ...] = ()
    published: date | None = None
    proclaimed: Mapping[date, str] = field(default_factory=dict)
    by_post: bool = False
    standstill_days: int = 0
    tie_settled: str = ""

    def __post_init__(self) -> None:
        # A line of a third bid here would be one mistake away from a stranger's letter: it is stopped at the door.
        ours, theirs = (self.lot.lot, self.bid.bid), {(self.lot.lot, won.bid) for won in self.result.winners}
        if any((held.line.lot, held.line.bid) != ours for held in self.moderated):
            raise ValueError("moderated lines of another bid were given as this bid's")
        if any((held.line.lot, held.line.bid) not in theirs for held in self.winners):
            raise ValueError("moderated lines of a bid that did not win were given as a winner's")
        if self.bid.bidder != self.bidder.bidder:
            raise ValueError("the bid is another bidder's")
        if any(one.bidder not in (None, self.bid.bidder) for one in self.documents):
            raise ValueError("a document of another bidder was given as this bid's")


def told_of(inputs: LetterInputs) -> Told:
    """The inputs of a letter, by lot and by criterion, with the places of its wording filled."""
    criteria = for_lot(inputs.criteria, inputs.lot.lot)
    won: list[tuple[BidResult, dict[str, ModeratedScore]]] = [
        (winner, {held.line.criterion: held for held in inputs.winners if held.line.bid == winner.bid})
        for winner in inputs.result.winners
    ]
    order = tuple(terms.tree(criteria))
    standstill, ends = _standstill(inputs)
    told = Told(
        tender=inputs.tender,
        lot=inputs.lot,
        criteria=criteria,
        order=order,
        scales={scale.scale: scale for scale in inputs.scales},
        shares=terms.shares_of_all(order, leaf_shares(inputs.criteria, inputs.lot, inputs.tender)),
        bid=inputs.bid,
        result=inputs.result,
        own=terms.result_of(inputs.result, inputs.bid.bid),
        moderated={held.line.criterion: held for held in inputs.moderated},
        winners=tuple(won),
        regime=inputs.regime,
        wording=inputs.wording,
        bidder_name=inputs.bidder.name,
        signatory=inputs.signatory,
        places={},
        standstill=standstill,
        standstill_ends=ends,
        documents=inputs.documents,
        tie_settled=inputs.tie_settled,
    )
    return replace(told, places=terms.places_of(told))


def _standstill(inputs: LetterInputs) -> tuple[str, date | None]:
    """What is said about standstill, and its last day where that is stated; nothing where no contract is awarded."""
    if not inputs.result.winners:
        return "", None
    started = terms.clock_starts(inputs.regime, inputs.day, inputs.published)
    ends, instance = (
        terms.standstill_ends(
            inputs.regime, day, inputs.proclaimed, days=inputs.standstill_days, by_post=inputs.by_post
        )
        for day in (started, inputs.day)
    )
    shown = (inputs.day, instance) if instance is not None else None
    return terms.standstill_words(inputs.regime, started, ends, by_post=inputs.by_post, instance=shown), ends


def withheld(inputs: LetterInputs) -> tuple[ModeratedScore, ...]:
    """The winners' lines of which others are not told everything; each says why in `withheld_why`. Empty for a winner."""
    own = terms.result_of(inputs.result, inputs.bid.bid)
    if own in inputs.result.winners:
        return ()
    return tuple(held for held in inputs.winners if held.withheld_why.strip())
