from __future__ import annotations

import io
import json
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from evalpanel.domain.ocds_gaps import OcdsTender
from evalpanel.errors import EvalPanelError
from evalpanel.formats.ocds_draft import draft_workbook
from evalpanel.formats.template import write_template
from evalpanel.formats.workbook import read_workbook
from formats.changed import with_cells
from formats.ocds_examples import SPECIMENS, a_release, award, only, price, quality
from formats.packs import is_text

ANSWERS = {
    "Tender!B5": "pa2023",
    "Tender!B14": "F1",
    "Criteria!J2": "S",
    "Scale!A2": "S",
    "Scale!B2": 0,
    "Scale!C2": "Poor",
    "Scale!A3": "S",
    "Scale!B3": 5,
    "Scale!C3": "Good",
}


def needed(tender: OcdsTender) -> set[str]:
    """The cells that a workbook is refused without, but for the formula, which is missed once the regime is there."""
    return {ask.cell for ask in tender.asks if ask.needed} - {"Tender!B14"}


def stopping(data: bytes) -> list[str]:
    return [problem.where for problem in read_workbook(data).problems if problem.stops]


def test_draft_read_back_has_exactly_the_problems_that_are_asked_for() -> None:
    tender = only(a_release())
    assert stopping(draft_workbook(tender)) == ["Tender!B5", "Scale!A2", "Criteria!J2"]
    assert needed(tender) == {"Tender!B5", "Criteria!J2", "Scale!A2"}


def test_draft_of_a_tender_without_criteria_asks_for_them() -> None:
    tender = only(a_release(awardCriteria=None, title=None))
    expected = ["Tender!B3", "Tender!B5", "Tender!B11", "Tender!B12", "Lots!B2", "Criteria!A2", "Scale!A2"]
    assert sorted(stopping(draft_workbook(tender))) == sorted(expected)
    assert needed(tender) == set(expected)


def test_draft_that_was_completed_is_sound_and_says_what_the_file_said() -> None:
    tender = only(a_release())
    reading = read_workbook(with_cells(draft_workbook(tender), ANSWERS))
    assert [str(it) for it in reading.problems if it.stops] == []
    held = reading.pack.tender
    assert held is not None
    for field in ("reference", "title", "authority", "deadline", "quality_weighting", "price_weighting", "term_months"):
        assert getattr(held, field) == getattr(tender.terms, field)
    assert (reading.pack.lots, reading.pack.criteria[0].weighting) == (tender.pack.lots, Decimal(60))


def test_draft_of_prozorro_is_sound_once_it_was_completed() -> None:
    tender = only(json.loads((SPECIMENS / "prozorro" / "tender-with-features.json").read_bytes()))
    assert needed(tender) == {"Tender!B5"}
    completed = with_cells(draft_workbook(tender), {"Tender!B5": "grant", "Tender!B14": "F1"})
    reading = read_workbook(completed)
    assert stopping(completed) == []
    assert (reading.pack.criteria, reading.pack.scales) == (tender.pack.criteria, tender.pack.scales)


def test_weightings_that_do_not_add_up_are_told_in_the_completed_draft() -> None:
    tender = only(a_release(awardCriteria=award(quality("Q", "57"), price("40"))))
    completed = with_cells(draft_workbook(tender), ANSWERS | {"Tender!B11": 60, "Tender!B12": 40})
    (problem,) = [it for it in read_workbook(completed).problems if it.stops]
    assert str(problem) == "Criteria!I2: the weightings of the top level add up to 57, not to 60 (1)."


def test_asked_cells_are_marked_with_a_colour_and_a_reason() -> None:
    tender = only(a_release())
    book = load_workbook(io.BytesIO(draft_workbook(tender)))
    found = {
        f"{sheet.title}!{cell.coordinate}": (cell.comment.text, cell.fill.fgColor.rgb)
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment is not None
    }
    colours = {True: ("Needed", "FFF6B26B"), False: ("Wanted", "FFFFF2CC")}
    assert found == {it.cell: (f"{colours[it.needed][0]}: {it.why}", colours[it.needed][1]) for it in tender.asks}
    assert (
        found["Tender!B9"][0]
        == "Wanted: OCDS says nothing of the panel. How many members must be present to agree a score?"
    )


def test_empty_marked_cells_of_codes_stay_text() -> None:
    book = load_workbook(io.BytesIO(draft_workbook(only(a_release(awardCriteria=None)))))
    assert [book["Criteria"]["A2"].number_format, book["Scale"]["A2"].number_format] == ["@", "@"]


def test_first_sheet_says_what_the_draft_is_and_keeps_the_instructions() -> None:
    documents = [{"id": "1", "title": "ITT.pdf", "url": "https://example.org/itt"}]
    tender = only(a_release(status="complete", documents=documents))
    sheet = load_workbook(io.BytesIO(draft_workbook(tender)))["Read me"]
    rows = [tuple(cell.value or "" for cell in row[:3]) for row in sheet.iter_rows()]
    assert rows[0] == ("Draft from an OCDS file", "", "")
    assert (
        "/tender/status",
        "is complete: this tender is over as far as the file knows.",
        "",
    ) in rows
    assert ("ITT.pdf", "the tender", "https://example.org/itt") in rows
    assert (
        "Tender!B5",
        "OCDS does not say which of the regimes a tender runs under. Choose from the list.",
        "needed",
    ) in rows
    assert ("The tender workbook", "", "") in rows


def test_texts_of_the_file_are_never_formulas() -> None:
    tender = only(a_release(title='=HYPERLINK("x")', enquiries=[{"id": "=1+1", "description": "+44"}]))
    book = load_workbook(io.BytesIO(draft_workbook(tender)))
    found = [book["Tender"]["B3"], book["Clarifications"]["F2"]]
    assert [(cell.data_type, cell.value) for cell in found] == [("s", '=HYPERLINK("x")'), ("s", "+44")]


def test_process_without_a_tender_gives_no_draft() -> None:
    tender = only({"ocid": "o", "tag": ["contract"]})
    with pytest.raises(EvalPanelError) as raised:
        draft_workbook(tender)
    assert raised.value.title == "No workbook can be drafted from this process."


def test_texts_beyond_what_a_cell_holds_are_cut_and_told() -> None:
    requirements = [{"id": str(number), "title": "𝔸" * 9_000} for number in range(4)]
    criterion = {"id": "c", "title": "Long", "requirementGroups": [{"id": "g", "requirements": requirements}]}
    tender = only(a_release(criteria=[criterion]))
    what = "is longer than a cell of a spreadsheet holds (32,767 signs); the rest was left out."
    assert [str(it) for it in tender.problems] == [f"/tender/criteria/0: {what}"]
    assert is_text(tender.pack.criteria[1].guidance)
    assert read_workbook(draft_workbook(tender)).pack.criteria[1] == tender.pack.criteria[1]


def test_draft_is_the_template_but_for_its_values() -> None:
    draft, template = (
        load_workbook(io.BytesIO(data)) for data in (draft_workbook(only(a_release())), write_template())
    )
    assert draft.sheetnames == template.sheetnames
    assert [[cell.value for cell in sheet[1]] for sheet in draft.worksheets[1:]] == [
        [cell.value for cell in sheet[1]] for sheet in template.worksheets[1:]
    ]
