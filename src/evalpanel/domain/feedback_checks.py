"""What keeps a letter from being signed: what it is made of is not there yet, or it lacks what the law asks for.

The first is looked for before a letter is composed, the second in the letter itself: an authority's own wording cannot drop
what the law asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from evalpanel.domain import feedback_terms as terms
from evalpanel.domain.criteria import CriterionKind
from evalpanel.domain.evidence import source_of
from evalpanel.domain.feedback_inputs import LetterInputs, told_of
from evalpanel.domain.feedback_terms import Told
from evalpanel.domain.letter import Block, Explanation, FeedbackLetter, Paragraph, Part, Section, Table
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.regimes import Audience, Need, Regime
from evalpanel.domain.results import ResultStatus
from evalpanel.domain.tender import Bidder, ConsortiumMember


def missing(inputs: LetterInputs, kind: LetterKind) -> tuple[str, ...]:
    """What is not there yet for a letter of this kind, a sentence each."""
    why = [*missing_address(inputs.bidder, inputs.members, inputs.regime, strictly=kind.is_summary)]
    if kind.is_summary:
        why += _missing_of_summary(inputs, kind)
    elif kind is LetterKind.CONDITION_FAILED:
        why += _missing_of_conditions(inputs)
    elif kind is not LetterKind.WITHDRAWN and not terms.reason_of(told_of(inputs)):
        why.append("The reason why the bid was not assessed is empty.")
    if not inputs.signatory.name.strip():
        why.append("Nobody is named who signs for the authority.")
    return tuple(why)


def missing_address(
    bidder: Bidder, members: tuple[ConsortiumMember, ...], regime: Regime, *, strictly: bool
) -> list[str]:
    """What the law asks of a bidder's name and addresses (`strictly`); for a notice, somewhere to send it."""
    why = [] if bidder.name.strip() else ["The bidder has no name."]
    if strictly and regime.asks(Need.ADDRESSES):
        cited = regime.cited(Need.ADDRESSES)
        if not bidder.address.strip():
            why.append(f"The postal address of {bidder.name} is missing{cited}.")
        if not bidder.email.strip():
            why.append(f"The e-mail address of {bidder.name} is missing{cited}.")
    elif not bidder.address.strip() and not bidder.email.strip():
        why.append(f"{bidder.name} has neither a postal nor an e-mail address.")
    if strictly and regime.asks(Need.IDENTIFIER) and not terms.identifier(bidder, members):
        why.append(f"The unique identifier of {bidder.name} is missing{regime.cited(Need.IDENTIFIER)}.")
    return why


def lacking(letter: FeedbackLetter, told: Told) -> tuple[str, ...]:
    """What the law asks of this letter and the letter does not say, a sentence each."""
    regime = told.regime
    readers = _readers(letter.kind)
    return tuple(
        f"The letter does not hold {item.what}{regime.cited(item.needs)}."
        for item in regime.required
        if item.to in readers and _is_due(item.needs, told) and not _HOLDS[item.needs](_Seen(letter, told))
    )


def _is_due(need: Need, told: Told) -> bool:
    """Whether there is anything to say: where no contract is awarded, no standstill runs."""
    return bool(told.winners) or need not in (Need.STANDSTILL, Need.STANDSTILL_END)


def stated_end(letter: FeedbackLetter, inputs: LetterInputs) -> date | None:
    """The last day of standstill, where this letter states it."""
    told = told_of(inputs)
    return told.standstill_ends if _standstill_end(_Seen(letter, told)) else None


def _readers(kind: LetterKind) -> frozenset[Audience]:
    if kind is LetterKind.WINNER:
        return frozenset({Audience.ALL})
    if kind.is_summary:
        return frozenset({Audience.ALL, Audience.OTHERS})
    return frozenset() if kind is LetterKind.WITHDRAWN else frozenset({Audience.NOT_ASSESSED})


