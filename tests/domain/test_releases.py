from __future__ import annotations

from dataclasses import replace

import pytest

from evalpanel.domain.interests import Recusal
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.releases import Access, Because, Compartment, because
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    BidderCode,
    BidStatus,
    CriterionCode,
    EnvelopeKind,
    LotCode,
    PersonCode,
)

B1, B2, L1, L2 = BidderCode("B01"), BidderCode("B02"), LotCode("L1"), LotCode("L2")
BIDS = (Bid(BidCode("B01"), B1, L1), Bid(BidCode("B01"), B1, L2), Bid(BidCode("B02"), B2, L1))
MEMBER = PanelMember(PersonCode("PM1"), "Pim Moss", (Role.PANEL_MEMBER,))
ACCESS = Access(MEMBER, declared=True, recused=())
ENVELOPES = {
    "common": Compartment(EnvelopeKind.COMMON),
    "quality/B01": Compartment(EnvelopeKind.QUALITY, B1),
    "quality/B01/L1": Compartment(EnvelopeKind.QUALITY, B1, L1),
    "quality/B01/L2": Compartment(EnvelopeKind.QUALITY, B1, L2),
    "quality/B02/L1": Compartment(EnvelopeKind.QUALITY, B2, L1),
    "price/B01/L1": Compartment(EnvelopeKind.PRICE, B1, L1),
    "scores/B01/L1": Compartment(EnvelopeKind.SCORES, B1, L1),
}
QUALITY = {name for name in ENVELOPES if name.startswith("quality")}


def opened(access: Access, bids: tuple[Bid, ...] = BIDS) -> dict[str, Because]:
    found = {name: because(envelope, access, bids) for name, envelope in ENVELOPES.items()}
    return {name: why for name, why in found.items() if why is not None}


def recusal(**about: object) -> Access:
    return replace(ACCESS, recused=(Recusal(PersonCode("PM1"), L1, "declared an interest", **about),))  # type: ignore[arg-type]  # one of three codes


def test_declared_member_reads_what_was_published_and_every_bid() -> None:
    assert opened(ACCESS) == {"common": Because.ON_THE_PANEL} | dict.fromkeys(QUALITY, Because.DECLARATION)


def test_who_has_not_declared_reads_what_was_published() -> None:
    assert set(opened(replace(ACCESS, declared=False))) == {"common"}


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.DECISION_MAKER, Role.NOTE_TAKER])
def test_who_assesses_no_bid_reads_none(role: Role) -> None:
    assert set(opened(replace(ACCESS, member=replace(MEMBER, roles=(role,))))) == {"common"}


@pytest.mark.parametrize("role", [Role.CHAIR, Role.LEGAL])
def test_chair_and_legal_read_as_members_do(role: Role) -> None:
    assert set(opened(replace(ACCESS, member=replace(MEMBER, roles=(role,))))) == {"common"} | QUALITY


def test_recusal_from_a_lot_closes_its_bids_and_what_is_for_all_lots() -> None:
    assert set(opened(recusal())) == {"common", "quality/B01/L2"}


def test_recusal_that_was_narrowed_to_a_bid_closes_that_bid() -> None:
    assert set(opened(recusal(bid=BidCode("B02")))) == {"common"} | QUALITY - {"quality/B02/L1"}


def test_recusal_that_was_narrowed_to_a_criterion_leaves_the_bids_open() -> None:
    assert set(opened(recusal(criterion=CriterionCode("1.1")))) == {"common"} | QUALITY


def test_price_opens_with_its_bid_and_no_other() -> None:
    assert "price/B01/L1" not in opened(ACCESS)
    assert "price/B01/L1" not in opened(replace(ACCESS, opened=frozenset({(L2, BidCode("B01"))})))
    after = opened(replace(ACCESS, opened=frozenset({(L1, BidCode("B01"))})))
    assert after["price/B01/L1"] is Because.QUALITY_LOCKED


def test_bid_that_is_not_assessed_stays_closed() -> None:
    late = (replace(BIDS[0], status=BidStatus.LATE), replace(BIDS[1], status=BidStatus.WITHDRAWN), BIDS[2])
    assert set(opened(ACCESS, late)) == {"common", "quality/B02/L1"}


def test_scores_open_for_nobody_but_the_officer_who_holds_every_key() -> None:
    for role in Role:
        everything = replace(ACCESS, member=replace(MEMBER, roles=(role,)), opened=frozenset({(L1, BidCode("B01"))}))
        assert "scores/B01/L1" not in opened(everything)
