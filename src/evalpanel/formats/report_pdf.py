"""Reports on paper, in the style of the letters. The same report gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from evalpanel.domain.evaluation_report import EvaluationReport
from evalpanel.domain.report_back import ReportBack
from evalpanel.errors import EvalPanelError
from evalpanel.formats.fonts import LetterFonts, shipped
from evalpanel.formats.paper import Paper, Particulars, on_paper
from evalpanel.progress import NO_PROGRESS, Progress

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from evalpanel.formats.archival import Attachment
    from evalpanel.formats.letter_layout import Layout

_NO_ROOM = EvalPanelError(
    "The report cannot be laid out.",
    "A part of it does not fit a page. Nothing was written. Shorten the longest text in it.",
)


def render(
    made: EvaluationReport,
    *,
    made_at: datetime,
    attachments: Sequence[Attachment] = (),
    fonts: LetterFonts | None = None,
    progress: Progress = NO_PROGRESS,
) -> Paper:
    """Lay the evaluation report out, with room for a signature. `made_at` (UTC) is the time that the file says it was made.

    `attachments` are files inside the file.

    Raises `EvalPanelError` naming a character that no font can print.
    """
    # Slow to import, and needed only where documents are made.
    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.letter_pdf import section
    from evalpanel.formats.sheets import SignatureSpot

    layout = pages.Layout(fonts or shipped())
    story = _front(layout, made)
    for place, part in enumerate(made.sections[:-1]):
        progress.step(place, len(made.sections), part.heading)
        story += section(layout, part)
    who = ", ".join(part for part in (made.signatory.name, made.signatory.role) if part.strip())
    spot = SignatureSpot(layout.structure.add("Form"), f"Digital signature of {who}")
    # A signature alone on a page would be nobody's.
    story.append(layout.together([*section(layout, made.sections[-1]), spot, layout.line(who, "body")]))
    return on_paper(
        layout, story, _about(made), made_at, _NO_ROOM, spot=spot, attachments=attachments, progress=progress
    )


def render_report_back(made: ReportBack, *, made_at: datetime, fonts: LetterFonts | None = None) -> Paper:
    """Lay the report-back sheet out, as above; it carries no signature."""
    # Slow to import: see render.
    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.letter_pdf import section

    layout = pages.Layout(fonts or shipped())
    story = _front(layout, made)
    for part in made.sections:
        story += section(layout, part)
    return on_paper(layout, story, _about(made), made_at, _NO_ROOM)


def _front(layout: Layout, made: EvaluationReport | ReportBack) -> list[Flowable]:
    return [*layout.letterhead(made.authority, (), made.facts), *layout.heading(made.title, 0)]


def _about(made: EvaluationReport | ReportBack) -> Particulars:
    return Particulars(f"{made.title}, {made.reference}", made.authority, made.reference, made.language)
