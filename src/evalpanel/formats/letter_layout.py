"""What a letter's page is made of: paragraphs, headings, tables and score marks, each made in this one place.

It imports reportlab, which is slow: import it late, inside the function that lays out.

Tagging for screen readers and the archival form come later and hook in here: everything that is text on a page goes
through `Layout`, and everything in it through `Layout.markup`, the one function that escapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer
from reportlab.platypus import Paragraph as PdfParagraph
from reportlab.platypus import Table as PdfTable

from evalpanel.domain.letter import Explanation, Facts, Paragraph, Row, RowKind, ScoreMark, Table, Tone
from evalpanel.formats.fonts import SECOND_SIZE, Face, LetterFonts, printable, runs

PAGE_WIDTH, PAGE_HEIGHT = A4
SIDE, TOP, FOOT = 25 * mm, 20 * mm, 22 * mm
WIDTH = PAGE_WIDTH - 2 * SIDE
"""The width of text, which holds about 85 characters."""

TEXT, MUTED, ACCENT = HexColor("#1C2024"), HexColor("#5A626B"), HexColor("#0B655D")
LINE, TINT = HexColor("#DDDAD2"), HexColor("#F3F8F7")
_LONG_CELL = 1500  # characters in a cell that may not fit one page, so that the row must be allowed to break
_SMALL_ROWS = 16  # a table of no more rows, if they are short, stays on one page
_MOST_STEPS = 21  # more steps than these would run into each other on the mark


@dataclass(frozen=True, slots=True)
class Place:
    """Where something came to stand: the page (from 1) and left, bottom, right, top in points."""

    page: int
    box: tuple[float, float, float, float]


class Layout:
    """Makes flowables in the letter's styles. One for each letter."""

    def __init__(self, fonts: LetterFonts) -> None:
        self.fonts = fonts
        self._bookmarks = 0

        def style(name: str, face: Face, size: float, leading: float, **more: Any) -> tuple[ParagraphStyle, Face]:
            options: dict[str, Any] = {"textColor": TEXT, "allowWidows": 0, "allowOrphans": 0} | more
            return ParagraphStyle(name, fontName=face.name, fontSize=size, leading=leading, **options), face

        regular, bold = fonts.regular, fonts.bold
        self._styles = {
            "body": style("body", regular, 10.5, 15, spaceAfter=7),
            "lead": style("lead", bold, 12.5, 18, spaceAfter=9),
            "label": style("label", bold, 9.5, 14, textColor=MUTED, spaceBefore=1, spaceAfter=1, keepWithNext=1),
            "aside": style("aside", regular, 9.5, 13.5, textColor=MUTED, spaceAfter=7),
            "title": style("title", bold, 16, 21, spaceBefore=16, spaceAfter=12, textColor=ACCENT),
            "heading": style("heading", bold, 14, 18, spaceBefore=16, spaceAfter=7, keepWithNext=1, textColor=ACCENT),
            "criterion": style("criterion", bold, 11, 15, spaceBefore=8, spaceAfter=2, keepWithNext=1),
            "letterhead": style("letterhead", bold, 13, 17, textColor=ACCENT),
            "address": style("address", regular, 10.5, 14.5),
            "fact_label": style("fact_label", regular, 8.5, 11, textColor=MUTED),
            "fact": style("fact", regular, 9.5, 13, spaceAfter=4),
            "cell": style("cell", regular, 9.5, 13),
            "cell_strong": style("cell_strong", bold, 9.5, 13),
            "number": style("number", regular, 9.5, 13, alignment=TA_RIGHT),
            "number_strong": style("number_strong", bold, 9.5, 13, alignment=TA_RIGHT),
            "head": style("head", regular, 8.5, 11, textColor=MUTED),
            "head_number": style("head_number", regular, 8.5, 11, textColor=MUTED, alignment=TA_RIGHT),
        }

    def markup(self, text: str, face: Face, size: float) -> str:
        """`text` for a reportlab paragraph: escaped, in fonts that have its characters, line breaks kept."""
        pieces = []
        for run in runs(printable(text), face):
            safe = escape(run.text).replace("\n", "<br/>")
            pieces.append(
                f'<font face="{run.font}" size="{size * SECOND_SIZE:.2f}">{safe}</font>' if run.second else safe
            )
        return "".join(pieces)

    def line(self, text: str, style: str) -> PdfParagraph:
        """One block of text in a named style."""
        look, face = self._styles[style]
        return PdfParagraph(self.markup(text.strip(), face, look.fontSize), look)

    def paragraph(self, paragraph: Paragraph) -> list[Flowable]:
        """A paragraph of the letter; an empty line in it begins a new one."""
        parts = [part for part in printable(paragraph.text).split("\n\n") if part.strip()]
        return [self.line(part, paragraph.tone.value) for part in parts]

    def heading(self, text: str, level: int) -> list[Flowable]:
        """A heading with its bookmark: 0 the letter's title, 1 a section, 2 a criterion."""
        look, face = self._styles[("title", "heading", "criterion")[level]]
        self._bookmarks += 1
        room = (0, 110, 80)[level]
        bookmark = " ".join(printable(text).split())
        made = _Heading(self.markup(text.strip(), face, look.fontSize), look, f"h{self._bookmarks}", bookmark, level)
        return [CondPageBreak(room), made] if room else [made]

    def letterhead(self, authority: str, addressee: tuple[str, ...], facts: Facts) -> list[Flowable]:
        """The head of the first page: the authority, the address block, and what the letter is about."""
        head: list[Flowable] = [self.line(authority, "letterhead"), Spacer(0, 5), _Rule(), Spacer(0, 14)]
        left: list[Flowable] = [self.line(text, "address") for text in addressee]
        right = self.facts(facts)
        if sum(len(text) for text in addressee) + sum(len(value) for _, value in facts.rows) > 900:
            return [*head, *left, Spacer(0, 10), *right]
        block = PdfTable([[left, right]], colWidths=[WIDTH * 0.56, WIDTH * 0.44])
        block.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *self._plain()])
        return [*head, block]

    def _plain(self) -> list[Any]:
        """No padding; and our font, since a table names Helvetica on its page even where it prints nothing in it."""
        sides = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
        return [*sides, ("FONT", (0, 0), (-1, -1), self.fonts.regular.name)]

    def facts(self, facts: Facts) -> list[Flowable]:
        """Facts, each under its label."""
        made: list[Flowable] = []
        for label, value in facts.rows:
            made += [self.line(label, "fact_label"), self.line(value, "fact")]
        return made

    def table(self, table: Table) -> list[Flowable]:
        """A table whose head is repeated on every page."""
        head = [self.line(column.title, "head_number" if column.numeric else "head") for column in table.columns]
        body = [
            [self._cell(row, index, column.numeric) for index, column in enumerate(table.columns)] for row in table.rows
        ]
        whole = sum(column.share for column in table.columns)
        long = any(len(cell) > _LONG_CELL for row in table.rows for cell in row.cells)
        made = PdfTable(
            [head, *body],
            colWidths=[WIDTH * column.share / whole for column in table.columns],
            repeatRows=1,
            splitInRow=1 if long else 0,
            spaceBefore=2,
            spaceAfter=9,
        )
        look: list[Any] = [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("FONT", (0, 0), (-1, -1), self.fonts.regular.name),
            ("LINEBELOW", (0, 0), (-1, 0), 0.8, MUTED),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, LINE),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ]
        for number, row in enumerate(table.rows, 1):
            if row.kind is RowKind.SECTION:
                look.append(("BACKGROUND", (0, number), (-1, number), TINT))
            if row.kind is RowKind.TOTAL:
                look.append(("LINEABOVE", (0, number), (-1, number), 0.8, MUTED))
            if row.depth:
                look.append(("LEFTPADDING", (0, number), (0, number), 4 + 10 * row.depth))
        tail = next((at for at, row in enumerate(table.rows) if row.cells[0] == "Quality"), len(table.rows) - 2)
        size = sum(len(cell) for row in table.rows for cell in row.cells)
        if len(table.rows) <= _SMALL_ROWS and size <= _LONG_CELL:
            look.append(("NOSPLIT", (0, 0), (-1, -1)))
        elif len(table.rows) > 3:
            look.append(("NOSPLIT", (0, max(1, tail)), (-1, -1)))  # results stand with the last scores that made them
        made.setStyle(look)
        return [made]

    def _cell(self, row: Row, index: int, numeric: bool) -> PdfParagraph:
        strong = row.kind is RowKind.TOTAL or (row.kind is RowKind.SECTION and index in (0, len(row.cells) - 1))
        style = ("number" if numeric else "cell") + ("_strong" if strong else "")
        return self.line(row.cells[index], style)

    def explanation(self, explanation: Explanation) -> list[Flowable]:
        """A criterion explained: its name, its score with the mark on the scale, and the reasons."""
        made = self.heading(explanation.title, 2)
        if explanation.facts:
            made.append(_ScoreLine(self.line(explanation.facts, "aside"), explanation.mark))
        for paragraph in explanation.paragraphs:
            made += self.paragraph(paragraph)
        return made

    def together(self, flowables: list[Flowable]) -> Flowable:
        """Flowables that stay on one page where one can hold them."""
        return KeepTogether(flowables)

    def draw(self, canvas: Canvas, x: float, y: float, text: str, size: float, colour: Color, widest: float) -> float:
        """Draw one line straight onto the page (the footer), shortened to `widest` points. Returns where it ends."""
        clean = " ".join(printable(text).split()) + (" " if text.endswith(" ") else "")
        while clean and self.width(clean, size) > widest:
            clean = clean[:-2].rstrip() + "…"
        canvas.setFillColor(colour)
        for run in runs(clean, self.fonts.regular):
            real = size * SECOND_SIZE if run.second else size
            canvas.setFont(run.font, real)
            canvas.drawString(x, y, run.text)
            x += pdfmetrics.stringWidth(run.text, run.font, real)
        return x

    def width(self, text: str, size: float) -> float:
        """How wide a line of printable text is, in points."""
        return sum(
            pdfmetrics.stringWidth(run.text, run.font, size * SECOND_SIZE if run.second else size)
            for run in runs(text, self.fonts.regular)
        )


