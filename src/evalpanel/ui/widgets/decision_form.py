"""What the officer decides about one person's interest in one bidder."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPushButton, QWidget

from evalpanel.domain.interests import DecisionOutcome, Interest, Scope, decision_fault
from evalpanel.domain.tender import CriterionCode
from evalpanel.ui.models import words
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow

_PLAIN = "QPushButton { font-weight: normal; padding: 0 15px; } QPushButton:focus { padding: 0 13px; }"
_SCOPES = {
    DecisionOutcome.CLEAR: (Scope.NOTHING,),
    DecisionOutcome.MANAGED: (Scope.NOTHING, Scope.CRITERIA, Scope.BID),
    DecisionOutcome.RECUSED: (Scope.LOT, Scope.BID, Scope.CRITERIA),
}


class DecisionForm(Card):
    """Three outcomes, what the person is kept out of, and the reason. `changed` says that something was said."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Decision")
        self.about: tuple[str, str] | None = None  # the person and the bidder
        self._known: dict[str, CriterionCode] = {}
        self._said = label("", wrap=True)
        self.inside.addWidget(self._said)
        self.outcomes: dict[DecisionOutcome, QPushButton] = {}
        self.scopes: dict[Scope, QPushButton] = {}
        self._choices(words.DECISIONS, self.outcomes)
        self._scope_words = label("What are they kept out of?", "small")
        self.inside.addWidget(self._scope_words)
        self._choices(words.SCOPES, self.scopes)
        self.criteria = self._line("Criteria, for instance 1.1, 2.3", "The criteria")
        self.measure = self._line(
            "What is done about it, for instance: a second person scores these lines too", "The measure"
        )
        self.why = self._line("Why, for the record", "The reason")
        self.decided_by = self._line("Who decided it, if it was not you", "Who decided it")
        row = Flow(gap=12)
        self.record = button("Record the decision  ↵")
        self.record.setAccessibleName("Record the decision")
        row.addWidget(self.record)
        self.leave = button("Leave it")
        self.leave.clicked.connect(self.hide)
        row.addWidget(self.leave)
        self.inside.addLayout(row)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.setWhatsThis("Leave it as it is")
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.hide)
        self.hide()

    def ask(self, interest: Interest, who: str, bidder: str, known: tuple[CriterionCode, ...]) -> None:
        """Ask about an interest. `who` and `bidder` are as people say them."""
        self.about = (interest.person, interest.bidder)
        self._known = {code.casefold(): code for code in known}
        self.set_title(f"The interest of {who} in {bidder}")
        told = [line.about for line in interest.declared if line.about]
        self._said.setText(" ".join((*told, f"{interest.matched}." if interest.matched else "")).strip())
        held = interest.decision
        for buttons in (self.outcomes, self.scopes):
            for made in buttons.values():
                made.group().setExclusive(False)
                made.setChecked(False)
                made.group().setExclusive(True)
        for field, text in (
            (self.criteria, ", ".join(held.criteria) if held else ""),
            (self.measure, held.measure if held else ""),
            (self.why, held.why if held else ""),
            (self.decided_by, ""),
        ):
            field.setText(text)
        if held is not None:
            self.outcomes[held.outcome].setChecked(True)
            self.scopes[held.scope].setChecked(True)
        self._suit()
        self.show()
        self.outcomes[DecisionOutcome.CLEAR].setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def outcome(self) -> DecisionOutcome | None:
        """What was chosen."""
        return next((one for one, made in self.outcomes.items() if made.isChecked()), None)

    @property
    def scope(self) -> Scope | None:
        """What the person is kept out of."""
        return next((one for one, made in self.scopes.items() if made.isChecked()), None)

    @property
    def codes(self) -> tuple[CriterionCode, ...]:
        """The criteria that are named; an unknown code is passed on, to be refused by name."""
        if self.scope is not Scope.CRITERIA:
            return ()
        named = (code.strip() for code in self.criteria.text().split(","))
        return tuple(self._known.get(code.casefold(), CriterionCode(code)) for code in named if code)

    def fault(self) -> str:
        """Why it cannot be recorded yet, in words; empty when it can."""
        if self.outcome is None or self.scope is None:
            return "choose what is decided"
        measure = self.measure.text() if self.outcome is not DecisionOutcome.CLEAR else ""
        return decision_fault(self.outcome, self.scope, self.why.text(), measure, self.codes)

    def _choices(self, told: dict[DecisionOutcome, str] | dict[Scope, str], into: dict) -> None:  # type: ignore[type-arg]  # either of the two
        group = QButtonGroup(self)
        row = Flow(gap=8)
        for choice, text in told.items():
            made = button(text, role="level")
            made.setStyleSheet(_PLAIN)
            made.setCheckable(True)
            made.setAccessibleName(text)
            made.toggled.connect(lambda on: self._suit() if on else None)
            group.addButton(made)
            row.addWidget(made)
            into[choice] = made
        self.inside.addLayout(row)

    def _line(self, placeholder: str, name: str) -> QLineEdit:
        made = QLineEdit()
        made.setPlaceholderText(placeholder)
        made.setAccessibleName(name)
        made.textChanged.connect(self._suit)
        self.inside.addWidget(made)
        return made

    def _suit(self) -> None:
        """Show what the choice asks for, and nothing else."""
        outcome = self.outcome
        offered = _SCOPES[outcome] if outcome is not None else ()
        for one, made in self.scopes.items():
            made.setVisible(one in offered and len(offered) > 1)
        if offered and self.scope not in offered:
            self.scopes[offered[0]].setChecked(True)
        fields: tuple[tuple[QWidget, bool], ...] = (
            (self._scope_words, len(offered) > 1),
            (self.criteria, self.scope is Scope.CRITERIA and bool(offered)),
            (self.measure, outcome in (DecisionOutcome.MANAGED, DecisionOutcome.RECUSED)),
            (self.why, outcome is not None),
            (self.decided_by, outcome is not None),
        )
        for field, shown in fields:
            field.setVisible(shown)
        fault = self.fault()
        self.record.setEnabled(not fault)
        self.record.setToolTip(f"{fault[:1].upper()}{fault[1:]}." if fault else "")
        self.changed.emit()
