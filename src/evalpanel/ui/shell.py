"""The window: the rail, the stack of pages, and the strips that speak. It owns navigation and nothing else.

It is seen before a profile is open, so nothing that it imports at its head may bring the services.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.ui import reading_order, window_place
from evalpanel.ui.jobs import JobStrip
from evalpanel.ui.messages import MessageStrip, guarded
from evalpanel.ui.page import Page, label
from evalpanel.ui.widgets.banner import Banner
from evalpanel.ui.widgets.rail import TITLES, Rail

if TYPE_CHECKING:
    from evalpanel.ui.dialogs.keys import KeysDialog
    from evalpanel.ui.session import Session

RAIL_LETTERS = 56  # a window narrower than this many times the size of its text has a strip instead of a rail
PageFactory = Callable[["Session", Callable[[Callable[..., object]], Callable[..., None]]], Page]


class Shell(QMainWindow):
    """The main window over one profile. Pages are made when they are first shown.

    Made without a session (only `root`, where the profile lies) it is the frame alone, with a sentence that `waiting`
    says or a question that `ask` puts there, until it can `take` the session of the profile that was opened.
    """

    choose_person = Signal()
    tender_chosen = Signal(str)

    def __init__(self, session: Session | None, factories: dict[str, PageFactory], *, root: Path | None = None) -> None:
        super().__init__()
        self._session = session
        self._factories = factories
        self._pages: dict[str, Page] = {}
        self._here = ""
        self.setWindowTitle("evalpanel")
        self.resize(window_place.USUAL)
        self.setMinimumSize(640, 400)  # all pages scroll
        root = session.workspace.folders.root if session is not None else root
        assert root is not None, "a window belongs to a profile"
        self._left = window_place.settings(root)
        self.messages = MessageStrip()
        self.jobs = JobStrip(self.messages)
        self._guard = guarded(lambda: self.messages)
        self.rail = Rail()
        self.rail.chosen.connect(self.show_place)
        self.rail.refused.connect(self.messages.say)
        self.rail.who_clicked.connect(self.choose_person)
        self.banner = Banner()
        self._stack = QStackedWidget()
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.banner)
        column.addWidget(self._stack, 1)
        whole = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, whole)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._row.addWidget(self.rail)
        self._row.addWidget(middle, 1)
        self.setCentralWidget(whole)
        for number, key in enumerate(TITLES, 1):
            shortcut = QShortcut(QKeySequence(f"Alt+{number % 10}"), self)  # the tenth is Alt+0, as on the keyboard
            shortcut.setWhatsThis(f"Go to {TITLES[key]}")
            shortcut.activated.connect(lambda key=key: self._try(key))
        self._keys: KeysDialog | None = None
        self.rail.keys_clicked.connect(self.show_keys)
        for keys, words, slot in (
            ("F5", "Read the page anew", self.refresh),
            ("Ctrl+/", "Which keys there are", self.show_keys),
            ("?", "Which keys there are", self.show_keys),
        ):
            one = QShortcut(QKeySequence(keys), self)
            one.setWhatsThis(words)
            one.activated.connect(slot)
        self._before: QWidget | None = None  # what stands where pages will stand
        self.rail.setEnabled(session is not None)

    @property
    def session(self) -> Session:
        """What the window is about. There is one once a profile is open."""
        assert self._session is not None, "no profile is open"
        return self._session

    @property
    def is_open(self) -> bool:
        """Whether a profile is open in it."""
        return self._session is not None

    def waiting(self, words: str) -> None:
        """Say what is waited for, where pages will stand."""
        said = label(words, "muted", wrap=True)
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._put(said)

    def ask(self, question: QWidget) -> None:
        """Put a question where pages will stand: how the profile is made or opened."""
        field: QWidget | None = question.focusWidget()  # none where it has no field
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        question.setMaximumWidth(question.width())  # lines of its words are not longer than they were laid out for
        row.addWidget(question)
        self._put(middle)
        (question if field is None else field).setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, session: Session) -> None:
        """Be about the profile that was opened."""
        self._session = session
        self.rail.setEnabled(True)
        self._put(None)

    def _put(self, widget: QWidget | None) -> None:
        before, self._before = self._before, widget
        if widget is not None:
            self._stack.addWidget(widget)
            self._stack.setCurrentWidget(widget)
        if before is not None:
            self._stack.removeWidget(before)
            before.deleteLater()

    @property
    def here(self) -> str:
        """The key of the place that is shown."""
        return self._here

    def page(self, key: str) -> Page:
        """The page of a place, made if it was not shown before."""
        if key not in self._pages:
            made = self._factories[key](self.session, self._guard)
            made.go.connect(self._go)
            made.acted.connect(self.refresh)
            made.said.connect(self.messages.say)
            made.offered.connect(self.messages.offer)
            made.job.connect(self._job)
            made.tender_chosen.connect(self.tender_chosen)
            self._pages[key] = made
            self._stack.addWidget(made)
        return self._pages[key]

    def show_place(self, key: str, what: object = None) -> None:
        """Show a place, and one thing in it. What the page before had not saved is saved first."""

        def show() -> None:
            if self._here and self._here != key:
                self.messages.pass_by()
                self._pages[self._here].leaving()
            page = self.page(key)
            self._here = key
            page.strips.addWidget(self.jobs)
            page.strips.addWidget(self.messages)
            self._stack.setCurrentWidget(page)
            self._refresh()
            page.open(what)
            self.rail.mark(key)
            if self._keys is not None and self._keys.isVisible():
                self._keys.show_page(page, TITLES[key], self)

        self._guard(show)()

    def show_keys(self) -> None:
        """Show which keys there are on the page that is shown."""
        if self._here:
            if self._keys is None:
                # Imported here: the window is seen without it.
                from evalpanel.ui.dialogs.keys import KeysDialog

                self._keys = KeysDialog(self)
            self._keys.show_page(self._pages[self._here], TITLES[self._here], self)

    def appear(self) -> None:
        """Show the window where it was left the last time."""
        window_place.appear(self, self._left)

    def refresh(self) -> None:
        """Read what is shown anew. Called after every act: it is all the change notification there is."""
        if self.is_open:
            self._guard(self._refresh)()

    def start(self, what: str, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        """Start long work on the worker."""
        self._job(what, work, done)

    def _refresh(self) -> None:
        # Imported here: it brings the services, and the window is seen before them.
        from evalpanel.ui import places

        self.session.reload()
        view = self.session.view
        about = view.summary.title if view is not None else "No tender open"
        own = places.me(view, self.session.person) if view is not None else None
        who = f"{own.member.person} · {own.member.name}" if own is not None else "Choose who you are"
        self.rail.show_places(places.places(self.session), about, who if view is not None else "")
        self.rail.mark(self._here)
        if self._here:
            self._pages[self._here].refresh()

    def _try(self, key: str) -> None:
        if not self.is_open:
            return
        # Imported here: it brings the services, and the window is seen before them.
        from evalpanel.ui import places

        place = next(one for one in places.places(self.session) if one.key == key)
        if place.why_not:
            self.messages.say(place.why_not)
        else:
            self.show_place(key)

    def _go(self, key: str, what: object) -> None:
        self.show_place(key, what)

    def _job(self, what: str, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        def finish(result: Any) -> None:
            self._refresh()
            done(result)

        try:
            self.jobs.run(what, work, finish)
        except EvalPanelError as error:
            self.messages.refuse(error)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the window as it is read."""
        return reading_order.step(self, forward=forward)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the rail down as a strip where it would take too much of the window: large text on a small screen."""
        super().resizeEvent(event)
        size = event.size()
        narrow = size.width() < RAIL_LETTERS * self.fontInfo().pixelSize()
        lying = narrow or size.height() < self.rail.standing_height
        ways = QBoxLayout.Direction
        way = ways.TopToBottom if lying else ways.LeftToRight
        if self._row.direction() != way:
            self._row.setDirection(way)
            self.rail.lie_down(lying)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save what is not saved, stop what runs, then close. What cannot be saved keeps the window open."""
        if self._here:
            try:
                self._pages[self._here].leaving()
            except EvalPanelError as error:
                self.messages.refuse(error)
                event.ignore()
                return
        if self.is_open:  # else there may be no profile to keep it beside
            window_place.keep(self, self._left)
        self.jobs.close_down()
        event.accept()
