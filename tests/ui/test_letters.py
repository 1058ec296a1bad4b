"""The page Letters in the real window, over the sample with its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot
from sqlalchemy import select

import ui_stage
from evalpanel.services import audit, letter_drafts, record
from evalpanel.services.letter_drafts import LetterState
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.ui.models.letter_rows import LetterRows
from evalpanel.ui.pages.letters import LettersPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

REFERENCE = ui_stage.REFERENCE
LONG = 30_000  # milliseconds: signing on a busy machine


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample with its outcome. The tests that change it stand last, and in order of what they change."""
    with ui_stage.at("decided", tmp_path_factory.mktemp("profile")) as held:
        yield held


class Window:
    """The window at the page Letters, as somebody uses it."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str = "OF1") -> None:
        self.qtbot = qtbot
        self.shell = Shell(Session(space, REFERENCE, person), {"letters": LettersPage})
        qtbot.addWidget(self.shell)
        self.shell.show()
        self.shell.show_place("letters")
        page = self.shell.page("letters")
        assert isinstance(page, LettersPage)
        self.page = page
        self.settle()

    def key(self, target: QWidget, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        with self.qtbot.waitActive(self.shell, timeout=LONG):  # else shortcuts go nowhere
            self.shell.activateWindow()
        QTest.keyClick(target, key, held)

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.shell.jobs.busy, timeout=LONG)

    def choose(self, bid: str, lot: str) -> None:
        self.page.open((bid, lot))
        self.settle()

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.page.rows.rows]


@pytest.fixture
def window(qtbot: QtBot, space: Workspace) -> Iterator[Window]:
    made = Window(qtbot, space)
    yield made
    made.shell.close()


def without_address(space: Workspace) -> None:
    with space.store.writing() as tx:
        row = tx.execute(select(t.BidderRow).where(t.BidderRow.bidder == "B02")).scalars().one()
        row.address = ""
        # The window reads again when there is a new act.
        audit.record(tx, space, "noted", tender=row.tender_id, person="OF1", detail={})


def test_letters_shows_every_bid_and_the_first_letter(window: Window) -> None:
    assert window.page.title.text() == "Letters"
    assert window.page.subtitle.text() == "PTSCF-2026-014 · 8 ready"
    assert [(row.title, row.about) for row in window.page.rows.rows][:2] == [
        ("B01 Tamar Voices Consortium", "Lot L1 · successful"),
        ("B01 Tamar Voices Consortium", "Lot L2 · not successful"),
    ]
    assert window.states == [*["Ready to sign"] * 7, "No letter: an in-house comparator gets none", "Ready to sign"]
    assert (window.page.primary.text(), window.page.primary.isEnabled()) == ("Sign 8 letters", True)
    assert "Dear Tamar Voices Consortium," in window.page.pdf.text(0)


def test_letters_shows_the_letter_that_is_chosen(window: Window) -> None:
    window.choose("B03", "L2")
    assert "Dear Rockpool Young Researchers," in window.page.pdf.text(0)
    assert window.page.side_card.heading.text() == "B03 Rockpool Young Researchers"


def test_letters_shows_the_last_of_several_that_are_chosen_quickly(window: Window) -> None:
    for _ in range(4):
        window.key(window.page.list, Qt.Key.Key_Down)
    window.qtbot.waitUntil(lambda: "Dear Rockpool Young Researchers," in window.page.pdf.text(0), timeout=LONG)
    assert window.page.side_card.heading.text() == "B03 Rockpool Young Researchers"


def test_letters_says_that_a_comparator_gets_none(window: Window) -> None:
    window.choose("B05", "L1")
    assert window.page.side_card.said == ("An in-house comparator is owed no letter.",)


def test_letters_can_only_be_read_by_somebody_who_is_not_the_officer(qtbot: QtBot, space: Workspace) -> None:
    window = Window(qtbot, space, "PM1")
    assert (window.page.primary.isEnabled(), window.page.primary.toolTip()) == (
        False,
        "OF1 Morwenna Pascall signs the letters.",
    )
    assert window.page.side_card.correct.isVisible() is False
    assert "Dear Tamar Voices Consortium," in window.page.pdf.text(0)
    window.shell.close()


def test_letters_of_a_lot_are_hidden_from_somebody_who_is_recused_from_it(qtbot: QtBot, space: Workspace) -> None:
    window = Window(qtbot, space, "FI1")
    window.choose("B01", "L2")
    assert window.page.side_card.said == ("You are recused from lot L2, so its letters are not shown.",)
    assert window.page.pdf.isVisible() is False
    window.shell.close()


def test_letters_ask_who_one_is_before_signing(qtbot: QtBot, space: Workspace) -> None:
    window = Window(qtbot, space, "")
    assert window.page.why_not.text() == "Choose who you are first: OF1 Morwenna Pascall signs the letters."
    window.shell.close()


def test_letters_before_the_outcome_says_when_they_come(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("draft", tmp_path) as early:
        window = Window(qtbot, early)
        assert window.page.primary.text() == "See what comes next"
        assert window.page.subtitle.text() == "One signed letter for every bid"
        assert window.page.list.isVisible() is False
        window.shell.close()


def test_letters_are_not_signed_before_the_award_is_decided(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("outcome", tmp_path) as early:
        window = Window(qtbot, early)
        assert (window.page.primary.text(), window.page.primary.isEnabled()) == ("Sign 8 letters", False)
        assert window.page.why_not.text() == (
            "The award is decided first, on the page Outcome. Until then the letters can be looked at."
        )
        assert window.page.side_card.correct.isVisible() is True
        window.shell.close()


def test_letter_rows_keep_the_rules_of_a_model(space: Workspace, qtmodeltester: ModelTester) -> None:
    rows = LetterRows()
    rows.show_letters(letter_drafts.overview(space, REFERENCE), ())
    qtmodeltester.check(rows)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    assert rows.data(rows.index(0)) == "B01 Tamar Voices Consortium. Lot L1 · successful. Ready to sign"


def test_letters_says_what_blocks_one_and_takes_the_correction(window: Window, space: Workspace) -> None:
    without_address(space)
    window.shell.refresh()
    window.choose("B02", "L1")
    assert window.page.subtitle.text() == "PTSCF-2026-014 · 6 ready · 2 blocked"
    assert window.page.side_card.said == (
        "The postal address of Heard Together Peninsula is missing (regulation 31, item b).",
    )
    window.page.side_card.correct.click()
    address = window.page.mending.form.field("address")
    assert window.page.focusWidget() is address
    QTest.keyClicks(address, "2 Elm Row")
    with window.qtbot.waitSignal(window.page.acted, timeout=20_000):
        window.page.mending.form.save.click()
    window.settle()
    assert window.page.subtitle.text() == "PTSCF-2026-014 · 8 ready"
    assert "2 Elm Row" in window.page.pdf.text(0)
    assert record.history(space, REFERENCE)[-1].detail == "Changed: postal address."


def test_letters_form_is_left_with_escape_and_changes_nothing(window: Window, space: Workspace) -> None:
    before = record.head(space, REFERENCE)
    window.page.side_card.correct.click()
    QTest.keyClicks(window.page.mending.form.field("name"), "Another")
    with window.qtbot.waitSignal(window.page.mending.form.left, timeout=20_000):
        window.key(window.page.mending.form.field("name"), Qt.Key.Key_Escape)
    assert window.page.mending.form.isVisible() is False
    assert record.head(space, REFERENCE) == before


def test_letters_form_refuses_an_empty_value_in_words(window: Window) -> None:
    window.page.side_card.correct.click()
    name = window.page.mending.form.field("name")
    name.clear()
    window.page.mending.form.save.click()
    assert window.shell.messages.text.startswith("There is nothing to correct.")
    assert window.page.mending.form.isVisible() is True


def test_letters_without_a_folder_signs_nothing(window: Window) -> None:
    window.page.choose_folder = lambda _: ""
    window.page.primary.click()
    assert (window.shell.jobs.busy, window.page.subtitle.text()) == (False, "PTSCF-2026-014 · 8 ready")


def test_letters_cancelled_keeps_what_was_signed_and_goes_on_where_it_stopped(
    window: Window, space: Workspace, tmp_path: Path
) -> None:
    def signed() -> int:
        return sum(one.state is LetterState.SIGNED for one in letter_drafts.overview(space, REFERENCE))

    asked: list[str] = []
    shown: list[Path] = []

    def folder(start: str) -> str:
        asked.append(start)
        return str(tmp_path / "letters")

    window.page.choose_folder = folder
    window.page.show_folder = shown.append
    window.page.primary.click()
    window.qtbot.waitUntil(lambda: len(list(tmp_path.glob("letters/*.pdf"))) > 0, timeout=LONG)
    window.shell.jobs.cancel()
    window.settle()
    done = signed()
    assert 0 < done < 8
    assert window.shell.messages.text.startswith("Stopped. ")
    assert window.page.primary.text() == f"Sign {8 - done} letter{'s' if done < 7 else ''}"

    window.page.primary.click()
    window.settle()
    assert window.shell.messages.text == (
        "8 letters are signed, read back and verified, in “letters”. The signed list of all letters is “letters.json”, "
        "beside them. All is written to the disk: the stick can be taken out."
    )
    assert asked == ["", str(tmp_path / "letters")]
    assert len(list((tmp_path / "letters").glob("*.pdf"))) == 8
    assert [state.endswith("· verified") for state in window.states].count(True) == 8
    assert (window.page.primary.text(), window.page.primary.isEnabled()) == ("Go on to sending", True)
    assert window.page.look_action.isVisible() is False
    window.page.folder_action.click()
    assert shown == [tmp_path / "letters"]


def test_letters_signed_before_are_checked_when_they_are_shown(window: Window) -> None:
    assert window.states[0].endswith("pages · verified")
    assert window.states[1].endswith("pages")
    assert window.page.status.text() == (
        "Every letter is signed. A sealed copy of each is kept here. 8 letters are not on the log of sending yet. "
        "They go out before the notice."
    )
    window.choose("B01", "L2")
    assert window.states[1].endswith("pages · verified")


def test_signed_letter_is_signed_anew_with_its_reason_as_the_next_version(
    window: Window, space: Workspace, tmp_path: Path
) -> None:
    window.choose("B03", "L2")
    window.page.choose_folder = lambda _: str(tmp_path / "anew")
    window.page.anew_action.click()
    form = window.page.mending.anew
    assert (form.isVisible(), form.sign.isEnabled()) == (True, False)
    form.left.emit()
    assert form.isVisible() is False
    window.page.anew_action.click()
    form.why.setText("The name of the contact was wrong.")
    form.sign.click()
    window.settle()
    assert sorted(one.name for one in (tmp_path / "anew").glob("*.pdf")) == ["PTSCF-2026-014-L2-B03-v2.pdf"]
    assert form.isVisible() is False
    assert window.shell.messages.text.startswith("1 letter is signed, read back and verified, in “anew”.")
    (held,) = [one for one in letter_drafts.overview(space, REFERENCE) if (one.bid, one.lot) == ("B03", "L2")]
    assert held.signed is not None and held.signed.file == "PTSCF-2026-014-L2-B03-v2.pdf"
    window.choose("B05", "L1")
    assert window.page.anew_action.isVisible() is False
