"""Looking for words beside the form: a line to type in, where they were found, and which of the places is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.evidence import Evidence
from evalpanel.domain.finding import Snippet
from evalpanel.ui import theme
from evalpanel.ui.page import button, label

PAUSE_MS = 150
FOUND = Qt.ItemDataRole.UserRole
"""The whole place as a `Found`, for the delegate."""
_EDGE = 10

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Found:
    """One place where the words stand: the document's name, the words with what is round them, and the place itself."""

    title: str
    snippet: Snippet
    piece: Evidence

    @property
    def where(self) -> str:
        """The page; a text without pages has none."""
        return f"page {self.piece.page}" if self.piece.page else ""

    @property
    def words(self) -> str:
        """The place as it is read out."""
        said = f"{self.snippet.before}{self.snippet.words}{self.snippet.after}"
        return ", ".join(part for part in (self.title, self.where) if part) + f": {said}"


class FoundPlaces(QAbstractListModel):
    """The places, in the order of the documents."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[Found] = []

    @property
    def found(self) -> tuple[Found, ...]:
        """The places."""
        return tuple(self._found)

    def clear(self) -> None:
        """Nothing is found yet."""
        self.beginResetModel()
        self._found = []
        self.endResetModel()

    def add(self, found: Sequence[Found]) -> None:
        """More was found. What is shown stays where it is."""
        if found:
            self.beginInsertRows(QModelIndex(), len(self._found), len(self._found) + len(found) - 1)
            self._found.extend(found)
            self.endInsertRows()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # Qt's signature and name
        """How many places there are."""
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """A place in words, or whole."""
        if not index.isValid():
            return None
        one = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return one.words
        return one if role == FOUND else None


class SearchBar(QFrame):
    """`asked` has the words that are looked for, a moment after they were typed; `opened` a place to be shown.

    Enter shows the next place and Shift+Enter the one before; Down leads into the list; Escape closes (`closed`).
    """

    asked = Signal()
    opened = Signal(object)
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "strip")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(6)
        row, second = QHBoxLayout(), QHBoxLayout()
        row.setSpacing(4)
        self.box = QLineEdit()
        self.box.setPlaceholderText("Words to look for")
        self.box.setAccessibleName("Words to look for in this document")
        self.box.setClearButtonEnabled(True)
        self.box.setMinimumWidth(100)
        self.everywhere = QCheckBox("In all of this bid")
        self.everywhere.setToolTip("Looks through every document of this bid that you may read  Alt+A")
        self.everywhere.setShortcut("Alt+A")
        self.count = label("", "small")
        self._before = self._tool("↑", "The place before", "Shift+F3", lambda: self.step(-1))
        self._after = self._tool("↓", "The next place", "F3", lambda: self.step(1))
        close = self._tool("×", "Close the search", "Esc", self.close_search)
        row.addWidget(self.box, 1)
        for one in (self._before, self._after, close):
            row.addWidget(one)
        second.addWidget(self.everywhere)
        second.addStretch(1)
        second.addWidget(self.count)
        column.addLayout(row)
        column.addLayout(second)
        self.note = label("", "small", wrap=True)
        self.note.hide()
        column.addWidget(self.note)
        self.places = FoundPlaces()
        self.list = QListView()
        self.list.setAccessibleName("Where the words were found")
        self.list.setModel(self.places)
        self.list.setItemDelegate(_PlacePainter(self))
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self._open(index.row()))
        self.list.hide()
        column.addWidget(self.list)
        self._shown = -1
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self.asked)
        self.box.textChanged.connect(lambda *_: self._pause.start())
        self.everywhere.toggled.connect(lambda *_: self._now())
        self.hide()

    @property
    def text(self) -> str:
        """What is looked for."""
        return self.box.text()

    @property
    def shown(self) -> int:
        """Which place is shown, counted from 0; -1: none yet."""
        return self._shown

    def start(self) -> None:
        """Show the bar with the cursor in it; what was looked for before is still there, to be typed over."""
        self.show()
        self.box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.box.selectAll()

    def begin(self) -> None:
        """Other words are looked for: nothing is found yet."""
        self.places.clear()
        self._shown = -1
        self._fit()

    def add(self, found: Sequence[Found]) -> None:
        """More was found."""
        self.places.add(found)
        self._fit()

    def tell(self, note: str, *, reading: str = "") -> None:
        """Say how many there are, what is worth knowing, and how far the reading is."""
        many = len(self.places.found)
        at = f"{self._shown + 1} of {many}" if self._shown >= 0 else f"{many} found" if many else ""
        self.count.setText(" · ".join(part for part in (at, reading) if part))
        self.note.setText(note)
        self.note.setVisible(bool(note))
        for one in (self._before, self._after):
            one.setEnabled(many > 0)

    def step(self, by: int) -> None:
        """Show the next place, or the one before; round again at the ends."""
        if self._pause.isActive():
            self._now()
        many = len(self.places.found)
        if many:
            self._open((self._shown + by) % many if self._shown >= 0 else 0 if by > 0 else many - 1)

    def close_search(self) -> None:
        """Put the bar away."""
        self._pause.stop()
        self.hide()
        self.closed.emit()

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("Enter", "Show the next place"), ("Shift+Enter", "Show the place before"), ("Esc", "Close the search"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter, Down and Escape; nothing goes on to the page, where letters and digits score."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                super().keyPressEvent(event)
                return
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            marked = self.list.currentIndex().row()
            if self.list.hasFocus() and marked >= 0 and marked != self._shown and not back:
                self._open(marked)
            else:
                self.step(-1 if back else 1)
        elif key == Qt.Key.Key_Escape:
            self.close_search()
        elif key == Qt.Key.Key_Down and self.places.found:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
            if not self.list.currentIndex().isValid():
                self.list.setCurrentIndex(self.places.index(0, 0))
        event.accept()

    def _now(self) -> None:
        self._pause.stop()
        self.asked.emit()

    def _open(self, at: int) -> None:
        self._shown = at
        index = self.places.index(at, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        self.opened.emit(self.places.found[at])

    def _fit(self) -> None:
        many = len(self.places.found)
        self.list.setVisible(many > 0)
        if many:
            high = self.list.sizeHintForRow(0)
            parent = self.parentWidget()
            above = 10 * self.fontMetrics().lineSpacing()
            room = (parent.height() - above) // 3 if parent is not None else 0  # the document stays the largest thing
            rows = max(1, room // max(1, high))
            self.list.setFixedHeight(min(many, rows) * high + 2 * self.list.frameWidth() + 4)

    def _tool(self, text: str, name: str, key: str, act: object) -> QWidget:
        made = button(text, role="quiet")
        made.setAccessibleName(name)
        made.setToolTip(f"{name}  {key}")
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        made.clicked.connect(act)
        return made


class _PlacePainter(QStyledItemDelegate):
    """A place in a line: the page, then the words in bold among those round them; in all of a bid, the document too."""

    def __init__(self, bar: SearchBar) -> None:
        super().__init__(bar)
        self._bar = bar

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: ARG002  # Qt's
        metrics = self._bar.fontMetrics()
        second = QFontMetrics(_smaller(self._bar.font())).height() if self._bar.everywhere.isChecked() else 0
        return QSize(100, metrics.height() + second + 12)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        one: Found = index.data(FOUND)
        room: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setFont(self._bar.font())
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(room, theme.colour("tint"))
            painter.fillRect(QRect(room.left(), room.top() + 3, 3, room.height() - 6), theme.colour("accent"))
        inside = room.adjusted(_EDGE, 6, -_EDGE, -6)
        if self._bar.everywhere.isChecked():
            painter.setPen(theme.colour("muted"))
            painter.setFont(_smaller(self._bar.font()))
            said = " · ".join(part for part in (one.title, one.where) if part)
            elided = painter.fontMetrics().elidedText(said, Qt.TextElideMode.ElideMiddle, inside.width())
            painter.drawText(inside, Qt.AlignmentFlag.AlignBottom, elided)
            painter.setFont(self._bar.font())
        elif one.where:
            painter.setPen(theme.colour("muted"))
            painter.drawText(inside, Qt.AlignmentFlag.AlignTop, one.where)
            inside.setLeft(inside.left() + painter.fontMetrics().horizontalAdvance("page 0000  "))
        self._words(painter, inside, one.snippet)
        painter.restore()

    @staticmethod
    def _words(painter: QPainter, room: QRect, said: Snippet) -> None:
        plain, bold = painter.font(), QFont(painter.font())
        bold.setBold(True)
        top = Qt.AlignmentFlag.AlignTop
        wide = QFontMetrics(bold).horizontalAdvance(said.words)
        metrics = QFontMetrics(plain)
        left = max(0, min(metrics.horizontalAdvance(said.before), (room.width() - wide) // 2))
        before = metrics.elidedText(said.before, Qt.TextElideMode.ElideLeft, left)
        for text, font, role in ((before, plain, "text"), (said.words, bold, "accent"), (said.after, plain, "text")):
            painter.setFont(font)
            painter.setPen(theme.colour(role))
            metrics = QFontMetrics(font)
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room.width()))
            painter.drawText(room, top, shown)
            room.setLeft(room.left() + metrics.horizontalAdvance(shown))


def _smaller(font: QFont) -> QFont:
    made = QFont(font)
    made.setPixelSize(max(10, round(font.pixelSize() * theme.SMALL / theme.BODY)))
    return made
