"""What is laid out becomes a file: A4 pages with their footer, accessible and archival. All PDFs of ours share it.

The same content gives the same bytes, whenever and wherever it is laid out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from evalpanel.errors import EvalPanelError
from evalpanel.progress import NO_PROGRESS, Progress

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from evalpanel.formats.archival import Attachment
    from evalpanel.formats.form_fields import Form
    from evalpanel.formats.letter_layout import Layout
    from evalpanel.formats.sheets import SignatureSpot

SIGNATURE_SIZE = (260.0, 74.0)
"""The room of a visible signature: width and height in points."""

SIGNATURE_FIELD = "Signature"
"""The name of a document's one signature field, which is where `evalpanel.sealing.pdf_signature` signs."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a file says of itself: its title, whose it is, its reference (also in the footer), its language."""

    title: str
    author: str
    reference: str
    language: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as a PDF, not signed yet."""

    data: bytes
    pages: int


def on_paper(
    layout: Layout,
    story: list[Flowable],
    about: Particulars,
    made_at: datetime,
    no_room: EvalPanelError,
    *,
    spot: SignatureSpot | None = None,
    attachments: Sequence[Attachment] = (),
    form: Form | None = None,
    progress: Progress = NO_PROGRESS,
) -> Paper:
    """A story as a file: PDF/UA-1 and PDF/A-2a, or 3a with attachments.

    `made_at` (UTC) is the time that the file says it was made; the clock is not asked. `spot` is where the story has
    room for a signature. Raises `no_room` where a part of the story fits no page.
    """
    from evalpanel.formats.archival import SignatureField, archived  # slow to import: only where something is printed

    plain, count = _laid_out(layout, story, about, no_room, progress)
    signature = None
    if spot is not None:
        if spot.place is None:
            raise AssertionError("the signature was never drawn")
        signature = SignatureField(SIGNATURE_FIELD, spot.words, spot.place.page, spot.place.box)
    data = archived(plain, layout.structure, about, made_at, signature=signature, attachments=attachments, form=form)
    return Paper(data, count)


def _laid_out(
    layout: Layout, story: list[Flowable], about: Particulars, no_room: EvalPanelError, progress: Progress
) -> tuple[bytes, int]:
    # Slow to import, and needed only where something is printed.
    from reportlab.platypus import BaseDocTemplate, PageTemplate
    from reportlab.platypus.doctemplate import LayoutError

    from evalpanel.formats.flowables import Column
    from evalpanel.formats.sheets import LetterCanvas

    out, sheet = BytesIO(), layout.sheet
    document = BaseDocTemplate(
        out, pagesize=(sheet.across, sheet.high), lang=about.language, invariant=1, pageCompression=1
    )
    frame = Column(
        sheet.side, sheet.foot, sheet.width, sheet.high - sheet.top - sheet.foot,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    canvases: list[LetterCanvas] = []
    footer = layout.structure.add("P")

    def canvas_maker(*args: object, **options: object) -> LetterCanvas:
        options["initialFontName"] = layout.fonts.regular.name  # else every page names Helvetica, which is not embedded
        canvases.append(LetterCanvas(*args, layout=layout, reference=about.reference, footer=footer, **options))
        return canvases[0]

    document.addPageTemplates(PageTemplate("pages", [frame]))
    whole = len(story)  # it is eaten up while pages are made of it

    def told(what: str, place: int) -> None:
        if what == "PROGRESS":
            progress.step(min(place, whole), whole, f"page {document.page}")

    document.setProgressCallBack(told)
    try:
        document.build(story, canvasmaker=canvas_maker)
    except LayoutError as error:
        raise no_room from error
    return out.getvalue(), canvases[0].pages
