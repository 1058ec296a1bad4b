"""The package as somebody installs it. Takes minutes and a clean Debian root, so it runs where one is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CLEAN = os.environ.get("EVALPANEL_CLEAN_ROOT", "")


@pytest.mark.skipif(not CLEAN, reason="EVALPANEL_CLEAN_ROOT names no clean Debian root (made with debootstrap)")
def test_package_works_in_a_clean_root() -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "installers" / "build.py", "--check", CLEAN],
        check=False,
        capture_output=True,
        text=True,
        timeout=1500,
    )
    assert (done.returncode, "its window shows" in done.stdout) == (0, True), done.stdout + done.stderr
