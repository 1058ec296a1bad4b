from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.criteria import Criterion
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.mapping import envelope_for, map_documents
from evalpanel.domain.mapping_names import bidders_named, criteria_named, lots_named, speaks_of_prices
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    Bidder,
    BidderCode,
    CriterionCode,
    DocumentEntry,
    EnvelopeKind,
    Lot,
    LotCode,
)

_BIDDERS = (
    Bidder(BidderCode("B01"), "Harbour Voices Ltd"),
    Bidder(BidderCode("B02"), "Tamar & Exe Consortium"),
    Bidder(BidderCode("B03"), "Café Jeunesse CIO"),
    Bidder(BidderCode("B04"), "Acorn Limited"),
    Bidder(BidderCode("B05"), "Acorn CIC"),
    Bidder(BidderCode("B06"), "Commercial Road Trust"),
)
_TREE = {
    "1": None,
    "1.1": "1",
    "1.10": "1",
    "1.2": "1",
    "11.1": None,
    "C1": None,
    "2": None,
    "2.1": "2",
    "2.1.1": "2.1",
}
_PARENTS = {CriterionCode(code): None if parent is None else CriterionCode(parent) for code, parent in _TREE.items()}
_PACK = TenderPack(
    lots=(Lot(LotCode("L1"), "One"), Lot(LotCode("L2"), "Two")),
    bidders=_BIDDERS,
    criteria=tuple(
        Criterion(code, f"Title {code}", parent=parent, lots=(LotCode("L1"),) if code == "C1" else ())
        for code, parent in _PARENTS.items()
    ),
    bids=(
        Bid(BidCode("B01"), BidderCode("B01"), LotCode("L1")),
        Bid(BidCode("B02"), BidderCode("B02"), LotCode("L1")),
        Bid(BidCode("B02"), BidderCode("B02"), LotCode("L2")),
        Bid(BidCode("V-7"), BidderCode("B02"), LotCode("L2")),
    ),
)
_COMMON, _QUALITY, _PRICE = EnvelopeKind.COMMON, EnvelopeKind.QUALITY, EnvelopeKind.PRICE


def _entry(
    path: str, bidder: str = "", lot: str = "", criterion: str = "", envelope: EnvelopeKind = _COMMON, title: str = ""
) -> DocumentEntry:
    return DocumentEntry(
        path,
        BidderCode(bidder) if bidder else None,
        LotCode(lot) if lot else None,
        CriterionCode(criterion) if criterion else None,
        envelope,
        title,
    )


def _said(
    path: str, *corrections: DocumentEntry, bids_at_top: bool = False
) -> tuple[tuple[str, str, str, EnvelopeKind], list[bool]]:
    """Bidder, lot, criterion and envelope of one file, and whether each problem stops."""
    (entry,), problems = map_documents([path], _PACK, corrections, bids_at_top=bids_at_top)
    assert entry.path == path
    return (entry.bidder or "", entry.lot or "", entry.criterion or "", entry.envelope), [one.stops for one in problems]


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("1.1 Reaching young people", ["1.1"]),
        ("Q1.1_response", ["1.1"]),
        ("Response to 1-1", ["1.1"]),
        ("Q1_1", ["1.1"]),
        ("Answer1.2", ["1.2"]),
        ("(1.1)", ["1.1"]),
        ("1.1. Text", ["1.1"]),
        ("1.1_2", ["1.1"]),
        ("1.10 x", ["1.10"]),
        ("11.1", ["11.1"]),
        ("2.1.1", ["2.1.1"]),
        ("2-1-1", ["2.1.1"]),
        ("C1 Policies", ["C1"]),
        ("c-1", ["C1"]),
        ("1 Summary", ["1"]),
        ("Question 2", ["2"]),
        ("Section 1 - 1.1 Reaching", ["1.1"]),
        ("1.1 and 1.2", ["1.1", "1.2"]),
        ("1.1, 1.1", ["1.1"]),
        ("1.1.2 x", []),
        ("1.100", []),
        ("21.1", []),
        ("3.1.1", []),
        ("v1.1", []),
        ("Version 1.1", []),
        ("2026-1-1 minutes", []),
        ("1.1a", []),
        ("AC1", []),
        ("C11", []),
        ("Part 2", []),
        ("Annex_1", []),
        ("", []),
    ],
)
def test_criteria_are_found_as_whole_codes_only(name: str, codes: list[str]) -> None:
    assert list(criteria_named(name, _PARENTS)) == codes


