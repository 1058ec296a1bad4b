"""Loading a tender and bids: all of it or nothing, and nothing that hides."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

import make
from evalpanel.domain.intake import ProblemsFound, TenderPack
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, Bidder, BidderCode, BidStatus, Lot, LotCode
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import documents, packs, scoring, setup, sign_off
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.store.tables import Base
from stages import BIDS, REFERENCE, answers, bring, load, write_pack

At = Callable[[str], Workspace]
NOTHING: dict[str, bytes] = {}


class StopsAt(Progress):
    """A person who cancels at a certain step."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.left = step

    def step(self, done: int, total: int, what: str = "") -> None:
        if self.left == 0:
            self.cancel()
        self.left -= 1
        super().step(done, total, what)


def kept(space: Workspace) -> dict[str, int]:
    """How many rows every table has, and how many files lie in the profile's folders."""
    with space.store.reading() as tx:
        rows = {
            table.name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }
    folders = (space.folders.documents, space.folders.keys, space.folders.staging)
    return {**rows, **{folder.name: len(list(folder.iterdir())) for folder in folders}}


def acts(space: Workspace) -> list[str]:
    """The acts of every trail, in order."""
    with space.store.reading() as tx:
        return list(tx.execute(select(t.AuditRow.act).order_by(t.AuditRow.id)).scalars())


def bids_alone(**changes: object) -> TenderPack:
    """A workbook that brings only bidders, bids and prices."""
    pack = make.pack(**changes)
    return replace(pack, tender=None, authorities=(), lots=(), outcomes=(), criteria=(), scales=(), panel=())


def test_loading_leaves_a_draft_and_one_line_and_the_paper_declarations(at: At, tmp_path: Path) -> None:
    space = at("empty")

    loaded = packs.load(space, write_pack(tmp_path / "pack"))

    assert (loaded.summary.stage, loaded.summary.bids, loaded.summary.documents) == (TenderStage.DRAFT, 3, 5)
    assert acts(space) == ["tender-loaded", "interests-declared", "interests-declared"]
    assert kept(space)["keys"] == 1


@pytest.mark.parametrize("step", range(8))
def test_cancelling_a_load_at_any_step_leaves_nothing(at: At, tmp_path: Path, step: int) -> None:
    space = at("empty")
    before = kept(space)

    with pytest.raises(Cancelled):
        packs.load(space, write_pack(tmp_path / "pack"), progress=StopsAt(step))

    assert kept(space) == before


def test_a_store_that_refuses_the_last_row_leaves_nothing(at: At, tmp_path: Path) -> None:
    space = at("empty")
    before = kept(space)
    with space.store.writing() as tx:
        tx.connection().exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON declaration BEGIN SELECT RAISE(ABORT, 'no'); END"
        )

    with pytest.raises(IntegrityError):
        packs.load(space, write_pack(tmp_path / "pack"))

    assert kept(space) == before


