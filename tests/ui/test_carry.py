"""The page “Carry files”: an officer and a panel member at their own windows, and a stick between them."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

import make
from evalpanel.progress import Progress
from evalpanel.services import declarations, inviting, issuing, joining, packs, setup, sign_off, workspace
from evalpanel.services.workspace import Workspace
from evalpanel.ui import carry_steps
from evalpanel.ui.models.carrying import Taken
from evalpanel.ui.start import StartWindow
from evalpanel.ui.widgets import mark
from evalpanel.ui.widgets.shaped_lines import ROW
from laptops import OFFICER, Laptops, laptops, left
from panels import moderate, release, scored_panel, sent_moderation
from profiles import Clock
from stages import REFERENCE, load, score, write_pack
from ui.carry_driver import Window, speak


def prepared(space: Workspace, folder: Path) -> None:
    load(space, folder)
    setup.freeze(space, REFERENCE)


def brought(desk: Laptops) -> None:
    """The officer's tender with frozen criteria, and nobody invited yet."""
    prepared(desk[OFFICER], desk.root / "pack")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Laptops]:
    with left(tmp_path, brought) as held:
        yield held


Open = Callable[[str], Window]


@pytest.fixture
def sits(qtbot: QtBot, desk: Laptops) -> Open:
    """Sit down at a laptop: the officer's with the tender open, a member's with nothing in it."""

    def at(person: str) -> Window:
        if person == OFFICER:
            return Window(qtbot, desk[OFFICER], desk.stick, tender=REFERENCE, person=OFFICER)
        return Window(qtbot, desk[person], desk.stick)

    return at


def rows(window: Window) -> dict[str, list[str]]:
    """What stands about each person on the officer's page."""
    return {one.code: [told.text for told in one.told] for one in window.page.people.people}


def joined(officer: Window, member: Window, person: str) -> None:
    """Invitation, answer and words, all in the two windows."""
    member.take(officer.invitation_for(person))
    member.go_on()
    (answer,) = member.written(f"*.enrolment.{person}.*")
    officer.take(answer)
    officer.page.people.rows[person].act.click()
    speak(officer, member)


# The whole way ------------------------------------------------------------------------------------------------------


