"""The command line on a fresh profile of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from profiles import PASSPHRASE, Evalpanel, quick_keys


@pytest.fixture
def evalpanel(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[Evalpanel]:
    """The command line, with a passphrase file; there is no profile yet."""
    passphrase = tmp_path / "passphrase.txt"
    passphrase.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    with quick_keys():
        yield Evalpanel(capsys, tmp_path / "profile", passphrase)


@pytest.fixture
def quick() -> Iterator[None]:
    """Profiles that stretch their passphrase as little as a reader accepts."""
    with quick_keys():
        yield
