"""The panel as rows: who, what they score, what they declared, how far their sheet is."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from evalpanel.ui.models.people import Person, Told
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.mark import Mark
from evalpanel.ui.widgets.texts import strong

_COLUMNS = (("Person", 5), ("Scores", 3), ("Interests", 5), ("Sheet", 3))
_NARROW = 56
"""Below this many letters' width the columns of a row stand under each other."""


class PeopleRows(QScrollArea):
    """All rows. `absence_wanted` asks to record that a person (by code) will not sign off, or to take that back, `decision_wanted` to decide
    about a person's interest in a bidder."""

    absence_wanted = Signal(str)
    decision_wanted = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The panel")
        self.setMinimumHeight(6 * self.fontMetrics().lineSpacing())
        self._shown: tuple[tuple[Person, ...], bool, bool] | None = None
        self._rows: dict[str, PersonRow] = {}
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(8)
        self._head = QWidget()
        grid = _grid(self._head)
        grid.setContentsMargins(16, 0, 16, 0)
        for place, (name, _) in enumerate(_COLUMNS):
            told = label(name, "small")
            told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(told, 0, place)
        self._column.addWidget(self._head)
        self._inside = QVBoxLayout()
        self._inside.setSpacing(8)
        self._column.addLayout(self._inside)
        self._column.addStretch(1)
        self.setWidget(self._holder)

    @property
    def people(self) -> tuple[Person, ...]:
        """Who is shown."""
        return () if self._shown is None else self._shown[0]

    def row(self, code: str) -> PersonRow:
        """The row of a person."""
        return self._rows[code]

    def show_people(self, people: tuple[Person, ...], *, officer: bool, absences: bool) -> None:
        """Show these. The rows offer the `officer` to decide about interests, and whoever records `absences` here to record one."""
        if (people, officer, absences) == self._shown:
            return
        self._shown = (people, officer, absences)
        while (item := self._inside.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._rows = {}
        for person in people:
            made = self._rows[person.code] = PersonRow(person, officer=officer, absences=absences)
            made.absence.clicked.connect(lambda _=False, code=person.code: self.absence_wanted.emit(code))
            for bidder, decide in made.decide.items():
                decide.clicked.connect(
                    lambda _=False, code=person.code, bidder=bidder: self.decision_wanted.emit(code, bidder)
                )
            self._inside.addWidget(made)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns stand under each other where there is no room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        narrow = self.viewport().width() < self.fontMetrics().averageCharWidth() * _NARROW * 2
        self._head.setVisible(not narrow)
        for row in self._rows.values():
            row.arrange(narrow=narrow)


class PersonRow(QFrame):
    """One person on a card."""

    def __init__(self, person: Person, *, officer: bool, absences: bool) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.setAccessibleName(person.spoken())
        self.person = person
        self.narrow: bool | None = None
        what = "Take back the absence" if person.may_come_back else "Record an absence"
        self.absence = button(what, role="quiet")
        self.absence.setAccessibleName(f"{what} of {person.code} {person.name}")
        if not (absences and (person.may_be_absent or person.may_come_back)):
            self.absence.hide()
        self.decide: dict[str, QPushButton] = {}
        for interest in person.decisions if officer else ():
            made = button(
                f"Decide about {interest.bidder}"
                if interest.decision is None
                else f"Decide again about {interest.bidder}",
                role="" if interest.decision is None else "quiet",
            )
            made.setAccessibleName(f"{made.text()}: the interest of {person.code} {person.name}")
            self.decide[interest.bidder] = made
        self._grid = _grid(self)
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._cells = (
            self._who(),
            _cell(label(person.scores, "muted", wrap=True), self.absence),
            self._interests(),
            self._sheet(),
        )

    def arrange(self, *, narrow: bool) -> None:
        """Side by side, or under each other."""
        if narrow == self.narrow:
            return
        self.narrow = narrow
        for place, (cell, (_, stretch)) in enumerate(zip(self._cells, _COLUMNS, strict=True)):
            self._grid.removeWidget(cell)
            self._grid.setColumnStretch(place, (1 if place == 0 else 0) if narrow else stretch)
            self._grid.addWidget(cell, place if narrow else 0, 0 if narrow else place, Qt.AlignmentFlag.AlignTop)

    def _who(self) -> QWidget:
        person = self.person
        you = " · you" if person.mine else ""
        name = strong(f"{person.code}  {person.name}{you}")
        lines = [name, label(person.roles, wrap=True)]
        if person.about:
            lines.append(label(person.about, "muted", wrap=True))
        return _cell(*lines)

    def _interests(self) -> QWidget:
        return _cell(*(_told(one) for one in self.person.interests), *self.decide.values())

    def _sheet(self) -> QWidget:
        person = self.person
        parts: list[QWidget] = [_told(person.sheet)]
        if person.owed and not person.absent:
            bar = QProgressBar()
            bar.setRange(0, person.owed)
            bar.setValue(person.answered)
            bar.setTextVisible(False)
            bar.setAccessibleName(f"{person.answered} of {person.owed} lines answered")
            parts.append(bar)
        return _cell(*parts)


def _grid(parent: QWidget) -> QGridLayout:
    grid = QGridLayout(parent)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(8)
    for place, (_, stretch) in enumerate(_COLUMNS):
        grid.setColumnStretch(place, stretch)
    return grid


def _cell(*widgets: QWidget) -> QWidget:
    cell = QWidget()
    cell.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    for widget in widgets:
        left = isinstance(widget, QPushButton)
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag(0))
    return cell


def _told(told: Told) -> QWidget:
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 4)
    row.setSpacing(8)
    row.addWidget(Mark(told.mark), 0, Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(strong(told.text) if told.mark == "missing" else label(told.text, wrap=True))
    if told.more:
        column.addWidget(label(told.more, "muted", wrap=True))
    row.addLayout(column, 1)
    return whole
