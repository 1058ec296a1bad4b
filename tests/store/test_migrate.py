from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from evalpanel.store import migrate
from evalpanel.store import tables as t
from evalpanel.store.engine import APPLICATION_ID, SCHEMA, Store, StoreError
from evalpanel.store.tables import Base, triggers
from kept import STORE_KEY, new_store
from profiles import START

NEXT = """
from alembic import op
import sqlalchemy as sa
revision = "0002"
down_revision = "0001"


def upgrade():
    op.create_table("note", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("audit", recreate="always") as batch:
        batch.add_column(sa.Column("more", sa.String(), nullable=True))
    {after}
"""


def revisions() -> list[str]:
    scripts = ScriptDirectory(str(migrate.MIGRATIONS))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def schema(store: Store) -> dict[str, str]:
    with store.reading() as tx:
        rows = tx.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return {row.name: row.sql for row in rows}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(new_store(tmp_path / "store.db"), STORE_KEY)
    with made.writing() as tx:
        tx.add(t.ProfileRow(name="Ola Fenn", email="ola@northmoor.example", made_at=START))
    yield made
    made.close()


def revision_of(store: Store) -> str:
    with store.reading() as tx:
        return str(tx.execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def parts(store: Store) -> dict[str, list[str]]:
    """The lines of each statement of the schema in one order: that of constraints in a table means nothing."""
    return {name: sorted(line.strip().rstrip(",") for line in sql.splitlines()) for name, sql in schema(store).items()}


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Store]:
    """A store that went through every revision."""
    made = Store(tmp_path / "migrated.db", STORE_KEY)
    migrate.upgrade(made, tmp_path / "backups", START, to=revisions()[0])
    migrate.upgrade(made, tmp_path / "backups", START)
    yield made
    made.close()


