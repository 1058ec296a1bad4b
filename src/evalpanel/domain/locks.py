"""The quality lock as it is told to a laptop: which moderation was locked, bid by bid, and whether it is the one held there.

A price is opened only on a laptop that has seen for itself that the scores were fixed before. The officer's word is not
enough: what they locked must be, line for line, what the chair signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from evalpanel.domain.sheets import listed
from evalpanel.domain.tender import Bid, BidCode, BidderCode, BidStatus, LotCode


@dataclass(frozen=True, slots=True)
class LockedBid:
    """One bid when moderation was closed: whose moderation, by identity, and what pins the lines that were agreed on it.

    `moderation` is empty where the scores were written down on the officer's laptop. `opened`: its price is open on the
    officer's record and released to this person. `status`: what it was when the keys were released.
    """

    lot: LotCode
    bid: BidCode
    bidder: BidderCode
    status: BidStatus
    moderation: str
    agreed: str
    opened: bool


@dataclass(frozen=True, slots=True)
class ModerationHeld:
    """A moderation that a laptop holds: whether its chair was done, and what pins the lines of each bid that opens there."""

    is_final: bool
    agreed: Mapping[tuple[LotCode, BidCode], str]


@dataclass(frozen=True, slots=True)
class LockSeen:
    """What a laptop finds about a lock. `wrong`: it cannot be so. `waits`: it cannot be judged yet. Both empty: it holds."""

    wrong: str = ""
    waits: str = ""

    @property
    def holds(self) -> bool:
        """Whether the scores that are held are those that were locked."""
        return not self.wrong and not self.waits


def told_wrongly(locked: Iterable[LockedBid]) -> str:
    """What is wrong with a lock in itself, whatever a laptop holds, in words; empty where nothing is."""
    told = tuple(locked)
    if not told:
        return "it speaks of no bid"
    if len({(one.lot, one.bid) for one in told}) != len(told):
        return "it speaks of a bid twice"
    return ""


def lock_seen(locked: Iterable[LockedBid], held: Mapping[str, ModerationHeld], open_bids: Iterable[Bid]) -> LockSeen:
    """Whether a lock stands on moderation that is held here, by identity.

    `open_bids` are the bids that are scored and open to this person, as far as this laptop knows: each must be spoken of.
    """
    told = tuple(locked)
    if wrong := told_wrongly(told):
        return LockSeen(wrong=wrong)
    for one in told:
        what = f"bid {one.bid} in lot {one.lot}"
        moderation = held.get(one.moderation)
        if moderation is None or not one.moderation:
            continue
        if not moderation.is_final:
            return LockSeen(wrong=f"the moderation of {what} that it names is not final")
        own = moderation.agreed.get((one.lot, one.bid))
        if own is not None and own != one.agreed:
            return LockSeen(wrong=f"what was agreed on {what} is not what the chair signed")
    return LockSeen(waits=_waits(told, held, open_bids))


def _waits(told: tuple[LockedBid, ...], held: Mapping[str, ModerationHeld], open_bids: Iterable[Bid]) -> str:
    by_bid = {(one.lot, one.bid): one for one in told}
    alone = [one.bid for one in told if not one.moderation]
    if alone:
        return (
            f"the scores of {listed(alone)} were written down on the officer's laptop and signed by no chair, so this laptop "
            "cannot see that they were locked: they are read on the officer's"
        )
    missing = [one.bid for one in told if one.moderation not in held]
    if missing:
        return f"the moderation of {listed(missing)} that was locked has not come to this laptop: ask the chair for it"
    shut = [one.bid for one in told if (one.lot, one.bid) not in held[one.moderation].agreed]
    if shut:
        return f"the moderation of {listed(shut)} does not open here"
    current = {(bid.lot, bid.bid): bid.status for bid in open_bids}
    other = [one.bid for one in told if current.get((one.lot, one.bid)) is not one.status]
    other += [bid for lot, bid in current if (lot, bid) not in by_bid]
    if other:
        return f"this laptop knows another status of {listed(other)} than the officer's: take in the newest pack"
    return ""
