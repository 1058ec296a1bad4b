"""The history as people read it: days as headings; each act with its time, who did it, and a sentence."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from evalpanel.ui import theme
from evalpanel.ui.models.record_lines import LINE, DayLine, Line

_PAD, _GAP = 12, 6


class RecordList(QListView):
    """The lines of the record, as tall as their words are long. The chosen line can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What was done")
        self.setItemDelegate(_RecordDelegate(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # A record of many thousand acts is measured in pieces, so that the page opens at once.
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setBatchSize(200)

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("Ctrl+C", "Copy the marked line"),)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy the chosen line with the usual key."""
        if event.matches(QKeySequence.StandardKey.Copy) and self.currentIndex().isValid():
            QGuiApplication.clipboard().setText(self.currentIndex().data())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Measure the lines again: their words wrap elsewhere."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()


class _RecordDelegate(QStyledItemDelegate):
    def __init__(self, view: RecordList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002  # Qt passes it; its width is not known yet
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """As tall as the line's words in the width of the list."""
        line: Line | None = index.data(LINE)
        width = self._view.viewport().width()
        font = self._view.font()
        if line is None or isinstance(line, DayLine):
            return QSize(width, QFontMetrics(font).height() + 2 * _GAP + _PAD)
        return QSize(width, round(_laid_out(line, font, width)[1]) + 2 * _GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one line."""
        line: Line | None = index.data(LINE)
        if line is None:
            return
        state: QStyle.StateFlag = option.state
        rect: QRect = option.rect
        font = self._view.font()
        painter.save()
        if isinstance(line, DayLine):
            bold = QFont(font)
            bold.setBold(True)
            painter.setFont(bold)
            painter.setPen(theme.colour("accent"))
            place = rect.adjusted(_PAD, 0, -_PAD, -_GAP)
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, line.words)
            painter.restore()
            return
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("tint"))
        painter.setFont(font)
        painter.setPen(theme.colour("muted"))
        metrics = QFontMetrics(font)
        painter.drawText(rect.left() + _PAD, rect.top() + _GAP + metrics.ascent(), line.time)
        painter.setPen(theme.colour("text"))
        layout, _ = _laid_out(line, font, rect.width())
        layout.draw(painter, QPointF(rect.left() + _left(font), rect.top() + _GAP))
        painter.restore()


def _left(font: QFont) -> int:
    return _PAD + QFontMetrics(font).horizontalAdvance("00:00") + 16


def _laid_out(line: Line, font: QFont, width: int) -> tuple[QTextLayout, float]:
    """The sentence with its person in bold and its detail muted, broken to the width; and its height."""
    assert not isinstance(line, DayLine)
    entry = line.entry
    said = f"{line.who} {entry.what}."
    text = f"{said} {line.detail}".strip()
    layout = QTextLayout(text, font)
    bold, muted = QTextCharFormat(), QTextCharFormat()
    bold.setFontWeight(QFont.Weight.Bold)
    muted.setForeground(theme.colour("muted"))
    layout.setFormats([_span(0, len(line.who), bold), _span(len(said), len(text) - len(said), muted)])
    room, y = max(80, width - _left(font) - _PAD), 0.0
    layout.beginLayout()
    while (row := layout.createLine()).isValid():
        row.setLineWidth(room)
        row.setPosition(QPointF(0, y))
        y += row.height()
    layout.endLayout()
    return layout, y


def _span(start: int, length: int, how: QTextCharFormat) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start, made.length, made.format = start, length, how
    return made
