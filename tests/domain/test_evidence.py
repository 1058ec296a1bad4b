"""Evidence: a passage is found again whatever happened to the white space, and nothing odd is kept or read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.digests import digest, plain
from evalpanel.domain.evidence import (
    CONTEXT,
    MOST_CITED,
    MOST_NOTE,
    MOST_PIECES,
    MOST_WORDS,
    Evidence,
    Rect,
    Source,
    as_json,
    fault,
    faults,
    find,
    from_json,
    one_line,
    points,
    quoted,
    read,
    shortened,
    source_fault,
    source_of,
)
from evalpanel.domain.sheets import Line, Score, ScoreStatus, sheet_digest
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode
from evalpanel.errors import EvalPanelError

SHA, OTHER = "0a" * 32, "1b" * 32
B01, B02 = BidderCode("B01"), BidderCode("B02")
L1, L2 = LotCode("L1"), LotCode("L2")
RECT = Rect(Decimal(72), Decimal("100.25"), Decimal(300), Decimal("11.5"))
PIECE = Evidence(
    SHA,
    "bids/B01/1.1 Reach.pdf",
    page=4,
    label="iv",
    exact="173 came, and 121 came again.",
    prefix="had never taken part:",
    suffix="How we will know.",
    start=120,
    end=149,
    rects=(RECT,),
    note="The strongest result.",
)
TEXT = "Lot 1.\r\nWe paid twelve to bring a friend: 173 came,\r\nand 121 came again. In 2024 it was 46."

words = st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=60)
hundredths = st.integers(-10_000_000, 10_000_000).map(lambda number: Decimal(number) / 100)
sizes = st.integers(1, 10_000_000).map(lambda number: Decimal(number) / 100)
rects = st.builds(Rect, hundredths, hundredths, sizes, sizes)


@st.composite
def pieces(draw: st.DrawFn) -> Evidence:
    page, exact, start = draw(st.integers(0, 900)), one_line(draw(words)), draw(st.integers(0, 5000))
    if not exact and not page:
        page = 1
    return Evidence(
        document=draw(st.sampled_from([SHA, OTHER])),
        path=draw(st.sampled_from(["bids/B01/a.pdf", "bids/B02/Übersicht “2”.docx"])),
        page=page,
        label=one_line(draw(words))[:40].strip() if page else "",
        exact=exact,
        prefix=one_line(draw(words)),
        suffix=one_line(draw(words)),
        start=start,
        end=start + draw(st.integers(1, 500)) if exact else start,
        rects=tuple(draw(st.lists(rects, max_size=3))) if page else (),
        note=one_line(draw(words)),
    )


@given(st.lists(pieces(), max_size=4).map(tuple))
def test_pieces_survive_being_written_and_read(held: tuple[Evidence, ...]) -> None:
    text = as_json(held)

    assert [fault(piece) for piece in held] == [""] * len(held)
    assert from_json(text) == held
    assert as_json(from_json(text)) == text


@given(words, words, words)
def test_what_is_quoted_is_found_again(before: str, inside: str, after: str) -> None:
    text = before + inside + after
    piece = quoted(text, len(before), len(before) + len(inside), document=SHA, path="a.pdf", page=1)

    assert piece.exact == one_line(inside)
    assert len(piece.prefix) <= CONTEXT
    assert len(piece.suffix) <= CONTEXT
    place = find(text, piece)
    assert (place is None) == (piece.exact == "")
    if place is not None:
        assert one_line(text[slice(*place)]).replace(" ", "") == piece.exact.replace(" ", "")


@given(words, words, st.sampled_from(["\r\n", "\n", "  ", "\t", "\u2028", "\x02"]))
def test_white_space_does_not_matter_when_a_passage_is_looked_for(before: str, inside: str, gap: str) -> None:
    piece = quoted(before + inside, len(before), len(before) + len(inside), document=SHA, path="a.pdf", page=1)
    wrapped = before + inside.replace(" ", gap)

    assert (find(wrapped, piece) is None) == (piece.exact == "")


def test_of_two_places_with_the_same_words_the_one_with_the_same_neighbours_is_found() -> None:
    text = "Lot 1: we meet weekly. Lot 2: we meet weekly. Lot 3: we meet weekly!"
    second = text.index("we meet", 30)
    piece = quoted(text, second, second + len("we meet weekly"), document=SHA, path="a.pdf", page=1)

    assert find(text, piece) == (second, second + 14)
    assert find("A new preface. " + text, piece) == (second + 15, second + 29)
    nearest = replace(piece, prefix="", suffix="")
    assert find(text, nearest) == (second, second + 14)


def test_words_that_are_not_there_are_not_found() -> None:
    assert find(TEXT, replace(PIECE, exact="999 came")) is None
    assert find(TEXT, replace(PIECE, exact="")) is None


def test_a_quotation_keeps_what_stands_round_it_in_one_line() -> None:
    start = TEXT.index("173")
    piece = quoted(TEXT, start, TEXT.index(" In 2024"), document=SHA, path="a.pdf", page=3, label="3", rects=[RECT])

    assert piece == Evidence(
        SHA,
        "a.pdf",
        page=3,
        exact="173 came, and 121 came again.",
        prefix="We paid twelve to bring a friend:"[-32:].lstrip(),
        suffix="In 2024 it was 46.",
        start=start,
        end=start + 30,
        rects=(RECT,),
    )
    assert find(TEXT, piece) == (piece.start, piece.end)


@pytest.mark.parametrize(("page", "label", "said"), [(4, "", "page 4"), (4, "iv", "page 4 (numbered iv)"), (0, "", "")])
def test_a_page_in_words(page: int, label: str, said: str) -> None:
    assert replace(PIECE, page=page, label=label).page_words == said


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"document": "0A" * 32}, "the document is not named by its digest"),
        ({"document": SHA + "\n"}, "the document is not named by its digest"),
        ({"path": " "}, "the document has no name, or too long a one"),
        ({"page": -1}, "there is no page -1"),
        ({"page": 0, "exact": "", "rects": ()}, "it holds neither words nor a page"),
        (
            {"exact": "a" * (MOST_WORDS + 1)},
            "the passage has 2001 characters, and at most 2000 are kept: select fewer words",
        ),
        ({"exact": "two\nlines"}, "its words do not stand in one line"),
        ({"prefix": " led by a space"}, "its words do not stand in one line"),
        ({"note": "half a character \ud800"}, "its words do not stand in one line"),
        ({"suffix": "a" * 65}, "what stands round the passage is too long"),
        ({"label": "i" * 41}, "what stands round the passage is too long"),
        ({"note": "a" * (MOST_NOTE + 1)}, "the note has 301 characters, and at most 300 are kept"),
        ({"start": 150}, "it does not say where in the text the passage begins and ends"),
        ({"start": 149}, "it does not say where in the text the passage begins and ends"),
        ({"exact": ""}, "it does not say where in the text the passage begins and ends"),
        ({"page": 0}, "it marks a place on a page of a document without pages"),
        ({"rects": (RECT,) * 201}, "the passage stands in too many places of the page: select fewer words"),
        ({"rects": (replace(RECT, x=Decimal("NaN")),)}, "a mark lies outside every page"),
        ({"rects": (replace(RECT, y=Decimal(100_001)),)}, "a mark lies outside every page"),
        ({"rects": (replace(RECT, x=Decimal("0.001")),)}, "a mark is finer than a hundredth of a point"),
        ({"rects": (replace(RECT, width=Decimal(0)),)}, "a mark has no size"),
    ],
)
def test_what_cannot_be_kept_says_why(changed: dict[str, Any], why: str) -> None:
    assert fault(replace(PIECE, **changed)) == why


def test_a_whole_page_is_evidence_without_words() -> None:
    page = Evidence(SHA, "plan.pdf", page=4)

    assert fault(page) == ""
    assert quoted("", 0, 0, document=SHA, path="plan.pdf", page=4, label="4") == page


def test_a_line_holds_so_many_pieces_and_none_twice() -> None:
    many = tuple(replace(PIECE, page=page) for page in range(1, MOST_PIECES + 2))

    assert faults(many[:MOST_PIECES]) == ()
    assert faults(many) == ("21 pieces of evidence are named, and at most 20 can be",)
    assert faults(many[: MOST_CITED + 1], MOST_CITED) == ("7 pieces of evidence are named, and at most 6 can be",)
    assert faults((PIECE, replace(PIECE, note="again"))) == ("the same passage is named twice as evidence",)
    assert faults((replace(PIECE, page=-1),)) == ("evidence from bids/B01/1.1 Reach.pdf: there is no page -1",)


WRITTEN = as_json((PIECE,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "{}",
        "[1]",
        "[[]]",
        "[" * 100_000,
        " " + WRITTEN,
        WRITTEN.replace('"page":4', '"page":4.0'),
        WRITTEN.replace('"page":4', '"page":"4"'),
        WRITTEN.replace('"page":4', '"page":true'),
        WRITTEN.replace('"page":4', '"page":4,"page":4'),
        WRITTEN.replace('"page":4', '"page":4,"more":1'),
        WRITTEN.replace('"note":', '"noted":'),
        WRITTEN.replace('"x":"72"', '"x":72'),
        WRITTEN.replace('"x":"72"', '"x":"72.0"'),
        WRITTEN.replace('"x":"72"', '"x":"7.2E1"'),
        WRITTEN.replace('"x":"72"', '"z":"72"'),
        WRITTEN.replace('"rects":[', '"rects":[1,'),
        WRITTEN.replace(WRITTEN[WRITTEN.index('"rects":') : WRITTEN.index(',"start"')], '"rects":{}'),
        WRITTEN.replace("173 came", "173  came"),
        WRITTEN.replace(SHA, SHA.upper()),
        WRITTEN.replace('"start":120', '"start":-1'),
    ],
)
def test_only_the_one_way_of_writing_is_read(text: str) -> None:
    assert text != WRITTEN

    with pytest.raises(EvalPanelError, match="cannot be read"):
        from_json(text)


odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


@given(pieces(), st.sampled_from([*plain(PIECE), "more"]), odd)
def test_whatever_stands_in_a_field_is_read_or_refused_in_words(piece: Evidence, name: str, value: object) -> None:
    changed = plain(piece) | {name: value}

    try:
        found = read(changed)
    except EvalPanelError:
        return
    assert plain(found) == changed


def test_one_object_is_read_as_it_is_sent() -> None:
    assert read(plain(PIECE)) == PIECE


def test_evidence_is_part_of_what_a_sheet_pins() -> None:
    line = Line(L1, BidCode("B01"), CriterionCode("1.1"))
    with_one = Score(line, evidence=(PIECE,))

    assert sheet_digest([with_one]) != sheet_digest([Score(line)])
    assert sheet_digest([with_one]) != sheet_digest([replace(with_one, evidence=(replace(PIECE, page=5),))])


any_words = st.text(
    st.characters(exclude_categories=()), max_size=20
)  # controls, halves of characters, quotation marks
figures = st.none() | st.sampled_from(["3", "3.0", "-0", "1E+2", "0.50", "0E-7", "12.345"]).map(Decimal)
answers = st.builds(
    Score,
    st.builds(Line, *[any_words.map(code) for code in (LotCode, BidCode, CriterionCode)]),
    st.sampled_from(ScoreStatus),
    figures,
    any_words,
    any_words,
    any_words,
    st.lists(pieces(), max_size=2).map(tuple),
)


@given(st.lists(answers, max_size=6))
def test_a_sheet_is_pinned_by_the_canonical_text_of_its_answers(sheet: list[Score]) -> None:
    assert sheet_digest(sheet) == digest(
        sorted(sheet, key=lambda one: (one.line.lot, one.line.bid, one.line.criterion))
    )


@given(st.lists(answers, min_size=1, max_size=3), st.sampled_from(["NaN", "sNaN", "Infinity"]))
def test_what_is_no_number_is_never_pinned(sheet: list[Score], figure: str) -> None:
    with pytest.raises(ValueError, match="only finite numbers"):
        sheet_digest([*sheet, replace(sheet[0], value=Decimal(figure))])


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("short", 10, "short"),
        ("ten letters", 11, "ten letters"),
        ("one two three", 9, "one two…"),
        ("one, two", 6, "one…"),
        ("unbroken", 4, "unb…"),
    ],
)
def test_a_quotation_is_cut_after_a_word(text: str, most: int, cut: str) -> None:
    assert shortened(text, most) == cut


def test_coordinates_are_kept_to_a_hundredth_of_a_point() -> None:
    assert [str(points(number)) for number in (72.0, 0.1 + 0.2, 100.255, -0.001)] == ["72", "0.3", "100.26", "0"]


SOURCES = (
    Source(SHA, "bids/B01/a.pdf", "Method", B01),
    Source(SHA, "bids/B02/a.pdf", "", B02),
    Source(OTHER, "bids/B02/price.pdf", "Price", B02, priced=True),
    Source("2c" * 32, "documents/Spec.pdf", "Specification", None),
    Source("3d" * 32, "bids/B01/lot 2.pdf", "Lot 2", B01, L2),
)


def test_a_piece_comes_from_the_bid_itself_or_from_the_tender() -> None:
    def said(document: str, bidder: BidderCode, lot: LotCode = L1) -> str:
        return source_fault(replace(PIECE, document=document, path="x.pdf"), SOURCES, bidder, lot)

    assert said(SHA, B01) == ""
    assert said("2c" * 32, B02) == ""
    assert said("3d" * 32, B01, L2) == ""
    assert said("3d" * 32, B01, L1) == "x.pdf belongs to another bid"
    assert said(SHA, BidderCode("B03")) == "x.pdf belongs to another bid"
    assert said(OTHER, B02) == "x.pdf lies in a price envelope, and prices are scored apart"
    assert said("4e" * 32, B01) == "x.pdf is not one of the tender's documents"


def test_a_document_that_two_bids_share_is_named_as_ones_own() -> None:
    piece = replace(PIECE, path="bids/B01/a.pdf")

    own, theirs = (source_of(piece, SOURCES, bidder, L1) for bidder in (B01, B02))
    assert own is not None
    assert own.name == "Method"
    assert theirs is not None
    assert theirs.name == "a.pdf"
