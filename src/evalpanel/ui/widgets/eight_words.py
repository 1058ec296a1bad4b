"""The eight words: mine to be read aloud, in large letters, and theirs to be typed as I hear them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from evalpanel.ui import accessible
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.scroll import Upright

COUNT = 8
_WIDE = 11  # letters: the longest of the words, with its number


class EightWords(Upright):
    """Two cards: read these aloud; type what you hear. `changed` says that the text did."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The eight words")
        self.setMinimumHeight(12 * self.fontMetrics().lineSpacing())
        self._sets: tuple[tuple[str, ...], ...] = ()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        self._why = label("", wrap=True)
        column.addWidget(self._why)
        self._mine = Card()
        self._grids = QVBoxLayout()
        self._grids.setSpacing(12)
        self._mine.inside.addLayout(self._grids)
        column.addWidget(self._mine)
        self._theirs = Card()
        told = "Type them as you hear them, with spaces. The first four letters of each are enough."
        self._theirs.inside.addWidget(label(told, "muted", wrap=True))
        self.typed = QLineEdit()
        font = self.typed.font()
        font.setPixelSize(round(self.fontInfo().pixelSize() * 1.4))
        self.typed.setFont(font)
        self.typed.textChanged.connect(self._typed)
        self._theirs.inside.addWidget(self.typed)
        self.heard = label("", "muted", wrap=True)
        self._theirs.inside.addWidget(self.heard)
        column.addWidget(self._theirs)
        column.addStretch(1)
        self.setWidget(holder)
        self._typed()

    @property
    def whole(self) -> bool:
        """Whether as many words are typed as there are."""
        return len(self.typed.text().split()) == COUNT

    @property
    def read_aloud(self) -> tuple[tuple[str, ...], ...]:
        """The words that are to be read aloud: one set for each laptop of the other side."""
        return self._sets

    def show_words(self, sets: tuple[tuple[str, ...], ...], whom: str) -> None:
        """Show what is read to `whom`, and ask for what they read."""
        self._why.setText(
            f"Ring {whom}, on a number that you know. The words show that nobody changed a file on its way between you. "
            "It takes two minutes."
        )
        self._mine.set_title(f"1. Read these words to {whom}, slowly")
        self._theirs.set_title(f"2. Type the words that {whom} reads to you")
        self.typed.setAccessibleName(f"The words that {whom} reads to you")
        if sets == self._sets:
            return
        self._sets = sets
        while (item := self._grids.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, words in enumerate(sets, 1):
            if len(sets) > 1:
                self._grids.addWidget(label(f"If they sit at their laptop number {number}:", "muted", wrap=True))
            self._grids.addWidget(_Words(words))
        self.typed.clear()

    def _typed(self) -> None:
        number = len(self.typed.text().split())
        said = f"{number} of {COUNT} words" if number <= COUNT else f"{number} words: there are only {COUNT}"
        self.heard.setText(said)
        if number == COUNT:
            accessible.announce(self.typed, said)
        self.changed.emit()


class _Words(QWidget):
    """One set of words, numbered, in as many columns as there is room for."""

    def __init__(self, words: tuple[str, ...]) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(6)
        self._labels = [_word(number, word) for number, word in enumerate(words, 1)]
        self._columns = 0
        self._arrange(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Four columns, or two, or one."""
        super().resizeEvent(event)
        one = self._labels[0].fontMetrics().averageCharWidth() * (_WIDE + 2) + 24
        self._arrange(next(columns for columns in (4, 2, 1) if columns == 1 or columns * one <= event.size().width()))

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for place in range(COUNT):
            self._grid.setColumnStretch(place, 1 if place < columns else 0)
        for place, one in enumerate(self._labels):
            self._grid.addWidget(one, place // columns, place % columns)


def _word(number: int, word: str) -> QLabel:
    made = label(f"{number}  {word}")
    font = made.font()
    font.setPixelSize(round(made.fontInfo().pixelSize() * 1.7))
    font.setBold(True)
    made.setFont(font)
    made.setAccessibleName(f"Word {number}: {word}")
    return made
