"""The scenes that `make screenshots` draws: what is open on which page, at which stage, for whom.

Every page in each of its states: nothing yet, loading, half done, done, read-only, not yours, and an error. What an
error is said about is really broken, in a profile that is thrown away: sealed files lose a byte, a pack lacks bidders.
Work that takes long is held at a step, so that it can be looked at.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp

from PySide6.QtWidgets import QApplication, QWidget
from sqlalchemy import select

import stages
import ui_stage
import walked
from evalpanel import demo
from evalpanel.domain.correspondence import Channel
from evalpanel.domain.lessons import Voice
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.progress import Progress
from evalpanel.services import feedback, lessons, letters, publishing, scoring, sent, sign_off
from evalpanel.store import tables as t
from evalpanel.system.folders import Folders
from evalpanel.system.resources import resource
from evalpanel.ui.dialogs.from_paper import Done
from evalpanel.ui.dialogs.who import WhoDialog
from evalpanel.ui.models.carry_next import Go
from evalpanel.ui.pages.carry import CarryPage
from evalpanel.ui.pages.feedback import FeedbackPage
from evalpanel.ui.pages.letters import LettersPage
from evalpanel.ui.pages.moderation import ModerationPage
from evalpanel.ui.pages.outcome import OutcomePage
from evalpanel.ui.pages.panel import PanelPage
from evalpanel.ui.pages.record import RecordPage
from evalpanel.ui.pages.scoring import ScoringPage
from evalpanel.ui.pages.setup import SetupPage
from evalpanel.ui.shell import Shell
from evalpanel.ui.start import StartWindow
from evalpanel.ui.widgets.keeping_card import KeepingCard
from filling import filled
from papered import paper_words
from profiles import make_profile

Act = Callable[[Shell], "QWidget | None"]
"""What is done before the picture is taken; a window of its own that it opens is drawn instead of the whole."""
PDF = "bids/B02/1 Reaching and hearing young people.pdf"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: a place, what is opened there, and what is done then. `name` tells shots of one place apart."""

    place: str
    name: str = ""
    what: object = None
    act: Act | None = None
    slow: bool = False  # whether the worker is held, and everything counts as long work


@dataclass(frozen=True, slots=True)
class Scene:
    """Shots at one stage of the sample tender, by one person (empty: nobody is chosen)."""

    stage: str
    person: str
    shots: tuple[Shot, ...]
    opened: bool = True  # whether the tender is open in the window
    before: Callable[[Shell], None] | None = None  # what happened in the profile before the window came


def line(bid: str, criterion: str, lot: str = "L1") -> Line:
    """A line of the sample tender."""
    return Line(LotCode(lot), BidCode(bid), CriterionCode(criterion))


# What is done before a picture


def the_tender_lies_here(shell: Shell) -> Path:
    """A copy of the sample pack that may be changed."""
    root = shell.session.workspace.folders.staging / "pictures" / "Tender pack"
    if not root.exists():
        shutil.copytree(resource("sample", "pack"), root)
    return root


def a_pack(shell: Shell) -> None:
    """A pack that was understood, with nothing in its way."""
    _setup(shell).take(the_tender_lies_here(shell))
    idle(shell)


def a_faulty_pack(shell: Shell) -> None:
    """A pack with a folder of nobody's, and a document that is damaged."""
    pack = the_tender_lies_here(shell)
    (pack / "bids" / "Harbour Lights").mkdir(exist_ok=True)
    (pack / "bids" / "Harbour Lights" / "answer.pdf").write_bytes(b"%PDF-1.4 and then nothing")
    a_pack(shell)


def a_notice(shell: Shell) -> None:
    """A notice, before a draft workbook is written from it."""
    _setup(shell).take(
        Path(__file__).parent / "specimens" / "ocds" / "fictional" / "ocds-213czf-000-00001-02-tender.json"
    )
    idle(shell)


