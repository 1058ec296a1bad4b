"""The same files in any order come to the same: a false lock, two sheets that do not know of each other, a replaced person."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.services import inviting, issuing, leaving, releasing
from forged_releases import forged, real_lock, replaced
from laptops import OFFICER, Laptops, left
from panels import SCORERS, declare, joined, locked, people, release, scored, sheet, two_sheets
from said import in_order, orders
from stages import REFERENCE

FINANCE = PanelMember(PersonCode("FE1"), "Farah Nagy", (Role.OBSERVER,), kind=MemberKind.FINANCE)


def locked_with_finance(desk: Laptops) -> None:
    """Prices are open on the officer's laptop; the finance evaluator's has neither the moderation nor a word of the lock."""
    joined(desk, (*people(), FINANCE))
    declare(desk, "FE1")
    locked(desk)


def test_false_lock_comes_to_the_same_before_and_after_what_shows_that_it_is_false(tmp_path: Path) -> None:
    with left(tmp_path, locked_with_finance) as desk:
        (final,) = [file for file in desk.stick.iterdir() if ".moderation." in file.name]
        true = releasing.release(desk[OFFICER], REFERENCE, to=desk.stick).releases[PersonCode("FE1")]
        told = real_lock(desk, "FE1")
        false = forged(desk, "FE1", lock=replaced(told, agreed="0" * 64))
        of = desk.root / "laptop-FE1"
        alone = [in_order(of, files, desk.clock, "FE1", SCORERS) for files in permutations((final, false))]
        assert alone[0] == alone[1]
        assert (alone[0]["stage"], alone[0]["prices"]) == (TenderStage.MODERATION, [])
        every = [in_order(of, files, desk.clock, "FE1", SCORERS) for files in permutations((final, true, false))]
        assert every[1:] == every[:1] * 5
        assert (every[0]["stage"], every[0]["prices"]) == (
            TenderStage.PRICES_OPENED,
            [("L1", "B01"), ("L1", "B02"), ("L1", "B03")],
        )


def replaced_person(desk: Laptops) -> None:
    """PM1 sent a sheet and was replaced by PM9, who sent one, too; nobody but the officer knows of it yet."""
    joined(desk, people(chair_scores=False))
    for one in ("PM1", "PM2", "CH1"):
        declare(desk, one)
    release(desk)
    for one in ("PM1", "PM2"):
        desk.take(OFFICER, sheet(desk, one))
    leaving.replace_member(desk[OFFICER], REFERENCE, leaver="PM1", person="PM9", name="Noor Pell", why="PM1 moved.")
    (invited,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM9"])
    desk.join(REFERENCE, invited.person, invited.file)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM9", made.roster, made.pack, made.releases[PersonCode("PM9")])
    declare(desk, "PM9")
    release(desk, "PM9")
    desk.take(OFFICER, sheet(desk, "PM9"))
    issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)


def test_replaced_person_comes_to_the_same_on_the_laptops_of_a_chair_and_a_member(tmp_path: Path) -> None:
    with left(tmp_path, replaced_person) as desk:
        every = sorted(desk.stick.iterdir())
        for person in ("CH1", "PM2"):
            files = [
                one
                for one in every
                if ".roster." in one.name
                or ".pack." in one.name
                or f".release.{person}." in one.name
                or (person == "CH1" and ".scoresheet." in one.name)
            ]
            of = desk.root / f"laptop-{person}"
            said = [in_order(of, each, desk.clock, person, ("PM1", "PM2", "PM9")) for each in orders(files, 6)]
            assert said[1:] == said[:1] * 7
            sheets = said[0]["sheets"]
            assert isinstance(sheets, dict)
            # What PM1 scored is set aside: kept where it came, and shown in no room.
            assert {one for one, held in sheets.items() if held} == (
                {"PM1", "PM2", "PM9"} if person == "CH1" else set()
            )


def two_sheets_of_pm1(desk: Laptops) -> None:
    """The officer and the chair have everybody's sheet; PM1 sent two more that do not know of each other."""
    joined(desk, people())
    scored(desk)
    two_sheets(desk, "PM1")


def test_two_sheets_of_one_person_come_to_the_same_on_the_chairs_laptop(tmp_path: Path) -> None:
    with left(tmp_path, two_sheets_of_pm1) as desk:
        files = [
            one for one in sorted(desk.stick.iterdir()) if ".scoresheet." in one.name or ".release.CH1." in one.name
        ]
        said = [in_order(desk.root / "laptop-CH1", each, desk.clock, "CH1", SCORERS) for each in orders(files, 8)]
        assert said[1:] == said[:1] * 9
