from __future__ import annotations

import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from evalpanel.errors import EvalPanelError
from evalpanel.system.logs import logging_to
from guards import LogGuard

_LOG = logging.getLogger("evalpanel.test")


def test_log_is_utc_private_and_ends_with_the_block(tmp_path: Path) -> None:
    with logging_to(tmp_path) as path:
        _LOG.info("%d files in tender %s", 3, "t1")
        _LOG.debug("not told")
    _LOG.info("too late")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO evalpanel\.test 3 files in tender t1\n", path.read_text()
    )
    assert path.stat().st_mode & 0o777 == (0o666 if sys.platform == "win32" else 0o600)


def test_log_of_an_error_holds_no_text_and_no_folder(tmp_path: Path, expected_log: LogGuard) -> None:
    expected_log.expect("evalpanel.test", "failed")
    with logging_to(tmp_path) as path:
        try:
            try:
                raise ValueError("Amina wrote: too dear")
            except ValueError as error:
                raise EvalPanelError("Amina's score is missing") from error
        except EvalPanelError:
            _LOG.exception("failed on line %d", 7)
    lines = path.read_text().splitlines()[1:]
    named = [re.sub(r":\d+ ", ":N ", line).strip() for line in lines]
    test = "test_logs.py:N test_log_of_an_error_holds_no_text_and_no_folder"
    assert named == ["evalpanel.errors.EvalPanelError", test, "builtins.ValueError", test]


def test_log_turns_over_and_keeps_six_files(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        for _ in range(80):
            _LOG.info("%s", "x" * 100_000)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["evalpanel.log", *(f"evalpanel.log.{number}" for number in range(1, 6))]
    assert max(path.stat().st_size for path in tmp_path.iterdir()) <= 1_000_000


def test_log_that_cannot_be_written_stops_nobody(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with logging_to(tmp_path / "missing" / "folder") as path:
        _LOG.info("lost")
    assert not path.exists()
    assert capfd.readouterr() == ("", "")


def test_log_leaves_the_console_alone(tmp_path: Path) -> None:
    program = (
        "import logging, pathlib, sys; from evalpanel.system.logs import logging_to\n"
        "with logging_to(pathlib.Path(sys.argv[1])):\n"
        "    logging.getLogger('evalpanel').error('one'); logging.getLogger('some.library').error('two')\n"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, check=True)
    assert (ran.stdout, ran.stderr) == (b"", b"")
    assert (tmp_path / "evalpanel.log").read_text().endswith(" ERROR evalpanel one\n")
