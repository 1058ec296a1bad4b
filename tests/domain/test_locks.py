"""The quality lock against the moderation that a laptop holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalpanel.domain.locks import LockedBid, LockSeen, ModerationHeld, lock_seen
from evalpanel.domain.tender import Bid, BidCode, BidderCode, BidStatus, LotCode

L1 = LotCode("L1")
BIDS = tuple(Bid(BidCode(code), BidderCode(code), L1) for code in ("B01", "B02"))
LOCKED = tuple(LockedBid(L1, bid.bid, bid.bidder, BidStatus.VALID, "m1", f"d-{bid.bid}", True) for bid in BIDS)
HELD = {"m1": ModerationHeld(True, {(L1, bid.bid): f"d-{bid.bid}" for bid in BIDS})}
FIRST, SECOND = LOCKED


def test_lock_of_what_is_held_holds() -> None:
    assert lock_seen(LOCKED, HELD, BIDS) == LockSeen()
    assert lock_seen(LOCKED, HELD, BIDS).holds


@pytest.mark.parametrize(
    ("locked", "held", "why"),
    [
        ((), HELD, "it speaks of no bid"),
        ((FIRST, FIRST), HELD, "it speaks of a bid twice"),
        (
            LOCKED,
            {"m1": replace(HELD["m1"], is_final=False)},
            "the moderation of bid B01 in lot L1 that it names is not final",
        ),
        (
            (FIRST, replace(SECOND, agreed="other")),
            HELD,
            "what was agreed on bid B02 in lot L1 is not what the chair signed",
        ),
    ],
)
def test_lock_that_cannot_be_so_is_wrong(
    locked: tuple[LockedBid, ...], held: dict[str, ModerationHeld], why: str
) -> None:
    assert lock_seen(locked, held, BIDS) == LockSeen(wrong=why)


@pytest.mark.parametrize(
    ("locked", "held", "bids", "why"),
    [
        (LOCKED, {}, BIDS, "the moderation of B01; B02 that was locked has not come to this laptop"),
        (
            (replace(FIRST, moderation=""), SECOND),
            HELD,
            BIDS,
            "the scores of B01 were written down on the officer's laptop",
        ),
        (
            LOCKED,
            {"m1": ModerationHeld(True, {(L1, FIRST.bid): FIRST.agreed})},
            BIDS,
            "the moderation of B02 does not open",
        ),
        ((FIRST,), HELD, BIDS, "this laptop knows another status of B02 than the officer's"),
        (LOCKED, HELD, BIDS[:1], "this laptop knows another status of B02 than the officer's"),
        ((FIRST, replace(SECOND, status=BidStatus.COMPARATOR)), HELD, BIDS, "this laptop knows another status of B02"),
    ],
)
def test_lock_that_cannot_be_judged_yet_waits_in_words(
    locked: tuple[LockedBid, ...], held: dict[str, ModerationHeld], bids: tuple[Bid, ...], why: str
) -> None:
    seen = lock_seen(locked, held, bids)
    assert (seen.wrong, seen.waits[: len(why)], seen.holds) == ("", why, False)
