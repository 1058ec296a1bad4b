"""Opening a profile with the words of its paper key, and setting a new way in."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QLineEdit

from evalpanel.errors import EvalPanelError
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.paper_words import PaperWords


class PaperCard(Card):
    """The words, and a new passphrase twice. `wanted` carries the words and the passphrase, or None for the keyring; `refuse` says
    why they cannot be right."""

    wanted = Signal(str, object)

    def __init__(self, refuse: Callable[[EvalPanelError], None]) -> None:
        super().__init__("Open your profile with a paper key")
        self._refuse = refuse
        told = (
            "Type the twelve words of the sheet, with spaces. Then choose a new passphrase, or leave it empty to let this computer’s keyring "
            "keep the key from now on. The paper key stays what it was."
        )
        self.inside.addWidget(label(told, "muted", wrap=True))
        self.words = PaperWords("The twelve words of the paper key")
        self.inside.addWidget(self.words)
        form = QFormLayout()
        form.setSpacing(10)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self.passphrase, self.again = self._secret("New passphrase"), self._secret("New passphrase again")
        form.addRow("&New passphrase", self.passphrase)
        form.addRow("New passphrase a&gain", self.again)
        self.inside.addLayout(form)
        self.problem = label("", "danger", wrap=True)
        self.problem.hide()
        self.inside.addWidget(self.problem)
        row = Fold(least=24)
        row.add(label("Nothing is changed before the words are right.", "small", wrap=True), 1)
        self.go_on = button("Open with the paper key", role="primary")
        self.go_on.clicked.connect(lambda *_: self._go())
        row.add(self.go_on)
        self.inside.addWidget(row)
        self.words.entered.connect(self._go)

    def clear(self) -> None:
        """Forget what was typed: words on paper stay on paper."""
        self.words.clear()

    def _secret(self, name: str) -> QLineEdit:
        made = QLineEdit(self)
        made.setAccessibleName(name)
        made.setEchoMode(QLineEdit.EchoMode.Password)
        made.returnPressed.connect(self._go)
        return made

    def _go(self) -> None:
        if not self.words.whole:
            self._refuse(EvalPanelError("A sheet has twelve words.", "Type all of them, in order."))
        elif self.passphrase.text() != self.again.text():
            self._refuse(EvalPanelError("The two passphrases differ.", "Type both again."))
        else:
            self.wanted.emit(self.words.text(), self.passphrase.text() or None)
