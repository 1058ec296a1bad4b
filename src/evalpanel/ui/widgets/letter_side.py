"""What stands beside the list of letters: the letter, what blocks it, or a sentence that says why there is none."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from evalpanel.domain.signatures import SignatureReport, SignatureVerdict
from evalpanel.services.letter_drafts import LetterState
from evalpanel.ui.models.letter_rows import LetterRow
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.fold import Fold

_VERDICTS = {
    SignatureVerdict.VERIFIED: ("ok", "✓ Verified: unchanged since it was signed"),
    SignatureVerdict.ALTERED: ("danger", "✕ Altered or damaged since it was signed"),
    SignatureVerdict.UNKNOWN_SIGNER: ("danger", "✕ Signed with a key that is not known here"),
    SignatureVerdict.NOT_OURS: ("danger", "✕ Not a letter of this program"),
}


class LetterSide(Card):
    """The card beside the list. `correct` asks for the bidder's details to be corrected."""

    def __init__(self, letter: QWidget) -> None:
        super().__init__("Letter")
        self._letter = letter
        self.correct = button("Correct details  Ctrl+D")
        self.correct.setAccessibleName("Correct the bidder’s details")
        self.correct.setShortcut("Ctrl+D")
        self._state = label("", "muted", wrap=True)
        words = QWidget()
        words.setProperty("wraps", True)
        names = QVBoxLayout(words)
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(2)
        self.inside.removeWidget(self.heading)  # to stand beside the button
        names.addWidget(self.heading)
        names.addWidget(self._state)
        top = Fold()
        top.add(words, 1)
        top.add(self.correct)
        self.inside.addWidget(top)
        self._words = QWidget()
        self._inside = QVBoxLayout(self._words)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(8)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidget(self._words)
        self.inside.addWidget(self._area, 1)
        self.inside.addWidget(letter, 1)
        self.said: tuple[str, ...] = ()

    def say(self, title: str, *words: str) -> None:
        """Show sentences instead of a letter."""
        self._show(title, "", words, letter=False, correct=False)

    def wait(self, row: LetterRow) -> None:
        """Say that the letter is on its way."""
        self._show(row.title, row.about.capitalize(), ("The letter is being made…",), letter=False, correct=False)

    def show_blocked(self, row: LetterRow, *, may_correct: bool) -> None:
        """Say everything that keeps the letter from being written."""
        self._show(
            row.title, f"{row.about} · cannot be written yet", row.standing.why, letter=False, correct=may_correct
        )
        self._each("warn")

    def show_letter(self, row: LetterRow, report: SignatureReport | None, *, may_correct: bool) -> None:
        """Show the letter itself. `report` is the check of its signature, where it is signed."""
        if report is None:
            draft = row.standing.state is LetterState.READY
            words = f"{row.about} · draft, not signed yet" if draft else row.about
            self._show(row.title, words, (), letter=True, correct=may_correct)
            return
        role, verdict = _VERDICTS[report.verdict]
        self._show(row.title, f"{row.about} · {row.state}", (), letter=True, correct=may_correct)
        self._state.setText(f"{row.about} · {verdict}")
        self._state.setProperty("role", role)
        self._restyle()
        self._state.setToolTip("\n".join((*report.proved, *(f"Not proved: {one}" for one in report.not_proved))))

    def _show(self, title: str, state: str, words: tuple[str, ...], *, letter: bool, correct: bool) -> None:
        self.set_title(title)
        self.said = words
        self._state.setText(state)
        self._state.setVisible(bool(state))
        self._state.setProperty("role", "muted")
        self._state.setToolTip("")
        self._restyle()
        self.correct.setVisible(correct)
        self._letter.setVisible(letter)
        self._area.setVisible(not letter)
        while (item := self._inside.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        for sentence in words:
            self._inside.addWidget(label(sentence, wrap=True))
        self._inside.addStretch(1)

    def _each(self, role: str) -> None:
        for place in range(self._inside.count()):
            item = self._inside.itemAt(place)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.setProperty("role", role)

    def _restyle(self) -> None:
        self._state.style().unpolish(self._state)
        self._state.style().polish(self._state)
