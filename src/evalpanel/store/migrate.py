"""Bringing a store to the tables of this version, after a backup; a newer store is refused."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from evalpanel.store.engine import APPLICATION_ID, SCHEMA, Store, StoreError, in_words
from evalpanel.store.tables import triggers

MIGRATIONS = Path(__file__).parent / "migrations"


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
        _run(store, to)


def _run(store: Store, to: str) -> None:
    # Alembic takes half a second to import, and most starts have nothing to migrate.
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
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA}")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")