@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_a_code_is_never_found_in_another(a: int, b: int, c: int, d: int) -> None:
    code, other = CriterionCode(f"{a}.{b}"), f"{c}.{d}"
    assert criteria_named(f"Response {other} text", {code: None}) == ((code,) if code == other else ())


@given(st.text(max_size=30), st.text(max_size=12))
def test_names_of_any_text_are_taken(name: str, code: str) -> None:
    bidder = Bidder(BidderCode(code or "B"), name)
    entries, _ = map_documents([f"bids/{name}/{code}", name or "a"], TenderPack(bidders=(bidder,)))
    assert [entry.path for entry in entries] == [f"bids/{name}/{code}", name or "a"]
    assert set(criteria_named(name, {CriterionCode(code): None})) <= {code}
    assert set(lots_named(name, [LotCode(code)])[0]) <= {code}


@pytest.mark.parametrize(
    ("folder", "codes"),
    [
        ("B01", ["B01"]),
        ("b01", ["B01"]),
        ("Harbour Voices", ["B01"]),
        ("HARBOUR VOICES LIMITED", ["B01"]),
        ("Harbour-Voices_Ltd", ["B01"]),
        ("B01 - Harbour Voices", ["B01"]),
        ("Harbour Voices (B01)", ["B01"]),
        ("B01 - Harbour", ["B01"]),
        ("B02_submission", ["B02"]),
        ("Tamar and Exe Consortium", ["B02"]),
        ("Cafe Jeunesse", ["B03"]),
        ("The Café Jeunesse", ["B03"]),
        ("Acorn", ["B04", "B05"]),
        ("Acorn Ltd", ["B04"]),
        ("Acorn C.I.C.", ["B05"]),
        ("Acorn Community Interest Company", ["B05"]),
        ("B01 - Acorn", []),
        ("B1", []),
        ("B010", []),
        ("Harbour", []),
        ("Ltd", []),
        ("", []),
    ],
)
def test_bidders_are_known_by_code_or_name(folder: str, codes: list[str]) -> None:
    assert list(bidders_named(folder, _BIDDERS)) == codes


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Pricing schedule", True),
        ("PricingSchedule_v2", True),
        ("PRICE", True),
        ("Commercial envelope", True),
        ("Cost schedule", True),
        ("Schedule of rates", True),
        ("Rate card", True),
        ("Full cost recovery policy", False),
        ("Corporates", False),
        ("Commercially sensitive information", False),
        ("1.1 Reaching young people", False),
    ],
)
def test_words_for_prices_are_known(name: str, found: bool) -> None:
    assert speaks_of_prices(name) is found


