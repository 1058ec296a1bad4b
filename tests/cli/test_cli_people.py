"""The command line for the life of keys: revoking, replacing, paper, taking over, and the number of the list."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from profiles import PASSPHRASE, Evalpanel, make_profile, quick_keys
from sheets import words_on
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


def words(sheet: Path, to: Path) -> Path:
    """The words of a sheet, typed into a file."""
    to.write_text(words_on(sheet), encoding="utf-8")
    return to


def join(officer: Evalpanel, member: Evalpanel, stick: Path, person: str) -> dict[str, str]:
    """The member joins as that person, and has what the officer issued."""
    (one,) = officer.asked("invite", REFERENCE, "--to", stick, "--person", person)["invitations"]
    officer.done("receive", member.asked("enrol", one["file"], "--to", stick, "--accept", "--laptop", "Blue")["file"])
    (of_officer,) = officer.asked("confirm", REFERENCE, "--person", person)["read_aloud"]
    (of_member,) = member.asked("confirm", REFERENCE)["read_aloud"]
    officer.done("confirm", REFERENCE, "--person", person, "--words", of_member)
    member.done("confirm", REFERENCE, "--words", of_officer)
    made = officer.asked("issue", REFERENCE, "--to", stick)
    member.done("receive", made["roster"], made["pack"], made["releases"][person])
    return {"roster": made["roster"], "pack": made["pack"]}


def test_lost_laptop_is_revoked_and_the_number_of_the_list_is_compared(at: At, member: Evalpanel, stick: Path) -> None:
    officer = at("frozen")
    join(officer, member, stick, "PM1")
    assert member.asked("panel", "list", REFERENCE, "--number", "1")["roster"]["number"] == 1
    why = "It was left on a train."
    told = officer.asked("panel", "revoke", REFERENCE, "PM1", "--laptop", "blue", "--why", why)
    assert (told["person"], [one["name"] for one in told["laptops"]]) == ("PM1", ["Blue"])
    assert "unreads nothing" not in officer.refused("panel", "revoke", REFERENCE, "PM1", "--why", why)
    said = member.refused("panel", "list", REFERENCE, "--number", "2")
    assert said.startswith("The list of who takes part here is number 1, and the officer has number 2.")


def test_member_is_replaced(at: At) -> None:
    officer = at("frozen")
    told = officer.asked("panel", "replace", REFERENCE, "PM1", "PM9", "--name", "Rowan Vale", "--why", "Another post.")
    assert told == {"leaver": "PM1", "person": "PM9", "criteria": None, "revoked": None}
    assert "PM9    Rowan Vale: not invited yet" in officer.done("panel", "list", REFERENCE).out


def test_somebody_takes_over_with_the_words_of_the_two_sheets(
    at: At, member: Evalpanel, stick: Path, tmp_path: Path
) -> None:
    officer = at("frozen")
    made = officer.asked("recovery", REFERENCE, "--to", tmp_path)
    join(officer, member, stick, "CH1")
    typed: list[str | Path] = [
        "--successor-words", words(Path(made["successor"]), tmp_path / "a.txt"),
        "--recovery-words", words(Path(made["recovery"]), tmp_path / "b.txt"),
    ]  # fmt: skip
    why = ("--why", "The laptop was stolen.")
    assert "not the words" in member.refused(
        "succeed", REFERENCE, "--to", stick, *why, typed[0], typed[3], typed[2], typed[1]
    )
    told = member.asked("succeed", REFERENCE, "--to", stick, *why, *typed)
    assert (told["person"], told["replaced"]) == ("CH1", "OF1")
    assert "CH1    Cass Hale: works on this laptop" in member.done("panel", "list", REFERENCE).out


def test_somebody_takes_over_on_a_new_laptop_with_the_sheets_and_the_files(
    at: At, member: Evalpanel, stick: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    officer = at("frozen")
    made = officer.asked("recovery", REFERENCE, "--to", tmp_path)
    join(officer, member, stick, "CH1")
    typed: list[str | Path] = [
        "--why", "The laptop burnt.",
        "--successor-words", words(Path(made["successor"]), tmp_path / "a.txt"),
        "--recovery-words", words(Path(made["recovery"]), tmp_path / "b.txt"),
    ]  # fmt: skip
    (tmp_path / "new").mkdir()
    to = ("--to", tmp_path / "new")
    make_profile(tmp_path / "fresh")
    fresh = Evalpanel(capsys, tmp_path / "fresh", member.passphrase_file)
    assert fresh.refused("succeed", REFERENCE, *to, *typed, "--from", stick).startswith(
        "It is not said who takes over."
    )
    assert fresh.refused("succeed", REFERENCE, *to, *typed, "--as", "HP1").startswith("--as and --name go with --from.")
    who = ("--as", "HP1", "--name", "Ro Vale")
    assert "not of T-9" in fresh.refused("succeed", "T-9", *to, *typed, "--from", stick, *who)
    told = fresh.asked("succeed", REFERENCE, *to, *typed, "--from", stick, *who)
    assert (told["person"], told["replaced"], told["number"], told["recovered"]["not_signed_off"]) == (
        "HP1",
        "OF1",
        1,
        [],
    )
    assert "HP1    Ro Vale: works on this laptop" in fresh.done("panel", "list", REFERENCE).out
    assert member.done("receive", told["roster"]).out.startswith(
        Path(told["roster"]).name + ": HP1 took over as officer"
    )
    again = fresh.done("recovery", REFERENCE, "--from", stick, "--recovery-words", typed[5], *to)
    assert "It is here already; nothing changed." in again.out
    assert "does not lead" in member.refused("recovery", REFERENCE, "--from", stick, "--recovery-words", typed[5], *to)


def test_profile_whose_passphrase_is_lost_is_opened_by_its_paper_key(at: At, tmp_path: Path) -> None:
    officer = at("frozen")
    made = officer.asked("paper-key", "--out", tmp_path / "key.pdf")
    file = words(Path(made["file"]), tmp_path / "words.txt")
    answer = officer.bare("--profile", officer.root, "--paper-words", file, "show", REFERENCE)
    assert (answer.code, REFERENCE in answer.out) == (0, True)
    new = tmp_path / "new.txt"
    new.write_text("four new plain words", encoding="utf-8")
    with quick_keys():
        answer = officer.bare(
            "--profile", officer.root, "--paper-words", file, "--passphrase-file", new, "new-way-in", "--json"
        )
    assert (answer.code, answer.json) == (0, {"opened_by": "passphrase"})
    assert "not the one of this profile" in officer.refused("show", REFERENCE)
    assert officer.bare("--profile", officer.root, "--passphrase-file", new, "show", REFERENCE).code == 0
    answer = officer.bare("--profile", officer.root, "--passphrase-file", new, "paper-key", "--revoke", made["made"])
    assert (answer.code, "Paper keys of this profile: none." in answer.out) == (0, True)
    answer = officer.bare("--profile", officer.root, "--paper-words", file, "show", REFERENCE)
    assert (answer.code, "has no paper key" in answer.err) == (1, True)


def test_wrong_words_of_a_paper_key_say_which(at: At, tmp_path: Path) -> None:
    officer = at("frozen")
    file = tmp_path / "words.txt"
    file.write_text("abandon " * 11 + "xylophone", encoding="utf-8")
    answer = officer.bare("--profile", officer.root, "--paper-words", file, "show", REFERENCE)
    assert (answer.code, answer.err.startswith("Word 12, “xylophone”, is none that stands on a sheet.")) == (1, True)
