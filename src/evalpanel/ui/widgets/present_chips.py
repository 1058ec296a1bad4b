"""Who was present when a line was agreed, as small buttons to press. Recused people cannot be pressed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from evalpanel.domain.tender import PersonCode
from evalpanel.ui.models.moderation_state import Seat
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.flow import Flow


class PresentChips(QWidget):
    """One button a person; pressed means present, and a tick says so. `changed` is sent for a person's press.

    Whoever has not yet said that their declaration still holds says so when their button is first pressed: `affirm` (the
    person's code) asks to record it, and `affirmed` answers that it was.
    """

    changed = Signal()
    affirm = Signal(str)

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
        self._affirmed: set[PersonCode] = set()

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

    def affirmed(self, person: PersonCode) -> None:
        """It is on record that this person's declaration still holds."""
        self._affirmed.add(person)

    def show_seats(self, seats: tuple[Seat, ...], present: frozenset[PersonCode], quorum: int | None) -> None:
        """Show these people, and who was present."""
        self._quorum = quorum
        if seats != self._seats:
            self._build(seats)
        self._affirmed = {seat.person for seat in seats if seat.affirmed}
        for seat in seats:
            # Who is called present and may not have been can be taken off, and not put on.
            self._buttons[seat.person].setChecked(seat.person in present)
            self._buttons[seat.person].setEnabled(not seat.why_not or seat.person in present)
        # Somebody who has left the panel since was present all the same.
        self._strangers = tuple(sorted(present - {seat.person for seat in seats}))
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
            made.clicked.connect(lambda on, person=seat.person: self._pressed(person, on=on))
            self._buttons[seat.person] = made
            self._row.addWidget(made)
        self._row.invalidate()

    def _pressed(self, person: PersonCode, *, on: bool) -> None:
        if on and person not in self._affirmed:
            self.affirm.emit(person)
            if person not in self._affirmed:  # it was refused, and the window says why
                self._buttons[person].setChecked(False)
                self._tell()
                return
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        for seat in self._seats:
            made = self._buttons[seat.person]
            state = seat.why_not or ("present" if made.isChecked() else "not present")
            if not seat.why_not and seat.person not in self._affirmed:
                state += ". Press when they say that their declaration still holds"
                made.setToolTip(f"{seat.name}. Press when they say that their declaration of interests still holds.")
            elif not seat.why_not:
                made.setToolTip(seat.name)
            made.setText(f"✓ {seat.person}" if made.isChecked() else seat.person)
            made.setAccessibleName(f"{seat.person} {seat.name}, {state}")
        words = [f"{self.deciding} of the panel present." if self.present else "Nobody is marked as present yet."]
        if self._quorum is not None:
            words.append(f"The quorum is {self._quorum}.")
        words += [f"{seat.person} {seat.why_not}." for seat in self._seats if seat.why_not]
        asked = [one.person for one in self._seats if not one.why_not and one.person not in self._affirmed]
        if asked:
            words.append(f"Press {', '.join(asked)} once they say that their declaration of interests still holds.")
        self._words.setText(" ".join(words))
        self._row.invalidate()
