from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from evalpanel.errors import EvalPanelError
from evalpanel.system.folders import Folders, ProfileLock, default_profile

_HOLD = """
import pathlib, sys
from evalpanel.system.folders import Folders, ProfileLock
with ProfileLock(Folders(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path / "a" / "profile")
    made.make()
    return made


def test_folders_are_made_for_this_person_only_and_again(folders: Folders) -> None:
    folders.make()
    found = {path.name: path.stat().st_mode & 0o777 for path in folders.root.iterdir()}
    private = 0o777 if sys.platform == "win32" else 0o700
    assert found == dict.fromkeys(("documents", "backups", "keys", "staging", "logs"), private)


def test_folders_say_when_a_profile_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EvalPanelError):
        Folders(tmp_path / "file" / "profile").make()


def test_default_profile_lies_in_the_persons_own_data(home: Path) -> None:
    assert default_profile().is_relative_to(home)
    assert default_profile().name == "evalpanel"


def test_lock_refuses_a_second_holder_and_lets_go(folders: Folders) -> None:
    with ProfileLock(folders) as held:
        for second in (ProfileLock(folders), held):
            with pytest.raises(EvalPanelError) as raised, second:
                pass
            assert raised.value.title == "evalpanel is already open on this profile."
    with ProfileLock(folders):
        pass


def test_lock_ends_when_its_holder_is_killed(folders: Folders) -> None:
    program = [sys.executable, "-c", _HOLD, str(folders.root)]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=dict(os.environ)) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        with pytest.raises(EvalPanelError), ProfileLock(folders):
            pass
        other.kill()
        other.wait()
    with ProfileLock(folders):
        pass


def test_lock_says_when_there_is_no_profile(tmp_path: Path) -> None:
    if os.name == "nt":
        pytest.skip("a file as a folder is told in another way on Windows")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(EvalPanelError), ProfileLock(Folders(tmp_path / "file")):
        pass


def test_empty_staging_removes_what_an_earlier_run_left(folders: Folders) -> None:
    (folders.staging / "bid.pdf").write_bytes(b"readable")
    assert [folders.empty_staging(), folders.empty_staging()] == [1, 0]
    assert list(folders.staging.iterdir()) == []
