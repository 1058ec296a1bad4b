"""Rows that are written past the library: what openpyxl reads back is what was given, and looks as if it had written it."""

from __future__ import annotations

import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.errors import EvalPanelError
from evalpanel.formats.sheet_rows import Rows, saved_with
from evalpanel.formats.sheet_writer import Looks, cell_at, header, new_workbook, saved, set_height

NAMES, WIDTHS = ("Text", "Number", "Amount"), (20, 10, 12)
VALUES: list[tuple[str | None, Decimal | int | None, Decimal | None]] = [
    ("plain", 3, Decimal("1200.50")),
    ("=1+1", Decimal("0.05"), Decimal(0)),
    ("-5 & <b> “x” _x0041_", 0, None),
    (None, Decimal(123456789012345), Decimal("0.1")),
    ("two\nlines, and many more words than a line of this width can hold", None, None),
    ("  kept apart  ", 1, None),
    ("ذراع 字 é", -2, None),
    ("", 7, None),
]


def ours() -> bytes:
    book = new_workbook()
    sheet = book.create_sheet("Rows")
    header(sheet, NAMES, WIDTHS)
    rows = Rows(sheet, WIDTHS, frozenset({2}))
    for row in VALUES:
        rows.add(row)
    sheet.auto_filter.ref = f"A1:{rows.last_cell}"
    return saved_with(book, {"Rows": rows})


def theirs() -> bytes:
    book, looks = new_workbook(), Looks()
    sheet = book.create_sheet("Rows")
    header(sheet, NAMES, WIDTHS)
    for number, row in enumerate(VALUES, 2):
        for column, value in enumerate(row, 1):
            if value is not None and value != "":
                looks.put(cell_at(sheet, number, column), value, read_only=False, money=column == 3)
        set_height(sheet, number, row, WIDTHS)
    sheet.auto_filter.ref = f"A1:C{len(VALUES) + 1}"
    return saved(book)


def seen(data: bytes) -> object:
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Rows"]
    cells = [
        (
            cell.coordinate,
            cell.value,
            type(cell.value),
            cell.data_type,
            cell.number_format,
            cell.quotePrefix,
            repr(cell.alignment),
        )
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    heights = [sheet.row_dimensions[number].height for number in range(2, len(VALUES) + 2)]
    return cells, heights, sheet.dimensions, sheet.auto_filter.ref, sheet.freeze_panes


def test_rows_are_the_cells_that_the_library_would_have_written() -> None:
    assert seen(ours()) == seen(theirs())


@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")), max_size=60), min_size=1, max_size=30))
def test_every_text_comes_back_as_it_was(texts: list[str]) -> None:
    book = new_workbook()
    sheet = book.create_sheet("Rows")
    header(sheet, ("Text",), (20,))
    rows = Rows(sheet, (20,))
    for text in texts:
        rows.add((text,))
    back = openpyxl.load_workbook(io.BytesIO(saved_with(book, {"Rows": rows})))["Rows"]
    told = [back.cell(number, 1).value for number in range(2, len(texts) + 2)]
    # The library does not undo the mark of a text that looks like an escape; spreadsheet programs do.
    assert ["" if one is None else str(one).replace("_x005F_", "_") for one in told] == texts


def test_text_that_no_cell_holds_is_refused() -> None:
    book = new_workbook()
    sheet = book.create_sheet("Rows")
    header(sheet, ("Text",), (20,))
    with pytest.raises(EvalPanelError) as refused:
        Rows(sheet, (20,)).add(("x" * 32_768,))
    assert refused.value.title == "A text does not fit into a spreadsheet."
