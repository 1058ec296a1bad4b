"""Writing the tender workbook: empty with instructions, or filled from a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalpanel.domain.intake import TenderPack
from evalpanel.formats import columns as layout
from evalpanel.formats.columns import Column, Kind, SheetColumns
from evalpanel.formats.grid import letters
from evalpanel.formats.sheet_writer import cell_at, header, new_workbook, offer, put, put_text, saved, width

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_PREPARED_ROWS = 1_000
_TEXT_KINDS = (Kind.CODE, Kind.CODES, Kind.CODES_OR_ALL, Kind.IDENTIFIER, Kind.LINE, Kind.TEXT, Kind.DAY, Kind.MOMENT)
_INSTRUCTIONS = (
    ("The tender workbook", ""),
    ("", "Each sheet says one thing about the tender. The sheets Tender, Criteria and Scale are needed; a sheet that"),
    ("", "you do not need may stay empty or be deleted. Leave the first row of every sheet as it is."),
    (
        "",
        "Codes (1.2, B03, L1) are short texts. Their columns are formatted as text, so that 1.10 stays 1.10: keep it so.",
    ),
    ("", "Type values and not formulas. Dates: 2026-09-18 or 18/09/2026. Times are UK time: 2026-09-18 12:00."),
    ("", "Percentages: 35 or 35%. Weightings of a level add up to 100 of their parent."),
    ("", "When the program refuses the workbook it lists every problem with its cell, and keeps nothing."),
    ("", "This sheet is not read. What each column means:"),
)


def write_template() -> bytes:
    """An empty tender workbook (xlsx): every sheet with its columns, lists of values, and a first sheet that explains."""
    book = new_workbook()
    _explain(book.create_sheet(layout.README_SHEET))
    for spec in layout.SHEETS:
        sheet = book.create_sheet(spec.name)
        if spec is layout.TENDER:
            _write_fields(sheet, None)
        else:
            _write_rows(sheet, spec, ())
            _prepare(sheet, spec)
    return saved(book)


def write_pack(pack: TenderPack) -> bytes:
    """A tender pack as a workbook (xlsx) that reads back as the same pack. Sheets without values are left out.

    Raises `EvalPanelError` where a text does not fit into a cell.
    """
    book = new_workbook()
    if pack.tender is not None:
        _write_fields(book.create_sheet(layout.TENDER.name), pack.tender)
    levels = tuple((scale.scale, level) for scale in pack.scales for level in scale.levels)
    values: dict[SheetColumns, tuple[object, ...]] = {
        layout.AUTHORITIES: pack.authorities,
        layout.LOTS: pack.lots,
        layout.STAGES: pack.stages,
        layout.OUTCOMES: pack.outcomes,
        layout.CRITERIA: pack.criteria,
        layout.SCALE: levels,
        layout.BIDDERS: pack.bidders,
        layout.MEMBERS: pack.members,
        layout.BIDS: pack.bids,
        layout.PRICES: pack.prices,
        layout.CLARIFICATIONS: pack.clarifications,
        layout.PANEL: pack.panel,
        layout.DOCUMENTS: pack.documents,
    }
    for spec, rows in values.items():
        if rows:
            _write_rows(book.create_sheet(spec.name), spec, rows)
    if not book.worksheets:
        book.create_sheet(layout.README_SHEET)
    return saved(book)


def _explain(sheet: Worksheet) -> None:
    # Slow to import: a third of a second that a window need not wait for.
    from openpyxl.styles import Alignment, Font

    row = 0
    for title, words in _INSTRUCTIONS:
        row += 1
        put_text(cell_at(sheet, row, 1), title or words)
        if title:
            cell_at(sheet, row, 1).font = Font(bold=True, size=16)
    row += 1
    for spec in layout.SHEETS:
        row += 2
        put_text(cell_at(sheet, row, 1), spec.name)
        put_text(cell_at(sheet, row, 2), spec.hint)
        cell_at(sheet, row, 1).font = Font(bold=True, size=12)
        for column in spec.columns:
            row += 1
            put_text(cell_at(sheet, row, 1), column.name)
            put_text(cell_at(sheet, row, 2), column.hint)
            put_text(cell_at(sheet, row, 3), described(column))
            for number in (1, 2, 3):
                cell_at(sheet, row, number).alignment = Alignment(vertical="top", wrap_text=number > 1)
    for letter, size in (("A", 22), ("B", 70), ("C", 60)):
        sheet.column_dimensions[letter].width = size
    sheet.sheet_view.showGridLines = False


def described(column: Column) -> str:
    """What may stand in a column, in words: `needed; one of: lead, joint`."""
    what = column.kind.value
    if column.kind is Kind.CHOICE:
        what = f"one of: {', '.join(column.choices)}"
    elif column.kind is Kind.CHOICES:
        what = f"one or more of: {', '.join(column.choices)}"
    return f"needed; {what}" if column.required else what


def _write_fields(sheet: Worksheet, tender: object | None) -> None:
    """The sheet `Tender`: a field a row, with a hint that is not read."""
    # Slow to import, as above.
    from openpyxl.styles import Alignment, Font

    header(sheet, ("field", "value", layout.HINT_COLUMN), (22, 50, 80))
    for row, column in enumerate(layout.TENDER.columns, 2):
        put_text(cell_at(sheet, row, 1), column.name)
        cell = cell_at(sheet, row, 2)
        if tender is not None:
            put(cell, getattr(tender, column.target), column.kind)
        elif column.kind in _TEXT_KINDS:
            cell.number_format = "@"
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        put_text(cell_at(sheet, row, 3), f"{column.hint} ({described(column)})")
        cell_at(sheet, row, 3).font = Font(italic=True, color="FF555555")
        offer(sheet, column, f"B{row}")


def _write_rows(sheet: Worksheet, spec: SheetColumns, rows: tuple[object, ...]) -> None:
    # Slow to import, as above.
    from openpyxl.styles import Alignment

    header(sheet, tuple(column.name for column in spec.columns), tuple(width(column) for column in spec.columns))
    wrapped = Alignment(vertical="top", wrap_text=True)
    for row, value in enumerate(rows, 2):
        for number, column in enumerate(spec.columns, 1):
            cell = cell_at(sheet, row, number)
            put(cell, _field(value, column), column.kind)
            if column.kind is Kind.TEXT:
                cell.alignment = wrapped


def _field(value: object, column: Column) -> object:
    if isinstance(value, tuple):  # a level, with the code of its scale before it
        scale, level = value
        return scale if column.name == "scale" else getattr(level, column.target)
    return getattr(value, column.target)


def _prepare(sheet: Worksheet, spec: SheetColumns) -> None:
    """Text format, help and lists for rows that are not filled in yet."""
    for number, column in enumerate(spec.columns, 1):
        letter = letters(number)
        offer(sheet, column, f"{letter}2:{letter}{_PREPARED_ROWS}")
        if column.kind in _TEXT_KINDS:
            # The column's own format, so that it holds for every row without a cell being made.
            sheet.column_dimensions[letter].number_format = "@"