@pytest.mark.parametrize(
    ("path", "said", "stops"),
    [
        ("documents/Specification.pdf", ("", "", "", _COMMON), [False]),
        ("documents/Pricing guide.pdf", ("", "", "", _COMMON), [False]),
        ("bids/B01/1.1 Reaching.pdf", ("B01", "", "1.1", _QUALITY), []),
        ("Bids/B01/About us.pdf", ("B01", "", "", _QUALITY), []),
        ("bids/B01/Pricing.xlsx", ("B01", "", "", _PRICE), []),
        ("bids/B01/Commercial/x.pdf", ("B01", "", "", _PRICE), []),
        ("bids/B06/Commercial Road Trust 1.1.pdf", ("B06", "", "1.1", _QUALITY), []),
        ("bids/B01/1.2 Answers/scan.jpg", ("B01", "", "1.2", _QUALITY), []),
        ("bids/B01/1.1 Reaching/1.2.pdf", ("B01", "", "1.2", _QUALITY), []),
        ("bids/B01/1.1 and 1.2.pdf", ("B01", "", "", _QUALITY), [False]),
        ("bids/B01/1.2 Prices explained.pdf", ("B01", "", "1.2", _PRICE), [False]),
        ("bids/B02/L2/1.1.pdf", ("B02", "L2", "1.1", _QUALITY), []),
        ("bids/L2/B02/1.1.pdf", ("B02", "L2", "1.1", _QUALITY), []),
        ("bids/B02/L1_1.1.pdf", ("B02", "L1", "1.1", _QUALITY), []),
        ("bids/B02/Lot 1 Q1.1.pdf", ("B02", "L1", "1.1", _QUALITY), []),
        ("bids/B02/L1 L2.pdf", ("B02", "", "", _QUALITY), [False]),
        ("bids/B01/L2 1.1.pdf", ("B01", "", "1.1", _QUALITY), [False]),
        ("bids/B02/L2/C1.pdf", ("B02", "L2", "", _QUALITY), [False]),
        ("bids/Commercial envelope/B04/x.pdf", ("B04", "", "", _PRICE), []),
        ("bids/V-7/1.1.pdf", ("B02", "", "1.1", _QUALITY), []),
        ("bids/Nobody/1.1.pdf", ("", "", "", _QUALITY), [True]),
        ("bids/Acorn/1.1.pdf", ("", "", "", _QUALITY), [True]),
        ("bids/loose.pdf", ("", "", "", _QUALITY), [True]),
        ("bids/L1/loose.pdf", ("", "", "", _QUALITY), [True]),
        ("Responses/B01/1.1.pdf", ("B01", "", "1.1", _QUALITY), [False]),
    ],
)
def test_a_file_belongs_where_it_lies(path: str, said: tuple[str, str, str, EnvelopeKind], stops: list[bool]) -> None:
    assert _said(path) == (said, stops)


def test_an_unknown_folder_is_told_once_with_the_known_codes() -> None:
    _, problems = map_documents(["bids/Zed/1.pdf", "bids/Zed/2.pdf"], TenderPack(bidders=_BIDDERS[:2]))
    what = "No bidder is known under this name. Known: B01 (Harbour Voices Ltd), B02 (Tamar & Exe Consortium)."
    assert [(one.where, one.what, one.stops) for one in problems] == [("bids/Zed", what, True)]


@pytest.mark.parametrize(
    ("paths", "bidders", "stops"),
    [
        (["B01/a.pdf", "Acorn Ltd/a.pdf"], ["B01", "B04"], []),
        (["export/B01/a.pdf", "export/B03/a.pdf"], ["B01", "B03"], []),
        (["export/B01/a.pdf", "export/manifest.csv"], ["B01", ""], [True]),
        (["B01/a.pdf", "Nobody/a.pdf", "note.txt"], ["B01", "", ""], [True, True]),
        (["bids/B01/a.pdf", "other/a.pdf"], ["B01", ""], [False]),
    ],
)
def test_bids_at_the_top_are_known_when_bids_alone_are_loaded(
    paths: list[str], bidders: list[str], stops: list[bool]
) -> None:
    entries, problems = map_documents(paths, _PACK, bids_at_top=True)
    assert [entry.bidder or "" for entry in entries] == bidders
    assert [one.stops for one in problems] == stops


