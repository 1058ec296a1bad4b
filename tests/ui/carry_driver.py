"""What people do on the page “Carry files”, each at a window on their own laptop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from evalpanel.services import joining
from evalpanel.services.workspace import Workspace
from evalpanel.ui.catalogue import factories
from evalpanel.ui.pages.carry import CarryPage
from evalpanel.ui.pages.home import HomePage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell


class Window:
    """The window of one laptop, with a stick in it."""

    def __init__(self, qtbot: QtBot, space: Workspace, stick: Path, *, tender: str = "", person: str = "") -> None:
        self.bot, self.space, self.stick = qtbot, space, stick
        self.shell = Shell(Session(space, tender, person), factories())
        qtbot.addWidget(self.shell)
        self.shell.resize(1366, 768)
        self.shell.show()
        self.shell.tender_chosen.connect(self._opened)
        self.shell.show_place("carry")
        page = self.shell.page("carry")
        assert isinstance(page, CarryPage)
        self.page = page
        page.out.choose_folder = lambda _: str(stick)

    def _opened(self, reference: str) -> None:
        # As the program's root does it: a laptop that joined by an invitation is one person's.
        self.shell.session.tender = reference
        self.shell.session.reload()
        stand = self.shell.session.stand
        assert stand is not None
        self.shell.session.person = stand.person
        self.shell.show_place("carry")

    def idle(self) -> None:
        """Wait until nothing runs."""
        self.bot.waitUntil(lambda: not self.shell.jobs.busy, timeout=30_000)

    @property
    def step(self) -> tuple[str, bool]:
        """The one next step, and whether it can be taken."""
        shown = self.page.primary.isVisible()
        return (self.page.primary.text().split("  ")[0] if shown else "", self.page.primary.isEnabled())

    @property
    def why(self) -> str:
        """The sentence under the title."""
        return self.page.subtitle.text()

    @property
    def said(self) -> str:
        """What is said in the strip."""
        return self.shell.messages.text

    @property
    def report(self) -> list[str]:
        """The headings of the report."""
        return [one.heading for one in self.page.arrivals.model.rows]

    @property
    def home(self) -> list[str]:
        """The sentences and the way on that Home shows."""
        self.shell.show_place("home")
        page = self.shell.page("home")
        assert isinstance(page, HomePage)
        QApplication.processEvents()  # what was laid out anew is in sight then
        texts = [one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page)]
        self.shell.show_place("carry")
        return texts

    def go_on(self) -> None:
        """Take the next step, by its key."""
        assert self.page.primary.isEnabled(), self.page.primary.toolTip()
        QTest.mouseClick(self.page.primary, Qt.MouseButton.LeftButton)
        self.idle()

    def take(self, *files: Path) -> None:
        """Give files, as by dropping them."""
        self.page.arrivals.given.emit(files)
        self.idle()

    def written(self, pattern: str) -> list[Path]:
        """Files on the stick."""
        return sorted(self.stick.glob(pattern))

    def invitation_for(self, person: str) -> Path:
        """The invitation of a person, found on the stick as its carrier finds it: by the name of the file."""
        (found,) = self.written(f"*.invitation.{person}.*")
        assert joining.read(found).person == person
        return found


def speak(officer: Window, member: Window) -> None:
    """Both are at the words, and each types what the other reads."""
    officer.page.speaking.words.typed.setText(" ".join(member.page.speaking.words.read_aloud[0]))
    member.page.speaking.words.typed.setText(" ".join(officer.page.speaking.words.read_aloud[0]))
    officer.go_on()
    member.go_on()
