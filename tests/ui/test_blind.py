"""A blind tender in the window of a panel member: interests in their own words, and nothing that says who bids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

import make
from evalpanel.domain.interests import Answer, InterestKind
from evalpanel.services import declarations, inviting, issuing, preflight, sending, setup
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.panel import PanelPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from laptops import OFFICER, Laptops, left
from stages import REFERENCE, load

FILES = {"B01/1.1.txt": b"How we reach.", "B02/1.1.txt": b"How we listen.", "B03/1.1.txt": b"How we ask."}


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder, make.pack(tender=replace(make.tender(), blind=True)), FILES)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """The officer's laptop and that of PM2, who holds the blind pack and has declared nothing."""
    prepared(desk[OFFICER], desk.root / "pack")
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
    desk.join(REFERENCE, one.person, one.file)
    preflight.look(desk[OFFICER], REFERENCE)
    made = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    desk.take("PM2", made.roster, made.pack, *made.releases.values())


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


def shown(qtbot: QtBot, space: Workspace, person: str) -> tuple[Shell, PanelPage]:
    shell = Shell(Session(space, REFERENCE, person), {"panel": PanelPage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("panel")
    page = shell.page("panel")
    assert isinstance(page, PanelPage)
    return shell, page


def everything_said(page: QWidget) -> str:
    labels = [one.text() for one in page.findChildren(QLabel)]
    buttons = [one.text() for one in page.findChildren(QAbstractButton)]
    return "\n".join((*labels, *buttons, *(one.accessibleName() for one in page.findChildren(QWidget))))


def test_member_lists_interests_in_their_own_words_and_the_officer_learns_whom_they_mean(
    desk: Laptops, qtbot: QtBot
) -> None:
    _, page = shown(qtbot, desk["PM2"], "PM2")
    page.primary.click()
    form = page.listing
    assert form.isVisible()
    names = [one.name for one in make.bidders()] + [one.name for one in make.pack().members]
    assert [one for one in names if one in everything_said(page)] == []
    assert not page.primary.isEnabled()
    first = form.rows[0]
    first.name.setText("Tallis Care")
    first.number.setText("00012345")
    assert page.status.text() == "Choose what ties you to Tallis Care, 00012345."
    first.kinds[InterestKind.FAMILY].click()
    assert page.status.text() == "Say in a few words what ties you to Tallis Care, 00012345."
    first.text.setPlainText("My sister is a director.")
    form.another.click()
    second = form.rows[1]
    second.text.setPlainText("I keep the score.")
    assert page.status.text() == "Say which organisation it is, by its name or its number."
    second.name.setText("Quarry Bank Cricket Club")
    second.kinds[InterestKind.MEMBER].click()
    third = form.add()
    third.remove.click()
    assert not page.primary.isEnabled()
    form.rest.click()
    page.primary.click()
    assert [
        (one.organisation, one.kind, one.about) for one in declarations.made(desk["PM2"], REFERENCE, person="PM2")
    ] == [
        ("Tallis Care, 00012345", InterestKind.FAMILY, "My sister is a director."),
        ("Quarry Bank Cricket Club", InterestKind.MEMBER, "I keep the score."),
    ]
    sent = sending.send(desk["PM2"], REFERENCE, to=desk.stick)
    assert sent.declaration is not None
    desk.take(OFFICER, sent.declaration)
    assert [one.is_whole for one in declarations.kept_out(desk[OFFICER], REFERENCE, person="PM2")] == [True]
    assert declarations.kept_out(desk["PM2"], REFERENCE, person="PM2") == ()


def test_what_is_on_record_is_told_and_can_be_added_to(desk: Laptops, qtbot: QtBot) -> None:
    answers = [Answer("Quarry Bank Cricket Club", "I keep the score.")]
    declarations.declare(desk["PM2"], REFERENCE, person="PM2", answers=answers)
    _, page = shown(qtbot, desk["PM2"], "PM2")
    page.open("declare")
    assert "On record: Quarry Bank Cricket Club. I keep the score." in everything_said(page)
    page.listing.rest.click()
    assert (page.status.text(), page.primary.isEnabled()) == ("There is nothing new to record.", False)


def test_officers_laptop_asks_from_the_list_of_names(desk: Laptops, qtbot: QtBot) -> None:
    _, page = shown(qtbot, desk[OFFICER], OFFICER)
    page.open("declare")
    assert page.form.isVisible()