def no_pack(shell: Shell) -> None:
    """Something that is no pack at all."""
    odd = the_tender_lies_here(shell).parent / "tender.zip"
    odd.write_bytes(b"not a zip")
    _setup(shell).take(odd)
    idle(shell)


def reading_a_pack(shell: Shell) -> None:
    """A pack that is being read; the worker is held."""
    _setup(shell).take(the_tender_lies_here(shell))


def verifying(shell: Shell) -> None:
    """A long check, two fifths of the way."""

    def work(progress: Progress) -> None:
        waiting = threading.Event()
        while True:
            progress.step(21, 52, "bids/B02/2 Keeping young people safe and well.docx")
            waiting.wait(0.02)

    shell.start("Verifying the record", work, lambda _: None)


def verified(shell: Shell) -> None:
    """The record, verified."""
    page = shell.page("record")
    assert isinstance(page, RecordPage)
    page.primary.click()
    idle(shell)


def damage(shell: Shell) -> None:
    """Every sealed document loses its last byte."""
    for path in Folders(shell.session.workspace.folders.root).documents.iterdir():
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1])


def decide(shell: Shell) -> None:
    """The officer decides about an interest."""
    _panel(shell).rows.decision_wanted.emit("FI1", "B03")


def absent(shell: Shell) -> None:
    """The officer records that somebody will not sign off."""
    _panel(shell).rows.absence_wanted.emit("YE1")


def at_work(shell: Shell) -> None:
    """The chair, half way: a score with its reason, and its evidence marked on the page."""
    space, tender = shell.session.workspace, shell.session.tender
    rows = demo._scored(space, tender, resource("sample", "scores") / "CH1.xlsx")
    scoring.take_scores(space, tender, person="CH1", rows=rows[:40])
    shell.refresh()
    page = _scoring(shell)
    page.open(line("B02", "1.2"))
    page.form.chips.chips[0].lead.click()


def find(shell: Shell) -> None:
    """Words looked for in the whole bid, with the list of places."""
    page = _scoring(shell)
    page.finder.start()
    page.finder.bar.everywhere.setChecked(True)
    page.finder.bar.box.setText("young people")


def versions(shell: Shell) -> None:
    """The earlier versions of an answer."""
    page, space = _scoring(shell), shell.session.workspace
    here = line("B01", "1.3")
    first = Score(here, ScoreStatus.SCORED, Decimal(3), "The questions are good, and nobody is named who asks them.")
    second = replace(first, value=Decimal(4), rationale="Good questions, and page 2 names who asks them and when.")
    for one in (first, second):
        scoring.save_score(space, shell.session.tender, person=shell.session.person, score=one)
    shell.refresh()
    page.open(here)
    page.toggle_versions()


def progress(shell: Shell) -> None:
    """The picture of progress, folded out."""
    _scoring(shell).toggle_progress()


def not_saved(shell: Shell) -> None:
    """An answer that is refused, with what was typed still there: the officer has recorded an absence meanwhile."""
    page, view, me = _scoring(shell), shell.session.view, shell.session.person
    assert view is not None
    if not any(one.absent for one in view.panel):
        sign_off.record_absence(shell.session.workspace, shell.session.tender, person=me, reason="Ill", by="OF1")
    page.form.reason.setPlainText("The plan names a person for each month, on page 2.")
    page.form.wanted.emit()


def reopen(shell: Shell) -> None:
    """The reason is asked for why a sheet is opened again."""
    _scoring(shell).ask_to_reopen()


def offer(shell: Shell) -> None:
    """A message that offers to take something back."""
    shell.messages.offer(
        "Your score 4 on B02, criterion 1.2, was taken away: you abstain now.", "Put it back", lambda: None
    )


def project(shell: Shell) -> QWidget:
    """The line on the wall."""
    page = shell.page("moderation")
    assert isinstance(page, ModerationPage)
    page.show_to_room()
    page.wall.resize(1920, 1080)
    return page.wall


