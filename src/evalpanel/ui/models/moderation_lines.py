"""The lines of a moderation as a table: each with its scores, how far apart they are, and what has been agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from evalpanel.domain.criteria import CriterionKind
from evalpanel.domain.moderation import moderation_gaps
from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.people import PanelMember
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import CriterionCode, ScaleCode
from evalpanel.services.moderation import ModerationLine

HEADINGS = ("Line", "Scores", "Spread", "Agreed")
LINE, SCORES, SPREAD, AGREED = range(4)
ROW = Qt.ItemDataRole.UserRole
"""The whole row as a `LineRow`, for delegates."""

_STATUS_WORDS = {
    ScoreStatus.BLANK: "blank",
    ScoreStatus.NOT_APPLICABLE: "not applicable",
    ScoreStatus.ABSTAINED: "abstained",
    ScoreStatus.RECUSED: "recused",
}

AnyIndex = QModelIndex | QPersistentModelIndex


class LineState(StrEnum):
    """How far a line is: nothing held, something missing, agreed, or left alone because its bid failed a gate."""

    OPEN = "open"
    DRAFT = "draft"
    AGREED = "agreed"
    NOT_ASSESSED = "not assessed"


class Order(StrEnum):
    """In which order lines stand."""

    DISAGREEMENT = "By disagreement"
    BID = "By bid"
    CRITERION = "By criterion"


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line as the list shows it. `bidder` is empty in a blind tender; `missing` says what it lacks."""

    held: ModerationLine
    bidder: str
    state: LineState
    missing: str = ""

    @property
    def line(self) -> Line:
        """Which line it is."""
        return self.held.line

    @property
    def title(self) -> str:
        """The line in a few words: `B03 · 2.1 Outcomes`."""
        return f"{self.line.bid} · {self.line.criterion} {self.held.criterion.title}".strip()

    @property
    def where(self) -> str:
        """The lot and the bidder."""
        return " · ".join(part for part in (lot_words(self.line.lot), self.bidder) if part)

    @property
    def agreed_words(self) -> str:
        """What stands in the column of agreed levels."""
        agreed = self.held.agreed
        if self.state is LineState.NOT_ASSESSED:
            return "not assessed"
        if agreed is None:
            return "–"
        level = "explained" if self.held.scale is None else "–" if agreed.value is None else canonical(agreed.value)
        return level if self.state is LineState.AGREED else f"{level} draft" if level != "–" else "draft"


def rows_of(
    lines: Iterable[ModerationLine],
    bidders: Mapping[str, str],
    quorum: int | None,
    panel: Sequence[PanelMember],
) -> tuple[LineRow, ...]:
    """The rows of these lines, in their order. `bidders`: the name by the code of a bid (empty in a blind tender)."""
    held = tuple(lines)
    criteria = {CriterionCode(one.criterion.criterion): one.criterion for one in held}
    scales = {ScaleCode(one.scale.scale): one.scale for one in held if one.scale is not None}
    moderated = {one.line: one.agreed for one in held if one.agreed is not None}
    lacks: dict[Line, list[str]] = {}
    for gap in moderation_gaps([one.line for one in held], moderated, criteria, scales, quorum, panel):
        lacks.setdefault(gap.line, []).append(gap.what)
    made = []
    for one in held:
        missing = ", ".join(lacks.get(one.line, ()))
        if one.agreed is None:
            state = LineState.OPEN if missing else LineState.NOT_ASSESSED
        else:
            state = LineState.DRAFT if missing else LineState.AGREED
        made.append(LineRow(one, bidders.get(one.line.bid, ""), state, missing))
    return tuple(made)


def rows_with(
    rows: tuple[LineRow, ...], changed: ModerationLine, quorum: int | None, panel: Sequence[PanelMember]
) -> tuple[LineRow, ...]:
    """The rows after one line was agreed. A line can stop or free the others of its bid, and no more."""
    bid = (changed.line.lot, changed.line.bid)
    of_bid = [row for row in rows if (row.line.lot, row.line.bid) == bid]
    lines = [changed if row.line == changed.line else row.held for row in of_bid]
    bidders = {str(row.line.bid): row.bidder for row in of_bid}
    fresh = iter(rows_of(lines, bidders, quorum, panel))
    return tuple(next(fresh) if (row.line.lot, row.line.bid) == bid else row for row in rows)


