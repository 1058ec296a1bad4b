"""How long a record is kept: until when and why, what holds it, and ending it when it may be ended."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from evalpanel.domain.retention import RetentionState
from evalpanel.domain.signing import Hold
from evalpanel.services.keeping import Keeping
from evalpanel.ui.models import keeping_words
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow

_NEAR = (RetentionState.SOON, RetentionState.HELD, RetentionState.DUE)
"""Where an ending is something to think about: before, it is not spoken of."""


class KeepingCard(Card):
    """The card on the page Record. `lifted` carries a hold's number, who lifts it and why; `ended` what was typed, and why; `asking` what must be in
    sight now."""

    lifted = Signal(int, str, str)
    ended = Signal(str, str)
    asking = Signal(QWidget)

    def __init__(self) -> None:
        super().__init__("How long this record is kept")
        self.words = label("", wrap=True)
        self.warning = label("", "warn", wrap=True)
        self.kept = label("", "muted", wrap=True)
        for one in (self.words, self.warning, self.kept):
            self.inside.addWidget(one)
        self._holds = QVBoxLayout()
        self._holds.setSpacing(6)
        self.inside.addLayout(self._holds)
        self.lifts: dict[int, QPushButton] = {}
        self._fields = QWidget()
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.about = label("", wrap=True)
        column.addWidget(self.about)
        self._first, self._second = QLineEdit(), QLineEdit()
        self._names = [label("", "small", wrap=True) for _ in range(2)]
        for said, field in zip(self._names, (self._first, self._second), strict=True):
            said.setBuddy(field)
            field.textChanged.connect(lambda *_: self._check())
            column.addWidget(said)
            column.addWidget(field)
        row = Flow(gap=12)
        self.act = button("")
        self.act.clicked.connect(lambda *_: self._do())
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave it")
        leave.clicked.connect(lambda *_: self.leave())
        row.addWidget(self.act)
        row.addWidget(leave)
        column.addLayout(row)
        self.inside.addWidget(self._fields)
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.setWhatsThis("Leave it")
        escape.activated.connect(self.leave)
        self.end = button("End this record…")
        self.end.setAccessibleName("End this record")
        self.end.clicked.connect(lambda *_: self._ask_end())
        self.inside.addWidget(self.end, 0, Qt.AlignmentFlag.AlignLeft)
        self._reference = ""
        self._hold = 0
        self._near = False
        self._fields.hide()

    @property
    def fields(self) -> tuple[QLineEdit, QLineEdit]:
        """The two lines of what is asked: the reference or who lifts a hold, and why."""
        return self._first, self._second

    def show_keeping(self, held: Keeping, reference: str, *, closed: bool, tip: str) -> None:
        """Show where it stands. `tip` says why this person may do nothing about it (empty: they may)."""
        self._reference = reference
        self.words.setText(held.retention.why)
        said = keeping_words.warning(held)
        self.warning.setText(said)
        self.warning.setVisible(bool(said))
        self.kept.setText(keeping_words.here(held))
        self._show_holds(held.retention.holds, tip)
        gone = held.retention.ended is not None
        why_not = tip or keeping_words.why_not_end(held, closed=closed)
        near = held.retention.state in _NEAR
        self.kept.setVisible(near or gone)
        self._near = near
        self.end.setVisible(near and self._fields.isHidden())
        self.end.setEnabled(not why_not)
        self.end.setToolTip(why_not)
        self.end.setAccessibleDescription(why_not)
        if gone or (self._hold and self._hold not in self.lifts):
            self.leave()

    def leave(self) -> None:
        """Ask nothing any more."""
        self._hold = 0
        self._first.clear()
        self._second.clear()
        self._fields.hide()
        self.end.setVisible(self._near)

    def _show_holds(self, holds: Sequence[Hold], tip: str) -> None:
        while (item := self._holds.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.lifts = {}
        for one in holds:
            self._holds.addWidget(label(keeping_words.hold(one), wrap=True))
            lift = button(keeping_words.LIFTS[one.kind])
            lift.setAccessibleName(keeping_words.lift_name(one))
            lift.setEnabled(not tip)
            lift.setToolTip(tip)
            lift.clicked.connect(lambda *_, hold=one: self._ask_lift(hold))
            self.lifts[one.act] = lift
            row = Flow(gap=12)
            holder = QWidget()
            holder.setLayout(row)
            row.addWidget(lift)
            self._holds.addWidget(holder)

    def _ask_lift(self, hold: Hold) -> None:
        self._hold = hold.act
        self._ask(keeping_words.lift_name(hold), ("Who says so", "Why, or how it ended, for the record"), "Record it")

    def _ask_end(self) -> None:
        self._hold = 0
        names = (f"To end it, type its reference: {self._reference}", "Why it is ended, for the record")
        self._ask(keeping_words.WHAT_GOES, names, "End this record")

    def _ask(self, about: str, names: tuple[str, str], act: str) -> None:
        self._first.clear()
        self._second.clear()
        self.about.setText(about)
        for said, told, field in zip(names, self._names, self.fields, strict=True):
            told.setText(said)
            field.setAccessibleName(said)
        self.act.setText(act)
        self._fields.show()
        self.end.hide()
        self._check()
        self._first.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, lambda: self.asking.emit(self._fields))  # once it has its place

    def _check(self) -> None:
        first, second = (one.text().strip() for one in self.fields)
        right = bool(first) if self._hold else first == self._reference
        self.act.setEnabled(right and bool(second))

    def _do(self) -> None:
        first, second = (one.text() for one in self.fields)
        if self._hold:
            self.lifted.emit(self._hold, first, second)
        else:
            self.ended.emit(first, second)
