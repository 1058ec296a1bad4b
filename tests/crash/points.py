"""Where a program can be stopped: every change of a file that Python makes, and every commit of the store.

Python tells its audit hooks of each file that is opened for writing, renamed, removed, and of each folder made; the
hook cannot be fooled by a library in between. SQLAlchemy tells of each commit. What SQLCipher writes by itself is met
from another side: `stop_at_size` has the operating system end the program where a file would grow past a size, in the
middle of a write.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = frozenset({"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.link", "os.symlink"})


@dataclass(frozen=True, slots=True)
class Point:
    """One place where the program can be stopped: what is about to happen, and how many commits came before it."""

    what: str
    path: str
    commits: int


@dataclass(slots=True)
class Points:
    """Counts the points below `folder` while it is `watching`, and does `at_each` before what the point is about.

    One a process: a hook cannot be taken away again.
    """

    folder: Path
    at_each: Callable[[int, Point], None] = lambda _number, _point: None
    seen: list[Point] = field(default_factory=list)
    commits: int = 0
    order: list[tuple[str, ...]] = field(default_factory=list)
    """What was done to which file, in order; a rename gives both names, and `flush` says that it is on the disk."""
    _changes: dict[int, int] = field(default_factory=dict)
    """How many rows each connection had changed at its last commit: one that changes nothing is no point."""
    _changed: bool = False
    _on: bool = False
    _inside: bool = False

    def listen(self) -> None:
        """Hear of every change from now on."""
        sys.addaudithook(self._hear)
        event.listen(Engine, "commit", self._committing)
        event.listen(Session, "after_commit", self._committed)

    def listen_to_flushes(self) -> None:
        """Hear of what is flushed to the disk as well, which Python's audit hooks do not tell. Linux only."""
        usual = os.fsync

        def fsync(handle: int) -> None:
            usual(handle)
            path = Path(f"/proc/self/fd/{handle}").readlink()
            if self._is_ours(path):
                self._note("flush", str(path.relative_to(self.folder)))

        os.fsync = fsync  # type: ignore[assignment]  # what calls it here gives a number

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Count what happens in the block."""
        self._on = True
        try:
            yield
            self._met("end")
        finally:
            self._on = False

    def _committing(self, connection: Connection) -> None:
        driver: Any = connection.connection.driver_connection  # Any: sqlcipher3 has no types
        before, self._changes[id(driver)] = self._changes.get(id(driver), 0), driver.total_changes
        self._changed = driver.total_changes > before
        if self._changed:
            self._met("commit")

    def _committed(self, session: Session) -> None:
        # The end of a savepoint is told as a commit too, and keeps nothing yet.
        if self._on and self._changed and not session.in_nested_transaction():
            self.commits += 1
            self._met("committed")

    def _note(self, what: str, *paths: str) -> None:
        if self._on:
            self.order.append((what, *paths))

    def _met(self, what: str, *paths: str) -> None:
        if not self._on or self._inside:
            return
        self._inside = True
        try:
            self._note(what, *paths)
            path = paths[-1] if paths else ""
            point = Point(what, path, self.commits)
            if self.seen and point == self.seen[-1]:
                return  # Python tells twice of a file that it opens in a way of our own
            self.seen.append(point)
            self.at_each(len(self.seen), point)
        finally:
            self._inside = False

    def _hear(self, name: str, arguments: tuple[Any, ...]) -> None:  # Any: the events differ in what they carry
        if not self._on or self._inside:
            return
        if name == "open":
            path, _mode, flags = arguments
            if isinstance(flags, int) and flags & _WRITING:
                self._change(name, path)
        elif name in _CHANGES:
            self._change(name, *arguments[: 2 if name == "os.rename" else 1])

    def _change(self, what: str, *paths: object) -> None:
        places = [
            str(Path(path).absolute().relative_to(self.folder))
            for path in paths
            if isinstance(path, str | Path) and self._is_ours(path)
        ]
        if places:
            self._met(what, *places)

    def _is_ours(self, path: str | Path) -> bool:
        return Path(path).absolute().is_relative_to(self.folder)


def too_early(order: Sequence[Sequence[str]]) -> list[str]:
    """Where a power cut could lose something: a file that takes its name before its content is on the disk, and rows
    that are kept before the name of a file that they may rest on is."""
    written: set[str] = set()
    names: set[str] = set()
    found: list[str] = []
    for what, *paths in order:
        if what == "open":
            written.add(paths[0])
        elif what == "flush":
            written.discard(paths[0])
            names = {name for name in names if str(Path(name).parent) != paths[0]}
        elif what == "os.rename":
            # SQLite flushes a backup that it made, and no hook tells of it.
            if paths[0] in written and not paths[0].endswith(".db.part"):
                found.append(f"{paths[1]} took its name before it was on the disk")
            names.add(paths[-1])
        elif what in ("commit", "end"):
            found += [f"{name} had its name on the disk only after the {what}" for name in sorted(names)]
            names.clear()
    return found


def die() -> None:
    """End this process as a power cut does: nothing of Python's or SQLite's own tidying runs."""
    os.kill(os.getpid(), signal.SIGKILL)


def stop_at_size(size: int) -> None:
    """Have the operating system end this process in the write that would make a file larger than `size` bytes."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    # Without a core file beside the tests.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    refuse_at_size(size)


def refuse_at_size(size: int) -> None:
    """Have the operating system refuse the writes that would make a file larger than `size` bytes."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
