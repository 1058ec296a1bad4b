"""A blind tender in the window of a panel member: interests in their own words, and nothing that says who bids."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QLabel, QWidget
from pytestqt.qtbot import QtBot

import apart
import make
import ui_stage
import walked
from evalpanel.domain.interests import Answer, InterestKind
from evalpanel.services import declarations, inviting, issuing, naming, preflight, scoring, sending, setup
from evalpanel.services.workspace import Workspace
from evalpanel.ui.catalogue import factories
from evalpanel.ui.pages.carry import CarryPage
from evalpanel.ui.pages.moderation import ModerationPage
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
    assert page.why_not.text() == "Choose what ties you to Tallis Care, 00012345."
    first.kinds[InterestKind.FAMILY].click()
    assert page.why_not.text() == "Say in a few words what ties you to Tallis Care, 00012345."
    first.text.setPlainText("My sister is a director.")
    form.another.click()
    second = form.rows[1]
    second.text.setPlainText("I keep the score.")
    assert page.why_not.text() == "Say which organisation it is, by its name or its number."
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
    assert (page.why_not.text(), page.primary.isEnabled()) == ("There is nothing new to record.", False)


def test_officers_laptop_asks_from_the_list_of_names(desk: Laptops, qtbot: QtBot) -> None:
    _, page = shown(qtbot, desk[OFFICER], OFFICER)
    page.open("declare")
    assert page.form.isVisible()


def titles_of(qtbot: QtBot, space: Workspace, person: str, place: str) -> tuple[str, list[str]]:
    """The codes' one bid that is scored, and what the page says of it: the title while scoring, the rows at moderation."""
    shell = Shell(Session(space, REFERENCE, person), factories())
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place(place)
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=20_000)
    page = shell.page(place)
    if isinstance(page, ModerationPage):
        rows = [row.line.bid for row in page._rows]
        return rows[0], sorted({row.bidder for row in page._rows})
    return scoring.desk(space, REFERENCE, person).owed[0].bid, [page.title.text()]


NAMES = {"Harbour Young Carers", "Moorland Together", "Tallis Care Ltd"}


def test_bid_is_called_by_its_code_once_and_by_its_name_too_when_names_are_released(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with ui_stage.at("blind", tmp_path / "blind") as space:
        code, said = titles_of(qtbot, space, "PM2", "scoring")
        assert said == [code]
        bids = setup.view(space, REFERENCE)
        assert (bids.named, {one.name == one.bidder for one in bids.pack.bidders}) == (False, {True})
    with ui_stage.at("named", tmp_path / "named") as space:
        code, (said_now,) = titles_of(qtbot, space, "PM2", "scoring")
        assert said_now.split(" ", 1)[0] == code
        assert said_now.split(" ", 1)[1] in NAMES


def test_moderation_shows_names_beside_codes_once_they_are_released(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("moderated-blind", tmp_path / "profile") as space:
        assert titles_of(qtbot, space, "CH1", "moderation")[1] == [""]
        # On a laptop that everybody works at, the list of bids is as nameless for the panel.
        shell = Shell(Session(space, REFERENCE, "PM1"), factories())
        qtbot.addWidget(shell)
        shell.show()
        shell.show_place("setup")
        walked.press(shell, "Bids")
        assert [name for name in NAMES if name in everything_said(shell.page("setup"))] == []
        apart.release_names(space)
        assert set(titles_of(qtbot, space, "CH1", "moderation")[1]) == NAMES


def test_officer_sees_which_code_stands_for_whom_and_releases_the_names(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("blind-officer", tmp_path / "profile") as space:
        shell = Shell(Session(space, REFERENCE, OFFICER), factories())
        qtbot.addWidget(shell)
        shell.show()
        shell.show_place("carry")
        page = shell.page("carry")
        assert isinstance(page, CarryPage)
        page._whose.click()
        part = page.naming
        held = naming.codes(space, REFERENCE)
        assert part.codes.text().splitlines() == [
            f"{one.bid}, lot L1: {one.name} ({one.written} in your workbook)" for one in held
        ]
        assert {one.name for one in held} == NAMES
        assert (page.primary.text(), page.primary.isEnabled()) == ("Release the names", False)
        part.why.setText("Two bids say themselves whose they are.")
        page.primary.click()
        assert setup.view(space, REFERENCE).named
        assert shell.messages.text.startswith("It is decided, and on the record.")
        page._whose.click()
        assert (part.why.isVisible(), page.primary.isVisible()) == (False, False)


def test_nobody_else_sees_which_code_stands_for_whom(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("blind-officer", tmp_path / "profile") as space:
        shell = Shell(Session(space, REFERENCE, "PM1"), factories())
        qtbot.addWidget(shell)
        shell.show()
        shell.show_place("carry")
        page = shell.page("carry")
        assert isinstance(page, CarryPage)
        assert page._whose.isVisible() is False
