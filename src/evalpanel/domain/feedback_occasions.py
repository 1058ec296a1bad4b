"""Letters that follow from no outcome but from an occasion: prequalification, a price that looks too low, standstill.

Somebody asks for one; what it says of a bid still comes from the record. An abnormally low price is a correspondence (notify, a chance to
explain, a decision with its reasons) and never an automatic exclusion (Procurement Act 2023, section 19).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from evalpanel.domain import feedback_parts as parts
from evalpanel.domain import feedback_terms as terms
from evalpanel.domain.criteria import Criterion, CriterionKind, for_lot, leaves
from evalpanel.domain.feedback import LetterBlocked
from evalpanel.domain.feedback_checks import missing_address
from evalpanel.domain.letter import Block, Explanation, FeedbackLetter, Paragraph, Part, Section, Signatory, Tone
from evalpanel.domain.letter_wording import LetterKind, LetterWording, fill
from evalpanel.domain.moderation import ModeratedScore, fails_minimum
from evalpanel.domain.regimes import Regime
from evalpanel.domain.scales import Scale
from evalpanel.domain.standstill import StandstillClock
from evalpanel.domain.tender import Bid, Bidder, ConsortiumMember, CriterionCode, Lot, Tender

_PREQUALIFICATION = (LetterKind.PREQUALIFICATION_PASSED, LetterKind.PREQUALIFICATION_FAILED)


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why a letter is written now. `reason` is what is to be explained, or was considered and decided, in words for the bidder.

    `reply_by` is the last day for an answer, `valid_until` the last day on which a prequalification is good, `ends` the last day of
    standstill, `published` the day of the award notice: None where the kind has none.
    """

    kind: LetterKind
    reason: str = ""
    reply_by: date | None = None
    valid_until: date | None = None
    ends: date | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class OccasionInputs:
    """Everything that a letter for an occasion is made of. `moderated` are lines of this bid and of no other."""

    tender: Tender
    lot: Lot
    criteria: tuple[Criterion, ...]
    scales: tuple[Scale, ...]
    bidder: Bidder
    members: tuple[ConsortiumMember, ...]
    bid: Bid
    moderated: tuple[ModeratedScore, ...]
    regime: Regime
    wording: LetterWording
    signatory: Signatory
    day: date
    occasion: Occasion

    def __post_init__(self) -> None:
        if any((held.line.lot, held.line.bid) != (self.lot.lot, self.bid.bid) for held in self.moderated):
            raise ValueError("moderated lines of another bid were given as this bid's")
        if self.bid.bidder != self.bidder.bidder:
            raise ValueError("the bid is another bidder's")
        if not self.occasion.kind.is_asked_for:
            raise ValueError("a letter of this kind follows from the outcome")

    @property
    def conditions(self) -> tuple[Criterion, ...]:
        """The conditions of participation of the lot."""
        held = leaves(for_lot(self.criteria, self.lot.lot))
        return tuple(one for one in held if one.kind is CriterionKind.CONDITION)

    @property
    def decided(self) -> Mapping[CriterionCode, ModeratedScore]:
        """What was agreed, by criterion."""
        return {held.line.criterion: held for held in self.moderated}

    def failed(self, condition: Criterion) -> bool:
        """Whether the bid does not meet a condition that was decided."""
        held = self.decided.get(condition.criterion)
        return held is not None and fails_minimum(held.value, condition, {one.scale: one for one in self.scales})


def blocked_occasion(inputs: OccasionInputs) -> tuple[str, ...]:
    """What keeps the letter from being written, a sentence each; empty when it can be composed."""
    why = missing_address(inputs.bidder, inputs.members, inputs.regime, strictly=False)
    if inputs.occasion.kind in _PREQUALIFICATION:
        why += _missing_of_prequalification(inputs)
    else:
        why += _missing_of_correspondence(inputs)
    if not inputs.signatory.name.strip():
        why.append("Nobody is named who signs for the authority.")
    return tuple(why)


def _missing_of_prequalification(inputs: OccasionInputs) -> Iterator[str]:
    conditions = inputs.conditions
    if not conditions:
        yield "The lot has no condition of participation."
        return
    undecided = False
    for condition in conditions:
        held, name = inputs.decided.get(condition.criterion), terms.named(condition)
        if held is None or held.value is None:
            undecided = True
            yield f"Whether {name} was met is not decided yet."
        elif inputs.failed(condition) and not held.reasons.strip():
            yield f"The explanation for {name} is empty."
    missed = [terms.named(one) for one in conditions if inputs.failed(one)]
    if inputs.occasion.kind is LetterKind.PREQUALIFICATION_PASSED:
        yield from (
            f"{name} was not met, so the letter cannot say that the prequalification was passed." for name in missed
        )
    elif not missed and not undecided:
        yield "Every condition was met, so the letter cannot say that the prequalification was not passed."