class _Heading(PdfParagraph):
    """A heading that leaves a bookmark where it is drawn."""

    def __init__(self, markup: str, look: ParagraphStyle, key: str, title: str, level: int) -> None:
        super().__init__(markup, look)
        self._key, self._title, self._level = key, title, level

    def draw(self) -> None:
        self.canv.bookmarkHorizontal(self._key, 0, self.height + 4)
        self.canv.addOutlineEntry(self._title, self._key, self._level, closed=self._level == 1)
        super().draw()


class _Rule(Flowable):
    """A thin line across the page."""

    def wrap(self, available_width: float, _available_height: float) -> tuple[float, float]:
        self.width = available_width
        return available_width, 1

    def draw(self) -> None:
        self.canv.setStrokeColor(ACCENT)
        self.canv.setLineWidth(1)
        self.canv.line(0, 0, self.width, 0)


class _ScoreLine(Flowable):
    """The line under a criterion: its score in words at the left, and at the right the score on its scale."""

    BAR = 150

    def __init__(self, words: PdfParagraph, mark: ScoreMark | None) -> None:
        super().__init__()
        self._words, self._mark = words, mark
        self.keepWithNext = 1

    def wrap(self, available_width: float, available_height: float) -> tuple[float, float]:
        room = available_width - (self.BAR + 16 if self._mark else 0)
        _, self._tall = self._words.wrap(room, available_height)
        self.width, self.height = available_width, self._tall + 5
        return self.width, self.height

    def draw(self) -> None:
        self._words.drawOn(self.canv, 0, self.height - self._tall)
        if self._mark is None:
            return
        low, high = self._mark.steps[0], self._mark.steps[-1]
        left, y = self.width - self.BAR - 4, self.height - 7
        canvas: Canvas = self.canv

        def at(value: object) -> float:
            # A place on paper, so a float: no score is worked out from it.
            return left + (self.BAR * float((value - low) / (high - low)) if high != low else self.BAR)  # type: ignore[operator]  # Decimals

        canvas.saveState()
        canvas.setLineCap(1)
        canvas.setLineWidth(3)
        canvas.setStrokeColor(LINE)
        canvas.line(left, y, left + self.BAR, y)
        canvas.setStrokeColor(ACCENT)
        canvas.line(left, y, at(self._mark.value), y)
        if len(self._mark.steps) <= _MOST_STEPS:
            for step in self._mark.steps:
                reached = step <= self._mark.value
                canvas.setFillColor(ACCENT if reached else LINE)
                canvas.circle(at(step), y, 2.1, stroke=0, fill=1)
        canvas.setFillColor(ACCENT)
        canvas.circle(at(self._mark.value), y, 4.2, stroke=0, fill=1)
        canvas.restoreState()


