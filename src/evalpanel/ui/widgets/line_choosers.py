"""Choosing a line: the lot, the bid, and the criterion. Closed they show codes, open they show names."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QStyleOptionComboBox, QWidget

from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import BidCode, CriterionCode
from evalpanel.ui import accessible
from evalpanel.ui.models.sheet import Sheet, lot_names


class LineChoosers(QWidget):
    """Three choosers that always show the line that is open. `chosen` asks for another line."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._sheet: Sheet | None = None
        self._line: Line | None = None
        self.lot = self._chooser(row, "Lot")
        self.bid = self._chooser(row, "Bid")
        self.criterion = self._chooser(row, "Criterion")
        self.lot.activated.connect(lambda *_: self._to_lot(self.lot.currentData()))
        self.bid.activated.connect(lambda *_: self._to(bid=self.bid.currentData()))
        self.criterion.activated.connect(lambda *_: self._to(criterion=self.criterion.currentData()))
        row.addStretch(1)

    def show_line(self, sheet: Sheet, line: Line) -> None:
        """Show a line; what can be chosen is read anew only where the sheet or the lot is another."""
        if sheet is not self._sheet or self._line is None or line.lot != self._line.lot:
            self._fill(sheet, line)
        self._sheet, self._line = sheet, line
        for box, value in ((self.lot, line.lot), (self.bid, line.bid), (self.criterion, line.criterion)):
            box.setCurrentIndex(box.findData(value))
            box.setToolTip(box.currentText())

    def _fill(self, sheet: Sheet, line: Line) -> None:
        names = lot_names(sheet.desk)
        lots = sheet.lots()
        self.lot.setVisible(len(lots) > 1)
        here = [one for one in sheet.owed if one.lot == line.lot]
        for box, items in (
            (self.lot, {lot: names[lot] for lot in lots}),
            (self.bid, {one.bid: sheet.bid_name(one) for one in here}),
            (self.criterion, {one.criterion: f"{one.criterion} {sheet.criterion(one).title}" for one in here}),
        ):
            box.clear()
            for value, text in items.items():
                box.addItem(text, value)
            box.view().setMinimumWidth(min(520, box.view().sizeHintForColumn(0) + 32))

    def _to_lot(self, lot: str) -> None:
        """The same bid and criterion in another lot where they exist, else its first line that lacks something."""
        if self._sheet is None or self._line is None or lot == self._line.lot:
            return
        here = [one for one in self._sheet.owed if one.lot == lot]
        same = [one for one in here if (one.bid, one.criterion) == (self._line.bid, self._line.criterion)]
        missing = [one for one in here if self._sheet.what_is_missing(one)]
        self.chosen.emit((same or missing or here)[0])

    def _to(self, *, bid: str | None = None, criterion: str | None = None) -> None:
        if self._sheet is None or self._line is None:
            return
        wanted = Line(
            self._line.lot,
            self._line.bid if bid is None else BidCode(bid),
            self._line.criterion if criterion is None else CriterionCode(criterion),
        )
        if wanted != self._line and self._sheet.owes(wanted):
            self.chosen.emit(wanted)

    def _chooser(self, row: QHBoxLayout, name: str) -> CodeBox:
        made = CodeBox(name)
        row.addWidget(made)
        return made


class CodeBox(QComboBox):
    """A chooser that shows the code of what is chosen; its list shows code and name."""

    def __init__(self, name: str) -> None:
        super().__init__()
        accessible.name_chooser(self, name)
        self._name = name
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(5)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """What stands in the closed box: the code."""
        super().initStyleOption(option)
        option.currentText = str(self.currentData() or "")
