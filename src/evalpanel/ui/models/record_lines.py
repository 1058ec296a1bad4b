"""The record as lines to read: the newest day first, and under each day what was done, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from evalpanel.services.record import RecordEntry
from evalpanel.ui.models.words import UK, day

Index = QModelIndex | QPersistentModelIndex
LINE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class DayLine:
    """The heading over one day's acts (UK time)."""

    day: date

    @property
    def words(self) -> str:
        """`Monday 23 November 2026`."""
        return f"{self.day:%A} {day(self.day)}"


@dataclass(frozen=True, slots=True)
class ActLine:
    """One act, or a run of them, as the list shows it."""

    entry: RecordEntry

    @property
    def time(self) -> str:
        """`09:30` (UK time)."""
        return f"{self.entry.at.astimezone(UK):%H:%M}"

    @property
    def who(self) -> str:
        """The person's code and name."""
        return f"{self.entry.person} {self.entry.name}".strip()

    @property
    def detail(self) -> str:
        """What follows the sentence; of a run also when it ended."""
        last = f"{(self.entry.until or self.entry.at).astimezone(UK):%H:%M}"
        return self.entry.detail if last == self.time else f"{self.entry.detail} The last at {last}.".strip()

    @property
    def words(self) -> str:
        """The whole line, as it is read aloud and copied."""
        return f"{self.time} {self.who} {self.entry.what}. {self.detail}".strip()


Line = DayLine | ActLine


def lines_of(entries: tuple[RecordEntry, ...], *, person: str = "", words: str = "") -> tuple[Line, ...]:
    """The lines of the acts of `person` (empty: of everybody) in which `words` stand (whatever their case)."""
    wanted = words.strip().casefold()
    made: list[Line] = []
    last: date | None = None
    for entry in reversed(entries):
        if (person and entry.person != person) or wanted not in entry.sentence.casefold():
            continue
        on = entry.at.astimezone(UK).date()
        if on != last:
            made.append(DayLine(on))
            last = on
        made.append(ActLine(entry))
    return tuple(made)


class RecordLines(QAbstractListModel):
    """Days and acts, one under another. `LINE` gives the value of a row."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Show these lines; the list keeps its place where they are the same."""
        if lines == self._lines:
            return
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # Qt's name and Qt's default
        """How many lines there are, days among them."""
        return 0 if parent.isValid() else len(self._lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A line's words, or its value."""
        if not index.isValid():
            return None
        line = self._lines[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return line.words
        if role == LINE:
            return line
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """A day is a heading: it cannot be chosen."""
        if index.isValid() and isinstance(self._lines[index.row()], DayLine):
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)
