"""The page Record in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import text

import ui_stage
from evalpanel.services import backups, record, setup
from evalpanel.services.record import RecordEntry
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.record_lines import ActLine, DayLine, RecordLines, lines_of
from evalpanel.ui.pages import record as record_page
from evalpanel.ui.pages.record import RecordPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

REFERENCE = ui_stage.REFERENCE
LONG = 30_000
AT = datetime(2026, 7, 1, 22, 50, tzinfo=UTC)  # ten to midnight in the United Kingdom


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample when scoring can begin. Tests only add acts to it."""
    with ui_stage.at("declared", tmp_path_factory.mktemp("profile")) as held:
        yield held


class Window:
    """The window at the page Record, as somebody uses it."""

    def __init__(self, qtbot: QtBot, space: Workspace, tender: str = REFERENCE) -> None:
        self.qtbot = qtbot
        self.shell = Shell(Session(space, tender, "PM1"), {"record": RecordPage})
        qtbot.addWidget(self.shell)
        self.shell.show()
        self.shell.show_place("record")
        page = self.shell.page("record")
        assert isinstance(page, RecordPage)
        self.page = page

    def key(self, target: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        with self.qtbot.waitActive(self.shell, timeout=LONG):  # else shortcuts go nowhere
            self.shell.activateWindow()
        QTest.keyClick(target, key, held)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.shell.jobs.busy, timeout=LONG)

    @property
    def words(self) -> list[str]:
        return [line.words for line in self.page.lines.lines]


@pytest.fixture
def window(qtbot: QtBot, space: Workspace) -> Iterator[Window]:
    made = Window(qtbot, space)
    yield made
    made.shell.close()


def entry(number: int, at: datetime, person: str = "PM1", until: datetime | None = None) -> RecordEntry:
    return RecordEntry(number, at, person, "Pim Moss", "saved 2 answers", "", until, 2 if until else 1)


def test_lines_stand_under_the_day_in_the_united_kingdom_with_the_newest_first() -> None:
    first, second = entry(1, AT), entry(2, AT + timedelta(minutes=20), "PM2")
    assert lines_of((first, second)) == (
        DayLine(date(2026, 7, 2)),
        ActLine(second),
        DayLine(date(2026, 7, 1)),
        ActLine(first),
    )


def test_lines_of_one_person_or_with_some_words_leave_days_without_any_out() -> None:
    first, second = entry(1, AT), entry(2, AT + timedelta(minutes=20), "PM2")
    assert lines_of((first, second), person="PM1") == (DayLine(date(2026, 7, 1)), ActLine(first))
    assert lines_of((first, second), words=" pm2 PIM") == (DayLine(date(2026, 7, 2)), ActLine(second))
    assert lines_of((first, second), words="nothing like it") == ()


def test_a_run_says_when_it_ended() -> None:
    assert ActLine(entry(1, AT, until=AT + timedelta(minutes=5))).words == (
        "23:50 PM1 Pim Moss saved 2 answers. The last at 23:55."
    )
    assert ActLine(entry(1, AT, until=AT)).words == "23:50 PM1 Pim Moss saved 2 answers."


def test_record_lines_keep_the_rules_of_a_model(space: Workspace, qtmodeltester: ModelTester) -> None:
    lines = RecordLines()
    lines.show_lines(lines_of(record.history(space, REFERENCE)))
    qtmodeltester.check(lines)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    assert bool(lines.flags(lines.index(0)) & Qt.ItemFlag.ItemIsSelectable) is False  # a day cannot be chosen


def test_record_shows_who_did_what_by_day(window: Window) -> None:
    assert window.page.subtitle.text() == "PTSCF-2026-014 · 9 acts by 6 people"
    assert window.words[:3] == [
        "Monday 23 November 2026",
        (
            "09:30 FI1 Catrin Beddowes declared an interest in B03 Rockpool Young Researchers. "
            "They are recused from its lots until it is decided."
        ),
        "09:30 YE1 Ellis declared no interest in any bidder.",
    ]


def test_record_shows_one_person_and_finds_words(window: Window) -> None:
    window.page.open("YE1")
    assert window.words == ["Monday 23 November 2026", "09:30 YE1 Ellis declared no interest in any bidder."]
    window.page.people.setCurrentIndex(0)
    QTest.keyClicks(window.page.search, "froze")
    assert [words.split(" ")[4] for words in window.words[1:]] == ["froze", "loaded"]
    QTest.keyClicks(window.page.search, " nothing like it")
    assert (window.words, window.page._none.isVisible()) == ([], True)


def test_record_shows_an_act_that_was_added_and_keeps_the_person_chosen(window: Window, space: Workspace) -> None:
    window.page.open("OF1")
    setup.correct_bidder(space, REFERENCE, bidder="B04", email="tenders@brightwell.example")
    window.shell.refresh()
    assert window.page.people.currentData() == "OF1"
    assert window.words[1] == (
        "09:30 OF1 Morwenna Pascall corrected the details of B04 Brightwell Engagement Ltd. Changed: e-mail address."
    )


def test_record_copies_the_head_and_the_chosen_line(window: Window, space: Workspace) -> None:
    window.page.copy.click()
    assert QGuiApplication.clipboard().text() == record.head(space, REFERENCE).hash
    window.page.list.setCurrentIndex(window.page.lines.index(1))
    window.key(window.page.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == window.words[1]


def test_record_verifies_on_the_worker_and_says_what_was_proved(window: Window) -> None:
    assert window.page.primary.text() == "Verify the record"
    window.page.primary.click()
    window.settle()
    assert window.page.proof.verdict == "✓ The record is whole and unaltered"
    assert window.shell.messages.text == "The record is whole and unaltered."


def test_record_says_of_a_file_that_it_is_not_a_letter(window: Window, tmp_path: Path) -> None:
    path = tmp_path / "<b>letter<br>.pdf"
    path.write_bytes(b"no letter at all")
    window.page.choose_file = lambda: str(path)
    window.key(window.page, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    window.qtbot.waitUntil(lambda: window.page.letter.verdict.startswith("✕"), timeout=LONG)
    assert window.page.letter.verdict == "✕ This is not a letter of this program: <b>letter<br>.pdf"


def test_record_backs_up_when_asked(window: Window, space: Workspace) -> None:
    assert window.page.backups.text() == "None yet. One is made whenever the program closes after a change."
    window.page.back_up.click()
    assert window.page.backups.text() == "1 backup. The newest: 23 November 2026, 09:30, asked for."
    assert len(backups.kept(space)) == 1


def test_record_of_many_acts_is_read_on_the_worker(
    qtbot: QtBot, space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_page, "_AT_ONCE", 1)
    window = Window(qtbot, space)
    window.settle()
    assert window.words[-1].startswith("09:30 OF1 Morwenna Pascall loaded the tender")
    assert window.page._none.isVisible() is False
    window.shell.close()


def test_record_without_a_tender_says_what_to_do(qtbot: QtBot, space: Workspace) -> None:
    window = Window(qtbot, space, "")
    assert (window.page.list.isVisible(), window.page.primary.isVisible()) == (False, False)
    window.shell.close()


def test_record_that_was_altered_says_what_is_wrong(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("frozen", tmp_path) as held:
        with held.store.writing() as tx:
            tx.execute(text("DROP TRIGGER tr_audit_no_update"))
            tx.execute(text("UPDATE audit SET person = 'XX1' WHERE number = 2"))
        window = Window(qtbot, replace(held))
        window.page.primary.click()
        window.settle()
        assert window.page.proof.verdict == "✕ The record was altered"
        window.shell.close()
