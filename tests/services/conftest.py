"""Real encrypted profiles, made once for each stage of a tender's life and copied for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from evalpanel.services.workspace import Workspace
from profiles import Clock, copied, opened
from stages import Kept

At = Callable[[str], Workspace]


@pytest.fixture(scope="session")
def _kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("profiles"))


@pytest.fixture
def clock() -> Clock:
    """The clock of the profiles that `at` opens."""
    return Clock()


@pytest.fixture
def at(_kept: Kept, tmp_path: Path, clock: Clock) -> Iterator[At]:
    """`at("scored")`: an open profile with the tender of `make.pack()` at that stage, the test's own."""
    with ExitStack() as stack:
        yield lambda stage: stack.enter_context(opened(copied(_kept.profile(stage), tmp_path / "profile"), clock))
