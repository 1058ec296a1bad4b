"""The command line on a profile whose tender is at a stage of its life."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from profiles import PASSPHRASE, Evalpanel, copied
from stages import Kept

At = Callable[[str], Evalpanel]


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("profiles"))


@pytest.fixture
def at(_kept: Kept, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> At:
    """`at("scored")`: the command line on a profile of the test's own, with the tender of `make.pack()` at that stage."""
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(f"{PASSPHRASE}\n", encoding="utf-8")

    def made(stage: str) -> Evalpanel:
        return Evalpanel(capsys, copied(_kept.profile(stage), tmp_path / "profile"), passphrase)

    return made
