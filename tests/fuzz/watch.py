"""Sees to it that reading writes nothing outside one folder, starts no program and asks no network."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NEVER = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.startfile"}
) | {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.bind", "webbrowser.open"}  # fmt: skip
_CHANGES = frozenset(
    {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.chmod", "os.truncate"}
    | {"shutil.rmtree", "shutil.move", "shutil.copyfile"}
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class WroteOutsideError(AssertionError):
    """A reader did something besides reading."""


class _Watch:
    """Listens to the interpreter's audit events while it is on; an audit hook cannot be taken away again."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.seen: str | None = None
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.folder is None:
            return
        if event == "open":
            path, mode, flags = arguments
            writes = (isinstance(mode, str) and bool(set(mode) & set("wax+"))) or (
                isinstance(flags, int) and bool(flags & _WRITING)
            )
            outside = writes and not isinstance(path, int) and not self._inside(path)
        else:
            outside = event in _NEVER or (event in _CHANGES and not self._inside(arguments[0]))
        if outside:
            self.seen = f"{event} {arguments!r}"
            raise WroteOutsideError(self.seen)

    def _inside(self, path: object) -> bool:
        if self.folder is None or not isinstance(path, str | bytes | os.PathLike):
            return False
        there = os.fsdecode(path)
        return there == os.devnull or Path(there).resolve().is_relative_to(self.folder)


_WATCH: list[_Watch] = []


@contextmanager
def only_reading(folder: Path) -> Iterator[None]:
    """Nothing but reading inside the block, and writing below `folder`, where temporary files then go."""
    if not _WATCH:
        _WATCH.append(_Watch())
    watch, before = _WATCH[0], (tempfile.tempdir, sys.dont_write_bytecode)
    tempfile.tempdir, sys.dont_write_bytecode = str(folder), True
    watch.seen, watch.folder = None, str(folder.resolve())
    try:
        yield
    finally:
        watch.folder = None
        tempfile.tempdir, sys.dont_write_bytecode = before
    if watch.seen is not None:  # what the tested code swallowed
        raise WroteOutsideError(watch.seen)


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Without what a library says of each broken file."""
    logger, silence = logging.getLogger(name), logging.NullHandler()
    logger.addHandler(silence)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = True
        logger.removeHandler(silence)
