"""Declaring interests: everybody who takes part in a bid on one list, to tick whom one has something to do with."""

from __future__ import annotations

from datetime import UTC, datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import (
    FORMER_YEARS,
    Answer,
    Declaration,
    DeclarationOutcome,
    InterestKind,
    Organisation,
    Recusal,
    interests_of,
    organisations,
    recusals,
    same_name,
    unanswered,
    whole_lots,
)
from evalpanel.domain.matching import Hint, hints, number_words
from evalpanel.domain.people import PanelMember
from evalpanel.ui.models import words
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow

_ASKED = (
    "Do you, or does somebody close to you, have anything to do with anyone on this list: work, money, family, "
    "friendship, a seat on a board, a dispute? Tick them, even where you think that it does not matter."
)
_STAYS = "A declaration stays on the record. You can add to it later, and not take it back."
PLAIN = "QPushButton { font-weight: normal; padding: 0 15px; } QPushButton:focus { padding: 0 13px; }"
_REST = "Nobody else on this list"
_LOOK_UP = "A name or a number, for instance Harbour Trust, or charity 1123456"


class Declare(QScrollArea):
    """The form. `changed` says that something was ticked or typed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("My declaration of interests")
        self._about: tuple[object, ...] = ()
        self._member: PanelMember | None = None
        self._pack = TenderPack()
        self._kept_out: tuple[Recusal, ...] = ()
        self._asked: tuple[Organisation, ...] = ()
        self._new = True  # whether there is anybody about whom nothing is on record
        self.rows: dict[str, OrganisationRow] = {}

    def ask(
        self,
        member: PanelMember,
        pack: TenderPack,
        held: tuple[Declaration, ...],
        kept_out: tuple[Recusal, ...] = (),
    ) -> None:
        """Ask a person about everybody; what is on record already stands there. What was ticked before stays."""
        about = (member, pack.bidders, pack.members, held)
        if self._about == about:
            return
        self._about = about
        self._member, self._pack, self._kept_out = member, pack, kept_out
        self._asked = organisations(pack.bidders, pack.members)
        self._new = not held or bool(unanswered(held, self._asked))
        self.rows = {}
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        column.addWidget(self._first(member))
        card = Card("Everybody who takes part")
        card.inside.setSpacing(2)
        for one, name, detail, indent in _listed(pack, self._asked):
            before = tuple(line for line in held if line.organisation == one.key)
            made = self.rows[one.key] = OrganisationRow(one, before, name, detail, indent)
            made.changed.connect(self.changed)
            made.text.textChanged.connect(lambda row=made: self._also(row))
            card.inside.addWidget(made)
        column.addWidget(card)
        column.addStretch(1)
        self.setWidget(holder)
        self._look_up(member.organisation)

    def _first(self, member: PanelMember) -> Card:
        first = Card()
        first.inside.addWidget(label(_ASKED, wrap=True))
        first.inside.addWidget(label(_STAYS, "muted", wrap=True))
        caption = label("Not sure? Look somebody up", "small")
        self.look_up = QLineEdit()
        self.look_up.setAccessibleName("Look somebody up")
        self.look_up.setPlaceholderText(_LOOK_UP)
        self.look_up.textChanged.connect(lambda text: self._look_up(text or member.organisation))
        caption.setBuddy(self.look_up)
        first.inside.addWidget(caption)
        first.inside.addWidget(self.look_up)
        self.hints = Hints()
        self.hints.meant.connect(self._meant)
        first.inside.addWidget(self.hints)
        self.rest = button(f"{_REST}  Ctrl+Shift+N", role="level")
        self.rest.setCheckable(True)
        self.rest.setAccessibleName(_REST)
        self.rest.setShortcut("Ctrl+Shift+N")
        self.rest.setMinimumWidth(self.rest.fontMetrics().averageCharWidth() * 46)
        self.rest.toggled.connect(self._rested)
        first.inside.addWidget(self.rest, 0, Qt.AlignmentFlag.AlignLeft)
        return first

    def answers(self) -> tuple[Answer, ...]:
        """The interests that are declared now."""
        return tuple(
            Answer(key, row.about, row.kind) for key, row in self.rows.items() if row.ticked and row.kind is not None
        )

    def missing(self) -> str:
        """What is still to be answered, in words; empty when the declaration can be recorded."""
        ticked = [row for row in self.rows.values() if row.ticked]
        if kindless := [row.name for row in ticked if row.kind is None]:
            return f"Choose what ties you to {words.together(kindless)}."
        if silent := [row.name for row in ticked if not row.about]:
            return f"Say in a few words what ties you to {words.together(silent)}."
        if not ticked and not self._new:
            return "There is nothing new to record."
        if not self.rest.isChecked():
            return "Read the list to its end, tick whom it concerns, then press “Nobody else on this list”."
        return ""

    def consequence(self) -> str:
        """What the answers so far mean for the person, in words."""
        if self._member is None:
            return ""
        pack, now = self._pack, datetime.now(UTC)  # the values are for this sentence alone and are not kept
        more = [
            Declaration(self._member.person, DeclarationOutcome.INTEREST, now, row.one.bidder)
            for row in self.rows.values()
            if row.ticked
        ]
        found = recusals(interests_of(self._member, more, pack.bidders, pack.members), pack.bids) if more else ()
        lots = dict.fromkeys((*whole_lots(self._kept_out), *whole_lots(found)))
        if not lots:
            return ""
        each = words.together(f"lot {lot}" for lot in lots)
        return f"You will be recused from {each}: you neither read nor score any of its bids."

    def said(self) -> str:
        """What is being declared, for the words after it is recorded."""
        bidders = dict.fromkeys(str(self.rows[one.organisation].one.bidder) for one in self.answers())
        return f"an interest in {words.together(bidders)}" if bidders else "no interest"

    def take_focus(self) -> None:
        """Give the focus to where one would type first."""
        self.look_up.setFocus(Qt.FocusReason.OtherFocusReason)

    def _look_up(self, text: str) -> None:
        assert self._member is not None, "somebody is asked"
        own = text == self._member.organisation and not self.look_up.text()
        found = tuple(
            hint
            for hint in hints(text, self._asked)
            if not self.rows[hint.organisation.key].is_answered
            # What is the same beyond doubt recuses without a question.
            and not (own and same_name(text).replace(" ", "") == same_name(hint.organisation.name).replace(" ", ""))
        )
        blind = self._pack.tender is not None and self._pack.tender.blind
        typed = bool(self.look_up.text().strip())
        self.hints.show_hints(found, text if own else "", typed=typed, blind=blind)

    def _also(self, row: OrganisationRow) -> None:
        """What somebody writes about one organisation may name another."""
        others = [
            hint
            for hint in hints(row.about, self._asked)
            if hint.organisation.key != row.one.key
            and not self.rows[hint.organisation.key].tick.isChecked()
            and hint.wrote.casefold() not in same_name(row.name)
        ]
        row.say(words.together(f"{hint.organisation.name} (“{hint.wrote}”)" for hint in others))

    def _meant(self, key: str) -> None:
        row = self.rows[key]
        row.tick.setChecked(True)
        self.look_up.clear()
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(row.text))  # once it has its room
        next(iter(row.kinds.values())).setFocus(Qt.FocusReason.OtherFocusReason)

    def _rested(self, on: bool) -> None:
        self.rest.setText(f"{'✓ ' if on else ''}{_REST}  Ctrl+Shift+N")
        self.rest.setShortcut("Ctrl+Shift+N")  # a new text takes the key away
        self.changed.emit()


_INDENT = 28


def _listed(pack: TenderPack, asked: tuple[Organisation, ...]) -> list[tuple[Organisation, str, str, int]]:
    """The list as it is shown: each bidder, and under it whoever takes part in its bid. Where bids are read blind,
    everybody by name alone."""
    if pack.tender is not None and pack.tender.blind:
        return [(one, one.name, number_words(one), 0) for one in sorted(asked, key=lambda one: same_name(one.name))]
    kinds = {bidder.bidder: words.BIDDERS[bidder.kind] for bidder in pack.bidders}
    found = []
    for one in asked:
        if one.role is not None:
            detail, name = words.PARTS[one.role], one.name
        else:
            lots = dict.fromkeys(f"lot {bid.lot}" for bid in pack.bids if bid.bidder == one.bidder)
            detail = " · ".join(part for part in (kinds[one.bidder], words.together(lots)) if part)
            name = f"{one.bidder}  {one.name}"
        told = " · ".join(part for part in (detail, number_words(one)) if part)
        found.append((one, name, told, _INDENT if one.role is not None else 0))
    return found


class Hints(QWidget):
    """What a text may mean, each as a question. `meant` says that it is this organisation (its key)."""

    meant = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self.told: tuple[str, ...] = ()
        self.buttons: tuple[QPushButton, ...] = ()

    def show_hints(self, found: tuple[Hint, ...], own: str, *, typed: bool, blind: bool) -> None:
        """Show these. `own` is the person's own organisation where it was that which was looked up."""
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        told, buttons = [], []
        for hint in found:
            one = hint.organisation
            number = f" ({said})" if (said := number_words(one)) else ""
            where = "takes part" if blind else f"takes part in the bid of {one.bidder}"
            wrote = f"Your organisation is {own}" if own else f"You wrote “{hint.wrote}”"
            told.append(f"{wrote}. {one.name}{number} {where}. Is that the same?")
            row = QHBoxLayout()
            row.addWidget(label(told[-1], wrap=True), 1)
            yes = button("Yes, tick it")
            yes.setAccessibleName(f"Yes, tick {one.name}")
            yes.clicked.connect(lambda _=False, key=one.key: self.meant.emit(key))
            row.addWidget(yes)
            buttons.append(yes)
            whole = QWidget()
            row.setContentsMargins(0, 0, 0, 0)
            whole.setLayout(row)
            self._column.addWidget(whole)
        if typed and not found:
            told.append("Nobody on the list looks like that. Read the list all the same.")
            self._column.addWidget(label(told[-1], "muted", wrap=True))
        self.told, self.buttons = tuple(told), tuple(buttons)


