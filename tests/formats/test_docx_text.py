"""The words of Word documents, from ordinary and from hostile files."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalpanel.domain.readable import Paragraph
from evalpanel.errors import EvalPanelError
from evalpanel.formats import docx_text
from evalpanel.formats.docx_text import read_docx

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def made(body: str, **parts: str) -> bytes:
    """A file with just this body; `parts` are further files of `word/`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
        for name, text in parts.items():
            archive.writestr(f"word/{name}.xml", text)
    return out.getvalue()


def p(text: str, properties: str = "") -> str:
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def words(data: bytes) -> tuple[str, ...]:
    return tuple(one.text for one in read_docx(data).paragraphs)


def titled(data: bytes) -> str:
    """What a refusal is called; empty when the file is read."""
    try:
        read_docx(data)
    except EvalPanelError as refused:
        return refused.title
    return ""


def test_document_made_by_another_program_is_read_in_order() -> None:
    document = docx.Document()
    document.add_heading("Safeguarding", level=2)
    document.add_paragraph("Two adults, always.")
    table = document.add_table(rows=2, cols=2)
    for row, cells in enumerate((("Who", "When"), ("Lead", "Daily"))):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    document.add_paragraph("After the table.")
    out = io.BytesIO()
    document.save(out)
    assert read_docx(out.getvalue()).paragraphs == (
        Paragraph("Safeguarding", heading=2),
        Paragraph("Two adults, always."),
        Paragraph(rows=(("Who", "When"), ("Lead", "Daily"))),
        Paragraph("After the table."),
    )


def test_headings_are_known_by_name_in_any_language() -> None:
    styles = f'<w:styles xmlns:w="{W}"><w:style w:styleId="Titre1"><w:name w:val="heading 1"/></w:style></w:styles>'
    style = '<w:pPr><w:pStyle w:val="Titre1"/></w:pPr>'
    assert read_docx(made(p("Sécurité", style), styles=styles)).paragraphs == (Paragraph("Sécurité", heading=1),)


def test_lists_are_lists() -> None:
    data = made(p("one", "<w:pPr><w:numPr/></w:pPr>"))
    assert read_docx(data).paragraphs == (Paragraph("one", item=True),)


def test_what_word_does_not_show_is_not_read() -> None:
    body = (
        "<w:p><w:r><w:t>kept</w:t></w:r>"
        "<w:del><w:r><w:delText>struck</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t> added</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t> shown</w:t></w:r>'
        '<w:r><w:instrText>HYPERLINK "https://example.com"</w:instrText></w:r></w:p>'
    )
    assert words(made(body)) == ("kept added shown",)


def test_text_boxes_are_read_once() -> None:
    mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    box = f"<w:txbxContent>{p('in the box')}</w:txbxContent>"
    body = (
        f'<w:p><w:r><w:t>before</w:t></w:r><w:r><mc:AlternateContent xmlns:mc="{mc}">'
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r></w:p>"
    )
    assert words(made(body)) == ("before", "in the box")
    assert read_docx(made(body)).pictures == 1


def test_tables_inside_tables_are_read_once() -> None:
    inner = f"<w:tbl><w:tr><w:tc>{p('deep')}</w:tc><w:tc>{p('er')}</w:tc></w:tr></w:tbl>"
    body = f"<w:tbl><w:tr><w:tc>{p('outer')}{inner}</w:tc></w:tr></w:tbl>"
    assert read_docx(made(body)).paragraphs == (Paragraph(rows=(("outer\ndeep · er",),)),)


def test_footnotes_stand_at_the_end() -> None:
    notes = (
        f'<w:footnotes xmlns:w="{W}"><w:footnote w:type="separator" w:id="0">{p("x")}</w:footnote>'
        f'<w:footnote w:id="2">{p("Survey of 2025.")}</w:footnote></w:footnotes>'
    )
    body = '<w:p><w:r><w:t>71 of 96</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'
    assert words(made(body, footnotes=notes)) == ("71 of 96[1]", "[1] Survey of 2025.")


def test_tabs_and_breaks_are_kept() -> None:
    assert words(made("<w:p><w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>")) == ("a\tb\nc",)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "It is damaged, or protected by a password."),
        (b"PK\x03\x04 and then nothing", "It is damaged, or protected by a password."),
        (
            bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512),
            "It is protected by a password, or in an older format of Word.",
        ),
    ],
)
def test_what_is_no_document_is_refused_in_words(data: bytes, why: str) -> None:
    with pytest.raises(EvalPanelError) as refused:
        read_docx(data)
    assert refused.value.message == why


def test_zip_of_something_else_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(EvalPanelError, match=r"It is not a Word document\."):
        read_docx(out.getvalue())


def test_entities_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:document xmlns:w="{W}"><w:body>'
            f"{p('&b;')}</w:body></w:document>",
        )
    with pytest.raises(EvalPanelError, match="made in a way that no Word document is"):
        read_docx(out.getvalue())


def test_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_text, "MOST_BYTES", 100_000)
    with pytest.raises(EvalPanelError, match="unfolds to far more"):
        read_docx(made(p("a" * 200_000)))


@pytest.mark.parametrize("name", ["sdt", "ins", "hyperlink"])
def test_depth_is_refused(name: str) -> None:
    deep = f"<w:{name}>" * 5000 + f"</w:{name}>" * 5000
    for body in (deep, f"<w:p>{deep}</w:p>"):
        with pytest.raises(EvalPanelError, match="Its parts stand too deep inside each other"):
            read_docx(made(body))
    assert words(made(f"<w:tbl>{deep}</w:tbl>")) == ()  # no row is found in it


@given(st.binary(max_size=200), st.integers(0, 400))
def test_altered_files_are_read_or_refused(noise: bytes, at: int) -> None:
    data = made(p("words") * 3)
    altered = data[:at] + noise + data[at + len(noise) :]
    assert titled(altered) in ("", "This document cannot be shown here.")


def test_style_sheet_made_to_take_long_is_passed_over() -> None:
    # Searched without bounds, this would take days.
    assert words(made(p("words"), styles="<w:style " + 'w:styleId="" ' * 200_000)) == ("words",)


def test_very_many_parts_are_refused_before_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(docx_text, "MOST_TAGS", 100)
    with pytest.raises(EvalPanelError, match="more parts than a bid"):
        read_docx(made("<w:p/>" * 100))
    with pytest.raises(EvalPanelError, match="more parts than any Word document"):
        read_docx(made("") + b"PK\1\2" * 2 * docx_text.MOST_PARTS)


def test_note_that_is_called_again_stands_once() -> None:
    calls = '<w:footnoteReference w:id="{}"/>'
    notes = "".join(f'<w:footnote w:id="{n}">{p(f"note {n}")}</w:footnote>' for n in "78")
    body = f"<w:p><w:r>{''.join(calls.format(n) for n in '8788')}</w:r></w:p>"
    found = words(made(body, footnotes=f'<w:footnotes xmlns:w="{W}">{notes}</w:footnotes>'))
    assert found == ("[1][2][1][1]", "[1] note 8", "[2] note 7")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_document_packed_as_word_never_does_is_not_unpacked(method: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        archive.writestr("word/document.xml", "<x/>")
    with pytest.raises(EvalPanelError, match="It is packed in a way that Word never uses"):
        read_docx(out.getvalue())
