"""How long work tells the face how far it is, and how the face stops it."""

from __future__ import annotations

import threading

from evalpanel.errors import Cancelled


class Progress:
    """One piece of long work: `done` of `total` steps, and what is being worked on.

    The worker calls `step`; the face reads the three plain attributes from its own thread and calls `cancel`.
    """

    def __init__(self) -> None:
        self.done = 0
        self.total = 0
        self.what = ""
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next step."""
        self._cancelled.set()

    def step(self, done: int, total: int, what: str = "") -> None:
        """Report that `done` of `total` is done, working on `what`. Raises `Cancelled` if the person asked to stop."""
        if self._cancelled.is_set():
            raise Cancelled
        self.done, self.total, self.what = done, total, what


class _NoProgress(Progress):
    def step(self, done: int, total: int, what: str = "") -> None:
        """Nobody is watching."""


NO_PROGRESS: Progress = _NoProgress()
