"""A letter looked over on the page Letters: what was found, what may stand all the same, approval, a draft for the lawyer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.services import approving, drafting, letter_looks
from evalpanel.services.letter_drafts import LetterState
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.letter_rows import LetterRow
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.letter_look import LetterLookCard


@dataclass(frozen=True, slots=True)
class Looked:
    """Which letter is looked over: that about the outcome of a bid, or that for an occasion."""

    bid: str
    lot: str
    title: str
    occasion: Occasion | None = None
    combined: bool = False

    @property
    def lot_asked(self) -> str | None:
        """The lot that it is about; none where it is about all lots of its bidder."""
        return None if self.combined else self.lot


class LetterLooking:
    """Does what the card asks for. The page shows the card, and says by `may_act` whether this person may record anything."""

    def __init__(self, page: Page, may_act: Callable[[], bool]) -> None:
        self._page, self._may_act = page, may_act
        self._about: Looked | None = None
        self.choose_draft: Callable[[str], str] = self._ask_draft
        self.card = LetterLookCard()
        self.card.allowed.connect(page.guard(self._allow))
        self.card.approved.connect(page.guard(self._approve))
        self.card.drafted.connect(page.guard(self._draft))
        self.card.ruled.connect(page.guard(self._rule))

    def suits(self, row: LetterRow | None, *, combined: bool) -> Looked | None:
        """The letter of a row, as it is looked over; None for one that is signed already, or owed to nobody."""
        if row is None or row.standing.state not in (LetterState.READY, LetterState.BLOCKED):
            return None
        return Looked(row.standing.bid, row.standing.lot, row.title, combined=combined)

    def look(self, about: Looked) -> None:
        """Show what is found in a letter as it would be signed now."""
        self._about = about
        space, tender, person = self._who
        (found,) = letter_looks.look(
            space,
            tender,
            bid=about.bid,
            lot=about.lot_asked,
            person=person,
            combined=about.combined,
            occasion=about.occasion,
        )
        self.card.show_look(about.title, found, may_act=self._may_act())

    @property
    def _who(self) -> tuple[Workspace, str, str | None]:
        session = self._page.session
        return session.workspace, session.tender, session.person or None

    def _allow(self, key: str, why: str) -> None:
        about = self._about
        assert about is not None
        space, tender, person = self._who
        told = approving.let_through(
            space, tender, bid=about.bid, lot=about.lot, key=key, why=why, person=person, occasion=about.occasion
        )
        self._again(f"On record, with the reason: {told}", about)

    def _approve(self) -> None:
        about = self._about
        assert about is not None
        space, tender, person = self._who
        approving.approve(
            space,
            tender,
            person=person or "",
            bid=about.bid,
            lot=about.lot_asked,
            combined=about.combined,
            occasion=about.occasion,
        )
        self._again("The letter is approved as it is now. Another content would not be.", about)

    def _rule(self, needed: bool) -> None:  # a signal carries it
        about = self._about
        assert about is not None
        space, tender, person = self._who
        approving.need_approval(space, tender, needed=needed, person=person)
        said = (
            "Every letter is approved by a named person before it is signed." if needed else "Letters need no approval."
        )
        self._again(said, about)

    def _draft(self) -> None:
        about = self._about
        assert about is not None
        target = self.choose_draft(f"{about.bid}-{about.lot}.docx")
        if not target:
            return
        space, tender, person = self._who
        if about.combined:
            drafting.draft_combined(space, tender, bid=about.bid, out=Path(target), person=person)
        elif about.occasion is None:
            drafting.draft(space, tender, bid=about.bid, lot=about.lot, out=Path(target), person=person)
        else:
            drafting.draft_occasion(
                space, tender, about.occasion, bid=about.bid, lot=about.lot, out=Path(target), person=person
            )
        self._page.said.emit("The draft is written. It is not signed, and says so on each page.")
        self._page.acted.emit()

    def _again(self, said: str, about: Looked) -> None:
        self._page.said.emit(said)
        self._page.acted.emit()
        self.look(about)

    def _ask_draft(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self._page, "Save a draft for the lawyer", name, "Word documents (*.docx)")[
            0
        ]
