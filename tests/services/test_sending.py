"""What a panel member sends to the officer: declarations and score sheets, in any order, repeated, forked."""

from __future__ import annotations

import itertools
import shutil
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from evalpanel.domain.interests import Answer
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.sheets import Score, ScoreStatus
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    confirming,
    declarations,
    inviting,
    issuing,
    joining,
    record,
    scoring,
    sending,
    setup,
    sign_off,
    verify,
)
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops, laptops, left
from profiles import Clock
from stages import REFERENCE, line, load, score


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """PM1 has the whole tender on a laptop of their own, has declared no interest there, and scored nothing yet."""
    prepared(desk[OFFICER], desk.root / "pack")
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.join(REFERENCE, "PM1", one.file)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM1", made.roster, made.pack, made.releases[PersonCode("PM1")])
    declarations.declare(desk["PM1"], REFERENCE, person="PM1")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def sent(desk: Laptops, person: str = "PM1") -> sending.Sent:
    return sending.send(desk[person], REFERENCE, to=desk.stick)


def sheet_of(made: sending.Sent) -> Path:
    assert made.sheet is not None
    return made.sheet


def answers(space: Workspace) -> dict[object, Score]:
    with space.store.reading() as tx:
        tender = queries.tender_row(tx, REFERENCE).tender_id
        return dict(score_reads.scores_of(tx, tender, PersonCode("PM1")))  # type: ignore[arg-type]  # the id is text


def signed(space: Workspace) -> bool:
    (one,) = [one for one in setup.view(space, REFERENCE).panel if one.member.person == "PM1"]
    return one.signed_off


def change(desk: Laptops, level: int, words: str = "It says how.") -> None:
    one = Score(line("B01", "1.1"), ScoreStatus.SCORED, Decimal(level), words)
    scoring.save_score(desk["PM1"], REFERENCE, person="PM1", score=one)


def test_signed_off_sheet_arrives_as_it_was_written(desk: Laptops) -> None:
    score(desk["PM1"], person="PM1")
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
    made = sent(desk)
    (report,) = desk.take(OFFICER, sheet_of(made))
    count = len(answers(desk["PM1"]))
    assert (report.verdict, report.author) == (Verdict.NEW, "PM1")
    assert report.words == f"The sheet of PM1 is here: {count} answers."
    assert answers(desk[OFFICER]) == answers(desk["PM1"])
    assert (made.final, signed(desk[OFFICER])) == (True, True)
    assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"
    assert verify.verify_tender(desk["PM1"], REFERENCE).verdict == "verified"


def test_who_typed_a_sheet_in_travels_with_it_and_is_told_on_the_officers_laptop(desk: Laptops) -> None:
    score(desk["PM1"], person="PM1")
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1", entered_by="a supporter at the table")
    desk.take(OFFICER, sheet_of(sent(desk)))
    (one,) = [one for one in setup.view(desk[OFFICER], REFERENCE).panel if one.member.person == "PM1"]
    assert (one.signed_off, one.entered_by) == (True, "a supporter at the table")
    (told,) = [one for one in record.history(desk[OFFICER], REFERENCE) if "Typed in for them" in one.sentence]
    assert told.sentence.endswith("Typed in for them by a supporter at the table.")
    assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"

    sign_off.reopen(desk["PM1"], REFERENCE, person="PM1", reason="A page was overlooked.")
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")  # the same answers: another word about who typed them
    desk.take(OFFICER, sheet_of(sent(desk)))
    (one,) = [one for one in setup.view(desk[OFFICER], REFERENCE).panel if one.member.person == "PM1"]
    assert (one.signed_off, one.entered_by) == (True, "")


def test_nothing_of_a_sheet_can_be_read_on_its_way(desk: Laptops) -> None:
    change(desk, 3, "A sentence that nobody else may read.")
    file = sheet_of(sent(desk))
    with zipfile.ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"sentence" not in everything


def test_sheet_that_is_not_signed_off_is_kept_and_opens_for_its_author_alone(desk: Laptops) -> None:
    change(desk, 3)
    (report,) = desk.take(OFFICER, sheet_of(sent(desk)))
    assert (report.verdict, "PM1 alone can open" in report.words) == (Verdict.NEW, True)
    assert (answers(desk[OFFICER]), signed(desk[OFFICER])) == ({}, False)


def test_sending_again_writes_the_same_bytes_and_taking_in_again_changes_nothing(desk: Laptops) -> None:
    score(desk["PM1"], person="PM1")
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
    first = sent(desk)
    before = sheet_of(first).read_bytes()
    assert sent(desk) == first
    assert sheet_of(first).read_bytes() == before
    assert [one.verdict for one in desk.take(OFFICER, sheet_of(first), sheet_of(first))] == [Verdict.NEW, Verdict.SAME]


