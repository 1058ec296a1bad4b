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

import panels
import stages
import ui_stage
from evalpanel.domain.interests import (
    DecisionOutcome,
    Declaration,
    DeclarationOutcome,
    InterestKind,
    Scope,
    interests_of,
    recusals,
)
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


READ = "Read the list to its end, tick whom it concerns, then press “Nobody else on this list”."


def test_somebody_without_interests_declares_by_two_keys(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "TS1") as driver:
        driver.press_primary()
        assert driver.step == ("Record my declaration", False)
        assert (driver.page.why_not.isVisible(), driver.page.why_not.text()) == (True, READ)
        driver.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        qtbot.waitUntil(lambda: driver.step == ("Record my declaration", True), timeout=20_000)
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            driver.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert driver.said == "Your declaration is on record: no interest."
        assert driver.told("TS1") == [(mark.DONE, "No interest")]
        made = [one for one in declarations.made(frozen, REFERENCE) if one.person == "TS1"]
        assert [(one.outcome, one.bidder) for one in made] == [(DeclarationOutcome.NONE, None)]
        assert set(made[0].asked) == set(driver.page.form.rows)
        driver.page.go.disconnect()  # the shell of this test has no page for scoring
        with qtbot.waitSignal(driver.page.go, timeout=20_000) as going:
            driver.press_primary()
        assert going.args == ["scoring", None]


def test_an_interest_needs_a_kind_and_words_and_recuses_from_the_lot(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "FI1") as driver:
        driver.page.open("declare")
        form = driver.page.form
        row = form.rows["B03"]
        row.tick.click()
        assert driver.page.primary.toolTip() == "Choose what ties you to Rockpool Young Researchers."
        row.kinds[InterestKind.OFFICE].click()
        assert driver.page.primary.toolTip() == "Say in a few words what ties you to Rockpool Young Researchers."
        QTest.keyClicks(row.text, "I am its treasurer <b>.")
        assert driver.page.primary.toolTip() == READ
        form.rest.click()
        assert (
            driver.page.status.text() == "You will be recused from lot L2: you neither read nor score any of its bids."
        )
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            driver.press_primary()
        assert driver.said == "Your declaration is on record: an interest in B03. You are recused from lot L2."
        assert driver.told("FI1") == [
            (mark.INTEREST, "An interest in B03 Rockpool Young Researchers"),
            (mark.HALF, "Not decided yet"),
            (mark.RECUSED, "Recused from lot L2"),
        ]
        assert driver.page.rows.row("FI1").person.interests[0].more == "I am its treasurer <b>."

        # What is on record stays; only something new can be added.
        driver.page.open("declare")
        assert driver.page.form.rows["B03"].is_answered
        assert driver.page.why_not.text().startswith("There is nothing new to record.")
        driver.key(Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: driver.page.title.text() == "Panel and interests", timeout=20_000)


def test_what_somebody_types_is_looked_up_and_ticks_nothing_by_itself(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "OF1") as driver:
        driver.page.open("declare")
        form = driver.page.form
        assert driver.shell.focusWidget() is form.look_up
        QTest.keyClicks(form.look_up, "Saltmarsh Trust")
        told = "You wrote “saltmarsh”. Saltmarsh Youth Project"
        assert [one.startswith(told) and one.endswith("Is that the same?") for one in form.hints.told] == [True]
        assert not any(row.ticked for row in form.rows.values())
        form.hints.buttons[0].click()
        assert [key for key, row in form.rows.items() if row.ticked] == ["B06"]
        assert form.look_up.text() == ""
        QTest.keyClicks(form.look_up, "Zebra crossings")
        assert form.hints.told == ("Nobody on the list looks like that. Read the list all the same.",)


def test_words_about_one_organisation_may_name_another(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "CH1") as driver:
        driver.page.open("declare")
        form = driver.page.form
        row = form.rows["B06"]
        row.tick.click()
        row.text.setPlainText("I ran the Saltmarsh Youth Project until 2024")
        assert row.also.isVisible() is False
        row.text.setPlainText("I ran it until 2024, and Brightwel paid me")
        assert row.also.text() == "Do you also mean Brightwell Engagement Ltd (“brightwel”)? If so, tick that too."
        form.rows["B04"].tick.click()
        row.text.setPlainText("I ran it until 2024, and Brightwell paid me")
        assert row.also.isVisible() is False


def test_everybody_who_takes_part_stands_on_the_list(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "YE1") as driver:
        driver.page.open("declare")
        pack = setup.view(frozen, REFERENCE).pack
        names = {row.name for row in driver.page.form.rows.values()}
        assert names == {one.name for one in pack.bidders} | {one.name for one in pack.members}


