"""Who was present when a line was agreed, as small buttons to press. Recused people cannot be pressed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from evalpanel.domain.tender import PersonCode
from evalpanel.ui.models.moderation_state import Seat
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.flow import Flow


class PresentChips(QWidget):
    """One button a person; pressed means present, and a tick says so. `changed` is sent for a person's press."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self._row = Flow(gap=6)
        layout.addLayout(self._row)
        self._words = label("", "small", wrap=True)
        layout.addWidget(self._words)
        self._seats: tuple[Seat, ...] = ()
        self._buttons: dict[PersonCode, QPushButton] = {}
        self._strangers: tuple[PersonCode, ...] = ()
        self._quorum: int | None = None

    @property
    def present(self) -> tuple[PersonCode, ...]:
        """Who is pressed, in the order of the panel."""
        pressed = tuple(person for person, made in self._buttons.items() if made.isChecked())
        return (*pressed, *self._strangers)

    @property
    def deciding(self) -> int:
        """How many of those present count towards the quorum."""
        counting = {seat.person for seat in self._seats if seat.counts}
        return sum(1 for person in self.present if person in counting)

    def show_seats(self, seats: tuple[Seat, ...], present: frozenset[PersonCode], quorum: int | None) -> None:
        """Show these people, and who was present."""
        self._quorum = quorum
        if seats != self._seats:
            self._build(seats)
        for seat in seats:
            self._buttons[seat.person].setChecked(seat.person in present and not seat.why_not)
        # Somebody who has left the panel since, or was recused later, was present all the same.
        self._strangers = tuple(sorted(present - {seat.person for seat in seats if not seat.why_not}))
        self._tell()

    def _build(self, seats: tuple[Seat, ...]) -> None:
        self._seats = seats
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._buttons = {}
        for seat in seats:
            made = button(seat.person, role="level")
            made.setStyleSheet("font-weight: normal; padding: 0 10px;")
            made.setCheckable(True)
            made.setEnabled(not seat.why_not)
            made.setToolTip(f"{seat.name}. {seat.why_not}" if seat.why_not else seat.name)
            if seat.why_not:
                font = made.font()
                font.setStrikeOut(True)
                made.setFont(font)
            made.clicked.connect(self._pressed)
            self._buttons[seat.person] = made
            self._row.addWidget(made)
        self._row.invalidate()

    def _pressed(self) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        for seat in self._seats:
            made = self._buttons[seat.person]
            state = seat.why_not or ("present" if made.isChecked() else "not present")
            made.setText(f"✓ {seat.person}" if made.isChecked() else seat.person)
            made.setAccessibleName(f"{seat.person} {seat.name}, {state}")
        words = [f"{self.deciding} of the panel present." if self.present else "Nobody is marked as present yet."]
        if self._quorum is not None:
            words.append(f"The quorum is {self._quorum}.")
        words += [f"{seat.person} {seat.why_not}." for seat in self._seats if seat.why_not]
        self._words.setText(" ".join(words))
        self._row.invalidate()