def test_a_file_that_cannot_be_read_half_way_leaves_nothing(at: At, tmp_path: Path) -> None:
    space = at("empty")
    before = kept(space)
    whole = tmp_path / "pack.zip"
    folder = write_pack(tmp_path / "pack")
    with zipfile.ZipFile(whole, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    data = whole.read_bytes()
    place = data.index(b"How Tallis reaches")
    whole.write_bytes(data[:place] + b"Why" + data[place + 3 :])

    with pytest.raises(EvalPanelError):
        packs.load(space, whole)

    assert kept(space) == before


@pytest.mark.parametrize("name", ["/etc/passwd", "../outside.txt", "bids/B01/../../x.txt", "C:x.txt", "bids/B01/CON"])
def test_a_hostile_name_in_a_zip_keeps_it_out(at: At, tmp_path: Path, name: str) -> None:
    space = at("empty")
    before = kept(space)
    with zipfile.ZipFile(tmp_path / "pack.zip", "w") as archive:
        archive.writestr("tender.xlsx", make.workbook())
        archive.writestr(name, "words")

    with pytest.raises(ProblemsFound) as refused:
        packs.load(space, tmp_path / "pack.zip")

    assert refused.value.title == "pack.zip was not loaded: 1 problem."
    assert kept(space) == before


def test_a_reference_that_is_held_is_refused_whatever_its_capitals(at: At, tmp_path: Path) -> None:
    space = at("loaded")
    before = kept(space)
    other = make.pack(tender=replace(make.tender(), reference=REFERENCE.lower()))

    with pytest.raises(EvalPanelError, match=r"^The tender test-2026-001 is in this profile already\."):
        load(space, tmp_path / "pack", other)

    assert kept(space) == before


def test_a_document_that_is_called_like_a_price_schedule_is_kept_beside_it(at: At, tmp_path: Path) -> None:
    space = at("empty")
    folder = write_pack(tmp_path / "pack")
    (folder / "prices" / "B01").mkdir(parents=True)
    (folder / "prices" / "B01" / "L1").write_bytes(b"words")

    packs.load(space, folder)

    assert [one.path for one in documents.listing(space, REFERENCE) if one.path.startswith("prices")] == [
        "prices/B01/L1"
    ]


def test_bids_are_refused_before_the_freeze(at: At, tmp_path: Path) -> None:
    space = at("loaded")
    before = kept(space)

    with pytest.raises(EvalPanelError, match="the criteria must be frozen before any bid can be read"):
        packs.load_bids(space, REFERENCE, write_pack(tmp_path / "bids"))

    assert kept(space) == before


def test_the_same_bids_again_add_nothing_not_even_a_line(at: At, tmp_path: Path) -> None:
    space = at("frozen")
    before = kept(space)

    again = packs.load_bids(space, REFERENCE, write_pack(tmp_path / "bids"))

    assert kept(space) == before
    assert [str(note) for note in again.notes if "nothing changed" in str(note)] == [
        "Specification.txt: is here already, nothing changed",
        *(f"bids/{path}: is here already, nothing changed" for path in sorted(BIDS)),
        *(f"Prices of {code} for lot L1: are here already, nothing changed" for code in ("B01", "B02", "B03")),
    ]


def test_the_same_name_or_price_with_other_content_is_refused(at: At, tmp_path: Path) -> None:
    space = at("frozen")
    before = kept(space)
    other = [replace(line, unit_price=None, quantity=None, amount=line.amount + 1) for line in make.prices()[:1]]

    with pytest.raises(ProblemsFound) as refused:
        packs.load_bids(
            space,
            REFERENCE,
            write_pack(tmp_path / "bids", make.pack(prices=tuple(other)), {"B01/1.1 Reach.txt": b"Other words."}),
        )

    assert [str(problem) for problem in refused.value.problems] == [
        "bids/B01/1.1 Reach.txt: is here already with other content: give the new file another name",
        "Prices of B01 for lot L1: are here already with other content: what came first stays as it is",
    ]
    assert kept(space) == before


def test_criteria_that_differ_from_the_frozen_ones_are_refused(at: At, tmp_path: Path) -> None:
    space = at("frozen")
    changed = make.pack(criteria=(*make.criteria()[:-1], make.criterion("2.1", "2", 100, title="Another word")))

    with pytest.raises(ProblemsFound) as refused:
        packs.load_bids(space, REFERENCE, write_pack(tmp_path / "bids", changed))

    assert [problem.where for problem in refused.value.problems] == ["Criteria"]


def test_a_late_bid_comes_onto_the_record_and_is_read_by_the_officer_only(at: At, tmp_path: Path) -> None:
    space = at("declared")
    late = Bidder(BidderCode("B04"), "Latecomer CIC", email="late@late.example")
    bid = replace(
        make.bids()[0],
        bid=BidCode("B04"),
        bidder=late.bidder,
        received=datetime(2026, 9, 18, 11, 20, tzinfo=UTC),
        status=BidStatus.LATE,
        reason="Received 20 minutes late.",
        decided_by="OF1",
    )
    more = bids_alone(bidders=(late,), bids=(bid,), members=(), prices=())
    folder = write_pack(tmp_path / "bids", more, {"B04/1.1 Reach.txt": b"Late words."})

    loaded = packs.load_bids(space, REFERENCE, folder)

    assert loaded.summary.bids == 4
    assert [str(note) for note in loaded.notes] == [
        "Bidders: CH1, OF1, PM1, PM2 declared before Latecomer CIC was known: ask them to declare again"
    ]
    assert {line.bid for line in scoring.desk(space, REFERENCE, "PM1").owed} == {"B01", "B02", "B03"}
    with pytest.raises(EvalPanelError, match=r"^Bid B04 is late and is not assessed\."):
        documents.read(space, REFERENCE, "bids/B04/1.1 Reach.txt", person="PM1")
    assert documents.read(space, REFERENCE, "bids/B04/1.1 Reach.txt", person="OF1") == b"Late words."


def test_a_bid_that_comes_after_a_sign_off_is_refused(at: At, tmp_path: Path) -> None:
    space = at("empty")
    bidders, bids = make.bidders(), make.bids()
    load(space, tmp_path / "pack", make.pack(bidders=bidders[:2], bids=bids[:2], members=(), prices=()), NOTHING)
    bring(space, "declared")
    desk = scoring.desk(space, REFERENCE, "PM1")
    scoring.take_scores(space, REFERENCE, person="PM1", rows=answers(desk))
    sign_off.sign_off(space, REFERENCE, person="PM1")
    more = bids_alone(bidders=bidders[2:], bids=bids[2:], members=(), prices=())

    with pytest.raises(ProblemsFound) as refused:
        packs.load_bids(space, REFERENCE, write_pack(tmp_path / "bids", more, NOTHING))

    assert [str(problem) for problem in refused.value.problems] == [
        "Bids: PM1 signed off already: bid B03 would not be scored by them"
    ]


def test_a_folder_that_brings_no_bid_is_refused(at: At, tmp_path: Path) -> None:
    space = at("frozen")
    (tmp_path / "bids").mkdir()

    with pytest.raises(EvalPanelError, match=r"^bids brings no bid\."):
        packs.load_bids(space, REFERENCE, tmp_path / "bids")


@pytest.mark.parametrize("step", range(4))
def test_cancelling_a_load_of_bids_leaves_the_tender_as_it_was(at: At, tmp_path: Path, step: int) -> None:
    space = at("frozen")
    before = kept(space)
    folder = write_pack(tmp_path / "bids", files={"B01/More.txt": b"More words.", "B02/More.txt": b"More still."})

    with pytest.raises(Cancelled):
        packs.load_bids(space, REFERENCE, folder, progress=StopsAt(step))

    assert kept(space) == before


def test_a_tender_without_a_sheet_of_lots_has_one_lot(at: At, tmp_path: Path) -> None:
    space = at("empty")
    pack = make.pack(lots=(), bids=(), bidders=(), members=(), prices=())

    loaded = packs.load(space, write_pack(tmp_path / "pack", pack, NOTHING))

    assert len(loaded.summary.lots) == 1


def test_a_tender_without_an_officer_is_frozen_by_the_owner_of_the_profile(at: At, tmp_path: Path) -> None:
    space = at("empty")
    packs.load(space, write_pack(tmp_path / "pack", make.pack(panel=make.panel()[1:]), NOTHING))

    setup.freeze(space, REFERENCE)

    with space.store.reading() as tx:
        assert tx.execute(select(t.FreezeRow.person)).scalar_one() == "OFFICER"


def test_a_lot_without_bids_is_kept(at: At, tmp_path: Path) -> None:
    space = at("empty")
    lots = (*make.pack().lots, Lot(LotCode("L2"), "Nobody's"))

    loaded = packs.load(space, write_pack(tmp_path / "pack", make.pack(lots=lots), NOTHING))

    assert [lot.lot for lot in loaded.summary.lots] == ["L1", "L2"]
