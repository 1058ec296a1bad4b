"""Draws the documents of the sample tender: response forms of bidders and the tender's own guides, as PDF or DOCX."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from books import settled
from docx import Document
from docx.enum.section import WD_SECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    Flowable,
    KeepTogether,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
    TableStyle,
)
from sources import Block, Row

FONTS = Path(__file__).resolve().parents[2] / "resources" / "fonts"
FACE, BOLD, SLANTED = (f"AtkinsonHyperlegible-{cut}" for cut in ("Regular", "Bold", "Italic"))
# Every bidder has a colour of its own, so that a visitor sees at a glance whose paper is open.
COLOURS = {"B01": "1F4E5F", "B02": "6B2D5C", "B03": "B0413E", "B04": "23395B", "B05": "2F5D3A", "B06": "7A4B12"}
HOUSE = "1F4E5F"
SIZE = 11.8  # points of running text: large, as the young people who read the bids asked
DOCX_SIZES = {"Normal": 11, "Title": 22, "Heading 1": 15, "Heading 2": 12.5, "List Bullet": 11}
WHEN = datetime(2026, 9, 14, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Answer:
    """One criterion of the response form, as published, and what the bidder wrote under it."""

    criterion: Row
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One file of a bid: a section of the response form. Every answer begins a page, so that pages can be cited."""

    bidder: Row
    tender: Row
    title: str
    answers: tuple[Answer, ...]


@lru_cache(maxsize=1)
def _fonts() -> None:
    for name in (FACE, BOLD, SLANTED):
        pdfmetrics.registerFont(TTFont(name, FONTS / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(FACE, normal=FACE, bold=BOLD, italic=SLANTED, boldItalic=BOLD)


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    settings: dict[str, Any] = {"fontName": FACE, "fontSize": size, "leading": size * 1.45}
    return ParagraphStyle(name, **(settings | more))


def _marked(text: str) -> str:
    """`**bold**` and `*slanted*` as reportlab wants them."""
    return re.sub(r"\*(.+?)\*", r"<i>\1</i>", re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text)))


def _flow(blocks: tuple[Block, ...], colour: str, width: float) -> list[Flowable]:
    body = _style("body", SIZE, spaceAfter=7.5)
    head = _style(
        "head", 13.5, fontName=BOLD, textColor=HexColor(f"#{colour}"), spaceBefore=9, spaceAfter=5, keepWithNext=1
    )
    item = _style("item", SIZE, leftIndent=18, bulletIndent=3, bulletFontName=FACE, bulletFontSize=SIZE, spaceAfter=3.5)
    flow: list[Flowable] = []
    number = 0
    for place, block in enumerate(blocks):
        number = number + 1 if block.kind == "number" else 0
        if block.kind == "heading":
            flow.append(Paragraph(_marked(block.text), head))
        elif block.kind in ("bullet", "number"):
            sign = "\u2022" if block.kind == "bullet" else f"{number}."
            flow.append(Paragraph(_marked(block.text), item, bulletText=sign))
            if place + 1 == len(blocks) or blocks[place + 1].kind != block.kind:
                flow.append(Spacer(1, 5))
        elif block.kind == "table":
            flow += [_table(block.rows, colour, width), Spacer(1, 10)]
        else:
            # A lead-in such as "What we will do" must not be left alone at the foot of a page.
            short = len(block.text) < 60
            flow.append(
                Paragraph(_marked(block.text), _style("lead", SIZE, spaceAfter=5, keepWithNext=1) if short else body)
            )
    # Space after the last piece could begin an empty page.
    return flow[:-1] if flow and isinstance(flow[-1], Spacer) else flow


def _table(rows: tuple[tuple[str, ...], ...], colour: str, width: float) -> Table:
    cell = _style("cell", 10.4, leading=13.6)
    top = _style("top", 10.4, leading=13.6, fontName=BOLD, textColor=white)
    longest = [max(max(len(row[place]) for row in rows), 14) ** 0.65 for place in range(len(rows[0]))]
    table = Table(
        [[Paragraph(_marked(text), top if place == 0 else cell) for text in row] for place, row in enumerate(rows)],
        colWidths=[width * share / sum(longest) for share in longest],
        repeatRows=1,
    )
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), HexColor(f"#{colour}")),
                ("LINEBELOW", (0, 1), (-1, -1), 0.5, HexColor("#B9C2C6")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("TOPPADDING", (0, 0), (-1, -1), 4),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
    )
    return table


