"""Which letter for an occasion, to which bidder, and the words and the day that its kind asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import Bid
from evalpanel.ui.models import occasion_words
from evalpanel.ui.models.award_acts import typed_day
from evalpanel.ui.models.occasion_words import AskedLetter
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.sent_form import words


class OccasionForm(Card):
    """Asks for everything that such a letter needs. `chosen` says that another kind or bid was chosen, `wanted` that the letter is to
    be seen, `left` that nothing is wanted."""

    chosen = Signal()
    wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__("A letter for an occasion")
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(8)
        self._column.addWidget(label(occasion_words.WHAT, "muted", wrap=True))
        self._bids: tuple[Bid, ...] = ()
        self._suggested = ""
        self.kind, self.bid = QComboBox(), QComboBox()
        for box in (self.kind, self.bid):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
        for kind, said in occasion_words.CHOICES.items():
            self.kind.addItem(said, kind)
        self._add("Which letter", self.kind)
        self._add("To whom", self.bid)
        self.reason, self.day = words(""), QLineEdit()
        self._reason, self._day = self._add("The reason", self.reason), self._add("The day", self.day)
        self.day.returnPressed.connect(self.wanted.emit)
        self.again = QLineEdit()
        self._again = self._add(occasion_words.AGAIN, self.again)
        self.show_again(shown=False)
        self._told = label("", "muted", wrap=True)
        self._column.addWidget(self._told)
        self._column.addStretch(1)
        area = scroll(inside)
        area.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)
        self.inside.addWidget(area, 1)
        row = Flow(gap=12)
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave it")
        leave.clicked.connect(lambda *_: self.left.emit())
        row.addWidget(leave)
        self.inside.addLayout(row)
        for keys, what, signal in (("Esc", "Leave it", self.left), ("Ctrl+Return", "See the letter", self.wanted)):
            key = QShortcut(QKeySequence(keys), self)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.setWhatsThis(what)
            key.activated.connect(signal.emit)
        for box in (self.kind, self.bid):
            box.currentIndexChanged.connect(lambda *_: self._suit())
        self._suit()

    def offer(self, bids: Iterable[Bid], names: Mapping[str, str], about: tuple[str, str] | None) -> None:
        """Offer these bids; that of `about` (bid, lot) is chosen, or the one that was."""
        before = about or ((self.bid_now.bid, self.bid_now.lot) if self._bids else ("", ""))
        self._bids = tuple(bids)
        self.bid.blockSignals(True)  # filling is not choosing
        self.bid.clear()
        for one in self._bids:
            self.bid.addItem(occasion_words.bid_words(one, names))
        self.choose(*before)
        self.bid.blockSignals(False)
        self._suit()
        self.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, bid: str, lot: str) -> None:
        """Choose the bidder by its bid; the first where there is no such bid."""
        places = [place for place, one in enumerate(self._bids) if (one.bid, one.lot) == (bid, lot)]
        self.bid.setCurrentIndex(places[0] if places else 0)

    def suggest(self, text: str) -> None:
        """Write what the record says into the reason, where nothing else was typed."""
        if self.reason.toPlainText().strip() in ("", self._suggested):
            self.reason.setPlainText(text)
            self._suggested = text

    def show_again(self, *, shown: bool) -> None:
        """Ask, or do not ask, why such a letter is signed once more."""
        for one in (self._again, self.again):
            one.setVisible(shown)

    def empty(self) -> None:
        """Forget what was typed."""
        self.reason.clear()
        self.day.clear()
        self.again.clear()

    @property
    def kind_now(self) -> LetterKind:
        """Which letter is chosen."""
        return LetterKind(self.kind.currentData())

    @property
    def bid_now(self) -> Bid:
        """To the bidder of which bid."""
        return self._bids[self.bid.currentIndex()]

    def asked(self) -> AskedLetter:
        """What was asked for. Raises `EvalPanelError` for what is no day."""
        kind, bid = self.kind_now, self.bid_now
        day = typed_day(self.day.text()) if kind in occasion_words.DAYS and self.day.text().strip() else None
        made = occasion_words.occasion(kind, self.reason.toPlainText(), day)
        again = "" if self.again.isHidden() else self.again.text().strip()
        return AskedLetter(made, bid.bid, bid.lot, again)

    def _add(self, said: str, field: QWidget) -> QLabel:
        told = label(said, "small", wrap=True)
        told.setBuddy(field)
        field.setAccessibleName(said)
        self._column.addWidget(told)
        self._column.addWidget(field)
        return told

    def _suit(self) -> None:
        kind = self.kind_now
        for asked, told, field in (
            (occasion_words.REASONS.get(kind), self._reason, self.reason),
            (occasion_words.DAYS.get(kind, ("", ""))[1], self._day, self.day),
        ):
            for one in (told, field):
                one.setVisible(bool(asked))
            if asked:
                told.setText(asked)
                field.setAccessibleName(asked)
        conditions = kind in occasion_words.CONDITIONS
        self._told.setText("Which conditions were met, and why not, is on the record already." if conditions else "")
        self._told.setVisible(conditions)
        if self._bids:
            self.chosen.emit()
