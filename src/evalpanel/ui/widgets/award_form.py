"""The award decision of one lot: who decided, under which delegation, on which day, and why."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from evalpanel.domain.award import LotAward, open_tie
from evalpanel.domain.results import LotResult
from evalpanel.domain.tender import BidCode
from evalpanel.ui.models.words import called
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.scroll import scroll


class AwardForm(Card):
    """What the record asks of a decision. The bids follow from the outcome; only an open tie leaves room.

    `wanted` says that the decision is to be recorded, `left` that nothing is wanted.
    """

    wanted = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__("Award decision")
        self._says = label("", wrap=True)
        self.inside.addWidget(self._says)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 6, 0)
        self._column.setSpacing(6)
        area = scroll(inside)
        area.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)
        self.inside.addWidget(area, 1)
        self._names: dict[QLineEdit, QLabel] = {}
        self.bids = self._line("The bid that it goes to, by its code")
        self.tie = self._line("How the published rule was applied to the tie, in words that the bidders may read")
        self.decided_by = self._line("Who decided: names, with ; between them")
        self.delegation = self._line("Under which delegation, for instance: Scheme of delegation 4.2")
        self.why = self._line("Why, for the record")
        self.day = self._line("The day of the decision, for instance 2026-11-03")
        self.call_in = self._line("The last day of the call-in, if there is one")
        self.abandon = QCheckBox("The lot is not awarded (it is abandoned)")
        self._column.addWidget(self.abandon)
        self._column.addStretch(1)
        row = Flow(gap=12)
        leave = button("Leave it  Esc")
        leave.setAccessibleName("Leave the decision as it is")
        leave.clicked.connect(lambda *_: self.left.emit())
        row.addWidget(leave)
        self.inside.addLayout(row)
        for keys, what, signal in (
            ("Esc", "Leave the decision as it is", self.left),
            ("Ctrl+Return", "Record the decision", self.wanted),
        ):
            key = QShortcut(QKeySequence(keys), self)
            key.setWhatsThis(what)
            key.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            key.activated.connect(signal.emit)
        self._winners: tuple[BidCode, ...] = ()
        self.hide()

    def ask(self, lot: LotResult, award: LotAward, today: date) -> None:
        """Ask about a lot, for the authority that is to decide next. What was typed for another one stays, to be looked at again."""
        self._winners = tuple(bid.bid for bid in lot.winners)
        tied = open_tie(lot)
        named = ", ".join(called(bid.bid, bid.name) for bid in lot.winners) or "nobody"
        whose = award.waiting[0] if award.waiting else award.decisions[0].authority
        self._says.setText(
            f"{whose} decides. By the published method lot {lot.lot} goes to {named}." if not tied else lot.tie
        )
        for field in (self.bids, self.tie):
            field.setVisible(bool(tied))
            self._names[field].setVisible(bool(tied))
        self.abandon.setChecked(False)
        if not self.day.text():
            self.day.setText(today.isoformat())
        self.show()
        self.decided_by.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The bids that the lot goes to; none where it is abandoned."""
        if self.abandon.isChecked():
            return ()
        return tuple(self.bids.text().replace(",", " ").split()) or self._winners

    @property
    def people(self) -> tuple[str, ...]:
        """Who decided."""
        return tuple(name.strip() for name in self.decided_by.text().split(";") if name.strip())

    def _line(self, name: str) -> QLineEdit:
        made, said = QLineEdit(), label(name, "small", wrap=True)
        said.setBuddy(made)
        made.setAccessibleName(name)
        made.returnPressed.connect(self.wanted.emit)
        self._column.addWidget(said)
        self._column.addWidget(made)
        self._names[made] = said
        return made
