"""A letter looked over on the page Letters: how it reads, what it may not tell, approving it, a draft for the lawyer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.leaks import Leak, SecretKind
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import BidCode, LotCode
from evalpanel.services import approving, letter_looks
from evalpanel.services.letter_looks import LetterLook
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.letters import LettersPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.widgets.letter_look import LetterLookCard

REFERENCE = ui_stage.REFERENCE
LONG = 60_000
LEAK = Leak(SecretKind.PERSON, "a panel member's name", "Pim Moss", "page 2")


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("decided", tmp_path / "profile") as held:
        yield held


@pytest.fixture
def page(qtbot: QtBot, space: Workspace) -> Iterator[LettersPage]:
    shell = Shell(Session(space, REFERENCE, "OF1"), {"letters": LettersPage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("letters")
    found = shell.page("letters")
    assert isinstance(found, LettersPage)
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=LONG)
    found.open(("B02", "L1"))
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=LONG)
    yield found
    shell.close()


def test_letter_says_how_it_reads_and_that_it_tells_nothing_that_it_may_not(page: LettersPage) -> None:
    page.look_action.click()
    assert page.looking.card.isVisible()
    assert any(one.startswith("It reads at grade ") for one in page.looking.card.said)
    assert "✓ Nothing was found in it that it may not tell." in page.looking.card.said
    assert not page.looking.card.approve.isVisible()  # nobody asked for approval
    page.looking.card.left.emit()
    assert not page.looking.card.isVisible()


def test_letter_is_approved_where_that_is_asked_for(page: LettersPage, space: Workspace) -> None:
    page.look_action.click()
    assert page.looking.card.rule.text() == "Require approval"
    page.looking.card.rule.click()
    assert "It has to be approved before it is signed." in page.looking.card.said
    page.looking.card.approve.click()
    (found,) = letter_looks.look(space, REFERENCE, bid="B02", lot="L1")
    assert found.approval is not None and found.approval.person == "OF1"
    assert "✓ Approved by OF1, as it is now." in page.looking.card.said
    assert not page.looking.card.approve.isVisible()
    page.looking.card.rule.click()
    (found,) = letter_looks.look(space, REFERENCE, bid="B02", lot="L1")
    assert found.needs_approval is False


def test_letters_that_nobody_approved_are_not_signed_and_it_is_said_why(
    qtbot: QtBot, page: LettersPage, space: Workspace, tmp_path: Path
) -> None:
    approving.need_approval(space, REFERENCE, needed=True)
    page.choose_folder = lambda _: str(tmp_path / "letters")
    page.primary.click()
    shell = page.window()
    assert isinstance(shell, Shell)
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=LONG)
    assert "8 are not signed. Bid B01, lot L1: The letter is not approved yet." in shell.messages.text


def test_draft_for_the_lawyer_is_written_where_it_is_wanted(page: LettersPage, tmp_path: Path) -> None:
    page.looking.choose_draft = lambda _name: str(tmp_path / "draft.docx")
    page.look_action.click()
    page.looking.card.draft.click()
    assert (tmp_path / "draft.docx").read_bytes().startswith(b"PK")


def test_what_may_not_be_told_stops_the_letter_and_is_let_through_with_a_reason(qtbot: QtBot) -> None:
    card = LetterLookCard()
    qtbot.addWidget(card)
    look = LetterLook(BidCode("B02"), LotCode("L1"), LetterKind.UNSUCCESSFUL, leaks=(LEAK,))
    card.show_look("B02", look, may_act=True)
    card.show()
    assert "✕ It cannot be signed: 1 thing in it may not be told." in card.said
    assert LEAK.sentence in card.said
    card.lines[LEAK.key].setText("The bidder named her itself.")
    (let,) = [one for one in card.findChildren(QPushButton) if one.text() == "It may stand there"]
    with qtbot.waitSignal(card.allowed, timeout=LONG) as told:
        let.click()
    assert told.args == [LEAK.key, "The bidder named her itself."]
    card.show_look("B02", look, may_act=False)
    assert card.lines == {}
