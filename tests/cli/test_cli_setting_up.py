"""The officer's commands: a profile, a tender, the freeze, bids and documents."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

import make
from evalpanel import __version__
from evalpanel.domain.tender import BidStatus
from profiles import EMAIL, OWNER, Evalpanel, quick_keys
from stages import REFERENCE, write_pack

At = Callable[[str], Evalpanel]

SHOWN = {"tender", "reference", "title", "stage", "lots", "criteria", "bids", "documents", "panel", "problems"}
"""What `load` and `show` always answer (docs/formats/json.md)."""


def test_version_and_help_are_answered_without_a_profile(at: At) -> None:
    evalpanel = at("empty")

    assert evalpanel.bare("--version").out == f"evalpanel {__version__}\n"
    assert evalpanel.bare("--help").code == 0
    assert evalpanel.bare("scores", "import", "-h").code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("sing",),
        ("load",),
        ("load", "nowhere.zip"),
        ("show",),
        ("show", REFERENCE, "--loud"),
        ("declare", REFERENCE, "--person", "PM2"),
        ("declare", REFERENCE, "--person", "PM2", "--none", "--interest", "B01"),
        ("declare", REFERENCE, "--none"),
        ("scores", "sing"),
        ("letters", REFERENCE),
        ("bids", "status", REFERENCE, "B01", "lost", "--reason", "x", "--decided-by", "y"),
    ],
)
def test_usage_errors_end_with_2_and_say_nothing_on_standard_output(at: At, words: tuple[str, ...]) -> None:
    answer = at("empty")(*words)

    assert (answer.code, answer.out) == (2, "")
    assert answer.err != ""


def test_a_profile_is_made_once_and_opens_with_its_passphrase_only(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    fresh = tmp_path / "fresh"
    words = ("--profile", fresh, "--passphrase-file", evalpanel.passphrase_file)
    named = ("new-profile", "--name", OWNER, "--email", EMAIL)

    with quick_keys():
        made = evalpanel.bare(*words, *named, "--json")
        again = evalpanel.bare(*words, *named)
    other = tmp_path / "other.txt"
    other.write_text("something else", encoding="utf-8")
    stranger = evalpanel.bare("--profile", fresh, "--passphrase-file", other, "tenders")
    unasked = evalpanel.bare("--profile", fresh, "tenders")

    assert (made.code, made.json) == (0, {"profile": str(fresh), "name": OWNER, "email": EMAIL})
    assert (again.code, again.err) == (
        1,
        f"There is already a profile here. {fresh} was not touched. Choose another folder.\n",
    )
    assert (stranger.code, stranger.err.count("\n")) == (1, 1)
    assert stranger.err.startswith("The passphrase is not the one of this profile. Nothing was changed.")
    assert (unasked.code, unasked.err) == (
        1,
        "This profile is opened with a passphrase. Nothing was changed. Give it with --passphrase-file.\n",
    )


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_one_newline_at_the_end_of_a_passphrase_file_is_no_part_of_it(at: At, end: str) -> None:
    evalpanel = at("empty")
    words = evalpanel.passphrase_file.read_text(encoding="utf-8").rstrip("\n")

    evalpanel.passphrase_file.write_bytes(f"{words}{end}".encode())
    assert evalpanel.asked("tenders") == {"tenders": []}

    evalpanel.passphrase_file.write_bytes(f"{words}{end}\n\n".encode())
    assert evalpanel.refused("tenders").startswith("The passphrase is not the one of this profile.")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_an_unreadable_passphrase_file_is_refused(at: At, content: bytes | None) -> None:
    evalpanel = at("empty")
    if content is None:
        evalpanel.passphrase_file.unlink()
    else:
        evalpanel.passphrase_file.write_bytes(content)

    assert evalpanel.refused("tenders").startswith("The passphrase file cannot be read.")


def test_an_empty_passphrase_and_a_nameless_profile_are_refused(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    evalpanel.root = tmp_path / "fresh"

    nameless = evalpanel.refused("new-profile", "--name", " ", "--email", EMAIL)
    evalpanel.passphrase_file.write_text("\n", encoding="utf-8")
    empty = evalpanel.refused("new-profile", "--name", OWNER, "--email", EMAIL)

    assert nameless == "A profile needs a name and an e-mail address. Nothing was made."
    assert empty == "The passphrase is empty. Choose one of several words and try again."


def test_without_a_profile_the_command_that_makes_one_is_named(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    evalpanel.root = tmp_path / "nowhere"

    assert evalpanel.refused("show", REFERENCE) == (
        f"There is no profile here. {evalpanel.root} holds none. "
        "Make one with: evalpanel --profile DIR new-profile --name NAME --email EMAIL"
    )
    assert not evalpanel.root.exists()


def test_a_file_where_the_profile_should_be_is_refused(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    evalpanel.root = tmp_path / "a file"
    evalpanel.root.write_text("mine", encoding="utf-8")

    assert evalpanel("tenders").code == 1
    assert evalpanel("new-profile", "--name", OWNER, "--email", EMAIL).code == 1
    assert evalpanel.root.read_text(encoding="utf-8") == "mine"


def test_the_template_is_a_workbook_and_a_place_that_is_not_there_is_refused(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")

    assert evalpanel.asked("template", tmp_path / "mine.xlsx") == {"file": str(tmp_path / "mine.xlsx")}
    titles = openpyxl.load_workbook(tmp_path / "mine.xlsx").sheetnames
    assert titles[1:] == [
        "Tender",
        "Authorities",
        "Lots",
        "Stages",
        "Outcomes",
        "Criteria",
        "Scale",
        "Bidders",
        "Members",
        "Bids",
        "Prices",
        "Clarifications",
        "Panel",
        "Documents",
    ]
    assert "could not be written" in evalpanel.refused("template", tmp_path / "no folder" / "mine.xlsx")
    assert "It is a folder, not a file." in evalpanel.refused("template", tmp_path)


def test_loading_answers_the_fixed_fields_and_lists_the_tender(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")

    loaded = evalpanel.asked("load", write_pack(tmp_path / "pack"))

    assert set(loaded) == {*SHOWN, "criteria_digest"}
    expected = {
        "reference": REFERENCE,
        "title": "Advocacy for young carers",
        "stage": "draft",
        "lots": [{"lot": "L1", "title": "Whole service"}],
        "criteria": 6,
        "bids": 3,
        "documents": 5,
        "panel": 4,
        "problems": [
            {"where": "Specification.txt", "what": loaded["problems"][0]["what"]},
        ],
    }
    assert {name: loaded[name] for name in expected} == expected
    assert evalpanel.asked("tenders") == {"tenders": [{**loaded, "problems": []}]}


def test_loading_the_same_reference_again_is_refused(at: At, tmp_path: Path) -> None:
    evalpanel = at("loaded")

    refusal = evalpanel("load", write_pack(tmp_path / "again"), "--json")

    assert (refusal.code, refusal.err) == (1, "")
    assert refusal.json == {
        "refused": {
            "title": f"The tender {REFERENCE} is in this profile already.",
            "message": "Nothing was changed. More bids come in with the command bids load; "
            "another tender needs another reference.",
        }
    }


def test_a_bad_pack_is_refused_with_every_problem_and_one_line_on_standard_error(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    bad = make.pack(
        tender=replace(make.tender(), quality_weighting=make.tender().quality_weighting + 1),
        criteria=(*make.criteria()[:-1], make.criterion("2.1", "2", 90)),
    )
    folder = write_pack(tmp_path / "pack", bad)

    told = evalpanel("load", folder)
    in_json = evalpanel("load", folder, "--json")

    assert (told.code, len(told.err.splitlines())) == (1, 1)
    problems = in_json.json["problems"]
    assert len(problems) > 1
    assert [line.removeprefix("  problem: ") for line in told.out.splitlines()] == [
        f"{one['where']}: {one['what']}" for one in problems
    ]
    assert in_json.json["refused"]["title"] == f"pack was not loaded: {len(problems)} problems."
    assert (in_json.code, in_json.err) == (1, "")
    assert evalpanel.asked("tenders") == {"tenders": []}


def test_checking_a_pack_keeps_nothing_and_writes_the_mapping_to_correct(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    folder = write_pack(tmp_path / "pack")
    mapping = tmp_path / "mapping.csv"

    found = evalpanel.asked("check", folder, "--write-mapping", mapping)

    assert (found["can_load"], len(found["documents"])) == (True, 5)
    assert evalpanel.asked("tenders") == {"tenders": []}
    corrected = mapping.read_text(encoding="utf-8-sig").replace("B03/1.1 Reach.txt,B03,", "B03/1.1 Reach.txt,B02,")
    assert corrected != mapping.read_text(encoding="utf-8-sig")
    mapping.write_text(corrected, encoding="utf-8")
    evalpanel.done("load", folder, "--mapping", mapping)
    owners = {one["path"]: one["bidder"] for one in evalpanel.asked("documents", REFERENCE)["documents"]}
    assert owners["bids/B03/1.1 Reach.txt"] == "B02"


def test_showing_answers_the_fixed_fields_for_a_reference_an_id_or_its_beginning(at: At) -> None:
    evalpanel = at("declared")

    shown = evalpanel.asked("show", REFERENCE)

    assert set(shown) >= SHOWN
    assert shown["stage"] == "bids-opened"
    assert [(one["person"], one["declared"], one["owed"], one["answered"]) for one in shown["people"]] == [
        ("OF1", True, 0, 0),
        ("CH1", True, 12, 0),
        ("PM1", True, 12, 0),
        ("PM2", True, 12, 0),
    ]
    for named in (REFERENCE.lower(), shown["tender"], shown["tender"][:6]):
        assert evalpanel.asked("show", named) == shown


def test_an_unknown_tender_is_refused_with_the_known_references(at: At) -> None:
    evalpanel = at("loaded")

    assert evalpanel.refused("show", "T-9") == (
        f"There is no tender “T-9” in this profile. Known references: {REFERENCE}."
    )
    assert evalpanel("show", "T-9", "--json").json == {
        "refused": {
            "title": "There is no tender “T-9” in this profile.",
            "message": f"Known references: {REFERENCE}.",
        }
    }


def test_freezing_shows_the_digest_once(at: At) -> None:
    evalpanel = at("loaded")

    frozen = evalpanel.asked("freeze", REFERENCE)

    assert (frozen["stage"], len(frozen["criteria_digest"])) == ("bids-opened", 64)
    assert evalpanel.refused("freeze", REFERENCE) == (
        f"{REFERENCE} is at the stage “Bids opened”, so its criteria are frozen already. "
        "Nothing was changed: what was done stays on the record."
    )


def test_only_the_officer_freezes(at: At) -> None:
    evalpanel = at("loaded")

    assert evalpanel.refused("freeze", REFERENCE, "--person", "CH1") == (
        "CH1 is not the officer of this tender. Nothing was changed. This act is theirs alone."
    )
    assert evalpanel.refused("freeze", REFERENCE, "--person", "XX") == (
        "There is no person “XX” in this tender. Person codes: OF1, CH1, PM1, PM2."
    )
    assert evalpanel.asked("show", REFERENCE)["stage"] == "draft"


def test_bids_come_in_after_the_freeze_and_the_same_again_adds_nothing(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    late = make.bids()[1]
    alone = make.pack(bidders=(), members=(), bids=(), prices=())
    evalpanel.done("load", write_pack(tmp_path / "pack", alone, {}))
    later = make.pack(
        bids=(
            make.bids()[0],
            replace(late, status=BidStatus.LATE, reason="Received 20 minutes late.", decided_by="OF1"),
            make.bids()[2],
        )
    )
    bids = write_pack(
        tmp_path / "bids",
        replace(later, tender=None, criteria=(), scales=(), lots=(), outcomes=(), authorities=(), panel=()),
    )

    early = evalpanel.refused("bids", "load", REFERENCE, bids)
    evalpanel.done("freeze", REFERENCE)
    first = evalpanel.asked("bids", "load", REFERENCE, bids)
    again = evalpanel.asked("bids", "load", REFERENCE, bids)
    shown = evalpanel.asked("show", REFERENCE)

    assert "the criteria must be frozen before any bid can be read" in early
    assert (first["bids"], first["documents"], first["stage"]) == (3, 5, "bids-opened")
    assert (again["bids"], again["documents"]) == (3, 5)
    assert {(one["bid"], one["status"]) for one in shown["bidders"]} == {
        ("B01", "valid"),
        ("B02", "late"),
        ("B03", "valid"),
    }


def test_a_bid_is_withdrawn_with_a_reason(at: At) -> None:
    evalpanel = at("declared")
    words = ("bids", "status", REFERENCE, "B02", "withdrawn")

    changed = evalpanel.asked(*words, "--reason", "Withdrew by e-mail on 2 October.", "--decided-by", "OF1")

    assert changed == {"bids": [{"bid": "B02", "lot": "L1", "status": "withdrawn"}]}
    assert evalpanel.refused(*words, "--reason", " ", "--decided-by", "OF1") == (
        "A bid's status needs a reason and who decided it. Nothing was changed."
    )
    assert evalpanel.refused("bids", "status", REFERENCE, "B9", "withdrawn", "--reason", "x", "--decided-by", "y") == (
        "There is no bid “B9” to change. Nothing was changed. Bids: B01, B02, B03."
    )


def test_a_bidders_address_is_corrected(at: At) -> None:
    evalpanel = at("declared")

    evalpanel.done("bidder", REFERENCE, "b02", "--address", "2 Dock Road")
    assert evalpanel.asked("bidder", REFERENCE, "b02", "--email", "bids@new.example")["signed_before"] == []

    assert evalpanel.refused("bidder", REFERENCE, "B02") == (
        "There is nothing to correct. Nothing was changed. Name at least one value that is not empty."
    )
    assert evalpanel.refused("bidder", REFERENCE, "B77", "--name", "X").startswith("There is no bidder “B77”.")


def test_a_document_is_written_out_for_somebody_who_may_read_it(at: At, tmp_path: Path) -> None:
    evalpanel = at("declared")
    path = "bids/B01/1.1 Reach.txt"

    evalpanel.done("read", REFERENCE, path, "--person", "PM2", "--out", tmp_path / "bid.txt")

    assert (tmp_path / "bid.txt").read_bytes() == b"How Harbour reaches young carers."
    assert "exists already" in evalpanel.refused(
        "read", REFERENCE, path, "--person", "PM2", "--out", tmp_path / "bid.txt"
    )
    assert "price envelope that has not been opened" in evalpanel.refused(
        "read", REFERENCE, "bids/B02/Pricing.txt", "--person", "OF1", "--out", tmp_path / "price.txt"
    )


def test_names_in_every_script_come_through(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    name = "Ārpus Ķekava 青年の声 صوت الشباب Łódź 🎈"
    pack = make.pack(bidders=(replace(make.bidders()[0], name=name), *make.bidders()[1:]))
    file = f"bids/{'ب' * 60}.pdf"
    folder = write_pack(tmp_path / "pack", pack, {f"B01/{'ب' * 60}.pdf": b"words", f"B02/{'x' * 251}.pdf": b"long"})

    evalpanel.done("load", folder)

    listed = {one["path"] for one in evalpanel.asked("documents", REFERENCE)["documents"]}
    assert file.replace("bids/", "bids/B01/") in listed
    assert f"bids/B02/{'x' * 251}.pdf" in listed
    evalpanel.done("freeze", REFERENCE)
    assert name in evalpanel.done("show", REFERENCE).out


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_file_name_that_is_no_text_is_refused_in_words(at: At, tmp_path: Path) -> None:
    evalpanel = at("empty")
    folder = write_pack(tmp_path / "pack")
    try:
        (folder / "bids" / "B01" / os.fsdecode(b"\xff\xfe.pdf")).write_bytes(b"words")
    except OSError:
        pytest.skip("this file system takes valid names only")

    answer = evalpanel("load", folder, "--json")

    assert (answer.code, answer.json["refused"]["title"]) == (1, "pack was not loaded: 1 problem.")
