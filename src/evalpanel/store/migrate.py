"""Bringing a store to the tables of this version, after a backup; a newer store is refused."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from evalpanel.store.engine import APPLICATION_ID, SCHEMA, Store, StoreError, in_words
from evalpanel.store.tables import Base, triggers

MIGRATIONS = Path(__file__).parent / "migrations"
_NOTES = """CREATE TABLE alembic_version (
\tversion_num VARCHAR(32) NOT NULL,
\tCONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)"""


def upgrade(store: Store, backups: Path, now: datetime, to: str = "head") -> None:
    """Make the tables of a new store, or bring an older one up to date. A failed migration leaves it as it was."""
    with in_words(store.path):
        application, version = store.version()
    is_new = application == 0 and store.is_empty()
    if application != APPLICATION_ID and not is_new:
        raise StoreError(
            "This is not an evalpanel store.",
            "It belongs to another program and was not touched. Choose another profile.",
        )
    if version > SCHEMA:
        raise StoreError(
            "This store was made by a newer evalpanel.",
            "It was not touched. Install the newer version, or open the backup that was made before the change.",
        )
    if version == SCHEMA:
        return
    if version > 0:
        store.backup(backups, "migration", now)
    with in_words(store.path):
        if is_new and to == "head":
            _make(store)
        else:
            _run(store, to)


@cache
def _tables() -> tuple[str, ...]:
    """The statements that make every table of this version, and the one in which Alembic notes a revision."""
    dialect = sqlite.dialect()
    made: list[ExecutableDDLElement] = []
    for table in Base.metadata.sorted_tables:
        made.append(CreateTable(table))
        made += [CreateIndex(one) for one in sorted(table.indexes, key=lambda index: str(index.name))]
    return (*(str(one.compile(dialect=dialect)) for one in made), _NOTES)


def _make(store: Store) -> None:
    """A new store gets the tables as they are now; revisions are for stores that are older. Alembic is not needed for it,
    which takes half a second to import."""
    with store.engine.connect() as connection, connection.begin():
        for statement in (*_tables(), *triggers.statements().values()):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (f"{SCHEMA:04}",))
        _note_version(connection)


def _note_version(connection: Connection) -> None:
    connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")


def _run(store: Store, to: str) -> None:
    # Alembic takes half a second to import, and hardly any start has something to migrate.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with store.engine.connect() as connection:
        # Outside a transaction, where SQLite heeds it: batch changes rebuild tables that others refer to.
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                for name in triggers.statements():
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
                config.attributes["connection"] = connection
                command.upgrade(config, to)
                for statement in triggers.statements().values():
                    connection.exec_driver_sql(statement)
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    rows = "1 row would have lost what it refers to"
                    if len(broken) > 1:
                        rows = f"{len(broken)} rows would have lost what they refer to"
                    raise StoreError(
                        "The store could not be brought up to date.",
                        f"{rows}. Nothing was changed; the earlier version still opens it.",
                    )
                _note_version(connection)
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