def test_documents_sheet_rules_and_a_mapping_overrules_it() -> None:
    path = "bids/B01/1.1 x.pdf"
    pack = _PACK.with_documents([_entry(path, "B02", "L1", "1.2", _PRICE, "Sheet")])
    assert map_documents([path], pack) == ((_entry(path, "B02", "L1", "1.2", _PRICE, "Sheet"),), ())
    mapped = _entry("BIDS\\b01\\1.1  X.pdf", "b03", "l2", "2.1.1", _QUALITY)
    assert map_documents([path], pack, [mapped]) == ((_entry(path, "B03", "L2", "2.1.1", _QUALITY, "1.1 x"),), ())


@pytest.mark.parametrize(
    ("given_entries", "what"),
    [
        ([_entry("none.pdf")], "“none.pdf” is not among the files, but it is named in the mapping."),
        ([_entry("a.pdf"), _entry("A.pdf")], "“A.pdf” is named twice in the mapping."),
        (
            [_entry("a.pdf", "B99")],
            f"“a.pdf”: there is no bidder “B99”. Known: {', '.join(one.bidder for one in _BIDDERS)}.",
        ),
        ([_entry("a.pdf", "B01", "L9")], "“a.pdf”: there is no lot “L9”. Known: L1, L2."),
        ([_entry("a.pdf", "B01", "", "9")], f"“a.pdf”: there is no criterion “9”. Known: {', '.join(_TREE)}."),
        (
            [_entry("a.pdf", "", "", "", _PRICE)],
            "“a.pdf” has no bidder, so it cannot lie in the price envelope. Name its bidder.",
        ),
    ],
)
def test_a_mapping_that_cannot_be_stops(given_entries: list[DocumentEntry], what: str) -> None:
    _, problems = map_documents(["a.pdf"], _PACK, given_entries)
    assert [(one.where, one.what) for one in problems if one.stops] == [("mapping", what)]


def test_a_mapping_that_could_mean_two_files_stops() -> None:
    _, problems = map_documents(["a  b.pdf", "A b.pdf"], _PACK, [_entry("a B.pdf")])
    assert [one.what for one in problems if one.stops] == ["“a B.pdf” in the mapping may be any of: a  b.pdf, A b.pdf."]


def test_a_document_of_the_sheet_that_is_absent_stops() -> None:
    _, problems = map_documents([], _PACK.with_documents([_entry("bids/B01/x.pdf", "B01")]))
    assert [(one.where, one.stops) for one in problems] == [("Documents", True)]


@pytest.mark.parametrize(("path", "envelope"), [("x/Our prices.pdf", _PRICE), ("x/Our work.pdf", _QUALITY)])
def test_a_bidders_document_is_never_common(path: str, envelope: EnvelopeKind) -> None:
    assert _said(path, _entry(path, "B01")) == (("B01", "", "", envelope), [])
    assert envelope_for(path, BidderCode("B01")) is envelope
    assert envelope_for(path, None) is _COMMON


def test_a_bid_that_a_mapping_opens_to_the_panel_is_noted() -> None:
    assert _said("bids/B01/x.pdf", _entry("bids/B01/x.pdf")) == (("", "", "", _COMMON), [False])


_WORDS = st.sampled_from(
    ["bids", "B01", "B02", "Acorn", "L1", "L2", "Pricing", "1.1", "x y", "Harbour Voices", "documents"]
)


@given(st.lists(st.lists(_WORDS, min_size=1, max_size=4).map("/".join), max_size=8, unique=True), st.booleans())
def test_every_file_ends_in_exactly_one_entry_and_no_bid_is_common(paths: list[str], bids_at_top: bool) -> None:
    entries, problems = map_documents(paths, _PACK, bids_at_top=bids_at_top)
    assert [entry.path for entry in entries] == paths
    for entry in entries:
        lies_with_bids = entry.path.startswith("bids/") or "/B01/" in f"/{entry.path.rpartition('/')[0]}/"
        if lies_with_bids or entry.bidder is not None:
            assert entry.envelope is not EnvelopeKind.COMMON
        if entry.bidder is None and entry.envelope is not EnvelopeKind.COMMON:
            assert any(one.stops and entry.path.startswith(one.where) for one in problems)
