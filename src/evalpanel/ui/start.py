"""The page before the window: making a profile the first time, or opening one with its passphrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.services import workspace
from evalpanel.ui import accessible
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.scroll import Tall, overflow


class StartWindow(QWidget):
    """Asks for what opens a profile. `opened` carries the passphrase, or None where the keyring opens it."""

    opened = Signal(object)

    def __init__(self, profile: Path, open_it: Callable[[str | None], None]) -> None:
        super().__init__()
        self._profile = profile
        self._open = open_it
        self._new = not workspace.exists(profile)
        self._needs_passphrase = not self._new
        self.setWindowTitle("evalpanel")
        self.resize(QSize(760, 560).boundedTo(self.screen().availableSize()))
        inside = Tall()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(overflow(inside))
        outer = QVBoxLayout(inside)
        outer.setContentsMargins(48, 40, 48, 40)
        outer.addStretch(1)
        outer.addWidget(label("evalpanel", "title"))
        outer.addWidget(
            label(
                "A tender evaluation panel's whole job, on your own laptop. Nothing leaves it unless you carry it.",
                "muted",
                wrap=True,
            )
        )
        outer.addSpacing(16)
        card = Card("Make your profile" if self._new else "Open your profile")
        form = QFormLayout()
        form.setSpacing(10)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self.name, self.email = self._field("Your name"), self._field("Your e-mail address")
        self.passphrase, self.again = (
            self._field("Passphrase", secret=True),
            self._field("Passphrase again", secret=True),
        )
        if self._new:
            form.addRow("Your &name", self.name)
            form.addRow("Your &e-mail address", self.email)
        form.addRow("&Passphrase", self.passphrase)
        if self._new:
            form.addRow("Passphrase &again", self.again)
        card.inside.addLayout(form)
        about = (
            "Leave the passphrase empty to let this computer's keyring keep the key. With a passphrase nobody can open "
            "the profile without it, and nobody can recover it."
            if self._new
            else "This profile is opened with the passphrase that you chose."
        )
        card.inside.addWidget(label(about, "small", wrap=True))
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        card.inside.addWidget(self.problem)
        row = Fold(least=24)
        row.add(label(_breakable(f"Kept in {profile}"), "small", wrap=True), 1)
        self.go_on = button("Make my profile" if self._new else "Open", role="primary")
        self.go_on.setDefault(True)
        self.go_on.clicked.connect(self._go)
        row.add(self.go_on)
        card.inside.addWidget(row)
        outer.addWidget(card)
        outer.addStretch(2)
        for field in (self.name, self.email, self.passphrase, self.again):
            field.returnPressed.connect(self._go)
        (self.name if self._new else self.passphrase).setFocus()

    def _field(self, name: str, *, secret: bool = False) -> QLineEdit:
        made = QLineEdit(self)
        made.setAccessibleName(name)
        if secret:
            made.setEchoMode(QLineEdit.EchoMode.Password)
        return made

    def _go(self) -> None:
        self.problem.hide()
        passphrase = self.passphrase.text() or None
        try:
            if self._new:
                if self.passphrase.text() != self.again.text():
                    raise EvalPanelError("The two passphrases differ.", "Type both again.")
                workspace.create(self._profile, name=self.name.text(), email=self.email.text(), passphrase=passphrase)
                self._new = False
            self._open(passphrase)
        except EvalPanelError as error:
            self.problem.setText(str(error))
            self.problem.setAccessibleName(str(error))
            self.problem.show()
            accessible.announce(self, str(error), at_once=True)
            return
        self.opened.emit(passphrase)
        self.close()


def _breakable(path: str) -> str:
    """A path that may go on in the next line after each folder."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")
