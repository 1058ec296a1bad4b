"""Who may open which envelope, and why: by key, so what is not released to a laptop can never be opened there.

A person reads what was published as soon as they are on the panel; the bids that are theirs to assess after they declared
their interests; prices when the quality scores are locked. Nobody gets a key for a bid from which they are recused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from evalpanel.domain.interests import Recusal, covering
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.tender import Bid, BidCode, BidderCode, EnvelopeKind, LotCode

_READERS = (Role.CHAIR, Role.PANEL_MEMBER, Role.LEGAL)


class Because(StrEnum):
    """Why an envelope is opened for somebody. The laptop that gets the key keeps the reason on its record."""

    ON_THE_PANEL = "on-the-panel"
    DECLARATION = "declaration"
    QUALITY_LOCKED = "quality-locked"


@dataclass(frozen=True, slots=True)
class Compartment:
    """An envelope: what it is for, and whose bid, in one lot or in all of them."""

    kind: EnvelopeKind
    bidder: BidderCode | None = None
    lot: LotCode | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What is known about one person when keys are released to them. `opened`: the prices that are open on the record."""

    member: PanelMember
    declared: bool
    recused: tuple[Recusal, ...]
    opened: frozenset[tuple[LotCode, BidCode]] = frozenset()


def because(envelope: Compartment, access: Access, bids: Iterable[Bid]) -> Because | None:
    """Why this person may open an envelope now, or None where they may not. The officer holds every key anyway."""
    if envelope.kind is EnvelopeKind.COMMON:
        return Because.ON_THE_PANEL
    if envelope.kind in (EnvelopeKind.SCORES, EnvelopeKind.OFFICE) or not any(
        access.member.has(role) for role in _READERS
    ):
        return None
    own = [bid for bid in bids if bid.bidder == envelope.bidder and envelope.lot in (None, bid.lot)]
    if not access.declared or not any(bid.status.is_scored for bid in own):
        return None
    # An envelope for all of a bidder's lots is closed to whoever is recused from one of them. A recusal that a decision
    # narrowed to a criterion leaves the bid open: the person assesses the rest of it.
    if any(covering(access.recused, bid.lot, bid.bid) for bid in own):
        return None
    if envelope.kind is EnvelopeKind.PRICE:
        return Because.QUALITY_LOCKED if any((bid.lot, bid.bid) in access.opened for bid in own) else None
    return Because.DECLARATION
