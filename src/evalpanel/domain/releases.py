"""Who may open which envelope, and why: by key, so what is not released to a laptop can never be opened there.

A person reads what was published as soon as they are on the panel; the bids that are theirs to assess after they declared
their interests; prices, who evaluates or decides on them, when the quality scores are locked; and then, in a blind tender, the names of those who bid (or
before, by a decision on the record). A chair reads what others scored: who does not score, after the
declaration; who scores, only once their own final sheet is with the officer, so that nobody's score can follow another's.
What was agreed is opened to those who scored. Nobody gets a key for a bid from which they are recused: not for what is
scored or agreed about it either, and then not even where a decision narrowed the recusal to some of its criteria, because
one envelope holds them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evalpanel.domain.interests import Recusal, covering
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.tender import Bid, BidCode, BidderCode, EnvelopeKind, LotCode

_READERS = (Role.CHAIR, Role.PANEL_MEMBER, Role.LEGAL)
_OF_PRICES = (Role.CHAIR, Role.LEGAL, Role.DECISION_MAKER)
_AGREED = (EnvelopeKind.SCORES, EnvelopeKind.MODERATION)


class Because(StrEnum):
    """Why an envelope is opened for somebody. The laptop that gets the key checks the reason and keeps it on its record."""

    ON_THE_PANEL = "on-the-panel"
    DECLARATION = "declaration"
    QUALITY_LOCKED = "quality-locked"
    NAMES_RELEASED = "names-released"
    CHAIRING = "chairing"
    OWN_SHEET_HERE = "own-sheet-here"


@dataclass(frozen=True, slots=True)
class Compartment:
    """An envelope: what it is for, and whose bid, in one lot or in all of them."""

    kind: EnvelopeKind
    bidder: BidderCode | None = None
    lot: LotCode | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What is known about one person when keys are released to them.

    `opened`: the prices that are open on the record. `sheet_here`: the person's own final sheet is with the officer and
    counts. `sheets_in`: everybody's is, or their absence is on record, so that moderation can begin. `locked`: moderation is closed.
    `named`: it was decided to release the names of a blind tender before that.
    """

    member: PanelMember
    declared: bool
    recused: tuple[Recusal, ...]
    opened: frozenset[tuple[LotCode, BidCode]] = frozenset()
    locked: bool = False
    named: bool = False
    sheet_here: bool = False
    sheets_in: bool = False


def reads_prices(member: PanelMember) -> bool:
    """Whether somebody reads prices once the quality scores are locked: chair, finance evaluator, decision maker and legal adviser.

    Other panel members never do: they have scored, and a price has nothing to say about that.
    """
    return member.kind is MemberKind.FINANCE or any(member.has(role) for role in _OF_PRICES)


def closed_to(envelope: Compartment, recused: Iterable[Recusal], bids: Iterable[Bid]) -> bool:
    """Whether a recusal closes an envelope to somebody who may have its key already. What was published stays open."""
    if envelope.bidder is None:
        return False
    kept_out = tuple(recused)
    own = [bid for bid in bids if bid.bidder == envelope.bidder and envelope.lot in (None, bid.lot)]
    if envelope.kind in _AGREED:
        return touched(kept_out, own)
    return any(covering(kept_out, bid.lot, bid.bid) for bid in own)


