"""The leakage guard over a tender: everything in the store that may not stand in a letter, and what may stand in each one."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain import feedback_terms as terms
from evalpanel.domain.feedback import LetterInputs, kind_of
from evalpanel.domain.feedback_occasions import OccasionInputs
from evalpanel.domain.leak_spelling import spellings
from evalpanel.domain.leaks import Allowed, Guard, Leak, Passage
from evalpanel.domain.letter_wording import AWARD, LetterKind
from evalpanel.domain.regimes import Need
from evalpanel.domain.tender import BidCode, LotCode, PriceLine, TenderId
from evalpanel.formats.pdf_words import passages
from evalpanel.services import audit, authorities, letter_secrets
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.letter_secrets import of_line
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from evalpanel.store.engine import Store

_WORD = re.compile(r"[^\W\d_]{5,}")
About = LetterInputs | OccasionInputs
"""What a letter is made of."""


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
            tuple(text for one in about for text in _disclosed(one)),
            frozenset(amount for one in about for amount in self._amounts(one)),
        )
        let_through = frozenset().union(
            *(self.exceptions.get((one.bid.bid, one.lot.lot, _series(one)), ()) for one in about)
        )
        leaks = self.guard.leaks(found, allowed, about[0].bidder.bidder)
        return tuple(leak for leak in leaks if leak.key not in let_through)

    def _said(self, about: About) -> Iterator[str]:
        """What was published for everybody, and what the bidder itself is and wrote."""
        yield from published(self.held)
        yield from (about.regime.name, about.regime.source)
        yield from (about.signatory.name, about.signatory.role, about.signatory.email, *self.heads)
        yield from (about.bidder.name, about.bidder.email, *about.bidder.address.splitlines(), about.bidder.address)
        yield from (about.bidder.identifier, *(one.identifier for one in about.members))
        yield from (one.name for one in about.members)
        if isinstance(about, LetterInputs):
            yield from (one.name for one in about.documents)
        yield from (piece.exact for score in about.moderated for piece in score.evidence)
        if isinstance(about, LetterInputs) and _is_told_of_winners(about):
            # Whatever the explanations call it: its name may be told.
            told = {winner.name for winner in about.result.winners}
            yield from (text for name in told for text in (*spellings(name), *_WORD.findall(name)))

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
                yield from of_line(line)


_made: WeakKeyDictionary[Store, tuple[Hashable, Guard]] = WeakKeyDictionary()
"""The guard that was made last over each open store, and for what: most looks come one after the other."""


def watch(tx: Session, workspace: Workspace, held: TenderOutcome) -> LetterWatch:
    """The guard over everything that the store holds of a tender. It is made anew where anything was recorded since."""
    prices = queries.price_lines(tx, held.tender_id)
    # Every act adds a line to the trail, so that nothing has changed while the last one is the same.
    made_for = held.tender_id, audit.last_line(tx, held.tender_id), len(held.lots), len(held.moderated)
    known = _made.get(workspace.store)
    if known is not None and known[0] == made_for:
        guard = known[1]
    else:
        scores = score_reads.scores(tx, held.tender_id)
        guard = Guard.of(letter_secrets.of_tender(tx, held, prices, scores), published(held))
        _made[workspace.store] = made_for, guard
    return LetterWatch(guard, held, prices, exceptions(tx, held.tender_id), _heads(tx, held))


def published(held: TenderOutcome) -> Iterator[str]:
    """What a tender published for everybody."""
    pack = held.pack
    assert pack.tender is not None
    tender = pack.tender
    yield from (tender.title, tender.authority, tender.full_criteria_at, tender.tie_rule)
    yield from (one.authority for one in pack.authorities)
    yield from (lot.title for lot in pack.lots)
    yield from (text for one in pack.criteria for text in (one.title, one.guidance, one.evidence))
    yield from (text for one in pack.outcomes for text in (one.title, one.description, one.indicator))
    yield from (text for scale in pack.scales for level in scale.levels for text in (level.name, level.descriptor))
    yield from (text for one in pack.clarifications for text in (one.question, one.answer))


def _heads(tx: Session, held: TenderOutcome) -> tuple[str, ...]:
    """What stands at the head and foot of an authority's letters: it publishes that itself."""
    assert held.pack.tender is not None
    profile = authorities.of(tx, held.pack.tender.authority)
    head = authorities.letterhead(profile)
    lines = (head.name, *head.address, *head.contact, *head.footer.splitlines(), head.footer)
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
    yield from _disclosed(about)
    yield from (about.bid.reason, terms.result_of(about.result, about.bid.bid).why)
    yield from (gate.why for gate in terms.result_of(about.result, about.bid.bid).gates)


def _disclosed(about: About) -> Iterator[str]:
    """What the bidder is told of the explanations of the most advantageous tender."""
    if isinstance(about, LetterInputs) and about.regime.asks(Need.WINNER_SCORES) and _is_told_of_winners(about):
        for held in about.winners:
            yield from (terms.told_to_others(held), held.withheld_why)


def _is_told_of_winners(about: LetterInputs) -> bool:
    return kind_of(about.result, about.bid.bid) in (LetterKind.UNSUCCESSFUL, LetterKind.BELOW_MINIMUM)
