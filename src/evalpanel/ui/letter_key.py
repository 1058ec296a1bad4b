"""Whose key signs letters on the page Letters: asked for before each signing where it is the authority's."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QWidget

from evalpanel.services.letter_keys import KeySource
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.key_form import KeyForm
from evalpanel.ui.widgets.letter_choices import OWN, LetterChoices

Then = Callable[[KeySource | None], None]


class LetterKey:
    """Gives the key to whoever signs. `show` puts the form in the letter's place, `back` what stood there."""

    def __init__(
        self, page: Page, settings: QSettings, show: Callable[[QWidget], None], back: Callable[[], None]
    ) -> None:
        self._show, self._back = show, back
        self.choices, self.form = LetterChoices(settings), KeyForm(settings)
        self.form.wanted.connect(page.guard(self.give))
        self.form.left.connect(self.leave)
        self._then: Then | None = None
        self._words = ""
        self._from: QWidget | None = None
        self.turned: Callable[[], None] = lambda: None

    @property
    def is_open(self) -> bool:
        """Whether the key is being asked for."""
        return self._then is not None

    @property
    def words(self) -> str:
        """What is signed with it, for the next step."""
        return self._words

    def ask(self, words: str, then: Then, before: QWidget | None = None) -> None:
        """Ask for the key and go on with `then`: at once, without one, where it is made on this laptop. `before` is what is shown if
        the form is left."""
        if self.choices.kind == OWN:
            then(None)
            return
        self._then, self._words, self._from = then, words, before
        self._show(self.form)
        self.form.ask(self.choices.kind)
        self.turned()

    def give(self) -> None:
        """Go on with the key that was named. The form stays until the work is done: a password can be mistyped."""
        if self._then is not None:
            self._then(self.form.source())

    def done(self) -> None:
        """The work is done: nothing is asked for any more."""
        self._then = None
        self.form.forget()

    def leave(self) -> None:
        """Sign nothing."""
        if self._then is not None:
            before, self._from = self._from, None
            self.done()
            if before is None:
                self._back()
            else:
                self._show(before)
            self.turned()
