"""The draft of a tender workbook from what an OCDS file says, with every cell marked that the officer has to fill in.

The draft is the template with its instructions and lists. It is completed in a spreadsheet and then loaded like any other
workbook; read back as it is, it has exactly the problems that are asked for.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.ocds_gaps import Ask, OcdsTender
from evalpanel.errors import EvalPanelError
from evalpanel.formats import columns as layout
from evalpanel.formats.columns import Column, Kind, SheetColumns
from evalpanel.formats.grid import letters
from evalpanel.formats.sheet_writer import cell_at, put, put_text, saved
from evalpanel.formats.template import write_template

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_NEEDED = "FFF6B26B"
_WANTED = "FFFFF2CC"
_MOST_LISTED = 300
_MOST_COMMENTS = 3_000
_NUMBERS = (Kind.NUMBER, Kind.PERCENT, Kind.MONEY, Kind.WHOLE)


def with_cells(tender: OcdsTender) -> OcdsTender:
    """The same tender, each ask with the cell of the draft that it is about, in the order of the workbook."""
    counts = {spec.name: len(rows) for spec, rows in _rows(tender.pack).items()}
    asks = sorted(tender.asks, key=_position)
    return replace(tender, asks=tuple(replace(ask, cell=_cell(ask, counts)) for ask in asks))


def _position(ask: Ask) -> tuple[int, int, int]:
    spec = next(spec for spec in layout.SHEETS if spec.name == ask.sheet)
    return layout.SHEETS.index(spec), -1 if ask.row is None else ask.row, spec.columns.index(spec.column(ask.column))


def _cell(ask: Ask, counts: dict[str, int]) -> str:
    """`Tender!B5`, `Criteria!J2`; the sheet alone where an ask is about rows that are there already."""
    if ask.sheet == layout.TENDER.name:
        names = [column.name for column in layout.TENDER.columns]
        return f"{ask.sheet}!B{names.index(ask.column) + 2}"
    if ask.row is None and counts[ask.sheet]:
        return ask.sheet
    spec = next(spec for spec in layout.SHEETS if spec.name == ask.sheet)
    names = [column.name for column in spec.columns]
    return f"{ask.sheet}!{letters(names.index(ask.column) + 1)}{(ask.row or 0) + 2}"


def draft_workbook(tender: OcdsTender) -> bytes:
    """A tender workbook (xlsx) with what is known filled in and what is asked for marked: a colour, and a comment why.

    Raises `EvalPanelError` where there is no tender to draft from.
    """
    if not tender.is_usable:
        told = " ".join(str(problem) for problem in tender.problems if problem.stops)
        raise EvalPanelError("No workbook can be drafted from this process.", f"{told} Nothing was written.")
    # Slow to import: a third of a second that a window need not wait for.
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(write_template()))
    sheet = book[layout.TENDER.name]
    for row, column in enumerate(layout.TENDER.columns, 2):
        put(cell_at(sheet, row, 2), getattr(tender.terms, column.target, None), column.kind)
    for spec, rows in _rows(tender.pack).items():
        _fill(book[spec.name], spec, rows)
    _mark(book, tender.asks)
    _explain(book[layout.README_SHEET], tender)
    return saved(book)


def _rows(pack: TenderPack) -> dict[SheetColumns, Sequence[object]]:
    """The values of each sheet, in its rows' order; of a scale's level, with the scale's code."""
    return {
        layout.AUTHORITIES: pack.authorities,
        layout.LOTS: pack.lots,
        layout.CRITERIA: pack.criteria,
        layout.SCALE: tuple((scale.scale, level) for scale in pack.scales for level in scale.levels),
        layout.BIDDERS: pack.bidders,
        layout.MEMBERS: pack.members,
        layout.BIDS: pack.bids,
        layout.CLARIFICATIONS: pack.clarifications,
        layout.PANEL: pack.panel,
    }


def _fill(sheet: Worksheet, spec: SheetColumns, rows: Sequence[object]) -> None:
    # Slow to import, as above.
    from openpyxl.styles import Alignment

    wrapped = Alignment(vertical="top", wrap_text=True)
    for row, value in enumerate(rows, 2):
        for number, column in enumerate(spec.columns, 1):
            cell = cell_at(sheet, row, number)
            put(cell, _field(value, column), column.kind)
            if column.kind is Kind.TEXT:
                cell.alignment = wrapped


def _field(value: object, column: Column) -> object:
    if isinstance(value, tuple):
        scale, level = value
        return scale if column.name == "scale" else getattr(level, column.target)
    return getattr(value, column.target)


def _mark(book: Workbook, asks: Sequence[Ask]) -> None:
    # Slow to import, as above.
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    fills = {True: PatternFill("solid", fgColor=_NEEDED), False: PatternFill("solid", fgColor=_WANTED)}
    for number, ask in enumerate(asks):
        title, _, reference = ask.cell.partition("!")
        spec = next(spec for spec in layout.SHEETS if spec.name == title)
        column = spec.column(ask.column)
        # Where an ask is about a sheet that has rows, the column's head is the place for it.
        cell = book[title][reference or f"{letters(spec.columns.index(column) + 1)}1"]
        cell.fill = fills[ask.needed]
        if cell.value is None and column.kind not in _NUMBERS:
            cell.number_format = "@"  # a cell with a colour no longer has the format of its column
        if number < _MOST_COMMENTS:
            cell.comment = Comment(f"{'Needed' if ask.needed else 'Wanted'}: {ask.why}", "evalpanel", 160, 320)


def _explain(sheet: Worksheet, tender: OcdsTender) -> None:
    """What this draft is, above the template's instructions."""
    # Slow to import, as above.
    from openpyxl.styles import Alignment, Font

    lines: list[tuple[str, str, str]] = [
        ("Draft from an OCDS file", "", ""),
        ("", f"Process {tender.ocid or 'without an ocid'}. Compare every value with what was published.", ""),
        (
            "",
            "Orange cells must be filled in before the workbook can be loaded. Yellow ones should be filled in or checked.",
            "",
        ),
        ("", "A comment at each of them says what is needed and why. Colours and comments may stay.", ""),
    ]
    lines += _section("To fill in", [(ask.cell, ask.why, "needed" if ask.needed else "") for ask in tender.asks])
    lines += _section("What was odd, or not taken over", [(it.where, it.what, "") for it in tender.problems])
    named = [(it.title, it.belongs_to, it.address) for it in tender.documents]
    lines += _section("Documents that the file names (none was fetched: put them beside the workbook)", named)
    lines.append(("", "", ""))
    sheet.insert_rows(1, len(lines))
    for row, (first, second, third) in enumerate(lines, 1):
        for number, text in enumerate((first, second, third), 1):
            put_text(cell_at(sheet, row, number), text)
            cell_at(sheet, row, number).alignment = Alignment(vertical="top", wrap_text=number > 1)
        if first and not second:
            cell_at(sheet, row, 1).font = Font(bold=True, size=16 if row == 1 else 12)


def _section(title: str, rows: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    if not rows:
        return []
    more = len(rows) - _MOST_LISTED
    rest = [("", f"and {more:,} more.", "")] if more > 0 else []
    return [("", "", ""), (title, "", ""), *rows[:_MOST_LISTED], *rest]