def passage(shell: Shell) -> QWidget:
    """A piece of evidence beside the room."""
    page = shell.page("moderation")
    assert isinstance(page, ModerationPage)
    shown = page.room.shown
    assert shown is not None
    pieces = [piece for one in page._whole(shown.row).held.scores for piece in one.score.evidence]
    page.room.opened.emit(pieces[0])
    window = page._passages
    assert window is not None
    return window


def closing(shell: Shell) -> None:
    """Moderation, about to be closed."""
    shell.page("moderation").primary.click()


def wrong_prices(shell: Shell) -> None:
    """A file that is no price schedule."""
    page = shell.page("outcome")
    assert isinstance(page, OutcomePage)
    page.guard(page.take_prices)(resource("sample", "pack", "tender.xlsx"))


def press(shell: Shell) -> None:
    """The next step of the page that is shown."""
    shell.page(shell.here).primary.click()
    idle(shell)


def without_an_address(shell: Shell) -> None:
    """Two bidders came without an address."""
    with shell.session.workspace.store.writing() as tx:
        for row in tx.execute(select(t.BidderRow).where(t.BidderRow.bidder.in_(("B02", "B04")))).scalars():
            row.address = ""


def with_addresses(shell: Shell) -> None:
    """And here they are."""
    with shell.session.workspace.store.writing() as tx:
        for row in tx.execute(select(t.BidderRow).where(t.BidderRow.address == "")).scalars():
            row.address = "3 Quay Street, Plymouth PL1 2AB"


def correct(shell: Shell) -> None:
    """The details of a bidder, being corrected."""
    page = _letters(shell)
    page.open(("B02", "L1"))
    page.side_card.correct.click()


def sign(shell: Shell) -> None:
    """Every letter signed, and one shown."""
    page = _letters(shell)
    idle(shell)
    folder = mkdtemp(dir=shell.session.workspace.folders.staging)
    page.choose_folder = lambda _: folder
    if page.primary.text().startswith("Sign "):
        page.primary.click()
    idle(shell)


def signed_here(shell: Shell) -> None:
    """Every letter is signed, and one of them is on its way."""
    space, tender = shell.session.workspace, shell.session.tender
    if not sent.correspondence(space, tender):
        letters.letters(space, tender, Path(mkdtemp(dir=space.folders.staging)))
        one = sent.correspondence(space, tender)[0]
        sent.record_sent(space, tender, at=space.now(), channel=Channel.EMAIL, bids=[(one.bid, one.lot)])
    _feedback(shell).acted.emit()


def sending(shell: Shell) -> None:
    """The officer says what went out."""
    _feedback(shell)._ask_sent()


def what_bidders_say(shell: Shell) -> None:
    """Two filled forms came back."""
    page, folder = _feedback(shell), Path(mkdtemp(dir=shell.session.workspace.folders.staging))
    space, tender = shell.session.workspace, shell.session.tender
    blank = feedback.write_forms(space, tender, folder)[0].read_bytes()
    for place in (1, 3):
        (folder / f"{place}.pdf").write_bytes(filled(blank, {"found": place}, {"keep": f"The visit in week {place}."}))
    page.choose_files = lambda _: [str(folder / f"{place}.pdf") for place in (1, 3)]
    page._take()
    idle(shell)
    page.open("answers")


def learned(shell: Shell) -> None:
    """Two lessons, and another that is being written."""
    page = _feedback(shell)
    space, tender = shell.session.workspace, shell.session.tender
    for said in ("Give young evaluators a shorter form.", "Publish the questions of other bidders sooner."):
        lessons.add(space, tender, said, stage=ProcessStage.ASSESSMENT, voice=Voice.PANEL, criterion=None)
    page.acted.emit()
    page.open("lessons")
    page.lesson_form.ask(None, "What did the authority learn?")


def _feedback(shell: Shell) -> FeedbackPage:
    page = shell.page("feedback")
    assert isinstance(page, FeedbackPage)
    return page


