"""Moderation: every line with its scores as dots, and the room in which the panel agrees a level with reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from evalpanel.domain.evidence import Evidence
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import declarations, documents, moderation
from evalpanel.services.moderation import ModerationLine
from evalpanel.services.setup import TenderView
from evalpanel.ui.acting import Acting, acting
from evalpanel.ui.models.evidence_words import naming
from evalpanel.ui.models.moderation_lines import LineRow, LineState, rows_of, rows_with, worth_knowing
from evalpanel.ui.models.moderation_state import (
    cannot_stand,
    next_to_put_right,
    not_ready,
    recused_from_what,
    room_line,
    where_it_stands,
)
from evalpanel.ui.page import Page, button
from evalpanel.ui.passage_window import PassageWindow
from evalpanel.ui.projector import Projector
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.closing_card import ClosingCard
from evalpanel.ui.widgets.line_list import LineList
from evalpanel.ui.widgets.room import Room
from evalpanel.ui.widgets.sides import Sides
from evalpanel.ui.widgets.state_card import StateCard

_AT_ONCE = 2_000  # lines that are read in a tenth of a second; more are read on the worker


@dataclass(slots=True)
class _Reading:
    """Many lines that are read on the worker. Refused work never begins, and is asked for again."""

    about: tuple[str, str, int]
    begun: bool = False
    lines: tuple[ModerationLine, ...] | None = None


class ModerationPage(Page):
    """The lines at the left, the room for one line at the right. What is agreed is saved as it is said."""

    KEY = "moderation"
    WIDEST = 340

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._rows: tuple[LineRow, ...] = ()
        self._lines: tuple[ModerationLine, ...] = ()
        self._known = ("", "", 0)  # the tender, the person and the newest act that the lines know
        self._reading: _Reading | None = None
        self._words: ModerationLine | None = None
        self._about = ("", "")
        self._acting = Acting(None, "Nothing is open.")
        self._present: frozenset[PersonCode] = frozenset()
        self._closing = self._quiet = False
        self._to_room = self.add_action("Show to the room", self.show_to_room, key="F11")
        self._hide = self.add_action("Hide the list", self._toggle_list, key="Ctrl+L")
        self._state = StateCard()
        self.content.addWidget(self._state)
        self._last = ClosingCard()
        self._last.left.connect(self.guard(self._not_yet))
        self.content.addWidget(self._last)
        self.list = LineList()
        self.list.chosen.connect(self.guard(self._chosen))
        self.room = Room(self)
        self.room.save_now.connect(self.guard(self.save))
        self.room.opened.connect(self.guard(self._open_evidence))
        self.room.cited.refused.connect(self.said)
        self._passages: PassageWindow | None = None
        self.room.present.affirm.connect(self.guard(self._affirm))
        self.room.typed.connect(lambda: self.status.setText("Not saved yet"))
        self.wall = Projector(self, self.room, self.list)
        self.wall.stepped.connect(self.guard(self._step))
        self._split = Sides()
        self._split.add(self.list, share=9, lines=11)
        self._split.add(self.room, share=11, lines=26)
        self.content.addWidget(self._split, 1)
        self._discard = button("Go back to what is saved", role="quiet")
        self._discard.clicked.connect(self.guard(self._go_back))
        self._discard.hide()
        self.foot.addWidget(self._discard)
        self._before = button("Previous  Alt+↑")
        self._before.setAccessibleName("Previous line")
        self._before.clicked.connect(self.guard(lambda *_: self._step(-1)))
        self.foot.addWidget(self._before)
        for keys, words, act in (
            (("Ctrl+Return", "Ctrl+Enter"), "Save, and go to the next line that is not agreed", self._agree),
            (("Alt+Up",), "Line before", lambda: self._step(-1)),
            (("Alt+Down",), "Next line", lambda: self._step(1)),
            (("Escape",), "Do not close moderation yet", self._not_yet),
        ):
            for key in keys:
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.setWhatsThis(words)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(self.guard(act))

    # Showing

    def refresh(self) -> None:
        """Show the lines, or why there are none yet."""
        view = self.session.view
        if view is None or self._quiet:
            if view is None:
                self._split.hide()
                self._state.tell_no_tender(self.go.emit)
            self._frame()
            return
        about = (view.summary.tender_id, self.session.person)
        if about != self._about:
            self._about, self._present, self._closing = about, frozenset(), False
            self.list.mark(None)
            self.room.forget()
            self.wall.leave()
        self._acting = acting(view, self.session.person, Role.CHAIR)
        state = not_ready(view, self.session.person)
        self._state.setVisible(state is not None)
        self._split.setVisible(state is None)
        if state is not None:
            self._lines, self._rows = (), ()
            self.wall.leave()
            title, text, action, place = state
            self._state.tell(title, text, action, lambda: self.go.emit(place, None))
            self._frame()
            return
        if not self._read(view):
            self._frame()
            return
        if not self._present:
            held = [one.agreed.present for one in self._lines if one.agreed is not None and one.agreed.present]
            self._present = frozenset(held[-1]) if held else frozenset()
        self.room.named = naming(documents.listing(self.session.workspace, self.session.tender))
        self._arrange(view)
        self._show(self.list.current() or self.list.first())
        self._frame()

    def _read(self, view: TenderView) -> bool:
        """Read the lines anew where something was done. Many are read on the worker: False until they are there."""
        about = (self.session.tender, self.session.person, self.session.version)
        if about == self._known:
            return True
        space, tender, person = self.session.workspace, self.session.tender, self.session.person or None
        held = self._reading
        if view.lines <= _AT_ONCE:
            self._lines = moderation.lines(space, tender, person=person, words=False)
        elif held is not None and held.about == about and held.lines is not None:
            self._lines, self._reading = held.lines, None
        else:
            if held is None or not held.begun:
                reading = self._reading = _Reading(about)

                def work(progress: Progress) -> None:
                    reading.begun = True
                    try:
                        reading.lines = moderation.lines(space, tender, person=person, words=False, progress=progress)
                    finally:
                        reading.begun = False

                self.start("Reading the lines", work, lambda _: self.refresh())
            if not self._rows:
                self._split.hide()
                self._state.show()
                self._state.tell(
                    "Reading the lines", f"There are {view.lines:,}: it takes a moment. F5 begins it again."
                )
            return bool(self._rows)
        self._known, self._words = about, None
        return True

    def open(self, what: object) -> None:
        """Show a line (a `Line`); focus goes to the list, from where digits score and Tab leads on."""
        if isinstance(what, Line) and self._row(what) is not None:
            self._chosen(what)
            self.list.mark(what)
        if self._split.isVisible():
            self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def leaving(self) -> None:
        """Save what is not saved, and take the line off the wall."""
        self.save()
        self.wall.leave()

    def _arrange(self, view: TenderView) -> None:
        tender = view.pack.tender
        assert tender is not None, "a tender that is loaded has its terms"
        names = {bidder.bidder: bidder.name for bidder in view.pack.bidders}
        bidders = {str(bid.bid): names.get(bid.bidder, "") for bid in view.pack.bids} if view.named else {}
        self._rows = rows_of(self._lines, bidders, tender.quorum, view.pack.panel)
        self.list.set_rows(self._rows)

    def _row(self, line: Line | None) -> LineRow | None:
        return next((row for row in self._rows if row.line == line), None)

    def _show(self, line: Line | None) -> None:
        view, row = self.session.view, self._row(line)
        self.room.setVisible(row is not None)
        if view is None or row is None:
            return
        self.room.set_read_only("" if self._open(view) else "read only")
        self.room.show_line(room_line(self._whole(row), view, self._present))
        self.list.mark(row.line)
        self.wall.tell()

    def show_to_room(self) -> None:
        """Show the line on the wall as it is saved, or no longer."""
        self.save()
        self.wall.toggle()

    def _whole(self, row: LineRow) -> LineRow:
        """The row with every word that was said on its line: the list knows the levels alone."""
        if self._words is None or self._words.line != row.line:
            person = self.session.person or None
            self._words = moderation.line(self.session.workspace, self.session.tender, row.line, person=person)
        if self._words is None:
            return row
        return replace(row, held=replace(self._words, agreed=row.held.agreed))

    def _open(self, view: TenderView) -> bool:
        return self._acting.may and not view.summary.stage.reached(TenderStage.QUALITY_LOCKED)

    def _frame(self) -> None:
        """Title, counts, and the next step."""
        view = self.session.view
        ready = bool(self._rows) and view is not None
        for widget in (self._to_room, self._hide, self._before):
            widget.setVisible(ready)
        self._last.setVisible(ready and self._closing)
        if view is None or not ready:
            self.head("Moderation", view.summary.title if view is not None else "")
            self.next_step("", None)
            self.status.setText("")
            return
        counts = {state: sum(1 for row in self._rows if row.state is state) for state in LineState}
        agreed, left = counts[LineState.AGREED], counts[LineState.OPEN] + counts[LineState.DRAFT]
        recused = recused_from_what(view, self.session.person)
        self.head("Moderation", where_it_stands(self._rows, view, recused, self._acting.why_not))
        locked = view.summary.stage.reached(TenderStage.QUALITY_LOCKED)
        if locked:
            self.next_step("Go to the outcome", lambda: self.go.emit("outcome", None))
        elif not self._acting.may:
            self.next_step("Next line  Alt+↓", lambda: self._step(1))
        elif self._closing:
            self.next_step(f"Lock {agreed} lines", self._close)
        elif not left and cannot_stand(self._rows, view):
            self.next_step("Next line to put right", self._put_right)
        elif not left and not recused:
            self.next_step("Close moderation…", self._ask)
        else:
            self.next_step("Agree and next  Ctrl+↵", self._agree)

    # Acting

    def save(self) -> None:
        """Save what the room says and is not saved. A refusal keeps every word in its field."""
        view, shown = self.session.view, self.room.shown
        if view is None or shown is None or not self._open(view):
            return
        may = {seat.person for seat in shown.seats if not seat.why_not}
        self._present = (self._present - may) | frozenset(self.room.score().present)
        row = self.room.unsaved()
        if row is None:
            return
        try:
            moderation.take_moderated(
                self.session.workspace, self.session.tender, rows=[row], person=self._acting.person
            )
        except EvalPanelError:
            self.status.setText("Not saved")
            self._discard.show()
            raise
        before = {one.line: one.state for one in self._rows}
        stood = not cannot_stand((shown.row,), view)
        agreed = self.room.score()
        self._known = (*self._known[:2], self.session.after_own(self._known[2]))  # nothing but this line is new
        held = self._row(row.line)
        assert held is not None and view.pack.tender is not None, "the line that was saved is one of the lines"
        self._lines = tuple(replace(one, agreed=agreed) if one.line == row.line else one for one in self._lines)
        changed = replace(held.held, agreed=agreed)
        self._rows = rows_with(self._rows, changed, view.pack.tender.quorum, view.pack.panel)
        self.list.set_rows(self._rows)
        now = self._row(row.line)
        assert now is not None, "as above"
        self.room.saved(self._whole(now))
        self.wall.tell()
        self._discard.hide()
        self.status.setText(f"Saved {self.session.workspace.now().astimezone():%H:%M}")
        if {one.line: one.state for one in self._rows} != before:
            self._tell()
        elif not stood:
            self._frame()

    def _open_evidence(self, piece: Evidence) -> None:
        if self._passages is None:
            self._passages = PassageWindow(self, self.session.workspace, self.guard)
        person = self.session.person or self._acting.person or ""
        self._passages.show_piece(self.session.tender, person, piece)

    def _chosen(self, line: Line) -> None:
        shown = self.room.shown
        if shown is not None and shown.row.line != line:
            try:
                self.save()
            except EvalPanelError:
                self.list.mark(shown.row.line)
                raise
            self.status.setText("")
        self._show(line)

    def _step(self, by: int) -> None:
        line = self.list.beside(self.list.current(), by)
        if line is not None:
            self._chosen(line)

    def _agree(self) -> None:
        view = self.session.view
        if view is None or not self._rows:
            return
        if not self._open(view):
            self._step(1)
            return
        self.save()
        shown = self.room.shown
        row = self._row(shown.row.line) if shown is not None else None
        if row is not None and row.state is not LineState.NOT_ASSESSED and (lacks := self.room.missing()):
            self.said.emit(lacks)
            return
        left = self.list.next_left(row.line if row is not None else None)
        if left is not None:
            self._chosen(left)
            self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._step(1)

    def _put_right(self) -> None:
        view, at = self.session.view, self.list.current()
        self.save()
        if view is not None and (line := next_to_put_right(self._rows, view, at)) is not None:
            self._chosen(line)

    def _affirm(self, person: str) -> None:
        """Somebody in the room says that their declaration still holds; whoever runs the meeting writes it down."""
        by = self._acting.person or self.session.person or None
        declarations.affirm(self.session.workspace, self.session.tender, person=person, by=by)
        self.room.present.affirmed(PersonCode(person))
        self._tell()

    def _tell(self) -> None:
        """Tell the window round the lines what is new: they are up to date themselves."""
        self._quiet = True
        try:
            self.acted.emit()
        finally:
            self._quiet = False

    def _go_back(self) -> None:
        self.room.discard()
        self._discard.hide()
        self.status.setText("")

    def _ask(self) -> None:
        self.save()
        self._last.tell(worth_knowing(self._rows))
        self._closing = True
        self._frame()
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _not_yet(self) -> None:
        self._closing = False
        self._frame()

    def _close(self) -> None:
        self.save()
        closed = moderation.close(self.session.workspace, self.session.tender, person=self._acting.person)
        self._closing = False
        self.said.emit(f"Moderation is closed: {closed.lines} lines are locked. The officer can open the prices now.")
        self.acted.emit()

    def _toggle_list(self) -> None:
        shown = self.list.isHidden()
        self.list.setVisible(shown)
        self._hide.setText("Hide the list  Ctrl+L" if shown else "Show the list  Ctrl+L")
        self._hide.setShortcut("Ctrl+L")  # a new text takes the key away
