"""Profiles for tests: real encrypted stores that open quickly, and the command line as a person calls it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from evalpanel import cli
from evalpanel.sealing import slots
from evalpanel.services import workspace
from evalpanel.services.workspace import Workspace

PASSPHRASE = "four words of ours"
OWNER = "Ola Fenn"
EMAIL = "ola.fenn@northmoor.example"
START = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: int) -> None:
        """Move the clock: `forward(days=1)`."""
        self.now += timedelta(**by)


@contextmanager
def quick_keys() -> Iterator[None]:
    """New profiles stretch their passphrase as little as a reader accepts (8 MiB, once): tests open many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slots, "_MEMORY_KIB", 8 * 1024)
        patch.setattr(slots, "_PASSES", 1)
        yield


def make_profile(root: Path, name: str = OWNER, email: str = EMAIL) -> None:
    """A profile that opens with `PASSPHRASE`."""
    with quick_keys():
        workspace.create(root, name=name, email=email, passphrase=PASSPHRASE, clock=Clock())


@contextmanager
def opened(root: Path, clock: Callable[[], datetime] | None = None) -> Iterator[Workspace]:
    """The profile in `root`, open."""
    with workspace.opened(root, passphrase=PASSPHRASE, clock=clock or Clock()) as space:
        yield space


def copied(root: Path, to: Path) -> Path:
    """A copy of a closed profile."""
    shutil.copytree(root, to)
    return to


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answered: its exit code, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object on standard output. `Any`: tests compare it with what they expect."""
        held = json.loads(self.out)
        assert isinstance(held, dict)
        return held


class Evalpanel:
    """The command line on one profile: `evalpanel("show", "T-1")` is `evalpanel --profile … show T-1`."""

    def __init__(self, capture: pytest.CaptureFixture[str], root: Path, passphrase_file: Path) -> None:
        self.root = root
        self.passphrase_file = passphrase_file
        self._capture = capture

    def __call__(self, *command: str | Path) -> Answer:
        """Run a command with the global options of this profile before it."""
        return self.bare("--profile", self.root, "--passphrase-file", self.passphrase_file, *command)

    def bare(self, *words: str | Path) -> Answer:
        """Run a command without global options."""
        self._capture.readouterr()
        code = cli.run([str(word) for word in words])
        said = self._capture.readouterr()
        return Answer(code, said.out, said.err)

    def done(self, *command: str | Path) -> Answer:
        """Run a command that must succeed, and say nothing on standard error."""
        answer = self(*command)
        assert (answer.code, answer.err) == (0, ""), answer
        return answer

    def asked(self, *command: str | Path) -> Any:
        """The JSON that a command answers; it must succeed."""
        return self.done(*command, "--json").json

    def refused(self, *command: str | Path) -> str:
        """The one line on standard error of a command that must be refused."""
        answer = self(*command)
        assert answer.code == 1, answer
        lines = answer.err.splitlines()
        assert len(lines) == 1, answer
        return lines[0]


def tamper(space: Workspace, statement: str) -> None:
    """What somebody with the key and another program could do: the triggers are gone first."""
    with space.store.writing() as tx:
        connection = tx.connection()
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        assert connection.exec_driver_sql(statement).rowcount > 0, statement
