"""The page “Outcome” on laptops that joined: the officer's outcome where prices are read, and no price elsewhere."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from evalpanel.services.outcome import outcome
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.outcome import OutcomePage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from laptops import OFFICER
from panels import locked, panel, release
from stages import REFERENCE


def page_of(qtbot: QtBot, space: Workspace, person: str) -> tuple[Shell, OutcomePage]:
    shell = Shell(Session(space, REFERENCE, person), {"outcome": OutcomePage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("outcome")
    page = shell.page("outcome")
    assert isinstance(page, OutcomePage)
    return shell, page


def test_chair_sees_the_officers_outcome_and_a_member_no_price(qtbot: QtBot, tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        locked(desk)
        release(desk)
        ours = outcome(desk[OFFICER], REFERENCE).lots
        _, chairs = page_of(qtbot, desk["CH1"], "CH1")
        assert chairs._lots == ours
        assert chairs.status.text() == "Worked out on this laptop, from what was locked and released."
        assert not chairs.primary.isVisible()
        _, members = page_of(qtbot, desk["PM1"], "PM1")
        assert (members._lots, members._state.isVisible(), members.prices.isVisible()) == ((), True, False)
