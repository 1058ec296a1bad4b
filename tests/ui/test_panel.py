"""The page “Panel and interests”: who evaluates, and the declaration of the person at the laptop."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.interests import Declaration, DeclarationOutcome
from evalpanel.domain.people import MemberKind, PanelMember, Role
from evalpanel.domain.tender import BidderCode, PersonCode
from evalpanel.services import declarations, setup
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.people import Told, composition, people
from evalpanel.ui.pages.panel import PanelPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.widgets import mark

REFERENCE = ui_stage.REFERENCE
WHEN = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class PanelDriver:
    """What a person does on the page, and sees there."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str, tender: str = REFERENCE) -> None:
        self.bot = qtbot
        self.shell = Shell(Session(space, tender, person), {"panel": PanelPage})
        qtbot.addWidget(self.shell)
        self.shell.show()
        self.shell.show_place("panel")
        page = self.shell.page("panel")
        assert isinstance(page, PanelPage)
        self.page = page

    @property
    def step(self) -> tuple[str, bool]:
        """The one next step, and whether it can be taken."""
        shown = self.page.primary.isVisible()
        return (self.page.primary.text().split("  ")[0] if shown else "", self.page.primary.isEnabled())

    @property
    def said(self) -> str:
        return self.shell.messages.text

    def told(self, code: str) -> list[tuple[str, str]]:
        """The shapes and words of somebody's interests."""
        return [(one.mark, one.text) for one in self.page.rows.row(code).person.interests]

    def press_primary(self) -> None:
        assert self.page.primary.isEnabled(), self.page.primary.toolTip()
        QTest.mouseClick(self.page.primary, Qt.MouseButton.LeftButton)

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        with self.bot.waitActive(self.shell):
            self.shell.activateWindow()
        QTest.keyClick(self.shell.focusWidget(), key, modifier)


