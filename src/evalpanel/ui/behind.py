"""Work on a thread of its own while the window is already seen, and has no page yet: what its first page needs.

Where there are pages, long work is done by `jobs.py`, with a strip that shows it. The same rules hold: the thread knows nothing
of Qt, and Python collects no cycles there (see `app.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

_LOOK_MS = 5
_PAINTED_MS = 500  # a window that is opened minimised is not painted at all


class Behind(QObject):
    """Does `work` once `window` was painted, and tells `done` on the window's thread when it is over, well or not."""

    def __init__(self, window: QWidget, work: Callable[[], Any], done: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._work, self._done = window, work, done
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="evalpanel-start")
        self._future: Future[Any] | None = None
        self._look = QTimer(self, interval=_LOOK_MS)
        self._look.timeout.connect(self._see)
        self._begins = QTimer(self, singleShot=True)
        self._begins.timeout.connect(self._begin)
        self._begins.start(_PAINTED_MS)
        window.installEventFilter(self)

    def result(self) -> Any:
        """What came of it, waited for; what it raised is raised here. None where it never began."""
        self._look.stop()
        self._begins.stop()
        self._pool.shutdown(wait=True)
        return self._future.result() if self._future is not None else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the first paint."""
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            self._begins.start(0)  # when what was painted is on the screen
        return super().eventFilter(watched, event)

    def _begin(self) -> None:
        self._future = self._pool.submit(self._work)
        self._look.start()

    def _see(self) -> None:
        if self._future is not None and self._future.done():
            self._look.stop()
            self._done()
