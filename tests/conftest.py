"""The guards round every test, and the few fixtures that all tests share."""

from __future__ import annotations

import gc
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Before anything imports Qt: tests draw into memory, and need no display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from fakes import MemoryKeyring
from guards import LogGuard, NetworkGuard, at_home_in, keyring_in_memory, no_thread_left

# There are no timed tests: a busy machine would fail them. With CI set, Hypothesis takes its own profile: the same
# examples in every run, and no deadline either.
if not os.environ.get("CI"):
    hypothesis.settings.register_profile("evalpanel", deadline=None)
    hypothesis.settings.load_profile("evalpanel")


def pytest_collection_finish() -> None:
    """What was imported stays: Python need not look through all of it for cycles again and again."""
    gc.collect()
    gc.freeze()


_NETWORK = NetworkGuard()  # one a process: an audit hook cannot be taken away again
_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(autouse=True)
def home(_homes: Path) -> Iterator[Path]:
    """A home of the test's own, empty and not made yet: nobody's real one, nor the last test's."""
    folder = _homes / str(next(_NUMBERS))
    with at_home_in(folder):
        yield folder


@pytest.fixture(autouse=True)
def memory_keyring() -> Iterator[MemoryKeyring]:
    """The keyring of this test, empty at its start."""
    with keyring_in_memory() as backend:
        yield backend


@pytest.fixture(autouse=True)
def expected_log() -> Iterator[LogGuard]:
    """Announce a warning that the test is about: `expected_log.expect("evalpanel.store", "could not")`."""
    guard = LogGuard()
    with guard.watching():
        yield guard


@pytest.fixture(autouse=True)
def network_guard() -> Iterator[NetworkGuard]:
    """Refuses the network; its `refused` names what was tried."""
    with _NETWORK.watching():
        yield _NETWORK


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    with no_thread_left():
        yield
