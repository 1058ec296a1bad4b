"""The page “Carry files” on a bad day: paper, taking over, two sheets of one person, an answer that cannot be had, files that wait."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from evalpanel.services import inviting, joining, papers, setup
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models import carrying as models
from laptops import OFFICER, Laptops, laptops
from panels import moderate, panel, scored_panel, sent_moderation, two_sheets
from profiles import Clock, make_profile, opened
from sheets import words_on
from stages import REFERENCE, load
from ui.carry_driver import Window


def at(qtbot: QtBot, desk: Laptops, person: str) -> Window:
    """A window on a laptop, with the tender open."""
    return Window(qtbot, desk[person], desk.stick, tender=REFERENCE, person=person)


def told(window: Window, person: str) -> list[str]:
    """What stands about a person on the officer's page."""
    return [one.text for one in next(one for one in window.page.people.people if one.code == person).told]


# Paper ---------------------------------------------------------------------------------------------------------------


def test_a_paper_key_is_made_and_let_go_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    make_profile(tmp_path / "profile")
    stick = tmp_path / "stick"
    stick.mkdir()
    (stick / "Paper key.pdf").write_bytes(b"an older one")
    with opened(tmp_path / "profile") as space:
        window = Window(qtbot, space, stick)
        window.page._bad.click()
        part = window.page.bad_day
        assert (part.numbers.text(), part.sheets.isVisible(), part.over.isVisible()) == (
            "There is none yet.",
            False,
            False,
        )
        part.make_key.click()
        window.idle()
        (number,) = papers.paper_numbers(space)
        assert window.said.startswith(f"Paper key {number} is written: Paper key 2.pdf. Print it")
        assert part.numbers.text() == f"1 paper key: number {number}."
        part._revoke(number)
        assert papers.paper_numbers(space) == ()
    assert (stick / "Paper key.pdf").read_bytes() == b"an older one"


def test_somebody_takes_over_as_officer_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    with panel(tmp_path) as desk:
        officer = at(qtbot, desk, OFFICER)
        officer.page._bad.click()
        assert officer.page.bad_day.papered.text() == "They are not made yet."
        officer.page.bad_day.make_sheets.click()
        officer.idle()
        assert officer.page.bad_day.papered.text() == "They were made. Made again, the new ones take their place."
        officer.page.leave()
        assert (officer.step, officer.why) == (
            ("Write the files for the panel…", True),
            "The two sheets work once the panel has a list that names them.",
        )
        officer.go_on()
        assert officer.why != "The two sheets work once the panel has a list that names them."
        (first,), (second,) = officer.written("* successor.pdf"), officer.written("* recovery.pdf")

        member = at(qtbot, desk, "CH1")
        assert member.page.status.text().endswith("list of the panel: number 1")
        member.take(*member.written("*.roster.*.r2.*"))
        assert member.page.status.text().endswith("list of the panel: number 2")
        assert officer.page.status.text().endswith("list of the panel: number 2")
        member.page._bad.click()
        member.page.bad_day.take_over.click()
        taking = member.page.taking_over
        assert member.step == ("Take over as officer…", False)
        taking.successor.typed.setText(words_on(second))  # the two swapped
        taking.recovery.typed.setText(words_on(first))
        taking.why.setText("The officer’s laptop was stolen.")
        member.go_on()
        assert member.said.startswith("These are not the words of the recovery sheet.")
        taking.successor.typed.setText(words_on(first))
        taking.recovery.typed.setText(words_on(second))
        member.go_on()
        assert member.said.startswith("You lead the tender now, in the place of OF1. Carry ")
        assert (taking.successor.text(), taking.recovery.text()) == ("", "")
        stand = member.shell.session.stand
        assert stand is not None
        assert (stand.leads, stand.person) == (True, "CH1")
        assert member.step == ("Write the files for the panel…", True)

        other = at(qtbot, desk, "PM1")
        before = other.shell.session.stands[0].officer
        other.take(*member.written("*.roster.*.r2.*"), *member.written("*.roster.CH1.*"))
        assert other.shell.session.stands[0].officer != before
        assert other.shell.session.stands[0].officer == stand.officer


# Two sheets, and no answer -------------------------------------------------------------------------------------------


