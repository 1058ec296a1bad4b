"""Long work, one piece at a time, on one worker thread that knows nothing of Qt.

While it runs, a timer on the window's thread reads the plain attributes of its `Progress`; cancelling happens where the
work next takes a step. Python collects cycles on whichever thread happens to allocate, and a widget that is taken away on
the worker brings the program down: so while work runs, cycles are collected by that timer only, on the window's thread.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.ui.messages import BUG, MessageStrip

TICK_MS = 50


class JobStrip(QFrame):
    """Shows the work that is under way, with Cancel; hidden when there is none. `run` starts it."""

    def __init__(self, messages: MessageStrip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "strip")
        self._messages = messages
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="evalpanel-job")
        self._future: Future[Any] | None = None
        self._progress: Progress | None = None
        self._done: Callable[[Any], None] | None = None
        self._what = ""
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        self._label = QLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setAccessibleName("How far the work is")
        self._cancel = QPushButton("Cancel")
        self._cancel.clicked.connect(self.cancel)
        layout.addWidget(self._label)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._cancel)
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._future is not None

    def run(self, what: str, work: Callable[[Progress], Any], done: Callable[[Any], None]) -> None:
        """Start `work` on the worker; `done` gets its result on the window's thread. Refused while other work runs."""
        if self.busy:
            raise EvalPanelError(f"{self._what} is still under way.", "Wait for it, or cancel it first.")
        self._what, self._done, self._progress = what, done, Progress()
        self._label.setText(what)
        self._measure(known=False)
        self._cancel.setEnabled(True)
        self.show()
        gc.disable()
        self._future = self._pool.submit(work, self._progress)
        self._timer.start()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        if self._progress is not None:
            self._progress.cancel()
            self._cancel.setEnabled(False)
            self._label.setText(f"{self._what}: stopping")

    def close_down(self) -> None:
        """Cancel what runs and wait for it: called when the window closes."""
        self.cancel()
        self._timer.stop()
        self._pool.shutdown(wait=True)
        gc.enable()

    def _tick(self) -> None:
        progress, future = self._progress, self._future
        if progress is None or future is None:
            return
        if progress.total:
            self._bar.setValue(round(1000 * progress.done / progress.total))
            self._measure(known=True)
            self._label.setText(f"{self._what}: {progress.what}" if progress.what else self._what)
        gc.collect(1)
        if future.done():
            self._finish(future)

    def _measure(self, *, known: bool) -> None:
        """Show how far it is once it is known how much there is; before, Qt's bar would move to and fro."""
        self._bar.setVisible(known)
        self._row.setStretchFactor(self._label, 0 if known else 1)

    def _finish(self, future: Future[Any]) -> None:
        self._timer.stop()
        gc.enable()
        self.hide()
        done, self._done = self._done, None
        self._future = self._progress = None
        try:
            result = future.result()
            if done is not None:
                done(result)
        except Cancelled as cancelled:
            self._messages.say(str(cancelled))
        except EvalPanelError as error:
            self._messages.refuse(error)
        except Exception:  # one of three places: what the worker raised would vanish otherwise
            logging.getLogger(__name__).exception("a job failed")
            self._messages.refuse(EvalPanelError(BUG))
