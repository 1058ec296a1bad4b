"""The levels of a scale as buttons: one is chosen by its digit, a click, or the arrow keys and Space."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QPushButton, QSizePolicy, QWidget

from evalpanel.domain.numbers import canonical
from evalpanel.domain.scales import Level

GAP = 6


def digit_keys(levels: tuple[Level, ...]) -> tuple[str, ...]:
    """The digit that chooses each level: its own value where every level is a whole number under ten, else its place.

    Levels from the tenth place on have none (empty).
    """
    values = [canonical(level.value) for level in levels]
    if all(len(value) == 1 and value.isdecimal() for value in values):
        return tuple(values)
    return tuple(str(place) if place < 10 else "" for place in range(1, len(values) + 1))


class LevelButtons(QWidget):
    """A row of levels (several rows where there is little room). `chosen` tells the level that somebody chose.

    Arrow keys walk along the levels without choosing; Space chooses; Enter chooses and goes on (`go_on`).
    """

    chosen = Signal(object)
    go_on = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._levels: tuple[Level, ...] = ()
        self._keys: tuple[str, ...] = ()
        self._buttons: list[_LevelButton] = []
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)  # none may be chosen; one at a time is seen to by `mark`
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_levels(self, levels: tuple[Level, ...]) -> None:
        """Show the levels of a scale, lowest first. The same scale again changes nothing."""
        if levels == self._levels:
            return
        for old in self._buttons:
            self._grid.removeWidget(old)
            old.deleteLater()
        self._levels, self._keys = levels, digit_keys(levels)
        self._buttons = []
        for level, key in zip(levels, self._keys, strict=True):
            made = _LevelButton(level, key, self)
            made.clicked.connect(lambda _=False, one=made: self._choose(one))
            made.show()
            self._group.addButton(made)
            self._buttons.append(made)
        self._columns = 0
        self._lay_out()

    def mark(self, value: Decimal | None) -> None:
        """Show which level is chosen (None: none)."""
        for one in self._buttons:
            one.setChecked(value is not None and one.level.value == value)

    def set_open(self, can_choose: bool) -> None:
        """Whether a level can be chosen; the chosen one is shown either way."""
        for one in self._buttons:
            one.setEnabled(can_choose)

    def press(self, digit: str) -> bool:
        """Choose the level of a digit key; False where no level has it."""
        if digit not in self._keys or not digit:
            return False
        one = self._buttons[self._keys.index(digit)]
        if one.isEnabled():
            self._choose(one)
        return True

    @property
    def digits(self) -> tuple[str, ...]:
        """The digits that choose a level."""
        return tuple(key for key in self._keys if key)

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("← →", "Walk along the levels"), ("Space", "Choose this level"), ("Enter", "Choose it and go on"))

    def focus_level(self) -> None:
        """Put the focus on the chosen level, or on the first."""
        if self._buttons:
            next((one for one in self._buttons if one.isChecked()), self._buttons[0]).setFocus(
                Qt.FocusReason.OtherFocusReason
            )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys walk along the levels; Enter chooses and goes on."""
        at = next((place for place, one in enumerate(self._buttons) if one.hasFocus()), None)
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if at is not None and step is not None:
            self._buttons[max(0, min(at + step, len(self._buttons) - 1))].setFocus(Qt.FocusReason.TabFocusReason)
        elif at is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if not self._buttons[at].isChecked():
                self._choose(self._buttons[at])
            self.go_on.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use as many rows as the width asks for."""
        super().resizeEvent(event)
        self._lay_out()

    def minimumSizeHint(self) -> QSize:
        """Three levels side by side at least: the rest goes into further rows."""
        hint = super().minimumSizeHint()
        return QSize(min(hint.width(), self._least() * min(3, max(1, len(self._buttons)))), hint.height())

    def _least(self) -> int:
        return max((one.minimumSizeHint().width() for one in self._buttons), default=0) + GAP

    def _lay_out(self) -> None:
        count = len(self._buttons)
        if not count:
            return
        fitting = max(1, min(count, (self.width() + GAP) // max(1, self._least())))
        rows = -(-count // fitting)
        columns = -(-count // rows)
        if columns == self._columns:
            return
        self._columns = columns
        for one in self._buttons:
            self._grid.removeWidget(one)
        for place, one in enumerate(self._buttons):
            self._grid.addWidget(one, place // columns, place % columns)
        self.updateGeometry()

    def _choose(self, one: _LevelButton) -> None:
        self.mark(one.level.value)
        self.chosen.emit(one.level)


class _LevelButton(QPushButton):
    """One level. Its key stands on it: as its value, or in brackets beside it."""

    def __init__(self, level: Level, key: str, parent: QWidget) -> None:
        super().__init__(parent)
        value = canonical(level.value)
        self.setProperty("role", "level")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.level = level
        self.setText(value if key in ("", value) else f"{value}  ({key})")
        self.setCheckable(True)
        self.setAutoExclusive(True)  # read out as one of several; the row decides
        named = f"{value} {level.name}".strip()
        self.setAccessibleName(named)
        self.setAccessibleDescription(level.descriptor)
        self.setToolTip(f"{named}\n{level.descriptor}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space chooses here; arrows and Enter are the row's."""
        if event.key() == Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def nextCheckState(self) -> None:
        """A second click on the chosen level leaves it chosen: clearing is an act of its own."""
        self.setChecked(True)
