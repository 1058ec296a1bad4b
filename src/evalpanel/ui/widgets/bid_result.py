"""One bid of the outcome closer: its sections and criteria, its gates, and its price."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.price import money
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.ui import theme
from evalpanel.ui.models.outcome_rows import RIGHT, ROW, CriteriaOfBid, criterion_rows, why
from evalpanel.ui.models.words import called
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.outcome_bars import plain_table
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.sides import Sides

AnyIndex = QModelIndex | QPersistentModelIndex


class BidResultView(Sides):
    """The criteria of a bid at the left, its gates and price at the right."""

    def __init__(self) -> None:
        super().__init__(letters=80)
        self.table = plain_table("Criteria of the bid")
        self.model = CriteriaOfBid()
        self.table.setModel(self.model)
        self.table.resized.connect(self._sizes)
        self.table.setItemDelegate(_CriterionPainter(self.table))
        self.add(self.table, share=8, lines=9)
        self._card = Card()
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(8)
        self._why = label("", "warn", wrap=True)
        self._price = label("", wrap=True)
        self._gates = label("", wrap=True)
        for widget in (self._why, self._price, label("Gates", "small"), self._gates):
            column.addWidget(widget)
        column.addStretch(1)
        self._card.inside.addWidget(scroll(inside), 1)
        self.add(self._card, share=5, lines=9)

    @property
    def gates(self) -> str:
        """What is said about the gates."""
        return self._gates.text()

    def show_bid(self, bid: BidResult, lot: LotResult, pack: TenderPack, told: str) -> None:
        """Show one bid; `told` is what its row in the ranking says."""
        self.model.set_rows(criterion_rows(bid, pack, lot))
        self._card.set_title(called(bid.bid, bid.name))
        self._why.setText(why(bid))
        self._why.setVisible(bool(why(bid)))
        assert pack.tender is not None, "a tender that is loaded has its terms"
        currency = pack.tender.currency
        opened = (
            "The price was not opened." if bid.price_amount is None else f"Price: {money(bid.price_amount, currency)}"
        )
        self._price.setText(f"{told}\n{opened}" if told else opened)
        gates = [f"{'✓' if gate.passed else '✕'}  {gate.why}" for gate in bid.gates]
        self._gates.setText("\n".join(gates) or "No gate was assessed.")
        self._sizes()

    def _sizes(self) -> None:
        """Give the names what the figures leave."""
        metrics = self.table.fontMetrics()
        self.table.verticalHeader().setDefaultSectionSize(metrics.height() + 14)
        figures = max(metrics.horizontalAdvance("Result of 100"), metrics.horizontalAdvance("100.00 %")) + 20
        level = metrics.horizontalAdvance("3 Satisfactory") + 24
        whole, least = self.table.viewport().width(), metrics.averageCharWidth() * 16
        narrow = whole < least + level + 2 * figures
        self.table.setColumnHidden(2, narrow)
        name = max(least, whole - (figures if narrow else 2 * figures) - level)
        for column, width in ((0, name), (1, level), (2, figures), (3, figures)):
            if not self.table.isColumnHidden(column):
                self.table.setColumnWidth(column, width)


class _CriterionPainter(QStyledItemDelegate):
    """Paints sections bold and criteria under them."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row = index.data(ROW)
        room: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, theme.colour("tint"))
        font = painter.font()
        font.setBold(row.is_section)
        painter.setFont(font)
        painter.setPen(theme.colour("muted" if row.level == "not assessed" or index.column() == 2 else "text"))
        indent = 16 * row.depth if index.column() == 0 else 0
        inside = room.adjusted(8 + indent, 0, -8, 0)
        words = painter.fontMetrics().elidedText(str(index.data() or ""), Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, index.data(Qt.ItemDataRole.TextAlignmentRole) or RIGHT, words)
        painter.restore()
