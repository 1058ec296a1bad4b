"""Panel and interests: who evaluates, what each declared, how far each is; and my own declaration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from evalpanel.domain.blind import names_are_known
from evalpanel.domain.interests import Declaration
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services import conflicts, declarations, sign_off
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui import places
from evalpanel.ui.dialogs.declare import Declare
from evalpanel.ui.dialogs.list_interests import ListInterests
from evalpanel.ui.models import words
from evalpanel.ui.models.people import composition, may_affirm, people, where_interests_stand
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.decision_form import DecisionForm
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.people_rows import PeopleRows
from evalpanel.ui.widgets.pile import Pile
from evalpanel.ui.widgets.state_card import StateCard


class PanelPage(Page):
    """The panel as rows, and the form in which the person at the laptop declares interests.

    `open("declare")` opens the form.
    """

    KEY = "panel"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self._declaring = ""  # the person who is declaring
        self._made: tuple[Declaration, ...] = ()
        self._back = self.add_action("Back", self._leave_form, key="Esc")
        self._assess = self.add_action("Conflicts assessment…", self._choose_file)
        self._more = self.add_action("Add to my declaration", self._declare)
        self.form = Declare()
        self.form.changed.connect(guard(self._answered))
        self.listing = ListInterests()
        self.listing.changed.connect(guard(self._answered))
        self.rows = PeopleRows()
        self.rows.absence_wanted.connect(guard(self._ask_absence))
        self.rows.decision_wanted.connect(guard(self._ask_decision))
        self.decision = DecisionForm()
        self.decision.record.clicked.connect(lambda *_: guard(self._record_decision)())
        for field in (self.decision.why, self.decision.measure, self.decision.criteria, self.decision.decided_by):
            field.returnPressed.connect(self.decision.record.click)
        self.absence = _AbsenceForm()
        self.absence.record.clicked.connect(lambda *_: guard(self._record_absence)())
        self.absence.reason.returnPressed.connect(guard(self._record_absence))
        self.absence.leave.clicked.connect(self.absence.hide)
        self._people_side = QWidget()
        column = QVBoxLayout(self._people_side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.rows, 1)
        column.addWidget(self.absence)
        column.addWidget(self.decision)
        self._stack = Pile()
        self._stack.addWidget(self._people_side)
        self._stack.addWidget(self.form)
        self._stack.addWidget(self.listing)
        self.none = StateCard()
        self._stack.addWidget(self.none)
        self.content.addWidget(self._stack, 1)
        primary = QShortcut(QKeySequence("Ctrl+Return"), self)
        primary.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        primary.setWhatsThis("Do the next step")
        primary.activated.connect(self.primary.click)

    def refresh(self) -> None:
        """Show everybody, or the form while the person at the laptop declares."""
        view = self.session.view
        if view is None:
            self.head("Panel and interests", "")
            self.rows.show_people((), officer=False, absences=False)
            self._stack.setCurrentWidget(self.none)
            self.none.tell_no_tender(self.go.emit)
            for widget in (self.absence, self.decision, self._back, self._more, self._assess):
                widget.hide()
            self.next_step("", None)
            return
        self._made = declarations.made(self.session.workspace, self.session.tender, person=self.session.person or None)
        own = places.me(view, self.session.person)
        if own is None or self._declaring != own.member.person:
            self._declaring = ""
        if self._declaring and own is not None:
            self._show_form(view, own)
        else:
            self._show_people(view, own)

    def open(self, what: object) -> None:
        """Open the declaration (`"declare"`)."""
        view = self.session.view
        if (
            what == "declare"
            and view is not None
            and places.me(view, self.session.person) is not None
            and view.pack.bidders
        ):
            self._declare()

    def _show_people(self, view: TenderView, own: MemberProgress | None) -> None:
        self._stack.setCurrentWidget(self._people_side)
        self._back.hide()
        officer = own is None or own.member.has(Role.OFFICER)
        sees_all = officer or (own is not None and own.member.has(Role.CHAIR))
        rows = people(view, self._made, person=self.session.person, sees_all=sees_all)
        # Where the panel works apart the chair records who does not sign off, on the laptop that moderates.
        absences = own is not None and own.member.has(Role.CHAIR) if view.joined else officer
        self.rows.show_people(rows, officer=officer, absences=absences)
        if self.absence.code and not any(
            one.code == self.absence.code and (one.may_be_absent, one.may_come_back)[self.absence.back] for one in rows
        ):
            self.absence.hide()
        if self.decision.about is not None and not officer:
            self.decision.hide()
        self._assess.setVisible(officer and bool(view.pack.bidders))
        told = [words.count(len(view.panel), "person", "people"), composition(view), *where_interests_stand(view)]
        self.head("Panel and interests", " · ".join(part for part in told if part))
        quorum = view.pack.tender.quorum if view.pack.tender is not None else None
        self.status.setText(f"Quorum at moderation: {quorum}" if quorum is not None else "")
        self._more.setVisible(own is not None and own.declared and bool(view.pack.bidders))
        self._next(view, own)

    def _next(self, view: TenderView, own: MemberProgress | None) -> None:
        if not view.panel:
            self.status.setText("This tender names no panel. Its workbook has a sheet Panel for that.")
        if own is None:
            if view.panel:
                self.status.setText("Choose who you are, at the foot of the rail, to declare your interests.")
            self.next_step("", None)
        elif not own.declared:
            late = "" if view.pack.bidders else "There are no bidders yet. Interests are declared once they are known."
            self.next_step("Declare my interests", self._declare, tip=late)
        elif self._scores_now(view, own):
            text = "Continue scoring" if own.answered else "Start scoring"
            self.next_step(text, lambda: self.go.emit("scoring", None))
        elif may_affirm(view) and own.affirmed is None:
            self.status.setText("Moderation comes now. Do your interests still stand as you declared them?")
            self.next_step("My declaration still holds", self._affirm)
        else:
            self.next_step("", None)

    def _scores_now(self, view: TenderView, own: MemberProgress) -> bool:
        stage = view.summary.stage
        opened = stage.reached(TenderStage.BIDS_OPENED) and not stage.reached(TenderStage.MODERATION)
        return opened and bool(own.owed) and not own.signed_off and not own.absent

    def _show_form(self, view: TenderView, own: MemberProgress) -> None:
        self._stack.setCurrentWidget(self._asking)
        self._back.show()
        self._more.hide()
        self._assess.hide()
        held = tuple(one for one in self._made if one.person == own.member.person)
        if self._asking is self.listing:
            self.listing.ask(own.member, held)
        else:
            self.form.ask(own.member, view.pack, held, own.recusals)
        bidders = words.count(len(view.pack.bidders), "bidder")
        self.head("My interests", f"{own.member.person} {own.member.name} · {bidders} in {view.summary.reference}")
        self._answered()

    @property
    def _asking(self) -> Declare | ListInterests:
        """The form for this tender: a list to tick, or one's own words where nobody here may learn who bids."""
        view = self.session.view
        return self.listing if view is not None and not names_are_known(view.pack) else self.form

    def _answered(self) -> None:
        form = self._asking
        missing = form.missing()
        self.status.setText(form.consequence())
        text = "Record my declaration" if missing else "Record my declaration  Ctrl+↵"
        self.next_step(text, self._record, tip=missing)

    def _declare(self) -> None:
        self._declaring = self.session.person
        self.refresh()
        self._asking.take_focus()

    def _leave_form(self) -> None:
        self.absence.hide()
        self.decision.hide()
        self._declaring = ""
        self.refresh()
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _record(self) -> None:
        space, tender, person = self.session.workspace, self.session.tender, self.session.person
        form = self._asking
        answers, about = form.answers(), form.said()
        declarations.declare(space, tender, person=person, answers=answers)
        self._declaring = ""
        self.acted.emit()
        view = self.session.view
        own = places.me(view, person) if view is not None else None
        closed = words.together(one.what for one in own.recusals) if own is not None else ""
        self.said.emit(
            f"Your declaration is on record: {about}." + (f" You are recused from {closed}." if closed else "")
        )
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _affirm(self) -> None:
        person = self.session.person
        declarations.affirm(self.session.workspace, self.session.tender, person=person)
        self.acted.emit()
        self.said.emit("It is on record that your declaration still holds.")

    def _ask_decision(self, code: str, bidder: str) -> None:
        view = self.session.view
        row = next(one for one in self.rows.people if one.code == code)
        if view is None:
            return
        interest = next(one for one in row.decisions if one.bidder == bidder)
        lines = tuple(one for one in self._made if one.person == code and one.bidder == bidder)
        name = next((one.name for one in view.pack.bidders if one.bidder == bidder), "")
        known = tuple(one.criterion for one in view.pack.criteria)
        told = replace(interest, declared=lines)  # as the person at the laptop may read them
        self.absence.hide()
        self.decision.ask(told, f"{code} {row.name}", words.called(bidder, name), known)

    def _record_decision(self) -> None:
        form = self.decision
        if form.about is None or form.outcome is None:
            return
        person, bidder = form.about
        made = declarations.decide(
            self.session.workspace,
            self.session.tender,
            person=person,
            bidder=bidder,
            outcome=form.outcome,
            why=form.why.text(),
            scope=form.scope,
            measure=form.measure.text() if form.measure.isVisibleTo(form) else "",
            criteria=form.codes,
            decided_by=form.decided_by.text(),
            by=self.session.person or None,
        )
        form.hide()
        self.acted.emit()
        self.said.emit(
            f"The decision about {person} and {bidder} is on record: {words.DECISIONS[made.outcome].lower()}."
        )

    def _choose_file(self) -> None:
        offered = f"Conflicts assessment {self.session.tender}.pdf".replace("/", "-")
        name, _ = QFileDialog.getSaveFileName(self, "Conflicts assessment", offered, "PDF documents (*.pdf)")
        if name:
            self.write_assessment(Path(name))

    def write_assessment(self, path: Path) -> None:
        """Write the conflicts assessment to `path`."""
        written = conflicts.write(self.session.workspace, self.session.tender, path, person=self.session.person or None)
        self.acted.emit()
        open_ = f" {words.count(written.undecided, 'interest')} not decided yet." if written.undecided else ""
        self.said.emit(f"The conflicts assessment is written, {words.count(written.pages, 'page')}.{open_}")

    def _ask_absence(self, code: str) -> None:
        about = next(one for one in self.rows.people if one.code == code)
        self.decision.hide()
        self.absence.ask(code, about.name, back=about.may_come_back)

    def _record_absence(self) -> None:
        code = self.absence.code
        reason = self.absence.reason.text()
        space, tender = self.session.workspace, self.session.tender
        if self.absence.back:
            sign_off.take_back_absence(space, tender, person=code, reason=reason, by=self.session.person or None)
            self.absence.hide()
            self.acted.emit()
            self.said.emit(
                f"{code} is absent no more, and what they scored counts. Look at what was agreed without it."
            )
            return
        signed = sign_off.record_absence(space, tender, person=code, reason=reason, by=self.session.person or None)
        self.absence.hide()
        self.acted.emit()
        what = "The sheet that they had signed off is" if signed else "Scores given so far are"
        self.said.emit(f"The absence of {code} is on record. {what} set aside: kept, and not shown.")


