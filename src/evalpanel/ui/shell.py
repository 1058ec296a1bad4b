"""The window: the rail, the stack of pages, and the strips that speak. It owns navigation and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.progress import Progress
from evalpanel.ui import places
from evalpanel.ui.jobs import JobStrip
from evalpanel.ui.messages import MessageStrip, guarded
from evalpanel.ui.page import Page
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.banner import Banner
from evalpanel.ui.widgets.rail import Rail

PageFactory = Callable[[Session, Callable[[Callable[..., object]], Callable[..., None]]], Page]


class Shell(QMainWindow):
    """The main window over one open profile. Pages are made when they are first shown."""

    choose_person = Signal()
    tender_chosen = Signal(str)

    def __init__(self, session: Session, factories: dict[str, PageFactory]) -> None:
        super().__init__()
        self.session = session
        self._factories = factories
        self._pages: dict[str, Page] = {}
        self._here = ""
        self.setWindowTitle("evalpanel")
        self.resize(1366, 768)
        self.setMinimumSize(900, 600)
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
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(middle, 1)
        self.setCentralWidget(whole)
        for number, key in enumerate(places.TITLES, 1):
            shortcut = QShortcut(QKeySequence(f"Alt+{number}"), self)
            shortcut.activated.connect(lambda key=key: self._try(key))
        QShortcut(QKeySequence(Qt.Key.Key_F5), self).activated.connect(self.refresh)

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
            made.job.connect(self._job)
            made.tender_chosen.connect(self.tender_chosen)
            self._pages[key] = made
            self._stack.addWidget(made)
        return self._pages[key]

    def show_place(self, key: str, what: object = None) -> None:
        """Show a place, and one thing in it. What the page before had not saved is saved first."""

        def show() -> None:
            if self._here and self._here != key:
                self._pages[self._here].leaving()
            page = self.page(key)
            self._here = key
            page.strips.addWidget(self.jobs)
            page.strips.addWidget(self.messages)
            self._stack.setCurrentWidget(page)
            self._refresh()
            page.open(what)
            self.rail.mark(key)

        self._guard(show)()

    def refresh(self) -> None:
        """Read what is shown anew. Called after every act: it is all the change notification there is."""
        self._guard(self._refresh)()

    def start(self, what: str, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        """Start long work on the worker."""
        self._job(what, work, done)

    def _refresh(self) -> None:
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

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 # Qt's name
        """Save what is not saved, stop what runs, then close. What cannot be saved keeps the window open."""
        if self._here:
            try:
                self._pages[self._here].leaving()
            except EvalPanelError as error:
                self.messages.refuse(error)
                event.ignore()
                return
        self.jobs.close_down()
        event.accept()
