"""All the words of a document with their places, hostile bytes among them."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping

import docx
import openpyxl
import pikepdf
from reportlab.pdfgen.canvas import Canvas

from evalpanel.domain.preflight import Piece
from evalpanel.formats.hidden_text import pieces


def pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setAuthor("Jo Pell of Harbour")
    canvas.setTitle("How we reach people")
    canvas.bookmarkPage("a")
    canvas.addOutlineEntry("Harbour in numbers", "a")
    canvas.drawString(72, 700, "Words on the first page.")
    canvas.textAnnotation("Ask Tallis about this", [10, 10, 30, 30])
    canvas.showPage()
    canvas.showPage()
    canvas.save()
    with pikepdf.open(io.BytesIO(out.getvalue())) as document:
        with document.open_metadata(update_docinfo=False, set_pikepdf_as_editor=False) as metadata:
            metadata["dc:publisher"] = {"Moorland Together"}
        document.attachments["Harbour accounts.txt"] = b"Numbers."
        again = io.BytesIO()
        document.save(again, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return again.getvalue()


def by_place(found: list[Piece]) -> dict[str, str]:
    held: dict[str, str] = {}
    for one in found:
        held[one.place] = (held.get(one.place, "") + "\n" + (one.unseen or one.text)).strip()
    return held


def test_pdf_tells_its_pages_and_all_that_is_beside_them() -> None:
    found = by_place(list(pieces(pdf(), "a.pdf")))
    assert found["page 1"] == "Words on the first page."
    assert found["who wrote it"] == "Jo Pell of Harbour"
    assert found["its title"] == "How we reach people"
    assert found["its bookmarks"] == "Harbour in numbers"
    assert found["page 1, a comment"] == "Ask Tallis about this"
    assert "Moorland Together" in found["what the file says of itself (XMP)"]
    assert found["an attached file"] == "Harbour accounts.txt"
    assert "Look at it yourself" in found["page 2"]


def word() -> bytes:
    document = docx.Document()
    document.core_properties.author = "Jo Pell"
    document.core_properties.last_modified_by = "Sam of Harbour"
    document.add_paragraph("How we reach people.")
    document.sections[0].header.paragraphs[0].text = "Harbour Young Carers"
    document.sections[0].footer.paragraphs[0].text = "Charity 01234567"
    run = document.paragraphs[0].runs[0]
    document.add_comment(run, text="Ask Tallis & others", author="Lee of Harbour", initials="LH")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_word_file_tells_headers_comments_and_who_made_it() -> None:
    found = by_place(list(pieces(word(), "a.docx")))
    assert found["its text"].startswith("How we reach people.")
    assert (found["a header"], found["a footer"]) == ("Harbour Young Carers", "Charity 01234567")
    assert (found["who wrote it"], found["who saved it last"]) == ("Jo Pell", "Sam of Harbour")
    assert "Ask Tallis & others" in found["a comment"]
    assert "Lee of Harbour" in found["who commented or changed it"]


def sheet() -> bytes:
    book = openpyxl.Workbook()
    book.properties.creator = "Jo Pell"
    page = book.active
    assert page is not None
    page["A1"] = "Harbour Young Carers"
    page.title = "Tallis"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_spreadsheet_tells_its_cells_and_the_names_of_its_sheets() -> None:
    held = by_place(list(pieces(sheet(), "a.xlsx")))
    assert "Harbour Young Carers" in held["its cells"]
    assert held["who wrote it"] == "Jo Pell"
    assert held["the name of a sheet"] == "Tallis"


def package(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_what_is_inside_and_cannot_be_read_is_told() -> None:
    data = package({"word/media/image1.png": b"x", "word/embeddings/a.bin": b"x", "word/document.xml": b"<w:p>a</w:p>"})
    assert {one.place for one in pieces(data, "a.docx") if one.unseen} == {"a picture in it", "a file inside it"}


def test_what_is_no_document_is_told_and_not_passed_over() -> None:
    for data in (
        b"%PDF-1.7 nothing",
        b"PK\x03\x04 nothing",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
    ):
        assert [one for one in pieces(data, "a") if one.unseen], data


def test_text_in_an_old_office_file_is_found_in_both_ways_of_writing() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Harbour one" + b"\0\0" + "Harbour two".encode("utf-16-le")
    (found,) = [one.text for one in pieces(data, "a.doc") if not one.unseen]
    assert ("Harbour one" in found, "Harbour two" in found) == (True, True)


def test_damaged_files_end_in_pieces_and_nothing_else() -> None:
    chance = random.Random(7)
    for whole in (pdf(), word(), sheet()):
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(chance.randrange(1, 20)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            cut = bytes(data[: chance.randrange(len(data))]) if chance.random() < 0.3 else bytes(data)
            assert all(isinstance(one, Piece) for one in pieces(cut, "a"))


def test_hostile_markup_takes_no_more_time_than_its_length() -> None:
    # Each of these would take minutes with a search that starts over at every sign.
    for text in (b"<" * 2_000_000, b'<a Target="' * 200_000, b"<dc:creator" * 200_000, b'w:author="' * 200_000):
        data = package({"word/document.xml": text, "word/_rels/document.xml.rels": text, "docProps/core.xml": text})
        assert list(pieces(data, "a.docx")) is not None
    for text in (b"<rdf:RDF " * 200_000, b"/Type /Metadata >>stream\n" * 50_000):
        assert list(pieces(b"%PDF-1.7\n" + text, "a.pdf")) != []


def test_a_package_that_unfolds_without_end_is_told() -> None:
    data = package({"word/document.xml": b"<w:t>" + b"a" * (40 << 20)})
    assert [one.unseen for one in pieces(data, "a.docx") if one.unseen] == [
        "It is too large to be looked through. Look at it yourself."
    ]
