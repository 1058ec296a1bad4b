"""Copies of the store: made beside their name and put in place whole, ten kept; and putting one back.

Putting a backup back is one step that a crash cannot halve: everything is prepared in a folder `restoring-TIME`, the
store that is there is moved aside, and whatever was interrupted is finished when the profile is next used.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import empty_folder, new_folder, remove_quietly, replacing, sync_folder, tidying, trouble

KEPT = 10
_PARTS = ("", "-wal", "-shm")
"""A store that was not closed has its newest rows in its log (`-wal`): it is only whole together with it."""


@contextlib.contextmanager
def new(folder: Path, reason: str, now: datetime) -> Iterator[Path]:
    """An empty file for a backup. At the end of the block it takes its name, and all but the last ten go.

    If the block raises, nothing of it is left and every earlier backup is as it was.
    """
    new_folder(folder, may_exist=True)
    target = folder / f"store-{_next_number(folder):06d}-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{reason}.db"
    part = target.with_name(f"{target.name}.part")
    try:
        with _in_words("written", target):
            os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield part
        with _in_words("written", target):
            part.replace(target)
    except BaseException as error:
        with tidying(error):
            _remove_part(part)
        raise
    sync_folder(folder)
    for old in newest(folder)[KEPT:]:
        remove_quietly(old)


def newest(folder: Path) -> tuple[Path, ...]:
    """The backups in `folder`, newest first: by their number, whatever the clock said when they were made."""
    return tuple(sorted(folder.glob("store-*.db"), reverse=True))


def _next_number(folder: Path) -> int:
    numbers = [path.name.split("-")[1] for path in folder.glob("store-*.db*")]
    return max((int(number) for number in numbers if number.isdecimal()), default=0) + 1


def tidy(folder: Path) -> None:
    """Remove what a backup that was cut short left behind."""
    for part in folder.glob("store-*.db.part"):
        _remove_part(part)


def _remove_part(part: Path) -> None:
    for suffix in (*_PARTS, "-journal"):
        remove_quietly(part.with_name(part.name + suffix))


def _free_name(folder: Path, now: datetime, name: str) -> Path:
    at = now.astimezone(UTC)
    while True:
        path = folder / name.format(f"{at:%Y%m%dT%H%M%S%f}")
        if not any(path.with_name(path.name + suffix).exists() for suffix in _PARTS):
            return path
        at += timedelta(microseconds=1)


def put_back(store: Path, chosen: Path, folder: Path, now: datetime) -> Path:
    """Make a copy of `chosen`, with its log if it has one, the store. What was there is moved into `folder`.

    The copy is whole on the disk before anything is moved, so a full disk leaves everything as it was. Gives the path
    under which the replaced store is kept.
    """
    if chosen.resolve() == store.resolve():
        raise EvalPanelError("This is the store itself, not a backup.", "Nothing was changed. Name one of the backups.")
    root = store.parent
    new_folder(folder, may_exist=True)
    finish(store, folder)
    kept = _free_name(folder, now, "replaced-{}.db")
    part = root / f"preparing-{kept.stem}"
    ready = root / f"restoring-{kept.stem}"
    forget_unfinished(store)
    try:
        new_folder(part)
        for suffix in _PARTS[:2]:
            source = chosen.with_name(chosen.name + suffix)
            if source.is_file():
                with _in_words("read", source), source.open("rb") as file, replacing(part / f"store{suffix}") as target:
                    shutil.copyfileobj(file, target, 1 << 20)
        with _in_words("put back", store):
            part.replace(ready)
    except BaseException as error:
        with tidying(error):
            forget_unfinished(store)
        raise
    sync_folder(root)
    finish(store, folder)
    return kept


def finish(store: Path, folder: Path) -> None:
    """Finish putting a backup back, where that was cut short: what is ready takes the store's place.

    The store that was there goes to `folder`. Does nothing where nothing was begun.
    """
    for ready in sorted(store.parent.glob("restoring-*")):
        kept = folder / f"{ready.name.removeprefix('restoring-')}.db"
        new_folder(folder, may_exist=True)
        with _unfinished(store):
            if (ready / "store").exists():
                for suffix in _PARTS:
                    old = store.with_name(store.name + suffix)
                    if old.exists():
                        old.replace(kept.with_name(kept.name + suffix))
                sync_folder(folder)
                (ready / "store").replace(store)
            if (ready / "store-wal").exists():
                (ready / "store-wal").replace(store.with_name(f"{store.name}-wal"))
            ready.rmdir()
        sync_folder(store.parent)


@contextlib.contextmanager
def _unfinished(store: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise EvalPanelError(
            trouble(error, "put back", store).title,
            "The store and the backup are both kept. When that is put right, opening the profile finishes it.",
        ) from error


def forget_unfinished(store: Path) -> None:
    """Remove a copy that was cut short before it was whole: the store was not touched yet."""
    for part in store.parent.glob("preparing-*"):
        empty_folder(part)
        with _in_words("removed", part):
            part.rmdir()


@contextlib.contextmanager
def _in_words(done: str, path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise trouble(error, done, path) from error
