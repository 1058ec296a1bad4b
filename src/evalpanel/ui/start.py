"""The page before the window: making a profile the first time, or opening one with its passphrase."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLineEdit, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.services import workspace
from evalpanel.ui import accessible
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.paper_card import PaperCard
from evalpanel.ui.widgets.scroll import Tall, overflow


class StartWindow(QWidget):
    """Asks for what opens a profile. `opened` carries the passphrase, or None where the keyring opens it.

    Somebody who was invited to a panel may begin with the invitation: it fills in the name, and `invitation` is its path.
    Whoever has lost the passphrase opens the profile with a paper key and sets a new way in; `problem` says why a profile without
    a passphrase could not be opened, and asks for the paper key at once.
    """

    opened = Signal(object)

    def __init__(
        self, profile: Path, open_it: Callable[[str | None], None], *, problem: EvalPanelError | None = None
    ) -> None:
        super().__init__()
        self._profile = profile
        self._open = open_it
        self._new = not workspace.exists(profile)
        self._needs_passphrase = not self._new
        self.invitation: Path | None = None
        self.choose_invitation: Callable[[], str] = self._ask_invitation
        self.setWindowTitle("evalpanel")
        self.resize(QSize(760, 560).boundedTo(self.screen().availableSize()))
        inside = Tall()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        around = overflow(inside)
        around.setAccessibleName("How the profile is opened")  # Tab reaches it where it has to scroll
        whole.addWidget(around)
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
        else:
            for unasked in (self.name, self.email, self.again):
                unasked.hide()  # they have no place in the form
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
        self.invited, self.choose = label("", "muted", wrap=True), button("Choose the invitation…")
        if self._new:
            outer.addWidget(self._begin_invited())
        outer.addWidget(card)
        self._opening = card
        self.lost = button("Passphrase lost? Open it with a paper key", role="quiet")
        self.lost.clicked.connect(lambda *_: self._turn_to_paper())
        self.paper = PaperCard(self._refuse)
        self.paper.wanted.connect(self._by_paper)
        self.paper.hide()
        if not self._new:
            outer.addWidget(self.lost, 0, Qt.AlignmentFlag.AlignLeft)
            outer.addWidget(self.paper)
        outer.addStretch(2)
        for field in (self.name, self.email, self.passphrase, self.again):
            field.returnPressed.connect(self._go)
        (self.name if self._new else self.passphrase).setFocus()
        if problem is not None:
            self._turn_to_paper()
            self._refuse(problem)

    def _turn_to_paper(self) -> None:
        self.paper.show()  # before the other goes, so that the focus has somewhere to go
        self._opening.hide()
        self.lost.hide()
        self.problem = self.paper.problem
        self.paper.words.typed.setFocus()

    def _by_paper(self, words: str, passphrase: str | None) -> None:
        # Imported here: hardly anybody has lost their passphrase, and the window is seen before the services.
        from evalpanel.services import workspace

        self.problem.hide()
        try:
            workspace.new_way_in(self._profile, paper=words, passphrase=passphrase)
            self.paper.clear()
            self._open(passphrase)
        except workspace.NoKeyring:
            self._refuse(
                EvalPanelError(
                    "This computer has no keyring that can be used.", "Choose a passphrase, and type it twice."
                )
            )
            return
        except EvalPanelError as error:
            self._refuse(error)
            return
        self.opened.emit(passphrase)
        self.close()

    def _begin_invited(self) -> Card:
        card = Card("Were you invited to a panel?")
        row = Fold(least=24)
        self.invited.setText("Begin with the file that the officer gave you. You read it when your profile is made.")
        row.add(self.invited, 1)
        self.choose.clicked.connect(lambda *_: self._choose())
        row.add(self.choose)
        card.inside.addWidget(row)
        return card

    def _choose(self) -> None:
        chosen = self.choose_invitation()
        if not chosen:
            return
        # Imported here: most people who make a profile have no invitation, and the window is seen before the services.
        from evalpanel.services import joining

        self.problem.hide()
        try:
            asked = joining.read(Path(chosen))
        except EvalPanelError as error:
            self._refuse(error)
            return
        self.invitation = Path(chosen)
        self.invited.setText(
            f"{asked.officer} of {asked.authority} invites {asked.name} to the panel of {asked.title}."
        )
        accessible.announce(self.invited, self.invited.text())
        self.name.setText(asked.name)
        self.email.setFocus()

    def _ask_invitation(self) -> str:
        return QFileDialog.getOpenFileName(
            self, "Choose the invitation", "", "Invitations (*.evalpanel);;All files (*)"
        )[0]

    def _refuse(self, error: EvalPanelError) -> None:
        self.problem.setText(str(error))
        self.problem.setAccessibleName(str(error))
        self.problem.show()
        accessible.announce(self, str(error), at_once=True)

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
            self._refuse(error)
            return
        self.opened.emit(passphrase)
        self.close()


def _breakable(path: str) -> str:
    """A path that may go on in the next line after each folder."""
    return path.replace("/", "/\u200b").replace("\\", "\\\u200b")
