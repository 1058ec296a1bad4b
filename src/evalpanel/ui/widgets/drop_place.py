"""A dashed frame that takes what is dropped on it, with buttons in it that do the same."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

from evalpanel.ui import theme
from evalpanel.ui.page import label


class DropPlace(QFrame):
    """A title, a sentence, and ways to choose. `given` carries the local paths that were dropped, as a tuple.

    Without `many` it takes one path and nothing else.
    """

    given = Signal(object)

    def __init__(self, *, many: bool = False, margin: int = 32) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self._many = many
        self._over = False
        outer = QVBoxLayout(self)
        outer.setContentsMargins(margin, margin, margin, margin)
        outer.setSpacing(8)
        outer.addStretch(1)
        self._title = label("", "card-title", wrap=True)
        self._text = label("", "muted", wrap=True)
        for one in (self._title, self._text):
            one.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            outer.addWidget(one)
        outer.addSpacing(12)
        self._choices = QVBoxLayout()
        self._choices.setSpacing(8)
        outer.addLayout(self._choices)
        self._safe = label("", "small", wrap=True)
        self._safe.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        outer.addSpacing(4)
        outer.addWidget(self._safe)
        outer.addStretch(1)

    def tell(self, title: str, text: str, safe: str = "") -> None:
        """Say what may be dropped here; `safe` is said small, under the ways to choose."""
        self._title.setText(title)
        self._text.setText(text)
        self._safe.setText(safe or self._safe.text())

    def add_choice(self, choice: QPushButton) -> None:
        """Add a button that does the same as dropping."""
        self._choices.addWidget(choice, 0, Qt.AlignmentFlag.AlignHCenter)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Show that it can be dropped here."""
        if self._paths(event):
            event.acceptProposedAction()
            self._show_over(True)

    def dragLeaveEvent(self, event: QEvent) -> None:
        """Show that it went by."""
        event.accept()
        self._show_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        self._show_over(False)
        paths = self._paths(event)
        if paths:
            event.acceptProposedAction()
            self.given.emit(paths)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the dashed frame."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme.colour("accent" if self._over else "muted"), 2 if self._over else 1.5)
        pen.setDashPattern([5, 4])
        painter.setPen(pen)
        painter.setBrush(theme.colour("tint" if self._over else "surface"))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -2, -2), 10, 10)
        painter.end()

    def _paths(self, event: QDropEvent) -> tuple[Path, ...]:
        found = dropped(event)
        return found if self._many or len(found) == 1 else ()

    def _show_over(self, over: bool) -> None:
        self._over = over
        self.update()


def dropped(event: QDropEvent) -> tuple[Path, ...]:
    """The local paths that are dropped; none where anything among it is no local file."""
    urls = event.mimeData().urls()
    local = [url.toLocalFile() for url in urls if url.isLocalFile() and url.toLocalFile()]
    return tuple(map(Path, local)) if len(local) == len(urls) else ()
