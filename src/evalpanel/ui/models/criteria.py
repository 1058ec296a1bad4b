"""The criteria of one lot as a tree: each with its weighting and its share, and under each level what it adds up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from evalpanel.domain.criteria import Criterion, for_lot
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.numbers import canonical
from evalpanel.domain.pack_checks_criteria import weighted_levels
from evalpanel.domain.pack_findings import plain_sum
from evalpanel.domain.quality import leaf_shares
from evalpanel.domain.rules import rules_for
from evalpanel.domain.tender import CriterionCode, Lot, SectionWeightings, Tender
from evalpanel.errors import EvalPanelError
from evalpanel.ui import theme
from evalpanel.ui.models import words

Index = QModelIndex | QPersistentModelIndex
CRITERION = Qt.ItemDataRole.UserRole
SHARE = Qt.ItemDataRole.UserRole + 1
SUM = Qt.ItemDataRole.UserRole + 2
COLUMNS = ("Criterion", "Weighting", "Of quality")


@dataclass(frozen=True, slots=True)
class Node:
    """A row of the tree: a criterion, or (without one) what the level above it adds up to.

    `parent` and `children` are places in the tuple of nodes, `parent` -1 at the top. `share` is the part of the whole
    quality result, from 0 to 1; None where there is none or the weightings do not add up.
    """

    parent: int
    criterion: Criterion | None = None
    share: Fraction | None = None
    total: Decimal | None = None
    expected: Decimal = Decimal(100)
    children: tuple[int, ...] = ()

    def texts(self) -> tuple[str, str, str]:
        """The three columns."""
        if self.criterion is None:
            assert self.total is not None
            fine = self.total == self.expected
            shown = f"{canonical(self.total)} %"
            return (
                "adds up to" if fine else f"adds up to {shown}, not to {canonical(self.expected)} %",
                f"{shown} ✓" if fine else f"{shown} ✗",
                "",
            )
        held = self.criterion
        weighting = "" if held.weighting is None else words.percent(held.weighting)
        share = "" if self.share is None else words.percent(self.share * 100)
        return (f"{held.criterion}  {held.title}", weighting or words.UNWEIGHTED.get(held.kind, "–"), share)


def nodes(pack: TenderPack, lot: Lot | None) -> tuple[Node, ...]:
    """The tree of a lot's criteria (all of them, without a lot), in the order of the workbook.

    A pack that is still full of problems makes a tree too: a criterion whose parent is missing, or is its own
    ancestor, stands at the top.
    """
    held = for_lot(pack.criteria, lot.lot) if lot is not None else pack.criteria
    shares = _shares(held, lot, pack.tender)
    expected = _expected_at_top(pack.tender, lot)
    levels = {parent: plain_sum(one.weighting or Decimal(0) for one in level) for parent, level in _levels(held)}
    below: dict[int, list[int]] = {-1: []}
    parents = _parents(held)
    for place, parent in enumerate(parents):
        below.setdefault(parent, []).append(place)
    made: list[Node] = []
    for place, criterion in enumerate(held):
        below_it = below.get(place, [])
        share = _sum_below(place, below, held, shares)
        made.append(Node(parents[place], criterion, share, children=tuple(below_it)))
    for parent in sorted(below):
        code = held[parent].criterion if parent >= 0 else None
        # Lots share sections but not always their parts: without a lot, parts of different lots would be added up.
        if code not in levels or (lot is None and len(pack.lots) > 1):
            continue
        place = len(made)
        made.append(Node(parent, None, total=levels[code], expected=expected if parent < 0 else Decimal(100)))
        below[parent].append(place)
        if parent >= 0:
            before = made[parent]
            made[parent] = Node(before.parent, before.criterion, before.share, children=tuple(below[parent]))
    return tuple(made)


def _levels(held: tuple[Criterion, ...]) -> Iterable[tuple[CriterionCode | None, list[Criterion]]]:
    return weighted_levels(held).items()


def _parents(held: tuple[Criterion, ...]) -> list[int]:
    places: dict[CriterionCode, int] = {}
    for place, criterion in enumerate(held):
        places.setdefault(criterion.criterion, place)
    parents = [-1 if one.parent is None else places.get(one.parent, -1) for one in held]
    for start in range(len(parents)):
        seen, at = {start}, parents[start]
        while at >= 0:
            if at in seen:
                parents[start] = -1
                break
            seen.add(at)
            at = parents[at]
    return parents


def _sum_below(
    place: int, below: dict[int, list[int]], held: tuple[Criterion, ...], shares: dict[CriterionCode, Fraction]
) -> Fraction | None:
    waiting, found = [place], []
    while waiting:
        at = waiting.pop()
        waiting += below.get(at, [])
        if held[at].criterion in shares and not below.get(at):
            found.append(shares[held[at].criterion])
    return sum(found, Fraction(0)) if found else None


def _shares(held: tuple[Criterion, ...], lot: Lot | None, tender: Tender | None) -> dict[CriterionCode, Fraction]:
    if lot is None or tender is None:
        return {}
    try:
        return leaf_shares(held, lot, tender)
    except EvalPanelError:  # the sums under each level show what does not add up; there is no share of a wrong whole
        return {}


def _expected_at_top(tender: Tender | None, lot: Lot | None) -> Decimal:
    if tender is None or lot is None or tender.section_weightings is SectionWeightings.OF_QUALITY:
        return Decimal(100)
    return rules_for(tender, lot).quality_weighting


class CriteriaModel(QAbstractItemModel):
    """The tree for a view: `CRITERION` gives the criterion of a row (None: a sum), `SHARE` its share, `SUM` whether it
    is a sum and, in the weighting's column, whether that is as it should be."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._nodes: tuple[Node, ...] = ()
        self._top: tuple[int, ...] = ()

    def show_nodes(self, made: tuple[Node, ...]) -> bool:
        """Show these. Gives False, and changes nothing, where they are what is shown already."""
        if made == self._nodes:
            return False
        self.beginResetModel()
        self._nodes = made
        self._top = tuple(place for place, node in enumerate(made) if node.parent < 0)
        self.endResetModel()
        return True

    def place_of(self, code: str) -> QModelIndex:
        """Where the criterion with this code stands; invalid where it is not in this lot."""
        for place, node in enumerate(self._nodes):
            if node.criterion is not None and node.criterion.criterion == code:
                return self._index_of(place)
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # Qt's default
        """The place of a child."""
        level = self._below(parent)
        if not (0 <= row < len(level) and 0 <= column < len(COLUMNS)):
            return QModelIndex()
        return self.createIndex(row, column, level[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # Qt overloads it
        """The place above."""
        if not index.isValid():
            return QModelIndex()
        above = self._nodes[index.internalId()].parent
        return QModelIndex() if above < 0 else self._index_of(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # Qt's name and Qt's default
        """How many rows stand below."""
        return 0 if parent.column() > 0 else len(self._below(parent))

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # Qt's name and Qt's default
        """Criterion, weighting, share."""
        return len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Sums cannot be chosen."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        chosen = Qt.ItemFlag.ItemIsEnabled
        return chosen if self._nodes[index.internalId()].criterion is None else chosen | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's text, and what the delegate paints."""
        if not index.isValid():
            return None
        node, column = self._nodes[index.internalId()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return node.texts()[column]
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.ForegroundRole:
                return self._colour(node, column)
            case _ if role == CRITERION:
                return node.criterion
            case _ if role == SHARE:
                return node.share if column == len(COLUMNS) - 1 else None
            case _ if role == SUM:
                return node.criterion is None
            case _:
                return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section > 0:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return COLUMNS[section] if role == Qt.ItemDataRole.DisplayRole else None

    def _colour(self, node: Node, column: int) -> QColor | None:
        if node.criterion is None:
            return theme.colour("muted" if node.total == node.expected else "danger")
        if column == 1 and node.criterion.weighting is None:
            return theme.colour("muted")
        return None

    def _below(self, parent: Index) -> tuple[int, ...]:
        return self._nodes[parent.internalId()].children if parent.isValid() else self._top

    def _index_of(self, place: int) -> QModelIndex:
        above = self._nodes[place].parent
        level = self._top if above < 0 else self._nodes[above].children
        return self.createIndex(level.index(place), 0, place)
