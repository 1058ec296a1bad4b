"""How letters are signed: one for all lots of a bidder or one a lot, and with whose certificate."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from evalpanel.services import letter_keys
from evalpanel.ui import accessible
from evalpanel.ui.page import label

OWN, FILE, TOKEN = "own", "file", "token"
_KEYS = {
    OWN: "the certificate made on this laptop",
    FILE: "the authority’s certificate, from a file…",
    TOKEN: "the authority’s certificate, in a token…",
}
_COMBINED, _KEY = "letters/combined", "letters/key"


class LetterChoices(QWidget):
    """A box and a chooser. What is chosen is kept beside the profile; `changed` says that letters are put together otherwise."""

    changed = Signal()

    def __init__(self, settings: QSettings) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.combined = QCheckBox("One letter for all lots of a bidder")
        self.combined.setChecked(settings.value(_COMBINED, "") == "yes")
        self.combined.toggled.connect(lambda on: self._combine(settings, on=on))
        column.addWidget(self.combined)
        said = label("Signed with", "small")
        self.key = QComboBox()
        self.key.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.key.setMinimumContentsLength(12)
        said.setBuddy(self.key)
        for code, words in _KEYS.items():
            if code != TOKEN or letter_keys.can_use_tokens():
                self.key.addItem(words, code)
        self.key.setCurrentIndex(max(0, self.key.findData(settings.value(_KEY, OWN))))
        accessible.name_chooser(self.key, "Signed with")
        self.key.currentIndexChanged.connect(lambda *_: settings.setValue(_KEY, self.kind))
        column.addWidget(said)
        column.addWidget(self.key)

    @property
    def kind(self) -> str:
        """Whose key: `OWN`, `FILE` or `TOKEN`."""
        return str(self.key.currentData())

    def _combine(self, settings: QSettings, *, on: bool) -> None:
        settings.setValue(_COMBINED, "yes" if on else "")
        self.changed.emit()