def with_a_certificate(shell: Shell) -> None:
    """The authority's certificate, asked for before signing."""
    page = _letters(shell)
    page.key.choices.key.setCurrentIndex(1)
    page.primary.click()
    page._settings.remove("letters/key")  # the scenes after it are as they would be alone


def in_one(shell: Shell) -> None:
    """One letter for all lots of a bidder."""
    page = _letters(shell)
    page.key.choices.combined.setChecked(True)
    idle(shell)
    page._settings.remove("letters/combined")


def letterhead(shell: Shell) -> None:
    """The letterhead of the tender's authority, on a letter."""
    _letters(shell).house_action.click()


def sentences(shell: Shell) -> None:
    """The sentences of letters, saved and read back."""
    page = _letters(shell)
    page.house_action.click()
    page.house.parts.tabs[1].click()
    folder = mkdtemp(dir=shell.session.workspace.folders.staging)
    page.house.choose_folder = lambda _: folder
    page.house.save.click()
    page.house.read.click()
    shell.messages.clear()


def an_occasion(shell: Shell) -> None:
    """A letter about a low price, being asked for."""
    page = _letters(shell)
    page.occasion_action.click()
    form = page.occasion.form
    form.kind.setCurrentIndex(form.kind.findData(LetterKind.ABNORMALLY_LOW_NOTICE))
    form.choose("B02", "L1")
    form.reason.setPlainText(
        "Your price for the outreach workers is below what their pay and pension cost. Please show how the posts are paid."
    )
    form.day.setText("2026-12-01")


def an_occasion_seen(shell: Shell) -> None:
    """The same letter, as the bidder will see it."""
    an_occasion(shell)
    press(shell)


def an_occasion_blocked(shell: Shell) -> None:
    """A letter that the record does not bear out."""
    page = _letters(shell)
    page.occasion_action.click()
    form = page.occasion.form
    form.kind.setCurrentIndex(form.kind.findData(LetterKind.PREQUALIFICATION_FAILED))
    press(shell)


def looked_over(shell: Shell) -> None:
    """A letter, looked over before it is signed."""
    page = _letters(shell)
    page.look_action.click()


def anew(shell: Shell) -> None:
    """A signed letter that is to be signed once more."""
    sign(shell)
    page = _letters(shell)
    page.open(("B02", "L1"))
    idle(shell)
    page.anew_action.click()
    page.mending.anew.why.setText("The contact at the authority was wrong.")


def check_the_list(shell: Shell) -> None:
    """The signed list of letters, checked where they lie."""
    sign(shell)
    page = _letters(shell)
    page.check.choose_list = lambda start: str(Path(start) / "letters.json")
    page.list_action.click()
    idle(shell)


def falls_out(shell: Shell) -> None:
    """A bid that falls out, with its reason."""
    page = _outcome(shell)
    page._out.click()
    form = page.acts.fall_out
    form.reason.setPlainText("The bidder told us on 20 November that it withdraws: it can no longer find premises.")
    form.decided_by.setText("OF1")


def low_price(shell: Shell) -> None:
    """A price that looks too low: asked, and about to be answered."""
    page = _outcome(shell)
    page.acts.leave()
    page._low.click()
    form = page.acts.low
    form.margin.setText("5")
    form.margin.editingFinished.emit()
    form.bid.setCurrentIndex(form.bid.findData("B02"))
    form.text.setPlainText("How the outreach posts are paid at this price, year by year.")
    form.who.setText("Morwenna Pascall")
    press(shell)


def deciding(shell: Shell) -> None:
    """The award decision, being recorded."""
    page = _outcome(shell)
    page.acts.leave()
    page.primary.click()
    page.award.decided_by.setText("Ann Lee; Bo Hart")


def held_back(shell: Shell) -> None:
    """A hold stands."""
    space = shell.session.workspace
    if not _keeping(shell).end.isVisible():
        return  # it was ended in the pictures before
    publishing.hold(space, ui_stage.REFERENCE, who="Internal audit", why="They look into the procurement of 2026.")
    _keeping(shell)


