from __future__ import annotations

from dataclasses import replace

import pytest

from evalpanel.domain.interests import Recusal
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.releases import Access, Because, Compartment, because, reads_prices, why_not
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
    assert (
        set(opened(replace(ACCESS, member=replace(MEMBER, roles=(role,))))) - {"scores/B01/L1"} == {"common"} | QUALITY
    )


def test_recusal_from_a_lot_closes_its_bids_and_what_is_for_all_lots() -> None:
    assert set(opened(recusal())) == {"common", "quality/B01/L2"}


def test_recusal_that_was_narrowed_to_a_bid_closes_that_bid() -> None:
    assert set(opened(recusal(bid=BidCode("B02")))) == {"common"} | QUALITY - {"quality/B02/L1"}


def test_recusal_that_was_narrowed_to_a_criterion_leaves_the_bids_open() -> None:
    assert set(opened(recusal(criterion=CriterionCode("1.1")))) == {"common"} | QUALITY


def test_price_opens_with_its_bid_after_the_lock_and_for_those_who_read_prices() -> None:
    both = frozenset({(L1, BidCode("B01")), (L2, BidCode("B01"))})
    chair = replace(ACCESS, member=replace(MEMBER, roles=(Role.CHAIR,)), locked=True)
    assert "price/B01/L1" not in opened(chair)
    assert "price/B01/L1" not in opened(replace(chair, opened=frozenset({(L2, BidCode("B01"))})))
    assert "price/B01/L1" not in opened(replace(chair, opened=both, locked=False))
    assert opened(replace(chair, opened=both))["price/B01/L1"] is Because.QUALITY_LOCKED
    assert "price/B01/L1" not in opened(replace(ACCESS, opened=both, locked=True))
    out = (Recusal(PersonCode("PM1"), L1, "an interest", criterion=CriterionCode("1.1")),)
    assert "price/B01/L1" not in opened(replace(chair, opened=both, recused=out))


@pytest.mark.parametrize(
    ("roles", "kind", "reads"),
    [
        ((Role.CHAIR,), None, True),
        ((Role.DECISION_MAKER,), None, True),
        ((Role.LEGAL,), None, True),
        ((Role.OBSERVER,), MemberKind.FINANCE, True),
        ((Role.PANEL_MEMBER,), MemberKind.FINANCE, True),
        ((Role.PANEL_MEMBER,), MemberKind.YOUNG, False),
        ((Role.OBSERVER,), None, False),
        ((Role.NOTE_TAKER,), None, False),
    ],
)
def test_who_reads_prices_and_then_what_was_locked(
    roles: tuple[Role, ...], kind: MemberKind | None, reads: bool
) -> None:
    person = replace(MEMBER, roles=roles, kind=kind)
    access = replace(ACCESS, member=person, locked=True, opened=frozenset({(L1, BidCode("B01"))}))
    assert reads_prices(person) is reads
    assert ("price/B01/L1" in opened(access)) is reads
    assert ("moderation/B01" in said(access)) is reads
    wrong = why_not(ENVELOPES["price/B01/L1"], Because.QUALITY_LOCKED, person, open_sheet=False)
    assert (wrong == "") is reads


def test_bid_that_is_not_assessed_stays_closed() -> None:
    late = (replace(BIDS[0], status=BidStatus.LATE), replace(BIDS[1], status=BidStatus.WITHDRAWN), BIDS[2])
    assert set(opened(ACCESS, late)) == {"common", "quality/B02/L1"}


def test_scores_open_for_nobody_but_a_chair_and_the_officer_who_holds_every_key() -> None:
    for role in set(Role) - {Role.CHAIR}:
        everything = replace(ACCESS, member=replace(MEMBER, roles=(role,)), opened=frozenset({(L1, BidCode("B01"))}))
        assert "scores/B01/L1" not in opened(everything)


# What others scored, and what was agreed -----------------------------------------------------------------------------

