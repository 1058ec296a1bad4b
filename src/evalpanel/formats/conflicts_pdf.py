"""The conflicts assessment on paper, in the style of the letters. The same assessment gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from evalpanel.domain.conflicts import ConflictsAssessment
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import LetterFonts, shipped

_PRODUCER = "evalpanel"


@dataclass(frozen=True, slots=True)
class RenderedDocument:
    """A document as a PDF."""

    data: bytes
    pages: int


def render(made: ConflictsAssessment, *, made_at: datetime, fonts: LetterFonts | None = None) -> RenderedDocument:
    """Lay it out. `made_at` (UTC) is the time that the file says it was made; the clock is not asked.

    Raises `EvalPanelError` naming a character that no font can print.
    """
    # Slow to import, and needed only where documents are made.
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate
    from reportlab.platypus.doctemplate import LayoutError

    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.letter_pdf import section

    layout = pages.Layout(fonts or shipped())
    story = layout.letterhead(made.authority, (), made.facts)
    story += layout.heading(made.title, 0)
    for part in made.sections:
        story += section(layout, part)
    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=(pages.PAGE_WIDTH, pages.PAGE_HEIGHT),
        title=f"{made.title}, {made.reference}",
        author=made.authority,
        subject=made.reference,
        creator=_PRODUCER,
        producer=_PRODUCER,
        lang=made.language,
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
        canvases.append(pages.LetterCanvas(*args, layout=layout, reference=made.reference, **options))
        return canvases[0]

    document.addPageTemplates(PageTemplate("document", [frame]))
    try:
        document.build(story, canvasmaker=canvas_maker)
    except LayoutError as error:
        raise EvalPanelError(
            "The conflicts assessment cannot be laid out.",
            "A part of it does not fit a page. Nothing was written. Shorten the longest text in it.",
        ) from error
    return RenderedDocument(_dated(out.getvalue(), made, made_at), canvases[0].pages)


def _dated(data: bytes, made: ConflictsAssessment, made_at: datetime) -> bytes:
    import pikepdf  # slow to import: see render

    stamp = made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        pdf.Root.Lang = made.language
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.docinfo["/CreationDate"] = stamp
        pdf.docinfo["/ModDate"] = stamp
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
