"""The commands for notices: what one says, the draft of it, and that it cannot be loaded as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl

from formats.ocds_examples import SPECIMENS, a_release, award, price, quality
from profiles import Evalpanel

At = Callable[[str], Evalpanel]
CONTRACT = SPECIMENS / "fictional" / "ocds-213czf-000-00001-05-contract.json"


def a_notice(folder: Path, **tender: object) -> Path:
    """A release of which nothing is odd, in a file."""
    tender = {"awardCriteria": award(quality("Reach", "45"), quality("Voice", "15"), price("40")), **tender}
    path = folder / "notice.json"
    path.write_text(json.dumps(a_release(**tender)), encoding="utf-8")
    return path


def test_checking_a_notice_says_what_was_understood_and_what_is_asked_for(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    path = a_notice(tmp_path)

    said = evalpanel.done("check", path).out.splitlines()

    assert said[:11] == [
        "notice.json: OCDS release, 1 process.",
        "Process ocds-made-1: DN-2026-17 Short breaks",
        "  authority: Moorland Council",
        "  law: not said; procedure: Open procedure; last date: 2026-09-18 11:00 UTC",
        "  quality and price: quality 60 %, price 40 %",
        "  0 bidders, 0 bids, 0 documents named (none is fetched)",
        "  lot L1: Short breaks",
        "    1  Reach  45 %",
        "    2  Voice  15 %",
        "    in all they add up to 60 %",
        "  needed: Tender!B5: OCDS does not say which of the regimes a tender runs under. Choose from the list.",
    ]
    assert said[-1] == "It cannot be loaded as it is. Next: evalpanel draft notice.json tender.xlsx"
    assert evalpanel.asked("tenders") == {"tenders": []}


def test_checking_a_notice_answers_the_fixed_fields(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")

    answer = evalpanel.asked("check", a_notice(tmp_path))

    (process,) = answer["notice"].pop("processes")
    assert answer == {
        "can_load": False,
        "can_draft": True,
        "lots": 1,
        "criteria": 2,
        "bids": 0,
        "documents": [],
        "problems": answer["problems"],
        "notice": {"kind": "release", "version": ""},
    }
    asks = process.pop("asks")
    assert {"where": "Tender!B5", "needed": True}.items() <= asks[0].items()
    assert process == {
        "ocid": "ocds-made-1",
        "can_draft": True,
        "reference": "DN-2026-17",
        "title": "Short breaks",
        "authority": "Moorland Council",
        "procedure": "Open procedure",
        "deadline": "2026-09-18T11:00:00Z",
        "quality_weighting": "60",
        "price_weighting": "40",
        "lots": [{"lot": "L1", "title": "Short breaks", "sums": [{"of": None, "total": "60"}]}],
        "criteria": [
            {"criterion": "1", "title": "Reach", "kind": "quality", "weighting": "45"},
            {"criterion": "2", "title": "Voice", "kind": "quality", "weighting": "15"},
        ],
        "bidders": [],
        "bids": [],
        "documents": [],
    }


def test_a_notice_that_cannot_be_used_says_why(at: At) -> None:
    evalpanel = at("empty")

    said = evalpanel.done("check", CONTRACT).out.splitlines()
    answer = evalpanel.asked("check", CONTRACT)

    assert said[2].startswith("  problem: /releases/0: has no tender: nothing in it says what was invited.")
    assert said[-1] == "It cannot be loaded, and no workbook can be drafted from it."
    assert (answer["can_draft"], [one["stops"] for one in answer["problems"]]) == (False, [True])
    assert evalpanel("draft", CONTRACT, "nowhere.xlsx").code == 1


def test_a_draft_is_written_and_the_notice_itself_is_not_loaded(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    path, out = a_notice(tmp_path), tmp_path / "tender.xlsx"

    refused = evalpanel.refused("load", path)
    made = evalpanel.asked("draft", path, out)

    assert refused.startswith("notice.json is an OCDS notice, which does not say everything that a tender needs.")
    assert (made["file"], made["ocid"], made["reference"]) == (str(out), "ocds-made-1", "DN-2026-17")
    assert openpyxl.load_workbook(out)["Tender"]["B2"].value == "DN-2026-17"
    assert {one["where"] for one in evalpanel.asked("check", out)["problems"] if one["stops"]} <= {
        one["where"] for one in made["asks"] if one["needed"]
    }
