"""A field for words that grows with them, and says when it is left."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy


class GrowingText(QPlainTextEdit):
    """Plain text of `least` to `most` lines. Tab goes to the next field. `left` is sent when the focus goes."""

    left = Signal()

    def __init__(self, name: str, *, least: int = 2, most: int = 12) -> None:
        super().__init__()
        self._least, self._most = least, most
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._grow)
        self._grow()

    def put(self, text: str) -> None:
        """Show a text that is saved. A text that is there already is not touched, so the cursor stays."""
        if self.toPlainText() != text:
            self.setPlainText(text)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say that the focus has gone."""
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:  # its own menu of copy and paste is open
            self.left.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit it to the room that there is."""
        super().resizeEvent(event)
        self._grow()

    def _grow(self) -> None:
        # The size of a plain text's document is counted in lines, wrapped ones included.
        wanted = round(self.document().size().height())
        lines = max(self._least, min(self._most, wanted))
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if wanted > lines else policy.ScrollBarAlwaysOff)
        high = lines * self.fontMetrics().lineSpacing() + 2 * round(self.document().documentMargin()) + 18
        if self.height() != high:
            self.setFixedHeight(high)
