"""Looking for words while scoring: in the document that is open, or in all of the bid, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.finding import Snippet
from evalpanel.domain.readable import plain
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.services import reading, record, scoring
from evalpanel.services.workspace import Workspace
from evalpanel.ui.page import Page
from evalpanel.ui.pages.scoring import ScoringPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.widgets.pdf_texts import PdfTexts

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
PDF = "bids/B02/1 Reaching and hearing young people.pdf"
WORD = "bids/B02/2 Keeping young people safe and well.docx"


class Desk:
    """A panel member at the desk, looking for words."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str = "CH1") -> None:
        self.bot = qtbot
        self.shell = Shell(Session(space, ui_stage.REFERENCE, person), {"scoring": ScoringPage, "home": Page})
        qtbot.addWidget(self.shell)
        with qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()
        self.shell.session.reload()
        self.shell.show_place("scoring")
        page = self.shell.page("scoring")
        assert isinstance(page, ScoringPage)
        self.page, self.bar, self.view = page, page.finder.bar, page.document

    def go(self, bid: str, criterion: str) -> None:
        self.page.open(Line(LotCode("L1"), BidCode(bid), CriterionCode(criterion)))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        target: QWidget | None = QApplication.focusWidget()
        QTest.keyClick(self.page if target is None else target, key, modifier)

    def find(self, words: str) -> None:
        """Type words into the bar and wait until everything was looked through."""
        self.key(Qt.Key.Key_F, CTRL)
        self.bar.box.clear()
        with self.bot.waitSignal(self.bar.asked, timeout=20_000):
            QTest.keyClicks(self.bar.box, words)
        self.settle()

    def settle(self) -> None:
        self.bot.waitUntil(lambda: "reading" not in self.bar.count.text(), timeout=20_000)

    @property
    def found(self) -> list[tuple[str, int, str]]:
        return [(one.piece.path, one.piece.page, one.snippet.words) for one in self.bar.places.found]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("declared", tmp_path_factory.mktemp("finder")) as made:
        yield made


