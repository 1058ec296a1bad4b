"""One tender's life as a line: what is done, where it stands, what comes."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from evalpanel.domain.stages import TenderStage
from evalpanel.ui import theme

STEPS = (
    (TenderStage.DRAFT, "Set up"),
    (TenderStage.CRITERIA_FROZEN, "Frozen"),
    (TenderStage.SCORING, "Scoring"),
    (TenderStage.MODERATION, "Moderation"),
    (TenderStage.QUALITY_LOCKED, "Locked"),
    (TenderStage.PRICES_OPENED, "Prices"),
    (TenderStage.OUTCOME, "Outcome"),
    (TenderStage.LETTERS_ISSUED, "Letters"),
)


class StageLine(QWidget):
    """Dots on a line: filled for what is done, a ring for where the tender stands, an outline for what comes.

    Where there is no room for every name, only the one where it stands is told.
    """

    def __init__(self) -> None:
        super().__init__()
        self._at = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_stage(self, stage: TenderStage) -> None:
        """Show a tender at this stage."""
        self._at = max(place for place, (step, _) in enumerate(STEPS) if stage.reached(step))
        self.setAccessibleName(f"Stage {self._at + 1} of {len(STEPS)}: {STEPS[self._at][1]}")
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(600, 30 + round(1.5 * self.fontMetrics().height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the line, the dots and their names."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        step = self.width() / len(STEPS)
        y, radius = 14.0, 6.0
        for place, (_, name) in enumerate(STEPS):
            x = step * (place + 0.5)
            if place:
                painter.setPen(QPen(theme.colour("accent" if place <= self._at else "line"), 2))
                painter.drawLine(QPointF(x - step + radius + 4, y), QPointF(x - radius - 4, y))
            done = place < self._at
            here = place == self._at
            painter.setPen(QPen(theme.colour("accent" if done or here else "muted"), 2))
            painter.setBrush(theme.colour("accent") if done or here else theme.colour("surface"))
            painter.drawEllipse(QPointF(x, y), radius - 1, radius - 1)
            if here:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(QPointF(x, y), radius + 4, radius + 4)
            if here or not self._tight():
                self._name(painter, QRectF(step * place, y + radius + 8, step, self.height()), name, place)
        painter.end()

    def _name(self, painter: QPainter, box: QRectF, name: str, place: int) -> None:
        font = QFont(self.font())
        font.setBold(place == self._at)
        painter.setFont(font)
        painter.setPen(theme.colour("text" if place <= self._at else "muted"))
        wide = painter.fontMetrics().horizontalAdvance(name) + 4.0
        if wide > box.width():  # only the name of where the tender stands: it may use its neighbours' room
            left = min(max(0.0, box.center().x() - wide / 2), self.width() - wide)
            box = QRectF(left, box.y(), wide, box.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, name)

    def _tight(self) -> bool:
        bold = QFont(self.font())
        bold.setBold(True)
        widest = max(QFontMetrics(bold).horizontalAdvance(name) for _, name in STEPS)
        return widest + 8 > self.width() / len(STEPS)
