"""My progress, folded out above the form: the picture of one lot, and what its shapes mean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from evalpanel.domain.sheets import Line
from evalpanel.ui import theme
from evalpanel.ui.models.sheet import Cells, Sheet
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.progress_grid import CellState, ProgressGrid, draw_state


class ProgressCard(Card):
    """The picture of the lot of the line that is open. `chosen` asks for another line; Escape folds it away."""

    chosen = Signal(object)
    folded = Signal()

    def __init__(self) -> None:
        super().__init__("My progress")
        self._cells = Cells((), (), {}, {}, {})
        self.grid = ProgressGrid()
        self.grid.chosen.connect(self._chosen)
        self.inside.addWidget(self.grid)
        self._legend = Legend()
        self.inside.addWidget(self._legend)
        self._words = label("", "small", wrap=True)
        self.inside.addWidget(self._words)

    def show_line(self, sheet: Sheet, line: Line, words: str) -> None:
        """Show the lot of this line, and a sentence under it (empty: none)."""
        self._cells = sheet.cells(line.lot)
        self.set_title(f"My progress · {sheet.answered} of {len(sheet.owed)}")
        self.grid.setAccessibleName(f"My progress in lot {line.lot}")
        self.grid.set_cells(self._cells.rows, self._cells.columns, self._cells.states, self._cells.places.get(line))
        seen = set(self._cells.states.values())
        self._legend.show_states(tuple(state for state in CellState if state in seen))
        self._words.setText(words)
        self._words.setVisible(bool(words))

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this and its grid answer themselves."""
        return (
            ("Arrow keys, Home, End", "Go from line to line in the grid"),
            ("Enter", "Back from the grid to the form"),
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape and Enter go back to the form."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.folded.emit()
        else:
            super().keyPressEvent(event)

    def _chosen(self, row: int, column: int) -> None:
        line = self._cells.lines[row, column]
        self.chosen.emit(line)


class Legend(QWidget):
    """What the shapes mean, in one line that wraps."""

    def __init__(self) -> None:
        super().__init__()
        self._states: tuple[CellState, ...] = ()

    def show_states(self, states: tuple[CellState, ...]) -> None:
        """Explain these shapes."""
        if states != self._states:
            self._states = states
            self.setAccessibleName("Shapes: " + ", ".join(state.value for state in states))
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """As high as its lines are at this width."""
        places = self._places()
        return QSize(120, round(places[-1][1].bottom()) + 2 if places else 0)

    def minimumSizeHint(self) -> QSize:
        """The same: nothing is cut off."""
        return self.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Fewer words a line make more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at `width`."""
        places = self._places(width)
        return round(places[-1][1].bottom()) + 2 if places else 0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's name and signature
        """Draw each shape with its word."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = self.font()
        font.setPixelSize(max(10, round(self.fontInfo().pixelSize() * theme.SMALL / theme.BODY)))
        painter.setFont(font)
        for state, place in self._places():
            side = place.height() * 0.7
            draw_state(painter, QRectF(place.x(), place.y() + (place.height() - side) / 2, side, side), state)
            painter.setPen(theme.colour("muted"))
            words = place.adjusted(place.height(), 0, 0, 0)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, state.value)
        painter.end()

    def _places(self, width: int | None = None) -> list[tuple[CellState, QRectF]]:
        room = self.width() if width is None else width
        line = float(self.fontMetrics().height())
        x = y = 0.0
        held = []
        for state in self._states:
            wide = line + self.fontMetrics().horizontalAdvance(state.value) * theme.SMALL / theme.BODY + line
            if x and x + wide > room:
                x, y = 0.0, y + line + 4
            held.append((state, QRectF(x, y, wide, line)))
            x += wide
        return held
