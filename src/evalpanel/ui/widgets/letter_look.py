"""One letter looked over before it is signed: how it reads, what to look at again, what it may not tell, who approved it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from evalpanel.domain.leaks import Leak
from evalpanel.services.letter_looks import LetterLook
from evalpanel.ui.models.words import count
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.scroll import scroll
from evalpanel.ui.widgets.texts import strong


class LetterLookCard(Card):
    """The card in the letter's place. `allowed` carries what may stand in the letter and why; `approved` and `drafted` ask
    for what their buttons say; `left` goes back to the letter; `ruled` says whether letters have to be approved from now on."""

    allowed = Signal(str, str)
    approved = Signal()
    drafted = Signal()
    left = Signal()
    ruled = Signal(bool)

    def __init__(self) -> None:
        super().__init__("The letter, looked over")
        self.lines: dict[str, QLineEdit] = {}
        self.said: tuple[str, ...] = ()
        self._inside = QVBoxLayout()
        holder = QWidget()
        holder.setLayout(self._inside)
        self.inside.addWidget(scroll(holder), 1)
        row = Flow(gap=12)
        self.approve = button("Approve this letter")
        self.approve.clicked.connect(lambda *_: self.approved.emit())
        self.draft = button("Save a draft for the lawyer…")
        self.draft.setAccessibleName("Save a draft for the lawyer, as a Word document")
        self.draft.clicked.connect(lambda *_: self.drafted.emit())
        self._needed = False
        self.rule = button("")
        self.rule.clicked.connect(lambda *_: self.ruled.emit(not self._needed))
        self.leave = leave = button("Back to the letter  Esc")
        leave.setAccessibleName("Back to the letter")
        leave.clicked.connect(lambda *_: self.left.emit())
        for one in (self.approve, self.draft, self.rule, leave):
            row.addWidget(one)
        self.inside.addLayout(row)
        back = QShortcut(QKeySequence("Esc"), self)
        back.setWhatsThis("Back to the letter")
        back.activated.connect(self.left.emit)

    def show_look(self, title: str, look: LetterLook, *, may_act: bool) -> None:
        """Show what was found of one letter. `may_act`: whether this person may approve, and record exceptions."""
        self.set_title(title)
        self.lines = {}
        while (item := self._inside.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        said = [*self._reading(look), *self._warnings(look)]
        for sentence in said:
            self._inside.addWidget(label(sentence, wrap=True))
        self.said = (*said, *(one.sentence for one in look.leaks))
        if look.leaks:
            self._inside.addWidget(strong("What it may not tell" if look.stops else "Worth another look"))
        for leak in look.leaks:
            self._leak(leak, may_act=may_act)
        self._inside.addStretch(1)
        self.approve.setVisible(look.needs_approval and look.approval is None and may_act and not look.why)
        self.draft.setVisible(not look.why)
        self._needed = look.needs_approval
        self.rule.setText("Do without approval" if self._needed else "Require approval")
        self.rule.setAccessibleDescription("For every letter of this tender; on the record.")
        self.rule.setToolTip("For every letter of this tender; on the record.")
        self.rule.setVisible(may_act and not look.why)

    def _reading(self, look: LetterLook) -> list[str]:
        if look.why:
            return list(look.why)
        said = []
        if look.grade is not None:
            said.append(f"It reads at grade {look.grade:f}: easy from the age of about {look.age} on.")
        if look.needs_approval:
            who = look.approval.person if look.approval is not None else ""
            said.append(f"✓ Approved by {who}, as it is now." if who else "It has to be approved before it is signed.")
        stops = len(look.stops)
        said.append(
            f"✕ It cannot be signed: {count(stops, 'thing')} in it may not be told."
            if stops
            else "✓ Nothing was found in it that it may not tell."
        )
        return said

    def _warnings(self, look: LetterLook) -> list[str]:
        return [f"{part.title}: {one.words}" for part in look.explanations for one in part.warnings]

    def _leak(self, leak: Leak, *, may_act: bool) -> None:
        self._inside.addWidget(label(leak.sentence, "danger" if leak.stops else "warn", wrap=True))
        if not (leak.stops and may_act):
            return
        why = QLineEdit()
        why.setPlaceholderText("Why it may lawfully stand there, for the record")
        why.setAccessibleName(f"Why “{leak.found}” may stand there")
        let = button("It may stand there")
        let.clicked.connect(lambda *_, key=leak.key, line=why: self.allowed.emit(key, line.text()))
        self.lines[leak.key] = why
        self._inside.addWidget(why)
        self._inside.addWidget(let)
