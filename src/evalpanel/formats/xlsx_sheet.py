"""The parts of an Office Open XML workbook as a stream of elements: shared strings, styles, and one sheet's cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from evalpanel.domain.intake import Problem
from evalpanel.formats.grid import MAX_COLUMNS, MAX_ROWS, CellKind, RawCell, letters

MAX_CELLS = 2_000_000
"""The most cells of a workbook, empty ones included, before it is refused."""
MAX_TEXTS = 128 * 1024 * 1024
"""The most characters that all cells of a workbook hold together: one shared text may stand in very many."""
MAX_STYLES = 100_000
MAX_FORMAT = 500
"""The longest code of a number format; spreadsheet programs stop at 255 characters."""
_LAST_ROW = 1_048_576
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
_OPEN_BRACKETS = re.compile(r"\[[^\]]*\[")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_KINDS = {"n": CellKind.NUMBER, "b": CellKind.BOOLEAN, "e": CellKind.ERROR, "d": CellKind.DATE}
_TEXT_TYPES = ("s", "str", "inlineStr")


class DamagedError(Exception):
    """A part contradicts itself: what it says cannot be trusted to be what its author saw."""


def local(name: str) -> str:
    """An element's name without its prefix."""
    return name.rpartition(":")[2]


def unescaped(text: str) -> str:
    """The text that a string of a workbook stands for: `_x000D_` is a carriage return (ECMA-376, ST_Xstring)."""
    if "_x" not in text:
        return text
    found = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    # Two escaped halves of one sign come together here; a half by itself stays and is refused with its cell.
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Styles:
    """The number format of each style of a workbook, which of them show dates, and whether days count from 1904."""

    formats: tuple[str, ...]
    dates: tuple[bool, ...]
    epoch_1904: bool = False

    def number_format(self, style: int) -> str:
        """The format code of a style; `General` for one that the workbook does not hold."""
        return self.formats[style] if 0 <= style < len(self.formats) else "General"

    def is_date(self, style: int) -> bool:
        """Whether a number of this style is shown as a date or a time of day."""
        return 0 <= style < len(self.dates) and self.dates[style]


class StylesHandler(ContentHandler):
    """Reads `cellXfs` and `numFmts` of the styles part, and nothing else of it."""

    def __init__(self) -> None:
        super().__init__()
        self._custom: dict[int, str] = {}
        self._ids: list[int] = []
        self._inside = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """An element begins."""
        element = local(name)
        if element == "cellXfs":
            self._inside = True
        elif element == "xf" and self._inside:
            if len(self._ids) >= MAX_STYLES:
                raise DamagedError(f"the workbook has more than {MAX_STYLES:,} styles")
            self._ids.append(_number(attrs.get("numFmtId", "0")))
        elif element == "numFmt":
            code = attrs.get("formatCode", "General")
            if len(code) > MAX_FORMAT:
                raise DamagedError("a number format is longer than any")
            self._custom[_number(attrs.get("numFmtId", "-1"))] = code

    def endElement(self, name: str) -> None:
        """An element ends."""
        if local(name) == "cellXfs":
            self._inside = False

    def styles(self, epoch_1904: bool) -> Styles:
        """What was read, with the built-in formats filled in."""
        # Slow to import: a tenth of a second that a window need not wait for.
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        known = {number: str(code) for number, code in BUILTIN_FORMATS.items()} | self._custom
        formats = tuple(known.get(number, "General") for number in self._ids)
        dates = {code: _shows_a_date(code) for code in set(formats)}
        return Styles(formats, tuple(dates[code] for code in formats), epoch_1904)


class Amount:
    """How much the sheets of one workbook hold together. Raises `DamagedError` where it is more than any tender needs."""

    def __init__(self) -> None:
        self._cells = 0
        self._texts = 0

    def one_more_cell(self) -> None:
        """A cell, which may be empty."""
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise DamagedError(f"the workbook has more than {MAX_CELLS:,} cells")

    def text(self, length: int) -> None:
        """The text of a cell, wherever it stands in the file."""
        self._texts += length
        if self._texts > MAX_TEXTS:
            raise DamagedError(f"the cells of the workbook hold more than {MAX_TEXTS:,} characters")


