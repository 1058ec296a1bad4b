"""Forms about the process go out with letters, come back filled in, and become a review that names nobody."""

from __future__ import annotations

import email
import email.policy
import re
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select, text

import after_outcome_steps
import heard
from evalpanel.domain.lessons import Voice
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import feedback, lessons, letters, mailing, process_review, setup, verify
from evalpanel.services.feedback import FormVerdict
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from filling import filled
from profiles import Clock, copied, opened
from stages import REFERENCE, Kept


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def space(kept: Kept, tmp_path: Path, clock: Clock) -> Iterator[Workspace]:
    with opened(copied(kept.profile("priced"), tmp_path / "profile"), clock) as held:
        yield held


@pytest.fixture
def blank(space: Workspace, tmp_path: Path) -> bytes:
    (form,) = feedback.write_forms(space, REFERENCE, tmp_path)
    return form.read_bytes()


def came(folder: Path, name: str, blank: bytes, choice: int = 2, words: str = "Pictures.") -> Path:
    file = folder / name
    file.write_bytes(filled(blank, {"found": choice, "again": 0}, {"keep": words, "name": "Ada of Harbour"}))
    return file


def test_filled_form_is_taken_in_once(space: Workspace, tmp_path: Path, blank: bytes) -> None:
    file = came(tmp_path, "one.pdf", blank)
    again = tmp_path / "copy.pdf"
    shutil.copy(file, again)
    first, second = feedback.take(space, REFERENCE, [file, again])
    assert (first.verdict, first.words, first.notes) == (FormVerdict.NEW, "4 answers were taken in.", ())
    assert second.verdict is FormVerdict.SAME
    (held,) = feedback.overview(space, REFERENCE).forms
    assert dict(held.answers.given) == {
        "found": "Mostly",
        "again": "Yes",
        "keep": "Pictures.",
        "name": "Ada of Harbour",
    }
    assert (held.lot, held.received_on) == ("L1", date(2026, 10, 1))
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


def test_bad_files_never_stop_the_others(space: Workspace, tmp_path: Path, blank: bytes) -> None:
    (tmp_path / "photo.pdf").write_bytes(b"GIF89a")
    (tmp_path / "empty.pdf").write_bytes(blank)
    other = tmp_path / "other.pdf"
    other.write_bytes(filled(blank.replace(space_id(space), b"00000000"), {"found": 0}, {}))
    good = came(tmp_path, "good.pdf", blank)
    files = [tmp_path / "photo.pdf", tmp_path / "empty.pdf", other, tmp_path / "gone.pdf", good]
    found = feedback.take(space, REFERENCE, files)
    assert [one.verdict for one in found] == [
        FormVerdict.UNREADABLE,
        FormVerdict.UNREADABLE,
        FormVerdict.OTHER_TENDER,
        FormVerdict.UNREADABLE,
        FormVerdict.NEW,
    ]
    assert "Nothing is filled in" in found[1].words
    assert len(feedback.overview(space, REFERENCE).forms) == 1


def space_id(space: Workspace) -> bytes:
    with space.store.reading() as tx:
        return tx.execute(select(t.TenderRow.tender_id)).scalar_one()[:8].encode()


def test_form_is_not_received_tomorrow(space: Workspace, tmp_path: Path, blank: bytes) -> None:
    with pytest.raises(EvalPanelError, match="still to come"):
        feedback.take(space, REFERENCE, [came(tmp_path, "one.pdf", blank)], received_on=date(2026, 10, 2))


def test_answers_and_file_that_were_changed_are_seen(space: Workspace, tmp_path: Path, blank: bytes) -> None:
    feedback.take(space, REFERENCE, [came(tmp_path, "one.pdf", blank)])
    with space.store.writing() as tx:
        tx.execute(text("DROP TRIGGER tr_feedback_no_update"))
        tx.execute(text("UPDATE feedback SET answers = '[]'"))
        sealed = tx.execute(select(t.FeedbackRow.sealed)).scalar_one()
    path = space.documents.path(sealed)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    told = verify.verify_tender(space, REFERENCE)
    assert told.verdict == "altered"
    assert [one for one in told.not_proved if one.startswith(("the feedback of act", "the filled form of act"))] != []


