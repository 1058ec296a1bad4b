"""A copy of the audit trail as a file that anybody can check: written from the store, and looked at again."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from evalpanel.domain.bid_record import chain_faults, copied
from evalpanel.errors import EvalPanelError
from evalpanel.formats.challenge_file import MOST_BYTES, chain_of, read_trail, write_trail
from evalpanel.services import tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.system.files import read_whole, write_atomic

_WITHHELD = "it was left out of this copy"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class TrailWritten:
    """A copy of a trail: the file, how many acts, and the hash of the last."""

    file: Path
    acts: int
    head: str


@dataclass(frozen=True, slots=True)
class TrailProof:
    """What was found of a copy: its chain, what holds, and what is wrong or cannot be known, a sentence each."""

    altered: bool
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    head: str


def export(workspace: Workspace, named: str, out: Path, *, details: bool = True) -> TrailWritten:
    """Write the trail of a tender to `out`, a line for each act. Without `details` nobody reads what the acts were about, and
    the chain can be checked all the same. Changes nothing."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        lines = queries.trail(tx, tender.tender_id)
    data = write_trail(copied(one, "" if details else _WITHHELD) for one in lines)
    write_atomic(out, data)
    return TrailWritten(out, len(lines), lines[-1].hash)


def looks_like_one(data: bytes) -> bool:
    """Whether a file begins as a copy of a trail does."""
    return data.startswith(b"{")


def prove(path: Path) -> TrailProof:
    """Whether the copy in a file holds together."""
    try:
        lines = read_trail(read_whole(path, MOST_BYTES))
        chain = chain_of(lines)
    except EvalPanelError as error:
        return TrailProof(True, (), (str(error),), "")
    wrong = tuple(islice(chain_faults(lines, chain), _SHOWN))
    if wrong:
        return TrailProof(True, (), wrong, "")
    head = lines[-1].hash
    missing = [
        "that the trail was not rewritten as a whole, or cut off at its end: compare its head with one that somebody else holds"
    ]
    left_out = sum(1 for one in lines if one.detail is None)
    if left_out:
        missing.append(f"what {left_out} of the {len(lines)} acts were in detail: that was left out")
    headless = sum(1 for one in lines if one.header is None)
    if headless:
        missing.append(f"that {headless} acts without their header follow from the act before")
    proved = (f"the {len(lines)} acts of the chain {chain} hold together, from the first to {head}",)
    return TrailProof(False, proved, tuple(missing), head)
