"""Progress as a small picture: bids down, criteria across, one shape a cell. Shapes first, colour second."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy, QToolTip

from evalpanel.ui import theme

CELL = 26
"""The least side of a cell at 100 %, in pixels; it grows with the text."""
MOST_ROWS = 8
"""How many rows are asked for before the picture scrolls."""


class CellState(StrEnum):
    """What an answer looks like in the picture, in the words that a screen reader says."""

    BLANK = "no answer yet"
    DRAFT = "begun"
    COMPLETE = "complete"
    NOT_APPLICABLE = "not applicable"
    ABSTAINED = "abstained"
    RECUSED = "recused"


class ProgressGrid(QAbstractScrollArea):
    """A picture of bids by criteria that can be walked with the arrow keys. `chosen(row, column)` goes to a line.

    Cells without a state (a criterion that this bid or this person does not have) stay empty and are passed over. Row
    and column names stay in sight when it scrolls.
    """

    chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[str, ...] = ()
        self._columns: tuple[str, ...] = ()
        self._states: dict[tuple[int, int], CellState] = {}
        self._current: tuple[int, int] | None = None
        self._measured: tuple[QFont, tuple[int, int, int]] | None = None
        self._name = "Progress"
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setMouseTracking(True)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        self.setAccessibleName(self._name)

    def set_cells(
        self,
        rows: tuple[str, ...],
        columns: tuple[str, ...],
        states: dict[tuple[int, int], CellState],
        current: tuple[int, int] | None,
    ) -> None:
        """Show these cells; `current` (row, column) has a ring round it."""
        shape_changed = (rows, columns) != (self._rows, self._columns)
        moved = current != self._current
        self._rows, self._columns, self._states, self._current = rows, columns, dict(states), current
        if shape_changed:
            self._measured = None
            self._set_bars()
            self.updateGeometry()
        if moved and current is not None:
            self._bring_in_sight(current)
        here = f"{self._words(current)}. " if current is not None else ""
        self.setAccessibleDescription(here + self.told())
        self.viewport().update()

    def told(self) -> str:
        """The picture in words: `12 complete, 3 begun, 5 no answer yet`."""
        counts = Counter(self._states.values())
        return ", ".join(f"{counts[state]} {state.value}" for state in CellState if counts[state])

    def words_of(self, row: int, column: int) -> str:
        """A cell in words: `B03, 2.1: complete`."""
        return self._words((row, column))

    def place_of(self, row: int, column: int) -> QRect:
        """Where a cell stands in the viewport, in pixels."""
        cell, left, top = self._metrics()
        return QRect(
            left + column * cell - self.horizontalScrollBar().value(),
            top + row * cell - self.verticalScrollBar().value(),
            cell,
            cell,
        )

    def sizeHint(self) -> QSize:
        """The whole picture, or its first rows where there are many."""
        cell, left, top = self._metrics()
        rows = min(len(self._rows), MOST_ROWS)
        spill = cell // 2 if len(self._rows) > MOST_ROWS else 0  # half a row more shows that it goes on
        return QSize(left + cell * len(self._columns) + 4, top + cell * rows + spill + 4)

    def minimumSizeHint(self) -> QSize:
        """A few columns; the rest scrolls."""
        cell, left, _ = self._metrics()
        hint = self.sizeHint()
        return QSize(min(hint.width(), left + 4 * cell), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the scroll bars in step."""
        super().resizeEvent(event)
        self._set_bars()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text makes larger cells."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._measured = None
            self._set_bars()
            self.updateGeometry()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys will act."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """And no longer."""
        super().focusOutEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click goes to the line."""
        at = self._cell_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and at is not None:
            self.chosen.emit(*at)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The click has gone where it goes already."""
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys go to the next cell that has a state, in their direction; Home and End along the row."""
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key())) if not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier else None
        if step is not None:
            self._walk(*step)
        elif event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._current is not None:
            row = self._current[0]
            along = sorted(column for at, column in self._states if at == row)
            if along:
                self.chosen.emit(row, along[0 if event.key() == Qt.Key.Key_Home else -1])
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Says what a cell is when the mouse rests on it."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self._cell_at(event.pos())
            if at is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._words(at), self)
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's name and signature
        """Draw what is in sight: cells first, then the names over them."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        cell, left, top = self._metrics()
        seen = self.viewport().rect()
        x, y = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        columns = range(max(0, x // cell), min(len(self._columns), (x + seen.width() - left) // cell + 2))
        rows = range(max(0, y // cell), min(len(self._rows), (y + seen.height() - top) // cell + 2))
        painter.save()
        painter.setClipRect(seen.adjusted(left, top, 0, 0))
        for row in rows:
            for column in columns:
                self._draw_cell(painter, (row, column), cell)
        painter.restore()
        font = self.font()
        font.setPixelSize(max(10, round(self.fontInfo().pixelSize() * theme.SMALL / theme.BODY)))
        painter.setFont(font)
        centre = Qt.AlignmentFlag.AlignCenter
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setClipRect(seen.adjusted(left, 0, 0, 0))
        for column in columns:
            self._pen_for(painter, self._current is not None and self._current[1] == column)
            painter.drawText(QRect(left + column * cell - x, 0, cell, top), centre, self._columns[column])
        painter.setClipRect(seen.adjusted(0, top, 0, 0))
        for row in rows:
            self._pen_for(painter, self._current is not None and self._current[0] == row)
            painter.drawText(QRect(0, top + row * cell - y, left, cell), side, self._rows[row])
        painter.end()

    def _pen_for(self, painter: QPainter, here: bool) -> None:
        painter.setPen(theme.colour("text" if here else "muted"))

    def _draw_cell(self, painter: QPainter, at: tuple[int, int], cell: int) -> None:
        state = self._states.get(at)
        if state is None:
            return
        side = round(cell * 0.62)
        place = self.place_of(*at)
        box = QRectF(place.x() + (cell - side) / 2, place.y() + (cell - side) / 2, side, side)
        draw_state(painter, box, state)
        if at == self._current:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("focus" if self.hasFocus() else "text"), 2))
            painter.drawRoundedRect(box.adjusted(-3.5, -3.5, 3.5, 3.5), 6, 6)

    def _metrics(self) -> tuple[int, int, int]:
        """The side of a cell, the width of the row names and the height of the column names, in pixels."""
        font = self.font()
        if self._measured is None or self._measured[0] != font:
            self._measured = (font, self._measure())
        return self._measured[1]

    def _measure(self) -> tuple[int, int, int]:
        words = self.fontMetrics()
        shrink = theme.SMALL / theme.BODY
        widest = max((words.horizontalAdvance(name) for name in self._columns), default=0) * shrink
        cell = max(round(CELL * self.fontInfo().pixelSize() / theme.BODY), round(widest) + 8)
        left = round(max((words.horizontalAdvance(name) for name in self._rows), default=0) * shrink) + 10
        return cell, left, words.height() + 4

    def _set_bars(self) -> None:
        cell, left, top = self._metrics()
        seen = self.viewport().size()
        for bar, whole, room in (
            (self.horizontalScrollBar(), left + cell * len(self._columns) + 4, seen.width()),
            (self.verticalScrollBar(), top + cell * len(self._rows) + 4, seen.height()),
        ):
            bar.setRange(0, max(0, whole - room))
            bar.setPageStep(room)
            bar.setSingleStep(cell)

    def _bring_in_sight(self, at: tuple[int, int]) -> None:
        cell, left, top = self._metrics()
        seen = self.viewport().size()
        for bar, start, room in (
            (self.horizontalScrollBar(), at[1] * cell, seen.width() - left),
            (self.verticalScrollBar(), at[0] * cell, seen.height() - top),
        ):
            bar.setValue(max(start + cell + 4 - room, min(start, bar.value())))

    def _cell_at(self, point: QPoint) -> tuple[int, int] | None:
        cell, left, top = self._metrics()
        if point.x() < left or point.y() < top:
            return None
        at = (
            (point.y() - top + self.verticalScrollBar().value()) // cell,
            (point.x() - left + self.horizontalScrollBar().value()) // cell,
        )
        return at if at in self._states else None

    def _walk(self, down: int, along: int) -> None:
        if self._current is None:
            if self._states:
                self.chosen.emit(*min(self._states))
            return
        row, column = self._current
        while True:
            row, column = row + down, column + along
            if not (0 <= row < len(self._rows) and 0 <= column < len(self._columns)):
                return
            if (row, column) in self._states:
                self.chosen.emit(row, column)
                return

    def _words(self, at: tuple[int, int]) -> str:
        state = self._states.get(at)
        return f"{self._rows[at[0]]}, {self._columns[at[1]]}: {state.value if state is not None else 'not asked'}"


def draw_state(painter: QPainter, box: QRectF, state: CellState) -> None:
    """Draw one shape into `box`: an outline, half full, full, a dash, a ring, a stroke."""
    edge, full = QPen(theme.colour("muted"), 1.2), theme.colour("accent")
    round_by = box.width() / 4
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(edge)
    match state:
        case CellState.BLANK:
            painter.drawRoundedRect(box, round_by, round_by)
        case CellState.DRAFT:
            painter.save()
            painter.setClipRect(box.adjusted(0, box.height() / 2, 0, 0), Qt.ClipOperation.IntersectClip)
            _fill(painter, box, full, round_by)
            painter.restore()
            painter.setPen(edge)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, round_by, round_by)
        case CellState.COMPLETE:
            _fill(painter, box, full, round_by)
        case CellState.NOT_APPLICABLE:
            painter.setPen(QPen(full, 2.4, c=Qt.PenCapStyle.RoundCap))
            middle = box.center().y()
            painter.drawLine(QPointF(box.left() + 2, middle), QPointF(box.right() - 2, middle))
        case CellState.ABSTAINED:
            painter.setPen(QPen(full, 2.2))
            painter.drawEllipse(box.adjusted(1.5, 1.5, -1.5, -1.5))
        case CellState.RECUSED:
            painter.drawRoundedRect(box, round_by, round_by)
            painter.setPen(QPen(theme.colour("muted"), 1.6, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(box.topLeft() + QPointF(4, 4), box.bottomRight() - QPointF(4, 4))


def _fill(painter: QPainter, box: QRectF, colour: QColor, round_by: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(box, round_by, round_by)