@dataclass(frozen=True, slots=True)
class _Seen:
    """A letter, as it is looked through for what it must hold."""

    letter: FeedbackLetter
    told: Told

    def sections(self, part: Part) -> list[Section]:
        return [section for section in self.letter.body if section.part is part]

    def blocks(self, part: Part) -> list[Block]:
        return [block for section in self.sections(part) for block in section.blocks]

    def says(self, text: str) -> bool:
        """Whether a paragraph outside tables says `text`."""
        blocks = [*self.letter.opening, *(block for section in self.letter.body for block in section.blocks)]
        return bool(text) and any(isinstance(block, Paragraph) and text in block.text for block in blocks)

    @property
    def award(self) -> set[str]:
        """The award criteria by name."""
        return {terms.named(criterion) for criterion in self.told.award_leaves}


def _criteria(blocks: Iterable[Block]) -> set[str]:
    """What stands first in the rows of tables: the criteria."""
    return {row.cells[0] for block in blocks if isinstance(block, Table) for row in block.rows}


def _explained(blocks: Iterable[Block]) -> set[str]:
    """The criteria that are explained in words."""
    return {
        block.title
        for block in blocks
        if isinstance(block, Explanation) and any(paragraph.text.strip() for paragraph in block.paragraphs)
    }


def _scores(seen: _Seen) -> bool:
    assessed = {terms.named(one) for one in seen.told.award_leaves if one.criterion in seen.told.moderated}
    return seen.award <= _criteria(seen.blocks(Part.SCORES)) and assessed <= _explained(seen.blocks(Part.EXPLANATIONS))


def _winner(seen: _Seen) -> bool:
    return all(seen.says(winner.name) for winner, _ in seen.told.winners)


def _winner_scores(seen: _Seen) -> bool:
    sections = seen.sections(Part.BEST)
    return len(sections) == len(seen.told.winners) and all(
        seen.award <= _criteria(section.blocks) and seen.award <= _explained(section.blocks) for section in sections
    )


def _advantages(seen: _Seen) -> bool:
    explained = [block for block in seen.blocks(Part.BEST) if isinstance(block, Explanation) and block.mark is not None]
    return all(
        block.mark is not None and terms.of_steps(block.mark.value, block.mark.steps) in block.paragraphs[-1].text
        for block in explained
    ) and bool(explained or not seen.told.winners)


def _standstill_end(seen: _Seen) -> bool:
    ends = seen.told.standstill_ends
    return ends is not None and seen.says(terms.full_date(ends))


_HOLDS: Mapping[Need, Callable[[_Seen], bool]] = {
    Need.NAME: lambda seen: seen.told.bidder_name.strip() in seen.letter.addressee,
    Need.ADDRESSES: lambda seen: any("@" in line for line in seen.letter.addressee) and len(seen.letter.addressee) > 2,
    Need.IDENTIFIER: lambda seen: any(line.startswith("Identifier: ") for line in seen.letter.addressee),
    Need.CRITERIA: lambda seen: seen.award <= _criteria(seen.blocks(Part.METHOD)),
    Need.SCORES: _scores,
    Need.REASONS: lambda seen: any(isinstance(one, Paragraph) and one.text.strip() for one in seen.blocks(Part.WHY)),
    Need.WINNER: _winner,
    Need.WINNER_SCORES: _winner_scores,
    Need.ADVANTAGES: _advantages,
    Need.STANDSTILL: lambda seen: seen.says(seen.told.standstill),
    Need.STANDSTILL_END: _standstill_end,
    Need.REASON: lambda seen: bool(seen.blocks(Part.REASON)),
}


def _missing_of_summary(inputs: LetterInputs, kind: LetterKind) -> list[str]:
    told = told_of(inputs)
    why: list[str] = []
    # Whoever reads that nobody is chosen, while a tie is open, would read what is not so.
    if not told.result.winners and any(held.rank is not None for held in told.result.bids):
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
    if not told.regime.asks(Need.WINNER_SCORES):
        return why
    for winner, moderated in told.winners:
        for criterion in told.award_leaves:
            held = moderated.get(criterion.criterion)
            if held is None or (not terms.told_to_others(held).strip() and not held.withheld_why.strip()):
                why.append(f"The explanation for {terms.named(criterion)} of the tender of {winner.name} is empty.")
    return why


def _missing_of_conditions(inputs: LetterInputs) -> list[str]:
    told = told_of(inputs)
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
