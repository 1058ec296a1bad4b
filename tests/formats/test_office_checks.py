from __future__ import annotations

import functools
import io
import random
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import docx
import openpyxl
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalpanel.domain.intake import Problem
from evalpanel.formats import office_checks, pdf_checks
from evalpanel.formats.office_checks import Watcher, look

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DAMAGED = "It is damaged or cut off. It may not open, or only in part. Ask for it again."
_ENCRYPTED = "It is protected with a password and cannot be read. Ask the bidder for it without one."
_MACROS = "It holds macros (programs). They are not run here; do not allow them where you open it."
_PACKAGE = "It holds other files inside (embedded objects). They are kept in it and not opened."
_FETCHES = (
    "It wants to fetch {} from elsewhere ({}). Nothing is fetched here; where you open it, "
    "others could see who reads it and when."
)
_LINKED = "It takes values from other files or programs. They are not fetched here; do not update them."


def _told(data: bytes, name: str) -> list[str]:
    found = look(data, name)
    assert [problem for problem in found if problem.stops or problem.where != name] == []
    return [problem.what for problem in found]


# PDF ------------------------------------------------------------------------------------------------------------------


def _pdf(
    root: Mapping[str, bytes] | None = None,
    *,
    password: tuple[str, str] | None = None,
    strength: Literal[3, 4, 6] = 6,
    in_streams: bool = True,
) -> bytes:
    """A PDF of one page with a link to the web, as many bids have, and with these objects in its catalogue."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    link = b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://e.example) >> >>"
    page.obj.Annots = pikepdf.Array([pdf.make_indirect(pikepdf.Object.parse(link))])
    for key, value in (root or {}).items():
        pdf.Root[f"/{key}"] = pdf.make_indirect(pikepdf.Object.parse(value))
    out = io.BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if in_streams else pikepdf.ObjectStreamMode.disable
    locked: pikepdf.Encryption | Literal[False] = False
    if password is not None:
        modern = strength >= 4
        locked = pikepdf.Encryption(owner=password[0], user=password[1], R=strength, aes=modern, metadata=modern)
    pdf.save(out, object_stream_mode=mode, encryption=locked)
    return out.getvalue()


def _attached() -> bytes:
    pdf = pikepdf.open(io.BytesIO(_pdf()))
    pdf.attachments["price.xlsx"] = b"a price"
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


@pytest.mark.parametrize("in_streams", [True, False])
def test_plain_pdf_needs_no_note(in_streams: bool) -> None:
    assert _told(_pdf(in_streams=in_streams), "a.pdf") == []


_ASKS = (
    "It asks for a password. What it holds could not be looked through. "
    "It is kept as it is; ask the bidder for it without a password."
)
_LOCKED = "It opens without a password, but is locked against changes. What it holds could not be looked through."
_STRANGE = (
    "It is encrypted in a way that is not known here, and may not open. "
    "What it holds could not be looked through. Ask for it without encryption."
)
_SEEN = "Its pages are shown without it."
_JAVASCRIPT = f"It holds JavaScript (a program that runs when it is opened or filled in). {_SEEN}"
_LAUNCH = f"It holds an action that starts another program or opens another file. {_SEEN}"
_OPENS_WEB = f"It holds an action that opens a web address by itself. Nothing is fetched. {_SEEN}"


@pytest.mark.parametrize("in_streams", [True, False])
@pytest.mark.parametrize(
    ("root", "told"),
    [
        ({"OpenAction": b"<< /S /JavaScript /JS (app.alert(1)) >>"}, _JAVASCRIPT),
        ({"OpenAction": b"<< /S /Launch /F (calc.exe) >>"}, _LAUNCH),
        ({"OpenAction": b"<< /S /URI /URI (https://e.example) >>"}, _OPENS_WEB),
        ({"AA": b"<< /WC << /S /URI /URI (https://e.example) >> >>"}, _OPENS_WEB),
        (
            {"OpenAction": b"<< /S /SubmitForm /F (https://e.example) >>"},
            f"It holds an action that sends what is filled in to somewhere else. {_SEEN}",
        ),
        (
            {"OpenAction": b"<< /S /ImportData /F (a.fdf) >>"},
            f"It holds an action that reads a file of this computer. {_SEEN}",
        ),
        ({"OpenAction": b"<< /S /GoToR /F (b.pdf) >>"}, "It holds a link that opens another file. It is not followed."),
        (
            {"AcroForm": b"<< /XFA [] /Fields [] >>"},
            "It is a dynamic form (XFA), which many programs show empty or not at all. Ask for a plain PDF if need be.",
        ),
        (
            {"X": b"<< /Type /Annot /Subtype /3D >>"},
            f"It holds film, sound or other active content. {_SEEN}",
        ),
    ],
)
def test_what_a_pdf_would_do_is_told(root: dict[str, bytes], told: str, in_streams: bool) -> None:
    assert _told(_pdf(root, in_streams=in_streams), "a.pdf") == [told]


def test_files_attached_to_a_pdf_are_told() -> None:
    assert _told(_attached(), "a.pdf") == ["It holds attached files. They are kept inside it and not opened."]


def test_hidden_names_are_found_and_told() -> None:
    data = _pdf({"OpenAction": b"<< /S /JavaScript /JS (1) >>"}, in_streams=False)
    assert b"/JavaScript" in data
    hidden = data.replace(b"/JavaScript", b"/J#61va#53cript")
    assert _told(hidden, "a.pdf") == [
        "It is damaged: the list of what it holds is not where it should be. It may not open, or only in part.",
        _JAVASCRIPT,
        "It writes the names of such actions in a way that hides them, as files made to do harm do.",
    ]


@pytest.mark.parametrize("strength", [3, 4, 6])
@pytest.mark.parametrize(
    ("password", "told"),
    [
        (("owner", "user"), _ASKS),
        (("owner", ""), _LOCKED),
    ],
)
@pytest.mark.parametrize("in_streams", [True, False])
@pytest.mark.filterwarnings("ignore:The encryption.*:UserWarning")  # R 3 and 4 are weak, and in use
def test_passwords_of_a_pdf_are_told(
    password: tuple[str, str], told: str, strength: Literal[3, 4, 6], in_streams: bool
) -> None:
    assert _told(_pdf(password=password, strength=strength, in_streams=in_streams), "a.pdf") == [told]


def test_encryption_of_an_unknown_kind_is_told() -> None:
    data = _pdf(password=("o", "u"), in_streams=False).replace(b"/Filter /Standard", b"/Filter /Xtandard")
    assert _told(data, "a.pdf") == [_STRANGE]


def test_damaged_pdf_is_told() -> None:
    data = _pdf()
    cut = "It is damaged or cut off: its end is missing. It may not open, or only in part. Ask for it again."
    moved = "It is damaged: the list of what it holds is not where it should be. It may not open, or only in part."
    assert _told(data[:-40], "a.pdf") == [cut]
    assert _told(b"%PDF-1.7\n", "a.pdf") == [cut]
    assert _told(data[:100] + b"more" + data[100:], "a.pdf")[0] == moved
    assert _told(b"<mail>" + data, "a.pdf") == ["Something stands in front of its start; some programs do not open it."]


def test_pdf_that_unpacks_without_measure_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_checks, "MOST_OBJECT_STREAM", 100)
    assert _told(_pdf(), "a.pdf") == [
        "It unpacks to far more than it seems to hold, as files made to do harm do. Open it with care."
    ]


def test_object_streams_that_break_off_count_for_what_they_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    # Thousands of them, each unpacked for nothing, would take minutes.
    monkeypatch.setattr(pdf_checks, "MOST_OBJECT_STREAMS", 3 << 20)
    packed = zlib.compress(bytes(1 << 20))[:-20] + b"\xff" * 20
    one = b"1 0 obj\n<< /Type /ObjStm /First 9 >>stream\n" + packed + b"\nendstream\nendobj\n"
    unpacks = "It unpacks to far more than it seems to hold, as files made to do harm do. Open it with care."
    assert unpacks in _told(b"%PDF-1.7\n" + one * 6, "a.pdf")
    assert unpacks not in _told(b"%PDF-1.7\n" + one * 2, "a.pdf")


# Office ---------------------------------------------------------------------------------------------------------------


@functools.cache
def _document(kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "docx":
        document = docx.Document()
        document.add_paragraph("A response")
        document.save(out)
    else:
        openpyxl.Workbook().save(out)
    return out.getvalue()


def _with(data: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The package with these parts added or replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return out.getvalue()


def _pointing(kind: str, target: str) -> dict[str, bytes]:
    relation = f'<Relationship Id="r1" Type="{_RELATIONSHIPS}/{kind}" Target="{target}" TargetMode="External"/>'
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return {"word/_rels/more.xml.rels": f'<Relationships xmlns="{space}">{relation}</Relationships>'.encode()}


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_plain_office_document_needs_no_note(kind: str) -> None:
    assert _told(_document(kind), f"a.{kind}") == []


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"word/vbaProject.bin": b"x"}, [_MACROS]),
        ({"xl/macrosheets/sheet1.xml": b"x"}, [_MACROS]),
        (
            {"[Content_Types].xml": b'<x ContentType="application/vnd.ms-word.document.MacroEnabled.main+xml"/>'},
            [_MACROS],
        ),
        (
            {"[Content_Types].xml": '<x ContentType="application/vnd.ms-office.vbaProject"/>'.encode("utf-16")},
            [_MACROS],
        ),
        ({"word/embeddings/oleObject1.bin": b"x"}, [_PACKAGE]),
        (
            {"word/activeX/activeX1.xml": b"x"},
            ["It holds active controls (ActiveX). They are not run here; do not allow them where you open it."],
        ),
        ({"xl/externalLinks/externalLink1.xml": b"x"}, [_LINKED]),
        ({"word/document.xml": b"<w:instrText xml:space='preserve'> DDEAUTO c:\\\\x </w:instrText>"}, [_LINKED]),
        (_pointing("hyperlink", "https://e.example"), []),
        (_pointing("attachedTemplate", "file:///C:\\Templates\\house.dotx"), []),
        (_pointing("image", "picture.png"), []),
        ({"word/_rels/more.xml.rels": b"<Relationships"}, [_DAMAGED]),
        ({"word/_rels/more.xml.rels": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"}, [_DAMAGED]),
        ({"word/_rels/more.xml.rels": b'<?xml version="1.0" encoding="nonsense"?><a/>'}, [_DAMAGED]),
    ],
)
def test_what_an_office_document_would_do_is_told(parts: dict[str, bytes], told: list[str]) -> None:
    assert _told(_with(_document("docx"), parts), "a.docx") == told


def test_very_many_kinds_of_what_is_fetched_are_one_note() -> None:
    relation = '<Relationship Id="r{0}" Type="x/kind{0}" Target="https://e.example/{0}" TargetMode="External"/>'
    many = f"<Relationships>{''.join(map(relation.format, range(9)))}</Relationships>"
    told = _told(_with(_document("docx"), {"word/_rels/more.xml.rels": many.encode()}), "a.docx")
    first = ", ".join(f"https://e.example/{number}" for number in range(3))
    assert told == [_FETCHES.format("other content", f"{first} and 6 more")]


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        ("image", "pictures"),
        ("attachedTemplate", "a template, which may bring macros"),
        ("oleObject", "linked objects"),
        ("somethingNew", "other content"),
    ],
)
@pytest.mark.parametrize("target", ["https://e.example/x", "file://server/x", "\\\\server\\x", "//server/x", "ftp://x"])
def test_what_is_fetched_from_elsewhere_is_told_with_its_place(kind: str, what: str, target: str) -> None:
    told = _told(_with(_document("docx"), _pointing(kind, target)), "a.docx")
    assert told == [_FETCHES.format(what, target)]


def test_encrypted_office_documents_are_told() -> None:
    wrapped = OLE + bytes(600) + "EncryptedPackage\0".encode("utf-16-le") + bytes(900)
    assert _told(wrapped, "a.docx") == [_ENCRYPTED]
    data = bytearray(_document("docx"))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert _told(bytes(data), "a.docx") == [_ENCRYPTED]


@pytest.mark.parametrize("length", [4, 30, 500, 5000, -1])
def test_cut_off_office_document_is_told(length: int) -> None:
    assert _told(_document("docx")[:length], "a.docx") == [_DAMAGED]


def test_flipped_bits_in_an_office_document_are_told() -> None:
    data = bytearray(_document("docx"))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        info = archive.getinfo("word/document.xml")
    data[info.header_offset + 30 + len(info.filename) + info.compress_size // 2] ^= 0xFF
    assert _told(bytes(data), "a.docx") == [_DAMAGED]


def test_office_document_that_unpacks_without_measure_is_not_looked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = "It unpacks to far more than it seems to hold, as files made to do harm do. It was not looked through."
    assert _told(_with(_document("docx"), {"word/media/a.bmp": bytes(20 << 20)}), "a.docx") == [bomb]
    monkeypatch.setattr(office_checks, "MOST_PARTS", 3)
    assert _told(_document("docx"), "a.docx") == [bomb]


def test_old_office_documents_are_told() -> None:
    old = "It is in an old Office format, which is not shown here. Open it outside, or ask for a PDF."
    body = OLE + bytes(2040)
    assert _told(body, "a.doc") == [old]
    assert _told(body[:-9], "a.xls") == [_DAMAGED, old]
    for stream, told in (("_VBA_PROJECT", _MACROS), ("\x01Ole10Native", _PACKAGE)):
        data = (OLE + bytes(504) + f"{stream}\0".encode("utf-16-le")).ljust(2048, b"\0")
        assert _told(data, "a.doc") == [old, told]


def _open_document(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, part in {"mimetype": b"application/vnd.oasis.opendocument.text", **parts}.items():
            archive.writestr(name, part)
    return out.getvalue()


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"content.xml": b"<x/>"}, []),
        ({"Basic/Standard/Module1.xml": b"x"}, [_MACROS]),
        ({"META-INF/manifest.xml": b"<manifest:encryption-data/>"}, [_ENCRYPTED]),
        ({"Object 1": b"x"}, [_PACKAGE]),
        (
            {"content.xml": b'<draw:image xlink:type="simple" xlink:href="https://e.example/p.png"/>'},
            [_FETCHES.format("pictures", "https://e.example/p.png")],
        ),
    ],
)
def test_what_an_open_document_would_do_is_told(parts: dict[str, bytes], told: list[str]) -> None:
    assert _told(_open_document(parts), "a.odt") == told


# The rest -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"{\\rtf1 text}", "a.rtf", []),
        (b"{\\rtf1 {\\object\\objdata 01}}", "a.rtf", [_PACKAGE]),
        (b"{\\rtf1 {\\field{\\*\\fldinst INCLUDEPICTURE x}}}", "a.rtf", [_LINKED]),
        (b"{\\rtf1 cut", "a.rtf", [_DAMAGED]),
        (
            b"<html><script>1</script></html>",
            "a.html",
            ["It holds scripts. They are not run here; do not open it in a browser."],
        ),
        (
            b"<?xml version='1.0'?><svg><image href='https://e.example/x'/></svg>",
            "a.svg",
            ["It names web addresses, which a browser would ask for: others could see who reads it and when."],
        ),
        (b"MZ", "a.pdf", ["It is a program or a script, and no document. It is not run here; do not open it."]),
        (b"text", "a.JS", ["It is a program or a script, and no document. It is not run here; do not open it."]),
        (b"\x89PNG\r\n\x1a\n", "a.png", []),
        (
            b"\x89PNG\r\n\x1a\n",
            "a.docx",
            ["Its name ends in .docx, but it holds a picture (PNG). It is kept as it is."],
        ),
        (b"text", "a.PDF", ["Its name ends in .pdf, but it holds something else, or is damaged."]),
        (b"GIF89a", "a.txt", ["Its name ends in .txt, but it holds a picture (GIF). It is kept as it is."]),
        (b"text", "a.txt", []),
        (b"text", "docx", []),
        (b"", "a.pdf", []),
    ],
)
def test_other_files_and_names_that_lie_are_told(data: bytes, name: str, told: list[str]) -> None:
    assert _told(data, name) == told


def test_document_without_measure_is_told_by_its_kind_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_checks, "MOST_LOOKED", 100)
    large = "It is larger than 100 bytes and was not looked through. Open it with care."
    reader = io.BytesIO(_pdf({"OpenAction": b"<< /S /JavaScript /JS (1) >>"}))
    assert look(reader, "a.pdf") == (Problem("a.pdf", large, stops=False),)
    assert reader.tell() == 101


@pytest.mark.parametrize("step", [1000, 1 << 18, 1 << 20])
def test_document_is_looked_at_while_somebody_else_reads_it(step: int) -> None:
    data = _pdf({"OpenAction": b"<< /S /Launch /F (x) >>"}) + b"\n" * 700_000
    watcher = Watcher("a.pdf")
    for at in range(0, len(data), step):
        watcher.take(data[at : at + step])
    assert watcher.notes() == look(data, "a.pdf")


@pytest.mark.parametrize("step", [30, 99, 100, 101, 1000])
def test_no_more_of_a_document_is_held_than_is_looked_through(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_checks, "MOST_LOOKED", 100)
    watcher = Watcher("a.pdf")
    for at in range(0, 1000, step):
        watcher.take((b"%PDF-1.7" + bytes(992))[at : at + step])
    large = "It is larger than 100 bytes and was not looked through. Open it with care."
    assert watcher.notes() == (Problem("a.pdf", large, stops=False),)


@given(st.binary(max_size=400), st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", OLE, b"{\\rtf", b"<svg"]))
def test_any_bytes_are_told_in_sentences(noise: bytes, start: bytes) -> None:
    assert [what for what in _told(start + noise, "a.docx") if not what.endswith(".")] == []


@functools.cache
def _samples() -> tuple[bytes, ...]:
    link = _with(_document("docx"), _pointing("image", "https://e.example"))
    return (
        _pdf({"OpenAction": b"<< /S /JavaScript /JS (1) >>"}),
        _pdf({"AA": b"<< /WC << /S /URI /URI (u) >> >>"}, in_streams=False),
        _pdf(password=("o", "u"), in_streams=False),
        link,
        _document("xlsx"),
        _open_document({"content.xml": b"<x/>"}),
    )


@settings(max_examples=150)
@given(st.integers(0, 5), st.integers(0, 2**32))
def test_any_damage_to_a_document_is_told_in_sentences(which: int, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(_samples()[which])
    for _ in range(chance.randrange(1, 12)):
        at = chance.randrange(len(data))
        if chance.random() < 0.3:
            at = max(0, len(data) - chance.randrange(1, 900))
        data[at : at + chance.choice([0, 1, 1, 1, 20])] = chance.randbytes(chance.choice([0, 1, 1, 1, 20]))
    assert [what for what in _told(bytes(data), "a.docx") if not what.endswith(".")] == []


def test_the_tests_hold_no_macro_that_runs() -> None:
    # Specimens are made here and never kept as files: nothing in the tree sets off a scanner or can be opened by mistake.
    specimens = Path(__file__).parents[1] / "specimens"
    assert [path.name for path in specimens.rglob("*") if path.suffix in (".docm", ".xlsm", ".doc", ".exe")] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Type /ObjStm", b"/X (obj) /Pad (" + b"x" * 70_000 + b") /Type /O#62jStm"),
        (b"/Type /ObjStm", b"/Type /ObjStm /Pad (obj" + b"x" * 70_000 + b")"),
        (b"/Filter /FlateDecode", b"/Filter /LZWDecode /F2 1"),
    ],
)
def test_parts_of_a_pdf_that_cannot_be_looked_into_are_told(old: bytes, new: bytes) -> None:
    data = _pdf({"OpenAction": b"<< /S /JavaScript /JS (1) >>"})
    at = data.index(b"/ObjStm")
    start, end = data.rindex(b"obj", 0, at), data.index(b"stream", at)
    head = data[start:end].replace(old, new)
    assert head != data[start:end]
    body = data[end:] if b"Flate" in new or b"LZW" not in new else data[end:].replace(b"stream\nx", b"stream\n\0", 1)
    hidden = {"It keeps a part of what it holds in a way that could not be looked into.", _JAVASCRIPT}
    assert hidden & set(_told(data[:start] + head + body, "a.pdf")) != set()


def test_long_text_and_large_parts_are_not_looked_through_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office_checks, "_MOST_TEXT", 20)
    assert _told(b"{\\rtf1 " + b"text " * 9 + b"\\objdata}", "a.rtf") == [
        "Only its first 20 bytes were looked through. Open it with care."
    ]
    monkeypatch.setattr(office_checks, "_MOST_OF_A_PART", 20)
    assert _told(_document("docx"), "a.docx") == [
        "It unpacks to far more than it seems to hold, as files made to do harm do. It was not looked through."
    ]