def _missing_of_correspondence(inputs: OccasionInputs) -> Iterator[str]:
    occasion, kind = inputs.occasion, inputs.occasion.kind
    if kind in (LetterKind.ABNORMALLY_LOW_NOTICE, LetterKind.ABNORMALLY_LOW_REJECTED) and not occasion.reason.strip():
        what = (
            "is to be explained"
            if kind is LetterKind.ABNORMALLY_LOW_NOTICE
            else "was considered, and why it was decided so"
        )
        yield f"It is not said what {what}."
    if kind is LetterKind.ABNORMALLY_LOW_NOTICE:
        if occasion.reply_by is None:
            yield "It is not said by when the bidder has to answer."
        elif occasion.reply_by <= inputs.day:
            yield f"The last day for an answer, {terms.long_date(occasion.reply_by)}, leaves the bidder no time."
    if kind is LetterKind.STANDSTILL_BEGAN:
        yield from _missing_of_a_beginning(inputs)
    if kind is LetterKind.STANDSTILL_ENDED:
        if inputs.regime.standstill is None:
            yield f"There is no standstill period under {inputs.regime.name}."
        elif occasion.ends is None:
            yield "It is not said when the standstill period ended."
        elif occasion.ends >= inputs.day:
            yield f"The standstill period lasts until midnight at the end of {terms.long_date(occasion.ends)}: it is not over yet."


def _missing_of_a_beginning(inputs: OccasionInputs) -> Iterator[str]:
    held, occasion = inputs.regime.standstill, inputs.occasion
    if held is None:
        yield f"There is no standstill period under {inputs.regime.name}."
    elif held.clock is StandstillClock.FROM_SENDING:
        yield f"Under {inputs.regime.name} the letters about the outcome say themselves when the standstill period ends."
    elif occasion.published is None:
        yield "No notice is on the record yet, so the standstill period has not begun."
    elif occasion.ends is None:
        yield "The notice announced no standstill period."
    elif occasion.ends < inputs.day:
        yield f"The standstill period ended on {terms.long_date(occasion.ends)} already."


def compose_occasion(inputs: OccasionInputs) -> FeedbackLetter:
    """The letter for an occasion. Raises `LetterBlocked` while anything is missing."""
    why = blocked_occasion(inputs)
    if why:
        raise LetterBlocked(inputs.bid.bid, why)
    occasion, places = inputs.occasion, _places(inputs)
    words = inputs.wording.kinds[occasion.kind]
    return FeedbackLetter(
        kind=occasion.kind,
        lot=inputs.lot.lot,
        bid=inputs.bid.bid,
        reference=f"{inputs.tender.reference} / {inputs.lot.lot} / {inputs.bid.bid}",
        title=fill(words.title, places),
        made_on=inputs.day,
        authority=inputs.tender.authority,
        addressee=terms.addressee(inputs.bidder, inputs.members),
        facts=parts.letter_facts(
            inputs.tender, (inputs.lot,), inputs.bid, inputs.bidder, inputs.members, inputs.day, inputs.regime
        ),
        salutation=inputs.wording.say("salutation", **places),
        opening=(
            Paragraph(fill(words.outcome, places), Tone.LEAD),
            *(Paragraph(said) for sentence in words.meaning if (said := fill(sentence, places))),
        ),
        body=tuple(_body(inputs, places)),
        closing=inputs.wording.say("closing", **places),
        signatory=inputs.signatory,
        check=inputs.wording.say("next_check", **places),
        annex=_annex(inputs, places),
    )


def _places(inputs: OccasionInputs) -> Mapping[str, str]:
    occasion = inputs.occasion
    days = {"reply_by": occasion.reply_by, "valid_until": occasion.valid_until}
    days |= {"ends": occasion.ends, "published": occasion.published}
    places = {
        **terms.common_places(inputs.tender, inputs.lot, inputs.regime, inputs.bidder.name, inputs.signatory),
        **{name: terms.full_date(day) if day is not None else "" for name, day in days.items()},
        "bid": inputs.bid.bid,
    }
    return places | {"valid": inputs.wording.say("valid_until", **places) if occasion.valid_until is not None else ""}


def _body(inputs: OccasionInputs, places: Mapping[str, str]) -> Iterator[Section]:
    def say(name: str) -> str:
        return inputs.wording.say(name, **places)

    occasion = inputs.occasion
    if occasion.kind in _PREQUALIFICATION:
        yield Section(say("conditions_heading"), tuple(_conditions(inputs, places)), Part.CONDITIONS)
    elif occasion.reason.strip():
        asks = occasion.kind is LetterKind.ABNORMALLY_LOW_NOTICE
        heading = say("explain_heading" if asks else "decision_heading")
        yield Section(heading, (Paragraph(occasion.reason.strip()),), Part.REASON)
    asking = parts.asking(inputs.wording, places)
    if occasion.kind is LetterKind.ABNORMALLY_LOW_NOTICE:
        yield Section(say("reply_heading"), (Paragraph(say("reply_text")), *asking.blocks), Part.REPLY)
    else:
        yield asking


def _conditions(inputs: OccasionInputs, places: Mapping[str, str]) -> Iterator[Block]:
    for condition in inputs.conditions:
        failed, held = inputs.failed(condition), inputs.decided[condition.criterion]
        found = inputs.wording.say("conditions_missed" if failed else "conditions_met", **places)
        if failed:
            yield Explanation(f"{terms.named(condition)}: {found}", "", None, (Paragraph(held.reasons),))
        else:
            yield Paragraph(f"{terms.named(condition)}: {found}")


def _annex(inputs: OccasionInputs, places: Mapping[str, str]) -> tuple[Section, ...]:
    if inputs.occasion.kind is not LetterKind.PREQUALIFICATION_FAILED:
        return ()
    held = [(one, inputs.decided[one.criterion]) for one in inputs.conditions]
    return parts.improvements(held, inputs.wording, places)
