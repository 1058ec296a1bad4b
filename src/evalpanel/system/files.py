"""The only door for writing files: a file is there whole, or as it was before, and never half.

Every write goes to a temporary file beside its target, with its permissions set before the first byte, is flushed to
the disk, and then takes the target's name in one step. What goes wrong is told in words, and nothing is left behind.
"""

from __future__ import annotations

import errno
import io
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from evalpanel.errors import EvalPanelError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_PART_PREFIX = ".evalpanel-"
_PART_SUFFIX = ".part"
_PRIVATE_FILE = 0o600
_PRIVATE_FOLDER = 0o700
# The operating system takes its mask off this, as for every file that other programs make for the person.
_SHARED_FILE = 0o666
_SIDE_BY_SIDE = 64
_WINDOWS = os.name == "nt"

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_REFUSED = frozenset({errno.EACCES, errno.EPERM})
_GONE = frozenset({errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE})
# A file system that cannot flush a folder (some network shares and sticks) says so with one of these.
_CANNOT_SYNC_A_FOLDER = frozenset({errno.EINVAL, errno.ENOTSUP})

# Controls that make a name read differently from what it is (Unicode Standard Annex 9, explicit directional formatting).
TURNS_TEXT = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SHOWN = 200


def write_atomic(path: Path, data: bytes, *, private: bool = True) -> None:
    """Write `data` as the whole file at `path`, replacing what was there.

    `private`: only this person may read it (0600); otherwise as the person's other files. Raises EvalPanelError in
    words (full disk, read-only, missing folder, a folder of that name); then `path` is as it was.
    """
    with replacing(path, private=private) as file:
        file.write(data)


