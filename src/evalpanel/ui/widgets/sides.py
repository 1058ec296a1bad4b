"""Two parts of a page beside each other, with a line between them that can be drawn; under each other where it is narrow."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

_ANY = 16_777_215  # Qt's word for a width without limit


class Sides(QSplitter):
    """Add the two parts with `add`. They stand beside each other from `letters` letters' width on.

    The page scrolls where they do not fit under each other, so each says how many lines of text it has to show at least.
    """

    def __init__(self, *, letters: int = 75) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._letters = letters
        self._shares: list[int] = []
        self._most: list[int] = []
        self.setChildrenCollapsible(False)
        self.setHandleWidth(12)

    def add(self, part: QWidget, *, share: int, lines: int, most: int = 0) -> None:
        """Add a part that takes its share of the width and shows at least so many lines. Beside the other it is at most
        `most` letters wide, so that lines of text stay short enough to be read; 0 is as wide as there is room."""
        part.setMinimumHeight(max(part.minimumHeight(), lines * self.fontMetrics().lineSpacing()))
        self.addWidget(part)
        self.setStretchFactor(self.count() - 1, share)
        self._shares.append(share)
        self._most.append(most)
        self.setSizes([one * 100 for one in self._shares])

    @property
    def is_narrow(self) -> bool:
        """Whether they stand under each other."""
        return self.orientation() is Qt.Orientation.Vertical

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider part: they can always be put under each other."""
        widths = self._widths()
        return QSize(max(widths, default=0), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn where there is no room, and back."""
        wide = event.size().width()
        need = max(self._letters * self.fontMetrics().averageCharWidth(), sum(self._widths()) + self.handleWidth())
        letter = self.fontMetrics().averageCharWidth()
        for part, most in zip(self._parts(), self._most, strict=True):
            part.setMaximumWidth(most * letter if most and wide >= need else _ANY)
        turned = Qt.Orientation.Horizontal if wide >= need else Qt.Orientation.Vertical
        if turned is not self.orientation():
            self.setOrientation(turned)
            # Under each other, each takes what it has to show, and the larger share of the rest.
            least = [part.minimumHeight() if self.is_narrow else 0 for part in self._parts()]
            self.setSizes([share * 100 + high for share, high in zip(self._shares, least, strict=True)])
            self.updateGeometry()
        super().resizeEvent(event)

    def _parts(self) -> list[QWidget]:
        parts = (self.widget(place) for place in range(self.count()))
        return [part for part in parts if part is not None]

    def _widths(self) -> list[int]:
        parts = [part for part in self._parts() if not part.isHidden()]
        return [max(part.minimumSizeHint().width(), part.minimumWidth()) for part in parts]
