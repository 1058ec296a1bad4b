"""Everything that the store holds of a tender and that not every bidder may read: what the leakage guard looks for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.evidence import Evidence, Source
from evalpanel.domain.leak_spelling import spellings
from evalpanel.domain.leaks import Secret, SecretKind
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import BidCode, Bidder, ConsortiumMember, LotCode, PersonCode, PriceLine
from evalpanel.services.awards import TenderOutcome
from evalpanel.store import queries
from evalpanel.store import tables as t

_LEAST_NUMBER = 5
_LEAST_LINE = 10  # characters of a line of an address that says whose it is
_LEAST_SURNAME = 3
_TITLES = ("Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Professor")


def of_tender(
    tx: Session, held: TenderOutcome, prices: tuple[PriceLine, ...], scores: Iterable[tuple[PersonCode, Score]]
) -> Iterator[Secret]:
    """Names, numbers, prices and texts, each with whose it is."""
    pack = held.pack
    for bidder in pack.bidders:
        yield from _of_bidder(bidder)
    for member in pack.members:
        yield from _of_member(member)
    for person in pack.panel:
        whose = f"the name of {person.person}, of the panel"
        yield from (Secret(SecretKind.PERSON, text, whose) for text in _names_of_person(person.name))
        if person.organisation.strip():
            yield Secret(SecretKind.NAME, person.organisation, f"where {person.person}, of the panel, comes from")
    for lot in held.lots:
        for result in lot.bids:
            if result.price_amount is not None:
                bidder_code = next(one.bidder for one in pack.bids if (one.lot, one.bid) == (lot.lot, result.bid))
                whose = f"the price of bid {result.bid}"
                yield Secret(SecretKind.PRICE, "", whose, bidder_code, result.price_amount)
    for line in prices:
        for amount in of_line(line):
            yield Secret(SecretKind.PRICE, "", f"in the price schedule of {line.bidder}", line.bidder, amount)
    owners = {(bid.lot, bid.bid): str(bid.bidder) for bid in pack.bids}
    for score in held.moderated.values():
        yield from _of_moderated(score, owners, held.documents)
    for code, answer in scores:
        yield from _of_answer(code, answer, owners, held.documents)
    yield from _of_results(held, owners)
    yield from _of_interests(tx, held)
    yield from _of_acts(tx, held, owners)


def _of_bidder(bidder: Bidder) -> Iterator[Secret]:
    owner = str(bidder.bidder)
    for name in spellings(bidder.name):
        yield Secret(SecretKind.BIDDER, name, f"the name of bidder {owner}", owner)
    if len(bidder.identifier.strip()) >= _LEAST_NUMBER:
        yield Secret(SecretKind.IDENTIFIER, bidder.identifier, f"the identifier of bidder {owner}", owner)
    lines = (bidder.email, *bidder.address.splitlines(), *bidder.address.split(","))
    for line in dict.fromkeys(one.strip() for one in lines):
        if len(line) >= _LEAST_LINE:
            yield Secret(SecretKind.ADDRESS, line, f"of the address of bidder {owner}", owner)


def _of_member(member: ConsortiumMember) -> Iterator[Secret]:
    owner, whose = str(member.bidder), f"the name of a member of bidder {member.bidder}"
    for name in spellings(member.name):
        yield Secret(SecretKind.MEMBER, name, whose, owner)
    if len(member.identifier.strip()) >= _LEAST_NUMBER:
        yield Secret(SecretKind.IDENTIFIER, member.identifier, f"the identifier of a member of bidder {owner}", owner)


def _names_of_person(name: str) -> Iterator[str]:
    """The ways in which a letter may name a person: whole, turned round, and a surname with a title or an initial."""
    yield name
    parts = name.split()
    if len(parts) > 1 and len(parts[-1]) > _LEAST_SURNAME:
        first, last = parts[0], parts[-1]
        yield f"{last} {first}"
        yield f"{first[0]} {last}"
        yield from (f"{title} {last}" for title in _TITLES)


def of_line(line: PriceLine) -> Iterator[Decimal]:
    """The amounts of a line of a price schedule."""
    yield line.amount
    if line.unit_price is not None:
        yield line.unit_price


def _of_moderated(
    held: ModeratedScore, owners: dict[tuple[LotCode, BidCode], str], documents: tuple[Source, ...]
) -> Iterator[Secret]:
    owner, line = owners.get((held.line.lot, held.line.bid), ""), _line(held.line)
    for text, what in (
        (held.reasons, "the reasons"),
        (held.disclosable_reasons, "the reasons for others"),
        (held.not_higher, "why the score is not higher"),
        (held.improvements, "what could be improved"),
    ):
        if text:
            yield Secret(SecretKind.SENTENCE, text, f"{what} for {line}", owner, about=owner)
    yield Secret(SecretKind.WORKING_NOTE, held.differences, f"how differences were settled for {line}", about=owner)
    if held.dissent:
        yield Secret(SecretKind.WORKING_NOTE, held.dissent, f"the dissent on {line}", about=owner)
    yield from _of_evidence(held.evidence, held.line, owner, documents)


def _of_answer(
    person: PersonCode, held: Score, owners: dict[tuple[LotCode, BidCode], str], documents: tuple[Source, ...]
) -> Iterator[Secret]:
    owner, line = owners.get((held.line.lot, held.line.bid), ""), _line(held.line)
    if held.rationale:
        yield Secret(SecretKind.SENTENCE, held.rationale, f"the rationale of {person} for {line}", about=owner)
    if held.improvements:
        yield Secret(SecretKind.SENTENCE, held.improvements, f"what {person} would improve for {line}", about=owner)
    if held.working_note:
        whose = f"the working note of {person} for {line}"
        yield Secret(SecretKind.WORKING_NOTE, held.working_note, whose, about=owner)
    yield from _of_evidence(held.evidence, held.line, owner, documents)


def _of_evidence(pieces: Iterable[Evidence], line: Line, owner: str, documents: tuple[Source, ...]) -> Iterator[Secret]:
    for piece in pieces:
        # What the tender itself says was published for everybody.
        source = next((one for one in documents if one.document == piece.document), None)
        if source is None or source.bidder is not None:
            yield Secret(SecretKind.SENTENCE, piece.exact, f"the evidence of bid {line.bid}", owner, about=owner)
        yield Secret(SecretKind.WORKING_NOTE, piece.note, f"the note beside evidence of bid {line.bid}", about=owner)


def _line(line: Line) -> str:
    return f"lot {line.lot}, bid {line.bid}, criterion {line.criterion}"


def _of_results(held: TenderOutcome, owners: dict[tuple[LotCode, BidCode], str]) -> Iterator[Secret]:
    """Why a bid was not assessed, excluded or withdrawn, and which conditions it failed: its bidder may read that."""
    for bid in held.pack.bids:
        yield _sentence(bid.reason, f"why bid {bid.bid} was not assessed further", str(bid.bidder))
    for lot in held.lots:
        for result in lot.bids:
            owner = owners.get((lot.lot, result.bid), "")
            yield _sentence(result.why, f"what became of bid {result.bid}", owner)
            for gate in result.gates:
                yield _sentence(gate.why, f"why bid {result.bid} failed a condition", owner)


def _of_interests(tx: Session, held: TenderOutcome) -> Iterator[Secret]:
    """What people declared and what was decided about it: nobody outside may read that."""
    tender = held.tender_id
    for line in queries.declarations(tx, tender):
        yield _note(line.about, f"what {line.person} declared", str(line.bidder or ""))
    for decision in queries.decisions(tx, tender):
        whose = f"what was decided about an interest of {decision.person}"
        yield from (_note(text, whose, str(decision.bidder)) for text in (decision.why, decision.measure))
    for match in queries.matches(tx, tender):
        yield _note(match.why, f"what was found about the interests of {match.person}")
    for person, why in queries.absences(tx, tender).items():
        yield _note(why, f"why {person} did not sign off")
    for person, said in queries.affirmations(tx, tender).items():
        yield _note(said.why_not, f"why the declaration of {person} was not affirmed")


def _of_acts(tx: Session, held: TenderOutcome, owners: dict[tuple[LotCode, BidCode], str]) -> Iterator[Secret]:
    """What was written after the outcome: about low prices, challenges, replies, and feedback on the process."""
    for low in _rows(tx, t.LowPriceRow, held):
        yield _sentence(
            low.text, f"the correspondence about the price of bid {low.bid}", owners.get((low.lot, low.bid), "")
        )
    for hold in _rows(tx, t.HoldRow, held):
        yield from (_note(text, "about a challenge or a hold") for text in (hold.why, hold.who))
    for reply in _rows(tx, t.ReplyRow, held):
        yield _sentence(reply.text, f"what bidder {reply.bidder} answered", str(reply.bidder))
    for form in _rows(tx, t.FeedbackRow, held):
        yield from (_note(text, "feedback on the process") for text in _texts_of(json.loads(form.answers)))


def _texts_of(answers: object) -> Iterator[str]:
    if isinstance(answers, str):
        yield answers
    elif isinstance(answers, dict):
        yield from (text for one in answers.values() for text in _texts_of(one))
    elif isinstance(answers, list):
        yield from (text for one in answers for text in _texts_of(one))


def _rows(tx: Session, row: Any, held: TenderOutcome) -> Iterable[Any]:
    return tx.execute(select(row).where(row.tender_id == held.tender_id).order_by(row.act)).scalars()


def _sentence(text: str, whose: str, owner: str) -> Secret:
    return Secret(SecretKind.SENTENCE, text, whose, owner, about=owner)


def _note(text: str, whose: str, about: str = "") -> Secret:
    return Secret(SecretKind.WORKING_NOTE, text, whose, about=about)
