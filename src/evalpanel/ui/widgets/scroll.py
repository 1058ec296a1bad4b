"""Places that scroll up and down: a part that is long, or a whole page where large text meets a small screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Tall(QWidget):
    """The inside of a place that scrolls only where it must: it asks for no more height than its parts cannot do without."""

    def heightForWidth(self, width: int) -> int:
        """How high it has to be at a width."""
        layout = self.layout()
        return layout.totalMinimumHeightForWidth(width) if layout is not None else super().heightForWidth(width)


class Upright(QScrollArea):
    """Scrolls up and down only, so it is never narrower than what it holds can be."""

    def minimumSizeHint(self) -> QSize:
        """As wide as its inside has to be, with the bar beside it."""
        held, inside = super().minimumSizeHint(), self.widget()
        wide = inside.minimumSizeHint().width() if inside is not None else 0
        return QSize(max(held.width(), wide + self.verticalScrollBar().sizeHint().width() + 2), held.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """What it holds was laid out anew: whoever holds it must ask again how narrow it can be."""
        if event.type() is QEvent.Type.LayoutRequest and watched is self.widget():
            self.updateGeometry()
        return super().eventFilter(watched, event)


def scroll(inside: QWidget) -> QScrollArea:
    """A scroll area round a widget, that never scrolls sideways. The focus goes to what is inside, not to it."""
    made = Upright()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(inside)
    return made


def overflow(inside: QWidget) -> QScrollArea:
    """A scroll area that is not noticed where there is room. Where there is none, Tab reaches it and the arrow keys move it."""
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(inside)
    policies = Qt.FocusPolicy
    bar = made.verticalScrollBar()
    bar.rangeChanged.connect(
        lambda least, most: made.setFocusPolicy(policies.TabFocus if most > least else policies.NoFocus)
    )
    return made
