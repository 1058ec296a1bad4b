"""The problems of a pack as a list: those that keep it out first, then what is worth knowing."""

from __future__ import annotations

from collections import Counter
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from evalpanel.domain.intake import Problem

Index = QModelIndex | QPersistentModelIndex
PROBLEM = Qt.ItemDataRole.UserRole


class ProblemsModel(QAbstractListModel):
    """Problems for a view; `PROBLEM` gives the value of a row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._problems: tuple[Problem, ...] = ()

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is shown, in its order."""
        return self._problems

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show these: the stopping ones first, each sort in the order in which it was found."""
        self.beginResetModel()
        self._problems = tuple(sorted(problems, key=lambda problem: not problem.stops))
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # Qt's name and Qt's default
        """How many there are."""
        return 0 if parent.isValid() else len(self._problems)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A problem as text, for the delegate, and for a screen reader."""
        if not index.isValid():
            return None
        problem = self._problems[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{problem.where}  {problem.what}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{'Keeps the pack out' if problem.stops else 'Worth knowing'}: {problem}"
        return problem if role == PROBLEM else None


def sheet_of(problem: Problem) -> str:
    """The sheet or folder that a problem is about: `Criteria` of `Criteria!D7`, `bids/B01` of `bids/B01/Answer.pdf`."""
    where = problem.where.split("!", 1)[0]
    folder = where.rpartition("/")[0]
    return folder or where


def by_place(problems: tuple[Problem, ...]) -> str:
    """How many there are where, most first: `Criteria 3 · Bids 1`. A single one has no number. At most five places are named."""
    counted = Counter(sheet_of(problem) for problem in problems).most_common()
    named = [f"{place} {number}" if len(problems) > 1 else place for place, number in counted[:5]]
    rest = len(counted) - 5
    return " · ".join([*named, f"{rest} more places"] if rest > 0 else named)
