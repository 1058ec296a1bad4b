"""What several cards share: a bold line, facts as names with values beside them, and two sides that make room."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QGridLayout, QLabel, QScrollArea, QWidget

from evalpanel.ui.page import label


def strong(text: str, role: str = "") -> QLabel:
    """A label in bold at the size of the text."""
    made = label(text, role, wrap=True)
    font = made.font()
    font.setBold(True)
    made.setFont(font)
    return made


def facts(pairs: list[tuple[str, str]]) -> QGridLayout:
    """Names at the left, values at the right, that can be selected and copied. Empty values are left out."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    shown = [(name, value) for name, value in pairs if value]
    for row, (name, value) in enumerate(shown):
        told = label(name, "muted", wrap=True)
        told.setMinimumWidth(told.fontMetrics().averageCharWidth() * 16)
        grid.addWidget(told, row, 0, Qt.AlignmentFlag.AlignTop)
        held = label(value, wrap=True)
        held.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        told.setBuddy(held)
        grid.addWidget(held, row, 1, Qt.AlignmentFlag.AlignTop)
    return grid


class TwoSides(QWidget):
    """Two parts side by side, or under each other below `letters` letters’ width. Add them to `sides`."""

    def __init__(self, letters: int = 80) -> None:
        super().__init__()
        self._letters = letters
        self.sides = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.sides.setContentsMargins(0, 0, 0, 0)
        self.sides.setSpacing(12)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where there is no room, and back."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().averageCharWidth() * self._letters
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self.sides.direction() != way:
            self.sides.setDirection(way)
        for area in self.findChildren(QScrollArea):
            measure_again(area)


def measure_again(area: QScrollArea) -> None:
    """Let a scroll area ask how high its content is, after all else that is waiting: where wrapped texts are replaced
    while widths change, Qt now and then keeps the height from before, and squeezes the content into it."""
    QCoreApplication.postEvent(area, QEvent(QEvent.Type.LayoutRequest), Qt.EventPriority.LowEventPriority.value)
