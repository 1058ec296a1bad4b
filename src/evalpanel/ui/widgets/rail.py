"""The rail at the left: where one is, where one can go, and who one is. A strip at the top where text is large."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from evalpanel.ui import theme
from evalpanel.ui.page import button, label

TITLES = {
    "home": "Home",
    "setup": "Set-up",
    "panel": "Panel and interests",
    "scoring": "My scoring",
    "moderation": "Moderation",
    "outcome": "Outcome",
    "letters": "Letters",
    "feedback": "After the letters",
    "record": "Record",
    "carry": "Carry files",
}
"""The places of the window by their keys, in order."""
WIDTH = 214
_ANY = 16_777_215  # Qt's QWIDGETSIZE_MAX: no limit


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the rail. `state` stands at its right; `why_not` greys it and is said when asked."""

    key: str
    title: str
    state: str = ""
    why_not: str = ""


class Rail(QWidget):
    """The places of the window, one of them shown: a rail at the left, or a strip above the page (`lie_down`)."""

    chosen = Signal(str)
    refused = Signal(str)
    who_clicked = Signal()
    keys_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        # Wider with larger text, so that the longest place and its state stand beside each other.
        self._wide = round(WIDTH * max(1.0, self.fontInfo().pixelSize() / theme.BODY))
        self._here = ""
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _PlaceButton] = {}
        self._entries: dict[str, QAction] = {}
        both = QVBoxLayout(self)
        both.setContentsMargins(0, 0, 0, 0)
        self._standing = self._make_rail()
        self._lying = self._make_strip()
        both.addWidget(self._standing)
        both.addWidget(self._lying)
        self.lie_down(False)

    def _make_rail(self) -> QWidget:
        standing = QWidget()
        layout = QVBoxLayout(standing)
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
        self._who = self._make_who()
        layout.addWidget(self._who, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._make_keys("Keys  ?"), 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(label("This laptop only · sealed", "small", wrap=True))
        return standing

    def _make_strip(self) -> QWidget:
        lying = QWidget()
        row = QHBoxLayout(lying)
        row.setContentsMargins(24, 6, 24, 6)
        row.setSpacing(12)
        self._open = button("")
        self._open.setToolTip("Go to another place")
        self.places = QMenu(self._open)
        self._open.setMenu(self.places)
        row.addWidget(self._open)
        row.addStretch(1)
        row.addWidget(self._make_keys("?"))
        self._who_short = self._make_who()
        row.addWidget(self._who_short)
        return lying

    def _make_keys(self, text: str) -> QPushButton:
        made = button(text, role="quiet")
        made.setStyleSheet("min-height: 0px; padding: 3px 6px;")
        made.setAccessibleName("Keys")
        made.setToolTip("Which keys there are on this page  Ctrl+/")
        made.clicked.connect(self.keys_clicked)
        return made

    def _make_who(self) -> QPushButton:
        made = button("", role="quiet")
        made.setToolTip("Choose who you are in this tender")
        made.clicked.connect(self.who_clicked)
        return made

    def lie_down(self, lying: bool) -> None:
        """Become a strip with the places in a menu, or a rail again."""
        self._standing.setVisible(not lying)
        self._lying.setVisible(lying)
        policy = QSizePolicy.Policy
        if lying:
            self.setMinimumWidth(0)
            self.setMaximumWidth(_ANY)
            self.setSizePolicy(policy.Expanding, policy.Fixed)
        else:
            self.setFixedWidth(self._wide)
            self.setSizePolicy(policy.Fixed, policy.Expanding)
        self.setProperty("lying", lying)
        self.style().unpolish(self)
        self.style().polish(self)

    @property
    def standing_height(self) -> int:
        """How high the window has to be for a rail."""
        return self._standing.sizeHint().height()

    def show_places(self, places: tuple[Place, ...], about: str, who: str) -> None:
        """Show these places. `about` says which tender, `who` which person."""
        self._about.setText(about)
        metrics = self._who.fontMetrics()
        self._who.setText(metrics.elidedText(who, Qt.TextElideMode.ElideRight, self._wide - 40))
        # The strip has room for the code of a person; the name is read out.
        self._who_short.setText(who.split(" · ")[0])
        for one in (self._who, self._who_short):
            one.setAccessibleName(who)
            one.setVisible(bool(who))
        for place in places:
            made = self._buttons.get(place.key)
            if made is None:
                made = self._buttons[place.key] = _PlaceButton()
                made.clicked.connect(lambda _=False, key=place.key: self._clicked(key))
                self._group.addButton(made)
                self._places.addWidget(made)
                entry = self._entries[place.key] = self.places.addAction("")
                entry.triggered.connect(lambda _=False, key=place.key: self._clicked(key))
            made.show_place(place)
            state = place.state or ("not open" if place.why_not else "")
            self._entries[place.key].setText(f"{place.title}   {state}".rstrip())
        self._name_strip()

    def mark(self, key: str) -> None:
        """Show which place is open."""
        self._here = key
        if key in self._buttons:
            self._buttons[key].setChecked(True)
        self._name_strip()

    def _name_strip(self) -> None:
        held = self._buttons.get(self._here)
        title = held.place.title if held is not None else "Places"
        self._open.setText(title)
        self._open.setAccessibleName(f"Places. Here: {title}")

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
        self.setAutoDefault(True)  # Enter goes there
        self.setCheckable(True)
        self.setAutoExclusive(True)  # read out as one of several
        self.place = Place("", "")

    def show_place(self, place: Place) -> None:
        self.place = place
        self.setText(place.title)
        self.setToolTip(place.why_not)
        if self.property("shut") != bool(place.why_not):
            self.setProperty("shut", bool(place.why_not))
            self.style().unpolish(self)
            self.style().polish(self)
        state = place.state or ("not open" if place.why_not else "")  # why not is read from the tip
        self.setAccessibleName(", ".join(part for part in (place.title, state.replace("✓", "done")) if part))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
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
