"""The outcome of one lot as tables: its bids with what made their totals, and the criteria of one bid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.gates import scale_of
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.numbers import canonical
from evalpanel.domain.price import money
from evalpanel.domain.results import BidResult, LotResult, ResultStatus
from evalpanel.domain.rules import RANKING_FORMULAS
from evalpanel.domain.scales import Scale
from evalpanel.domain.tender import CriterionCode, PriceFormula, ScaleCode
from evalpanel.ui.models.words import called

ROW = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex

_STATUS = {
    ResultStatus.RANKED: "",
    ResultStatus.GATE_FAILED: "Did not pass a gate",
    ResultStatus.LATE: "Late",
    ResultStatus.WITHDRAWN: "Withdrawn",
    ResultStatus.DISREGARDED: "Disregarded",
    ResultStatus.EXCLUDED: "Excluded",
    ResultStatus.NOT_SHORTLISTED: "Not shortlisted",
    ResultStatus.COMPARATOR: "Comparator",
}
_METRIC = {PriceFormula.F7: "Price a point", PriceFormula.F8: "Price less quality", PriceFormula.F10: "Ranked by"}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def shown(number: Decimal | None) -> str:
    """A published figure with its places; a dash where there is none."""
    return "–" if number is None else f"{number:f}"


def why(bid: BidResult) -> str:
    """Why a bid is not ranked, in words; empty for one that is."""
    if bid.status is ResultStatus.RANKED:
        return ""
    return ". ".join(part.rstrip(".") for part in (_STATUS[bid.status], bid.why) if part) + "."


def headline(lot: LotResult) -> str:
    """The result of a lot in a sentence. Who gets the contract is decided after it."""
    ranked = [bid for bid in lot.bids if bid.rank is not None]
    if not ranked:
        return "No bid is ranked in this lot."
    first = [bid for bid in ranked if bid.rank == 1]
    if len(first) > 1:
        return f"{' and '.join(bid.name for bid in first)} share the first place."
    if len(ranked) == 1:
        return f"{first[0].name} is the only bid that is ranked."
    mine, next_one = first[0], ranked[1]
    if mine.total is None or next_one.total is None:
        return f"{mine.name} comes first, before {next_one.name}."
    if mine.total == next_one.total:
        return f"{mine.name} comes first by the published tie rule, before {next_one.name}."
    return f"{mine.name} comes first, {mine.total - next_one.total:f} ahead of {next_one.name}."


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the ranking: its heading, and whether it holds figures."""

    key: str
    heading: str
    figures: bool = True


def columns_of(lot: LotResult) -> tuple[Column, ...]:
    """The columns that a lot needs: no price column where price carries no weighting, no total where nothing is added."""
    adds = lot.formula not in RANKING_FORMULAS
    made = [Column("rank", "Rank"), Column("bid", "Bid", figures=False), Column("bar", "Result", figures=False)]
    made += [Column("total", "Total")] if adds else []
    made.append(Column("quality", f"Quality of {canonical(lot.quality_weighting) if adds else '100'}"))
    made += [Column("price", f"Price of {canonical(lot.price_weighting)}")] if adds and lot.price_weighting else []
    made.append(Column("amount", "Price offered"))
    if lot.formula in (PriceFormula.F7, PriceFormula.F8):
        made.append(Column("metric", _METRIC[lot.formula]))
    return tuple(made)


