from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from evalpanel.errors import EvalPanelError
from evalpanel.store import migrate
from evalpanel.store import tables as t
from evalpanel.store.engine import APPLICATION_ID, Store, StoreError, recognise
from judges import judge
from profiles import START

KEY = bytes(range(32))
PAGE = 4096
SECRET = "Ola Fenn thinks the bid is thin"


def new_store(path: Path) -> Path:
    """A closed store with the tables, and 200 trail lines that fill some pages."""
    store = Store(path, KEY)
    migrate.upgrade(store, path.parent / "backups", START)
    with store.writing() as tx:
        tx.add(t.ProfileRow(name="Ola Fenn", email="ola@northmoor.example", made_at=START))
        tx.add_all(line(number) for number in range(1, 201))
    store.close()
    return path


def line(number: int, detail: str = SECRET) -> t.AuditRow:
    return t.AuditRow(
        chain="profile",
        number=number,
        at=START,
        person="OF1",
        act="noted",
        detail=detail * 20,
        salt=bytes(16),
        detail_digest="",
        previous="",
        hash="",
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_store(tmp_path_factory.mktemp("made") / "store.db")


@pytest.fixture
def path(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "store.db"))


def read_all(path: Path, key: bytes = KEY) -> int:
    """Open as the program does and read every line; gives how many."""
    recognise(path)
    store = Store(path, key)
    try:
        migrate.upgrade(store, path.parent / "backups", START)
        with store.reading() as tx:
            return sum(1 for row in tx.query(t.AuditRow) if row.detail)
    finally:
        store.close()


def test_store_is_read_back(path: Path) -> None:
    assert read_all(path) == 200


def test_store_cannot_be_read_by_sqlite_of_python(path: Path) -> None:
    plain = sqlite3.connect(path)
    with pytest.raises(sqlite3.DatabaseError, match="file is not a database"):
        plain.execute("SELECT * FROM sqlite_master")
    plain.close()


def test_store_cannot_be_read_by_the_sqlite3_program(path: Path) -> None:
    said = subprocess.run([judge("sqlite3"), path, ".tables"], capture_output=True, text=True, check=False)
    assert (said.returncode != 0, said.stdout) == (True, "")
    assert "file is not a database" in said.stderr


def test_store_holds_no_plain_text_while_it_is_open(path: Path) -> None:
    store = Store(path, KEY)
    with store.writing() as tx:
        tx.add(line(201))
    seen = {file.name: file.read_bytes() for file in path.parent.iterdir()}
    store.close()
    assert sorted(seen) == ["store.db", "store.db-shm", "store.db-wal"]
    assert len(seen["store.db-wal"]) > PAGE
    plain = [(name, word) for name, data in seen.items() for word in (b"Ola Fenn", b"CREATE TABLE") if word in data]
    assert plain == []


def test_connection_keeps_what_the_record_rests_on(path: Path) -> None:
    wanted = {
        "foreign_keys": 1,
        "recursive_triggers": 1,
        "journal_mode": "wal",
        "synchronous": 2,
        "busy_timeout": 10000,
        "secure_delete": 1,
        "temp_store": 2,
    }
    store = Store(path, KEY)
    with store.reading() as tx:
        held = {name: tx.execute(text(f"PRAGMA {name}")).scalar_one() for name in wanted}
    assert held == wanted
    assert store.version() == (APPLICATION_ID, 1)
    store.close()


