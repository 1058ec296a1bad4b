"""Writing values into the cells of a workbook so that a spreadsheet shows them and nothing else.

Text stays text whatever it begins with: string cells, marked with the quote prefix where a program might take them for
a formula. Codes and dates are text, numbers are numbers as long as a spreadsheet can hold them exactly.
"""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING, Any, cast

from evalpanel.domain.numbers import canonical
from evalpanel.errors import EvalPanelError
from evalpanel.formats.cells import UK, CellError, cleaned, uk_to_utc
from evalpanel.formats.columns import Column, Kind
from evalpanel.formats.grid import letters

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
"""A program might take a text that begins so for a formula: it gets the quote prefix."""

_HEADER_FILL = "FFE3EAF2"
_READ_ONLY_FILL = "FFF1F1F1"
_LINE_HEIGHT = 15  # points
_MOST_HEIGHT = 405  # points: no row of a spreadsheet is higher than 409
_BROAD = 1.1  # a word that does not fit goes to the next line, so that lines are not filled
_WIDE = 150  # characters: a sheet that is wider is too small to read on A4
_WIDTHS = {Kind.TEXT: 48, Kind.LINE: 26, Kind.NAMES: 30, Kind.MOMENT: 20, Kind.CODES: 18, Kind.CODES_OR_ALL: 24}


def new_workbook() -> Workbook:
    """An empty workbook without a sheet, that names this program as its author and no person."""
    # Slow to import: a third of a second that a window need not wait for.
    from openpyxl import Workbook

    book = Workbook()
    for sheet in list(book.worksheets):
        book.remove(sheet)
    book.properties.creator = "evalpanel"
    return book


def saved(book: Workbook) -> bytes:
    """The bytes of the workbook."""
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell of a sheet that has no merged cells, as none of ours has."""
    return cast("Cell", sheet.cell(row, column))


def header(sheet: Worksheet, names: tuple[str, ...], widths: tuple[int, ...], numbers: Collection[str] = ()) -> None:
    """The first row: column names in bold, kept in view. Those of `numbers` stand above them, at the right."""
    # Slow to import, as above.
    from openpyxl.styles import Alignment, Font, PatternFill

    for number, (name, width) in enumerate(zip(names, widths, strict=True), 1):
        cell = cell_at(sheet, 1, number)
        put_text(cell, name)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEADER_FILL)
        side, indent = ("right", 1) if name in numbers else ("left", 0)
        cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=True, indent=indent)
        sheet.column_dimensions[letters(number)].width = width
    sheet.freeze_panes = "A2"


def set_height(sheet: Worksheet, number: int, row: Sequence[object], widths: Sequence[int]) -> None:
    """Make a row as high as its longest wrapped text. Not every spreadsheet program does that when it opens a file."""
    sheet.row_dimensions[number].height = row_height(row, widths)


def row_height(row: Sequence[object], widths: Sequence[int]) -> int:
    """How high a row is that shows the whole of its longest wrapped text, in points; no higher than programs can show."""
    lines = 1
    for value, width in zip(row, widths, strict=True):
        if isinstance(value, str) and (len(value) * _BROAD > width or "\n" in value):
            lines = max(lines, sum(ceil(len(part) * _BROAD / width) or 1 for part in value.split("\n")))
    return min(lines * _LINE_HEIGHT, _MOST_HEIGHT)


def for_paper(sheet: Worksheet) -> None:
    """Print a sheet with all its columns on one page, lying, its head on each; a wide one on A3."""
    # Slow to import, as above.
    from openpyxl.worksheet.properties import PageSetupProperties

    wide = sum(column.width for column in sheet.column_dimensions.values()) > _WIDE
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8 if wide else 9  # A3, A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4  # inches
    sheet.print_title_rows = "1:1"
    foot = sheet.oddFooter
    assert foot is not None
    foot.left.text, foot.right.text = "&A", "Page &P of &N"


def width(column: Column) -> int:
    """A sensible width for a column, in characters."""
    return max(_WIDTHS.get(column.kind, 14), len(column.name) + 2)


class Looks:
    """The looks of the cells of one workbook, each made once and then given to every cell that is to have it.

    To openpyxl a look is four settings that are looked up again for every cell: half a minute for a big tender.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[bool, bool, bool, bool], Any] = {}

    def put(self, cell: Cell, value: str | Decimal | int | None, *, read_only: bool, money: bool = False) -> None:
        """Write what `shown` gives, at the top of its cell and wrapped; grey where it is there to be read only.

        An amount of `money` is shown with its thousands apart and two places.
        """
        is_text = isinstance(value, str)
        if isinstance(value, str):
            _set_text(cell, value)
        elif value is not None:
            cell.value = value
        key = (is_text, isinstance(value, str) and value.startswith(FORMULA_SIGNS), read_only, money)
        held = self._held.get(key)
        if held is None:
            # Slow to import, as above.
            from openpyxl.styles import Alignment

            if is_text:
                cell.alignment = Alignment(vertical="top", wrap_text=True)
                _text_look(cell, str(value))
            else:  # apart from the text in the next column
                cell.alignment = Alignment(horizontal="right", vertical="top", wrap_text=True, indent=1)
            if money:
                cell.number_format = "#,##0.00"
            if read_only:
                read_only_look(cell)
            self._held[key] = cell._style  # type: ignore[attr-defined]  # openpyxl has no public way to copy a look
        else:
            cell._style = held  # type: ignore[attr-defined]  # the same; nothing changes it any more