def test_form_goes_with_each_letter(space: Workspace, tmp_path: Path) -> None:
    after_outcome_steps.decided(space)
    letters.letters(space, REFERENCE, tmp_path / "letters")
    made = mailing.prepare(space, REFERENCE, tmp_path / "out")
    (draft, *_) = made.drafts
    message = email.message_from_bytes(draft.file.read_bytes(), policy=email.policy.default)
    files = [part.get_filename() for part in message.iter_attachments()]
    assert files == [f"{REFERENCE}-L1-B01.pdf", f"{REFERENCE}-L1-about-the-process.pdf"]


def words_of(file: Path) -> str:
    document = pypdfium2.PdfDocument(file.read_bytes())
    try:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    finally:
        document.close()


def test_review_tells_what_was_said_and_done_and_names_nobody(space: Workspace, tmp_path: Path, blank: bytes) -> None:
    files = [came(tmp_path, f"{place}.pdf", blank, place, f"Words {place}.") for place in range(3)]
    feedback.take(space, REFERENCE, files)
    lessons.add(space, REFERENCE, "Too many pages.", stage=ProcessStage.DOCUMENTS, voice=Voice.BIDDERS)
    lessons.answer(space, REFERENCE, 1, "Forty pages less.", on=date(2026, 10, 1), by="Head of commissioning")
    made = process_review.write(space, REFERENCE, tmp_path / "review.pdf")
    words = words_of(made.file)
    assert (made.forms, made.lessons) == (3, 1)
    assert "Forty pages less. (1 October 2026)" in words
    assert "Words 2." in words
    view = setup.view(space, REFERENCE)
    names = [one.member.name for one in view.panel] + ["Ada of Harbour", "Harbour Young Carers"]
    assert [name for name in names if name in words] == []
    assert heard.faults(made.file.read_bytes()) == []


def test_answer_that_names_somebody_is_not_quoted_and_that_is_told(
    space: Workspace, tmp_path: Path, blank: bytes
) -> None:
    said = ("Ask harbour  young carers.", "Pim Moss was kind.", "A harbour view.")
    files = [came(tmp_path, f"{place}.pdf", blank, place, words) for place, words in enumerate(said)]
    assert [one.verdict for one in feedback.take(space, REFERENCE, files)] == [FormVerdict.NEW] * 3
    words = words_of(process_review.write(space, REFERENCE, tmp_path / "review.pdf").file)
    assert re.findall("“[^”]*”", words) == ["“A harbour view.”"]
    assert "2 answers are not quoted, because they would name somebody who takes part." in words


def test_few_answers_are_not_shown(space: Workspace, tmp_path: Path, blank: bytes) -> None:
    feedback.take(space, REFERENCE, [came(tmp_path, "one.pdf", blank), came(tmp_path, "two.pdf", blank, 1, "Secret.")])
    words = words_of(process_review.write(space, REFERENCE, tmp_path / "review.pdf").file)
    assert "2 forms have come back. With fewer than 3" in words
    assert re.search("Secret|Pictures", words) is None


def test_register_lists_lessons_of_all_tenders(space: Workspace, tmp_path: Path, clock: Clock) -> None:
    clock.now += timedelta(days=1)
    lessons.add(space, REFERENCE, "Start earlier.", stage=ProcessStage.TIME, voice=Voice.PANEL)
    made = process_review.write_register(space, tmp_path / "register.pdf")
    words = words_of(made.file)
    assert "Start earlier." in words and "Not decided yet." in words
    assert heard.faults(made.file.read_bytes()) == []
