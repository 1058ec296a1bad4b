"""The console script as a process of its own: signals, pipes, bugs, encodings, and what runs without a profile."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from evalpanel.sealing import keys
from profiles import PASSPHRASE, Evalpanel, opened
from stages import REFERENCE, write_pack

At = Callable[[str], Evalpanel]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")


def console_script() -> str:
    """The installed command."""
    found = shutil.which("evalpanel", path=sysconfig.get_path("scripts"))
    assert found is not None, "the project is installed into the environment of the tests"
    return found


def words(evalpanel: Evalpanel, *command: str | Path) -> list[str]:
    """A command with its global options, as a shell would start it."""
    options = ("--profile", evalpanel.root, "--passphrase-file", evalpanel.passphrase_file)
    return [console_script(), *(str(word) for word in (*options, *command))]


def test_the_console_script_answers_json_in_utf_8_whatever_the_terminal_speaks(at: At, tmp_path: Path) -> None:
    evalpanel = at("loaded")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}

    done = subprocess.run(
        words(evalpanel, "show", "T-9", "--json"), env=environment, check=False, capture_output=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout.decode("utf-8"))["refused"]["title"] == "There is no tender “T-9” in this profile."


@POSIX
def test_ctrl_c_while_loading_keeps_nothing(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    folder = write_pack(tmp_path / "pack")
    with (folder / "bids" / "B01" / "Film.mp4").open("wb") as file:
        file.truncate(1_500_000_000)  # sparse: long to seal, and no room taken
    running = subprocess.Popen(
        words(evalpanel, "load", folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        deadline = time.monotonic() + 60
        while not any((evalpanel.root / "documents").glob("*.part")) and time.monotonic() < deadline:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=60)
    finally:
        running.kill()

    assert (running.returncode, out, err) == (1, "", "The work was cancelled. Nothing was changed.\n")
    assert [path.name for path in (evalpanel.root / "documents").iterdir()] == []
    assert [path.name for path in (evalpanel.root / "keys").iterdir()] == []
    assert evalpanel.asked("tenders") == {"tenders": []}


@POSIX
def test_a_reader_who_stops_reading_gets_no_traceback(at: At) -> None:
    evalpanel = at("loaded")
    running = subprocess.Popen(
        words(evalpanel, "show", REFERENCE), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stderr is not None
    running.stdout.close()
    err = running.stderr.read()
    running.stderr.close()

    assert (running.wait(60), err) == (1, "")


def test_a_bug_ends_with_3_and_says_so(at: At) -> None:
    evalpanel = at("loaded")
    with opened(evalpanel.root) as space:
        path, key = (
            space.store.path,
            keys.unlock(space.folders.key_file, space.folders.keys, passphrase=PASSPHRASE).store_key,
        )
    connection = sqlcipher.connect(str(path))
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("DROP TABLE panel_member")
    connection.commit()
    connection.close()

    answer = evalpanel("show", REFERENCE)

    assert (answer.code, answer.out) == (3, "")
    assert answer.err.splitlines()[-1] == (
        "This is a bug in evalpanel. What was saved before is safe; please report the lines above."
    )


def test_a_second_program_on_the_same_profile_is_refused(at: At) -> None:
    evalpanel = at("loaded")
    with opened(evalpanel.root):
        done = subprocess.run(words(evalpanel, "tenders"), check=False, capture_output=True, text=True, timeout=60)

    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)


def test_python_runs_the_package_as_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evalpanel", "--version"], check=False, capture_output=True, text=True, timeout=60
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("evalpanel ")
