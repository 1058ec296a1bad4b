"""The letters of a tender as rows: one a bid and lot, with where its letter stands in words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from evalpanel.domain.letter_wording import AWARD, LetterKind
from evalpanel.services.letter_drafts import LetterStanding, LetterState
from evalpanel.services.letters_anew import LetterAnew
from evalpanel.ui.models.words import called, count, uk_time

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole

KINDS = {
    LetterKind.WINNER: "successful",
    LetterKind.UNSUCCESSFUL: "not successful",
    LetterKind.BELOW_MINIMUM: "below a minimum",
    LetterKind.CONDITION_FAILED: "a condition was not met",
    LetterKind.LATE: "late",
    LetterKind.EXCLUDED: "excluded",
    LetterKind.DISREGARDED: "disregarded",
    LetterKind.NOT_SHORTLISTED: "not shortlisted",
    LetterKind.WITHDRAWN: "withdrawn",
    LetterKind.COMBINED: "several lots",
    LetterKind.PREQUALIFICATION_PASSED: "prequalification passed",
    LetterKind.PREQUALIFICATION_FAILED: "prequalification not passed",
    LetterKind.ABNORMALLY_LOW_NOTICE: "price to be explained",
    LetterKind.ABNORMALLY_LOW_ACCEPTED: "price accepted",
    LetterKind.ABNORMALLY_LOW_REJECTED: "price not accepted",
    LetterKind.STANDSTILL_BEGAN: "standstill began",
    LetterKind.STANDSTILL_ENDED: "standstill ended",
}
"""What a letter tells its bidder, in two or three words."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One row. `verified`: the signature was checked since the window was opened. `anew`: why it is to be signed once more."""

    standing: LetterStanding
    verified: bool = False
    anew: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Whose letter it is."""
        return called(self.standing.bid, self.standing.name)

    @property
    def about(self) -> str:
        """Which lot, and what the letter says."""
        kind = self.standing.kind
        return f"Lot {self.standing.lot}" + (f" · {KINDS[kind]}" if kind is not None else "")

    @property
    def state(self) -> str:
        """Where the letter stands: ready, signed, or what blocks it."""
        held = self.standing
        if self.anew:
            return f"To sign anew. {' '.join(self.anew)}"
        if held.signed is not None:
            checked = " · verified" if self.verified else ""
            return f"Signed {uk_time(held.signed.at, short=True)} · {count(held.signed.pages, 'page')}{checked}"
        if held.state is LetterState.BLOCKED:
            more = f" And {len(held.why) - 1} more." if len(held.why) > 1 else ""
            return f"{held.why[0]}{more}"
        if held.state is LetterState.NOT_OWED:
            if held.why:
                return f"No letter: {held.why[0][0].lower()}{held.why[0][1:]}"
            return "No letter: an in-house comparator gets none"
        return "Ready to sign"

    @property
    def words(self) -> str:
        """The whole row, as it is read aloud."""
        blocked = "Blocked: " if self.standing.state is LetterState.BLOCKED else ""
        return f"{self.title}. {self.about}. {blocked}{self.state}"


def _key(row: LetterRow) -> tuple[str, str, str]:
    return row.standing.bid, row.standing.lot, row.standing.series


class LetterRows(QAbstractListModel):
    """The rows, in the order of the pack. `ROW` gives the value of one."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[LetterRow, ...] = ()

    @property
    def rows(self) -> tuple[LetterRow, ...]:
        """What is shown."""
        return self._rows

    def show_letters(
        self, standings: tuple[LetterStanding, ...], verified: Collection[str], anew: tuple[LetterAnew, ...] = ()
    ) -> None:
        """Show these letters. `verified` holds the SHA-256 of the letters whose signature was checked; `anew` those to sign once more."""
        why = {(*pair, AWARD): one.why for one in anew for pair in one.about}
        rows = tuple(
            LetterRow(
                one,
                one.signed is not None and one.signed.sha256 in verified,
                why.get((one.bid, one.lot, one.series), ()),
            )
            for one in standings
        )
        if [_key(row) for row in rows] == [_key(row) for row in self._rows]:
            # The same letters: a long list keeps its place and what is chosen in it.
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # Qt's name and Qt's default
        """How many letters there are."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A row's words, or its value."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return row.words
        if role == ROW:
            return row
        return None
