"""What comes after the letters: sending them, what bidders answer, and what the authority learns."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

import after_outcome_steps
from evalpanel.domain.correspondence import Channel, ReplyKind
from evalpanel.domain.lessons import Done, Lesson, Registered, Voice
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import lessons, letters, mailing, record, sent, setup, verify
from evalpanel.services.workspace import Workspace
from profiles import Clock, copied, opened
from stages import REFERENCE, Kept


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def signed(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the small tender in a closed profile, and its signed letters."""
    folder = tmp_path_factory.mktemp("signed")
    with opened(copied(kept.profile("priced"), folder / "profile")) as held:
        for bidder in ("B02", "B03"):
            setup.correct_bidder(
                held,
                REFERENCE,
                bidder=bidder,
                address="2 Quay Street\nNorthmoor",
                scheme="GB-COH",
                identifier="00012346",
            )
        after_outcome_steps.decided(held)
        report = letters.letters(held, REFERENCE, folder / "letters")
        assert report.blocked == ()
    return folder


@pytest.fixture
def space(signed: Path, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    """The small tender with its letters signed."""
    copied(signed / "letters", tmp_path / "letters")
    with opened(copied(signed / "profile", tmp_path / "profile"), clock) as held:
        yield held


def proved(space: Workspace) -> str:
    return verify.verify_tender(space, REFERENCE).verdict


def test_draft_for_each_bidder_holds_its_letter_as_it_was_signed(space: Workspace, tmp_path: Path) -> None:
    made = mailing.prepare(space, REFERENCE, tmp_path / "out", forms=False)
    assert made.without == ()
    for one in made.drafts:
        message = email.message_from_bytes(one.file.read_bytes(), policy=email.policy.default)
        assert (message["X-Unsent"], message["To"], message["From"]) == (
            "1",
            one.address,
            "Ola Fenn <ola.fenn@northmoor.example>",
        )
        files = [(part.get_filename(), part.get_content()) for part in message.iter_attachments()]
        (found,) = [each for each in sent.correspondence(space, REFERENCE) if each.bidder == one.bidder]
        assert files == [(found.file, (tmp_path / "letters" / found.file).read_bytes())]
        body = message.get_body()
        assert body is not None
        assert one.name in body.get_content()
        assert "successful" not in body.get_content()  # an e-mail says nothing of the result
    assert proved(space) == "verified"


def test_drafts_written_again_are_the_same_bytes(space: Workspace, tmp_path: Path) -> None:
    first = mailing.prepare(space, REFERENCE, tmp_path / "one", forms=False)
    again = mailing.prepare(space, REFERENCE, tmp_path / "two", forms=False)
    assert [one.file.read_bytes() for one in first.drafts] == [one.file.read_bytes() for one in again.drafts]


def test_bidder_without_an_address_gets_no_draft_and_holds_up_nobody(space: Workspace, tmp_path: Path) -> None:
    with space.store.writing() as tx:
        tx.execute(text("UPDATE bidder SET email = :bad WHERE bidder = 'B02'"), {"bad": "no\r\nBcc: all@x.example"})
        tx.execute(text("UPDATE bidder SET email = '' WHERE bidder = 'B03'"))
    made = mailing.prepare(space, REFERENCE, tmp_path / "out", forms=False)
    assert [one.bidder for one in made.drafts] == ["B01"]
    assert [bidder for bidder, _ in made.without] == ["B02", "B03"]


def test_index_names_every_letter_and_its_digest(space: Workspace, tmp_path: Path) -> None:
    made = mailing.prepare(space, REFERENCE, tmp_path / "out", forms=False)
    sheet = load_workbook(made.index)["Letters"]
    head, *rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(one["bid"], one["sha256"], one["draft"]) for one in found] == [
        (one.bid, one.sha256, f"{REFERENCE}-{one.bidder}.eml") for one in sent.correspondence(space, REFERENCE)
    ]


def test_nothing_is_prepared_before_letters_are_signed(kept: Kept, tmp_path: Path, clock: Clock) -> None:
    with opened(copied(kept.profile("priced"), tmp_path / "profile"), clock) as held:
        with pytest.raises(EvalPanelError, match="No letter of TEST-2026-001 is signed yet"):
            mailing.prepare(held, REFERENCE, tmp_path / "out", forms=False)
        assert not (tmp_path / "out").exists()


