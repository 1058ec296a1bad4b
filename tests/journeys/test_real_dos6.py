"""A real bid pack (Digital Outcomes and Specialists 6, a call-off further competition), from its files to letters.

Nothing of it is copied into the project: it is read where it lies, and the test skips where it is absent.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import make
from evalpanel.domain.criteria import Criterion
from evalpanel.domain.tender import (
    BidderCode,
    BidStatus,
    PriceKind,
    PriceLine,
    RegimeCode,
    SectionWeightings,
)
from evalpanel.services import documents, outcome
from judges import judge
from profiles import Evalpanel, opened
from stages import REFERENCE, bring

PACK = Path(__file__).parents[3] / "shared" / "data" / "ccs-dos6"
BIDDERS = {"B01": "Harbour Young Carers", "B02": "Tallis Care Ltd", "B03": "B03 - Moorland Together"}

pytestmark = [
    pytest.mark.real_input,
    pytest.mark.skipif(not PACK.is_dir(), reason="the real bid pack is not on this machine"),
]


def weightings() -> dict[str, Decimal]:
    """The weightings that the pack itself publishes as its example, read from the page."""
    (page,) = PACK.glob("*Attachment 1*.pdf")
    text = subprocess.run(
        [judge("pdftotext"), "-layout", page, "-"], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout
    flat = " ".join(text.split())
    found = re.search(
        r"(\d+) % - Technical competence \(split: (\d+)% Essential skills and experience; (\d+)% Nice-to-have skills and "
        r"experience; and (\d+)% Technical questions\) Cultural fit \W*(\d+)% - Cultural fit Social value "
        r"\W*(\d+) % - Social value Price \W*(\d+) % - Price",
        flat,
    )
    assert found is not None
    names = ("technical", "essential", "nice", "questions", "culture", "social", "price")
    return dict(zip(names, map(Decimal, found.groups()), strict=True))


def criteria(published: dict[str, Decimal]) -> tuple[Criterion, ...]:
    """The published tree, with sections as percentages of the whole."""

    def leaf(code: str, parent: str, weighting: Decimal, title: str) -> Criterion:
        return replace(make.criterion(code, parent, 0), weighting=weighting, title=title)

    def top(code: str, name: str, title: str) -> Criterion:
        return replace(make.section(code, 0), weighting=published[name], title=title)

    return (
        top("1", "technical", "Technical competence"),
        leaf("1.1", "1", published["essential"], "Essential skills and experience"),
        leaf("1.2", "1", published["nice"], "Nice-to-have skills and experience"),
        leaf("1.3", "1", published["questions"], "Technical questions"),
        top("2", "culture", "Cultural fit"),
        leaf("2.1", "2", Decimal(100), "Cultural fit questions"),
        top("3", "social", "Social value"),
        leaf("3.1", "3", Decimal(100), "Social value questions"),
    )


def laid_out(folder: Path) -> Path:
    """The pack as a portal exports it: the buyer's attachments, and a folder a bidder with its response forms."""
    published = weightings()
    tender = replace(
        make.tender(),
        regime=RegimeCode.PA2023,
        quality_weighting=100 - published["price"],
        price_weighting=published["price"],
        section_weightings=SectionWeightings.OF_TOTAL,
    )
    bidders = tuple(
        replace(
            bidder, address=bidder.address or "2 Dock Road, Northmoor", scheme="GB-COH", identifier=f"0001234{place}"
        )
        for place, bidder in enumerate(make.bidders())
    )
    prices = tuple(
        PriceLine(BidderCode(code), make.LOT, PriceKind.PRICE, "Whole service", Decimal(amount))
        for code, amount in (("B01", 104_000), ("B02", 100_000), ("B03", 130_000))
    )
    late = replace(make.bids()[2], status=BidStatus.LATE, reason="Received after the deadline.", decided_by="OF1")
    late = replace(late, received=datetime(2026, 9, 18, 11, 20, tzinfo=UTC))
    pack = make.pack(
        tender=tender,
        outcomes=(),
        criteria=criteria(published),
        bidders=bidders,
        bids=(*make.bids()[:2], late),
        prices=prices,
    )
    folder.mkdir()
    make.workbook(pack, folder)
    (folder / "documents").mkdir()
    for file in PACK.iterdir():
        if "Attachment 1" in file.name or "Attachment 2" in file.name:
            shutil.copy(file, folder / "documents")
            continue
        for name in BIDDERS.values():
            place = folder / "bids" / name
            place.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, place)
    return folder


def zipped(folder: Path, target: Path) -> Path:
    """The folder as one zip, under a folder of its own as portals do."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, (Path("Export 1") / path.relative_to(folder)).as_posix())
    return target


def test_the_real_pack_goes_from_a_portals_folders_to_letters(evalpanel: Evalpanel, tmp_path: Path) -> None:
    evalpanel.done("new-profile", "--name", "Ola Fenn", "--email", "ola.fenn@northmoor.example")
    folder = laid_out(tmp_path / "pack")
    seen = [evalpanel.asked("check", path) for path in (folder, zipped(folder, tmp_path / "pack.zip"))]
    assert (seen[0]["can_load"], seen[0]["documents"]) == (True, seen[1]["documents"])

    loaded = evalpanel.asked("load", tmp_path / "pack.zip")
    assert (loaded["bids"], loaded["documents"], loaded["criteria"]) == (3, 16, 8)
    whose = {(one["bidder"], one["envelope"]) for one in evalpanel.asked("documents", REFERENCE)["documents"]}
    # The forms are called “… L1 …”, so they are of lot L1. The form that holds the pricing schedule stays sealed with the price; what it says of quality is the officer's to map.
    assert whose == {
        (None, "common"),
        *((code, f"{kind}/{code}/L1") for code in BIDDERS for kind in ("quality", "price")),
    }

    with opened(evalpanel.root) as space:
        bring(space, "priced")
        lot = outcome.outcome(space, REFERENCE).lots[0]
        own = documents.listing(space, REFERENCE)
        assert documents.read(space, REFERENCE, own[0].path, person="OF1") != b""
    # 3 of 4 and 2 of 4 of quality 60; price 40 under F1: 40 × 100,000 ÷ 104,000 = 38.4615….
    assert [(bid.bid, bid.status.value, bid.quality, bid.price, bid.total) for bid in lot.bids] == [
        ("B01", "ranked", Decimal("45.00"), Decimal("38.46"), Decimal("83.46")),
        ("B02", "ranked", Decimal("30.00"), Decimal("40.00"), Decimal("70.00")),
        ("B03", "late", None, None, None),
    ]

    day = datetime.now(UTC).astimezone(ZoneInfo("Europe/London")).date().isoformat()
    evalpanel.done(
        *("decide", REFERENCE, "--bid", "B01", "--by", "Director", "--delegation", "Scheme 4.2"),
        *("--why", "As ranked.", "--on", day),
    )
    report = evalpanel.asked("letters", REFERENCE, "--out", tmp_path / "letters")
    assert [(one["bid"], one["kind"]) for one in report["letters"]] == [
        ("B01", "winner"),
        ("B02", "unsuccessful"),
        ("B03", "late"),
    ]
    assert {evalpanel.asked("verify", one["file"])["verdict"] for one in report["letters"]} == {"verified"}
