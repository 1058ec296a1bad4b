"""How a question was answered, as bars with their counts: drawn where a picture is quicker than reading."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from evalpanel.domain.process_feedback import Tally
from evalpanel.ui.models.words import count
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card


class AnswerCard(Card):
    """One question: what was chosen, as bars, or what was written."""

    def __init__(self, tally: Tally) -> None:
        super().__init__(tally.question.text)
        if tally.counts:
            self.inside.addWidget(AnswerBars(tally.counts))
        for words in tally.words:
            self.inside.addWidget(label(f"“{words}”", wrap=True))
        if not tally.counts and not tally.words:
            self.inside.addWidget(label("Nobody wrote anything here.", "muted", wrap=True))
        if tally.blank and tally.counts:
            self.inside.addWidget(label(f"{count(tally.blank, 'form')} left it blank.", "small", wrap=True))


class AnswerBars(QWidget):
    """One bar a choice, its words at the left and its count at the right. It is heard as its choices and counts."""

    def __init__(self, counts: Sequence[tuple[str, int]]) -> None:
        super().__init__()
        self._counts = tuple(counts)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        told = "; ".join(f"{choice}: {many}" for choice, many in self._counts)
        self.setAccessibleName(told)
        self.setToolTip(told)

    def sizeHint(self) -> QSize:
        """As high as its lines."""
        return QSize(300, round(self._line * len(self._counts)))

    def minimumSizeHint(self) -> QSize:
        """The same, and narrow."""
        return QSize(160, round(self._line * len(self._counts)))

    @property
    def _line(self) -> float:
        return self.fontMetrics().height() * 1.5

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw each bar as its share of all that answered."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics, palette = self.fontMetrics(), self.palette()
        words = max((metrics.horizontalAdvance(choice) for choice, _ in self._counts), default=0) + 12
        figures = metrics.horizontalAdvance("0000") + 8
        room = max(20, self.width() - words - figures)
        whole = sum(many for _, many in self._counts) or 1
        for place, (choice, many) in enumerate(self._counts):
            top = place * self._line
            line = QRectF(0, top, self.width(), self._line)
            painter.setPen(palette.color(QPalette.ColorRole.WindowText))
            painter.drawText(line, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), choice)
            wide = room * many / whole
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Highlight))
            if many:
                painter.drawRoundedRect(QRectF(words, top + self._line * 0.2, wide, self._line * 0.6), 4, 4)
            painter.setPen(palette.color(QPalette.ColorRole.WindowText))
            number = QRectF(words + wide + 8, top, figures, self._line)
            painter.drawText(number, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), str(many))


def stacked(cards: Sequence[QWidget]) -> QWidget:
    """Cards under each other, with room at the end."""
    inside = QWidget()
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 4, 0)
    column.setSpacing(12)
    for card in cards:
        column.addWidget(card)
    column.addStretch(1)
    return inside
