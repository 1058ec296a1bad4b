"""The leakage guard over a tender: everything in the store that may not stand in a letter, and what may stand in each one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain import feedback_terms as terms
from evalpanel.domain.evidence import Evidence, Source
from evalpanel.domain.feedback import LetterInputs, kind_of
from evalpanel.domain.feedback_occasions import OccasionInputs
from evalpanel.domain.leaks import Allowed, Guard, Leak, Passage, Secret, SecretKind
from evalpanel.domain.letter_wording import AWARD, LetterKind
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.regimes import Need
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import BidCode, Bidder, ConsortiumMember, LotCode, PersonCode, PriceLine, TenderId
from evalpanel.formats.pdf_words import passages
from evalpanel.services import authorities
from evalpanel.services.awards import TenderOutcome
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

About = LetterInputs | OccasionInputs
"""What a letter is made of."""

_LEAST_NUMBER = 5
_LEAST_LINE = 10  # characters of a line of an address that says whose it is
_LEAST_SURNAME = 3
_TITLES = ("Mr", "Mrs", "Ms", "Miss", "Mx", "Dr", "Professor")
_LEGAL = frozenset(
    "ltd limited cic cio plc llp lp inc incorporated cyf cyfyngedig ccc company community-interest".split()  # noqa: SIM905  # a list to read
)


@dataclass(frozen=True, slots=True)
class LetterWatch:
    """The guard of one tender, with what was lawfully let through before: by bid and lot, the keys of the findings."""

    guard: Guard
    held: TenderOutcome
    prices: tuple[PriceLine, ...]
    exceptions: dict[tuple[BidCode, LotCode, str], frozenset[str]]
    heads: tuple[str, ...] = ()

    def leaks(self, lots: Iterable[About], pdf: bytes) -> tuple[Leak, ...]:
        """What the finished letter about these lots tells that it may not, and no exception is on record for."""
        return self.in_passages(lots, passages(pdf))

    def in_passages(self, lots: Iterable[About], found: tuple[Passage, ...]) -> tuple[Leak, ...]:
        """The same, of the words of a letter."""
        about = tuple(lots)
        allowed = Allowed(
            tuple(text for one in about for text in _told(one)),
            tuple(text for one in about for text in self._said(one)),
            frozenset(amount for one in about for amount in self._amounts(one)),
        )
        let_through = frozenset().union(
            *(self.exceptions.get((one.bid.bid, one.lot.lot, _series(one)), ()) for one in about)
        )
        leaks = self.guard.leaks(found, allowed, about[0].bidder.bidder)
        return tuple(leak for leak in leaks if leak.key not in let_through)

    def _said(self, about: About) -> Iterator[str]:
        """What was published for everybody, and what the bidder itself is and wrote."""
        pack, tender = self.held.pack, about.tender
        yield from (tender.title, tender.authority, tender.full_criteria_at, tender.tie_rule)
        yield from (one.authority for one in pack.authorities)
        yield from (lot.title for lot in pack.lots)
        yield from (one.title for one in pack.criteria)
        yield from (text for scale in pack.scales for level in scale.levels for text in (level.name, level.descriptor))
        yield from (about.regime.name, about.regime.source)
        yield from (about.signatory.name, about.signatory.role, about.signatory.email, *self.heads)
        yield from (about.bidder.name, about.bidder.email, *about.bidder.address.splitlines(), about.bidder.address)
        yield from (about.bidder.identifier, *(one.identifier for one in about.members))
        yield from (one.name for one in about.members)
        if isinstance(about, LetterInputs):
            yield from (one.name for one in about.documents)
        yield from (piece.exact for score in about.moderated for piece in score.evidence)
        if isinstance(about, LetterInputs) and _is_told_of_winners(about):
            yield from (winner.name for winner in about.result.winners)

    def _amounts(self, about: About) -> Iterator[Decimal]:
        tender = about.tender
        published = [tender.budget, tender.price_lower, tender.price_upper, tender.value_per_point]
        if isinstance(about, LetterInputs):
            published.append(terms.result_of(about.result, about.bid.bid).price_amount)
        yield from (one for one in published if one is not None)
        for lot in self.held.pack.lots:
            yield from (one for one in (lot.value, lot.budget) if one is not None)
        for line in self.prices:
            if line.bidder == about.bidder.bidder:
                yield from _of_line(line)


def watch(tx: Session, held: TenderOutcome) -> LetterWatch:
    """The guard over everything that the store holds of a tender."""
    prices = queries.price_lines(tx, held.tender_id)
    scores = score_reads.scores(tx, held.tender_id)
    return LetterWatch(
        Guard.of(_secrets(held, prices, scores)), held, prices, exceptions(tx, held.tender_id), _heads(tx, held)
    )


def _heads(tx: Session, held: TenderOutcome) -> tuple[str, ...]:
    """What stands at the head and foot of an authority's letters: it publishes that itself."""
    assert held.pack.tender is not None
    profile = authorities.of(tx, held.pack.tender.authority)
    head = authorities.letterhead(profile)
    lines = (*head.address, *head.contact, *head.footer.splitlines(), head.footer)
    return tuple(one for one in lines if one.strip())


