"""A program that is killed (a power cut, a crash, `kill -9`) in the middle of an act: the next start finds all or nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from evalpanel.errors import EvalPanelError
from evalpanel.services import packs, setup, tenders, workspace
from kept import REFERENCE, Killing, faults, killing, loaded, names, pack_folder, save, values
from profiles import copied, make_profile, opened

# Each kills itself with nothing of Python's or SQLite's own tidying in between.
_START = """
import os, pathlib, signal, sys
import kept, profiles
from evalpanel.services import packs, workspace
from evalpanel.store import backups, migrate
def die(*_arguments, **_named):
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
root = pathlib.Path(sys.argv[1])
"""
_WRITING = """
with profiles.opened(root) as space:
    kept.save(space, 2)
    with space.store.writing() as tx:
        from evalpanel.services import audit
        audit.record(tx, space, "noted", tender=None, person="OF1", detail={})
        from sqlalchemy import text
        tx.execute(text("UPDATE bid SET reason = :words"), {"words": "x" * 2_000_000})
        die()
"""
_AFTER_A_SAVE = """
with profiles.opened(root) as space:
    kept.save(space, 2)
    die()
"""
_LOADING = """
with profiles.opened(root) as space:
    packs.audit.record = die  # the documents are sealed; no row is kept yet
    packs.load(space, pathlib.Path(sys.argv[2]))
"""
_SEALING = """
from evalpanel.progress import Progress
class Deadly(Progress):
    def step(self, done, total, what=""):
        if done > 60:
            die()
with profiles.opened(root) as space:
    packs.load(space, pathlib.Path(sys.argv[2]), progress=Deadly())
"""
_BACKING_UP = """
with profiles.opened(root) as space:
    kept.save(space, 2)
    pathlib.Path.replace = die
"""
_MIGRATING = """
migrate.MIGRATIONS, migrate.SCHEMA = pathlib.Path(sys.argv[2]), 2
with profiles.opened(root):
    pass
"""
_MAKING = """
left = iter(range(int(sys.argv[2])))
usual = pathlib.Path.replace
def replace(path, target):
    if next(left, None) is None:
        die()
    return usual(path, target)
pathlib.Path.replace = replace
profiles.make_profile(root)
die()
"""
_RESTORING = """
left = iter(range(int(sys.argv[2])))
usual = pathlib.Path.replace
def replace(path, target):
    if next(left, None) is None:
        die()
    return usual(path, target)
