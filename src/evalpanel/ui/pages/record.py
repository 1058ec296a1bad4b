"""Record: who did what and when, whether the record is whole, whether a letter is ours, and the backups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.progress import Progress
from evalpanel.services import backups, deciding, letters_anew, record, reporting, verify
from evalpanel.services.after_outcome import AfterOutcome
from evalpanel.services.challenge import PackMade
from evalpanel.services.publishing import NoticeOutOfOrder
from evalpanel.services.record import Head, RecordEntry
from evalpanel.services.reporting import ReportWritten
from evalpanel.services.setup import TenderView
from evalpanel.services.verify import Verification
from evalpanel.system.files import may_take_out
from evalpanel.ui import accessible
from evalpanel.ui.acting import Acting, acting
from evalpanel.ui.models import letter_words
from evalpanel.ui.models.award_acts import Asked, record_asked
from evalpanel.ui.models.record_lines import RecordLines, lines_of
from evalpanel.ui.models.words import count, uk_time
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.record_keeping import RecordKeeping
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.after_award import AfterAward
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.challenge_form import ChallengeForm, make_pack
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.record_list import RecordList
from evalpanel.ui.widgets.sides import Sides
from evalpanel.ui.widgets.state_card import StateCard
from evalpanel.ui.widgets.verdict import VerdictCard

_AT_ONCE = 5_000  # acts that are read in a few hundredths of a second; more are read on the worker
_MANY = "Reading the record"
_HEAD = (
    "It changes with every act and covers all before it. Send it to somebody who is independent: a record that was "
    "rewritten later cannot have it."
)


@dataclass(slots=True)
class _Reading:
    """A long history that is read on the worker. Refused work never begins, and is asked for again."""

    head: Head
    begun: bool = False
    entries: tuple[RecordEntry, ...] | None = None


class RecordPage(Page):
    """The history at the left; what proves it at the right."""

    KEY = "record"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self.choose_file: Callable[[], str] = self._ask_file
        self.choose_target: Callable[[str], str] = self._ask_target
        self._acting = Acting(None, "Nothing is open.")
        self._tender = ""
        self._head: Head | None = None
        self._entries: tuple[RecordEntry, ...] = ()
        self._reading: _Reading | None = None
        self.lines = RecordLines()
        self.list = RecordList()
        self.list.setModel(self.lines)
        self.people = QComboBox()
        accessible.name_chooser(self.people, "Whose acts are shown")
        self.people.currentIndexChanged.connect(lambda *_: self._fill())
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find in the record  Ctrl+F")
        self.search.setAccessibleName("Find in the record")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda *_: self._fill())
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setWhatsThis("Find in the record")
        find.activated.connect(self.search.setFocus)
        self._none = label("", "muted", wrap=True)
        filters = Fold()
        filters.add(self.people, 2)
        filters.add(self.search, 3)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(filters)
        column.addWidget(self._none)
        column.addWidget(self.list, 1)
        self._whole = Sides()
        self._whole.add(left, share=3, lines=12)
        self._whole.add(self._proofs(), share=2, lines=12)
        self.content.addWidget(self._whole, 1)
        self._empty = StateCard()
        self._empty.tell_no_tender(self.go.emit)
        self.content.addWidget(self._empty, 1)
        self._check_one = self.add_action("Check a letter…", self._check, key="Ctrl+L")
        self.reports = [
            self.add_action("Evaluation report…", lambda: self._write("report")),
            self.add_action("Score matrix…", lambda: self._write("matrix")),
            self.add_action("Report-back sheet…", lambda: self._write("back")),
        ]
        self.challenging = self.add_action("Challenge pack…", self._ask_for_pack)

    def _proofs(self) -> QScrollArea:
        self.proof = VerdictCard(
            "Is the record whole?",
            "Not checked since the window was opened. The check reads every act, score and sealed file again.",
        )
        self.letter = VerdictCard(
            "Is a letter ours, and unchanged?", "Choose a letter to check: anybody’s copy will do."
        )
        trail = Card("The head of the trail")
        trail.inside.addWidget(label(_HEAD, "muted", wrap=True))
        self.head_text = label("", wrap=True)
        self.head_text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        trail.inside.addWidget(self.head_text)
        self.copy = button("Copy the head")
        self.copy.clicked.connect(lambda *_: self._copy())
        trail.inside.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignLeft)
        kept = Card("Backups")
        self.backups = label("", wrap=True)
        kept.inside.addWidget(self.backups)
        kept.inside.addWidget(
            label(
                "A backup holds scores, reasons and this record. Sealed documents are kept beside it.",
                "muted",
                wrap=True,
            )
        )
        self.back_up = button("Back up now")
        back_up = self.guard(self._back_up)
        self.back_up.clicked.connect(lambda *_: back_up())
        kept.inside.addWidget(self.back_up, 0, Qt.AlignmentFlag.AlignLeft)
        inside = QWidget()
        self._cards = column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.after = AfterAward()
        record_it = self.guard(self._record)
        self.after.asked.connect(record_it)
        self.challenge = ChallengeForm()
        self.challenge.kept.connect(self.guard(self._make_pack))
        self._keeping = RecordKeeping(self)
        self.keeping = self._keeping.card
        for card in (self.challenge, self.after, self.keeping, self.proof, self.letter, trail, kept):
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # the arrow keys scroll it
        area.setAccessibleName("What proves the record")
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        self._area = area
        self.keeping.asking.connect(lambda fields: area.ensureWidgetVisible(fields, 0, 24))
        return area

    # What is shown

    def refresh(self) -> None:
        """The history as it stands; read again only where an act was added."""
        view = self.session.view
        for widget, shown in (
            (self._whole, view is not None),
            (self._empty, view is None),
        ):
            widget.setVisible(shown)
        self._check_one.setVisible(view is not None)
        if view is None:
            for made in (*self.reports, self.challenging):
                made.hide()
            self.head("Record", "Who did what, and when")
            self.status.setText("")
            self.next_step("", None)
            return
        if view.summary.tender_id != self._tender:
            self._tender, self._head, self._entries = view.summary.tender_id, None, ()
            self.proof.say("Not checked yet. The check reads every act, score and sealed file again.")
        now = record.head(self.session.workspace, self.session.tender)
        if now != self._head:
            if self._head is not None:
                self.proof.say("Not checked since the newest act.")
            self._read(now)
        self._fill_people()
        people = len({entry.person for entry in self._entries})
        by = f" by {count(people, 'person', 'people')}" if people else ""
        self.head("Record", f"{view.summary.reference} · {count(now.acts, 'act')}{by}")
        groups = [now.hash[at : at + 8] for at in range(0, len(now.hash), 8)]
        self.head_text.setText(" ".join(groups))
        self._show_backups()
        self.status.setText("Nothing on the record is ever changed or taken away.")
        self._show_after(view)
        self.next_step("Verify the record", self._verify)

    def open(self, what: object) -> None:
        """Show the acts of one person, by their code."""
        if isinstance(what, str) and (place := self.people.findData(what)) >= 0:
            self.people.setCurrentIndex(place)
        self.list.setFocus()

    def _read(self, now: Head) -> None:
        space, tender = self.session.workspace, self.session.tender
        if now.acts <= _AT_ONCE:
            self._head, self._entries = now, record.history(space, tender)
            self._fill()
            return
        held = self._reading
        if held is not None and held.head == now and held.entries is not None:
            self._head, self._entries, self._reading = now, held.entries, None
            self._fill()
            return
        if held is not None and held.begun:
            return
        reading = self._reading = _Reading(now)

        def work(_: Progress) -> None:
            reading.begun = True
            try:
                reading.entries = record.history(space, tender)
            finally:
                reading.begun = False

        self.start(_MANY, work, lambda _: self.refresh())

    def _fill_people(self) -> None:
        known = sorted({(entry.person, entry.name) for entry in self._entries})
        if [self.people.itemData(place) for place in range(self.people.count())] == ["", *(who for who, _ in known)]:
            return
        chosen = self.people.currentData() or ""
        self.people.blockSignals(True)  # filling is not choosing
        self.people.clear()
        self.people.addItem("Everyone", "")
        for person, name in known:
            self.people.addItem(f"{person} {name}".strip(), person)
        self.people.setCurrentIndex(max(0, self.people.findData(chosen)))
        self.people.blockSignals(False)
        self._fill()

    def _fill(self) -> None:
        person = str(self.people.currentData() or "")
        self.lines.show_lines(lines_of(self._entries, person=person, words=self.search.text()))
        self._none.setVisible(not self.lines.lines)
        if self._reading is not None:
            self._none.setText(f"{_MANY}…")
        elif self._entries:
            self._none.setText("Nothing on the record fits. Clear the words, or choose Everyone.")
        else:
            self._none.setText("Nothing was done yet.")

    def _show_backups(self) -> None:
        held = backups.kept(self.session.workspace)
        if held:
            self.backups.setText(f"{count(len(held), 'backup')}. The newest: {uk_time(held[0].at)}, {held[0].reason}.")
        else:
            self.backups.setText("None yet. One is made whenever the program closes after a change.")

    # What can be done

    def _show_after(self, view: TenderView) -> None:
        self._acting = acting(view, self.session.person, Role.OFFICER)
        reached = view.summary.stage.reached(TenderStage.OUTCOME)
        self.after.setVisible(reached)
        self.keeping.setVisible(reached)
        scores = any(one.member.person == self.session.person and one.owed for one in view.panel)
        for made, may in zip(self.reports, (self._acting.may, self._acting.may, scores), strict=True):
            made.setVisible(reached and may)
        self.challenging.setVisible(reached and self._acting.may)
        if reached:
            now = deciding.standing(self.session.workspace, self.session.tender)
            self.after.show_now(now, view.summary.stage, self._acting.why_not, self._letters_first(now, view))
            self._keeping.show(view, self._acting)

    def _letters_first(self, now: AfterOutcome, view: TenderView) -> str:
        if not self._acting.may or now.contracts:
            return ""
        found = letters_anew.to_do(self.session.workspace, self.session.tender)
        return letter_words.before_the_notice(found, now, view.summary.stage)

    def _record(self, asked: Asked) -> None:
        try:
            record_asked(self.session.workspace, self.session.tender, asked, self._acting.person)
        except NoticeOutOfOrder as error:
            if error.may_be_so:
                self.after.ask_why_it_stands()
            raise
        self.after.done()
        self.said.emit("It is on the record.")
        self.acted.emit()

    def _write(self, what: str) -> None:
        chosen = self.choose_target(what)
        if not chosen:
            return
        space, tender, person = self.session.workspace, self.session.tender, self.session.person
        officer = self._acting.person
        out = Path(chosen)

        def work(progress: Progress) -> ReportWritten:
            if what == "report":
                return reporting.report(space, tender, out, person=officer, progress=progress)
            if what == "matrix":
                return reporting.matrix(space, tender, out, person=officer, progress=progress)
            return reporting.back(space, tender, out, about=person, person=person)

        self.start("Writing the report", work, self._written)

    def _written(self, made: ReportWritten) -> None:
        self.said.emit(f"{made.file.name} is written and on the record. {may_take_out()}")
        self.acted.emit()

    def _ask_target(self, what: str) -> str:
        kind = "Workbooks (*.xlsx)" if what == "matrix" else "PDF (*.pdf)"
        return QFileDialog.getSaveFileName(self, "Write a report", "", kind)[0]

    def _ask_for_pack(self) -> None:
        view = self.session.view
        if view is not None:
            self.challenge.offer(view.pack.bids)
            self._area.ensureWidgetVisible(self.challenge)

    def _make_pack(self) -> None:
        if not self.challenge.keep.isEnabled():
            return
        what = "Writing the disclosure copy" if self.challenge.asked().is_copy else "Writing the challenge pack"
        asked, officer = self.challenge.asked(), self._acting.person
        space, tender = self.session.workspace, self.session.tender
        self.start(what, lambda progress: make_pack(space, tender, asked, officer, progress), self._pack_made)

    def _pack_made(self, made: PackMade) -> None:
        self.challenge.hide()
        self.said.emit(
            f"{made.file.name} is written and on the record. Your key has the fingerprint {made.fingerprint}."
        )
        self.acted.emit()

    def _verify(self) -> None:
        space, tender = self.session.workspace, self.session.tender
        self.start(
            "Verifying the record",
            lambda progress: verify.verify_tender(space, tender, progress=progress),
            self._verified,
        )

    def _verified(self, result: Verification) -> None:
        self._show_result(self.proof, result)
        self.said.emit(self.proof.verdict.lstrip("✓✕ ") + ".")

    def _check(self) -> None:
        chosen = self.choose_file()
        if not chosen:
            return
        space, path = self.session.workspace, Path(chosen)
        self.start("Checking the letter", lambda _: verify.verify_file(space, path), self._checked)

    def _checked(self, result: Verification) -> None:
        self._show_result(self.letter, result)
        self.said.emit(self.letter.verdict.lstrip("✓✕ ") + ".")

    def _show_result(self, card: VerdictCard, result: Verification) -> None:
        card.show_result(result)
        self._cards.removeWidget(card)
        self._cards.insertWidget(0, card)  # the newest check stands first
        self._area.verticalScrollBar().setValue(0)

    def _ask_file(self) -> str:
        return QFileDialog.getOpenFileName(
            self, "Check a letter", "", "Letters and their list (*.pdf *.json);;All files (*)"
        )[0]

    def _copy(self) -> None:
        if self._head is not None:
            QGuiApplication.clipboard().setText(self._head.hash)
            self.said.emit("The head of the trail is copied.")

    def _back_up(self) -> None:
        made = backups.back_up(self.session.workspace)
        self._show_backups()
        self.said.emit(f"Backed up at {uk_time(made.at)}.")
