"""What a page says when there is nothing to show yet: why, and what leads on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card


class StateCard(QWidget):
    """A card in the middle of a page: a title, some sentences, and one button."""

    def __init__(self) -> None:
        super().__init__()
        self._act: Callable[[], object] | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 24, 0, 0)
        row = QHBoxLayout()
        self._card = Card()
        self._card.setMinimumWidth(300)
        self._card.setMaximumWidth(720)
        self._card.inside.setContentsMargins(24, 20, 24, 20)
        self._card.inside.setSpacing(12)
        self._text = label("", wrap=True)
        self._card.inside.addWidget(self._text)
        self._button = button("")
        self._button.clicked.connect(self._clicked)
        self._card.inside.addWidget(self._button, 0, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        row.addWidget(self._card, 4)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addStretch(1)

    @property
    def text(self) -> str:
        """What is said."""
        return f"{self._card.heading.text()}\n{self._text.text()}"

    def tell(self, title: str, text: str, action: str = "", act: Callable[[], object] | None = None) -> None:
        """Say this; `action` names the button, empty for none."""
        self._card.set_title(title)
        self._text.setText(text)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._act = act

    def tell_no_tender(self, go: Callable[[str, object], object]) -> None:
        """Say that no tender is open, with the way to one; `go` leads to a place."""
        self.tell(
            "No tender is open", "Open one under Home, or load one under Set-up.", "Home", lambda: go("home", None)
        )

    def _clicked(self) -> None:
        if self._act is not None:
            self._act()
