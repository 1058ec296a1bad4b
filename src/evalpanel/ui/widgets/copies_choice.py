"""Which copies are written beside each signed letter: for people who read otherwise."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from evalpanel.services.letter_copies import Copies
from evalpanel.ui.page import label
from evalpanel.ui.widgets.flow import Flow

_KEYS = {"large": "letters/large-print", "plain": "letters/plain-text"}


class CopiesChoice(QWidget):
    """Two boxes; what is chosen is kept beside the profile, for the next batch."""

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(label("Beside each signed letter, also", "small", wrap=True))
        row = Flow(gap=12)
        self.large_print = QCheckBox("a copy in large print")
        self.plain_text = QCheckBox("a copy as plain text")
        for box, key in ((self.large_print, _KEYS["large"]), (self.plain_text, _KEYS["plain"])):
            box.setChecked(settings.value(key, "") == "yes")
            box.toggled.connect(lambda on, key=key: settings.setValue(key, "yes" if on else ""))
            box.setAccessibleName(f"Beside each signed letter, also {box.text()}")
            row.addWidget(box)
        column.addLayout(row)

    @property
    def chosen(self) -> Copies:
        """Which are wanted."""
        return Copies(self.large_print.isChecked(), self.plain_text.isChecked())
