"""What `verify` says about a parcel: to its officer, to its receiver, and to somebody without a profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evalpanel.domain.tender import PersonCode
from evalpanel.services import inviting, issuing, setup, verify
from evalpanel.services.verify import Verification
from evalpanel.services.workspace import Workspace
from laptops import OFFICER, Laptops, left
from stages import REFERENCE, load


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    prepared(desk[OFFICER], desk.root / "pack")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def invitation(desk: Laptops) -> Path:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    return one.file


def told(found: Verification) -> tuple[str, str, int, int]:
    return found.kind, found.verdict, len(found.proved), len(found.not_proved)


def test_invitation_proves_itself_to_anybody_and_not_whose_key_it_is(desk: Laptops) -> None:
    found = verify.verify_file(None, invitation(desk))
    assert told(found) == ("invitation", "verified", 1, 2)
    assert found.proved[0].startswith("OF1 signed this invitation, number 1")
    assert "the eight words make sure of that" in found.not_proved[1]


def test_officer_finds_it_among_those_that_are_kept(desk: Laptops) -> None:
    found = verify.verify_file(desk[OFFICER], invitation(desk))
    assert "it is among the parcels that are kept in this profile" in found.proved


def test_issued_parcels_verify_for_those_they_are_for_and_are_nobody_elses(desk: Laptops) -> None:
    desk.join(REFERENCE, "PM1", invitation(desk))
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    files = (made.roster, made.pack, made.releases[PersonCode("PM1")])
    assert [verify.verify_file(desk["PM1"], file).verdict for file in files] == ["verified"] * 3
    assert [verify.verify_file(desk["stranger"], file).verdict for file in files] == ["not-ours"] * 3
    assert [verify.verify_file(None, file).verdict for file in files] == ["not-ours"] * 3
    closed = verify.verify_file(desk["stranger"], made.roster)
    assert (closed.proved, closed.by) == ((), "")
    assert closed.not_proved[0].startswith("it is sealed to somebody else")
    roster = verify.verify_file(desk[OFFICER], made.roster)
    assert roster.proved[0].startswith("OF1 signed this list of who takes part, number 1, ")
    pack = verify.verify_file(desk["PM1"], made.pack)
    assert any("sealed parts are whole" in one for one in pack.proved)
    assert "it is not among the parcels that are kept in this profile" in pack.not_proved


def test_altered_parcel_is_seen(desk: Laptops) -> None:
    file = invitation(desk)
    data = bytearray(file.read_bytes())
    data[data.index(b"payload") + 20] ^= 1
    file.write_bytes(bytes(data))
    assert verify.verify_file(None, file).verdict == "altered"
