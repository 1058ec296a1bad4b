"""A field for the twelve words of a sheet of paper, which says how many there are so far."""

from __future__ import annotations

from evalpanel.ui import accessible
from evalpanel.ui.page import label
from evalpanel.ui.widgets.beside import NamedField

COUNT = 12


class PaperWords(NamedField):
    """The words of one sheet, under the name of the sheet."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.heard = label("", "muted", wrap=True)
        self.column.insertWidget(self.column.indexOf(self.wrong), self.heard)
        self._say_count()

    @property
    def whole(self) -> bool:
        """Whether there are as many words as a sheet has."""
        return self._number() == COUNT

    def clear(self) -> None:
        """Forget what was typed."""
        self.typed.clear()

    def _number(self) -> int:
        """Words as they are counted where they are read: the numbers of the sheet may be typed with them."""
        return len([one for one in self.typed.text().split() if any(letter.isalpha() for letter in one)])

    def _typed(self) -> None:
        self._say_count()
        super()._typed()

    def _say_count(self) -> None:
        number = self._number()
        said = f"{number} of {COUNT} words" if number <= COUNT else f"{number} words: a sheet has only {COUNT}"
        self.heard.setText(said)
        if number == COUNT:
            accessible.announce(self.typed, said)
