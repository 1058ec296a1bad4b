"""Taking over as officer on a laptop that knows nothing of the tender: two sheets, the files on the sticks, who one is, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QRadioButton, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import from_paper, recovering
from evalpanel.services.from_paper import Whom
from evalpanel.services.recovering import Recovered
from evalpanel.services.succession import About, Refused, Succeeded
from evalpanel.services.workspace import Workspace
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import bad_day
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.beside import NamedField, Wrong
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.paper_words import PaperWords
from evalpanel.ui.widgets.stick_files import StickFiles


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed and chosen."""

    tender: str
    files: Sequence[Path]
    whom: Whom
    successor: str
    recovery: str
    why: str


@dataclass(frozen=True, slots=True)
class Done:
    """Who leads now, and what the recovery sheet opened; `trouble` where that failed after the other had happened."""

    succeeded: Succeeded
    recovered: Recovered | None = None
    trouble: EvalPanelError | None = None


class FromPaper(CarryPart):
    """A short form. Once it is done: what was taken over, what is not here, and what comes next."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self.done: Done | None = None
        self.form, self.result = QWidget(), QWidget()
        self.successor = PaperWords("The twelve words of the successor’s sheet")
        self.recovery = PaperWords("The twelve words of the recovery sheet")
        self.files = StickFiles(page.guard)
        self.tender = NamedField("The tender’s reference, or its number on the sheets")
        self.listed = QRadioButton("I am on the list of who takes part")
        self.fresh = QRadioButton("I am new to this tender")
        self.code = NamedField("Your code in the tender")
        self.name = NamedField("Your name")
        self.why = NamedField("Why you take over, for the record")
        self._lay_form()
        self.told, self.missing, self.steps = (label("", wrap=True) for _ in range(3))
        self._lay_result()
        self.column.addWidget(self.form)
        self.column.addWidget(self.result)
        self.column.addStretch(1)
        self.result.hide()

    def _lay_form(self) -> None:
        column = _column(self.form)
        words = Card("The words of the two sheets")
        words.inside.addWidget(label(bad_day.TYPING, "muted", wrap=True))
        files = Card("The sealed files")
        files.inside.addWidget(label(bad_day.WHICH_FILES, "muted", wrap=True))
        who = Card("Who are you?")
        self.listed.setChecked(True)
        self._say_code()
        reason = Card("Why?")
        reason.inside.addWidget(label(bad_day.AFTER, "muted", wrap=True))
        for card, inside in (
            (words, (self.successor, self.recovery)),
            (files, (self.files, self.tender)),
            (who, (self.listed, self.fresh, self.code, self.name)),
            (reason, (self.why,)),
        ):
            for one in inside:
                card.inside.addWidget(one)
            column.addWidget(card)
        self.fresh.toggled.connect(lambda *_: self._say_code())
        for typed in (self.successor, self.recovery, self.tender, self.code, self.name, self.why):
            typed.changed.connect(self.changed)
            typed.entered.connect(self.page.primary.click)
        self.files.changed.connect(self.changed)

    def _lay_result(self) -> None:
        column = _column(self.result)
        for title, text in (
            ("What was taken over", self.told),
            ("What is not here", self.missing),
            ("What comes next", self.steps),
        ):
            card = Card(title)
            card.inside.addWidget(text)
            column.addWidget(card)

    # As a part of the page ------------------------------------------------------------------------------------------

    def head(self) -> tuple[str, str]:
        """What it needs; then, that it is done."""
        if self.done is not None:
            return "You lead the tender now", bad_day.TOOK_OVER
        return bad_day.FROM_PAPER_TITLE, bad_day.FROM_PAPER

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Taking over, once all is there; then, opening the tender."""
        if self.done is not None:
            return "Open the tender", self._open, ""
        return "Take over as officer…", self._take_over, self._late()

    def take_focus(self) -> bool:
        """The first words."""
        if self.done is not None:
            return False
        self.successor.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def begin(self) -> None:
        """Show the form: whoever comes here anew takes over another tender."""
        self.done = None
        self.result.hide()
        self.form.show()

    def _late(self) -> str:
        if not (self.successor.whole and self.recovery.whole):
            return "Type the twelve words of both sheets first."
        if not self.files.files:
            return "Choose the sealed files first."
        if not self.tender.text():
            return "Type the tender’s reference first."
        if not self.code.text():
            return "Type your code in the tender first."
        if self.fresh.isChecked() and not self.name.text():
            return "Type your name first."
        return "" if self.why.text() else "Say why first, for the record."

    def _say_code(self) -> None:
        fresh = self.fresh.isChecked()
        self.code.typed.setPlaceholderText(bad_day.NEW_CODE if fresh else bad_day.LISTED_CODE)
        self.name.setVisible(fresh)
        self.changed.emit()

    # Taking over ----------------------------------------------------------------------------------------------------

    def _take_over(self) -> None:
        space = self.session.workspace
        asked = _Asked(
            self.tender.text(),
            self.files.files,
            Whom(self.code.text(), self.name.text() if self.fresh.isChecked() else ""),
            self.successor.text(),
            self.recovery.text(),
            self.why.text(),
        )
        self.page.said.emit("")
        self.out.write(
            "Taking over as officer", lambda to, progress: _taken_over(space, asked, to, progress), self.show_done
        )

    def show_done(self, done: Done | Refused) -> None:
        """Show what came of it: beside the field that is wrong, or in the place of the form."""
        if isinstance(done, Refused):
            self._refuse(done)
            return
        for one in (self.successor, self.recovery):
            one.clear()  # words on paper stay on paper
        self.done = done
        self.told.setText(bad_day.taken_over(done.succeeded, done.recovered, done.trouble))
        self.missing.setText(bad_day.missing(done.succeeded))
        self.steps.setText(bad_day.next_steps(done.succeeded))
        self.form.hide()
        self.result.show()
        self.page.acted.emit()
        self.page.said.emit(f"You lead the tender now, in the place of {done.succeeded.replaced}.")
        self.page.primary.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.page.whole.verticalScrollBar().setValue(0))  # once it is laid out

    def _refuse(self, error: Refused) -> None:
        beside: dict[About, Wrong] = {
            About.TENDER: self.tender.wrong,
            About.FILES: self.files.wrong,
            About.SUCCESSOR: self.successor.wrong,
            About.RECOVERY: self.recovery.wrong,
            About.WHO: self.code.wrong,
            About.WHY: self.why.wrong,
        }
        beside[error.about].say(error)

    def _open(self) -> None:
        assert self.done is not None, "it is offered once that is so"
        tender = self.done.succeeded.tender
        stand = next(one for one in self.session.stands if one.tender == tender)
        self.left.emit("")
        self.page.tender_chosen.emit(stand.reference)


def _column(whole: QWidget) -> QVBoxLayout:
    made = QVBoxLayout(whole)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(12)
    return made


def _taken_over(space: Workspace, asked: _Asked, to: Path, progress: Progress) -> Done | Refused:
    """Take over, and open what people had sent. That somebody leads stays when the second goes wrong: it can be done again."""
    try:
        done = from_paper.take_over(
            space,
            asked.tender,
            asked.files,
            whom=asked.whom,
            successor_words=asked.successor,
            recovery_words=asked.recovery,
            why=asked.why,
            to=to,
        )
    except Refused as refused:
        return refused  # said beside the field that it is about
    try:
        got = recovering.recover(
            space, done.tender, asked.files, recovery_words=asked.recovery, to=to, progress=progress
        )
    except EvalPanelError as error:
        return Done(done, trouble=error)
    return Done(done, got)
