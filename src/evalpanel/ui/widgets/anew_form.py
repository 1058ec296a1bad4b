"""Why a letter that was signed is written and signed once more, as its next version."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit

from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow

_WHAT = (
    "The letter is made with what the record says now, and signed as its next version. The one before is kept, and stays what that bidder was "
    "told then. Send the new one, and say in it or with it what has changed."
)


class AnewForm(Card):
    """Asks for the reason. `wanted` carries it, `left` says that nothing is wanted."""

    wanted = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("Sign the letter anew")
        self.inside.addWidget(label(_WHAT, "muted", wrap=True))
        said = label("Why another version is needed, for the record", "small", wrap=True)
        self.why = QLineEdit()
        said.setBuddy(self.why)
        self.why.setAccessibleName(said.text())
        self.why.returnPressed.connect(self._ask)
        self.why.textChanged.connect(lambda *_: self._check())
        self.inside.addWidget(said)
        self.inside.addWidget(self.why)
        self.sign = button("Sign it anew…  Ctrl+↵")
        self.sign.setAccessibleName("Sign it anew")
        self.sign.clicked.connect(lambda *_: self._ask())
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave it")
        leave.clicked.connect(lambda *_: self.left.emit())
        row = Flow(gap=12)
        row.addWidget(self.sign)
        row.addWidget(leave)
        self.inside.addLayout(row)
        self.inside.addStretch(1)
        for keys, what, slot in (("Esc", "Leave it", self.left.emit), ("Ctrl+Return", "Sign it anew", self._ask)):
            key = QShortcut(QKeySequence(keys), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.setWhatsThis(what)
            key.activated.connect(slot)
        self._check()

    def ask(self, title: str, why: str = "") -> None:
        """Ask about a letter, by its title. `why` is the reason that the record gives; it can be changed."""
        self.set_title(f"Sign anew: {title}")
        self.why.setText(why)
        self.why.setCursorPosition(0)
        self.why.setFocus(Qt.FocusReason.OtherFocusReason)

    def _check(self) -> None:
        self.sign.setEnabled(bool(self.why.text().strip()))

    def _ask(self) -> None:
        if self.sign.isEnabled():
            self.wanted.emit(self.why.text())
