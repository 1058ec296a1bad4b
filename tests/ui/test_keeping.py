"""How long a record is kept, on the page Record in the real window: holds, the warning, and the ending."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.services import deciding, keeping, publishing
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.record import RecordPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

REFERENCE = ui_stage.REFERENCE
TODAY = ui_stage.NOW.date()


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """The sample, abandoned and closed."""
    with ui_stage.at("outcome", tmp_path / "profile") as held:
        ui_stage.abandon(held)
        publishing.close(held, REFERENCE)
        yield held


def record_page(qtbot: QtBot, space: Workspace, person: str = "OF1") -> RecordPage:
    shell = Shell(Session(space, REFERENCE, person), {"record": RecordPage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("record")
    page = shell.page("record")
    assert isinstance(page, RecordPage)
    return page


def later(space: Workspace, days: int) -> Workspace:
    """The same profile, so many days later."""
    return replace(space, clock=lambda: ui_stage.NOW + timedelta(days=days))


def test_record_says_until_when_it_is_kept_and_that_it_may_not_be_ended_before(qtbot: QtBot, space: Workspace) -> None:
    card = record_page(qtbot, space).keeping
    assert card.words.text() == (
        "3 years that begin on 23 November 2026, when the last lot was abandoned, end on 22 November 2029."
    )
    assert card.warning.isVisible() is False
    assert (card.end.isEnabled(), card.end.toolTip()) == (False, card.words.text())


def test_record_warns_before_the_day(qtbot: QtBot, space: Workspace) -> None:
    card = record_page(qtbot, later(space, 3 * 365 - 60)).keeping
    assert card.warning.text() == "Decide in time whether it is still needed."


def test_hold_stops_the_ending_until_it_is_lifted_each_by_itself(qtbot: QtBot, space: Workspace) -> None:
    late = later(space, 3 * 366)
    publishing.hold(late, REFERENCE, who="Audit", why="Asked for.")
    publishing.hold(late, REFERENCE, who="Police", why="Asked for too.")
    page = record_page(qtbot, late)
    card = page.keeping
    assert card.warning.text() == "Nothing is destroyed while a hold stands."
    assert card.end.isEnabled() is False
    assert [one.text() for one in card.lifts.values()] == ["Lift this hold…", "Lift this hold…"]
    list(card.lifts.values())[1].click()
    who, why = card.fields
    assert (who.hasFocus() or not page.isActiveWindow(), card.act.isEnabled()) == (True, False)
    who.setText("Police")
    why.setText("The case is closed.")
    card.act.click()
    assert [one.who for one in deciding.standing(late, REFERENCE).standing] == ["Audit"]
    next(iter(card.lifts.values())).click()
    who.setText("Audit")
    why.setText("Done.")
    card.act.click()
    assert (card.end.isEnabled(), card.act.isVisible()) == (True, False)


def test_record_is_ended_when_its_reference_is_typed_and_what_stays_is_said(qtbot: QtBot, space: Workspace) -> None:
    late = later(space, 3 * 366)
    files = keeping.keeping(late, REFERENCE).files
    page = record_page(qtbot, late)
    card = page.keeping
    assert card.warning.text() == "The record may be ended now, or kept for a reason of your own."
    card.end.click()
    typed, why = card.fields
    why.setText("It is no longer needed.")
    typed.setText("PTSCF")
    assert card.act.isEnabled() is False
    typed.setText(REFERENCE)
    card.act.click()
    now = keeping.keeping(late, REFERENCE)
    assert (now.files, now.has_key, files > 0) == (0, False, True)
    assert card.words.text() == "The record was ended."
    assert card.kept.text() == (
        f"{files} sealed files and the key went from this laptop: It is no longer needed. {keeping.KEPT}"
    )
    assert (card.end.isVisible(), card.act.isVisible()) == (False, False)
    assert page.status.text() == "The record was ended. This history stays."


def test_ending_is_left_with_nothing_done(qtbot: QtBot, space: Workspace) -> None:
    late = later(space, 3 * 366)
    card = record_page(qtbot, late).keeping
    card.end.click()
    card.fields[0].setText(REFERENCE)
    card.leave()
    assert (card.act.isVisible(), card.fields[0].text()) == (False, "")
    assert keeping.keeping(late, REFERENCE).retention.ended is None


def test_nobody_but_the_officer_ends_a_record(qtbot: QtBot, space: Workspace) -> None:
    card = record_page(qtbot, later(space, 3 * 366), "PM1").keeping
    assert card.end.isEnabled() is False
