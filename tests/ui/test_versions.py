"""Earlier versions of one's own answer, and what a letter typed by mistake takes away: history instead of undo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode, ScaleCode
from evalpanel.services import reading, scoring, sign_off
from evalpanel.services.reading import Version
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.version_words import changes, told
from evalpanel.ui.page import Page
from evalpanel.ui.pages.scoring import ScoringPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

CTRL = Qt.KeyboardModifier.ControlModifier
HERE = Line(LotCode("L1"), BidCode("B02"), CriterionCode("1.2"))
THERE = Line(LotCode("L1"), BidCode("B02"), CriterionCode("1.3"))
SCALE = Scale(ScaleCode("S"), tuple(Level(Decimal(one), name, "") for one, name in ((3, "Fair"), (4, "Good"))))
FIRST = Score(HERE, ScoreStatus.SCORED, Decimal(3), "On page 2.")
SECOND = Score(HERE, ScoreStatus.SCORED, Decimal(4), "On pages 2 and 3.", "Say who.")


class Desk:
    def __init__(self, qtbot: QtBot, space: Workspace, person: str = "CH1") -> None:
        self.space, self.person = space, person
        self.shell = Shell(Session(space, ui_stage.REFERENCE, person), {"scoring": ScoringPage, "home": Page})
        qtbot.addWidget(self.shell)
        with qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()
        self.shell.session.reload()
        self.shell.show_place("scoring")
        page = self.shell.page("scoring")
        assert isinstance(page, ScoringPage)
        self.page = page

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target: QWidget | None = QApplication.focusWidget()
        QTest.keyClick(self.page if target is None else target, key, modifier)

    def keep(self, *scores: Score) -> None:
        for score in scores:
            scoring.save_score(self.space, ui_stage.REFERENCE, person=self.person, score=score)
        self.shell.refresh()
        self.page.open(scores[-1].line)

    def held(self, line: Line = HERE) -> Score:
        return scoring.desk(self.space, ui_stage.REFERENCE, self.person).scores.get(line, Score(line))

    @property
    def rows(self) -> list[str]:
        shown = self.page.versions.list
        return [shown.item(row).text().split(" · ")[-1] for row in range(shown.count())]


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("declared", tmp_path) as made:
        yield made


def test_versions_are_read_and_one_is_put_back_as_a_new_one(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.keep(FIRST, SECOND)
    desk.key(Qt.Key.Key_H, CTRL)
    assert desk.rows == [
        "4 Good\nscore was 3 Satisfactory, reason changed, improvements written",
        "3 Satisfactory\nfirst version",
    ]
    assert desk.page.versions.marked is not None
    assert desk.page.versions.marked.score == FIRST  # the one before is what somebody looks for
    desk.key(Qt.Key.Key_Return)
    assert desk.held() == FIRST
    assert [one.score for one in reading.versions(space, ui_stage.REFERENCE, "CH1", HERE)] == [FIRST, SECOND, FIRST]
    assert desk.page.form.reason.text() == "On page 2."
    assert desk.page.status.text().endswith("version 3")
    assert len(desk.rows) == 3
    desk.key(Qt.Key.Key_Escape)
    assert not desk.page.versions.isVisible()
    assert desk.page.form.levels.isAncestorOf(QApplication.focusWidget() or desk.shell)


def test_what_is_being_typed_is_kept_before_a_version_is_put_back(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.keep(FIRST)
    desk.page.form.reason.setFocus()
    QTest.keyClicks(desk.page.form.reason, "New: ")
    desk.key(Qt.Key.Key_H, CTRL)
    desk.key(Qt.Key.Key_Return)
    typed = replace(FIRST, rationale="New: On page 2.")
    assert [one.score for one in reading.versions(space, ui_stage.REFERENCE, "CH1", HERE)] == [FIRST, typed, FIRST]


def test_signed_sheet_shows_its_versions_and_puts_none_back(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space, "YE1")
    for one in scoring.desk(space, ui_stage.REFERENCE, "YE1").owed:
        scoring.save_score(
            space, ui_stage.REFERENCE, person="YE1", score=Score(one, ScoreStatus.SCORED, Decimal(1), "On page 1.")
        )
    line = scoring.desk(space, ui_stage.REFERENCE, "YE1").owed[0]
    desk.keep(Score(line, ScoreStatus.SCORED, Decimal(0), "Not there."))
    sign_off.sign_off(space, ui_stage.REFERENCE, person="YE1")
    desk.shell.refresh()
    desk.page.toggle_versions()
    assert len(desk.rows) == 2
    assert desk.page.versions.put.isEnabled() is False
    desk.key(Qt.Key.Key_Return)
    assert desk.held(line).value == Decimal(0)


def test_line_without_an_answer_has_no_versions(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.page.open(HERE)
    desk.page.toggle_versions()
    assert desk.rows == []
    assert desk.page.versions.put.isEnabled() is False


@pytest.mark.parametrize("letter", [Qt.Key.Key_A, Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_letter_typed_by_mistake_says_what_it_took_and_gives_it_back(
    qtbot: QtBot, space: Workspace, letter: Qt.Key
) -> None:
    desk = Desk(qtbot, space)
    desk.keep(SECOND)
    desk.key(letter)
    assert desk.held().value is None
    assert desk.held().rationale == SECOND.rationale  # a reason is never lost
    assert desk.shell.messages.text.startswith("Your score 4 Good on B02, criterion 1.2, was taken away")
    assert desk.shell.messages.action.text() == "Put it back"
    desk.shell.messages.action.click()
    assert desk.held() == SECOND
    assert desk.shell.messages.text == ""


def test_it_is_given_back_from_another_line_too_and_keeps_what_was_written_since(
    qtbot: QtBot, space: Workspace
) -> None:
    desk = Desk(qtbot, space)
    desk.keep(SECOND)
    desk.key(Qt.Key.Key_A)
    desk.page.form.reason.setFocus()
    QTest.keyClicks(desk.page.form.reason, "Still: ")
    desk.page.go_to(THERE)
    desk.shell.messages.action.click()
    assert desk.held() == replace(SECOND, rationale=f"Still: {SECOND.rationale}")
    assert desk.held(THERE) == Score(THERE)


def test_offer_goes_when_the_line_is_scored_again(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.keep(SECOND)
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_5)
    assert desk.shell.messages.text == ""


def test_what_one_person_may_take_back_is_not_left_for_the_next(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.keep(SECOND)
    desk.key(Qt.Key.Key_A)
    desk.shell.session.person = "PM1"
    desk.shell.refresh()
    assert desk.shell.messages.text == ""


def test_changes_are_told_in_words() -> None:
    abstained = Score(HERE, ScoreStatus.ABSTAINED, None, "", "", "Ask.")
    assert changes(None, FIRST, SCALE) == "first version"
    assert changes(SECOND, abstained, SCALE) == (
        "score was 4 Good, reason taken away, improvements taken away, working note written"
    )
    assert changes(FIRST, FIRST, SCALE) == "the same words"
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert told((Version(2, at, abstained), Version(1, at, SECOND)), SCALE) == (
        (
            "Version 2, now · 23 Nov 2026 09:30 · Abstained",
            "score was 4 Good, reason taken away, improvements taken away, working note written",
        ),
        ("Version 1 · 23 Nov 2026 09:30 · 4 Good", "first version"),
    )
