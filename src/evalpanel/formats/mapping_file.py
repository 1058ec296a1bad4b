"""A mapping as a file: whose each document of a pack is, for a person to correct and give back (docs/formats/mapping.md).

The columns are those of the workbook's Documents sheet. Written as csv; read as csv or xlsx.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace

from evalpanel.domain.intake import Problem
from evalpanel.domain.tender import BidderCode, CriterionCode, DocumentEntry, EnvelopeKind, LotCode
from evalpanel.formats.cells import plain_name
from evalpanel.formats.columns import DOCUMENTS, Kind
from evalpanel.formats.grid import RawCell, RawSheet, guarded, read_csv
from evalpanel.formats.table import Reading, Table, Value
from evalpanel.formats.xlsx import read_xlsx

_CODES = ("bidder", "lot", "criterion")
# A file's name keeps two spaces that follow each other; other texts of one line do not.
_COLUMNS = tuple(replace(column, kind=Kind.TEXT) if column.name == "path" else column for column in DOCUMENTS.columns)


def write_mapping(entries: Sequence[DocumentEntry]) -> bytes:
    """The entries as csv (UTF-8 with a byte order mark, commas), one row each.

    Codes that begin with a digit stand behind an apostrophe, so that no spreadsheet turns 1.10 into 1.1; so do texts
    that look like formulas. `read_mapping` takes both off again.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([column.name for column in DOCUMENTS.columns])
    for entry in entries:
        codes = [_safe_code(code) for code in (entry.bidder, entry.lot, entry.criterion)]
        writer.writerow([guarded(entry.path), *codes, entry.envelope.value, guarded(entry.title)])
    return target.getvalue().encode("utf-8-sig")


def read_mapping(data: bytes, name: str) -> tuple[tuple[DocumentEntry, ...], tuple[Problem, ...]]:
    """The entries of a mapping (csv or xlsx), and every problem with its place. Never raises for what the bytes hold.

    An empty envelope is left to `map_documents`: common without a bidder, else price or quality by the file's name.
    Where a problem stops, the entries must not be used. Whether files and codes exist is checked by `map_documents`.
    """
    reading = Reading()
    sheet = _sheet(data, name, reading)
    table = reading.table(sheet, DOCUMENTS) if sheet is not None else None
    if table is None:
        return (), reading.listed()
    if table.columns and "path" not in table.columns:
        reading.problem(table.sheet.place(1), "the column path is missing.")
    elif not table.rows:
        reading.problem(table.sheet.title or name, "holds no rows.")
    else:
        entries = tuple(entry for row in table.rows if (entry := _entry(table, row, reading)) is not None)
        return entries, reading.listed()
    return (), reading.listed()


def _sheet(data: bytes, name: str, reading: Reading) -> RawSheet | None:
    """The sheet Documents of a workbook, or its first that holds something; or the csv."""
    if not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        found, problems = read_csv(data, name)
        reading.problems += problems
        return found
    sheets, problems = read_xlsx(data, name)
    reading.problems += problems
    held = [sheet for sheet in sheets if sheet.rows]
    if not held and not any(problem.stops for problem in problems):
        reading.problem(name, "holds no rows.")
    chosen = next((sheet for sheet in held if plain_name(sheet.title) == "documents"), held[0] if held else None)
    for sheet in held:
        if sheet is not chosen and chosen is not None:
            reading.problem(sheet.title, f"was not read; {chosen.title} was.", stops=False)
    return chosen


def _entry(table: Table, row: int, reading: Reading) -> DocumentEntry | None:
    values: dict[str, Value] = {}
    for column in _COLUMNS:
        cell = table.cell(row, column.name)
        if cell is not None and column.name in _CODES:
            cell = _bare(cell)
        values[column.name] = reading.of_cell(cell, column, table.place(row, column.name))
    path, envelope = values["path"], values["envelope"]
    if not isinstance(path, str):
        return None
    bidder, lot, criterion = (values[name] if isinstance(values[name], str) else None for name in _CODES)
    return DocumentEntry(
        path=path,
        bidder=BidderCode(str(bidder)) if bidder is not None else None,
        lot=LotCode(str(lot)) if lot is not None else None,
        criterion=CriterionCode(str(criterion)) if criterion is not None else None,
        envelope=EnvelopeKind(envelope) if isinstance(envelope, str) else EnvelopeKind.COMMON,
        title=str(values["title"] or ""),
    )


def _bare(cell: RawCell) -> RawCell:
    """A cell of a code without the apostrophe that `write_mapping` put before it. No code begins with one."""
    return replace(cell, text=cell.text.lstrip().removeprefix("'"))


def _safe_code(code: str | None) -> str:
    if code is None:
        return ""
    return f"'{code}" if code[:1].isdigit() else guarded(code)
