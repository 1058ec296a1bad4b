"""Parts of a page that one turns to, one of them shown, with what each holds on its tab."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.pile import Pile


class Parts(QWidget):
    """Tabs above, the chosen part below. A part has a key, and a widget in it that takes the focus."""

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        self._row = Flow(gap=4)
        layout.addLayout(self._row)
        self._stack = Pile()
        layout.addWidget(self._stack, 1)
        self._group = QButtonGroup(self)
        self._tabs: dict[str, QPushButton] = {}
        self._parts: dict[str, QWidget] = {}
        self._first: dict[str, QWidget] = {}

    def add_part(self, key: str, part: QWidget, first: QWidget | None = None) -> None:
        """Take in a part; `first` is what is read first in it."""
        tab = _Tab()
        tab.clicked.connect(lambda *_: self.turn_to(key))
        self._tabs[key], self._parts[key], self._first[key] = tab, part, first or part
        self._group.addButton(tab)
        self._row.addWidget(tab)
        self._stack.addWidget(part)

    @property
    def part(self) -> str:
        """Which part is shown."""
        return next(key for key, part in self._parts.items() if part is self._stack.currentWidget())

    @property
    def tabs(self) -> tuple[QPushButton, ...]:
        """What one turns to a part with, in order."""
        return tuple(self._tabs.values())

    def turn_to(self, key: str) -> None:
        """Show a part."""
        self._stack.setCurrentWidget(self._parts[key])
        self._tabs[key].setChecked(True)

    def focus_part(self) -> None:
        """Give the focus to what is read first in the part that is shown."""
        self._first[self.part].setFocus(Qt.FocusReason.OtherFocusReason)

    def name_part(self, key: str, title: str, *, shown: bool = True) -> None:
        """Say on its tab what a part is, as `Bids · 9`; one that is not `shown` cannot be turned to."""
        tab = self._tabs[key]
        tab.setText(title)
        tab.setAccessibleName(title.replace(" ·", ","))
        tab.setVisible(shown)

    def titles(self) -> tuple[str, ...]:
        """The tabs that can be turned to."""
        return tuple(tab.text() for tab in self._tabs.values() if not tab.isHidden())


class _Tab(QPushButton):
    """One part of the page. Its width leaves room for the bold text of the chosen one."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "place")
        self.setCheckable(True)
        self.setAutoExclusive(True)  # read out as one of several
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        bold = QFont(self.font())
        bold.setBold(True)
        return QSize(QFontMetrics(bold).horizontalAdvance(self.text()) + 26, super().sizeHint().height())
