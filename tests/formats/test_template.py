from __future__ import annotations

import io
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook

import make
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.tender import Lot
from evalpanel.errors import EvalPanelError
from evalpanel.formats.columns import SHEETS
from evalpanel.formats.template import write_pack, write_template
from evalpanel.formats.workbook import read_workbook
from formats.packs import packs


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(packs)
def test_pack_written_and_read_is_the_same(pack: TenderPack) -> None:
    pack = replace(pack, has_documents_sheet=bool(pack.documents))
    assert read_workbook(write_pack(pack)).pack == pack


def test_template_read_back_misses_only_what_is_needed() -> None:
    assert [(str(problem), problem.stops) for problem in read_workbook(write_template()).problems] == [
        ("Tender!B2: the reference is missing.", True),
        ("Tender!B3: the title is missing.", True),
        ("Tender!B4: the authority is missing.", True),
        ("Tender!B5: the regime is missing.", True),
        ("Tender!B11: the quality_weighting is missing.", True),
        ("Tender!B12: the price_weighting is missing.", True),
        ("Criteria!A2: the criteria are missing.", True),
        ("Scale!A2: the scale is missing.", True),
        ("Panel!A2: the panel is missing; nobody can score yet.", False),
    ]


def test_template_has_every_sheet_and_column_in_order() -> None:
    book = load_workbook(io.BytesIO(write_template()))
    assert book.sheetnames == ["Read me", *(spec.name for spec in SHEETS)]
    found = {sheet.title: [cell.value for cell in sheet[1]] for sheet in book.worksheets[2:]}
    assert found == {spec.name: [column.name for column in spec.columns] for spec in SHEETS[1:]}
    assert [cell.value for cell in book["Tender"][1]] == ["field", "value", "hint"]
    assert [cell.value for cell in book["Tender"]["A"]][1:] == [column.name for column in SHEETS[0].columns]


def test_template_offers_the_values_of_every_list() -> None:
    book = load_workbook(io.BytesIO(write_template()))
    lists = {
        (sheet.title, str(found.sqref)): found.formula1
        for sheet in book.worksheets
        for found in sheet.data_validations.dataValidation
        if found.type == "list"
    }
    assert lists["Criteria", "F2:F1000"] == '"section,quality,condition,consideration,information"'
    assert lists["Tender", "B5"] == '"pa2023,pa2023-light-touch,pa2023-wales,pcr2015,psr2023,grant"'
    assert len(lists) == 22
    assert [listed for listed in lists.values() if listed is None or len(listed) > 257] == []


def test_template_formats_code_columns_as_text_and_freezes_the_header() -> None:
    book = load_workbook(io.BytesIO(write_template()))
    assert [book["Criteria"].column_dimensions[letter].number_format for letter in "ABCIJ"] == [
        "@",
        "@",
        "@",
        "General",
        "@",
    ]
    assert {sheet.title: sheet.freeze_panes for sheet in book.worksheets[1:]} == {spec.name: "A2" for spec in SHEETS}
    assert book["Criteria"]["A1"].font.b is True


def test_template_filled_in_by_hand_is_read() -> None:
    book = load_workbook(io.BytesIO(write_template()))
    fields = {row[0].value: row[1] for row in book["Tender"].iter_rows(min_row=2)}
    typed: dict[str, str | int] = {
        "reference": "T-1", "title": "Advice", "authority": "Northmoor", "regime": "grant",
        "quality_weighting": "100%", "price_weighting": 0,
    }  # fmt: skip
    for name, value in typed.items():
        fields[name].value = value
    book["Criteria"]["A2"], book["Criteria"]["E2"], book["Criteria"]["I2"], book["Criteria"]["J2"] = (
        "1",
        "Need",
        100,
        "S",
    )
    for row in (("S", 0, "No"), ("S", 1, "Yes")):
        book["Scale"].append(row)
    target = io.BytesIO()
    book.save(target)
    reading = read_workbook(target.getvalue())
    assert [str(problem) for problem in reading.problems if problem.stops] == []
    assert reading.pack.lots == (Lot(make.LOT, "Advice"),)


@pytest.mark.parametrize("text", ["x" * 32_768, "😀" * 16_384, "a\x00b", "half \ud800"])
def test_pack_with_text_that_no_cell_holds_is_refused(text: str) -> None:
    tender = make.tender()
    with pytest.raises(EvalPanelError, match=r"^A text does not fit into a spreadsheet\."):
        write_pack(make.pack(tender=replace(tender, tie_rule=text)))


@pytest.mark.parametrize("text", ["x" * 32_767, "😀" * 16_383])
def test_pack_with_the_longest_text_is_kept_whole(text: str) -> None:
    pack = make.pack(tender=replace(make.tender(), tie_rule=text))
    assert read_workbook(write_pack(pack)).pack == pack


@pytest.mark.parametrize("text", ["=1+1", "+44", "-5", "@SUM(A1)", '=HYPERLINK("x")'])
def test_pack_text_that_looks_like_a_formula_is_text(text: str) -> None:
    data = write_pack(make.pack(lots=(Lot(make.LOT, text),)))
    cell = load_workbook(io.BytesIO(data))["Lots"]["B2"]
    assert (cell.data_type, cell.value, bool(cell.quotePrefix)) == ("s", text, True)
