"""Letters for an occasion on the page Letters: asked for, seen, signed, given out again; and the signed list, checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.services import letter_drafts, low_pricing
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.letters import LettersPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

REFERENCE = ui_stage.REFERENCE
LONG = 60_000
ASKED = "How can the post be filled at this wage?"
TODAY = ui_stage.NOW.date()


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    """The sample with its prices open: there is no outcome yet."""
    with ui_stage.at("priced", tmp_path / "profile") as held:
        yield held


@pytest.fixture
def page(qtbot: QtBot, space: Workspace, tmp_path: Path) -> Iterator[LettersPage]:
    shell = Shell(Session(space, REFERENCE, "OF1"), {"letters": LettersPage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("letters")
    found = shell.page("letters")
    assert isinstance(found, LettersPage)
    found.choose_folder = lambda _: str(tmp_path / "letters")
    yield found
    shell.close()


def idle(qtbot: QtBot, page: LettersPage) -> None:
    shell = page.window()
    assert isinstance(shell, Shell)
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=LONG)


def ask(page: LettersPage, kind: LetterKind, bid: str = "B02", lot: str = "L1") -> None:
    page.occasion_action.click()
    form = page.occasion.form
    form.kind.setCurrentIndex(form.kind.findData(kind))
    form.choose(bid, lot)


def said(page: LettersPage) -> str:
    shell = page.window()
    assert isinstance(shell, Shell)
    return shell.messages.text


def test_notice_about_a_low_price_is_seen_signed_and_listed_before_there_is_an_outcome(
    qtbot: QtBot, page: LettersPage, space: Workspace, tmp_path: Path
) -> None:
    assert page.subtitle.text() == "One signed letter for every bid"
    ask(page, LetterKind.ABNORMALLY_LOW_NOTICE)
    form = page.occasion.form
    assert (form.reason.isVisible(), form.day.isVisible(), form.again.isVisible()) == (True, True, False)
    form.reason.setPlainText(ASKED)
    form.day.setText("2026-12-01")
    assert page.primary.text() == "See the letter"
    page.primary.click()
    idle(qtbot, page)
    words = " ".join(page.pdf.text(0).split())
    assert "Dear Heard Together Peninsula," in words
    assert ASKED in words
    assert "1 December 2026" in words
    assert page.side_card.heading.text() == "B02 Heard Together Peninsula"
    assert page.primary.text() == "Sign this letter"

    page.look_action.click()
    assert page.looking.card.isVisible()
    assert "✓ Nothing was found in it that it may not tell." in page.looking.card.said
    page.looking.card.left.emit()
    assert page.pdf.isVisible()
    page.change_action.click()
    assert form.reason.toPlainText() == ASKED
    page.primary.click()
    idle(qtbot, page)

    page.copies.large_print.setChecked(True)
    page.copies.plain_text.setChecked(True)
    page.primary.click()
    idle(qtbot, page)
    (signed,) = letter_drafts.for_occasions(space, REFERENCE)
    assert (signed.bid, signed.lot, signed.kind) == ("B02", "L1", LetterKind.ABNORMALLY_LOW_NOTICE)
    assert signed.signed is not None
    stem = Path(signed.signed.file).stem
    assert sorted(one.name for one in (tmp_path / "letters").iterdir()) == sorted(
        ["letters.json", "letters.json.p7s", f"{stem}.pdf", f"{stem}-large-print.pdf", f"{stem}.txt"]
    )
    assert said(page).startswith("The letter for B02 is signed, read back and verified, in “letters”")
    assert [row.about for row in page.rows.rows] == ["Lot L1 · price to be explained"]
    assert page.primary.isVisible() is False

    # Another one of the kind needs its reason.
    ask(page, LetterKind.ABNORMALLY_LOW_NOTICE)
    assert form.again.isVisible()
    ask(page, LetterKind.ABNORMALLY_LOW_NOTICE, "B01")
    assert not form.again.isVisible()


def test_what_is_missing_is_said_and_the_form_keeps_what_was_typed(
    qtbot: QtBot, page: LettersPage, space: Workspace
) -> None:
    ask(page, LetterKind.ABNORMALLY_LOW_NOTICE)
    page.occasion.form.day.setText("1/11/2026")
    page.primary.click()
    idle(qtbot, page)
    assert page.side_card.said == (
        "It is not said what is to be explained.",
        "The last day for an answer, 1 November 2026, leaves the bidder no time.",
    )
    assert page.primary.text() == "Back to the form"
    page.primary.click()
    assert page.occasion.form.isVisible()
    assert page.occasion.form.day.text() == "1/11/2026"
    page.occasion.form.left.emit()
    assert page.occasion.form.isVisible() is False
    assert letter_drafts.for_occasions(space, REFERENCE) == ()


def test_day_that_is_none_is_refused_in_words(page: LettersPage) -> None:
    ask(page, LetterKind.ABNORMALLY_LOW_NOTICE)
    page.occasion.form.day.setText("soon")
    page.primary.click()
    assert said(page).startswith("“soon” is no day.")


def test_what_the_bidder_was_asked_stands_in_the_form_from_the_record(page: LettersPage, space: Workspace) -> None:
    low_pricing.record_step(
        space, REFERENCE, bid="B02", step=LowPriceStep.NOTIFIED, text=ASKED, who="Officer", on=TODAY, lot="L1"
    )
    ask(page, LetterKind.ABNORMALLY_LOW_NOTICE)
    assert page.occasion.form.reason.toPlainText() == ASKED
    page.occasion.form.choose("B01", "L1")
    assert page.occasion.form.reason.toPlainText() == ""


def test_prequalification_is_refused_where_the_record_says_something_else(qtbot: QtBot, page: LettersPage) -> None:
    ask(page, LetterKind.PREQUALIFICATION_FAILED)
    page.primary.click()
    idle(qtbot, page)
    assert page.side_card.said == (
        "Every condition was met, so the letter cannot say that the prequalification was not passed.",
    )


def test_signed_letter_for_an_occasion_is_given_out_again(qtbot: QtBot, page: LettersPage, tmp_path: Path) -> None:
    ask(page, LetterKind.PREQUALIFICATION_PASSED)
    page.primary.click()
    idle(qtbot, page)
    page.primary.click()
    idle(qtbot, page)
    (file,) = (tmp_path / "letters").glob("*.pdf")
    before = file.read_bytes()
    file.unlink()
    page.copies_action.click()
    idle(qtbot, page)
    assert file.read_bytes() == before


def test_signed_list_is_checked_and_an_altered_letter_beside_it_is_seen(
    qtbot: QtBot, page: LettersPage, tmp_path: Path
) -> None:
    ask(page, LetterKind.PREQUALIFICATION_PASSED)
    page.primary.click()
    idle(qtbot, page)
    page.primary.click()
    idle(qtbot, page)
    page.check.choose_list = lambda _: str(tmp_path / "letters" / "letters.json")
    page.list_action.click()
    idle(qtbot, page)
    assert page.check.isVisible()
    assert page.check.verdict == "✓ The list, and every letter that lies beside it, is as it was signed: letters.json"
    (file,) = (tmp_path / "letters").glob("*.pdf")
    file.write_bytes(file.read_bytes() + b" ")
    page.list_action.click()
    idle(qtbot, page)
    assert page.check.verdict == "✕ The list, or a letter beside it, was altered: letters.json"
    page.check.leave.click()
    assert page.check.isVisible() is False


def test_nobody_but_the_officer_writes_letters_for_an_occasion(qtbot: QtBot, space: Workspace) -> None:
    shell = Shell(Session(space, REFERENCE, "PM1"), {"letters": LettersPage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("letters")
    found = shell.page("letters")
    assert isinstance(found, LettersPage)
    assert found.occasion_action.isVisible() is False
    shell.close()
