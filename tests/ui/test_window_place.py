"""The window fits the screen, and stands where it was left."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.services.workspace import Workspace
from evalpanel.ui import window_place
from evalpanel.ui.catalogue import factories
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell


@pytest.mark.parametrize(
    ("room", "size"),
    [
        (QSize(1920, 1040), QSize(1366, 768)),
        (QSize(1382, 816), QSize(1366, 768)),
        (QSize(1366, 728), None),  # a small laptop with a bar at the foot of its screen
        (QSize(1280, 1024), None),
        (QSize(910, 485), None),  # a small laptop with everything half as large again
    ],
)
def test_first_size_is_the_usual_one_or_fills_a_smaller_screen(room: QSize, size: QSize | None) -> None:
    assert window_place.first_size(room) == size


def _shell(qtbot: QtBot, space: Workspace) -> Shell:
    shell = Shell(Session(space), factories())
    qtbot.addWidget(shell)
    shell.show_place("home")
    return shell


def test_window_is_never_larger_than_the_screen(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("empty", tmp_path) as space:
        shell = _shell(qtbot, space)
        shell.appear()
        assert shell.screen().availableGeometry().contains(shell.geometry())
        shell.close()


def test_window_stands_where_it_was_left_in_this_profile(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("empty", tmp_path / "one") as space:
        first = _shell(qtbot, space)
        first.appear()
        first.showNormal()
        first.resize(700, 500)
        first.move(QPoint(40, 60))
        first.close()
        second = _shell(qtbot, space)
        second.appear()
        assert (second.size(), second.pos()) == (QSize(700, 500), QPoint(40, 60))
        second.close()
    with ui_stage.at("empty", tmp_path / "two") as space:
        other = _shell(qtbot, space)
        other.appear()
        assert other.size() != QSize(700, 500)
        other.close()


def test_window_left_on_a_larger_screen_fits_this_one(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("empty", tmp_path) as space:
        first = _shell(qtbot, space)
        first.resize(3000, 1700)
        first.show()
        first.close()
        second = _shell(qtbot, space)
        second.appear()
        assert second.screen().availableGeometry().contains(second.geometry())
        second.close()