def put_text(cell: Cell, value: str) -> None:
    """Write text so that it is shown as it is and never calculated.

    Raises `EvalPanelError` for text that no cell can hold (over 32,767 characters, control characters).
    """
    _set_text(cell, value)
    _text_look(cell, value)


def text_kept(value: str) -> str:
    """A text as a cell holds it. Raises `EvalPanelError` where no cell can: over 32,767 characters, control characters."""
    try:
        cleaned(value)
    except CellError as error:
        raise EvalPanelError(
            "A text does not fit into a spreadsheet.",
            f"The text that begins {value[:40]!r} {error.what} Nothing was written.",
        ) from error
    # A text that looks like the escape of a character (`_x0041_`) would be read as that character.
    return _ESCAPE_LIKE.sub("_x005F_", value)


def _set_text(cell: Cell, value: str) -> None:
    cell.value = text_kept(value)
    cell.data_type = "s"


def _text_look(cell: Cell, value: str) -> None:
    cell.number_format = "@"
    if value.startswith(FORMULA_SIGNS):
        cell.quotePrefix = True


def number_shown(value: Decimal) -> str | Decimal:
    """An exact number; as text where a spreadsheet would round it (more than 15 digits)."""
    return canonical(value) if len(value.normalize().as_tuple().digits) > 15 else value


def shown(value: object, kind: Kind) -> str | Decimal | int | None:
    """What a cell of a column of this kind holds for a value; None and empty text leave it empty."""
    if value is None or value in ("", ()):
        return ("all" if value is None else "none") if kind is Kind.CODES_OR_ALL else None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return number_shown(value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime):
        return local_text(value)
    if isinstance(value, date):
        return value.isoformat()
    return _joined(value, kind) if isinstance(value, tuple) else str(value)


def put(cell: Cell, value: object, kind: Kind) -> None:
    """Write the value of a column of this kind; None and empty text leave the cell empty."""
    held = shown(value, kind)
    if isinstance(held, str):
        put_text(cell, held)
    elif held is not None:
        cell.value = held


def _joined(parts: tuple[str, ...], kind: Kind) -> str:
    if kind is not Kind.NAMES:
        return " ".join(parts)
    # A single name with a comma in it would be read as two: the semicolon says what separates.
    return "; ".join(parts) + (";" if len(parts) == 1 and "," in parts[0] else "")


def local_text(moment: datetime) -> str:
    """A time as people in the United Kingdom write it; in UTC with `Z` where that would not be one moment."""
    local = moment.astimezone(UK).replace(tzinfo=None)
    try:
        same = uk_to_utc(local) == moment
    except CellError:
        same = False
    if not same:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    text = local.isoformat(sep=" ")
    return text[:-3] if local.second == 0 and local.microsecond == 0 else text


def read_only_look(cell: Cell) -> None:
    """Grey: a column that is there to be read, and that an import ignores."""
    # Slow to import, as above.
    from openpyxl.styles import Font, PatternFill

    cell.fill = PatternFill("solid", fgColor=_READ_ONLY_FILL)
    cell.font = Font(color="FF555555")


def offer(sheet: Worksheet, column: Column, cells: str) -> None:
    """Help at the cells of a column: its hint beside the cell, and its list of values to choose from."""
    # Slow to import, as above.
    from openpyxl.worksheet.datavalidation import DataValidation

    choices = ("yes", "no") if column.kind is Kind.YES_NO else column.choices if column.kind is Kind.CHOICE else ()
    listed = ",".join(choices)
    validation = DataValidation(type="list", formula1=f'"{listed}"') if choices else DataValidation()
    validation.allow_blank = True
    validation.showDropDown = False
    if choices:
        validation.showErrorMessage = True
        validation.errorTitle = column.name[:32]
        validation.error = f"It is one of: {', '.join(choices)}."[:255]
    validation.showInputMessage = True
    validation.promptTitle = column.name[:32]
    validation.prompt = column.hint[:255]
    sheet.add_data_validation(validation)
    validation.add(cells)
