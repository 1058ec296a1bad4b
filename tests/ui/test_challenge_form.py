"""A challenge pack asked for on the page Record, in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.services import record, verify
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.record import RecordPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

LONG = 30_000


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample with its outcome. Tests only add acts to it."""
    with ui_stage.at("outcome", tmp_path_factory.mktemp("profile")) as held:
        yield held


def page_of(qtbot: QtBot, space: Workspace, person: str) -> tuple[Shell, RecordPage]:
    shell = Shell(Session(space, ui_stage.REFERENCE, person), {"record": RecordPage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("record")
    page = shell.page("record")
    assert isinstance(page, RecordPage)
    return shell, page


def test_officer_writes_a_disclosure_copy_and_the_pack_that_it_was_made_from(
    qtbot: QtBot, space: Workspace, tmp_path: Path
) -> None:
    shell, page = page_of(qtbot, space, "OF1")
    page.challenging.click()
    form = page.challenge
    assert (form.isVisible(), form.keep.isEnabled(), form.notes.isVisible()) == (True, False, False)
    form.choose_folder = lambda: str(tmp_path)
    form._pick()
    form.copy.setChecked(True)
    form.open.setChecked(True)
    assert (form.keep.isEnabled(), form.recipients.isEnabled(), form.notes.isVisible()) == (True, False, True)
    form.bid.setCurrentIndex(form.bid.findText("B02 in lot L1"))
    form.keep.click()
    qtbot.waitUntil(lambda: not shell.jobs.busy and not form.isVisible(), timeout=LONG)

    verdicts = {one.name.split(".")[1]: verify.verify_file(None, one).verdict for one in tmp_path.glob("*.evalpanel")}
    assert verdicts == {"challenge": "not-ours", "disclosure": "verified"}
    newest = record.history(space, ui_stage.REFERENCE)[-1]
    assert newest.what == "made a disclosure copy for bid B02 in lot L1"


def test_what_is_no_recipient_is_told_and_the_form_stays(qtbot: QtBot, space: Workspace, tmp_path: Path) -> None:
    shell, page = page_of(qtbot, space, "OF1")
    page.challenging.click()
    page.challenge.folder.setText(str(tmp_path))
    page.challenge.recipients.setPlainText("age1nobody")
    page.challenge.keep.click()
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=LONG)
    assert (page.challenge.isVisible(), list(tmp_path.iterdir())) == (True, [])


def test_nobody_but_the_officer_is_offered_a_challenge_pack(qtbot: QtBot, space: Workspace) -> None:
    _, page = page_of(qtbot, space, "PM1")
    assert page.challenging.isVisible() is False
