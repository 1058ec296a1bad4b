"""What is laid out becomes a file: A4 pages with their footer, its language and its dates. Letters and documents share it.

The same content gives the same bytes, whenever and wherever it is laid out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from evalpanel.errors import EvalPanelError

if TYPE_CHECKING:
    from pikepdf import Pdf
    from reportlab.platypus import Flowable

    from evalpanel.formats.letter_layout import Layout

_PRODUCER = "evalpanel"


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a file says of itself: its title, whose it is, its reference (also in the footer), its language."""

    title: str
    author: str
    reference: str
    language: str


def laid_out(layout: Layout, story: list[Flowable], about: Particulars, no_room: EvalPanelError) -> tuple[bytes, int]:
    """The pages of a story and how many they are. Raises `no_room` where a part of it fits no page."""
    # Slow to import, and needed only where something is printed.
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate
    from reportlab.platypus.doctemplate import LayoutError

    from evalpanel.formats import letter_layout as pages

    out = BytesIO()
    document = BaseDocTemplate(
        out,
        pagesize=(pages.PAGE_WIDTH, pages.PAGE_HEIGHT),
        title=about.title,
        author=about.author,
        subject=about.reference,
        creator=_PRODUCER,
        producer=_PRODUCER,
        lang=about.language,
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
        canvases.append(pages.LetterCanvas(*args, layout=layout, reference=about.reference, **options))
        return canvases[0]

    document.addPageTemplates(PageTemplate("pages", [frame]))
    try:
        document.build(story, canvasmaker=canvas_maker)
    except LayoutError as error:
        raise no_room from error
    return out.getvalue(), canvases[0].pages


def finished(
    data: bytes, about: Particulars, made_at: datetime, besides: Callable[[Pdf], None] = lambda _: None
) -> bytes:
    """The file with its language and its dates, and what is done to it `besides`."""
    import pikepdf  # slow to import: see laid_out

    stamp = made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")
    out = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        besides(pdf)
        pdf.Root.Lang = about.language
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.docinfo["/CreationDate"] = stamp
        pdf.docinfo["/ModDate"] = stamp
        pdf.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()
