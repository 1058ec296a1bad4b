"""A field with its name above it, and under it what is wrong with what was typed, until it is typed anew."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.ui import accessible
from evalpanel.ui.page import label
from evalpanel.ui.reading_order import bring_in_sight


class Wrong(QLabel):
    """What is wrong with the field `about`, hidden while nothing is."""

    def __init__(self, about: QWidget) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "danger")
        self.setWordWrap(True)
        self._about = about
        self.hide()

    def say(self, error: EvalPanelError) -> None:
        """Say it, also to a screen reader, and lead back to the field."""
        self.setText(error.in_window)
        self.show()
        self._about.setAccessibleDescription(error.in_window)
        self._about.setFocus(Qt.FocusReason.OtherFocusReason)
        accessible.announce(self._about, error.in_window, at_once=True)
        QTimer.singleShot(0, self, lambda: bring_in_sight(self))  # once it has its room

    def forget(self) -> None:
        """Nothing is wrong any more, as far as is known."""
        self.setText("")
        self.hide()
        self._about.setAccessibleDescription("")


class NamedField(QWidget):
    """`changed` says that the text did, `entered` that Enter was pressed in it."""

    changed = Signal()
    entered = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(name, "small", wrap=True))
        self.typed = QLineEdit()
        self.typed.setAccessibleName(name)
        self.wrong = Wrong(self.typed)
        self.typed.textChanged.connect(self._typed)
        self.typed.returnPressed.connect(self.entered)
        column.addWidget(self.typed)
        column.addWidget(self.wrong)

    def text(self) -> str:
        """What was typed."""
        return self.typed.text().strip()

    def _typed(self) -> None:
        self.wrong.forget()
        self.changed.emit()
