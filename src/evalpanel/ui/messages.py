"""What the window says to a person: a strip above the foot of the page, and one place where slots turn errors to words."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import ParamSpec

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.ui import accessible

P = ParamSpec("P")

BUG = "Something went wrong in evalpanel itself. What was saved is safe; the log in your profile says more."


class MessageStrip(QFrame):
    """One message at a time, with a button that takes it away. An error stays until it is taken away."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout.addWidget(self._text, 1)
        self._act: Callable[[], object] | None = None
        self.action = QPushButton()
        self.action.clicked.connect(self._do)
        self.action.hide()
        layout.addWidget(self.action)
        close = QPushButton("Close")
        close.setProperty("role", "quiet")
        close.setAccessibleName("Close this message")
        close.clicked.connect(self.clear)
        layout.addWidget(close)
        self.hide()

    @property
    def text(self) -> str:
        """What is being said; empty when nothing is."""
        return self._text.text() if not self.isHidden() else ""

    def say(self, text: str) -> None:
        """Say something that went well, or is worth knowing. An empty text takes away what was said."""
        if text:
            self._show("strip", text)
        else:
            self.clear()

    def offer(self, text: str, action: str, act: Callable[[], object] | None) -> None:
        """Say what was done, with a button that takes it back. An empty text takes such an offer away, and nothing else."""
        if not text:
            if self._act is not None:
                self.clear()
            return
        self._show("strip", text)
        self._act = act
        self.action.setText(action)
        self.action.show()

    def refuse(self, error: EvalPanelError) -> None:
        """Say why something was not done."""
        self._show("strip-warn", error.in_window)

    def pass_by(self) -> None:
        """The person goes to another page: what was said to be known goes. A refusal, and an offer to take something back, stay."""
        if self.property("role") == "strip" and self._act is None:
            self.clear()

    def clear(self) -> None:
        """Say nothing."""
        self._act = None
        self.hide()
        self.closed.emit()

    def _show(self, role: str, text: str) -> None:
        self.setProperty("role", role)
        self.style().unpolish(self)
        self.style().polish(self)
        self._text.setText(text)
        self.setAccessibleName(text)
        self._act = None
        self.action.hide()
        self.show()
        accessible.announce(self, text, at_once=role == "strip-warn")

    def _do(self) -> None:
        act = self._act
        self.clear()
        if act is not None:
            act()


def guarded(strip: Callable[[], MessageStrip]) -> Callable[[Callable[P, object]], Callable[P, None]]:
    """Wraps a slot so that what it refuses is said in the strip, and a bug is logged and said to be one.

    One of the three places that may catch everything: an exception that leaves a slot would vanish.
    """

    def wrap(slot: Callable[P, object]) -> Callable[P, None]:
        @functools.wraps(slot)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                slot(*args, **kwargs)
            except Cancelled as cancelled:
                strip().say(str(cancelled))
            except EvalPanelError as error:
                strip().refuse(error)
            except Exception:  # see above
                logging.getLogger(__name__).exception("a slot failed")
                strip().refuse(EvalPanelError(BUG))

        return run

    return wrap