def ending(shell: Shell) -> None:
    """The record, about to be ended."""
    space = shell.session.workspace
    if _keeping(shell).lifts:
        publishing.lift(space, ui_stage.REFERENCE, who="Internal audit", why="They are done.")
    card = _keeping(shell)
    if not card.end.isVisible():
        return
    card.end.click()
    card.fields[0].setText(ui_stage.REFERENCE)
    card.fields[1].setText("It is no longer needed.")


def ended(shell: Shell) -> None:
    """The record, ended."""
    ending(shell)
    card = _keeping(shell)
    if card.end.isVisible():
        card.act.click()


def _keeping(shell: Shell) -> KeepingCard:
    shell.refresh()
    page = shell.page("record")
    assert isinstance(page, RecordPage)
    page._area.ensureWidgetVisible(page.keeping)
    return page.keeping


def _outcome(shell: Shell) -> OutcomePage:
    page = shell.page("outcome")
    assert isinstance(page, OutcomePage)
    return page


def start_new(shell: Shell) -> QWidget:
    """The window before the window, the first time."""
    return StartWindow(shell.session.workspace.folders.root / "a profile that is not there", lambda _: None)


def who(shell: Shell) -> QWidget:
    """Choosing who one is."""
    view = shell.session.view
    assert view is not None
    return WhoDialog(tuple(one.member for one in view.panel), "CH1", shell)


def keys(shell: Shell) -> QWidget:
    """Which keys there are."""
    shell.show_keys()
    assert shell._keys is not None
    return shell._keys


def an_invitation(shell: Shell) -> None:
    """The invitation, being read."""
    stick = ui_stage.stick_of(shell.session.workspace)
    shell.show_place("carry", next(iter(stick.glob("*.invitation.PM1.*"))))


def a_stick(shell: Shell) -> None:
    """A stick with files for several people, and one that is no file of evalpanel."""
    stick = ui_stage.stick_of(shell.session.workspace)
    (stick / "holiday.zip").write_bytes(b"no zip")
    carry = _carry(shell)
    carry.take((stick,))
    idle(shell)


def taking_in(shell: Shell) -> None:
    """Files that are being taken in; the worker is held."""
    _carry(shell).take((ui_stage.stick_of(shell.session.workspace),))


def words_of_pm1(shell: Shell) -> None:
    """The eight words, half of them typed."""
    page = _carry(shell)
    if page.stand is not None and page.stand.leads:
        page.people.rows["PM1"].act.click()
    else:
        page.primary.click()
    page.speaking.words.typed.setText("one two three four")


def idle(shell: Shell) -> None:
    """Wait until nothing runs."""
    while shell.jobs.busy:
        QApplication.processEvents()


def _setup(shell: Shell) -> SetupPage:
    page = shell.page("setup")
    assert isinstance(page, SetupPage)
    return page


def _panel(shell: Shell) -> PanelPage:
    page = shell.page("panel")
    assert isinstance(page, PanelPage)
    return page


def _scoring(shell: Shell) -> ScoringPage:
    page = shell.page("scoring")
    assert isinstance(page, ScoringPage)
    return page


def a_bad_day(shell: Shell) -> None:
    """The papers for a bad day."""
    _carry(shell)._bad.click()


def what_waits(shell: Shell) -> None:
    """Files that came too early."""
    _carry(shell)._waits.click()


def bids(shell: Shell) -> None:
    """The bids of the tender."""
    walked.press(shell, "Bids")


def who_bids(shell: Shell) -> None:
    """Which code stands for whom, and letting the panel know."""
    page = _carry(shell)
    page._whose.click()
    page.naming.why.setText("Two bids say themselves whose they are, so nothing is gained by hiding it.")


def rule(shell: Shell) -> None:
    """Two sheets of one person, and which counts."""
    page = _carry(shell)
    page._two.click()
    next(iter(page.ruling.choices.values())).setChecked(True)
    page.ruling.why.setText("The other one comes from a laptop that was put back from a backup.")


