"""Finding words in a text: what counts as the same, and where it is said to stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.finding import Place, Snippet, folded, places, snippet


def found(text: str, wanted: str) -> list[str]:
    return [text[one.start : one.end] for one in places(folded(text), folded(wanted).text)]


@pytest.mark.parametrize(
    ("text", "wanted", "words"),
    [
        ("A Café for CARERS and carers", "carers", ["CARERS", "carers"]),
        ("A Café, a cafe", "CAFÉ", ["Café", "cafe"]),
        ("An e\u0301lan", "elan", ["e\u0301lan"]),
        ("The o\ufb03ce is open", "office", ["o\ufb03ce"]),
        ("young\r\npeople and  young   people", "young people", ["young\r\npeople", "young   people"]),
        (
            "safe\u00ad\r\nguarding, safe\ufffe\nguarding",
            "safeguarding",
            ["safe\u00ad\r\nguarding", "safe\ufffe\nguarding"],
        ),
        (
            "the bidder\u2019s plan \u2013 in \u201cwords\u201d",
            'bidder\'s plan - in "words"',
            ["bidder\u2019s plan \u2013 in \u201cwords\u201d"],
        ),
        ("Straße", "STRASSE", ["Straße"]),
        ("aaaa", "aa", ["aa", "aa"]),
        ("carers", "", []),
        ("carers", "  ", []),
        ("\U0001f600 carers", "CARERS", ["carers"]),
    ],
)
def test_words_are_found_as_people_mean_them(text: str, wanted: str, words: list[str]) -> None:
    assert found(text, wanted) == words


def test_no_more_places_are_listed_than_asked_for() -> None:
    assert places(folded("a a a a"), "a", 2) == (Place(0, 1), Place(2, 3))


@given(st.text(max_size=60), st.text(min_size=1, max_size=8), st.text(max_size=60))
def test_what_stands_in_a_text_is_found_in_it(before: str, wanted: str, after: str) -> None:
    asked = folded(wanted).text
    held = folded(f"{before} {wanted} {after}")
    assert bool(places(held, asked)) == bool(asked)
    assert len(held.places) == len(held.text)
    assert list(held.places) == sorted(held.places)


def test_snippet_is_cut_between_words() -> None:
    text = "one two three " * 10 + "the\r\nCarers’ voice " + "four five six " * 20
    place = places(folded(text), "carers' voice")[0]
    assert snippet(text, place) == Snippet(
        "two three one two three one two three one two three the ",
        "Carers’ voice",
        f" {'four five six ' * 8}four",
    )


def test_snippet_at_the_edges_of_a_text() -> None:
    assert snippet("Carers", Place(0, 6)) == Snippet("", "Carers", "")
    assert snippet("(Carers)", Place(1, 7)) == Snippet("(", "Carers", ")")
