"""The form for a challenge pack: which bid, for whom, and whether a disclosure copy is made of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from evalpanel.domain.tender import Bid
from evalpanel.progress import Progress
from evalpanel.services import challenge
from evalpanel.services.challenge import PackMade
from evalpanel.services.workspace import Workspace
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.sent_form import AskForm, choice

_TOLD = (
    "The whole record of one bid in one signed file: documents, every score and reason, what was agreed, the letter and the "
    "trail of acts. Working notes are in it."
)
_RECIPIENTS = "Recipients: the age keys of the lawyers (age1…), one a line"
_OPEN = "Leave it open: whoever has the file can read everything in it"
_COPY = "Make a disclosure copy instead: names, other bidders and private words are left out, each with its reason"
_NOTES = "Disclose working notes, because (empty: they are left out)"


@dataclass(frozen=True, slots=True)
class AskedPack:
    """What the form asks for: the bid and its lot, whom it is sealed to, the folder, and which of the two it is."""

    bid: str
    lot: str
    recipients: tuple[str, ...]
    is_open: bool
    to: Path
    is_copy: bool
    working_notes: str


def make_pack(space: Workspace, tender: str, asked: AskedPack, officer: str | None, progress: Progress) -> PackMade:
    """Write what was asked for. Of a disclosure copy that is the copy; the pack that it was made from lies beside it."""
    if not asked.is_copy:
        return challenge.challenge(
            space,
            tender,
            asked.bid,
            to=asked.to,
            lot=asked.lot,
            recipients=asked.recipients,
            is_open=asked.is_open,
            person=officer,
            progress=progress,
        )
    return challenge.disclose(
        space,
        tender,
        asked.bid,
        to=asked.to,
        lot=asked.lot,
        recipients=asked.recipients,
        is_open=asked.is_open,
        working_notes=asked.working_notes,
        person=officer,
        progress=progress,
    )[0]


class ChallengeForm(AskForm):
    """Asks for everything that a challenge pack needs; `kept` says that it is to be made."""

    def __init__(self) -> None:
        super().__init__("Challenge pack", "Write the pack")
        self.choose_folder: Callable[[], str] = self._ask_folder
        self.inside.addWidget(label(_TOLD, "muted", wrap=True))
        self.bid = choice([], "Bid")
        self.add("Bid", self.bid)
        self.recipients = QPlainTextEdit()
        self.recipients.setTabChangesFocus(True)
        self.recipients.setMaximumHeight(4 * self.fontMetrics().lineSpacing())
        self.add(_RECIPIENTS, self.recipients)
        self.open = QCheckBox(_OPEN)
        self.copy = QCheckBox(_COPY)
        for box in (self.open, self.copy):
            self.inside.addWidget(_wrapping(box))
        self.notes = QLineEdit()
        self._notes = label(_NOTES, "small", wrap=True)
        self._notes.setBuddy(self.notes)
        self.notes.setAccessibleName(_NOTES)
        self.inside.addWidget(self._notes)
        self.inside.addWidget(self.notes)
        self.folder = QLineEdit()
        self.folder.setPlaceholderText("No folder chosen yet")
        self.folder.setAccessibleName("Folder")
        pick = button("Choose a folder…")
        pick.clicked.connect(lambda *_: self._pick())
        row = Fold()
        row.add(self.folder, 1)
        row.add(pick)
        self.inside.addWidget(label("Folder: a stick, a share", "small", wrap=True))
        self.inside.addWidget(row)
        self.why = label("", "muted", wrap=True)
        self.inside.addWidget(self.why)
        self.close_fields()
        self.copy.toggled.connect(lambda *_: self._suit())
        self.open.toggled.connect(lambda *_: self._suit())
        self.folder.textChanged.connect(lambda *_: self._suit())
        self.recipients.textChanged.connect(self._suit)
        self._suit()

    def offer(self, bids: Iterable[Bid]) -> None:
        """Offer the bids of the tender, and show the form."""
        self.bid.clear()
        for one in bids:
            self.bid.addItem(f"{one.bid} in lot {one.lot}", (one.bid, one.lot))
        self.ask(None, "Challenge pack")

    def asked(self) -> AskedPack:
        """What was asked for."""
        bid, lot = self.bid.currentData()
        held = tuple(one.strip() for one in self.recipients.toPlainText().splitlines() if one.strip())
        notes = self.notes.text().strip() if self.copy.isChecked() else ""
        folder = Path(self.folder.text().strip())
        return AskedPack(bid, lot, held, self.open.isChecked(), folder, self.copy.isChecked(), notes)

    def _suit(self) -> None:
        is_copy = self.copy.isChecked()
        for one in (self._notes, self.notes):
            one.setVisible(is_copy)
        self.recipients.setEnabled(not self.open.isChecked())
        nobody = not (self.open.isChecked() or self.recipients.toPlainText().strip())
        if not self.folder.text().strip():
            self.why.setText("Choose the folder first.")
        elif nobody:
            self.why.setText("Without recipients only you can open it.")
        else:
            self.why.setText(
                "The page beside the file tells how to check it. Tell the reader the fingerprint of your key another way."
            )
        if self.open.isChecked() and self.folder.text().strip():
            self.why.setText("Whoever has this file can read everything in it. Carry it as you would a paper file.")
        self.keep.setEnabled(bool(self.folder.text().strip()))

    def _pick(self) -> None:
        chosen = self.choose_folder()
        if chosen:
            self.folder.setText(chosen)

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, "Where the pack goes")


def _wrapping(box: QCheckBox) -> QWidget:
    """A box whose words stand beside it and wrap: a check box alone does not."""
    words = box.text()
    row = Fold()
    said = label(words, wrap=True)
    said.setBuddy(box)
    box.setText("")
    box.setAccessibleName(words)
    row.add(box)
    row.add(said, 1)
    return row
