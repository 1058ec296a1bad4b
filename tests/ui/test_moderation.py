"""The moderation page on the sample tender: real services over a real store, driven as a chair would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.interests import Answer
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.scales import Level
from evalpanel.domain.sheets import Line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import declarations, moderation, setup
from evalpanel.services.workspace import Workspace
from evalpanel.ui import theme
from evalpanel.ui.models.moderation_lines import LineState, ModerationLines, Order, ordered, rows_of, spread_words
from evalpanel.ui.models.moderation_state import cannot_stand
from evalpanel.ui.page import Page
from evalpanel.ui.pages.moderation import ModerationPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import PageFactory, Shell
from evalpanel.ui.widgets.agreed_level import keys
from fakes import MemoryKeyring
from guards import keyring_in_memory

OTHERS = ("home", "setup", "panel", "scoring", "outcome", "letters", "record")
TS1_L1 = Line(LotCode("L1"), BidCode("B02"), CriterionCode("1.2"))
"""A line of lot 1 on which the members differ."""


class Driver:
    """Does on the page what a person does."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str) -> None:
        self.qtbot = qtbot
        self.space = space
        factories: dict[str, PageFactory] = {**dict.fromkeys(OTHERS, Page), "moderation": ModerationPage}
        self.shell = Shell(Session(space, ui_stage.REFERENCE, person), factories)
        qtbot.addWidget(self.shell)
        with qtbot.waitActive(self.shell):  # shortcuts work in the active window only
            self.shell.show()
            self.shell.activateWindow()
        self.shell.show_place("moderation")
        page = self.shell.page("moderation")
        assert isinstance(page, ModerationPage)
        self.page = page
        self.room = page.room

    def choose(self, line: Line) -> None:
        place = self.page.list.model.place(line)
        assert place >= 0, f"{line} is not in the list"
        self.page.list.table.selectRow(place)

    def key(self, key: Qt.Key, *modifiers: Qt.KeyboardModifier) -> None:
        target = QApplication.focusWidget() or self.page
        held = Qt.KeyboardModifier.NoModifier
        for one in modifiers:
            held |= one
        QTest.keyClick(target, key, held)

    def type(self, name: str, text: str) -> None:
        field = self.room.fields[name]
        field.setFocus()
        QTest.keyClicks(field, text)

    def press_present(self, *people: str) -> None:
        for person in people:
            QTest.mouseClick(self.room.present._buttons[PersonCode(person)], Qt.MouseButton.LeftButton)

    def kept(self, line: Line) -> ModeratedScore | None:
        held = moderation.lines(self.space, ui_stage.REFERENCE)
        return next(one.agreed for one in held if one.line == line)

    def close(self) -> None:
        self.shell.close()


@pytest.fixture(scope="module")
def _ring() -> Iterator[MemoryKeyring]:
    with keyring_in_memory() as ring:
        yield ring


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory, _ring: MemoryKeyring) -> Iterator[Workspace]:
    """Everybody has signed off. Tests of this module each use lines of their own."""
    with ui_stage.at("signed", tmp_path_factory.mktemp("signed")) as space:
        yield space


@pytest.fixture(scope="module")
def moderated(tmp_path_factory: pytest.TempPathFactory, _ring: MemoryKeyring) -> Iterator[Workspace]:
    """Every line is agreed and moderation is open. Only the last test that uses it closes it."""
    with ui_stage.at("moderated", tmp_path_factory.mktemp("moderated")) as space:
        yield space


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Look.LIGHT)


@pytest.fixture
def room(qtbot: QtBot, signed: Workspace) -> Iterator[Driver]:
    driver = Driver(qtbot, signed, "CH1")
    yield driver
    driver.close()


def test_lines_stand_by_disagreement_and_nothing_is_pressed(room: Driver) -> None:
    spreads = [row.held.spread or Fraction(0) for row in room.page.list.model.rows]
    assert len(spreads) == 108
    assert spreads == sorted(spreads, reverse=True)
    assert room.room.level.value is None
    assert room.page.subtitle.text().startswith("0 of 108 lines agreed")
    assert room.page.primary.text() == "Agree and next  Ctrl+↵"


