"""Opening, reading and writing the store: one SQLCipher file, one process, key first.

Findings that shaped this: the driver's own transaction handling is turned off and BEGIN is ours, or a failed migration
leaves debris; a copy of the file is not a backup while its write-ahead log holds rows, so the backup interface is used.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

from evalpanel.store import backups
from evalpanel.store.trouble import StoreDamaged, StoreError, backing_up, damaged, in_words
from evalpanel.system.files import trouble

__all__ = ["APPLICATION_ID", "SCHEMA", "Store", "StoreError", "in_words", "recognise"]

APPLICATION_ID = 0x4556504C  # "EVPL"
SCHEMA = 1
_PLAIN_HEADER = b"SQLite format 3\x00"


class _Dialect(SQLiteDialect_pysqlite):
    """Equal for every store of this process: a statement that was compiled for one is not compiled again for the next.

    SQLAlchemy keeps what it compiled by dialect, and gives each engine one of its own. Compiling takes longer than asking.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register("sqlite.evalpanel", __name__, _Dialect.__name__)
_COMPILED: LRUCache[Any, Any] = LRUCache(1000)  # Any: keys and values are SQLAlchemy's own. Threads may share it.


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
            # 64 MB at most, as it is needed: a page that is read again after every act is not deciphered again.
            "cache_size = -65536",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("evalpanel_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _driver(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    assert driver is not None
    return driver


def _undecipherable(driver: Any) -> list[tuple[object, ...]]:
    """The pages of the file that cannot be deciphered; empty when there are none.

    SQLCipher looks at the file alone. One that was being written when the disk was full or the power went is whole only
    together with its log, and that is no damage: so the log is brought into the file, and the file looked at again.
    """
    found = driver.execute("PRAGMA cipher_integrity_check").fetchall()
    if found:
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        found = driver.execute("PRAGMA cipher_integrity_check").fetchall()
    return list(found)


_CHECKS: dict[str, Callable[[Any], list[tuple[object, ...]]]] = {
    "cipher_integrity_check": _undecipherable,
    "integrity_check": lambda driver: driver.execute("PRAGMA integrity_check").fetchall(),
    "foreign_key_check": lambda driver: driver.execute("PRAGMA foreign_key_check").fetchall(),
}


class Store:
    """The encrypted store of one profile. Rows never leave the `with` block that read them."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._changed = False
        # Rationales and names are parameters: they must not stand in the text of an error, and so in a log.
        self._engine = create_engine(
            "sqlite+evalpanel://",
            module=sqlcipher,
            creator=lambda: _connect(path, key),
            poolclass=QueuePool,
            pool_use_lifo=True,  # the connection that was used last knows its pages
            hide_parameters=True,
            execution_options={"compiled_cache": _COMPILED},
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
        with in_words(self.path), Session(self._writer) as session:
            with session.begin():
                driver = _driver(session.connection())
                before = driver.total_changes
                yield session
                session.flush()
                changed = driver.total_changes != before
            # An act that finds nothing to do leaves nothing to back up.
            self._changed = self._changed or changed

    def version(self) -> tuple[int, int]:
        """(application id, version of the tables) as written in the file."""
        with self._engine.connect() as connection:
            application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        return int(application), int(version)

    def is_empty(self) -> bool:
        """Whether there is nothing in the file yet, not even a table."""
        with in_words(self.path), self._engine.connect() as connection:
            return connection.exec_driver_sql("SELECT 1 FROM sqlite_master LIMIT 1").first() is None

    def check(self) -> tuple[str, ...]:
        """What SQLite and SQLCipher find wrong with the file, page by page; empty when it is whole."""
        found: list[str] = []
        raw = self._engine.raw_connection()
        try:
            driver: Any = raw.driver_connection
            for name, look in _CHECKS.items():
                try:
                    with in_words(self.path):
                        rows = look(driver)
                except StoreDamaged as error:
                    found.append(f"{name}: {error.__cause__}")
                else:
                    found += [" ".join(str(part) for part in row) for row in rows if tuple(row) != ("ok",)]
        finally:
            raw.close()
        return tuple(found)

    def backup(self, folder: Path, reason: str, now: datetime) -> Path:
        """A whole, encrypted copy of the store in `folder`, under the same key; the last ten are kept.

        A damaged store is refused, so it never takes the place of a good backup.
        """
        with backing_up(self.path, folder), backups.new(folder, reason, now) as part:
            raw = self._engine.raw_connection()
            try:
                driver: Any = raw.driver_connection
                # The backup interface copies a page that it cannot decrypt as zeros, and says nothing.
                if _undecipherable(driver):
                    raise damaged(self.path)
                copy = sqlcipher.connect(str(part))
                try:
                    copy.execute(f"PRAGMA key = \"x'{self._key.hex()}'\"")
                    driver.backup(copy)
                    if copy.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
                        raise damaged(self.path)
                finally:
                    copy.close()
            finally:
                raw.close()
        return part.with_name(part.name.removesuffix(".part"))

    def close(self, backups: Path | None = None, now: datetime | None = None) -> None:
        """Close the store. If anything changed since it was opened and `backups` is given, back it up first."""
        try:
            if self._changed and backups is not None and now is not None:
                self.backup(backups, "close", now)
        finally:
            self._engine.dispose()


def recognise(path: Path) -> None:
    """Refuses, in words, a file that is not an encrypted store at all."""
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise trouble(error, "opened", path) from error
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
