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
from evalpanel.services import documents, reading, record, scoring
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
        ("a.bin", b"", ReadableKind.OTHER, "The file is empty (0 bytes)."),
        ("a.bin", b"junk\n%PDF-1.4", ReadableKind.PDF, ""),
    ],
)
def test_content_decides_how_a_file_is_shown(path: str, content: bytes, kind: ReadableKind, note: str) -> None:
    shown = reading.shown_as(path, content)
    assert (shown.kind, shown.note.removesuffix(" A copy can be opened in another program.")) == (kind, note)


def test_every_version_of_an_answer_is_there_newest_first(space: Workspace) -> None:
    here = line("B01", "1.3")
    first = Score(here, ScoreStatus.SCORED, Decimal(3), "On page 2.")
    second = Score(here, ScoreStatus.ABSTAINED, None, "On page 2.")
    for score in (first, second):
        scoring.save_score(space, ui_stage.REFERENCE, person="CH1", score=score)
    versions = reading.versions(space, ui_stage.REFERENCE, "CH1", here)
    assert [(one.revision, one.score) for one in versions] == [(2, second), (1, first)]
    last = reading.last_saved(space, ui_stage.REFERENCE, "CH1", here)
    assert last is not None
    assert (last.revision, last.at) == (versions[0].revision, versions[0].at)
    assert reading.versions(space, ui_stage.REFERENCE, "PM1", here) == ()


def test_searching_is_on_the_record_and_refused_to_who_may_not_read(space: Workspace) -> None:
    path = "bids/B03/4 Learning and value.docx"  # only in lot 2, from which FI1 is recused
    with pytest.raises(EvalPanelError, match="FI1 is recused from lot L2"):
        reading.searchable(space, ui_stage.REFERENCE, path, "FI1")
    assert reading.searchable(space, ui_stage.REFERENCE, path, "CH1").kind is ReadableKind.TEXT
    newest = record.history(space, ui_stage.REFERENCE)[-1]
    assert (newest.person, newest.what) == ("CH1", f"searched {path}")
