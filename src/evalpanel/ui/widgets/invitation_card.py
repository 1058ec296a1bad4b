"""An invitation to a panel, as the person who got it reads it before answering."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from evalpanel.services.joining import Invite
from evalpanel.ui.models import words
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.scroll import Upright
from evalpanel.ui.widgets.texts import facts


class InvitationCard(Upright):
    """Who asks, what the task is, what is promised, and what this laptop is called."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("The invitation")
        self.setMinimumHeight(12 * self.fontMetrics().lineSpacing())
        self._shown: Invite | None = None
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(12)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(12)
        self._column.addLayout(self._parts)
        card = Card("What do you call this laptop?")
        told = "It helps the officer where somebody works on two. It may stay empty."
        card.inside.addWidget(label(told, "muted", wrap=True))
        self.laptop = QLineEdit()
        self.laptop.setAccessibleName("What do you call this laptop?")
        self.laptop.setPlaceholderText("My work laptop")
        card.inside.addWidget(self.laptop)
        self._column.addWidget(card)
        self._column.addStretch(1)
        self.setWidget(holder)

    @property
    def shown(self) -> Invite | None:
        """The invitation that is read."""
        return self._shown

    def show_invitation(self, asked: Invite) -> None:
        """Show an invitation."""
        if asked == self._shown:
            return
        self._shown = asked
        while (item := self._parts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        who = Card(asked.title)
        roles = words.together(words.ROLES[role] for role in asked.roles)
        pairs = [
            ("You", f"{asked.name}, {asked.person}"),
            ("Your part", roles[:1].upper() + roles[1:]),
            ("From", f"{asked.officer}, {asked.authority}"),
            ("Tender", asked.reference),
            ("Answer by", words.day(asked.reply_by) if asked.reply_by is not None else ""),
        ]
        who.inside.addLayout(facts(pairs))
        self._parts.addWidget(who)
        self._parts.addWidget(_text("What you are asked to do", asked.remit))
        self._parts.addWidget(_text("What you promise", asked.undertaking))
        self.verticalScrollBar().setValue(0)


def _text(title: str, text: str) -> Card:
    card = Card(title)
    for paragraph in text.splitlines():
        if paragraph.strip():
            card.inside.addWidget(label(paragraph, wrap=True))
    return card
