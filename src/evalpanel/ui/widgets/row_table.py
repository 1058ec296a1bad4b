"""A quiet table of rows: a shape before the first column, whole rows chosen, nothing edited."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from evalpanel.ui.models.table import MARK, VALUE, TableModel
from evalpanel.ui.widgets.mark import paint_mark

_LEAST = 16  # characters of the column that takes the room
Index = QModelIndex | QPersistentModelIndex


class RowTable(QTreeView):
    """A table over a `TableModel`; `stretch` is the column that takes the room."""

    def __init__(self, name: str, columns: tuple[str, ...], *, stretch: int) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.rows = TableModel(columns)
        self.rows.setParent(self)
        self.setModel(self.rows)
        self.setItemDelegate(_Painter(self))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._stretch = stretch
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.rows.modelReset.connect(self._share_room)
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The column that takes the room is not crushed where there is none: the table then scrolls sideways."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        header = self.header()
        others = (column for column in range(self.rows.columnCount()) if column != self._stretch)
        taken = sum(max(self.sizeHintForColumn(column), header.sectionSizeHint(column)) for column in others)
        fits = taken + _LEAST * self.fontMetrics().averageCharWidth() <= self.viewport().width()
        mode = QHeaderView.ResizeMode.Stretch if fits else QHeaderView.ResizeMode.ResizeToContents
        if header.sectionResizeMode(self._stretch) != mode:
            header.setSectionResizeMode(self._stretch, mode)

    @property
    def value(self) -> object:
        """What the chosen row stands for; None without one."""
        return self.currentIndex().data(VALUE)

    def choose(self, row: int) -> None:
        """Look at a row."""
        self.setCurrentIndex(self.rows.index(row, 0))


class _Painter(QStyledItemDelegate):
    """Rows with room, and the shape."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        if index.data(MARK):
            option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration
            side = option.fontMetrics.height()
            option.decorationSize = QSize(side, side)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        hint = super().sizeHint(option, index)
        return QSize(hint.width() + 4, max(hint.height(), round(option.fontMetrics.height() * 2.1)))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        shape = index.data(MARK)
        if shape:
            side = option.fontMetrics.height()
            paint_mark(painter, QRectF(option.rect.x() + 8, option.rect.center().y() - side / 2, side, side), shape)
