"""Long work as it is shown: nothing moves by itself, and a bar comes with something to measure."""

from __future__ import annotations

import threading

from PySide6.QtWidgets import QProgressBar
from pytestqt.qtbot import QtBot

from evalpanel.progress import Progress
from evalpanel.ui.jobs import JobStrip
from evalpanel.ui.messages import MessageStrip


def test_the_bar_is_shown_once_it_is_known_how_much_there_is(qtbot: QtBot) -> None:
    messages = MessageStrip()
    strip = JobStrip(messages)
    qtbot.addWidget(messages)
    qtbot.addWidget(strip)
    bar = strip.findChild(QProgressBar)
    assert bar is not None
    begun, counted, ended = threading.Event(), threading.Event(), threading.Event()

    def work(progress: Progress) -> None:
        begun.set()
        counted.wait()
        progress.step(1, 4)
        ended.wait()

    for _ in range(2):  # the second time as the first
        strip.run("Reading", work, lambda _: None)
        begun.wait()
        assert (strip.isVisible(), bar.isVisible()) == (True, False)
        counted.set()
        qtbot.waitUntil(bar.isVisible, timeout=20_000)
        assert (bar.minimum(), bar.value(), bar.maximum()) == (0, 250, 1000)
        ended.set()
        qtbot.waitUntil(lambda: not strip.busy, timeout=20_000)
        for one in (begun, counted, ended):
            one.clear()
    strip.close_down()
