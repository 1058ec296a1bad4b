"""Somebody who starts programs and sees them cut short."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from kept import child

_PROGRAM = "from crash import nursery; nursery.main()"
EVERY = 1 << 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of an act that was cut short again and again.

    `points`: where it could be; `told`: by where it was, what the person was told; `wrong`: what was found wrong after;
    `too_early`: where a power cut could lose something.
    """

    points: tuple[str, ...]
    told: dict[str, str]
    wrong: tuple[str, ...]
    too_early: tuple[str, ...]


Ask = Callable[..., Answer]


@pytest.fixture(scope="session")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """`ask("save a score", "killed", 10)`: cut the act short in that way at so many places, evenly spread."""
    if not sys.platform.startswith("linux"):
        pytest.skip("needs processes that start as copies of another, and limits of the operating system")
    with child(_PROGRAM, tmp_path_factory.mktemp("crash"), errors=None) as nursery:

        def asked(act: str, way: str, most: int, error: int = 0) -> Answer:
            assert nursery.stdin is not None and nursery.stdout is not None
            most = EVERY if os.environ.get("EVALPANEL_CRASH") == "every" and "size" not in way else most
            request = {"act": act, "way": way, "most": most, "error": error}
            nursery.stdin.write(f"{json.dumps(request)}\n".encode())
            nursery.stdin.flush()
            held = json.loads(nursery.stdout.readline())
            return Answer(tuple(held["points"]), held["told"], tuple(held["wrong"]), tuple(held["too early"]))

        yield asked
