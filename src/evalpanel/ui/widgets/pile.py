"""Parts of a page of which one is shown, and which takes only the room of the one that is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


class Pile(QWidget):
    """As Qt's stack, whose largest part would make a page scroll even when it is not shown."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._parts: list[QWidget] = []
        self._current: QWidget | None = None

    def addWidget(self, part: QWidget) -> None:
        """Add a part; the first is shown."""
        part.setVisible(False)
        self._column.addWidget(part)
        self._parts.append(part)
        if self._current is None:
            self.setCurrentWidget(part)

    def currentWidget(self) -> QWidget | None:
        """The part that is shown."""
        return self._current

    def setCurrentWidget(self, part: QWidget) -> None:
        """Show a part instead of the one before."""
        if part is self._current:
            return
        before, self._current = self._current, part
        part.setVisible(True)  # before the other goes, so that the focus has somewhere to go
        if before is not None:
            before.setVisible(False)
