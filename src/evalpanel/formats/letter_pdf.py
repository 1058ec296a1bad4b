"""A feedback letter on paper: A4, in open fonts that travel inside the file, with an empty place for its signature.

The same letter gives the same bytes, whenever and wherever it is laid out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evalpanel.domain.letter import Block, Explanation, Facts, FeedbackLetter, Paragraph, Section, Table, Tone
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import LetterFonts, shipped
from evalpanel.formats.paper import Particulars, finished, laid_out

if TYPE_CHECKING:
    from pikepdf import Pdf
    from reportlab.platypus import Flowable

    from evalpanel.formats.letter_layout import Layout, Place

SIGNATURE_FIELD = "Signature"
"""The name of the letter's one signature field, which is where `evalpanel.sealing.pdf_signature` signs."""


@dataclass(frozen=True, slots=True)
class RenderedLetter:
    """A letter as a PDF, not signed yet. `signature_size` is the room of its signature, width and height in points."""

    data: bytes
    pages: int
    signature_size: tuple[float, float]


def render(letter: FeedbackLetter, *, made_at: datetime, fonts: LetterFonts | None = None) -> RenderedLetter:
    """Lay out `letter`. `made_at` (UTC) is the time that the file says it was made; the clock is not asked.

    Raises `EvalPanelError` naming a character that no font of the letter can print.
    """
    # Slow to import, and needed only where letters are made.
    from reportlab.platypus import PageBreak

    from evalpanel.formats import letter_layout as pages

    layout = pages.Layout(fonts or shipped())
    spot = pages.SignatureSpot()
    story = _front(layout, letter)
    for part in letter.body[:-1]:
        story += section(layout, part)
    # The last section is short, and a signature alone on a page would be nobody's.
    last = section(layout, letter.body[-1]) if letter.body else []
    story.append(layout.together([*last, *_signature_block(layout, letter), spot, *_signatory(layout, letter)]))
    if letter.annex:
        story.append(PageBreak())
        for part in letter.annex:
            story += section(layout, part)

    about = Particulars(letter.title, letter.authority, letter.reference, letter.language)
    no_room = EvalPanelError(
        f"The letter {letter.reference} cannot be laid out.",
        "A part of it does not fit a page. Nothing was written. Shorten the longest title or address in it.",
    )
    plain, count = laid_out(layout, story, about, no_room)
    if spot.place is None:
        raise AssertionError("the signature was never drawn")
    place = spot.place
    data = finished(plain, about, made_at, lambda pdf: _add_signature_field(pdf, letter, place))
    return RenderedLetter(data, count, (spot.WIDTH, spot.HEIGHT))


def _front(layout: Layout, letter: FeedbackLetter) -> list[Flowable]:
    story = layout.letterhead(letter.authority, letter.addressee, letter.facts)
    story += layout.heading(letter.title, 0)
    story.append(layout.line(letter.salutation, "body"))
    for block in letter.opening:
        story += _block(layout, block)
    return story


def section(layout: Layout, part: Section) -> list[Flowable]:
    """A part of a letter, or of another document in its style, under its heading."""
    story = layout.heading(part.heading, 1)
    for block in part.blocks:
        story += _block(layout, block)
    return story


def _block(layout: Layout, block: Block) -> list[Flowable]:
    match block:
        case Paragraph():
            return layout.paragraph(block)
        case Facts():
            return layout.facts(block)
        case Table():
            return layout.table(block)
        case Explanation():
            return layout.explanation(block)


def _signature_block(layout: Layout, letter: FeedbackLetter) -> list[Flowable]:
    from reportlab.platypus import Spacer  # slow to import: see render

    return [Spacer(0, 4), layout.line(letter.closing, "body")]


def _signatory(layout: Layout, letter: FeedbackLetter) -> list[Flowable]:
    who = ", ".join(part for part in (letter.signatory.name, letter.signatory.role) if part.strip())
    return [layout.line(who, "body"), *layout.paragraph(Paragraph(letter.check, Tone.ASIDE))]


def _add_signature_field(pdf: Pdf, letter: FeedbackLetter, place: Place) -> None:
    """The empty field that the signature goes into, where its outline was drawn."""
    import pikepdf  # slow to import: only letters need it here

    page = pdf.pages[place.page - 1]
    field = pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Sig,
            T=SIGNATURE_FIELD,
            TU=f"Signature of {letter.signatory.name}",
            Rect=pikepdf.Array(list(place.box)),
            F=132,  # printed, and its place locked
            P=page.obj,
        )
    )
    page.obj.Annots = pdf.make_indirect(pikepdf.Array([*page.obj.get("/Annots", []), field]))
    pdf.Root.AcroForm = pdf.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array([field]), SigFlags=0))


def signature_appearance(
    lines: tuple[str, ...], size: tuple[float, float], *, fonts: LetterFonts | None = None
) -> bytes:
    """What is seen of a signature: a one-page PDF of `size` points; the first line is the strongest."""
    from reportlab.pdfgen.canvas import Canvas  # slow to import: see render

    from evalpanel.formats import letter_layout as pages

    layout = pages.Layout(fonts or shipped())
    out = BytesIO()
    width, height = size
    face: Any = layout.fonts.regular.name  # the stubs take the name of a font for a number
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1, initialFontName=face)
    canvas.setFillColor(pages.TINT)
    canvas.setStrokeColor(pages.ACCENT)
    canvas.setLineWidth(0.8)
    canvas.roundRect(0.5, 0.5, width - 1, height - 1, 5, stroke=1, fill=1)
    y = height - 17
    for number, line in enumerate(lines):
        colour, points = (pages.TEXT, 11.0) if number == 0 else (pages.MUTED, 8.5)
        layout.draw(canvas, 10, y, line, points, colour, width - 20)
        y -= 14 if number == 0 else 12
    canvas.showPage()
    canvas.save()
    return out.getvalue()
