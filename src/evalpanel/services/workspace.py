"""One open profile: store, documents, keys, clock, and whose it is. Everything that a service needs, and nothing else."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from evalpanel.errors import EvalPanelError
from evalpanel.sealing import keys as key_files
from evalpanel.sealing.keys import Keys, NoKeyring
from evalpanel.store import migrate
from evalpanel.store.documents import Documents
from evalpanel.store.engine import Store, StoreError, recognise
from evalpanel.store.tables import DocumentRow, LetterRow, ProfileRow
from evalpanel.system.folders import Folders, ProfileLock

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["NoKeyring", "Owner", "Workspace"]

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The time of this machine, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose profile it is. The name stands as officer where a tender names none, and in the certificate."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open profile, passed to every service function."""

    store: Store
    documents: Documents
    keys: Keys
    folders: Folders
    clock: Clock
    owner: Owner

    def now(self) -> datetime:
        """The time that goes on the record, in UTC."""
        return self.clock().astimezone(UTC)


def create(
    root: Path,
    *,
    name: str,
    email: str,
    passphrase: str | None = None,
    backend: Callable[[], KeyringBackend] | None = None,
    clock: Clock = system_clock,
) -> None:
    """Make a new profile in `root`: keys, an empty encrypted store, folders. Refused where there is one already.

    When it cannot be finished, what was begun is taken away again.
    """
    folders = Folders(root)
    if folders.key_file.exists() or folders.store.exists():
        raise EvalPanelError("There is already a profile here.", f"{root} was not touched. Choose another folder.")
    if not name.strip() or "@" not in email:
        raise EvalPanelError("A profile needs a name and an e-mail address.", "Nothing was made.")
    folders.make()
    with ProfileLock(folders):
        try:
            keys = key_files.create(folders.key_file, folders.keys, passphrase=passphrase, backend=backend)
            _make_store(folders, keys, Owner(name.strip(), email.strip()), clock)
        except BaseException:
            for path in (folders.key_file, *folders.root.glob("store.db*")):
                path.unlink(missing_ok=True)
            raise


def _make_store(folders: Folders, keys: Keys, owner: Owner, clock: Clock) -> None:
    store = Store(folders.store, keys.store_key)
    try:
        migrate.upgrade(store, folders.backups, clock())
        with store.writing() as tx:
            tx.add(ProfileRow(name=owner.name, email=owner.email, made_at=clock()))
    finally:
        store.close()


@contextlib.contextmanager
def opened(
    root: Path,
    *,
    passphrase: str | None = None,
    backend: Callable[[], KeyringBackend] | None = None,
    clock: Clock = system_clock,
) -> Iterator[Workspace]:
    """Open the profile in `root` for one process. On the way out it is backed up if anything changed."""
    folders = Folders(root)
    if not folders.key_file.exists():
        raise EvalPanelError(
            "There is no profile here.",
            f"{root} holds none. Make one with: evalpanel --profile DIR new-profile --name NAME --email EMAIL",
        )
    with ProfileLock(folders):
        keys = key_files.unlock(folders.key_file, folders.keys, passphrase=passphrase, backend=backend)
        with _composed(folders, keys, clock) as workspace:
            yield workspace


@contextlib.contextmanager
def throw_away(root: Path, *, name: str, email: str, clock: Clock = system_clock) -> Iterator[Workspace]:
    """A profile whose key exists in memory only: for the demonstration and the self-test. It cannot be opened again."""
    folders = Folders(root)
    folders.make()
    with ProfileLock(folders):
        for path in folders.root.glob("store.db*"):
            path.unlink()
        keys = key_files.in_memory(folders.keys)
        _make_store(folders, keys, Owner(name, email), clock)
        with _composed(folders, keys, clock, backup=False) as workspace:
            yield workspace


@contextlib.contextmanager
def _composed(folders: Folders, keys: Keys, clock: Clock, *, backup: bool = True) -> Iterator[Workspace]:
    if not folders.store.exists():
        raise StoreError(
            "The store of this profile is missing.",
            f"{folders.store.name} is not in {folders.root}. Put the newest backup back with the command restore.",
        )
    recognise(folders.store)
    folders.make()
    folders.empty_staging()
    store = Store(folders.store, keys.store_key)
    try:
        migrate.upgrade(store, folders.backups, clock())
        documents = Documents(folders.documents)
        with store.reading() as tx:
            profile = tx.execute(select(ProfileRow)).scalars().one()
            owner = Owner(profile.name, profile.email)
            named = {*tx.execute(select(DocumentRow.sealed)).scalars(), *tx.execute(select(LetterRow.sealed)).scalars()}
        documents.sweep(named)
        yield Workspace(store, documents, keys, folders, clock, owner)
    finally:
        folders.empty_staging()
        store.close(folders.backups if backup else None, clock())


def exists(root: Path) -> bool:
    """Whether there is a profile in `root`."""
    return Folders(root).key_file.exists()


def asks_passphrase(root: Path) -> bool:
    """Whether the profile in `root` is opened with a passphrase; False too where there is none."""
    folders = Folders(root)
    return folders.key_file.exists() and key_files.has_passphrase(folders.key_file)


def backups(root: Path) -> tuple[Path, ...]:
    """The backups of a profile, newest first."""
    return tuple(sorted(Folders(root).backups.glob("store-*.db"), reverse=True))


def restore(root: Path, *, backup: Path | None = None, clock: Clock = system_clock) -> Path:
    """Put a backup (the newest, unless one is named) back as the store. The store that was there is kept beside it.

    Gives the path under which the replaced store is kept.
    """
    folders = Folders(root)
    held = backups(root)
    chosen = backup or (held[0] if held else None)
    if chosen is None or not chosen.is_file():
        raise EvalPanelError("There is no backup to put back.", f"{folders.backups} holds none. Nothing was changed.")
    with ProfileLock(folders):
        kept = folders.backups / f"replaced-{clock().astimezone(UTC):%Y%m%dT%H%M%S}.db"
        folders.replace_store(chosen, kept)
    return kept
