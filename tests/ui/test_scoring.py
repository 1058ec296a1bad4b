"""The page “My scoring”: the document beside the form, saved as one types, one line after another."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.services import reading, scoring, setup, sign_off
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.sheet import Sheet
from evalpanel.ui.page import Page
from evalpanel.ui.pages.scoring import ScoringPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.widgets.progress_grid import CellState

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def line(bid: str, criterion: str, lot: str = "L1") -> Line:
    return Line(LotCode(lot), BidCode(bid), CriterionCode(criterion))


class ScoringDriver:
    """What a panel member does on the page, and sees there."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str) -> None:
        self.bot = qtbot
        self.space = space
        self.person = person
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
        """Press a key where the focus is."""
        target: QWidget | None = self.shell.focusWidget()
        QTest.keyClick(self.page if target is None else target, key, modifier)

    def write(self, text: str) -> None:
        """Type into the reason."""
        self.page.form.reason.setFocus()
        QTest.keyClicks(self.page.form.reason, text)

    def go(self, wanted: Line) -> None:
        self.page.open(wanted)

    def held(self, wanted: Line) -> Score:
        return scoring.desk(self.space, ui_stage.REFERENCE, self.person).scores.get(wanted, Score(wanted))

    def fill(self, wanted: Line, value: str = "3") -> None:
        """Answer a line by the service, as an earlier session would have done."""
        score = Score(wanted, ScoreStatus.SCORED, Decimal(value), "Named on page 2.")
        scoring.save_score(self.space, ui_stage.REFERENCE, person=self.person, score=score)

    def fill_all_but(self, *left: Line) -> None:
        for one in scoring.desk(self.space, ui_stage.REFERENCE, self.person).owed:
            if one not in left:
                self.fill(one, "1")
        self.shell.refresh()

    @property
    def here(self) -> str:
        return f"{self.page.title.text()} / {self.page.subtitle.text()}"

    def level(self) -> str:
        """The level that is chosen, as the form shows it."""
        return next((one.text() for one in self.page.form.levels.findChildren(QPushButton) if one.isChecked()), "")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("scoring", tmp_path_factory.mktemp("scoring")) as space:
        yield space


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("scoring", tmp_path) as space:
        yield space


def test_page_opens_at_the_first_line_that_lacks_something(qtbot: QtBot, fresh: Workspace) -> None:
    first, second = scoring.desk(fresh, ui_stage.REFERENCE, "CH1").owed[:2]
    score = Score(first, ScoreStatus.SCORED, Decimal(1), "On page 1.")
    scoring.save_score(fresh, ui_stage.REFERENCE, person="CH1", score=score)
    desk = ScoringDriver(qtbot, fresh, "CH1")
    assert (second.bid, second.criterion) == ("B01", "1.1")
    assert (
        desk.here == "B01 Tamar Voices Consortium / Criterion 1.1 Reaching young people · 12.25 % of quality · lot L1"
    )
    assert desk.page.status.text() == ""


