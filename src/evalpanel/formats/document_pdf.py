"""A document on paper, in the style of the letters: conflicts assessment, process review. The same one gives the same bytes."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from evalpanel.domain.letter import Facts, Section
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import LetterFonts, shipped
from evalpanel.formats.paper import Paper, Particulars, on_paper


class Document(Protocol):
    """What a document says, before it is laid out."""

    @property
    def title(self) -> str:
        """What it is called."""

    @property
    def reference(self) -> str:
        """The reference of its tender, which stands in the footer."""

    @property
    def authority(self) -> str:
        """Whose it is."""

    @property
    def facts(self) -> Facts:
        """What stands at its head."""

    @property
    def sections(self) -> tuple[Section, ...]:
        """Its parts, in order."""

    @property
    def language(self) -> str:
        """Its language (BCP 47)."""


def render(made: Document, *, made_at: datetime, fonts: LetterFonts | None = None) -> Paper:
    """Lay it out. `made_at` (UTC) is the time that the file says it was made; the clock is not asked.

    Raises `EvalPanelError` naming a character that no font can print.
    """
    # Slow to import, and needed only where documents are made.
    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.letter_pdf import section

    layout = pages.Layout(fonts or shipped())
    story = layout.letterhead(made.authority, (), made.facts)
    story += layout.heading(made.title, 0)
    for part in made.sections:
        story += section(layout, part)
    about = Particulars(f"{made.title}, {made.reference}", made.authority, made.reference, made.language)
    no_room = EvalPanelError(
        f"The {made.title[:1].lower()}{made.title[1:]} cannot be laid out.",
        "A part of it does not fit a page. Nothing was written. Shorten the longest text in it.",
    )
    return on_paper(layout, story, about, made_at, no_room)
