"""What is to be carried: whose laptop it is, what moved, and what a member has still to send."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import carrying, declarations, inviting, issuing, joining, scoring, sending, setup, sign_off
from evalpanel.services.carrying import Due
from evalpanel.services.workspace import Workspace
from laptops import OFFICER, Laptops, left
from stages import REFERENCE, line, load, score


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    prepared(desk[OFFICER], desk.root / "pack")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def stand(desk: Laptops, person: str) -> carrying.Stand:
    (one,) = carrying.stands(desk[person])
    return one


def how_far(desk: Laptops, person: str) -> tuple[bool, bool, bool, bool]:
    one = stand(desk, person)
    return one.leads, one.confirmed, one.here, one.bids


def dues(desk: Laptops, person: str) -> list[tuple[ParcelKind, Due, bool]]:
    held = carrying.to_send(desk[person], stand(desk, person).tender)
    return [(one.kind, one.due, one.final) for one in held]


def given(desk: Laptops, person: str) -> None:
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take(person, made.roster, made.pack, made.releases[PersonCode(person)])


def test_a_laptop_knows_whose_it_is_at_every_step(desk: Laptops) -> None:
    assert carrying.stands(desk["PM2"]) == ()
    assert how_far(desk, OFFICER) == (True, True, True, True)
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
    answer = joining.enrol(desk["PM2"], one.file, to=desk.stick)
    assert how_far(desk, "PM2") == (False, False, False, False)
    assert dues(desk, "PM2") == [(ParcelKind.ENROLMENT, Due.SENT, True)]
    assert (stand(desk, "PM2").person, stand(desk, "PM2").reference) == ("PM2", REFERENCE)
    desk.take(OFFICER, answer)
    desk.speak(REFERENCE, "PM2")
    assert how_far(desk, "PM2") == (False, True, False, False)
    given(desk, "PM2")
    assert how_far(desk, "PM2") == (False, True, True, False)  # PM2 has not declared: the bids are still closed
    declarations.declare(desk["PM2"], REFERENCE, person="PM2")
    made = sending.send(desk["PM2"], REFERENCE, to=desk.stick)
    assert made.declaration is not None
    desk.take(OFFICER, made.declaration)
    given(desk, "PM2")
    assert how_far(desk, "PM2") == (False, True, True, True)


def test_what_is_to_be_sent_is_told_from_what_was_sent(desk: Laptops) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.join(REFERENCE, "PM1", one.file)
    given(desk, "PM1")
    declaration, sheet = ParcelKind.DECLARATION, ParcelKind.SCORESHEET
    assert dues(desk, "PM1") == [(declaration, Due.NOTHING, False), (sheet, Due.NOTHING, False)]
    declarations.declare(desk["PM1"], REFERENCE, person="PM1")
    first = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(3), "It says how.")
    scoring.save_score(desk["PM1"], REFERENCE, person="PM1", score=first)
    assert dues(desk, "PM1") == [(declaration, Due.FRESH, False), (sheet, Due.FRESH, False)]
    sending.send(desk["PM1"], REFERENCE, to=desk.stick)
    assert dues(desk, "PM1") == [(declaration, Due.SENT, False), (sheet, Due.SENT, False)]
    score(desk["PM1"], person="PM1")
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
    declarations.declare(desk["PM1"], REFERENCE, person="PM1")
    assert dues(desk, "PM1") == [(declaration, Due.CHANGED, False), (sheet, Due.CHANGED, True)]
    sending.send(desk["PM1"], REFERENCE, to=desk.stick)
    assert dues(desk, "PM1") == [(declaration, Due.SENT, False), (sheet, Due.SENT, True)]


def test_what_moved_is_told_newest_first_with_what_was_made_here(desk: Laptops) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.join(REFERENCE, "PM1", one.file)
    given(desk, "PM1")
    tender = stand(desk, OFFICER).tender
    of_officer = [(each.kind, each.about, each.made) for each in carrying.moved(desk[OFFICER], tender)]
    assert of_officer == [
        (ParcelKind.RELEASE, "PM1", True),
        (ParcelKind.PACK, "", True),
        (ParcelKind.ROSTER, "", True),
        (ParcelKind.ENROLMENT, "", False),
        (ParcelKind.INVITATION, "PM1", True),
    ]
    of_member = [(each.kind, each.made) for each in carrying.moved(desk["PM1"], tender)]
    assert of_member == [
        (ParcelKind.RELEASE, False),
        (ParcelKind.PACK, False),
        (ParcelKind.ROSTER, False),
        (ParcelKind.ENROLMENT, True),
        (ParcelKind.INVITATION, False),
    ]


def test_files_of_a_folder_are_those_that_can_be_parcels(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    (stick / "Neuer Ordner 資料").mkdir(parents=True)
    for name in (
        "a.evalpanel",
        "B.EVALPANEL",
        "post.zip",
        "photo.jpg",
        "._a.evalpanel",
        "Neuer Ordner 資料/c.evalpanel",
    ):
        (stick / name).write_bytes(b"")
    (stick / "folder.evalpanel").mkdir()
    alone = tmp_path / "as e-mail named it.bin"
    found = carrying.files_in([alone, stick, stick / "a.evalpanel"])
    assert {str(one.relative_to(tmp_path)) for one in found} == {
        "as e-mail named it.bin",
        "stick/B.EVALPANEL",
        "stick/Neuer Ordner 資料/c.evalpanel",
        "stick/a.evalpanel",
        "stick/post.zip",
    }
    assert len(found) == 5


def test_the_name_of_a_file_for_one_person_says_for_whom_it_is(desk: Laptops) -> None:
    made = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick)
    assert [one.file.name.split(".")[2] for one in made] == [one.person for one in made]
    again = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick)
    assert again == made


def test_a_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pulled(_: Path, __: str) -> Iterator[Path]:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "rglob", pulled)  # the stick was pulled out: what the system says then
    with pytest.raises(EvalPanelError):
        carrying.files_in([tmp_path])
