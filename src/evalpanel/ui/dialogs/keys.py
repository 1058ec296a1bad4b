"""Which keys there are: read off the page that is shown and what stands on it, so that the list is never another's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QDialog, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.scroll import scroll

Keys = tuple[tuple[str, str], ...]
"""Keys with what they do, in words."""

IN_TEXTS: Keys = (
    ("Tab", "Next field"),
    ("Shift+Tab", "Field before"),
    ("Ctrl+Z", "Take back what was typed"),
    ("Ctrl+Shift+Z", "Type it again"),
    ("Ctrl+C", "Copy"),
    ("Ctrl+V", "Paste"),
)
"""What Qt does in every text."""


def shortcuts(owner: QWidget, *, whole: bool = True) -> Iterator[tuple[QShortcut, str]]:
    """The shortcuts of a widget (`whole`: and of what stands on it) with their words; without words it has no name."""
    way = Qt.FindChildOption.FindChildrenRecursively if whole else Qt.FindChildOption.FindDirectChildrenOnly
    for one in owner.findChildren(QShortcut, options=way):
        yield one, one.whatsThis()


def keys_of(page: QWidget) -> Keys:
    """What can be done by keyboard on a page as it is now: its shortcuts, its buttons' keys, and its widgets' own."""
    found: list[tuple[str, str]] = []
    for key, words in shortcuts(page):
        holder = key.parent()
        if key.isEnabled() and isinstance(holder, QWidget) and (holder is page or holder.isVisibleTo(page)):
            found.append((_native(key.key()), words))
    found.extend(
        (_native(one.shortcut()), one.accessibleName() or one.text())
        for one in page.findChildren(QAbstractButton)
        if not one.shortcut().isEmpty() and one.isVisibleTo(page)
    )
    for widget in page.findChildren(QWidget):
        own: Callable[[], Keys] | None = getattr(widget, "key_words", None)
        if own is not None and widget.isVisibleTo(page):
            found.extend(own())
    return _together(found)


def keys_everywhere(window: QWidget) -> Keys:
    """What can be done by keyboard on every page."""
    return _together((_native(one.key()), words) for one, words in shortcuts(window, whole=False) if one.isEnabled())


class KeysDialog(QDialog):
    """The keys of the page that is shown, of every page, and of texts. It stays beside the work until Escape."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("Keys")
        self.setModal(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(12)
        inside = QWidget()
        cards = QVBoxLayout(inside)
        cards.setContentsMargins(0, 0, 6, 0)
        cards.setSpacing(12)
        self._cards = [_KeyCard() for _ in range(3)]
        for card in self._cards:
            cards.addWidget(card)
        cards.addStretch(1)
        column.addWidget(scroll(inside), 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        close = button("Close  Esc")
        close.setAccessibleName("Close")
        close.clicked.connect(lambda *_: self.reject())
        foot.addWidget(close)
        column.addLayout(foot)

    def show_page(self, page: QWidget, title: str, window: QWidget) -> None:
        """Show the keys of a page with this title, and those of its window."""
        held = (
            (title, keys_of(page)),
            ("On every page", keys_everywhere(window)),
            ("In texts", IN_TEXTS),
        )
        for card, (title, keys) in zip(self._cards, held, strict=True):
            card.show_keys(title, keys)
        if not self.isVisible():
            most = self.screen().availableSize() * 0.9
            unit = self.fontInfo().pixelSize() / 14
            self.resize(QSize(round(560 * unit), round(680 * unit)).boundedTo(most))
        self.show()
        self.activateWindow()


class _KeyCard(Card):
    """Keys in one column, what they do in the other."""

    def __init__(self) -> None:
        super().__init__(" ")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(6)
        self._grid.setColumnStretch(1, 1)
        self.inside.addLayout(self._grid)

    def show_keys(self, title: str, keys: Keys) -> None:
        """Show these."""
        self.set_title(title)
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (key, words) in enumerate(keys):
            self._grid.addWidget(_bold(key), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label(words, wrap=True), row, 1)
        self.setVisible(bool(keys))


def _bold(text: str) -> QLabel:
    made = label(text)
    font = QFont(made.font())
    font.setBold(True)
    made.setFont(font)
    return made


def _native(key: QKeySequence) -> str:
    return key.toString(QKeySequence.SequenceFormat.NativeText).replace("Return", "Enter")


def _together(found: Iterable[tuple[str, str]]) -> Keys:
    """One line for each thing that can be done, with all keys that do it."""
    lines: dict[str, list[str]] = {}
    for key, words in found:
        if key and key not in lines.setdefault(words, []):
            lines[words].append(key)
    return tuple((_span(keys), words) for words, keys in lines.items() if keys)


def _span(keys: list[str]) -> str:
    figures = [key for key in keys if len(key) == 1 and key.isdecimal()]
    return f"{figures[0]} to {figures[-1]}" if len(figures) > 2 and figures == keys else " or ".join(keys)