def _pdf(path: Path, flow: list[Flowable], title: str, author: str, head: str, foot: str, colour: str) -> None:
    def furniture(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(f"#{colour}"))
        canvas.rect(0, A4[1] - 13 * mm, A4[0], 13 * mm, stroke=0, fill=1)
        canvas.setFillColor(white)
        canvas.setFont(BOLD, 10.5)
        canvas.drawString(22 * mm, A4[1] - 8.6 * mm, head)
        canvas.setFillColor(HexColor("#4A5459"))
        canvas.setFont(FACE, 8.8)
        canvas.drawString(22 * mm, 12 * mm, foot)
        canvas.drawRightString(A4[0] - 22 * mm, 12 * mm, f"Page {document.page}")
        canvas.restoreState()

    path.parent.mkdir(parents=True, exist_ok=True)
    document = SimpleDocTemplate(
        str(path),
        pagesize=A4,
        leftMargin=22 * mm,
        rightMargin=22 * mm,
        topMargin=23 * mm,
        bottomMargin=21 * mm,
        title=title,
        author=author,
        lang="en-GB",
        invariant=1,
    )
    document.build(flow, onFirstPage=furniture, onLaterPages=furniture)


def _question(answer: Answer, tender: Row, colour: str, width: float) -> Table:
    row = answer.criterion
    weight = (
        f"{row['weighting']} % of its section, {row['limit']}" if row.get("weighting") else "Condition of participation"
    )
    head = _style("qhead", 14, leading=18, fontName=BOLD, textColor=HexColor(f"#{colour}"))
    small = _style("qsmall", 9.2, leading=12.4, textColor=HexColor("#333D42"))
    cells = [
        [Paragraph(_marked(f"{row['criterion']}  {row['title']}"), head)],
        [Paragraph(_marked(f"{row['guidance']} ({weight})"), small)],
    ]
    box = Table(cells, colWidths=[width])
    box.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), HexColor("#EEF2F3")),
                ("LINEBEFORE", (0, 0), (0, -1), 3, HexColor(f"#{colour}")),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("BOTTOMPADDING", (0, 1), (-1, 1), 8),
                ("TOPPADDING", (0, 0), (-1, 0), 7),
            ]
        )
    )
    return box


def write_form(path: Path, form: Form) -> None:
    """One section of a bidder's response, in the format that the name of the file asks for."""
    if path.suffix == ".docx":
        _form_docx(path, form)
        return
    _fonts()
    colour, width = COLOURS[form.bidder["bidder"]], A4[0] - 44 * mm
    flow: list[Flowable] = []
    for place, answer in enumerate(form.answers):
        if place:
            flow.append(PageBreak())
        flow += [_question(answer, form.tender, colour, width), Spacer(1, 10), *_flow(answer.blocks, colour, width)]
    foot = f"{form.tender['reference']}   Response form, {form.title}"
    _pdf(path, flow, f"{form.bidder['name']}: {form.title}", form.bidder["name"], form.bidder["name"], foot, colour)


def write_guide(path: Path, title: str, tender: Row, blocks: tuple[Block, ...]) -> None:
    """A document of the tender itself."""
    if path.suffix == ".docx":
        document = _new_docx(title, tender["authority"], f"{tender['reference']}   {title}", HOUSE)
        document.add_heading(title, 0)
        _docx_flow(document, blocks, HOUSE)
        _save_docx(path, document)
        return
    _fonts()
    top = _style("title", 22, leading=27, fontName=BOLD, textColor=HexColor(f"#{HOUSE}"), spaceAfter=4)
    under = _style("under", 11, textColor=HexColor("#4A5459"), spaceAfter=14)
    lead: list[Flowable] = [
        Paragraph(_marked(title), top),
        Paragraph(_marked(f"{tender['reference']}, {tender['title']}"), under),
    ]
    flow = [KeepTogether(lead), *_flow(blocks, HOUSE, A4[0] - 44 * mm)]
    _pdf(
        path, flow, title, tender["authority"], "Peninsula joint procurement", f"{tender['reference']}   {title}", HOUSE
    )


