"""What SQLite and SQLCipher say about the disk and the file, turned into sentences for a person."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy.exc import DBAPIError

from evalpanel.errors import EvalPanelError

# Primary result codes (sqlite.org/rescode.html). Texts are not looked at: a constraint may be named "…full…".
_BUSY, _LOCKED, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB = 5, 6, 8, 10, 11, 13, 14, 26
# The driver's backup gives no code: these are SQLite's own texts for them, whole.
_TEXTS = {
    "database is locked": _BUSY,
    "attempt to write a readonly database": _READONLY,
    "disk I/O error": _IOERR,
    "database disk image is malformed": _CORRUPT,
    "database or disk is full": _FULL,
    "unable to open database file": _CANTOPEN,
    "file is not a database": _NOTADB,
}


class StoreError(EvalPanelError):
    """The store cannot be opened, read or written."""


class StoreDamaged(StoreError):
    """The store holds something that cannot be read. Its backups are untouched."""


@contextlib.contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turns what SQLite says about the disk and the file `path` into a sentence. Everything else stays a bug."""
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as error:
        said = _said(code_of(error), path)
        if said is None:
            raise
        raise said from error


@contextlib.contextmanager
def backing_up(path: Path, folder: Path) -> Iterator[None]:
    """The same while the store `path` is copied into `folder`: the work is saved, and only the copy is missing."""
    try:
        with in_words(path):
            yield
    except StoreDamaged:
        raise
    except EvalPanelError as error:
        raise StoreError(
            f"The backup of the store could not be made. {error.title}",
            "All work is saved in the store, and the earlier backups are safe. "
            f"Put that right in {folder}: the next backup is made when the profile is closed after a change.",
        ) from error


def code_of(error: DBAPIError | sqlcipher.Error) -> int:
    """The primary result code of SQLite, or 0 where there is none."""
    raw = error.orig if isinstance(error, DBAPIError) else error
    return int(getattr(raw, "sqlite_errorcode", 0)) & 0xFF or _TEXTS.get(str(raw), 0)


def _said(code: int, path: Path) -> StoreError | None:
    folder, backups = path.parent, path.parent / "backups"
    if code == _FULL:
        return StoreError(
            "The disk is full.",
            "The last change was not saved; everything saved before it is safe. Make room and try again.",
        )
    if code == _READONLY:
        return StoreError("The store cannot be written.", f"Nothing was changed. Check that you may write to {folder}.")
    if code == _CANTOPEN:
        return StoreError(
            "The store cannot be opened.",
            f"Nothing was changed. Check that you may read and write {path.name} and its folder {folder}.",
        )
    if code in (_BUSY, _LOCKED):
        return StoreError("The store is busy.", "Nothing was changed. Close other programs that use it and try again.")
    if code == _IOERR:
        return StoreError(
            "The disk does not do what it is asked.",
            "The last change was not saved; everything saved before it is safe. Check that the disk, stick or network "
            f"share with {folder} is connected and has room, and try again.",
        )
    if code == _NOTADB:
        return StoreError(
            "The store cannot be opened with the keys of this profile.",
            f"Nothing was written to it. Either {path.name} is damaged, or it and keys.json come from two profiles. "
            f"Put the keys.json that belongs to it back, or the newest backup from {backups} with the command restore; "
            "the store that is there is then kept beside it.",
        )
    if code == _CORRUPT:
        return damaged(path)
    return None


def damaged(path: Path) -> StoreDamaged:
    """What to do about a store that is damaged."""
    return StoreDamaged(
        "The store is damaged.",
        f"Nothing was written to it. The backups in {path.parent / 'backups'} are untouched: put the newest one back with "
        "the command restore. The damaged store is then kept beside it.",
    )
