"""The evaluation report of a big tender: short to read, with the reasons of every line in a workbook inside it."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import page
import pikepdf
import pypdfium2
import pytest

import big
import profiles
from evalpanel.domain.evaluation_report_parts import in_short
from evalpanel.errors import Cancelled
from evalpanel.progress import Progress
from evalpanel.services import moderation, outcome, reporting, verify
from evalpanel.services.workspace import Workspace

SIZE = big.Size(bids=31, sections=2, leaves=10, people=12, pages=1)
"""A few lines more than a report in full has."""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The big tender in a size that is just big, decided. Tests only write reports of it."""
    with profiles.opened(big.profile(tmp_path_factory.mktemp("big") / "priced", "priced", SIZE)) as held:
        big.decide(held)
        yield held


def told(file: Path) -> str:
    held = pypdfium2.PdfDocument(file.read_bytes())
    return " ".join(" ".join(one.get_textpage().get_text_range() for one in held).split())


def inside(file: Path) -> dict[str, bytes]:
    with pikepdf.open(file) as pdf:
        return {name: held.get_file().read_bytes() for name, held in pdf.attachments.items()}


def test_report_of_a_big_tender_tells_the_winner_in_full_and_all_others_by_their_scores(
    space: Workspace, tmp_path: Path
) -> None:
    assert len(moderation.lines(space, big.REFERENCE, words=False)) > in_short.MOST_LINES
    written = reporting.report(space, big.REFERENCE, tmp_path / "report.pdf")
    text = told(written.file)
    result = outcome.outcome(space, big.REFERENCE).lots[0]
    best, second = result.bids[:2]
    for words in (
        f"Bid {best.bid} in lot L1: {best.name}",
        "How differences were settled",
        f"{second.bid} {second.name} Rank 2, total {second.total:.2f}.",
        ", ".join(f"{one.criterion}: {one.score}" for one in second.criteria[:3]),
        "The panel agreed on 620 lines",
    ):
        assert words in text
    assert (written.pages < 40, text.count("How differences were settled")) == (True, 20)
    assert verify.verify_file(space, written.file).verdict == "verified"


def test_workbook_inside_the_report_holds_every_reason_and_no_individual_score(
    space: Workspace, tmp_path: Path
) -> None:
    written = reporting.report(space, big.REFERENCE, tmp_path / "report.pdf")
    ((name, data),) = inside(written.file).items()
    assert name == reporting.REASONS_FILE
    assert hashlib.sha256(data).hexdigest() in told(written.file).replace(" ", "")
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert book.sheetnames == ["Read me", "Moderated", "Reasons", "Spreads"]
    rows = {tuple(row[:3]): row[3:5] for row in book["Reasons"].iter_rows(min_row=2, values_only=True)}
    agreed = [one.agreed for one in moderation.lines(space, big.REFERENCE) if one.agreed is not None]
    assert rows == {(one.line.lot, one.line.bid, one.line.criterion): (one.value, one.reasons) for one in agreed}


@pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_3A])
def test_report_with_a_workbook_inside_holds_the_standards(
    space: Workspace, tmp_path: Path, profile: page.ValidationProfile
) -> None:
    written = reporting.report(space, big.REFERENCE, tmp_path / "report.pdf")
    assert "no failures" in str(page.validate_pdf(str(written.file), profile=profile))


def test_report_in_full_has_every_reason_on_its_pages_and_nothing_inside(space: Workspace, tmp_path: Path) -> None:
    written = reporting.report(space, big.REFERENCE, tmp_path / "report.pdf", in_full=True)
    assert (inside(written.file), told(written.file).count("How differences were settled")) == ({}, 620)


def test_report_can_be_stopped_while_its_pages_are_made(space: Workspace, tmp_path: Path) -> None:
    class OnThirdPage(Progress):
        def step(self, done: int, total: int, what: str = "") -> None:
            if what == "page 3":
                self.cancel()
            super().step(done, total, what)

    with pytest.raises(Cancelled):
        reporting.report(space, big.REFERENCE, tmp_path / "report.pdf", progress=OnThirdPage())
    assert not (tmp_path / "report.pdf").exists()


def test_scores_of_twelve_people_stand_whole_beside_their_chart(space: Workspace, tmp_path: Path) -> None:
    written = reporting.report(space, big.REFERENCE, tmp_path / "report.pdf")
    best = outcome.outcome(space, big.REFERENCE).lots[0].bids[0].bid
    of_best = [one for one in moderation.lines(space, big.REFERENCE) if one.line.bid == best]
    counts = {sum(one.score.value is not None for one in line.scores) for line in of_best}
    assert counts == {12}
    assert "…" not in told(written.file)