def exceptions(tx: Session, tender: TenderId) -> dict[tuple[BidCode, LotCode, str], frozenset[str]]:
    """What may lawfully stand in each letter although the guard finds it."""
    rows = tx.execute(select(t.LetterExceptionRow).where(t.LetterExceptionRow.tender_id == tender)).scalars()
    found: dict[tuple[BidCode, LotCode, str], frozenset[str]] = {}
    for row in rows:
        key = row.bid, row.lot, row.series
        found[key] = found.get(key, frozenset()) | {row.key}
    return found


def _series(about: About) -> str:
    return about.occasion.kind.series if isinstance(about, OccasionInputs) else AWARD


def _told(about: About) -> Iterator[str]:
    """The agreed texts that make a letter, which other texts may repeat."""
    for held in about.moderated:
        yield from (held.reasons, held.not_higher, held.improvements)
    if isinstance(about, OccasionInputs):
        return
    if about.regime.asks(Need.WINNER_SCORES) and _is_told_of_winners(about):
        for held in about.winners:
            yield from (terms.told_to_others(held), held.withheld_why)
    yield from (about.bid.reason, terms.result_of(about.result, about.bid.bid).why)
    yield from (gate.why for gate in terms.result_of(about.result, about.bid.bid).gates)


def _is_told_of_winners(about: LetterInputs) -> bool:
    return kind_of(about.result, about.bid.bid) in (LetterKind.UNSUCCESSFUL, LetterKind.BELOW_MINIMUM)


def _secrets(
    held: TenderOutcome, prices: tuple[PriceLine, ...], scores: Iterable[tuple[PersonCode, Score]]
) -> Iterator[Secret]:
    pack = held.pack
    for bidder in pack.bidders:
        yield from _of_bidder(bidder)
    for member in pack.members:
        yield from _of_member(member)
    for person in pack.panel:
        whose = f"the name of {person.person}, of the panel"
        yield from (Secret(SecretKind.PERSON, text, whose) for text in _names_of_person(person.name))
    for lot in held.lots:
        for result in lot.bids:
            if result.price_amount is not None:
                bidder_code = next(one.bidder for one in pack.bids if (one.lot, one.bid) == (lot.lot, result.bid))
                whose = f"the price of bid {result.bid}"
                yield Secret(SecretKind.PRICE, "", whose, bidder_code, result.price_amount)
    for line in prices:
        for amount in _of_line(line):
            yield Secret(SecretKind.PRICE, "", f"in the price schedule of {line.bidder}", line.bidder, amount)
    owners = {(bid.lot, bid.bid): str(bid.bidder) for bid in pack.bids}
    for score in held.moderated.values():
        yield from _of_moderated(score, owners, held.documents)
    for code, answer in scores:
        yield from _of_answer(code, answer, owners, held.documents)


