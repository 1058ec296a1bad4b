"""Which keys there are: the list is read off the page, and everything on every page has a name in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.services.workspace import Workspace
from evalpanel.ui import places
from evalpanel.ui.catalogue import factories
from evalpanel.ui.dialogs.keys import IN_TEXTS, keys_everywhere, keys_of, shortcuts
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("scoring", tmp_path_factory.mktemp("keys")) as made:
        yield made


@pytest.fixture
def shell(qtbot: QtBot, space: Workspace) -> Shell:
    made = Shell(Session(space, ui_stage.REFERENCE, "CH1"), factories())
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.show_place("scoring")
    return made


def shown(shell: Shell) -> list[str]:
    dialog = shell._keys
    assert dialog is not None
    return [one.text() for one in dialog.findChildren(QLabel) if one.isVisibleTo(dialog)]


@pytest.mark.parametrize("place", list(places.TITLES))
def test_every_shortcut_of_every_page_has_a_name(shell: Shell, place: str) -> None:
    page = shell.page(place)
    assert [one.key().toString() for one, words in shortcuts(page) if not words] == []
    assert [one.key().toString() for one, words in shortcuts(shell, whole=False) if not words] == []


def test_keys_of_scoring_are_those_that_it_answers(shell: Shell) -> None:
    page = shell.page("scoring")
    page.open(Line(LotCode("L1"), BidCode("B02"), CriterionCode("1.2")))
    keys = {words: key for key, words in keys_of(page)}
    assert keys["Choose a level"] == "0 1 2 3 4 5"
    assert keys["Abstain"] == "A"
    assert keys["Find words in the document or the bid"] == "Ctrl+F"
    assert "Not applicable" not in keys  # a weighted criterion cannot be
    assert "Next line" in keys
    assert "Show the next place" not in keys  # nothing is looked for yet


def test_keys_of_the_window_are_on_every_page(shell: Shell) -> None:
    keys = keys_everywhere(shell)
    assert ("Alt+1", "Go to Home") in keys
    assert ("Ctrl+/ or ?", "Which keys there are") in keys


@pytest.mark.parametrize(
    "key",
    [(Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier), (Qt.Key.Key_Question, Qt.KeyboardModifier.NoModifier)],
)
def test_list_opens_by_key_follows_the_page_and_closes_by_escape(
    qtbot: QtBot, shell: Shell, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    QTest.keyClick(shell, *key)
    dialog = shell._keys
    assert dialog is not None
    assert dialog.isVisible()
    assert dialog.isModal() is False
    words = shown(shell)
    assert [one for one in words if one in ("My scoring", "On every page", "In texts")] == [
        "My scoring",
        "On every page",
        "In texts",
    ]
    assert {one for _, one in IN_TEXTS} <= set(words)
    shell.show_place("record")
    qtbot.waitUntil(lambda: "Find in the record" in shown(shell), timeout=20_000)
    assert "Abstain" not in shown(shell)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_question_mark_in_a_text_is_a_question_mark(shell: Shell) -> None:
    shell.show_place("record")
    shell.activateWindow()
    box = next(one for one in shell.page("record").findChildren(QLineEdit) if one.isVisible())
    box.setFocus()
    QTest.keyClick(QApplication.focusWidget() or box, Qt.Key.Key_Question)
    assert box.text() == "?"
    assert shell._keys is None


def test_keys_have_a_button_on_every_page(qtbot: QtBot, shell: Shell) -> None:
    shell.rail.keys_clicked.emit()
    assert shell._keys is not None
    assert shell._keys.isVisible()
