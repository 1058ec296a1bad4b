"""How letters are signed on the page Letters: one for all lots, with the authority's certificate, and once more when they have to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import ui_stage
from authorities import DER, PASSPHRASE, issued, pkcs12_file
from evalpanel.domain.correspondence import Channel
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.sealing.certificates import fingerprint_of
from evalpanel.services import letter_drafts, letter_keys, letters, letters_anew, sent, wording_files
from evalpanel.services.workspace import Workspace
from evalpanel.ui.pages.letters import LettersPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import Shell
from evalpanel.ui.widgets import letter_choices

REFERENCE = ui_stage.REFERENCE
LONG = 60_000


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("decided", tmp_path / "profile") as held:
        yield held


class Window:
    """The window at the page Letters."""

    def __init__(self, qtbot: QtBot, space: Workspace) -> None:
        self.qtbot = qtbot
        self.shell = Shell(Session(space, REFERENCE, "OF1"), {"letters": LettersPage})
        qtbot.addWidget(self.shell)
        self.shell.show()
        self.shell.show_place("letters")
        page = self.shell.page("letters")
        assert isinstance(page, LettersPage)
        self.page = page
        self.settle()

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.shell.jobs.busy, timeout=LONG)

    def press(self) -> None:
        self.page.primary.click()
        self.settle()


@pytest.fixture
def window(qtbot: QtBot, space: Workspace) -> Iterator[Window]:
    made = Window(qtbot, space)
    yield made
    made.shell.close()


def test_letters_of_several_lots_are_one_where_that_is_chosen(window: Window, space: Workspace, tmp_path: Path) -> None:
    page = window.page
    assert page.primary.text() == "Sign 8 letters"
    page.key.choices.combined.click()
    window.settle()
    assert page.primary.text() == "Sign 5 letters"
    assert "the results of your" in page.pdf.text(0)  # B01 bids for both lots
    page.choose_folder = lambda _: str(tmp_path / "out")
    window.press()
    assert window.shell.messages.text.startswith("5 letters are signed, read back and verified, in “out”.")
    kinds = {(str(one.bid), str(one.lot)): one.kind for one in letter_drafts.overview(space, REFERENCE)}
    assert (kinds["B01", "L1"], kinds["B01", "L2"]) == (LetterKind.COMBINED, LetterKind.COMBINED)
    assert page.key.choices.combined.isVisible() is False  # nothing is left to put together


def test_choice_of_one_letter_is_kept_for_the_next_time(window: Window, qtbot: QtBot, space: Workspace) -> None:
    window.page.key.choices.combined.click()
    window.settle()
    again = Window(qtbot, space)
    assert (again.page.key.choices.combined.isChecked(), again.page.primary.text()) == (True, "Sign 5 letters")
    again.shell.close()


def test_combined_letter_is_looked_over_and_approved_as_it_will_be_signed(
    window: Window, space: Workspace, tmp_path: Path
) -> None:
    page = window.page
    page.key.choices.combined.click()
    window.settle()
    page.look_action.click()
    page.looking.card.rule.click()
    page.looking.card.approve.click()
    assert any("approved" in one.lower() for one in page.looking.card.said)
    page.looking.choose_draft = lambda _: str(tmp_path / "draft.docx")
    page.looking.card.draft.click()
    assert (tmp_path / "draft.docx").exists()
    report = letters.letters(space, REFERENCE, tmp_path / "out", combined=True, person="OF1")
    assert [(one.bid, one.bids) for one in report.letters] == [("B01", (("B01", "L1"), ("B01", "L2")))]
    assert len(report.blocked) == 4


def test_letters_are_signed_with_the_authoritys_certificate_and_the_password_is_kept_nowhere(
    window: Window, space: Workspace, tmp_path: Path
) -> None:
    page, file = window.page, tmp_path / "authority.p12"
    file.write_bytes(pkcs12_file())
    page.choose_folder = lambda _: str(tmp_path / "out")
    choices, form = page.key.choices, page.key.form
    choices.key.setCurrentIndex(choices.key.findData(letter_choices.FILE))
    page.primary.click()
    assert (form.isVisible(), page.primary.text(), page.focusWidget()) == (True, "Sign 8 letters", form.file)
    assert form.secret.echoMode() is form.secret.EchoMode.Password
    page.primary.click()
    assert window.shell.messages.text.startswith("Something is missing: the file.")
    form.choose_file = lambda *_: str(file)
    form.choose.click()
    assert page.focusWidget() is form.secret
    QTest.keyClicks(form.secret, "not this one")
    window.press()
    assert window.shell.messages.text.startswith("“authority.p12” could not be opened with that passphrase.")
    assert (form.isVisible(), form.secret.text()) == (True, "")
    QTest.keyClicks(form.secret, PASSPHRASE.decode())
    QTest.keyClick(form.secret, Qt.Key.Key_Return)
    window.settle()
    assert form.isVisible() is False
    assert window.shell.messages.text.startswith("8 letters are signed, read back and verified, in “out”.")
    certificate = issued("B. Officer", "Exbourne issuing")[0].public_bytes(DER)
    signed = [one.signed for one in letter_drafts.overview(space, REFERENCE) if one.signed is not None]
    assert {one.fingerprint for one in signed} == {fingerprint_of(certificate)}
    kept = [path for path in space.folders.root.rglob("*") if path.is_file() and PASSPHRASE in path.read_bytes()]
    assert kept == []


def test_leaving_the_form_of_the_certificate_forgets_the_password_and_signs_nothing(window: Window) -> None:
    page = window.page
    page.key.choices.key.setCurrentIndex(page.key.choices.key.findData(letter_choices.FILE))
    page.primary.click()
    QTest.keyClicks(page.key.form.secret, "a password")
    page.key.form.left.emit()
    assert (page.key.form.isVisible(), page.key.form.secret.text()) == (False, "")
    assert (page.primary.text(), page.subtitle.text()) == ("Sign 8 letters", "PTSCF-2026-014 · 8 ready")


def test_token_is_offered_only_where_this_installation_can_use_one(window: Window) -> None:
    offered = window.page.key.choices.key.findData(letter_choices.TOKEN) >= 0
    assert offered is letter_keys.can_use_tokens()


def test_token_asks_for_its_module_its_names_and_its_pin(window: Window) -> None:
    form = window.page.key.form
    window.page.key.choices.key.addItem("in a token", letter_choices.TOKEN)
    window.page.key.choices.key.setCurrentIndex(window.page.key.choices.key.findData(letter_choices.TOKEN))
    window.page.primary.click()
    for field, text in ((form.file, "/opt/none.so"), (form.token, "officer"), (form.key, "sign")):
        QTest.keyClicks(field, text)
    window.page.primary.click()
    assert window.shell.messages.text.startswith("Something is missing: the PIN.")
    QTest.keyClicks(form.secret, "1234")
    assert form.source() == letter_keys.TokenSource(Path("/opt/none.so"), "officer", "1234", "sign")
    assert form.secret.text() == ""


def sign_all(space: Workspace, out: Path) -> None:
    letters.letters(space, REFERENCE, out, person="OF1")


def test_letters_that_are_not_on_the_log_of_sending_are_told_with_the_way_there(
    window: Window, space: Workspace, tmp_path: Path
) -> None:
    sign_all(space, tmp_path / "out")
    window.shell.refresh()
    window.settle()
    assert window.page.status.text() == (
        "Every letter is signed. A sealed copy of each is kept here. 8 letters are not on the log of sending yet. "
        "They go out before the notice."
    )
    assert window.page.primary.text() == "Go on to sending"
    sent.record_sent(space, REFERENCE, at=space.now(), channel=Channel.EMAIL)
    window.shell.refresh()
    assert window.page.status.text() == "Every letter is signed. A sealed copy of each is kept here."


def test_letters_whose_sentences_were_changed_are_listed_and_signed_anew_together(
    window: Window, space: Workspace, tmp_path: Path
) -> None:
    sign_all(space, tmp_path / "out")
    wording_files.export(space, tmp_path / "words")
    for path in (tmp_path / "words").glob("*.toml"):
        path.write_text(path.read_text("utf-8").replace("Dear {bidder}", "Good day, {bidder}"), "utf-8")
    wording_files.use(space, tmp_path / "words")
    window.shell.refresh()
    window.settle()
    page = window.page
    assert page.rows.rows[0].state == "To sign anew. Sentences that it uses were changed after it was signed."
    assert page.status.text() == ("8 letters say what is no longer so: the list says why. Sign anew, then send.")
    assert page.primary.text() == "Sign 8 letters anew…"
    page.primary.click()
    form = page.mending.anew
    assert (form.isVisible(), form.heading.text(), form.why.text()) == (
        True, "Sign anew: 8 letters", "Sentences that it uses were changed after it was signed.",
    )  # fmt: skip
    page.choose_folder = lambda _: str(tmp_path / "anew")
    form.sign.click()
    window.settle()
    assert window.shell.messages.text.startswith("8 letters are signed, read back and verified, in “anew”.")
    assert letters_anew.to_do(space, REFERENCE).anew == ()
    assert len(list((tmp_path / "anew").glob("*-v2.pdf"))) == 8
    page.open(("B01", "L1"))
    window.settle()
    assert "Good day, Tamar Voices Consortium" in page.pdf.text(0)


def test_combined_letter_is_signed_anew_as_one(window: Window, space: Workspace, tmp_path: Path) -> None:
    letters.letters(space, REFERENCE, tmp_path / "out", combined=True, person="OF1")
    window.shell.refresh()
    window.settle()
    window.page.open(("B01", "L2"))
    window.settle()
    window.page.choose_folder = lambda _: str(tmp_path / "anew")
    window.page.anew_action.click()
    window.page.mending.anew.why.setText("The contact was wrong.")
    window.page.mending.anew.sign.click()
    window.settle()
    assert [one.name for one in (tmp_path / "anew").glob("*.pdf")] == ["PTSCF-2026-014-L1-L2-B01-v2.pdf"]


def test_signing_anew_asks_for_the_authoritys_certificate_and_goes_back_to_the_reason_when_left(
    window: Window, space: Workspace, tmp_path: Path
) -> None:
    sign_all(space, tmp_path / "out")
    window.shell.refresh()
    window.settle()
    page = window.page
    page.key.choices.key.setCurrentIndex(page.key.choices.key.findData(letter_choices.FILE))
    page.anew_action.click()
    page.mending.anew.why.setText("The contact was wrong.")
    page.mending.anew.sign.click()
    assert (page.key.form.isVisible(), page.primary.text()) == (True, "Sign 1 letter anew")
    page.key.form.left.emit()
    assert page.mending.anew.isVisible()
