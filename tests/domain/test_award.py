"""Who a lot may be awarded to: what follows from the outcome, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from evalpanel.domain.award import AwardDecision, award_of, awards_of, departs, open_tie
from evalpanel.domain.results import BidResult, LotResult, ResultStatus
from evalpanel.domain.tender import Authority, BidCode, BidderCode, Lot, LotCode, Rounding

ON = date(2026, 10, 2)


def result(*ranks: int | None, awards: int = 1) -> LotResult:
    """A lot whose bids B01, B02, … have these ranks."""
    bids = tuple(
        BidResult(
            BidCode(f"B{place:02}"),
            BidderCode(f"B{place:02}"),
            f"Bidder {place}",
            ResultStatus.RANKED if rank is not None else ResultStatus.EXCLUDED,
            rank,
        )
        for place, rank in enumerate(ranks, 1)
    )
    ordered = tuple(sorted(bids, key=lambda bid: (bid.rank is None, bid.rank or 0)))
    return LotResult(LotCode("L1"), "Lot", Decimal(70), Decimal(30), None, Rounding.ONCE, 2, ordered, awards, "Tie.")


def codes(*bids: str) -> tuple[BidCode, ...]:
    return tuple(BidCode(bid) for bid in bids)


def decision(authority: str, *bids: str, **more: object) -> AwardDecision:
    made = AwardDecision(LotCode("L1"), authority, codes(*bids), ("Ann Lee",), "Scheme 4.2", "As ranked.", ON)
    return replace(made, **more)  # type: ignore[arg-type]  # a builder passes on whatever field a test names


@pytest.mark.parametrize(
    ("ranks", "awards", "bids", "settled", "fine"),
    [
        ((1, 2, 3), 1, ("B01",), "", True),
        ((1, 2, 3), 1, ("B02",), "", False),
        ((1, 2, 3), 1, ("B01", "B02"), "", False),
        ((1, 2, 3), 2, ("B02", "B01"), "", True),
        ((1, 2, 3), 2, ("B01",), "", False),
        ((1, 2, None), 1, ("B03",), "", False),
        ((1, 2), 1, ("B09",), "", False),
        ((1, 2), 1, ("B01", "B01"), "", False),
        ((1, 1, 3), 1, ("B01",), "", False),
        ((1, 1, 3), 1, ("B02",), "Lots were drawn.", True),
        ((1, 1, 3), 1, ("B03",), "Lots were drawn.", False),
        ((1, 1, 3), 1, ("B01", "B02"), "Lots were drawn.", False),
        ((1, 2, 2), 2, ("B01", "B03"), "Lots were drawn.", True),
        ((1, 2, 2), 2, ("B02", "B03"), "Lots were drawn.", False),
        ((1, 2), 1, ("B01",), "Lots were drawn.", False),
        ((None, None), 1, ("B01",), "", False),
    ],
)
def test_decision_is_what_follows_from_the_outcome(
    ranks: tuple[int | None, ...], awards: int, bids: tuple[str, ...], settled: str, fine: bool
) -> None:
    assert (departs(result(*ranks, awards=awards), codes(*bids), settled) == "") is fine


@given(
    st.lists(st.sampled_from([1, 2, 3, 4, None]), min_size=1, max_size=6),
    st.integers(1, 4),
    st.sets(st.integers(1, 6)),
    st.booleans(),
)
def test_nobody_is_passed_over(ranks: list[int | None], awards: int, chosen: set[int], tie_settled: bool) -> None:
    """Whoever is awarded, no bid that is left out ranks before one that is not; and no more are awarded than published."""
    given_ranks = [
        None if rank is None else 1 + sum(1 for one in ranks if one is not None and one < rank) for rank in ranks
    ]
    lot = result(*given_ranks, awards=awards)
    bids = codes(*(f"B{place:02}" for place in sorted(chosen)))
    if not bids or departs(lot, bids, "Lots were drawn." if tie_settled else ""):
        return
    held = {bid.bid: bid.rank for bid in lot.bids}
    awarded = [held[bid] for bid in bids]
    left = [rank for bid, rank in held.items() if bid not in bids and rank is not None]
    assert None not in awarded
    assert len(awarded) == min(awards, len(awarded) + len(left))
    assert max(rank for rank in awarded if rank is not None) <= min(left, default=99)
    assert bool(open_tie(lot)) is tie_settled


def test_every_authority_of_a_lot_decides_and_the_newest_word_counts() -> None:
    pack = make.pack(authorities=(Authority("Plymouth"), Authority("Devon", "joint")))
    lot = pack.lots[0]
    first = award_of(pack, lot, [decision("Plymouth", "B01")])
    assert (first.settled, first.waiting, first.bids) == (False, ("Devon",), ())
    both = [decision("Plymouth", "B01"), decision("Devon", "B01", call_in_ends=date(2026, 10, 9))]
    second = award_of(pack, lot, both)
    assert (second.settled, second.bids, second.call_in_ends) == (True, codes("B01"), date(2026, 10, 9))
    gone = [*both, decision("Plymouth", again="No money."), decision("Devon", again="No money.")]
    third = award_of(pack, lot, gone)
    assert (third.settled, third.abandoned, third.bids) == (True, True, ())


def test_a_lot_that_names_its_authorities_waits_for_them_alone() -> None:
    pack = make.pack(
        authorities=(Authority("Plymouth"), Authority("Devon", "joint")),
        lots=(Lot(LotCode("L1"), "One", authorities=("Devon",)), Lot(LotCode("L2"), "Two")),
    )
    assert [one.waiting for one in awards_of(pack, ())] == [("Devon",), ("Plymouth", "Devon")]
