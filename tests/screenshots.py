"""Draws every page of the window in its states: `make screenshots`. Look at them.

In light, dark and high contrast, at two sizes, and once at 200 % text in the smallest window that is promised. A second
argument draws only the places and names in which it occurs; a third is one width, with the height 16:9 of it.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication, QWidget

import ui_stage  # Qt's platform must be chosen first
from evalpanel.services.workspace import Workspace
from evalpanel.ui import theme
from evalpanel.ui.catalogue import factories
from evalpanel.ui.pages import moderation, record
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from scenes import SCENES, Scene, Shot, idle

SIZES = (QSize(1366, 768), QSize(1920, 1080))
LARGE = QSize(900, 600)  # with text at 200 %
LOOKS = (theme.Look.LIGHT, theme.Look.DARK, theme.Look.CONTRAST)
SETTLE_MS = 90


def settle(milliseconds: int = SETTLE_MS) -> None:
    """Let pages lay themselves out and documents draw."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


@contextlib.contextmanager
def held(shell: Shell) -> Iterator[None]:
    """While the worker is held and everything counts as much, pages show that they are reading."""
    before = moderation._AT_ONCE, record._AT_ONCE
    moderation._AT_ONCE = record._AT_ONCE = 0
    release = threading.Event()
    shell.jobs._pool.submit(release.wait)
    try:
        yield
    finally:
        moderation._AT_ONCE, record._AT_ONCE = before
        release.set()


def main(out: Path, only: str = "", width: int = 0) -> None:
    """Write a PNG for each shot, look and size into `out`, and one at 200 % text."""
    app = QApplication(["evalpanel"])
    out.mkdir(parents=True, exist_ok=True)
    wanted = [
        (number, scene)
        for number, scene in enumerate(SCENES)
        if any(only in f"{shot.place}-{shot.name}" for shot in scene.shots)
    ]
    for stage, group in itertools.groupby(wanted, lambda one: one[1].stage):
        with TemporaryDirectory() as folder, ui_stage.at(stage, Path(folder)) as space:
            for _, scene in group:
                if width:
                    theme.apply(app)
                    draw(space, scene, only, out, (theme.Look.LIGHT,), (QSize(width, width * 9 // 16),))
                    continue
                theme.apply(app)
                draw(space, scene, only, out, LOOKS, SIZES)
                theme.apply(app, scale=2.0)
                draw(space, scene, only, out, (), (LARGE,))


def draw(
    space: Workspace, scene: Scene, only: str, out: Path, looks: tuple[theme.Look, ...], sizes: tuple[QSize, ...]
) -> None:
    """Write the pictures of one scene; without looks in the one that is worn, at 200 %."""
    shell = Shell(Session(space, ui_stage.tender(scene.stage) if scene.opened else "", scene.person), factories())
    if scene.before is not None:
        scene.before(shell)
    for shot in scene.shots:
        if only not in f"{shot.place}-{shot.name}":
            continue
        with held(shell) if shot.slow else contextlib.nullcontext():
            shell.resize(sizes[0])
            shell.show()
            shell.messages.clear()
            shell.show_place(shot.place, shot.what)
            settle(0)
            if not shot.slow:
                idle(shell)
            window = shot.act(shell) if shot.act is not None else None
            if window is None:
                picture(shell, out, shot, scene, looks, sizes)
            else:
                window.show()
                picture(window, out, shot, scene, looks, (window.size(),))
                window.close()
    shell.close()
    shell.deleteLater()  # what is not there any more is not dressed again
    settle(0)


def picture(
    window: QWidget, out: Path, shot: Shot, scene: Scene, looks: tuple[theme.Look, ...], sizes: tuple[QSize, ...]
) -> None:
    """Write what a window shows, in each look and size."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    for look in looks or (None,):
        if look is not None:
            theme.apply(app, look)
        for size in sizes:
            window.resize(size)
            save(window, out, shot, scene, look.value if look is not None else "200")
    if looks[1:]:
        theme.apply(app)


def save(window: QWidget, out: Path, shot: Shot, scene: Scene, look: str) -> None:
    """Write one picture, once the window has drawn itself."""
    settle()
    place = f"{shot.place}-{shot.name}" if shot.name else shot.place
    name = f"{place}-{scene.stage}-{scene.person or 'nobody'}-{look}-{window.width()}.png"
    window.grab().save(str(out / name), "PNG", 80)  # packed less tightly, and in half the time
    sys.stdout.write(f"{name}\n")


if __name__ == "__main__":
    asked = (*sys.argv[2:], "", "")
    main(Path(sys.argv[1]), asked[0], int(asked[1] or 0))
