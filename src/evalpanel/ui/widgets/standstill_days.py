"""Standstill as a small picture: a box for each day, with its number where it counts, and why it does not where it does not."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from evalpanel.domain.signing import in_words
from evalpanel.domain.standstill import StandstillPeriod
from evalpanel.ui import theme

_ACROSS = 7


class StandstillDays(QWidget):
    """Days in weeks of seven boxes: filled where they count, marked where they do not, ringed today."""

    def __init__(self) -> None:
        super().__init__()
        self._period: StandstillPeriod | None = None
        self._today: date | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_period(self, period: StandstillPeriod | None, today: date) -> None:
        """Show a standstill as it was counted; None shows nothing."""
        self._period, self._today = period, today
        self.setVisible(period is not None)
        self.setAccessibleName(self.words)
        self.setToolTip(self.words)
        self.updateGeometry()
        self.update()

    @property
    def words(self) -> str:
        """The picture as it is heard."""
        if self._period is None:
            return ""
        days = "; ".join(
            f"{one.day:%a} {one.day.day} {one.day:%B}: {f'day {one.number}' if one.number is not None else one.why}"
            for one in self._period.days
        )
        return f"Standstill, to the end of {in_words(self._period.ends)}. {days}."

    @property
    def _high(self) -> int:
        return 2 * self.fontMetrics().height() + 10

    def sizeHint(self) -> QSize:
        """Room for its weeks."""
        count = len(self._period.days) if self._period is not None else 0
        return QSize(7 * 34, (count + _ACROSS - 1) // _ACROSS * (self._high + 4))

    def minimumSizeHint(self) -> QSize:
        """The same height, and boxes that can still be read."""
        return QSize(7 * 28, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The boxes: the day of the month above, its number in the count below."""
        if self._period is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = (min(self.width(), 7 * 56) - 4 * (_ACROSS - 1)) / _ACROSS
        for place, one in enumerate(self._period.days):
            box = QRectF(place % _ACROSS * (wide + 4), place // _ACROSS * (self._high + 4), wide, self._high)
            counts = one.number is not None
            painter.setBrush(theme.colour("tint") if counts else Qt.BrushStyle.NoBrush)
            ring = one.day == self._today
            painter.setPen(QPen(theme.colour("accent" if ring or counts else "muted"), 2.0 if ring else 1.0))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 4, 4)
            if not counts:
                painter.drawLine(box.bottomLeft() + QPointF(3, -3), box.bottomLeft() + QPointF(9, -9))
            painter.setPen(theme.colour("text" if counts else "muted"))
            upper = QRectF(box.left(), box.top() + 3, box.width(), box.height() / 2)
            lower = QRectF(box.left(), box.center().y() - 2, box.width(), box.height() / 2)
            painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, f"{one.day:%a} {one.day.day}")
            painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, str(one.number) if counts else "–")