def excuse(shell: Shell) -> None:
    """Somebody's answer to the agreed scores cannot be had."""
    page = _carry(shell)
    page.people.rows["PM2"].excuse.click()
    page.excusing.why.setText("They are in hospital, and their deputy was not at the meeting.")


def from_paper(shell: Shell) -> None:
    """Somebody takes over a tender that their laptop knows nothing of; the words of one sheet do not belong together."""
    shell.show_place("carry", Go.SUCCEED)
    page, root = _carry(shell).from_paper, shell.session.workspace.folders.root.parent
    words = paper_words(root)
    page.successor.typed.setText(words["recovery"])
    page.recovery.typed.setText(words["recovery"])
    page.files.choose_folder = lambda: str(root / "stick")
    if not page.files.files:
        page.files.folder.click()
    page.tender.typed.setText(stages.REFERENCE)
    page.fresh.setChecked(True)
    page.code.typed.setText("HP1")
    page.name.typed.setText("Head of procurement")
    page.why.typed.setText("The officer is ill, and the laptop burnt.")
    (root / "new").mkdir(exist_ok=True)
    _carry(shell).out.choose_folder = lambda _: str(root / "new")
    _carry(shell).primary.click()
    idle(shell)


def took_over(shell: Shell) -> None:
    """Somebody has taken over from paper. What came of it is shown again to the next window: it happens once."""
    page, root = _carry(shell).from_paper, shell.session.workspace.folders.root
    if root in _OVER:
        shell.show_place("carry", Go.SUCCEED)
        page.show_done(_OVER[root])
        return
    from_paper(shell)
    page.successor.typed.setText(paper_words(shell.session.workspace.folders.root.parent)["successor"])
    _carry(shell).primary.click()
    idle(shell)
    assert page.done is not None
    _OVER[root] = page.done


_OVER: dict[Path, Done] = {}


def opening_sent(shell: Shell) -> None:
    """What people had sent, opened once more."""
    took_over(shell)
    shell.session.tender = stages.REFERENCE
    shell.session.reload()
    shell.session.person = "HP1"
    shell.show_place("carry")
    page, root = _carry(shell), shell.session.workspace.folders.root.parent
    page.leave()
    page._bad.click()
    page.bad_day.open_sent.click()
    page.open_sent.recovery.typed.setText(paper_words(root)["recovery"])
    page.open_sent.files.choose_folder = lambda: str(root / "stick")
    if not page.open_sent.files.files:
        page.open_sent.files.folder.click()
    page.primary.click()
    idle(shell)


def taking_over(shell: Shell) -> None:
    """Somebody who is about to take over as officer."""
    a_bad_day(shell)
    _carry(shell).bad_day.take_over.click()
    _carry(shell).taking_over.successor.typed.setText("one two three four five six seven eight nine ten eleven")


def start_paper(shell: Shell) -> QWidget:
    """The window before the window, for somebody who has lost the passphrase."""
    root = shell.session.workspace.folders.root / "a profile with a passphrase"
    if not root.exists():
        make_profile(root)
    made = StartWindow(root, lambda _: None)
    made.lost.click()
    return made


def _carry(shell: Shell) -> CarryPage:
    page = shell.page("carry")
    assert isinstance(page, CarryPage)
    return page


def _letters(shell: Shell) -> LettersPage:
    page = shell.page("letters")
    assert isinstance(page, LettersPage)
    return page


def only(place: str, what: object = None) -> tuple[Shot, ...]:
    """A place as it is."""
    return (Shot(place, "", what),)


def places(*keys: str) -> tuple[Shot, ...]:
    """Places as they are."""
    return tuple(Shot(key) for key in keys)


