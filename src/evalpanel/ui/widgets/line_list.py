"""The list of lines to be moderated: in three orders, all or only what is left, each with its dots."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.sheets import Line
from evalpanel.ui import accessible, theme
from evalpanel.ui.models.moderation_lines import (
    AGREED,
    LINE,
    ROW,
    SCORES,
    SPREAD,
    LineRow,
    LineState,
    ModerationLines,
    Order,
    lot_words,
    ordered,
    spread_words,
)
from evalpanel.ui.page import label
from evalpanel.ui.widgets.spread_dots import paint_dots, small

AnyIndex = QModelIndex | QPersistentModelIndex
ALL, LEFT = "All lines", "Not agreed yet"


class LineList(QWidget):
    """The lines at the left of the moderation. `chosen` says which line a person wants in the room."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[LineRow, ...] = ()
        self._lots: tuple[str, ...] = ()
        self._quiet = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        top = QHBoxLayout()
        top.setSpacing(8)
        self.order = QComboBox()
        accessible.name_chooser(self.order, "Order of the lines")
        self.order.addItems([order.value for order in Order])
        self.show_only = QComboBox()
        accessible.name_chooser(self.show_only, "Which lines are shown")
        self.show_only.addItems([ALL, LEFT])
        for chooser in (self.order, self.show_only):
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.setMinimumContentsLength(8)
            chooser.currentIndexChanged.connect(self._arrange)
            top.addWidget(chooser, 1)
        layout.addLayout(top)
        self.table = QTableView()
        self.model = ModerationLines()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Lines to be moderated")
        self.table.setItemDelegate(_RowPainter(self.table))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setMinimumWidth(200)
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(20)
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        layout.addWidget(self.table, 1)
        self._none = label("Every line that is shown here is agreed.", "muted", wrap=True)
        self._none.hide()
        layout.addWidget(self._none)

    def set_rows(self, rows: tuple[LineRow, ...]) -> None:
        """Show these lines in the order that is chosen. The list keeps its place."""
        self._rows = rows
        lots = tuple(dict.fromkeys(row.line.lot for row in rows))
        if lots != self._lots:
            self._lots = lots
            self._quiet = True
            kept = self.show_only.currentText()
            self.show_only.clear()
            self.show_only.addItems([ALL, LEFT, *(lot_words(lot) for lot in lots if len(lots) > 1)])
            self.show_only.setCurrentIndex(max(0, self.show_only.findText(kept)))
            self._quiet = False
        self._arrange()

    def current(self) -> Line | None:
        """The line that is marked."""
        at = self.table.currentIndex().row()
        return self.model.rows[at].line if 0 <= at < len(self.model.rows) else None

    def mark(self, line: Line | None) -> None:
        """Mark a line without asking for it."""
        place = self.model.place(line)
        self._quiet = True
        if place < 0:
            self.table.clearSelection()
            self.table.setCurrentIndex(QModelIndex())
        elif place != self.table.currentIndex().row():
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0))
        self._quiet = False

    def beside(self, line: Line | None, step: int) -> Line | None:
        """The line that stands `step` rows from another; the same line at the ends."""
        rows = self.model.rows
        if not rows:
            return None
        return rows[min(len(rows) - 1, max(0, self.model.place(line) + step))].line

    def next_left(self, line: Line | None) -> Line | None:
        """The next line after this one that is not agreed, from the top again at the end; None: nothing is left."""
        rows = ordered(self._rows, self._order())
        at = next((place for place, row in enumerate(rows) if row.line == line), -1)
        after = [*rows[at + 1 :], *rows[: max(0, at)]]
        return next((row.line for row in after if row.state in (LineState.OPEN, LineState.DRAFT)), None)

    def first(self) -> Line | None:
        """The line to begin with: the first that is not agreed, or else the first."""
        shown = self.model.rows
        left = next((row.line for row in shown if row.state in (LineState.OPEN, LineState.DRAFT)), None)
        return left or (shown[0].line if shown else None)

    def _order(self) -> Order:
        return list(Order)[max(0, self.order.currentIndex())]

    def _arrange(self) -> None:
        if self._quiet:
            return
        before = self.current()
        only = self.show_only.currentText()
        rows = ordered(self._rows, self._order())
        if only == LEFT:
            # The line in the room stays in sight when it becomes agreed.
            rows = tuple(row for row in rows if row.state in (LineState.OPEN, LineState.DRAFT) or row.line == before)
        elif only != ALL:
            rows = tuple(row for row in rows if lot_words(row.line.lot) == only)
        self._none.setVisible(bool(self._rows) and not rows)
        self._quiet = True
        self.model.set_rows(rows)
        self._quiet = False
        self._sizes()
        self.mark(before)

    def _moved(self, now: QModelIndex, before: QModelIndex) -> None:  # noqa: ARG002  # Qt's signature
        if not self._quiet and now.isValid():
            self.chosen.emit(self.model.rows[now.row()].line)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit it to the room that there is."""
        super().resizeEvent(event)
        self._sizes()

    def _sizes(self) -> None:
        """Columns by the room that there is: figures keep theirs, names come before pictures."""
        metrics = self.table.fontMetrics()
        row = metrics.height() + small_height(self.table) + 14
        if self.table.verticalHeader().defaultSectionSize() != row:
            self.table.verticalHeader().setDefaultSectionSize(row)
        bar = self.table.verticalScrollBar()
        whole = (
            self.table.width() - 4 - (bar.sizeHint().width() if row * len(self.model.rows) > self.table.height() else 0)
        )
        agreed, spread = (
            metrics.horizontalAdvance("not assessed") * theme.SMALL // theme.BODY + 16,
            metrics.horizontalAdvance("100 %  apart") + 20,
        )
        short = metrics.horizontalAdvance("Agreed") + 20
        if not any(one.state is LineState.NOT_ASSESSED for one in self.model.rows):
            agreed = short
        name = metrics.averageCharWidth() * 32  # most titles whole: the dots say how far apart the scores are, too
        dots = metrics.averageCharWidth() * 14
        self.table.setColumnHidden(SPREAD, whole < name + dots + spread + agreed)
        self.table.setColumnHidden(SCORES, whole < name + dots + agreed)
        used = agreed + (0 if self.table.isColumnHidden(SPREAD) else spread)
        left = max(80, whole - used)
        dots = 0 if self.table.isColumnHidden(SCORES) else max(dots, left // 3)
        for column, width in ((LINE, left - dots), (SCORES, dots), (SPREAD, spread), (AGREED, agreed)):
            if not self.table.isColumnHidden(column):
                self.table.setColumnWidth(column, width)


def small_height(widget: QWidget) -> int:
    """How high a line of small text is in a widget."""
    return round(widget.fontMetrics().height() * theme.SMALL / theme.BODY)


class _RowPainter(QStyledItemDelegate):
    """Paints a row: what it is, its dots, how far apart, what was agreed. Its words are those of the model."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row = index.data(ROW)
        room: QRect = option.rect
        state: QStyle.StateFlag = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if selected:
            painter.fillRect(room, theme.colour("tint"))
            if index.column() == LINE:
                painter.fillRect(QRect(room.left(), room.top() + 4, 3, room.height() - 8), theme.colour("accent"))
        match index.column():
            case 0:
                self._line(painter, room, row)
            case 1:
                unit = painter.fontInfo().pixelSize() / theme.BODY
                painter.setFont(small(painter.font()))
                paint_dots(painter, QRectF(room).adjusted(4, 3, -4, -2), row.held, unit=unit)
            case 2:
                self._spread(painter, room, row)
            case _:
                self._agreed(painter, room, row)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), 44))

    @staticmethod
    def _line(painter: QPainter, room: QRect, row: LineRow) -> None:
        inside = room.adjusted(9, 6, -6, -6)
        metrics = painter.fontMetrics()
        elide = Qt.TextElideMode.ElideRight
        painter.setPen(theme.colour("text"))
        painter.drawText(inside, Qt.AlignmentFlag.AlignTop, metrics.elidedText(row.title, elide, inside.width()))
        painter.setFont(small(painter.font()))
        painter.setPen(theme.colour("muted"))
        where = painter.fontMetrics().elidedText(row.where, elide, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignBottom, where)

    @staticmethod
    def _spread(painter: QPainter, room: QRect, row: LineRow) -> None:
        share, word = spread_words(row.held.spread)
        inside = room.adjusted(8, 0, -4, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        wide = painter.fontMetrics().horizontalAdvance("100 %")
        painter.setPen(theme.colour("muted"))
        painter.drawText(
            QRect(inside.left(), inside.top(), wide, inside.height()),
            middle | Qt.AlignmentFlag.AlignRight,
            share or "–",
        )
        if word == "wide":
            painter.setPen(theme.colour("text"))
        painter.drawText(inside.adjusted(wide + 8, 0, 0, 0), middle, word)

    @staticmethod
    def _agreed(painter: QPainter, room: QRect, row: LineRow) -> None:
        font = painter.font()
        if row.state is LineState.AGREED and row.held.scale is not None:
            font.setBold(True)
            painter.setPen(theme.colour("text"))
        else:
            font = small(font) if row.state is not LineState.OPEN else font
            painter.setPen(theme.colour("muted"))
        painter.setFont(font)
        inside = room.adjusted(8, 0, -4, 0)
        words = painter.fontMetrics().elidedText(row.agreed_words, Qt.TextElideMode.ElideRight, inside.width())
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, words)