class _AbsenceForm(Card):
    """Why somebody will not sign off, or (`back`) why that is taken back."""

    def __init__(self) -> None:
        super().__init__("Absence")
        self.code = ""
        self.back = False
        self._told = label("", "muted", wrap=True)
        self.inside.addWidget(self._told)
        self.reason = QLineEdit()
        self.reason.setAccessibleName("The reason")
        self.reason.setPlaceholderText("The reason, for the record")
        self.inside.addWidget(self.reason)
        row = Flow(gap=12)
        self.record = button("Record the absence  ↵")
        self.record.setAccessibleName("Record the absence")
        self.record.setEnabled(False)
        self.reason.textChanged.connect(lambda text: self.record.setEnabled(bool(text.strip())))
        row.addWidget(self.record)
        self.leave = button("Leave it")
        row.addWidget(self.leave)
        self.inside.addLayout(row)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self)
        leave.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.setWhatsThis("Leave it as it is")
        leave.activated.connect(self.hide)
        self.hide()

    def ask(self, code: str, name: str, *, back: bool) -> None:
        """Ask about a person; `back`: their absence is taken back."""
        if (code, back) != (self.code, self.back):
            self.reason.clear()
        self.code, self.back = code, back
        what = "Take back the absence" if back else "Record the absence"
        self.record.setText(f"{what}  ↵")
        self.record.setAccessibleName(what)
        self._told.setText(
            "The person’s sheet came after all, and counts again. What was agreed without it stays until it is agreed anew."
            if back
            else "The person’s scores are set aside: kept, and not shown. Moderation goes on without them."
        )
        self.set_title(f"Absence of {code} {name}")
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
