"""The rows of a sheet that may have a hundred thousand of them, written as they come.

A library makes an object of every cell and holds them all: a minute and nearly a gigabyte for a big tender. So it makes
the workbook with the heads of its sheets alone, and the rows are put in when it is saved. They wait packed in memory:
what panel members wrote is never in a file of its own on the disk.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from evalpanel.formats.grid import letters
from evalpanel.formats.sheet_writer import FORMULA_SIGNS, Looks, row_height, saved, text_kept

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_AGAIN = 40  # characters: codes, names and words of a list come again and again, longer texts do not
_MOST_HELD = 20_000
_END = b"</sheetData>"
_SIZE = re.compile(rb'<dimension ref="[^"]*" ?/>')


class Rows:
    """The rows below the head of one sheet. `money` names the columns (from 0) that hold amounts."""

    def __init__(self, sheet: Worksheet, widths: Sequence[int], money: frozenset[int] = frozenset()) -> None:
        self.count = 0
        self._widths, self._money = tuple(widths), money
        self._columns = tuple(letters(number) for number in range(1, len(self._widths) + 1))
        self._looks = _style_numbers(sheet)
        self._texts: dict[str, str] = {}
        self._pack = zlib.compressobj(1)
        self._packed: list[bytes] = []
        self._loose: list[str] = []

    def add(self, values: Sequence[str | Decimal | int | None]) -> None:
        """One more row. None and an empty text leave their cell empty. Raises as `text_kept` does."""
        self.count += 1
        number = self.count + 1
        held = [f'<row r="{number}" ht="{row_height(values, self._widths)}" customHeight="1">']
        for at, value in enumerate(values):
            if value is not None and value != "":
                name = f"{self._columns[at]}{number}"
                held.append(
                    f'<c r="{name}"{self._text(value)}' if isinstance(value, str) else self._number(name, at, value)
                )
        held.append("</row>")
        self._loose += held
        if len(self._loose) > 2_000:
            self._flush()

    def packed(self) -> Iterator[bytes]:
        """All rows as XML, piece by piece."""
        self._flush()
        opened = zlib.decompressobj()
        for piece in (*self._packed, self._pack.copy().flush()):
            yield opened.decompress(piece)

    @property
    def last_cell(self) -> str:
        """The name of the last cell of the sheet, its head included."""
        return f"{self._columns[-1]}{self.count + 1}"

    def _flush(self) -> None:
        self._packed.append(self._pack.compress("".join(self._loose).encode()))
        self._loose = []

    def _number(self, name: str, at: int, value: Decimal | int) -> str:
        from openpyxl.compat import safe_string  # slow to import, and only workbooks need it

        return f'<c r="{name}" s="{self._looks["money" if at in self._money else "number"]}" t="n"><v>{safe_string(value)}</v></c>'

    def _text(self, value: str) -> str:
        made = self._texts.get(value)
        if made is None:
            kept = text_kept(value)
            look = self._looks["marked" if value.startswith(FORMULA_SIGNS) else "text"]
            space = ' xml:space="preserve"' if kept != kept.strip() else ""
            made = f' s="{look}" t="inlineStr"><is><t{space}>{escape(kept, _RETURN)}</t></is></c>'
            if len(value) <= _AGAIN and len(self._texts) < _MOST_HELD:
                self._texts[value] = made
        return made


_RETURN: dict[str, str] = {"\r": "&#13;"}


def _style_numbers(sheet: Worksheet) -> dict[str, Any]:
    """The numbers under which the workbook keeps the looks of our cells."""
    from openpyxl.cell import WriteOnlyCell  # slow to import, as above

    looks, made = Looks(), {}
    for name, value in (("text", "a"), ("marked", "=a"), ("number", Decimal(1)), ("money", Decimal(1))):
        cell = WriteOnlyCell(sheet)
        looks.put(cell, value, read_only=False, money=name == "money")
        made[name] = cell.style_id
    return made


def saved_with(book: Workbook, rows: Mapping[str, Rows]) -> bytes:
    """The bytes of the workbook, with the rows of the sheets that are named."""
    parts = {
        f"xl/worksheets/sheet{number}.xml": rows[sheet.title]
        for number, sheet in enumerate(book.worksheets, 1)
        if sheet.title in rows
    }
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(book))) as heads,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as whole,
    ):
        for item in heads.infolist():
            data = heads.read(item)
            held = parts.get(item.filename)
            if held is None:
                whole.writestr(item, data)
                continue
            before, end, after = data.partition(_END)
            if not end:
                raise AssertionError("a sheet with a head has rows")
            before = _SIZE.sub(f'<dimension ref="A1:{held.last_cell}"/>'.encode(), before, count=1)
            part = zipfile.ZipInfo(item.filename, item.date_time)
            part.compress_type = zipfile.ZIP_DEFLATED
            with whole.open(part, "w") as out:
                out.write(before)
                for piece in held.packed():
                    out.write(piece)
                out.write(end + after)
    return target.getvalue()