def test_page_shows_the_document_of_the_section(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B02", "1.2"))
    assert desk.page.document.path == "bids/B02/1 Reaching and hearing young people.pdf"
    assert desk.page.document.pdf.pages > 1
    assert desk.page.document.where.text() == f"page 1 of {desk.page.document.pdf.pages}"
    desk.go(line("B02", "2.1"))
    assert desk.page.document.path == "bids/B02/2 Keeping young people safe and well.docx"
    assert desk.page.document.text.toPlainText().startswith("2.1  Safeguarding practice")


def test_another_document_stays_while_the_line_stays(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B02", "1.2"))
    desk.page.reader.show("documents/Specification.pdf")
    desk.shell.refresh()
    assert desk.page.document.path == "documents/Specification.pdf"
    desk.go(line("B02", "1.3"))
    assert desk.page.document.path == "bids/B02/1 Reaching and hearing young people.pdf"


def test_digit_scores_and_is_saved_at_once(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    here = line("B01", "1.1")
    desk.go(here)
    with qtbot.waitSignal(desk.page.acted, timeout=20_000):
        desk.key(Qt.Key.Key_4)
    assert desk.held(here) == Score(here, ScoreStatus.SCORED, Decimal(4))
    assert desk.level() == "4"
    saved = reading.last_saved(shared, ui_stage.REFERENCE, "CH1", here)
    assert saved is not None
    assert desk.page.status.text() == f"Saved {saved.at.astimezone():%H:%M} · version 1"


def test_digit_that_is_no_level_changes_nothing(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    here = line("B04", "C1")  # met or not met: 0 or 1
    desk.go(here)
    desk.key(Qt.Key.Key_4)
    assert desk.held(here) == Score(here)


def test_digits_in_the_reason_are_text(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    here = line("B01", "1.2")
    desk.go(here)
    desk.write("71 of 96, page 3")
    desk.key(Qt.Key.Key_Escape)  # leaves the text, which saves it
    assert desk.held(here) == Score(here, rationale="71 of 96, page 3")
    desk.key(Qt.Key.Key_2)
    assert desk.held(here) == Score(here, ScoreStatus.SCORED, Decimal(2), "71 of 96, page 3")


def test_reason_is_saved_after_a_pause_without_moving_anything(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    here = line("B01", "1.3")
    desk.go(here)
    form = desk.page.form
    desk.write("Deaf young people lead it (page 4)")
    assert desk.page.status.text() == "Not saved yet"
    cursor = form.reason.textCursor()
    cursor.setPosition(5)
    form.reason.setTextCursor(cursor)
    with qtbot.waitSignal(form.wanted, timeout=20_000):
        pass
    assert desk.held(here).rationale == "Deaf young people lead it (page 4)"
    assert (desk.shell.focusWidget(), form.reason.textCursor().position()) == (form.reason, 5)
    assert form.unsaved is False


def test_refresh_leaves_what_is_being_typed(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B02", "1.1"))
    desk.write("Half a sen")
    desk.shell.refresh()
    assert desk.page.form.reason.text() == "Half a sen"
    assert desk.page.form.unsaved is True
    desk.shell.show_place("home")
    assert desk.held(line("B02", "1.1")).rationale == "Half a sen"


def test_ctrl_enter_in_the_reason_saves_and_goes_to_the_next_line(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    here = line("B02", "3.1")
    desk.go(here)
    desk.key(Qt.Key.Key_3)
    desk.write("A plan by month (page 2).")
    desk.key(Qt.Key.Key_Return, CTRL)
    assert desk.held(here) == Score(here, ScoreStatus.SCORED, Decimal(3), "A plan by month (page 2).")
    assert desk.page.subtitle.text().startswith("Criterion 3.2 ")
    desk.key(Qt.Key.Key_1)  # the focus is where a digit scores
    assert desk.held(line("B02", "3.2")).value == Decimal(1)


def test_alt_arrows_go_through_the_lines(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B04", "1.1"))
    desk.key(Qt.Key.Key_Right, ALT)
    assert desk.page.subtitle.text().startswith("Criterion 1.2 ")
    desk.key(Qt.Key.Key_Left, ALT)
    assert desk.page.subtitle.text().startswith("Criterion 1.1 ")


def test_abstaining_and_taking_it_back(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    here = line("B04", "1.2")
    desk.go(here)
    desk.key(Qt.Key.Key_A)
    assert desk.held(here).status is ScoreStatus.ABSTAINED
    desk.key(Qt.Key.Key_A)
    assert desk.held(here).status is ScoreStatus.BLANK
    desk.key(Qt.Key.Key_N)  # a weighted criterion cannot be not applicable
    assert desk.held(here).status is ScoreStatus.BLANK


def test_zero_is_a_score_and_clear_is_not(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    here = line("B04", "1.3")
    desk.go(here)
    desk.key(Qt.Key.Key_0)
    assert desk.held(here) == Score(here, ScoreStatus.SCORED, Decimal(0))
    desk.key(Qt.Key.Key_Delete)
    assert desk.held(here) == Score(here)


def test_hints_point_at_wording(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B04", "2.1"))
    desk.write("Better than B01, see page 3")
    desk.key(Qt.Key.Key_Escape)
    shown = [one.text() for one in desk.page.form.findChildren(QLabel) if one.property("role") == "warn" and one.text()]
    assert shown == ["This reads as a comparison. Measure the bid against the criterion: “Better”."]


def test_quote_puts_selected_words_into_the_reason(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B05", "2.1"))
    view = desk.page.document.text
    cursor = view.document().find("Safeguarding practice")
    view.setTextCursor(cursor)
    desk.key(Qt.Key.Key_E, CTRL | Qt.KeyboardModifier.ShiftModifier)
    assert desk.page.form.reason.text() == "“Safeguarding practice”"
    assert desk.shell.focusWidget() is desk.page.form.reason


def test_progress_follows_keys_and_clicks(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B05", "3.1"))
    desk.key(Qt.Key.Key_G, CTRL)
    grid = desk.page.progress.grid
    assert desk.shell.focusWidget() is grid
    desk.key(Qt.Key.Key_Right)
    assert desk.page.subtitle.text().startswith("Criterion 3.2 ")
    desk.key(Qt.Key.Key_Down)
    assert desk.page.title.text().startswith("B06 ")
    assert desk.shell.focusWidget() is grid
    QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.place_of(0, 0).center())
    assert desk.page.title.text().startswith("B01 ")
    desk.key(Qt.Key.Key_G, CTRL)
    assert desk.page.progress.isHidden()


def test_choosers_lead_to_a_line_and_to_the_same_line_of_another_lot(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    desk.go(line("B01", "4.1"))
    lots, bids = desk.page.choosers.lot, desk.page.choosers.bid
    lots.setCurrentIndex(lots.findData("L2"))
    lots.activated.emit(lots.currentIndex())
    assert desk.page.subtitle.text().endswith("lot L2")
    assert desk.page.title.text().startswith("B01 ")
    bids.setCurrentIndex(bids.findData("B03"))
    bids.activated.emit(bids.currentIndex())
    assert desk.here.startswith("B03 Rockpool Young Researchers / Criterion 4.1 ")


def test_refused_save_keeps_the_text_and_the_page(qtbot: QtBot, fresh: Workspace) -> None:
    desk = ScoringDriver(qtbot, fresh, "YE1")
    here, last = scoring.desk(fresh, ui_stage.REFERENCE, "YE1").owed[:2]
    desk.fill_all_but()
    desk.go(here)
    desk.write("More: ")
    sign_off.sign_off(fresh, ui_stage.REFERENCE, person="YE1")  # by the command line, say
    desk.go(last)
    form = desk.page.form
    assert desk.page.refusal.text == (
        "Not saved. YE1 has signed the sheet off. Nothing was changed. To change a score, reopen the sheet with a reason; "
        "both versions are kept. Your text is still here."
    )
    assert form.reason.text() == "More: Named on page 2."
    assert desk.page.subtitle.text().startswith(f"Criterion {here.criterion} ")
    desk.shell.show_place("home")
    assert desk.shell.here == "scoring"
    desk.page.refusal.let_go.emit()
    assert (form.reason.text(), form.unsaved, desk.page.refusal.text) == ("Named on page 2.", False, "")
    desk.shell.show_place("home")
    assert desk.shell.here == "home"


def test_sign_off_says_what_is_missing_then_signs_then_reopens(qtbot: QtBot, fresh: Workspace) -> None:
    desk = ScoringDriver(qtbot, fresh, "YE1")
    last = scoring.desk(fresh, ui_stage.REFERENCE, "YE1").owed[-1]
    desk.fill_all_but(last)
    desk.go(last)
    primary = desk.page.primary
    assert (primary.text(), primary.isEnabled(), primary.toolTip()) == (
        "Sign off",
        False,
        "This line is missing: no answer yet.",
    )
    desk.key(Qt.Key.Key_5)
    assert primary.toolTip() == "This line is missing: no rationale."
    desk.write("Young people checked it (page 5).")
    desk.key(Qt.Key.Key_Return, CTRL)
    assert (desk.shell.focusWidget(), primary.isEnabled()) == (primary, True)
    assert desk.page.typed_by.isHidden() is False
    desk.page.typed_by.setText(" Her support worker ")
    with qtbot.waitSignal(desk.page.acted, timeout=20_000):
        desk.key(Qt.Key.Key_Space)
    (own,) = [one for one in setup.view(fresh, ui_stage.REFERENCE).panel if one.member.person == "YE1"]
    assert (own.entered_by, desk.page.typed_by.isHidden()) == ("Her support worker", True)
    assert scoring.desk(fresh, ui_stage.REFERENCE, "YE1").signed_off
    assert (primary.isHidden(), desk.page.form.reason.isReadOnly()) == (True, True)
    assert desk.page.status.text().startswith("Signed off · Saved ")
    desk.key(Qt.Key.Key_1)
    assert desk.held(last).value == Decimal(5)
    desk.page.ask_to_reopen()
    assert desk.shell.focusWidget() is desk.page.reopening.reason
    QTest.keyClicks(desk.page.reopening.reason, "A page was missed")
    with qtbot.waitSignal(desk.page.acted, timeout=20_000):
        desk.key(Qt.Key.Key_Return)
    assert not scoring.desk(fresh, ui_stage.REFERENCE, "YE1").signed_off
    assert (desk.page.form.reason.isReadOnly(), desk.page.reopening.isHidden()) == (False, True)


def test_signed_sheet_is_read_only(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "PM1")
    desk.key(Qt.Key.Key_0)
    desk.key(Qt.Key.Key_A)
    assert desk.held(line("B01", "C1")).value == Decimal(1)
    assert desk.page.primary.isHidden()


def test_not_yours_says_so(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "OF1")
    assert desk.page.empty.text == "Nothing to score here\nYou do not score in this tender."
    assert (desk.page.desk.isHidden(), desk.page.primary.isHidden()) == (True, True)
    desk.key(Qt.Key.Key_4)
    desk.key(Qt.Key.Key_Return, CTRL)


def test_recused_person_scores_the_other_lot_only(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "FI1")
    assert {desk.page.choosers.lot.itemData(at) for at in range(desk.page.choosers.lot.count())} == {"L1"}
    sheet = Sheet(scoring.desk(shared, ui_stage.REFERENCE, "FI1"))
    assert set(sheet.cells(LotCode("L2")).states.values()) == {CellState.RECUSED}
    assert any(
        one.text() == "You are recused from lot L2: that stays closed to you."
        for one in desk.page.progress.findChildren(QLabel)
    )


def test_another_person_sees_nothing_of_the_first(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "TS1")
    desk.go(line("B06", "1.1"))
    desk.write("Mine alone")
    desk.shell.session.person = "YE1"
    desk.shell.show_place("scoring")
    assert desk.page.form.reason.text() == ""
    assert desk.held(line("B06", "1.1")).rationale == "Mine alone"
    assert scoring.desk(shared, ui_stage.REFERENCE, "YE1").scores == {}


def test_copy_is_saved_where_the_person_says(qtbot: QtBot, shared: Workspace, tmp_path: Path) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    asked: list[str] = []

    def where(name: str) -> str:
        asked.append(name)
        return str(tmp_path / name)

    desk.page.reader.ask_where = where
    desk.page.document.copy_wanted.emit("bids/B02/1 Reaching and hearing young people.pdf")
    copy = tmp_path / "1 Reaching and hearing young people.pdf"
    assert asked == [copy.name]
    assert copy.read_bytes().startswith(b"%PDF-")
    assert desk.shell.messages.text == f"A copy is saved as {copy.name}. It is not sealed."


def test_every_control_has_a_name(qtbot: QtBot, shared: Workspace) -> None:
    desk = ScoringDriver(qtbot, shared, "CH1")
    kinds = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit)
    unnamed = [
        one.objectName() or type(one).__name__
        for kind in kinds
        for one in desk.page.findChildren(kind)
        if one.isVisibleTo(desk.page)
        if not one.accessibleName() and not getattr(one, "text", str)()
        if not one.objectName().startswith("qt_")
    ]
    assert unnamed == []