def test_digit_agrees_a_level_and_words_are_saved_when_the_field_is_left(room: Driver) -> None:
    line = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.1"))
    room.choose(line)
    room.page.list.table.setFocus()
    room.press_present("CH1", "PM1", "TS1")
    assert room.kept(line) is None, "who is present is nothing to save by itself"
    room.page.list.table.setFocus()
    with room.qtbot.waitSignal(room.page.acted, timeout=20_000):
        room.key(Qt.Key.Key_4)
    room.type("reasons", "Names 3 places (page 1).")
    assert room.page.status.text() == "Not saved yet"
    room.room.fields["not_higher"].setFocus()
    assert room.kept(line) == ModeratedScore(
        line,
        Decimal(4),
        reasons="Names 3 places (page 1).",
        present=(PersonCode("CH1"), PersonCode("PM1"), PersonCode("TS1")),
    )
    assert room.page.status.text().startswith("Saved ")
    assert room.page.subtitle.text().startswith("1 of 108 lines agreed")
    assert room.room.fields["not_higher"].hasFocus()


def test_pause_in_typing_saves_without_moving_the_cursor(room: Driver) -> None:
    line = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.2"))
    room.choose(line)
    with room.qtbot.waitSignal(room.page.acted, timeout=20_000):
        room.type("reasons", "A pause")
    kept = room.kept(line)
    assert kept is not None
    assert (kept.reasons, kept.value) == ("A pause", None)
    assert room.room.fields["reasons"].hasFocus()
    assert room.room.fields["reasons"].textCursor().position() == len("A pause")
    row = next(row for row in room.page.list.model.rows if row.line == line)
    assert (row.state, row.agreed_words) == (LineState.DRAFT, "draft")


def test_digits_in_a_text_are_text(room: Driver) -> None:
    line = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.3"))
    room.choose(line)
    room.type("reasons", "173")
    assert room.room.fields["reasons"].toPlainText() == "173"
    assert room.room.level.value is None


