"""The signed list of letters, or one letter, checked on the page Letters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from evalpanel.services import verify
from evalpanel.services.verify import Verification
from evalpanel.ui.page import Page, button
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.verdict import VerdictCard


class LetterCheck(QWidget):
    """What a check came to, with the way back. `found` asks to be shown, `left` to go back."""

    found = Signal()
    left = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._page = page
        self.choose_list: Callable[[str], str] = self._ask_list
        self._card = VerdictCard("The signed list of letters", "")
        inside = QWidget()
        within = QVBoxLayout(inside)
        within.setContentsMargins(0, 0, 0, 0)
        within.addWidget(self._card)
        within.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(scroll(inside), 1)
        self.leave = button("Back to the letter  Esc")
        self.leave.setAccessibleName("Back to the letter")
        self.leave.clicked.connect(lambda *_: self.left.emit())
        column.addWidget(self.leave, 0, Qt.AlignmentFlag.AlignLeft)
        back = QShortcut(QKeySequence("Esc"), self)
        back.setWhatsThis("Back to the letter")
        back.activated.connect(self.left.emit)

    @property
    def verdict(self) -> str:
        """The verdict as it stands there."""
        return self._card.verdict

    def ask(self, start: str) -> None:
        """Ask which list, from the folder `start` on, and check it on the worker."""
        chosen = self.choose_list(start)
        if chosen:
            space, path = self._page.session.workspace, Path(chosen)
            self._page.start("Checking the letters", lambda _: verify.verify_file(space, path), self._show)

    def _ask_list(self, start: str) -> str:
        kinds = "The signed list, or a letter (*.json *.pdf)"
        return QFileDialog.getOpenFileName(self, "Check the signed list of letters", start, kinds)[0]

    def _show(self, found: Verification) -> None:
        self._card.set_title("The signed list of letters" if found.kind == "letters" else "A letter, checked")
        self._card.show_result(found)
        self.found.emit()
        self._page.said.emit(self.verdict.lstrip("✓✕ ") + ".")
        self.leave.setFocus(Qt.FocusReason.OtherFocusReason)
