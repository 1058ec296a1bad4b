"""A row of widgets that becomes a column where there is no room for a row: large text on a small screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget


class Fold(QWidget):
    """Put widgets in with `add`. Text widgets take the room (`stretch`), buttons what they need.

    `least` is how many letters' width a text that wraps must have, or the row becomes a column.
    """

    def __init__(self, *, spacing: int = 12, least: int = 16) -> None:
        super().__init__()
        self._letters = least
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(spacing)
        self._row.setSizeConstraint(QBoxLayout.SizeConstraint.SetNoConstraint)  # else a row could never become narrow

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Add one at the right."""
        self._row.addWidget(widget, stretch)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the widest of them, and as high as they stand now."""
        widths = [one.minimumSizeHint().width() for one in self._shown()]
        return QSize(max(widths, default=0), self._row.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in a row or in a column, as the width allows."""
        super().resizeEvent(event)
        self._turn()

    def event(self, event: QEvent) -> bool:
        """Look again when something in it appears, goes or changes its words."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._turn()
        return done

    def _turn(self) -> None:
        shown = self._shown()
        need = sum(one.sizeHint().width() if not _wraps(one) else self._least() for one in shown)
        need += self._row.spacing() * max(0, len(shown) - 1)
        ways = QBoxLayout.Direction
        turned = ways.LeftToRight if self.width() >= need else ways.TopToBottom
        if turned is not self._row.direction():
            self._row.setDirection(turned)
            self.updateGeometry()

    def _shown(self) -> list[QWidget]:
        items = (self._row.itemAt(place) for place in range(self._row.count()))
        found = (item.widget() for item in items if item is not None)
        return [one for one in found if one is not None and not one.isHidden()]

    def _least(self) -> int:
        return self._letters * self.fontMetrics().averageCharWidth()


def _wraps(widget: QWidget) -> bool:
    return widget.sizePolicy().hasHeightForWidth() or widget.property("wraps") is True
