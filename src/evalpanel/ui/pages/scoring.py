"""My scoring: the document beside the form, one line at a time. What is typed is saved; there is no button to forget."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QLineEdit, QPushButton

from evalpanel.domain.evidence import Evidence
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import reading, scoring, sign_off
from evalpanel.ui import places
from evalpanel.ui.finder import Finder
from evalpanel.ui.models.sheet import Sheet, recused_words
from evalpanel.ui.models.version_words import answer_words
from evalpanel.ui.page import Page, button
from evalpanel.ui.reader import Reader
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.line_choosers import LineChoosers
from evalpanel.ui.widgets.score_form import Question
from evalpanel.ui.widgets.scoring_side import ScoringDesk
from evalpanel.ui.widgets.state_card import StateCard

_TYPED_BY = "Typed in by, if not by you"
TALL = 820  # from this height of the page on, the picture of progress is folded out at first
WIDE = 900  # from this width on, the choosers stand beside the title
NARROW = 520  # under this width the foot shows arrows for words
TELL_MS = 250


class ScoringPage(Page):
    """One panel member's desk."""

    KEY = "scoring"
    WIDEST = 340

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._who = ("", "")
        self._sheet: Sheet | None = None
        self._line: Line | None = None
        self._version = 0  # the newest act that the sheet knows
        self._can_change = False
        self._progress_wanted: bool | None = None
        self._refused: EvalPanelError | None = None
        self._offered: Line | None = None
        self.title.setWordWrap(True)
        self.choosers = LineChoosers()
        self.choosers.chosen.connect(guard(self.go_to))
        self._progress = self.add_action("Progress", self.toggle_progress)
        self._reopen = self.add_action("Reopen…", self.ask_to_reopen)
        self._earlier = self._foot_button("Versions", self.toggle_versions)
        self._earlier.setText("Versions  Ctrl+H")
        self.content.addWidget(self.choosers)
        self.empty = StateCard()
        self.content.addWidget(self.empty, 1)
        self.desk = self._make_desk()
        self.content.addWidget(self.desk, 1)
        self._previous = self._foot_button("Previous", lambda: self.step(-1))
        self._next = self._foot_button("Next", lambda: self.step(1))
        self.typed_by = QLineEdit()
        self.typed_by.setPlaceholderText(_TYPED_BY)
        self.typed_by.setAccessibleName(_TYPED_BY)
        self.typed_by.setMinimumWidth(self.typed_by.fontMetrics().horizontalAdvance(_TYPED_BY) + 24)
        self.typed_by.hide()
        self.foot.addWidget(self.typed_by)
        self.finder = Finder(session.workspace, self.reader, self.document, guard)
        # Not as the buttons' own keys: Qt presses a button for 100 ms before it acts on its key.
        acts: tuple[tuple[str, str, Callable[[], object]], ...] = (
            ("Ctrl+Return", "Save, and open the next line that lacks something", self.next_unscored),
            ("Ctrl+Enter", "Save, and open the next line that lacks something", self.next_unscored),
            ("Alt+Left", "Line before", lambda: self.step(-1)),
            ("Alt+Right", "Next line", lambda: self.step(1)),
            ("F1", "Guidance of the tender", self.form.toggle_guidance),
            ("Ctrl+G", "My progress", self.toggle_progress),
            ("Ctrl+H", "Earlier versions of this answer", self.toggle_versions),
            ("Ctrl+E", "Use the selected words, or the page, as evidence", self.document.cite),
            ("Ctrl+Shift+E", "Quote the selected words in the reason", self.document.send_quote),
            ("Ctrl+F", "Find words in the document or the bid", self.finder.start),
            ("F3", "Next place that was found", lambda: self.finder.step(1)),
            ("Shift+F3", "Place before", lambda: self.finder.step(-1)),
        )
        for keys, words, slot in acts:
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setWhatsThis(words)
            shortcut.activated.connect(guard(slot))
        # Telling the shell reads the whole tender: a moment later, so that no keystroke waits for it.
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(TELL_MS)
        self._tell.timeout.connect(self.acted)

    def refresh(self) -> None:
        """Read the sheet anew. What is being typed, and where, stays as it is."""
        who = (self.session.tender, self.session.person)
        if who != self._who:
            if self._sheet is not None:
                self._save()
            self._who, self._sheet, self._line = who, None, None
            self.offered.emit("", "", None)  # what one person may take back is not left for the next
            self.versions.hide()
        place = next(one for one in places.places(self.session) if one.key == self.KEY)
        if place.why_not:
            self._show_empty("Nothing to score here", place.why_not)
            return
        if self._sheet is None or self._version != self.session.version:
            self._sheet = Sheet(self.session.desk(self.session.person))
        self._version = self.session.version
        desk = self._sheet.desk
        if not desk.owed:
            words = recused_words(desk.recusals) or "No criterion of this tender is yours to score."
            self._show_empty("Nothing for you to score", words)
            return
        self.reader.take(*who)
        line = self._line if self._sheet.owes(self._line) else self._sheet.first()
        assert line is not None, "a sheet that owes lines has a first"
        self._show_line(line)

    def open(self, what: object) -> None:
        """Show a line; `None` stays on the line that was open."""
        if self._sheet is None:
            return
        if self._sheet.owes(what):
            self.go_to(what)
        self.form.focus_first()

    def leaving(self) -> None:
        """Save what is not saved. Refused with the reason where that cannot be done: the page stays."""
        self._tell.stop()
        if self._sheet is not None and not self._save() and self._refused is not None:
            raise self._refused

    def go_to(self, line: Line) -> None:
        """Open a line, once the one before is saved."""
        if self._save() and line != self._line:
            self._show_line(line)

    def step(self, by: int) -> None:
        """Open the line before or after."""
        sheet, here = self._sheet, self._line
        line = sheet.beside(here, by) if sheet is not None and here is not None else None
        if line is not None:
            self.go_to(line)
            self.form.focus_first()

    def next_unscored(self) -> None:
        """Save, and open the next line that lacks something; where none does, lead to signing off."""
        if self._sheet is None or self._line is None or not self._can_change or not self._save():
            return
        line = self._sheet.next_missing(self._line)
        if line is None and self.primary.isEnabled():
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self._show_line(line or self._line)
        self.form.focus_first()

    def sign(self) -> None:
        """Sign the sheet off."""
        if self._save():
            by = self.typed_by.text().strip()
            sign_off.sign_off(self.session.workspace, self._who[0], person=self._person(), entered_by=by)
            self.typed_by.clear()
            self.acted.emit()
            self.said.emit("Your sheet is signed off. You can still read everything here.")

    def toggle_versions(self) -> None:
        """Show the earlier versions of this answer and go into them, or put them away."""
        if self.versions.isVisible():
            self.versions.leave()
        elif self._sheet is not None and self._save():
            self._show_versions()
            self.side_column.to_top()
            self.versions.ask()

    def put_back(self, score: Score) -> None:
        """Make an earlier version the one that counts, as a new version."""
        if self._sheet is not None and self._save():
            scoring.save_score(self.session.workspace, self._who[0], person=self._person(), score=score)
            self._sheet.keep(score)
            self.form.show_score(score)
            self._show_state()
            self._tell.start()

    def ask_to_reopen(self) -> None:
        """Ask for the reason of opening the sheet again."""
        self.side_column.to_top()
        self.reopening.ask()

    def reopen(self, reason: str) -> None:
        """Open the sheet again, with a reason on the record."""
        sign_off.reopen(self.session.workspace, self._who[0], person=self._person(), reason=reason)
        self.reopening.hide()
        self.acted.emit()
        self.form.focus_first()

    def toggle_progress(self) -> None:
        """Fold the picture of progress out and go into it, or away."""
        self._progress_wanted = self.progress.isHidden()
        self.progress.setVisible(self._progress_wanted)
        if self._progress_wanted:
            self.side_column.to_top()
            self.progress.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.form.focus_first()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and letters of the score card, from anywhere but a text."""
        if self._sheet is None or not self.form.press(event):
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is: choosers beside the title, progress folded out."""
        super().resizeEvent(event)
        beside = self.width() >= WIDE * self.fontInfo().pixelSize() / 14
        if beside != (self.side.indexOf(self.choosers) >= 0):
            if beside:
                self.side.insertWidget(0, self.choosers, 1, Qt.AlignmentFlag.AlignTop)
            else:
                self.content.insertWidget(0, self.choosers)
        narrow = self.width() < NARROW * self.fontInfo().pixelSize() / 14
        for made, word, arrow in ((self._previous, "Previous", "←"), (self._next, "Next", "→")):
            made.setText(arrow if narrow else f"{word}  Alt+{arrow}")
        if self._progress_wanted is None:
            self.progress.setVisible(self.height() >= TALL)

    def _save(self) -> bool:
        """Save the line that is open, if it was changed. False: it was refused, and why is said above the form."""
        if self._sheet is None or self._line is None or not self._can_change or not self.form.unsaved:
            return True
        score, before = self.form.score(), self._sheet.score(self._line)
        try:
            if score != before:
                scoring.save_score(self.session.workspace, self._who[0], person=self._person(), score=score)
        except EvalPanelError as error:
            self._refused = error
            self.refusal.tell(error)
            self.status.setText("Not saved")
            return False
        self._refused = None
        self.refusal.hide()
        self.form.saved()
        self._sheet.keep(score)
        if score != before:
            self._version = self.session.after_own(self._version)  # the sheet need not be read again
        self._show_state()
        if score.value is not None and self._offered == score.line:
            self._offered = None
            self.offered.emit("", "", None)
        if score.status != before.status:
            self._tell.start()
        return True

    def _keep_evidence(self, piece: Evidence) -> None:
        why_not = self.form.add_evidence(piece)
        if why_not:
            self.said.emit(why_not)

    def _offer_back(self, before: Score) -> None:
        """A level was taken away, perhaps by a letter that was meant for a text: say so, and offer it back."""
        sheet, now = self._sheet, self.form.score()
        if sheet is None or self._refused is not None:
            return
        was, here = answer_words(before, sheet.scale(before.line)), before.line
        words = {ScoreStatus.ABSTAINED: "you abstain now", ScoreStatus.NOT_APPLICABLE: "it is not applicable now"}
        said = f"Your score {was} on {here.bid}, criterion {here.criterion}, was taken away"
        more = words.get(now.status, "")
        self._offered = here
        self.offered.emit(
            f"{said}: {more}." if more else f"{said}.", "Put it back", self.guard(lambda: self._undo(before))
        )

    def _undo(self, before: Score) -> None:
        self.go_to(before.line)
        if self._line == before.line and self._can_change:
            self.form.put_back(before)
            self.form.focus_first()

    def _show_versions(self) -> None:
        assert self._sheet is not None and self._line is not None
        held = reading.versions(self.session.workspace, self._who[0], self._person(), self._line)
        self.versions.show_versions(held, self._sheet.scale(self._line), can_change=self._can_change)

    def _let_go(self) -> None:
        if self._sheet is not None and self._line is not None:
            self._refused = None
            self.refusal.hide()
            self.form.show_score(self._sheet.score(self._line))
            self.acted.emit()

    def _show_line(self, line: Line) -> None:
        sheet = self._sheet
        assert sheet is not None
        same, unsaved = line == self._line, self.form.unsaved
        self._line = line
        signed, closed = sheet.desk.signed_off, self._closed()
        if not (same and unsaved):  # what is typed and not held yet stays
            self._can_change = not signed and not closed
            question = Question(line, sheet.criterion(line), sheet.scale(line))
            self.form.show_question(question, sheet.score(line), can_change=self._can_change)
        self._show_work(True)
        self._reopen.setVisible(signed and not closed)
        self.document.set_quotes(self._can_change)
        self.reopening.setVisible(self.reopening.isVisible() and signed)
        self.head(sheet.bid_name(line), sheet.about(line))
        self.choosers.show_line(sheet, line)
        self.reader.show_line(sheet, line)
        self._show_state()
        if not same:
            self.side_column.to_top()

    def _show_state(self) -> None:
        """What was saved, what is left to do, and the next step: after a save nothing else is touched."""
        sheet, line = self._sheet, self._line
        assert sheet is not None and line is not None
        saved = reading.last_saved(self.session.workspace, self._who[0], self._person(), line)
        at = f"Saved {saved.at.astimezone():%H:%M} · version {saved.revision}" if saved is not None else ""
        why = "Signed off" if sheet.desk.signed_off else "Scoring is closed" if self._closed() else ""
        held = "Not saved yet" if self.form.unsaved else " · ".join(part for part in (why, at) if part)
        self.status.setText("Not saved" if self._refused else held)
        self.form.show_hints(*(sheet.hints(sheet.score(line)) if self._can_change else ((), ())))
        self.progress.show_line(sheet, line, recused_words(sheet.desk.recusals))
        self._progress.setText(f"{sheet.answered} of {len(sheet.owed)}  Ctrl+G")
        self._previous.setEnabled(sheet.beside(line, -1) is not None)
        self._next.setEnabled(sheet.beside(line, 1) is not None)
        if self.versions.isVisible():
            self._show_versions()
        self.typed_by.setVisible(self._can_change and sheet.next_missing(line) is None)
        if not self._can_change:
            self.next_step("", None)
        elif sheet.next_missing(line) is not None:
            self.next_step("Next unscored  Ctrl+↵", self.next_unscored)
        else:
            lacks = sheet.what_is_missing(line)
            self.next_step("Sign off", self.sign, tip=f"This line is missing: {lacks}." if lacks else "")

    def _show_empty(self, title: str, words: str) -> None:
        self._sheet = self._line = None
        self.typed_by.hide()
        self._show_work(False)
        self.head("My scoring", "")
        self.status.setText("")
        self.next_step("", None)
        lead = ("panel", "Panel and interests") if "interests" in words else ("home", "Home")
        self.empty.tell(title, words, lead[1], lambda: self.go.emit(lead[0], None))

    def _show_work(self, shown: bool) -> None:
        for one in (self.desk, self.choosers, self._progress, self._earlier, self._previous, self._next):
            one.setVisible(shown)
        self.empty.setVisible(not shown)
        self._reopen.setVisible(shown and not self._reopen.isHidden())

    def _closed(self) -> bool:
        view = self.session.view
        return view is not None and view.summary.stage.reached(TenderStage.MODERATION)

    def _person(self) -> str:
        assert self._sheet is not None
        return self._sheet.desk.member.person

    def _make_desk(self) -> ScoringDesk:
        desk = ScoringDesk()
        self.document, self.side_column = desk.document, desk.side
        self.form, self.progress = desk.side.form, desk.side.progress
        self.refusal, self.reopening, self.versions = desk.side.refusal, desk.side.reopening, desk.side.versions
        self.reader = Reader(self.session.workspace, desk.document, self.guard)
        self.reader.said.connect(self.said)
        self.form.named = self.reader.named
        self.form.opened.connect(self.guard(self.reader.show_evidence))
        desk.document.cited.connect(self.guard(self._keep_evidence))
        self.form.wanted.connect(self.guard(self._save))
        self.form.taken.connect(self.guard(self._offer_back))
        self.versions.wanted.connect(self.guard(self.put_back))
        self.form.touched.connect(lambda: self.status.setText("Not saved yet"))
        self.progress.chosen.connect(self.guard(self.go_to))
        self.refusal.again.connect(self.guard(self._save))
        self.refusal.let_go.connect(self.guard(self._let_go))
        self.reopening.given.connect(self.guard(self.reopen))
        return desk

    def _foot_button(self, name: str, slot: Callable[[], object]) -> QPushButton:
        made = button(name)
        made.setAccessibleName(name)
        act = self.guard(slot)
        made.clicked.connect(lambda *_: act())  # without Qt's “checked”
        self.foot.addWidget(made)
        return made
