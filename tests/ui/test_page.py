"""What every page has in common, on the widest screens too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.services.workspace import Workspace
from evalpanel.ui.catalogue import factories
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.widgets.fold import Fold


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("outcome", tmp_path_factory.mktemp("page")) as made:
        yield made


@pytest.mark.parametrize("place", ["home", "setup", "panel", "moderation", "outcome", "letters", "record"])
def test_a_page_keeps_to_the_left_of_a_very_wide_screen(qtbot: QtBot, space: Workspace, place: str) -> None:
    shell = Shell(Session(space, ui_stage.REFERENCE, "OF1"), factories())
    qtbot.addWidget(shell)
    shell.resize(3840, 2160)
    with qtbot.waitExposed(shell):
        shell.show()
    shell.show_place(place)
    page = shell.page(place)

    def letters() -> float:
        return page.whole.width() / page.fontMetrics().averageCharWidth()

    qtbot.waitUntil(lambda: page.WIDEST <= letters() <= page.WIDEST + 10, timeout=20_000)
    assert page.whole.x() == 0
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=20_000)
    shell.close()


@pytest.mark.parametrize("place", ["scoring", "moderation", "record"])
def test_a_page_uses_all_of_a_usual_screen(qtbot: QtBot, space: Workspace, place: str) -> None:
    shell = Shell(Session(space, ui_stage.REFERENCE, "PM1"), factories())
    qtbot.addWidget(shell)
    shell.resize(1366, 768)
    with qtbot.waitExposed(shell):
        shell.show()
    shell.show_place(place)
    page = shell.page(place)
    qtbot.waitUntil(lambda: page.whole.width() == page.width(), timeout=20_000)
    shell.close()


def test_row_is_one_again_when_what_took_the_room_goes(qtbot: QtBot) -> None:
    row = Fold()
    qtbot.addWidget(row)
    first, second, third = (QPushButton(text) for text in ("One", "Another one", "A third that is much longer"))
    for one in (first, second, third):
        row.add(one)
    row.show()  # dressed now, so that what they need is known
    row.resize(first.sizeHint().width() + second.sizeHint().width() + third.sizeHint().width() // 2, 200)
    qtbot.waitUntil(lambda: first.y() != second.y(), timeout=10_000)
    third.hide()
    qtbot.waitUntil(lambda: first.y() == second.y(), timeout=10_000)
