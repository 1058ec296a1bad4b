"""What reportlab lays out for us, each with its place in the structure: paragraphs, headings, tables, figures, marks.

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from decimal import Decimal
from functools import cache
from typing import Any, Self

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import CondPageBreak, Flowable, Frame, KeepTogether, PageBreak, Spacer
from reportlab.platypus import Paragraph as PdfParagraph
from reportlab.platypus import Table as PdfTable

from evalpanel.domain.letter import ScoreMark
from evalpanel.formats.tagging import Element, Inline, TaggedCanvas, TaggedText

TEXT, MUTED, ACCENT = HexColor("#1C2024"), HexColor("#5A626B"), HexColor("#0B655D")
LINE, TINT = HexColor("#DDDAD2"), HexColor("#F3F8F7")
_MOST_STEPS = 21  # more steps than these would run into each other on the mark
_LAST_PARAGRAPHS = 2  # stand on the page of the signature at least, where they are short
_SHORT_PARAGRAPH = 600  # characters
_PAGINATION = "/Type /Pagination"


@cache
def _fragment(font: str, size: float, colour: Color) -> Any:
    """What reportlab's parser makes of a letter in a style."""
    (made,) = PdfParagraph("x", ParagraphStyle("x", fontName=font, fontSize=size, textColor=colour)).frags
    return made


class TaggedParagraph(PdfParagraph):
    """A block of text that belongs to an element. `once`: where it is drawn again, on the next page, it only decorates."""

    canv: TaggedCanvas

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.element = Element("P")
        self.once = False
        self.inline = Inline()
        self._wrapped: tuple[float, float] | None = None

    @classmethod
    def plain(cls, text: str, look: ParagraphStyle) -> Self:
        """A block of text without markup (see `fonts.is_plain`), as reportlab's parser would make it."""
        held = _fragment(look.fontName, look.fontSize, look.textColor)
        return cls(text, look, frags=[held.clone(text=text, link=[], us_lines=[])])

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """How much room it takes. A cell of a table is asked many times at one width; its lines are broken once."""
        if self._wrapped is None or self._wrapped[0] != available_width:
            self._wrapped = super().wrap(available_width, available_height)
        return self._wrapped

    def belongs(self, element: Element, *, once: bool = False) -> TaggedParagraph:
        """Say whose words these are."""
        self.element, self.once = element, once
        return self

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Break over pages: each piece belongs to the same element."""
        pieces: list[Flowable] = super().split(available_width, available_height)
        self._wrapped = None  # where nothing of it fits here, its lines are dropped and broken again on the next page
        for piece in pieces:
            if isinstance(piece, TaggedParagraph):
                piece.element, piece.once, piece.inline = self.element, self.once, self.inline
        return pieces

    def beginText(self, x: float, y: float) -> TaggedText:
        """The text object that the lines go into."""
        return TaggedText(self.canv, x, y, self.element, self.inline)

    def draw(self) -> None:
        """Draw it as its element's words, or as a repeated head."""
        if self.once and self.element.content:
            with self.canv.artifact(_PAGINATION):
                super().draw()
        else:
            super().draw()


class Heading(TaggedParagraph):
    """A heading that leaves a bookmark where it is drawn."""

    def bookmarked(self, key: str, title: str, level: int) -> Heading:
        """Say what the bookmark is: a key of its own, its words, how deep it lies."""
        self._key, self._title, self._level = key, title, level
        return self

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """Break over pages: the bookmark leads to the first piece."""
        pieces = super().split(available_width, available_height)
        for number, piece in enumerate(pieces):
            if isinstance(piece, Heading):
                piece.bookmarked("" if number else self._key, self._title, self._level)
        return pieces

    def draw(self) -> None:
        """Draw it, and leave the bookmark."""
        if self._key:
            self.canv.bookmarkHorizontal(self._key, 0, self.height + 4)
            self.canv.addOutlineEntry(self._title, self._key, self._level, closed=self._level == 1)
        super().draw()


