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
from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, Bidder, BidderCode, BidStatus, Lot, LotCode
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import documents, packs, reading, scoring, setup, sign_off
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.store.tables import Base
from specimens.bags.raw_bag import bag, serialised
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


# Looking before anything is kept ------------------------------------------------------------------------------------


class Counting(Progress):
    """Somebody who watches, and remembers how far the work was."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, int]] = []

    def step(self, done: int, total: int, what: str = "") -> None:
        self.seen.append((done, total))
        super().step(done, total, what)


KINDS = ("folder", "zip", "tar", "tar.gz")


def a_bag(folder: Path, kind: str, files: dict[str, bytes] = BIDS) -> Path:
    """The pack as a bag, in one of the forms in which packs come."""
    payload = {"tender.xlsx": make.workbook(), **{f"bids/{path}": data for path, data in files.items()}}
    return serialised(folder / "bag", kind, bag(payload))


@pytest.mark.parametrize("kind", KINDS)
def test_understanding_tells_how_far_it_is_and_can_be_cancelled_at_every_step(
    at: At, tmp_path: Path, kind: str
) -> None:
    space = at("empty")
    before = kept(space)
    path = a_bag(tmp_path, kind)
    watching = Counting()

    understood = packs.understand(space, path, progress=watching)

    total = sum(len(data) for data in BIDS.values())
    assert (understood.stopping, watching.seen[-1]) == ((), (total, total))
    for step in range(len(watching.seen)):
        with pytest.raises(Cancelled):
            packs.understand(space, path, progress=StopsAt(step))
    assert kept(space) == before


@pytest.mark.parametrize("kind", KINDS)
def test_understanding_finds_what_is_altered_and_loading_refuses_it(at: At, tmp_path: Path, kind: str) -> None:
    space = at("empty")
    before = kept(space)
    payload = {"tender.xlsx": make.workbook(), **{f"bids/{path}": data for path, data in BIDS.items()}}
    altered = bag(payload) | {"data/bids/B02/Pricing.txt": b"what Tallis asks."}
    path = serialised(tmp_path / "bag", kind, altered)
    why = "It was altered or damaged: its SHA-512 digest is not the one in manifest-sha512.txt."

    understood = packs.understand(space, path)

    assert understood.stopping == (Problem("bids/B02/Pricing.txt", f"could not be read. {why}"),)
    with pytest.raises(EvalPanelError, match=r"^“data/bids/B02/Pricing\.txt” could not be read\."):
        packs.load(space, path)
    assert kept(space) == before


def test_a_damaged_zip_is_told_file_by_file_before_anything_is_kept(at: At, tmp_path: Path) -> None:
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tender.xlsx", make.workbook())
        for name, data in BIDS.items():
            archive.writestr(f"bids/{name}", data)
    path.write_bytes(path.read_bytes().replace(b"How Tallis", b"Why Tallis").replace(b"How Moor", b"Why Moor"))

    understood = packs.understand(at("empty"), path)

    assert [(one.where, one.what) for one in understood.stopping] == [
        (f"bids/{name}", "could not be read. It is damaged: its checksum is wrong.")
        for name in ("B02/1.1 Reach.txt", "B03/1.1 Reach.txt")
    ]


def test_reading_ends_after_very_many_files_that_cannot_be_read(at: At, tmp_path: Path) -> None:
    files = {f"B01/{number:03}.txt": b"words" for number in range(200)}
    payload = {"tender.xlsx": make.workbook(), **{f"bids/{path}": data for path, data in files.items()}}
    spoiled = bag(payload) | {f"data/bids/{path}": b"w0rds" for path in files}

    understood = packs.understand(at("empty"), serialised(tmp_path / "bag", "zip", spoiled))

    assert len(understood.stopping) == 101
    assert str(understood.stopping[-1]) == "bag: Reading stopped after 100 files that cannot be read."


# What documents hold ------------------------------------------------------------------------------------------------

_BODY = b"%PDF-1.4\n1 0 obj<</OpenAction<</S/JavaScript/JS(1)>>>>endobj\n"
SCRIPT = _BODY + b"xref\nstartxref\n%d\n%%%%EOF\n" % len(_BODY)
SCRIPT_NOTE = (
    "It holds JavaScript (a program that runs when it is opened or filled in). Its pages are shown without it."
)
EMPTY_NOTE = "The file is empty (0 bytes)."
NOTED = {"B01/1.1 Runs.pdf": SCRIPT, "B02/1.1 Empty.pdf": b"", "B03/1.1 Fine.txt": b"Words."}


def test_what_documents_hold_is_told_by_understanding_and_by_loading_and_kept(at: At, tmp_path: Path) -> None:
    space = at("empty")
    folder = write_pack(tmp_path / "pack", files=NOTED)
    expected = (
        Problem("bids/B01/1.1 Runs.pdf", SCRIPT_NOTE, stops=False),
        Problem("bids/B02/1.1 Empty.pdf", EMPTY_NOTE, stops=False),
    )

    understood = packs.understand(space, folder)
    loaded = packs.load(space, folder)

    assert {one for one in understood.problems if one.where.startswith("bids/")} == set(expected)
    assert {one for one in loaded.notes if one.where.startswith("bids/")} == set(expected)
    assert documents.notes(space, REFERENCE) == expected
    held = {one.path: one.notes for one in documents.listing(space, REFERENCE)}
    assert held["bids/B01/1.1 Runs.pdf"] == (SCRIPT_NOTE,)
    assert held["bids/B03/1.1 Fine.txt"] == ()
    with space.store.reading() as tx:
        detail = tx.execute(select(t.AuditRow.detail).where(t.AuditRow.act == "tender-loaded")).scalar_one()
    assert f"bids/B01/1.1 Runs.pdf: {SCRIPT_NOTE}" in str(detail)


def test_what_later_bids_hold_is_told_once_and_kept(at: At, tmp_path: Path) -> None:
    space = at("frozen")
    folder = write_pack(tmp_path / "bids", files=NOTED)

    first = packs.load_bids(space, REFERENCE, folder)
    again = packs.load_bids(space, REFERENCE, folder)

    note = Problem("bids/B01/1.1 Runs.pdf", SCRIPT_NOTE, stops=False)
    assert (note in first.notes, note in again.notes) == (True, False)
    assert note in documents.notes(space, REFERENCE)


def test_a_note_is_told_to_whoever_reads_the_document(at: At, tmp_path: Path) -> None:
    space = at("empty")
    packs.load(space, write_pack(tmp_path / "pack", files=NOTED))
    bring(space, "declared")

    shown = {path: reading.readable(space, REFERENCE, f"bids/{path}", "PM1").note for path in NOTED}

    assert shown == {"B01/1.1 Runs.pdf": SCRIPT_NOTE, "B02/1.1 Empty.pdf": EMPTY_NOTE, "B03/1.1 Fine.txt": ""}
