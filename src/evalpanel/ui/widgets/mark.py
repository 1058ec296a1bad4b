"""Small shapes that say how something stands: the shape first, the colour second."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from evalpanel.ui import theme

MISSING, HALF, DONE, INTEREST, RECUSED, OUT, STOP, NOTE, OWN = (
    "missing",
    "half",
    "done",
    "interest",
    "recused",
    "out",
    "stop",
    "note",
    "own",
)
"""An empty ring, a ring half full, a disc with a tick, a ring with a mark of attention, a ring with a stroke, a dash, a square with a cross, a ring with a
dot, a diamond."""


def paint_mark(painter: QPainter, rect: QRectF, mark: str) -> None:
    """Paint a shape into the middle of `rect`, as large as fits."""
    size = min(rect.width(), rect.height()) - 2
    box = QRectF(rect.center().x() - size / 2, rect.center().y() - size / 2, size, size)
    width = max(1.5, size / 9)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ring = box.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    role = {DONE: "accent", HALF: "accent", INTEREST: "warn", RECUSED: "warn", STOP: "danger", OWN: "accent"}.get(
        mark, "muted"
    )
    painter.setPen(QPen(theme.colour(role), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    match mark:
        case "done":
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(ring)
            painter.setPen(QPen(theme.colour("on_accent"), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            _lines(painter, box, (0.28, 0.52), (0.44, 0.68), (0.73, 0.35))
        case "interest":
            painter.drawEllipse(ring)
            _lines(painter, box, (0.5, 0.26), (0.5, 0.56))
            _lines(painter, box, (0.5, 0.7), (0.5, 0.74))
        case "half":
            painter.drawEllipse(ring)
            painter.setBrush(theme.colour("accent"))
            painter.drawChord(ring, 180 * 16, 180 * 16)
        case "recused":
            painter.drawEllipse(ring)
            _lines(painter, box, (0.26, 0.74), (0.74, 0.26))
        case "out":
            _lines(painter, box, (0.15, 0.5), (0.85, 0.5))
        case "stop":
            painter.drawRoundedRect(ring, size / 6, size / 6)
            _lines(painter, box, (0.32, 0.32), (0.68, 0.68))
            _lines(painter, box, (0.32, 0.68), (0.68, 0.32))
        case "note":
            painter.drawEllipse(ring)
            painter.setBrush(theme.colour("muted"))
            painter.drawEllipse(box.center(), size / 9, size / 9)
        case "own":
            painter.setBrush(theme.colour("accent"))
            middle = box.center()
            reach = size * 0.42
            corners = [(0.0, -reach), (reach, 0.0), (0.0, reach), (-reach, 0.0)]
            painter.drawPolygon([QPointF(middle.x() + x, middle.y() + y) for x, y in corners])
        case "missing":
            painter.drawEllipse(ring)
        case _:
            pass
    painter.restore()


def _lines(painter: QPainter, box: QRectF, *points: tuple[float, float]) -> None:
    placed = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in points]
    for start, end in pairwise(placed):
        painter.drawLine(start, end)


class Mark(QWidget):
    """One shape, as high as a line of text. The words beside it say the same, so it is silent for a screen reader."""

    def __init__(self, mark: str = "") -> None:
        super().__init__()
        self._mark = mark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def mark(self) -> str:
        """Which shape is shown."""
        return self._mark

    def sizeHint(self) -> QSize:
        """As high as a line."""
        side = self.fontMetrics().height()
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        super().paintEvent(event)
        painter = QPainter(self)
        paint_mark(painter, QRectF(self.rect()), self._mark)
        painter.end()