def test_answers_that_are_not_recorded_stay_through_a_refresh(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen, "OF1") as driver:
        driver.page.open("declare")
        row = driver.page.form.rows["B01"]
        row.tick.click()
        row.text.setPlainText("My sister works there")
        driver.shell.refresh()
        assert driver.page.form.rows["B01"].about == "My sister works there"
        # Somebody else who sits down at the laptop sees the panel, not the half-made declaration.
        driver.shell.session.person = "CH1"
        driver.shell.refresh()
        assert driver.page.title.text() == "Panel and interests"
        driver.page.open("declare")
        assert not driver.page.form.rows["B01"].ticked


def test_the_officer_decides_with_a_reason_and_the_recusal_follows(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("declared", tmp_path) as space, driven(qtbot, space, "OF1") as driver:
        assert "1 interest not decided yet" in driver.page.subtitle.text()
        QTest.mouseClick(driver.page.rows.row("FI1").decide["B03"], Qt.MouseButton.LeftButton)
        form = driver.page.decision
        assert form.fault() == "choose what is decided"
        form.outcomes[DecisionOutcome.RECUSED].click()
        assert form.scope is Scope.LOT
        form.scopes[Scope.BID].click()
        assert form.record.isEnabled() is False
        QTest.keyClicks(form.why, "The accounts say nothing about its rivals.")
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            QTest.keyClick(form.why, Qt.Key.Key_Return)
        assert driver.said == "The decision about FI1 and B03 is on record: recused."
        assert form.isVisible() is False
        assert driver.told("FI1") == [
            (mark.INTEREST, "An interest in B03 Rockpool Young Researchers"),
            (mark.NOTE, "Recused: decided by OF1 Morwenna Pascall"),
            (mark.RECUSED, "Recused from bid B03 in lot L2"),
        ]
        driver.page.write_assessment(tmp_path / "conflicts.pdf")
        assert driver.said == "The conflicts assessment is written, 2 pages."
        assert (tmp_path / "conflicts.pdf").read_bytes().startswith(b"%PDF-")


def test_nobody_but_the_officer_is_asked_to_decide(qtbot: QtBot, scoring: Workspace) -> None:
    with driven(qtbot, scoring, "PM1") as driver:
        assert driver.page.rows.row("FI1").decide == {}
        assert driver.page.rows.row("FI1").person.interests[0].more == ""


def test_a_declaration_is_affirmed_by_one_press_when_moderation_comes(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("signed", tmp_path) as space, driven(qtbot, space, "TS1") as driver:
        assert driver.step == ("My declaration still holds", True)
        assert "still to affirm: OF1, CH1, PM1, TS1, YE1, FI1" in driver.page.subtitle.text()
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            driver.press_primary()
        assert driver.step == ("", False)
        assert driver.told("TS1") == [(mark.DONE, "No interest"), (mark.DONE, "Affirmed for moderation")]
        assert "still to affirm: OF1, CH1, PM1, YE1, FI1" in driver.page.subtitle.text()


def test_what_an_interest_is_about_is_not_for_everybody(scoring: Workspace) -> None:
    view = setup.view(scoring, REFERENCE)

    def about(person: str, *, sees_all: bool) -> str:
        made = declarations.made(scoring, REFERENCE, person=person)
        rows = people(view, made, person=person, sees_all=sees_all)
        return next(one for one in rows if one.code == "FI1").interests[0].more

    assert about("PM1", sees_all=False) == ""
    assert about("PM1", sees_all=True) == ""  # the words are not given to the window at all
    assert about("FI1", sees_all=False).startswith("I volunteer as treasurer")
    assert about("CH1", sees_all=True).startswith("I volunteer as treasurer")


def test_who_typed_a_sheet_in_for_somebody_stands_where_their_sign_off_does(scoring: Workspace) -> None:
    view = setup.view(scoring, REFERENCE)
    typed = replace(view, panel=tuple(replace(one, entered_by="a supporter") for one in view.panel))
    rows = {one.code: one for one in people(typed, (), person="OF1", sees_all=True)}
    assert rows["PM1"].sheet == Told(mark.DONE, "Signed off · 108 of 108", "Typed in for them by a supporter")
    assert rows["PM1"].spoken().endswith("Signed off · 108 of 108: Typed in for them by a supporter.")
    assert rows["TS1"].sheet == Told(mark.MISSING, "Not started · 0 of 58")


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
        assert driver.page.absence.isVisible() is False
        assert driver.said.startswith("The absence of YE1 is on record.")


def test_the_officer_takes_an_absence_back_with_a_reason(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("scoring", tmp_path) as space, driven(qtbot, space, "OF1") as driver:
        row = driver.page.rows.row
        QTest.mouseClick(row("YE1").absence, Qt.MouseButton.LeftButton)
        QTest.keyClicks(driver.page.absence.reason, "Exams until March")
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            QTest.keyClick(driver.page.absence.reason, Qt.Key.Key_Return)
        qtbot.waitUntil(row("YE1").absence.isVisible, timeout=20_000)
        assert row("YE1").absence.text() == "Take back the absence"
        QTest.mouseClick(row("YE1").absence, Qt.MouseButton.LeftButton)
        assert (driver.page.absence.reason.text(), driver.page.absence.record.isEnabled()) == ("", False)
        QTest.keyClicks(driver.page.absence.reason, "The sheet came by post")
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            QTest.keyClick(driver.page.absence.reason, Qt.Key.Key_Return)
        qtbot.waitUntil(row("YE1").absence.isVisible, timeout=20_000)
        assert row("YE1").absence.text() == "Record an absence"
        assert driver.said == "YE1 is absent no more, and what they scored counts. Look at what was agreed without it."


def test_a_chair_whose_panel_works_apart_records_an_absence_and_takes_it_back(qtbot: QtBot, tmp_path: Path) -> None:
    with panels.panel(tmp_path, panels.people(third=True)) as desk:
        panels.declare(desk, "PM3")
        panels.scored(desk)
        late = panels.sheet(desk, "PM3")
        with driven(qtbot, desk["PM1"], "PM1", stages.REFERENCE) as member:
            assert member.page.rows.row("PM3").absence.isVisible() is False
        with driven(qtbot, desk["CH1"], "CH1", stages.REFERENCE) as driver:
            row = driver.page.rows.row
            assert (row("PM1").absence.isVisible(), row("PM3").decide) == (False, {})
            QTest.mouseClick(row("PM3").absence, Qt.MouseButton.LeftButton)
            QTest.keyClicks(driver.page.absence.reason, "Ill")
            with qtbot.waitSignal(driver.page.acted, timeout=20_000):
                QTest.keyClick(driver.page.absence.reason, Qt.Key.Key_Return)
            qtbot.waitUntil(row("PM3").absence.isVisible, timeout=20_000)
            assert row("PM3").person.sheet == Told(mark.OUT, "Absent", "Ill")
            desk.take("CH1", late)
            QTest.mouseClick(row("PM3").absence, Qt.MouseButton.LeftButton)
            QTest.keyClicks(driver.page.absence.reason, "The sheet came by post")
            with qtbot.waitSignal(driver.page.acted, timeout=20_000):
                QTest.keyClick(driver.page.absence.reason, Qt.Key.Key_Return)
            assert (
                driver.said == "PM3 is absent no more, and what they scored counts. Look at what was agreed without it."
            )
            assert setup.view(desk["CH1"], stages.REFERENCE).panel[3].absent == ""


def test_without_a_person_the_page_says_where_to_choose(qtbot: QtBot, scoring: Workspace) -> None:
    with driven(qtbot, scoring, "") as driver:
        assert driver.step == ("", False)
        assert driver.page.status.text() == "Choose who you are, at the foot of the rail, to declare your interests."


def test_without_a_tender_the_page_is_empty(qtbot: QtBot, scoring: Workspace) -> None:
    with driven(qtbot, scoring, "", tender="") as driver:
        assert driver.page.none.text == "No tender is open\nOpen one under Home, or load one under Set-up."
        assert not driver.page.rows.isVisible()
        assert driver.page.rows.people == ()


def test_an_organisation_that_bids_recuses_without_a_declaration(scoring: Workspace) -> None:
    view = setup.view(scoring, REFERENCE)
    own = replace(view.panel[2].member, organisation="The Saltmarsh Youth Project")
    found = interests_of(own, (), view.pack.bidders, view.pack.members)
    one = replace(view.panel[2], member=own, declared=False, interests=found, recusals=recusals(found, view.pack.bids))
    rows = people(replace(view, panel=(one,)), (), person="", sees_all=False)
    assert [(told.mark, told.text, told.more) for told in rows[0].interests] == [
        (mark.MISSING, "Not declared yet", "Cannot read or score a bid before."),
        (mark.HALF, "Not decided yet", "Recused from the lot until it is."),
        (mark.RECUSED, "Recused from lot L1", "The Saltmarsh Youth Project is a bidder"),
    ]


def test_odd_people_are_told_too(scoring: Workspace) -> None:
    view = setup.view(scoring, REFERENCE)
    bare = PanelMember(PersonCode("X&1"), "", (Role.OBSERVER, Role.NOTE_TAKER))
    none = PanelMember(PersonCode("P9"), "Zoë <i>Ó</i>", (Role.PANEL_MEMBER,), kind=MemberKind.USER, criteria=())
    gone = Declaration(PersonCode("P9"), DeclarationOutcome.INTEREST, WHEN, BidderCode("B99"), "A bidder that left")
    odd = replace(
        view,
        panel=tuple(
            replace(view.panel[0], member=one, owed=0, interests=interests_of(one, (gone,), (), ()), recusals=())
            for one in (bare, none)
        ),
    )
    rows = people(odd, (gone,), person="P9", sees_all=False)
    assert [(one.roles, one.about, one.scores) for one in rows] == [
        ("Observer and note-taker", "", "Does not score"),
        ("Panel member", "service user or carer", "Scores no criterion"),
    ]
    assert rows[1].interests == (
        Told(mark.INTEREST, "An interest in B99", "A bidder that left"),
        Told(mark.HALF, "Not decided yet", "Recused from the lot until it is."),
    )
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
