"""Every page at 200 % text, in the smallest window and on a small laptop: nothing is cut off, everything can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.exceptions import TimeoutError as StillSo
from pytestqt.qtbot import QtBot

import ui_stage
from clipped import clipped, sideways
from evalpanel.domain.people import PanelMember
from evalpanel.services.succession import About, Refused
from evalpanel.ui import theme
from evalpanel.ui.catalogue import factories
from evalpanel.ui.dialogs.who import WhoDialog
from evalpanel.ui.models.carry_next import Go
from evalpanel.ui.pages.carry import CarryPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.start import StartWindow
from walked import Walk, press, shells, take_away

SIZES = (QSize(900, 600), QSize(1366, 768))
SCENES = (
    ("empty", "", ("home", "setup", "record")),
    ("empty", "", ("carry",)),
    ("answering", "OF1", ("home", "carry")),
    ("answered", "", ("home", "carry")),
    ("came", "PM1", ("home", "carry")),
    ("draft", "OF1", ("home", "setup", "panel")),
    ("scoring", "YE1", ("home", "panel", "scoring", "moderation", "record")),
    ("scoring", "PM1", ("scoring",)),
    ("signed", "CH1", ("home", "moderation")),
    ("locked", "OF1", ("setup", "moderation", "outcome", "letters")),
    ("outcome", "OF1", ("home", "panel", "outcome", "letters", "feedback", "record")),
    ("outcome", "FI1", ("moderation", "outcome")),
)


def troubles(qtbot: QtBot, window: QWidget) -> list[str]:
    """What is cut off once the window has settled: wrapped texts are measured in several rounds."""
    with suppress(StillSo):
        qtbot.waitUntil(lambda: not clipped(window) and not sideways(window), timeout=3_000)
    return [*clipped(window), *sideways(window)]


def idle(qtbot: QtBot, shell: Shell) -> None:
    """Wait until nothing runs."""
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=20_000)


@pytest.fixture
def large(qapp: QApplication) -> Iterator[None]:
    """Text at 200 %; put back afterwards."""
    theme.apply(qapp, scale=2.0)
    yield
    take_away()
    theme.apply(qapp)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("stage", "person", "keys"), SCENES, ids=lambda one: one if isinstance(one, str) else "")
def test_page_at_double_text_cuts_nothing_off(
    qtbot: QtBot, tmp_path: Path, stage: str, person: str, keys: tuple[str, ...]
) -> None:
    told = []
    with ui_stage.at(stage, tmp_path) as space:
        shell = Shell(Session(space, ui_stage.tender(stage), person), factories())
        qtbot.addWidget(shell)
        for size in SIZES:
            shell.resize(size)
            shell.show()
            for key in keys:
                shell.show_place(key)
                qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=20_000)
                assert shell.size() == size, f"{key} does not fit into {size.width()} × {size.height()}"
                told += [f"{key} {size.width()}: {one}" for one in troubles(qtbot, shell)]
        shell.close()
    assert "\n".join(told) == ""


FORMS = (
    ("outcome", "outcome", ("A bid falls out",)),
    ("outcome", "outcome", ("Low prices",)),
    ("outcome", "letters", ("A letter for an occasion",)),
    ("outcome", "letters", ("A letter for an occasion", "See the letter")),
    ("due", "record", ("End this record",)),
    ("outcome", "outcome", ("Record the award decision",)),
    ("blind-officer", "carry", ("Who bids",)),
    ("two-sheets", "carry", ("Two sheets",)),
    ("unanswered", "carry", ("No answer can be had",)),
)


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize(("stage", "place", "pressed"), FORMS, ids=lambda one: one if isinstance(one, str) else "")
def test_form_at_double_text_cuts_nothing_off(
    qtbot: QtBot, tmp_path: Path, stage: str, place: str, pressed: tuple[str, ...]
) -> None:
    told = []
    for _, shell in shells(tmp_path, (Walk(stage, "CH1" if stage == "two-sheets" else "OF1", place),)):
        for size in SIZES:
            shell.resize(size)
            for name in pressed if size == SIZES[0] else ():
                idle(qtbot, shell)
                press(shell, name)
            idle(qtbot, shell)
            assert shell.size() == size
            told += [f"{place} {pressed} {size.width()}: {one}" for one in troubles(qtbot, shell)]
    assert "\n".join(told) == ""


@pytest.mark.usefixtures("large")
def test_invitation_and_words_at_double_text_cut_nothing_off(qtbot: QtBot, tmp_path: Path) -> None:
    told = []
    with ui_stage.at("answered", tmp_path) as space:
        shell = Shell(Session(space), factories())
        qtbot.addWidget(shell)
        (invitation,) = ui_stage.stick_of(space).glob("*.invitation.PM1.*")
        for size in SIZES:
            shell.resize(size)
            shell.show()
            shell.show_place("carry", invitation)
            told += [f"invitation {size.width()}: {one}" for one in troubles(qtbot, shell)]
            page = shell.page("carry")
            assert isinstance(page, CarryPage)
            page.leave()
            page.primary.click()
            told += [f"words {size.width()}: {one}" for one in troubles(qtbot, shell)]
            page.leave()
            page.take((ui_stage.stick_of(space),))
            qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=20_000)
            told += [f"report {size.width()}: {one}" for one in troubles(qtbot, shell)]
            assert shell.size() == size
    assert "\n".join(told) == ""


@pytest.mark.usefixtures("large")
def test_rail_lies_down_at_double_text_and_leads_everywhere(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("draft", tmp_path) as space:
        shell = Shell(Session(space, ui_stage.REFERENCE, "OF1"), factories())
        qtbot.addWidget(shell)
        shell.resize(1366, 768)
        shell.show()
        shell.show_place("home")
        rail = shell.rail
        assert rail.width() == shell.width()
        entries = {action.text(): action for action in rail.places.actions()}
        assert list(entries) == [
            "Home",
            "Set-up",
            "Panel and interests",
            "My scoring   not open",
            "Moderation   not open",
            "Outcome   not open",
            "Letters   not open",
            "After the letters   not open",
            "Record",
            "Carry files",
        ]
        entries["Record"].trigger()
        assert shell.here == "record"
        entries["Outcome   not open"].trigger()
        assert (shell.here, shell.messages.text) == ("record", "The outcome comes after moderation is closed.")
        shell.resize(3000, 1800)
        qtbot.waitUntil(lambda: rail.width() < shell.width() / 3)
        shell.close()


@pytest.mark.usefixtures("large")
def test_start_and_who_at_double_text_cut_nothing_off(
    qtbot: QtBot, tmp_path: Path, panel: tuple[PanelMember, ...]
) -> None:
    start = StartWindow(tmp_path / "profile", lambda _: None)
    who = WhoDialog(panel, "CH1")
    told = []
    for window in (start, who):
        qtbot.addWidget(window)
        window.resize(900, 600)
        window.show()
        told += troubles(qtbot, window)
        assert window.size() == QSize(900, 600)
    assert "\n".join(told) == ""


@pytest.fixture
def panel(tmp_path: Path) -> tuple[PanelMember, ...]:
    """The panel of the sample tender."""
    with ui_stage.at("draft", tmp_path) as space:
        session = Session(space, ui_stage.REFERENCE)
        session.reload()
        assert session.view is not None
        return session.view.pack.panel


def test_rail_stands_at_the_left_at_usual_text(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("empty", tmp_path) as space:
        shell = Shell(Session(space), factories())
        qtbot.addWidget(shell)
        shell.resize(900, 600)
        shell.show()
        shell.show_place("home")
        assert shell.rail.width() == 214
        shell.close()


@pytest.mark.usefixtures("large")
def test_taking_over_from_paper_at_double_text_cuts_nothing_off(qtbot: QtBot, tmp_path: Path) -> None:
    told = []
    with ui_stage.at("papered", tmp_path) as space:
        shell = Shell(Session(space), factories())
        qtbot.addWidget(shell)
        page = shell.page("carry")
        assert isinstance(page, CarryPage)
        for size in SIZES:
            shell.resize(size)
            shell.show()
            shell.show_place("carry", Go.SUCCEED)
            page.from_paper.fresh.setChecked(True)
            page.from_paper.show_done(
                Refused(About.WHO, "HP1 is not on the list of who takes part.", "Give the name too.")
            )
            told += [f"from paper {size.width()}: {one}" for one in troubles(qtbot, shell)]
            page.leave()
            page._bad.click()
            told += [f"bad day {size.width()}: {one}" for one in troubles(qtbot, shell)]
            assert shell.size() == size
        shell.close()
    assert "\n".join(told) == ""
