"""A part of the page “Carry files” that stands there alone while somebody is at it: an invitation, the eight words."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.page import Page
from evalpanel.ui.session import Session


class CarryPart(QWidget):
    """What it shows is read by `refresh`; the page asks for its `head` and its `step`.

    `changed` says that the next step is another one, `left` that it is done or left, with what is to be said.
    """

    changed = Signal()
    left = Signal(str)

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__()
        self.page = page
        self.out = out
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(12)

    @property
    def session(self) -> Session:
        """What the window is about."""
        return self.page.session

    def refresh(self) -> None:
        """Read what is shown anew."""

    def head(self) -> tuple[str, str]:
        """The title, and the line under it."""
        return "", ""

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """The next step: its words, what it does, and why it cannot be done yet (empty: it can)."""
        return "", None, ""

    def take_focus(self) -> bool:
        """Give the focus to where one would type next. False: there is no such place, so the next step has it."""
        return False
