"""After the letters: what went out and what was answered, what bidders say about the process, and what is learned."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from evalpanel.domain.correspondence import Channel, Correspondence
from evalpanel.domain.lessons import Lesson
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services import feedback, lessons, mailing, process_review, sent
from evalpanel.services.feedback import FormTaken, FormVerdict, Overview
from evalpanel.services.mailing import Prepared
from evalpanel.system.files import may_take_out
from evalpanel.ui.models.feedback_rows import LESSON_COLUMNS, SENT_COLUMNS, lesson_rows, sent_rows
from evalpanel.ui.models.words import count
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.places import me
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.answer_bars import AnswerCard, stacked
from evalpanel.ui.widgets.feedback_forms import DoneForm, LessonForm, ReplyForm, SentForm
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.parts import Parts
from evalpanel.ui.widgets.row_table import RowTable
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.sent_form import AskForm
from evalpanel.ui.widgets.state_card import StateCard

_SENDING, _ANSWERS, _LESSONS = "sending", "answers", "lessons"


class FeedbackPage(Page):
    """Three parts: sending, what bidders say, lessons."""

    KEY = "feedback"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self.choose_folder: Callable[[str], str] = lambda words: QFileDialog.getExistingDirectory(self, words)
        self.choose_files: Callable[[str], list[str]] = lambda words: QFileDialog.getOpenFileNames(
            self, words, "", "PDF forms (*.pdf);;All files (*)"
        )[0]
        self.choose_target: Callable[[str, str], str] = lambda words, name: QFileDialog.getSaveFileName(
            self, words, name, "PDF (*.pdf)"
        )[0]
        self._letters: tuple[Correspondence, ...] = ()
        self._lessons: tuple[Lesson, ...] = ()
        self._shown: Overview | None = None
        self.sent_form, self.reply_form = SentForm(), ReplyForm()
        self.lesson_form, self.done_form = LessonForm(), DoneForm()
        self.sending = RowTable("Letters on their way", SENT_COLUMNS, stretch=2)
        self.lessons = RowTable("Lessons", LESSON_COLUMNS, stretch=2)
        self.forms_words = label("", wrap=True)
        self._answers = QVBoxLayout()
        self._answers.setContentsMargins(0, 0, 0, 0)
        self.parts = Parts()
        self.parts.add_part(_SENDING, self._sending_part(), self.sending)
        self.parts.add_part(_ANSWERS, self._answers_part())
        self.parts.add_part(_LESSONS, self._lessons_part(), self.lessons)
        self.parts.turn_to(_SENDING)
        self.content.addWidget(self.parts, 1)
        self._empty = StateCard()
        self.content.addWidget(self._empty, 1)

    # Parts

    def _part(self, *widgets: QWidget, actions: Sequence[tuple[str, Callable[[], object]]]) -> tuple[QWidget, QWidget]:
        """A part, and the row of its actions."""
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        above = QWidget()
        row = Flow(above, gap=12)
        for text, slot in actions:
            one = button(text)
            act = self.guard(slot)
            one.clicked.connect(lambda *_, act=act: act())
            row.addWidget(one)
        column.addWidget(above)
        for place, widget in enumerate(widgets):
            column.addWidget(widget, 0 if isinstance(widget, AskForm) or (place and widget is self.forms_words) else 1)
        return made, above

    def _sending_part(self) -> QWidget:
        self.sending.setMinimumHeight(8 * self.fontMetrics().lineSpacing())
        for form, slot in ((self.sent_form, self._record_sent), (self.reply_form, self._record_reply)):
            form.kept.connect(self.guard(slot))
        actions = (("Record as sent…", self._ask_sent), ("Record an answer…", self._ask_reply))
        self._unsigned = StateCard()
        words = "Once they are, each stands here with the day on which it went out and what was answered."
        self._unsigned.tell("No letter is signed yet", words)
        made, self._record = self._part(self.sent_form, self.reply_form, self._unsigned, self.sending, actions=actions)
        return made

    def _answers_part(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.forms_words)
        column.addLayout(self._answers, 1)
        actions = (("Take in filled forms…", self._take), ("Write the blank form…", self._write_forms))
        return self._part(inside, actions=actions)[0]

    def _lessons_part(self) -> QWidget:
        self.lessons.setMinimumHeight(8 * self.fontMetrics().lineSpacing())
        self.lesson_form.kept.connect(self.guard(self._add_lesson))
        self.done_form.kept.connect(self.guard(self._answer_lesson))
        actions = (
            ("Add a lesson…", lambda: self.lesson_form.ask(None, "What did the authority learn?")),
            ("Say what is done…", self._ask_done),
            ("Write the register…", self._write_register),
        )
        self._unlearned = StateCard()
        words = "Keep what the authority should do otherwise next time, and what came of it: the register tells both."
        self._unlearned.tell("Nothing is written down yet", words)
        return self._part(self.lesson_form, self.done_form, self._unlearned, self.lessons, actions=actions)[0]

    # What is shown

    def refresh(self) -> None:
        """What went out, what came back, what was learned."""
        view = self.session.view
        ready = view is not None and view.summary.stage.reached(TenderStage.OUTCOME)
        own = me(view, self.session.person) if view is not None else None
        allowed = own is None or own.member.has(Role.OFFICER)
        self.parts.setVisible(ready and allowed)
        self._empty.setVisible(not (ready and allowed))
        self.head("After the letters", view.summary.reference if view is not None else "")
        self.status.setText("")
        self.next_step("", None)
        if view is None:
            self._empty.tell_no_tender(self.go.emit)
        elif not ready:
            words = (
                "Here you see which letters went out and what bidders answered, and what they say about the process."
            )
            self._empty.tell("This comes after the letters", words)
        elif not allowed:
            self._empty.tell("The officer keeps this", "What bidders answer comes to the officer of the tender.")
        else:
            self._fill(view.summary.reference)

    def open(self, what: object) -> None:
        """Turn to a part by its key."""
        if what in (_SENDING, _ANSWERS, _LESSONS):
            self.parts.turn_to(str(what))
            self.parts.focus_part()

    def _fill(self, reference: str) -> None:
        space, tender = self.session.workspace, self.session.tender
        self._letters = sent.correspondence(space, tender)
        self._lessons = lessons.lessons(space, tender)
        shown = feedback.overview(space, tender)
        self.sending.rows.show_rows(sent_rows(self._letters))
        self.lessons.rows.show_rows(lesson_rows(self._lessons))
        for table, empty in ((self.sending, self._unsigned), (self.lessons, self._unlearned)):
            table.setVisible(bool(table.rows.rows))
            empty.setVisible(not table.rows.rows)
        self._record.setVisible(bool(self._letters))
        if shown != self._shown:
            self._show_answers(shown)
        waiting = sum(not one.is_sent for one in self._letters)
        still_open = sum(one.is_open for one in self._lessons)
        self.parts.name_part(_SENDING, f"Sending · {len(self._letters)}")
        self.parts.name_part(_ANSWERS, f"What bidders say · {len(shown.forms)}")
        self.parts.name_part(_LESSONS, f"Lessons · {len(self._lessons)}")
        told = [f"{count(waiting, 'letter')} not sent yet" if waiting else "every letter is sent"]
        told.append(f"{count(len(shown.forms), 'form')} came back")
        if still_open:
            told.append(f"{count(still_open, 'lesson')} open")
        self.head("After the letters", " · ".join((reference, *told)) if self._letters else reference)
        self.status.setText("Nothing is sent from here: you send the drafts, and say so.")
        if not self._letters:
            self.status.setText("Sign the letters first.")
            self.next_step("Go to the letters", lambda: self.go.emit("letters", None))
        elif waiting:
            self.next_step("Write e-mail drafts…", self._prepare)
        else:
            self.next_step("Write the process review…", self._review)

    def _show_answers(self, shown: Overview) -> None:
        self._shown = shown
        while (item := self._answers.takeAt(0)) is not None:
            if (held := item.widget()) is not None:
                held.deleteLater()
        if not shown.forms:
            self.forms_words.setText(
                "No form has come back yet. One goes with each e-mail draft; it does not say who filled it in."
            )
            self._answers.addStretch(1)
            return
        self.forms_words.setText(f"{count(len(shown.forms), 'form')} came back. None says who filled it in.")
        cards = [AnswerCard(one) for one in shown.tallies if one.question.code != "name" or one.words]
        self._answers.addWidget(scroll(stacked(cards)), 1)

    # Sending

    def _prepare(self) -> None:
        folder = self.choose_folder("Where do the drafts go?")
        if not folder:
            return
        space, tender, me_ = self.session.workspace, self.session.tender, self.session.person or None
        self.start(
            "Writing drafts",
            lambda progress: mailing.prepare(space, tender, Path(folder), person=me_, progress=progress),
            self._prepared,
        )

    def _prepared(self, made: Prepared) -> None:
        without = (
            f" No draft for {', '.join(code for code, _ in made.without)}: the address is missing."
            if made.without
            else ""
        )
        self.said.emit(
            f"{count(len(made.drafts), 'draft')} written. Open each, read it and send it; then record them as sent.{without} {may_take_out()}"
        )

    def _chosen(self, table: RowTable, what: str) -> object:
        if table.value is None and table.rows.rows:
            table.choose(0)
        if table.value is None:
            self.said.emit(f"There is no {what} yet.")
        return table.value

    def _ask_sent(self) -> None:
        waiting = [one for one in self._letters if not one.is_sent]
        self.sent_form.now(self.session.workspace.now())
        if (chosen := self._chosen(self.sending, "letter")) is not None:
            again = " again" if not any((one.bid, one.lot, one.kind) == chosen for one in waiting) else ""
            one = (f"Only the letter for {_named(chosen)}{again}", chosen)
            all_of_them = (f"All {len(waiting)} that are not sent yet", None)
            self.sent_form.offer([all_of_them, one] if len(waiting) > 1 else [one])
            self.sent_form.ask(None, "Record as sent")

    def _record_sent(self) -> None:
        form = self.sent_form
        bids = [form.chosen[:2]] if form.chosen is not None else []
        found = sent.record_sent(
            self.session.workspace,
            self.session.tender,
            at=form.at,
            channel=Channel(str(form.how.currentData())),
            bids=bids,
            kind=form.chosen[2] if form.chosen is not None else None,
            note=form.note.text(),
        )
        form.hide()
        self.said.emit(f"{count(len(found), 'letter')} recorded as sent.")
        self.acted.emit()

    def _ask_reply(self) -> None:
        if (chosen := self._chosen(self.sending, "letter")) is not None:
            self.reply_form.now(self.session.workspace.now())
            self.reply_form.ask(chosen, f"What was answered to the letter for {_named(chosen)}?")

    def _record_reply(self) -> None:
        form = self.reply_form
        assert isinstance(form.about, tuple)
        bid, lot, _ = form.about
        sent.record_reply(
            self.session.workspace,
            self.session.tender,
            bid,
            lot=lot,
            at=form.at,
            kind=form.kind_chosen,
            text=form.text.toPlainText(),
        )
        form.hide()
        self.said.emit("The answer is on record.")
        self.acted.emit()

    # What bidders say

    def _take(self) -> None:
        files = [Path(one) for one in self.choose_files("Choose filled forms")]
        if not files:
            return
        space, tender = self.session.workspace, self.session.tender
        self.start(
            "Reading forms", lambda progress: feedback.take(space, tender, files, progress=progress), self._taken
        )

    def _taken(self, found: tuple[FormTaken, ...]) -> None:
        fresh = sum(one.verdict is FormVerdict.NEW for one in found)
        bad = [f"{one.file}: {one.words}" for one in found if one.verdict not in (FormVerdict.NEW, FormVerdict.SAME)]
        self.said.emit(" ".join((f"{count(fresh, 'form')} taken in.", *bad)))
        self.acted.emit()

    def _write_forms(self) -> None:
        folder = self.choose_folder("Where does the form go?")
        if folder:
            made = feedback.write_forms(self.session.workspace, self.session.tender, Path(folder))
            self.said.emit(
                f"{count(len(made), 'form')} written: one for each lot, the same for everybody who bid. {may_take_out()}"
            )

    def _review(self) -> None:
        target = self.choose_target(
            "Write the process review", f"{self.session.view.summary.reference if self.session.view else ''}-review.pdf"
        )
        if target:
            made = process_review.write(self.session.workspace, self.session.tender, Path(target))
            self.said.emit(
                f"The process review is written, {count(made.pages, 'page')}. It names nobody. {may_take_out()}"
            )
            self.acted.emit()

    # Lessons

    def _add_lesson(self) -> None:
        form = self.lesson_form
        lessons.add(
            self.session.workspace,
            self.session.tender,
            form.said.toPlainText(),
            stage=form.stage_chosen,
            voice=form.voice_chosen,
            criterion=form.criterion.text().strip() or None,
        )
        form.clear()
        self.said.emit("The lesson is on record.")
        self.acted.emit()

    def _ask_done(self) -> None:
        chosen = self._chosen(self.lessons, "lesson")
        found = next((one for one in self._lessons if one.number == chosen), None)
        if found is not None:
            self.done_form.ask(found.number, f"What is done about “{found.said[:60]}”?")

    def _answer_lesson(self) -> None:
        form = self.done_form
        assert isinstance(form.about, int)
        lessons.answer(
            self.session.workspace,
            self.session.tender,
            form.about,
            form.did.toPlainText(),
            on=self.session.workspace.now().date(),
            by=form.by.text(),
            unchanged=form.unchanged.isChecked(),
        )
        form.clear()
        self.said.emit("What is done is on record.")
        self.acted.emit()

    def _write_register(self) -> None:
        target = self.choose_target("Write the register of all tenders", "you-said-we-did.pdf")
        if target:
            made = process_review.write_register(self.session.workspace, Path(target))
            self.said.emit(f"The register is written: {count(made.lessons, 'lesson')}. {may_take_out()}")


def _named(chosen: object) -> str:
    assert isinstance(chosen, tuple)
    return f"{chosen[0]}, lot {chosen[1]}"
