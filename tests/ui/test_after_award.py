"""The award decision on the page Outcome, and what follows it on the page Record, in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.correspondence import Channel
from evalpanel.domain.stages import TenderStage
from evalpanel.services import deciding, letters, outcome, sent, setup
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.home import HomePage
from evalpanel.ui.pages.outcome import OutcomePage
from evalpanel.ui.pages.record import RecordPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from profiles import opened

REFERENCE = ui_stage.REFERENCE
LONG = 60_000
TODAY = ui_stage.NOW.date()


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """The sample with its outcome."""
    with ui_stage.at("outcome", tmp_path / "profile") as held:
        yield held


@pytest.fixture
def shell(qtbot: QtBot, space: Workspace) -> Iterator[Shell]:
    officer = next(one.person for one in outcome.outcome(space, REFERENCE).pack.panel if "officer" in one.roles)
    made = Shell(Session(space, REFERENCE, officer), {"outcome": OutcomePage, "record": RecordPage})
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def decide(shell: Shell) -> OutcomePage:
    shell.show_place("outcome")
    page = shell.page("outcome")
    assert isinstance(page, OutcomePage)
    for code in tuple(page.tabs):
        page.tabs[code].click()
        assert page.primary.text() == "Record the award decision…"
        while page.primary.text() == "Record the award decision…":  # once for each of the joint authorities
            page.primary.click()
            form = page.award
            for field, text in (
                (form.decided_by, "Ann Lee; Bo Hart"),
                (form.delegation, "Scheme 4.2"),
                (form.why, "As ranked."),
                (form.day, TODAY.isoformat()),
            ):
                field.setText(text)
            page.primary.click()
    return page


def test_award_is_decided_on_the_page_of_the_outcome(shell: Shell, space: Workspace) -> None:
    page = decide(shell)
    now = deciding.standing(space, REFERENCE)
    assert {one.decided_by for one in now.decisions} == {("Ann Lee", "Bo Hart")}
    winners = {lot.lot: tuple(bid.bid for bid in lot.winners) for lot in outcome.outcome(space, REFERENCE).lots}
    assert {one.lot: one.bids for one in now.awards} == winners
    assert (page.primary.text(), page.award.isHidden()) == ("Letters", True)


def test_decision_that_lacks_something_is_refused_in_words_and_the_form_stays(shell: Shell, space: Workspace) -> None:
    shell.show_place("outcome")
    page = shell.page("outcome")
    assert isinstance(page, OutcomePage)
    page.primary.click()
    page.award.decided_by.setText("Ann Lee")
    page.primary.click()
    assert deciding.standing(space, REFERENCE).decisions == ()
    assert not page.award.isHidden()


def test_record_says_what_is_to_be_done_about_letters_only_where_it_comes_before_the_next_paper(
    shell: Shell, space: Workspace, tmp_path: Path
) -> None:
    decide(shell)
    shell.show_place("record")
    page = shell.page("record")
    assert isinstance(page, RecordPage)

    def said() -> str:
        shell.refresh()
        assert page.after.warning.isHidden() == (not page.after.warning.text())
        return page.after.warning.text()

    assert said() == "The letters come before the notice: sign them on the page Letters, and send them."
    letters.letters(space, REFERENCE, tmp_path / "letters")
    assert said() == (
        "8 letters are not on the log of sending yet, and they go out before the notice. Record the sending on the page After the letters."
    )
    sent.record_sent(space, REFERENCE, at=space.now(), channel=Channel.EMAIL)
    assert said() == ""
    setup.correct_bidder(space, REFERENCE, bidder="B02", address="2 Dock Road, Northmoor NM0 0AC")
    assert said() == (
        "2 letters say what is no longer so. Sign anew on the page Letters, and send, before anything else goes on record here."
    )
    shell.session.person = "PM1"
    assert said() == ""


def test_notice_and_challenge_are_recorded_and_standstill_is_shown_day_by_day(
    qtbot: QtBot, shell: Shell, space: Workspace, tmp_path: Path
) -> None:
    decide(shell)
    letters.letters(space, REFERENCE, tmp_path / "letters")
    shell.show_place("record")
    page = shell.page("record")
    assert isinstance(page, RecordPage)
    page.refresh()
    card = page.after
    assert not card.days.isVisible()
    card.acts["notice"].click()
    card.day.setText(TODAY.isoformat())
    card.standstill.setChecked(True)
    card.proclaimed.setText("2026-11-25=Day of mourning")
    card.record.click()
    now = deciding.standing(space, REFERENCE)
    assert now.period is not None
    assert shell.session.view is not None
    assert shell.session.view.summary.stage is TenderStage.STANDSTILL
    assert card.days.isVisible()
    assert card.days.words.startswith("Standstill, to the end of 4 December 2026. Mon 23 November: day 1; ")
    card.acts["challenge"].click()
    for field, text in ((card.day, TODAY.isoformat()), (card.who, "Tallis"), (card.why, "The scores.")):
        field.setText(text)
    card.record.click()
    assert [one.who for one in deciding.standing(space, REFERENCE).standing] == ["Tallis"]
    (number,) = page.keeping.lifts
    assert page.keeping.lifts[number].text() == "Record how it ended…"
    assert page.keeping.warning.text() == "Nothing is destroyed while a hold stands."

    assert now.notice is not None
    assert now.notice.added_days == {date(2026, 11, 25): "Day of mourning"}
    assert not card.acts["letters"].isVisible()  # under this law no letter states the end of standstill

    # A tender with several lots asks which one is signed, and a correction of the notice why.
    card.acts["contract"].click()
    assert (card.lot.isVisible(), card.why.isVisible()) == (True, False)
    card.acts["notice"].click()
    assert (card.lot.isVisible(), card.why.isVisible()) == (False, True)
    card.leave.click()

    page.choose_target = lambda _what: str(tmp_path / "report.pdf")
    page.reports[0].click()
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=LONG)
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_a_notice_that_came_before_the_letters_is_recorded_in_the_window_with_the_reason(
    qtbot: QtBot, tmp_path: Path
) -> None:
    root = tmp_path / "later"
    with ui_stage.at("decided", root):
        pass
    with opened(root, lambda: ui_stage.NOW + timedelta(days=1)) as space:
        letters.letters(space, REFERENCE, tmp_path / "letters")
        officer = next(one.person for one in outcome.outcome(space, REFERENCE).pack.panel if "officer" in one.roles)
        shell = Shell(Session(space, REFERENCE, officer), {"outcome": OutcomePage, "record": RecordPage})
        qtbot.addWidget(shell)
        shell.show()
        record_before_letters(shell, space)
        shell.close()


def record_before_letters(shell: Shell, space: Workspace) -> None:
    shell.show_place("record")
    page = shell.page("record")
    assert isinstance(page, RecordPage)
    page.refresh()
    card = page.after
    card.acts["notice"].click()
    assert not card.stands.isVisible()
    card.day.setText(TODAY.isoformat())
    card.standstill.setChecked(True)
    card.record.click()
    assert shell.messages.text.endswith(f"write it in the field “{card.stands.accessibleName()}”.")
    assert "--" not in shell.messages.text
    assert card.stands.isVisible()
    card.stands.setText("The portal published it by itself.")
    card.record.click()
    notice = deciding.standing(space, REFERENCE).notice
    assert notice is not None
    assert (notice.published, notice.stands) == (TODAY, "The portal published it by itself.")
    card.acts["notice"].click()
    assert (card.stands.isVisible(), card.stands.text()) == (False, "")


def test_record_that_is_due_is_said_on_home_and_on_the_page_of_the_record(qtbot: QtBot, space: Workspace) -> None:
    officer = next(one.person for one in outcome.outcome(space, REFERENCE).pack.panel if "officer" in one.roles)
    for award in deciding.standing(space, REFERENCE).awards:
        for authority in award.waiting:
            deciding.decide(
                space, REFERENCE, bids=(), decided_by=["Ann Lee"], delegation="Scheme 4.2", why="There is no money.",
                on=TODAY, lot=award.lot, authority=authority,
            )  # fmt: skip
    late = replace(space, clock=lambda: ui_stage.NOW + timedelta(days=3 * 366))
    shell = Shell(Session(late, REFERENCE, officer), {"home": HomePage, "record": RecordPage})
    qtbot.addWidget(shell)
    shell.show()
    due = "The record may be ended now, or kept for a reason of your own."
    for place in ("record", "home"):
        shell.show_place(place)
        said = [one for one in shell.page(place).findChildren(QLabel) if due in one.text()]
        assert len(said) == 1
        qtbot.waitUntil(said[0].isVisible, timeout=LONG)
    shell.close()
