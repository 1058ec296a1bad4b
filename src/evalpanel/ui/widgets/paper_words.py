"""A field for the twelve words of a sheet of paper, which says how many there are so far."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from evalpanel.ui import accessible
from evalpanel.ui.page import label
from evalpanel.ui.widgets.beside import Wrong

COUNT = 12


class PaperWords(QWidget):
    """`changed` says that the text did, `entered` that Enter was pressed in it."""

    changed = Signal()
    entered = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(name, "small", wrap=True))
        self.typed = QLineEdit()
        self.typed.setAccessibleName(name)
        self.typed.textChanged.connect(self._counted)
        self.typed.returnPressed.connect(self.entered)
        column.addWidget(self.typed)
        self.heard = label("", "muted", wrap=True)
        column.addWidget(self.heard)
        self.wrong = Wrong(self.typed)
        column.addWidget(self.wrong)
        self._counted()

    @property
    def whole(self) -> bool:
        """Whether there are as many words as a sheet has."""
        return self._number() == COUNT

    def text(self) -> str:
        """What was typed."""
        return self.typed.text()

    def clear(self) -> None:
        """Forget what was typed."""
        self.typed.clear()

    def _number(self) -> int:
        """Words as they are counted where they are read: the numbers of the sheet may be typed with them."""
        return len([one for one in self.typed.text().split() if any(letter.isalpha() for letter in one)])

    def _counted(self) -> None:
        self.wrong.forget()
        number = self._number()
        said = f"{number} of {COUNT} words" if number <= COUNT else f"{number} words: a sheet has only {COUNT}"
        self.heard.setText(said)
        if number == COUNT:
            accessible.announce(self.typed, said)
        self.changed.emit()