def test_the_chair_rules_between_two_sheets_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        sheets = two_sheets(desk, "PM1")
        chair = at(qtbot, desk, "CH1")
        assert not chair.page._two.isVisible()
        chair.take(*sheets)
        assert chair.report[0] == "Two versions: score sheet of PM1"
        assert chair.page._two.isVisible()
        chair.page._two.click()
        ruling = chair.page.ruling
        assert chair.page.title.text() == "Two sheets of PM1 Pim Moss"
        assert len(ruling.choices) == 2
        told = [one.text().partition("laptop.")[2].strip() for one in ruling._told.values()]
        assert sorted(told) == [
            "1 answer of it is not so in the other:\n• Bid B01, lot L1, criterion 1.1: 3. PM1 read page 3.",
            "1 answer of it is not so in the other:\n• Bid B01, lot L1, criterion 1.1: 4. Page 9 says more.",
        ]
        assert chair.step == ("This sheet counts", False)
        next(iter(ruling.choices.values())).setChecked(True)
        assert chair.page.primary.toolTip() == "Say why first, for the record."
        ruling.why.setText("The other is of a laptop that was put back.")
        chair.go_on()
        assert " of PM1 counts. It travels with the agreed scores; the other is kept." in chair.said
        assert not chair.page._two.isVisible()
        member = at(qtbot, desk, "PM1")
        assert not member.page._two.isVisible()


def test_an_answer_that_cannot_be_had_is_excused_in_the_window(qtbot: QtBot, tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        desk.take(OFFICER, sent_moderation(desk))
        officer = at(qtbot, desk, OFFICER)
        row = officer.page.people.rows["PM2"]
        qtbot.waitUntil(row.excuse.isVisible)
        assert row.act.text() == models.LOST
        row.excuse.click()
        assert officer.step == ("Record that it cannot be had", False)
        officer.page.excusing.why.setText("They are in hospital.")
        officer.go_on()
        assert officer.said == "Recorded: the answer of PM2 cannot be had. Moderation can be closed without it."
        assert told(officer, "PM2")[-1] == "Their answer cannot be had"
        qtbot.waitUntil(officer.page.people.rows["PM1"].excuse.isVisible)
        assert not officer.page.people.rows["PM2"].excuse.isVisible()


# What waits ----------------------------------------------------------------------------------------------------------


def test_what_came_before_the_words_is_taken_in_when_they_are_confirmed(qtbot: QtBot, tmp_path: Path) -> None:
    def prepare(space: Workspace) -> None:
        load(space, tmp_path / "pack")
        setup.freeze(space, REFERENCE)

    with laptops(tmp_path, Clock(), prepare) as desk:
        (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
        answer = joining.enrol(desk["PM1"], one.file, to=desk.stick)
        officer = at(qtbot, desk, OFFICER)
        member = Window(qtbot, desk["PM1"], desk.stick)
        officer.take(answer)
        officer.go_on()
        member.go_on()
        officer.page.speaking.words.typed.setText(" ".join(member.page.speaking.words.read_aloud[0]))
        heard = " ".join(officer.page.speaking.words.read_aloud[0])
        officer.go_on()  # the officer confirms, and issues before the member does
        officer.go_on()
        member.page.leave()
        member.take(*member.written("*.roster.*"), *member.written("*.pack.*"), *member.written("*.release.PM1.*"))
        assert {one.split(":")[0] for one in member.report} == {"Waiting"}
        assert member.page._waits.isVisible()
        member.page._waits.click()
        waiting = member.page.waiting
        assert len(waiting.model.rows) == 3
        assert {row[1].split(",")[0] for row in waiting.model.rows} == {
            "List of the panel",
            "Tender with its sealed bids",
            "What you may open",
        }
        assert all("The officer's keys are not confirmed on this laptop yet." in row[2] for row in waiting.model.rows)
        waiting.aside.click()
        assert (len(waiting.model.rows), waiting.told.text()[:11], waiting.back.isVisible()) == (2, "Put aside, ", True)
        waiting.back.click()
        assert (len(waiting.model.rows), waiting.told.text(), waiting.back.isVisible()) == (3, "", False)
        member.go_on()
        assert member.said == "Nothing could be taken in yet: what they wait for has not come."
        member.go_on()
        member.page.speaking.words.typed.setText(heard)
        member.go_on()
        assert "3 files that waited" in member.said
        assert not member.page._waits.isVisible()
        assert member.step == ("Open the tender", True)
