"""A file of sentences as text: written so that it reads back as it was, and each sentence found by its line."""

from __future__ import annotations

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.wording_text import line_of, written

TEXT = """\
# a comment with texts = 1
[kinds.winner]
title = "One"
meaning = [
  "Two",
]

[texts]
closing = "Three"
"""


def test_line_of_finds_a_key_its_table_or_nothing() -> None:
    paths = [
        ("kinds", "winner", "title"),
        ("kinds", "winner", "meaning"),
        ("texts", "closing"),
        ("texts", "salutation"),
    ]
    assert [line_of(TEXT, path) for path in paths] == [3, 4, 9, 8]
    assert [line_of(TEXT, path) for path in (("texts",), ("rounding",), ("kinds", "late"))] == [8, 0, 0]


SENTENCES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
KEYS = st.from_regex(r"[a-z][a-z0-9_-]{0,12}", fullmatch=True)


@given(
    st.dictionaries(
        KEYS, st.dictionaries(KEYS, SENTENCES | st.lists(SENTENCES, min_size=1, max_size=3), min_size=1), min_size=1
    )
)
def test_what_is_written_reads_back_as_it_was(held: dict[str, Any]) -> None:
    assert tomllib.loads(written(held, "pa2023")) == held