class TaggedTable(PdfTable):
    """A table whose cells hold tagged paragraphs; its grounds and lines are artifacts."""

    canv: TaggedCanvas
    _bkgrndcmds: list[Any]  # reportlab's own
    _linecmds: list[Any]
    _rowHeights: list[float]  # noqa: N815  # reportlab's own
    together = 2
    """How many rows stand on the page where it begins at least: its head and the first, or more."""

    @property
    def least(self) -> float:
        """How much room it needs to begin, in points. It must have been wrapped."""
        return sum(self._rowHeights[: self.together])

    _argH: list[Any]  # noqa: N815  # also reportlab's own
    _hmax: int
    _known: float | None = None

    def _calc(self, availWidth: float, availHeight: float) -> None:  # noqa: N803  # the names are reportlab's
        # It is asked many times for its size at one width, which stays as it is once all rows were measured.
        if self._known != availWidth:
            super()._calc(availWidth, availHeight)  # type: ignore[misc]  # untyped
            self._known = availWidth if self._hmax == len(self._argH) else None

    def _drawBkgrnd(self) -> None:
        if self._bkgrndcmds:
            with self.canv.artifact():
                super()._drawBkgrnd()  # type: ignore[misc]  # untyped

    def _drawLines(self) -> None:
        if self._linecmds:
            with self.canv.artifact():
                super()._drawLines()  # type: ignore[misc]  # untyped

    def _drawCell(self, cellval: Any, cellstyle: Any, pos: Any, size: Any) -> None:
        # What is left of a cell on the first or the second page of a broken row may be nothing, and nothing is no text.
        if cellval not in ("", None, (), []):
            super()._drawCell(cellval, cellstyle, pos, size)  # type: ignore[misc]  # untyped


class Kept(KeepTogether):
    """Flowables that go to the next page together, unless more than `most` points of this one would stay empty."""

    _content: list[Flowable]  # reportlab's own
    _wrapInfo: tuple[float, float] | None = None  # noqa: N815  # reportlab's own: the room that it was measured for
    _BETWEEN = 12
    _LINES = 90

    def __init__(self, flowables: list[Flowable], most: float) -> None:
        super().__init__(flowables)
        self._most = most

    @property
    def held(self) -> list[Flowable]:
        """What is kept together."""
        return list(self._content)

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """What fits here, or everything on the next page."""
        if available_height > self._most:
            # Where it is broken all the same, what has lines enough below it does not wait for the last of what it leads to.
            self._measured(available_width, available_height)
            below = available_height
            for one, after in zip(self._content, (*self._content[1:], None), strict=True):
                below -= getattr(one, "height", 0)
                if below > self._LINES and (not isinstance(after, TaggedTable) or after.least <= below):
                    one.keepWithNext = 0
            return self._content[:]
        # Room between paragraphs that is not counted when they are measured by themselves.
        self._measured(available_width, available_height - self._BETWEEN)
        kept: list[Flowable] = super().split(available_width, available_height - self._BETWEEN)
        return kept

    def _measured(self, available_width: float, available_height: float) -> None:
        """Measure what it holds, unless that was done for the same width: how high it is asks for no height."""
        if self._wrapInfo is None or self._wrapInfo[0] != available_width:
            self.wrap(available_width, available_height)
        self._wrapInfo = (available_width, available_height)


class Column(Frame):
    """The room for text on a page. Reportlab copies it whenever it tries whether something fits."""

    def __deepcopy__(self, memo: dict[int, Any]) -> Column:
        return copy(self)  # it holds numbers


def laid_flat(flowables: list[Flowable]) -> list[Flowable]:
    """Flowables without what keeps some of them together."""
    return [one for held in flowables for one in (held.held if isinstance(held, Kept) else [held])]


def last_words(story: list[Flowable]) -> list[Flowable]:
    """The last few short paragraphs of `story`, taken off it, with the headings over them: to stay with what follows."""
    taken: list[Flowable] = []
    paragraphs = 0
    while story and (paragraphs < _LAST_PARAGRAPHS or _leads(story[-1])):
        is_last = not paragraphs and isinstance(story[-1], TaggedParagraph)
        if not (is_last or _is_short(story[-1]) or _leads(story[-1]) or isinstance(story[-1], CondPageBreak)):
            break
        one = story.pop()
        if not isinstance(one, CondPageBreak):  # no heading waits for room among what stays together
            paragraphs += not _leads(one)
            taken.insert(0, one)
    return taken


def _leads(flowable: Flowable) -> bool:
    """Whether it is a heading or a label, which does not end a page."""
    return bool(getattr(flowable, "getKeepWithNext", int)())


def _is_short(flowable: Flowable) -> bool:
    return (
        isinstance(flowable, TaggedParagraph)
        and not isinstance(flowable, Heading)
        and len(flowable.text) < _SHORT_PARAGRAPH
    )


