"""What is recorded about one bid on the page Outcome: that it falls out, and the correspondence about a low price."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.domain.people import Role
from evalpanel.domain.results import LotResult
from evalpanel.services import deciding, low_pricing
from evalpanel.services.low_pricing import LowPrices
from evalpanel.ui.acting import acting
from evalpanel.ui.models import bid_acts
from evalpanel.ui.models.award_acts import typed_day
from evalpanel.ui.models.occasion_words import AskedLetter
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.bid_forms import FallOutForm, LowPriceForm

Step = tuple[str, Callable[[], object] | None, str]
_UK = ZoneInfo("Europe/London")


class OutcomeActs:
    """Shows one of two forms in the place of the bid. `changed` tells the page to look again, `done` what was recorded."""

    def __init__(self, page: Page, changed: Callable[[], None], done: Callable[[str], None]) -> None:
        self._page, self._changed, self._done = page, changed, done
        self._lot = ""
        self._may = ""
        self.fall_out, self.low = FallOutForm(), LowPriceForm()
        self.shown: QWidget | None = None
        self.fall_out.changed.connect(self._changed)
        self.low.changed.connect(page.guard(self._read))
        self.low.looked.connect(page.guard(self._read))
        self.low.letter.connect(page.guard(self._write_letter))
        for form in (self.fall_out, self.low):
            form.wanted.connect(page.primary.click)
            form.left.connect(self.leave)

    @property
    def is_open(self) -> bool:
        """Whether one of the forms is shown."""
        return self.shown is not None

    def ask_fall_out(self, lot: LotResult, bid: str) -> None:
        """Ask which bid of a lot falls out."""
        self._lot, self.shown = lot.lot, self.fall_out
        self._changed()
        self.fall_out.ask(lot, bid)
        self._changed()

    def ask_low(self, lot: LotResult, bid: str) -> None:
        """Show which prices of a lot are flagged, and the correspondence about one."""
        self._lot, self.shown = lot.lot, self.low
        self._changed()
        self.low.ask(lot, bid, self._held())
        if not self.low.day.text():
            self.low.day.setText(self._today().isoformat())
        self._read()

    def leave(self) -> None:
        """Show the bid again."""
        if self.shown is not None:
            self.shown = None
            self._changed()

    def step(self, *, may: str) -> Step:
        """The next step of the form that is shown. `may` says why nothing can be recorded any more."""
        if self.shown is self.fall_out:
            said = bid_acts.OUT[self.fall_out.status_now].lower()
            return f"Record that {self.fall_out.bid_now} is {said}", self._fall_out, may or self.fall_out.missing
        if may != self._may:
            self._may = may
            self._read()
        step = self.low.step
        if step is None:
            return "Done", self.leave, ""
        return bid_acts.ACTS[step].format(bid=self.low.bid_now), self._record, may or self.low.missing

    def _held(self) -> LowPrices:
        session = self._page.session
        return low_pricing.low_prices(session.workspace, session.tender, margin=bid_acts.margin(self.low.margin.text()))

    def _read(self) -> None:
        if self.shown is self.low:
            self.low.show_state(self._held(), self._lot, may=self._may)
            self._changed()

    def _officer(self) -> str | None:
        view = self._page.session.view
        assert view is not None
        return acting(view, self._page.session.person, Role.OFFICER).person

    def _today(self) -> date:
        return self._page.session.workspace.now().astimezone(_UK).date()

    def _fall_out(self) -> None:
        session, form = self._page.session, self.fall_out
        out, made = deciding.exclude(
            session.workspace,
            session.tender,
            bid=form.bid_now,
            status=form.status_now,
            reason=form.reason.toPlainText(),
            decided_by=form.decided_by.text(),
            lot=self._lot,
            person=self._officer(),
        )
        form.empty()
        self.leave()
        first = ", ".join(one.bid for lot in made.lots if lot.lot == out.lot for one in lot.winners) or "nobody"
        self._done(
            f"Bid {out.bid} in lot {out.lot} is {out.status.value}. The outcome is worked out anew: first is now {first}."
        )

    def _record(self) -> None:
        session, form = self._page.session, self.low
        assert form.step is not None
        made = low_pricing.record_step(
            session.workspace,
            session.tender,
            bid=form.bid_now,
            step=form.step,
            text=form.text.toPlainText(),
            who=form.who.text(),
            on=typed_day(form.day.text()),
            lot=self._lot,
            accepted=form.accepted.isChecked() if form.step is LowPriceStep.DECISION else None,
            person=self._officer(),
        )
        form.empty()
        form.day.setText(self._today().isoformat())
        out = " The bid is disregarded, and the outcome worked out anew." if made.accepted is False else ""
        self._done(f"{bid_acts.STEPS[made.step]}: it is on the record.{out}")
        self._read()
        (form.text if form.text.isVisible() else self._page.primary).setFocus(Qt.FocusReason.OtherFocusReason)

    def _write_letter(self) -> None:
        held = bid_acts.of_bid(self._held().records, self._lot, self.low.bid_now)
        kind = bid_acts.letter_of(held)
        if kind is not None:
            self._page.go.emit("letters", AskedLetter(Occasion(kind), self.low.bid_now, self._lot))
