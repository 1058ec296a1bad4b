"""Reading an invitation to a panel, and accepting it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal

from evalpanel.services import joining
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import carry_words
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.invitation_card import InvitationCard


class AnswerInvitation(CarryPart):
    """The invitation, to be read and answered. `answered` carries the id of the tender once the answer is written."""

    answered = Signal(str)

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._file: Path | None = None
        self.card = InvitationCard()
        self.column.addWidget(self.card)

    def ask(self, file: Path) -> None:
        """Read an invitation. Raises `EvalPanelError` when it is none."""
        self.card.show_invitation(joining.read(file))
        self._file = file

    def head(self) -> tuple[str, str]:
        """Whose turn it is."""
        return "You are invited to a panel", carry_words.INVITED

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Accepting it."""
        return "Accept and write my answer…", self._accept, ""

    def _accept(self) -> None:
        asked, file = self.card.shown, self._file
        assert asked is not None
        assert file is not None
        self.out.answer(file, asked, self.card.laptop.text().strip(), lambda: self.answered.emit(asked.tender))
