"""What a document's page is made of: paragraphs, headings, lists, tables and charts, each made in this one place.

It imports reportlab, which is slow: import it late, inside the function that lays out.

Whatever is made here has its place in the structure that screen readers follow (see `tagging`), in the order in which
it is made; all text goes through `Layout.markup`, the one function that escapes and chooses fonts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any, TypeVar

from reportlab.lib.colors import Color
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, Spacer

from evalpanel.domain.authorities import Logo
from evalpanel.domain.letter import Column, Explanation, Facts, Items, Letterhead, Paragraph, Row, RowKind, Table
from evalpanel.formats.flowables import (
    ACCENT,
    LINE,
    MUTED,
    TEXT,
    TINT,
    Apart,
    Figure,
    Heading,
    Kept,
    Rule,
    ScoreLine,
    TaggedParagraph,
    TaggedTable,
    laid_flat,
)
from evalpanel.formats.fonts import SECOND_SIZE, Face, LetterFonts, Run, in_fonts, is_plain, printable
from evalpanel.formats.markup import in_runs, linked, printable_parts
from evalpanel.formats.right_to_left import runs_right_to_left
from evalpanel.formats.sheets import LARGE, NORMAL
from evalpanel.formats.tagging import Element, Structure, TaggedCanvas, inner

_LARGE = 18.0
"""The least size of text in large print, in points (RNIB, “Clear print and large print”)."""

_LARGER = 1.45
"""How much larger headings are set in large print."""

_LONG_CELL = 1500  # characters in a cell that may not fit one page, so that the row must be allowed to break
_TALL_CELL = (
    200  # characters in a cell of a row that takes a good part of a page, so that the table is broken between rows
)
_SMALL_ROWS = 16  # a table of no more rows, if they are short, stays on one page
_LEAST_ROWS = 3  # of a table that is broken, with its head, at the foot of a page

_Words = TypeVar("_Words", bound=TaggedParagraph)


class Layout:
    """Makes flowables in the letter's styles. One for each document.

    `addresses` are the authority's own e-mail and web addresses, which become links wherever they stand; nobody else's
    do. `large`: in large print, and tables as lists, since their columns would hold a word or two.
    """

    def __init__(self, fonts: LetterFonts, *, addresses: Sequence[str] = (), large: bool = False) -> None:
        self.fonts = fonts
        self.structure = Structure()
        self.large = large
        self.sheet = LARGE if large else NORMAL
        self.width = self.sheet.width
        self.footer = ""
        self._bookmarks = 0
        known = sorted({address for address in addresses if address.strip()}, key=len, reverse=True)
        self._addresses = re.compile("|".join(map(re.escape, known))) if known else None

        def style(name: str, face: Face, size: float, leading: float, **more: Any) -> tuple[ParagraphStyle, Face]:
            options: dict[str, Any] = {"textColor": TEXT, "allowWidows": 0, "allowOrphans": 0} | more
            size, leading = self.scaled(size), leading * self.scaled(size) / size
            return ParagraphStyle(name, fontName=face.name, fontSize=size, leading=leading, **options), face

        regular, bold = fonts.regular, fonts.bold
        self._styles = {
            "body": style("body", regular, 10.5, 15, spaceAfter=7),
            "lead": style("lead", bold, 12.5, 18, spaceAfter=9),
            "label": style("label", bold, 9.5, 14, textColor=MUTED, spaceBefore=1, spaceAfter=1, keepWithNext=1),
            "aside": style("aside", regular, 9.5, 13.5, textColor=MUTED, spaceAfter=7),
            "item": style("item", regular, 10.5, 15, spaceAfter=3),
            "title": style("title", bold, 16, 21, spaceBefore=16, spaceAfter=12, textColor=ACCENT),
            "heading": style("heading", bold, 14, 18, spaceBefore=16, spaceAfter=7, keepWithNext=1, textColor=ACCENT),
            "criterion": style("criterion", bold, 11, 15, spaceBefore=8, spaceAfter=2, keepWithNext=1),
            "letterhead": style("letterhead", bold, 13, 17, textColor=ACCENT),
            "contact": style("contact", regular, 8.5, 12, textColor=MUTED),
            "address": style("address", regular, 10.5, 14.5),
            "fact_label": style("fact_label", regular, 8.5, 11, textColor=MUTED, keepWithNext=int(large)),
            "fact": style("fact", regular, 9.5, 13, spaceAfter=4),
            "cell": style("cell", regular, 9.5, 13),
            "cell_strong": style("cell_strong", bold, 9.5, 13),
            "number": style("number", regular, 9.5, 13, alignment=TA_RIGHT),
            "number_strong": style("number_strong", bold, 9.5, 13, alignment=TA_RIGHT),
            "head": style("head", regular, 8.5, 11, textColor=MUTED),
            "head_number": style("head_number", regular, 8.5, 11, textColor=MUTED, alignment=TA_RIGHT),
        }

    def scaled(self, points: float) -> float:
        """A size of text in points as it is in this document."""
        return max(_LARGE, points * _LARGER) if self.large else points

    def markup(self, text: str, face: Face, size: float) -> str:
        """`text` for a reportlab paragraph: escaped, in fonts that have its characters, line breaks kept.

        Names in other scripts say how they are heard, and the authority's own addresses can be followed.
        """
        if self._addresses is None:
            return self._spoken(text, face, size)
        made, at = [], 0
        for found in self._addresses.finditer(text):
            made.append(self._spoken(text[at : found.start()], face, size))
            made.append(linked(found[0], self._spoken(found[0], face, size)))
            at = found.end()
        return "".join((*made, self._spoken(text[at:], face, size)))

    def _spoken(self, text: str, face: Face, size: float) -> str:
        made = []
        for piece, runs in in_fonts(text, face):
            shown = in_runs(runs, size)
            if piece.language:
                shown = inner(shown, language=piece.language, heard=piece.heard)
            made.append(shown)
        return "".join(made)

    def line(
        self, text: str, style: str, *, tag: str = "P", element: Element | None = None, once: bool = False
    ) -> TaggedParagraph:
        """One block of text in a named style: a new element of its own kind, or part of one that there is."""
        whose = element if element is not None else self.structure.add(tag)
        return self._block(TaggedParagraph, text, style).belongs(whose, once=once)

    def _block(self, kind: type[_Words], text: str, style: str) -> _Words:
        look, face = self._styles[style]
        text = text.strip()
        if is_plain(text, face) and not (self._addresses is not None and self._addresses.search(text)):
            return kind.plain(text, look)
        return kind(self.markup(text, face, look.fontSize), look)

    def paragraph(self, paragraph: Paragraph) -> list[Flowable]:
        """A paragraph of the letter; an empty line in it begins a new one."""
        made: list[Flowable] = []
        for part in printable_parts(paragraph.text):
            element = self.structure.add("P", language=paragraph.language)
            line = self.line(part, paragraph.tone.value, element=element)
            if runs_right_to_left(part):
                line.style = ParagraphStyle("turned", line.style, alignment=TA_RIGHT)
            made.append(line)
        return made

    def heading(self, text: str, level: int) -> list[Flowable]:
        """A heading with its bookmark: 0 the document's title, 1 a section, 2 a criterion."""
        self._bookmarks += 1
        room = (0, 130, 80)[level]
        made = self._block(Heading, text, ("title", "heading", "criterion")[level])
        made.belongs(self.structure.add(f"H{level + 1}"))
        made.bookmarked(f"h{self._bookmarks}", " ".join(text.split()), level)
        return [CondPageBreak(room), made] if room else [made]

    def items(self, items: Items) -> list[Flowable]:
        """A list."""
        numbering = "Decimal" if items.numbered else "Disc"
        made: list[Flowable] = []
        with self.structure.within(self.structure.add("L", numbering=numbering)):
            for number, text in enumerate(items.items, 1):
                with self.structure.within(self.structure.add("LI")):
                    label = self.line(f"{number}." if items.numbered else "•", "item", tag="Lbl")
                    body = self.line(text, "item", tag="LBody")
                block = TaggedTable([[label, body]], colWidths=[self.scaled(20), self.width - self.scaled(20)])
                block.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *self._plain()])
                block.splitInRow = 1
                made.append(block)
        return [*made, Spacer(0, 4)]

    def letterhead(
        self, authority: str, addressee: tuple[str, ...], facts: Facts, head_of: Letterhead | None = None
    ) -> list[Flowable]:
        """The head of the first page: the authority, the address block, and what the letter is about."""
        head = [*self._authority(authority, head_of or Letterhead()), Spacer(0, 5), Rule(), Spacer(0, 14)]
        if not addressee:
            return [*head, *self.facts(facts, beside=True)]
        left: list[Flowable] = [self.line(text, "address") for text in addressee]
        right = self.facts(facts)
        if self.large or sum(len(text) for text in addressee) + sum(len(value) for _, value in facts.rows) > 900:
            return [*head, *left, Spacer(0, 10), *right]
        block = TaggedTable([[left, right]], colWidths=[self.width * 0.56, self.width * 0.44])
        block.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), *self._plain()])
        return [*head, block]

    def _authority(self, name: str, head: Letterhead) -> list[Flowable]:
        """The authority's name, where it is and how it is reached; its logo at the right."""
        self.footer = head.footer
        first, *more = head.names(name)
        words: list[Flowable] = [self.line(first, "letterhead"), *(self.line(text, "address") for text in more)]
        words += [self.line(text, "contact") for text in (", ".join(head.address), " · ".join(head.contact)) if text]
        if head.logo is None:
            return words
        wide, high = self._logo_size(head.logo)
        element = self.structure.add("Figure", alternative=head.logo.alternative)
        image = ImageReader(BytesIO(head.logo.data))

        def paint(canvas: TaggedCanvas) -> None:
            canvas.drawImage(image, 0, 0, wide, high, mask="auto")

        logo = Figure(element, wide, high, paint)
        block = TaggedTable([[words, logo]], colWidths=[self.width - wide - 12, wide + 12])
        block.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("ALIGN", (1, 0), (1, 0), "RIGHT"), *self._plain()])
        return [block]

    def _logo_size(self, logo: Logo) -> tuple[float, float]:
        share = min(45 * mm / logo.width, 18 * mm / logo.height)
        return logo.width * share, logo.height * share

    def _plain(self) -> list[Any]:
        """No padding; and our font, since a table names Helvetica on its page even where it prints nothing in it."""
        sides = [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
        return [*sides, ("FONT", (0, 0), (-1, -1), self.fonts.regular.name)]

    def facts(self, facts: Facts, *, beside: bool = False) -> list[Flowable]:
        """Facts, each under its label; or `beside` it, where there is room for that."""
        beside = beside and not self.large
        label_look, value_look = ("aside", "cell") if beside else ("fact_label", "fact")
        words: list[tuple[TaggedParagraph, TaggedParagraph]] = []
        with self.structure.within(self.structure.add("L", numbering="None")):
            for label, value in facts.rows:
                with self.structure.within(self.structure.add("LI")):
                    words.append((self.line(label, label_look, tag="Lbl"), self.line(value, value_look, tag="LBody")))
        if not beside:
            return [line for pair in words for line in pair]
        first = min(self.width / 3, 14 + max((self.text_width(label, 9.5) for label, _ in facts.rows), default=0))
        made = []
        for pair in words:
            block = TaggedTable([pair], colWidths=[first, self.width - first])
            block.setStyle(
                [("VALIGN", (0, 0), (-1, -1), "TOP"), *self._plain(), ("BOTTOMPADDING", (0, 0), (-1, -1), 3)]
            )
            block.splitInRow = 1
            made.append(block)
        return [*made, Spacer(0, 6)]

    def table(self, table: Table) -> list[Flowable]:
        """A table whose head is repeated on every page, and heard once; in large print a list for each row."""
        if self.large:
            return [made for row in table.rows for made in self._as_list(table, row)]
        cells = self._cells(table)
        whole = sum(column.share for column in table.columns)
        long = any(len(cell) > _LONG_CELL for row in table.rows for cell in row.cells)
        made = TaggedTable(
            cells,
            colWidths=[self.width * column.share / whole for column in table.columns],
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
            ("TOPPADDING", (0, 0), (-1, -1), 1 if table.dense else 4),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5 if table.dense else 4),
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
        tall = any(len(cell) > _TALL_CELL for row in table.rows for cell in row.cells)
        small = len(table.rows) <= _SMALL_ROWS and size <= _LONG_CELL and not tall
        if small:
            made.together = 1 + min(_LEAST_ROWS, len(table.rows))
            look.append(("NOSPLIT", (0, 0), (-1, made.together - 1)))
        if len(table.rows) > _LEAST_ROWS:
            look.append(("NOSPLIT", (0, max(1, tail)), (-1, -1)))  # results stand with the last scores that made them
        made.setStyle(look)
        return [self.together([made], third=True)] if small else [made]

    def _as_list(self, table: Table, row: Row) -> list[Flowable]:
        told = tuple(
            (column.title, cell) for column, cell in zip(table.columns, row.cells, strict=True) if cell.strip()
        )
        if not told:
            return []
        return [self.line(f"{told[0][0]}: {told[0][1]}", "label"), *self.facts(Facts(told[1:]))]

    def _cells(self, table: Table) -> list[list[TaggedParagraph]]:
        """The cells, each with its place in the structure: which headers it stands under."""
        number = self.structure.next_table()
        add, within = self.structure.add, self.structure.within
        with within(add("Table", summary=" ".join(printable(table.title).split()))):
            with within(add("THead")), within(add("TR")):
                heads = [add("TH", scope="Column", identity=f"t{number}c{at}") for at in range(len(table.columns))]
            head = [
                self.line(column.title, "head_number" if column.numeric else "head", element=element, once=True)
                for column, element in zip(table.columns, heads, strict=True)
            ]
            body = []
            with within(add("TBody")):
                for at, row in enumerate(table.rows):
                    with within(add("TR")):
                        body.append(self._row(table, row, f"t{number}r{at}", f"t{number}c"))
        return [head, *body]

    def _row(self, table: Table, row: Row, name: str, column: str) -> list[TaggedParagraph]:
        named = table.named_rows and bool(row.cells[0].strip())
        made = []
        for at, held in enumerate(table.columns):
            if at == 0 and named:
                element = self.structure.add("TH", scope="Row", identity=name, headers=(f"{column}0",))
            else:
                headers = (name, f"{column}{at}") if named else (f"{column}{at}",)
                element = self.structure.add("TD", headers=headers)
            made.append(self._cell(row, at, held, element))
        return made

    def _cell(self, row: Row, index: int, column: Column, element: Element) -> TaggedParagraph:
        strong = row.kind is RowKind.TOTAL or (row.kind is RowKind.SECTION and index in (0, len(row.cells) - 1))
        style = ("number" if column.numeric else "cell") + ("_strong" if strong else "")
        return self.line(row.cells[index], style, element=element)

    def explanation(self, explanation: Explanation) -> list[Flowable]:
        """A criterion explained: its name, its score with the mark on the scale, and the reasons."""
        made: list[Flowable] = self.heading(explanation.title, 2)
        if explanation.facts and self.large:
            made.append(self.line(explanation.facts, "aside"))
        elif explanation.facts:
            made.append(ScoreLine(self.line(explanation.facts, "aside"), explanation.mark))
        for paragraph in explanation.paragraphs:
            made += self.paragraph(paragraph)
        return made if self.large else [self.together(made, third=True)]

    def led(self, lead: list[Flowable], made: list[Flowable]) -> list[Flowable]:
        """A heading and the words under it, with the table or the explanation that they lead to."""
        if (
            len(made) == 1
        ):  # a long table, too, begins below its heading rather than leave more than a third of a page empty
            return [self.together([*lead, *made], third=True)]
        return [*lead, *made]

    def together(self, flowables: list[Flowable], *, third: bool = False) -> Flowable:
        """Flowables that stay on one page where one can hold them. `third`: unless a third of the page before it stayed empty."""
        flat = laid_flat(flowables)
        return Kept(flat, (self.sheet.high - self.sheet.top - self.sheet.foot) / 3) if third else KeepTogether(flat)

    def apart(self, flowables: list[Flowable]) -> Flowable:
        """Flowables that stand apart from what is before them: below a line, or on a page of their own."""
        return Apart(flowables)

    def draw(self, canvas: Canvas, x: float, y: float, text: str, size: float, colour: Color, widest: float) -> float:
        """Draw one line straight onto the page (the footer), shortened to `widest` points. Returns where it ends."""
        clean = " ".join(printable(text).split()) + (" " if text.endswith(" ") else "")
        while clean and self.text_width(clean, size) > widest:
            clean = clean[:-2].rstrip() + "…"
        canvas.setFillColor(colour)
        for run in self._line_runs(clean):
            real = size * SECOND_SIZE if run.second else size
            canvas.setFont(run.font, real)
            canvas.drawString(x, y, run.text)
            x += pdfmetrics.stringWidth(run.text, run.font, real)
        return x

    def text_width(self, text: str, size: float) -> float:
        """How wide a line of printable text is, in points."""
        return sum(
            pdfmetrics.stringWidth(run.text, run.font, size * SECOND_SIZE if run.second else size)
            for run in self._line_runs(text)
        )

    def _line_runs(self, text: str) -> list[Run]:
        return [run for _, runs in in_fonts(text, self.fonts.regular) for run in runs]
