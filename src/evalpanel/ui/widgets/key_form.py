"""Which key of the authority signs, and what opens it: a PKCS#12 file with its password, or a token with its PIN."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit

from evalpanel.errors import EvalPanelError
from evalpanel.services.letter_keys import KeySource, Pkcs12Source, TokenSource
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.letter_choices import TOKEN

_FILES = "Certificates with their key (*.p12 *.pfx);;All files (*)"
_IN_A_FILE = "The file ends with .p12 or .pfx and holds the authority’s certificate with its key. It is only read: the key is not kept in this profile."
_PLUGGED = (
    "Plug the token in. The module is a file that came with it from its maker. The key never leaves the token. A wrong PIN counts: tokens "
    "lock themselves after a few."
)
_ASKED = "It is asked for each time and kept nowhere."


class KeyForm(Card):
    """Asks for one. `wanted` says that it is filled in, `left` that nothing is wanted. What opens the key is forgotten when it was given."""

    wanted = Signal()
    left = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__("Sign with the authority’s certificate")
        self._settings = settings
        self._kind = ""
        self.choose_file: Callable[[str, str], str] = lambda title, kinds: QFileDialog.getOpenFileName(
            self, title, "", kinds
        )[0]
        self._told = label("", "muted", wrap=True)
        self.inside.addWidget(self._told)
        self._fields: dict[str, tuple[QLabel, QLineEdit]] = {}
        self.file = self._add("file", "The file")
        self.choose = button("Choose…")
        self.choose.setAccessibleName("Choose the file")
        self.choose.clicked.connect(lambda *_: self._choose())
        self.inside.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignLeft)
        self.token = self._add("token", "The token’s name")
        self.key = self._add("name", "The key’s name")
        self.secret = self._add("", "The password")
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.secret.returnPressed.connect(self.wanted.emit)
        self._asked = label(_ASKED, "muted", wrap=True)
        self.inside.addWidget(self._asked)
        row = Flow(gap=12)
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave it")
        leave.clicked.connect(lambda *_: self.left.emit())
        row.addWidget(leave)
        self.inside.addLayout(row)
        self.inside.addStretch(1)
        for keys, what, signal in (("Esc", "Leave it", self.left), ("Ctrl+Return", "Sign", self.wanted)):
            key = QShortcut(QKeySequence(keys), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.setWhatsThis(what)
            key.activated.connect(signal.emit)

    def ask(self, kind: str) -> None:
        """Ask for what a `kind` of key needs (`FILE`, `TOKEN`). What was named last stands there; the password never does."""
        self._kind, token = kind, kind == TOKEN
        self._told.setText(_PLUGGED if token else _IN_A_FILE)
        self.set_title("Sign with the authority’s certificate" + (" in a token" if token else ""))
        for name, words in (
            ("file", "The module: a file of the token’s maker" if token else "The file"),
            ("", "The PIN" if token else "The password"),
        ):
            said, field = self._fields[name]
            said.setText(words)
            field.setAccessibleName(words)
        self.secret.setAccessibleDescription(_ASKED)
        for name in ("token", "name"):
            for one in self._fields[name]:
                one.setVisible(token)
        for name, (_, field) in self._fields.items():
            field.setText(str(self._settings.value(self._place(name), "")) if name else "")
        empty = [one for one in (self.file, self.token, self.key) if not one.isHidden() and not one.text()]
        (empty[0] if empty else self.secret).setFocus(Qt.FocusReason.OtherFocusReason)

    def forget(self) -> None:
        """Forget what opens the key."""
        self.secret.clear()

    def source(self) -> KeySource:
        """The key that was named. What opens it is in nothing else from here on. Raises `EvalPanelError` where something is missing."""
        token = self._kind == TOKEN
        for name, (said, field) in self._fields.items():
            if (token or name not in ("token", "name")) and not field.text().strip():
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                words = said.text()
                raise EvalPanelError(f"Something is missing: {words[:1].lower()}{words[1:]}.", "Nothing was signed.")
        for name, (_, field) in self._fields.items():
            if name:
                self._settings.setValue(self._place(name), field.text().strip())
        secret = self.secret.text()
        self.forget()
        file = Path(self.file.text().strip())
        if token:
            return TokenSource(file, self.token.text().strip(), secret, self.key.text().strip())
        return Pkcs12Source(file, secret)

    def _place(self, name: str) -> str:
        return f"letters/key-{self._kind}-{name}"

    def _add(self, name: str, words: str) -> QLineEdit:
        said, field = label(words, "small", wrap=True), QLineEdit()
        said.setBuddy(field)
        field.setAccessibleName(words)
        self.inside.addWidget(said)
        self.inside.addWidget(field)
        self._fields[name] = said, field
        return field

    def _choose(self) -> None:
        kinds = "All files (*)" if self._kind == TOKEN else _FILES
        chosen = self.choose_file("Choose the file", kinds)
        if chosen:
            self.file.setText(chosen)
            self.secret.setFocus(Qt.FocusReason.OtherFocusReason)
