"""What a bidder is told: which letter a bid is owed, what still keeps it from being written, and its words.

Reg. 31 of the Procurement Regulations 2024 says what an assessment summary holds. Of another bidder a letter holds the
name, the scores and the explanations of the most advantageous tender, and nothing else; never working notes, names of
panel members, dissent, how differences were settled, or anybody's price but the reader's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from evalpanel.domain import feedback_parts as parts
from evalpanel.domain import feedback_terms as terms
from evalpanel.domain.criteria import Criterion, CriterionKind, for_lot
from evalpanel.domain.evidence import Source, source_of
from evalpanel.domain.feedback_terms import Told
from evalpanel.domain.letter import Block, FeedbackLetter, Paragraph, Section, Signatory, Tone
from evalpanel.domain.letter_wording import LetterKind, LetterWording, fill
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.quality import leaf_shares
from evalpanel.domain.regimes import Regime, refuse_without_letters
from evalpanel.domain.results import BidResult, LotResult, ResultStatus
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import Bid, BidCode, Bidder, ConsortiumMember, Lot, Tender
from evalpanel.errors import EvalPanelError

__all__ = [
    "FeedbackLetter",
    "LetterBlocked",
    "LetterInputs",
    "LetterKind",
    "Signatory",
    "blocked",
    "compose",
    "kind_of",
]

_BY_STATUS = {
    ResultStatus.LATE: LetterKind.LATE,
    ResultStatus.WITHDRAWN: LetterKind.WITHDRAWN,
    ResultStatus.DISREGARDED: LetterKind.DISREGARDED,
    ResultStatus.EXCLUDED: LetterKind.EXCLUDED,
    ResultStatus.NOT_SHORTLISTED: LetterKind.NOT_SHORTLISTED,
}


@dataclass(frozen=True, slots=True)
class LetterInputs:
    """Everything that one letter is made of.

    `criteria`, `scales` and `members` may be the whole tender's. `moderated` are the moderated lines of this bid and of
    no other; `winners` those of the bids that the lot goes to (empty for a bid that is not owed them). `day` is the day
    of the letter. `documents` are those of this bid and the tender's own: the evidence for its scores stands in them.
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


class LetterBlocked(EvalPanelError):
    """A letter cannot be written yet. `why` holds a sentence for each thing that is missing."""

    def __init__(self, bid: BidCode, why: tuple[str, ...]) -> None:
        super().__init__(f"The letter for bid {bid} cannot be written yet.", " ".join(why) + " Nothing was written.")
        self.why = why


def kind_of(result: LotResult, bid: BidCode) -> LetterKind | None:
    """Which letter a bid is owed; None for an in-house comparator, which gets none.

    A bid that failed a condition or the budget gets a notice even if it was below a minimum too. Raises `KeyError` for
    a bid that is not in the result.
    """
    held = terms.result_of(result, bid)
    if held.status is ResultStatus.COMPARATOR:
        return None
    if held.status is ResultStatus.RANKED:
        return LetterKind.WINNER if held in result.winners else LetterKind.UNSUCCESSFUL
    if held.status is ResultStatus.GATE_FAILED:
        only_minimum = held.failed_gates and all(gate.is_minimum for gate in held.failed_gates)
        return LetterKind.BELOW_MINIMUM if only_minimum else LetterKind.CONDITION_FAILED
    return _BY_STATUS[held.status]


def blocked(inputs: LetterInputs) -> tuple[str, ...]:
    """What keeps the letter from being written, a sentence each; empty when it can be composed.

    A comparator is not blocked: it is simply owed no letter (see `kind_of`).
    """
    kind = kind_of(inputs.result, inputs.bid.bid)
    if kind is None:
        return ()
    why = [*_missing_address(inputs, kind)]
    if kind.is_summary:
        why += _missing_of_summary(inputs, kind)
    elif kind is LetterKind.CONDITION_FAILED:
        why += _missing_of_conditions(inputs)
    elif kind is not LetterKind.WITHDRAWN and not terms.reason_of(_told(inputs)):
        why.append("The reason why the bid was not assessed is empty.")
    if not inputs.signatory.name.strip():
        why.append("Nobody is named who signs for the authority.")
    return tuple(why)


def compose(inputs: LetterInputs) -> FeedbackLetter:
    """The letter that a bid is owed.

    Raises `LetterBlocked` while anything is missing, and `EvalPanelError` where this release has no letters for the
    regime. Raises `ValueError` for a comparator, which is owed none.
    """
    refuse_without_letters(inputs.regime)
    kind = kind_of(inputs.result, inputs.bid.bid)
    if kind is None:
        raise ValueError("an in-house comparator is owed no letter")
    why = blocked(inputs)
    if why:
        raise LetterBlocked(inputs.bid.bid, why)
    told = _told(inputs)
    words = inputs.wording.kinds[kind]
    opening: tuple[Block, ...] = (
        Paragraph(fill(words.outcome, told.places), Tone.LEAD),
        *(Paragraph(fill(sentence, told.places)) for sentence in words.meaning),
    )
    if kind.is_summary:
        opening += parts.at_a_glance(told)
    return FeedbackLetter(
        kind=kind,
        lot=inputs.lot.lot,
        bid=inputs.bid.bid,
        reference=f"{inputs.tender.reference} / {inputs.lot.lot} / {inputs.bid.bid}",
        title=fill(words.title, told.places),
        made_on=inputs.day,
        authority=inputs.tender.authority,
        addressee=terms.addressee(inputs.bidder, inputs.members),
        facts=parts.letter_facts(told, inputs.bidder, inputs.members, inputs.day, inputs.regime),
        salutation=told.say("salutation"),
        opening=opening,
        body=tuple(section for section in _body(told, kind) if section.blocks),
        closing=told.say("closing"),
        signatory=inputs.signatory,
        check=told.say("next_check"),
        annex=parts.annex(told),
    )


