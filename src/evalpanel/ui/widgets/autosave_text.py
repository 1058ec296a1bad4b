"""A text that saves itself: when it is left, and after a pause in typing. There is no button to forget."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy

PAUSE_MS = 1200


class AutosaveText(QPlainTextEdit):
    """A plain text of several lines. `wanted` asks for it to be saved; `touched` says that somebody is typing.

    Tab goes on to the next field. Escape leaves the text (`escaped`).
    """

    wanted = Signal()
    touched = Signal()
    escaped = Signal()

    def __init__(self, name: str, placeholder: str, *, lines: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self._placeholder = placeholder
        self.setTabChangesFocus(True)
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._unsaved = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.wanted)
        self.textChanged.connect(self._changed)

    @property
    def unsaved(self) -> bool:
        """Whether somebody changed the text since it was shown or saved."""
        return self._unsaved

    def text(self) -> str:
        """What stands in the field, without what no file could hold: NUL, and halves of characters."""
        return "".join(char for char in self.toPlainText() if char != "\0" and not "\ud800" <= char <= "\udfff")

    def show_text(self, text: str) -> None:
        """Show another text, as it is held: there is nothing to save."""
        if text != self.toPlainText():
            self.blockSignals(True)
            self.setPlainText(text)
            self.blockSignals(False)
        self.saved()

    def set_open(self, can_change: bool) -> None:
        """Whether the text can be changed, or only read and copied."""
        self.setReadOnly(not can_change)
        self.setPlaceholderText(self._placeholder if can_change else "Nothing was written here.")

    def saved(self) -> None:
        """What stands here is held now."""
        self._timer.stop()
        self._unsaved = False

    def sizeHint(self) -> QSize:
        """As many lines as were asked for; it grows where there is room."""
        return QSize(240, self.fontMetrics().lineSpacing() * self._lines + 22)

    def minimumSizeHint(self) -> QSize:
        """The same: a text is never squeezed to a slit."""
        return self.sizeHint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Leaving the field saves it."""
        super().focusOutEvent(event)
        if self._unsaved:
            self._timer.stop()
            self.wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the field; everything else is text."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def _changed(self) -> None:
        if not self.isReadOnly():
            self._unsaved = True
            self._timer.start()
            self.touched.emit()
