"""Rows of a list, each a shape, a heading in bold and a sentence: problems of a pack, files that came."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from evalpanel.ui import theme
from evalpanel.ui.widgets import mark

Index = QModelIndex | QPersistentModelIndex
Row = TypeVar("Row")
ROW = Qt.ItemDataRole.UserRole


class ShapedRows(QAbstractListModel, Generic[Row]):
    """The rows of such a list; `said` gives one as text, for those who hear it. The row itself is at the role `ROW`."""

    def __init__(self, said: Callable[[Row], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._said = said
        self.rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """Show these. The place in the list is kept where there are as many as before."""
        if rows == self.rows:
            return
        if len(rows) == len(self.rows):
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """How many there are."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A row as text, and as the value for the painter."""
        if not index.isValid():
            return None
        one = self.rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._said(one)
        return one if role == ROW else None


class ShapedLines(QStyledItemDelegate):
    """Paints a row as a shape, a heading in bold, and under it words, wrapped. `told` gives the three of a row."""

    def __init__(self, parent: QWidget, told: Callable[[Index], tuple[str, str, str]]) -> None:
        super().__init__(parent)
        self._told = told

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its words at the width of the list."""
        _, heading, text = self._told(index)
        left, width = _room(option)
        high = sum(_height(one) for one in _laid(option, heading, text, width))
        return QSize(left + width, round(high) + 20)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint the shape and the words."""
        shape, heading, text = self._told(index)
        box = QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, theme.colour("tint"))
            if option.state & QStyle.StateFlag.State_HasFocus:
                painter.fillRect(QRectF(box.x(), box.y(), 4, box.height()), theme.colour("focus"))
        left, width = _room(option)
        high = option.fontMetrics.height()
        mark.paint_mark(painter, QRectF(box.x() + 10, box.y() + 9, high, high), shape)
        painter.setPen(theme.colour("text"))
        at = QPointF(box.x() + left, box.y() + 8)
        for one in _laid(option, heading, text, width):
            one.draw(painter, at)
            at.setY(at.y() + _height(one) + 2)
        painter.fillRect(QRectF(box.x() + left, box.bottom() - 1, width, 1), theme.colour("line"))


def _laid(option: QStyleOptionViewItem, heading: str, text: str, width: int) -> tuple[QTextLayout, QTextLayout]:
    bold = QFont(option.font)
    bold.setBold(True)
    return _wrapped(heading, bold, width), _wrapped(text, option.font, width)


def _room(option: QStyleOptionViewItem) -> tuple[int, int]:
    """How far the text stands from the left, and how wide it may be."""
    view = option.widget
    width = view.viewport().width() if isinstance(view, QListView) else option.rect.width()
    left = option.fontMetrics.height() + 20
    return left, max(80, width - left - 12)


def _wrapped(text: str, font: QFont, width: int) -> QTextLayout:
    """A text in lines, broken between words and, where a name is longer than a line, inside it."""
    laid = QTextLayout(text, font)
    wrapping = QTextOption()
    wrapping.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    laid.setTextOption(wrapping)
    laid.beginLayout()
    high = 0.0
    while (line := laid.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, high))
        high += line.height()
    laid.endLayout()
    return laid


def _height(laid: QTextLayout) -> float:
    return laid.boundingRect().height()