def flipped(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("at", [0, 15, 16, 100, PAGE - 1])
def test_store_with_a_damaged_head_is_told_in_words(path: Path, at: int) -> None:
    flipped(path, at)
    with pytest.raises(StoreError) as raised:
        read_all(path)
    assert str(raised.value) == (
        "The store cannot be opened with the keys of this profile. Nothing was written to it. Either store.db is damaged, "
        "or it and keys.json come from two profiles. Put the keys.json that belongs to it back, or the newest backup from "
        f"{path.parent / 'backups'} with the command restore; the store that is there is then kept beside it."
    )


def test_store_opened_with_another_key_is_told_in_words_and_left_alone(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(StoreError) as raised:
        read_all(path, bytes(32))
    assert raised.value.title == "The store cannot be opened with the keys of this profile."
    assert path.read_bytes() == before


@pytest.mark.parametrize("share", [0.5, 0.75, 1])
def test_store_with_a_page_damaged_deep_inside_is_told_in_words_when_it_is_read(path: Path, share: float) -> None:
    # Among the pages of the long trail lines, which are the last: nothing that opening looks at.
    pages = path.stat().st_size // PAGE
    first = pages - 60
    flipped(path, (first + int((pages - 1 - first) * share)) * PAGE + 1000)
    store = Store(path, KEY)
    migrate.upgrade(store, path.parent / "backups", START)
    with pytest.raises(StoreError) as raised, store.reading() as tx:
        sum(1 for row in tx.query(t.AuditRow) if row.detail)
    assert str(raised.value) == (
        f"The store is damaged. Nothing was written to it. The backups in {path.parent / 'backups'} are untouched: put the "
        "newest one back with the command restore. The damaged store is then kept beside it."
    )
    assert store.check() != ()
    store.close()


def test_store_whose_log_was_half_written_into_it_is_whole_and_backed_up(path: Path, tmp_path: Path) -> None:
    """As a full disk leaves it, or a power cut: a page of the file is cut short, and its whole content is in the log."""
    store = Store(path, KEY)
    with store.writing() as tx:
        tx.execute(text("UPDATE profile SET email = :words"), {"words": "x" * 40 * PAGE})
    with store.reading() as tx:
        logged = path.with_name("store.db-wal").stat().st_size
    half = tmp_path / "half"
    half.mkdir()
    for file in path.parent.glob("store.db*"):
        shutil.copy(file, half)
    store.close()
    data = bytearray(path.read_bytes())
    (half / "store.db").write_bytes(data[: len(data) - PAGE - PAGE // 2])
    assert logged > 40 * PAGE
    store = Store(half / "store.db", KEY)
    backup = store.backup(half / "backups", "close", START)
    assert store.check() == ()
    store.close()
    assert (read_all(half / "store.db"), read_all(backup)) == (200, 200)


def test_damaged_store_is_never_backed_up_over_a_good_backup(path: Path) -> None:
    backups = path.parent / "backups"
    store = Store(path, KEY)
    good = store.backup(backups, "close", START)
    store.close()
    flipped(path, path.stat().st_size - 1000)
    store = Store(path, KEY)
    with pytest.raises(StoreError) as raised:
        store.backup(backups, "close", START)
    store.close()
    assert raised.value.title == "The store is damaged."
    assert list(backups.iterdir()) == [good]


@pytest.mark.parametrize("keep", [0, 1, 15, 16, 100, PAGE, 2 * PAGE, 20 * PAGE, -PAGE, -1000, -1])
def test_truncated_store_is_told_in_words(path: Path, keep: int) -> None:
    data = path.read_bytes()[:keep]
    path.write_bytes(data)
    with pytest.raises(StoreError) as raised:
        read_all(path)
    assert raised.value.title in (
        "The store is damaged.",
        "The store cannot be opened with the keys of this profile.",
    )
    assert path.read_bytes() == data


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_store_with_any_changed_byte_is_whole_or_told_in_words(made: Path, tmp_path: Path, data: st.DataObject) -> None:
    whole = made.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    path = tmp_path / "store.db"
    path.write_bytes(whole)
    flipped(path, at)
    # Some pages are free, and reading never meets them.
    try:
        assert read_all(path) == 200
    except StoreError as error:
        assert error.message.startswith("Nothing was written to it.")  # noqa: PT017  # either way is right
    finally:
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def test_store_that_is_whole_has_nothing_to_check(path: Path) -> None:
    store = Store(path, KEY)
    assert store.check() == ()
    store.close()


def test_plain_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    plain = sqlite3.connect(path)
    plain.execute("CREATE TABLE address (name TEXT)")
    plain.close()
    before = path.read_bytes()
    with pytest.raises(StoreError) as raised:
        recognise(path)
    assert str(raised.value) == (
        "This is not an evalpanel store. store.db is a database that is not encrypted, made by another program. It was not "
        "touched. Move it away, or choose another profile."
    )
    assert path.read_bytes() == before


def foreign(path: Path, application: int, version: int) -> Path:
    """An encrypted database under our key that holds another program's table."""
    other = sqlcipher.connect(str(path))
    other.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    other.execute(f"PRAGMA application_id = {application}")
    other.execute(f"PRAGMA user_version = {version}")
    other.execute("CREATE TABLE address (name TEXT)")
    other.close()
    return path


@pytest.mark.parametrize(("application", "version"), [(0x12345678, 1), (0x12345678, 0), (0, 0), (0, 7)])
def test_encrypted_database_of_another_program_is_refused_and_left_alone(
    tmp_path: Path, application: int, version: int
) -> None:
    path = foreign(tmp_path / "store.db", application, version)
    with pytest.raises(StoreError) as raised:
        read_all(path)
    assert str(raised.value) == (
        "This is not an evalpanel store. It belongs to another program and was not touched. Choose another profile."
    )
    other = sqlcipher.connect(str(path))
    other.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"")
    held = [row[0] for row in other.execute("SELECT name FROM sqlite_master")]
    other.close()
    assert held == ["address"]


def test_recognise_says_when_the_store_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "store.db").mkdir()
    with pytest.raises(EvalPanelError) as raised:
        recognise(tmp_path / "store.db")
    assert raised.value.title == "“store.db” could not be opened. It is a folder, not a file."


def test_writing_keeps_all_or_nothing(path: Path) -> None:
    store = Store(path, KEY)
    with pytest.raises(ZeroDivisionError), store.writing() as tx:  # noqa: PT012  # refused at the end of the inner block
        tx.add(line(201))
        tx.flush()
        raise ZeroDivisionError
    with pytest.raises(IntegrityError), store.writing() as tx:  # noqa: PT012  # refused at the end of the inner block
        tx.add(line(201))
        tx.add(line(1))
    store.close()
    assert read_all(path) == 200


def test_reading_keeps_nothing_and_sees_one_moment(path: Path) -> None:
    store = Store(path, KEY)
    with store.reading() as tx:
        before = tx.query(t.AuditRow).count()
        with store.writing() as other:
            other.add(line(201))
        assert tx.query(t.AuditRow).count() == before
        tx.add(line(202))
    store.close()
    assert read_all(path) == 201


def test_two_writers_wait_for_each_other(path: Path) -> None:
    first, second = Store(path, KEY), Store(path, KEY)
    event.listen(second.engine, "connect", lambda driver, _record: driver.execute("PRAGMA busy_timeout = 10"))
    with first.writing() as tx:
        tx.add(line(201))
        with pytest.raises(StoreError) as raised, second.writing():
            pass
    first.close()
    second.close()
    assert str(raised.value) == (
        "The store is busy. Nothing was changed. Close other programs that use it and try again."
    )


def test_full_store_keeps_what_was_saved_before_and_goes_on_when_there_is_room(path: Path) -> None:
    store = Store(path, KEY)
    with pytest.raises(StoreError) as raised, store.writing() as tx:  # noqa: PT012  # refused at the end of the inner block
        pages = tx.execute(text("PRAGMA page_count")).scalar_one()
        tx.execute(text(f"PRAGMA max_page_count = {pages}"))
        tx.add_all(line(number) for number in range(201, 1000))
    assert str(raised.value) == (
        "The disk is full. The last change was not saved; everything saved before it is safe. Make room and try again."
    )
    with store.writing() as tx:
        tx.execute(text("PRAGMA max_page_count = 1000000"))
        tx.add(line(201))
    store.close()
    assert read_all(path) == 201


def test_constraint_whose_name_sounds_like_a_full_disk_stays_a_bug(path: Path) -> None:
    store = Store(path, KEY)
    with (  # noqa: PT012  # refused at the end of the inner block
        pytest.raises(IntegrityError, match=r"NOT NULL constraint failed: tender\.full_criteria_at"),
        store.writing() as tx,
    ):
        values: dict[str, object] = {
            column.name: 1 if column.name in ("places", "blind", "compare_bids", "quorum") else "x"
            for column in t.TenderRow.__table__.columns
            if column.name != "full_criteria_at"
        }
        values |= {
            "stage": "draft",
            "regime": "pa2023",
            "price_formula": "F1",
            "section_weightings": "of-quality",
            "rounding": "once",
        }
        tx.execute(
            text(f"INSERT INTO tender ({', '.join(values)}) VALUES ({', '.join(':' + name for name in values)})"),
            values,
        )
    store.close()


def test_error_of_the_store_never_holds_what_people_wrote(path: Path) -> None:
    store = Store(path, KEY)
    with pytest.raises(IntegrityError) as raised, store.writing() as tx:
        tx.add(line(1))
    store.close()
    assert re.search("Ola|thin", str(raised.value)) is None


def test_close_makes_a_backup_only_of_a_change(path: Path) -> None:
    backups = path.parent / "backups"
    store = Store(path, KEY)
    with store.reading() as tx:
        tx.query(t.AuditRow).count()
    with store.writing() as tx:
        tx.execute(text("UPDATE profile SET name = 'x' WHERE 0"))
    with pytest.raises(ZeroDivisionError), store.writing() as tx:  # noqa: PT012  # refused at the end of the inner block
        tx.execute(text("UPDATE profile SET name = 'x'"))
        raise ZeroDivisionError
    store.close(backups, START)
    assert not backups.exists()
    store = Store(path, KEY)
    with store.writing() as tx:
        tx.execute(text("UPDATE profile SET name = 'y'"))
    store.close(backups, START)
    assert [file.name for file in backups.iterdir()] == ["store-000001-20261001T090000000000-close.db"]


def test_statement_that_was_compiled_for_one_store_serves_the_next(path: Path, tmp_path: Path) -> None:
    compiled = []

    def detail(file: Path, number: int) -> str:
        store = Store(file, KEY)
        with store.reading() as tx:
            event.listen(tx.connection(), "before_cursor_execute", lambda *told: compiled.append(told[4].compiled))
            found = tx.query(t.AuditRow.detail).where(t.AuditRow.number == number).scalar()
        store.close()
        return str(found)

    other = new_store(tmp_path / "other.db")
    with_another = Store(other, KEY)
    with with_another.writing() as tx:
        tx.add(line(201, "What the other store holds."))
    with_another.close()
    assert detail(path, 200) == SECRET * 20
    assert detail(other, 201) == "What the other store holds." * 20
    first, second = compiled
    assert first is second
