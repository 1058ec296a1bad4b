"""The window's root: what a person sees at the start and at the end of the program."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from evalpanel import app
from evalpanel.services import tenders, workspace
from evalpanel.ui.shell import Shell
from evalpanel.ui.start import StartWindow
from kept import loaded, pack_folder, save
from profiles import PASSPHRASE, Clock


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return loaded(tmp_path / "profile", pack_folder(tmp_path / "pack"))


def shown(kind: type) -> object | None:
    return next((one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()), None)


class Person:
    """Sits at the screen while the program runs: does each thing when what it is done to is shown."""

    def __init__(self, *acts: tuple[type, Callable[..., object]]) -> None:
        self._acts = list(acts)
        self._timer = QTimer()
        self._timer.timeout.connect(self._look)
        self._timer.start(20)

    def _look(self) -> None:
        if not self._acts:
            self._timer.stop()
            return
        found = shown(self._acts[0][0])
        if found is not None:
            self._acts.pop(0)[1](found)


def open_profile(start: StartWindow) -> None:
    start.passphrase.setText(PASSPHRASE)
    start.go_on.click()


def test_backup_that_cannot_be_made_at_the_close_is_told_and_the_work_is_kept(qtbot: QtBot, root: Path) -> None:
    said: list[str] = []

    def work(shell: Shell) -> None:
        save(shell.session.workspace, 2)
        shutil.rmtree(root / "backups")
        (root / "backups").write_bytes(b"in the way")
        shell.close()

    def read(box: QMessageBox) -> None:
        said.append(f"{box.text()} {box.informativeText()}")
        box.accept()

    person = Person((StartWindow, open_profile), (Shell, work), (QMessageBox, read))
    assert app.main(["--profile", str(root)]) == 1
    assert person is not None
    assert [one.startswith("The backup of the store could not be made.") for one in said] == [True]
    assert "All work is saved in the store" in said[0]
    (root / "backups").unlink()
    with workspace.opened(root, passphrase=PASSPHRASE, clock=Clock()) as space:
        assert len(tenders.all_tenders(space)) == 1


def test_older_store_is_told_when_the_window_opens(qtbot: QtBot, root: Path) -> None:
    workspace.restore(root, backup=workspace.backups(root)[0])
    with workspace.opened(root, passphrase=PASSPHRASE) as space:
        save(space, 1)
    workspace.restore(root, backup=workspace.backups(root)[-1])
    said: list[str] = []

    def read(shell: Shell) -> None:
        said.append(shell.messages.text)
        shell.close()

    person = Person((StartWindow, open_profile), (Shell, read))
    assert app.main(["--profile", str(root)]) == 0
    assert person is not None
    assert [one.startswith("An older store is open: it lacks 1 entry") for one in said] == [True]