SAID = {
    name: Compartment(kind, bidder, lot)
    for kind in (EnvelopeKind.SCORES, EnvelopeKind.MODERATION)
    for name, bidder, lot in ((f"{kind.value}/B01", B1, L1), (f"{kind.value}/B02", B2, L1))
}
CHAIR = replace(MEMBER, roles=(Role.CHAIR,))
SCORING_CHAIR = replace(MEMBER, roles=(Role.CHAIR, Role.PANEL_MEMBER))


def said(access: Access) -> dict[str, Because]:
    found = {name: because(envelope, access, BIDS) for name, envelope in SAID.items()}
    return {name: why for name, why in found.items() if why is not None}


def test_chair_who_does_not_score_reads_what_others_said_after_the_declaration() -> None:
    assert said(replace(ACCESS, member=CHAIR)) == dict.fromkeys(SAID, Because.CHAIRING)
    assert said(replace(ACCESS, member=CHAIR, declared=False)) == {}


def test_chair_who_scores_reads_what_others_said_only_after_their_own_sheet() -> None:
    before = replace(ACCESS, member=SCORING_CHAIR)
    assert said(before) == {}
    after = replace(before, sheet_here=True)
    assert said(after) == dict.fromkeys(SAID, Because.OWN_SHEET_HERE)


def test_scorer_never_reads_anothers_scores_and_what_was_agreed_after_their_own_sheet() -> None:
    assert said(replace(ACCESS, sheets_in=True)) == {}
    assert said(replace(ACCESS, sheet_here=True)) == {}
    both = said(replace(ACCESS, sheet_here=True, sheets_in=True))
    assert both == dict.fromkeys(("moderation/B01", "moderation/B02"), Because.OWN_SHEET_HERE)


@pytest.mark.parametrize("member", [CHAIR, SCORING_CHAIR, MEMBER])
@pytest.mark.parametrize(
    ("about", "left"),
    [({}, set()), ({"bid": BidCode("B02")}, {"B01"}), ({"criterion": CriterionCode("1.1")}, set())],
)
def test_recused_reads_nothing_that_was_said_about_the_bid(
    member: PanelMember, about: dict[str, str], left: set[str]
) -> None:
    held = replace(recusal(**about), member=member, sheet_here=True, sheets_in=True)
    assert {name.split("/")[1] for name in said(held)} == left


@pytest.mark.parametrize("role", [Role.LEGAL, Role.OBSERVER, Role.NOTE_TAKER, Role.DECISION_MAKER])
def test_who_neither_scores_nor_chairs_reads_none_of_it(role: Role) -> None:
    other = replace(MEMBER, roles=(role,))
    assert said(replace(ACCESS, member=other, sheet_here=True, sheets_in=True)) == {}


@pytest.mark.parametrize("member", [CHAIR, SCORING_CHAIR, MEMBER])
@pytest.mark.parametrize("name", [*ENVELOPES, *SAID])
def test_reason_that_the_officer_gives_is_one_that_the_receiver_accepts(member: PanelMember, name: str) -> None:
    envelope = (ENVELOPES | SAID)[name]
    access = Access(member, True, (), frozenset({(L1, BidCode("B01"))}), sheet_here=True, sheets_in=True)
    reason = because(envelope, access, BIDS)
    assert reason is None or why_not(envelope, reason, member, open_sheet=False) == ""


@pytest.mark.parametrize(
    ("name", "reason", "member", "open_sheet"),
    [
        ("price/B01/L1", Because.DECLARATION, MEMBER, False),
        ("scores/B01", Because.DECLARATION, SCORING_CHAIR, False),
        ("scores/B01", Because.OWN_SHEET_HERE, MEMBER, False),
        ("scores/B01", Because.CHAIRING, SCORING_CHAIR, False),
        ("scores/B01", Because.OWN_SHEET_HERE, SCORING_CHAIR, True),
        ("moderation/B01", Because.CHAIRING, MEMBER, False),
        ("moderation/B01", Because.QUALITY_LOCKED, MEMBER, False),
    ],
)
def test_reason_that_does_not_fit_is_told(name: str, reason: Because, member: PanelMember, open_sheet: bool) -> None:
    assert why_not((ENVELOPES | SAID)[name], reason, member, open_sheet=open_sheet) != ""
