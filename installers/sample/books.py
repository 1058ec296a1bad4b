"""Writes the workbooks of the sample tender: codes as text, a readable layout, and the same bytes at every build."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

WIDE = {"guidance", "descriptor", "description", "rationale", "reasons", "question", "answer", "no_consensus"}
WIDTHS = dict.fromkeys(
    [
        "improvements",
        "working_note",
        "not_higher",
        "differences",
        "dissent",
        "delegation",
        "indicator",
        "reason",
        "path",
    ],
    46,
)
WIDTHS |= dict.fromkeys(("title", "name", "item", "address", "decision_maker", "signatory", "full_criteria_at"), 34)
NUMBERS = {"quantity", "unit_price", "amount"}

Cell = str | Decimal
# Zip entries and document properties carry this moment instead of the moment of building.
MOMENT = "2026-09-18T12:00:00Z"


def write_workbook(path: Path, sheets: Mapping[str, tuple[tuple[str, ...], Iterable[Mapping[str, Cell]]]]) -> None:
    """Write a workbook; `sheets` gives for each name its columns and its rows. Only figures of money are numbers."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, (columns, rows) in sheets.items():
        sheet = book.create_sheet(title)
        sheet.append(list(columns))
        for number, row in enumerate(rows, 2):
            unknown = set(row) - set(columns)
            if unknown:
                raise SystemExit(f"{path.name}, {title}: no such column: {', '.join(sorted(unknown))}")
            for place, column in enumerate(columns, 1):
                value = row.get(column, "")
                if value == "":
                    continue
                cell = sheet.cell(number, place, value)
                if column in NUMBERS:
                    cell.number_format = "#,##0.00" if column != "quantity" else "#,##0.##"
                else:
                    cell.value = str(value)
                    cell.data_type = "s"
                    cell.number_format = "@"
                cell.alignment = Alignment(vertical="top", wrap_text=True)
        for place, column in enumerate(columns, 1):
            head = sheet.cell(1, place)
            head.font = Font(bold=True, color="FFFFFF")
            head.fill = PatternFill("solid", fgColor="1F4E5F")
            width = 70 if column in WIDE or (title, column) == ("Tender", "value") else WIDTHS.get(column, 16)
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.freeze_panes = "A2"
    book.properties.creator = "Peninsula joint procurement (sample)"
    held = io.BytesIO()
    book.save(held)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(settled(held.getvalue()))


def settled(package: bytes) -> bytes:
    """An Office file with every trace of the time of building replaced by one fixed moment."""
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", MOMENT.encode(), data)
            entry = zipfile.ZipInfo(name, (2026, 9, 18, 12, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            new.writestr(entry, data)
    return held.getvalue()