def test_sending_goes_on_record_once_for_each_letter(space: Workspace, clock: Clock) -> None:
    clock.forward(hours=2)
    at = clock.now - timedelta(hours=1)
    told = sent.record_sent(space, REFERENCE, at=at, channel=Channel.EMAIL, note="With a receipt asked for.")
    assert [(one.bid, one.sent[0].address != "", one.is_received) for one in told] == [
        ("B01", True, False),
        ("B02", True, False),
        ("B03", True, False),
    ]
    with pytest.raises(EvalPanelError, match="Every letter is on record as sent"):
        sent.record_sent(space, REFERENCE, at=at, channel=Channel.EMAIL)
    (one,) = sent.record_sent(space, REFERENCE, at=clock.now, channel=Channel.POST, bids=[("B02", "L1")])
    assert [each.channel for each in one.sent] == [Channel.EMAIL, Channel.POST]
    assert proved(space) == "verified"
    assert record.history(space, REFERENCE)[-1].sentence.endswith("sent the letter for bid B02, lot L1, by post.")


@pytest.mark.parametrize(
    ("hours", "says"), [(1, "a time that is still to come"), (-30, "was signed after the time that was given")]
)
def test_letter_cannot_be_sent_before_it_was_signed_nor_tomorrow(
    space: Workspace, clock: Clock, hours: int, says: str
) -> None:
    with pytest.raises(EvalPanelError, match=says):
        sent.record_sent(space, REFERENCE, at=clock.now + timedelta(hours=hours), channel=Channel.EMAIL)
    assert [one.sent for one in sent.correspondence(space, REFERENCE)] == [(), (), ()]


def test_answer_of_a_bidder_shows_that_the_letter_arrived(space: Workspace, clock: Clock) -> None:
    sent.record_sent(space, REFERENCE, at=clock.now, channel=Channel.EMAIL)
    clock.forward(days=1)
    found = sent.record_reply(space, REFERENCE, "B02", at=clock.now, kind=ReplyKind.RECEIPT)
    assert (found.is_received, len(found.replies)) == (True, 1)
    with pytest.raises(EvalPanelError, match="The answer has no words"):
        sent.record_reply(space, REFERENCE, "B02", at=clock.now, kind=ReplyKind.QUESTION, text="  ")
    with pytest.raises(EvalPanelError, match="No letter was signed for bid B09"):
        sent.record_reply(space, REFERENCE, "B09", at=clock.now, kind=ReplyKind.RECEIPT)
    assert proved(space) == "verified"


def test_changed_entry_is_seen(space: Workspace, clock: Clock) -> None:
    sent.record_sent(space, REFERENCE, at=clock.now, channel=Channel.EMAIL)
    with space.store.writing() as tx:
        tx.execute(text("DROP TRIGGER tr_letter_sent_no_update"))
        tx.execute(text("UPDATE letter_sent SET address = 'elsewhere' WHERE bid = 'B01'"))
    found = verify.verify_tender(space, REFERENCE)
    assert found.verdict == "altered"
    assert [one for one in found.not_proved if "the sending of act" in one] != []


def test_lesson_stays_open_until_somebody_says_what_is_done(space: Workspace) -> None:
    made = lessons.add(
        space, REFERENCE, " Too many pages. ", stage=ProcessStage.DOCUMENTS, voice=Voice.BIDDERS, criterion="1.1"
    )
    assert made == Lesson(1, ProcessStage.DOCUMENTS, Voice.BIDDERS, "Too many pages.", made.criterion)
    assert made.is_open
    day = date(2026, 10, 1)
    done = lessons.answer(space, REFERENCE, 1, "Forty pages less.", on=day, by="Head of commissioning")
    assert done.done == (Done("Forty pages less.", day, "Head of commissioning"),)
    assert lessons.register(space) == (Registered(REFERENCE, "Advocacy for young carers", done),)
    assert proved(space) == "verified"


@pytest.mark.parametrize(
    ("said", "criterion", "says"),
    [("  ", None, "has no words"), ("x" * 4001, None, "longer than 4,000"), ("Fair.", "9.9", "has no criterion 9.9")],
)
def test_lesson_without_sense_is_refused(space: Workspace, said: str, criterion: str | None, says: str) -> None:
    with pytest.raises(EvalPanelError, match=says):
        lessons.add(space, REFERENCE, said, stage=ProcessStage.TIME, voice=Voice.PANEL, criterion=criterion)
    assert lessons.lessons(space, REFERENCE) == ()


def test_what_is_done_about_no_lesson_is_refused(space: Workspace) -> None:
    with pytest.raises(EvalPanelError, match="There is no lesson 7"):
        lessons.answer(space, REFERENCE, 7, "Something.", on=date(2026, 10, 1), by="Somebody")
