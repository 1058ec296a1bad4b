"""The pages of the window as a person meets them, one after the other: for tests that go through all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

import ui_stage
from evalpanel.services import setup
from evalpanel.ui.catalogue import factories
from evalpanel.ui.dialogs.who import WhoDialog
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell


@dataclass(frozen=True, slots=True)
class Walk:
    """A place as `person` sees it while the sample tender is at `stage`, after `press` (buttons or keys) was pressed."""

    stage: str
    person: str
    place: str
    what: str | None = None
    press: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What is shown, in words, for a test that fails."""
        return " ".join(one for one in (self.place, self.what or "", self.stage, self.person, *self.press) if one)


WALKS = (
    Walk("empty", "", "home"),
    Walk("empty", "", "setup", "load"),
    Walk("empty", "", "panel"),
    Walk("empty", "", "letters"),
    Walk("empty", "", "carry"),
    Walk("draft", "OF1", "home"),
    Walk("draft", "OF1", "setup", "1.2"),
    Walk("draft", "OF1", "setup", None, ("The tender",)),
    Walk("draft", "OF1", "setup", None, ("Bids",)),
    Walk("draft", "OF1", "panel"),
    Walk("frozen", "TS1", "panel", "declare"),
    Walk("answering", "OF1", "carry"),
    Walk("answering", "OF1", "carry", None, ("Read the words: PM1",)),
    Walk("answering", "OF1", "carry", None, ("For a bad day",)),
    Walk("answered", "", "home"),
    Walk("answered", "", "carry", None, ("Read the eight words",)),
    Walk("early", "", "carry", None, ("What waits here",)),
    Walk("came", "PM1", "carry"),
    Walk("came", "PM1", "carry", None, ("For a bad day", "Take over as officer")),
    Walk("two-sheets", "CH1", "carry", None, ("Two sheets",)),
    Walk("unanswered", "OF1", "carry", None, ("No answer can be had",)),
    Walk("blind-officer", "OF1", "carry", None, ("Who bids",)),
    Walk("scoring", "PM1", "home"),
    Walk("scoring", "PM1", "scoring"),
    Walk("scoring", "YE1", "scoring"),
    Walk("scoring", "YE1", "scoring", None, ("Ctrl+F",)),
    Walk("scoring", "PM1", "scoring", None, ("Versions",)),
    Walk("scoring", "OF1", "panel"),
    Walk("scoring", "OF1", "panel", None, ("Record an absence",)),
    Walk("scoring", "CH1", "moderation"),
    Walk("signed", "CH1", "moderation"),
    Walk("priced", "OF1", "outcome"),
    Walk("outcome", "OF1", "home"),
    Walk("outcome", "OF1", "outcome"),
    Walk("outcome", "OF1", "letters"),
    Walk("outcome", "OF1", "outcome", None, ("Record the award decision",)),
    Walk("outcome", "OF1", "outcome", None, ("A bid falls out",)),
    Walk("outcome", "OF1", "outcome", None, ("Low prices",)),
    Walk("outcome", "OF1", "letters", None, ("A letter for an occasion",)),
    Walk("outcome", "OF1", "feedback"),
    Walk("outcome", "OF1", "record"),
    Walk("due", "OF1", "record", None, ("End this record",)),
)


def press(window: QWidget, named: str) -> None:
    """Press the first button in sight whose name begins with these words, or the shortcut with this key."""
    for one in window.findChildren(QAbstractButton):
        if one.isVisible() and one.isEnabled() and (one.accessibleName() or one.text()).startswith(named):
            one.click()
            return
    for key in window.findChildren(QShortcut):
        if key.key() == QKeySequence(named) and key.isEnabled():
            key.activated.emit()
            return
    raise AssertionError(f"no button and no key is named {named!r}")


def shells(root: Path, walks: tuple[Walk, ...] = WALKS) -> Iterator[tuple[Walk, Shell]]:
    """Each in turn, in a shell of its own that is closed before the next. Profiles lie in `root`, one a stage."""
    for stage in dict.fromkeys(one.stage for one in walks):
        with ui_stage.at(stage, root / stage) as space:
            for walk in (one for one in walks if one.stage == stage):
                shell = Shell(Session(space, ui_stage.tender(stage), walk.person), factories())
                shell.resize(1366, 768)
                shell.show()
                shell.show_place(walk.place, walk.what)
                QApplication.processEvents()
                for name in walk.press:
                    press(shell, name)
                    QApplication.processEvents()
                yield walk, shell
                shell.close()
                shell.deleteLater()
                QApplication.processEvents()
                take_away()


def who(root: Path) -> Iterator[WhoDialog]:
    """The dialog that asks who one is, on the sample tender."""
    with ui_stage.at("draft", root) as space:
        dialog = WhoDialog(setup.view(space, ui_stage.REFERENCE).pack.panel, "PM1")
        dialog.show()
        yield dialog
        dialog.close()


def take_away() -> None:
    """Have the windows gone that were closed for good."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
