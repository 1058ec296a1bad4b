"""One line for the wall: what the room decides, large enough to be read from five metres, and nothing else."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from evalpanel.domain.numbers import canonical
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import ScoreStatus
from evalpanel.services.moderation import ModerationLine
from evalpanel.ui import theme
from evalpanel.ui.models.moderation_lines import score_words
from evalpanel.ui.models.moderation_state import RoomLine
from evalpanel.ui.models.words import count, together
from evalpanel.ui.page import label
from evalpanel.ui.widgets.line_list import LineList
from evalpanel.ui.widgets.room import Room

LINES_HIGH, LETTERS_WIDE = 30, 52
"""The text is as large as a thirtieth of the screen is high: some 3.5 cm on a screen one metre high."""
_HINTS = "← → another line    ↑ ↓ read on    C codes    F11 leaves"


class Projector(QWidget):
    """The room's view of one line. `stepped` asks for the line before (-1) or after (1).

    Nobody's name stands on it: scores are dots, and whose they are only by code, when somebody asks for it (C). What was
    said alone, working notes among it, never does. It reads only: what is agreed is written on the laptop.
    """

    stepped = Signal(int)

    def __init__(self, page: QWidget, room: Room, lines: LineList) -> None:
        super().__init__(page, Qt.WindowType.Window)
        self.setObjectName("wall")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("evalpanel for the room")
        self._page, self._room, self._lines = page, room, lines
        self._column = QVBoxLayout(self)
        self._title, self._criterion = label("", wrap=True), label("", wrap=True)
        self.scale = WallScale()
        self._others = label("", wrap=True)
        self._agreed = label("", wrap=True)
        inside = QWidget()
        words = QVBoxLayout(inside)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(12)
        self._reasons, self._higher_title, self._higher = (label("", wrap=True) for _ in range(3))
        for one in (self._reasons, self._higher_title, self._higher):
            words.addWidget(one)
        words.addStretch(1)
        self._words = QScrollArea()
        self._words.setFrameShape(QFrame.Shape.NoFrame)
        self._words.setWidgetResizable(True)
        self._words.setWidget(inside)
        self._words.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._words.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._foot = label("", wrap=True)
        for widget in (self._title, self._criterion, self.scale, self._others, self._agreed):
            self._column.addWidget(widget)
        self._column.addWidget(self._words, 1)
        self._column.addWidget(self._foot)
        self._shown: RoomLine | None = None
        self._where = ""
        self._dressed: tuple[int, theme.Colours] | None = None

    def toggle(self) -> None:
        """Show the line that is in the room, or give the screen back."""
        if self.isVisible():
            self.leave()
        elif self._room.shown is not None:
            self.appear()
            self.tell()

    def tell(self) -> None:
        """Follow the room, once something was saved there or another line was chosen."""
        shown = self._room.shown
        if shown is not None and self.isVisible():
            place = self._lines.model.place(shown.row.line) + 1
            self.show_line(shown, f"Line {place} of {len(self._lines.model.rows)}" if place else "")

    def appear(self) -> None:
        """Fill a screen: another than the laptop's own, where there is one, and then the laptop stays as it is."""
        own = self._page.screen()
        other = next((one for one in QGuiApplication.screens() if one is not own), None)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, other is not None)
        self.setGeometry((other or own).geometry())
        self.showFullScreen()
        if other is None:
            self.activateWindow()
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Give the screen back; the focus goes to the lines on the laptop."""
        if self.isVisible():
            self.hide()
            self._lines.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_line(self, shown: RoomLine, where: str) -> None:
        """Show a line as it is saved. `where`: which of how many."""
        before, self._shown, self._where = self._shown, shown, where
        row, held = shown.row, shown.row.held
        self._title.setText(" · ".join(part for part in (row.line.bid, row.bidder, row.where.split(" · ")[0]) if part))
        self._criterion.setText(f"{row.line.criterion} {held.criterion.title}".strip())
        self.scale.show_line(held)
        unscored = Counter(score_words(one.score) for one in held.scores if one.score.status is not ScoreStatus.SCORED)
        self._others.setText(together(f"{many} {what}" for what, many in unscored.items()))
        self._others.setVisible(bool(unscored))
        agreed = held.agreed
        self._agreed.setText(_agreed_words(held))
        self._reasons.setText(agreed.reasons if agreed is not None else "")
        self._higher_title.setText("Why not a higher level")
        self._higher.setText(agreed.not_higher if agreed is not None else "")
        for one in (self._higher_title, self._higher):
            one.setVisible(bool(self._higher.text()))
        self._tell()
        if before is None or before.row.line != row.line:
            self._words.verticalScrollBar().setValue(0)

    def toggle_codes(self) -> None:
        """Say whose the scores are, by code, or no longer."""
        self.scale.set_codes(not self.scale.codes)
        self._tell()

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("← →", "Line before, next line"), ("↑ ↓", "Read on"), ("C", "Codes"), ("Esc", "Leave"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Everything is done by keyboard, as with a remote control: pages forward and back go through the lines."""
        key = Qt.Key(event.key())
        bar = self._words.verticalScrollBar()
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_F11):
            self.leave()
        elif key in (Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Space):
            self.stepped.emit(1)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_PageUp, Qt.Key.Key_Backspace):
            self.stepped.emit(-1)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            if event.modifiers() & Qt.KeyboardModifier.AltModifier:  # as on the page
                self.stepped.emit(1 if key == Qt.Key.Key_Down else -1)
            else:
                bar.setValue(bar.value() + (2 if key == Qt.Key.Key_Down else -2) * self._unit())
        elif key == Qt.Key.Key_C:
            self.toggle_codes()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Large text on a large screen."""
        super().resizeEvent(event)
        self._dress()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._shown is not None:
            self._dress()

    def _tell(self) -> None:
        away = (
            [seat.person for seat in self._shown.seats if "recused" in seat.why_not] if self._shown is not None else []
        )
        who = together(away) if self.scale.codes else count(len(away), "person", "people")
        verb = "is" if len(away) == 1 else "are"
        recused = f"{who} {verb} recused from this lot." if away else ""
        self._foot.setText("    ".join(part for part in (self._where, _HINTS, recused) if part))

    def _unit(self) -> int:
        return max(14, min(self.height() // LINES_HIGH, self.width() // LETTERS_WIDE))

    def _dress(self) -> None:
        unit, held = self._unit(), theme.colours()
        if (unit, held) == self._dressed:
            return
        self._dressed = (unit, held)  # before: a new stylesheet is a new palette
        self.setStyleSheet(
            f"QWidget#wall, QScrollArea, QScrollArea > QWidget > QWidget {{ background: {held.surface}; }}"
        )
        self._column.setContentsMargins(2 * unit, unit, 2 * unit, unit // 2)
        self._column.setSpacing(unit // 2)
        for one, size, colour, bold in (
            (self._title, 1.0, held.muted, False),
            (self._criterion, 1.6, held.text, True),
            (self._others, 0.8, held.muted, False),
            (self._agreed, 1.6, held.accent, True),
            (self._reasons, 1.1, held.text, False),
            (self._higher_title, 0.8, held.muted, False),
            (self._higher, 1.0, held.text, False),
            (self._foot, 0.5, held.muted, False),
        ):
            weight = "bold" if bold else "normal"
            one.setStyleSheet(f"color: {colour}; font-size: {round(unit * size)}px; font-weight: {weight};")
        self.scale.set_unit(unit)


class WallScale(QWidget):
    """The scale with a dot for each score, a ring round the agreed level, and the names of the levels under it."""

    def __init__(self) -> None:
        super().__init__()
        self._held: ModerationLine | None = None
        self._size = 24
        self.codes = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_line(self, held: ModerationLine) -> None:
        """Show the scores of a line; nothing where it is explained and not scored."""
        self._held = held
        self.setVisible(held.scale is not None)
        self._name()
        self.set_unit(self._size)

    def set_codes(self, shown: bool) -> None:
        """Whether each score says by code whose it is."""
        self.codes = shown
        self._name()
        self.update()

    def set_unit(self, unit: int) -> None:
        """How large the text on the wall is, in pixels."""
        self._size = unit
        self.setFixedHeight(self._high())
        self.update()

    def stacks(self) -> dict[Decimal, tuple[str, ...]]:
        """Who gave each level, by code, in the order of the panel."""
        found: dict[Decimal, tuple[str, ...]] = {}
        for one in self._held.scores if self._held is not None else ():
            if one.score.status is ScoreStatus.SCORED and one.score.value is not None:
                found[one.score.value] = (*found.get(one.score.value, ()), one.person)
        return found

    def sizeHint(self) -> QSize:
        """As high as its highest stack."""
        return QSize(600, self._high())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002  # Qt's signature and name
        """Paint it."""
        scale = self._held.scale if self._held is not None else None
        if self._held is None or scale is None or scale.top == scale.bottom:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        unit = float(self._size)
        y = self.height() - 2.8 * unit
        painter.setPen(QPen(theme.colour("muted"), max(2.0, unit / 12)))
        painter.drawLine(QPointF(self._x(scale, scale.bottom), y), QPointF(self._x(scale, scale.top), y))
        self._levels(painter, scale, y, unit)
        for value, people in self.stacks().items():
            for place, code in enumerate(people):
                self._score(
                    painter, QPointF(self._x(scale, value), y - (place + (0.25 if place else 0)) * unit), code, unit
                )
        agreed = self._held.agreed.value if self._held.agreed is not None else None
        if agreed is not None and scale.level(agreed) is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("accent"), max(3.0, unit / 7)))
            painter.drawEllipse(QPointF(self._x(scale, agreed), y), 0.75 * unit, 0.75 * unit)
        painter.end()

    def _levels(self, painter: QPainter, scale: Scale, y: float, unit: float) -> None:
        font = QFont(self.font())
        wide = (self.width() - 6 * unit) / max(1, len(scale.levels) - 1)
        for level in scale.levels:
            x = self._x(scale, level.value)
            painter.setPen(QPen(theme.colour("muted"), max(2.0, unit / 12)))
            painter.drawLine(QPointF(x, y - 0.25 * unit), QPointF(x, y + 0.25 * unit))
            painter.setPen(theme.colour("text"))
            font.setPixelSize(round(unit))
            font.setBold(True)
            painter.setFont(font)
            box = QRectF(x - wide / 2, y + 0.75 * unit, wide, 1.2 * unit)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, canonical(level.value))
            font.setPixelSize(max(10, round(unit * 0.65)))
            font.setBold(False)
            if QFontMetricsF(font).horizontalAdvance(level.name) < wide:
                painter.setPen(theme.colour("muted"))
                painter.setFont(font)
                painter.drawText(box.translated(0, unit), Qt.AlignmentFlag.AlignCenter, level.name)

    def _score(self, painter: QPainter, at: QPointF, code: str, unit: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("text"))
        if not self.codes:
            painter.drawEllipse(at, 0.4 * unit, 0.4 * unit)
            return
        font = QFont(self.font())
        font.setPixelSize(max(10, round(unit * 0.6)))
        font.setBold(True)
        wide = QFontMetricsF(font).horizontalAdvance(code) + 0.6 * unit
        box = QRectF(at.x() - wide / 2, at.y() - 0.42 * unit, wide, 0.84 * unit)
        painter.drawRoundedRect(box, 0.42 * unit, 0.42 * unit)
        painter.setFont(font)
        painter.setPen(theme.colour("surface"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, code)

    def _x(self, scale: Scale, value: Decimal) -> float:
        # A place on the screen is no score: pixels may be floats.
        share = float((value - scale.bottom) / (scale.top - scale.bottom))
        return 3 * self._size + (self.width() - 6 * self._size) * share

    def _high(self) -> int:
        most = max([1, *(len(people) for people in self.stacks().values())])
        return round(self._size * (3.8 + most))

    def _name(self) -> None:
        said = [
            f"{together(people) if self.codes else count(len(people), 'score')} at {canonical(value)}"
            for value, people in sorted(self.stacks().items())
        ]
        self.setAccessibleName(f"Scores: {', '.join(said) or 'none'}")


def _agreed_words(held: ModerationLine) -> str:
    agreed = held.agreed
    if held.scale is None:
        return "Agreed explanation" if agreed is not None and agreed.reasons else "Not agreed yet"
    level = held.scale.level(agreed.value) if agreed is not None and agreed.value is not None else None
    return "Not agreed yet" if level is None else f"Agreed: {canonical(level.value)} {level.name}".strip()
