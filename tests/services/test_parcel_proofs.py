"""What `verify` says about a parcel: to its officer, to its receiver, and to somebody without a profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from evalpanel.domain.tender import PersonCode
from evalpanel.services import inviting, issuing, setup, verify
from evalpanel.services.verify import Verification
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, left
from profiles import tamper
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


def test_workbook_and_text_are_no_parcels_and_nothing_is_said_of_their_version(desk: Laptops, tmp_path: Path) -> None:
    workbook, text = tmp_path / "agreed.xlsx", tmp_path / "note.txt"
    with ZipFile(workbook, "w") as file:
        file.writestr("xl/workbook.xml", "<workbook/>")
    text.write_text("Thank you.")
    assert [told(verify.verify_file(None, one)) for one in (workbook, text)] == [
        ("file", "not-ours", 0, 1),
        ("letter", "not-ours", 0, 1),
    ]


def issued(desk: Laptops) -> Workspace:
    desk.join(REFERENCE, "PM1", invitation(desk))
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM1", made.roster, made.pack, made.releases[PersonCode("PM1")])
    return desk[OFFICER]


def test_record_says_that_the_parcels_are_signed_as_they_say_on_every_laptop(desk: Laptops) -> None:
    issued(desk)
    for person in (OFFICER, "PM1"):
        found = verify.verify_tender(desk[person], REFERENCE)
        assert found.verdict == "verified", found.not_proved
        assert [
            one for one in found.proved if "parcels that are kept open here were signed by the laptops" in one
        ] != []


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        (
            "UPDATE parcel SET statement = (SELECT statement FROM parcel WHERE kind = 'pack') WHERE kind = 'roster'",
            "was not signed as it says",
        ),
        (
            "UPDATE parcel SET identity = replace(identity, substr(identity, 1, 1), 'x') WHERE kind = 'pack'",
            "the pack ",
        ),
        ("DELETE FROM parcel WHERE kind = 'roster'", "is missing"),
    ],
)
def test_parcel_that_was_tampered_with_in_the_store_is_named(desk: Laptops, statement: str, named: str) -> None:
    space = issued(desk)
    tamper(space, statement)
    found = verify.verify_tender(space, REFERENCE)
    assert found.verdict == "altered"
    assert [what for what in found.not_proved if named in what and "trail was not rewritten" not in what] != []


def test_sealed_part_of_a_parcel_that_is_gone_is_told(desk: Laptops) -> None:
    space = issued(desk)
    with space.store.reading() as tx:
        bids = set(tx.execute(select(t.DocumentRow.sealed)).scalars())
        parts = set(tx.execute(select(t.ParcelPartRow.sealed)).scalars()) - bids
    space.documents.remove([min(parts)])
    found = verify.verify_tender(space, REFERENCE)
    assert found.verdict == "altered"
    assert "a sealed part of a parcel: A sealed document is missing." in found.not_proved