@contextmanager
def driven(qtbot: QtBot, space: Workspace, person: str, tender: str = REFERENCE) -> Iterator[PanelDriver]:
    driver = PanelDriver(qtbot, space, person, tender)
    yield driver
    driver.shell.close()


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Bids are open; the chair and PM1 declared on paper. Each test acts for a person of its own."""
    with ui_stage.at("frozen", tmp_path_factory.mktemp("frozen")) as space:
        yield space


@pytest.fixture(scope="module")
def scoring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("scoring", tmp_path_factory.mktemp("scoring")) as space:
        yield space


def test_what_is_missing_says_so(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "YE1") as driver:
        assert driver.step == ("Declare my interests", True)
        assert driver.told("YE1") == [(mark.MISSING, "Not declared yet")]
        assert driver.told("CH1") == [(mark.DONE, "No interest")]
        assert driver.page.rows.row("CH1").person.interests[0].more == "On paper, 21 September 2026"
        assert driver.page.rows.row("YE1").person.mine


def test_somebody_without_interests_declares_by_two_keys(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "TS1") as driver:
        driver.press_primary()
        assert driver.step == ("Record my declaration", False)
        assert driver.page.status.text() == "Still to answer: B01, B02, B03, B04, B05 and B06."
        driver.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda: driver.step == ("Record my declaration", True), timeout=20_000)
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert driver.said == "Your declaration is on record: no interest."
        assert driver.told("TS1") == [(mark.DONE, "No interest")]
        made = [one for one in declarations.made(frozen, REFERENCE) if one.person == "TS1"]
        assert [(one.outcome, one.bidder) for one in made] == [(DeclarationOutcome.NONE, None)]
        driver.page.go.disconnect()  # the shell of this test has no page for scoring
        with qtbot.waitSignal(driver.page.go, timeout=20_000) as going:
            driver.press_primary()
        assert going.args == ["scoring", None]


def test_an_interest_needs_words_and_recuses_from_the_lot(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "FI1") as driver:
        driver.page.open("declare")
        driver.page.form.none.click()
        question = driver.page.form.questions[BidderCode("B03")]
        question.some.click()
        assert driver.step == ("Record my declaration", False)
        assert driver.page.primary.toolTip() == "Say in a few words what your interest in B03 is."
        QTest.keyClicks(question.text, "I am its treasurer <b>.")
        assert (
            driver.page.status.text() == "You will be recused from lot L2: you neither read nor score any of its bids."
        )
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            driver.press_primary()
        assert driver.said == "Your declaration is on record: an interest in B03. You are recused from lot L2."
        assert driver.told("FI1") == [
            (mark.INTEREST, "An interest in B03 Rockpool Young Researchers"),
            (mark.RECUSED, "Recused from lot L2"),
        ]
        assert driver.page.rows.row("FI1").person.interests[0].more == "I am its treasurer <b>."

        # What is on record stays; only something new can be added.
        driver.page.open("declare")
        assert driver.page.form.questions[BidderCode("B03")].fixed
        driver.page.form.none.click()
        assert driver.page.status.text().startswith("There is nothing new to record.")
        driver.key(Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: driver.page.title.text() == "Panel and interests", timeout=20_000)


def test_answers_that_are_not_recorded_stay_through_a_refresh(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "OF1") as driver:
        driver.page.open("declare")
        question = driver.page.form.questions[BidderCode("B01")]
        question.some.click()
        question.text.setPlainText("My sister works there")
        driver.shell.refresh()
        assert driver.page.form.questions[BidderCode("B01")].about == "My sister works there"
        # Somebody else who sits down at the laptop sees the panel, not the half-made declaration.
        driver.shell.session.person = "CH1"
        driver.shell.refresh()
        assert driver.page.title.text() == "Panel and interests"
        driver.page.open("declare")
        assert driver.page.form.questions[BidderCode("B01")].answer is None


def test_what_an_interest_is_about_is_not_for_everybody(scoring: Workspace) -> None:
    view, made = setup.view(scoring, REFERENCE), declarations.made(scoring, REFERENCE)

    def about(person: str, *, sees_all: bool) -> str:
        rows = people(view, made, person=person, sees_all=sees_all)
        return next(one for one in rows if one.code == "FI1").interests[0].more

    assert about("PM1", sees_all=False) == ""
    assert about("FI1", sees_all=False).startswith("I volunteer as treasurer")
    assert about("CH1", sees_all=True).startswith("I volunteer as treasurer")


def test_progress_and_sign_off_are_shown(qtbot: QtBot, scoring: Workspace) -> None:
    with driven(qtbot, scoring, "PM1") as driver:
        assert driver.page.rows.row("PM1").person.sheet == Told(mark.DONE, "Signed off · 108 of 108")
        assert driver.page.rows.row("TS1").person.sheet == Told(mark.MISSING, "Not started · 0 of 58")
        assert driver.page.rows.row("OF1").person.sheet == Told(mark.OUT, "No sheet")
        assert driver.step == ("", False)
        assert driver.page.rows.row("TS1").absence.isVisible() is False


def test_the_officer_records_an_absence_with_a_reason(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("scoring", tmp_path) as space, driven(qtbot, space, "OF1") as driver:
        assert driver.page.rows.row("PM1").absence.isVisible() is False
        QTest.mouseClick(driver.page.rows.row("YE1").absence, Qt.MouseButton.LeftButton)
        assert driver.shell.focusWidget() is driver.page.absence.reason
        assert driver.page.absence.record.isEnabled() is False
        QTest.keyClicks(driver.page.absence.reason, "Exams until March")
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            QTest.keyClick(driver.page.absence.reason, Qt.Key.Key_Return)
        assert driver.page.rows.row("YE1").person.sheet == Told(mark.OUT, "Absent", "Exams until March")
        assert driver.page.rows.row("YE1").absence.isVisible() is False
        assert driver.page.absence.isVisible() is False
        assert driver.said.startswith("The absence of YE1 is on record.")


def test_without_a_person_the_page_says_where_to_choose(qtbot: QtBot, scoring: Workspace) -> None:
    with driven(qtbot, scoring, "") as driver:
        assert driver.step == ("", False)
        assert driver.page.status.text() == "Choose who you are, at the foot of the rail, to declare your interests."


def test_without_a_tender_the_page_is_empty(qtbot: QtBot, scoring: Workspace) -> None:
    with driven(qtbot, scoring, "", tender="") as driver:
        assert driver.page.subtitle.text() == "Open a tender first."
        assert driver.page.rows.people == ()


def test_an_organisation_that_bids_recuses_without_a_declaration(scoring: Workspace) -> None:
    view = setup.view(scoring, REFERENCE)
    own = replace(view.panel[2].member, organisation="The Saltmarsh Youth Project")
    odd = replace(view, panel=(replace(view.panel[2], member=own),))
    rows = people(odd, (), person="", sees_all=False)
    assert [(one.mark, one.text, one.more) for one in rows[0].interests] == [
        (mark.MISSING, "Not declared yet", "Cannot read or score a bid before."),
        (mark.RECUSED, "Recused from lot L1", "The Saltmarsh Youth Project is a bidder"),
    ]


def test_odd_people_are_told_too(scoring: Workspace) -> None:
    view = setup.view(scoring, REFERENCE)
    bare = PanelMember(PersonCode("X&1"), "", (Role.OBSERVER, Role.NOTE_TAKER))
    none = PanelMember(PersonCode("P9"), "Zoë <i>Ó</i>", (Role.PANEL_MEMBER,), kind=MemberKind.USER, criteria=())
    odd = replace(view, panel=tuple(replace(view.panel[0], member=one, owed=0) for one in (bare, none)))
    gone = Declaration(PersonCode("P9"), DeclarationOutcome.INTEREST, WHEN, BidderCode("B99"), "A bidder that left")
    rows = people(odd, (gone,), person="P9", sees_all=False)
    assert [(one.roles, one.about, one.scores) for one in rows] == [
        ("Observer and note-taker", "", "Does not score"),
        ("Panel member", "service user or carer", "Scores no criterion"),
    ]
    assert rows[1].interests == (Told(mark.INTEREST, "An interest in B99", "A bidder that left"),)
    assert rows[1].sheet == Told(mark.OUT, "Nothing to score")


def test_the_composition_counts_those_who_score(scoring: Workspace) -> None:
    view = setup.view(scoring, REFERENCE)
    assert composition(view) == "2 commissioners, 1 third sector, 1 young evaluator, 1 finance"


def test_rows_stand_under_each_other_where_there_is_no_room(qtbot: QtBot, scoring: Workspace) -> None:
    with driven(qtbot, scoring, "CH1") as driver:
        driver.shell.resize(1366, 768)
        row = driver.page.rows.row("CH1")
        qtbot.waitUntil(lambda: not row.narrow, timeout=20_000)
        driver.shell.resize(900, 600)
        qtbot.waitUntil(lambda: row.narrow, timeout=20_000)
        assert driver.page.rows.horizontalScrollBar().maximum() == 0