def _new_docx(title: str, author: str, foot: str, colour: str) -> Any:
    # python-docx ships no complete types for the document object: Any, here and where it is handed on.
    document = Document()
    document.sections[0].start_type = WD_SECTION.NEW_PAGE
    for edge in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(document.sections[0], edge, Cm(2.2))
    document.sections[0].page_width, document.sections[0].page_height = Cm(21), Cm(29.7)
    for name, size in DOCX_SIZES.items():
        style = document.styles[name]
        style.font.name, style.font.size = "Arial", Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(kind), None)
        if name in ("Title", "Heading 1", "Heading 2"):
            style.font.color.rgb = RGBColor.from_string(colour)
            style.font.bold = True
    document.styles["Normal"].paragraph_format.space_after = Pt(7)
    document.styles["Normal"].paragraph_format.line_spacing = 1.2
    language = document.styles["Normal"].element.get_or_add_rPr()
    mark = OxmlElement("w:lang")
    mark.set(qn("w:val"), "en-GB")
    language.append(mark)
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = title, author, author, ""
    core.created = core.modified = WHEN.replace(tzinfo=None)
    document.sections[0].footer.paragraphs[0].text = foot
    return document


def _form_docx(path: Path, form: Form) -> None:
    colour = COLOURS[form.bidder["bidder"]]
    foot = f"{form.tender['reference']}   Response form, {form.title}   {form.bidder['name']}"
    document = _new_docx(f"{form.bidder['name']}: {form.title}", form.bidder["name"], foot, colour)
    document.sections[0].header.paragraphs[0].text = form.bidder["name"]
    for place, answer in enumerate(form.answers):
        row = answer.criterion
        heading = document.add_heading(f"{row['criterion']}  {row['title']}", 1)
        heading.paragraph_format.page_break_before = place > 0
        asked = document.add_paragraph().add_run(
            f"{row['guidance']} ({row['weighting']} % of its section, {row['limit']})"
        )
        asked.font.size = Pt(9)
        asked.font.color.rgb = RGBColor.from_string("4A5459")
        _docx_flow(document, answer.blocks, colour)
    _save_docx(path, document)


def _docx_flow(document: Any, blocks: tuple[Block, ...], colour: str) -> None:
    for place, block in enumerate(blocks):
        if block.kind == "heading":
            document.add_heading(block.text, 2)
        elif block.kind == "table":
            _docx_table(document, block.rows, colour)
        elif block.kind == "number":
            # Numbers are typed, since Word would go on counting from one list to the next.
            number = sum(1 for earlier in _run_before(blocks, place)) + 1
            paragraph = document.add_paragraph()
            paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Cm(0.8), Cm(-0.6)
            _docx_runs(paragraph, f"{number}.  {block.text}")
        else:
            _docx_runs(document.add_paragraph(style="List Bullet" if block.kind == "bullet" else None), block.text)


def _run_before(blocks: tuple[Block, ...], place: int) -> list[Block]:
    run: list[Block] = []
    while place and blocks[place - 1].kind == blocks[place].kind:
        place -= 1
        run.append(blocks[place])
    return run


def _docx_runs(paragraph: Any, text: str) -> None:
    for piece in re.split(r"(\*\*.+?\*\*|\*.+?\*)", text):
        if piece.startswith("**"):
            paragraph.add_run(piece[2:-2]).bold = True
        elif piece.startswith("*"):
            paragraph.add_run(piece[1:-1]).italic = True
        elif piece:
            paragraph.add_run(piece)


def _docx_table(document: Any, rows: tuple[tuple[str, ...], ...], colour: str) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            cell = table.cell(number, place)
            _docx_runs(cell.paragraphs[0], text)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            for run in cell.paragraphs[0].runs:
                run.font.size = Pt(9.5)
                if number == 0:
                    run.bold = True
                    run.font.color.rgb = RGBColor.from_string("FFFFFF")
            if number == 0:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:fill"), colour)
                cell._tc.get_or_add_tcPr().append(shade)
    document.add_paragraph()


def _save_docx(path: Path, document: Any) -> None:
    held = io.BytesIO()
    document.save(held)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(settled(held.getvalue()))
