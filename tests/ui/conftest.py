"""Windows of one test are gone before the next one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from walked import take_away


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """What was closed would stay until an event loop runs: a test that dresses the application would dress it too."""
    yield
    take_away()
