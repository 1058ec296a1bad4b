"""The criteria of a lot as a tree with weightings: what is chosen, what each level adds up to, what each is worth."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.criteria import Criterion
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.quality import weighting_findings
from evalpanel.domain.rules import rules_for
from evalpanel.domain.tender import Lot
from evalpanel.ui import theme
from evalpanel.ui.models import words
from evalpanel.ui.models.criteria import COLUMNS, CRITERION, SHARE, SUM, CriteriaModel, nodes
from evalpanel.ui.page import label

Index = QModelIndex | QPersistentModelIndex


class CriteriaTree(QWidget):
    """The tree, with a chooser for the lot where there are several. `chosen` says which criterion is looked at."""

    chosen = Signal(object, object)  # the lot (or None) and the criterion (or None)

    def __init__(self) -> None:
        super().__init__()
        self._pack = TenderPack()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.lots = QComboBox()
        self.lots.setAccessibleName("Lot")
        self.lots.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.lots.setMinimumContentsLength(12)
        self._lot_row = QWidget()
        row = QHBoxLayout(self._lot_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        asked = label("Lot", "muted")
        asked.setBuddy(self.lots)
        row.addWidget(asked)
        row.addWidget(self.lots, 1)
        layout.addWidget(self._lot_row)
        self._split = label("", "muted", wrap=True)
        layout.addWidget(self._split)
        self.model = CriteriaModel(self)
        self.view = QTreeView()
        self.view.setAccessibleName("Criteria with their weightings")
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Painter(self.view))
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setIndentation(20)
        header = self.view.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, len(COLUMNS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        layout.addWidget(self.view, 1)
        self.view.selectionModel().currentChanged.connect(self._moved)
        self.lots.currentIndexChanged.connect(self._lot_changed)

    @property
    def lot(self) -> Lot | None:
        """The lot whose criteria are shown; None where the pack names none."""
        held = self.lots.currentData()
        return held if isinstance(held, Lot) else None

    @property
    def criterion(self) -> Criterion | None:
        """The criterion that is looked at."""
        held = self.view.currentIndex().data(CRITERION)
        return held if isinstance(held, Criterion) else None

    def show_pack(self, pack: TenderPack) -> None:
        """Show the criteria of these lots. The lot and the criterion that were chosen stay so."""
        lot, criterion = self.lot, self.criterion
        self._pack = pack
        self.lots.blockSignals(True)
        self.lots.clear()
        for one in pack.lots:
            self.lots.addItem(f"{one.lot}  {one.title}", one)
        at = next((place for place, one in enumerate(pack.lots) if lot is not None and one.lot == lot.lot), 0)
        self.lots.setCurrentIndex(at if pack.lots else -1)
        self.lots.blockSignals(False)
        self._lot_row.setVisible(len(pack.lots) > 1)
        self._fill(criterion)

    def choose(self, code: str) -> None:
        """Look at the criterion with this code."""
        place = self.model.place_of(code)
        if place.isValid():
            self.view.setCurrentIndex(place)
            self.view.scrollTo(place)

    def _lot_changed(self) -> None:
        self._fill(self.criterion)

    def _fill(self, criterion: Criterion | None) -> None:
        lot, tender = self.lot, self._pack.tender
        if self.model.show_nodes(nodes(self._pack, lot)):
            self.view.expandAll()
        if lot is not None and tender is not None:
            rules = rules_for(tender, lot)
            quality, price = words.percent(rules.quality_weighting), words.percent(rules.price_weighting)
            off = weighting_findings(self._pack.criteria, lot, tender)
            sums = "Every level adds up ✓" if not off else f"{words.count(len(off), 'level')} not adding up ✗"
            self._split.setText(f"Quality {quality}, price {price} of this lot’s result · {sums}")
        self._split.setVisible(lot is not None and tender is not None)
        place = self.model.place_of(criterion.criterion) if criterion is not None else QModelIndex()
        if not place.isValid():
            place = self.model.index(0, 0)
        self.view.setCurrentIndex(place)
        self._moved()

    def _moved(self) -> None:
        self.chosen.emit(self.lot, self.criterion)


class _Painter(QStyledItemDelegate):
    """Rows with room; a line above each sum, and a small bar for what a criterion is worth."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        bar = option.fontMetrics.height() * 3 if index.column() == len(COLUMNS) - 1 else 0
        return QSize(hint.width() + bar, max(hint.height(), round(option.fontMetrics.height() * 1.9)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        if index.data(SUM):
            painter.fillRect(QRectF(option.rect.x(), option.rect.y(), option.rect.width(), 1), theme.colour("line"))
        share = index.data(SHARE)
        if share is None:
            return
        height = option.fontMetrics.height()
        room = QRectF(option.rect.x() + 4, option.rect.center().y() - height / 8, height * 2.6, height / 4)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("line"))
        painter.drawRoundedRect(room, room.height() / 2, room.height() / 2)
        painter.setBrush(theme.colour("accent"))
        filled = QRectF(room)
        filled.setWidth(max(room.height(), room.width() * min(1.0, float(share))))  # a picture: no figure rests on it
        painter.drawRoundedRect(filled, room.height() / 2, room.height() / 2)
        painter.restore()
