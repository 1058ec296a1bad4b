"""Workbooks that nobody should open: each is refused in words, quickly, and with the file's name."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import make
from evalpanel.formats import xlsx_sheet
from evalpanel.formats.grid import CellKind
from evalpanel.formats.workbook import read_workbook
from evalpanel.formats.xlsx import MAX_PARTS, MAX_RELATIONS, MAX_UNPACKED, read_xlsx
from formats.changed import change, part_of, with_part

SAVE_AS = "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx)."
SMALL = make.sheets(Lots=[["lot", "title"], ["L1", "One"], ["L2", "Two"]])
SHEET = "xl/worksheets/sheet1.xml"


def said(data: bytes) -> str:
    sheets, problems = read_xlsx(data, "t.xlsx")
    assert (sheets, len(problems), problems[0].where, problems[0].stops) == ((), 1, "t.xlsx", True)
    return problems[0].what


def zipped(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty."),
        (OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"), "is protected with a password. Open it, remove the password, save it and try again."),
        (OLE + b"\0" * 500, f"is in an old Excel format (.xls). {SAVE_AS}"),
        (b"%PDF-1.7", "is a PDF and not a spreadsheet."),
        (b"\xef\xbb\xbf <HTML><table><tr><td>1", f"is a web page or XML under the name of a spreadsheet. {SAVE_AS}"),
        (b"lot,title\nL1,One\n", f"is not an Excel workbook. {SAVE_AS}"),
        (zipped(**{"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), f"is an OpenDocument file. {SAVE_AS}"),
        (zipped(**{"word.txt": b"x"}), f"is a zip archive but not a workbook. {SAVE_AS}"),
        (zipped(**{"[Content_Types].xml": b"<Types/>"}), f"is a zip archive but not a workbook. {SAVE_AS}"),
        (zipped(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b""}), f"is a binary workbook (.xlsb). {SAVE_AS}"),
        (with_part(SMALL, "xl/vbaProject.bin", lambda _: b"x"), "holds macros, which are never opened. Save it as an Excel workbook without macros (.xlsx)."),
        (with_part(SMALL, "xl/externalLinks/externalLink1.xml", lambda _: b"<x/>"), "takes values from other workbooks. Break the links (paste values), save it and try again."),
        (with_part(SMALL, "XL/WORKBOOK.XML", lambda _: b"<x/>"), f"holds two parts of the same name. {SAVE_AS}"),
    ],
)  # fmt: skip
def test_xlsx_foreign_file_is_named_for_what_it_is(data: bytes, what: str) -> None:
    assert said(data) == what


@pytest.mark.parametrize(
    "part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"]
)
def test_xlsx_billion_laughs_is_refused_in_every_part(part: str) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><x>&b;</x>'
    what = "holds a document type or entities, which no spreadsheet program writes. It was not read."
    assert said(with_part(SMALL, part, lambda _: bomb)) == what


def test_xlsx_external_entity_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/hostname"><x/>'
    assert said(with_part(SMALL, SHEET, lambda _: bomb)).startswith("holds a document type or entities")


def test_xlsx_that_unpacks_to_too_much_is_not_opened() -> None:
    target = io.BytesIO(SMALL)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/a.bin", "w") as part:
        for _ in range(MAX_UNPACKED // 2**20 + 1):
            part.write(b"\0" * 2**20)
    assert said(target.getvalue()) == "unpacks to more than 128 MiB or 5,000 parts and was not opened."


def test_xlsx_part_that_lies_about_its_size_is_damaged() -> None:
    data = bytearray(with_part(SMALL, "xl/styles.xml", lambda xml: xml + b" " * 5000))
    info = zipfile.ZipFile(io.BytesIO(bytes(data))).getinfo("xl/styles.xml")
    size = info.file_size.to_bytes(4, "little")
    data = bytearray(bytes(data).replace(size, (100).to_bytes(4, "little")))
    assert said(bytes(data)).startswith("is damaged and cannot be read (")


def test_xlsx_wrong_checksum_is_damaged() -> None:
    with zipfile.ZipFile(io.BytesIO(SMALL)) as archive:
        crc = archive.getinfo(SHEET).CRC
    assert said(SMALL.replace(crc.to_bytes(4, "little"), b"\1\2\3\4")).startswith(
        "is damaged and cannot be read (Bad CRC-32"
    )


@pytest.mark.parametrize("share", [0.001, 0.02, 0.5, 0.998])
def test_xlsx_truncated_file_is_damaged(share: float) -> None:
    assert said(SMALL[: round(len(SMALL) * share)]).startswith("is damaged and cannot be read (")


def test_xlsx_encrypted_member_is_protected() -> None:
    data = bytearray(SMALL)
    for signature, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        place = bytes(data).find(signature)
        while place >= 0:
            data[place + offset] |= 1
            place = bytes(data).find(signature, place + 4)
    assert said(bytes(data)) == "is protected with a password. Open it, remove the password, save it and try again."


def sheet_of(rows: str) -> bytes:
    xml = f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>'
    return with_part(SMALL, SHEET, lambda _: xml.encode())


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ('<row r="2"/><row r="1"/>', "rows of the sheet Lots are out of order at 1"),
        ('<row r="2"/><row r="2"/>', "rows of the sheet Lots are out of order at 2"),
        ('<row r="1"><c r="B1"/><c r="A1"/></row>', "cells of the sheet Lots are out of order in row 1"),
        ('<row r="1"><c r="A1"/><c r="A1"/></row>', "cells of the sheet Lots are out of order in row 1"),
        ('<row r="1"><c r="A2"/></row>', "the sheet Lots holds a cell 'A2' in row 1"),
        ('<row r="1048577"/>', "rows of the sheet Lots are out of order at 1048577"),
        ('<row r="-1"/>', "'-1' stands where a number should"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "'-1' stands where a number should"),
        ('<row r="1"><c r="A1" t="s"><v>999</v></c></row>', "the cell Lots!A1 names a text that is not there"),
        ('<row r="1"><c r="A1" t="x"><v>1</v></c></row>', "the cell Lots!A1 is of the unknown kind 'x'"),
        ('<row r="1"><c>', "mismatched tag"),
    ],
)
def test_xlsx_sheet_that_contradicts_itself_is_damaged(rows: str, what: str) -> None:
    assert what in said(sheet_of(rows))


def cells_of(data: bytes) -> list[tuple[str, CellKind, str]]:
    sheets, problems = read_xlsx(data, "t.xlsx")
    assert problems == ()
    return [
        (sheet.place(row, column), cell.kind, cell.text)
        for sheet in sheets
        for row, cells in sheet.rows.items()
        for column, cell in cells.items()
    ]


def test_xlsx_cells_without_references_follow_each_other() -> None:
    rows = '<row><c t="str"><v>a</v></c><c><v>1.50</v></c></row><row><c t="b"><v>1</v></c></row>'
    assert cells_of(sheet_of(rows)) == [
        ("Lots!A1", CellKind.TEXT, "a"),
        ("Lots!B1", CellKind.NUMBER, "1.50"),
        ("Lots!A2", CellKind.BOOLEAN, "1"),
    ]


def test_xlsx_phonetic_guides_are_no_text_and_rich_text_is_joined() -> None:
    rows = (
        '<row r="1"><c r="A1" t="inlineStr"><is><r><t>Advo</t></r><r><t>cacy</t></r><rPh sb="0" eb="1"><t>ad</t></rPh>'
        '</is></c><c r="B1" t="inlineStr"><is><t>_x0041__x005F_x0042_</t></is></c></row>'
    )
    assert cells_of(sheet_of(rows)) == [("Lots!A1", CellKind.TEXT, "Advocacy"), ("Lots!B1", CellKind.TEXT, "A_x0042_")]


def test_xlsx_wrong_dimension_changes_nothing() -> None:
    lying = with_part(
        SMALL, SHEET, lambda xml: xml.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:XFD1048576"')
    )
    small = with_part(SMALL, SHEET, lambda xml: xml.replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"'))
    assert cells_of(lying) == cells_of(small) == cells_of(SMALL)


def test_xlsx_million_empty_rows_are_nothing() -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>lot</v></c></row>' + '<row r="1048576" ht="15"><c r="XFD1048576" s="0"/></row>'
    )
    assert cells_of(sheet_of(rows)) == [("Lots!A1", CellKind.TEXT, "lot")]


def test_xlsx_values_beyond_the_limits_are_refused() -> None:
    rows = (
        '<row r="1"><c r="A1" t="str"><v>lot</v></c><c r="GS1"><v>1</v></c></row>'
        '<row r="100001"><c r="A100001"><v>1</v></c></row>'
    )
    sheets, _ = read_xlsx(sheet_of(rows), "t.xlsx")
    assert [(str(note), note.stops) for note in sheets[0].notes] == [
        ("Lots: has more than 100,000 rows; split it.", True),
        ("Lots: has values beyond column GR; remove them.", True),
    ]


def test_xlsx_formula_of_any_kind_is_known_as_one() -> None:
    rows = (
        '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f t="shared" si="0"/><v>3</v></c>'
        '<c r="C1" t="str"><f t="array" ref="C1">A1</f><v>x</v></c><c r="D1"><f>[1]Sheet1!A1</f></c></row>'
    )
    assert [kind for _, kind, _ in cells_of(sheet_of(rows))] == [CellKind.FORMULA] * 4


def test_xlsx_strict_namespace_and_prefixes_are_read_like_the_usual_ones() -> None:
    xml = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:sheetData>'
        '<x:row r="1"><x:c r="A1" t="d"><x:v>2026-09-18T12:00:00</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    data = with_part(SMALL, SHEET, lambda _: xml.encode())
    assert cells_of(data) == [("Lots!A1", CellKind.DATE, "2026-09-18T12:00:00")]


def test_xlsx_date_outside_the_calendar_is_an_error() -> None:
    def act(book: object) -> None:
        book["Lots"]["A2"].value = 99999999  # type: ignore[index]  # openpyxl types its sheets loosely
        book["Lots"]["A2"].number_format = "dd/mm/yyyy"  # type: ignore[index]  # openpyxl types its sheets loosely

    assert cells_of(change(SMALL, act))[2] == ("Lots!A2", CellKind.ERROR, "99999999")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_xlsx_no_damage_to_a_part_is_an_exception(data: st.DataObject) -> None:
    part = data.draw(
        st.sampled_from(["xl/workbook.xml", "xl/styles.xml", SHEET, "xl/_rels/workbook.xml.rels", "_rels/.rels"])
    )
    with zipfile.ZipFile(io.BytesIO(SMALL)) as archive:
        whole = archive.read(part)
    at = data.draw(st.integers(0, len(whole) - 1))
    cut = data.draw(st.integers(0, 40))
    new = data.draw(
        st.sampled_from([b"", b"-1", b"99999999999", b'"', b"<c/>", b"\xff", b"A1", b"nan", b"&#0;", b"1e999"])
    )
    reading = read_workbook(with_part(SMALL, part, lambda _: whole[:at] + new + whole[at + cut :]), "t.xlsx")
    assert [problem for problem in reading.problems if not problem.where or not problem.what] == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=6))
def test_xlsx_no_damage_to_the_file_is_an_exception(at: int, new: bytes) -> None:
    reading = read_workbook(SMALL[:at] + new + SMALL[at + len(new) :], "t.xlsx")
    assert reading.pack == read_workbook(SMALL).pack or not reading.is_sound


def test_xlsx_part_of_another_sheet_is_found_by_its_relationship() -> None:
    data = make.sheets(Lots=[["lot"], ["L1"]], Stages=[["stage"], ["One"]])
    assert part_of(data, "Stages") == "xl/worksheets/sheet2.xml"
    assert [place for place, _, _ in cells_of(data)] == ["Lots!A1", "Lots!A2", "Stages!A1", "Stages!A2"]


def packed_with(method: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SMALL)) as source, zipfile.ZipFile(target, "w", method) as out:
        for part in source.namelist():
            out.writestr(part, source.read(part))
    return target.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_xlsx_packed_as_no_program_does_is_not_unpacked(method: int) -> None:
    assert said(packed_with(method)) == f"is packed in a way that no spreadsheet program uses. {SAVE_AS}"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "_rels/.rels"])
def test_xlsx_encoding_that_nobody_has_is_damaged(part: str) -> None:
    xml = b'<?xml version="1.0" encoding="nonsense"?><x/>'
    assert said(with_part(SMALL, part, lambda _: xml)).startswith("is damaged and cannot be read (unknown encoding")


def test_xlsx_list_of_very_many_parts_is_not_read() -> None:
    assert said(SMALL + b"PK\1\2" * 2 * MAX_PARTS) == "unpacks to more than 128 MiB or 5,000 parts and was not opened."


def related(edit: Callable[[str], str]) -> bytes:
    """The small workbook with its list of relationships edited."""
    return with_part(SMALL, "xl/_rels/workbook.xml.rels", lambda xml: edit(xml.decode()).encode())


def test_xlsx_part_that_would_be_read_again_and_again_is_damaged() -> None:
    styles = '<Relationship Type="x/styles" Target="/xl/styles.xml" Id="{}"/>'
    twice = related(
        lambda xml: xml.replace("</Relationships>", f"{styles.format('s1')}{styles.format('s2')}</Relationships>")
    )
    assert said(twice).startswith("is damaged and cannot be read (two parts are the workbook's styles")
    two = make.sheets(Lots=[["lot"], ["L1"]], Stages=[["stage"], ["One"]])
    one_part = with_part(two, "xl/_rels/workbook.xml.rels", lambda xml: xml.replace(b"sheet2.xml", b"sheet1.xml"))
    assert said(one_part).startswith("is damaged and cannot be read (Stages is the same part as another sheet")


def test_xlsx_relationships_and_sheets_without_measure_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    many = "".join(f'<Relationship Id="x{number}"/>' for number in range(MAX_RELATIONS))
    data = related(lambda xml: xml.replace("</Relationships>", f"{many}</Relationships>"))
    assert said(data).startswith("is damaged and cannot be read (a part leads to more than 10,000 others")
    sheets = with_part(
        SMALL, "xl/workbook.xml", lambda xml: xml.replace(b"</sheets>", b"<sheet/>" * 5000 + b"</sheets>")
    )
    assert said(sheets) == "has more than 200 sheets."


def test_xlsx_text_that_stands_in_very_many_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_sheet, "MAX_TEXTS", 1_000)
    row = "<row>" + '<c t="inlineStr"><is><t>' + "x" * 101 + "</t></is></c>" * 1 + "</row>"
    assert len(read_xlsx(sheet_of(row * 9), "t.xlsx")[0]) == 1
    assert said(sheet_of(row * 10)).startswith(
        "is damaged and cannot be read (the cells of the workbook hold more than"
    )


def test_xlsx_cells_without_measure_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_sheet, "MAX_CELLS", 3)
    assert said(sheet_of("<row><c/><c/></row><row><c/><c/></row>")).startswith(
        "is damaged and cannot be read (the workbook has more than 3 cells"
    )


def test_xlsx_styles_without_measure_are_refused() -> None:
    for styles, what in (
        ("<cellXfs>" + "<xf/>" * 100_001 + "</cellXfs>", "the workbook has more than 100,000 styles"),
        (f'<numFmt numFmtId="200" formatCode="{"0" * 501}"/>', "a number format is longer than any"),
    ):
        data = with_part(SMALL, "xl/styles.xml", lambda _, styles=styles: f"<styleSheet>{styles}</styleSheet>".encode())  # type: ignore[misc]  # bound now
        assert said(data) == f"is damaged and cannot be read ({what}). {SAVE_AS}"


def test_xlsx_format_of_open_brackets_is_no_date() -> None:
    styles = f'<styleSheet><numFmt numFmtId="200" formatCode="{"[" * 400}d"/><cellXfs><xf numFmtId="200"/></cellXfs></styleSheet>'
    data = with_part(sheet_of('<row><c s="0"><v>45000</v></c></row>'), "xl/styles.xml", lambda _: styles.encode())
    (sheet,), _ = read_xlsx(data, "t.xlsx")
    assert [(cell.kind, cell.text) for cell in sheet.rows[1].values()] == [(CellKind.NUMBER, "45000")]


def test_xlsx_values_in_very_many_pieces_are_read_once() -> None:
    # Put together one by one, a million pieces would take an hour.
    (sheet,), _ = read_xlsx(sheet_of(f'<row><c t="str">{"<v>x</v>" * 1_000_000}</c></row>'), "t.xlsx")
    assert len(sheet.rows[1][1].text) == 1_000_000


def test_xlsx_columns_hidden_again_and_again_are_told_once() -> None:
    cols = '<col min="1" max="1" hidden="1"/>' * 300_000
    xml = f"<worksheet><cols>{cols}</cols><sheetData><row>{'<c><v>1</v></c>' * 200}</row></sheetData></worksheet>"
    (sheet,), _ = read_xlsx(with_part(SMALL, SHEET, lambda _: xml.encode()), "t.xlsx")
    assert [note.what for note in sheet.notes] == ["has hidden columns (A); they were read."]
