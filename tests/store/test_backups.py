from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from evalpanel.errors import EvalPanelError
from evalpanel.store import backups
from evalpanel.store import tables as t
from evalpanel.store.engine import Store
from kept import STORE_KEY, new_store
from profiles import START


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(new_store(tmp_path / "store.db"), STORE_KEY)
    yield made
    made.close()


def rename(store: Store, name: str) -> None:
    with store.writing() as tx:
        if tx.execute(text("SELECT count(*) FROM profile")).scalar_one() == 0:
            tx.add(t.ProfileRow(name=name, email="ola@northmoor.example", made_at=START))
        tx.execute(text("UPDATE profile SET name = :name"), {"name": name})


def owner(path: Path) -> str:
    store = Store(path, STORE_KEY)
    with store.reading() as tx:
        name: str = tx.execute(text("SELECT name FROM profile")).scalar_one()
    found = store.check()
    store.close()
    assert found == ()
    return name


def test_backup_holds_rows_that_are_still_in_the_log(store: Store) -> None:
    folder = store.path.parent / "backups"
    rename(store, "Ola")
    backup = store.backup(folder, "close", START)
    rename(store, "Cass")
    assert owner(backup) == "Ola"
    assert [path.name for path in folder.iterdir()] == ["store-000001-20261001T090000000000-close.db"]


def test_backup_is_private_and_cannot_be_read(store: Store) -> None:
    rename(store, "Ola Fenn")
    backup = store.backup(store.path.parent / "backups", "close", START)
    assert backup.stat().st_mode & 0o077 == 0
    assert (b"Ola Fenn" in backup.read_bytes(), b"SQLite" in backup.read_bytes()) == (False, False)


def test_backups_in_one_moment_are_all_kept(store: Store) -> None:
    folder = store.path.parent / "backups"
    made = [store.backup(folder, "close", START) for _ in range(3)]
    assert backups.newest(folder) == tuple(reversed(made))


def test_last_ten_backups_are_kept_whatever_the_clock_says(store: Store) -> None:
    folder = store.path.parent / "backups"
    made = [store.backup(folder, "close", START + timedelta(days=day)) for day in range(12)]
    assert backups.newest(folder) == tuple(reversed(made[2:]))
    early = store.backup(folder, "close", START - timedelta(days=9999))
    assert backups.newest(folder) == (early, *reversed(made[3:]))


def test_backup_that_fails_leaves_the_earlier_ones(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    first = store.backup(folder, "close", START)
    with pytest.raises(ZeroDivisionError), backups.new(folder, "close", START + timedelta(days=1)) as part:  # noqa: PT012  # refused at the end of the inner block
        part.write_bytes(b"half")
        raise ZeroDivisionError
    assert list(folder.iterdir()) == [first]


def test_tidy_removes_what_a_killed_backup_left_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "store-1-close.db.part",
        "store-1-close.db.part-journal",
        "store-1-close.db",
        "replaced-1.db",
        "mine.txt",
    ):
        (tmp_path / name).write_bytes(b"x")
    backups.tidy(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt", "replaced-1.db", "store-1-close.db"]


def test_put_back_takes_a_store_together_with_its_log(tmp_path: Path) -> None:
    path, folder = new_store(tmp_path / "store.db"), tmp_path / "backups"
    store = Store(path, STORE_KEY)
    rename(store, "Ola")
    old = store.backup(folder, "close", START)
    rename(store, "Cass")  # in the log only
    kept = backups.put_back(path, old, folder, START)
    assert owner(path) == "Ola"
    assert sorted(file.name.removeprefix(kept.name) for file in folder.glob("replaced-*")) == ["", "-shm", "-wal"]
    store.close()


def test_store_that_was_replaced_can_be_put_back_with_its_log(tmp_path: Path) -> None:
    folder, path = tmp_path / "backups", tmp_path / "store.db"
    # As a killed program leaves it: the newest rows are in the log.
    store = Store(new_store(tmp_path / "live.db"), STORE_KEY)
    rename(store, "Ola")
    old = store.backup(folder, "close", START)
    rename(store, "Cass")
    for suffix in ("", "-wal"):
        path.with_name(path.name + suffix).write_bytes(Path(f"{tmp_path / 'live.db'}{suffix}").read_bytes())
    store.close()
    kept = backups.put_back(path, old, folder, START)
    assert owner(path) == "Ola"
    again = backups.put_back(path, kept, folder, START)
    assert owner(path) == "Cass"
    assert owner(again) == "Ola"


def test_put_back_works_where_the_store_is_missing_and_only_its_log_is_left(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    rename(store, "Ola")
    old = store.backup(folder, "close", START)
    store.close()
    store.path.unlink()
    (tmp_path / "store.db-wal").write_bytes(b"left over")
    kept = backups.put_back(store.path, old, folder, START)
    assert owner(store.path) == "Ola"
    assert kept.with_name(f"{kept.name}-wal").read_bytes() == b"left over"


def test_put_back_refuses_the_store_itself(store: Store, tmp_path: Path) -> None:
    with pytest.raises(EvalPanelError) as raised:
        backups.put_back(store.path, store.path, tmp_path / "backups", START)
    assert raised.value.title == "This is the store itself, not a backup."


@pytest.mark.parametrize("halt", range(8))
def test_put_back_that_was_cut_short_anywhere_is_finished_or_forgotten(tmp_path: Path, halt: int) -> None:
    """Each rename is the last one that happened, as where the power fails: the next use ends with one whole store."""
    folder, path = tmp_path / "backups", tmp_path / "store.db"
    store = Store(new_store(tmp_path / "live.db"), STORE_KEY)
    rename(store, "Ola")
    old = store.backup(folder, "close", START)
    rename(store, "Cass")
    for suffix in ("", "-wal"):
        path.with_name(path.name + suffix).write_bytes(Path(f"{tmp_path / 'live.db'}{suffix}").read_bytes())
        old.with_name(old.name + suffix).write_bytes(Path(f"{tmp_path / 'live.db'}{suffix}").read_bytes())
    store.close()
    real, left = Path.replace, iter(range(halt))

    def replace(this: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(this, target)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with contextlib.suppress(KeyboardInterrupt):
            backups.put_back(path, old, folder, START)
    backups.forget_unfinished(path)
    backups.finish(path, folder)
    assert owner(path) == "Cass"
    for kept in folder.glob("replaced-*.db"):
        assert owner(kept) == "Cass"
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith(("preparing", "restoring"))] == []
