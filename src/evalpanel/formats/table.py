"""A sheet as a table: column names in its first row, a row of values for each thing below them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar

from evalpanel.domain.intake import Problem
from evalpanel.formats import cells
from evalpanel.formats.columns import HINT_COLUMN, Column, Kind, SheetColumns
from evalpanel.formats.grid import CellKind, RawCell, RawSheet, letters

MAX_PROBLEMS = 500
"""How many problems of one file are told one by one."""

Value = str | bool | int | Decimal | date | datetime | tuple[str, ...] | None
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet whose columns have names. `columns` gives the column number of each name that is there."""

    sheet: RawSheet
    columns: Mapping[str, int]
    rows: tuple[int, ...]

    def cell(self, row: int, name: str) -> RawCell | None:
        """The cell of a named column in a row; None where it is empty or there is no such column."""
        column = self.columns.get(name)
        return None if column is None else self.sheet.rows[row].get(column)

    def place(self, row: int | None, name: str | None) -> str:
        """The place of a cell as people say it; of the row where the column is missing."""
        if row is None:
            column = self.columns.get(name or "")
            return self.sheet.title if column is None else self.sheet.place(1, column)
        return self.sheet.place(row, self.columns.get(name or ""))


class Reading:
    """Reads typed values out of tables and collects every problem with its place."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.bad_cells: set[str] = set()
        self.damaged: set[str] = set()
        """Sheets of which something could not be read, so that what rests on all their rows is not sure."""

    def problem(self, where: str, what: str, *, stops: bool = True) -> None:
        """Note a problem at a place."""
        self.problems.append(Problem(where, what, stops))
        if stops:
            self.bad_cells.add(where)

    def listed(self) -> tuple[Problem, ...]:
        """Every problem once, those that stop first; the rest counted where there are very many."""
        found = list(dict.fromkeys(self.problems))
        found.sort(key=lambda problem: not problem.stops)
        if len(found) <= MAX_PROBLEMS:
            return tuple(found)
        rest = found[MAX_PROBLEMS:]
        what = f"and {len(rest):,} more problems like these."
        return (*found[:MAX_PROBLEMS], Problem(rest[0].where, what, any(problem.stops for problem in rest)))

    def table(self, sheet: RawSheet, spec: SheetColumns) -> Table | None:
        """The sheet as a table; None where its first row names no columns, which is a problem."""
        self.problems += sheet.notes
        if any(note.stops for note in sheet.notes):
            self.damaged.add(spec.name)
        if not sheet.rows:
            return Table(sheet, {}, ())
        header = sheet.rows.get(1, {})
        known = {cells.plain_name(column.name): column.name for column in spec.columns}
        columns: dict[str, int] = {}
        unknown: dict[int, str] = {}
        for number, cell in sorted(header.items()):
            said = cell.text.strip()
            name = known.get(cells.plain_name(said)) if cell.kind is CellKind.TEXT else None
            if name is None:
                unknown[number] = said
            elif name in columns:
                self.problem(
                    sheet.place(1, number), f"the column {name} stands twice (also in {letters(columns[name])})."
                )
                self.damaged.add(spec.name)
            else:
                columns[name] = number
        if not columns:
            what = f"the first row must hold the names of the columns: {', '.join(known.values())}."
            self.problem(sheet.place(1), what)
            self.damaged.add(spec.name)
            return None
        self._unread(sheet, columns, unknown)
        rows = tuple(
            row for row in sorted(sheet.rows) if row > 1 and any(n in sheet.rows[row] for n in columns.values())
        )
        self._gaps(sheet, rows)
        return Table(sheet, columns, rows)

    def _unread(self, sheet: RawSheet, columns: Mapping[str, int], unknown: Mapping[int, str]) -> None:
        """Name the columns that are not known, and values that stand under no name."""
        for number, said in unknown.items():
            if said and cells.plain_name(said) != HINT_COLUMN:
                what = f"the column {said[:60]!r} is not known and was not read."
                self.problem(sheet.place(1, number), what, stops=False)
        named = set(columns.values()) | set(unknown)
        told: set[int] = set()
        for row in sorted(sheet.rows):
            for number in sheet.rows[row]:
                if number not in named and number not in told:
                    told.add(number)
                    what = "stands in a column without a name and was not read."
                    self.problem(sheet.place(row, number), what, stops=False)

    def _gaps(self, sheet: RawSheet, rows: tuple[int, ...]) -> None:
        previous = 1
        for row in rows:
            if row > previous + 1:
                self.problem(sheet.place(previous + 1), "is an empty row; reading went on below it.", stops=False)
                return
            previous = row

    def value(self, table: Table, row: int, column: Column) -> Value:
        """The value of a cell; None where it is empty or bad, and then the problem is noted."""
        cell = table.cell(row, column.name)
        return self.of_cell(cell, column, table.place(row, column.name))

    def of_cell(self, cell: RawCell | None, column: Column, where: str) -> Value:
        """The value of one cell of a column; None where it is empty or bad."""
        if cell is None:
            if column.required:
                self.problem(where, f"the {column.name} is missing.")
            return None
        try:
            found = _READERS[column.kind](cell, column)
        except cells.CellError as error:
            self.problem(where, f"the {column.name} {error.what}")
            return None
        if found in ("", ()) and column.kind is not Kind.CODES_OR_ALL:
            if column.required:
                self.problem(where, f"the {column.name} is missing.")
            return None
        return found


def _codes_or_all(cell: RawCell) -> Value:
    if cell.kind is CellKind.TEXT and cell.text.strip().casefold() in ("all", "none"):
        return "all" if cell.text.strip().casefold() == "all" else ()
    return cells.codes(cell)


_READERS: dict[Kind, Callable[[RawCell, Column], Value]] = {
    Kind.TEXT: lambda cell, _: cells.text(cell),
    Kind.LINE: lambda cell, _: cells.line(cell),
    Kind.CODE: lambda cell, _: cells.code(cell),
    Kind.CODES: lambda cell, _: cells.codes(cell),
    Kind.CODES_OR_ALL: lambda cell, _: _codes_or_all(cell),
    Kind.NAMES: lambda cell, _: cells.names(cell),
    Kind.IDENTIFIER: lambda cell, _: cells.identifier(cell),
    Kind.NUMBER: lambda cell, _: cells.number(cell),
    Kind.PERCENT: lambda cell, _: cells.percentage(cell),
    Kind.MONEY: lambda cell, _: cells.money(cell),
    Kind.WHOLE: lambda cell, column: cells.whole(cell, column.low, column.high),
    Kind.DAY: lambda cell, _: cells.day(cell),
    Kind.MOMENT: lambda cell, _: cells.moment(cell),
    Kind.YES_NO: lambda cell, _: cells.yes_no(cell),
    Kind.CHOICE: lambda cell, column: cells.choice(cell, column.choices),
    Kind.CHOICES: lambda cell, column: cells.choices(cell, column.choices),
}
