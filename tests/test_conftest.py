"""The guards stand round a test without its asking: a small run of its own, of tests that misbehave."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parent

MISBEHAVING = """
import logging, socket, threading, warnings

def test_reaches_for_the_network():
    try:
        socket.getaddrinfo("tender.example", 443)
    except AssertionError:
        pass

def test_warns_in_the_log():
    logging.getLogger("evalpanel").warning("unannounced")

def test_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, daemon=True).start()

def test_warns():
    warnings.warn("careless")

def test_leaves_a_file_open():
    open(__file__)

def test_behaves():
    pass
"""


def test_guards_fail_tests_that_misbehave(tmp_path: Path) -> None:
    (tmp_path / "test_misbehaving.py").write_text(MISBEHAVING, encoding="utf-8")
    options = ["-q", "-rA", "--tb=no", "-p", "conftest", "-p", "no:cacheprovider", f"--rootdir={tmp_path}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-c", str(TESTS.parent / "pyproject.toml"), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.split(" - ")[0] for line in run.stdout.splitlines()]
    assert {(line.split()[0], line.split("::")[1]) for line in lines if "::" in line} == {
        ("PASSED", "test_reaches_for_the_network"),  # and then, at its end:
        ("ERROR", "test_reaches_for_the_network"),
        ("PASSED", "test_warns_in_the_log"),
        ("ERROR", "test_warns_in_the_log"),
        ("PASSED", "test_leaves_a_thread"),
        ("ERROR", "test_leaves_a_thread"),
        ("FAILED", "test_warns"),
        ("FAILED", "test_leaves_a_file_open"),
        ("PASSED", "test_behaves"),
    }, run.stdout
