"""One line for the wall: what it shows, what it never shows, and the keys that lead it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.services import moderation
from evalpanel.services.workspace import Workspace
from evalpanel.ui import theme
from evalpanel.ui.page import Page
from evalpanel.ui.pages.moderation import ModerationPage
from evalpanel.ui.projector import LINES_HIGH, Projector
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

HERE = Line(LotCode("L1"), BidCode("B02"), CriterionCode("1.2"))
L2 = Line(LotCode("L2"), BidCode("B01"), CriterionCode("1.1"))


class Wall:
    """A moderation page with its line on the wall."""

    def __init__(self, qtbot: QtBot, space: Workspace, line: Line = HERE) -> None:
        self.space = space
        self.shell = Shell(Session(space, ui_stage.REFERENCE, "CH1"), {"moderation": ModerationPage, "home": Page})
        qtbot.addWidget(self.shell)
        with qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()
        self.shell.show_place("moderation")
        page = self.shell.page("moderation")
        assert isinstance(page, ModerationPage)
        self.page = page
        page.open(line)
        page.show_to_room()
        self.wall: Projector = page.wall
        qtbot.waitUntil(self.wall.isActiveWindow, timeout=20_000)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.wall, key, modifier)

    @property
    def words(self) -> str:
        return "\n".join(one.text() for one in self.wall.findChildren(QLabel) if one.isVisibleTo(self.wall))

    @property
    def line(self) -> Line:
        shown = self.page.room.shown
        assert shown is not None
        return shown.row.line


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("moderated", tmp_path_factory.mktemp("wall")) as made:
        yield made


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Look.LIGHT)


def test_wall_shows_what_is_agreed_and_nothing_of_what_members_wrote(qtbot: QtBot, space: Workspace) -> None:
    wall = Wall(qtbot, space)
    held = moderation.line(space, ui_stage.REFERENCE, HERE)
    assert held is not None
    assert held.agreed is not None
    assert held.scale is not None
    words = wall.words
    for wanted in ("B02", "1.2 Voice that changes decisions", "Agreed: 3", held.agreed.reasons, held.agreed.not_higher):
        assert wanted in words
    for one in held.scores:
        assert one.name not in words
        assert one.person not in words
        assert one.person not in wall.wall.scale.accessibleName()
        assert one.score.rationale not in words
        assert not one.score.working_note or one.score.working_note not in words
    assert len(held.scores) > 2


def test_codes_are_shown_when_somebody_asks_and_names_never(qtbot: QtBot, space: Workspace) -> None:
    wall = Wall(qtbot, space)
    assert wall.wall.scale.accessibleName() == "Scores: 1 score at 2, 2 scores at 3, 1 score at 4"
    wall.key(Qt.Key.Key_C)
    said = wall.wall.scale.accessibleName()
    assert sorted(one for people in wall.wall.scale.stacks().values() for one in people) == ["CH1", "PM1", "TS1", "YE1"]
    assert "YE1" in said
    held = moderation.line(space, ui_stage.REFERENCE, HERE)
    assert held is not None
    assert all(one.name not in wall.words + said for one in held.scores)
    wall.key(Qt.Key.Key_C)
    assert "YE1" not in wall.wall.scale.accessibleName()


def test_arrows_and_pages_go_from_line_to_line(qtbot: QtBot, space: Workspace) -> None:
    wall = Wall(qtbot, space)
    first = wall.line
    wall.key(Qt.Key.Key_Right)
    second = wall.line
    assert second != first
    assert second.bid in wall.words
    wall.key(Qt.Key.Key_PageUp)
    assert wall.line == first
    wall.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert wall.line == second


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_F11])
def test_escape_and_f11_give_the_screen_back(qtbot: QtBot, space: Workspace, key: Qt.Key) -> None:
    wall = Wall(qtbot, space)
    assert wall.wall.isFullScreen()
    wall.key(key)
    assert not wall.wall.isVisible()


def test_what_is_saved_on_the_laptop_changes_on_the_wall(qtbot: QtBot, space: Workspace) -> None:
    wall = Wall(qtbot, space, Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.3")))
    wall.page.room.fields["reasons"].setPlainText("The panel agreed this just now.")
    assert "just now" not in wall.words  # not before it is saved
    wall.page.save()
    assert "The panel agreed this just now." in wall.words


def test_wall_says_that_somebody_is_recused_and_not_who(qtbot: QtBot, space: Workspace) -> None:
    wall = Wall(qtbot, space, L2)
    assert "1 person is recused from this lot." in wall.words
    wall.key(Qt.Key.Key_C)
    assert "FI1 is recused from this lot." in wall.words


def test_line_leaves_the_wall_with_the_page_and_the_person(qtbot: QtBot, space: Workspace) -> None:
    wall = Wall(qtbot, space)
    wall.shell.show_place("home")
    assert not wall.wall.isVisible()
    wall.shell.show_place("moderation")
    wall.page.show_to_room()
    assert wall.wall.isVisible()
    wall.shell.session.person = "FI1"
    wall.shell.refresh()
    assert not wall.wall.isVisible()


@pytest.mark.parametrize("look", [theme.Look.LIGHT, theme.Look.DARK, theme.Look.CONTRAST])
def test_text_is_large_in_every_look(qtbot: QtBot, qapp: QApplication, space: Workspace, look: theme.Look) -> None:
    wall = Wall(qtbot, space)
    wall.wall.showNormal()
    wall.wall.resize(1920, 1080)
    theme.apply(qapp, look)
    reasons = next(one for one in wall.wall.findChildren(QLabel) if one.text().startswith("Agreed: "))
    reasons.ensurePolished()
    assert reasons.fontInfo().pixelSize() >= 1080 // LINES_HIGH
    assert reasons.palette().color(reasons.foregroundRole()) == theme.colour("accent")


def test_scale_without_scores_and_line_without_scale_are_shown(qtbot: QtBot, space: Workspace) -> None:
    wall = Wall(qtbot, space)
    assert wall.wall.scale.stacks()[Decimal(3)]
    assert wall.wall.grab().toImage().pixelColor(2, 2) == theme.colour("surface")
