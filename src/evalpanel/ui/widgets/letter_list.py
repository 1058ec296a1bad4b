"""The list of letters: a shape for where each stands, whose it is, which lot, and the state in words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from evalpanel.services.letter_drafts import LetterState
from evalpanel.ui import theme
from evalpanel.ui.models.letter_rows import ROW, LetterRow

_PAD, _GAP = 12, 4
_WRAP = int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
_MOST = 4  # lines of a reason in the list; the letter's own side shows the whole


class LetterList(QListView):
    """One letter a row, as tall as its words are long."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Letters")
        self.setItemDelegate(_LetterDelegate(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)

    def minimumSizeHint(self) -> QSize:
        """Room for some words a line, and for one row."""
        metrics = self.fontMetrics()
        return QSize(metrics.averageCharWidth() * 26 + _left(self.font()), metrics.lineSpacing() * 4 + 2 * _PAD)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure the rows again: their words wrap elsewhere."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


class _LetterDelegate(QStyledItemDelegate):
    def __init__(self, view: LetterList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002  # Qt passes it; its width is not known yet
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """As tall as the row's words in the width of the list."""
        row: LetterRow | None = index.data(ROW)
        width = self._view.viewport().width()
        if row is None:
            return QSize(width, 0)
        bold, plain, small = _fonts(self._view.font())
        inner = width - _left(plain) - _PAD
        height = _height(bold, row.title, inner) + _height(small, row.about, inner) + _height(plain, row.state, inner)
        return QSize(width, height + 2 * _GAP + 2 * _PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        row: LetterRow | None = index.data(ROW)
        if row is None:
            return
        state: QStyle.StateFlag = option.state
        rect: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("tint"))
            painter.fillRect(QRect(rect.topLeft(), QSize(4, rect.height())), theme.colour("accent"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.colour("raised"))
        bold, plain, small = _fonts(self._view.font())
        left, inner = rect.left() + _left(plain), rect.width() - _left(plain) - _PAD
        y = rect.top() + _PAD
        size = QFontMetrics(plain).height()
        _shape(painter, row.standing.state, QRectF(rect.left() + _PAD + 2, y, size, size))
        blocked = row.standing.state is LetterState.BLOCKED
        for font, text, role in (
            (bold, row.title, "text"),
            (small, row.about, "muted"),
            (plain, row.state, "warn" if blocked else "muted"),
        ):
            height = _height(font, text, inner)
            painter.setFont(font)
            painter.setPen(theme.colour(role))
            painter.drawText(QRect(left, y, inner, height), _WRAP, _fitting(font, text, inner))
            y += height + _GAP
        painter.setPen(theme.colour("line"))
        painter.drawLine(rect.bottomLeft() + QPoint(_PAD, 0), rect.bottomRight() - QPoint(_PAD, 0))
        painter.restore()


def _fonts(base: QFont) -> tuple[QFont, QFont, QFont]:
    bold, small = QFont(base), QFont(base)
    bold.setBold(True)
    small.setPixelSize(max(10, round(base.pixelSize() * theme.SMALL / theme.BODY)))
    return bold, QFont(base), small


def _left(font: QFont) -> int:
    return _PAD + QFontMetrics(font).height() + 14


def _height(font: QFont, text: str, width: int) -> int:
    metrics = QFontMetrics(font)
    return min(metrics.boundingRect(0, 0, max(40, width), 100_000, _WRAP, text).height(), _MOST * metrics.lineSpacing())


def _fitting(font: QFont, text: str, width: int) -> str:
    """`text`, cut with an ellipsis where it would take more than a few lines."""
    metrics = QFontMetrics(font)
    if metrics.boundingRect(0, 0, max(40, width), 100_000, _WRAP, text).height() <= _MOST * metrics.lineSpacing():
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, round(width * (_MOST - 0.6)))


def _shape(painter: QPainter, state: LetterState, box: QRectF) -> None:
    """Ready: an empty ring. Signed: a full disc with a tick. Blocked: a triangle. Not owed: a dash."""
    inner = box.adjusted(2, 2, -2, -2)
    width = max(1.6, box.width() / 9)
    match state:
        case LetterState.READY:
            painter.setPen(QPen(theme.colour("accent"), width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(inner)
        case LetterState.SIGNED:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(inner)
            pen = QPen(theme.colour("on_accent"), width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline([_at(inner, 0.27, 0.53), _at(inner, 0.44, 0.7), _at(inner, 0.74, 0.33)])
        case LetterState.BLOCKED:
            pen = QPen(theme.colour("warn"), width)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(QPolygonF([_at(inner, 0.5, 0.04), _at(inner, 1, 0.94), _at(inner, 0, 0.94)]))
            painter.drawLine(_at(inner, 0.5, 0.4), _at(inner, 0.5, 0.62))
            painter.drawPoint(_at(inner, 0.5, 0.78))
        case LetterState.NOT_OWED:
            painter.setPen(QPen(theme.colour("muted"), width))
            painter.drawLine(_at(inner, 0.1, 0.5), _at(inner, 0.9, 0.5))


def _at(box: QRectF, x: float, y: float) -> QPointF:
    return QPointF(box.left() + x * box.width(), box.top() + y * box.height())
