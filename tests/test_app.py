"""The window's root: what a person sees at the start and at the end of the program."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox
from pytestqt.qtbot import QtBot

from evalpanel import app
from evalpanel.sealing import slots
from evalpanel.services import papers, tenders, workspace
from evalpanel.ui.shell import Shell
from evalpanel.ui.start import StartWindow
from fakes import MemoryKeyring
from kept import loaded, pack_folder, save
from profiles import EMAIL, OWNER, PASSPHRASE, Clock, make_profile, quick_keys
from sheets import words_on


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return loaded(tmp_path / "profile", pack_folder(tmp_path / "pack"))


class Frame:
    """The window before a profile is open in it."""


def shown(kind: type) -> object | None:
    """What is seen of a kind; a `Shell` with its first page, or a `Frame` without."""
    for one in QApplication.allWidgets():
        if isinstance(one, Shell) and one.isVisible() and kind is (Shell if one.here else Frame):
            return one
        if kind is not Shell and isinstance(one, kind) and one.isVisible():
            return one
    return None


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


class AskingKeyring(MemoryKeyring):
    """A keyring that asks its person before it answers, as that of a desktop may."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        assert self.answered.wait(60), "nobody answered the keyring"
        return super().get_password(service, username)


@pytest.fixture
def asking(tmp_path: Path) -> AskingKeyring:
    """A profile in `tmp_path / "own"` that this keyring opens."""
    held = AskingKeyring()
    workspace.create(tmp_path / "own", name=OWNER, email=EMAIL, backend=lambda: held)
    return held


def test_window_is_seen_while_the_profile_is_being_opened_and_stays(
    qtbot: QtBot, tmp_path: Path, asking: AskingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "system_keyring", lambda: asking)
    seen: list[tuple[Shell, list[str]]] = []

    def look(frame: Shell) -> None:
        seen.append((frame, [one.text() for one in frame.findChildren(QLabel) if one.isVisible() and one.text()]))
        asking.answered.set()

    def close(shell: Shell) -> None:
        seen.append((shell, []))
        shell.close()

    person = Person((Frame, look), (Shell, close))
    assert app.main(["--profile", str(tmp_path / "own")]) == 0
    assert person is not None
    assert seen[0][0] is seen[1][0]
    assert seen[0][1] == ["evalpanel", "This laptop only · sealed", "Opening your store…"]


def test_window_that_is_closed_while_the_profile_is_being_opened_leaves_it_closed(
    qtbot: QtBot, tmp_path: Path, asking: AskingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "system_keyring", lambda: asking)

    def close(frame: Shell) -> None:
        frame.close()
        asking.answered.set()

    person = Person((Frame, close))
    assert app.main(["--profile", str(tmp_path / "own")]) == 0
    assert person is not None
    with workspace.opened(tmp_path / "own", backend=lambda: asking) as space:
        assert space.owner.name == OWNER


def test_profile_that_is_open_elsewhere_is_refused_in_words(
    qtbot: QtBot, tmp_path: Path, asking: AskingKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "system_keyring", lambda: asking)
    asking.answered.set()
    said: list[str] = []

    def read(box: QMessageBox) -> None:
        said.append(box.text())
        box.accept()

    person = Person((QMessageBox, read))
    with workspace.opened(tmp_path / "own", backend=lambda: asking):
        assert app.main(["--profile", str(tmp_path / "own")]) == 1
    assert person is not None
    assert said == ["evalpanel is already open on this profile."]


def test_profile_is_made_in_the_window_that_stays(qtbot: QtBot, tmp_path: Path) -> None:
    owners: list[str] = []

    def make(start: StartWindow) -> None:
        start.name.setText(OWNER)
        start.email.setText(EMAIL)
        start.passphrase.setText(PASSPHRASE)
        start.again.setText(PASSPHRASE)
        start.go_on.click()

    def close(shell: Shell) -> None:
        owners.append(shell.session.workspace.owner.name)
        shell.close()

    person = Person((StartWindow, make), (Shell, close))
    assert app.main(["--profile", str(tmp_path / "new")]) == 0
    assert person is not None
    assert owners == [OWNER]


def with_paper_key(root: Path, words: Path) -> str:
    """A paper key for a profile, and its words."""
    with workspace.opened(root, passphrase=PASSPHRASE, clock=Clock()) as space:
        return words_on(papers.paper_key(space, out=words).file)


def test_profile_whose_passphrase_is_lost_is_opened_with_its_paper_key(qtbot: QtBot, tmp_path: Path) -> None:
    make_profile(tmp_path / "own")
    words, said, owners = with_paper_key(tmp_path / "own", tmp_path / "key.pdf"), list[str](), list[str]()

    def lost(start: StartWindow) -> None:
        start.lost.click()
        paper = start.paper
        for typed, again in ((re.sub(r"[a-z]+", "zzzz", words, count=1), "four"), (words, "fuor"), (words, "four")):
            paper.words.typed.setText(typed)
            paper.passphrase.setText("four new plain words")
            paper.again.setText(f"{again} new plain words")
            paper.go_on.click()
            said.append(start.problem.text() if start.problem.isVisible() else "")

    def close(shell: Shell) -> None:
        owners.append(shell.session.workspace.owner.name)
        shell.close()

    person = Person((StartWindow, lost), (Shell, close))
    with quick_keys():
        assert app.main(["--profile", str(tmp_path / "own")]) == 0
    assert person is not None
    assert [one.split(".")[0] for one in said] == [
        "Word 1, “zzzz”, is none that stands on a sheet",
        "The two passphrases differ",
        "",
    ]
    assert owners == [OWNER]
    with workspace.opened(tmp_path / "own", passphrase="four new plain words", clock=Clock()) as space:
        assert space.owner.name == OWNER


def test_profile_whose_keyring_was_reset_is_opened_with_its_paper_key(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after, said = MemoryKeyring(), MemoryKeyring(), list[str]()
    workspace.create(tmp_path / "own", name=OWNER, email=EMAIL, backend=lambda: before)
    with workspace.opened(tmp_path / "own", backend=lambda: before) as space:
        words = words_on(papers.paper_key(space, out=tmp_path / "key.pdf").file)
    monkeypatch.setattr(slots, "system_keyring", lambda: after)

    def lost(start: StartWindow) -> None:
        said.append(start.problem.text())
        start.paper.words.typed.setText(words)
        start.paper.go_on.click()

    person = Person((StartWindow, lost), (Shell, lambda shell: shell.close()))
    assert app.main(["--profile", str(tmp_path / "own")]) == 0
    assert person is not None
    assert len(said) == 1
    assert said[0].startswith("The system's keyring does not hold the key of this profile.")
    with workspace.opened(tmp_path / "own", backend=lambda: after) as space:
        assert space.owner.name == OWNER


def test_frame_of_the_window_brings_no_service() -> None:
    """It is seen before SQLAlchemy and the tables are there: they take several times as long as all of the frame."""
    program = (
        "import sys; import evalpanel.app, evalpanel.ui.shell, evalpanel.ui.catalogue, evalpanel.ui.behind, "
        "evalpanel.ui.desktop; "
        "print(sorted(one for one in sys.modules if one == 'sqlalchemy' or one.startswith('evalpanel.services')))"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"
