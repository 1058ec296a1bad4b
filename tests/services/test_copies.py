"""What is said when a profile is opened: a clock that was set back, an older store, a second copy. Nothing is refused."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from evalpanel.services import tenders, verify, workspace
from evalpanel.system.folders import remembered
from guards import LogGuard
from kept import REFERENCE, faults, loaded, pack_folder, save, values
from profiles import START, Clock, copied, opened


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    return loaded(folder / "profile", pack_folder(folder / "pack"))


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A profile that was used on this computer: with a tender and one score."""
    root = copied(made, tmp_path / "profile")
    assert told(root) == ()
    return root


def told(root: Path, clock: Clock | None = None) -> tuple[str, ...]:
    with opened(root, clock) as space:
        return space.told


def work(root: Path, *levels: int, clock: Clock | None = None) -> None:
    with opened(root, clock) as space:
        for level in levels:
            save(space, level)


def test_profile_that_goes_on_where_it_was_left_says_nothing(root: Path) -> None:
    work(root, 1, 2)
    assert told(root) == ()
    assert told(root, Clock(START - timedelta(minutes=4))) == ()


def test_clock_that_was_set_back_is_told_and_acts_stay_in_order(root: Path) -> None:
    early = Clock(START - timedelta(days=30, minutes=5))
    [said] = told(root, early)
    assert said == (
        "This laptop's clock says 1 September 2026, 08:55 UTC, but the last entry of the record is from 1 October 2026, "
        "09:00 UTC. Nothing is lost, and entries stay in their order. If the clock is wrong, put it right: letters and the "
        "record take their time from it."
    )
    work(root, 1, clock=early)
    with opened(root) as space:
        assert (values(space), faults(space), space.told) == (["3", "1"], (), ())
        assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_newest_backup_is_the_last_one_made_also_when_the_clock_was_set_back(root: Path) -> None:
    before = workspace.backups(root)
    work(root, 1, clock=Clock(START - timedelta(days=400)))
    [newest] = set(workspace.backups(root)) - set(before)
    assert workspace.backups(root) == (newest, *before)
    work(root, 2)
    workspace.restore(root, backup=newest)
    with opened(root) as space:
        assert values(space) == ["3", "1"]


def test_older_store_that_was_put_back_is_told_once_with_the_way_out(root: Path) -> None:
    [oldest, *_] = reversed(workspace.backups(root))
    work(root, 1, 2)
    kept = workspace.restore(root, backup=oldest, clock=Clock())
    [said] = told(root)
    assert said.startswith("An older store is open: it lacks ")
    assert f"with the command restore: stores that were replaced lie in {root / 'backups'}." in said
    assert told(root) == ()
    workspace.restore(root, backup=kept, clock=Clock())
    with opened(root) as space:
        assert (values(space), space.told) == (["3", "1", "2"], ())


def test_older_copy_of_the_whole_profile_is_told(root: Path, tmp_path: Path) -> None:
    copied(root, tmp_path / "copy")
    work(root, 1)
    shutil.rmtree(root)
    (tmp_path / "copy").rename(root)
    [said] = told(root)
    assert said.startswith("An older store is open: it lacks 1 entry of the record that was made on this computer.")


def test_second_copy_is_told_as_long_as_there_are_two(root: Path, tmp_path: Path) -> None:
    copy = copied(root, tmp_path / "copy")
    both = (
        "There are two copies of this profile on this computer. It was last used in {}, and this one is in {}. What is done "
        "in one does not reach the other: go on in one of them only, and put the other away."
    )
    assert told(copy) == (both.format(root, copy),)
    assert told(copy) == ()
    assert told(root) == (both.format(copy, root),)
    shutil.rmtree(copy)
    assert told(root) == ()


def test_copies_that_were_both_worked_in_are_told_and_both_still_verify(root: Path, tmp_path: Path) -> None:
    copy = copied(root, tmp_path / "copy")
    work(root, 1)
    work(copy, 2)
    shutil.rmtree(root)
    copy.rename(root)
    with opened(root) as space:
        assert space.told == ()  # what was last used here, moved
        assert values(space) == ["3", "2"]


def test_way_that_parted_is_told(root: Path, tmp_path: Path) -> None:
    """A copy is worked in elsewhere, comes back, and takes the place of the one that was worked in here."""
    copy = copied(root, tmp_path / "copy")
    with pytest.MonkeyPatch.context() as elsewhere:
        elsewhere.setenv("XDG_STATE_HOME", str(tmp_path / "another computer"))
        work(copy, 2)
    work(root, 1)
    shutil.rmtree(root)
    copy.rename(root)
    with opened(root) as space:
        [said] = space.told
        assert said.startswith("This profile and the one that was last used on this computer were both worked in,")
        assert verify.verify_tender(space, REFERENCE).verdict == "verified"
    assert told(root) == ()


def test_profile_that_this_computer_never_saw_is_simply_new(made: Path, tmp_path: Path) -> None:
    assert told(copied(made, tmp_path / "profile")) == ()


def test_note_that_cannot_be_read_is_made_anew(root: Path, expected_log: LogGuard, home: Path) -> None:
    [note] = home.rglob("profiles/*.json")
    assert note == remembered(note.stem)
    for junk in ("", "[]", '{"root": "x", "heads": {"a": 1}}'):
        note.write_text(junk, encoding="utf-8")
        expected_log.expect("evalpanel.services.copies", "made anew")
        work(root, 1)
        with opened(root) as space:
            assert (space.told, len(tenders.all_tenders(space))) == ((), 1)
