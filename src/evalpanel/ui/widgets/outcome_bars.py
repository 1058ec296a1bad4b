"""The ranking of a lot: each bid as a bar made of what made its total, with the figures in columns beside it."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.results import BidResult, LotResult, ResultStatus
from evalpanel.domain.tender import BidCode
from evalpanel.ui import theme
from evalpanel.ui.models.outcome_rows import RIGHT, ROW, Ranking, why
from evalpanel.ui.page import label

AnyIndex = QModelIndex | QPersistentModelIndex
_BAR = "bar"
_FIRST_TO_GO = ("metric", "quality", "price")  # where there is no room for every column


class OutcomeBars(QWidget):
    """The bids of one lot as bars. `chosen` says which bid a person wants to see closer (a `BidCode`)."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self.table = plain_table("Ranking")
        self.model = Ranking()
        self.table.setModel(self.model)
        self.table.setItemDelegate(_BarPainter(self.table))
        self.table.resized.connect(self._sizes)
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        layout.addWidget(self.table, 1)
        keys = QHBoxLayout()
        keys.setSpacing(8)
        self._price = [_Swatch(hatched=True), label("price", "small")]
        for widget in (_Swatch(hatched=False), label("quality", "small"), *self._price):
            keys.addWidget(widget)
        keys.addWidget(label("A bar is as long as the total, out of 100.", "small"))
        keys.addStretch(1)
        layout.addLayout(keys)

    def show_lot(self, lot: LotResult, currency: str) -> None:
        """Show the outcome of a lot; the bid at the top is marked."""
        self.model.set_lot(lot, currency)
        has_price = any(bid.price is not None for bid in lot.bids)
        for widget in self._price:
            widget.setVisible(has_price)
        self._sizes()
        if lot.bids:
            self.table.selectRow(0)

    def mark(self, bid: BidCode) -> None:
        """Mark a bid."""
        for place, one in enumerate(self.model.bids):
            if one.bid == bid:
                self.table.selectRow(place)

    def wanted_height(self) -> int:
        """How high the table would like to be to show every bid."""
        rows = len(self.model.bids) * self.table.verticalHeader().defaultSectionSize()
        return rows + self.table.horizontalHeader().sizeHint().height() + self.fontMetrics().height() + 16

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:  # noqa: ARG002  # Qt's signature
        if now.isValid():
            self.chosen.emit(self.model.bids[now.row()].bid)

    def _sizes(self) -> None:
        """Give the bars what the figures leave."""
        metrics = self.table.fontMetrics()
        self.table.verticalHeader().setDefaultSectionSize(metrics.height() + 24)
        widths: dict[int, int] = {}
        bar = name = -1
        keys = {column.key: place for place, column in enumerate(self.model.columns)}
        for place, column in enumerate(self.model.columns):
            if column.key == _BAR:
                bar = place
                continue
            cells = [str(self.model.index(row, place).data() or "") for row in range(len(self.model.bids))]
            words = max((metrics.horizontalAdvance(words) for words in (column.heading, *cells)), default=0)
            widths[place] = words + 28
            if column.key == "bid":
                name = place
        if bar < 0:
            return
        whole = self.table.viewport().width()
        used = sum(widths.values())
        least = metrics.averageCharWidth() * 16
        for key in _FIRST_TO_GO:  # the bar shows what they are, and the bid below says them
            place = keys.get(key, -1)
            if place >= 0:
                gone = whole - used < least
                self.table.setColumnHidden(place, gone)
                used -= widths.pop(place) if gone else 0
        if whole - used < least:  # names give way before bars
            widths[name] = max(metrics.averageCharWidth() * 14, widths[name] - (least - (whole - used)))
            used = sum(widths.values())
        widths[bar] = max(40, whole - used)
        for place, width in widths.items():
            self.table.setColumnWidth(place, width)


class PlainTable(QTableView):
    """Says when its width is another, so that its columns can be fitted."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say so, once the room for columns is known."""
        super().resizeEvent(event)
        self.resized.emit()


def plain_table(name: str) -> PlainTable:
    """A table of whole rows, without lines or numbers of rows."""
    table = PlainTable()
    table.setAccessibleName(name)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setSectionsClickable(False)
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    header.setMinimumSectionSize(20)
    return table


def paint_bar(painter: QPainter, room: QRectF, bid: BidResult) -> None:
    """Paint what made a bid's total: quality plain, price hatched, on a track that stands for 100.

    A comparator stands outside the ranking, so its bar is only outlined.
    """
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    track = QRectF(room.left() + 8, room.center().y() - 8, max(1.0, room.width() - 24), 16)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("line"))
    painter.drawRoundedRect(QRectF(track.left(), track.center().y() - 1, track.width(), 2), 1, 1)
    quality = _wide(track, bid.quality)
    price = _wide(track, bid.price)
    outlined = bid.rank is None
    ink = theme.colour("muted" if outlined else "accent")
    painter.setPen(QPen(ink, 1.5))
    painter.setBrush(theme.colour("surface") if outlined else ink)
    if quality:
        painter.drawRect(QRectF(track.left(), track.top(), quality, track.height()))
    if price:
        part = QRectF(track.left() + quality, track.top(), price, track.height())
        painter.setBrush(theme.colour("surface"))
        painter.drawRect(part)
        painter.setBrush(QBrush(ink, Qt.BrushStyle.BDiagPattern))
        painter.drawRect(part)
    painter.restore()


def _wide(track: QRectF, part: Decimal | None) -> float:
    # A length on the screen is no result: pixels may be floats.
    return 0.0 if part is None else track.width() * float(min(Decimal(100), max(Decimal(0), part)) / 100)


class _BarPainter(QStyledItemDelegate):
    """Paints a row: its bar, or why there is none; the figures at the right of their columns."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        bid = index.data(ROW)
        room: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, theme.colour("tint"))
            if index.column() == 0:
                painter.fillRect(QRect(room.left(), room.top() + 4, 3, room.height() - 8), theme.colour("accent"))
        model = index.model()
        key = model.columns[index.column()].key if isinstance(model, Ranking) else ""
        is_in = bid.rank is not None
        if key == _BAR and (is_in or bid.status is ResultStatus.COMPARATOR):
            paint_bar(painter, QRectF(room), bid)
        else:
            words = why(bid) if key == _BAR else str(index.data() or "")
            font = painter.font()
            font.setBold(is_in and key in ("rank", "total"))
            painter.setFont(font)
            painter.setPen(theme.colour("text" if is_in else "muted"))
            inside = room.adjusted(8, 0, -8, 0)
            elided = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, inside.width())
            side = index.data(Qt.ItemDataRole.TextAlignmentRole) or RIGHT
            painter.drawText(inside, side, elided)
        painter.restore()


class _Swatch(QWidget):
    """What a part of a bar looks like, for the key under the bars."""

    def __init__(self, *, hatched: bool) -> None:
        super().__init__()
        self._hatched = hatched

    def sizeHint(self) -> QSize:
        side = round(self.fontMetrics().height() * 0.8)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature and name
        painter = QPainter(self)
        painter.setPen(QPen(theme.colour("accent"), 1.5))
        ink = theme.colour("accent")
        painter.setBrush(QBrush(ink, Qt.BrushStyle.BDiagPattern) if self._hatched else QBrush(ink))
        side = self.sizeHint().width() - 2
        painter.drawRect(1, (self.height() - side) // 2, side, side)
        painter.end()
