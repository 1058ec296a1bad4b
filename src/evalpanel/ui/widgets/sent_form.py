"""Small forms for what comes after the letters: when one was sent or answered, a lesson, what was done about it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDateTime, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QComboBox, QDateTimeEdit, QLineEdit, QPlainTextEdit, QWidget

from evalpanel.ui import accessible
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow

_UK = ZoneInfo("Europe/London")


class AskForm(Card):
    """A few fields and one button. `kept` says that the fields are to be recorded; Escape leaves them."""

    kept = Signal()

    def __init__(self, title: str, action: str) -> None:
        super().__init__(title)
        self.about: object = None
        self._first: QWidget | None = None
        self._before: QWidget | None = None
        self.row = Flow(gap=12)
        self.keep = button(f"{action}  Ctrl+↵")
        self.keep.setAccessibleName(action)
        self.keep.clicked.connect(lambda *_: self.kept.emit())
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave it")
        leave.clicked.connect(self.hide)
        self.row.addWidget(self.keep)
        self.row.addWidget(leave)
        for keys, words, slot in (("Esc", "Leave it", self.hide), ("Ctrl+Return", action, self.kept.emit)):
            self._shortcut(keys, words, slot)
        self.hide()

    def setVisible(self, visible: bool) -> None:
        """When it goes, the focus goes back to where it was."""
        held = QApplication.focusWidget()
        if not visible and held is not None and self.isAncestorOf(held):
            # It may have been taken away meanwhile: a widget that is gone cannot be asked.
            back = next((one for one in self.window().findChildren(QWidget) if one is self._before), None)
            if back is not None and back.isVisible():
                back.setFocus(Qt.FocusReason.OtherFocusReason)
        super().setVisible(visible)

    def _shortcut(self, keys: str, words: str, slot: Callable[[], object]) -> None:
        made = QShortcut(QKeySequence(keys), self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        made.setWhatsThis(words)
        made.activated.connect(slot)

    def add(self, words: str, field: QWidget) -> None:
        """One field under its words; the first takes the focus."""
        said = label(words, "small", wrap=True)
        said.setBuddy(field)
        field.setAccessibleName(words)
        self.inside.addWidget(said)
        self.inside.addWidget(field)
        self._first = self._first or field

    def close_fields(self) -> None:
        """Put the buttons under the fields."""
        self.inside.addLayout(self.row)

    def ask(self, about: object, title: str) -> None:
        """Show the form for something."""
        self.about = about
        self.set_title(title)
        if self.isHidden():
            self._before = QApplication.focusWidget()
        self.show()
        if self._first is not None:
            self._first.setFocus(Qt.FocusReason.OtherFocusReason)


def choice(pairs: list[tuple[str, object]], name: str) -> QComboBox:
    """A chooser of words that stand for values."""
    made = QComboBox()
    for words, value in pairs:
        made.addItem(words, value)
    accessible.name_chooser(made, name)
    return made


def moment() -> QDateTimeEdit:
    """A day and time as people in the United Kingdom write it."""
    made = QDateTimeEdit()
    made.setDisplayFormat("d MMMM yyyy, HH:mm")
    made.setCalendarPopup(True)
    return made


def show_moment(field: QDateTimeEdit, at: datetime) -> None:
    """Show a moment (UTC)."""
    local = at.astimezone(_UK)
    field.setDateTime(QDateTime(local.year, local.month, local.day, local.hour, local.minute, 0))


def utc_of(field: QDateTimeEdit) -> datetime:
    """The moment in a field, in UTC."""
    held = field.dateTime()
    day, time = held.date(), held.time()
    local = datetime(day.year(), day.month(), day.day(), time.hour(), time.minute(), tzinfo=_UK)
    return local.astimezone(UTC)


def line(hint: str) -> QLineEdit:
    """A line to type in."""
    made = QLineEdit()
    made.setPlaceholderText(hint)
    return made


def words(hint: str) -> QPlainTextEdit:
    """A few lines to type in; Tab leaves it."""
    made = QPlainTextEdit()
    made.setPlaceholderText(hint)
    made.setTabChangesFocus(True)
    made.setFixedHeight(made.fontMetrics().lineSpacing() * 4 + 20)
    return made
