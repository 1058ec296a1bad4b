"""What an agreed score rests on: the pieces of evidence that the panel cites, out of those that its members kept."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from evalpanel.domain.evidence import MOST_CITED, Evidence
from evalpanel.ui.models.evidence_words import Naming, naming
from evalpanel.ui.page import label
from evalpanel.ui.widgets.evidence_chips import ChipAct, EvidenceChips


class CitedEvidence(QWidget):
    """The cited pieces as chips. `changed` is sent for a person's act, `opened` for a piece to be shown in its document,
    `refused` with why a piece was not cited."""

    changed = Signal()
    opened = Signal(object)
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._pieces: tuple[Evidence, ...] = ()
        self._can_change = True
        self._named: Naming = naming(())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addWidget(label("Evidence cited", "small"))
        self.chips = EvidenceChips(ChipAct.REMOVE)
        self.chips.opened.connect(self.opened)
        self.chips.acted.connect(self.toggle)
        column.addWidget(self.chips)
        self._words = label("", "small", wrap=True)
        column.addWidget(self._words)

    @property
    def pieces(self) -> tuple[Evidence, ...]:
        """What is cited, in the order in which it was."""
        return self._pieces

    @property
    def places(self) -> frozenset[tuple[str, int, int, int, str]]:
        """The places that are cited."""
        return frozenset(piece.place for piece in self._pieces)

    def show_pieces(
        self,
        pieces: tuple[Evidence, ...],
        named: Naming,
        *,
        can_change: bool,
        some_kept: bool,
    ) -> None:
        """Show what is cited. `some_kept`: whether a member kept evidence on this line at all."""
        self._pieces, self._named, self._can_change = pieces, named, can_change
        can_cite = "Press “Cite” beside a member’s evidence above. The bidder’s letter shows what is cited."
        self._words.setText(can_cite if can_change else "None was cited.")
        self.setVisible(bool(pieces) or some_kept)
        self._draw()

    def toggle(self, piece: Evidence) -> None:
        """Cite a piece, or leave it out again."""
        if not self._can_change:
            return
        left = tuple(one for one in self._pieces if one.place != piece.place)
        if len(left) == len(self._pieces):
            if len(left) >= MOST_CITED:
                self.refused.emit(
                    f"At most {MOST_CITED} pieces of evidence are cited for a score. Leave one out first."
                )
                return
            left = (*left, piece)
        self._pieces = left
        self._draw()
        self.changed.emit()

    def _draw(self) -> None:
        self.chips.show_pieces(self._pieces, self._named, can_act=self._can_change)
        self._words.setVisible(not self._pieces)
