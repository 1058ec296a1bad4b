"""The levels of a published scale as buttons. None is pressed until the panel presses one."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from evalpanel.domain.numbers import canonical
from evalpanel.domain.scales import Level, Scale
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.flow import Flow

_NAMED = 3  # a scale with so few levels is shown with their names


class AgreedLevel(QWidget):
    """Chooses a level: by click, or by its digit anywhere in `keys_of` outside a text. `chosen` is sent for a person's choice."""

    chosen = Signal()

    def __init__(self, keys_of: QWidget) -> None:
        super().__init__()
        self._scale: Scale | None = None
        self._value: Decimal | None = None
        self._buttons: dict[Decimal, QPushButton] = {}
        self._group: QButtonGroup | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._row = Flow(gap=8)
        layout.addLayout(self._row)
        self._words = label("", "muted", wrap=True)
        layout.addWidget(self._words)
        self._keys: dict[int, Decimal] = {}
        for digit in range(10):
            shortcut = QShortcut(QKeySequence(str(digit)), keys_of)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setWhatsThis("Choose the agreed level")
            shortcut.activated.connect(lambda digit=digit: self._digit(digit))

    @property
    def value(self) -> Decimal | None:
        """The level that is pressed."""
        return self._value

    def show_scale(self, scale: Scale | None, value: Decimal | None) -> None:
        """Show the levels of a scale, with this one pressed (None: none). No scale: it is explained and not scored."""
        if scale != self._scale or self._group is None:
            self._build(scale)
        self._put(value)

    def _build(self, scale: Scale | None) -> None:
        self._scale = scale
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._buttons, self._group = {}, QButtonGroup(self)
        levels = scale.levels if scale is not None else ()
        self._keys = keys(levels)
        shown = {value: digit for digit, value in self._keys.items()}
        for level in levels:
            figure = canonical(level.value)
            made = button(f"{figure}  {level.name}".strip() if len(levels) <= _NAMED else figure, role="level")
            digit = shown.get(level.value)
            if digit is not None and str(digit) != figure:
                made.setText(f"{made.text()}  ({digit})")
            made.setCheckable(True)
            made.setAutoExclusive(True)  # read out as one of several; the group decides
            made.setAccessibleName(f"Agreed level {figure} {level.name}".strip())
            made.setToolTip(f"{figure} {level.name}. {level.descriptor}".strip())
            made.clicked.connect(lambda _=False, value=level.value: self._press(value))
            if len(levels) <= _NAMED:
                made.setStyleSheet("padding: 0 14px;")
            self._group.addButton(made)
            self._buttons[level.value] = made
            self._row.addWidget(made)
        self._row.invalidate()

    def _put(self, value: Decimal | None) -> None:
        self._value = value
        assert self._group is not None, "a scale was shown before"
        self._group.setExclusive(False)
        for own, made in self._buttons.items():
            made.setChecked(own == value)
        self._group.setExclusive(True)
        level = self._scale.level(value) if self._scale is not None and value is not None else None
        if self._scale is None:
            self._words.setText("This criterion is explained and not scored.")
        elif level is None:
            self._words.setText("No level yet. The panel agrees one of the published levels.")
        else:
            self._words.setText(f"{canonical(level.value)} {level.name}. {level.descriptor}".strip())

    def _press(self, value: Decimal) -> None:
        self._put(value)
        self.chosen.emit()

    def _digit(self, digit: int) -> None:
        value = self._keys.get(digit)
        if value is not None and self.isEnabled() and self.isVisible():
            self._press(value)


def keys(levels: tuple[Level, ...]) -> dict[int, Decimal]:
    """Which digit presses which level: its own value where every level is one digit, else its place on the scale."""
    values = [level.value for level in levels]
    if all(value == int(value) and 0 <= value <= 9 for value in values):
        return {int(value): value for value in values}
    return dict(enumerate(values[:9], 1))
