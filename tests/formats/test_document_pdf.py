"""The conflicts assessment on paper: everything in it can be read, in fonts that travel with it, and it is one file."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from evalpanel.domain.conflicts import ConflictsAssessment
from evalpanel.domain.letter import Column, Facts, Paragraph, Row, Section, Table
from evalpanel.formats.document_pdf import render
from heard import faults, loose_ends
from judges import judge

WHEN = datetime(2026, 9, 21, 9, 30, tzinfo=UTC)


def document(rows: int = 3, about: str = "Łódź, Ŵyn & <b>Sons</b>") -> ConflictsAssessment:
    table = Table(
        "Who",
        (Column("Person", 50), Column("Interest", 50)),
        tuple(Row((f"PM{number}", about)) for number in range(rows)),
    )
    facts = Facts((("Reference", "T-1"), ("Confirmed by", "OF1 Ola Fenn")))
    sections = (Section("What this is", (Paragraph("It is an assessment."),)), Section("Who", (table,)))
    return ConflictsAssessment("Conflicts assessment", "T-1", "Northmoor Council", facts, sections)


def words(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "conflicts.pdf"
    path.write_bytes(data)
    told = subprocess.run([judge("pdftotext"), "-layout", path, "-"], check=True, capture_output=True, text=True)
    return told.stdout


def test_everything_can_be_read_again(tmp_path: Path) -> None:
    made = render(document(), made_at=WHEN)

    told = words(made.data, tmp_path)

    assert [one for one in ("Conflicts assessment", "OF1 Ola Fenn", "Łódź, Ŵyn & <b>Sons</b>") if one not in told] == []
    assert "T-1 · page 1 of 1" in told


def test_a_long_register_runs_over_pages(tmp_path: Path) -> None:
    made = render(document(rows=120), made_at=WHEN)

    told = words(made.data, tmp_path)

    assert made.pages == told.count("\f") > 2
    assert "PM119" in told


def test_the_same_assessment_gives_the_same_bytes_and_says_its_language() -> None:
    made = render(document(), made_at=WHEN)

    assert made.data == render(document(), made_at=WHEN).data
    with pikepdf.open(BytesIO(made.data)) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert str(pdf.docinfo["/CreationDate"]) == "D:20260921093000Z"


def test_a_long_register_can_be_heard_and_kept() -> None:
    data = render(document(rows=120), made_at=WHEN).data
    assert faults(data) == []
    assert loose_ends(data) == []


@pytest.mark.parametrize("lines", range(0, 44, 4))
def test_heading_never_ends_a_page_and_a_table_begins_below_it_where_a_row_fits(lines: int) -> None:
    tall = "It says what was found, and who was there when it was found. " * 8
    table = Table(
        "Found", (Column("Bid", 20), Column("What was said", 80)), tuple(Row((f"B0{at}", tall)) for at in range(4))
    )
    before = Section("Before", tuple(Paragraph(f"Line {at}.") for at in range(lines)))
    made = document()
    held = replace(made, sections=(*made.sections[:1], before, Section("What was found", (table,))))
    pages = pypdfium2.PdfDocument(render(held, made_at=WHEN).data)
    texts = [page.get_textpage().get_text_bounded() for page in pages]
    (place,) = [at for at, text in enumerate(texts) if "What was found" in text]
    after = texts[place].split("What was found")[1]
    assert "B00" in after