@contextmanager
def replacing(path: Path, *, private: bool = True, judge: Callable[[Path], None] | None = None) -> Iterator[BinaryIO]:
    """A binary file for writing that takes the name `path` at the end of the block, whole and on the disk.

    If the block raises (an error, `Cancelled`, Ctrl+C), nothing of it is left and `path` is as it was. Writing raises
    EvalPanelError in words, also where a library in between turned it into an error of its own. `judge` may read the file
    back once it is on the disk, before it takes its name; what it raises keeps it from taking it.
    """
    with _in_words("written", path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    part = path.parent / f"{_PART_PREFIX}{secrets.token_hex(8)}{_PART_SUFFIX}"
    raw = _TargetFile(part, path, _PRIVATE_FILE if private else _SHARED_FILE)
    try:
        file = io.BufferedWriter(raw, 1 << 18)
        try:
            yield file
            file.flush()
        except BaseException as error:
            if raw.failure is not None and error is not raw.failure and isinstance(error, Exception):
                raise raw.failure from error
            raise
        with _in_words("written", path):
            os.fsync(raw.fileno())
            raw.close()
        if judge is not None:
            judge(part)
        with _in_words("written", path):
            part.replace(path)
    except BaseException as error:
        with tidying(error):
            # The raw file first: closing the buffer would try to write what is left of it.
            raw.close()
            remove_quietly(part)
        raise
    sync_folder(path.parent)


def write_many(files: Iterable[tuple[Path, Iterable[bytes]]], made: list[Path]) -> None:
    """Write many private files of one folder, each whole and on the disk before it takes its name; `made` grows by each.

    They are flushed side by side: a disk takes hardly longer for sixty than for one. If anything raises, no temporary
    file is left; what stands in `made` has its name, and is the caller's to take away.
    """
    coming = iter(files)
    with ThreadPoolExecutor(max_workers=8) as beside:
        while batch := list(islice(coming, _SIDE_BY_SIDE)):
            _write_batch(batch, made, beside)
    for folder in {path.parent for path in made}:
        sync_folder(folder)


def _write_batch(batch: Sequence[tuple[Path, Iterable[bytes]]], made: list[Path], beside: ThreadPoolExecutor) -> None:
    parts: list[tuple[_TargetFile, Path, Path]] = []
    try:
        for path, blocks in batch:
            part = path.parent / f"{_PART_PREFIX}{secrets.token_hex(8)}{_PART_SUFFIX}"
            raw = _TargetFile(part, path, _PRIVATE_FILE)
            parts.append((raw, part, path))
            for block in blocks:
                _write_all(raw, block)
        waiting = [(beside.submit(os.fsync, raw.fileno()), path) for raw, _, path in parts]
        for done, path in waiting:
            with _in_words("written", path):
                done.result()
        for raw, part, path in parts:
            with _in_words("written", path):
                raw.close()
                part.replace(path)
            made.append(path)
    except BaseException as error:
        with tidying(error):
            for raw, part, _ in parts:
                raw.close()
                remove_quietly(part)
        raise


def _write_all(raw: _TargetFile, block: bytes) -> None:
    left = memoryview(block)
    while left:
        left = left[raw.write(left) :]


@contextmanager
def tidying(error: BaseException) -> Iterator[None]:
    """Taking away what was begun, because of `error`: trouble with that is told beside it, and never in its place.

    Where a disk is full or a stick was pulled out, tidying fails as well, and the next start does it.
    """
    try:
        yield
    except (EvalPanelError, OSError) as second:
        error.add_note(str(second))


class _TargetFile(io.FileIO):
    """The temporary file under a target. It says what goes wrong in words about the target, and remembers it."""

    def __init__(self, part: Path, target: Path, mode: int) -> None:
        def opener(name: str, flags: int) -> int:
            return os.open(name, flags | getattr(os, "O_NOFOLLOW", 0), mode)

        self.failure: EvalPanelError | None = None
        self._target = target
        with _in_words("written", target):
            super().__init__(os.fspath(part), "xb", opener=opener)

    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.failure = trouble(error, "written", self._target)
            raise self.failure from error


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` on the disk, so that a power cut does not lose a file just written.

    Does nothing on Windows, which cannot flush a folder and does not need it after a replace.
    """
    if _WINDOWS:
        return
    with _in_words("written", folder):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        except OSError as error:
            if error.errno not in _CANNOT_SYNC_A_FOLDER:
                raise
        finally:
            os.close(handle)


def new_folder(path: Path, *, may_exist: bool = False) -> None:
    """Make the folder `path`, and missing ones above it, open to this person only (0700).

    A folder that is there already is refused unless `may_exist`; its permissions are then left as they are.
    """
    with _in_words("made", path):
        there = path.is_dir()
    if there:
        if may_exist:
            return
        raise EvalPanelError(
            f"The folder “{_place(path)}” is there already.", "Nothing was changed. Choose another name."
        )
    if path.parent != path:
        new_folder(path.parent, may_exist=True)
    with _in_words("made", path):
        try:
            path.mkdir(_PRIVATE_FOLDER)
        except FileExistsError:
            # Made by somebody else in this moment: as good as ours, if it may exist and is a folder.
            if not (may_exist and path.is_dir()):
                raise
    sync_folder(path.parent)


def free_space(path: Path) -> int:
    """Bytes that this person may still write where `path` is, or will be made."""
    place = path.absolute()
    while not place.exists() and place.parent != place:
        place = place.parent
    with _in_words("looked at", place):
        return shutil.disk_usage(place).free


def read_whole(path: Path, limit: int) -> bytes:
    """The content of the file at `path`, of at most `limit` bytes. Raises EvalPanelError in words."""
    with _in_words("read", path), path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise EvalPanelError(
            f"“{shown(path.name)}” is too large to be read as one piece (more than {in_words(limit)}).",
            "Nothing was changed. Check that it is the right file.",
        )
    return data


def may_take_out(*, read_back: bool = False) -> str:
    """What people are told of a folder that was written into, wherever that is: nothing waits in memory any more.

    `read_back`: each file was read again and compared, too.
    """
    done = "All was read back and is whole" if read_back else "All is written to the disk"
    return f"{done}: the stick can be taken out."


def remove_quietly(path: Path) -> bool:
    """Remove the file `path` and say whether it was there. Only its absence is ignored."""
    with _in_words("removed", path):
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        return True


def remove_leftovers(folder: Path) -> int:
    """Remove temporary files that a crash or a power cut left in `folder`, and say how many.

    Only where this program alone writes (a locked profile): elsewhere another copy may be writing one right now.
    """
    with _in_words("tidied", folder):
        parts = [part for part in folder.glob(f"{_PART_PREFIX}*{_PART_SUFFIX}") if not part.is_dir()]
    return sum(remove_quietly(part) for part in parts)


def empty_folder(folder: Path) -> int:
    """Remove everything in `folder`, keep the folder, and say how many names were removed. Links are not followed."""
    if not folder.is_dir():
        return 0
    removed = 0
    with _in_words("emptied", folder):
        for path in sorted(folder.iterdir()):
            if stat.S_ISDIR(path.lstat().st_mode):
                shutil.rmtree(path)
            else:
                path.unlink()
            removed += 1
    return removed


def in_words(size: int) -> str:
    """A number of bytes as people say it: `12 bytes`, `3.4 MB` (1 MB is 1,000,000 bytes, as file managers count)."""
    if size < 1000:
        return f"{size} bytes" if size != 1 else "1 byte"
    tenths = size // 100
    for unit in ("kB", "MB", "GB"):
        if tenths < 10_000:
            return f"{tenths // 10}.{tenths % 10} {unit}"
        tenths //= 1000
    return f"{tenths // 10}.{tenths % 10} TB"


def shown(name: str) -> str:
    """`name` as it may stand on a screen: controls and broken characters as codes, at most 200 characters."""
    safe = "".join(char if char.isprintable() and char not in TURNS_TEXT else f"\\u{ord(char):04x}" for char in name)
    return safe if len(safe) <= _SHOWN else f"{safe[:_SHOWN]}…"


class DiskTrouble(EvalPanelError):
    """A disk, a stick or a share does not do what it should: nothing is wrong with what was to be read or written."""


def trouble(error: OSError | ValueError, done: str, path: Path) -> DiskTrouble:
    """What went wrong when `path` should have been `done` ("written", "read"), in words for a person."""
    code = error.errno if isinstance(error, OSError) else None
    said = _said(code)
    if said is not None:
        what, then = said(path)
    elif isinstance(error, OSError):
        what, then = f"The computer says: {error.strerror or error}.", "Put that right, or choose another place."
    else:
        what, then = "Its name cannot be used on this computer.", "Choose another name."
    return DiskTrouble(f"“{shown(path.name or str(path))}” could not be {done}. {what}", f"Nothing was changed. {then}")


def _place(path: Path) -> str:
    return shown(str(path))


def _said(code: int | None) -> Callable[[Path], tuple[str, str]] | None:
    """The sentence for an error of the operating system, and what to do about it."""
    if code in _FULL:
        return lambda path: (f"There is no room left in “{_place(path.parent)}”.", "Make room there and try again.")
    if code in _GONE:
        return lambda path: (
            f"“{_place(path.parent)}” does not answer.",
            "Is the stick or the network share still connected?",
        )
    return _SENTENCES.get(code) if code is not None else None


_SENTENCES: dict[int, Callable[[Path], tuple[str, str]]] = {
    errno.EROFS: lambda path: (f"“{_place(path.parent)}” is read-only.", "Choose another place."),
    errno.ENOENT: lambda path: (
        "It is not there." if path.parent.is_dir() else f"The folder “{_place(path.parent)}” is not there.",
        "Check the name and the folder, and try again.",
    ),
    errno.ENOTDIR: lambda path: (f"“{_place(path.parent)}” is not a folder.", "Check the name and try again."),
    errno.EISDIR: lambda _path: ("It is a folder, not a file.", "Give the name of a file."),
    errno.EEXIST: lambda _path: ("Something of that name is there already.", "Choose another name."),
    errno.ENAMETOOLONG: lambda _path: ("The name is too long for this computer.", "Choose a shorter name."),
    errno.EFBIG: lambda _path: ("It is larger than this disk takes in one file.", "Choose another place."),
    errno.ELOOP: lambda _path: ("It is a link that leads nowhere or in a circle.", "Give the name of the file itself."),
    errno.EMFILE: lambda _path: ("Too many files are open.", "Close other programs and try again."),
    **{
        code: lambda path: (
            f"“{_place(path)}” or its folder may not be used, or another program has it open.",
            "Close other programs that use it, or choose another place.",
        )
        for code in _REFUSED
    },
}


@contextmanager
def _in_words(done: str, path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be one, with a NUL or broken characters
        raise trouble(error, done, path) from error
