"""How long a record is kept, on the page Record: what is shown of it, lifting a hold, and ending the record."""

from __future__ import annotations

from evalpanel.domain.stages import TenderStage
from evalpanel.services import keeping, publishing
from evalpanel.services.setup import TenderView
from evalpanel.ui.acting import Acting
from evalpanel.ui.models import keeping_words
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.keeping_card import KeepingCard


class RecordKeeping:
    """Fills the card, and does what it asks for."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._person: str | None = None
        self.card = KeepingCard()
        self.card.lifted.connect(page.guard(self._lift))
        self.card.ended.connect(page.guard(self._end))

    def show(self, view: TenderView, acting: Acting) -> None:
        """Show where the keeping stands today; `acting` says who may do something about it."""
        self._person = acting.person
        held = keeping.keeping(self._page.session.workspace, self._page.session.tender)
        closed = view.summary.stage.reached(TenderStage.CLOSED)
        self.card.show_keeping(held, view.summary.reference, closed=closed, tip=acting.why_not)
        if held.retention.ended is not None:
            self._page.status.setText("The record was ended. This history stays.")

    def _lift(self, number: int, who: str, why: str) -> None:
        session = self._page.session
        publishing.lift(session.workspace, session.tender, who=who, why=why, number=number, person=self._person)
        self.card.leave()
        self._page.acted.emit()
        self._page.said.emit("It is on the record.")

    def _end(self, typed: str, why: str) -> None:
        session = self._page.session
        done = keeping.end(session.workspace, session.tender, typed=typed, why=why, person=self._person)
        self.card.leave()
        self._page.acted.emit()
        self._page.said.emit(keeping_words.ended(done))
        self._page.primary.setFocus()
