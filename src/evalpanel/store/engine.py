"""Opening, reading and writing the store: one SQLCipher file, one process, key first.

Findings that shaped this: the driver's own transaction handling is turned off and BEGIN is ours, or a failed migration
leaves debris; a copy of the file is not a backup while its write-ahead log holds rows, so the backup interface is used.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from evalpanel.errors import EvalPanelError

APPLICATION_ID = 0x4556504C  # "EVPL"
SCHEMA = 1
BACKUPS_KEPT = 10
_PLAIN_HEADER = b"SQLite format 3\x00"


class StoreError(EvalPanelError):
    """The store cannot be opened, read or written."""


def _connect(path: Path, key: bytes) -> Any:
    connection = sqlcipher.connect(str(path), timeout=10, check_same_thread=False, isolation_level=None)
    try:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        connection.execute("PRAGMA cipher_log_level = NONE")
        connection.execute("SELECT count(*) FROM sqlite_master")
        for pragma in (
            "foreign_keys = ON",
            "recursive_triggers = ON",
            "journal_mode = WAL",
            "synchronous = FULL",
            "busy_timeout = 10000",
            "secure_delete = ON",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("evalpanel_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


@contextlib.contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turns what SQLite says about the disk and the file into a sentence. Everything else stays a bug."""
    try:
        yield
    except (DBAPIError, sqlcipher.DatabaseError) as error:
        text = str(error.orig if isinstance(error, DBAPIError) else error).lower()
        sentence = _sentence(text, path)
        if sentence is None:
            raise
        raise StoreError(*sentence) from error


def _sentence(text: str, path: Path) -> tuple[str, str] | None:
    if "full" in text:
        return (
            "The disk is full.",
            "The last change was not saved; everything saved before it is safe. Free some space and try again.",
        )
    if "readonly" in text:
        return ("The store cannot be written.", f"Nothing was changed. Check that you may write to {path.parent}.")
    if "locked" in text:
        return ("The store is busy.", "Nothing was changed. Close other programs that use it and try again.")
    if "malformed" in text or "not a database" in text or "encrypted" in text or "disk i/o" in text:
        return (
            "The store is damaged or cannot be read.",
            f"Nothing was written to it. The backups in {path.parent / 'backups'} are untouched: "
            "put the newest one back with the command restore.",
        )
    return None


class Store:
    """The encrypted store of one profile. Rows never leave the `with` block that read them."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._changed = False
        self._engine = create_engine(
            "sqlite://", module=sqlcipher, creator=lambda: _connect(path, key), poolclass=QueuePool
        )
        event.listen(self._engine, "begin", _begin)
        self._writer = self._engine.execution_options(evalpanel_write=True)

    @property
    def engine(self) -> Engine:
        """For migrations only: what it begins is a write."""
        return self._writer

    @contextlib.contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent view of the store. Nothing written in it is kept."""
        with in_words(self.path), Session(self._engine, autoflush=False) as session:
            yield session

    @contextlib.contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: all of it is kept, durably, when the block ends; nothing of it when the block raises."""
        with in_words(self.path), Session(self._writer) as session, session.begin():
            yield session
        self._changed = True

    def version(self) -> tuple[int, int]:
        """(application id, version of the tables) as written in the file."""
        with self._engine.connect() as connection:
            application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        return int(application), int(version)

    def check(self) -> tuple[str, ...]:
        """What SQLite and SQLCipher find wrong with the file, page by page; empty when it is whole."""
        found: list[str] = []
        with in_words(self.path), self._engine.connect() as connection:
            for pragma in ("cipher_integrity_check", "integrity_check", "foreign_key_check"):
                rows = connection.exec_driver_sql(f"PRAGMA {pragma}").all()
                found += [" ".join(str(part) for part in row) for row in rows if tuple(row) != ("ok",)]
        return tuple(found)

    def backup(self, folder: Path, reason: str, now: datetime) -> Path:
        """A whole, encrypted copy of the store in `folder`, under the same key; the last ten are kept."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"store-{now.astimezone(UTC):%Y%m%dT%H%M%S%f}-{reason}.db"
        part = target.with_name(target.name + ".part")
        with in_words(self.path):
            raw = self._engine.raw_connection()
            try:
                copy = sqlcipher.connect(str(part))
                try:
                    copy.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
                    driver: Any = raw.driver_connection
                    driver.backup(copy, pages=1000)
                finally:
                    copy.close()
            except BaseException:
                part.unlink(missing_ok=True)
                raise
            finally:
                raw.close()
        part.chmod(0o600)
        part.replace(target)
        for old in sorted(folder.glob("store-*.db"))[:-BACKUPS_KEPT]:
            old.unlink()
        return target

    def close(self, backups: Path | None = None, now: datetime | None = None) -> None:
        """Close the store. If anything changed since it was opened and `backups` is given, back it up first."""
        try:
            if self._changed and backups is not None and now is not None:
                self.backup(backups, "close", now)
        finally:
            self._engine.dispose()


def recognise(path: Path) -> None:
    """Refuses, in words, a file that is not an encrypted store at all."""
    with path.open("rb") as file:
        head = file.read(16)
    if head == _PLAIN_HEADER:
        raise StoreError(
            "This is not an evalpanel store.",
            f"{path.name} is a database that is not encrypted, made by another program. It was not touched. "
            "Move it away, or choose another profile.",
        )
    if len(head) < 16:
        raise StoreError(
            "The store is damaged.",
            f"{path.name} is shorter than a store can be. It was not touched. "
            "Put the newest backup back with the command restore.",
        )