def _body(told: Told, kind: LetterKind) -> tuple[Section, ...]:
    """The statutory part, in the order in which a bidder wants to know it."""
    if kind is LetterKind.WITHDRAWN:
        return ()
    if kind is LetterKind.CONDITION_FAILED:
        return (parts.failed_conditions(told), parts.next_steps(told))
    if not kind.is_summary:
        return (parts.stated_reason(told), parts.next_steps(told))
    why: tuple[Section, ...] = ()
    best: tuple[Section, ...] = ()
    if kind is not LetterKind.WINNER:
        why = (parts.why_not_awarded(told, below=kind is LetterKind.BELOW_MINIMUM),)
        best = parts.best_tenders(told)
    own = (parts.own_explanations(told), parts.own_conditions(told), parts.own_price(told))
    return (parts.own_scores(told), *why, *own, *best, parts.method(told), parts.next_steps(told))


def _told(inputs: LetterInputs) -> Told:
    criteria = for_lot(inputs.criteria, inputs.lot.lot)
    won: list[tuple[BidResult, dict[str, ModeratedScore]]] = [
        (winner, {held.line.criterion: held for held in inputs.winners if held.line.bid == winner.bid})
        for winner in inputs.result.winners
    ]
    order = tuple(terms.tree(criteria))
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
        documents=inputs.documents,
    )
    return replace(told, places=terms.places_of(told))


def _missing_address(inputs: LetterInputs, kind: LetterKind) -> list[str]:
    """Reg. 31 (a) to (c) for a summary; for a notice, somewhere to send it."""
    bidder = inputs.bidder
    why = [] if bidder.name.strip() else ["The bidder has no name."]
    if not kind.is_summary:
        if not bidder.address.strip() and not bidder.email.strip():
            why.append(f"{bidder.name} has neither a postal nor an e-mail address.")
        return why
    if not bidder.address.strip():
        why.append(f"The postal address of {bidder.name} is missing (regulation 31, item b).")
    if not bidder.email.strip():
        why.append(f"The e-mail address of {bidder.name} is missing (regulation 31, item b).")
    if not terms.identifier(bidder, inputs.members):
        why.append(f"The unique identifier of {bidder.name} is missing (regulation 31, item c).")
    return why


def _missing_of_summary(inputs: LetterInputs, kind: LetterKind) -> list[str]:
    told = _told(inputs)
    why: list[str] = []
    if told.own.status is ResultStatus.RANKED and not told.result.winners:
        why.append(inputs.result.tie.strip() or "The outcome does not say to whom the lot goes.")
    scored = {held.criterion: held.score for held in told.own.criteria}
    for criterion in told.award_leaves:
        held = told.moderated.get(criterion.criterion)
        assessed = held is not None or scored.get(criterion.criterion) is not None
        if kind is LetterKind.BELOW_MINIMUM and not assessed and criterion.criterion not in told.failed_codes:
            continue
        name = terms.named(criterion)
        if held is None or not held.reasons.strip():
            why.append(f"The explanation for {name} is empty.")
        why += _strange_evidence(inputs, held, name)
        if criterion.kind is CriterionKind.CONSIDERATION:
            continue
        value = None if held is None else held.value
        if value is None or scored.get(criterion.criterion) is None:
            why.append(f"The score for {name} is missing.")
        elif value != scored[criterion.criterion]:
            why.append(f"The score for {name} in the outcome is not the moderated one: work out the outcome again.")
    if told.own.status is ResultStatus.RANKED and told.price_is_scored and told.own.price is None:
        why.append("The price has no score yet.")
    if kind is not LetterKind.WINNER:
        why += _missing_of_winners(told)
    return why


def _strange_evidence(inputs: LetterInputs, held: ModeratedScore | None, name: str) -> list[str]:
    # Nothing of the kind is ever taken in; if it stood here all the same, another bidder's words would go out.
    for piece in held.evidence if held is not None else ():
        if source_of(piece, inputs.documents, inputs.bid.bidder, inputs.lot.lot) is None:
            return [f"The evidence for {name} comes from a document that is neither this bid's nor the tender's."]
    return []


def _missing_of_winners(told: Told) -> list[str]:
    why: list[str] = []
    for winner, moderated in told.winners:
        for criterion in told.award_leaves:
            held = moderated.get(criterion.criterion)
            if held is None or (not terms.told_to_others(held).strip() and not held.withheld_why.strip()):
                why.append(f"The explanation for {terms.named(criterion)} of the tender of {winner.name} is empty.")
    return why


def _missing_of_conditions(inputs: LetterInputs) -> list[str]:
    told = _told(inputs)
    by_code = {criterion.criterion: criterion for criterion in told.criteria}
    why = []
    for gate in told.own.failed_gates:
        if gate.criterion is None:
            if not gate.why.strip():
                why.append("It is not said why the budget was not kept.")
            continue
        held = told.moderated.get(gate.criterion)
        name = terms.named(by_code[gate.criterion])
        if held is None or not held.reasons.strip():
            why.append(f"The explanation for {name} is empty.")
        why += _strange_evidence(inputs, held, name)
    return why
