"""Carry files: what people carried here is taken in, and what is to be carried on is written, for each role its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut

from evalpanel.domain.blind import is_blind
from evalpanel.services import carrying, receipts, receiving
from evalpanel.services.carrying import Stand
from evalpanel.services.setup import TenderView
from evalpanel.ui import carry_steps
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.dialogs.agree import Agree
from evalpanel.ui.dialogs.answer_invitation import AnswerInvitation
from evalpanel.ui.dialogs.bad_day import BadDay
from evalpanel.ui.dialogs.excuse import Excuse
from evalpanel.ui.dialogs.from_paper import FromPaper
from evalpanel.ui.dialogs.lock_out import LockOut
from evalpanel.ui.dialogs.look_through import LookThrough
from evalpanel.ui.dialogs.open_sent import OpenSent
from evalpanel.ui.dialogs.read_words import ReadWords
from evalpanel.ui.dialogs.release_names import ReleaseNames
from evalpanel.ui.dialogs.rule_sheets import RuleSheets
from evalpanel.ui.dialogs.take_over import TakeOver
from evalpanel.ui.dialogs.waiting_here import WaitingHere
from evalpanel.ui.models import carry_next, carry_words
from evalpanel.ui.models import carrying as models
from evalpanel.ui.models.carry_next import Go, Step
from evalpanel.ui.models.carrying import Taken
from evalpanel.ui.page import Page
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.arrivals import Arrivals
from evalpanel.ui.widgets.carry_people import CarryPeople
from evalpanel.ui.widgets.drop_place import dropped
from evalpanel.ui.widgets.pile import Pile
from evalpanel.ui.widgets.send_card import SendCard
from evalpanel.ui.widgets.state_card import StateCard
from evalpanel.ui.widgets.texts import TwoSides

_PLACES = {Go.DECLARE: ("panel", "declare"), Go.SCORE: ("scoring", None), Go.MODERATE: ("moderation", None)}
_P = TypeVar("_P", bound=CarryPart)


class CarryPage(Page):
    """At the left files are taken in; at the right stands what goes out, by role.

    `open` takes the path of an invitation, the id of a tender, or `Go.SUCCEED` for taking over with the two sheets.
    """

    KEY = "carry"

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        self.out = CarryOut(self)
        self._tender = ""  # the id of a tender that is not open in the window
        self._part: CarryPart | None = None  # what somebody is at, alone on the page
        self._files: tuple[Path, ...] = ()  # the file of each row of the report
        self._step: Step | None = None
        self.setAcceptDrops(True)
        self._back = self.add_action("Back", self.leave, key="Esc")
        self._again = self.add_action(carry_next.WRITE, lambda: self.out.issue(self.session.tender))
        self._receipts = self.add_action("Write receipts…", lambda: self.out.receipts(self.stand))
        self._waits = self.add_action("What waits here", lambda: self._turn_to(self.waiting))
        self._two = self.add_action("Two sheets of one person", lambda: self._turn_to(self.ruling))
        self._whose = self.add_action("Who bids…", lambda: self._turn_to(self.naming))
        self._bad = self.add_action("For a bad day", lambda: self._turn_to(self.bad_day))
        self.arrivals = Arrivals()
        self.arrivals.given.connect(guard(self.take))
        self.arrivals.invited.connect(guard(lambda row: self._answer(self._files[row])))
        self.people = CarryPeople()
        self.people.wanted.connect(guard(self._for_person))
        self.work = SendCard()
        self.work.wanted.connect(guard(lambda: self.out.send(self.stand)))
        self.told = StateCard()
        self._role = Pile()
        for one in (self.told, self.people, self.work):
            self._role.addWidget(one)
        self._desk = TwoSides(letters=110)
        self._desk.sides.addWidget(self.arrivals, 1)
        self._desk.sides.addWidget(self._role, 1)
        self._stack = Pile()
        self._stack.addWidget(self._desk)
        self.answering = self._add_part(AnswerInvitation(self, self.out))
        self.answering.answered.connect(guard(self._joined))
        self.speaking = self._add_part(ReadWords(self, self.out))
        self.locking = self._add_part(LockOut(self, self.out))
        self.looking = self._add_part(LookThrough(self, self.out))
        self.agreeing = self._add_part(Agree(self, self.out))
        self.excusing = self._add_part(Excuse(self, self.out))
        self.naming = self._add_part(ReleaseNames(self, self.out))
        self.ruling = self._add_part(RuleSheets(self, self.out))
        self.waiting = self._add_part(WaitingHere(self, self.out))
        self.taking_over = self._add_part(TakeOver(self, self.out))
        self.bad_day = self._add_part(BadDay(self, self.out))
        self.bad_day.taking_over.connect(guard(lambda: self._turn_to(self.taking_over)))
        self.from_paper = self._add_part(FromPaper(self, self.out))
        self.bad_day.from_paper.connect(guard(self._from_paper))
        self.open_sent = self._add_part(OpenSent(self, self.out))
        self.bad_day.opening.connect(guard(lambda: self._turn_to(self.open_sent)))
        self.content.addWidget(self._stack, 1)
        primary = QShortcut(QKeySequence("Ctrl+Return"), self)
        primary.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        primary.setWhatsThis("Do the next step")
        primary.activated.connect(self.primary.click)

    # What is shown --------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Show what somebody is at, and else what is to be carried."""
        self._back.setVisible(self._part is not None)
        for one in (self._again, self._receipts, self._waits, self._two, self._whose):
            one.setVisible(False)
        self._bad.setVisible(self._part is None)
        if self._part is None:
            self._stack.setCurrentWidget(self._desk)
            self._show_desk(self.stand)
        else:
            self._part.refresh()
            self._stack.setCurrentWidget(self._part)
            self.head(*self._part.head())
            self.status.setText("")
            self._take_part_step()

    def open(self, what: object) -> None:
        """Read an invitation (its path), or turn to a tender (its id)."""
        if isinstance(what, Path):
            self._answer(what)
        elif what is Go.SUCCEED:
            self._from_paper()
        elif isinstance(what, str):
            self._tender, self._part = what, None
            self.refresh()
        if self._part is None:
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add_part(self, part: _P) -> _P:
        part.changed.connect(self.guard(self._take_part_step))
        part.left.connect(self.guard(self._left))
        self._stack.addWidget(part)
        return part

    def _turn_to(self, part: CarryPart) -> None:
        self._part = part
        self.refresh()
        if not part.take_focus():
            self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_part_step(self) -> None:
        if self._part is not None:
            text, act, late = self._part.step()
            self.next_step(text, act, tip=late)

    def _left(self, said: str) -> None:
        self._part = None
        self.acted.emit()
        self.said.emit(said)
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def stand(self) -> Stand | None:
        """The tender that the page is about: the one that is open, else one that this laptop has joined."""
        view = self.session.view
        wanted = view.summary.tender_id if view is not None else self._tender
        found = [one for one in self.session.stands if one.tender == wanted]
        return next(iter(found or [one for one in self.session.stands if view is None and not one.here]), None)

    def _show_desk(self, stand: Stand | None) -> None:
        view = self.session.view
        if stand is not None and view is None:
            self._tender = stand.tender  # it goes on being about this one when the tender has come
        self.head("Carry files", carry_words.WHAT)
        self.status.setText(carry_steps.status(self.session, stand))
        self._waits.setVisible(receiving.waiting(self.session.workspace).any_here)
        self._two.setVisible(stand is not None and carry_steps.has_two_sheets(self.session, stand))
        if stand is None or (stand.leads and view is None):
            self._role.setCurrentWidget(self.told)
            self._tell_nothing()
        elif stand.leads and view is not None:
            self._show_officer(stand, view)
        else:
            self._show_member(stand, view)

    def _tell_nothing(self) -> None:
        known = bool(self.session.stands)
        self.told.tell(
            *(carry_words.OPEN_FIRST if known else carry_words.NOTHING_YET), lambda: self.go.emit("home", None)
        )
        self._take_step(Step(Go.TAKE, carry_words.WHAT, "Choose files…"))

    def _show_officer(self, stand: Stand, view: TenderView) -> None:
        if self.session.person not in ("", stand.person):
            self._role.setCurrentWidget(self.told)
            self.told.tell("Nothing of yours has to be carried", carry_words.not_yours(stand))
            self.next_step("", None)
            self.arrivals.hide()
            return
        self.arrivals.show()
        self._whose.setVisible(is_blind(view.pack) and bool(view.pack.bids))
        self._role.setCurrentWidget(self.people)
        rows = carry_steps.people(self.session, stand, view)
        self.people.show_people(rows)
        self._receipts.setVisible(carry_steps.has_come(self.session, stand))
        step = carry_steps.officer(self.session, stand, view, rows)
        self._again.setVisible(step.go is not Go.ISSUE and carry_steps.may_issue(view, rows))
        self._take_step(step)

    def _show_member(self, stand: Stand, view: TenderView | None) -> None:
        self.arrivals.show()
        self._role.setCurrentWidget(self.work)
        space = self.session.workspace
        held = carrying.to_send(space, stand.tender)
        moved = carrying.moved(space, stand.tender)
        came = models.received(moved)
        if stand.here:
            came = (*models.receipts(receipts.arrived(space, stand.tender)), *came)
        step = carry_steps.member(self.session, stand, view)
        self._receipts.setVisible(carry_steps.has_come(self.session, stand))
        may = stand.here and any(one.due is not carrying.Due.NOTHING for one in held) and step.go is not Go.SEND
        self.work.show_work(stand.officer, models.to_carry(held, space.now()), came, may_write=may)
        self._take_step(step)

    def _take_step(self, step: Step) -> None:
        self._step = step
        self.subtitle.setText(step.sentence)
        self.next_step(step.button, self._do)

    def _do(self) -> None:
        step, stand = self._step, self.stand
        assert step is not None
        if step.go in _PLACES:
            self.go.emit(*_PLACES[step.go])
            return
        acts: dict[Go, Callable[[], object]] = {
            Go.TAKE: self.arrivals.ask_files,
            Go.WORDS: lambda: self._speak(step.people[0] if step.people else ""),
            Go.INVITE: lambda: self.out.invite(self.session.tender, step.people),
            Go.ISSUE: lambda: self.out.issue(self.session.tender),
            Go.SEND: lambda: self.out.send(stand),
            Go.FINISH: lambda: self.out.send(stand, final=True),
            Go.OPEN: lambda: self.tender_chosen.emit(stand.reference if stand is not None else ""),
            Go.LOOK: lambda: self._turn_to(self.looking),
            Go.AGREE: lambda: self._turn_to(self.agreeing),
        }
        acts[step.go]()

    # Files come in --------------------------------------------------------------------------------------------------

    def take(self, paths: tuple[Path, ...]) -> None:
        """Take in files, and of folders the files that can be parcels. One bad file never stops the rest."""
        space, taken = self.session.workspace, list[Taken]()
        self.said.emit("")
        self.start(
            "Taking files in",
            lambda progress: carry_steps.take_in(space, paths, taken, progress),
            lambda whole: self._taken(taken, stopped=not whole),
        )

    def _taken(self, taken: list[Taken], *, stopped: bool) -> None:
        stands = self.session.stands
        ordered = models.arrivals(taken, stands)
        self._files = tuple(file for file, _ in ordered)
        rows = tuple(row for _, row in ordered)
        if [one.invitation for one in rows] == [True]:
            self._answer(self._files[0])
            return
        summary = models.summed_up(taken, stands, stopped=stopped)
        self.arrivals.show_report(rows, summary)
        if rows:
            self.arrivals.view.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.said.emit(summary if stopped else carry_words.NO_FILES)

    # Parts ----------------------------------------------------------------------------------------------------------

    def _answer(self, file: Path) -> None:
        self.answering.ask(file)
        self._turn_to(self.answering)

    def _from_paper(self) -> None:
        self.from_paper.begin()
        self._turn_to(self.from_paper)

    def _joined(self, tender: str) -> None:
        self._tender, self._part = tender, None
        stand = self.stand
        if stand is not None and not stand.confirmed:
            self._speak("")
        else:
            self.refresh()

    def _speak(self, whom: str) -> None:
        assert self.stand is not None
        self.speaking.ask(self.stand, whom)
        self._turn_to(self.speaking)

    # Files go out ---------------------------------------------------------------------------------------------------

    def _for_person(self, code: str, action: str) -> None:
        if next(one for one in self.people.people if one.code == code).answered:
            self._speak(code)
        elif action == models.EXCUSE:
            self.excusing.ask(code)
            self._turn_to(self.excusing)
        elif action == models.LOST:
            self.locking.ask(code)
            self._turn_to(self.locking)
        else:
            self.out.invite(self.session.tender, (code,))

    def leave(self) -> None:
        """Leave what one is at for later."""
        self._part = None
        self.refresh()
        self.primary.setFocus(Qt.FocusReason.OtherFocusReason)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what is dropped anywhere on the page."""
        if self._stack.currentWidget() is self._desk and self.arrivals.isVisible() and dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take in what was dropped."""
        event.acceptProposedAction()
        self.guard(self.take)(dropped(event))
