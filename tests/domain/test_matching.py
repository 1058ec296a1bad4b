"""What somebody writes, against who takes part: a hint where a person should look, and quiet where they need not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.interests import Organisation
from evalpanel.domain.matching import Likeness, hints, number_words, register_number
from evalpanel.domain.tender import BidderCode


def named(name: str, scheme: str = "", identifier: str = "") -> Organisation:
    return Organisation(name, name, BidderCode("B01"), None, scheme, identifier)


EVERYBODY = (
    named("Harbour Young Carers CIO", "GB-CHC", "1123456"),
    named("Plymouth Youth Services Ltd"),
    named("Tallis Care Ltd", "GB-COH", "00012345"),
    named("YMCA Plymouth"),
    named("Young Women's Christian Association Devon"),
    named("Ymddiriedolaeth Caerdydd Ifanc"),
    named("Café Libre C.I.C."),
    named("St Mary's Hospice"),
    named("Tor & Moor CIC"),
    named("Rockpool Young Researchers", "GB-CHC", "1234567-3"),
    named("Community Care Trust"),
    named("Devon County Council"),
    named("Tamar Voices Consortium"),
    named("Alba Youth", "GB-SC", "SC012345"),
)


def found(text: str) -> list[tuple[str, Likeness]]:
    return [(hint.organisation.name, hint.likeness) for hint in hints(text, EVERYBODY)]


@pytest.mark.parametrize(
    ("text", "name", "likeness"),
    [
        ("Harbour Trust", "Harbour Young Carers CIO", Likeness.NEAR),
        ("My sister works for harbour trust since 2019", "Harbour Young Carers CIO", Likeness.NEAR),
        ("HarbourYoungCarers", "Harbour Young Carers CIO", Likeness.NEAR),
        ("Plymouth Youth Service", "Plymouth Youth Services Ltd", Likeness.NEAR),
        ("youth services", "Plymouth Youth Services Ltd", Likeness.NEAR),
        ("Talis Care", "Tallis Care Ltd", Likeness.NEAR),
        ("TALLIS CARE LIMITED", "Tallis Care Ltd", Likeness.NAME),
        ("YWCA", "Young Women's Christian Association Devon", Likeness.INITIALS),
        ("ywca", "Young Women's Christian Association Devon", Likeness.INITIALS),
        ("Y.W.C.A.", "Young Women's Christian Association Devon", Likeness.INITIALS),
        ("Gaerdydd", "Ymddiriedolaeth Caerdydd Ifanc", Likeness.NEAR),
        ("ymddiriedolaeth CAERDYDD ifanc", "Ymddiriedolaeth Caerdydd Ifanc", Likeness.NAME),
        ("I run the cafe libre in Truro", "Café Libre C.I.C.", Likeness.NAME),
        ("St Marys", "St Mary's Hospice", Likeness.NEAR),
        ("Tor and Moor", "Tor & Moor CIC", Likeness.NAME),
        ("Rockpol", "Rockpool Young Researchers", Likeness.NEAR),
        ("Devon council", "Devon County Council", Likeness.NEAR),
        ("charity 1123 456", "Harbour Young Carers CIO", Likeness.NUMBER),
        ("Registered charity no. 1123456", "Harbour Young Carers CIO", Likeness.NUMBER),
        ("company 00012345", "Tallis Care Ltd", Likeness.NUMBER),
        ("12345", "Tallis Care Ltd", Likeness.NUMBER),
        ("1234567-3", "Rockpool Young Researchers", Likeness.NUMBER),
        ("1234567", "Rockpool Young Researchers", Likeness.NUMBER),
        ("sc 012345", "Alba Youth", Likeness.NUMBER),
        ("SC12345", "Alba Youth", Likeness.NUMBER),
    ],
)
def test_what_may_be_meant_is_asked_about(text: str, name: str, likeness: Likeness) -> None:
    assert found(text) == [(name, likeness)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "Plymouth",
        "the tor",
        "Marie Curie",
        "My mother is a young carer",
        "I volunteer for a community care charity in Plymouth",
        "I sing in a choir in Truro",
        "I was a trustee of a youth charity until 2019",
        "since 2019, on 12 May 2021",
        "07700 900123",
    ],
)
def test_words_that_the_whole_sector_shares_ask_nothing(text: str) -> None:
    assert found(text) == []


def test_the_long_name_of_an_abbreviation_is_found() -> None:
    assert found("Young Men's Christian Association")[0] == ("YMCA Plymouth", Likeness.INITIALS)


def test_the_likeliest_come_first_and_only_a_few() -> None:
    many = tuple(named(f"Harbour {word}") for word in ("Alder", "Birch", "Cedar", "Damson", "Elm")) + EVERYBODY[:1]

    told = hints("harbour alder, charity 1123456", many)

    assert [hint.likeness for hint in told[:2]] == [Likeness.NUMBER, Likeness.NAME]
    assert len(told) <= 4


def test_a_hint_says_which_words_were_alike() -> None:
    assert [hint.wrote for hint in hints("My sister works for Harbour Trust", EVERYBODY)] == ["harbour"]
    assert [hint.wrote for hint in hints("charity 1123 456", EVERYBODY)] == ["1123 456"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("01123456", "1123456", True),
        ("1 123 456", "1123456", True),
        ("sc012345", "SC 12345", True),
        ("NI012345", "12345", False),
        ("1234567-1", "1234567-2", False),
        ("OC301234", "OC 301234", True),
    ],
)
def test_numbers_are_compared_as_registers_write_them(one: str, other: str, same: bool) -> None:
    assert (register_number(one) == register_number(other)) is same


def test_a_number_is_told_with_the_word_for_its_register() -> None:
    assert [number_words(EVERYBODY[place]) for place in (0, 2, 1)] == ["charity 1123456", "company 00012345", ""]
    assert number_words(named("Somebody", "GB-LAE", "DEV")) == "GB-LAE DEV"


@given(st.sampled_from(EVERYBODY), st.sampled_from(["{}", "{} ltd", "I work for {}.", "the {} since 2020"]))
def test_everybodys_own_name_is_always_found(one: Organisation, frame: str) -> None:
    assert one in [hint.organisation for hint in hints(frame.format(one.name), EVERYBODY)]


@given(st.text(max_size=300))
def test_whatever_is_typed_gives_at_most_a_few_hints(text: str) -> None:
    told = hints(text, EVERYBODY)

    assert len(told) <= 4
    assert len({hint.organisation.key for hint in told}) == len(told)
