"""Amounts in words and other spellings of a name are found; ordinary words are let be."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.leak_spelling import distinctive, spellings
from evalpanel.domain.leak_words import spelled_in
from evalpanel.domain.leaks import Allowed, Guard, Passage, Secret, SecretKind

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "  # noqa: SIM905  # a list to read
    "eighteen nineteen".split()
)
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def in_words(number: int, join: str = "and ", hyphen: str = "-") -> str:
    if number < 20:
        return _UNITS[number]
    if number < 100:
        return _TENS[number // 10] + (hyphen + _UNITS[number % 10] if number % 10 else "")
    for size, name in ((1_000_000, "million"), (1000, "thousand"), (100, "hundred")):
        if number >= size:
            rest = number % size
            joined = (" " + (join if rest < 100 else "") + in_words(rest, join, hyphen)) if rest else ""
            return f"{in_words(number // size, join, hyphen)} {name}{joined}"
    raise AssertionError


def price(value: str, owner: str = "B04") -> Secret:
    return Secret(SecretKind.PRICE, "", f"the price of {owner}", owner, Decimal(value))


def found(text: str, *secrets: Secret, allowed: Allowed | None = None) -> list[tuple[str, bool]]:
    leaks = Guard.of(secrets).leaks([Passage("Page 1", text)], allowed or Allowed(), "B02")
    return [(leak.found, leak.stops) for leak in leaks]


@given(st.integers(1, 999_999_999), st.sampled_from(["and ", ""]), st.sampled_from(["-", " ", "‑"]))
def test_every_amount_in_words_is_read_as_what_it_is(number: int, join: str, hyphen: str) -> None:
    said = f"They asked {in_words(number, join, hyphen)} pounds for it"
    assert [one.value for one in spelled_in(said)] == [number]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("Forty two thousand, three hundred and ten pounds and fifty pence", "42310.50"),
        ("twelve hundred pounds", "1200"),
        ("half a million", "500000"),
        ("a quarter of a million pounds", "250000"),
        ("one and a half million", "1500000"),
        ("two point five million pounds", "2500000"),
        ("two and three quarter million", "2750000"),
        ("a hundred thousand pounds", "100000"),
        ("ninety-six thou\u00adsand pounds", "96000"),
        ("Forty-Two\nThousand Pounds", "42000"),
    ],
)
def test_a_price_in_words_is_found_however_it_is_written(written: str, value: str) -> None:
    ((said, stops),) = found(f"Another price was {written}, which is less.", price(value))
    assert stops
    assert written.removeprefix("a ").startswith(said.removeprefix("a "))


@pytest.mark.parametrize("written", ["£1.2 million", "£1.2m", "1.2m", "1200k", "one point two million"])
def test_a_short_price_is_found_in_figures_and_words(written: str) -> None:
    ((said, stops),) = found(f"The other bid came to {written}.", price("1200000"))
    assert (said, stops) == (written, True)


def test_a_rounded_price_in_words_is_shown_and_stops_where_it_is_one_alone() -> None:
    assert found("about forty-two thousand pounds", price("42310")) == [("forty-two thousand pounds", False)]
    assert found("one hundred and twenty-three thousand", price("123456")) == [
        ("one hundred and twenty-three thousand", True)
    ]


@pytest.mark.parametrize(
    "said",
    [
        "Five of the six workers saw one hundred young people in twenty-four weeks.",
        "One or two of the twelve sessions took two and a half hours.",
        "A third of them, and half of the others, came back.",
        "There are a hundred and one reasons.",
    ],
)
def test_ordinary_numbers_in_words_are_no_amounts(said: str) -> None:
    assert list(spelled_in(said)) == []


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Straw & Clay Ltd", "Straw and Clay Limited"),
        ("Straw and Clay Limited", "STRAW & CLAY LTD."),
        ("Straw + Clay CIC", "Straw and Clay"),
        ("The Linden Project", "the Linden Project"),
        ("The Linden Project", "Linden Project"),
        ("Linden Project Community Interest Company", "Linden Project C.I.C."),
        ("Linden Project (CIO)", "Linden Project Charitable Incorporated Organisation"),
        ("Saint Piran’s Youth Centre", "St. Pirans Youth Centre"),
        ("St Piran’s Youth Centre", "Saint Piran's Youth Center"),
        ("Young-Carers’ Circle, Ltd.", "Young Carers Circle"),
        ("Open Gate Co-operative Ltd", "Open Gate Cooperative"),
    ],
)
def test_a_name_is_found_in_other_spellings(name: str, written: str) -> None:
    secrets = [Secret(SecretKind.BIDDER, one, "the name of B04", "B04") for one in spellings(name)]
    assert any(
        stops or written == written.lower()
        for _, stops in found(f"Unlike yours, the bid of {written} says how.", *secrets)
    )


@pytest.mark.parametrize("name", ["Hope Ltd", "The Co", "Ltd", "", "Unity CIC"])
def test_what_is_left_of_a_name_is_not_looked_for_where_it_says_nothing(name: str) -> None:
    assert spellings(name)[0] == name
    assert all(len(one.split()) > 1 or len(one) > 5 for one in spellings(name)[1:])


def named(*names: tuple[str, str]) -> list[tuple[str, str]]:
    return list(names)


def test_one_word_of_a_name_is_distinctive_where_it_is_nobody_elses() -> None:
    bidders = named(
        ("B01", "Tamar Voices Consortium"), ("B03", "Rockpool Young Researchers"), ("B04", "Brightwell Engagement Ltd")
    )
    assert {word for _, word in distinctive(bidders, [], [])} == {"Tamar", "Rockpool", "Brightwell"}
    # The tender speaks of the river; texts about two others do too; two bidders are called after it; somebody writes it small.
    assert {word for _, word in distinctive(bidders, [], ["Tamar"])} == {"Rockpool", "Brightwell"}
    about = [("Sessions by the Tamar.", ["B03"]), ("A boat on the Tamar.", ["B04"])]
    assert {word for _, word in distinctive(bidders, about, [])} == {"Rockpool", "Brightwell"}
    assert {word for _, word in distinctive([*bidders, ("B09", "Tamar Play")], [], [])} == {"Rockpool", "Brightwell"}
    small = [("They took children to a rockpool.", ["B01"])]
    assert {word for _, word in distinctive(bidders, small, [])} == {"Tamar", "Brightwell"}


def test_a_bidder_called_by_one_word_of_its_name_stops_the_letter() -> None:
    secrets = [
        Secret(SecretKind.BIDDER, one, "the name of bidder B04", "B04")
        for one in spellings("Brightwell Engagement Ltd")
    ]
    assert found("Unlike Brightwell’s, your plan names nobody.", *secrets) == [("Brightwell", True)]
    assert found("BRIGHTWELL names somebody.", *secrets) == [("BRIGHTWELL", True)]
    assert found("The brightwell in the garden.", *secrets) == []
    assert found("Engagement with young people is described.", *secrets) == []
    # The whole name is told once, and its word not once more.
    assert found("Brightwell Engagement names somebody.", *secrets) == [("Brightwell Engagement", True)]


def test_a_word_of_the_readers_own_name_or_of_what_it_wrote_is_no_leak() -> None:
    secrets = [Secret(SecretKind.BIDDER, "Tamar Voices", "the name of bidder B04", "B04")]
    own = [Secret(SecretKind.BIDDER, "Lynher Voices", "the name of bidder B02", "B02")]
    assert found("Lynher works by the Tamar.", *secrets, *own) == [("Tamar", True)]
    assert found("Lynher works by the Tamar.", *own, *secrets, allowed=Allowed(said=("We work by the Tamar.",))) == []
