"""The form about the process: heard by everybody, filled in with other people's programs, and read back."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest

import heard
from evalpanel.domain.process_feedback import MOST_WORDS
from evalpanel.errors import EvalPanelError
from evalpanel.formats.feedback_form_pdf import FormAbout, render
from evalpanel.formats.filled_form import FilledForm, read_filled
from evalpanel.services.questions import shipped_form
from filling import filled
from judges import judge

AT = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
ABOUT = FormAbout("Northmoor Council", "TEST-2026-001", "Advocacy for young carers", "1 0123abcd L1")
FORM = shipped_form()
NAMES = "Zażółć gęślą jaźń · Đặng Thị Hồng · Αθηνά · Київ · ﬁnance"


@pytest.fixture(scope="module")
def made() -> bytes:
    return render(FORM, ABOUT, made_at=AT)


def test_form_is_accessible_and_archival(made: bytes) -> None:
    assert heard.faults(made) == []


def test_form_with_long_questions_in_many_scripts_is_accessible_too() -> None:
    long = tuple(replace(one, text=f"{one.text} {NAMES} " * 3) for one in FORM.questions)
    data = render(replace(FORM, questions=long), replace(ABOUT, title=NAMES), made_at=AT)
    assert heard.faults(data) == []


def test_every_field_says_what_is_asked(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        widgets = [widget for page in pdf.pages for widget in page.Annots]
        assert all(str(widget.TU) for widget in widgets)
        fields = {str(one.T): one for one in pdf.Root.AcroForm.Fields}
        assert list(fields) == [*(one.code for one in FORM.questions), "evalpanel-form"]
        assert str(fields["found"].TU) == FORM.questions[0].text
        assert int(fields["evalpanel-form"].Ff) & 1 == 1  # nobody can change it
        assert "/NeedAppearances" not in pdf.Root.AcroForm


def test_form_is_heard_question_by_question_with_its_choices(made: bytes) -> None:
    fields = [one.alternative for one in heard.elements(made) if one.tag == "Form"]
    first = FORM.questions[0].text
    assert fields[:4] == [f"{first}: {words}" for words in FORM.scale]
    assert len(fields) == sum(max(1, len(FORM.choices(one))) for one in FORM.questions)


def test_form_that_another_program_filled_in_is_read_as_it_was_filled(made: bytes) -> None:
    data = filled(made, {"found": 2, "asked": 0}, {"keep": "The plain words (and a café).", "name": "Ada"})
    read = read_filled(data, FORM)
    assert read.mark == "1 0123abcd L1"
    assert {code: text for code, text in read.fields.items() if text} == {
        "found": "Mostly",
        "asked": "Yes",
        "keep": "The plain words (and a café).",
        "name": "Ada",
    }


def test_form_that_was_left_blank_is_read_as_blank(made: bytes) -> None:
    read = read_filled(filled(made, {}, {}), FORM)
    assert isinstance(read, FilledForm)
    assert [text for text in read.fields.values() if text] == []


def test_same_form_is_the_same_bytes(made: bytes) -> None:
    assert render(FORM, ABOUT, made_at=AT) == made


def test_other_program_finds_nothing_wrong(made: bytes, tmp_path: Path) -> None:
    file = tmp_path / "form.pdf"
    file.write_bytes(made)
    subprocess.run([judge("qpdf"), "--check", str(file)], check=True, capture_output=True)


def test_form_whose_choices_fit_no_page_is_refused_in_words() -> None:
    with pytest.raises(EvalPanelError, match="The form about the process cannot be laid out"):
        render(replace(FORM, scale=("No", "word " * MOST_WORDS)), ABOUT, made_at=AT)
