"""A bid that falls out, and the correspondence about a low price, on the page Outcome in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.domain.results import ResultStatus
from evalpanel.domain.tender import BidStatus
from evalpanel.services import deciding, outcome, record
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.letters import LettersPage
from evalpanel.ui.pages.outcome import OutcomePage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

REFERENCE = ui_stage.REFERENCE


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """The sample with its outcome."""
    with ui_stage.at("outcome", tmp_path / "profile") as held:
        yield held


@pytest.fixture
def shell(qtbot: QtBot, space: Workspace) -> Iterator[Shell]:
    made = Shell(Session(space, REFERENCE, "OF1"), {"outcome": OutcomePage, "letters": LettersPage})
    qtbot.addWidget(made)
    made.show()
    made.show_place("outcome")
    yield made
    made.close()


def outcome_page(shell: Shell) -> OutcomePage:
    page = shell.page("outcome")
    assert isinstance(page, OutcomePage)
    return page


def ranked(space: Workspace, lot: str = "L1") -> list[str]:
    made = next(one for one in outcome.outcome(space, REFERENCE).lots if one.lot == lot)
    return [one.bid for one in made.bids if one.status is ResultStatus.RANKED]


def type_step(page: OutcomePage, text: str, who: str) -> None:
    page.acts.low.text.setPlainText(text)
    page.acts.low.who.setText(who)
    assert page.primary.isEnabled()
    page.primary.click()


def test_bid_falls_out_with_its_reason_and_the_outcome_is_worked_out_anew(shell: Shell, space: Workspace) -> None:
    page = outcome_page(shell)
    before = ranked(space)
    page._out.click()
    form = page.acts.fall_out
    assert (form.isVisible(), page.bid.isVisible()) == (True, False)
    assert (page.primary.isEnabled(), page.primary.toolTip()) == (False, "Say why first, for the record.")
    form.bid.setCurrentIndex(form.bid.findData(before[0]))
    form.status.setCurrentIndex(form.status.findData(BidStatus.WITHDRAWN))
    form.reason.setPlainText("The bidder wrote on 20 November that it withdraws.")
    assert page.primary.toolTip() == "Say who decided it first."
    form.decided_by.setText("OF1")
    assert page.primary.text() == f"Record that {before[0]} is withdrawn by its bidder"
    page.primary.click()
    assert ranked(space) == before[1:]
    assert shell.messages.text == (
        f"Bid {before[0]} in lot L1 is withdrawn. The outcome is worked out anew: first is now {before[1]}."
    )
    assert (form.isVisible(), page.bid.isVisible(), form.reason.toPlainText()) == (False, True, "")
    assert page.primary.text() == "Record the award decision…"
    told = [f"{one.what} {one.detail}" for one in record.history(space, REFERENCE)[-2:]]
    assert any("it withdraws" in one for one in told)


def test_price_is_asked_about_answered_and_decided_in_that_order(shell: Shell, space: Workspace) -> None:
    page = outcome_page(shell)
    before = ranked(space)
    page._low.click()
    form = page.acts.low
    assert form.flags.text() == "No price of this lot is flagged."
    form.margin.setText("1")
    form.margin.editingFinished.emit()
    assert form.flags.text().startswith("△  ")
    form.bid.setCurrentIndex(form.bid.findData(before[-1]))
    assert page.primary.text() == f"Record that {before[-1]} was asked"
    assert form.day.text() == "2026-11-23"
    type_step(page, "How are the outreach posts paid?", "Morwenna Pascall")
    held = deciding.standing(space, REFERENCE).low_prices
    assert [(one.bid, one.step, one.who) for one in held] == [(before[-1], LowPriceStep.NOTIFIED, "Morwenna Pascall")]
    assert form.lines[LowPriceStep.NOTIFIED].text() == (
        "✓  Asked to explain on 23 November 2026, by Morwenna Pascall: How are the outreach posts paid?"
    )
    assert form.write.isVisible()
    type_step(page, "From a grant that ends in March.", "The bidder")
    assert (form.accepted.isVisible(), form.write.isVisible()) == (True, False)
    form.text.setPlainText("The grant ends before the contract begins.")
    form.who.setText("Director")
    assert page.primary.toolTip() == "Choose first whether the price is accepted."
    form.disregarded.setChecked(True)
    page.primary.click()
    assert ranked(space) == before[:-1]
    assert form.lines[LowPriceStep.DECISION].text().endswith("The bid is disregarded.")
    assert page.primary.text() == "Done"
    page.primary.click()
    assert page.bid.isVisible()


def test_letter_about_a_low_price_is_one_step_away(shell: Shell, space: Workspace) -> None:
    page = outcome_page(shell)
    page._low.click()
    form = page.acts.low
    form.bid.setCurrentIndex(form.bid.findData("B02"))
    type_step(page, "How are the outreach posts paid?", "OF1")
    form.write.click()
    assert shell.here == "letters"
    letters = shell.page("letters")
    assert isinstance(letters, LettersPage)
    asked = letters.occasion.form
    assert (asked.isVisible(), asked.kind_now, asked.bid_now.bid) == (True, LetterKind.ABNORMALLY_LOW_NOTICE, "B02")
    assert asked.reason.toPlainText() == "How are the outreach posts paid?"


def test_day_that_was_typed_badly_is_refused_and_nothing_is_lost(shell: Shell, space: Workspace) -> None:
    page = outcome_page(shell)
    page._low.click()
    page.acts.low.day.setText("yesterday")
    type_step(page, "How are the outreach posts paid?", "OF1")
    assert shell.messages.text.startswith("“yesterday” is no day.")
    assert page.acts.low.text.toPlainText() == "How are the outreach posts paid?"
    assert deciding.standing(space, REFERENCE).low_prices == ()


def test_nobody_but_the_officer_records_what_becomes_of_a_bid(qtbot: QtBot, space: Workspace) -> None:
    shell = Shell(Session(space, REFERENCE, "PM1"), {"outcome": OutcomePage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("outcome")
    page = outcome_page(shell)
    assert (page._low.isVisible(), page._out.isVisible()) == (False, False)
    shell.close()
