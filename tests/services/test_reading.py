"""Reading at the desk: which documents belong to a line, how they are shown, when an answer was saved."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

import ui_stage
from evalpanel.domain.readable import ReadableKind
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import documents, reading, scoring
from evalpanel.services.workspace import Workspace


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("declared", tmp_path_factory.mktemp("reading")) as made:
        yield made


def line(bid: str, criterion: str, lot: str = "L1") -> Line:
    return Line(LotCode(lot), BidCode(bid), CriterionCode(criterion))


def paths(space: Workspace, wanted: Line) -> tuple[tuple[str, ...], ...]:
    desk = scoring.desk(space, ui_stage.REFERENCE, "CH1")
    held = reading.for_line(documents.listing(space, ui_stage.REFERENCE), desk.pack, wanted)
    return tuple(tuple(one.path for one in group) for group in (held.answering, held.others, held.tender))


def test_document_of_the_section_answers_its_criteria(space: Workspace) -> None:
    answering, others, tender = paths(space, line("B02", "1.2"))
    assert answering == ("bids/B02/1 Reaching and hearing young people.pdf",)
    assert len(others) == 4
    assert all(path.startswith("bids/B02/") for path in others)
    assert tender == ("documents/Evaluation guide.docx", "documents/Specification.pdf")


def test_bid_that_is_not_there_has_no_documents(space: Workspace) -> None:
    assert paths(space, line("B99", "1.2"))[:2] == ((), ())


def test_unknown_criterion_offers_all_of_the_bid(space: Workspace) -> None:
    assert len(paths(space, line("B02", "9.9"))[0]) == 5


def test_pdf_and_word_are_readable(space: Workspace) -> None:
    pdf = reading.readable(space, ui_stage.REFERENCE, "bids/B02/1 Reaching and hearing young people.pdf", "CH1")
    word = reading.readable(space, ui_stage.REFERENCE, "bids/B02/2 Keeping young people safe and well.docx", "CH1")
    assert (pdf.kind, pdf.data[:5], pdf.note) == (ReadableKind.PDF, b"%PDF-", "")
    assert (word.kind, word.paragraphs[0].text) == (ReadableKind.TEXT, "2.1  Safeguarding practice")
    assert word.note == "The words of the document, without its layout."


def test_bid_stays_closed_to_who_may_not_read_it(space: Workspace) -> None:
    path = "bids/B03/4 Learning and value.docx"  # only in lot 2, from which FI1 is recused
    with pytest.raises(EvalPanelError, match="FI1 is recused from lot L2"):
        reading.readable(space, ui_stage.REFERENCE, path, "FI1")


def test_copy_is_the_document_itself_and_cannot_be_had_by_others(space: Workspace, tmp_path: Path) -> None:
    path = "bids/B03/4 Learning and value.docx"
    out = tmp_path / "copy.docx"
    with pytest.raises(EvalPanelError):
        reading.save_copy(space, ui_stage.REFERENCE, path, "FI1", out)
    assert not out.exists()
    reading.save_copy(space, ui_stage.REFERENCE, path, "CH1", out)
    assert out.read_bytes() == documents.read(space, ui_stage.REFERENCE, path, person="CH1")


def test_last_saved_counts_versions(space: Workspace) -> None:
    here = line("B01", "1.1")
    assert reading.last_saved(space, ui_stage.REFERENCE, "CH1", here) is None
    for value in (3, 4, 4):
        score = Score(here, ScoreStatus.SCORED, Decimal(value))
        scoring.save_score(space, ui_stage.REFERENCE, person="CH1", score=score)
    assert reading.last_saved(space, ui_stage.REFERENCE, "CH1", here) == reading.Saved(2, ui_stage.NOW)


@pytest.mark.parametrize(
    ("path", "content", "kind", "note"),
    [
        ("a.docx", b"nonsense", ReadableKind.OTHER, "It is damaged, or protected by a password."),
        ("a.xlsm", b"PK", ReadableKind.OTHER, "This kind of file is opened in another program."),
        ("a.txt", b"", ReadableKind.OTHER, "There are no words in this file."),
        ("a.txt", "café".encode("latin-1"), ReadableKind.TEXT, ""),
        ("a.bin", b"", ReadableKind.OTHER, "This file is empty."),
        ("a.bin", b"junk\n%PDF-1.4", ReadableKind.PDF, ""),
    ],
)
def test_content_decides_how_a_file_is_shown(path: str, content: bytes, kind: ReadableKind, note: str) -> None:
    shown = reading.shown_as(path, content)
    assert (shown.kind, shown.note.removesuffix(" A copy can be opened in another program.")) == (kind, note)


def test_what_a_reader_should_know_before_opening_it_is_told() -> None:
    scripted = b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
    quiet = b"Plain words."

    assert reading.worth_knowing("notes.txt", quiet) == ()
    assert any("script" in told.lower() for told in reading.worth_knowing("bid.pdf", scripted))
    assert reading.worth_knowing("bid.pdf", b"%PDF-1.4" + bytes(reading.MOST_LOOKED)) == (
        "This document is too large to be looked through for macros and scripts.",
    )
