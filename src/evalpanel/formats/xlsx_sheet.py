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
"""The most cells of one sheet, empty ones included, before it is refused."""
_LAST_ROW = 1_048_576
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
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
    """The number format of each style of a workbook, and whether days are counted from 1904."""

    formats: tuple[str, ...]
    epoch_1904: bool = False

    def number_format(self, style: int) -> str:
        """The format code of a style; `General` for one that the workbook does not hold."""
        return self.formats[style] if 0 <= style < len(self.formats) else "General"


class StylesHandler(ContentHandler):
    """Reads `cellXfs` and `numFmts` of the styles part, and nothing else of it."""

    def __init__(self) -> None:
        super().__init__()
        self._custom: dict[int, str] = {}
        self._ids: list[int] = []
        self._inside = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's name
        """An element begins."""
        element = local(name)
        if element == "cellXfs":
            self._inside = True
        elif element == "xf" and self._inside:
            self._ids.append(_number(attrs.get("numFmtId", "0")))
        elif element == "numFmt":
            self._custom[_number(attrs.get("numFmtId", "-1"))] = attrs.get("formatCode", "General")

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's name
        """An element ends."""
        if local(name) == "cellXfs":
            self._inside = False

    def styles(self, epoch_1904: bool) -> Styles:
        """What was read, with the built-in formats filled in."""
        # Slow to import: a tenth of a second that a window need not wait for.
        from openpyxl.styles.numbers import BUILTIN_FORMATS

        known = {number: str(code) for number, code in BUILTIN_FORMATS.items()} | self._custom
        return Styles(tuple(known.get(number, "General") for number in self._ids), epoch_1904)


class StringsHandler(ContentHandler):
    """The table of shared strings; phonetic guides (`rPh`) are no part of the text."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._parts: list[str] = []
        self._phonetic = 0
        self._reading = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802, ARG002 - the parser's name and form
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

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's name
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

    def __init__(self, title: str, strings: list[str], styles: Styles) -> None:
        super().__init__()
        self.title = title
        self.rows: dict[int, dict[int, RawCell]] = {}
        self._strings = strings
        self._styles = styles
        self._cells = 0
        self._row = 0
        self._column = 0
        self._attrs: tuple[str, int] | None = None
        self._formula = False
        self._phonetic = 0
        self._parts: list[str] | None = None
        self._value = ""
        self._in_data = False
        self._too_far: set[str] = set()
        self._merged: list[str] = []
        self._hidden_rows: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - the parser's name
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
            self._hidden_columns.append((_number(attrs.get("min", "0")), _number(attrs.get("max", "0"))))

    def _start_inside_cell(self, element: str) -> None:
        if element == "f":
            self._formula = True
        elif element == "rPh":
            self._phonetic += 1
        elif element == "v" or (element == "t" and not self._phonetic):
            self._parts = []

    def _start_row(self, attrs: AttributesImpl) -> None:
        row = _number(attrs.get("r", str(self._row + 1)))
        if not self._row < row <= _LAST_ROW:
            raise DamagedError(f"rows of the sheet {self.title} are out of order at {row}")
        self._row, self._column = row, 0
        if attrs.get("hidden", "0") in ("1", "true"):
            self._hidden_rows.append(row)

    def _start_cell(self, attrs: AttributesImpl) -> None:
        self._cells += 1
        if self._cells > MAX_CELLS:
            raise DamagedError(f"the sheet {self.title} has more than {MAX_CELLS:,} cells")
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
        self._formula, self._value, self._parts, self._phonetic = False, "", None, 0

    def characters(self, content: str) -> None:
        """A piece of text, as the parser cut it."""
        if self._parts is not None:
            self._parts.append(content)

    def endElement(self, name: str) -> None:  # noqa: N802 - the parser's name
        """An element ends."""
        element = local(name)
        if element == "sheetData":
            self._in_data = False
        elif self._attrs is None:
            return
        elif element in ("v", "t") and self._parts is not None:
            self._value += "".join(self._parts)
            self._parts = None
        elif element == "rPh":
            self._phonetic -= 1
        elif element == "c":
            kind, style = self._attrs
            self._attrs = None
            self._keep(kind, style)

    def _keep(self, kind: str, style: int) -> None:
        if not self._formula and not self._value.strip():
            return
        if self._row > MAX_ROWS or self._column > MAX_COLUMNS:
            self._too_far.add("rows" if self._row > MAX_ROWS else "columns")
            return
        cell = self._cell(kind, style)
        if cell.kind is not CellKind.TEXT or cell.text.strip():
            self.rows.setdefault(self._row, {})[self._column] = cell

    def _cell(self, kind: str, style: int) -> RawCell:
        at = (self._row, self._column)
        number_format = self._styles.number_format(style)
        if self._formula:
            return RawCell(*at, CellKind.FORMULA, self._value, number_format)
        if kind in _TEXT_TYPES:
            text = self._shared(self._value) if kind == "s" else unescaped(self._value)
            return RawCell(*at, CellKind.TEXT, text, number_format)
        if kind not in _KINDS:
            raise DamagedError(f"the cell {self.title}!{letters(at[1])}{at[0]} is of the unknown kind {kind!r}")
        return _dated(RawCell(*at, _KINDS[kind], self._value.strip(), number_format), self._styles.epoch_1904)

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


def _dated(cell: RawCell, epoch_1904: bool) -> RawCell:
    """The cell as a date where it is one by its kind or by the format under which it is shown."""
    # Slow to import: a tenth of a second that a window need not wait for.
    from openpyxl.styles.numbers import is_date_format, is_timedelta_format
    from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

    try:
        if cell.kind is CellKind.DATE:
            return _with_moment(cell, datetime.fromisoformat(cell.text))
        shown = cell.number_format
        if cell.kind is not CellKind.NUMBER or not is_date_format(shown) or is_timedelta_format(shown):
            return cell
        found = from_excel(float(cell.text), CALENDAR_MAC_1904 if epoch_1904 else CALENDAR_WINDOWS_1900)
    except (ValueError, OverflowError):
        return RawCell(cell.row, cell.column, CellKind.ERROR, cell.text, cell.number_format)
    return _with_moment(cell, found) if isinstance(found, datetime | time) else cell


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
