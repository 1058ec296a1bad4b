"""What a person does on the page “Set-up”, and sees there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.setup import SetupPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell


class SetupDriver:
    """What a person does on the page, and sees there."""

    def __init__(self, qtbot: QtBot, space: Workspace, *, tender: str = "", person: str = "") -> None:
        self.bot = qtbot
        self.shell = Shell(Session(space, tender, person), {"setup": SetupPage})
        qtbot.addWidget(self.shell)
        self.shell.show()
        self.shell.show_place("setup")
        page = self.shell.page("setup")
        assert isinstance(page, SetupPage)
        self.page = page
        self.loaded: list[str] = []
        page.tender_chosen.connect(self._loaded)

    def _loaded(self, reference: str) -> None:
        self.loaded.append(reference)
        self.shell.session.tender = reference

    def give(self, path: Path) -> None:
        """Choose a pack, and wait until it was read or refused."""
        self.page.take(path)
        self.idle()

    def idle(self) -> None:
        self.bot.waitUntil(lambda: not self.shell.jobs.busy, timeout=20_000)

    def press_primary(self) -> None:
        assert self.page.primary.isEnabled(), self.page.primary.toolTip()
        QTest.mouseClick(self.page.primary, Qt.MouseButton.LeftButton)
        self.idle()

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        with self.bot.waitActive(self.shell):
            self.shell.activateWindow()
        QTest.keyClick(self.shell.focusWidget(), key, modifier)

    @property
    def step(self) -> tuple[str, bool]:
        """The one next step, and whether it can be taken."""
        shown = self.page.primary.isVisible()
        return (self.page.primary.text().split("  ")[0] if shown else "", self.page.primary.isEnabled())

    @property
    def said(self) -> str:
        return self.shell.messages.text


@contextmanager
def driven(
    qtbot: QtBot, space: Workspace, *, tender: str = ui_stage.REFERENCE, person: str = "OF1"
) -> Iterator[SetupDriver]:
    driver = SetupDriver(qtbot, space, tender=tender, person=person)
    yield driver
    driver.shell.close()


def dropped_on(target: QWidget, *paths: Path) -> bool:
    """Drag files over a widget and let go of them there; whether it took them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    over = QDragEnterEvent(QPoint(5, 5), copy, data, left, none)
    over.setAccepted(False)
    target.dragEnterEvent(over)
    if over.isAccepted():
        target.dropEvent(QDropEvent(QPoint(5, 5), copy, data, left, none))
    return over.isAccepted()
