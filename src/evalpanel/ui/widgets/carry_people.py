"""The panel in the exchange, for the officer: how far each person is, and what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from evalpanel.ui.models.carrying import EXCUSE, Carried
from evalpanel.ui.models.people import Told
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.mark import Mark
from evalpanel.ui.widgets.scroll import Upright
from evalpanel.ui.widgets.texts import strong


class CarryPeople(Upright):
    """A row a person. `wanted` asks for what the button of a row says: the person's code, and the words of the button."""

    wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The panel, and what was carried")
        self.setMinimumHeight(12 * self.fontMetrics().lineSpacing())
        self._people: tuple[Carried, ...] | None = None
        self.rows: dict[str, CarriedRow] = {}
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(8)
        self._inside = QVBoxLayout()
        self._inside.setSpacing(8)
        column.addLayout(self._inside)
        column.addStretch(1)
        self.setWidget(holder)

    @property
    def people(self) -> tuple[Carried, ...]:
        """Who is shown."""
        return self._people or ()

    def show_people(self, people: tuple[Carried, ...]) -> None:
        """Show these."""
        if people == self._people:
            return
        self._people = people
        at = self.verticalScrollBar().value()
        while (item := self._inside.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = {}
        for one in people:
            made = self.rows[one.code] = CarriedRow(one)
            made.act.clicked.connect(lambda _=False, one=one: self.wanted.emit(one.code, one.action))
            made.excuse.clicked.connect(lambda _=False, one=one: self.wanted.emit(one.code, EXCUSE))
            self._inside.addWidget(made)
        self.verticalScrollBar().setValue(at)


class CarriedRow(QFrame):
    """One person on a card."""

    def __init__(self, person: Carried) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName(person.spoken())
        inside = QVBoxLayout(self)
        inside.setContentsMargins(16, 10, 16, 10)
        row = Fold(least=20)
        words = QWidget()
        words.setProperty("wraps", True)
        column = QVBoxLayout(words)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(strong(f"{person.code}  {person.name}"))
        for said in person.told:
            column.addWidget(told(said))
        row.add(words, 1)
        self.act = button(person.action, role="" if person.answered else "quiet")
        self.act.setAccessibleName(f"{person.action}: {person.code} {person.name}")
        self.excuse = button(EXCUSE, role="quiet")
        self.excuse.setAccessibleName(f"{EXCUSE}: {person.code} {person.name}")
        acts = QWidget()
        under = QVBoxLayout(acts)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(4)
        for one, shown in ((self.act, bool(person.action)), (self.excuse, person.excuse)):
            under.addWidget(one)
            one.setVisible(shown)
        under.addStretch(1)
        row.add(acts)
        inside.addWidget(row)


def told(one: Told) -> QWidget:
    """A shape, its words, and under them what is said more quietly."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(Mark(one.mark), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label(one.text, wrap=True))
    if one.more:
        column.addWidget(label(one.more, "small", wrap=True))
    row.addLayout(column, 1)
    return whole
