"""Cells as they lie in a file, before anybody says what they mean: the common ground of xlsx and csv.

A cell that holds nothing is not there. Rows and columns count from 1, as spreadsheets show them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import Enum

from evalpanel.domain.intake import Problem

MAX_ROWS = 100_000
"""The last row of a sheet that is read."""
MAX_COLUMNS = 200
"""The last column of a sheet that is read."""
MAX_TEXT = 32_767
"""The longest text that a cell of a spreadsheet holds, in UTF-16 units."""


class CellKind(Enum):
    """What a spreadsheet says that a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "true or false"
    DATE = "date"
    ERROR = "error"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class RawCell:
    """One cell that is not empty. `text` is what stands in the file: of a number its digits, of an error its name.

    `moment` is set for dates (a `time` where the cell holds a time of day and no date). `number_format` is the
    format code under which the spreadsheet shows it (`General` when it has none).
    """

    row: int
    column: int
    kind: CellKind
    text: str
    number_format: str = "General"
    moment: datetime | time | None = None


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet: its title and its cells by row and column. `notes` say what a reader should know about it."""

    title: str
    rows: Mapping[int, Mapping[int, RawCell]] = field(default_factory=dict)
    notes: tuple[Problem, ...] = ()

    def place(self, row: int | None = None, column: int | None = None) -> str:
        """The place as people say it: `Criteria!D7`, `Criteria!7` for a row, or `Criteria` for the sheet."""
        if row is None:
            return self.title
        return f"{self.title}!{'' if column is None else letters(column)}{row}"


def letters(column: int) -> str:
    """The letters of a column: 1 is `A`, 27 is `AA`."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def read_csv(data: bytes, name: str) -> tuple[RawSheet | None, tuple[Problem, ...]]:
    """The cells of a csv file, all of them text; None where it cannot be read, with the problem that says why.

    UTF-8 (with or without a byte order mark), UTF-16 with one, or else Windows Western European, which is said as a
    note. Separated by commas, semicolons or tabs. A row is a record: a cell with line breaks counts as one row.
    """
    text, problems = _decoded(data, name)
    if text is None:
        return None, problems
    separator, body = _separator(text)
    rows: dict[int, dict[int, RawCell]] = {}
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for record in reader:
            number += 1
            cells = {
                column: RawCell(number, column, _csv_kind(value), unguarded(value))
                for column, value in enumerate(record, 1)
                if value.strip()
            }
            if not cells:
                continue
            if number > MAX_ROWS or max(cells) > MAX_COLUMNS:
                what = f"has more than {MAX_ROWS:,} rows or {MAX_COLUMNS} columns; split it."
                return None, (*problems, Problem(name, what))
            rows[number] = cells
    except csv.Error as error:
        return None, (*problems, Problem(f"{name}!{number + 1}", f"cannot be read from here on ({error})."))
    return RawSheet(name, rows), problems


def guarded(value: str) -> str:
    """Text for a csv cell that no spreadsheet takes for a formula: an apostrophe before `= + - @ #` and a tab.

    The same before a text that begins with an apostrophe and such a sign, so that `unguarded` gives each text back.
    """
    return f"'{value}" if _LOOKS_LIKE_FORMULA.match(value) else value


def unguarded(value: str) -> str:
    """What `guarded` was given."""
    return value[1:] if value.startswith("'") and _LOOKS_LIKE_FORMULA.match(value[1:]) else value


_LOOKS_LIKE_FORMULA = re.compile(r"'*[=+\-@\t\r#]")


def _csv_kind(value: str) -> CellKind:
    return CellKind.ERROR if value.strip() in ERROR_TEXTS else CellKind.TEXT


ERROR_TEXTS = frozenset(
    (
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "#FIELD!",
    )
)
"""How spreadsheets show that a calculation failed."""


def _decoded(data: bytes, name: str) -> tuple[str | None, tuple[Problem, ...]]:
    if not data.strip():
        return None, (Problem(name, "is empty."),)
    try:
        if data.startswith((b"\xff\xfe", b"\xfe\xff")):
            return data.decode("utf-16"), ()
        if b"\0" in data:
            return None, (Problem(name, "is neither a spreadsheet (.xlsx) nor a text file with separators (.csv)."),)
        return data.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            return None, (Problem(name, "is text in an encoding that is not known. Save it as CSV UTF-8."),)
    what = "is not UTF-8 and was read as Windows Western European; check accents and dashes, or save it as CSV UTF-8."
    return text, (Problem(name, what, stops=False),)


def _separator(text: str) -> tuple[str, str]:
    """The separator, and the text to read: without a `sep=;` line, which spreadsheets obey and do not show."""
    first, _, rest = text.partition("\n")
    if first.strip().lower() in ("sep=,", "sep=;", "sep=\t", "sep="):
        return (first.strip()[4:5] or "\t"), rest
    counts = {separator: first.count(separator) for separator in (",", ";", "\t")}
    return max(counts, key=lambda separator: counts[separator]), text
