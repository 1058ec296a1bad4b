"""A profile with a small tender in it, for tests of what is kept: its store, its documents, its trail."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import make
import profiles
from evalpanel.domain import trail
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.services import packs, scoring, setup
from evalpanel.services.workspace import Workspace
from evalpanel.store import migrate, queries
from evalpanel.store import tables as t
from evalpanel.store.engine import Store

STORE_KEY = bytes(range(32))
REFERENCE = "TEST-2026-001"
RATIONALE = "Names a worker for each young carer and says who steps in when she is away."
CONTENT = "Harbour will meet each young carer within ten days."
TESTS = Path(__file__).parent


@cache
def _new_store() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        made = Store(path, STORE_KEY)
        migrate.upgrade(made, path.parent / "backups", profiles.START)
        made.close()
        return path.read_bytes()


def new_store(path: Path) -> Path:
    """A closed, empty store with all tables under `STORE_KEY`; the tables are made once."""
    path.write_bytes(_new_store())
    return path


def pack_folder(folder: Path) -> Path:
    """The pack of `make.pack()` with a document of each bidder, as a folder."""
    folder.mkdir()
    make.workbook(path=folder)
    for bidder in ("B01", "B02", "B03"):
        place = folder / "bids" / bidder
        place.mkdir(parents=True)
        (place / "1.1 response.txt").write_text(f"{bidder}: {CONTENT}", encoding="utf-8")
    return folder


def loaded(root: Path, pack: Path) -> Path:
    """A closed profile in `root` with the small tender, frozen, and one score with a rationale."""
    profiles.make_profile(root)
    with profiles.opened(root) as space:
        packs.load(space, pack)
        setup.freeze(space, REFERENCE)
        save(space, 3)
    return root


def score(value: int, rationale: str = RATIONALE) -> Score:
    """An answer of PM1 on B01, 1.1."""
    line = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.1"))
    return Score(line, ScoreStatus.SCORED, Decimal(value), rationale, "Say who covers holidays.", "")


def save(space: Workspace, value: int, rationale: str = RATIONALE) -> None:
    """PM1 saves an answer."""
    scoring.save_score(space, REFERENCE, person="PM1", score=score(value, rationale))


def values(space: Workspace) -> list[str]:
    """The values of every version of every score that is kept, oldest first."""
    with space.store.reading() as tx:
        return [str(row.value_) for row in tx.query(t.ScoreRow).order_by(t.ScoreRow.id)]


def faults(space: Workspace) -> tuple[str, ...]:
    """What is wrong with the trails of all tenders in the profile."""
    with space.store.reading() as tx:
        chains = [row.tender_id for row in tx.query(t.TenderRow)]
        return tuple(fault for chain in chains for fault in trail.faults(queries.trail(tx, chain)))


def names(folder: Path) -> list[str]:
    """The names of everything under a folder, without what the program writes about itself."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@contextmanager
def child(
    program: str, *arguments: str | Path, errors: int | None = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    """Another Python process that runs `program`, with the modules of the tests; killed at the end of the block."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", program, *map(str, arguments)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, env=environment) as other:
        try:
            yield other
        finally:
            other.kill()


_NURSERY = """
import os, sys, traceback
import kept
for line in sys.stdin:
    program, *arguments = eval(line)
    one = os.fork()
    if one == 0:
        sys.argv = ["-c", *arguments]
        try:
            exec(compile(program, "killed", "exec"), {"__name__": "__main__"})
        except BaseException:
            traceback.print_exc()
        os._exit(3)
    print(os.waitstatus_to_exitcode(os.waitpid(one, 0)[1]), flush=True)
"""


class Killing:
    """Runs programs that kill themselves, each in a process of its own that has everything imported already."""

    def __init__(self, nursery: subprocess.Popen[bytes]) -> None:
        self._nursery = nursery

    def __call__(self, program: str, *arguments: str | Path) -> None:
        """Run `program` until it kills itself. Fails when it ends in another way."""
        assert self._nursery.stdin is not None and self._nursery.stdout is not None
        self._nursery.stdin.write(f"{[program, *map(str, arguments)]!r}\n".encode())
        self._nursery.stdin.flush()
        assert self._nursery.stdout.readline().strip() == b"-9", "it was not killed: see what it wrote"


@contextmanager
def killing() -> Iterator[Killing]:
    """Somebody who starts programs and sees them killed."""
    if not hasattr(os, "fork"):
        pytest.skip("this system starts no process as a copy of another")
    with child(_NURSERY, errors=None) as nursery:
        yield Killing(nursery)
