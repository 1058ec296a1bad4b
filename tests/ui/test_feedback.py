"""The page After the letters in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.correspondence import Channel
from evalpanel.domain.lessons import Voice
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.services import feedback, lessons, sent
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.feedback import FeedbackPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from filling import filled

REFERENCE = ui_stage.REFERENCE
LONG = 60_000


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("decided", tmp_path / "profile") as held:
        yield held


@pytest.fixture
def signed(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at(ui_stage.LETTERED, tmp_path / "profile") as held:
        yield held


class Window:
    """The window at the page, as the officer uses it."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str = "OF1") -> None:
        self.qtbot = qtbot
        self.shell = Shell(Session(space, REFERENCE, person), {"feedback": FeedbackPage})
        qtbot.addWidget(self.shell)
        self.shell.show()
        self.shell.show_place("feedback")
        page = self.shell.page("feedback")
        assert isinstance(page, FeedbackPage)
        self.page = page

    def press(self, text: str) -> None:
        found = [one for one in self.page.findChildren(QPushButton) if one.text() == text and one.isVisible()]
        assert len(found) == 1, f"{text}: {len(found)}"
        found[0].click()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.shell.jobs.busy, timeout=LONG)

    def texts(self, inside: QWidget) -> list[str]:
        return [one.text() for one in inside.findChildren(QLabel) if one.text()]


def test_page_says_what_it_is_for_before_there_are_letters(qtbot: QtBot, space: Workspace) -> None:
    window = Window(qtbot, space)
    assert window.page.primary.text() == "Go to the letters"
    assert window.page.parts.titles() == ("Sending · 0", "What bidders say · 0", "Lessons · 0")


def test_drafts_are_written_and_letters_recorded_as_sent(qtbot: QtBot, signed: Workspace, tmp_path: Path) -> None:
    window = Window(qtbot, signed)
    count = len(sent.correspondence(signed, REFERENCE))
    window.page.choose_folder = lambda _words: str(tmp_path / "out")
    assert window.page.primary.text() == "Write e-mail drafts…"
    window.page.primary.click()
    window.settle()
    assert (tmp_path / "out" / "letters.xlsx").is_file()
    window.press("Record as sent…")
    assert window.page.sent_form.isVisible()
    window.page.sent_form.how.setCurrentIndex(1)
    window.press("Record as sent  Ctrl+↵")
    assert {one.sent[0].channel for one in sent.correspondence(signed, REFERENCE)} == {Channel.PORTAL}
    assert not window.page.sent_form.isVisible()
    assert window.page.primary.text() == "Write the process review…"
    assert window.page.parts.titles()[0] == f"Sending · {count}"


def test_one_letter_alone_is_recorded_as_sent(qtbot: QtBot, signed: Workspace) -> None:
    window = Window(qtbot, signed)
    window.page.sending.choose(1)
    chosen = window.page.sending.value
    window.press("Record as sent…")
    form = window.page.sent_form
    assert [form.which.itemText(place).split(" ")[0] for place in range(form.which.count())] == ["All", "Only"]
    form.which.setCurrentIndex(1)
    window.press("Record as sent  Ctrl+↵")
    found = [(one.bid, one.lot, one.kind) for one in sent.correspondence(signed, REFERENCE) if one.is_sent]
    assert found == [chosen]


def test_answer_is_recorded_for_the_chosen_letter(qtbot: QtBot, signed: Workspace) -> None:
    sent.record_sent(signed, REFERENCE, at=signed.now(), channel=Channel.EMAIL)
    window = Window(qtbot, signed)
    window.page.sending.choose(1)
    chosen = window.page.sending.value
    window.press("Record an answer…")
    window.press("Record the answer  Ctrl+↵")
    (found,) = [one for one in sent.correspondence(signed, REFERENCE) if one.replies]
    assert (found.bid, found.lot, found.kind) == chosen
    assert found.is_received


def test_answer_without_words_is_refused_and_what_was_typed_stays(qtbot: QtBot, signed: Workspace) -> None:
    window = Window(qtbot, signed)
    window.press("Record an answer…")
    window.page.reply_form.kind.setCurrentIndex(1)
    window.press("Record the answer  Ctrl+↵")
    assert window.page.reply_form.isVisible()
    assert [one for one in sent.correspondence(signed, REFERENCE) if one.replies] == []
    assert "The answer has no words." in " ".join(window.texts(window.shell))


def test_forms_that_came_back_are_shown_by_question(qtbot: QtBot, signed: Workspace, tmp_path: Path) -> None:
    blank = feedback.write_forms(signed, REFERENCE, tmp_path)[0].read_bytes()
    files = []
    for place in range(2):
        files.append(tmp_path / f"{place}.pdf")
        files[-1].write_bytes(filled(blank, {"found": place}, {"keep": f"Words {place}."}))
    (tmp_path / "photo.pdf").write_bytes(b"GIF89a")
    window = Window(qtbot, signed)
    window.page.open("answers")
    window.page.choose_files = lambda _words: [str(one) for one in (*files, tmp_path / "photo.pdf")]
    window.press("Take in filled forms…")
    window.settle()
    words = " ".join(window.texts(window.page.parts))
    assert "2 forms came back" in words and "“Words 1.”" in words
    assert "photo.pdf: This file is not a filled feedback form." in " ".join(window.texts(window.shell))
    assert window.page.parts.titles()[1] == "What bidders say · 2"


def test_lesson_is_added_and_answered(qtbot: QtBot, signed: Workspace) -> None:
    window = Window(qtbot, signed)
    window.page.open("lessons")
    window.press("Add a lesson…")
    window.page.lesson_form.said.setPlainText("Too many pages.")
    for box in window.page.lesson_form.findChildren(QComboBox):
        box.setCurrentIndex(1)
    window.press("Add the lesson  Ctrl+↵")
    window.press("Say what is done…")
    window.page.done_form.did.setPlainText("Forty pages less.")
    window.page.done_form.by.setText("Head of commissioning")
    window.press("Record what is done  Ctrl+↵")
    (found,) = lessons.lessons(signed, REFERENCE)
    assert (found.stage, found.voice, found.said) == (ProcessStage.DOCUMENTS, Voice.PANEL, "Too many pages.")
    assert [one.did for one in found.done] == ["Forty pages less."]


def test_review_is_written_where_it_is_wanted(qtbot: QtBot, signed: Workspace, tmp_path: Path) -> None:
    sent.record_sent(signed, REFERENCE, at=signed.now(), channel=Channel.EMAIL)
    window = Window(qtbot, signed)
    window.page.choose_target = lambda _words, _name: str(tmp_path / "review.pdf")
    window.page.primary.click()
    assert (tmp_path / "review.pdf").read_bytes().startswith(b"%PDF-")


def test_panel_member_is_told_whose_this_is(qtbot: QtBot, signed: Workspace) -> None:
    window = Window(qtbot, signed, "PM1")
    assert not window.page.parts.isVisible()
    assert "The officer keeps this" in " ".join(window.texts(window.page))
