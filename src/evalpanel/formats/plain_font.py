"""The fonts of the letter as reportlab knows them: TrueType fonts of which a file gets the letters that it prints.

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

from typing import Any

from reportlab.pdfbase.ttfonts import TTFont


class PlainFont(TTFont):
    """A font whose lines are encoded at once where the file holds all of their letters already, as nearly all do."""

    def splitString(self, text: str, doc: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802  # reportlab's
        """The codes of a text, by the part of the font that they belong to."""
        held: Any = self.state.get(doc)
        if held is not None and text:
            try:
                return [(0, bytes(map(held.assignments.__getitem__, map(ord, text))))]
            except (KeyError, ValueError):
                pass  # a letter that is new to the file, or one of the parts after the first
        made: list[tuple[int, bytes]] = super().splitString(text, doc, encoding)
        return made
