"""Forms about one bid of the outcome: that it falls out, and the correspondence about its price."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from evalpanel.domain.low_prices import LowPriceRecord, LowPriceStep
from evalpanel.domain.results import BidResult, LotResult, ResultStatus
from evalpanel.domain.tender import BidStatus
from evalpanel.services.low_pricing import LowPrices
from evalpanel.ui.models import bid_acts
from evalpanel.ui.models.words import called
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.sent_form import choice, words
from evalpanel.ui.widgets.texts import strong


class _BidForm(Card):
    """Fields about a bid of a lot, one under another. `changed` says that another bid was chosen, `wanted` that what the page offers is to
    be done, `left` that nothing is wanted."""

    changed = Signal()
    wanted = Signal()
    left = Signal()

    def __init__(self, title: str, told: str) -> None:
        super().__init__(title)
        inside = QWidget()
        self.column = QVBoxLayout(inside)
        self.column.setContentsMargins(0, 0, 6, 0)
        self.column.setSpacing(6)
        self.column.addWidget(label(told, "muted", wrap=True))
        area = scroll(inside)
        area.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)
        self.inside.addWidget(area, 1)
        self.bid = QComboBox()
        self.bid.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.bid.setMinimumContentsLength(12)
        self.add("Which bid", self.bid)
        self.bid.currentIndexChanged.connect(lambda *_: self.changed.emit())

    def close_fields(self, *others: QWidget) -> None:
        """Put the way out under the fields."""
        self.column.addStretch(1)
        row = Flow(gap=12)
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave it")
        leave.clicked.connect(lambda *_: self.left.emit())
        for one in (*others, leave):
            row.addWidget(one)
        self.inside.addLayout(row)
        for keys, what, signal in (("Esc", "Leave it", self.left), ("Ctrl+Return", "Record it", self.wanted)):
            key = QShortcut(QKeySequence(keys), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.setWhatsThis(what)
            key.activated.connect(signal.emit)

    def add(self, said: str, field: QWidget) -> QLabel:
        """One field under its words."""
        told = label(said, "small", wrap=True)
        told.setBuddy(field)
        field.setAccessibleName(said)
        self.column.addWidget(told)
        self.column.addWidget(field)
        return told

    def offer(self, bids: Iterable[BidResult], chosen: str) -> None:
        """Offer these bids; one is chosen."""
        self.bid.blockSignals(True)  # filling is not choosing
        self.bid.clear()
        for one in bids:
            self.bid.addItem(called(one.bid, one.name), one.bid)
        self.bid.setCurrentIndex(max(0, self.bid.findData(chosen)))
        self.bid.blockSignals(False)

    @property
    def bid_now(self) -> str:
        """The code of the chosen bid; empty where there is none."""
        return str(self.bid.currentData() or "")


class FallOutForm(_BidForm):
    """What became of a bid whose price is open, why, and who decided it."""

    def __init__(self) -> None:
        super().__init__("A bid falls out", bid_acts.FALLS_OUT)
        self.status = choice([(said, one) for one, said in bid_acts.OUT.items()], "What became of it")
        self.add("What became of it", self.status)
        self.status.currentIndexChanged.connect(lambda *_: self.changed.emit())
        self.reason = words("Why: the bidder may read this")
        self.add("The reason", self.reason)
        self.decided_by = QLineEdit()
        self.decided_by.returnPressed.connect(self.wanted.emit)
        self.add("Who decided it, a name or a code of the panel", self.decided_by)
        self.reason.textChanged.connect(self.changed.emit)
        self.decided_by.textChanged.connect(lambda *_: self.changed.emit())
        self.close_fields()

    def ask(self, lot: LotResult, bid: str) -> None:
        """Ask about the bids of a lot that are still in."""
        self.set_title(f"A bid of lot {lot.lot} falls out")
        self.offer(still_in(lot), bid)
        self.bid.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def status_now(self) -> BidStatus:
        """What becomes of it."""
        return BidStatus(self.status.currentData())

    @property
    def missing(self) -> str:
        """What is still to be said; empty when everything is."""
        if not self.reason.toPlainText().strip():
            return "Say why first, for the record."
        return "" if self.decided_by.text().strip() else "Say who decided it first."

    def empty(self) -> None:
        """Forget what was typed."""
        self.reason.clear()
        self.decided_by.clear()


class LowPriceForm(_BidForm):
    """The three dated steps about a price, and the fields of the next one. `letter` asks for the letter that goes with it."""

    looked = Signal()
    letter = Signal()

    def __init__(self) -> None:
        super().__init__("Prices that look too low", bid_acts.LOW)
        self.flags = label("", wrap=True)
        self.column.insertWidget(1, self.flags)
        self.margin = QLineEdit()
        self.margin.editingFinished.connect(self.looked.emit)
        said = label(
            "The published margin under the median of the others, in per cent (if one was published)",
            "small",
            wrap=True,
        )
        said.setBuddy(self.margin)
        self.margin.setAccessibleName(said.text())
        self.column.insertWidget(2, said)
        self.column.insertWidget(3, self.margin)
        self.column.addWidget(strong("The correspondence"))
        self.lines = {step: label("", wrap=True) for step in bid_acts.ORDER}
        for one in self.lines.values():
            self.column.addWidget(one)
        self.accepted = QRadioButton("The price is accepted")
        self.disregarded = QRadioButton("The price is not accepted")
        for box in (self.accepted, self.disregarded):
            box.toggled.connect(lambda *_: self.changed.emit())
            self.column.addWidget(box)
        self._anew = label(
            "Where it is not accepted, the bid is disregarded and the outcome worked out anew. Both outcomes stay on the record.",
            "small",
            wrap=True,
        )
        self.column.addWidget(self._anew)
        self.text, self.who, self.day = words(""), QLineEdit(), QLineEdit()
        self._text, self._who = self.add("What was said", self.text), self.add("Who", self.who)
        self._day = self.add("The day, for instance 2026-11-03", self.day)
        self.text.textChanged.connect(self.changed.emit)
        for field in (self.who, self.day):
            field.textChanged.connect(lambda *_: self.changed.emit())
            field.returnPressed.connect(self.wanted.emit)
        self.write = button("Write the letter about it…")
        self.write.setAccessibleName("Write the letter about it")
        self.write.clicked.connect(lambda *_: self.letter.emit())
        self.close_fields(self.write)
        self.step: LowPriceStep | None = None

    def ask(self, lot: LotResult, bid: str, held: LowPrices) -> None:
        """Ask about the prices of a lot that are compared, and those about which something is on the record."""
        self.set_title(f"Prices of lot {lot.lot} that look too low")
        told = {one.bid for one in held.records if one.lot == lot.lot}
        first = next((one.bid for one in held.flags if one.lot == lot.lot), bid)
        self.offer((one for one in lot.bids if one.price_amount is not None or one.bid in told), first)
        self.bid.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_state(self, held: LowPrices, lot: str, *, may: str) -> None:
        """Show where the correspondence about the chosen bid stands. `may`: why nothing can be recorded (empty: it can)."""
        self.flags.setText(bid_acts.flags(held.flags, lot))
        mine: tuple[LowPriceRecord, ...] = bid_acts.of_bid(held.records, lot, self.bid_now)
        for step, one in self.lines.items():
            one.setText(bid_acts.line(step, mine))
        self.step = None if may else bid_acts.next_step(mine)
        asked = self.step is not None
        for field in (self.text, self._text, self.who, self._who, self.day, self._day):
            field.setVisible(asked)
        for box in (self.accepted, self.disregarded, self._anew):
            box.setVisible(self.step is LowPriceStep.DECISION)
        if self.step is not None:
            for said, told, line in (
                (bid_acts.TEXTS[self.step], self._text, self.text),
                (bid_acts.PEOPLE[self.step], self._who, self.who),
            ):
                told.setText(said)
                line.setAccessibleName(said)
        self.write.setVisible(bid_acts.letter_of(mine) is not None)

    @property
    def missing(self) -> str:
        """What is still to be said; empty when everything is."""
        if self.step is LowPriceStep.DECISION and not (self.accepted.isChecked() or self.disregarded.isChecked()):
            return "Choose first whether the price is accepted."
        if not self.text.toPlainText().strip():
            return "Say first what was said."
        if not self.who.text().strip():
            return "Say first who it was."
        return "" if self.day.text().strip() else "Say on which day first."

    def empty(self) -> None:
        """Forget what was typed."""
        self.text.clear()
        self.who.clear()
        self.day.clear()


def still_in(lot: LotResult) -> tuple[BidResult, ...]:
    """The bids of a lot that can fall out: those that are compared, whether a gate keeps them from being ranked or not."""
    return tuple(one for one in lot.bids if one.status in (ResultStatus.RANKED, ResultStatus.GATE_FAILED))
