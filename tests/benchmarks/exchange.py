"""How long work takes that travels between laptops, beside the libraries and the copying alone on the same bytes.

`EVALPANEL_BENCH_MB` says how large the pack is: 100 MB if it says nothing; 1000 is the size that is promised.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

from benchmarks.loading import pack_folder
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, BidderCode, CriterionCode, LotCode, PersonCode, TenderId
from evalpanel.formats.parcel_sheets import SheetPart, read_sheet_part, write_sheet_part
from evalpanel.sealing import envelopes
from evalpanel.services import declarations, documents, inviting, issuing, packs, receiving, setup
from evalpanel.services import envelopes as opening
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, laptops
from profiles import Clock
from stages import REFERENCE, load

REPEATS = 3
_WORDS = "Names a worker for each young carer, and says who steps in when she is away (page 12). " * 3


def took(do: Callable[[], object]) -> float:
    """The seconds that something takes."""
    start = time.perf_counter()
    do()
    return time.perf_counter() - start


def measure() -> Iterator[tuple[str, float, str]]:
    """What is measured, in the order in which it is told."""
    megabytes = int(os.environ.get("EVALPANEL_BENCH_MB", "100"))
    with TemporaryDirectory() as folder:
        yield from _issuing(Path(folder), megabytes)
    for size in (1, 20):
        with TemporaryDirectory() as folder:
            yield from _opening(Path(folder), size)
    yield from _sheet()


def _issuing(folder: Path, megabytes: int) -> Iterator[tuple[str, float, str]]:
    source = pack_folder(folder / "pack", megabytes)

    def prepare(space: object) -> None:
        packs.load(space, source)  # type: ignore[arg-type]  # a workspace, as laptops() gives it
        setup.freeze(space, REFERENCE)  # type: ignore[arg-type]  # the same

    with laptops(folder, Clock(), prepare) as desk:
        for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1", "PM2"]):
            desk.join(REFERENCE, one.person, one.file)
        made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        again = [took(lambda: issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)) for _ in range(REPEATS)]
        copied = [took(lambda: _copy_and_hash(made.pack, folder / "copy")) for _ in range(REPEATS)]
        compared = [took(lambda: _copy_and_hash(made.pack, folder / "copy", back=True)) for _ in range(REPEATS)]
        size = made.pack.stat().st_size / 1e6
        yield f"issuing a pack of {size:.0f} MB, written and read back", median(again), "s"
        yield "as many times copying and hashing the file", median(again) / median(copied), "x"
        yield "as many times copying it, and reading the copy back to hash it", median(again) / median(compared), "x"
        files = (made.roster, made.pack, made.releases[PersonCode("PM1")])
        yield "receiving it, with roster and keys", took(lambda: _received(desk, files)), "s"


def _received(desk: Laptops, files: tuple[Path, ...]) -> None:
    reports = receiving.receive(desk["PM1"], files)
    assert [one.verdict for one in reports] == ["new"] * 3, reports


def _copy_and_hash(source: Path, target: Path, *, back: bool = False) -> None:
    running = hashlib.sha256()
    with source.open("rb") as reader, target.open("wb") as writer:
        while block := reader.read(1 << 20):
            writer.write(block)
            if not back:
                running.update(block)
        writer.flush()
        os.fsync(writer.fileno())
    if back:
        with target.open("rb") as reader:
            hashlib.file_digest(reader, "sha256")


def _opening(folder: Path, megabytes: int) -> Iterator[tuple[str, float, str]]:
    """A document from its envelope: opened and compared as a reader gets it, beside pyrage alone on the same bytes; and what comes
    besides (whether the person may, and the line on the record), as everything but that."""
    import pyrage
    from pyrage import x25519

    content = os.urandom(megabytes << 20)
    with laptops(folder, Clock(), lambda space: load(space, folder / "pack", files={"B01/Q1.bin": content})) as desk:
        space = desk[OFFICER]
        setup.freeze(space, REFERENCE)
        declarations.declare(space, REFERENCE, person="OF1")
        with space.store.reading() as tx:
            row = next(one for one in tx.query(t.DocumentRow) if one.size == len(content))
            held = tx.query(t.EnvelopeRow).filter(t.EnvelopeRow.name == row.envelope).one()
            secret = space.keys.unwrap_for(TenderId(row.tender_id), f"envelope {row.envelope}", held.identity).decode()
            path = space.documents.path(row.sealed)
            one = x25519.Identity.from_str(secret)
            alone = median(took(lambda: pyrage.decrypt(path.read_bytes(), [one])) for _ in range(9))
            opened = median(took(lambda: opening.unsealed(tx, space, row)) for _ in range(9))
        asked = [took(lambda: documents.read(space, REFERENCE, row.path, person="OF1")) for _ in range(9)]
        yield f"a document of {megabytes} MB: pyrage alone, from its file", 1000 * alone, "ms"
        yield f"a document of {megabytes} MB: from its envelope, compared with its digest", 1000 * opened, "ms"
        yield "as many times pyrage alone", opened / alone, "x"
        yield "besides: whether the person may, and the line on the record", 1000 * (median(asked) - opened), "ms"


def _sheet() -> Iterator[tuple[str, float, str]]:
    recipient, identity = envelopes.new_envelope()
    parts = [
        SheetPart(
            tuple(
                Score(
                    Line(LotCode("L1"), BidCode(f"B{bid:02}"), CriterionCode(f"{number}")),
                    ScoreStatus.SCORED,
                    Decimal(3),
                    _WORDS,
                    _WORDS,
                    "a note",
                )
                for number in range(12)
            ),
            BidderCode(f"B{bid:02}"),
            (),
            LotCode("L1"),
        )
        for bid in range(20)
    ]

    def there_and_back() -> None:
        sealed = [envelopes.seal_bytes(write_sheet_part(part), recipient) for part in parts]
        assert [read_sheet_part(envelopes.open_bytes(one, identity)) for one in sealed] == parts

    yield (
        "a sheet of 240 answers on 20 bids, sealed and opened",
        1000 * median(took(there_and_back) for _ in range(9)),
        "ms",
    )


if __name__ == "__main__":
    for what, number, unit in measure():
        print(f"{what:<80} {number:>10.2f} {unit}")