class OrganisationRow(QWidget):
    """One organisation: a box to tick, and when it is ticked, what the tie is."""

    changed = Signal()

    def __init__(self, one: Organisation, before: tuple[Declaration, ...], name: str, detail: str, indent: int) -> None:
        super().__init__()
        self.one, self.name = one, one.name
        self.is_answered = bool(before)
        column = QVBoxLayout(self)
        column.setContentsMargins(indent, 0 if indent else 6, 0, 0)
        column.setSpacing(6)
        self.tick = QCheckBox(words.literal(name))
        self.tick.setAccessibleName(f"{one.name}, {detail}" if detail else one.name)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.tick)
        head.addWidget(label(detail, "small", wrap=True), 1)
        column.addLayout(head)
        self.kinds: dict[InterestKind, QPushButton] = {}
        self.text = QPlainTextEdit()
        self.also = label("", "small", wrap=True)
        self.also.hide()
        if before:
            self.tick.setChecked(True)
            self.tick.setEnabled(False)
            about = " ".join(line.about for line in before)
            column.addWidget(label(f"On record: an interest. {about}".strip(), wrap=True))
            return
        self._more = QWidget()
        inside = QVBoxLayout(self._more)
        inside.setContentsMargins(28, 0, 0, 8)
        group = QButtonGroup(self)
        row = Flow(gap=6)
        for kind, told in words.INTEREST_KINDS.items():
            made = button(told.format(years=FORMER_YEARS), role="level")
            made.setStyleSheet(PLAIN)
            made.setCheckable(True)
            made.setAccessibleName(f"{made.text()}: {one.name}")
            made.toggled.connect(self._chosen)
            group.addButton(made)
            row.addWidget(made)
            self.kinds[kind] = made
        inside.addLayout(row)
        self.text.setAccessibleName(f"What ties you to {one.name}")
        self.text.setPlaceholderText("What is it, and since when? For instance: I was a trustee until 2024.")
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(self.fontMetrics().height() * 3 + 20)
        self.text.textChanged.connect(self.changed)
        inside.addWidget(self.text)
        inside.addWidget(self.also)
        self._more.hide()
        column.addWidget(self._more)
        self.tick.toggled.connect(self._ticked)

    @property
    def ticked(self) -> bool:
        """Whether an interest is declared now; what is on record already is not."""
        return self.tick.isChecked() and not self.is_answered

    @property
    def kind(self) -> InterestKind | None:
        """Of which kind the interest is."""
        return next((kind for kind, made in self.kinds.items() if made.isChecked()), None)

    @property
    def about(self) -> str:
        """What the interest is."""
        return self.text.toPlainText().strip()

    def say(self, others: str) -> None:
        """Ask whether the words mean `others` too; empty: ask nothing."""
        self.also.setText(f"Do you also mean {others}? If so, tick that too." if others else "")
        self.also.setVisible(bool(others))

    def _ticked(self, on: bool) -> None:
        self._more.setVisible(on)
        self.changed.emit()

    def _chosen(self, on: bool) -> None:
        if on:
            self.text.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()
