"""What every page is: a title, one muted line that says where one is and what counts, content, and one next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from evalpanel.progress import Progress
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.scroll import Tall, overflow

if TYPE_CHECKING:
    # Not at run time: it brings the services and their store, and the window is seen before them.
    from evalpanel.ui.session import Session


class Page(QWidget):
    """A page of the window.

    A page is filled by `refresh()`, which the shell calls when the page is shown and after every act, and which never
    touches a field that has the focus or is not saved yet. What a person wants goes up by signal: `go` to another
    place (its key, and what to open there), `acted` after anything was changed, `said` for a message, `offered` for
    one with a button that takes back what was done (words, button, what it does), `job` for long
    work (words, work, what to do with the result), `tender_chosen` with the
    reference of a tender to open. Services are called inside slots wrapped by `self.guard`.
    """

    KEY = ""
    WIDEST = 240  # letters: on a wider screen the page keeps to the left, and its lines stay short enough to be read
    go = Signal(str, object)
    acted = Signal()
    said = Signal(str)
    offered = Signal(str, str, object)
    job = Signal(str, object, object)
    tender_chosen = Signal(str)

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__()
        self.session = session
        self.guard = guard
        outer = self._outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 16)
        outer.setSpacing(12)
        inside = Tall()
        sheet = QVBoxLayout(inside)
        sheet.setContentsMargins(24, 18, 24, 0)
        sheet.setSpacing(12)
        sheet.addWidget(self._top())
        self.content = QVBoxLayout()
        self.content.setSpacing(12)
        sheet.addLayout(self.content, 1)
        self.whole = overflow(inside)  # scrolls where large text on a small screen needs more room than there is
        outer.addWidget(self.whole, 1)
        below = QVBoxLayout()
        below.setContentsMargins(24, 0, 24, 0)
        below.setSpacing(12)
        self.strips = QVBoxLayout()  # the shell puts its message and job strips here
        below.addLayout(self.strips)
        below.addWidget(self._bottom())
        outer.addLayout(below)

    def _top(self) -> QWidget:
        top = Fold(least=30)
        words = QWidget()
        words.setProperty("wraps", True)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.title = label("", "title", wrap=True)
        self.subtitle = label("", "muted", wrap=True)
        column.addWidget(self.title)
        column.addWidget(self.subtitle)
        column.addStretch(1)
        top.add(words, 1)
        beside = QWidget()
        self.side = QHBoxLayout(beside)
        self.side.setContentsMargins(0, 0, 0, 0)
        self.side.setSpacing(12)
        self._actions = Flow(gap=12)
        self.side.addLayout(self._actions)
        top.add(beside)
        return top

    def _bottom(self) -> QWidget:
        bottom = Fold(least=24)
        words = QWidget()
        words.setProperty("wraps", True)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.status = label("", "small", wrap=True)
        self.why_not = label("", "small", wrap=True)
        self.why_not.hide()
        for one in (self.why_not, self.status):
            column.addWidget(one)
        bottom.add(words, 1)
        buttons = QWidget()
        self.foot = Flow(buttons, gap=12, right=True)
        bottom.add(buttons)
        self.primary = button("", role="primary")
        self.primary.hide()
        self.foot.keep_last(self.primary)
        return bottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep to the left of a very wide screen."""
        super().resizeEvent(event)
        most = self.WIDEST * self.fontMetrics().averageCharWidth() + 2 * 24
        self._outer.setContentsMargins(0, 0, max(0, self.width() - most), 16)

    def refresh(self) -> None:
        """Fill the page from the services."""

    def open(self, what: object) -> None:
        """Show one thing on the page (a line, a bid); `None` leaves it as it is."""

    def leaving(self) -> None:
        """Save what is not saved: the person goes to another page, or closes the window."""

    def head(self, title: str, subtitle: str) -> None:
        """Set the title and the line under it."""
        self.title.setText(title)
        self.subtitle.setText(subtitle)
        self.setAccessibleName(title)

    def next_step(self, text: str, slot: Callable[[], object] | None, *, tip: str = "") -> None:
        """Set the one primary action; None shows none. `tip` says why it cannot be done yet, stands at the foot, and greys it."""
        if self.primary.property("connected"):
            self.primary.clicked.disconnect()
            self.primary.setProperty("connected", False)
        self.primary.setVisible(bool(text))
        self.primary.setText(text)
        self.primary.setToolTip(tip)
        self.why_not.setText(tip)  # nobody can point at a grey button with keys, and nothing reads it aloud
        self.why_not.setVisible(bool(text and tip))
        self.primary.setEnabled(slot is not None and not tip)
        if slot is not None:
            act = self.guard(slot)
            self.primary.clicked.connect(lambda *_: act())  # without Qt's “checked”
            self.primary.setProperty("connected", True)

    def add_action(self, text: str, slot: Callable[[], object], *, key: str = "") -> QPushButton:
        """Add a secondary action at the right of the title, with its key shown on it."""
        made = button(f"{text}  {key}" if key else text)
        made.setAccessibleName(text)
        if key:
            made.setShortcut(key)
        act = self.guard(slot)
        made.clicked.connect(lambda *_: act())  # without Qt's “checked”
        self._actions.addWidget(made)
        return made

    def start(self, what: str, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        """Start long work; `done` gets its result on the window's thread."""
        self.job.emit(what, work, done)


def label(text: str, role: str = "", *, wrap: bool = False) -> QLabel:
    """A text in one of the roles of the stylesheet (`title`, `card-title`, `muted`, `small`, `warn`, `danger`, `ok`)."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def button(text: str, *, role: str = "") -> QPushButton:
    """A button in one of the roles of the stylesheet (`primary`, `level`, `quiet`; none: ordinary)."""
    made = _Button(text)
    if role:
        made.setProperty("role", role)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


class _Button(QPushButton):
    """A button that Enter presses, as Space does, and not only on those desktops that have it so."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setAutoDefault(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """An Enter that is held down presses once: the next step may be one that cannot be taken back."""
        if event.isAutoRepeat() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()
        else:
            super().keyPressEvent(event)
