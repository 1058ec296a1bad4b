"""Score sheets that travel in parts: what pins them, whatever text they are read from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.changes import Change
from evalpanel.domain.evidence import Evidence, Rect
from evalpanel.domain.sheets import Line, Score, ScoreStatus, sheet_digest
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode
from evalpanel.formats.parcel_sheets import Pinning, SheetPart, read_sheet_part, write_sheet_part

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ['],"bidder":"', '{"answers":[']
)
figures = st.none() | st.sampled_from(["3", "3.0", "-0", "1E+2", "0.50", "12.345"]).map(Decimal)
points = st.sampled_from(["1", "1.50", "72.25"]).map(Decimal)
evidence = st.builds(
    Evidence,
    words,
    words,
    exact=words,
    rects=st.lists(st.builds(Rect, points, points, points, points), max_size=1).map(tuple),
)
lines = st.builds(
    Line,
    st.sampled_from(["L1", "L2"]).map(LotCode),
    st.sampled_from(["B1", "B10", "B2"]).map(BidCode),
    st.sampled_from(["1.1", "1.10", "1.2"]).map(CriterionCode),
)
plain = st.builds(Score, lines, st.sampled_from(ScoreStatus), st.none() | st.just(Decimal(3)), words)
odd = st.builds(
    Score, lines, st.sampled_from(ScoreStatus), figures, words, words, words, st.lists(evidence, max_size=1).map(tuple)
)
in_order = st.lists(plain, max_size=8).map(lambda found: sorted(found, key=lambda one: one.line))
answers = in_order | st.lists(odd, max_size=5)


def pinned(*sheets: list[Score], changes: tuple[Change, ...] = ()) -> str:
    """What pins answers that are written in these parts, and read again."""
    written = [write_sheet_part(SheetPart(tuple(one), BidderCode("B"), changes, LotCode("L1"))) for one in sheets]
    pinning, found = Pinning(), list[Score]()
    for data in written:
        part = read_sheet_part(data)
        pinning.add(part, data)
        found += part.answers
    return pinning.of(found)


@given(st.lists(answers, max_size=4))
def test_parts_are_pinned_as_their_answers_are(sheets: list[list[Score]]) -> None:
    assert pinned(*sheets) == sheet_digest(answer for one in sheets for answer in one)


@given(st.lists(plain, max_size=12), st.randoms(use_true_random=False))
def test_a_part_for_each_bid_is_pinned_in_whatever_order_parts_come(found: list[Score], order: object) -> None:
    bids: dict[tuple[str, str], list[Score]] = {}
    for one in sorted(found, key=lambda one: one.line):
        bids.setdefault((one.line.lot, one.line.bid), []).append(one)
    sheets = list(bids.values())
    order.shuffle(sheets)  # type: ignore[attr-defined]  # a Random
    assert pinned(*sheets) == sheet_digest(found)


def test_what_changed_afterwards_and_whose_bids_they_are_is_no_part_of_it() -> None:
    line = Line(LotCode("L1"), BidCode("B1"), CriterionCode("1.1"))
    answer = Score(line, ScoreStatus.SCORED, Decimal(3), "x")
    change = Change(2, datetime(2026, 10, 1, tzinfo=UTC), line, "rationale", '],"bidder":"', "x", "I had missed it.")
    assert pinned([answer], changes=(change,)) == sheet_digest([answer])
    assert pinned([answer]) != pinned([replace(answer, rationale="z")])


def test_parts_of_whole_bids_are_pinned_without_being_written_again() -> None:
    bids = [[Score(Line(LotCode("L1"), BidCode(bid), CriterionCode("1.1")))] for bid in ("B1", "B2")]
    data = [write_sheet_part(SheetPart(tuple(one), BidderCode("B"), (), LotCode("L1"))) for one in bids]
    pinning = Pinning()
    for one in data:
        pinning.add(read_sheet_part(one), one)
    assert pinning.of([]) == sheet_digest([*bids[0], *bids[1]])