SCENES = (
    # Nothing yet
    Scene("empty", "", (Shot("home"), Shot("home", "start", act=start_new), Shot("home", "start-paper", act=start_paper), *places("setup", "panel", "scoring", "moderation", "outcome", "letters", "record", "carry")), opened=False),
    Scene("empty", "", (Shot("setup", "reading", act=reading_a_pack, slow=True),), opened=False),
    Scene("empty", "", (Shot("setup", "no-pack", act=no_pack),), opened=False),
    Scene("empty", "", (Shot("setup", "notice", act=a_notice),), opened=False),
    Scene("empty", "", (Shot("setup", "pack", act=a_pack),), opened=False),
    Scene("empty", "", (Shot("setup", "faulty", act=a_faulty_pack),), opened=False),
    Scene("draft", "", places("home", "record"), opened=False),
    Scene("draft", "OF1", (*places("home", "setup"), Shot("setup", "criterion", "1.2"), *places("panel", "moderation", "outcome"))),
    Scene("draft", "PM1", places("setup", "scoring")),
    Scene("frozen", "TS1", (*places("home", "setup", "panel"), Shot("panel", "declare", "declare"), *places("scoring"))),
    Scene("frozen", "OF1", (*places("setup"), Shot("setup", "bids", "bids"))),
    # Between laptops
    Scene("frozen", "OF1", places("carry")),
    Scene("frozen", "PM1", (Shot("carry", "not-yours"),)),
    Scene("answering", "OF1", (*places("home", "carry"), Shot("carry", "words", act=words_of_pm1))),
    Scene("answering", "OF1", (Shot("carry", "taking-in", act=taking_in, slow=True),)),
    Scene("answered", "", (Shot("home", "joined"), Shot("carry", "invitation", act=an_invitation)), opened=False),
    Scene("answered", "", (*places("carry"), Shot("carry", "words", act=words_of_pm1)), opened=False),
    Scene("answering", "OF1", (Shot("carry", "bad-day", act=a_bad_day),)),
    Scene("papered", "", (Shot("carry", "from-paper", act=from_paper),), opened=False),
    Scene("papered", "", (Shot("carry", "took-over", act=took_over), Shot("carry", "opening-sent", act=opening_sent)), opened=False),
    Scene("early", "", (Shot("carry", "early", act=what_waits),), opened=False),
    Scene("met", "", (Shot("carry", "waiting"),), opened=False),
    Scene("came", "PM1", (*places("home", "carry"), Shot("carry", "report", act=a_stick), Shot("carry", "taking-over", act=taking_over))),
    Scene("two-sheets", "CH1", (Shot("carry", "two-sheets"), Shot("carry", "ruling", act=rule))),
    Scene("unanswered", "OF1", (Shot("carry", "unanswered"), Shot("carry", "excusing", act=excuse))),
    # Read blind
    Scene("blind", "PM2", (*places("home", "setup", "panel"), Shot("setup", "bids", act=bids), *places("scoring"))),
    Scene("blind-officer", "OF1", (Shot("carry", "who-bids", act=who_bids),)),
    Scene("named", "PM2", (Shot("setup", "bids", act=bids), *places("scoring"))),
    Scene("moderated-blind", "CH1", (*places("scoring", "moderation"), Shot("setup", "bids", act=bids))),
    Scene("moderated-named", "CH1", places("scoring", "moderation")),
    # At work
    Scene("declared", "YE1", places("home", "scoring")),
    Scene("declared", "OF1", (*places("panel"), Shot("panel", "decide", act=decide), Shot("panel", "absence", act=absent))),
    Scene("declared", "FI1", places("home", "panel", "scoring")),
    Scene("scoring", "PM1", (*places("home"), Shot("scoring", "", line("B02", "1.2")), Shot("scoring", "reopen", act=reopen))),
    Scene("scoring", "CH1", (Shot("scoring", "search", line("B02", "1.2"), find),)),
    Scene("scoring", "CH1", (Shot("scoring", "versions", act=versions),)),
    Scene("scoring", "CH1", (Shot("scoring", "at-work", act=at_work),)),
    Scene("scoring", "CH1", (*places("home", "panel"), Shot("scoring", "", line("B02", "2.1")), Shot("scoring", "progress", act=progress), *places("moderation"), Shot("home", "who", act=who), Shot("scoring", "keys", act=keys))),
    Scene("scoring", "OF1", places("home", "setup", "panel", "scoring")),
    Scene("scoring", "CH1", (Shot("scoring", "not-saved", line("B02", "2.1"), not_saved),)),
    # Moderation
    Scene("signed", "CH1", (*places("home", "scoring"), Shot("moderation", "", line("B01", "1.1")), Shot("moderation", "passage", act=passage), *places("outcome", "letters"))),
    Scene("signed", "CH1", (Shot("moderation", "reading", slow=True),)),
    Scene("signed", "PM1", places("moderation")),
    Scene("moderated", "CH1", (Shot("moderation", "", line("B01", "1.1")), Shot("moderation", "wall", act=project), Shot("moderation", "closing", act=closing))),
    Scene("moderated", "FI1", places("moderation")),
    Scene("locked", "OF1", (*places("home", "moderation", "outcome"), Shot("outcome", "wrong-prices", act=wrong_prices))),
    Scene("locked", "PM1", places("outcome")),
    Scene("locked", "OF1", (Shot("outcome", "damaged", act=press), ), before=damage),
    Scene("priced", "OF1", (Shot("letters", "occasion", act=an_occasion), Shot("letters", "occasion-seen", act=an_occasion_seen), Shot("letters", "occasion-blocked", act=an_occasion_blocked))),
    # The end
    Scene("outcome", "OF1", (*places("home", "setup", "panel", "outcome", "letters", "feedback", "record"), Shot("record", "verified", act=verified), Shot("record", "verifying", act=verifying))),
    Scene("outcome", "OF1", (Shot("outcome", "falls-out", act=falls_out), Shot("outcome", "low-price", act=low_price), Shot("outcome", "deciding", act=deciding))),
    Scene("outcome", "OF1", (Shot("letters", "making", slow=True),)),
    Scene("outcome", "OF1", (Shot("record", "reading", slow=True),)),
    Scene("outcome", "FI1", places("home", "panel", "moderation", "outcome", "letters")),
    Scene("outcome", "PM1", (Shot("scoring", "damaged", line("B02", "1.2")),), before=damage),
    Scene("outcome", "OF1", (Shot("record", "damaged", act=verified),), before=damage),
    Scene("decided", "OF1", (*places("letters"), Shot("record", "letters-first"), Shot("letters", "looked-over", act=looked_over))),
    Scene("decided", "OF1", (Shot("letters", "certificate", act=with_a_certificate),)),
    Scene("decided", "OF1", (Shot("letters", "in-one", act=in_one),)),
    Scene("decided", "OF1", (Shot("letters", "letterhead", act=letterhead),)),
    Scene("decided", "OF1", (Shot("letters", "sentences", act=sentences),)),
    Scene("decided", "OF1", (Shot("letters", "blocked"), Shot("letters", "correct", act=correct)), before=without_an_address),
    Scene("decided", "OF1", (Shot("letters", "signed", act=sign), Shot("letters", "checked", act=check_the_list), Shot("letters", "anew", act=anew), *places("home")), before=with_addresses),
    Scene("decided", "OF1", (Shot("feedback", "signed", act=signed_here), Shot("feedback", "sending", act=sending), Shot("feedback", "answers", act=what_bidders_say), Shot("feedback", "lessons", act=learned)), before=with_addresses),
    Scene("decided", "OF1", (Shot("letters", "damaged"), ), before=damage),
    # Three years later
    Scene("due", "OF1", (Shot("record", "due"), Shot("record", "held", act=held_back), Shot("record", "ending", act=ending), Shot("record", "ended", act=ended))),
)  # fmt: skip
"""Scenes of one stage stand together, and what breaks the profile last: it is made once for them."""
