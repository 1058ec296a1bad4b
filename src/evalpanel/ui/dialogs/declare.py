"""Declaring interests: one question for each bidder, with everybody who takes part in its bid."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Declaration, DeclarationOutcome, recusals
from evalpanel.domain.people import PanelMember
from evalpanel.domain.tender import Bidder, BidderCode
from evalpanel.ui.models import words
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow

_ASKED = (
    "Do you, or does somebody close to you, have anything to do with a bidder or with anyone who takes part in its bid: "
    "work, money, family, friendship, a seat on its board, a dispute? Say so even where you think that it does not matter."
)
_STAYS = "A declaration stays on the record. You can add to it later, and not take it back."


class Declare(QScrollArea):
    """The form. `changed` says that an answer was given or a text typed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("My declaration of interests")
        self._about: tuple[object, ...] = ()
        self._member: PanelMember | None = None
        self._pack = TenderPack()
        self._held: tuple[Declaration, ...] = ()
        self.questions: dict[BidderCode, Question] = {}

    def ask(self, member: PanelMember, pack: TenderPack, held: tuple[Declaration, ...]) -> None:
        """Ask a person about every bidder; what is on record already stands there. Answers given before stay."""
        if self._about == (member, pack.bidders, pack.members, held):
            return
        self._about = (member, pack.bidders, pack.members, held)
        self._member, self._pack, self._held = member, pack, held
        self.questions = {}
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        first = Card()
        first.inside.addWidget(label(_ASKED, wrap=True))
        first.inside.addWidget(label(_STAYS, "muted", wrap=True))
        self.none = button("No interest in any of them  Ctrl+Shift+N")
        self.none.setAccessibleName("No interest in any of them")
        self.none.setShortcut("Ctrl+Shift+N")
        self.none.clicked.connect(self._none_at_all)
        first.inside.addWidget(self.none, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(first)
        for bidder in pack.bidders:
            before = tuple(one for one in held if one.bidder == bidder.bidder)
            made = self.questions[bidder.bidder] = Question(bidder, pack, before)
            made.changed.connect(self.changed)
            column.addWidget(made)
        column.addStretch(1)
        self.setWidget(holder)

    def interests(self) -> tuple[tuple[BidderCode, str], ...]:
        """The interests that are declared now: the bidder, and what it is about."""
        return tuple((code, one.about) for code, one in self.questions.items() if one.answer is True and not one.fixed)

    def missing(self) -> str:
        """What is still to be answered, in words; empty when the declaration can be recorded."""
        open_ = [code for code, one in self.questions.items() if one.answer is None]
        silent = [
            code for code, one in self.questions.items() if one.answer is True and not one.about and not one.fixed
        ]
        if open_:
            return f"Still to answer: {words.together(open_)}."
        if silent:
            return f"Say in a few words what your interest in {words.together(silent)} is."
        known = any(one.fixed for one in self.questions.values())
        return "There is nothing new to record." if known and not self.interests() else ""

    def consequence(self) -> str:
        """What the answers so far mean for the person, in words."""
        if self._member is None:
            return ""
        now = datetime.now(UTC)  # the value is for this sentence alone and is not kept
        person = self._member.person
        more = [Declaration(person, DeclarationOutcome.INTEREST, now, code) for code, _ in self.interests()]
        pack = self._pack
        lots = [one.lot for one in recusals(self._member, (*self._held, *more), pack.bids, pack.bidders, pack.members)]
        if not lots:
            return ""
        each = words.together(f"lot {lot}" for lot in lots)
        return f"You will be recused from {each}: you neither read nor score any of its bids."

    def take_focus(self) -> None:
        """Give the focus to the first question that is open."""
        for question in self.questions.values():
            if question.answer is None:
                question.none.setFocus(Qt.FocusReason.OtherFocusReason)
                self.ensureWidgetVisible(question)
                return

    def _none_at_all(self) -> None:
        for question in self.questions.values():
            if question.answer is None:
                question.none.setChecked(True)


class Question(Card):
    """One bidder: no interest, or an interest and what it is."""

    changed = Signal()

    def __init__(self, bidder: Bidder, pack: TenderPack, before: tuple[Declaration, ...]) -> None:
        super().__init__(f"{bidder.bidder}  {bidder.name}")
        self._bidder = bidder
        self.fixed = bool(before)
        lots = [f"lot {bid.lot}" for bid in pack.bids if bid.bidder == bidder.bidder]
        parts = [words.BIDDERS[bidder.kind], words.together(dict.fromkeys(lots))]
        members = [f"{one.name} ({words.PARTS[one.role]})" for one in pack.members if one.bidder == bidder.bidder]
        if members:
            parts.append(f"with {words.together(members)}")
        self.inside.addWidget(label(" · ".join(part for part in parts if part), wrap=True))
        self.none = button("No interest", role="level")
        self.some = button("An interest", role="level")
        self.text = QPlainTextEdit()
        if self.fixed:
            about = " ".join(one.about for one in before)
            self.inside.addWidget(label(f"On record: an interest. {about}", wrap=True))
            return
        group = QButtonGroup(self)
        row = Flow()
        for choice in (self.none, self.some):
            choice.setCheckable(True)
            choice.setMinimumWidth(choice.fontMetrics().averageCharWidth() * 20)
            choice.setAccessibleName(f"{choice.text()} in {bidder.bidder} {bidder.name}")
            group.addButton(choice)
            row.addWidget(choice)
            choice.toggled.connect(self._answered)
        self.inside.addLayout(row)
        self.text.setAccessibleName(f"What the interest in {bidder.bidder} {bidder.name} is")
        self.text.setPlaceholderText("What is it, and since when? For instance: I was a trustee until 2024.")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.fontMetrics().height() * 3 + 20)
        self.text.textChanged.connect(self.changed)
        self.text.hide()
        self.inside.addWidget(self.text)

    @property
    def answer(self) -> bool | None:
        """True for an interest, False for none, None while there is no answer."""
        if self.fixed or self.some.isChecked():
            return True
        return False if self.none.isChecked() else None

    @property
    def about(self) -> str:
        """What the interest is."""
        return self.text.toPlainText().strip()

    def _answered(self, on: bool) -> None:
        if on:
            self.text.setVisible(self.some.isChecked())
            if self.some.isChecked():
                self.text.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()
