"""The big tender in a small size: what is read past the mapper, counted in the store or line by line is the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

import big
import profiles
import stages
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidStatus, TenderId
from evalpanel.errors import Cancelled
from evalpanel.progress import Progress
from evalpanel.services import moderation, scoresheets, scoring, setup, verify
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from evalpanel.store import tables as t

Opened = Callable[[str], AbstractContextManager[Workspace]]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """The small tender at a stage."""

    @contextmanager
    def at(stage: str) -> Iterator[Workspace]:
        with profiles.opened(big.profile(tmp_path / stage, stage, big.SMALL)) as space:
            yield space

    return at


def _tender(space: Workspace) -> TenderId:
    return setup.view(space, big.REFERENCE).summary.tender_id


def test_big_tender_verifies_at_its_last_stage(opened: Opened) -> None:
    with opened("priced") as space:
        assert verify.verify_tender(space, big.REFERENCE).verdict == "verified"


def test_verifying_stops_when_it_is_asked_to(opened: Opened) -> None:
    progress = Progress()
    progress.cancel()
    with opened("scoring") as space, pytest.raises(Cancelled):
        verify.verify_tender(space, big.REFERENCE, progress=progress)


def test_answers_counted_in_the_store_are_those_of_the_sheets(opened: Opened) -> None:
    with opened("scoring") as space:
        desk = scoring.desk(space, big.REFERENCE, big.SCORER)
        first, second = list(desk.scores.values())[:2]
        blank = replace(first, status=ScoreStatus.BLANK, value=None)
        for score in (blank, first, blank, replace(second, status=ScoreStatus.BLANK, value=None), second):
            scoring.save_score(space, big.REFERENCE, person=big.SCORER, score=score)
        setup.set_bid_status(
            space,
            big.REFERENCE,
            bid="B002",
            lot=None,
            status=BidStatus.WITHDRAWN,
            reason="Asked for it.",
            decided_by="OF1",
        )
        told = {one.member.person: (one.owed, one.answered) for one in setup.view(space, big.REFERENCE).panel}
        desks = {who: scoring.desk(space, big.REFERENCE, who) for who, (owed, _) in told.items() if owed}
        assert {who: one for who, one in told.items() if one[0]} == {
            who: (len(held.owed), sum(1 for line in held.owed if _answered(held.scores, line)))
            for who, held in desks.items()
        }


def _answered(scores: dict[Line, Score], line: Line) -> bool:
    return line in scores and scores[line].status is not ScoreStatus.BLANK


def test_scores_read_as_columns_are_those_of_the_rows(opened: Opened) -> None:
    with opened("moderated") as space:
        tender = _tender(space)
        with space.store.reading() as tx:
            rows = [(row.act, row.person, row.value()) for row in tx.query(t.ScoreRow).order_by(t.ScoreRow.id)]
            agreed = [(row.act, row.value()) for row in tx.query(t.ModeratedScoreRow).order_by(t.ModeratedScoreRow.id)]
            assert list(score_reads.versions(tx, tender)) == rows
            assert list(score_reads.moderated_versions(tx, tender)) == agreed
            assert score_reads.moderated_count(tx, tender) == len({one.line for _, one in agreed})
            assert sorted(score_reads.levels(tx, tender), key=_place) == [
                (who, replace(score, rationale="", improvements="", working_note="", evidence=()))
                for who, score in sorted(((who, score) for _, who, score in rows), key=_place)
            ]


def _place(one: tuple[str, Score]) -> tuple[str, Line]:
    return one[0], one[1].line


def test_line_with_its_words_is_the_one_among_all_lines(opened: Opened) -> None:
    with opened("moderated") as space:
        every = moderation.lines(space, big.REFERENCE)
        assert [moderation.line(space, big.REFERENCE, one.line) for one in every] == list(every)
        without = moderation.lines(space, big.REFERENCE, words=False)
        assert [(one.line, one.spread, one.agreed) for one in without] == [
            (one.line, one.spread, one.agreed) for one in every
        ]


def test_newest_version_counts_when_a_line_is_agreed_again(opened: Opened) -> None:
    with opened("moderated") as space:
        line = moderation.lines(space, big.REFERENCE)[0].line
        present = tuple(score.person for score in moderation.lines(space, big.REFERENCE)[0].scores)
        moderation.take_moderated(space, big.REFERENCE, rows=[stages.agreed(line, Decimal(4), present)])
        moderation.take_moderated(space, big.REFERENCE, rows=[stages.agreed(line, Decimal(2), present)])
        tender = _tender(space)
        with space.store.reading() as tx:
            held = score_reads.moderated(tx, tender)[line]
            assert score_reads.moderated_on(tx, tender, line) == (held, 3)
            assert held.value == Decimal(2)


def test_taking_a_spreadsheet_in_says_how_far_it_is_and_changes_nothing_when_it_is_stopped(
    opened: Opened, tmp_path: Path
) -> None:
    class Watched(Progress):
        def __init__(self, stop: str = "") -> None:
            super().__init__()
            self.told: list[str] = []
            self._stop = stop

        def step(self, done: int, total: int, what: str = "") -> None:
            self.told.append(what)
            if what == self._stop:
                self.cancel()
            super().step(done, total, what)

    with opened("moderated") as space:
        before = moderation.lines(space, big.REFERENCE)
        file, watched = tmp_path / "moderated.xlsx", Watched()
        assert scoresheets.export_moderated(space, big.REFERENCE, file) == len(before)
        agreed = next(one.agreed for one in before if one.agreed is not None)
        book = openpyxl.load_workbook(file)
        sheet = book.worksheets[0]
        names = [cell.value for cell in sheet[1]]
        sheet.cell(2, names.index("reasons") + 1).value = "Said once more."
        book.save(file)
        for stop in ("Reading", "Checking"):
            with pytest.raises(Cancelled):
                scoresheets.import_moderated(space, big.REFERENCE, path=file, progress=Watched(stop))
        assert moderation.lines(space, big.REFERENCE) == before
        assert agreed.line == before[0].line
        taken = scoresheets.import_moderated(space, big.REFERENCE, path=file, progress=watched)
        assert (taken.changed, watched.told) == ((agreed.line,), ["Reading", "Checking"])