def ordered(rows: Iterable[LineRow], order: Order) -> tuple[LineRow, ...]:
    """The rows in an order; rows that stand equal keep theirs. Lines without a spread come after those with one."""
    held = tuple(rows)
    match order:
        case Order.DISAGREEMENT:
            # What is not to be discussed any more comes last. Fractions are slow to compare, and few: by their place.
            apart = sorted({row.held.spread for row in held if row.held.spread is not None}, reverse=True)
            place: dict[Fraction | None, int] = {spread: at for at, spread in enumerate(apart)}
            place[None] = len(apart)
            return tuple(sorted(held, key=lambda row: (row.state is LineState.NOT_ASSESSED, place[row.held.spread])))
        case Order.BID:
            return held
        case Order.CRITERION:
            places = {code: place for place, code in enumerate(dict.fromkeys(row.line.criterion for row in held))}
            return tuple(sorted(held, key=lambda row: (row.line.lot, places[row.line.criterion])))


def lot_words(lot: str) -> str:
    """A lot by its code: `Lot 1`; a code that says so itself (`L1`, `Lot A`) stands alone."""
    return lot if lot[:1].casefold() == "l" else f"Lot {lot}"


@lru_cache(1024)
def spread_words(spread: Fraction | None) -> tuple[str, str]:
    """How far apart scores are, in per cent of the scale and in a word (bands: under 20 %, 20–50 %, over 50 %)."""
    if spread is None:
        return ("", "")
    if spread == 0:
        return ("0 %", "same")
    word = "close" if spread < Fraction(1, 5) else "apart" if spread <= Fraction(1, 2) else "wide"
    return (f"{round_half_up(spread * 100, 0)} %", word)


def score_words(score: Score) -> str:
    """One answer in a word or a figure: `4`, `abstained`, `explained`."""
    if score.status is ScoreStatus.SCORED:
        return "explained" if score.value is None else canonical(score.value)
    return _STATUS_WORDS[score.status]


def worth_knowing(rows: Iterable[LineRow]) -> tuple[str, ...]:
    """What is worth another look before moderation is closed, in sentences; nothing of it keeps it open."""
    unsettled, no_higher = 0, 0
    for row in rows:
        agreed, scale = row.held.agreed, row.held.scale
        if agreed is None:
            continue
        unsettled += bool(row.held.spread) and not agreed.differences.strip()
        below = scale is not None and agreed.value is not None and agreed.value != scale.top
        no_higher += below and row.held.criterion.kind is CriterionKind.QUALITY and not agreed.not_higher.strip()
    found = []
    for count, what in (
        (unsettled, "how different scores were settled"),
        (no_higher, "why not a higher level"),
    ):
        if count:
            found.append(f"{count} {'line does' if count == 1 else 'lines do'} not say {what}.")
    return tuple(found)


class ModerationLines(QAbstractTableModel):
    """A table of line rows; each cell says in words what its column shows."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[LineRow, ...] = ()

    @property
    def rows(self) -> tuple[LineRow, ...]:
        """The rows, from the top."""
        return self._rows

    def set_rows(self, rows: tuple[LineRow, ...]) -> None:
        """Show these rows. Where the lines are the same in the same order, the view keeps its place."""
        if [row.line for row in rows] == [row.line for row in self._rows]:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, AGREED))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def place(self, line: Line | None) -> int:
        """The number of the row of a line; -1 where it is not shown."""
        return next((place for place, row in enumerate(self._rows) if row.line == line), -1)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # Qt's signature and name
        """How many lines there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # Qt's signature and name
        """Line, scores, spread, agreed."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section] if section < len(HEADINGS) else None
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell says; `ROW` is the whole row."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(row, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{HEADINGS[index.column()]}: {self._words(row, index.column())}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.title}\n{row.where}\n{row.missing or row.state.value}"
        return None

    @staticmethod
    def _words(row: LineRow, column: int) -> str:
        match column:
            case 0:
                return f"{row.title}, {row.where}"
            case 1:
                return ", ".join(score_words(one.score) for one in row.held.scores) or "no scores"
            case 2:
                return " ".join(part for part in spread_words(row.held.spread) if part) or "–"
            case _:
                return row.agreed_words
