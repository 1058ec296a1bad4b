"""What closing moderation means, before it is done."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal

from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card

_LAST = (
    "Closing locks every level and every reason. Nothing can be changed after it, and then the prices can be opened."
)


class ClosingCard(Card):
    """Stands above the lines until moderation is closed or `left`."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.set_title("Close moderation")
        self._words = label("", wrap=True)
        self.inside.addWidget(self._words)
        not_yet = button("Not yet  Esc")
        not_yet.clicked.connect(self.left)
        self.inside.addWidget(not_yet, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def tell(self, worth_knowing: Iterable[str]) -> None:
        """Say what is worth knowing first, and that it is for good."""
        self._words.setText("\n".join((*worth_knowing, _LAST)))
