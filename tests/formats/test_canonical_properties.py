"""What is read strictly is written as the same bytes, and no other bytes are read as it."""

from __future__ import annotations

from datetime import UTC

from hypothesis import given, settings
from hypothesis import strategies as st

from evalpanel.domain.changes import Change
from evalpanel.domain.sheets import Score
from evalpanel.domain.tender import BidderCode, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.canonical import decode, encode
from evalpanel.formats.parcel_sheets import SheetPart, read_sheet_part, write_sheet_part

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
_MOMENTS = st.datetimes(timezones=st.just(UTC))
_SCORES = st.builds(Score, rationale=_WORDS, evidence=st.just(()), value=st.none() | st.decimals(0, 10, places=2))
_PARTS = st.builds(
    SheetPart,
    answers=st.lists(_SCORES, max_size=3).map(tuple),
    bidder=_WORDS.map(BidderCode),
    changes=st.lists(st.builds(Change, at=_MOMENTS, revision=st.integers(1, 9)), max_size=2).map(tuple),
    lot=_WORDS.map(LotCode),
)


@given(_PARTS)
def test_part_of_a_sheet_is_read_as_it_was_written(part: SheetPart) -> None:
    assert read_sheet_part(write_sheet_part(part)) == part


@given(_PARTS, st.data())
@settings(max_examples=300)
def test_one_changed_byte_is_refused_or_reads_as_another_value(part: SheetPart, data: st.DataObject) -> None:
    written = write_sheet_part(part)
    place = data.draw(st.integers(0, len(written) - 1))
    changed = written[:place] + bytes([data.draw(st.integers(0, 255))]) + written[place + 1 :]
    try:
        read = read_sheet_part(changed)
    except EvalPanelError:
        return
    assert write_sheet_part(read) == changed
    assert (read == part) == (changed == written)


@given(st.dictionaries(_WORDS, st.none() | st.booleans() | st.integers(-(2**53), 2**53) | _WORDS))
def test_text_of_a_value_is_one(value: dict[str, object]) -> None:
    assert decode(encode(value), dict, most=1 << 20, what="it") == value
