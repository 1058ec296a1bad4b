"""Panel and interests: who evaluates, what each declared, how far each is; and my own declaration."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from evalpanel.domain.interests import Declaration
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.services import declarations, sign_off
from evalpanel.services.setup import MemberProgress, TenderView
from evalpanel.ui import places
from evalpanel.ui.dialogs.declare import Declare
from evalpanel.ui.models import words
from evalpanel.ui.models.people import composition, people
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.people_rows import PeopleRows


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
        self._more = self.add_action("Add to my declaration", self._declare)
        self.form = Declare()
        self.form.changed.connect(guard(self._answered))
        self.rows = PeopleRows()
        self.rows.absence_wanted.connect(guard(self._ask_absence))
        self.absence = _AbsenceForm()
        self.absence.record.clicked.connect(lambda *_: guard(self._record_absence)())
        self.absence.reason.returnPressed.connect(guard(self._record_absence))
        self.absence.leave.clicked.connect(self.absence.hide)
        people_side = QWidget()
        column = QVBoxLayout(people_side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.rows, 1)
        column.addWidget(self.absence)
        self._stack = QStackedWidget()
        self._stack.addWidget(people_side)
        self._stack.addWidget(self.form)
        self.content.addWidget(self._stack, 1)
        self.status.setWordWrap(True)
        primary = QShortcut(QKeySequence("Ctrl+Return"), self)
        primary.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        primary.activated.connect(self.primary.click)

    def refresh(self) -> None:
        """Show everybody, or the form while the person at the laptop declares."""
        view = self.session.view
        if view is None:
            self.head("Panel and interests", "Open a tender first.")
            self.rows.show_people((), officer=False)
            self.absence.hide()
            self.next_step("", None)
            self._back.hide()
            self._more.hide()
            return
        self._made = declarations.made(self.session.workspace, self.session.tender)
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
        self._stack.setCurrentIndex(0)
        self._back.hide()
        officer = own is None or own.member.has(Role.OFFICER)
        sees_all = officer or (own is not None and own.member.has(Role.CHAIR))
        rows = people(view, self._made, person=self.session.person, sees_all=sees_all)
        self.rows.show_people(rows, officer=officer)
        if self.absence.code and not any(one.code == self.absence.code and one.may_be_absent for one in rows):
            self.absence.hide()
        missing = [one.member.person for one in view.panel if not one.declared]
        still = f"still to declare: {', '.join(missing)}" if missing else "everybody has declared"
        told = [words.count(len(view.panel), "person", "people"), composition(view), still]
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
            self.status.setText(late or self.status.text())
            self.next_step("Declare my interests", self._declare, tip=late)
        elif self._scores_now(view, own):
            text = "Continue scoring" if own.answered else "Start scoring"
            self.next_step(text, lambda: self.go.emit("scoring", None))
        else:
            self.next_step("", None)

    def _scores_now(self, view: TenderView, own: MemberProgress) -> bool:
        stage = view.summary.stage
        opened = stage.reached(TenderStage.BIDS_OPENED) and not stage.reached(TenderStage.MODERATION)
        return opened and bool(own.owed) and not own.signed_off and not own.absent

    def _show_form(self, view: TenderView, own: MemberProgress) -> None:
        self._stack.setCurrentWidget(self.form)
        self._back.show()
        self._more.hide()
        held = tuple(one for one in self._made if one.person == own.member.person)
        self.form.ask(own.member, view.pack, held)
        bidders = words.count(len(view.pack.bidders), "bidder")
        self.head("My interests", f"{own.member.person} {own.member.name} · {bidders} in {view.summary.reference}")
        self._answered()

    def _answered(self) -> None:
        missing = self.form.missing()
        self.status.setText(" ".join(part for part in (missing, self.form.consequence()) if part))
        text = "Record my declaration" if missing else "Record my declaration  Ctrl+↵"
        self.next_step(text, self._record, tip=missing)

    def _declare(self) -> None:
        self._declaring = self.session.person
        self.refresh()
        self.form.take_focus()

    def _leave_form(self) -> None:
        if self.absence.isVisible():
            self.absence.hide()
        self._declaring = ""
        self.refresh()
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _record(self) -> None:
        space, tender, person = self.session.workspace, self.session.tender, self.session.person
        interests = self.form.interests()
        for bidder, about in interests:
            declarations.declare(space, tender, person=person, interest=bidder, about=about)
        if not interests:
            declarations.declare(space, tender, person=person)
        self._declaring = ""
        self.acted.emit()
        view = self.session.view
        own = places.me(view, person) if view is not None else None
        lots = words.together(f"lot {lot}" for lot in own.recused_lots) if own is not None else ""
        said = f"an interest in {words.together(code for code, _ in interests)}" if interests else "no interest"
        self.said.emit(f"Your declaration is on record: {said}." + (f" You are recused from {lots}." if lots else ""))
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_absence(self, code: str) -> None:
        name = next(one.name for one in self.rows.people if one.code == code)
        self.absence.ask(code, name)

    def _record_absence(self) -> None:
        code = self.absence.code
        reason = self.absence.reason.text()
        space, tender = self.session.workspace, self.session.tender
        sign_off.record_absence(space, tender, person=code, reason=reason, by=self.session.person or None)
        self.absence.hide()
        self.acted.emit()
        self.said.emit(f"The absence of {code} is on record. Scores given so far are set aside: kept, and not shown.")


class _AbsenceForm(Card):
    """Why somebody will not sign off."""

    def __init__(self) -> None:
        super().__init__("Absence")
        self.code = ""
        told = "The person’s scores are set aside: kept, and not shown. Moderation goes on without them."
        self.inside.addWidget(label(told, "muted", wrap=True))
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
        leave.activated.connect(self.hide)
        self.hide()

    def ask(self, code: str, name: str) -> None:
        """Ask about a person."""
        if code != self.code:
            self.reason.clear()
        self.code = code
        self.set_title(f"Absence of {code} {name}")
        self.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
