"""What every page is: a title, one muted line that says where one is and what counts, content, and one next step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from evalpanel.progress import Progress
from evalpanel.ui.session import Session


class Page(QWidget):
    """A page of the window.

    A page is filled by `refresh()`, which the shell calls when the page is shown and after every act, and which never
    touches a field that has the focus or is not saved yet. What a person wants goes up by signal: `go` to another
    place (its key, and what to open there), `acted` after anything was changed, `said` for a message, `job` for long
    work (words, work, what to do with the result), `tender_chosen` with the
    reference of a tender to open. Services are called inside slots wrapped by `self.guard`.
    """

    KEY = ""
    go = Signal(str, object)
    acted = Signal()
    said = Signal(str)
    job = Signal(str, object, object)
    tender_chosen = Signal(str)

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__()
        self.session = session
        self.guard = guard
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 18, 24, 16)
        outer.setSpacing(12)
        top = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = label("", "title")
        self.subtitle = label("", "muted", wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.subtitle)
        top.addLayout(words, 1)
        self.side = QHBoxLayout()
        self.side.setSpacing(12)
        top.addLayout(self.side)
        outer.addLayout(top)
        self.content = QVBoxLayout()
        self.content.setSpacing(12)
        outer.addLayout(self.content, 1)
        self.strips = QVBoxLayout()  # the shell puts its message and job strips here
        outer.addLayout(self.strips)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        self.status = label("", "small")
        foot.addWidget(self.status, 1)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(12)
        foot.addLayout(self.foot)
        self.primary = button("", role="primary")
        self.primary.hide()
        foot.addWidget(self.primary)
        outer.addLayout(foot)

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
        """Set the one primary action; None shows none. `tip` says why it cannot be done yet, and greys it."""
        if self.primary.property("connected"):
            self.primary.clicked.disconnect()
            self.primary.setProperty("connected", False)
        self.primary.setVisible(bool(text))
        self.primary.setText(text)
        self.primary.setToolTip(tip)
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
        self.side.addWidget(made)
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
    made = QPushButton(text)
    if role:
        made.setProperty("role", role)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made
