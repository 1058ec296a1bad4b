"""The bids of a tender with their status, whose each is, and the form that records a change of status."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, Bidder, BidStatus
from evalpanel.ui.models import words
from evalpanel.ui.models.table import Row
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets import mark
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.row_table import RowTable
from evalpanel.ui.widgets.texts import TwoSides, facts, measure_again


class BidsView(TwoSides):
    """A row a bid; the chosen one at the right. `status_wanted` asks to record (bid, status, reason, who decided)."""

    status_wanted = Signal(object, object, str, str)

    def __init__(self) -> None:
        super().__init__(letters=110)
        self._pack = TenderPack()
        self._why_not = ""
        self._shown: tuple[object, ...] = ()
        layout = self.sides
        left = QVBoxLayout()
        self._none = label("", "muted", wrap=True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        left.addWidget(self._none, 1)
        self.table = RowTable("Bids", ("Bid", "Bidder", "Lot", "Received", "Status"), stretch=1)
        left.addWidget(self.table, 1)
        layout.addLayout(left, 3)
        self._side = QScrollArea()
        self._side.setWidgetResizable(True)
        self._side.setAccessibleName("The chosen bid")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        self._column = column
        self._about: Card | None = None
        self.form = _StatusForm()
        self.form.record.clicked.connect(self._wanted)
        column.addWidget(self.form)
        column.addStretch(1)
        self._side.setWidget(holder)
        layout.addWidget(self._side, 2)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._look())

    @property
    def bid(self) -> Bid | None:
        """The bid that is looked at."""
        held = self.table.value
        return held if isinstance(held, Bid) else None

    def show_pack(self, pack: TenderPack, *, why_not: str, nothing: str) -> None:
        """Show these bids. `why_not` says why no status can be recorded (empty: it can); `nothing` what to do without bids."""
        before = self.bid
        self._pack, self._why_not = pack, why_not
        names = {bidder.bidder: bidder.name for bidder in pack.bidders}
        rows = tuple(
            Row(
                (
                    bid.bid,
                    names.get(bid.bidder, "") if names.get(bid.bidder, "") != bid.bidder else "not told yet",
                    bid.lot,
                    words.uk_time(bid.received, short=True) if bid.received is not None else "",
                    words.STATUSES[bid.status],
                ),
                bid,
                _mark(bid.status),
            )
            for bid in pack.bids
        )
        changed = self.table.rows.show_rows(rows)
        self._none.setText(nothing)
        self._none.setVisible(not rows)
        self.table.setVisible(bool(rows))
        self._side.setVisible(bool(rows))
        if changed and rows:
            place = next(
                (at for at, bid in enumerate(pack.bids) if before is not None and _same(bid, before)),
                0,
            )
            self.table.choose(place)
        self._look()

    def _look(self) -> None:
        bid = self.bid
        if bid is None:
            return
        shown = (bid, self._pack.bidders, self._pack.members)
        if shown != self._shown:
            self._shown = shown
            if self._about is not None:
                self._column.removeWidget(self._about)
                self._about.hide()
                self._about.deleteLater()
            self._about = self._bid_card(bid)
            self._column.insertWidget(0, self._about)
            measure_again(self._side)
        self.form.show_bid(bid, self._why_not)

    def _bid_card(self, bid: Bid) -> Card:
        bidder = next((one for one in self._pack.bidders if one.bidder == bid.bidder), Bidder(bid.bidder, bid.bidder))
        card = Card(words.called(bid.bid, bidder.name))
        what = (
            f"{words.BIDDERS[bidder.kind]} · " if bidder.name != bidder.bidder else ""
        )  # nothing is known of it but its code
        card.inside.addWidget(label(f"{what}lot {bid.lot}", "muted", wrap=True))
        known = f"{bidder.scheme} {bidder.identifier}".strip()
        card.inside.addLayout(
            facts(
                [
                    ("Status", words.STATUSES[bid.status]),
                    ("Reason", bid.reason),
                    ("Decided by", bid.decided_by),
                    ("Received", f"{words.uk_time(bid.received)} (UK time)" if bid.received is not None else ""),
                    ("Variant of", bid.variant_of or ""),
                    ("Registered as", known),
                    ("Address", bidder.address),
                    ("E-mail", bidder.email),
                ]
            )
        )
        members = [one for one in self._pack.members if one.bidder == bid.bidder]
        if members:
            card.inside.addWidget(label("With", "muted"))
            for one in members:
                card.inside.addWidget(label(f"{one.name}, {words.PARTS[one.role]}", wrap=True))
        return card

    def _wanted(self) -> None:
        bid = self.bid
        if bid is not None:
            form = self.form
            self.status_wanted.emit(
                bid, BidStatus(form.status.currentData()), form.reason.toPlainText(), form.decided_by.text()
            )


class _StatusForm(Card):
    """What becomes of a bid, why, and who decided."""

    def __init__(self) -> None:
        super().__init__("Record a status")
        self._bid: Bid | None = None
        self._why = label("", "muted", wrap=True)
        self.inside.addWidget(self._why)
        self._fields = QWidget()
        column = QVBoxLayout(self._fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.status = QComboBox()
        for status in BidStatus:
            self.status.addItem(words.STATUSES[status], status)
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        self.reason.setPlaceholderText("Why: the bidder may read this")
        self.decided_by = QLineEdit()
        self.decided_by.setPlaceholderText("A person’s code or name")
        self._line = label("", "small", wrap=True)
        for name, field in (("Status", self.status), ("Reason", self.reason), ("Decided by", self.decided_by)):
            told = label(name, "muted")
            told.setBuddy(field)
            field.setAccessibleName(name)
            column.addWidget(told)
            column.addWidget(field)
        self.reason.setFixedHeight(self.fontMetrics().height() * 4 + 16)
        self.record = button("Record the status")
        column.addWidget(self._line)
        column.addWidget(self.record, 0, Qt.AlignmentFlag.AlignRight)
        self.inside.addWidget(self._fields)
        self.status.currentIndexChanged.connect(self._check)
        self.reason.textChanged.connect(self._check)
        self.decided_by.textChanged.connect(self._check)
        self._check()

    def show_bid(self, bid: Bid, why_not: str) -> None:
        """Ask about a bid. What was typed for the same bid stays, unless its status was recorded in the meantime."""
        self._why.setText(why_not or "Withdrawn, late, excluded… Scores that were given stay kept.")
        self._fields.setVisible(not why_not)
        if bid == self._bid:
            return
        self._bid = bid
        self.status.setCurrentIndex(self.status.findData(bid.status))
        self.reason.setPlainText("")
        self.decided_by.setText("")

    def _check(self) -> None:
        bid = self._bid
        same = bid is not None and BidStatus(self.status.currentData()) is bid.status
        missing = [
            name
            for name, given in (
                ("another status", not same),
                ("the reason", bool(self.reason.toPlainText().strip())),
                ("who decided", bool(self.decided_by.text().strip())),
            )
            if not given
        ]
        self._line.setText(
            f"Still to say: {words.together(missing)}." if missing else "It goes on the record, with what stood before."
        )
        self.record.setEnabled(not missing)


def status_why_not(stage: TenderStage, *, officer: bool) -> str:
    """Why no status can be recorded now; empty when it can."""
    if stage.reached(TenderStage.PRICES_OPENED):
        return "Prices are open. A bid that falls out now is recorded on the page Outcome."
    return "" if officer else "The officer records what becomes of a bid."


def _mark(status: BidStatus) -> str:
    if status is BidStatus.VALID:
        return mark.DONE
    return mark.OWN if status is BidStatus.COMPARATOR else mark.OUT


def _same(one: Bid, other: Bid) -> bool:
    return (one.bid, one.lot) == (other.bid, other.lot)
