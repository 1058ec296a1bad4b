"""The record of a bid pinned entry by entry, and the copy of a trail: what can be left out, and what is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain import trail
from evalpanel.domain.bid_record import (
    Entry,
    TrailCopy,
    chain_faults,
    copied,
    hashes_digest,
    line_of,
    pin_of,
    record_digest,
)

CHAIN = "ab" * 16
ENTRIES = st.lists(
    st.builds(Entry, st.text(min_size=1, max_size=20), st.text(max_size=40) | st.lists(st.integers(), max_size=3)),
    min_size=1,
    max_size=12,
)


def lines_of(entries: list[Entry]) -> list[str]:
    return [line_of(bytes([number]) * 16, one) for number, one in enumerate(entries)]


def digest_of(lines: list[str]) -> str:
    return record_digest(map(pin_of, lines))


@given(ENTRIES, st.data())
def test_whatever_is_left_out_the_record_has_the_same_digest(entries: list[Entry], data: st.DataObject) -> None:
    lines = lines_of(entries)
    away = data.draw(st.sets(st.integers(0, len(lines) - 1)))
    assert digest_of([pin_of(one) if number in away else one for number, one in enumerate(lines)]) == digest_of(lines)


@given(ENTRIES, st.data())
def test_changed_moved_or_lost_entry_makes_another_digest(entries: list[Entry], data: st.DataObject) -> None:
    lines = lines_of(entries)
    place = data.draw(st.integers(0, len(lines) - 1))
    other = line_of(b"x" * 16, entries[place])
    assert digest_of([*lines[:place], other, *lines[place + 1 :]]) != digest_of(lines)
    assert digest_of([*lines[:place], *lines[place + 1 :]]) != digest_of(lines)
    if len(lines) > 1:
        assert digest_of([*lines[1:], lines[0]]) != digest_of(lines)


def test_two_entries_of_one_value_have_two_pins() -> None:
    entry = Entry("answers/1/rationale", "It says how.")
    assert pin_of(line_of(b"a" * 16, entry)) != pin_of(line_of(b"b" * 16, entry))


def chain(length: int) -> list[trail.TrailLine]:
    made, previous = [], trail.START
    for number in range(1, length + 1):
        at, detail, salt = (
            datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=number),
            f'{{"rows":{number}}}',
            b"s" * 16,
        )
        pinned = trail.detail_digest(salt, detail)
        own = trail.line_hash(previous, CHAIN, number, at, "PM1", "score-saved", pinned)
        made.append(trail.TrailLine(CHAIN, number, at, "PM1", "score-saved", detail, salt, pinned, previous, own))
        previous = own
    return made


@given(st.integers(1, 8), st.data())
def test_chain_holds_whatever_details_and_headers_are_left_out(length: int, data: st.DataObject) -> None:
    lines = chain(length)
    ways = data.draw(st.lists(st.sampled_from(("whole", "no detail", "no header")), min_size=length, max_size=length))
    copy = [
        copied(one, "" if way == "whole" else "it is about others", with_header=way != "no header")
        for one, way in zip(lines, ways, strict=True)
    ]
    assert list(chain_faults(copy, CHAIN)) == []
    assert hashes_digest(copy) == hashes_digest([copied(one) for one in lines])


WHOLE = [copied(one) for one in chain(3)]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (WHOLE[1:], "does not follow"),
        ([WHOLE[0], WHOLE[2]], "does not follow"),
        ([WHOLE[1], WHOLE[0], WHOLE[2]], "does not follow"),
        ([replace(WHOLE[0], detail='{"rows":9}'), *WHOLE[1:]], "the detail of line 1 of the trail was altered"),
        ([replace(WHOLE[0], salt=None), *WHOLE[1:]], "the detail of line 1 of the trail was altered"),
        ([replace(WHOLE[0], detail=None, salt=None), *WHOLE[1:]], "was left out without a reason"),
        (
            [replace(WHOLE[0], header=(WHOLE[0].header or "").replace("PM1", "PM2")), *WHOLE[1:]],
            "line 1 of the trail was altered",
        ),
        ([replace(WHOLE[0], header=None), *WHOLE[1:]], "has no header, and does not say why"),
        ([replace(WHOLE[0], header=None, detail_digest=None, detail=None, salt=None), *WHOLE[1:]], "does not say why"),
    ],
)
def test_what_was_done_to_a_copy_of_the_trail_is_told(changed: list[TrailCopy], said: str) -> None:
    assert any(said in one for one in chain_faults(changed, CHAIN))


def test_trail_of_another_tender_is_seen() -> None:
    assert "line 1 of the trail is of another chain, or stands in another place" in list(chain_faults(WHOLE, "cd" * 16))