class LetterCanvas(Canvas):
    """Pages with a footer, `reference · page n of m`. How many there are is known only at the end, so m is drawn once, then."""

    def __init__(self, *args: Any, layout: Layout, reference: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self._layout, self._reference = layout, reference
        self.pages = 0

    def showPage(self) -> None:  # noqa: N802 - the name is reportlab's
        """End a page with its footer."""
        self.pages += 1
        words = f"{self._reference} · page {self.pages} of "
        y = 12 * mm
        end = self._layout.draw(self, SIDE, y, words, 8.5, MUTED, WIDTH - 30)
        self.saveState()
        self.translate(end, y)
        self.doForm("pages")
        self.restoreState()
        super().showPage()

    def save(self) -> None:
        """Write down how many pages there are, then the file."""
        self.beginForm("pages", 0, -3, 40, 12)
        self._layout.draw(self, 0, 0, str(self.pages), 8.5, MUTED, 40)
        self.endForm()
        super().save()


class SignatureSpot(Flowable):
    """Room for the visible signature. Where it came to stand is known after the letter was laid out."""

    WIDTH, HEIGHT = 260.0, 62.0

    def __init__(self) -> None:
        super().__init__()
        self.place: Place | None = None

    def wrap(self, _available_width: float, _available_height: float) -> tuple[float, float]:
        """How large it is, with the gap below it."""
        return self.WIDTH, self.HEIGHT + 8

    def draw(self) -> None:
        """Draw its outline, and note where it stands."""
        x, y = self.canv.absolutePosition(0, 8)
        box = (round(x, 2), round(y, 2), round(x + self.WIDTH, 2), round(y + self.HEIGHT, 2))
        self.place = Place(self.canv.getPageNumber(), box)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.6)
        self.canv.roundRect(0, 8, self.WIDTH, self.HEIGHT, 5)


__all__ = ["FOOT", "MUTED", "PAGE_HEIGHT", "PAGE_WIDTH", "SIDE", "TOP", "WIDTH", "Layout", "SignatureSpot", "Tone"]
