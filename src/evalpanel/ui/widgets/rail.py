"""The rail at the left: where one is, where one can go, and who one is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from evalpanel.ui import theme
from evalpanel.ui.page import button, label

WIDTH = 214


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the rail. `state` stands at its right; `why_not` greys it and is said when asked."""

    key: str
    title: str
    state: str = ""
    why_not: str = ""


class Rail(QWidget):
    """The places of the window, one of them shown."""

    chosen = Signal(str)
    refused = Signal(str)
    who_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        # Wider with larger text, so that the longest place and its state stand beside each other.
        self.setFixedWidth(round(WIDTH * max(1.0, self.fontInfo().pixelSize() / theme.BODY)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 18, 12, 14)
        layout.setSpacing(4)
        product = label("evalpanel")
        product.setObjectName("product")
        layout.addWidget(product)
        self._about = label("", "small", wrap=True)
        layout.addWidget(self._about)
        layout.addSpacing(12)
        self._places = QVBoxLayout()
        self._places.setSpacing(4)
        layout.addLayout(self._places)
        layout.addStretch(1)
        self._who = button("", role="quiet")
        self._who.setToolTip("Choose who you are in this tender")
        self._who.clicked.connect(self.who_clicked)
        layout.addWidget(self._who, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(label("This laptop only · sealed", "small"))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _PlaceButton] = {}

    def show_places(self, places: tuple[Place, ...], about: str, who: str) -> None:
        """Show these places. `about` says which tender, `who` which person."""
        self._about.setText(about)
        metrics = self._who.fontMetrics()
        self._who.setText(metrics.elidedText(who, Qt.TextElideMode.ElideRight, self.width() - 40))
        self._who.setAccessibleName(who)
        self._who.setVisible(bool(who))
        for place in places:
            made = self._buttons.get(place.key)
            if made is None:
                made = self._buttons[place.key] = _PlaceButton()
                made.clicked.connect(lambda _=False, key=place.key: self._clicked(key))
                self._group.addButton(made)
                self._places.addWidget(made)
            made.show_place(place)

    def mark(self, key: str) -> None:
        """Show which place is open."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def _clicked(self, key: str) -> None:
        place = self._buttons[key].place
        if place.why_not:
            self.refused.emit(place.why_not)
        else:
            self.chosen.emit(key)


class _PlaceButton(QPushButton):
    """A place with its state at the right. A place that is not open yet stays reachable and says why."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "place")
        self.setCheckable(True)
        self.place = Place("", "")

    def show_place(self, place: Place) -> None:
        self.place = place
        self.setText(place.title)
        self.setToolTip(place.why_not)
        if self.property("shut") != bool(place.why_not):
            self.setProperty("shut", bool(place.why_not))
            self.style().unpolish(self)
            self.style().polish(self)
        words = ", ".join(part for part in (place.title, place.state, place.why_not) if part)
        self.setAccessibleName(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 # Qt's name
        super().paintEvent(event)
        state = self.place.state
        if not state:
            return
        painter = QPainter(self)
        font = self.font()
        font.setPixelSize(max(10, round(self.fontInfo().pixelSize() * theme.SMALL / theme.BODY)))
        painter.setFont(font)
        painter.setPen(theme.colour("muted"))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect().adjusted(0, 0, -12, 0), side, state)
        painter.end()
