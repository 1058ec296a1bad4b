"""The command line between two laptops: invite, enrol, receive, confirm, panel list."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profiles import PASSPHRASE, Answer, Evalpanel, make_profile
from stages import REFERENCE

At = Callable[[str], Evalpanel]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def member(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Evalpanel:
    """A laptop that holds nothing yet."""
    root = tmp_path / "member"
    make_profile(root)
    passphrase = tmp_path / "members-passphrase.txt"
    passphrase.write_text(PASSPHRASE, encoding="utf-8")
    return Evalpanel(capsys, root, passphrase)


def keys(held: Any) -> dict[str, str]:
    return {one["person"]: one["keys"] for one in held["panel"]}


def lines(answer: Answer) -> list[Any]:
    return [json.loads(line) for line in answer.out.splitlines()]


def test_person_joins_a_panel_by_files_and_words(at: At, member: Evalpanel, stick: Path) -> None:
    officer = at("loaded")
    invited = officer.asked("invite", REFERENCE, "--to", stick, "--person", "PM1")
    (file,) = [Path(one["file"]) for one in invited["invitations"]]
    assert keys(officer.asked("panel", "list", REFERENCE))["PM1"] == "invited"

    joined = member.asked("enrol", file, "--to", stick, "--accept", "--laptop", "The blue one")
    (report,) = lines(officer.done("receive", joined["file"], "--json"))
    assert (report["verdict"], report["kind"], report["author"]) == ("new", "enrolment", "PM1")
    assert keys(officer.asked("panel", "list", REFERENCE))["PM1"] == "answered"

    (of_officer,) = officer.asked("confirm", REFERENCE, "--person", "PM1")["read_aloud"]
    (of_member,) = member.asked("confirm", REFERENCE)["read_aloud"]
    assert officer.asked("confirm", REFERENCE, "--person", "PM1", "--words", of_member)["confirmed"] == "PM1"
    assert member.asked("confirm", REFERENCE, "--words", of_officer)["confirmed"] == "OF1"
    assert keys(officer.asked("panel", "list", REFERENCE))["PM1"] == "confirmed"


def test_undertaking_is_shown_and_must_be_accepted(at: At, member: Evalpanel, stick: Path) -> None:
    (one,) = at("loaded").asked("invite", REFERENCE, "--to", stick, "--person", "PM1")["invitations"]
    answer = member("enrol", one["file"], "--to", stick)
    assert answer.code == 1
    assert "I will keep confidential what I learn as a member of this panel" in answer.out
    assert answer.err == "The undertaking was not accepted. Nothing was made. Accept it with --accept.\n"
    assert [file.name for file in stick.iterdir()] == [Path(one["file"]).name]


def test_wrong_words_confirm_nothing(at: At, member: Evalpanel, stick: Path) -> None:
    officer = at("loaded")
    (one,) = officer.asked("invite", REFERENCE, "--to", stick, "--person", "PM1")["invitations"]
    officer.done("receive", member.asked("enrol", one["file"], "--to", stick, "--accept")["file"])
    said = officer.refused("confirm", REFERENCE, "--person", "PM1", "--words", "not these")
    assert said.startswith("These are not the eight words that this laptop expects.")
    assert keys(officer.asked("panel", "list", REFERENCE))["PM1"] == "answered"


def test_file_that_is_not_ours_is_told_on_a_line_of_its_own_and_the_exit_code(at: At, stick: Path) -> None:
    officer = at("loaded")
    bad = stick / "holiday.zip"
    bad.write_bytes(b"not a zip")
    answer = officer("receive", bad, bad, "--json")
    assert answer.code == 1
    assert [(one["file"], one["verdict"]) for one in lines(answer)] == [("holiday.zip", "unreadable")] * 2


def test_list_of_the_panel_says_what_comes_next(at: At) -> None:
    said = at("loaded").done("panel", "list", REFERENCE).out
    assert "OF1" in said and "works on this laptop" in said and "not invited yet" in said


def test_officer_issues_and_the_member_has_the_tender(at: At, member: Evalpanel, stick: Path) -> None:
    officer = at("frozen")
    (one,) = officer.asked("invite", REFERENCE, "--to", stick, "--person", "PM1")["invitations"]
    assert "Nobody's keys are confirmed yet" in officer.refused("issue", REFERENCE, "--to", stick)
    officer.done("receive", member.asked("enrol", one["file"], "--to", stick, "--accept")["file"])
    (of_officer,) = officer.asked("confirm", REFERENCE, "--person", "PM1")["read_aloud"]
    (of_member,) = member.asked("confirm", REFERENCE)["read_aloud"]
    officer.done("confirm", REFERENCE, "--person", "PM1", "--words", of_member)
    member.done("confirm", REFERENCE, "--words", of_officer)

    made = officer.asked("issue", REFERENCE, "--to", stick)
    assert (list(made["releases"]), made["without_declaration"]) == (["PM1"], [])
    reports = lines(member.done("receive", made["roster"], made["pack"], made["releases"]["PM1"], "--json"))
    assert [(one["kind"], one["verdict"]) for one in reports] == [
        ("roster", "new"),
        ("pack", "new"),
        ("release", "new"),
    ]
    assert member.asked("show", REFERENCE)["tender"] == officer.asked("show", REFERENCE)["tender"]
    member.done("declare", REFERENCE, "--person", "PM1", "--none")
    out = stick / "reach.txt"
    member.done("read", REFERENCE, "bids/B01/1.1 Reach.txt", "--person", "PM1", "--out", out)
    assert out.read_bytes() == b"How Harbour reaches young carers."


def test_every_way_of_writing_a_file_says_that_the_stick_can_be_taken_out(
    at: At, member: Evalpanel, stick: Path
) -> None:
    officer = at("loaded")
    compared = "All was read back and is whole: the stick can be taken out."
    assert compared in officer.done("invite", REFERENCE, "--to", stick, "--person", "PM1").out
    (invitation,) = stick.iterdir()
    assert compared in member.done("enrol", invitation, "--to", stick, "--accept").out
    sheets = officer.done("recovery", REFERENCE, "--to", stick).out
    assert "All is written to the disk: the stick can be taken out." in sheets


def issued_too_early(officer: Evalpanel, member: Evalpanel, stick: Path) -> tuple[str, dict[str, Any]]:
    """The officer confirms PM1 and issues before PM1 confirms the officer. Gives the words that PM1 hears, and what was issued."""
    (one,) = officer.asked("invite", REFERENCE, "--to", stick, "--person", "PM1")["invitations"]
    officer.done("receive", member.asked("enrol", one["file"], "--to", stick, "--accept")["file"])
    first = officer.asked("confirm", REFERENCE, "--person", "PM1")
    (of_member,) = member.asked("confirm", REFERENCE)["read_aloud"]
    officer.done("confirm", REFERENCE, "--person", "PM1", "--words", of_member)
    (heard,) = first["read_aloud"]
    return heard, officer.asked("issue", REFERENCE, "--to", stick)


def test_confirming_tells_the_list_that_is_here_so_that_both_can_compare_it(
    at: At, member: Evalpanel, stick: Path
) -> None:
    officer = at("frozen")
    heard, made = issued_too_early(officer, member, stick)
    before = member.asked("confirm", REFERENCE)
    assert (before["roster"], before["confirmed"]) == (None, None)
    member("receive", made["roster"], made["pack"], made["releases"]["PM1"])
    done = member.asked("confirm", REFERENCE, "--words", heard)
    told = officer.asked("panel", "list", REFERENCE)["roster"]
    assert done == {
        "roster": {"number": told["number"], "digits": told["digits"]},
        "read_aloud": before["read_aloud"],
        "confirmed": "OF1",
    }
    assert done["roster"]["number"] == 1


def test_what_waits_is_listed_put_aside_and_put_back(at: At, member: Evalpanel, stick: Path) -> None:
    heard, made = issued_too_early(at("frozen"), member, stick)
    assert member.asked("waiting") == {"waiting": [], "put_aside": []}
    files = {"roster": made["roster"], "pack": made["pack"], "release": made["releases"]["PM1"]}
    assert [one["verdict"] for one in lines(member("receive", *files.values(), "--json"))] == ["waiting"] * 3
    listed = member.asked("waiting")
    assert (listed["put_aside"], {one["kind"] for one in listed["waiting"]}) == ([], set(files))
    assert {one["author"] for one in listed["waiting"]} == {"OF1"}
    assert {one["words"].split(". ")[0] for one in listed["waiting"]} == {
        "The officer's keys are not confirmed on this laptop yet"
    }
    assert {one["kind"]: one["size"] for one in listed["waiting"]} == {
        kind: Path(file).stat().st_size for kind, file in files.items()
    }
    (release,) = [one for one in listed["waiting"] if one["kind"] == "release"]
    aside = member.asked("waiting", "--put-aside", release["digest"][:8])
    assert [one["digest"] for one in aside["put_aside"]] == [release["digest"]]
    assert {one["kind"] for one in aside["waiting"]} == {"roster", "pack"}
    member.done("confirm", REFERENCE, "--words", heard)
    assert [one["kind"] for one in member.asked("waiting")["put_aside"]] == ["release"], "it is tried no more"
    assert member.asked("waiting", "--put-back", release["digest"][:8]) == {"waiting": [], "put_aside": []}
    (again,) = lines(member.done("receive", files["release"], "--json"))
    assert again["verdict"] == "same"
    said = member.refused("waiting", "--put-aside", "abcd1234")
    assert said.startswith("“abcd1234” names none of these files. Nothing was changed.")
    assert member.refused("waiting", "--put-aside", "a", "--put-back", "b") == (
        "One of --put-aside and --put-back, not both. Nothing was changed."
    )
