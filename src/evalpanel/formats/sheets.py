"""The sheet that a document is printed on: its margins, its footer, and where its signature stands.

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from evalpanel.formats.flowables import LINE, MUTED
from evalpanel.formats.paper import SIGNATURE_SIZE
from evalpanel.formats.tagging import Annotated, Element, TaggedCanvas

if TYPE_CHECKING:
    from evalpanel.formats.letter_layout import Layout

_FOOTER = "/Type /Pagination /Subtype /Footer"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: its margins, and its footer's place and size, in points."""

    side: float
    top: float
    foot: float
    footer_at: float
    footer_size: float
    high: float = A4[1]
    across: float = A4[0]

    @property
    def width(self) -> float:
        """The width of text; at the normal size it holds about 85 characters."""
        return self.across - 2 * self.side


NORMAL = Sheet(25 * mm, 20 * mm, 22 * mm, 12 * mm, 8.5)
LARGE = Sheet(18 * mm, 18 * mm, 28 * mm, 12 * mm, 16)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something came to stand: the page (from 1) and left, bottom, right, top in points."""

    page: int
    box: tuple[float, float, float, float]


class LetterCanvas(TaggedCanvas):
    """Pages with a footer: the authority's, then `reference · page n of m`.

    How many pages there are is known only at the end, so m is drawn once, then. The authority's words are heard once, as
    `footer`, after everything else; on all other pages they only decorate.
    """

    def __init__(self, *args: Any, layout: Layout, reference: str, footer: Element, **options: Any) -> None:
        super().__init__(*args, structure=layout.structure, **options)
        self._layout, self._reference, self._footer = layout, reference, footer
        self.pages = 0

    def showPage(self) -> None:
        """End a page with its footer."""
        self.pages += 1
        layout, sheet = self._layout, self._layout.sheet
        if layout.footer:
            y = sheet.footer_at + sheet.footer_size * 1.5
            with self.artifact(_FOOTER) if self._footer.content else self.tagged(self._footer):
                layout.draw(self, sheet.side, y, layout.footer, sheet.footer_size, MUTED, sheet.width)
        words = f"{self._reference} · page {self.pages} of "
        with self.artifact(_FOOTER):
            end = layout.draw(self, sheet.side, sheet.footer_at, words, sheet.footer_size, MUTED, sheet.width - 30)
            self.saveState()
            self.translate(end, sheet.footer_at)
            self.doForm("pages")
            self.restoreState()
        super().showPage()

    def save(self) -> None:
        """Write down how many pages there are, then the file."""
        size = self._layout.sheet.footer_size
        self.beginForm("pages", 0, -6, 60, size * 1.4)
        self._layout.draw(self, 0, 0, str(self.pages), size, MUTED, 60)
        self.endForm()
        super().save()


class SignatureSpot(Flowable):
    """Room for the visible signature, heard as `words`. Where it came to stand is known after the letter was laid out."""

    canv: TaggedCanvas

    WIDTH, HEIGHT = SIGNATURE_SIZE

    def __init__(self, element: Element, words: str) -> None:
        super().__init__()
        self._element, self.words = element, words
        self.place: Place | None = None

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        """How large it is, with the gap below it."""
        return self.WIDTH, self.HEIGHT + 8

    def draw(self) -> None:
        """Draw its outline, and note where it stands."""
        x, y = self.canv.absolutePosition(0, 8)
        box = (round(x, 2), round(y, 2), round(x + self.WIDTH, 2), round(y + self.HEIGHT, 2))
        self.place = Place(self.canv.getPageNumber(), box)
        self._element.content.append(Annotated(self.place.page, None))
        with self.canv.artifact():
            self.canv.setStrokeColor(LINE)
            self.canv.setLineWidth(0.6)
            self.canv.roundRect(0, 8, self.WIDTH, self.HEIGHT, 5)
