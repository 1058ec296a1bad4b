"""A draft of a letter as a Word document, for a lawyer's comments: the same words in the same order, and nothing signed.

It has real headings, tables with a head that is repeated and read as one, a language and a title, so that it can be heard as well as seen.
It imports python-docx, which is slow: import it late.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from evalpanel.domain.letter import (
    Bars,
    Block,
    Explanation,
    Facts,
    FeedbackLetter,
    Items,
    Paragraph,
    RowKind,
    ScaleDots,
    Section,
    Table,
    Tone,
)

MARK = "Draft, not signed"
"""What stands at the head of each page."""
_PRODUCER = "evalpanel"
_FONT = "Arial"


def draft(letter: FeedbackLetter) -> bytes:
    """The draft of a letter as a Word document."""
    from docx import Document  # slow to import, and only drafts need it

    document: Any = Document()
    _particulars(document, letter)
    document.add_paragraph("\n".join(letter.letterhead.names(letter.authority)), style="Subtitle")
    for line in letter.addressee:
        _close(document.add_paragraph(line))
    document.add_paragraph()
    _facts(document, letter.facts)
    document.add_heading(letter.title, 1)
    document.add_paragraph(letter.salutation)
    for block in letter.opening:
        _block(document, block)
    for section in letter.body:
        _section(document, section)
    document.add_paragraph(letter.closing)
    who = ", ".join(part for part in (letter.signatory.name, letter.signatory.role) if part.strip())
    document.add_paragraph(f"{who} ({MARK.lower()})")
    document.add_paragraph(letter.check, style="Quote")
    for number, section in enumerate(letter.annex):
        if not number:
            document.add_page_break()
        _section(document, section)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _particulars(document: Any, letter: FeedbackLetter) -> None:
    from datetime import datetime

    from docx.oxml.ns import qn
    from docx.shared import Pt

    about = document.core_properties
    about.title = f"{MARK}: {letter.title}"
    about.subject, about.author, about.language = letter.reference, letter.authority, letter.language
    about.comments, about.last_modified_by = MARK, _PRODUCER
    about.created = about.modified = datetime(letter.made_on.year, letter.made_on.month, letter.made_on.day)  # noqa: DTZ001  # python-docx writes it as UTC and takes no zone
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(11)
    run = normal.element.get_or_add_rPr()
    run.rFonts.set(qn("w:eastAsia"), _FONT)
    language = run.makeelement(qn("w:lang"), {qn("w:val"): letter.language})
    run.append(language)
    page = document.sections[0]
    page.header.paragraphs[0].text = f"{MARK} · {letter.reference}"
    page.footer.paragraphs[0].text = f"{letter.reference} · {MARK}"


def _section(document: Any, section: Section) -> None:
    document.add_heading(section.heading, 2)
    for block in section.blocks:
        _block(document, block)


def _block(document: Any, block: Block) -> None:
    match block:
        case Paragraph():
            _paragraph(document, block)
        case Facts():
            _facts(document, block)
        case Table():
            _table(document, block)
        case Items():
            for item in block.items:
                document.add_paragraph(item, style="List Number" if block.numbered else "List Bullet")
        case Bars():
            _chart(document, block.title, [(bar.label, bar.words) for bar in block.bars])
        case ScaleDots():
            _chart(document, block.title, [(row.label, row.words) for row in block.rows])
        case Explanation():
            document.add_heading(block.title, 3)
            if block.facts:
                document.add_paragraph().add_run(block.facts).italic = True
            for paragraph in block.paragraphs:
                _paragraph(document, paragraph)


def _chart(document: Any, title: str, lines: list[tuple[str, str]]) -> None:
    """A chart in words: in a draft for comments the picture says no more than they do."""
    document.add_paragraph().add_run(title).bold = True
    _facts(document, Facts(tuple(lines)))


def _paragraph(document: Any, paragraph: Paragraph) -> None:
    for part in (one for one in paragraph.text.split("\n\n") if one.strip()):
        made = document.add_paragraph(style="Quote" if paragraph.tone is Tone.ASIDE else None)
        run = made.add_run(part)
        run.bold = paragraph.tone in (Tone.LEAD, Tone.LABEL) or None


def _facts(document: Any, facts: Facts) -> None:
    for label, value in facts.rows:
        made = document.add_paragraph()
        made.add_run(f"{label}: ").bold = True
        made.add_run(value)
        _close(made)


def _table(document: Any, table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn

    made = document.add_table(rows=1, cols=len(table.columns), style="Table Grid")
    properties = made._tbl.tblPr
    for name, text in (("w:tblCaption", table.title), ("w:tblDescription", table.title)):
        properties.append(properties.makeelement(qn(name), {qn("w:val"): text}))
    head = made.rows[0]
    for cell, column in zip(head.cells, table.columns, strict=True):
        cell.paragraphs[0].add_run(column.title).bold = True
    row_properties = head._tr.get_or_add_trPr()
    row_properties.append(row_properties.makeelement(qn("w:tblHeader"), {}))
    for row in table.rows:
        cells = made.add_row().cells
        for at, (cell, text) in enumerate(zip(cells, row.cells, strict=True)):
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text).bold = row.kind is not RowKind.PLAIN or None
            if table.columns[at].numeric:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _close(paragraph: Any) -> None:
    """No gap below: the lines of an address stand together."""
    from docx.shared import Pt

    paragraph.paragraph_format.space_after = Pt(0)
