"""Who a bidder is and where its letter goes: the fields that regulation 31 asks for, to be corrected before signing."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.tender import Bidder
from evalpanel.ui.models.words import called
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.fold import Fold

_FIELDS = (
    ("name", "Name", ""),
    ("address", "Postal address", "One line of the address a line"),
    ("email", "E-mail address", ""),
    ("scheme", "Register", "For instance GB-COH (companies) or GB-CHC (charities)"),
    ("identifier", "Number in it", ""),
)


class BidderForm(Card):
    """The details of one bidder. `saved` carries what was changed, by field; `left` says that nothing is wanted."""

    saved = Signal(dict)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("Correct the bidder’s details")
        self.inside.addWidget(
            label(
                "What stood before is kept on the record. The letter is made anew with what you write here.",
                "muted",
                wrap=True,
            )
        )
        self._before: Bidder | None = None
        self._lines: dict[str, QLineEdit] = {}
        self._address = QPlainTextEdit()
        self._address.setTabChangesFocus(True)
        self._address.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        grid = QGridLayout()
        grid.setVerticalSpacing(8)
        grid.setHorizontalSpacing(12)
        for row, (field, words, hint) in enumerate(_FIELDS):
            widget: QWidget = self._address if field == "address" else QLineEdit()
            if isinstance(widget, QLineEdit):
                widget.setPlaceholderText(hint)
                widget.returnPressed.connect(self._save)
                self._lines[field] = widget
            else:
                self._address.setPlaceholderText(hint)
            widget.setAccessibleName(words)
            said = label(words)
            said.setBuddy(widget)
            grid.addWidget(said, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(widget, row, 1)
        grid.setColumnStretch(1, 1)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(grid)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setMinimumHeight(self.fontMetrics().lineSpacing() * 8)
        self.inside.addWidget(area, 1)
        buttons = Fold()
        room = QWidget()
        room.setProperty("wraps", True)
        buttons.add(room, 1)
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave the details as they are")
        leave.clicked.connect(self.left)
        self.save = button("Save the details  Ctrl+↵")
        self.save.setAccessibleName("Save the details")
        self.save.clicked.connect(self._save)
        buttons.add(leave)
        buttons.add(self.save)
        self.inside.addWidget(buttons)
        for keys, words, slot in (
            ("Esc", "Leave the details as they are", self.left.emit),
            ("Ctrl+Return", "Save the details", self._save),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setWhatsThis(words)
            shortcut.activated.connect(slot)

    @property
    def bidder(self) -> Bidder | None:
        """Whose details stand in the form."""
        return self._before

    def field(self, name: str) -> QLineEdit | QPlainTextEdit:
        """One field by its name: `name`, `address`, `email`, `scheme`, `identifier`."""
        return self._address if name == "address" else self._lines[name]

    def show_bidder(self, bidder: Bidder) -> None:
        """Fill the form, and put the cursor where something is missing."""
        self._before = bidder
        self._address.setFixedHeight(self._address.fontMetrics().lineSpacing() * 5 + 24)
        self.set_title(f"Correct the details of {called(bidder.bidder, bidder.name)}")
        self._address.setPlainText(bidder.address)
        for field, line in self._lines.items():
            line.setText(getattr(bidder, field))
        missing = [field for field, _, _ in _FIELDS if not getattr(bidder, field).strip()]
        self.field(missing[0] if missing else "name").setFocus()

    def _save(self) -> None:
        if self._before is None:
            return
        now = {"address": self._address.toPlainText(), **{field: line.text() for field, line in self._lines.items()}}
        changed = {field: text for field, text in now.items() if text.strip() != getattr(self._before, field).strip()}
        if changed:
            self.saved.emit(changed)
        else:
            self.left.emit()
