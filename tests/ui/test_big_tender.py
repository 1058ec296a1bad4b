"""The window over a tender with more lines than are read at once: the page is there first, the lines follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import big
import profiles
from evalpanel.domain.sheets import Score
from evalpanel.services import scoring
from evalpanel.ui.catalogue import factories
from evalpanel.ui.pages.moderation import ModerationPage
from evalpanel.ui.pages.scoring import ScoringPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.widgets.progress_grid import ProgressGrid

SIZE = big.Size(bids=41, sections=10, leaves=5, people=3, pages=1)
LINES = 2050


@pytest.fixture
def shell(tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Shell]:
    """The window at a stage, for a person."""
    stage, person = request.param
    with profiles.opened(big.copy(tmp_path / "profile", stage, SIZE)) as space:
        made = Shell(Session(space, big.REFERENCE, person), factories())
        qtbot.addWidget(made)
        made.show()
        yield made
        made.close()


@pytest.mark.parametrize("shell", [("moderated", "CH1")], indirect=True)
def test_many_lines_are_read_on_the_worker_and_shown_when_they_are_there(shell: Shell, qtbot: QtBot) -> None:
    shell.show_place("moderation")
    page = shell.page("moderation")
    assert isinstance(page, ModerationPage)
    assert (shell.jobs.busy, len(page.list.model.rows), page.room.isVisible()) == (True, 0, False)
    qtbot.waitUntil(lambda: len(page.list.model.rows) == LINES, timeout=20_000)
    assert page.room.isVisible()
    shell.show_place("home")
    shell.show_place("moderation")
    assert (shell.jobs.busy, len(page.list.model.rows)) == (False, LINES)


@pytest.mark.parametrize("shell", [("moderated", "CH1")], indirect=True)
def test_reading_that_was_stopped_begins_again_with_the_next_refresh(shell: Shell, qtbot: QtBot) -> None:
    shell.show_place("moderation")
    page = shell.page("moderation")
    assert isinstance(page, ModerationPage)
    shell.jobs.cancel()
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=20_000)
    shell.refresh()
    qtbot.waitUntil(lambda: len(page.list.model.rows) == LINES, timeout=20_000)


@pytest.mark.parametrize("shell", [("scoring", big.SCORER)], indirect=True)
def test_picture_of_many_lines_follows_the_home_page(shell: Shell, qtbot: QtBot) -> None:
    shell.show_place("home")
    page = shell.page("home")
    assert page.findChildren(ProgressGrid) == []
    qtbot.waitUntil(lambda: len(page.findChildren(ProgressGrid)) == 1, timeout=20_000)


@pytest.mark.parametrize("shell", [("scoring", big.SCORER)], indirect=True)
def test_sheet_is_read_again_only_when_something_else_was_done(shell: Shell) -> None:
    shell.show_place("scoring")
    page = shell.page("scoring")
    assert isinstance(page, ScoringPage)
    before = page._sheet
    assert before is not None
    shell.refresh()
    assert page._sheet is before
    line, score = next(iter(before.scores.items()))
    changed = Score(line, score.status, score.value, "Another reason.", "", "")
    scoring.save_score(shell.session.workspace, big.REFERENCE, person=big.SCORER, score=changed)
    shell.refresh()
    assert page._sheet is not before and page._sheet is not None
    assert page._sheet.score(line) == changed