class Apart(KeepTogether):
    """What stands apart from what is before it: under a line where all of it fits this page, else on a page of its own."""

    _H: float  # reportlab's own: how high all of it is
    _GAP = 26

    def __init__(self, flowables: list[Flowable]) -> None:
        super().__init__(laid_flat(flowables))
        self._parts = flowables

    def split(self, available_width: float, available_height: float) -> list[Flowable]:
        """All of it, with what parts it."""
        self.wrap(available_width, available_height)
        if getattr(getattr(self, "_frame", None), "_atTop", False):
            return self._parts
        fits = available_height >= self._H + self._GAP
        return [*((Spacer(0, self._GAP - 2), Rule()) if fits else (PageBreak(),)), *self._parts]


class Rule(Flowable):
    """A thin line across the page."""

    canv: TaggedCanvas

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        """As wide as there is room."""
        self.width = available_width
        return available_width, 1

    def draw(self) -> None:
        """Draw it."""
        canvas = self.canv
        with canvas.artifact():
            canvas.setStrokeColor(ACCENT)
            canvas.setLineWidth(1)
            canvas.line(0, 0, self.width, 0)


def place(value: Decimal, low: Decimal, high: Decimal, left: float, wide: float) -> float:
    """Where a value stands on a line from `low` to `high`: a place on paper, so a float; no score is made from it."""
    return left + (wide * float((value - low) / (high - low)) if high != low else wide)


def on_scale(canvas: TaggedCanvas, mark: ScoreMark, left: float, y: float, wide: float) -> None:
    """Draw a score on its scale: a line with a dot for each level, filled up to the score."""

    def at(value: Decimal) -> float:
        return place(value, mark.steps[0], mark.steps[-1], left, wide)

    canvas.saveState()
    canvas.setLineCap(1)
    canvas.setLineWidth(3)
    canvas.setStrokeColor(LINE)
    canvas.line(left, y, left + wide, y)
    canvas.setStrokeColor(ACCENT)
    canvas.line(left, y, at(mark.value), y)
    # A dot is a line of no length with round ends: a circle would be four curves, ten thousand times in a long report.
    if len(mark.steps) <= _MOST_STEPS:
        canvas.setLineWidth(4.2)
        for step in mark.steps:
            canvas.setStrokeColor(ACCENT if step <= mark.value else LINE)
            canvas.line(at(step), y, at(step), y)
    canvas.setStrokeColor(ACCENT)
    canvas.setLineWidth(8.4)
    canvas.line(at(mark.value), y, at(mark.value), y)
    canvas.restoreState()


class ScoreLine(Flowable):
    """The line under a criterion: its score in words at the left, and at the right the score on its scale.

    The mark says nothing that the words do not say, so it is an artifact: nobody hears the score twice.
    """

    canv: TaggedCanvas

    BAR = 150

    def __init__(self, words: TaggedParagraph, mark: ScoreMark | None) -> None:
        super().__init__()
        self._words, self._mark = words, mark
        self.keepWithNext = 1

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        """As wide as there is room, as high as the words."""
        room = available_width - (self.BAR + 16 if self._mark else 0)
        _, self._tall = self._words.wrap(room, available_height)
        self.width, self.height = available_width, self._tall + 5
        return self.width, self.height

    def draw(self) -> None:
        """Draw the words, then the mark."""
        self._words.drawOn(self.canv, 0, self.height - self._tall)
        if self._mark is not None:
            with self.canv.artifact():
                on_scale(self.canv, self._mark, self.width - self.BAR - 4, self.height - 7, self.BAR)


class Figure(Flowable):
    """Something drawn by `paint`, which is heard as its element's alternative."""

    canv: TaggedCanvas

    def __init__(self, element: Element, wide: float, high: float, paint: Callable[[TaggedCanvas], None]) -> None:
        super().__init__()
        self._element, self._paint = element, paint
        self.width, self.height = wide, high
        self.hAlign = "LEFT"

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        """How large it is."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it as its element, and note the room that it takes."""
        canvas = self.canv
        x, y = canvas.absolutePosition(0, 0)
        self._element.box = (round(x, 2), round(y, 2), round(x + self.width, 2), round(y + self.height, 2))
        with canvas.tagged(self._element):
            self._paint(canvas)
