"""The form about the process as a PDF that any reader fills in: accessible, archival, and the same for everybody who bid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from evalpanel.domain.letter import Facts, Paragraph, Tone
from evalpanel.domain.process_feedback import FeedbackForm, Question
from evalpanel.errors import EvalPanelError
from evalpanel.formats.filled_form import MARK
from evalpanel.formats.fonts import LetterFonts, shipped
from evalpanel.formats.paper import Particulars, on_paper

if TYPE_CHECKING:
    from reportlab.platypus import Flowable

    from evalpanel.formats.form_fields import Form
    from evalpanel.formats.letter_layout import Layout

_LINES = {"name": 2}
_USUAL_LINES = 5


@dataclass(frozen=True, slots=True)
class FormAbout:
    """What a form is about. `mark` says, when it comes back, which form it is and for which tender; never whose."""

    authority: str
    reference: str
    title: str
    mark: str
    language: str = "en-GB"


def render(form: FeedbackForm, about: FormAbout, *, made_at: datetime, fonts: LetterFonts | None = None) -> bytes:
    """Lay the form out. `made_at` (UTC) is the time that the file says it was made; the clock is not asked."""
    # Slow to import, and needed only where documents are made.
    from evalpanel.formats import letter_layout as pages
    from evalpanel.formats.form_fields import Form

    layout = pages.Layout(fonts or shipped())
    fields = Form({MARK: (about.mark, "Which form this is; it does not say who fills it in")})
    story = layout.letterhead(about.authority, (), Facts((("Reference", about.reference), ("Tender", about.title))))
    story += layout.heading(form.title, 0)
    for text in (form.intro, form.privacy):
        story += layout.paragraph(Paragraph(text))
    for question in form.questions:
        story.append(layout.together(_asked(layout, fields, form, question)))
    story += layout.paragraph(Paragraph(form.back, Tone.LEAD))
    told = Particulars(f"{form.title} {about.reference}", about.authority, about.reference, about.language)
    no_room = EvalPanelError(
        "The form about the process cannot be laid out.",
        "A question in it does not fit a page. Nothing was written. Shorten the longest one.",
    )
    return on_paper(layout, story, told, made_at, no_room, form=fields).data


def _asked(layout: Layout, fields: Form, form: FeedbackForm, question: Question) -> list[Flowable]:
    from evalpanel.formats.form_fields import Choices, TextRoom  # slow to import: see above

    choices = form.choices(question)
    made: list[Flowable] = [layout.line(question.text, "criterion")]
    if not choices:
        element = layout.structure.add("Form", alternative=question.text)
        lines = _LINES.get(question.code, _USUAL_LINES)
        return [*made, TextRoom(fields, element, question.code, question.text, layout.width, lines)]
    labels = []
    for words in choices:
        element = layout.structure.add("Form", alternative=f"{question.text}: {words}")
        labels.append((element, layout.line(words, "cell"), words))
    return [*made, Choices(fields, question.code, question.text, labels, layout.width)]
