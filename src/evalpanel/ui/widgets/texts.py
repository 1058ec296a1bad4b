"""Texts that several cards share: a bold line, and facts as names with values beside them."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel

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
        grid.addWidget(held, row, 1, Qt.AlignmentFlag.AlignTop)
    return grid
