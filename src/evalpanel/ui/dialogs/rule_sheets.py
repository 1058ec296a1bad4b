"""Two sheets of one person that do not know of each other: the chair rules which counts, when their author cannot send one that follows both."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLabel, QLineEdit, QRadioButton

from evalpanel.domain.tender import PersonCode
from evalpanel.services import ruling
from evalpanel.services.ruling import Branch
from evalpanel.ui import carry_steps
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.card import Card


class RuleSheets(CarryPart):
    """The sheets of the first person who has two, and the reason."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._forked: Mapping[PersonCode, tuple[Branch, ...]] = {}
        self._shown: tuple[PersonCode, tuple[Branch, ...]] | None = None
        self.which = Card("Which one counts?")
        self.which.inside.addWidget(label(carry_words.TWO_SHEETS, "muted", wrap=True))
        self.choices: dict[str, QRadioButton] = {}
        self._told: dict[str, QLabel] = {}
        self._chosen = QButtonGroup(self)
        self.column.addWidget(self.which)
        reason = Card("Why?")
        reason.inside.addWidget(
            label("Say why they cannot send one that follows both, and why this one counts.", "muted", wrap=True)
        )
        self.why = QLineEdit()
        self.why.setAccessibleName("Why this one counts, for the record")
        self.why.textChanged.connect(lambda *_: self.changed.emit())
        self.why.returnPressed.connect(page.primary.click)
        reason.inside.addWidget(self.why)
        self.column.addWidget(reason)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Read which sheets there are."""
        self._forked = ruling.branches(self.session.workspace, self.session.tender)
        first = next(iter(self._forked.items()), None)
        if first != self._shown:
            self._shown = first
            self._choose_from(first[1] if first is not None else ())

    def head(self) -> tuple[str, str]:
        """Whose sheets they are."""
        if self._shown is None:
            return "Two sheets", "Nobody has two sheets here."
        person = self._shown[0]
        return f"Two sheets of {person} {carry_steps.name_of(self.session.view, person)}", carry_words.ASK_FIRST

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Ruling, once one is chosen and the reason is there."""
        chosen = any(one.isChecked() for one in self.choices.values())
        late = "" if self.why.text().strip() else "Say why first, for the record."
        return "This sheet counts", self._rule, late if chosen else "Choose a sheet first."

    def take_focus(self) -> bool:
        """The first of the sheets."""
        first = next(iter(self.choices.values()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        return first is not None

    def _choose_from(self, held: tuple[Branch, ...]) -> None:
        for button in self.choices.values():
            self._chosen.removeButton(button)
        for old in (*self.choices.values(), *self._told.values()):
            old.hide()
            old.deleteLater()
        self.choices, self._told = {}, {}
        self.why.clear()
        for one in held:
            made = QRadioButton(carry_words.branch(one))
            made.setAccessibleDescription(carry_words.branch_told(one))
            made.toggled.connect(lambda *_: self.changed.emit())
            told = label(carry_words.branch_told(one), "muted", wrap=True)
            self.choices[one.sheet], self._told[one.sheet] = made, told
            self._chosen.addButton(made)
            self.which.inside.addWidget(made)
            self.which.inside.addWidget(told)

    def _rule(self) -> None:
        assert self._shown is not None
        person = self._shown[0]
        counts = next(sheet for sheet, one in self.choices.items() if one.isChecked())
        done = ruling.rule(
            self.session.workspace, self.session.tender, person=person, counts=counts, why=self.why.text()
        )
        self.left.emit(carry_words.ruled(person, done))
