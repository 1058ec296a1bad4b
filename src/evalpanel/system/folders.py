"""Where a profile keeps its things, and the lock that lets one program at a time use it.

A profile is one person's separate store, documents and keys. Names of people never stand in a path.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import platformdirs

from evalpanel.errors import EvalPanelError
from evalpanel.system.files import empty_folder, new_folder, trouble


@dataclass(frozen=True, slots=True)
class Folders:
    """The files and folders of the profile at `root`."""

    root: Path

    @property
    def store(self) -> Path:
        """The encrypted store, a file."""
        return self.root / "store.db"

    @property
    def key_file(self) -> Path:
        """The wrapped root key of the profile, a file."""
        return self.root / "keys.json"

    @property
    def documents(self) -> Path:
        """Sealed documents, named by the digest of their ciphertext."""
        return self.root / "documents"

    @property
    def backups(self) -> Path:
        """Backups of the store."""
        return self.root / "backups"

    @property
    def keys(self) -> Path:
        """Wrapped keys, outside the store and its backups."""
        return self.root / "keys"

    @property
    def staging(self) -> Path:
        """The only place where readable documents may touch the disk; emptied at start and close."""
        return self.root / "staging"

    @property
    def waiting(self) -> Path:
        """Parcels that cannot be judged yet, sealed as they came."""
        return self.root / "waiting"

    @property
    def logs(self) -> Path:
        """What the program did, in ids and counts."""
        return self.root / "logs"

    @property
    def lock(self) -> Path:
        """The file that a running program holds locked."""
        return self.root / "profile.lock"

    def make(self) -> None:
        """Make what is missing of the profile's folders, open to this person only (0700)."""
        for folder in (self.root, self.documents, self.backups, self.keys, self.staging, self.logs):
            new_folder(folder, may_exist=True)

    def empty_staging(self) -> int:
        """Remove what an earlier run left in the staging folder, and say how many names that was."""
        return empty_folder(self.staging)


def default_profile() -> Path:
    """The profile that is used when nobody names one: this person's data folder on this computer."""
    return Path(platformdirs.user_data_dir("evalpanel", appauthor=False))


def remembered(profile: str) -> Path:
    """Where this computer notes, outside the profile, how far the profile with this id goes."""
    return Path(platformdirs.user_state_dir("evalpanel", appauthor=False)) / "profiles" / f"{profile}.json"


class ProfileLock:
    """Holds a profile for one running program: `with ProfileLock(folders): …`.

    Raises EvalPanelError when another program holds it. The operating system lets go of it when a program ends,
    however it ends, so a crash never locks a person out.
    """

    def __init__(self, folders: Folders) -> None:
        # Imported here: it brings asyncio, and the window is seen before a profile is locked.
        from filelock import FileLock

        self._folders = folders
        # The window opens and closes the profile from whichever thread is at work, so the lock belongs to all.
        self._lock = FileLock(folders.lock, timeout=0, mode=0o600, thread_local=False)

    def __enter__(self) -> Self:
        if self._lock.is_locked:
            raise self._taken()
        from filelock import Timeout  # as above

        try:
            self._lock.acquire()
        except Timeout as error:
            raise self._taken() from error
        except NotImplementedError as error:
            raise EvalPanelError(
                f"The disk that holds “{self._folders.root}” cannot lock files.",
                "Two programs could spoil each other's work there, so the profile was not opened. Keep it on a local disk.",
            ) from error
        except OSError as error:
            raise trouble(error, "locked", self._folders.lock) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Let go of the profile. Nothing happens where it is not held."""
        self._lock.release()

    def _taken(self) -> EvalPanelError:
        return EvalPanelError(
            "evalpanel is already open on this profile.",
            f"Nothing was changed. Close the other window or wait for the other command, then try again. The profile is “{self._folders.root}”.",
        )
