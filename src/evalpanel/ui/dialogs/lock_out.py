"""A laptop is lost, or somebody leaves the panel: the officer locks it out, or puts somebody in their place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QRadioButton, QWidget

from evalpanel.services import leaving
from evalpanel.services.leaving import LaptopOf
from evalpanel.ui import carry_steps
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.card import Card


class LockOut(CarryPart):
    """What happened, which laptop or who comes instead, and the reason."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._person = ""
        self._laptops: tuple[LaptopOf, ...] = ()
        self.what = Card("What happened?")
        self.lost = QRadioButton("A laptop is lost, or somebody else has used it")
        self.leaves = QRadioButton("The person leaves, and somebody takes their place")
        self._either = _group(self.what, self.lost, self.leaves)
        self.column.addWidget(self.what)
        self.which = Card("Which laptop?")
        self.choices: dict[str, QRadioButton] = {}
        self._chosen = QButtonGroup(self)
        self.column.addWidget(self.which)
        self.instead = Card("Who takes their place?")
        self.instead.inside.addWidget(label(carry_words.REPLACED, "muted", wrap=True))
        self.code = _field(self.instead, "A code for them, such as PM9")
        self.name = _field(self.instead, "Their name")
        self.organisation = _field(self.instead, "Where they come from, if that matters")
        self.column.addWidget(self.instead)
        reason = Card("Why?")
        reason.inside.addWidget(label(carry_words.LOCKED, "muted", wrap=True))
        self.why = _field(reason, "The reason, for the record")
        self.column.addWidget(reason)
        self.column.addStretch(1)
        self._either.buttonToggled.connect(lambda *_: self._suit())
        for field in (self.code, self.name, self.why):
            field.textChanged.connect(lambda *_: self.changed.emit())
            field.returnPressed.connect(page.primary.click)

    def ask(self, person: str) -> None:
        """Ask about a person, by code."""
        if person != self._person:
            for field in (self.code, self.name, self.organisation, self.why):
                field.clear()
            self.lost.setChecked(True)
        self._person = person

    def refresh(self) -> None:
        """Show the laptops of the person."""
        held = leaving.laptops_of(self.session.workspace, self.session.tender, self._person)
        held = tuple(one for one in held if not one.revoked)
        if held != self._laptops or not self.choices:
            self._laptops = held
            self._choose_from(held)
        self._suit()

    def head(self) -> tuple[str, str]:
        """About whom."""
        name = carry_steps.name_of(self.session.view, self._person)
        return f"{self._person} {name}", "A laptop is locked out, or somebody takes this person’s place."

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Locking out, or replacing; the reason first."""
        late = "" if self.why.text().strip() else "Say why first, for the record."
        if self.lost.isChecked():
            return "Lock this laptop out", self._lock_out, late
        if not (self.code.text().strip() and self.name.text().strip()):
            late = "Say who takes their place first."
        return "Put them in this place", self._replace, late

    def take_focus(self) -> bool:
        """What happened is said first."""
        (self.lost if self.lost.isChecked() else self.leaves).setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _choose_from(self, held: tuple[LaptopOf, ...]) -> None:
        for old in self.choices.values():
            self._chosen.removeButton(old)
            old.hide()
            old.deleteLater()
        self.choices = {}
        for number, one in enumerate(held, 1):
            made = QRadioButton(one.name or f"Laptop {number}, without a name")
            self.choices[one.installation] = made
            self._chosen.addButton(made)
            self.which.inside.addWidget(made)
            made.setChecked(number == 1)

    def _suit(self) -> None:
        lost = self.lost.isChecked()
        self.which.setVisible(lost and len(self._laptops) > 1)
        self.instead.setVisible(not lost)
        self.changed.emit()

    def _lock_out(self) -> None:
        space, tender = self.session.workspace, self.session.tender
        laptop = next(key for key, one in self.choices.items() if one.isChecked())
        done = leaving.revoke(space, tender, person=self._person, why=self.why.text(), laptop=laptop)
        self.left.emit(carry_words.locked_out(done))

    def _replace(self) -> None:
        done = leaving.replace_member(
            self.session.workspace,
            self.session.tender,
            leaver=self._person,
            person=self.code.text(),
            name=self.name.text(),
            why=self.why.text(),
            organisation=self.organisation.text(),
        )
        self.left.emit(carry_words.replaced(done))


def _group(card: Card, *choices: QRadioButton) -> QButtonGroup:
    group = QButtonGroup(card)
    for one in choices:
        group.addButton(one)
        card.inside.addWidget(one)
    choices[0].setChecked(True)
    return group


def _field(card: Card, name: str) -> QLineEdit:
    told: QWidget = label(name, "small", wrap=True)
    card.inside.addWidget(told)
    made = QLineEdit()
    made.setAccessibleName(name)
    card.inside.addWidget(made)
    return made