class StringsHandler(ContentHandler):
    """The table of shared strings; phonetic guides (`rPh`) are no part of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._phonetic = 0
        self._reading = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: ARG002  # the parser's name and form
        """An element begins."""
        element = local(name)
        if element == "si":
            self._parts = []
        elif element == "rPh":
            self._phonetic += 1
        elif element == "t":
            self._reading = self._phonetic == 0

    def characters(self, content: str) -> None:
        """A piece of text, as the parser cut it."""
        if self._reading:
            self._parts.append(content)

    def endElement(self, name: str) -> None:
        """An element ends."""
        element = local(name)
        if element == "t":
            self._reading = False
        elif element == "rPh":
            self._phonetic -= 1
        elif element == "si":
            self.strings.append(unescaped("".join(self._parts)))


class SheetHandler(ContentHandler):
    """The cells of one sheet, by row and column, and what a reader should know about the sheet.

    Raises `DamagedError` for rows or cells that are out of order or stand twice: programs show such a sheet differently.
    """

    def __init__(self, title: str, strings: list[str], styles: Styles, amount: Amount) -> None:
        super().__init__()
        self.title = title
        self.rows: dict[int, dict[int, RawCell]] = {}
        self._strings = strings
        self._styles = styles
        self._amount = amount
        self._row = 0
        self._column = 0
        self._attrs: tuple[str, int] | None = None
        self._formula = False
        self._phonetic = 0
        self._parts: list[str] = []
        self._reading = False
        self._in_data = False
        self._too_far: set[str] = set()
        self._merged: list[str] = []
        self._hidden_rows: list[int] = []
        self._hidden_columns: set[tuple[int, int]] = set()

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        """An element begins."""
        element = local(name)
        if self._attrs is not None:
            self._start_inside_cell(element)
        elif element == "c" and self._in_data:
            self._start_cell(attrs)
        elif element == "row" and self._in_data:
            self._start_row(attrs)
        elif element == "sheetData":
            self._in_data = True
        elif element == "mergeCell":
            self._merged.append(attrs.get("ref", ""))
        elif element == "col" and attrs.get("hidden", "0") in ("1", "true"):
            first, last = _number(attrs.get("min", "0")), _number(attrs.get("max", "0"))
            self._hidden_columns.add((min(first, MAX_COLUMNS + 1), min(last, MAX_COLUMNS)))

    def _start_inside_cell(self, element: str) -> None:
        if element == "f":
            self._formula = True
        elif element == "rPh":
            self._phonetic += 1
        elif element == "v" or (element == "t" and not self._phonetic):
            self._reading = True

    def _start_row(self, attrs: AttributesImpl) -> None:
        row = _number(attrs.get("r", str(self._row + 1)))
        if not self._row < row <= _LAST_ROW:
            raise DamagedError(f"rows of the sheet {self.title} are out of order at {row}")
        self._row, self._column = row, 0
        if attrs.get("hidden", "0") in ("1", "true"):
            self._hidden_rows.append(row)

    def _start_cell(self, attrs: AttributesImpl) -> None:
        self._amount.one_more_cell()
        column = self._column + 1
        if reference := attrs.get("r", ""):
            match = _REFERENCE.match(reference)
            if match is None or int(match.group(2)) != self._row:
                raise DamagedError(f"the sheet {self.title} holds a cell {reference!r} in row {self._row}")
            column = _column_number(match.group(1))
        if column <= self._column:
            raise DamagedError(f"cells of the sheet {self.title} are out of order in row {self._row}")
        self._column = column
        self._attrs = (attrs.get("t", "n"), _number(attrs.get("s", "0")))
        self._formula, self._parts, self._reading, self._phonetic = False, [], False, 0

    def characters(self, content: str) -> None:
        """A piece of text, as the parser cut it."""
        if self._reading:
            self._parts.append(content)

    def endElement(self, name: str) -> None:
        """An element ends."""
        element = local(name)
        if element == "sheetData":
            self._in_data = False
        elif self._attrs is None:
            return
        elif element in ("v", "t"):
            self._reading = False
        elif element == "rPh":
            self._phonetic -= 1
        elif element == "c":
            kind, style = self._attrs
            self._attrs = None
            self._keep(kind, style, "".join(self._parts))

    def _keep(self, kind: str, style: int, value: str) -> None:
        if not self._formula and not value.strip():
            return
        if self._row > MAX_ROWS or self._column > MAX_COLUMNS:
            self._too_far.add("rows" if self._row > MAX_ROWS else "columns")
            return
        cell = self._cell(kind, style, value)
        self._amount.text(len(cell.text))
        if cell.kind is not CellKind.TEXT or cell.text.strip():
            self.rows.setdefault(self._row, {})[self._column] = cell

    def _cell(self, kind: str, style: int, value: str) -> RawCell:
        at = (self._row, self._column)
        number_format = self._styles.number_format(style)
        if self._formula:
            return RawCell(*at, CellKind.FORMULA, value, number_format)
        if kind in _TEXT_TYPES:
            text = self._shared(value) if kind == "s" else unescaped(value)
            return RawCell(*at, CellKind.TEXT, text, number_format)
        if kind not in _KINDS:
            raise DamagedError(f"the cell {self.title}!{letters(at[1])}{at[0]} is of the unknown kind {kind!r}")
        cell = RawCell(*at, _KINDS[kind], value.strip(), number_format)
        return _dated(cell, self._styles.is_date(style), self._styles.epoch_1904)

    def _shared(self, index: str) -> str:
        number = _number(index)
        if not 0 <= number < len(self._strings):
            raise DamagedError(
                f"the cell {self.title}!{letters(self._column)}{self._row} names a text that is not there"
            )
        return self._strings[number]

    def notes(self) -> tuple[Problem, ...]:
        """What was seen beside the cells: rows or columns beyond the limits, merged cells, hidden rows and columns."""
        notes = []
        if "rows" in self._too_far:
            notes.append(Problem(self.title, f"has more than {MAX_ROWS:,} rows; split it."))
        if "columns" in self._too_far:
            notes.append(Problem(self.title, f"has values beyond column {letters(MAX_COLUMNS)}; remove them."))
        if self._merged:
            what = f"has merged cells ({_some(self._merged)}); each counts as its first cell, the others as empty."
            notes.append(Problem(self.title, what, stops=False))
        hidden = [str(row) for row in self._hidden_rows if row in self.rows]
        if hidden:
            notes.append(Problem(self.title, f"has hidden rows ({_some(hidden)}); they were read.", stops=False))
        used = {column for cells in self.rows.values() for column in cells}
        columns = [letters(column) for column in sorted(used) if self._is_hidden(column)]
        if columns:
            notes.append(Problem(self.title, f"has hidden columns ({_some(columns)}); they were read.", stops=False))
        return tuple(notes)

    def _is_hidden(self, column: int) -> bool:
        return any(first <= column <= last for first, last in self._hidden_columns)


def _dated(cell: RawCell, shows_a_date: bool, epoch_1904: bool) -> RawCell:
    """The cell as a date where it is one by its kind, or a number whose format shows one."""
    # Slow to import: a tenth of a second that a window need not wait for.
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        if cell.kind is CellKind.DATE:
            return _with_moment(cell, datetime.fromisoformat(cell.text))
        if cell.kind is not CellKind.NUMBER or not shows_a_date:
            return cell
        found = from_excel(float(cell.text), CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return RawCell(cell.row, cell.column, CellKind.ERROR, cell.text, cell.number_format)
    return _with_moment(cell, found) if isinstance(found, datetime | time) else cell


def _shows_a_date(number_format: str) -> bool:
    """Whether a number shown under this format is a date or a time of day."""
    # Slow to import, as above.
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format

    if _OPEN_BRACKETS.search(number_format):  # no format that a program shows, and openpyxl's pattern takes very long
        return False
    return bool(is_date_format(number_format)) and not is_timedelta_format(number_format)


def _with_moment(cell: RawCell, moment: datetime | time) -> RawCell:
    return RawCell(cell.row, cell.column, CellKind.DATE, cell.text, cell.number_format, moment)


def _column_number(name: str) -> int:
    number = 0
    for sign in name.upper():
        number = number * 26 + ord(sign) - 64
    return number


def _number(text: str) -> int:
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*", text, re.ASCII):
        raise DamagedError(f"{text[:20]!r} stands where a number should")
    return int(text)


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
