"""A parcel checked by other people's programs, step by step as `docs/formats/parcels.md` tells a stranger."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalpanel.domain.tender import TenderId
from evalpanel.formats.statements import read_statement
from evalpanel.services import exchange, inviting, issuing, joining, setup, tenders
from evalpanel.services.workspace import Workspace
from judges import judge
from laptops import OFFICER, Laptops, laptops
from profiles import Clock
from stages import REFERENCE, load

DOC = Path(__file__).resolve().parents[2] / "docs" / "formats" / "parcels.md"


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    for program in ("unzip", "jq", "openssl", "xxd", "bash"):
        judge(program)
    with laptops(tmp_path, Clock(), lambda space: prepared(space, tmp_path / "pack")) as held:
        yield held


def steps() -> str:
    """The commands of the page, as they are printed there."""
    told = DOC.read_text(encoding="utf-8").split("## Check one without evalpanel")[1]
    return "\n".join(re.findall(r"^    (.*)$", told, re.MULTILINE))


def checked(commands: str, file: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    folder.mkdir()
    script = "set -eu\n" + commands.replace("FILE", f"'{file}'")
    return subprocess.run(["bash", "-c", script], cwd=folder, check=False, capture_output=True, text=True)


def test_stranger_checks_an_invitation_and_an_answer(desk: Laptops, tmp_path: Path) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    answer = joining.enrol(desk["PM1"], one.file, to=desk.stick)
    enrolment = checked(steps(), answer, tmp_path / "answer")
    assert (enrolment.returncode, "Verified Successfully" in enrolment.stdout) == (0, True), enrolment
    of_officer = steps().replace(".body.keys.signing", ".body.officer.signing")
    invitation = checked(of_officer, one.file, tmp_path / "invitation")
    assert (invitation.returncode, "Verified Successfully" in invitation.stdout) == (0, True), invitation


def test_stranger_sees_that_an_answer_was_altered(desk: Laptops, tmp_path: Path) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    answer = joining.enrol(desk["PM1"], one.file, to=desk.stick)
    altered = steps().replace("cat payload.json >> signed", "sed 's/PM1/PM2/' payload.json >> signed")
    found = checked(altered, answer, tmp_path / "answer")
    assert "Verified Successfully" not in found.stdout


def test_age_opens_the_cover_of_a_roster_for_its_recipient(desk: Laptops, tmp_path: Path) -> None:
    age = judge("age")
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.join(REFERENCE, "PM1", one.file)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    (tender,) = tenders.all_tenders(desk[OFFICER])
    with desk["PM1"].store.reading() as tx:
        mine = exchange.own(tx, desk["PM1"], TenderId(tender.tender_id))
        assert mine is not None
    (tmp_path / "key.txt").write_bytes(mine.keys.secret()[32:])
    subprocess.run(["unzip", "-q", made.roster, "cover.age"], cwd=tmp_path, check=True)
    opened = subprocess.run(
        [age, "-d", "-i", "key.txt", "cover.age"], cwd=tmp_path, check=True, capture_output=True
    ).stdout
    assert read_statement(opened).payload_type == "application/vnd.evalpanel.roster.v1+json"
