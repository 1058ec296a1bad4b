"""Choosing a tender pack: a workbook, a folder, a zip, a tar or a notice, by button or by dropping it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFileDialog, QScrollArea, QVBoxLayout, QWidget

from evalpanel.ui.page import button, label
from evalpanel.ui.widgets import drop_place
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.drop_place import DropPlace
from evalpanel.ui.widgets.texts import TwoSides, facts

_FILES = "Tender packs (*.xlsx *.zip *.tar *.tar.gz *.tgz *.json);;All files (*)"
_NOTICES = "OCDS notices (*.json);;All files (*)"
_PACK = (
    ("tender.xlsx", "The workbook: tender, lots, criteria, scale, bidders and panel. It may also come alone."),
    (
        "bids/B01/…",
        "A folder for each bidder, named by its code or name. These stay sealed until the criteria are frozen.",
    ),
    ("documents/…", "The tender’s own documents."),
)
_BIDS = (
    ("B07/…", "A folder for each bidder, named by its code or name."),
    ("tender.xlsx", "Only where bidders, bids or late statuses are new: the sheets Bidders, Members, Bids and Prices."),
)


class LoadPack(QScrollArea):
    """The place where a pack is given. `given` says which path, `notice` which notice to start from; `template` asks for
    an empty workbook."""

    given = Signal(object)
    notice = Signal(object)
    template = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumHeight(12 * self.fontMetrics().lineSpacing())
        holder = TwoSides(letters=100)
        row = holder.sides
        row.setContentsMargins(0, 0, 4, 0)
        self.drop = _DropPlace()
        self.drop.given.connect(lambda paths: self.given.emit(paths[0]))
        row.addWidget(self.drop, 3)
        side = QVBoxLayout()
        side.setSpacing(12)
        row.addLayout(side, 2)
        self._pack_card = Card("What a pack holds")
        self._pack_card.inside.addLayout(facts(list(_PACK)))
        side.addWidget(self._pack_card)
        self._bids_card = Card("What the bids look like")
        self._bids_card.inside.addLayout(facts(list(_BIDS)))
        side.addWidget(self._bids_card)
        self._empty_card = Card("No workbook yet?")
        told = "An empty one explains each sheet and column, and offers the values that a cell may have."
        self._empty_card.inside.addWidget(label(told, "muted", wrap=True))
        self.empty = button("Write an empty workbook…")
        self.empty.clicked.connect(self.template)
        self._empty_card.inside.addWidget(self.empty, 0, Qt.AlignmentFlag.AlignLeft)
        told = "Where the tender was published as open data (OCDS), its notice fills in what it can."
        self._empty_card.inside.addSpacing(4)
        self._empty_card.inside.addWidget(label(told, "muted", wrap=True))
        self.from_notice = button("Start from a notice…")
        self.from_notice.clicked.connect(self._choose_notice)
        self._empty_card.inside.addWidget(self.from_notice, 0, Qt.AlignmentFlag.AlignLeft)
        side.addWidget(self._empty_card)
        side.addStretch(1)
        self.setWidget(holder)

    def ask(self, *, bids: bool) -> None:
        """Ask for a whole tender, or for the bids of one that is held."""
        if bids:
            self.drop.tell(
                "Drop the bids here", "A folder, zip or tar with a folder for each bidder, with or without a workbook."
            )
        else:
            self.drop.tell(
                "Drop a tender pack here",
                "A workbook, a folder, a zip or a tar, as the portal exported it. Or a published notice (.json).",
            )
        self._pack_card.setVisible(not bids)
        self._empty_card.setVisible(not bids)
        self._bids_card.setVisible(bids)

    def _choose_notice(self) -> None:
        chosen = ask_open(self, "Choose a notice", _NOTICES)
        if chosen is not None:
            self.notice.emit(chosen)

    def take_focus(self) -> None:
        """Give the focus to the first way in."""
        self.drop.folder.setFocus(Qt.FocusReason.OtherFocusReason)


class _DropPlace(DropPlace):
    """Takes one path, of a pack or of bids."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = button("Choose a folder…  Ctrl+Shift+O", role="primary")
        self.folder.setAccessibleName("Choose a folder")
        self.folder.setShortcut("Ctrl+Shift+O")
        self.folder.clicked.connect(self._choose_folder)
        self.file = button("Choose a workbook or zip…  Ctrl+O")
        self.file.setAccessibleName("Choose a workbook or zip")
        self.file.setShortcut("Ctrl+O")
        self.file.clicked.connect(self._choose_file)
        for choice in (self.folder, self.file):
            self.add_choice(choice)
        self.tell("", "", "Everything is checked first. Nothing is kept until you say so.")

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Choose the folder of the pack")
        if chosen:
            self.given.emit((Path(chosen),))

    def _choose_file(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Choose a workbook or a zip", "", _FILES)
        if chosen:
            self.given.emit((Path(chosen),))


def dropped(event: QDropEvent) -> Path | None:
    """The one local path that is dropped; None for anything else."""
    found = drop_place.dropped(event)
    return found[0] if len(found) == 1 else None


def ask_save(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Where a file is to be written; None when the person thinks better of it."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, name, kinds)
    return Path(chosen) if chosen else None


def ask_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Which file is to be read; None when the person thinks better of it."""
    chosen, _ = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(chosen) if chosen else None
