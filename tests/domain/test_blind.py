"""Drawn codes, nameless packs, and what pre-flight finds: properties and tables."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import make
from evalpanel.domain.blind import DIGITS, LETTERS, BlindCodes, nameless, names_are_shown, neutral_names, with_codes
from evalpanel.domain.digests import canonical_json
from evalpanel.domain.interests import organisations
from evalpanel.domain.preflight import Piece, Searcher, Tell
from evalpanel.domain.tender import BidderCode, CriterionCode, DocumentEntry, EnvelopeKind, LotCode


def drawn(seed: int, held: BlindCodes | None = None) -> BlindCodes:
    return with_codes(held or BlindCodes(), make.pack(), Random(seed).choice, ["L1"])


@given(st.integers())
def test_codes_are_each_their_own_and_lead_back(seed: int) -> None:
    pack, codes = make.pack(), drawn(seed)
    assert len(set(codes.bidders.values())) == len(pack.bidders)
    assert all(
        len(one) == 4 and one[0] in LETTERS and one[1] in DIGITS and one not in codes.bidders
        for one in codes.bidders.values()
    )
    coded = codes.coded(pack)
    assert [one.bidder for one in coded.bidders] == sorted(codes.bidders.values())
    back = codes.as_written(coded)
    assert {one.bidder: one for one in back.bidders} == {one.bidder: one for one in pack.bidders}
    assert (set(back.bids), set(back.members), set(back.prices)) == (
        set(pack.bids),
        set(pack.members),
        set(pack.prices),
    )


@given(st.integers(), st.integers())
def test_codes_that_are_held_stay(first: int, second: int) -> None:
    held = drawn(first)
    assert drawn(second, held) == held


def test_nameless_pack_says_nothing_of_a_bidder() -> None:
    pack = make.pack()
    told = canonical_json(nameless(drawn(1).coded(pack)))
    words = [word for one in organisations(pack.bidders, pack.members) for word in (one.name, one.identifier) if word]
    words += [one.email for one in pack.bidders if one.email] + ["Quay Street", "B01", "B02", "B03"]
    assert [word for word in words if word in told] == []


def entry(path: str, criterion: str | None = None, kind: EnvelopeKind = EnvelopeKind.QUALITY) -> DocumentEntry:
    return DocumentEntry(
        path, BidderCode("K7QM"), LotCode("L1"), None if criterion is None else CriterionCode(criterion), kind
    )


def test_documents_keep_nothing_of_their_names_but_an_ending_that_is_known() -> None:
    entries = [
        entry("bids/Harbour/Reach by Harbour.PDF", "1.1"),
        entry("bids/Harbour/more.harb", "1.1"),
        entry("bids/Harbour/Costs.xlsx", kind=EnvelopeKind.PRICE),
        entry("bids/Harbour/About us.docx"),
        DocumentEntry("Specification.txt"),
    ]
    assert neutral_names(entries, ["bids/K7QM/L1/1.1 1.pdf"]) == {
        "bids/Harbour/Reach by Harbour.PDF": ("bids/K7QM/L1/1.1 2.pdf", "1.1, 2"),
        "bids/Harbour/more.harb": ("bids/K7QM/L1/1.1 1", "1.1, 1"),
        "bids/Harbour/Costs.xlsx": ("bids/K7QM/L1/price 1.xlsx", "Price 1"),
        "bids/Harbour/About us.docx": ("bids/K7QM/L1/document 1.docx", "Document 1"),
    }


FOUND = [
    ("Harbour Young Carers has run this since 2011.", "B01", Tell.NAME),
    ("see www.harbouryoungcarers.org.uk/impact", "B01", Tell.NAME),
    ("HARBOUR  YOUNG\nCARERS", "B01", Tell.NAME),
    ("At Harbour we listen.", "B01", Tell.WORD),
    ("Charity no. 01234567.", "B01", Tell.NUMBER),
    ("registered charity 123 4567", "B01", Tell.NUMBER),
    ("1 Quay Street, Northmoor", "B01", Tell.ADDRESS),
    ("NM00AA", "B01", Tell.ADDRESS),
    ("write to bids@harbour.example", "B01", Tell.EMAIL),
    ("Tallis Care Ltd.", "B02", Tell.NAME),
    ("with Tór Valley Advice", "B03", Tell.NAME),
]
NOT_FOUND = ["We reach young carers in every school.", "The harbours of the coast.", "In 2026 we saw 1234 people.", ""]


@pytest.mark.parametrize(("text", "whose", "tell"), FOUND)
def test_what_names_a_bidder_is_found_however_it_is_written(text: str, whose: str, tell: Tell) -> None:
    found = list(Searcher(make.pack()).look("d", "0" * 64, [Piece("page 1", text)]))
    assert (whose, tell) in [(one.whose, one.tell) for one in found]


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_names_nobody_is_no_finding(text: str) -> None:
    assert list(Searcher(make.pack()).look("d", "0" * 64, [Piece("page 1", text)])) == []


@settings(max_examples=200)
@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from([one.name for one in make.bidders()]))
def test_a_name_is_found_wherever_it_stands(before: str, after: str, name: str) -> None:
    assert Searcher(make.pack()).says(f"{before} {name} {after}")


def test_a_name_far_into_a_long_text_is_found() -> None:
    for far in (199_990, 400_001):
        assert Searcher(make.pack()).says("a " * (far // 2) + " Moorland Together " + "b " * 1000)


def test_another_bidder_or_a_corrected_name_is_another_search() -> None:
    pack = make.pack()
    other = replace(pack, bidders=(replace(pack.bidders[0], name="Quay Young Carers"), *pack.bidders[1:]))
    assert Searcher(pack).digest() != Searcher(other).digest()
    assert Searcher(pack).digest() == Searcher(make.pack()).digest()


def test_what_is_hidden_is_told_where_it_names_nobody() -> None:
    pieces = [
        Piece("who wrote it", "Jo Pell", is_hidden=True),
        Piece("page 1", "Jo Pell"),
        Piece("page 2", "", unseen="A picture."),
    ]
    found = [(one.place, one.tell, one.words) for one in Searcher(make.pack()).look("d", "0" * 64, pieces, words=False)]
    assert found == [("who wrote it", Tell.HIDDEN, "Jo Pell"), ("page 2", Tell.UNSEEN, "A picture.")]


@pytest.mark.parametrize(
    ("blind", "leads", "released", "locked", "named", "shown"),
    [
        (False, False, False, False, False, True),
        (True, True, False, False, True, False),  # the officer's laptop knows them, and does not show them
        (True, True, True, False, True, True),
        (True, True, False, True, True, True),
        (True, False, False, False, False, False),
        (True, False, False, True, False, False),  # closed elsewhere: the names have not come yet
        (True, False, False, False, True, True),
    ],
)
def test_names_are_shown_where_they_are_released(
    blind: bool, leads: bool, released: bool, locked: bool, named: bool, shown: bool
) -> None:
    pack = make.pack(tender=replace(make.tender(), blind=blind))
    pack = pack if named else nameless(pack)
    assert names_are_shown(pack, leads=leads, released=released, locked=locked) is shown
