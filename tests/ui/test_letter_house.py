"""Letterhead and sentences on the page Letters: seen on a letter, kept, and refused in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.authorities import AuthorityProfile
from evalpanel.formats.authority_file import read_profile, written_profile
from evalpanel.services import authorities, letter_drafts
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.letters import LettersPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell

REFERENCE = ui_stage.REFERENCE
LONG = 60_000


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The sample with its decision. The tests that keep something stand last."""
    with ui_stage.at("decided", tmp_path_factory.mktemp("profile")) as held:
        yield held


def opened(qtbot: QtBot, space: Workspace, tender: str = REFERENCE, person: str = "OF1") -> Shell:
    shell = Shell(Session(space, tender, person), {"letters": LettersPage})
    qtbot.addWidget(shell)
    shell.show()
    shell.show_place("letters")
    qtbot.waitUntil(lambda: not shell.jobs.busy, timeout=LONG)
    return shell


def letters_of(shell: Shell) -> LettersPage:
    page = shell.page("letters")
    assert isinstance(page, LettersPage)
    return page


@pytest.fixture
def shell(qtbot: QtBot, space: Workspace) -> Iterator[Shell]:
    made = opened(qtbot, space)
    yield made
    made.close()


def test_letterhead_of_the_tenders_authority_is_shown_on_a_letter(shell: Shell) -> None:
    page = letters_of(shell)
    page.house_action.click()
    house = page.house
    assert house.isVisible()
    assert (page.title.text(), page.primary.text()) == ("Letterhead and sentences", "Keep this letterhead")
    assert house.form.lines["name"].text() == "Devon Children’s Trust"
    assert [house.form.authority.itemText(place) for place in range(house.form.authority.count())] == [
        "Cornwall Children’s Trust (as it came, made up)", "Devon Children’s Trust (as it came, made up)",
        "Plymouth Children’s Trust (as it came, made up)", "Torbay Children’s Trust (as it came, made up)", "A new authority…",
    ]  # fmt: skip
    assert "Telephone 01632 960000" in house.pdf.text(0)
    QTest.keyClick(house.form.authority, Qt.Key.Key_Escape)
    assert (house.isVisible(), page.title.text()) == (False, "Letters")


def test_letterhead_that_is_wrong_is_refused_in_words_and_nothing_is_kept(shell: Shell, space: Workspace) -> None:
    page = letters_of(shell)
    page.house_action.click()
    email = page.house.form.lines["email"]
    email.setText("nobody")
    page.house.see.click()
    assert "“email” is no e-mail address" in shell.messages.text
    page.primary.click()
    assert page.house.isVisible()
    assert not any(one.own for one in authorities.every(space))


def test_new_authority_asks_for_its_name_and_address_first(shell: Shell) -> None:
    page = letters_of(shell)
    page.house_action.click()
    form = page.house.form
    form.authority.setCurrentIndex(form.authority.count() - 1)
    assert (form.lines["name"].text(), page.house.pdf.isVisible()) == ("", False)
    assert page.house.told.text() == "Fill in the name and the address, then see it on a letter."
    page.primary.click()
    assert "“name” is missing" in shell.messages.text


def test_letters_page_offers_its_letterhead_before_there_is_a_tender(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("empty", tmp_path) as early:
        shell = opened(qtbot, early, tender="", person="")
        page = letters_of(shell)
        page.house_action.click()
        page.house.form.authority.setCurrentIndex(0)
        page.house.form.lines["role"].setText("Director")
        page.primary.click()
        assert authorities.find(early, "cornwall").profile.role == "Director"
        shell.close()


def test_letterhead_is_nobodys_but_the_officers(qtbot: QtBot, space: Workspace) -> None:
    shell = opened(qtbot, space, person="PM1")
    assert letters_of(shell).house_action.isVisible() is False
    shell.close()


def test_letterhead_with_a_logo_is_kept_and_stands_on_the_next_letter(
    shell: Shell, space: Workspace, tmp_path: Path
) -> None:
    page = letters_of(shell)
    page.house_action.click()
    form = page.house.form
    picture = tmp_path / "wave.png"
    image = QImage(120, 60, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    assert image.save(str(picture))
    form.choose_file = lambda: str(picture)
    form.choose.click()
    QTest.keyClicks(form.alternative, "A wave")
    form.address.setPlainText("County Hall\nQuay Road\n\nExeter")
    form.lines["signatory"].setText("A. Director")
    page.house.see.click()
    assert "County Hall, Quay Road, Exeter" in page.house.pdf.text(0)
    page.primary.click()
    assert page.house.isVisible() is False
    held = authorities.find(space, "devon")
    assert (held.own, held.profile.address, held.profile.signatory) == (
        True, ("County Hall", "Quay Road", "Exeter"), "A. Director",
    )  # fmt: skip
    assert held.logo is not None
    assert held.logo.data == picture.read_bytes()
    letter = letter_drafts.composed(space, REFERENCE, "B01", "L1")
    assert (letter.letterhead.address, letter.signatory.name) == (held.profile.address, "A. Director")


def test_sentences_are_saved_changed_checked_and_used(shell: Shell, space: Workspace, tmp_path: Path) -> None:
    page = letters_of(shell)
    page.house_action.click()
    house = page.house
    house.parts.tabs[1].click()
    assert (page.primary.text(), page.primary.isEnabled()) == ("Use these sentences", False)
    house.choose_folder = lambda _: str(tmp_path / "words")
    house.save.click()
    file = tmp_path / "words" / "pa2023.toml"
    before = file.read_text("utf-8")
    file.write_text(before.replace("Dear {bidder}", "Dear {nobody}"), "utf-8")
    house.read.click()
    assert "no letter fills the place {nobody}" in house.found.text()
    assert page.primary.isEnabled() is False
    file.write_text(before.replace("Dear {bidder}", "Good day, {bidder}"), "utf-8")
    house.read.click()
    assert (house.found.text(), page.primary.isEnabled()) == ("5 files read from “words”: they can be used.", True)
    assert "Good day, Tamar Voices Consortium" in house.pdf.text(0)
    page.primary.click()
    assert shell.messages.text.startswith("Letters use these sentences from now on")
    assert letter_drafts.composed(space, REFERENCE, "B01", "L1").salutation.startswith("Good day, ")


def test_profile_that_is_written_is_read_back_as_it_was() -> None:
    profile = AuthorityProfile(
        "north-moor", "North “Moor” \\ Council", ("1 \"Quay\" Road", "Ŵyth ✓"), ("N’Moor",), "1", "a@b.example", "https://b.example",
        "Foot", "A. Name", "Role", "logo.png", "A wave",
    )  # fmt: skip
    assert read_profile(written_profile(profile), "here") == profile
