"""Moderation: every line with its scores as dots, and the room in which the panel agrees a level with reasons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter

from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import moderation
from evalpanel.services.moderation import ModerationLine
from evalpanel.services.setup import TenderView
from evalpanel.ui.acting import Acting, acting
from evalpanel.ui.models.moderation_lines import LineRow, LineState, rows_of, worth_knowing
from evalpanel.ui.models.moderation_state import not_ready, recused_lots, room_line, where_it_stands
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.line_list import LineList
from evalpanel.ui.widgets.room import Room
from evalpanel.ui.widgets.state_card import StateCard


class ModerationPage(Page):
    """The lines at the left, the room for one line at the right. What is agreed is saved as it is said."""

    KEY = "moderation"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._rows: tuple[LineRow, ...] = ()
        self._lines: tuple[ModerationLine, ...] = ()
        self._about = ("", "")
        self._acting = Acting(None, "Nothing is open.")
        self._present: frozenset[PersonCode] = frozenset()
        self._closing = self._quiet = False
        self._hide = self.add_action("Hide the list", self._toggle_list, key="Ctrl+L")
        self._state = StateCard()
        self.content.addWidget(self._state)
        self._last = self._closing_card()
        self.content.addWidget(self._last)
        self.list = LineList()
        self.list.chosen.connect(self.guard(self._chosen))
        self.room = Room(self)
        self.room.save_now.connect(self.guard(self.save))
        self.room.typed.connect(lambda: self.status.setText("Not saved yet"))
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(12)
        for place, (widget, share) in enumerate(((self.list, 9), (self.room, 11))):
            self._split.addWidget(widget)
            self._split.setStretchFactor(place, share)
        self._split.setSizes([900, 1100])
        self.content.addWidget(self._split, 1)
        self._discard = button("Go back to what is saved", role="quiet")
        self._discard.clicked.connect(self.guard(self._go_back))
        self._discard.hide()
        self.foot.addWidget(self._discard)
        self._before = button("Previous  Alt+↑")
        self._before.setAccessibleName("Previous line")
        self._before.clicked.connect(self.guard(lambda *_: self._step(-1)))
        self.foot.addWidget(self._before)
        for keys, act in (
            (("Ctrl+Return", "Ctrl+Enter"), self._agree),
            (("Alt+Up",), lambda: self._step(-1)),
            (("Alt+Down",), lambda: self._step(1)),
            (("Escape",), self._not_yet),
        ):
            for key in keys:
                shortcut = QShortcut(QKeySequence(key), self)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(self.guard(act))

    def _closing_card(self) -> Card:
        card = Card()
        card.set_title("Close moderation")
        self._closing_words = label("", wrap=True)
        card.inside.addWidget(self._closing_words)
        not_yet = button("Not yet  Esc")
        not_yet.clicked.connect(self.guard(lambda *_: self._not_yet()))
        card.inside.addWidget(not_yet, 0, Qt.AlignmentFlag.AlignLeft)
        card.hide()
        return card

    # Showing

    def refresh(self) -> None:
        """Show the lines, or why there are none yet."""
        view = self.session.view
        if view is None or self._quiet:
            self._frame()
            return
        about = (view.summary.tender_id, self.session.person)
        if about != self._about:
            self._about, self._present, self._closing = about, frozenset(), False
            self.list.mark(None)
            self.room.forget()
        self._acting = acting(view, self.session.person, Role.CHAIR)
        state = not_ready(view, self.session.person)
        self._state.setVisible(state is not None)
        self._split.setVisible(state is None)
        if state is not None:
            self._lines, self._rows = (), ()
            title, text, action, place = state
            self._state.tell(title, text, action, lambda: self.go.emit(place, None))
            self._frame()
            return
        recused = recused_lots(view, self.session.person)
        # Nobody reads a bid of a lot from which they are recused, nor what others said about it.
        self._lines = tuple(
            one for one in moderation.lines(self.session.workspace, self.session.tender) if one.line.lot not in recused
        )
        if not self._present:
            held = [one.agreed.present for one in self._lines if one.agreed is not None and one.agreed.present]
            self._present = frozenset(held[-1]) if held else frozenset()
        self._arrange(view)
        self._show(self.list.current() or self.list.first())
        self._frame()

    def open(self, what: object) -> None:
        """Show a line (a `Line`); focus goes to the list, from where digits score and Tab leads on."""
        if isinstance(what, Line) and self._row(what) is not None:
            self._chosen(what)
            self.list.mark(what)
        if self._split.isVisible():
            self.list.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def leaving(self) -> None:
        """Save what is not saved."""
        self.save()

    def _arrange(self, view: TenderView) -> None:
        tender = view.pack.tender
        assert tender is not None, "a tender that is loaded has its terms"
        names = {bidder.bidder: bidder.name for bidder in view.pack.bidders}
        bidders = {} if tender.blind else {str(bid.bid): names.get(bid.bidder, "") for bid in view.pack.bids}
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
        self.room.show_line(room_line(row, view, self._present))
        self.list.mark(row.line)

    def _open(self, view: TenderView) -> bool:
        return self._acting.may and not view.summary.stage.reached(TenderStage.QUALITY_LOCKED)

    def _frame(self) -> None:
        """Title, counts, and the next step."""
        view = self.session.view
        ready = bool(self._rows) and view is not None
        for widget in (self._hide, self._before):
            widget.setVisible(ready)
        self._last.setVisible(ready and self._closing)
        if view is None or not ready:
            self.head("Moderation", view.summary.title if view is not None else "No tender is open.")
            self.next_step("", None)
            self.status.setText("")
            return
        counts = {state: sum(1 for row in self._rows if row.state is state) for state in LineState}
        agreed, left = counts[LineState.AGREED], counts[LineState.OPEN] + counts[LineState.DRAFT]
        recused = recused_lots(view, self.session.person)
        self.head("Moderation", where_it_stands(self._rows, view, recused, self._acting.why_not))
        locked = view.summary.stage.reached(TenderStage.QUALITY_LOCKED)
        if locked:
            self.next_step("Go to the outcome", lambda: self.go.emit("outcome", None))
        elif not self._acting.may:
            self.next_step("Next line  Alt+↓", lambda: self._step(1))
        elif self._closing:
            self.next_step(f"Lock {agreed} lines", self._close)
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
        agreed = self.room.score()
        self._lines = tuple(replace(one, agreed=agreed) if one.line == row.line else one for one in self._lines)
        self._arrange(view)
        now = self._row(row.line)
        assert now is not None, "the line that was saved is one of the lines"
        self.room.saved(now)
        self._discard.hide()
        self.status.setText(f"Saved {self.session.workspace.now().astimezone():%H:%M}")
        if {one.line: one.state for one in self._rows} != before:
            self._quiet = True  # the lines are up to date; only the window round them is not
            try:
                self.acted.emit()
            finally:
                self._quiet = False

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

    def _go_back(self) -> None:
        self.room.discard()
        self._discard.hide()
        self.status.setText("")

    def _ask(self) -> None:
        self.save()
        last = "Closing locks every level and every reason. Nothing can be changed after it, and then the prices can be opened."
        self._closing_words.setText("\n".join((*worth_knowing(self._rows), last)))
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
