"""Parcels that cannot be judged yet: kept as they came, sealed, in a folder of the profile that has a cap.

A parcel waits here until what it rests on has come: the keys that sign it, a list of who takes part, a pack.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import in_words, new_folder, remove_quietly, replacing, sync_folder, trouble

MOST_FILES = 200
MOST_BYTES = 4 << 30
MOST_ASIDE = 50
_SUFFIX = ".evalpanel"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """The folder of a profile in which parcels wait, each named by the digest of its bytes."""

    folder: Path

    def keep(self, file: BinaryIO) -> Path:
        """Keep a copy of a parcel. Kept once, however often it comes. Raises `EvalPanelError` when there is no more room."""
        digest = _copied(file, None)
        path = self.folder / f"{digest}{_SUFFIX}"
        if path.exists():
            return path
        size = file.seek(0, io.SEEK_END)
        held = self.files()
        if len(held) >= MOST_FILES or size + sum(one.stat().st_size for one in held) > MOST_BYTES:
            raise EvalPanelError(
                f"There is no more room for parcels that wait: at most {MOST_FILES} are kept, and {in_words(MOST_BYTES)}.",
                "This one was left where it is. Keep the file, and take it in again when what it waits for has come.",
            )
        new_folder(self.folder, may_exist=True)
        with replacing(path) as target:
            if _copied(file, target) != digest:
                raise EvalPanelError(
                    "This file changed while it was read.", "Nothing was kept. Take it in again, from another copy."
                )
        return path

    def files(self) -> tuple[Path, ...]:
        """The parcels that wait, in the order of their names."""
        if not self.folder.is_dir():
            return ()
        try:
            return tuple(sorted(path for path in self.folder.iterdir() if path.suffix == _SUFFIX))
        except OSError as error:
            raise trouble(error, "looked at", self.folder) from error

    def put_aside(self, digest: str) -> None:
        """Put a parcel that waits aside: it is tried no more. Of those put aside the last 50 are kept, to be put back."""
        aside = self.aside()
        held = sorted(aside.files(), key=lambda path: (path.stat().st_mtime_ns, path.name))
        for path in held[: max(0, len(held) - MOST_ASIDE + 1)]:
            remove_quietly(path)
        new_folder(aside.folder, may_exist=True)
        self._move(digest, aside)

    def put_back(self, digest: str) -> None:
        """Put a parcel back among those that wait."""
        self.aside()._move(digest, self)

    def aside(self) -> Waiting:
        """Where parcels lie that somebody put aside."""
        return Waiting(self.folder / "put-aside")

    def _move(self, digest: str, to: Waiting) -> None:
        path = self.folder / f"{digest}{_SUFFIX}"
        try:
            path.replace(to.folder / path.name)
            sync_folder(to.folder)
        except FileNotFoundError as error:
            raise EvalPanelError(
                "This file is not there any more.", "Nothing was changed. Look at the list again."
            ) from error
        except OSError as error:
            raise trouble(error, "moved", path) from error

    def remove(self, path: Path) -> None:
        """Take away a parcel that waits no more."""
        remove_quietly(path)


def _copied(file: BinaryIO, target: BinaryIO | None) -> str:
    """The digest of a file, copied into `target` on the way."""
    running = hashlib.sha256()
    file.seek(0)
    while block := file.read(_BLOCK):
        running.update(block)
        if target is not None:
            target.write(block)
    return running.hexdigest()
