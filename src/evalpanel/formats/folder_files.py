"""What lies in a folder that was given as a pack: plain files, read without following links."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Generator, Iterator
from functools import partial
from pathlib import Path

from evalpanel.domain.intake import Problem
from evalpanel.formats.pack_names import MOST_BYTES_OF_A_PATH, normal
from evalpanel.formats.pack_streams import BLOCK, Listed, checked, nothing, refusal
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.system.files import shown, trouble

_KINDS = (
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
# Windows: a folder that is really another place. Files kept in the cloud carry other tags and are plain files.
_MOUNT_POINT = 0xA0000003


def list_folder(root: Path, most: int, progress: Progress = NO_PROGRESS) -> tuple[list[Listed], list[Problem]]:
    """Every file and folder under `root`, at most `most` of them, and what may not be in a pack.

    Raises EvalPanelError when `root` itself cannot be read.
    """
    listed: list[Listed] = []
    problems: list[Problem] = []
    waiting = [(root, "")]
    while waiting:
        folder, prefix = waiting.pop()
        progress.step(0, 0, shown(prefix))
        try:
            names = sorted(found.name for found in folder.iterdir())
        except OSError as error:
            if folder == root:
                raise trouble(error, "read", root) from error
            problems.append(Problem(shown(prefix), str(trouble(error, "read", folder))))
            continue
        below: list[tuple[Path, str]] = []
        for name in names:
            path = f"{prefix}{name}"
            try:
                found = (folder / name).lstat()
            except OSError as error:
                problems.append(Problem(shown(path), str(trouble(error, "read", folder / name))))
                continue
            kind = _kind(found)
            if kind is not None:
                problems.append(Problem(shown(path), f"This is {kind}. A pack holds plain files and folders only."))
            elif stat.S_ISDIR(found.st_mode):
                listed.append(Listed(normal(path), 0, nothing, is_folder=True))
                if len(os.fsencode(path)) <= MOST_BYTES_OF_A_PATH:
                    below.append((folder / name, f"{path}/"))
            else:
                listed.append(Listed(normal(path), found.st_size, partial(_blocks, folder / name, normal(path), found)))
            if len(listed) > most:
                problems.append(Problem(shown(root.name), f"The folder holds more than {most} files and folders."))
                return listed, problems
        waiting.extend(reversed(below))
    return listed, problems


def _kind(found: os.stat_result) -> str | None:
    """What an entry is when it is neither a plain file nor a folder."""
    if getattr(found, "st_reparse_tag", 0) == _MOUNT_POINT:
        return "a link"
    for is_kind, kind in _KINDS:
        if is_kind(found.st_mode):
            return kind
    return None if stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode) else "no plain file"


def _blocks(file: Path, path: str, listed: os.stat_result) -> Generator[bytes, None, None]:
    return checked(path, listed.st_size, _read(file, path, listed), None)


def _read(file: Path, path: str, listed: os.stat_result) -> Iterator[bytes]:
    """The content of the file that was listed, and of no other that has taken its place since."""
    try:
        # No link is followed, and a pipe that took the file's place does not keep us waiting.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(file, flags), "rb", buffering=0) as content:
            _check_same(content.fileno(), path, listed)
            while block := content.read(BLOCK):
                yield block
            _check_same(content.fileno(), path, listed)
    except FileNotFoundError as error:
        raise refusal(path, "It was there when the folder was listed and is gone now.") from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise refusal(path, "It changed into a link after the folder was listed.") from error
        raise trouble(error, "read", file) from error


def _check_same(handle: int, path: str, listed: os.stat_result) -> None:
    now = os.fstat(handle)
    if (now.st_ino, now.st_size, now.st_mtime_ns) != (listed.st_ino, listed.st_size, listed.st_mtime_ns):
        raise refusal(path, "It was changed after the folder was listed.")
    if not stat.S_ISREG(now.st_mode):
        raise refusal(path, "It is no plain file any more.")
