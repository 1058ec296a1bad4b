"""Listing interests in one's own words, where a tender is read blind: nobody at this laptop may learn who bids."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.interests import FORMER_YEARS, Answer, Declaration, DeclarationOutcome, InterestKind
from evalpanel.domain.people import PanelMember
from evalpanel.ui.dialogs.declare import PLAIN
from evalpanel.ui.models import words
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow

_ASKED = (
    "This tender is read without names, so there is no list to tick. Write down every organisation with which you, or somebody "
    "close to you, have anything to do and which may bid or take part in a bid: work, money, family, friendship, a seat on a "
    "board, a dispute. Write it down even where you think that it does not matter."
)
_STAYS = (
    "The officer's laptop compares your list with those who bid. You are not told who bids. A declaration stays on the record: "
    "you can add to it later, and not take it back."
)
_REST = "I have nothing else to declare"


class ListInterests(QScrollArea):
    """The form: a row for each organisation, as many as are wanted. `changed` says that something was typed or chosen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("My declaration of interests, in my own words")
        self._about: tuple[object, ...] = ()
        self._new = True
        self.rows: list[InterestRow] = []

    def ask(self, member: PanelMember, held: tuple[Declaration, ...]) -> None:
        """Ask a person; what is on record already is told. What was typed before stays."""
        if self._about == (member, held):
            return
        self._about = (member, held)
        self._new = not held
        self.rows = []
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        first = Card()
        first.inside.addWidget(label(_ASKED, wrap=True))
        first.inside.addWidget(label(_STAYS, "muted", wrap=True))
        for one in (one for one in held if one.outcome is DeclarationOutcome.INTEREST):
            first.inside.addWidget(label(f"On record: {one.organisation}. {one.about}".strip(), wrap=True))
        column.addWidget(first)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(12)
        column.addLayout(self._cards)
        under = Flow(gap=12)
        self.another = button("Add an organisation  Ctrl+Shift+A")
        self.another.setAccessibleName("Add an organisation")
        self.another.setShortcut("Ctrl+Shift+A")
        self.another.clicked.connect(lambda *_: self.add().name.setFocus(Qt.FocusReason.OtherFocusReason))
        under.addWidget(self.another)
        self.rest = button(f"{_REST}  Ctrl+Shift+N", role="level")
        self.rest.setCheckable(True)
        self.rest.setAccessibleName(_REST)
        self.rest.setShortcut("Ctrl+Shift+N")
        self.rest.setMinimumWidth(self.rest.fontMetrics().averageCharWidth() * 50)
        self.rest.toggled.connect(self._rested)
        under.addWidget(self.rest)
        column.addLayout(under)
        column.addStretch(1)
        self.setWidget(holder)
        self.add()

    def add(self) -> InterestRow:
        """One more row, empty."""
        made = InterestRow(len(self.rows) + 1)
        made.changed.connect(self.changed)
        made.away.connect(lambda: self._take_away(made))
        self.rows.append(made)
        self._cards.addWidget(made)
        QTimer.singleShot(0, made, lambda: self.ensureWidgetVisible(made))  # once it has its room
        self.changed.emit()
        return made

    def answers(self) -> tuple[Answer, ...]:
        """The interests that are declared now."""
        return tuple(
            Answer(one.organisation, one.about, one.kind) for one in self.rows if one.is_begun and one.kind is not None
        )

    def missing(self) -> str:
        """What is still to be answered, in words; empty when the declaration can be recorded."""
        begun = [one for one in self.rows if one.is_begun]
        if any(not one.organisation for one in begun):
            return "Say which organisation it is, by its name or its number."
        if kindless := [one.organisation for one in begun if one.kind is None]:
            return f"Choose what ties you to {words.together(kindless)}."
        if silent := [one.organisation for one in begun if not one.about]:
            return f"Say in a few words what ties you to {words.together(silent)}."
        if not begun and not self._new:
            return "There is nothing new to record."
        return "" if self.rest.isChecked() else "When your list is complete, press “I have nothing else to declare”."

    def consequence(self) -> str:
        """What the answers mean for the person: nobody may say so on this laptop."""
        return ""

    def take_focus(self) -> None:
        """Give the focus to where one would type first."""
        if self.rows:
            self.rows[0].name.setFocus(Qt.FocusReason.OtherFocusReason)

    def said(self) -> str:
        """What is being declared, for the words after it is recorded."""
        count = len(self.answers())
        return f"{words.count(count, 'interest')}. The officer looks at whom they concern" if count else "no interest"

    def _take_away(self, row: InterestRow) -> None:
        self.rows.remove(row)
        row.hide()
        row.deleteLater()
        if not self.rows:
            self.add()
        self.changed.emit()

    def _rested(self, on: bool) -> None:
        self.rest.setText(f"{'✓ ' if on else ''}{_REST}  Ctrl+Shift+N")
        self.rest.setShortcut("Ctrl+Shift+N")  # a new text takes the key away
        self.changed.emit()


class InterestRow(Card):
    """One organisation: what it is called, its number, what the tie is, and a few words. `away` asks to take the row away."""

    changed = Signal()
    away = Signal()

    def __init__(self, place: int) -> None:
        super().__init__()
        fields = QGridLayout()
        fields.setHorizontalSpacing(12)
        self.name, self.number = QLineEdit(), QLineEdit()
        told = (
            (self.name, "Organisation", "As it is usually called"),
            (self.number, "Charity or company number, if you know it", "1123456"),
        )
        for column, (field, caption, example) in enumerate(told):
            above = label(caption, "small")
            above.setBuddy(field)
            field.setAccessibleName(f"{caption}, organisation {place}")
            field.setPlaceholderText(example)
            field.textChanged.connect(self.changed)
            fields.addWidget(above, 0, column)
            fields.addWidget(field, 1, column)
        fields.setColumnStretch(0, 3)
        fields.setColumnStretch(1, 2)
        self.inside.addLayout(fields)
        self.kinds: dict[InterestKind, QPushButton] = {}
        group, ties = QButtonGroup(self), Flow(gap=6)
        for kind, said in words.INTEREST_KINDS.items():
            made = button(said.format(years=FORMER_YEARS), role="level")
            made.setStyleSheet(PLAIN)
            made.setCheckable(True)
            made.setAccessibleName(f"{made.text()}, organisation {place}")
            made.toggled.connect(self.changed)
            group.addButton(made)
            ties.addWidget(made)
            self.kinds[kind] = made
        self.inside.addLayout(ties)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(f"What it is, organisation {place}")
        self.text.setPlaceholderText("What is it, and since when? For instance: I was a trustee until 2024.")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.fontMetrics().height() * 3 + 20)
        self.text.textChanged.connect(self.changed)
        self.inside.addWidget(self.text)
        self.remove = button("Take this row away")
        self.remove.setAccessibleName(f"Take organisation {place} away")
        self.remove.clicked.connect(lambda *_: self.away.emit())
        self.inside.addWidget(self.remove, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def organisation(self) -> str:
        """What the person calls it, with its number."""
        return ", ".join(part for part in (self.name.text().strip(), self.number.text().strip()) if part)

    @property
    def kind(self) -> InterestKind | None:
        """Of which kind the interest is."""
        return next((kind for kind, made in self.kinds.items() if made.isChecked()), None)

    @property
    def about(self) -> str:
        """What the interest is."""
        return self.text.toPlainText().strip()

    @property
    def is_begun(self) -> bool:
        """Whether anything stands in this row."""
        return bool(self.organisation or self.about or self.kind is not None)
