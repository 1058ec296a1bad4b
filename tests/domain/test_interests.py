"""Whose interest takes which lot away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

import make
from evalpanel.domain.interests import (
    Decision,
    DecisionOutcome,
    Declaration,
    DeclarationOutcome,
    Recusal,
    Scope,
    awaited,
    covering,
    decision_fault,
    has_declared,
    interests_of,
    organisations,
    recusals,
    same_name,
    unanswered,
    whole_lots,
    without_result,
)
from evalpanel.domain.tender import (
    BidCode,
    BidderCode,
    BidStatus,
    ConsortiumMember,
    CriterionCode,
    LotCode,
    MemberRole,
    PersonCode,
)

ME = make.panel()[3]
L1, L2 = LotCode("L1"), LotCode("L2")
WHEN = datetime(2026, 9, 21, tzinfo=UTC)


def interest(bidder: str, person: str = "PM2") -> Declaration:
    return Declaration(PersonCode(person), DeclarationOutcome.INTEREST, WHEN, BidderCode(bidder), "A friend.")


def lots(organisation: str = "", *declared: Declaration, members: tuple[ConsortiumMember, ...] = ()) -> list[str]:
    """The lots that PM2 loses: B01 and B02 bid for lot 1, B02 and B03 for lot 2."""
    bids = (*make.bids(L1)[:2], *make.bids(L2)[1:])
    found = recusals(interests_of(replace(ME, organisation=organisation), declared, make.bidders(), members), bids)
    return [one.lot for one in found if one.is_whole]


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
    me = replace(ME, organisation="Tallis Care")
    found = recusals(interests_of(me, (interest("B02"),), make.bidders(), ()), make.bids())

    assert found == (Recusal(PersonCode("PM2"), make.LOT, "declared an interest in Tallis Care Ltd"),)


# Decisions

BIDS = (*make.bids(L1)[:2], *make.bids(L2)[1:])  # B01 and B02 for lot 1, B02 and B03 for lot 2
CODES = tuple(CriterionCode(code) for code in ("1.1", "1.2", "2.1"))


def decision(
    bidder: str, scope: Scope, *, criteria: tuple[CriterionCode, ...] = (), settles: int = 9, person: str = "PM2"
) -> Decision:
    outcome = DecisionOutcome.CLEAR if scope is Scope.NOTHING else DecisionOutcome.RECUSED
    if scope is Scope.CRITERIA and not criteria:
        criteria = CODES[:1]
    who = PersonCode(person)
    officer = PersonCode("OF1")
    return Decision(
        who,
        BidderCode(bidder),
        outcome,
        scope,
        "Why.",
        "OF1 Ola Fenn",
        officer,
        WHEN,
        criteria=criteria,
        settles=settles,
    )


def kept_out(*decisions: Decision, declared: tuple[Declaration, ...] = (interest("B02"),)) -> list[str]:
    return [one.what for one in recusals(interests_of(ME, declared, make.bidders(), (), decisions), BIDS)]


@pytest.mark.parametrize(
    ("scope", "what"),
    [
        (Scope.LOT, ["lot L1", "lot L2"]),
        (Scope.BID, ["bid B02 in lot L1", "bid B02 in lot L2"]),
        (Scope.CRITERIA, ["criterion 1.1 in lot L1", "criterion 1.1 in lot L2"]),
        (Scope.NOTHING, []),
    ],
)
def test_a_decision_says_what_the_person_is_kept_out_of(scope: Scope, what: list[str]) -> None:
    assert kept_out() == ["lot L1", "lot L2"]
    assert kept_out(decision("B02", scope)) == what


def test_a_later_decision_takes_the_place_of_an_earlier_one() -> None:
    assert kept_out(decision("B02", Scope.NOTHING), decision("B02", Scope.BID)) == [
        "bid B02 in lot L1",
        "bid B02 in lot L2",
    ]


def test_a_decision_about_somebody_or_something_else_changes_nothing() -> None:
    assert kept_out(decision("B01", Scope.NOTHING), decision("B02", Scope.NOTHING, person="PM1")) == [
        "lot L1",
        "lot L2",
    ]


def test_what_is_declared_after_a_decision_recuses_again() -> None:
    first, second = replace(interest("B02"), act=3), replace(interest("B02"), act=7)
    cleared = decision("B02", Scope.NOTHING, settles=3)

    assert kept_out(cleared, declared=(first,)) == []
    assert kept_out(cleared, declared=(first, second)) == ["lot L1", "lot L2"]


def test_an_organisation_that_bids_can_be_decided_about_too() -> None:
    me = replace(ME, organisation="Tallis Care")
    found = interests_of(me, (), make.bidders(), (), (decision("B02", Scope.BID),))

    assert [(one.why, one.matched) for one in found] == [("Tallis Care is a bidder",) * 2]
    assert [one.what for one in recusals(found, BIDS)] == ["bid B02 in lot L1", "bid B02 in lot L2"]


def test_a_whole_lot_swallows_what_is_narrower() -> None:
    declared = (interest("B02"), interest("B03"))

    assert kept_out(decision("B02", Scope.BID), declared=declared) == ["bid B02 in lot L1", "lot L2"]


scopes = st.sampled_from(Scope)
bidder_codes = st.sampled_from(["B01", "B02", "B03"])
a_decision = st.builds(decision, bidder_codes, scopes, settles=st.integers(0, 9))
some_interests = st.lists(
    st.builds(lambda code, act: replace(interest(code), act=act), bidder_codes, st.integers(1, 9))
)


@given(some_interests, st.lists(a_decision))
def test_a_decision_never_closes_more_than_the_interest_did(declared: list[Declaration], made: list[Decision]) -> None:
    before = recusals(interests_of(ME, declared, make.bidders(), ()), BIDS)
    after = recusals(interests_of(ME, declared, make.bidders(), (), made), BIDS)

    for bid in BIDS:
        for code in CODES:
            if covering(after, bid.lot, bid.bid, code) is not None:
                assert covering(before, bid.lot, bid.bid, code) is not None


@given(some_interests, st.lists(a_decision))
def test_every_interest_is_undecided_or_decided_by_the_newest_that_settles_it(
    declared: list[Declaration], made: list[Decision]
) -> None:
    for one in interests_of(ME, declared, make.bidders(), (), made):
        newest = [held for held in made if held.bidder == one.bidder][-1:]
        settled = [held for held in newest if all(line.act <= held.settles for line in one.declared)]
        assert ([one.decision] if one.decision is not None else []) == settled
        assert one.scope is (settled[0].scope if settled else Scope.LOT)


def test_parts_of_a_recusal_cover_what_they_say() -> None:
    bid = Recusal(ME.person, L1, "a friend", bid=BidCode("B02"))
    criterion = Recusal(ME.person, L1, "a friend", criterion=CODES[0])

    assert [bid.covers(L1), bid.covers(L1, BidCode("B02")), bid.covers(L1, BidCode("B01"), CODES[0])] == [
        False,
        True,
        False,
    ]
    assert [criterion.covers(L1, BidCode("B01"), CODES[0]), criterion.covers(L1, BidCode("B01"))] == [True, False]
    assert whole_lots((bid, criterion)) == ()
    assert without_result((bid, criterion)) == {L1}
    assert without_result((criterion,)) == frozenset()


@pytest.mark.parametrize(
    ("outcome", "scope", "measure", "criteria", "fault"),
    [
        (DecisionOutcome.CLEAR, Scope.NOTHING, "", (), ""),
        (DecisionOutcome.CLEAR, Scope.BID, "", (), "an interest that is clear keeps the person out of nothing and needs no measure"),
        (DecisionOutcome.MANAGED, Scope.NOTHING, "A second scorer.", (), ""),
        (DecisionOutcome.MANAGED, Scope.NOTHING, " ", (), "an interest is managed by a measure: say what is done"),
        (DecisionOutcome.MANAGED, Scope.LOT, "None.", (), "somebody who is kept out of the whole lot is recused"),
        (DecisionOutcome.MANAGED, Scope.CRITERIA, "Does not score 1.1.", CODES[:1], ""),
        (DecisionOutcome.RECUSED, Scope.NOTHING, "", (), "somebody who is recused is kept out of the lot, the bid, or criteria"),
        (DecisionOutcome.RECUSED, Scope.CRITERIA, "", (), "criteria are named when the person is kept out of criteria, and only then"),
        (DecisionOutcome.RECUSED, Scope.LOT, "", CODES, "criteria are named when the person is kept out of criteria, and only then"),
    ],
)  # fmt: skip
def test_a_decision_that_says_two_things_is_not_recorded(
    outcome: DecisionOutcome, scope: Scope, measure: str, criteria: tuple[CriterionCode, ...], fault: str
) -> None:
    assert decision_fault(outcome, scope, "Why.", measure, criteria) == fault


def test_a_decision_needs_its_reason() -> None:
    assert decision_fault(DecisionOutcome.CLEAR, Scope.NOTHING, " ", "", ()) == "a decision needs its reason"


# Who is asked about

PARTS = (
    ConsortiumMember(BidderCode("B03"), "Quarry Transport Ltd", MemberRole.SUBCONTRACTOR),
    ConsortiumMember(BidderCode("B03"), "The Moorland Together CIC", MemberRole.LEAD),
)


def test_everybody_who_takes_part_is_asked_about_once() -> None:
    asked = organisations(make.bidders(), PARTS)

    assert [(one.key, one.name, one.role) for one in asked] == [
        ("B01", "Harbour Young Carers", None),
        ("B02", "Tallis Care Ltd", None),
        ("B03", "Moorland Together", None),
        ("B03/quarrytransport", "Quarry Transport Ltd", MemberRole.SUBCONTRACTOR),
    ]


def test_whoever_came_later_is_still_to_be_answered() -> None:
    asked = organisations(make.bidders(), PARTS)
    none = Declaration(ME.person, DeclarationOutcome.NONE, WHEN, asked=("B01", "B02"))

    assert [one.key for one in unanswered((none,), asked)] == ["B03", "B03/quarrytransport"]
    assert not has_declared((none,), asked)
    assert has_declared((none, interest("B03")), asked)  # out of its lots in any case
    assert not has_declared((), ())


def test_nobody_waits_for_an_answer_about_a_bid_that_is_not_read() -> None:
    late = [replace(bid, status=BidStatus.LATE) if bid.bid == "B03" else bid for bid in make.bids()]

    assert [one.key for one in awaited(late, make.bidders(), PARTS)] == ["B01", "B02"]