@pytest.fixture
def next_revision(tmp_path: Path) -> Iterator[Path]:
    """A second revision, as a later release has one: its file can be filled by the test."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "MIGRATIONS", folder)
        patch.setattr(migrate, "SCHEMA", SCHEMA + 1)
        yield folder / "versions" / "0002_next.py"


def test_upgrade_makes_what_the_tables_say(migrated: Store) -> None:
    with migrated.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_upgrade_names_every_constraint_as_the_tables_do(migrated: Store) -> None:
    wanted = {
        (name, constraint.name) for name, table in Base.metadata.tables.items() for constraint in table.constraints
    }
    made = set()
    with migrated.engine.connect() as connection:
        looked = inspect(connection)
        for name in Base.metadata.tables:
            found = [
                *looked.get_check_constraints(name),
                *looked.get_unique_constraints(name),
                *looked.get_foreign_keys(name),
                looked.get_pk_constraint(name),
            ]
            made |= {(name, one["name"]) for one in found}
    assert made == wanted
    assert [pair for pair in made if pair[1] is None] == []


def test_upgrade_names_every_index_as_the_tables_do(migrated: Store) -> None:
    wanted = {index.name for table in Base.metadata.tables.values() for index in table.indexes}
    assert {name for name in schema(migrated) if name.startswith("ix_")} == wanted


def test_revisions_are_one_line_that_ends_at_the_schema_of_this_version() -> None:
    assert [int(revision) for revision in revisions()] == list(range(1, SCHEMA + 1))


@pytest.mark.parametrize("revision", revisions())
def test_every_revision_upgrades_to_the_newest(tmp_path: Path, revision: str) -> None:
    store = Store(tmp_path / "store.db", STORE_KEY)
    migrate.upgrade(store, tmp_path / "backups", START, to=revision)
    migrate.upgrade(store, tmp_path / "backups", START)
    newest = Store(new_store(tmp_path / "newest.db"), STORE_KEY)
    assert parts(store) == parts(newest)
    assert revision_of(store) == revision_of(newest) == revisions()[-1]
    assert store.version() == (APPLICATION_ID, SCHEMA)
    store.close()
    newest.close()


def installer() -> ModuleType:
    path = Path(__file__).parents[2] / "installers" / "new_migration.py"
    spec = importlib.util.spec_from_file_location("new_migration", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_committed_first_revision_is_what_the_tables_make() -> None:
    committed = migrate.MIGRATIONS / "versions" / "0001_first.py"
    assert installer().revision("first", []) == committed.read_text(encoding="utf-8")


def test_upgrade_of_an_older_store_makes_a_backup_first_and_keeps_its_rows(store: Store, next_revision: Path) -> None:
    next_revision.write_text(NEXT.format(after=""))
    backups = store.path.parent / "backups"
    before = schema(store)
    migrate.upgrade(store, backups, START)
    assert store.version() == (APPLICATION_ID, SCHEMA + 1)
    with store.reading() as tx:
        assert tx.execute(text("SELECT name FROM profile")).scalars().all() == ["Ola Fenn"]
    made = schema(store)
    assert set(made) - set(before) == {"note"}
    assert {name: sql for name, sql in made.items() if name.startswith("tr_")} == triggers.statements()
    [backup] = backups.iterdir()
    assert backup.name == "store-000001-20261001T090000000000-migration.db"
    old = Store(backup, STORE_KEY)
    assert (schema(old), old.version()) == (before, (APPLICATION_ID, SCHEMA))
    old.close()


def test_upgrade_leaves_a_store_of_this_version_alone(store: Store) -> None:
    migrate.upgrade(store, store.path.parent / "backups", START)
    assert not (store.path.parent / "backups").exists()


@pytest.mark.parametrize(
    ("after", "error"),
    [
        ("raise ZeroDivisionError", ZeroDivisionError),
        ('op.execute("INSERT INTO nowhere VALUES (1)")', OperationalError),
        ("raise KeyboardInterrupt", KeyboardInterrupt),
    ],
)
def test_failed_migration_leaves_the_store_as_it_was_and_the_backup(
    store: Store, next_revision: Path, after: str, error: type[BaseException]
) -> None:
    next_revision.write_text(NEXT.format(after=after))
    before = schema(store)
    with pytest.raises(error):
        migrate.upgrade(store, store.path.parent / "backups", START)
    assert (schema(store), store.version()) == (before, (APPLICATION_ID, SCHEMA))
    assert store.check() == ()
    assert len(list((store.path.parent / "backups").iterdir())) == 1
    with store.writing() as tx:
        tx.execute(text("UPDATE profile SET name = 'Cass Hale'"))
        assert tx.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_migration_that_would_lose_what_rows_refer_to_is_refused_in_words(store: Store, next_revision: Path) -> None:
    orphan = "INSERT INTO lot (tender_id, lot, title, authorities, budget_basis, position) VALUES ('T9', 'L', '', '[]', '', 0)"
    next_revision.write_text(NEXT.format(after=f'op.execute("{orphan}")'))
    before = schema(store)
    with pytest.raises(StoreError) as raised:
        migrate.upgrade(store, store.path.parent / "backups", START)
    assert str(raised.value) == (
        "The store could not be brought up to date. 1 row would have lost what it refers to. Nothing was changed; the "
        "earlier version still opens it."
    )
    assert schema(store) == before


def test_store_of_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = new_store(tmp_path / "store.db")
    driver = sqlcipher.connect(str(path))
    driver.execute(f"PRAGMA key = \"x'{STORE_KEY.hex()}'\"")
    driver.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    driver.close()
    before = path.read_bytes()
    store = Store(path, STORE_KEY)
    with pytest.raises(StoreError) as raised:
        migrate.upgrade(store, tmp_path / "backups", START)
    store.close()
    assert str(raised.value) == (
        "This store was made by a newer evalpanel. It was not touched. Install the newer version, or open the backup that "
        "was made before the change."
    )
    assert (path.read_bytes(), (tmp_path / "backups").exists()) == (before, False)