def test_words_are_found_in_the_open_document_whatever_their_capitals(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    desk.find("DRAW a random sample")
    assert desk.found == [(PDF, 1, "draw a random sample")]
    assert desk.bar.places.found[0].snippet.before.endswith("Open Gate will ")
    assert desk.bar.count.text() == "1 found"


def test_enter_shows_the_place_with_its_words_selected(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    desk.find("draw a random sample")
    desk.key(Qt.Key.Key_Return)
    assert desk.view.quote() == "“draw a random sample” (page 1)"
    assert desk.bar.count.text() == "1 of 1"
    assert desk.bar.box.hasFocus()


def test_what_was_found_is_kept_as_evidence_by_one_key(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space, "PM1")
    here = Line(LotCode("L1"), BidCode("B02"), CriterionCode("1.2"))
    desk.page.open(here)
    desk.find("draw a random sample")
    desk.key(Qt.Key.Key_Return)
    desk.key(Qt.Key.Key_E, CTRL)
    held = scoring.desk(space, ui_stage.REFERENCE, "PM1").scores.get(here, Score(here))
    assert [(one.path, one.page, one.exact) for one in held.evidence] == [(PDF, 1, "draw a random sample")]


def test_f3_goes_round_and_shift_f3_back(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    desk.find("young carers")
    many = len(desk.found)
    assert many > 2
    seen = []
    for key, modifier in ((Qt.Key.Key_F3, Qt.KeyboardModifier.NoModifier),) * 2 + ((Qt.Key.Key_F3, SHIFT),) * 2:
        desk.key(key, modifier)
        seen.append(desk.bar.shown)
    assert seen == [0, 1, 0, many - 1]


def test_words_of_a_text_without_pages_are_found_and_selected(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "2.1")
    assert desk.view.path == WORD
    desk.find("safeguarding practice")
    assert desk.found[0] == (WORD, 0, "Safeguarding practice")
    desk.key(Qt.Key.Key_Return)
    assert desk.view.quote() == "“Safeguarding practice”"


def test_all_of_the_bid_is_looked_through_and_the_place_opens_its_document(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    desk.find("safeguarding")
    here = desk.found
    desk.bar.everywhere.setChecked(True)
    desk.settle()
    assert desk.found[: len(here)] == here  # the open document comes first
    paths = {path for path, _, _ in desk.found}
    assert WORD in paths
    assert all(path.startswith("bids/B02/") for path in paths)
    place = next(at for at, (path, _, _) in enumerate(desk.found) if path == WORD)
    desk.bar.list.setFocus()
    desk.bar.list.setCurrentIndex(desk.bar.places.index(place, 0))
    desk.key(Qt.Key.Key_Return)
    assert desk.view.path == WORD
    assert desk.view.quote().casefold() == "“safeguarding”"
    assert len(desk.found) > len(here)  # the list stays: it is about the bid


def test_another_document_is_looked_through_when_it_is_opened(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    desk.find("safeguarding practice")
    assert desk.found == []
    assert desk.bar.note.text() == "Not found in this document."
    desk.page.reader.show(WORD)
    desk.settle()
    assert desk.found[0][0] == WORD


def test_nothing_of_a_bid_is_kept_for_the_next_bid_or_person(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    desk.bar.everywhere.setChecked(True)
    desk.find("heard together")
    assert desk.found
    desk.go("B01", "1.2")
    desk.settle()
    assert {path.split("/")[1] for path, _, _ in desk.found} <= {"B01"}
    desk.shell.session.person = "TS1"
    desk.shell.refresh()
    desk.settle()
    assert set(desk.page.finder._shelves) <= {one for one in desk.view.offered() if one.startswith("bids/B01/")}
    entries = record.history(space, ui_stage.REFERENCE)
    assert entries[-1].what.startswith(("searched ", "read "))
    assert entries[-1].person == "TS1"


def test_who_is_recused_finds_nothing_and_reads_why(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    shut = "bids/B03/4 Learning and value.docx"  # only in lot 2, from which FI1 is recused
    held = reading.for_line(
        desk.page.reader._listing,
        scoring.desk(space, ui_stage.REFERENCE, "CH1").pack,
        Line(LotCode("L2"), BidCode("B03"), CriterionCode("4.1")),
    )
    desk.page.reader.held = held
    desk.page.reader._person = "FI1"
    desk.bar.everywhere.setChecked(True)
    desk.find("learning")
    assert shut not in {path for path, _, _ in desk.found}
    assert "was not searched: FI1 is recused from lot L2." in desk.bar.note.text()


def test_escape_closes_and_gives_the_focus_back(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    reason = desk.page.form.reason
    reason.setFocus()
    desk.find("carers")
    desk.key(Qt.Key.Key_Escape)
    assert not desk.bar.isVisible()
    assert reason.hasFocus()


def test_letters_and_digits_in_the_bar_do_not_score(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    here = Line(LotCode("L1"), BidCode("B04"), CriterionCode("1.3"))
    desk.page.open(here)
    desk.find("a4")
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_Down)
    desk.key(Qt.Key.Key_4)
    assert scoring.desk(space, ui_stage.REFERENCE, "CH1").scores.get(here) is None


def test_texts_that_are_searched_are_those_that_are_shown(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "2.1")
    document = reading.readable(space, ui_stage.REFERENCE, WORD, "CH1")
    assert plain(document.paragraphs) == desk.view.text.toPlainText()


def test_damaged_pdf_has_no_pages(qtbot: QtBot) -> None:
    with PdfTexts(b"%PDF-1.7 and no more") as texts:
        assert texts.pages == 0


def test_place_reads_as_its_document_page_and_words(qtbot: QtBot, space: Workspace) -> None:
    desk = Desk(qtbot, space)
    desk.go("B02", "1.2")
    desk.find("draw a random sample")
    one = desk.bar.places.found[0]
    assert isinstance(one.snippet, Snippet)
    assert one.words.startswith("Reaching and hearing young people, page 1: ")
    assert desk.bar.places.data(desk.bar.places.index(0, 0)) == one.words
