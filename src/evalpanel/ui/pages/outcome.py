"""Outcome: the prices are opened, and each lot's ranking is shown as bars made of what made them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QPushButton, QSplitter, QVBoxLayout, QWidget

from evalpanel.domain.intake import ProblemsFound
from evalpanel.domain.interests import without_result
from evalpanel.domain.people import Role
from evalpanel.domain.results import LotResult
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode
from evalpanel.services import deciding, outcome, price_state, prices, scoresheets
from evalpanel.services.after_outcome import AfterOutcome
from evalpanel.services.awards import TenderOutcome
from evalpanel.services.price_state import PriceStanding
from evalpanel.services.setup import TenderView
from evalpanel.ui.acting import Acting, acting
from evalpanel.ui.models.award_acts import typed_day
from evalpanel.ui.models.outcome_rows import headline
from evalpanel.ui.outcome_acts import OutcomeActs
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.places import me
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.award_form import AwardForm
from evalpanel.ui.widgets.bid_result import BidResultView
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.outcome_bars import OutcomeBars
from evalpanel.ui.widgets.pile import Pile
from evalpanel.ui.widgets.price_list import PriceList
from evalpanel.ui.widgets.state_card import StateCard

_TAB = 28  # characters of a lot's title on its button
FILES = "Workbooks and tables (*.xlsx *.csv)"
_ELSEWHERE = (
    "Moderation is closed. The officer opens prices, and releases them to the chair, to finance evaluators, to those who decide and "
    "to legal advisers. Take in what the officer sends."
)


class OutcomePage(Page):
    """Before the prices are open: what an opening will open. After it: the ranking, lot by lot, bid by bid."""

    KEY = "outcome"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._acting = Acting(None, "Nothing is open.")
        self._made: TenderOutcome | None = None
        self._key: tuple[object, ...] = ()
        self._lots: tuple[LotResult, ...] = ()
        self._lot = ""
        self._bring = self.add_action("Bring in prices…", self._choose_prices)
        self._state = StateCard()
        self.content.addWidget(self._state)
        self._sealed = QWidget()
        column = QVBoxLayout(self._sealed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.problems = label("", "warn", wrap=True)
        self.problems.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self.problems)
        self._words = label("", wrap=True)
        column.addWidget(self._words)
        self.prices = PriceList()
        self.prices.setMinimumHeight(10 * self.fontMetrics().lineSpacing())
        column.addWidget(self.prices, 1)
        self.content.addWidget(self._sealed, 1)
        self._result = QWidget()
        column = QVBoxLayout(self._result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self._tabs = Flow(gap=8)
        self._group = QButtonGroup(self)
        self.tabs: dict[str, QPushButton] = {}
        column.addLayout(self._tabs)
        self.headline = label("", "card-title", wrap=True)
        column.addWidget(self.headline)
        self.tie = label("", "warn", wrap=True)
        column.addWidget(self.tie)
        self.bars = OutcomeBars()
        self.bars.chosen.connect(self.guard(self._show_bid))
        self.bid = BidResultView()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(12)
        self.bars.setMinimumHeight(10 * self.fontMetrics().lineSpacing())
        self._split.addWidget(self.bars)
        self.acts = OutcomeActs(self, self._acts_changed, self._acts_done)
        self._lower = Pile()
        for part in (self.bid, self.acts.fall_out, self.acts.low):
            self._lower.addWidget(part)
        self._split.addWidget(self._lower)
        self._low = self.add_action("Low prices…", lambda: self._ask_about(self.acts.ask_low))
        self._out = self.add_action("A bid falls out…", lambda: self._ask_about(self.acts.ask_fall_out))
        self.award = AwardForm()
        self.award.wanted.connect(self.primary.click)
        self.award.left.connect(self._leave_award)
        column.addWidget(self.award, 1)
        self._split.setStretchFactor(1, 1)
        column.addWidget(self._split, 1)
        self.content.addWidget(self._result, 1)

    def refresh(self) -> None:
        """Show what is to be seen at this stage: nothing yet, the sealed prices, or the result."""
        view = self.session.view
        self.status.setText("")
        for widget in (self._state, self._sealed, self._result, self._bring, self._low, self._out):
            widget.hide()
        if view is None:
            self.head("Outcome", "")
            self._state.tell_no_tender(self.go.emit)
            self._state.show()
            self.next_step("", None)
            return
        self._acting = acting(view, self.session.person, Role.OFFICER)
        stage = view.summary.stage
        if not stage.reached(TenderStage.QUALITY_LOCKED):
            self.head("Outcome", view.summary.title)
            words = "Prices stay sealed, and nothing is added up, until moderation is closed."
            self._tell("The outcome comes after moderation", words, "Go to moderation", "moderation")
        elif self._hidden(view) >= {lot.lot for lot in view.pack.lots}:
            self.head("Outcome", view.summary.title)
            self._tell(
                "The outcome is not shown to you", "You are recused from every lot of this tender.", "Home", "home"
            )
        elif stage.reached(TenderStage.OUTCOME) or (view.joined and stage.reached(TenderStage.PRICES_OPENED)):
            self._show_result(view)
        elif view.joined:
            self.head("Outcome", view.summary.title)
            self._tell("No price is open on this laptop", _ELSEWHERE, "Home", "home")
        else:
            self._show_prices(view)

    def open(self, what: object) -> None:
        """Show a lot (its code); focus goes to the ranking."""
        if isinstance(what, str) and what in self.tabs:
            self._show_lot(what)
        if self._result.isVisible():
            self.bars.table.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.primary.isVisible():
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell(self, title: str, words: str, action: str, place: str) -> None:
        self._state.tell(title, words, action, lambda: self.go.emit(place, None))
        self._state.show()
        self.next_step("", None)

    def _hidden(self, view: TenderView) -> set[str]:
        """The lots from which the person is recused: neither prices nor results of rivals are theirs to see."""
        own = me(view, self.session.person)
        if own is None:
            return set()
        # Where scores about one criterion of a bid are closed to a laptop, it cannot work out the lot.
        return {one.lot for one in own.recusals} if view.joined else set(without_result(own.recusals))

    # Before

    def _show_prices(self, view: TenderView) -> None:
        assert view.pack.tender is not None, "a tender that is loaded has its terms"
        held = price_state.price_state(self.session.workspace, self.session.tender, person=self.session.person or None)
        hidden = self._hidden(view)
        shown = price_state.PriceState(tuple(one for one in held.bids if one.lot not in hidden), held.needed)
        self._sealed.show()
        self.problems.setVisible(bool(self.problems.text()))
        titles = {lot.lot: lot.title for lot in view.pack.lots}
        self.prices.show_state(shown, titles, view.pack.tender.currency)
        opens, missing = held.count(PriceStanding.TO_OPEN), held.count(PriceStanding.MISSING)
        opened, sealed = held.count(PriceStanding.OPENED), held.count(PriceStanding.STAYS_SEALED)
        tip = self._acting.why_not
        if not held.needed or view.summary.stage.reached(TenderStage.PRICES_OPENED):
            self.head(
                "Outcome", f"{opened} prices are open · {sealed} stay sealed" if held.needed else view.summary.title
            )
            self._words.setText(
                "Everything is there. The outcome is worked out from the agreed levels and the opened prices by the "
                "published method, and goes on the record."
                if held.needed
                else "The published method needs no price. The outcome follows from the agreed levels alone."
            )
            self.next_step("Work out the outcome", self._make, tip=tip)
            return
        self._bring.setVisible(self._acting.may)
        words = [f"{opens} to open", f"{sealed} stay sealed"] + ([f"{missing} missing"] if missing else [])
        self.head("Outcome", " · ".join(["Quality is locked", *words]))
        if missing:
            lacks = "Bring in what is missing, or record under Set-up what has become of the bid."
            self._words.setText(f"Prices can be opened once every bid that is still in has one. {lacks}")
            tip = tip or f"{missing} bids that are still in have no price."
        else:
            self._words.setText(
                "All prices marked ○ are opened together, once, on the record. The others stay sealed. "
                "After it a bid can only fall out, with its reason."
            )
        self.next_step("Open 1 price" if opens == 1 else f"Open {opens} prices", self._open, tip=tip)

    def _open(self) -> None:
        done = prices.open_prices(self.session.workspace, self.session.tender, person=self._acting.person)
        self.problems.setText("")
        self.said.emit(f"{len(done.opened)} prices are open. {len(done.unopened)} stay sealed.")
        self.acted.emit()

    def _make(self) -> None:
        self._made = outcome.outcome(self.session.workspace, self.session.tender, person=self._acting.person)
        self.said.emit("The outcome is on the record.")
        self.acted.emit()

    def _choose_prices(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Bring in prices", "", FILES)
        if name:
            self.take_prices(Path(name))

    def take_prices(self, path: Path) -> None:
        """Seal the price schedules of a file. What is wrong with it stays on the page, each with its place."""
        try:
            count = scoresheets.import_prices(
                self.session.workspace, self.session.tender, path=path, person=self._acting.person
            )
        except ProblemsFound as found:
            self.problems.setText("\n".join((found.title, *(f"• {one}" for one in found.problems), found.then)))
            self.problems.setVisible(self._sealed.isVisible())
            return
        self.problems.setText("")
        self.said.emit(f"{count} price schedules are sealed. Nobody has seen them yet.")
        self.acted.emit()

    # After

    def _show_result(self, view: TenderView) -> None:
        key = (view.summary.tender_id, self.session.person, view.pack.bidders, view.pack.bids)
        if key != self._key or self._made is None:
            self._made = outcome.outcome(
                self.session.workspace, self.session.tender, person=self.session.person or None
            )
            self._key = key
        hidden = self._hidden(view)
        lots = tuple(lot for lot in self._made.lots if lot.lot not in hidden)
        self._result.show()
        if lots != self._lots:
            self._lots = lots
            self._build_tabs()
            self._show_lot(self._lot if self._lot in self.tabs else lots[0].lot)
        self._frame(view)

    def _build_tabs(self) -> None:
        while (item := self._tabs.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self.tabs = {}
        for lot in self._lots:
            short = lot.title if len(lot.title) <= _TAB else f"{lot.title[:_TAB].rstrip()}…"
            made = button(f"{lot.lot} · {short}" if len(self._lots) < 5 else lot.lot, role="level")
            made.setStyleSheet("font-weight: normal; padding: 0 12px;")
            made.setCheckable(True)
            made.setAutoExclusive(True)  # read out as one of several; the group decides
            made.setToolTip(lot.title)
            made.setAccessibleName(f"Lot {lot.lot} {lot.title}")
            made.clicked.connect(self.guard(lambda *_, code=lot.lot: self._show_lot(code)))
            self._group.addButton(made)
            self._tabs.addWidget(made)
            self.tabs[lot.lot] = made
            made.setVisible(len(self._lots) > 1)
        self._tabs.invalidate()

    def _show_lot(self, code: str) -> None:
        made, view = self._made, self.session.view
        lot = next((one for one in self._lots if one.lot == code), None)
        if lot is None or made is None or view is None:
            return
        if code != self._lot:
            self.award.hide()
            self.acts.leave()
        self._lot = code
        self.tabs[code].setChecked(True)
        self.headline.setText(headline(lot))
        self.tie.setText(lot.tie)
        self.tie.setVisible(bool(lot.tie))
        assert made.pack.tender is not None, "a tender that is loaded has its terms"
        self.bars.show_lot(lot, made.pack.tender.currency)
        most = max(160, self._split.height() // 2)
        high = min(self.bars.wanted_height(), most)
        self._split.setSizes([high, max(160, self._split.height() - high)])
        self._frame(view)

    def _show_bid(self, bid: BidCode) -> None:
        lot = next((one for one in self._lots if one.lot == self._lot), None)
        if lot is None or self._made is None:
            return
        result = next(one for one in lot.bids if one.bid == bid)
        self.bid.show_bid(result, lot, self._made.pack, self.bars.model.told(result))

    # A bid falls out, a price looks too low

    def _ask_about(self, ask: Callable[[LotResult, str], None]) -> None:
        lot = next(one for one in self._lots if one.lot == self._lot)
        self.award.hide()
        now = self.bars.table.currentIndex().row()
        ask(lot, self.bars.model.bids[now].bid if now >= 0 else "")

    def _acts_changed(self) -> None:
        """Another part stands under the ranking, or something was typed in it."""
        self._lower.setCurrentWidget(self.acts.shown or self.bid)
        self.bars.setVisible(not self.acts.is_open)  # the form needs the room
        if self.session.view is not None and self._made is not None:
            self._frame(self.session.view)

    def _acts_done(self, said: str) -> None:
        self.acted.emit()
        self.said.emit(said)

    def _frame(self, view: TenderView) -> None:
        lot = next((one for one in self._lots if one.lot == self._lot), None)
        words = []
        if lot is not None:
            ranked = sum(1 for bid in lot.bids if bid.rank is not None)
            words = [lot.title, f"{ranked} of {len(lot.bids)} bids ranked"]
            words.append(f"quality {lot.quality_weighting:f}, price {lot.price_weighting:f}")
        if hidden := self._hidden(view):
            words.append(f"lot {', '.join(sorted(hidden))} is not shown: you are recused from it")
        self.head("Outcome", " · ".join(words))
        if view.joined:
            self.award.hide()
            self.status.setText("Worked out on this laptop, from what was locked and released.")
            self.next_step("", None)
        else:
            self._next(lot)

    def _next(self, lot: LotResult | None) -> None:
        now = deciding.standing(self.session.workspace, self.session.tender)
        award = next((one for one in now.awards if lot is not None and one.lot == lot.lot), None)
        view = self.session.view
        self._split.setVisible(self.award.isHidden())
        open_still = view is not None and not view.summary.stage.reached(TenderStage.LETTERS_ISSUED)
        decided = any(lot is not None and one.lot == lot.lot for one in now.decisions)
        priced = lot is not None and any(one.price_amount is not None for one in lot.bids)
        self._low.setVisible(self._acting.may and priced and not self.acts.is_open)
        self._out.setVisible(self._acting.may and open_still and not decided and not self.acts.is_open)
        if self.acts.is_open:
            words, slot, tip = self.acts.step(
                may="" if open_still else "The letters are signed: nothing more is recorded here."
            )
            self.next_step(words, slot, tip=tip)
        elif award is not None and award.settled and (others := self._undecided(now)):
            self.award.hide()
            self.next_step(f"Go on to lot {others[0]}", lambda: self._show_lot(others[0]))
        elif award is None or award.settled or now.notice is not None:
            self.award.hide()
            tip = "" if self._acting.may else "The officer signs the letters."
            self.next_step("Letters", lambda: self.go.emit("letters", None), tip=tip)
        elif self.award.isHidden():
            self.next_step("Record the award decision…", self._ask_award, tip=self._acting.why_not)
        else:
            self.next_step(f"Record the decision on lot {award.lot}", self._decide, tip=self._acting.why_not)

    def _undecided(self, now: AfterOutcome) -> list[str]:
        """The lots that are shown here and wait for a decision."""
        return [one.lot for one in now.awards if not one.settled and one.lot in self.tabs]

    def _ask_award(self) -> None:
        lot = next(one for one in self._lots if one.lot == self._lot)
        now = deciding.standing(self.session.workspace, self.session.tender)
        self.award.ask(lot, next(one for one in now.awards if one.lot == lot.lot), now.today)
        self._split.hide()  # the form needs the room
        self._next(lot)

    def _leave_award(self) -> None:
        self.award.hide()
        if self.session.view is not None:
            self._frame(self.session.view)

    def _decide(self) -> None:
        now = deciding.standing(self.session.workspace, self.session.tender)
        award = next(one for one in now.awards if one.lot == self._lot)
        form = self.award
        made = deciding.decide(
            self.session.workspace,
            self.session.tender,
            bids=form.chosen,
            decided_by=form.people,
            delegation=form.delegation.text(),
            why=form.why.text(),
            on=typed_day(form.day.text()),
            lot=self._lot,
            authority=award.waiting[0],
            call_in_ends=typed_day(form.call_in.text()) if form.call_in.text().strip() else None,
            tie_settled=form.tie.text(),
            person=self._acting.person,
        )
        form.hide()
        self.said.emit(" ".join(("The decision is on the record.", *made.notes)))
        self.acted.emit()