def test_a_panel_member_goes_the_whole_way_in_the_window(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    assert officer.step == ("Invite 3 people…", True)
    officer.go_on()
    assert officer.said.startswith("3 invitations written, for CH1, PM1 and PM2. Each goes to its person alone.")

    assert member.step == ("Choose files…", True)
    member.take(officer.invitation_for("PM1"))
    assert member.page.title.text() == "You are invited to a panel"
    assert member.step == ("Accept and write my answer…", True)
    member.go_on()
    assert member.page.title.text() == "The eight words"
    assert member.said.startswith("Your answer is written: ")
    assert member.step == ("These are their words", False)

    officer.take(*officer.written("*.enrolment.PM1.*"))
    assert officer.report == ["New: answer to an invitation of PM1"]
    assert officer.step == ("Read the words with PM1", True)
    officer.go_on()
    speak(officer, member)
    assert rows(officer)["PM1"] == [
        "Words confirmed",
        "Nothing written for them yet",
        "Declared on this laptop or on paper",
        "No sheet yet",
    ]

    assert officer.step == ("Write the files for the panel…", True)
    officer.go_on()
    assert "the stick can be taken out" in officer.said
    member.take(desk.stick)
    assert sorted(member.report[:3]) == [
        "New: list of the panel",
        "New: tender with its sealed bids",
        "New: what you may open",
    ]
    assert member.step == ("Open the tender", True)
    member.go_on()
    assert member.shell.session.person == "PM1"


def test_declaration_sheet_and_bids_go_to_and_fro_in_the_window(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM2")
    officer.go_on()
    joined(officer, member, "PM2")
    officer.go_on()
    assert "No bids yet for PM2: they have not declared their interests." in officer.said
    member.take(desk.stick)
    member.go_on()
    assert (member.step, member.why) == (
        ("Declare interests", True),
        "Say whether you have an interest in a bidder. The bids come after that.",
    )
    declarations.declare(desk["PM2"], REFERENCE, person="PM2")
    member.shell.refresh()
    assert member.step == ("Write what I have to send…", True)
    member.go_on()
    officer_name = member.shell.session.stands[0].officer
    assert member.said.startswith(f"Your declaration written. Carry it to {officer_name}.")
    assert member.step == ("Choose files…", True)
    assert member.why.startswith("Your declaration is written. When ")

    officer.take(*officer.written("*.declaration.PM2.*"))
    assert rows(officer)["PM2"][1] == "More is ready: write their files again"
    assert officer.step == ("Write the files for the panel…", True)
    officer.go_on()
    assert rows(officer)["PM2"][1:] == ["Their files are written", "Declaration came", "No sheet yet"]

    member.take(*member.written("*.release.PM2.*"), *member.written("*.pack.*"))
    assert member.step == ("Go on scoring", True)
    score(desk["PM2"], person="PM2")
    member.shell.refresh()
    assert member.page.work.write.isVisible()  # a copy that does not count yet
    sign_off.sign_off(desk["PM2"], REFERENCE, person="PM2")
    member.shell.refresh()
    assert member.step == ("Write what I have to send…", True)
    member.go_on()
    assert member.why == "Your score sheet was written just now. Nothing else is to be carried now."
    officer.take(*officer.written("*.scoresheet.PM2.*"))
    assert rows(officer)["PM2"][3] == "Sheet is here, signed off"


# Files come in ------------------------------------------------------------------------------------------------------


def test_one_bad_file_never_stops_the_rest(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    member.take(officer.invitation_for("PM1"))
    member.go_on()
    odd = desk.stick / "holiday.zip"
    odd.write_bytes(b"not a zip")
    (answer,) = officer.written("*.enrolment.*")
    renamed = shutil.copy(answer, desk.root / "as e-mail named it.zip")
    officer.take(odd, desk.stick / "gone.evalpanel", answer, Path(renamed), officer.invitation_for("PM2"))
    other = joining.read(officer.invitation_for("PM2")).name
    assert officer.report == [
        "Not readable",
        "Not readable",
        "New: answer to an invitation of PM1",
        "Here already: answer to an invitation of PM1",
        f"An invitation for {other}",
    ]
    assert officer.page.arrivals.heading.text() == (
        "5 files: 2 not readable, 1 new, 1 here already, 1 for somebody else."
    )


def test_of_a_stick_only_what_can_be_a_parcel_is_looked_at(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    invitation = officer.invitation_for("PM1")
    stick = desk.root / "another stick"
    (stick / "from the office").mkdir(parents=True)
    (stick / "photo.jpg").write_bytes(b"a photo")
    (stick / ".hidden.evalpanel").write_bytes(b"of a file manager")
    with zipfile.ZipFile(stick / "from the office" / "post.zip", "w") as archive:
        archive.write(invitation, invitation.name)
    member.take(stick)
    assert len(member.report) == 1
    member.take(stick / "from the office" / "nothing here")
    assert member.report == ["Not readable"]


def test_a_folder_without_any_parcel_says_so(desk: Laptops, sits: Open) -> None:
    member = sits("PM1")
    (desk.root / "empty").mkdir()
    member.take(desk.root / "empty")
    assert member.said == "There is no file of evalpanel in it. They end in .evalpanel, and may lie in a .zip."
    assert not member.page.arrivals.report.isVisible()


def test_files_are_dropped_anywhere_on_the_page(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(one)) for one in officer.written("*.invitation.*")])
    event = QDropEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    member.page.dropEvent(event)
    member.idle()
    assert len(member.report) == 3


class _StopsAfterOne(list[Taken]):
    """A list whose first entry makes the person press Cancel."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def extend(self, more: object) -> None:
        super().extend(more)  # type: ignore[arg-type]  # what a list takes
        self._progress.cancel()


def test_what_was_taken_in_before_it_was_stopped_stays_and_is_told(desk: Laptops) -> None:
    made = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick)
    for one in made[:2]:
        desk.join(REFERENCE, one.person, one.file)
    issued = issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    progress = Progress()
    taken = _StopsAfterOne(progress)
    assert not carry_steps.take_in(desk["PM1"], [issued.roster, issued.pack], taken, progress)
    assert [one.file for one in taken] == [issued.roster]


# Invitation and words -----------------------------------------------------------------------------------------------


def test_wrong_words_confirm_nothing_and_say_what_to_do(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    member.take(officer.invitation_for("PM1"))
    member.go_on()
    member.page.speaking.words.typed.setText(" ".join(member.page.speaking.words.read_aloud[0]))  # their own
    member.go_on()
    assert member.said.startswith("These are not the eight words that this laptop expects. Nothing was confirmed.")
    assert member.page.title.text() == "The eight words"
    assert member.page.speaking.words.typed.text()  # so that one word can be put right


def test_eight_words_are_wanted_before_they_can_be_checked(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    member.take(officer.invitation_for("PM1"))
    member.go_on()
    member.page.speaking.words.typed.setText("one two three")
    assert member.step == ("These are their words", False)
    assert member.page.speaking.words.heard.text() == "3 of 8 words"
    member.page.speaking.words.typed.setText("1 2 3 4 5 6 7 8 9")
    assert member.page.speaking.words.heard.text() == "9 words: there are only 8"
    assert member.step == ("These are their words", False)


def test_an_invitation_can_be_left_for_later(qtbot: QtBot, desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    member.take(officer.invitation_for("PM1"))
    officer.shell.hide()
    with qtbot.waitActive(member.shell):
        member.shell.activateWindow()
    QTest.keyClick(member.shell.focusWidget(), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: member.page.title.text() == "Carry files")
    assert member.shell.session.stands == ()


def test_an_invitation_for_somebody_else_is_not_offered_on_a_laptop_that_joined(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    member.take(officer.invitation_for("PM1"))
    member.go_on()
    member.page.leave()
    member.take(officer.invitation_for("PM2"), officer.invitation_for("PM1"))
    assert [one.invitation for one in member.page.arrivals.model.rows] == [True, False]
    (answer,) = member.written("*.enrolment.*")
    officer.take(answer)
    officer.go_on()
    member.go_on()
    speak(officer, member)
    member.take(officer.invitation_for("PM2"), officer.invitation_for("PM1"))
    assert [one.invitation for one in member.page.arrivals.model.rows] == [False, False]
    assert member.report[0] == "Your invitation"


def test_a_file_that_is_no_invitation_is_refused_where_one_is_asked_for(desk: Laptops, sits: Open) -> None:
    member = sits("PM1")
    odd = desk.stick / "holiday.jpg"
    odd.write_bytes(b"a photo")
    member.shell.show_place("carry", odd)
    assert member.said.startswith("The zip cannot be read.")
    assert member.page.title.text() == "Carry files"


# Whose it is --------------------------------------------------------------------------------------------------------


def test_whoever_works_on_the_officers_laptop_has_nothing_to_carry(qtbot: QtBot, desk: Laptops) -> None:
    window = Window(qtbot, desk[OFFICER], desk.stick, tender=REFERENCE, person="PM1")
    assert window.step[0] == ""
    assert window.page.told.text.startswith("Nothing of yours has to be carried\nThis is the laptop of OF1")
    assert not window.page.arrivals.isVisible()


def test_the_criteria_come_before_the_files(tmp_path: Path, qtbot: QtBot) -> None:
    with laptops(tmp_path, Clock(), lambda space: packs.load(space, write_pack(tmp_path / "pack"))) as desk:
        for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick):
            desk.join(REFERENCE, one.person, one.file)
        window = Window(qtbot, desk[OFFICER], desk.stick, tender=REFERENCE, person=OFFICER)
        assert window.why == "The criteria are not frozen yet. What the panel needs can be written after that."


# Home and the first run ---------------------------------------------------------------------------------------------


def test_home_says_what_comes_next_in_the_exchange(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    assert "I was invited to a panel" in member.home
    officer.go_on()
    member.take(officer.invitation_for("PM1"))
    member.go_on()
    member.page.leave()
    assert any(one.startswith(f"{REFERENCE} · Carry your answer to ") for one in member.home)
    officer.take(*officer.written("*.enrolment.*"))
    assert "1 person has answered: ring PM1, and read the eight words to each other." in officer.home


def test_home_leads_to_an_invitation(desk: Laptops, sits: Open) -> None:
    officer, member = sits(OFFICER), sits("PM1")
    officer.go_on()
    invitation = officer.invitation_for("PM1")
    member.shell.show_place("home")
    home = member.shell.page("home")
    home.choose_invitation = lambda: str(invitation)  # type: ignore[attr-defined]  # the home page has it
    home._choose()  # type: ignore[attr-defined]  # the same
    assert (member.shell.here, member.page.title.text()) == ("carry", "You are invited to a panel")


def test_a_profile_begins_with_an_invitation(qtbot: QtBot, desk: Laptops, tmp_path: Path) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1"])
    start = StartWindow(tmp_path / "fresh", lambda _: None)
    qtbot.addWidget(start)
    odd = tmp_path / "odd.txt"
    odd.write_text("no invitation", encoding="utf-8")
    start.choose_invitation = lambda: str(odd)
    start.choose.click()
    assert (start.invitation, start.problem.isHidden()) == (None, False)
    start.choose_invitation = lambda: str(one.file)
    start.choose.click()
    assert (start.invitation, start.name.text(), start.problem.isHidden()) == (one.file, one.name, True)
    assert workspace.exists(tmp_path / "fresh") is False


# A bad day ----------------------------------------------------------------------------------------------------------


def test_a_lost_laptop_is_locked_out_and_the_panel_is_told(desk: Laptops, sits: Open) -> None:
    for one in inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM1", "PM2"]):
        desk.join(REFERENCE, one.person, one.file)
    issuing.issue(desk[OFFICER], REFERENCE, to=desk.stick)
    officer = sits(OFFICER)
    officer.page.people.rows["PM1"].act.click()
    assert officer.page.title.text() == "PM1 Pim Moss"
    assert officer.step == ("Lock this laptop out", False)  # the reason is missing
    officer.page.locking.why.setText("Left on a train.")
    officer.go_on()
    assert officer.said == (
        "The laptop of PM1 is locked out. Write the files for the panel again, so that everybody learns it."
    )
    assert rows(officer)["PM1"] == ["Locked out"]
    assert (officer.step, officer.why) == (
        ("Write the files for the panel…", True),
        "A laptop was locked out, and the panel does not know it yet.",
    )
    officer.go_on()
    assert officer.step == ("Invite 1 person…", True)  # CH1


def test_somebody_takes_a_members_place(desk: Laptops, sits: Open) -> None:
    (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
    desk.join(REFERENCE, "PM2", one.file)
    officer = sits(OFFICER)
    officer.page.people.rows["PM2"].act.click()
    officer.page.locking.leaves.setChecked(True)
    officer.page.locking.why.setText("Moved away.")
    assert officer.step == ("Put them in this place", False)
    officer.page.locking.code.setText("PM9")
    officer.page.locking.name.setText("Noor Wren")
    officer.go_on()
    assert officer.said == "PM9 takes the place of PM2. Next: invite them."
    assert rows(officer)["PM9"] == ["Not invited yet"]
    assert rows(officer)["PM2"][0].startswith("Left the panel on ")


# Moderation that travels --------------------------------------------------------------------------------------------


def at(qtbot: QtBot, desk: Laptops, person: str) -> Window:
    """A window on a laptop of a whole panel, with the tender open."""
    return Window(qtbot, desk[person], desk.stick, tender=REFERENCE, person=person)


def test_agreed_scores_go_to_the_panel_and_their_answers_come_back(qtbot: QtBot, tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        chair, officer, member = (at(qtbot, desk, person) for person in ("CH1", OFFICER, "PM1"))
        assert chair.step == ("Write the agreed scores…", True)
        chair.go_on()
        assert chair.said.startswith("Your declaration, your score sheet and the agreed scores written. Carry them to ")
        assert chair.why == "The agreed scores are written. Take in the answers that the panel carries to you."

        officer.take(*officer.written("*.moderation.*"))
        assert rows(officer)["PM1"][-1] == "No answer to the agreed scores yet"
        assert officer.step == ("Choose files…", True)

        member.take(*member.written("*.release.PM1.*"), *member.written("*.moderation.*"))
        assert member.step == ("Read the agreed scores", True)
        member.go_on()
        assert member.page.title.text() == "The agreed scores"
        assert {row.mark for row in member.page.agreeing.model.rows} == {mark.DONE}
        assert member.step == ("I agree: write my answer…", True)
        member.go_on()
        assert member.said.startswith(
            "Your answer is written: it says that you agree. Carry it to CH1 and the officer."
        )
        assert member.step == ("Choose files…", True)

        officer.take(*officer.written("*.assent.*"))
        assert rows(officer)["PM1"][-1] == "Agrees with the scores"
        assert rows(officer)["PM2"][-1] == "No answer to the agreed scores yet"


def test_a_member_says_where_they_do_not_agree(qtbot: QtBot, tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        final = sent_moderation(desk)
        desk.take(OFFICER, final)
        release(desk)
        desk.take("PM2", final)
        officer, member = at(qtbot, desk, OFFICER), at(qtbot, desk, "PM2")
        member.go_on()
        agreeing = member.page.agreeing
        agreeing.view.setCurrentIndex(agreeing.model.index(1))
        agreeing.why.setPlainText("It names no dates at all.")
        assert [row.mark for row in agreeing.model.rows].count(mark.OUT) == 1
        assert member.step == ("Write my answer, with 1 line I do not agree on…", True)
        agreeing.why.clear()
        assert member.step == ("I agree: write my answer…", True)
        agreeing.why.setPlainText("It names no dates at all.")
        member.go_on()
        officer.take(*officer.written("*.assent.*"))
        assert rows(officer)["PM2"][-1] == "Does not agree on 1 line"


def test_scores_that_are_not_final_are_read_and_not_answered(qtbot: QtBot, tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        moderate(desk)
        interim = sent_moderation(desk, final=False)
        desk.take(OFFICER, interim)
        release(desk)
        desk.take("PM1", interim)
        member = at(qtbot, desk, "PM1")
        assert member.step == ("Choose files…", True)
        member.page._turn_to(member.page.agreeing)
        assert member.step == ("I agree: write my answer…", False)
        assert member.page.primary.toolTip() == (
            "The chair has not finished, so there is nothing to answer yet. You can read how far it is."
        )


def test_receipts_say_what_of_mine_arrived(qtbot: QtBot, tmp_path: Path) -> None:
    with scored_panel(tmp_path) as desk:
        officer, member = at(qtbot, desk, OFFICER), at(qtbot, desk, "PM1")
        officer.page._receipts.click()
        officer.idle()
        assert officer.said.startswith("3 receipts written, for CH1, PM1 and PM2.")
        member.take(*member.written("*.receipt.PM1.*"))
        assert [line.split(" · ")[0] for line in member.page.work.came[:2]] == [
            "OF1 has your declaration of interests",
            "OF1 has your score sheet",
        ]


# Blind tenders ------------------------------------------------------------------------------------------------------


def test_a_blind_tender_is_looked_through_before_the_panel_gets_it(qtbot: QtBot, tmp_path: Path) -> None:
    blind = make.pack(tender=replace(make.tender(), blind=True))

    def prepare(space: Workspace) -> None:
        load(space, tmp_path / "pack", blind)
        setup.freeze(space, REFERENCE)

    with laptops(tmp_path, Clock(), prepare) as desk:
        (one,) = inviting.invite(desk[OFFICER], REFERENCE, to=desk.stick, people=["PM2"])
        desk.join(REFERENCE, "PM2", one.file)
        officer = at(qtbot, desk, OFFICER)
        assert officer.why == "The tender is blind. Look through the documents before the panel gets them."
        officer.go_on()
        assert officer.step == ("Look through the documents", True)
        officer.go_on()
        looking = officer.page.looking
        found = len(looking.model.rows)
        assert found > 0
        assert officer.step == ("It may go: record why", False)
        looking.why.setText("It is a word that many use.")
        officer.go_on()
        assert officer.said == "Recorded: 1 line may go."
        assert len(looking.model.rows) == found - 1
        first = looking.model.rows[0]
        looking.view.setCurrentIndex(looking.model.index(0))
        looking.alike.click()
        chosen = [index.data(ROW) for index in looking.view.selectionModel().selectedIndexes()]
        assert chosen == [one for one in looking.model.rows if one.sort == first.sort]
        redacted = tmp_path / "redacted.txt"
        redacted.write_text("How [the bidder] listens.", encoding="utf-8")
        looking.why.setText("The name is blacked out.")
        looking.replace(redacted)
        assert officer.said.endswith("goes to the panel instead. It is looked through next.")
        assert officer.step == ("Look through the documents", True)
        officer.go_on()
        assert first.document not in [one.document for one in looking.model.rows]
        looking.view.selectAll()
        looking.why.setText("These are words that many use.")
        officer.go_on()
        assert officer.step == ("Go on", True)
        officer.go_on()
        assert officer.step == ("Write the files for the panel…", True)
        officer.go_on()
        assert "a file of their own for PM2" in officer.said
