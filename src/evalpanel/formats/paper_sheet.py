"""A sheet of paper with a secret on it: what it is, who holds it, and twelve numbered words that are easy to type back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evalpanel.domain.letter import Column, Facts, Paragraph, Row, Section, Table, Tone
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import LetterFonts, shipped
from evalpanel.formats.paper import Particulars, on_paper

_ACROSS = 3


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """What stands on a sheet. `reference` stands in the footer, and never a secret."""

    title: str
    whose: str
    reference: str
    facts: Facts
    lead: str
    parts: tuple[Section, ...]
    words: tuple[str, ...]


def render(sheet: PaperSheet, *, made_at: datetime, fonts: LetterFonts | None = None) -> bytes:
    """Lay the sheet out as a PDF. Raises `EvalPanelError` where it does not fit one page."""
    # Slow to import, and needed only where documents are made.
    from reportlab.platypus import CondPageBreak

    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.letter_pdf import section

    layout = pages.Layout(fonts or shipped())
    story = layout.letterhead(sheet.whose, (), sheet.facts)
    story += layout.heading(sheet.title, 0)
    story += layout.paragraph(Paragraph(sheet.lead, Tone.LEAD))
    story += section(layout, Section("The words", (_words(sheet.words),)))
    for part in sheet.parts:
        story += section(layout, part)
    story = [
        one for one in story if not isinstance(one, CondPageBreak)
    ]  # there is one page: no heading waits for the next
    about = Particulars(f"{sheet.title}, {sheet.reference}", sheet.whose, sheet.reference, "en-GB")
    no_room = EvalPanelError("The sheet cannot be laid out.", "A part of it does not fit a page. Nothing was written.")
    made = on_paper(layout, story, about, made_at, no_room)
    if made.pages != 1:
        raise no_room
    return made.data


def _words(words: Sequence[str]) -> Table:
    """The words with their numbers, to be read along each line."""
    cells = [f"{number}  {word}" for number, word in enumerate(words, 1)]
    rows = tuple(Row(tuple(cells[first : first + _ACROSS])) for first in range(0, len(cells), _ACROSS))
    return Table("The words, to be read along each line", (Column("Word", 1),) * _ACROSS, rows, named_rows=False)
