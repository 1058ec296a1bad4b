"""The four forms of the page After the letters: sent, answered, learned, done."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtWidgets import QCheckBox

from evalpanel.domain.correspondence import Channel, ReplyKind
from evalpanel.domain.lessons import Voice
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.ui.models.feedback_rows import REPLIES
from evalpanel.ui.widgets.sent_form import AskForm, choice, line, moment, show_moment, utc_of, words

_WAYS = {
    Channel.EMAIL: "By e-mail",
    Channel.PORTAL: "Through the portal",
    Channel.POST: "By post",
    Channel.HAND: "By hand",
}


class _MomentForm(AskForm):
    """A form that asks for a moment among other things."""

    def __init__(self, title: str, action: str) -> None:
        super().__init__(title, action)
        self._when = moment()

    def now(self, at: datetime) -> None:
        """Begin with this moment (UTC)."""
        show_moment(self._when, at)

    @property
    def at(self) -> datetime:
        """The moment that stands in the form, in UTC."""
        return utc_of(self._when)


class SentForm(_MomentForm):
    """Which letters went out, when, and by which way. `about` is the one letter that is chosen, None where all are meant."""

    def __init__(self) -> None:
        super().__init__("Record as sent", "Record as sent")
        self.which = choice([], "Which letters")
        self.add("Which letters", self.which)
        self.how = choice([(text, way.value) for way, text in _WAYS.items()], "By which way")
        self.note = line("For instance: with a receipt asked for")
        self.add("When (UK time)", self._when)
        self.add("By which way", self.how)
        self.add("Note", self.note)
        self.close_fields()

    def offer(self, pairs: list[tuple[str, object]]) -> None:
        """Offer these, in words, with what each is about."""
        self.which.clear()
        for said, about in pairs:
            self.which.addItem(said, about)

    @property
    def chosen(self) -> tuple[str, str, str] | None:
        """The bid, lot and kind of the letter that is meant; None: every letter that was not sent yet."""
        held = self.which.currentData()
        return None if held is None else (str(held[0]), str(held[1]), str(held[2]))


class ReplyForm(_MomentForm):
    """What a bidder answered."""

    def __init__(self) -> None:
        super().__init__("Record an answer", "Record the answer")
        self.kind = choice([(text, kind.value) for kind, text in REPLIES.items()], "What it is")
        self.text = words("What it says; not needed where it only says that the letter arrived")
        self.add("What it is", self.kind)
        self.add("When it came (UK time)", self._when)
        self.add("What it says", self.text)
        self.close_fields()

    @property
    def kind_chosen(self) -> ReplyKind:
        """What it is."""
        return ReplyKind(str(self.kind.currentData()))


class LessonForm(AskForm):
    """What was said that the authority can learn from."""

    def __init__(self) -> None:
        super().__init__("Add a lesson", "Add the lesson")
        self.said = words("In their words, without names")
        self._stage = choice([(one.words, one.value) for one in ProcessStage], "What it is about")
        self._voice = choice([(one.words, one.value) for one in Voice], "Who said it")
        self.criterion = line("A criterion’s code, if it is about one")
        self.add("What was said", self.said)
        self.add("What it is about", self._stage)
        self.add("Who said it", self._voice)
        self.add("Criterion", self.criterion)
        self.close_fields()

    @property
    def stage_chosen(self) -> ProcessStage:
        """Which part of the process it is about."""
        return ProcessStage(str(self._stage.currentData()))

    @property
    def voice_chosen(self) -> Voice:
        """Who said it."""
        return Voice(str(self._voice.currentData()))

    def clear(self) -> None:
        """Forget what was typed, and hide."""
        self.said.clear()
        self.criterion.clear()
        self.hide()


class DoneForm(AskForm):
    """What is done about a lesson."""

    def __init__(self) -> None:
        super().__init__("Say what is done", "Record what is done")
        self.did = words("What is done, or why nothing will be")
        self.by = line("For instance: head of commissioning")
        self.unchanged = QCheckBox("Nothing will change")
        self.add("What is done", self.did)
        self.add("Who decided it", self.by)
        self.inside.addWidget(self.unchanged)
        self.close_fields()

    def clear(self) -> None:
        """Forget what was typed, and hide."""
        self.did.clear()
        self.by.clear()
        self.unchanged.setChecked(False)
        self.hide()
