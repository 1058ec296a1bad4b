"""One open profile: store, documents, keys, clock, and whose it is. Everything that a service needs, and nothing else."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.errors import EvalPanelError
from evalpanel.sealing import keys as key_files
from evalpanel.sealing.key_file import KeysError
from evalpanel.sealing.keys import Keys, NoKeyring
from evalpanel.sealing.paper_keys import secret_of
from evalpanel.services import copies
from evalpanel.store import backups as backup_files
from evalpanel.store import migrate
from evalpanel.store.documents import Documents
from evalpanel.store.engine import Store, StoreError, recognise
from evalpanel.store.tables import (
    DocumentRow,
    FeedbackRow,
    LetterRow,
    ParcelPartRow,
    ParcelRow,
    ProfileRow,
    RecordEndingRow,
)
from evalpanel.system.files import remove_leftovers, remove_quietly, sync_folder, tidying, trouble, write_atomic
from evalpanel.system.folders import Folders, ProfileLock

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["KeysError", "NoKeyring", "Owner", "Workspace"]

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
    told: tuple[str, ...] = ()
    """What the person should hear at the start: a clock set back, an older store, a second copy."""
    incarnation: str = field(default_factory=lambda: os.urandom(16).hex())
    """This opening of the profile: a copy of the profile that is opened elsewhere has another one."""

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

    When it cannot be finished, what was begun is taken away again. A program that was killed half way leaves no profile:
    the keys and the store take their names at the very end.
    """
    folders = Folders(root)
    _refuse_existing(folders)
    if not name.strip() or "@" not in email:
        raise EvalPanelError("A profile needs a name and an e-mail address.", "Nothing was made.")
    folders.make()
    with ProfileLock(folders):
        _refuse_existing(folders)  # once more: another program may have made one a moment ago
        unfinished = _unfinished(folders)
        try:
            keys = key_files.create(_new_keys(folders), folders.keys, passphrase=passphrase, backend=backend)
            _make_store(unfinished, keys, Owner(name.strip(), email.strip()), clock)
            _rename(_new_keys(folders), folders.key_file)
            _finish_making(folders)
        except BaseException as error:
            with tidying(error):
                remove_quietly(_new_keys(folders))
                if not folders.store.exists():
                    remove_quietly(folders.key_file)
                _unfinished(folders)
            raise


def _refuse_existing(folders: Folders) -> None:
    if folders.key_file.exists() or folders.store.exists():
        raise EvalPanelError(
            "There is already a profile here.", f"{folders.root} was not touched. Choose another folder."
        )


def _new_keys(folders: Folders) -> Path:
    return folders.key_file.with_name("keys.new")


def _new_store(folders: Folders) -> Path:
    return folders.store.with_name("store.new")


def _unfinished(folders: Folders) -> Path:
    """Where a store is made before it takes its name; what an earlier attempt left there is taken away."""
    remove_leftovers(folders.root)
    new = _new_store(folders)
    for suffix in ("", "-wal", "-shm", "-journal"):
        remove_quietly(new.with_name(new.name + suffix))
    return new


def _finish_making(folders: Folders) -> None:
    """The last step of making a profile, also when it was cut short there: keys.json says that the store is whole."""
    if _new_store(folders).exists() and not folders.store.exists():
        _rename(_new_store(folders), folders.store)


def _rename(path: Path, to: Path) -> None:
    try:
        path.replace(to)
    except OSError as error:
        raise trouble(error, "made", to) from error
    sync_folder(to.parent)


def _make_store(path: Path, keys: Keys, owner: Owner, clock: Clock) -> None:
    write_atomic(path, b"")  # private before its first byte; SQLite takes an empty file for a new one
    store = Store(path, keys.store_key)
    try:
        migrate.upgrade(store, path.parent, clock())
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
    paper: str | None = None,
) -> Iterator[Workspace]:
    """Open the profile in `root` for one process: with the words of a paper key or the passphrase if given, else with the
    keyring. On the way out it is backed up if anything changed."""
    folders = Folders(root)
    if not folders.key_file.exists():
        if folders.store.exists():
            raise EvalPanelError(
                "The key file of this profile is missing.",
                f"{folders.store.name} is here and was not touched, but only keys.json opens it and its backups. "
                f"Put keys.json back into {root} from a copy of the profile.",
            )
        raise EvalPanelError(
            "There is no profile here.",
            f"{root} holds none. Make one with: evalpanel --profile DIR new-profile --name NAME --email EMAIL",
        )
    with ProfileLock(folders):
        secret = secret_of(paper) if paper is not None else None
        keys = key_files.unlock(folders.key_file, folders.keys, passphrase=passphrase, backend=backend, paper=secret)
        with _composed(folders, keys, clock) as workspace:
            yield workspace


@contextlib.contextmanager
def throw_away(root: Path, *, name: str, email: str, clock: Clock = system_clock) -> Iterator[Workspace]:
    """A profile whose key exists in memory only: for the demonstration and the self-test. It cannot be opened again."""
    folders = Folders(root)
    _refuse_existing(folders)
    folders.make()
    with ProfileLock(folders):
        _refuse_existing(folders)
        keys = key_files.in_memory(folders.keys)
        _make_store(_unfinished(folders), keys, Owner(name, email), clock)
        _finish_making(folders)
        with _composed(folders, keys, clock, backup=False) as workspace:
            yield workspace


