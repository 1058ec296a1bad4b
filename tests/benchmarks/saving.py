"""How long a score takes to be saved durably with its line in the trail, beside a bare SQLCipher commit of the same row."""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # run as a script, the tests' own modules lie beside it

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import insert, select, text

import make
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import Bid, BidCode, Bidder, BidderCode, CriterionCode, PersonCode
from evalpanel.services import audit, packs, scoring, setup, workspace
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.store.engine import Store
from kept import REFERENCE
from profiles import START

SAVES = 200
BIDS, SECTIONS, LEAVES, PEOPLE = 200, 10, 6, 12
_RATIONALE = "Names a worker for each young carer, and says who steps in when she is away. " * 4


def large_pack() -> TenderPack:
    """200 bids on 60 criteria, scored by 12 people."""
    criteria = []
    for section in range(1, SECTIONS + 1):
        criteria.append(make.section(str(section), 10))
        shares = [17, 17, 17, 17, 16, 16]
        criteria += [
            make.criterion(f"{section}.{leaf}", str(section), shares[leaf - 1]) for leaf in range(1, LEAVES + 1)
        ]
    codes = [f"B{number:03}" for number in range(1, BIDS + 1)]
    bidders = tuple(Bidder(BidderCode(code), f"Bidder {code}", email="bids@bidder.example") for code in codes)
    panel = (
        *(one for one in make.panel() if one.person != "PM2"),
        *(
            replace(make.panel()[2], person=PersonCode(f"PM{number}"), name=f"Member {number}")
            for number in range(2, PEOPLE)
        ),
    )
    return make.pack(
        criteria=tuple(criteria),
        outcomes=(),
        bidders=bidders,
        members=(),
        bids=tuple(Bid(BidCode(code), BidderCode(code), make.LOT, received=make.bids()[0].received) for code in codes),
        prices=(),
        panel=panel,
    )


def scorers(panel: tuple[PanelMember, ...]) -> list[PersonCode]:
    """Who scores."""
    return [one.person for one in panel if one.has(Role.PANEL_MEMBER)]


@contextmanager
def opened(pack: TenderPack, folder: Path) -> Iterator[tuple[Workspace, list[Line], PersonCode]]:
    """A tender whose every line is scored already by everybody: the space, the lines, and who saves."""
    make.workbook(pack, folder / "tender.xlsx")
    with workspace.throw_away(folder / "profile", name="Ola Fenn", email="ola@northmoor.example") as space:
        packs.load(space, folder / "tender.xlsx")
        setup.freeze(space, REFERENCE)
        leaves = [one.criterion for one in pack.criteria if one.weighting is not None and one.parent is not None]
        lines = [Line(make.LOT, bid.bid, CriterionCode(leaf)) for bid in pack.bids for leaf in leaves]
        with space.store.writing() as tx:
            tender = tx.execute(select(t.TenderRow.tender_id)).scalar_one()
            for person in scorers(pack.panel):
                act = audit.record(tx, space, "scores-imported", tender=tender, person=person, detail={})
                tx.execute(insert(t.ScoreRow), [_row(tender, person, line, act) for line in lines])
        yield space, lines, scorers(pack.panel)[0]


def _row(tender: str, person: str, line: Line, act: int) -> dict[str, Any]:
    return {
        "tender_id": tender,
        "person": person,
        "lot": line.lot,
        "bid": line.bid,
        "criterion": line.criterion,
        "revision": 1,
        "status": ScoreStatus.SCORED,
        "value_": Decimal(2),
        "rationale": _RATIONALE,
        "improvements": "",
        "working_note": "",
        "at": START,
        "act": act,
    }


def _median(work: Callable[[int], object]) -> float:
    taken = []
    for number in range(SAVES):
        began = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1000


def bare(store: Path, folder: Path) -> Callable[[int], None]:
    """A commit of one row of scores, and nothing else, into a database with the same settings."""
    key = bytes(32).hex()
    made = Store(folder / "bare.db", bytes(32))
    made.close()
    driver = sqlcipher.connect(str(folder / "bare.db"), isolation_level=None)
    driver.execute(f"PRAGMA key = \"x'{key}'\"")
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        driver.execute(f"PRAGMA {pragma}")
    columns = "tender_id, person, lot, bid, criterion, revision, status, value, rationale, improvements, working_note, at, act"
    driver.execute(
        f"CREATE TABLE score (id INTEGER PRIMARY KEY, {columns}, UNIQUE (person, lot, bid, criterion, revision))"
    )

    def save(number: int) -> None:
        row = ("T", "PM1", "L1", f"B{number}", "1.1", 1, "scored", "2", _RATIONALE, "", "", "2026-10-01", number)
        driver.execute("BEGIN IMMEDIATE")
        driver.execute(f"INSERT INTO score ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
        driver.execute("COMMIT")

    return save


def measure() -> list[tuple[str, float, str]]:
    """What was measured: name, number, unit. Saves and bare commits are measured in turn, in one run."""
    rows: list[tuple[str, float, str]] = []
    small = make.pack()
    for pack, about in (
        (small, "a small tender"),
        (large_pack(), f"{BIDS} bids × {SECTIONS * LEAVES} criteria × {PEOPLE} people"),
    ):
        with TemporaryDirectory() as name, opened(pack, Path(name)) as (space, lines, person):
            commit = bare(space.folders.store, Path(name))
            reference, wheel = REFERENCE, itertools.cycle(lines)

            def save(number: int) -> None:
                score = Score(next(wheel), ScoreStatus.SCORED, Decimal(1 + number % 3), f"{_RATIONALE}{number}", "", "")  # noqa: B023  # called in this turn of the loop only
                scoring.save_score(space, reference, person=person, score=score)  # noqa: B023  # the same

            for number in range(20):
                save(1000 + number)
                commit(1000 + number)
            with space.store.reading() as tx:
                held = tx.execute(text("SELECT count(*) FROM score")).scalar_one()
            saved, least = _median(save), _median(commit)
            rows += [
                (f"a score saved with its audit line, {about}, {held:,} scores held", saved, "ms"),
                ("a bare SQLCipher commit of the same row", least, "ms"),
                ("over it (at most 5 is wanted)", saved - least, "ms"),
            ]
    return rows


if __name__ == "__main__":
    for what, number, unit in measure():
        print(f"{what}: {number:.2f} {unit}")
