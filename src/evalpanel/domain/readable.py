"""What a document of a bid is when it is shown in the window: pages, words, or something that only another program opens."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ReadableKind(StrEnum):
    """How a document can be read in the window.

    `PDF`: as its pages. `TEXT`: as its words, without layout and pictures. `OTHER`: not here; a copy can be saved.
    """

    PDF = "pdf"
    TEXT = "text"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of a document, or one table.

    `heading` is its level (1 the highest; 0: no heading), `item` whether it stands in a list. A table has `rows` of
    cells and no text; its rows may differ in length.
    """

    text: str = ""
    heading: int = 0
    item: bool = False
    rows: tuple[tuple[str, ...], ...] = ()


def plain(paragraphs: Iterable[Paragraph]) -> str:
    """The words of a text one below the other, each cell of a table as well: what a search looks through."""
    lines: list[str] = []
    for one in paragraphs:
        cells = (cell for row in one.rows for cell in row)
        lines.extend(cells if one.rows else (f"• {one.text}" if one.item else one.text,))
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Readable:
    """A document as the window shows it.

    `data` is the content of a PDF, `paragraphs` that of a text. `note` says in a sentence what is not shown, or why
    nothing is.
    """

    kind: ReadableKind
    data: bytes = b""
    paragraphs: tuple[Paragraph, ...] = ()
    note: str = ""
