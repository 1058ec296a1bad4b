"""The reports from the record: what stands in them, who is named, what is held back, and that they are accessible and signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import page
import pypdfium2
import pytest
from openpyxl.worksheet.properties import PageSetupProperties

import make
from after_outcome_steps import ENDS, TODAY, decided, lettered, noticed
from evalpanel.domain.moderation import ModeratedRow
from evalpanel.domain.people import MemberKind
from evalpanel.domain.sheets import ScoreRow, ScoreStatus
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.xlsx import read_xlsx
from evalpanel.services import moderation, outcome, publishing, reporting, scoring, sign_off, verify
from evalpanel.services.workspace import Workspace
from profiles import Clock
from stages import REFERENCE, STEPS, affirm_all, agree_all, agreed, bring, level_of, load, score

At = Callable[[str], Workspace]


def text(file: Path) -> str:
    held = pypdfium2.PdfDocument(file.read_bytes())
    return " ".join(" ".join(one.get_textpage().get_text_range() for one in held).split())


def test_report_says_who_decided_what_and_why_and_is_signed_and_accessible(at: At, tmp_path: Path) -> None:
    space = at("priced")
    noticed(space, tmp_path / "letters")
    written = reporting.report(space, REFERENCE, tmp_path / "report.pdf")
    told = text(written.file)
    for words in (
        "section 98 of the Procurement Act 2023",
        "B01 Harbour Young Carers",
        "Director of Children’s Services",
        "Scheme of delegation 4.2",
        "As ranked by the published method.",
        "Standstill ends at the end of 12 October 2026.",
        "No challenge was notified, and no hold was placed.",
        "No bidder was asked to explain a low price.",
        "No report on agreement among the panel and no sensitivity analysis was made",
        "How each of the 3 bids was assessed, a section each",
        "It does not say how often.",
    ):
        assert words in told
    # A young evaluator stands in it by code alone.
    assert ("PM2" in told, "Pat Marsh" in told, "PM1 Pim Moss" in told) == (True, False, True)
    found = verify.verify_file(space, written.file)
    assert (found.verdict, found.by) == ("verified", written.fingerprint)
    assert f"it is the evaluation report of {REFERENCE} that is on record" in found.proved
    assert verify.verify_tender(space, REFERENCE).verdict == "verified"


@pytest.mark.parametrize("profile", [page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A])
def test_report_holds_the_standards_of_letters(at: At, tmp_path: Path, profile: page.ValidationProfile) -> None:
    space = at("priced")
    decided(space)
    written = reporting.report(space, REFERENCE, tmp_path / "report.pdf")
    assert "no failures" in str(page.validate_pdf(str(written.file), profile=profile))


def test_report_tells_dissent_gates_and_what_fell_out(at: At, tmp_path: Path) -> None:
    space = at("scored")
    affirm_all(space)
    rows: list[ModeratedRow] = [agreed(one.line, level_of(one.line)) for one in moderation.lines(space, REFERENCE)]
    rows[1] = replace(rows[1], dissent="PM1 held that it says less.")
    gone = next(row for row in rows if (row.line.bid, row.line.criterion) == ("B02", "C1"))
    rows[rows.index(gone)] = replace(gone, value=make.scale().bottom)
    moderation.take_moderated(space, REFERENCE, rows=rows)
    for name in ("closed", "priced"):
        STEPS[name](space, REFERENCE)
    outcome.outcome(space, REFERENCE)
    told = text(reporting.report(space, REFERENCE, tmp_path / "report.pdf").file)
    assert "PM1 held that it says less." in told
    assert "B02 Tallis Care Ltd did not pass a gate" in told
    assert "No award decision is on the record yet." in told


@pytest.mark.parametrize(("present", "not_asked"), [(("CH1", "PM1", "PM2"), ""), (("CH1", "PM1"), "PM2")])
def test_report_names_whoever_signed_off_and_was_present_on_no_line(
    at: At, tmp_path: Path, present: tuple[str, ...], not_asked: str
) -> None:
    space = at("scored")
    agree_all(space, present=tuple(PersonCode(one) for one in present))
    for stage in ("closed", "priced"):
        STEPS[stage](space, REFERENCE)
    noticed(space, tmp_path / "letters")
    told = text(reporting.report(space, REFERENCE, tmp_path / "report.pdf").file)
    words = "present on no agreed line, so was not asked whether they agree: "
    assert (f"{words}{not_asked}" in told) if not_asked else (words not in told)


def test_matrix_keeps_five_statuses_apart_and_reads_back(at: At, tmp_path: Path) -> None:
    space = at("declared")
    desk = scoring.desk(space, REFERENCE, "PM1")
    statuses = (ScoreStatus.SCORED, ScoreStatus.ABSTAINED, ScoreStatus.RECUSED, ScoreStatus.NOT_APPLICABLE)
    rows = []
    for place, line in enumerate(desk.owed):
        status = statuses[place % 3] if line.criterion != "C1" else ScoreStatus.NOT_APPLICABLE
        value = make.scale().bottom if status is ScoreStatus.SCORED else None
        rows.append(ScoreRow(f"Scores!A{place}", line, status, value, "=1+1 is what it says."))
    scoring.take_scores(space, REFERENCE, person="PM1", rows=rows[1:])
    sign_off.record_absence(space, REFERENCE, person="PM1", reason="Ill.")
    for person in ("CH1", "PM2"):
        score(space, person=person)
        sign_off.sign_off(space, REFERENCE, person=person)
    agree_all(space, present=(PersonCode("CH1"), PersonCode("PM2")))
    for name in ("closed", "priced"):
        STEPS[name](space, REFERENCE)
    outcome.outcome(space, REFERENCE)
    written = reporting.matrix(space, REFERENCE, tmp_path / "matrix.xlsx")

    book = openpyxl.load_workbook(written.file)
    assert book.sheetnames == [
        "Read me", "Moderated", "Individual", "Reasons", "Spreads", "Outcome", "Gates", "Prices", "Conflicts",
    ]  # fmt: skip
    assert [sheet.freeze_panes for sheet in book] == ["A2", "E2", "E2", "D2", "D2", "C2", "D2", "C2", "B2"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    table = [[cell.value for cell in row] for row in book["Individual"].iter_rows(min_row=2)]
    mine = [row for row in table if row[3] == "PM1"]
    assert {row[5] for row in mine} == {"scored", "abstained", "recused", "not applicable"}
    assert {row[6] for row in mine if row[5] == "scored"} == {0}
    assert {row[6] for row in mine if row[5] != "scored"} == {None}
    assert {(row[7], row[8]) for row in mine} == {("set aside", "=1+1 is what it says.")}
    # Who is young stands by code alone.
    assert {(row[3], row[4]) for row in table} == {("PM1", "Pim Moss"), ("CH1", "Cass Hale"), ("PM2", None)}
    # What is set aside is in no spread.
    assert {row[3].value for row in book["Spreads"].iter_rows(min_row=2)} == {2}
    shown = {(row[1].value, str(row[5].value)) for row in book["Outcome"].iter_rows(min_row=2)}
    result = outcome.outcome(space, REFERENCE).lots[0]
    assert shown == {(bid.bid, f"{bid.total.normalize():f}") for bid in result.bids if bid.total is not None}
    # On paper no column is torn off, and every page has the head; what is wrapped is not cut.
    assert {
        (
            sheet.print_title_rows,
            sheet.page_setup.orientation,
            sheet.page_setup.fitToWidth,
            sheet.page_setup.fitToHeight,
        )
        for sheet in book
    } == {("$1:$1", "landscape", 1, 0)}
    assert [
        one.fitToPage for sheet in book if isinstance(one := sheet.sheet_properties.pageSetUpPr, PageSetupProperties)
    ] == [True] * 9
    assert [cell.value for cell in book["Spreads"][1]] == [
        "Lot", "Bid", "Criterion", "Scores", "Lowest", "Highest", "Spread, % of the scale", "Agreed",
    ]  # fmt: skip
    # Only the head of this sheet has a text of two lines.
    assert [book["Spreads"].row_dimensions[row].height for row in (1, 2)] == [30, 15]
    assert {cell.number_format for cell in book["Prices"]["D"][1:]} == {"#,##0.00"}
    # Our own reader takes it too.
    assert [sheet.title for sheet in read_xlsx(written.file.read_bytes(), "matrix.xlsx")[0]] == book.sheetnames


def test_report_back_is_held_until_standstill_ends_and_names_nobody_but_the_winner(
    at: At, clock: Clock, tmp_path: Path
) -> None:
    space = at("priced")
    decided(space)
    with pytest.raises(EvalPanelError) as early:
        reporting.back(space, REFERENCE, tmp_path / "back.pdf", about="PM1")
    assert early.value.message == "Nothing was written. The award is not public yet: there is no notice on the record."
    lettered(space, tmp_path / "letters")
    publishing.publish(space, REFERENCE, published=TODAY, standstill=True)
    clock.now += ENDS - TODAY
    with pytest.raises(EvalPanelError) as still:
        reporting.back(space, REFERENCE, tmp_path / "back.pdf", about="PM1")
    assert still.value.message == (
        "Nothing was written. Standstill lasts until the end of 12 October 2026. Report back from 13 October 2026 on."
    )
    assert not (tmp_path / "back.pdf").exists()
    clock.now += timedelta(days=1)
    told = text(reporting.back(space, REFERENCE, tmp_path / "back.pdf", about="PM1", person="PM1").file)
    assert "was awarded to Harbour Young Carers" in told
    for secret in (
        "Tallis",
        "Moorland",
        "B02",
        "B03",
        "99,999.99",
        "82.50",
        "Pim",
        "Cass",
        "PM1",
        "PM2",
        "The bid says how",
    ):
        assert secret not in told
    with pytest.raises(EvalPanelError) as others:
        reporting.back(space, REFERENCE, tmp_path / "other.pdf", about="PM1", person="PM2")
    assert others.value.title == "PM2 does not report back for PM1."


def test_whoever_is_recused_from_a_lot_writes_no_whole_report(at: At, tmp_path: Path) -> None:
    space = at("empty")
    panel = tuple(replace(one, organisation="Tallis Care Ltd") if one.person == "OF1" else one for one in make.panel())
    load(space, tmp_path / "pack", make.pack(panel=panel))
    bring(space, "priced")
    outcome.outcome(space, REFERENCE)
    with pytest.raises(EvalPanelError) as refused:
        reporting.matrix(space, REFERENCE, tmp_path / "matrix.xlsx")
    assert refused.value.message == "Nothing was written: this report holds every bid of every lot."
    assert MemberKind.YOUNG in {one.kind for one in panel}


def test_file_of_another_kind_is_refused(at: At, tmp_path: Path) -> None:
    space = at("priced")
    with pytest.raises(EvalPanelError) as refused:
        reporting.report(space, REFERENCE, tmp_path / "report.docx")
    assert refused.value.title == "“report.docx” does not end with .pdf."
