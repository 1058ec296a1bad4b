"""Taking over as officer, with the words of the two sheets that others hold."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from evalpanel.services import succeeding
from evalpanel.services.succession import Succeeded
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import bad_day
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.paper_words import PaperWords


class TakeOver(CarryPart):
    """The words of both sheets, and the reason."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        words = Card("The words of the two sheets")
        words.inside.addWidget(label(bad_day.TYPING, "muted", wrap=True))
        self.successor = PaperWords("The twelve words of the successor’s sheet")
        self.recovery = PaperWords("The twelve words of the recovery sheet")
        words.inside.addWidget(self.successor)
        words.inside.addWidget(self.recovery)
        self.column.addWidget(words)
        reason = Card("Why?")
        reason.inside.addWidget(label(bad_day.AFTER, "muted", wrap=True))
        self.why = QLineEdit()
        self.why.setAccessibleName("Why you take over, for the record")
        reason.inside.addWidget(self.why)
        self.column.addWidget(reason)
        self.column.addStretch(1)
        for one in (self.successor, self.recovery):
            one.changed.connect(self.changed)
            one.entered.connect(page.primary.click)
        self.why.textChanged.connect(lambda *_: self.changed.emit())
        self.why.returnPressed.connect(page.primary.click)

    def head(self) -> tuple[str, str]:
        """What it needs."""
        return "Take over as officer", bad_day.TAKE_OVER

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Taking over, once both sheets and the reason are there."""
        late = "" if self.why.text().strip() else "Say why first, for the record."
        if not (self.successor.whole and self.recovery.whole):
            late = "Type the twelve words of both sheets first."
        return "Take over as officer…", self._take_over, late

    def take_focus(self) -> bool:
        """The first words."""
        self.successor.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _take_over(self) -> None:
        space, tender = self.session.workspace, self.session.tender
        first, second, why = self.successor.text(), self.recovery.text(), self.why.text()

        def done(made: Succeeded) -> None:
            for one in (self.successor, self.recovery):
                one.clear()  # words on paper stay on paper
            self.left.emit(bad_day.took_over(made))

        self.out.write(
            "Taking over as officer",
            lambda to, _: succeeding.succeed(
                space, tender, successor_words=first, recovery_words=second, why=why, to=to
            ),
            done,
        )
