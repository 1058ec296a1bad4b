"""Somebody's answer to the agreed scores cannot be had: the officer records why, and moderation can be closed without it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from evalpanel.services import assents
from evalpanel.ui import carry_steps
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.card import Card


class Excuse(CarryPart):
    """The reason, for the record."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._person = ""
        reason = Card("Why can their answer not be had?")
        reason.inside.addWidget(label(carry_words.NO_ANSWER, "muted", wrap=True))
        self.why = QLineEdit()
        self.why.setAccessibleName("Why their answer cannot be had, for the record")
        self.why.textChanged.connect(lambda *_: self.changed.emit())
        self.why.returnPressed.connect(page.primary.click)
        reason.inside.addWidget(self.why)
        self.column.addWidget(reason)
        self.column.addStretch(1)

    def ask(self, person: str) -> None:
        """Ask about a person, by code."""
        if person != self._person:
            self.why.clear()
        self._person = person

    def head(self) -> tuple[str, str]:
        """About whom."""
        name = carry_steps.name_of(self.session.view, self._person)
        return f"{self._person} {name}", "They have not said whether they agree with the scores."

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Recording it, with its reason."""
        late = "" if self.why.text().strip() else "Say why first, for the record."
        return "Record that it cannot be had", self._excuse, late

    def take_focus(self) -> bool:
        """The reason."""
        self.why.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _excuse(self) -> None:
        person = self._person
        assents.excuse(self.session.workspace, self.session.tender, person=person, why=self.why.text())
        self.left.emit(f"Recorded: the answer of {person} cannot be had. Moderation can be closed without it.")
