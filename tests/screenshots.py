"""Draws every page of the window in its states, in light and dark, at two sizes: `make screenshots`. Look at them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QSize, QTimer
from PySide6.QtWidgets import QApplication

import ui_stage  # Qt's platform must be chosen first
from evalpanel.ui import theme
from evalpanel.ui.catalogue import factories
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

SIZES = (QSize(1366, 768), QSize(1920, 1080))
SCENES = (
    # stage, person, places
    ("empty", "", ("home", "setup")),
    ("draft", "OF1", ("home", "setup", "panel")),
    ("frozen", "TS1", ("home", "setup", "panel")),
    ("declared", "YE1", ("home", "scoring")),
    ("scoring", "PM1", ("home", "scoring")),
    ("scoring", "CH1", ("panel", "scoring")),
    ("signed", "CH1", ("home", "moderation")),
    ("moderated", "CH1", ("moderation",)),
    ("locked", "OF1", ("home", "moderation", "outcome")),
    ("priced", "OF1", ("outcome",)),
    ("outcome", "OF1", ("home", "outcome", "letters", "record")),
    ("outcome", "FI1", ("home", "moderation")),
)


def settle(milliseconds: int = 400) -> None:
    """Let pages lay themselves out and documents draw."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def main(out: Path, only: str = "") -> None:
    """Write a PNG for each scene, place, look and size into `out`; `only` names one place."""
    app = QApplication(["evalpanel"])
    out.mkdir(parents=True, exist_ok=True)
    for stage, person, keys in SCENES:
        wanted = [key for key in keys if only in ("", key)]
        if not wanted:
            continue
        with TemporaryDirectory() as folder, ui_stage.at(stage, Path(folder)) as space:
            for look in (theme.Look.LIGHT, theme.Look.DARK):
                theme.apply(app, look)
                tender = "" if stage == "empty" else ui_stage.REFERENCE
                shell = Shell(Session(space, tender, person), factories())
                for size in SIZES:
                    shell.resize(size)
                    shell.show()
                    for key in wanted:
                        shell.show_place(key)
                        settle()
                        name = f"{key}-{stage}-{person or 'nobody'}-{look.value}-{size.width()}.png"
                        shell.grab().save(str(out / name))
                        sys.stdout.write(f"{name}\n")
                shell.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "")
