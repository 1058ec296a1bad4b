"""Pieces of evidence as chips: one leads to its place in the document, and can be taken away, or cited by the panel."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from enum import StrEnum

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from evalpanel.domain.evidence import Evidence
from evalpanel.ui.models.evidence_words import Named, Naming, chip_words, whole_words
from evalpanel.ui.page import button
from evalpanel.ui.widgets.flow import Flow


class ChipAct(StrEnum):
    """What can be done with a chip besides opening it: nothing, take it away, or cite it (and no longer)."""

    NONE = "none"
    REMOVE = "remove"
    CITE = "cite"


class _Lead(QPushButton):
    """The words of a chip: the longest of its forms for which there is room."""

    def __init__(self, forms: tuple[str, ...]) -> None:
        super().__init__()
        self._forms = forms
        self.words = ""
        self.setProperty("role", "chip")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._show(forms[0])

    def fit(self, room: int) -> None:
        """Show as much as there is room for, in pixels."""
        self.ensurePolished()
        self._show(next((form for form in self._forms if self._wide(form) <= room), self._forms[-1]))

    def minimumSizeHint(self) -> QSize:
        """Room for the shortest form."""
        return QSize(self._wide(self._forms[-1]), super().minimumSizeHint().height())

    def _wide(self, form: str) -> int:
        shown = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, self.text()).width()
        wanted = self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic, _plain(form)).width()
        return self.sizeHint().width() - shown + wanted

    def _show(self, form: str) -> None:
        if form != self.words:
            self.words = form
            self.setText(_plain(form))


def _plain(text: str) -> str:
    return text.replace("&", "&&")  # one alone would be a key


class EvidenceChip(QFrame):
    """One piece of evidence. `opened` asks for its place in the document, `acted` for what its second button says."""

    opened = Signal(object)
    acted = Signal(object)

    def __init__(self, piece: Evidence, named: Named | None, act: ChipAct, *, cited: bool = False) -> None:
        super().__init__()
        self.piece, self.act = piece, act
        self.setProperty("role", "chip" if named is not None else "chip-warn")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.lead = _Lead(chip_words(piece, named))
        whole = whole_words(piece, named)
        self.lead.setAccessibleName(f"Evidence: {whole}")
        # As rich text it is wrapped, and words of a bid are escaped: they are never markup.
        self.lead.setToolTip(f"<p>{html.escape(whole)}</p>".replace("\n", "<br>"))
        self.lead.setAccessibleDescription("Opens it in its document")
        self.lead.clicked.connect(lambda *_: self.opened.emit(self.piece))
        row.addWidget(self.lead)
        self.second: QPushButton | None = None
        if act is ChipAct.REMOVE:
            self.second = button("×", role="chip")
            self.second.setAccessibleName("Take this evidence away")
            self.second.setToolTip("Take this evidence away  Del")
            self.second.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its key is Delete on the chip: no stop more with Tab
            self.lead.setAccessibleDescription("Opens it in its document. Delete takes it away")
        elif act is ChipAct.CITE:
            self.second = button("✓ Cited" if cited else "Cite", role="chip")
            self.second.setProperty("strong", True)
            self.second.setAccessibleName(
                f"Cited in the agreed score, press to leave it out: {whole}" if cited else f"Cite: {whole}"
            )
            self.second.setToolTip(
                "The agreed score rests on this, and the bidder’s letter shows it. Press to leave it out."
                if cited
                else "The agreed score rests on this. The bidder’s letter shows it."
            )
        if self.second is not None:
            self.second.clicked.connect(lambda *_: self.acted.emit(self.piece))
            row.addWidget(self.second)

    def fit(self, room: int) -> None:
        """Show as many words as there is room for, in pixels."""
        around = self.sizeHint().width() - self.lead.sizeHint().width()
        self.lead.fit(room - around)

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("Delete", "Take the marked evidence away"),) if self.act is ChipAct.REMOVE else ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes the chip away, and never goes on to the form, where it would clear the score."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            if self.act is ChipAct.REMOVE:
                self.acted.emit(self.piece)
            event.accept()
        else:
            super().keyPressEvent(event)


class EvidenceChips(QWidget):
    """A row of chips, and further rows where there are many. The same pieces again change nothing."""

    opened = Signal(object)
    acted = Signal(object)

    def __init__(self, act: ChipAct) -> None:
        super().__init__()
        self._act = act
        self._shown: tuple[object, ...] = ()
        self._chips: list[EvidenceChip] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._row = Flow(gap=6)
        column.addLayout(self._row)
        self.hide()

    @property
    def chips(self) -> tuple[EvidenceChip, ...]:
        """The chips, in order."""
        return tuple(self._chips)

    def show_pieces(
        self,
        pieces: Sequence[Evidence],
        named: Naming,
        *,
        cited: Iterable[tuple[str, int, int, int, str]] = (),
        can_act: bool = True,
    ) -> None:
        """Show these. `named` says what the document of a piece is called (None: it is not here); `cited` are the places
        that are cited."""
        chosen = frozenset(cited)
        act = self._act if can_act else ChipAct.NONE
        shown = (act, *((piece, named(piece), piece.place in chosen) for piece in pieces))
        if shown == self._shown:
            return
        at, second = self._focused()
        self._shown = shown
        for old in self._chips:
            self._row.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._chips = []
        for piece in pieces:
            chip = EvidenceChip(piece, named(piece), act, cited=piece.place in chosen)
            chip.opened.connect(self.opened)
            chip.acted.connect(self.acted)
            self._chips.append(chip)
            self._row.addWidget(chip)
            chip.show()  # at once, not when the row is laid out next: Tab passes over what is not shown
        self._row.invalidate()
        self._fit()
        before = self._before()
        if before is not None:
            self.chain_after(before)
        self.setVisible(bool(pieces))
        if at >= 0 and self._chips:
            chip = self._chips[min(at, len(self._chips) - 1)]
            target = chip.second if second and chip.second is not None else chip.lead
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many words as there is room for."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Larger text takes more room."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        for chip in self._chips:
            chip.fit(self.width())

    def chain_after(self, before: QWidget) -> QWidget:
        """Put the chips after a widget in the order in which Tab goes, and give the last of them.

        What is made while a page is open would otherwise come last on it.
        """
        for chip in self._chips:
            for one in (chip.lead, chip.second):
                if one is not None and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
                    QWidget.setTabOrder(before, one)
                    before = one
        return before

    def _before(self) -> QWidget | None:
        """What Tab comes to before this row."""
        own = {part for chip in self._chips for part in (chip.lead, chip.second)}
        one = self.previousInFocusChain()
        while one is not None and one is not self:
            if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one not in own:
                return one
            one = one.previousInFocusChain()
        return None

    def _focused(self) -> tuple[int, bool]:
        """Which chip has the focus (-1: none), and whether it is its second button."""
        for at, chip in enumerate(self._chips):
            if chip.lead.hasFocus():
                return at, False
            if chip.second is not None and chip.second.hasFocus():
                return at, True
        return -1, False
