"""The scores of one line as dots on its scale, and the agreed level as a ring. There is no mean, and nothing hints at one."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from evalpanel.domain.moderation import values_of
from evalpanel.domain.numbers import canonical
from evalpanel.domain.scales import Scale
from evalpanel.services.moderation import ModerationLine
from evalpanel.ui import theme
from evalpanel.ui.models.moderation_lines import score_words


def small(font: QFont) -> QFont:
    """The same font in the size of small text."""
    made = QFont(font)
    made.setPixelSize(max(10, round(font.pixelSize() * theme.SMALL / theme.BODY)))
    return made


def paint_dots(
    painter: QPainter,
    room: QRectF,
    held: ModerationLine,
    *,
    unit: float = 1.0,
    marked: Decimal | None = None,
    labelled: bool = False,
) -> None:
    """Paint the scale in `room`, a dot for each score (stacked where they are equal), and a ring round the agreed level.

    `unit` is the size of a pixel at 100 % text. `marked` is the score of the member who is being read. `labelled` writes
    the levels under their ticks.
    """
    scale = held.scale
    if scale is None or scale.top == scale.bottom:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    radius, ring = 4 * unit, 9 * unit
    foot = painter.fontMetrics().height() if labelled else 0.0
    y = room.bottom() - foot - ring - 2 * unit
    painter.setPen(QPen(theme.colour("muted" if labelled else "line"), max(1.0, 2 * unit)))
    painter.drawLine(QPointF(_x(room, scale, scale.bottom, ring), y), QPointF(_x(room, scale, scale.top, ring), y))
    for level in scale.levels:
        x = _x(room, scale, level.value, ring)
        painter.drawLine(QPointF(x, y - 3 * unit), QPointF(x, y + 3 * unit))
        if labelled:
            box = QRectF(x - 40 * unit, room.bottom() - foot, 80 * unit, foot)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, canonical(level.value))
    painter.setPen(Qt.PenStyle.NoPen)
    for value, count in Counter(values_of(one.score for one in held.scores)).items():
        x = _x(room, scale, value, ring)
        head = max(radius, y - room.top() - radius)
        step = min(9 * unit, head / (count - 1)) if count > 1 else 0.0
        for place in range(count):
            last = place == count - 1
            painter.setBrush(theme.colour("text" if marked == value and last else "muted"))
            size = radius * 1.35 if marked == value and last else radius
            painter.drawEllipse(QPointF(x, y - place * step), size, size)
        if count > 1 and step < 6 * unit:  # too many to be counted by eye
            painter.setPen(theme.colour("muted"))
            painter.drawText(QPointF(x + ring + 2 * unit, y - 6 * unit), f"×{count}")
            painter.setPen(Qt.PenStyle.NoPen)
    agreed = held.agreed.value if held.agreed is not None else None
    if agreed is not None and scale.level(agreed) is not None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.colour("accent"), max(2.0, 2.5 * unit)))
        painter.drawEllipse(QPointF(_x(room, scale, agreed, ring), y), ring, ring)
    painter.restore()


def _x(room: QRectF, scale: Scale, value: Decimal, margin: float) -> float:
    # A place on the screen is no score: pixels may be floats.
    share = float((value - scale.bottom) / (scale.top - scale.bottom))
    return room.left() + margin + 2 + (room.width() - 2 * margin - 4) * share


class SpreadDots(QWidget):
    """The dots of the line in the room, with the levels under them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._held: ModerationLine | None = None
        self._marked: Decimal | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_line(self, held: ModerationLine) -> None:
        """Show the scores of a line; without a scale there is nothing to show."""
        self._held, self._marked = held, None
        self.setVisible(held.scale is not None)
        said = "Scores: " + (", ".join(f"{one.person} {score_words(one.score)}" for one in held.scores) or "none")
        level = held.agreed.value if held.agreed is not None else None
        self.setAccessibleName(said if level is None else f"{said}. Agreed: {canonical(level)}")
        self.updateGeometry()
        self.update()

    def mark(self, value: Decimal | None) -> None:
        """Make the dot of one score stand out: its member is being read."""
        self._marked = value
        self.update()

    def sizeHint(self) -> QSize:
        """How much room it asks for."""
        most = 1
        if self._held is not None:
            most = max([1, *Counter(values_of(one.score for one in self._held.scores)).values()])
        unit = self._unit()
        high = (24 + 9 * (min(most, 6) - 1)) * unit
        return QSize(round(200 * unit), round(high) + self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature and name
        """Paint it."""
        if self._held is None:
            return
        painter = QPainter(self)
        painter.setFont(small(self.font()))
        rect = QRectF(self.rect())
        paint_dots(painter, rect, self._held, unit=self._unit(), marked=self._marked, labelled=True)
        painter.end()

    def _unit(self) -> float:
        return self.fontInfo().pixelSize() / theme.BODY
