"""A feedback letter on paper: A4, in open fonts that travel inside the file, with an empty place for its signature.

The same letter gives the same bytes, whenever and wherever it is laid out.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from evalpanel.domain.letter import (
    Bars,
    Block,
    Explanation,
    Facts,
    FeedbackLetter,
    Items,
    Paragraph,
    ScaleDots,
    Section,
    Table,
    Tone,
)
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import LetterFonts, shipped
from evalpanel.formats.paper import Paper, Particulars, on_paper

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from evalpanel.formats.letter_layout import Layout


def render(letter: FeedbackLetter, *, made_at: datetime, fonts: LetterFonts | None = None) -> Paper:
    """Lay out `letter`. `made_at` (UTC) is the time that the file says it was made; the clock is not asked.

    Raises `EvalPanelError` naming a character that no font of the letter can print.
    """
    # Slow to import, and needed only where letters are made.
    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.flowables import last_words
    from evalpanel.formats.sheets import SignatureSpot

    layout = pages.Layout(fonts or shipped(), addresses=_own_addresses(letter))
    story = _front(layout, letter)
    for part in letter.body:
        story += section(layout, part)
    # The last section is short, and a signature alone on a page would be nobody's: the last words before it come along.
    last = [*last_words(story), *_signature_block(layout, letter)]
    who = ", ".join(part for part in (letter.signatory.name, letter.signatory.role) if part.strip())
    spot = SignatureSpot(layout.structure.add("Form"), f"Digital signature of {who}")
    story.append(layout.together([*last, spot, *_signatory(layout, letter)]))
    if letter.annex:
        # It stands apart: under a line of its own where all of it fits below the signature, else on a page of its own.
        parts = [flowable for part in letter.annex for flowable in section(layout, part)]
        story.append(layout.apart(parts))

    about = Particulars(letter.title, letter.authority, letter.reference, letter.language)
    return on_paper(layout, story, about, made_at, _no_room(letter), spot=spot)


def large_print(letter: FeedbackLetter, note: str, *, made_at: datetime, fonts: LetterFonts | None = None) -> Paper:
    """A copy of `letter` in large print (18 points and more), unsigned. `note` says at its head what it is a copy of.

    Tables become lists. Raises as `render` does.
    """
    from evalpanel.formats import letter_layout as pages  # slow to import: see render

    layout = pages.Layout(fonts or shipped(), addresses=_own_addresses(letter), large=True)
    story = [layout.line(note, "aside"), *_front(layout, letter)]
    for part in letter.body:
        story += section(layout, part)
    story += [*_signature_block(layout, letter), *_signatory(layout, letter)]
    for part in letter.annex:
        story += section(layout, part)
    if layout.footer:
        story.append(layout.line(layout.footer, "aside"))
        layout.footer = ""  # on each page it would take the room of two lines
    about = Particulars(f"{letter.title} (large print)", letter.authority, letter.reference, letter.language)
    return on_paper(layout, story, about, made_at, _no_room(letter))


def _no_room(letter: FeedbackLetter) -> EvalPanelError:
    return EvalPanelError(
        f"The letter {letter.reference} cannot be laid out.",
        "A part of it does not fit a page. Nothing was written. Shorten the longest title or address in it.",
    )


def _own_addresses(letter: FeedbackLetter) -> tuple[str, ...]:
    """The authority's e-mail and web addresses: those of whoever signs, and of its letterhead."""
    contact = tuple(one for one in letter.letterhead.contact if "@" in one or "://" in one)
    return (letter.signatory.email, *contact)


def _front(layout: Layout, letter: FeedbackLetter) -> list[Flowable]:
    story = layout.letterhead(letter.authority, letter.addressee, letter.facts, letter.letterhead)
    story += layout.heading(letter.title, 0)
    story.append(layout.line(letter.salutation, "body"))
    for block in letter.opening:
        story += _block(layout, block)
    return story


def section(layout: Layout, part: Section) -> list[Flowable]:
    """A part of a letter, or of another document in its style, under its heading."""
    story, lead = [], layout.heading(part.heading, 1)
    for block in part.blocks:
        if isinstance(block, Paragraph | Bars):  # a chart stands with the table of what it shows
            lead += _block(layout, block)
        else:
            story += layout.led(lead, _block(layout, block))
            lead = []
    return [*story, *lead]


def _block(layout: Layout, block: Block) -> list[Flowable]:
    from evalpanel.formats import charts  # slow to import: see render

    match block:
        case Paragraph():
            return layout.paragraph(block)
        case Facts():
            return [layout.together(layout.facts(block, beside=True), third=True)]
        case Items():
            return layout.items(block)
        case Table():
            return layout.table(block)
        case Bars():
            return charts.bars(layout, block)
        case ScaleDots():
            return charts.scale_dots(layout, block)
        case Explanation():
            return layout.explanation(block)


def _signature_block(layout: Layout, letter: FeedbackLetter) -> list[Flowable]:
    from reportlab.platypus import Spacer  # slow to import: see render

    return [Spacer(0, 4), layout.line(letter.closing, "body")]


def _signatory(layout: Layout, letter: FeedbackLetter) -> list[Flowable]:
    who = ", ".join(part for part in (letter.signatory.name, letter.signatory.role) if part.strip())
    return [layout.line(who, "body"), *layout.paragraph(Paragraph(letter.check, Tone.ASIDE))]


def signature_appearance(
    lines: tuple[str, ...], size: tuple[float, float], *, fonts: LetterFonts | None = None
) -> bytes:
    """What is seen of a signature: a one-page PDF of `size` points; the first line is the strongest."""
    from reportlab.pdfgen.canvas import Canvas  # slow to import: see render

    from evalpanel.formats import flowables as look
    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.archival import mended

    layout = pages.Layout(fonts or shipped())
    out = BytesIO()
    width, height = size
    face: Any = layout.fonts.regular.name  # the stubs take the name of a font for a number
    canvas = Canvas(out, pagesize=size, invariant=1, pageCompression=1, initialFontName=face)
    canvas.setFillColor(look.TINT)
    canvas.setStrokeColor(look.ACCENT)
    canvas.setLineWidth(0.8)
    canvas.roundRect(0.5, 0.5, width - 1, height - 1, 5, stroke=1, fill=1)
    y = height - 17
    for number, line in enumerate(lines):
        colour, points = (look.TEXT, 11.0) if number == 0 else (look.MUTED, 8.5)
        layout.draw(canvas, 10, y, line, points, colour, width - 20)
        y -= 14 if number == 0 else 12
    canvas.showPage()
    canvas.save()
    return mended(out.getvalue())
