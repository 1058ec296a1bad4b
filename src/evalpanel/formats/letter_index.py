"""The index of a tender's letters as a spreadsheet: what a person uploads to a portal, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evalpanel.formats.sheet_writer import Looks, cell_at, header, new_workbook, saved

_COLUMNS = (
    ("lot", 8),
    ("lot_title", 34),
    ("bid", 10),
    ("kind", 22),
    ("bidder", 34),
    ("identifier", 18),
    ("email", 34),
    ("file", 40),
    ("version", 9),
    ("pages", 8),
    ("sha256", 68),
    ("draft", 34),
)


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One letter: for whom, in which file, and its digest. `draft` is the e-mail that holds it, or empty."""

    lot: str
    lot_title: str
    bid: str
    kind: str
    bidder: str
    identifier: str
    email: str
    file: str
    version: int
    pages: int
    sha256: str
    draft: str


def write_index(rows: Sequence[IndexRow]) -> bytes:
    """The workbook, its one sheet called `Letters`."""
    book = new_workbook()
    sheet = book.create_sheet("Letters")
    header(sheet, tuple(name for name, _ in _COLUMNS), tuple(width for _, width in _COLUMNS))
    looks = Looks()
    for place, row in enumerate(rows, 2):
        for column, (name, _) in enumerate(_COLUMNS, 1):
            value = getattr(row, name)
            looks.put(cell_at(sheet, place, column), value if value != "" else None, read_only=False)
    return saved(book)