class Ranking(QAbstractTableModel):
    """The bids of a lot: the ranked ones first, then the comparator and those that are out, each saying why."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: tuple[Column, ...] = ()
        self._bids: tuple[BidResult, ...] = ()
        self._currency = "GBP"

    @property
    def bids(self) -> tuple[BidResult, ...]:
        """The bids, from the top."""
        return self._bids

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, from the left."""
        return self._columns

    def set_lot(self, lot: LotResult, currency: str) -> None:
        """Show the outcome of a lot."""
        self.beginResetModel()
        self._columns, self._bids, self._currency = columns_of(lot), lot.bids, currency
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # Qt's signature and name
        """How many bids there are."""
        return 0 if parent.isValid() else len(self._bids)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # Qt's signature and name
        """How many columns the lot needs."""
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column, over its figures."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.heading
        return (RIGHT if column.figures else LEFT) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell says; `ROW` is the whole result of the bid."""
        if not index.isValid():
            return None
        bid, column = self._bids[index.row()], self._columns[index.column()]
        if role == ROW:
            return bid
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(bid, column.key)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{column.heading}: {self._words(bid, column.key)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return why(bid) or None
        return (RIGHT if column.figures else LEFT) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def told(self, bid: BidResult) -> str:
        """What its row says after the name, in one sentence: for where there is no room for all columns."""
        keys = [one for one in self._columns if one.key in ("total", "quality", "price", "metric")]
        words = [f"{one.heading} {self._words(bid, one.key)}" for one in keys]
        return " · ".join(one[:1].lower() + one[1:] if place else one for place, one in enumerate(words))

    def _words(self, bid: BidResult, key: str) -> str:
        match key:
            case "rank":
                return "–" if bid.rank is None else str(bid.rank)
            case "bid":
                kind = "comparator" if bid.status is ResultStatus.COMPARATOR else ""
                return " · ".join(part for part in (called(bid.bid, bid.name), kind) if part)
            case "bar":
                return why(bid) or "quality and price" if bid.price is not None else why(bid) or "quality"
            case "amount":
                return "sealed" if bid.price_amount is None else money(bid.price_amount, self._currency)
            case "metric":
                return "–" if bid.metric is None else money(bid.metric, self._currency)
            case "total":
                return shown(bid.total)
            case "quality":
                return shown(bid.quality)
            case _:
                return shown(bid.price)


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """One section or criterion of one bid. `depth` is how deep it stands in the tree; figures are texts as published."""

    code: str
    title: str
    depth: int
    level: str
    weighting: str
    result: str
    is_section: bool = False


def criterion_rows(bid: BidResult, pack: TenderPack, lot: LotResult) -> tuple[CriterionRow, ...]:
    """The tree of a lot's criteria with what one bid got for each; a dash where it was not assessed."""
    found = {one.criterion: one for one in bid.criteria}
    sections = dict(bid.sections)
    scales = {scale.scale: scale for scale in pack.scales}
    held = [one for one in pack.criteria if one.applies_to(lot.lot) and one.kind is not CriterionKind.INFORMATION]
    made = []
    for one in held:
        result = found.get(one.criterion)
        is_section = one.criterion in {other.parent for other in held}
        if is_section:
            figure = shown(sections.get(one.criterion)) if one.parent is None else ""
        else:
            figure = shown(result.weighted if result is not None else None)
        made.append(
            CriterionRow(
                code=one.criterion,
                title=one.title,
                depth=_depth(one, held),
                level="" if is_section else _level(one, result.score if result is not None else None, scales),
                weighting="" if one.weighting is None else f"{canonical(one.weighting)} %",
                result="" if one.kind in (CriterionKind.CONDITION, CriterionKind.CONSIDERATION) else figure,
                is_section=is_section,
            )
        )
    return tuple(made)


def _depth(criterion: Criterion, held: Iterable[Criterion]) -> int:
    parents: dict[CriterionCode, CriterionCode | None] = {one.criterion: one.parent for one in held}
    depth, at = 0, criterion.parent
    while at is not None and depth < len(parents):
        depth, at = depth + 1, parents.get(at)
    return depth


def _level(criterion: Criterion, score: Decimal | None, scales: Mapping[ScaleCode, Scale]) -> str:
    if criterion.kind is CriterionKind.CONSIDERATION:
        return "explained"
    if score is None:
        return "not assessed"
    level = scale_of(criterion, scales).level(score)
    return f"{canonical(score)} {level.name if level is not None else ''}".strip()


_HEADINGS = ("Criterion", "Level", "Weighting", "Result of 100")


class CriteriaOfBid(QAbstractTableModel):
    """What one bid got, section by section and criterion by criterion. Results are out of 100 for quality."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[CriterionRow, ...] = ()

    @property
    def rows(self) -> tuple[CriterionRow, ...]:
        """The rows, from the top."""
        return self._rows

    def set_rows(self, rows: tuple[CriterionRow, ...]) -> None:
        """Show these rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # Qt's signature and name
        """How many sections and criteria there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # Qt's signature and name
        """Criterion, level, weighting, result."""
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heading of a column, over its figures."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_HEADINGS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        return (RIGHT if section > 1 else LEFT) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell says; `ROW` is the whole row."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        words = (f"{row.code} {row.title}".strip(), row.level, row.weighting, row.result)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_HEADINGS[index.column()]}: {words}"
        return (RIGHT if index.column() > 1 else LEFT) if role == Qt.ItemDataRole.TextAlignmentRole else None
