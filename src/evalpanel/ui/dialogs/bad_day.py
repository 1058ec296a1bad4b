"""Papers for a bad day: a paper key for this profile, the two sheets for a successor, and the way to taking over."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from evalpanel.services import papers, recovering
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import bad_day
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.widgets.card import Card


class BadDay(CarryPart):
    """A card for each paper that somebody at this laptop can make or use. `taking_over`, `from_paper` and `opening` ask for the parts
    that take over here, take over another tender, and open what people had sent."""

    taking_over = Signal()
    from_paper = Signal()
    opening = Signal()

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        guard = page.guard
        key = Card("A paper key for your profile")
        key.inside.addWidget(label(bad_day.PAPER_KEY, "muted", wrap=True))
        self.numbers = label("", wrap=True)
        key.inside.addWidget(self.numbers)
        self._revoking = QVBoxLayout()
        self._revoking.setSpacing(4)
        key.inside.addLayout(self._revoking)
        self.make_key = button("Make a paper key…")
        self.make_key.clicked.connect(lambda *_: guard(self._make_key)())
        key.inside.addWidget(self.make_key, 0, Qt.AlignmentFlag.AlignLeft)
        self.sheets = Card("Two sheets for whoever takes over")
        self.sheets.inside.addWidget(label(bad_day.TWO_SHEETS, "muted", wrap=True))
        self.papered = label("", wrap=True)
        self.sheets.inside.addWidget(self.papered)
        self.make_sheets = button("Make the two sheets…")
        self.make_sheets.clicked.connect(lambda *_: guard(self._make_sheets)())
        self.sheets.inside.addWidget(self.make_sheets, 0, Qt.AlignmentFlag.AlignLeft)
        self.over = Card("Take over as officer")
        self.over.inside.addWidget(label(bad_day.TAKE_OVER, "muted", wrap=True))
        self.take_over = button("Take over as officer")
        self.take_over.clicked.connect(lambda *_: self.taking_over.emit())
        self.over.inside.addWidget(self.take_over, 0, Qt.AlignmentFlag.AlignLeft)
        self.sent = Card(bad_day.OPEN_SENT_TITLE)
        self.sent.inside.addWidget(label(bad_day.OPEN_SENT, "muted", wrap=True))
        self.open_sent = button("Open what people had sent")
        self.open_sent.clicked.connect(lambda *_: self.opening.emit())
        self.sent.inside.addWidget(self.open_sent, 0, Qt.AlignmentFlag.AlignLeft)
        another = Card(bad_day.FROM_PAPER_TITLE)
        another.inside.addWidget(label(bad_day.FROM_PAPER, "muted", wrap=True))
        self.begin = button(bad_day.FROM_PAPER_BUTTON)
        self.begin.clicked.connect(lambda *_: self.from_paper.emit())
        another.inside.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignLeft)
        for card in (key, self.sheets, self.over, self.sent, another):
            self.column.addWidget(card)
        self.column.addStretch(1)

    def refresh(self) -> None:
        """Show what there is for whoever sits here."""
        space, stand = self.session.workspace, self.session.stand
        held = papers.paper_numbers(space)
        self.numbers.setText(bad_day.keys(held))
        self._offer_revoking(held)
        leads = stand is not None and stand.leads
        self.sheets.setVisible(leads)
        if leads:
            made = papers.has_paper(space, self.session.tender)
            self.papered.setText(
                "They were made. Made again, the new ones take their place." if made else "They are not made yet."
            )
        self.sent.setVisible(leads and recovering.took_over(space, self.session.tender))
        self.over.setVisible(stand is not None and not stand.leads)

    def head(self) -> tuple[str, str]:
        """What they are for."""
        return "For a bad day", bad_day.WHAT

    def take_focus(self) -> bool:
        """What can be done first."""
        self.make_key.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _offer_revoking(self, numbers: tuple[str, ...]) -> None:
        while (item := self._revoking.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number in numbers:
            self._revoking.addWidget(self._row(number))

    def _row(self, number: str) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        revoke = button(f"Number {number} is lost: let it open no more", role="quiet")
        revoke.clicked.connect(lambda *_: self.page.guard(self._revoke)(number))
        row.addWidget(revoke)
        row.addStretch(1)
        return whole

    def _revoke(self, number: str) -> None:
        papers.revoke_paper_key(self.session.workspace, number)
        self.page.acted.emit()
        self.page.said.emit(bad_day.revoked(number))
        self.make_key.setFocus(Qt.FocusReason.OtherFocusReason)

    def _make_key(self) -> None:
        space = self.session.workspace
        self.out.write(
            "Making a paper key",
            lambda to, _: papers.paper_key(space, out=_free(to, "Paper key")),
            lambda made: self.page.said.emit(bad_day.made_key(made)),
        )

    def _make_sheets(self) -> None:
        space, tender = self.session.workspace, self.session.tender
        self.out.write(
            "Making the two sheets",
            lambda to, _: papers.recovery(space, tender, to=to),
            lambda made: self.page.said.emit(bad_day.made_sheets(made)),
        )


def _free(folder: Path, name: str) -> Path:
    """A name in the folder that nothing has yet: what lies there may be the only copy of its words."""
    found, number = folder / f"{name}.pdf", 1
    while found.exists():
        number += 1
        found = folder / f"{name} {number}.pdf"
    return found