@contextlib.contextmanager
def _composed(folders: Folders, keys: Keys, clock: Clock, *, backup: bool = True) -> Iterator[Workspace]:
    store = _opened_store(folders, keys, clock)
    kept = folders.backups if backup else None
    try:
        with store.reading() as tx:
            profile = tx.execute(select(ProfileRow)).scalars().one_or_none()
            if profile is None:
                raise StoreError(
                    "The store does not say whose it is.",
                    f"Nothing was changed. Put the newest backup from {folders.backups} back with the command restore.",
                )
            owner = Owner(profile.name, profile.email)
            named = {
                sealed
                for column in (DocumentRow.sealed, LetterRow.sealed, ParcelPartRow.sealed, FeedbackRow.sealed)
                for sealed in tx.execute(select(column)).scalars()
            }
            ended = tx.execute(select(RecordEndingRow.tender_id)).scalars().all()
            documents = Documents(folders.documents)
            documents.sweep(named)
            for tender in ended:  # an ending that was cut short is finished
                take_away(tx, documents, keys, tender)
        # A profile that is thrown away has no key file, and nobody will meet it again.
        profile_id = key_files.profile_id(folders.key_file) if backup else ""
        told = copies.told(store, folders, profile_id, clock().astimezone(UTC)) if profile_id else ()
        yield Workspace(store, documents, keys, folders, clock, owner, told)
        left = copies.goes_to(store, folders)
    except BaseException as error:
        # What went wrong in the work comes first; trouble with closing is told beside it.
        try:
            _close(store, folders, kept, clock)
        except EvalPanelError as second:
            error.add_note(str(second))
        raise
    _close(store, folders, kept, clock)
    if profile_id:
        copies.remember(profile_id, left)


def sealed_files(tx: Session, tender: str) -> frozenset[str]:
    """The sealed files of one tender, by the digests that name them: documents, letters, and what travels with parcels."""
    parts = select(ParcelPartRow.sealed).join(ParcelRow, ParcelRow.identity == ParcelPartRow.identity)
    statements = (
        select(DocumentRow.sealed).where(DocumentRow.tender_id == tender),
        select(LetterRow.sealed).where(LetterRow.tender_id == tender),
        select(FeedbackRow.sealed).where(FeedbackRow.tender_id == tender),
        parts.where(ParcelRow.tender_id == tender),
    )
    return frozenset(sealed for one in statements for sealed in tx.execute(one).scalars())


def take_away(tx: Session, documents: Documents, keys: Keys, tender: str) -> None:
    """Take away the sealed files of a tender whose record was ended, and its wrapping key. What is gone already is fine."""
    documents.remove(sealed_files(tx, tender))
    keys.drop_tender_key(tender)


def _opened_store(folders: Folders, keys: Keys, clock: Clock) -> Store:
    """The store, whole and of this version. What a killed program left half done is finished or taken away first."""
    folders.make()
    backup_files.forget_unfinished(folders.store)
    backup_files.finish(folders.store, folders.backups)
    backup_files.tidy(folders.backups)
    for folder in (folders.root, folders.keys, folders.waiting):
        remove_leftovers(folder)
    _finish_making(folders)
    if not folders.store.exists():
        raise StoreError(
            "The store of this profile is missing.",
            f"{folders.store.name} is not in {folders.root}. Put the newest backup back with the command restore.",
        )
    recognise(folders.store)
    folders.empty_staging()
    store = Store(folders.store, keys.store_key)
    try:
        migrate.upgrade(store, folders.backups, clock())
    except BaseException:
        store.close()
        raise
    return store


def _close(store: Store, folders: Folders, kept: Path | None, clock: Clock) -> None:
    try:
        folders.empty_staging()
    finally:
        store.close(kept, clock())


def new_way_in(
    root: Path,
    *,
    paper: str,
    passphrase: str | None = None,
    backend: Callable[[], KeyringBackend] | None = None,
) -> None:
    """Open a profile whose passphrase is lost, or whose keyring was reset, with the words of its paper key, and set a new
    way in: `passphrase`, or the system's keyring where none is given. The paper key stays."""
    folders = Folders(root)
    with ProfileLock(folders):
        keys = key_files.unlock(folders.key_file, folders.keys, passphrase=None, paper=secret_of(paper))
        key_files.new_way_in(folders.key_file, keys, passphrase=passphrase, backend=backend)


def exists(root: Path) -> bool:
    """Whether there is a profile in `root`."""
    return Folders(root).key_file.exists()


def asks_passphrase(root: Path) -> bool:
    """Whether the profile in `root` is opened with a passphrase; False too where there is none."""
    folders = Folders(root)
    return folders.key_file.exists() and key_files.has_passphrase(folders.key_file)


def has_paper(root: Path) -> bool:
    """Whether a paper key opens the profile in `root`; False too where there is none."""
    folders = Folders(root)
    return folders.key_file.exists() and bool(key_files.papers(folders.key_file))


def backups(root: Path) -> tuple[Path, ...]:
    """The backups of a profile, newest first."""
    return backup_files.newest(Folders(root).backups)


def restore(root: Path, *, backup: Path | None = None, clock: Clock = system_clock) -> Path:
    """Put a backup (the newest, unless one is named) back as the store. The store that was there is kept beside it.

    Gives the path under which the replaced store is kept.
    """
    folders = Folders(root)
    if not folders.root.is_dir():
        raise EvalPanelError("There is no profile here.", f"{root} holds none. Nothing was changed.")
    with ProfileLock(folders):
        held = backups(root)
        chosen = backup or (held[0] if held else None)
        if chosen is None:
            raise EvalPanelError(
                "There is no backup to put back.", f"{folders.backups} holds none. Nothing was changed."
            )
        if not chosen.is_file():
            raise EvalPanelError("There is no such backup.", f"{chosen} is not a file. Nothing was changed.")
        recognise(chosen)
        return backup_files.put_back(folders.store, chosen, folders.backups, clock())
