"""A feedback letter on paper: A4, in open fonts that travel inside the file, with an empty place for its signature.

The same letter gives the same bytes, whenever and wherever it is laid out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evalpanel.domain.letter import Block, Explanation, Facts, FeedbackLetter, Paragraph, Section, Table, Tone
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import LetterFonts, shipped

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from evalpanel.formats.letter_layout import Layout, Place

SIGNATURE_FIELD = "Signature"
"""The name of the letter's one signature field, which is where `evalpanel.sealing.pdf_signature` signs."""

_PRODUCER = "evalpanel"


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
    from reportlab.platypus import BaseDocTemplate, Frame, PageBreak, PageTemplate
    from reportlab.platypus.doctemplate import LayoutError

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

    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=(pages.PAGE_WIDTH, pages.PAGE_HEIGHT),
        title=letter.title,
        author=letter.authority,
        subject=letter.reference,
        creator=_PRODUCER,
        producer=_PRODUCER,
        lang=letter.language,
        invariant=1,
        pageCompression=1,
    )
    frame = Frame(
        pages.SIDE, pages.FOOT, pages.WIDTH, pages.PAGE_HEIGHT - pages.TOP - pages.FOOT,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    canvases: list[pages.LetterCanvas] = []

    def canvas_maker(*args: object, **options: object) -> pages.LetterCanvas:
        options["initialFontName"] = layout.fonts.regular.name  # else every page names Helvetica, which is not embedded
        canvases.append(pages.LetterCanvas(*args, layout=layout, reference=letter.reference, **options))
        return canvases[0]

    document.addPageTemplates(PageTemplate("letter", [frame]))
    try:
        document.build(story, canvasmaker=canvas_maker)
    except LayoutError as error:
        raise EvalPanelError(
            f"The letter {letter.reference} cannot be laid out.",
            "A part of it does not fit a page. Nothing was written. Shorten the longest title or address in it.",
        ) from error
    if spot.place is None:
        raise AssertionError("the signature was never drawn")
    data = _finished(out.getvalue(), letter, spot.place, made_at)
    return RenderedLetter(data, canvases[0].pages, (spot.WIDTH, spot.HEIGHT))


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


def _finished(data: bytes, letter: FeedbackLetter, place: Place, made_at: datetime) -> bytes:
    """The file with its empty signature field, its language and its date."""
    import pikepdf  # slow to import: only letters need it here

    stamp = made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
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
        pdf.Root.Lang = letter.language
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.docinfo["/CreationDate"] = stamp
        pdf.docinfo["/ModDate"] = stamp
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


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