def _of_bidder(bidder: Bidder) -> Iterator[Secret]:
    owner = str(bidder.bidder)
    for name in _names_of_organisation(bidder.name):
        yield Secret(SecretKind.BIDDER, name, f"the name of bidder {owner}", owner)
    if len(bidder.identifier.strip()) >= _LEAST_NUMBER:
        yield Secret(SecretKind.IDENTIFIER, bidder.identifier, f"the identifier of bidder {owner}", owner)
    lines = (bidder.email, *bidder.address.splitlines(), *bidder.address.split(","))
    for line in dict.fromkeys(one.strip() for one in lines):
        if len(line) >= _LEAST_LINE:
            yield Secret(SecretKind.ADDRESS, line, f"of the address of bidder {owner}", owner)


def _of_member(member: ConsortiumMember) -> Iterator[Secret]:
    owner, whose = str(member.bidder), f"the name of a member of bidder {member.bidder}"
    for name in _names_of_organisation(member.name):
        yield Secret(SecretKind.MEMBER, name, whose, owner)
    if len(member.identifier.strip()) >= _LEAST_NUMBER:
        yield Secret(SecretKind.IDENTIFIER, member.identifier, f"the identifier of a member of bidder {owner}", owner)


def _names_of_organisation(name: str) -> Iterator[str]:
    """A name, and what is left of it without its legal form, where that still says who it is."""
    yield name
    words = name.replace(",", " ").split()
    while words and words[-1].strip(".()").casefold() in _LEGAL:
        words.pop()
    short = " ".join(words)
    if short and short != name and (len(words) > 1 or len(short) > _LEAST_NUMBER):
        yield short


def _names_of_person(name: str) -> Iterator[str]:
    """The ways in which a letter may name a person: whole, turned round, and a surname with a title or an initial."""
    yield name
    parts = name.split()
    if len(parts) > 1 and len(parts[-1]) > _LEAST_SURNAME:
        first, last = parts[0], parts[-1]
        yield f"{last} {first}"
        yield f"{first[0]} {last}"
        yield from (f"{title} {last}" for title in _TITLES)


def _of_line(line: PriceLine) -> Iterator[Decimal]:
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
        yield Secret(SecretKind.SENTENCE, text, f"{what} for {line}", owner)
    yield Secret(SecretKind.WORKING_NOTE, held.differences, f"how differences were settled for {line}")
    yield Secret(SecretKind.WORKING_NOTE, held.dissent, f"the dissent on {line}")
    yield from _of_evidence(held.evidence, held.line, owner, documents)


def _of_answer(
    person: PersonCode, held: Score, owners: dict[tuple[LotCode, BidCode], str], documents: tuple[Source, ...]
) -> Iterator[Secret]:
    line = _line(held.line)
    yield Secret(SecretKind.SENTENCE, held.rationale, f"the rationale of {person} for {line}")
    yield Secret(SecretKind.SENTENCE, held.improvements, f"what {person} would improve for {line}")
    yield Secret(SecretKind.WORKING_NOTE, held.working_note, f"the working note of {person} for {line}")
    yield from _of_evidence(held.evidence, held.line, owners.get((held.line.lot, held.line.bid), ""), documents)


def _of_evidence(pieces: Iterable[Evidence], line: Line, owner: str, documents: tuple[Source, ...]) -> Iterator[Secret]:
    for piece in pieces:
        # What the tender itself says was published for everybody.
        source = next((one for one in documents if one.document == piece.document), None)
        if source is None or source.bidder is not None:
            yield Secret(SecretKind.SENTENCE, piece.exact, f"the evidence of bid {line.bid}", owner)
        yield Secret(SecretKind.WORKING_NOTE, piece.note, f"the note beside evidence of bid {line.bid}")


def _line(line: Line) -> str:
    return f"lot {line.lot}, bid {line.bid}, criterion {line.criterion}"
