from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from evalpanel.domain.tender import OF_DOCUMENTS, BidderCode, CriterionCode, DocumentEntry, EnvelopeKind, LotCode
from evalpanel.formats.mapping_file import read_mapping, write_mapping

_ENTRIES = (
    DocumentEntry("documents/Specification, final.pdf", title="What is bought"),
    DocumentEntry(
        "bids/1/1.10  “Réaching”.pdf",
        BidderCode("1"),
        LotCode("02"),
        CriterionCode("1.10"),
        EnvelopeKind.QUALITY,
        "=SUM(A1)",
    ),
    DocumentEntry("-cmd", BidderCode("B02"), None, CriterionCode("1E5"), EnvelopeKind.PRICE, "'quoted"),
)


def test_mapping_is_read_back_as_it_was_written() -> None:
    assert read_mapping(write_mapping(_ENTRIES), "mapping.csv") == (_ENTRIES, ())


def test_mapping_holds_nothing_that_a_spreadsheet_would_change() -> None:
    rows = write_mapping(_ENTRIES).decode("utf-8-sig").splitlines()
    assert rows[0] == "path,bidder,lot,criterion,envelope,title"
    assert rows[2] == "bids/1/1.10  “Réaching”.pdf,'1,'02,'1.10,quality,'=SUM(A1)"


_CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.\-]{0,5}", fullmatch=True)
_PATHS = st.text(st.sampled_from("ab /=+-@',;\"é1.\u65e5"), min_size=1, max_size=12).filter(
    lambda path: path == path.strip()
)


@given(
    st.lists(
        st.tuples(_PATHS, st.none() | _CODES, st.none() | _CODES, st.none() | _CODES, st.sampled_from(OF_DOCUMENTS)),
        min_size=1,
        max_size=5,
    )
)
def test_any_mapping_is_read_back(rows: list[tuple[str, str | None, str | None, str | None, EnvelopeKind]]) -> None:
    entries = tuple(
        DocumentEntry(
            path,
            None if bidder is None else BidderCode(bidder),
            None if lot is None else LotCode(lot),
            None if criterion is None else CriterionCode(criterion),
            envelope,
        )
        for path, bidder, lot, criterion, envelope in rows
    )
    assert read_mapping(write_mapping(entries), "m.csv") == (entries, ())


def test_mapping_may_be_a_workbook_with_few_columns() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Documents"
    for row in (["criterion", "path"], ["1.10", "bids/B01/a.pdf"], [None, "b.pdf"]):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    first = DocumentEntry("bids/B01/a.pdf", criterion=CriterionCode("1.10"))
    assert read_mapping(data.getvalue(), "m.xlsx") == ((first, DocumentEntry("b.pdf")), ())


@pytest.mark.parametrize("said", [b"sep=;\n", b"  sep=;  \r\n", b"    \x0bSEP=;\n"])
def test_line_that_names_the_separator_may_stand_anywhere_in_its_line(said: bytes) -> None:
    assert read_mapping(said + b"path;bidder\na.pdf;\n", "m.csv") == ((DocumentEntry("a.pdf"),), ())


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "m.csv"),
        (b"bidder,lot\nB01,L1\n", "m.csv!1"),
        (b"path,bidder\n", "m.csv"),
        (b"path,envelope\na.pdf,secret\n", "m.csv!B2"),
        (b"path,bidder\n,B01\n", "m.csv!A2"),
        (b"path,bidder\na.pdf,B 01\n", "m.csv!B2"),
        (b"PK\3\4nothing", "m.csv"),
        (b"\xd0\xcf\x11\xe0old", "m.csv"),
    ],
)
def test_a_mapping_that_cannot_be_read_says_where(data: bytes, where: str) -> None:
    _, problems = read_mapping(data, "m.csv")
    assert [problem.where for problem in problems if problem.stops] == [where]