def test_copy_takes_the_words_of_the_marked_member(room: Driver) -> None:
    room.choose(TS1_L1)
    assert not room.room.copy.isEnabled()
    room.room.members.setFocus(Qt.FocusReason.TabFocusReason)
    room.key(Qt.Key.Key_Down)
    one = room.room.members.current()
    assert one is not None
    assert one.person == "PM1"
    room.key(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert room.room.fields["reasons"].toPlainText() == one.score.rationale
    assert room.room.fields["reasons"].hasFocus()
    assert room.room.level.value is None, "copying words agrees no level"
    room.room.fields["reasons"].undo()
    assert room.room.fields["reasons"].toPlainText() == ""


def test_agree_says_what_is_missing_and_goes_where_it_is_given(room: Driver) -> None:
    line = Line(LotCode("L2"), BidCode("B03"), CriterionCode("1.1"))
    room.choose(line)
    room.page.list.table.setFocus()
    control = Qt.KeyboardModifier.ControlModifier
    room.key(Qt.Key.Key_Return, control)
    assert room.shell.messages.text == "Choose the level that the panel agrees: press its digit or its button."
    room.key(Qt.Key.Key_3)
    room.key(Qt.Key.Key_Return, control)
    assert room.shell.messages.text == "Write the reasons for this level: the bidder will read them."
    assert room.room.fields["reasons"].hasFocus()
    room.type("reasons", "Two groups meet weekly (p. 1).")
    for person in room.room.present.present:
        room.press_present(person)
    room.room.fields["reasons"].setFocus()
    room.key(Qt.Key.Key_Return, control)
    assert room.shell.messages.text == "0 of the panel are marked as present, and the quorum is 3."
    room.press_present("CH1", "PM1", "YE1")
    room.key(Qt.Key.Key_Return, control)
    after = room.page.list.current()
    assert after is not None and after != line
    assert room.room.shown is not None and room.room.shown.row.line == after
    assert frozenset(room.room.present.present) >= {"CH1", "PM1", "YE1"}, "who is present is carried over"


def test_one_press_takes_down_that_somebodys_declaration_still_holds(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("signed", tmp_path) as space:
        room = Driver(qtbot, space, "CH1")
        room.choose(Line(LotCode("L1"), BidCode("B01"), CriterionCode("2.1")))
        chips = room.room.present
        asked = "once they say that their declaration of interests still holds."
        assert chips._words.text().endswith(f"Press OF1, CH1, PM1, TS1, YE1, FI1 {asked}")

        room.press_present("PM1")

        assert list(chips.present) == ["PM1"]
        assert chips._words.text().endswith(f"Press OF1, CH1, TS1, YE1, FI1 {asked}")
        own = {one.member.person: one.affirmed for one in setup.view(space, ui_stage.REFERENCE).panel}
        assert [person for person, held in own.items() if held is not None] == ["PM1"]
        assert own[PersonCode("PM1")].taken_by == "CH1"  # type: ignore[union-attr]  # it is there, by the line before

        # Pressed again it only says who is present.
        room.press_present("PM1")
        assert list(chips.present) == []
        room.close()


def test_the_officer_stands_in_for_a_chair_who_is_recused(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("signed", tmp_path) as space:
        declarations.declare(space, ui_stage.REFERENCE, person="CH1", answers=(Answer("B03", "My niece works there."),))
        chair = Driver(qtbot, space, "CH1")
        assert {row.line.lot for row in chair.page.list.model.rows} == {"L1"}
        assert "lot L2 is not shown: you are recused from it" in chair.page.subtitle.text()
        chair.close()
        room = Driver(qtbot, space, "OF1")
        line = Line(LotCode("L2"), BidCode("B03"), CriterionCode("2.1"))
        room.choose(line)
        room.type("reasons", "It trains its researchers.")
        room.room.fields["improvements"].setFocus()
        kept = {one.line: one.agreed for one in moderation.lines(space, ui_stage.REFERENCE, person="OF1")}[line]
        assert kept is not None and kept.reasons == "It trains its researchers."
        room.close()


def test_recused_person_cannot_be_chosen(room: Driver) -> None:
    room.choose(Line(LotCode("L2"), BidCode("B01"), CriterionCode("2.1")))
    chip = room.room.present._buttons[PersonCode("FI1")]
    assert not chip.isEnabled()
    assert chip.accessibleName() == "FI1 Catrin Beddowes, is recused from this lot"
    room.choose(Line(LotCode("L1"), BidCode("B01"), CriterionCode("2.1")))
    assert room.room.present._buttons[PersonCode("FI1")].isEnabled()


def test_hints_point_and_do_not_block(room: Driver) -> None:
    line = Line(LotCode("L1"), BidCode("B02"), CriterionCode("2.1"))
    room.choose(line)
    room.type("reasons", "Better than the other bid.")
    room.room.fields["improvements"].setFocus()
    hint = room.room.hints["reasons"]
    assert hint.isVisible()
    assert "This reads as a comparison" in hint.text()
    kept = room.kept(line)
    assert kept is not None and kept.reasons == "Better than the other bid."


def test_condition_has_its_levels_named_and_top_level_asks_for_nothing_higher(room: Driver) -> None:
    line = Line(LotCode("L1"), BidCode("B02"), CriterionCode("C1"))
    room.choose(line)
    names = [made.text() for made in room.room.level._buttons.values()]
    assert names == ["0  Not met", "1  Met"]
    assert room.room.fields["not_higher"].isVisible()
    room.page.list.table.setFocus()
    room.key(Qt.Key.Key_1)
    assert not room.room.fields["not_higher"].isVisible()


def test_refused_save_keeps_the_words_and_the_line(room: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(LotCode("L1"), BidCode("B04"), CriterionCode("1.1"))
    room.choose(line)
    # A person who is not on the panel any more: the service refuses.
    room.room.present._strangers = (PersonCode("XX9"),)
    room.type("reasons", "Kept in the field")
    room.page.list.table.setFocus()
    assert "nobody on the panel has the code XX9" in room.shell.messages.text
    assert room.page.status.text() == "Not saved"
    room.choose(Line(LotCode("L1"), BidCode("B04"), CriterionCode("1.2")))
    assert room.page.list.current() == line
    assert room.room.fields["reasons"].toPlainText() == "Kept in the field"
    QTest.mouseClick(room.page._discard, Qt.MouseButton.LeftButton)
    assert room.room.fields["reasons"].toPlainText() == ""
    assert room.kept(line) is None


def test_refresh_leaves_what_is_not_saved(room: Driver) -> None:
    room.choose(Line(LotCode("L1"), BidCode("B04"), CriterionCode("1.3")))
    room.type("reasons", "Half a sent")
    room.shell.refresh()
    assert room.room.fields["reasons"].toPlainText() == "Half a sent"
    assert room.room.fields["reasons"].hasFocus()


def test_list_can_be_ordered_narrowed_and_hidden(room: Driver) -> None:
    room.page.list.order.setCurrentIndex(list(Order).index(Order.BID))
    assert [row.line for row in room.page.list.model.rows] == [row.line for row in room.page._rows]
    room.page.list.show_only.setCurrentText("L2")
    assert {row.line.lot for row in room.page.list.model.rows} == {"L2"}
    room.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    room.qtbot.waitUntil(lambda: not room.page.list.isVisible(), timeout=20_000)
    room.key(Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    room.qtbot.waitUntil(room.page.list.isVisible, timeout=20_000)


def test_panel_member_reads_only_the_lots_without_recusal(qtbot: QtBot, moderated: Workspace) -> None:
    driver = Driver(qtbot, moderated, "FI1")
    assert {row.line.lot for row in driver.page.list.model.rows} == {"L1"}
    assert "lot L2 is not shown: you are recused from it" in driver.page.subtitle.text()
    assert "read only: CH1 Gareth Ollerton records what the panel agrees" in driver.page.subtitle.text()
    assert all(field.isReadOnly() for field in driver.room.fields.values())
    line = driver.page.list.current()
    assert line is not None
    before = driver.kept(line)
    driver.page.list.table.setFocus()
    driver.key(Qt.Key.Key_0)
    assert driver.kept(line) == before
    driver.close()


def test_moderation_waits_and_says_for_whom(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("scoring", tmp_path) as space:
        driver = Driver(qtbot, space, "CH1")
        assert driver.page._state.isVisible()
        words = driver.page._state.text
        assert words.startswith("Moderation waits for 4 sign-offs")
        assert "TS1 Jago Penberth: 0 of 58 lines answered" in words
        assert not driver.page.primary.isVisible()
        driver.close()


def test_unassessed_line_says_to_be_left_alone(qtbot: QtBot, moderated: Workspace) -> None:
    driver = Driver(qtbot, moderated, "CH1")
    driver.choose(Line(LotCode("L1"), BidCode("B06"), CriterionCode("1.1")))
    assert driver.room._notes.text() == "This bid failed a gate and is assessed no further. Leave this line empty."
    assert driver.page.list.model.rows[-1].agreed_words == "not assessed"
    driver.close()


def test_closing_tells_first_and_locks_then(qtbot: QtBot, moderated: Workspace) -> None:
    driver = Driver(qtbot, moderated, "CH1")
    assert driver.page.primary.text() == "Close moderation…"
    QTest.mouseClick(driver.page.primary, Qt.MouseButton.LeftButton)
    assert driver.page.primary.text() == "Lock 97 lines"
    driver.key(Qt.Key.Key_Escape)
    assert driver.page.primary.text() == "Close moderation…"
    QTest.mouseClick(driver.page.primary, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(driver.page.acted, timeout=20_000):
        QTest.mouseClick(driver.page.primary, Qt.MouseButton.LeftButton)
    assert setup.view(moderated, ui_stage.REFERENCE).summary.stage is TenderStage.QUALITY_LOCKED
    assert driver.page.primary.text() == "Go to the outcome"
    assert all(field.isReadOnly() for field in driver.room.fields.values())
    driver.close()


def test_model_keeps_the_rules_of_models(qtmodeltester: ModelTester, signed: Workspace) -> None:
    rows = rows_of(moderation.lines(signed, ui_stage.REFERENCE), {}, 3, ())
    model = ModerationLines()
    model.set_rows(rows)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    model.set_rows(ordered(rows, Order.CRITERION))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped


@pytest.mark.parametrize(
    ("spread", "words"),
    [
        (None, ("", "")),
        (Fraction(0), ("0 %", "same")),
        (Fraction(1, 8), ("13 %", "close")),
        (Fraction(1, 5), ("20 %", "apart")),
        (Fraction(1, 2), ("50 %", "apart")),
        (Fraction(51, 100), ("51 %", "wide")),
        (Fraction(1), ("100 %", "wide")),
    ],
)
def test_spread_is_told_in_per_cent_and_a_word(spread: Fraction | None, words: tuple[str, str]) -> None:
    assert spread_words(spread) == words


@pytest.mark.parametrize(
    ("values", "digits"),
    [
        (("0", "1", "5"), {0: "0", 1: "1", 5: "5"}),
        (("0", "25", "50"), {1: "0", 2: "25", 3: "50"}),
        (("0", "0.5", "1"), {1: "0", 2: "0.5", 3: "1"}),
    ],
)
def test_digit_is_the_level_itself_or_its_place(values: tuple[str, ...], digits: dict[int, str]) -> None:
    levels = tuple(Level(Decimal(value), "") for value in values)
    assert keys(levels) == {digit: Decimal(value) for digit, value in digits.items()}


def test_odd_spaces_of_a_saved_text_are_no_change(qtbot: QtBot, signed: Workspace) -> None:
    driver = Driver(qtbot, signed, "CH1")
    row = driver.page._rows[0]
    odd = ModeratedScore(row.line, Decimal(3), reasons=" from\u00a0page 3\r\n ", present=(PersonCode("CH1"),))
    shown = driver.room.shown
    assert shown is not None
    driver.room.forget()
    driver.room.show_line(replace(shown, row=replace(row, held=replace(row.held, agreed=odd))))
    assert driver.room.unsaved() is None
    assert driver.room.score() == odd
    driver.room.forget()
    driver.close()


def test_line_of_which_somebody_is_recused_later_is_told_before_it_is_sent_and_they_are_taken_off(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with ui_stage.at("moderated", tmp_path) as space:
        declarations.declare(space, ui_stage.REFERENCE, person="TS1", answers=(Answer("B03", "My niece works there."),))
        wrong = {gap.line for gap in moderation.cannot_stand(space, ui_stage.REFERENCE)}
        driver = Driver(qtbot, space, "CH1")
        view = driver.page.session.view
        assert view is not None
        assert cannot_stand(driver.page.list.model.rows, view).keys() == wrong != set()
        assert f"{len(wrong)} cannot be agreed yet: " in driver.page.subtitle.text()

        line = min(wrong, key=lambda one: (one.lot, one.bid, one.criterion))
        driver.choose(line)
        (note,) = [one for one in driver.shell.findChildren(QLabel) if one.text().startswith("This line cannot be")]
        assert note.isVisible()
        assert "TS1 is called present and is recused" in note.text()
        assert driver.page.primary.text() == "Next line to put right"
        driver.press_present("TS1")
        driver.page.primary.click()
        assert {gap.line for gap in moderation.cannot_stand(space, ui_stage.REFERENCE)} == wrong - {line}
        assert f"{len(wrong) - 1} cannot be agreed yet: " in driver.page.subtitle.text()
        assert driver.page.list.current() in wrong - {line}
        with pytest.raises(EvalPanelError, match=f"cannot be closed: {len(wrong) - 1} lines cannot stand"):
            moderation.close(space, ui_stage.REFERENCE)
        driver.close()
