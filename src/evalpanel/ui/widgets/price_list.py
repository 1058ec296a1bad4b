"""What becomes of each sealed price: which will be opened, which stay sealed and why, and which are missing."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from evalpanel.domain.price import money
from evalpanel.domain.tender import LotCode
from evalpanel.services.price_state import BidPrice, PriceStanding, PriceState
from evalpanel.ui.models.words import called

_SHAPES = {
    PriceStanding.TO_OPEN: ("○", "will be opened"),
    PriceStanding.MISSING: ("!", "missing"),
    PriceStanding.STAYS_SEALED: ("–", "stays sealed"),
    PriceStanding.OPENED: ("●", "open"),
}


class PriceList(QTreeWidget):
    """The prices by lot. A shape and words say how each stands."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Prices")
        self.setHeaderLabels(["Bid", "Price", "Why"])
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(16)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.header().setSectionsMovable(False)

    def show_state(self, state: PriceState, titles: Mapping[LotCode, str], currency: str) -> None:
        """Show where the prices stand. `titles`: the title of each lot."""
        self.clear()
        tops: dict[LotCode, QTreeWidgetItem] = {}
        for one in state.bids:
            if one.lot not in tops:
                top = QTreeWidgetItem([f"{one.lot} · {titles.get(one.lot, '')}".strip(" ·")])
                font = top.font(0)
                font.setBold(True)
                top.setFont(0, font)
                top.setFlags(Qt.ItemFlag.ItemIsEnabled)
                self.addTopLevelItem(top)
                top.setFirstColumnSpanned(True)
                tops[one.lot] = top
            tops[one.lot].addChild(self._item(one, currency))
        self.expandAll()
        for column in (0, 1):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)

    @staticmethod
    def _item(one: BidPrice, currency: str) -> QTreeWidgetItem:
        shape, words = _SHAPES[one.standing]
        amount = money(one.amount, currency) if one.amount is not None else words
        made = QTreeWidgetItem([called(one.bid, one.name), f"{shape}  {amount}", one.why.capitalize()])
        made.setToolTip(2, one.why)
        return made
