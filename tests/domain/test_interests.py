"""Whose interest takes which lot away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from evalpanel.domain.interests import Declaration, DeclarationOutcome, Recusal, recusals, same_name
from evalpanel.domain.tender import BidderCode, ConsortiumMember, LotCode, MemberRole, PersonCode

ME = make.panel()[3]
L1, L2 = LotCode("L1"), LotCode("L2")
WHEN = datetime(2026, 9, 21, tzinfo=UTC)


def interest(bidder: str, person: str = "PM2") -> Declaration:
    return Declaration(PersonCode(person), DeclarationOutcome.INTEREST, WHEN, BidderCode(bidder), "A friend.")


def lots(organisation: str = "", *declared: Declaration, members: tuple[ConsortiumMember, ...] = ()) -> list[str]:
    """The lots that PM2 loses: B01 and B02 bid for lot 1, B02 and B03 for lot 2."""
    bids = (*make.bids(L1)[:2], *make.bids(L2)[1:])
    found = recusals(replace(ME, organisation=organisation), declared, bids, make.bidders(), members)
    return [one.lot for one in found]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Tallis Care Ltd", "TALLIS CARE LIMITED"),
        ("Tallis Care Ltd.", "The Tallis Care Company Ltd"),
        ("Harbour & Quay", "Harbour and Quay"),
        ("Café Libre C.I.C.", "Cafe Libre CIC"),
        ("Café Libre Community Interest Company", "Cafe  Libre"),
        ("St Mary's Hospice CIO", "St Mary’s Hospice Charitable Incorporated Organisation"),
        ("Łódź-Tor", "łódź tor"),
    ],
)
def test_names_are_the_same_whatever_case_accents_and_legal_form(one: str, other: str) -> None:
    assert same_name(one) == same_name(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Harbour Voices", "Harbour Voice"), ("Tor 1", "Tor 2"), ("青年", "少年")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert same_name(one) != same_name(other)


def test_a_name_of_legal_forms_only_stays_what_it_is() -> None:
    assert same_name("The Company Ltd") == "the company ltd"


@given(st.text())
def test_comparing_a_compared_name_again_changes_nothing(name: str) -> None:
    once = same_name(name)

    assert once == " ".join(once.split())
    assert same_name(once.upper()) == same_name(once)


def test_without_an_interest_nothing_is_lost() -> None:
    none = Declaration(PersonCode("PM2"), DeclarationOutcome.NONE, WHEN)

    assert lots("", none) == []
    assert lots("Northmoor Council", none, interest("B01", "PM1")) == []


@pytest.mark.parametrize(("bidder", "lost"), [("B01", ["L1"]), ("B02", ["L1", "L2"]), ("B03", ["L2"]), ("B99", [])])
def test_an_interest_takes_every_lot_in_which_the_bidder_bids(bidder: str, lost: list[str]) -> None:
    assert lots("", interest(bidder)) == lost


@pytest.mark.parametrize("role", list(MemberRole))
def test_ones_organisation_counts_in_every_part_that_it_takes(role: MemberRole) -> None:
    members = (ConsortiumMember(BidderCode("B03"), "Quarry Transport Ltd", role),)

    assert lots("quarry  transport", members=members) == ["L2"]
    assert lots("Harbour YoungCarers") == ["L1"]


def test_the_first_reason_found_is_told() -> None:
    found = recusals(replace(ME, organisation="Tallis Care"), (interest("B02"),), make.bids(), make.bidders(), ())

    assert found == (Recusal(PersonCode("PM2"), make.LOT, "declared an interest in Tallis Care Ltd"),)
