"""A short banner at the top of the window that leads through the demonstration, act by act."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from evalpanel.ui.page import button, label


class Banner(QFrame):
    """One act at a time: what it is about, and a button that leads to it. Hidden unless it is given acts."""

    lead = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "strip")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(24, 6, 12, 6)
        self._text = label("", wrap=True)
        layout.addWidget(self._text, 1)
        self._next = button("", role="quiet")
        self._next.clicked.connect(self._go_on)
        layout.addWidget(self._next)
        self._hide = button("Hide", role="quiet")
        self._hide.setAccessibleName("Hide this guide")
        self._hide.clicked.connect(self.hide)
        layout.addWidget(self._hide)
        self._acts: tuple[tuple[str, str], ...] = ()
        self._at = 0
        self.hide()

    def tell(self, acts: tuple[tuple[str, str], ...]) -> None:
        """Lead through these acts (text, name of the next step); the first is shown now."""
        self._acts, self._at = acts, 0
        self._show()
        self.show()

    def _go_on(self) -> None:
        self._at += 1
        if self._at >= len(self._acts):
            self.hide()
            return
        self._show()
        self.lead.emit(self._at)

    def _show(self) -> None:
        text, after = self._acts[self._at]
        self._text.setText(f"{self._at + 1} of {len(self._acts)}  {text}")
        self._next.setText(after)
