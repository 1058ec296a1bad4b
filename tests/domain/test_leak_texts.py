"""Texts that are indexed: a run of forty letters is found wherever it begins, and what many say is told once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain import leak_names
from evalpanel.domain.leak_texts import ANCHOR, RUN, TextIndex
from evalpanel.domain.leaks import Allowed, Guard, Passage, Secret, SecretKind

LETTERS = st.text("abcdefghij", min_size=RUN, max_size=200)
SENTENCE = "Only two of the five workers had a safeguarding certificate that was valid on the last date for tenders."
_NAMED = st.lists(
    st.sampled_from(
        [
            "Dr.",
            "Dr",
            "Mr.",
            "Mrs.",
            "Ms.",
            "St.",
            "Prof.",
            "A.",
            "Haddad",
            "the",
            "of",
            "&",
            "Linden",
            "O'Neil",
            "x-Ray",
            "-Abc",
            "_Foo",
            "A1",
            "1A",
            "USA",
            ".",
            "\n",
            "\t",
            "van",
            "Profs.",
        ]
    ),
    max_size=9,
).map(" ".join)


@given(LETTERS, LETTERS, st.data())
def test_every_run_of_forty_letters_is_found_whatever_stands_around_it(
    held: str, around: str, data: st.DataObject
) -> None:
    begin = data.draw(st.integers(0, len(held) - RUN))
    run = held[begin : begin + RUN]
    index = TextIndex()
    index.add("z" * ANCHOR)
    index.add(held)
    text = f"{around}#{run}#{around}"
    place = len(around) + 1
    assert any(number == 1 and low <= place and place + RUN <= high for number, low, high in index.runs(text))


@given(LETTERS)
def test_the_same_letters_are_held_once(held: str) -> None:
    index = TextIndex()
    assert [index.add(held), index.add("z" * ANCHOR), index.add(held), index.add("short")] == [0, 1, 0, None]
    assert index.texts == [held, "z" * ANCHOR]


def test_what_thousands_of_lines_say_is_told_once_with_how_many() -> None:
    lines = [
        Secret(SecretKind.SENTENCE, SENTENCE, f"the rationale of PM1 for line {number}", f"B{number}")
        for number in range(2000)
    ]
    guard = Guard.of(lines)
    told = guard.leaks([Passage("Page 1", SENTENCE)], Allowed(), "B0")
    assert [leak.whose for leak in told] == ["the rationale of PM1 for line 1, and 1,998 more that say the same"]
    few = Guard.of(lines[:4]).leaks([Passage("Page 1", SENTENCE)], Allowed(), "B0")
    assert [leak.whose for leak in few] == [f"the rationale of PM1 for line {number}" for number in (1, 2, 3)]


@given(_NAMED)
def test_a_text_in_ascii_has_the_names_that_it_has_by_the_rule_for_every_script(text: str) -> None:
    quick = [match.span() for match in leak_names._ASCII_SHAPE.finditer(text)]
    assert quick == [match.span() for match in leak_names._shape().finditer(text)]
