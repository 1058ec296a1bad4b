"""The award decision of one lot: who decided, under which delegation, on which day, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QLineEdit

from evalpanel.domain.award import LotAward, open_tie
from evalpanel.domain.results import LotResult
from evalpanel.domain.tender import BidCode
from evalpanel.ui.models.words import called
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card


class AwardForm(Card):
    """What the record asks of a decision. The bids follow from the outcome; only an open tie leaves room."""

    def __init__(self) -> None:
        super().__init__("Award decision")
        self._says = label("", wrap=True)
        self.inside.addWidget(self._says)
        self.bids = self._line("The bid that it goes to, by its code", "The bid that it goes to")
        self.tie = self._line("How the published rule was applied to the tie", "How the tie was settled")
        self.decided_by = self._line("Who decided, names with ; between them", "Who decided")
        self.delegation = self._line("Under which delegation, for instance: Scheme of delegation 4.2", "The delegation")
        self.why = self._line("Why, for the record", "The reasons")
        self.day = self._line("The day, for instance 2026-11-03", "The day of the decision")
        self.call_in = self._line("The last day of the call-in, if there is one", "The last day of the call-in")
        self.abandon = QCheckBox("The lot is not awarded (it is abandoned)")
        self.inside.addWidget(self.abandon)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.setWhatsThis("Leave the decision as it is")
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.hide)
        self._winners: tuple[BidCode, ...] = ()
        self.hide()

    def ask(self, lot: LotResult, award: LotAward) -> None:
        """Ask about a lot, for the authority that is to decide next."""
        self._winners = tuple(bid.bid for bid in lot.winners)
        tied = open_tie(lot)
        named = ", ".join(called(bid.bid, bid.name) for bid in lot.winners) or "nobody"
        whose = award.waiting[0] if award.waiting else award.decisions[0].authority
        self._says.setText(
            f"{whose} decides. By the published method lot {lot.lot} goes to {named}." if not tied else lot.tie
        )
        self.bids.setVisible(bool(tied))
        self.tie.setVisible(bool(tied))
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

    def _line(self, placeholder: str, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(placeholder)
        made.setAccessibleName(name)
        self.inside.addWidget(made)
        return made
