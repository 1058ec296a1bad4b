"""Programs of other people that check our files. A test that needs one skips without it, except where they are required."""

from __future__ import annotations

import os
import shutil

import pytest


def judge(program: str) -> str:
    """Return the path of a program such as `pdfsig` or `qpdf`; skip the test when this machine has none.

    With `EVALPANEL_JUDGES=required` (as `.ci/run` sets it) its absence fails the test.
    """
    path = shutil.which(program)
    if path is not None:
        return path
    if os.environ.get("EVALPANEL_JUDGES") == "required":
        pytest.fail(f"{program} is required here and is not installed")
    pytest.skip(f"{program} is not installed")
