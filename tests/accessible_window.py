"""Shows one page after the other to somebody who listens through the accessibility bus: a process of its own.

Writes `ready NAME` for each, and goes on at a line on standard input.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication

import walked
from evalpanel.ui import desktop, theme
from evalpanel.ui.start import StartWindow


def told(name: str) -> None:
    """Say that it is there, and wait until it was looked at; the window lives on meanwhile."""
    loop = QEventLoop()
    QTimer.singleShot(200, loop.quit)  # pages are laid out, and documents drawn
    loop.exec()
    sys.stdout.write(f"ready {name}\n")
    sys.stdout.flush()
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: loop.quit())
    loop.exec()
    notifier.setEnabled(False)
    sys.stdin.readline()


def main(root: Path) -> None:
    """Show everything, one by one."""
    app = QApplication(["evalpanel"])
    desktop.dress(app, theme.Look.LIGHT, scale=1.0)
    start = StartWindow(root / "new", lambda _: None)
    start.show()
    told("start")
    start.close()
    for _ in walked.who(root / "who"):
        told("who")
    for walk, shell in walked.shells(root):
        if walk is walked.WALKS[-1]:
            shell.show_keys()
        told(walk.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
