"""A challenge pack and a disclosure copy, checked by other people's programs, by the commands that `docs/formats/challenge.md` prints."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from evalpanel.domain.parcels import ParcelKind
from evalpanel.formats.challenge_readme import STEPS, readme
from evalpanel.services import challenge
from evalpanel.services.workspace import Workspace
from judges import judge
from stages import REFERENCE

DOC = Path(__file__).resolve().parents[2] / "docs" / "formats" / "challenge.md"
TWICE = 2
At = Callable[[str], Workspace]


@pytest.fixture
def key(tmp_path: Path) -> tuple[Path, str]:
    """A lawyer's own age key, and what is sealed to it."""
    for program in ("unzip", "jq", "openssl", "bash", "sha256sum"):
        judge(program)
    file = tmp_path / "lawyer.txt"
    subprocess.run([judge("age-keygen"), "-o", file], check=True, capture_output=True)
    return file, re.findall(r"age1\w+", file.read_text())[0]


def blocks() -> list[str]:
    """The commands of the page, step by step, as they are printed there."""
    told = DOC.read_text(encoding="utf-8").split("## Check one without evalpanel")[1]
    return [
        "\n".join(re.findall(r"^    (.*)$", step, re.MULTILINE))
        for step in re.split(r"^\d\. ", told, flags=re.MULTILINE)[1:]
    ]


def run(file: Path, key: Path, folder: Path, before: str = "") -> list[str]:
    """What each step prints; the steps are run in one shell, as a person would. `before` is done once it is unpacked."""
    folder.mkdir()
    steps = [one.replace("FILE", f"'{file}'").replace("KEY", f"'{key}'") for one in blocks()]
    if before:
        steps[4] = f"{before}\n{steps[4]}"
    done = subprocess.run(
        ["bash", "-c", "\n".join(f"echo '== {place}'\n{one}" for place, one in enumerate(steps, 1))],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
    )
    return [part.strip() for part in re.split(r"^== \d$", done.stdout, flags=re.MULTILINE)[1:]]


def test_page_and_readme_print_the_same_commands() -> None:
    assert blocks() == [one.commands for one in STEPS]


def test_stranger_checks_both_by_the_printed_commands(at: At, tmp_path: Path, key: tuple[Path, str]) -> None:
    file, recipient = key
    space = at("priced")
    full = challenge.challenge(space, REFERENCE, "B02", to=tmp_path, recipients=[recipient])
    copy, _ = challenge.disclose(space, REFERENCE, "B02", to=tmp_path, recipients=[recipient], pack=full.file)

    for made in (full, copy):
        said = run(made.file, file, tmp_path / made.kind)
        assert said[0] == ""
        assert said[1] == "Signature Verified Successfully"
        fingerprint, own, tender = said[2].splitlines()
        assert (fingerprint.split()[0], own) == (made.fingerprint, tender)
        assert {line.rsplit(" ", 1)[1] for line in said[3].splitlines()} == {"OK"}
        assert said[4].splitlines() == [made.record] * TWICE
        counted, told, hashes, signed = said[5].splitlines()
        assert (counted, told, hashes) == (f"{made.acts} {made.head}", f"{made.acts} {made.head}", signed)
        assert said[6] == ""
        assert "answers/5/rationale: PM1 read page" in said[7]
        assert ("people/1/name: Ola Fenn" in said[7]) == (made.kind is ParcelKind.CHALLENGE)
    assert full.record == copy.record


def test_stranger_sees_that_an_entry_and_an_act_were_changed(at: At, tmp_path: Path, key: tuple[Path, str]) -> None:
    made = challenge.challenge(at("priced"), REFERENCE, "B02", to=tmp_path, is_open=True)
    change = "sed -i 's/PM1 read page/PM1 reads page/' files/record; sed -i 2d files/trail"
    said = run(made.file, key[0], tmp_path / "altered", change)
    mine, signed = said[4].splitlines()
    assert (mine == signed, signed) == (False, made.record)
    assert said[5].splitlines()[0] == "act 2 does not follow from the one before"


def test_readme_is_whole_and_says_that_an_open_file_is_open() -> None:
    shown = readme("challenge", "T & Co", "B<1>", "L1", file="x.challenge.evalpanel", is_open=True)
    assert ("T &amp; Co" in shown, "B&lt;1&gt;" in shown, "<strong>open</strong>" in shown) == (True, True, True)
    assert "sealed with age" in readme("disclosure", "T", "B1", "L1", file="x", is_open=False)
