"""Two quiet cards above a form: what was not saved and why, and the reason for opening a sheet again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from evalpanel.errors import EvalPanelError
from evalpanel.ui.page import button, label


class Refusal(QFrame):
    """Says why an answer was not saved. The text stays where it is until it is saved (`again`) or let go (`let_go`)."""

    again = Signal()
    let_go = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "strip-warn")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 12, 10)
        column.setSpacing(6)
        self._words = label("", wrap=True)
        column.addWidget(self._words)
        row = QHBoxLayout()
        again = button("Save again", role="quiet")
        again.clicked.connect(lambda *_: self.again.emit())
        away = button("Put back what is held", role="quiet")
        away.setToolTip("Takes away what was typed here and is not saved")
        away.clicked.connect(lambda *_: self.let_go.emit())
        row.addWidget(again)
        row.addWidget(away)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    @property
    def text(self) -> str:
        """What is said; empty when nothing is."""
        return "" if self.isHidden() else self._words.text()

    def tell(self, error: EvalPanelError) -> None:
        """Say why it was refused."""
        words = f"Not saved. {error} Your text is still here."
        self._words.setText(words)
        self.setAccessibleName(words)
        self.show()


class ReopenCard(QFrame):
    """Asks why a sheet that is signed off is opened again. `given` has the reason."""

    given = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(label("Open the sheet again", "card-title", wrap=True))
        column.addWidget(
            label("Both versions are kept, and your reason stands on the record beside them.", "muted", wrap=True)
        )
        self.reason = QLineEdit()
        self.reason.setAccessibleName("Reason for opening the sheet again")
        self.reason.setPlaceholderText("Why it has to change")
        self.reason.returnPressed.connect(self._give)
        column.addWidget(self.reason)
        row = QHBoxLayout()
        row.addStretch(1)
        away = button("Leave it signed off  Esc", role="quiet")
        away.clicked.connect(lambda *_: self.hide())
        row.addWidget(away)
        self._do = button("Reopen")
        self._do.setEnabled(False)
        self.reason.textChanged.connect(lambda text: self._do.setEnabled(bool(text.strip())))
        self._do.clicked.connect(lambda *_: self._give())
        row.addWidget(self._do)
        column.addLayout(row)
        self.hide()

    def ask(self) -> None:
        """Ask for the reason."""
        self.reason.clear()
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves it as it is."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _give(self) -> None:
        if self.reason.text().strip():
            self.given.emit(self.reason.text().strip())