def because(envelope: Compartment, access: Access, bids: Iterable[Bid]) -> Because | None:
    """Why this person may open an envelope now, or None where they may not. The officer holds every key anyway."""
    if envelope.kind is EnvelopeKind.COMMON:
        return Because.ON_THE_PANEL
    if envelope.kind is EnvelopeKind.OFFICE:
        return None
    if envelope.kind is EnvelopeKind.NAMES:
        return _names(access)
    after_lock = reads_prices(access.member) and envelope.kind in (EnvelopeKind.PRICE, EnvelopeKind.MODERATION)
    if not after_lock and not any(access.member.has(role) for role in _READERS):
        return None
    own = [bid for bid in bids if bid.bidder == envelope.bidder and envelope.lot in (None, bid.lot)]
    if not access.declared or not any(bid.status.is_scored for bid in own):
        return None
    if envelope.kind in (*_AGREED, EnvelopeKind.PRICE) and touched(access.recused, own):
        return None
    if envelope.kind in _AGREED:
        return _what_others_said(envelope.kind, access)
    # An envelope for all of a bidder's lots is closed to whoever is recused from one of them. A recusal that a decision
    # narrowed to a criterion leaves the bid open: the person assesses the rest of it.
    if closed_to(envelope, access.recused, own):
        return None
    if envelope.kind is EnvelopeKind.PRICE:
        opens = access.locked and reads_prices(access.member)
        return Because.QUALITY_LOCKED if opens and any((bid.lot, bid.bid) in access.opened for bid in own) else None
    return Because.DECLARATION


def _names(access: Access) -> Because | None:
    """Names are in no bid: whoever declared gets them, also somebody who is recused, once they are released at all."""
    if not access.declared:
        return None
    if access.locked:
        return Because.QUALITY_LOCKED
    return Because.NAMES_RELEASED if access.named else None


def _what_others_said(kind: EnvelopeKind, access: Access) -> Because | None:
    """Why somebody may read what others scored, or what was agreed."""
    scores, chairs = access.member.has(Role.PANEL_MEMBER), access.member.has(Role.CHAIR)
    if chairs and not scores:
        return Because.CHAIRING
    agreed = kind is EnvelopeKind.MODERATION
    if scores and access.sheet_here and (chairs or (agreed and access.sheets_in)):
        return Because.OWN_SHEET_HERE
    # Whoever reads prices sees what was agreed, once it is locked: they check the lock, and make the outcome, from it.
    return Because.QUALITY_LOCKED if agreed and access.locked and reads_prices(access.member) else None


def touched(recused: Iterable[Recusal], own: Sequence[Bid]) -> bool:
    """Whether somebody is kept out of one of these bids, or out of some criteria of it: then what was agreed about it, and its
    price, stay closed to them."""
    return any(one.lot == bid.lot and one.bid in (None, bid.bid) for one in recused for bid in own)


def why_not(envelope: Compartment, reason: Because, member: PanelMember, *, open_sheet: bool) -> str:
    """What is wrong with the reason for which a key came, in words; empty when it can be so.

    The receiver asks. `open_sheet`: the newest sheet that this laptop wrote is not signed off.
    """
    fitting: dict[EnvelopeKind, tuple[Because, ...]] = {
        EnvelopeKind.COMMON: (Because.ON_THE_PANEL,),
        EnvelopeKind.QUALITY: (Because.DECLARATION,),
        EnvelopeKind.PRICE: (Because.QUALITY_LOCKED,),
        EnvelopeKind.SCORES: (Because.CHAIRING, Because.OWN_SHEET_HERE),
        EnvelopeKind.MODERATION: (Because.CHAIRING, Because.OWN_SHEET_HERE, Because.QUALITY_LOCKED),
        EnvelopeKind.NAMES: (Because.QUALITY_LOCKED, Because.NAMES_RELEASED),
    }
    if reason not in fitting[envelope.kind]:
        return f"a key of {envelope.kind.value} is not released because of “{reason.value}”"
    of_prices = envelope.kind is EnvelopeKind.PRICE or (
        envelope.kind is EnvelopeKind.MODERATION and reason is Because.QUALITY_LOCKED
    )
    if of_prices and not reads_prices(member):
        return f"{member.person} neither chairs, evaluates prices nor decides, and so reads no prices"
    if envelope.kind is EnvelopeKind.SCORES and not member.has(Role.CHAIR):
        return f"{member.person} does not chair, and others' scores are open to a chair alone"
    if reason is Because.CHAIRING and (member.has(Role.PANEL_MEMBER) or not member.has(Role.CHAIR)):
        return f"{member.person} is not a chair who does not score"
    if reason is Because.OWN_SHEET_HERE and open_sheet:
        return f"the sheet of {member.person} is not signed off on this laptop, so others' scores must stay closed here"
    return ""
