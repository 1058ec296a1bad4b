"""Every reader keeps its promise: for the seeds and for damaged ones everywhere, and for a short run of the fuzzer."""

from __future__ import annotations

import contextlib
import os
import platform
import random
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from evalpanel.errors import EvalPanelError
from fuzz.beginnings import SPECIMENS
from fuzz.parcels import lying_zip, mended_tar, parcel, unwrapped
from fuzz.targets import TARGETS, Target, check, seeds
from fuzz.watch import WroteOutsideError, only_reading
from specimens.archives.raw_zip import Member, raw_zip
from specimens.bags.raw_bag import TarMember, raw_tar

ROOT = Path(__file__).resolve().parents[2]
RUNS = 150


@pytest.mark.parametrize("name", TARGETS)
def test_reader_keeps_its_promise_for_every_seed(name: str, tmp_path: Path) -> None:
    for data in seeds(name):
        with only_reading(tmp_path):
            check(name, data)


@pytest.mark.parametrize("name", TARGETS)
def test_reader_keeps_its_promise_for_damaged_seeds(name: str, tmp_path: Path) -> None:
    chance = random.Random(name)
    for data in seeds(name):
        for _ in range(10):
            with only_reading(tmp_path):
                check(name, damaged(data, chance))


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The same with a few places flipped, cut, doubled or replaced by a word of the format."""
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(changed) + 1)
        match chance.randrange(4):
            case 0 if changed:
                changed[at - 1] ^= 1 << chance.randrange(8)
            case 1:
                del changed[at : at + chance.randrange(1, 40)]
            case 2:
                changed[at:at] = changed[at : at + chance.randrange(1, 40)]
            case _:
                changed[at : at + 4] = chance.randbytes(chance.randrange(5))
    return bytes(changed)


@pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="atheris has wheels for Linux on x86-64 only"
)
def test_fuzzer_finds_nothing_in_a_short_run() -> None:
    """The same inputs each time: bounded by their number, not by time."""
    child = subprocess.run(
        [sys.executable, str(ROOT / "tests/fuzz/run.py"), "all", f"--runs={RUNS}", "--seed=1", "--hang=100"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    said = f"{child.stdout}{child.stderr}"
    assert (child.returncode, f"{len(TARGETS)} targets kept their promise. Broken: none." in said) == (0, True), said


def test_every_kept_input_belongs_to_a_target() -> None:
    folders = {path.name for path in (SPECIMENS / "fuzz").iterdir() if path.is_dir()}
    assert folders - TARGETS.keys() == set()
    assert all(path.stat().st_size <= 8192 for path in (SPECIMENS / "fuzz").rglob("*") if path.is_file())


@pytest.mark.parametrize("what", ["write", "mkdir", "remove", "program", "network"])
def test_watch_sees_what_is_not_reading(what: str, tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.write_text("kept")

    def act() -> None:
        match what:
            case "write":
                outside.write_text("x")
            case "mkdir":
                (tmp_path / "new").mkdir()
            case "remove":
                outside.unlink()
            case "program":
                subprocess.run([sys.executable, "-c", ""], check=True)
            case _:
                with socket.socket() as listening:
                    listening.bind(("127.0.0.1", 0))

    def swallowing() -> None:
        with only_reading(inside):
            (inside / "given").write_bytes(b"x")  # where a target lays its file
            with contextlib.suppress(WroteOutsideError):
                act()

    with pytest.raises(WroteOutsideError):
        swallowing()
    assert (outside.read_text(), (tmp_path / "new").exists()) == ("kept", False)


def test_parcel_is_unwrapped_as_it_was_made() -> None:
    parts = {"a": b"1\n2", "b/c.xml": b"", "d": b"\n"}
    assert unwrapped(parcel(parts)) == [(name.encode(), data) for name, data in parts.items()]
    assert unwrapped(b"no head") == [(b"", b"no head")]


def test_containers_without_lies_are_sound() -> None:
    assert lying_zip(b"==> a.txt\nwords") == raw_zip([Member(b"a.txt", b"words")])
    tar = raw_tar([TarMember(b"a.txt", b"words")])
    broken = tar[:148] + b"0000000\0" + tar[156:]
    assert (broken != tar, mended_tar(broken)) == (True, tar)


@pytest.mark.parametrize("error", [ZeroDivisionError(), EvalPanelError("half a character \ud800")])
def test_check_raises_what_is_no_refusal_in_words(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: bytes) -> None:
        raise error

    monkeypatch.setitem(TARGETS, "broken", Target(broken, list))
    with pytest.raises((ZeroDivisionError, UnicodeEncodeError)):
        check("broken", b"")
