"""What of a window cannot be read or reached: texts that are cut off, and controls that lie outside what can be scrolled to."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)

_SLACK = 2  # pixels: a border of the focus more or less
_SPOKEN = (QAbstractButton, QLabel)
_FIELDS = (QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit)


def clipped(root: QWidget) -> list[str]:
    """One line for everything in `root` that is shown and cannot be read whole, or not be reached."""
    found: list[str] = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisibleTo(root) or not isinstance(widget, (*_SPOKEN, *_FIELDS)):
            continue
        if isinstance(widget.parentWidget(), QAbstractItemView) or (isinstance(widget, _SPOKEN) and not widget.text()):
            continue
        what = f"{type(widget).__name__} {_words(widget)!r}"
        found += [f"{what}: {trouble}" for trouble in (*_too_small(widget), *_out_of_reach(widget, root))]
    return list(dict.fromkeys(found))


def sideways(root: QWidget) -> list[str]:
    """The scroll areas that can only be read by scrolling sideways."""
    areas = [one for one in root.findChildren(QScrollArea) if one.isVisibleTo(root)]
    return [
        f"{type(one).__name__} {one.accessibleName()!r} goes on for {most} pixels at its right"
        for one in areas
        if (most := one.horizontalScrollBar().maximum()) > 0
    ]


def _words(widget: QWidget) -> str:
    if isinstance(widget, _SPOKEN):
        return widget.text()[:60]
    return widget.accessibleName()


def _too_small(widget: QWidget) -> list[str]:
    size = widget.size()
    metrics = widget.fontMetrics()
    if isinstance(widget, QLabel) and widget.wordWrap():
        longest = max(
            (metrics.horizontalAdvance(word) for word in widget.text().replace("\u200b", " ").split()), default=0
        )
        high = widget.heightForWidth(size.width())
        told = [f"needs {high} pixels of height and has {size.height()}"] if high > size.height() + _SLACK else []
        if longest > size.width() + _SLACK:
            told.append(f"its longest word needs {longest} pixels and has {size.width()}")
        return told
    if isinstance(widget, _SPOKEN):
        want = widget.sizeHint()
        if want.width() > size.width() + _SLACK or want.height() > size.height() + _SLACK:
            return [f"needs {want.width()} × {want.height()} and has {size.width()} × {size.height()}"]
        return []
    least = min(round(2.5 * metrics.lineSpacing()), widget.minimumSizeHint().height())
    return [f"is only {size.height()} pixels high"] if size.height() + _SLACK < least else []


def _out_of_reach(widget: QWidget, root: QWidget) -> list[str]:
    rect, at = QRect(QPoint(0, 0), widget.size()), widget
    while at is not root:
        parent = at.parentWidget()
        assert parent is not None, "it is a child of the root"
        rect.translate(at.pos())
        area = parent.parentWidget()
        if isinstance(area, QScrollArea) and parent is area.viewport():
            over = rect.left() < -_SLACK or rect.right() > parent.width() + _SLACK
            if over and area.horizontalScrollBarPolicy() is Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
                return [f"lies at {rect.left()} to {rect.right()} of {parent.width()} where nothing scrolls sideways"]
            if parent.height() < 3 * widget.fontMetrics().lineSpacing():
                return [f"is looked at through a slit of {parent.height()} pixels"]
            rect, at = QRect(QPoint(0, 0), area.size()), area
            continue
        if not parent.rect().adjusted(-_SLACK, -_SLACK, _SLACK, _SLACK).contains(rect):
            return [f"lies outside its {type(parent).__name__}"]
        at = parent
    return []