def three_sheets(desk: Laptops) -> list[Path]:
    """A signed-off sheet, the same opened again with a change, and signed off once more."""
    files = []
    score(desk["PM1"], person="PM1")
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
    files.append(sheet_of(sent(desk)))
    sign_off.reopen(desk["PM1"], REFERENCE, person="PM1", reason="A page was overlooked.")
    change(desk, 1, "Page 9 says less.")
    files.append(sheet_of(sent(desk)))
    sign_off.sign_off(desk["PM1"], REFERENCE, person="PM1")
    files.append(sheet_of(sent(desk)))
    return files


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_whatever_order_sheets_come_the_newest_counts(desk: Laptops, order: tuple[int, ...]) -> None:
    files = three_sheets(desk)
    desk.take(OFFICER, *(files[place] for place in order), *files)
    assert answers(desk[OFFICER]) == answers(desk["PM1"])
    assert signed(desk[OFFICER])
    assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"


def test_older_sheet_that_comes_late_is_told_and_changes_nothing(desk: Laptops) -> None:
    first, _, last = three_sheets(desk)
    desk.take(OFFICER, last)
    before = answers(desk[OFFICER])
    (report,) = desk.take(OFFICER, first)
    assert report.verdict is Verdict.OLDER
    assert (answers(desk[OFFICER]), signed(desk[OFFICER])) == (before, True)


def test_sheet_opened_again_does_not_count_until_it_is_signed_off(desk: Laptops) -> None:
    first, second, last = three_sheets(desk)
    desk.take(OFFICER, first)
    assert signed(desk[OFFICER])
    desk.take(OFFICER, second)
    assert not signed(desk[OFFICER])
    desk.take(OFFICER, last)
    assert signed(desk[OFFICER])


def test_two_laptops_that_went_on_are_a_fork_and_neither_counts(desk: Laptops) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    desk.take(OFFICER, joining.enrol(desk["second"], one.file, to=desk.stick))
    (theirs,) = confirming.words_to_read(desk["second"], REFERENCE)
    (ours,) = confirming.words_to_read(desk[OFFICER], REFERENCE, person="PM1")
    confirming.confirm(desk[OFFICER], REFERENCE, typed=" ".join(theirs), person="PM1")
    confirming.confirm(desk["second"], REFERENCE, typed=" ".join(ours))
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("second", made.roster, made.pack, made.releases[PersonCode("PM1")])
    declarations.declare(desk["second"], REFERENCE, person="PM1")
    for laptop in ("PM1", "second"):
        score(desk[laptop], person="PM1")
        sign_off.sign_off(desk[laptop], REFERENCE, person="PM1")
    first, second = sheet_of(sent(desk)), sheet_of(sent(desk, "second"))
    assert [one.verdict for one in desk.take(OFFICER, first)] == [Verdict.NEW]
    (report,) = desk.take(OFFICER, second)
    assert (report.verdict, "neither counts" in report.words) == (Verdict.FORKED, True)
    assert not signed(desk[OFFICER])


def test_declaration_opens_the_bids_and_an_interest_keeps_them_closed(tmp_path: Path) -> None:
    with laptops(tmp_path, Clock(), lambda space: prepared(space, tmp_path / "pack")) as desk:
        (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
        desk.join(REFERENCE, "PM2", one.file)
        made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        assert made.without_declaration == ("PM2",)
        desk.take("PM2", made.roster, made.pack, made.releases[PersonCode("PM2")])
        declarations.declare(desk["PM2"], REFERENCE, person="PM2", answers=[Answer("B02", "My sister works there.")])

        told = sending.send(desk["PM2"], REFERENCE, to=desk.stick)
        assert (told.sheet, told.declaration is not None) == (None, True)
        (report,) = desk.take(OFFICER, told.declaration or tmp_path)

        assert (report.verdict, report.words.split(".")[0]) == (Verdict.NEW, "PM2 has declared their interests")
        ours, theirs = (
            declarations.made(desk[side], REFERENCE, person=who) for side, who in ((OFFICER, "OF1"), ("PM2", "PM2"))
        )
        assert [(one.person, one.bidder, one.about) for one in ours if one.person == "PM2"] == [
            (one.person, one.bidder, one.about) for one in theirs if one.person == "PM2"
        ]
        again = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
        desk.take("PM2", again.releases[PersonCode("PM2")])
        with desk["PM2"].store.reading() as tx:
            assert list(tx.execute(select(t.EnvelopeRow.name)).scalars()) == ["common"]
        assert verify.verify_tender(desk[OFFICER], REFERENCE).verdict == "verified"


def test_sheet_of_somebody_whose_keys_were_never_confirmed_is_left_alone(desk: Laptops, tmp_path: Path) -> None:
    score(desk["PM1"], person="PM1")
    file = sheet_of(sent(desk))
    with laptops(tmp_path / "elsewhere", Clock(), lambda space: prepared(space, tmp_path / "other")) as other:
        (report,) = other.take(OFFICER, Path(shutil.copy(file, tmp_path / file.name)))
    assert report.verdict is Verdict.NOT_OURS


def test_officers_own_laptop_sends_nothing(desk: Laptops) -> None:
    with pytest.raises(EvalPanelError) as raised:
        sending.send(desk[OFFICER], REFERENCE, to=desk.stick)
    assert raised.value.title == f"This laptop has not joined {REFERENCE} by an invitation."
