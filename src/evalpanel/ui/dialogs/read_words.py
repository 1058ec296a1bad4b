"""Reading the eight words to each other, and typing what one hears."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from evalpanel.services import confirming, receiving
from evalpanel.services.carrying import Stand
from evalpanel.ui import carry_steps
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.eight_words import EightWords


class ReadWords(CarryPart):
    """The words with one person: on a member's laptop the officer, on the officer's whoever answered."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._stand: Stand | None = None
        self._whom = ""
        self.words = EightWords()
        self.words.changed.connect(self.changed)
        self.words.typed.returnPressed.connect(page.primary.click)
        self.column.addWidget(self.words)

    def ask(self, stand: Stand, whom: str) -> None:
        """Read words with `whom`; empty on a member's laptop: with the officer."""
        self._stand, self._whom = stand, whom

    def refresh(self) -> None:
        """Show the words of the laptops that are not confirmed yet."""
        assert self._stand is not None
        sets = confirming.words_to_read(self.session.workspace, self._stand.tender, person=self._whom or None)
        self.words.show_words(sets, self._name)

    def head(self) -> tuple[str, str]:
        """With whom."""
        assert self._stand is not None
        return "The eight words", carry_words.before_words(self._stand, self._name)

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Checking what was typed, once it is eight words."""
        return "These are their words  ↵", self._confirm, "" if self.words.whole else "Type all eight words first."

    def take_focus(self) -> bool:
        """The field for their words."""
        self.words.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    @property
    def _name(self) -> str:
        assert self._stand is not None
        return carry_steps.name_of(self.session.view, self._whom) if self._whom else self._stand.officer

    def _confirm(self) -> None:
        stand, space = self._stand, self.session.workspace
        assert stand is not None
        whom = confirming.confirm(space, stand.tender, typed=self.words.typed.text(), person=self._whom or None)
        self.words.typed.clear()
        waited = receiving.try_again(space)  # what came before the words may be taken in now
        said = carry_words.confirmed(whom, stand)
        self.left.emit(f"{said} {carry_words.tried(waited)}" if waited else said)
