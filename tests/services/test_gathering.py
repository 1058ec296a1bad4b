"""Two laptops of one person: both are sealed to, both that went on are a fork, and the fork has a way out."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from evalpanel.domain.interests import Answer
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import PersonCode
from evalpanel.services import (
    confirming,
    declarations,
    documents,
    inviting,
    issuing,
    joining,
    leaving,
    scoring,
    sending,
    setup,
    sign_off,
    verify,
)
from evalpanel.services.workspace import Workspace
from laptops import OFFICER, Laptops, left
from stages import REFERENCE, line, load, score

FIRST, SECOND = "PM1", "second"


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """PM1 holds the tender on two laptops, each with keys of its own, and has declared no interest on both."""
    prepared(desk[OFFICER], desk.root / "pack")
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.join(REFERENCE, "PM1", one.file)
    desk.take(OFFICER, joining.enrol(desk[SECOND], one.file, to=desk.stick, laptop="the old one"))
    (theirs,) = confirming.words_to_read(desk[SECOND], REFERENCE)
    (ours,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM1")
    confirming.confirm(desk[SECOND], REFERENCE, typed=" ".join(ours))
    declarations.declare(desk[OFFICER], REFERENCE, person="PM1")
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    for laptop in (FIRST, SECOND):
        desk.take(laptop, made.roster, made.pack, made.releases[PersonCode("PM1")])
        declarations.declare(desk[laptop], REFERENCE, person="PM1")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def sheet(desk: Laptops, laptop: str) -> Path:
    made = sending.send(desk[laptop], REFERENCE, to=desk.stick).sheet
    assert made is not None
    return made


def signed_sheet(desk: Laptops, laptop: str) -> Path:
    score(desk[laptop], person="PM1")
    sign_off.sign_off(desk[laptop], REFERENCE, person="PM1")
    return sheet(desk, laptop)


def answers(space: Workspace) -> dict[Line, Score]:
    return dict(scoring.desk(space, REFERENCE, person="PM1").scores)


def counts(desk: Laptops) -> bool:
    (one,) = [one for one in setup.view(desk[OFFICER], REFERENCE).panel if one.member.person == "PM1"]
    return one.signed_off


def test_releases_open_on_both_laptops(desk: Laptops) -> None:
    for laptop in (FIRST, SECOND):
        assert documents.read(desk[laptop], REFERENCE, "bids/B01/1.1 Reach.txt", person="PM1") != b""


@pytest.mark.parametrize("laptop", [FIRST, SECOND])
def test_two_laptops_that_went_on_are_brought_together_on_either(desk: Laptops, laptop: str) -> None:
    other = SECOND if laptop == FIRST else FIRST
    files = {one: signed_sheet(desk, one) for one in (FIRST, SECOND)}
    assert [one.verdict for one in desk.take(OFFICER, *files.values())] == [Verdict.NEW, Verdict.FORKED]
    assert not counts(desk)

    (report,) = desk.take(laptop, files[other])
    assert (report.verdict, "follows both" in report.words) == (Verdict.NEW, True)
    change = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(1), "Page 9 says less.")
    sign_off.reopen(desk[laptop], REFERENCE, person="PM1", reason="Both laptops brought together.")
    scoring.save_score(desk[laptop], REFERENCE, person="PM1", score=change)
    sign_off.sign_off(desk[laptop], REFERENCE, person="PM1")
    (report,) = desk.take(OFFICER, sheet(desk, laptop))
    assert (report.verdict, counts(desk)) == (Verdict.NEWER, True)
    assert answers(desk[OFFICER]) == answers(desk[laptop])
    assert verify.verify_tender(desk[laptop], REFERENCE).verdict == "verified"


def test_sending_again_after_taking_in_the_other_sheet_follows_both_though_nothing_was_changed(desk: Laptops) -> None:
    files = {one: signed_sheet(desk, one) for one in (FIRST, SECOND)}
    desk.take(OFFICER, *files.values())
    desk.take(FIRST, files[SECOND])
    again = sheet(desk, FIRST)
    assert again not in files.values()
    desk.take(OFFICER, again)
    assert counts(desk)
    assert sheet(desk, FIRST) == again


def test_laptop_on_which_nothing_was_scored_takes_the_answers_over(desk: Laptops) -> None:
    change = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(3), "Named routes into schools.")
    scoring.save_score(desk[FIRST], REFERENCE, person="PM1", score=change)
    (report,) = desk.take(SECOND, sheet(desk, FIRST))
    assert (report.verdict, "from your other laptop are here" in report.words) == (
        Verdict.NEW,
        True,
    )
    assert answers(desk[SECOND]) == answers(desk[FIRST])
    desk.take(OFFICER, signed_sheet(desk, SECOND))
    assert counts(desk)
    assert verify.verify_tender(desk[SECOND], REFERENCE).verdict == "verified"


def test_interest_that_was_declared_on_one_laptop_recuses_on_the_other_too(desk: Laptops) -> None:
    declarations.declare(desk[FIRST], REFERENCE, person="PM1", answers=[Answer("B02", "A cousin.")])
    told = sending.send(desk[FIRST], REFERENCE, to=desk.stick).declaration
    assert told is not None
    assert [one.verdict for one in desk.take(SECOND, told, told)] == [Verdict.NEW, Verdict.SAME]
    assert scoring.desk(desk[SECOND], REFERENCE, person="PM1").recused == ("L1",)


def test_lost_laptop_is_revoked_by_what_it_is_called_and_the_other_goes_on(desk: Laptops) -> None:
    file = signed_sheet(desk, SECOND)
    done = leaving.revoke(desk[OFFICER], REFERENCE, person="PM1", why="Left on a train.", laptop="the old one")
    assert [one.name for one in done.laptops] == ["the old one"]
    assert [one.verdict for one in desk.take(OFFICER, file)] == [Verdict.NOT_OURS]
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    own = made.releases[PersonCode("PM1")]
    assert [one.verdict for one in desk.take(FIRST, made.roster, made.pack, own)] == [Verdict.NEW] * 3
    assert [one.verdict for one in desk.take(SECOND, made.roster, made.pack, own)] == [Verdict.NOT_OURS] * 3
    assert [one.verdict for one in desk.take(OFFICER, signed_sheet(desk, FIRST))] == [Verdict.NEW]
    assert [one.verdict for one in desk.take(FIRST, file)] == [Verdict.NOT_OURS]
    assert counts(desk)
