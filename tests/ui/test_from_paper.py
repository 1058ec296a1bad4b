"""Taking over in the window on a laptop that knows nothing of the tender, from Home to what people had sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from evalpanel.services import papers, record, verify
from evalpanel.ui.models import bad_day
from laptops import OFFICER, Laptops
from papered import paper_words, papered
from stages import REFERENCE
from ui.carry_driver import Window

WHY = "The officer is ill, and the laptop burnt."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with papered(tmp_path) as held:
        (tmp_path / "new").mkdir()
        yield held


def begun(qtbot: QtBot, desk: Laptops, laptop: str = "HP1") -> Window:
    """The form, reached from Home as somebody reaches it who sees the program for the first time."""
    window = Window(qtbot, desk[laptop], desk.root / "new")
    window.shell.show_place("home")
    home = window.shell.page("home")
    (begin,) = [one for one in home.findChildren(QPushButton) if one.text() == bad_day.FROM_PAPER_BUTTON]
    QTest.mouseClick(begin, Qt.MouseButton.LeftButton)
    assert window.page.isVisible()
    window.page.from_paper.files.choose_folder = lambda: str(desk.stick)
    return window


def fill(window: Window, words: dict[str, str], *, tender: str = REFERENCE, code: str = "HP1", name: str = "") -> None:
    """Type what the form asks."""
    form = window.page.from_paper
    form.successor.typed.setText(words["successor"])
    form.recovery.typed.setText(words["recovery"])
    if not form.files.files:
        form.files.folder.click()
    form.tender.typed.setText(tender)
    form.fresh.setChecked(bool(name))
    form.listed.setChecked(not name)
    form.code.typed.setText(code)
    form.name.typed.setText(name)
    form.why.typed.setText(WHY)


def test_somebody_new_takes_over_from_paper_and_goes_on_in_the_window(qtbot: QtBot, desk: Laptops) -> None:
    window = begun(qtbot, desk)
    form, words = window.page.from_paper, dict(paper_words(desk.root))
    qtbot.waitUntil(form.successor.typed.hasFocus)
    assert (window.step, window.page.primary.toolTip()) == (
        ("Take over as officer…", False),
        "Type the twelve words of both sheets first.",
    )
    fill(window, words, name="Head of procurement")
    assert form.files.told.text() == f"{len(list(desk.stick.glob('*.evalpanel')))} files from stick."
    window.go_on()
    assert window.said == "You lead the tender now, in the place of OF1."
    assert (form.form.isVisible(), form.result.isVisible()) == (False, True)
    assert (form.successor.text(), form.recovery.text()) == ("", "")
    told = form.told.text()
    assert "score sheet of PM1" in told and "declaration of interests of PM2" in told
    assert "• PM2 has not signed off: " in told and "Give it to PM2 alone, then delete it" in told
    (roster,) = window.written("*.roster.HP1.*")
    assert form.steps.text().startswith(f"1. Carry {roster.name} to everybody.\n2. ")
    assert "with a higher number" in form.missing.text()
    assert window.step == ("Open the tender", True)
    window.go_on()
    stand = window.shell.session.stand
    assert stand is not None
    assert (stand.leads, stand.person, window.shell.session.tender) == (True, "HP1", REFERENCE)
    assert verify.verify_tender(desk["HP1"], REFERENCE).verdict == "verified"
    assert any(
        "took over as officer from OF1" in one.sentence and WHY in one.sentence
        for one in record.history(desk["HP1"], REFERENCE)
    )

    window.page._bad.click()
    assert (window.page.bad_day.sent.isVisible(), window.page.bad_day.over.isVisible()) == (True, False)
    window.page.bad_day.open_sent.click()
    again = window.page.open_sent
    again.files.choose_folder = lambda: str(desk.stick)
    again.files.folder.click()
    again.recovery.typed.setText(words["recovery"].replace("1. ", "1. qu", 1))
    window.go_on()
    assert again.recovery.wrong.text().startswith("Word 1, “qu")
    again.recovery.typed.setText(words["recovery"])
    assert not again.recovery.wrong.isVisible()
    window.go_on()
    assert again.told.text().startswith("Nothing new was in what people had sent.\nPM2 has not signed off: ")


def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_kept(qtbot: QtBot, desk: Laptops) -> None:
    window = begun(qtbot, desk)
    form, words = window.page.from_paper, dict(paper_words(desk.root))

    def wrong() -> dict[str, str]:
        held = {
            "successor": form.successor.wrong,
            "recovery": form.recovery.wrong,
            "files": form.files.wrong,
            "tender": form.tender.wrong,
            "code": form.code.wrong,
            "why": form.why.wrong,
        }
        return {name: one.text().split(". ")[0] for name, one in held.items() if one.isVisible()}

    def refused(**other: str) -> dict[str, str]:
        fill(
            window,
            {**words, **{name: said for name, said in other.items() if name in words}},
            **{name: said for name, said in other.items() if name not in words},
        )
        window.go_on()
        assert (window.said, window.shell.session.stands) == ("", ())
        return wrong()

    typo = words["successor"].replace("1. ", "1. qu", 1)
    assert refused(successor=typo).keys() == {"successor"}
    assert form.successor.wrong.text().startswith("Word 1, “qu")
    qtbot.waitUntil(form.successor.typed.hasFocus)
    assert form.successor.typed.accessibleDescription() == form.successor.wrong.text()
    assert refused(successor=words["recovery"]) == {
        "successor": "These are not the words of the successor's sheet that belongs to these files"
    }
    assert refused(recovery=words["successor"]).keys() == {"files"}
    form.files.wrong.forget()
    assert refused(tender="ANOTHER-1") == {
        "tender": f"These sheets and files are of the tender {REFERENCE}, not of ANOTHER-1"
    }
    (told,) = refused(code="HP1").items()
    assert told == ("code", "HP1 is not on the list of who takes part, so a name is needed")
    assert "OF1" in form.code.wrong.text() and "PM2" in form.code.wrong.text()


def test_officer_with_a_new_laptop_goes_on_as_who_they_are_in_the_window(qtbot: QtBot, desk: Laptops) -> None:
    window = begun(qtbot, desk, "OF1-new")
    fill(window, dict(paper_words(desk.root)), code=OFFICER)
    window.go_on()
    assert window.said == "You lead the tender now, in the place of OF1."
    window.go_on()
    assert window.shell.session.person == OFFICER
    window.page._bad.click()
    window.page.bad_day.make_sheets.click()
    window.idle()
    assert papers.has_paper(desk["OF1-new"], REFERENCE)


def test_cancelling_the_folder_keeps_what_was_typed(qtbot: QtBot, desk: Laptops) -> None:
    window = begun(qtbot, desk)
    words = dict(paper_words(desk.root))
    fill(window, words, code=OFFICER)
    window.page.out.choose_folder = lambda _: ""
    window.go_on()
    assert window.page.from_paper.successor.text() == words["successor"]
    assert window.shell.session.stands == ()