pathlib.Path.replace = replace
workspace.restore(root)
die()
"""
_REVISION = """
import os, signal
from alembic import op
import sqlalchemy as sa
revision = "0002"
down_revision = "0001"
def upgrade():
    op.create_table("note", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("DROP TABLE lot")
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    return loaded(folder / "profile", pack_folder(folder / "pack"))


@pytest.fixture(scope="module")
def killed() -> Iterator[Killing]:
    with killing() as made:
        yield made


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    return copied(made, tmp_path / "profile")


def test_killed_while_writing_keeps_what_was_saved_and_nothing_of_the_act(root: Path, killed: Killing) -> None:
    killed(_START + _WRITING, root)
    assert (root / "store.db-wal").exists()
    with opened(root) as space:
        assert (values(space), faults(space), space.store.check()) == (["3", "2"], (), ())
    assert not (root / "store.db-wal").exists()


def test_killed_after_a_save_keeps_it(root: Path, killed: Killing) -> None:
    killed(_START + _AFTER_A_SAVE, root)
    with opened(root) as space:
        assert (values(space), faults(space)) == (["3", "2"], ())


def test_killed_after_a_save_and_restored_keeps_it_beside_the_backup(root: Path, killed: Killing) -> None:
    killed(_START + _AFTER_A_SAVE, root)
    kept = workspace.restore(root)
    with opened(root) as space:
        assert values(space) == ["3"]
    workspace.restore(root, backup=kept)
    with opened(root) as space:
        assert (values(space), faults(space)) == (["3", "2"], ())


@pytest.mark.parametrize("program", [_SEALING, _LOADING])
def test_killed_while_loading_leaves_no_tender_and_it_loads_again(
    made: Path, tmp_path: Path, program: str, killed: Killing
) -> None:
    root, pack = tmp_path / "profile", made.parent / "pack"
    make_profile(root)
    killed(_START + program, root, pack)
    assert len(list((root / "documents").iterdir())) > 0
    with opened(root) as space:
        assert tenders.all_tenders(space) == ()
        assert list(space.documents.folder.iterdir()) == []
        packs.load(space, pack)
        setup.freeze(space, REFERENCE)
        save(space, 1)
        assert (values(space), faults(space)) == (["1"], ())


def test_killed_while_backing_up_leaves_the_earlier_backups_and_the_work(root: Path, killed: Killing) -> None:
    before = workspace.backups(root)
    killed(_START + _BACKING_UP, root)
    assert [path.suffix for path in (root / "backups").iterdir() if path not in before] == [".part"]
    with opened(root) as space:
        assert values(space) == ["3", "2"]
        assert tuple((root / "backups").iterdir()) == before


def test_killed_while_migrating_leaves_the_store_as_it_was_and_a_backup(
    root: Path, tmp_path: Path, killed: Killing
) -> None:
    from evalpanel.store import migrate

    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    (folder / "versions" / "0002_next.py").write_text(_REVISION)
    before = workspace.backups(root)
    killed(_START + _MIGRATING, root, folder)
    [backup] = set(workspace.backups(root)) - set(before)
    assert backup.name.endswith("-migration.db")
    with opened(root) as space:
        assert (values(space), faults(space), space.store.check()) == (["3"], (), ())
        assert len(tenders.all_tenders(space)[0].lots) == 1


@pytest.mark.parametrize("step", range(5))
def test_killed_while_making_a_profile_leaves_a_whole_one_or_none(tmp_path: Path, step: int, killed: Killing) -> None:
    root = tmp_path / "profile"
    killed(_START + _MAKING, root, str(step))
    if workspace.exists(root):
        with opened(root) as space:
            assert space.owner.name == "Ola Fenn"
    else:
        make_profile(root)
        with opened(root) as space:
            assert space.owner.name == "Ola Fenn"
    assert [name for name in names(root) if ".new" in name] == []


@pytest.mark.parametrize("step", range(7))
def test_killed_while_restoring_leaves_one_whole_store_and_loses_none(root: Path, step: int, killed: Killing) -> None:
    killed(_START + _AFTER_A_SAVE, root)
    killed(_START + _RESTORING, root, str(step))
    with opened(root) as space:
        after = values(space)
        assert (after in (["3"], ["3", "2"]), faults(space), space.store.check()) == (True, (), ())
    replaced = list((root / "backups").glob("replaced-*.db"))
    if after == ["3"]:
        workspace.restore(root, backup=replaced[0])
        with opened(root) as space:
            assert values(space) == ["3", "2"]
    else:
        assert replaced == []


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 4 MB."""
    if os.name == "nt" or os.geteuid() != 0:
        pytest.skip("only the administrator can make a small disk")
    with TemporaryDirectory() as folder:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=4m", "evalpanel", folder], capture_output=True, text=True, check=False
        )
        if mounted.returncode:
            pytest.skip(f"a small disk cannot be made here: {mounted.stderr.strip()}")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def fill(folder: Path, leave: int) -> Path:
    """Fill a disk but for about `leave` bytes."""
    path = folder / "somebody-elses-film"
    room = shutil.disk_usage(folder).free - leave
    path.write_bytes(bytes(max(0, room)))
    return path


def test_full_disk_refuses_a_save_in_words_and_keeps_what_was_saved(made: Path, small_disk: Path) -> None:
    root = copied(made, small_disk / "profile")
    with pytest.raises(EvalPanelError) as raised, opened(root) as space:  # noqa: PT012  # refused at the end of the inner block
        save(space, 2)
        film = fill(small_disk, 8192)
        try:
            for value in range(200):
                save(space, value % 4, "words " * 100)
        finally:
            film.unlink()
    assert str(raised.value) == (
        "The disk is full. The last change was not saved; everything saved before it is safe. Make room and try again."
    )
    with opened(root) as space:
        assert values(space)[:2] == ["3", "2"]
        assert (faults(space), space.store.check()) == ((), ())


def test_full_disk_at_the_close_keeps_the_work_and_says_that_only_the_backup_is_missing(
    made: Path, small_disk: Path
) -> None:
    root = copied(made, small_disk / "profile")
    before = workspace.backups(root)
    with pytest.raises(EvalPanelError) as raised, opened(root) as space:  # noqa: PT012  # refused at the end of the inner block
        save(space, 2)
        film = fill(small_disk, 60_000)
    assert str(raised.value) == (
        "The backup of the store could not be made. The disk is full. All work is saved in the store, and the earlier "
        f"backups are safe. Put that right in {root / 'backups'}: the next backup is made when the profile is closed after "
        "a change."
    )
    assert workspace.backups(root) == before
    film.unlink()
    with opened(root) as space:
        assert (values(space), faults(space)) == (["3", "2"], ())


def test_full_disk_refuses_a_restore_and_leaves_the_store(made: Path, small_disk: Path) -> None:
    root = copied(made, small_disk / "profile")
    film = fill(small_disk, 60_000)
    store = (root / "store.db").read_bytes()
    with pytest.raises(EvalPanelError) as raised:
        workspace.restore(root)
    assert "There is no room left" in raised.value.title
    film.unlink()
    assert (root / "store.db").read_bytes() == store
    with opened(root) as space:
        assert values(space) == ["3"]


def test_full_disk_refuses_a_pack_and_leaves_nothing(made: Path, small_disk: Path, tmp_path: Path) -> None:
    root = small_disk / "profile"
    make_profile(root)
    pack = shutil.copytree(made.parent / "pack", tmp_path / "pack")
    (pack / "bids" / "B01" / "1.1 long.txt").write_bytes(os.urandom(1_500_000))
    before = names(root)
    film = fill(small_disk, 1_600_000)
    with pytest.raises(EvalPanelError) as raised, opened(root) as space:
        packs.load(space, pack)
    film.unlink()
    assert raised.value.title == "The disk is full."
    with opened(root) as space:
        assert tenders.all_tenders(space) == ()
        assert list(space.documents.folder.iterdir()) == []
    assert names(root) == before
