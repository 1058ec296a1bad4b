"""Texts that are indexed: a run of forty letters is found wherever it begins, and what many say is told once."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
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


def _letter_by_letter(index: TextIndex, text: str) -> Iterator[tuple[int, int, int]]:
    """The runs that a text shares with those of an index, each grown letter by letter and every text looked at each time."""
    seen: dict[int, int] = {}
    for place in range(len(text) - ANCHOR + 1):
        for number, held in ((at >> 32, at & 0xFFFFFFFF) for at in _places(index, text[place : place + ANCHOR])):
            if place < seen.get(number, 0):
                continue
            letters, left, right = index.texts[number], 0, ANCHOR
            while place > left and held > left and text[place - left - 1] == letters[held - left - 1]:
                left += 1
            while text[place + right : place + right + 1] == letters[held + right : held + right + 1] != "":
                right += 1
            seen[number] = place + right
            if left + right >= min(len(letters), RUN):
                yield number, place - left, place + right


def _places(index: TextIndex, anchor: str) -> list[int]:
    return [index.anchors[anchor], *index.again.get(anchor, ())] if anchor in index.anchors else []


@given(st.lists(LETTERS, min_size=1, max_size=4), st.data())
@settings(deadline=None)
def test_runs_are_those_that_are_grown_letter_by_letter(shared: list[str], data: st.DataObject) -> None:
    """Texts are put together of the same sentences and parts of them, as those of many bids are."""
    part = st.sampled_from(shared).flatmap(
        lambda held: st.tuples(st.integers(0, len(held)), st.integers(0, len(held))).map(
            lambda ends: held[min(ends) : max(ends)]
        )
    )
    whole = st.lists(part | st.sampled_from(shared) | st.text("abz", max_size=9), max_size=6).map("".join)
    index = TextIndex()
    for held in data.draw(st.lists(whole, max_size=12)):
        index.add(held)
    for text in data.draw(st.lists(whole, max_size=3)):
        assert list(index.runs(text)) == list(_letter_by_letter(index, text))
        index.add(text)


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
