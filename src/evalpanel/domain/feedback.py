"""What a bidder is told: which letter a bid is owed, what still keeps it from being written, and its words.

Reg. 31 of the Procurement Regulations 2024 says what an assessment summary holds. Of another bidder a letter holds the
name, the scores and the explanations of the most advantageous tender, and nothing else; never working notes, names of
panel members, dissent, how differences were settled, or anybody's price but the reader's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evalpanel.domain import feedback_parts as parts
from evalpanel.domain import feedback_terms as terms
from evalpanel.domain.feedback_checks import lacking, missing
from evalpanel.domain.feedback_inputs import LetterInputs, told_of
from evalpanel.domain.feedback_terms import Told
from evalpanel.domain.letter import (
    Block,
    Column,
    FeedbackLetter,
    Paragraph,
    Part,
    Row,
    Section,
    Signatory,
    Table,
    Tone,
)
from evalpanel.domain.letter_wording import LetterKind, fill
from evalpanel.domain.results import LotResult, ResultStatus
from evalpanel.domain.tender import BidCode
from evalpanel.errors import EvalPanelError

__all__ = [
    "FeedbackLetter",
    "LetterBlocked",
    "LetterInputs",
    "LetterKind",
    "Signatory",
    "blocked",
    "compose",
    "compose_combined",
    "kind_of",
]

_ONCE = (Part.METHOD, Part.NEXT)
_BY_STATUS = {
    ResultStatus.LATE: LetterKind.LATE,
    ResultStatus.WITHDRAWN: LetterKind.WITHDRAWN,
    ResultStatus.DISREGARDED: LetterKind.DISREGARDED,
    ResultStatus.EXCLUDED: LetterKind.EXCLUDED,
    ResultStatus.NOT_SHORTLISTED: LetterKind.NOT_SHORTLISTED,
}


_IN_SHORT = {
    LetterKind.WINNER: "Successful",
    LetterKind.UNSUCCESSFUL: "Not successful",
    LetterKind.BELOW_MINIMUM: "Below a minimum score",
    LetterKind.CONDITION_FAILED: "A condition was not met",
    LetterKind.LATE: "Arrived late",
    LetterKind.EXCLUDED: "Excluded",
    LetterKind.DISREGARDED: "Disregarded",
    LetterKind.NOT_SHORTLISTED: "Not shortlisted",
    LetterKind.WITHDRAWN: "Withdrawn",
}
"""How a bid came out, in a cell of a table."""


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
    why = missing(inputs, kind)
    if why:
        return why
    told = told_of(inputs)
    return lacking(_composed(inputs, kind, told), told)


def compose(inputs: LetterInputs) -> FeedbackLetter:
    """The letter that a bid is owed.

    Raises `LetterBlocked` while anything is missing, or where it would lack what the law asks. Raises `ValueError` for a
    comparator, which is owed none.
    """
    kind = kind_of(inputs.result, inputs.bid.bid)
    if kind is None:
        raise ValueError("an in-house comparator is owed no letter")
    why = missing(inputs, kind)
    if why:
        raise LetterBlocked(inputs.bid.bid, why)
    told = told_of(inputs)
    letter = _composed(inputs, kind, told)
    lacks = lacking(letter, told)
    if lacks:
        raise LetterBlocked(inputs.bid.bid, lacks)
    return letter


def _composed(inputs: LetterInputs, kind: LetterKind, told: Told) -> FeedbackLetter:
    words = inputs.wording.kinds[kind]
    opening: tuple[Block, ...] = (
        Paragraph(fill(words.outcome, told.places), Tone.LEAD),
        *(Paragraph(said) for sentence in words.meaning if (said := fill(sentence, told.places))),
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
        facts=parts.letter_facts(
            inputs.tender, (inputs.lot,), inputs.bid, inputs.bidder, inputs.members, inputs.day, inputs.regime
        ),
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


def compose_combined(lots: Sequence[LetterInputs]) -> FeedbackLetter:
    """One letter for the bids of one bidder for several lots: each lot has its own part, and holds what its own letter would.

    Raises `LetterBlocked` while the letter of any of the lots is blocked, and `ValueError` for fewer than two lots, several
    bidders, or a lot in which no letter is owed.
    """
    first = lots[0]
    if len(lots) < 2 or {one.bidder.bidder for one in lots} != {first.bidder.bidder}:
        raise ValueError("a combined letter is about several lots of one bidder")
    letters = [compose(one) for one in lots]
    places = {
        **terms.common_places(first.tender, first.lot, first.regime, first.bidder.name, first.signatory),
        "contract": first.tender.title,
    }
    words = first.wording.kinds[LetterKind.COMBINED]
    opening: list[Block] = [Paragraph(fill(words.outcome, places), Tone.LEAD)]
    opening += (Paragraph(fill(sentence, places)) for sentence in words.meaning)
    opening.append(_lots_at_a_glance(lots))
    named = [
        first.wording.say("combined_lot", **{**places, "lot": f"{one.lot.lot} {one.lot.title}".strip()}) for one in lots
    ]
    for name, letter in zip(named, letters, strict=True):
        opening.append(Paragraph(name, Tone.LABEL))
        opening += (block for block in letter.opening if block not in opening or not isinstance(block, Paragraph))
    return replace(
        letters[0],
        kind=LetterKind.COMBINED,
        reference=f"{first.tender.reference} / {'+'.join(one.lot.lot for one in lots)} / {first.bid.bid}",
        title=fill(words.title, places),
        facts=parts.letter_facts(
            first.tender,
            tuple(one.lot for one in lots),
            first.bid,
            first.bidder,
            first.members,
            first.day,
            first.regime,
        ),
        opening=tuple(opening),
        body=_by_lot(named, [letter.body for letter in letters]),
        annex=_by_lot(named, [letter.annex for letter in letters]),
        bids=tuple((one.bid.bid, one.lot.lot) for one in lots),
    )


def _lots_at_a_glance(lots: Sequence[LetterInputs]) -> Table:
    """How the reader's bid came out in each lot, before anything is explained."""
    rows = []
    for one in lots:
        kind, own = kind_of(one.result, one.bid.bid), terms.result_of(one.result, one.bid.bid)
        total = terms.points(own.total, one.result.places)
        rows.append(Row((f"{one.lot.lot} {one.lot.title}".strip(), _IN_SHORT[kind] if kind is not None else "", total)))
    columns = (Column("Lot", 48), Column("Result", 30), Column("Your total out of 100", 22, numeric=True))
    return Table("Your results, lot by lot", columns, tuple(rows))


def _by_lot(named: Sequence[str], bodies: Sequence[tuple[Section, ...]]) -> tuple[Section, ...]:
    """The sections of several letters, lot by lot under its name.

    How tenders were assessed, and what happens next, stands once at the end where all of them say it alike.
    """
    shared = [one for one in bodies[0] if one.part in _ONCE and all(one in body for body in bodies)]
    own = [
        replace(section, heading=f"{name}: {section.heading}")
        for name, body in zip(named, bodies, strict=True)
        for section in body
        if section not in shared
    ]
    return (*own, *shared)
