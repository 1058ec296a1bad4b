"""Changing cells of a workbook the way a person or their program would."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from openpyxl import load_workbook

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell


def change(data: bytes, act: Callable[[Workbook], object]) -> bytes:
    """The workbook after an act on it."""
    book = load_workbook(io.BytesIO(data))
    act(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_cells(data: bytes, cells: Mapping[str, object], number_format: str | None = None) -> bytes:
    """The workbook with these values, given by place (`Criteria!D7`), typed as openpyxl types them.

    Without a `number_format` a number has the general one, and a date the one that openpyxl gives it.
    """

    def act(book: Workbook) -> None:
        for place, value in cells.items():
            title, _, reference = place.partition("!")
            cell: Cell = book[title][reference]
            cell.value = value  # type: ignore[assignment]  # whatever a test wants to stand there
            if number_format is not None or not isinstance(value, date):
                cell.number_format = number_format or "General"

    return change(data, act)


def with_part(data: bytes, name: str, edit: Callable[[bytes], bytes]) -> bytes:
    """The archive with one part edited (empty where it was not there)."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        names = source.namelist()
        for part in names:
            out.writestr(part, edit(source.read(part)) if part == name else source.read(part))
        if name not in names:
            out.writestr(name, edit(b""))
    return target.getvalue()


def part_of(data: bytes, title: str) -> str:
    """The name of the part that holds a sheet of a workbook that openpyxl wrote."""
    titles = load_workbook(io.BytesIO(data), read_only=True).sheetnames
    return f"xl/worksheets/sheet{titles.index(title) + 1}.xml"
