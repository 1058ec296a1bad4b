"""How an authority's letters are headed and signed: chosen, changed, or made new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from evalpanel.domain.authorities import LARGEST_LOGO, AuthorityProfile
from evalpanel.services.authorities import HeldAuthority
from evalpanel.system.files import read_whole
from evalpanel.ui import accessible
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.scroll import scroll

_PICTURES = "Pictures (*.png *.jpg *.jpeg)"
_LINES = (
    ("name", "Name"),
    ("telephone", "Telephone"),
    ("email", "E-mail address"),
    ("website", "Website, beginning with https://"),
    ("footer", "At the foot of each page"),
    ("signatory", "Who signs; the officer, if empty"),
    ("role", "The role of whoever signs"),
)
_NEW = "A new authority"


class LetterheadForm(QWidget):
    """The fields of one profile. `chosen` says that another authority was chosen, `wanted` that the letter is to be seen."""

    chosen = Signal()
    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choose_file: Callable[[], str] = lambda: QFileDialog.getOpenFileName(self, "Choose a logo", "", _PICTURES)[
            0
        ]
        self._held: tuple[HeldAuthority, ...] = ()
        self._picture: bytes | None = None
        self._logo_file = ""
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(6)
        self.authority = QComboBox()
        self.authority.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.authority.setMinimumContentsLength(12)
        self._add("Whose letters", self.authority)
        accessible.name_chooser(self.authority, "Whose letters")
        self.lines: dict[str, QLineEdit] = {}
        self.address, self.also_called = self._text(), self._text()
        for name, words in _LINES:
            self.lines[name] = QLineEdit()
            self._add(words, self.lines[name])
            if name == "name":
                self._add("Address, a line each", self.address)
        self._add("Other names that tenders know it by, a line each", self.also_called)
        self.logo_words = label("", "muted", wrap=True)
        self._column.addWidget(label("Logo", "small"))
        self._column.addWidget(self.logo_words)
        row = Flow(gap=12)
        self.choose, self.without = button("Choose a picture…"), button("Do without")
        self.choose.setAccessibleName("Choose a picture for the logo")
        self.without.setAccessibleName("Do without a logo")
        row.addWidget(self.choose)
        row.addWidget(self.without)
        self._column.addLayout(row)
        self.alternative = QLineEdit()
        self._add("The logo in words, for people who cannot see it", self.alternative)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area = scroll(inside)
        area.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)
        outer.addWidget(area, 1)
        self.without.clicked.connect(lambda *_: self._take(None, ""))
        self.authority.currentIndexChanged.connect(lambda *_: self._fill())

    def offer(self, held: tuple[HeldAuthority, ...], authority: str) -> None:
        """Offer these profiles and a new one; that of `authority` is chosen."""
        self._held = held
        self.authority.blockSignals(True)  # filling is not choosing
        self.authority.clear()
        for one in held:
            self.authority.addItem(one.profile.name + ("" if one.own else " (as it came, made up)"))
        self.authority.addItem(f"{_NEW}…")
        found = [place for place, one in enumerate(held) if one.profile.is_of(authority)]
        self.authority.setCurrentIndex(found[0] if found else len(held))
        self.authority.blockSignals(False)
        self._fill(authority)

    def profile(self) -> AuthorityProfile:
        """What stands in the form, not checked yet."""
        said = {name: field.text().strip() for name, field in self.lines.items()}
        known = self._known
        return AuthorityProfile(
            code=known.profile.code if known is not None else _code(said["name"]),
            address=_split(self.address),
            also_called=_split(self.also_called),
            logo_file=self._logo_file,
            logo_alternative=self.alternative.text().strip() if self._logo_file else "",
            **said,
        )

    @property
    def picture(self) -> bytes | None:
        """The logo's picture, where there is one."""
        return self._picture

    def take_picture(self) -> None:
        """Ask for a picture and take it as the logo. It is checked when the letter is seen."""
        chosen = self.choose_file()
        if chosen:
            self._take(read_whole(Path(chosen), LARGEST_LOGO), Path(chosen).name)
            self.alternative.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def _known(self) -> HeldAuthority | None:
        place = self.authority.currentIndex()
        return self._held[place] if 0 <= place < len(self._held) else None

    def _fill(self, name: str = "") -> None:
        known = self._known
        profile = known.profile if known is not None else AuthorityProfile("", name, ())
        for field, line in self.lines.items():
            line.setText(getattr(profile, field))
            line.setCursorPosition(0)
        self.address.setPlainText("\n".join(profile.address))
        self.also_called.setPlainText("\n".join(profile.also_called))
        logo = known.logo if known is not None else None
        self.alternative.setText(profile.logo_alternative)
        self._take(logo.data if logo is not None else None, profile.logo_file)
        self.chosen.emit()

    def _take(self, picture: bytes | None, name: str) -> None:
        self._picture, self._logo_file = picture, name if picture is not None else ""
        self.logo_words.setText(self._logo_file or "None. A PNG or JPEG picture, printed 45 mm wide.")
        self.without.setVisible(picture is not None)
        self.alternative.setEnabled(picture is not None)

    def _text(self) -> QPlainTextEdit:
        made = QPlainTextEdit()
        made.setTabChangesFocus(True)
        made.setFixedHeight(made.fontMetrics().lineSpacing() * 4 + 20)
        return made

    def _add(self, words: str, field: QWidget) -> None:
        said = label(words, "small", wrap=True)
        said.setBuddy(field)
        field.setAccessibleName(words)
        self._column.addWidget(said)
        self._column.addWidget(field)


def _split(field: QPlainTextEdit) -> tuple[str, ...]:
    return tuple(line.strip() for line in field.toPlainText().splitlines() if line.strip())


def _code(name: str) -> str:
    """A code for a new profile: the letters of its name."""
    plain = "".join(char if char.isascii() and char.isalnum() else "-" for char in name.casefold())
    made = "-".join(part for part in plain.split("-") if part).lstrip("0123456789-")
    return made[:30].rstrip("-")
