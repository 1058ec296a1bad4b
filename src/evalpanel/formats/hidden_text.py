"""All the words of a document, with their places: on its pages, and where no reader of the pages looks.

Before a blind pack goes out, what a document says of itself matters as much as what it shows: who made it, with which program,
comments, tracked changes, headers, attachments. Nothing is run or followed; what cannot be looked into is told, never passed over.

Sources: ISO 32000-1, 14.3 (metadata); XMP (ISO 16684-1); ECMA-376 part 2, 11 and part 1, 22.2 to 22.4; OpenDocument 1.3 part 2.
"""

from __future__ import annotations

import ctypes
import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from evalpanel.domain.preflight import Piece
from evalpanel.formats.sniffing import kind_of

MOST_BYTES = 256 << 20
MOST_PAGES = 5_000
MOST_PAGE_TEXT = 400_000
MOST_PART = 32 << 20
MOST_UNPACKED = 256 << 20
MOST_PARTS = 5_000
_MOST_RAW = 16 << 20
_MOST_META = 4 << 20

_TOO_LARGE = "It is too large to be looked through. Look at it yourself."
_DAMAGED = (
    "It is damaged, protected by a password, or no document of its kind. Look at it yourself, or ask for another."
)
_PICTURE = "A picture: what it shows cannot be read here. Look at it yourself."


def pieces(data: bytes, name: str) -> Iterator[Piece]:
    """Every text of a document that is called `name`, place by place. Never raises for what the bytes hold."""
    if len(data) > MOST_BYTES:
        yield Piece("the document", "", unseen=_TOO_LARGE)
        return
    kind = kind_of(data)
    if kind == "pdf":
        yield from _pdf(data)
    elif kind == "zip":
        yield from _package(data)
    elif kind in ("png", "jpeg", "gif", "tiff"):
        yield Piece("the picture", "", unseen=_PICTURE)
        yield from _strings(data[:_MOST_META], "what the picture says of itself")
    elif kind in ("ole", "rar", "7z", "gzip"):
        yield from _strings(data[:_MOST_RAW], "inside the file")
        yield Piece("the document", "", unseen="It is of a kind that cannot be looked through. Look at it yourself.")
    else:
        yield from _plain(data, name)


def _plain(data: bytes, name: str) -> Iterator[Piece]:
    text = data[:_MOST_RAW].decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")
    if text.count("\ufffd") * 4 > len(text) + 4:
        yield Piece("the document", "", unseen=_DAMAGED)
    if name.lower().endswith((".html", ".htm", ".svg")):
        yield Piece("its source", text)
        return
    yield Piece("its text", text)


def _strings(data: bytes, place: str) -> Iterator[Piece]:
    """What stands as plain letters in a file of another kind, as one-byte and as two-byte text."""
    held = [found.decode("latin-1") for found in re.findall(rb"[\x20-\x7e]{5,2000}", data)]
    held += [found.decode("utf-16-le") for found in re.findall(rb"(?:[\x20-\x7e]\0){5,2000}", data)]
    if held:
        yield Piece(place, "\n".join(held))


# PDF ------------------------------------------------------------------------------------------------------------------

_INFO = {
    "Title": "its title",
    "Author": "who wrote it",
    "Subject": "its subject",
    "Keywords": "its keywords",
    "Creator": "the program that made it",
    "Producer": "the program that made the PDF",
}
_WITHOUT_A_PERSON = ("Creator", "Producer")
_XMP = (b"<rdf:RDF", b"</rdf:RDF>")
_MOST_XMP = 50
_METADATA = re.compile(rb"/Type\s{0,9}/Metadata\b[^>]{0,400}>>\s{0,9}stream\r?\n")
_TAGS = re.compile(r"<[^<>]*>")


def _pdf(data: bytes) -> Iterator[Piece]:
    # It takes a tenth of a second to load, and only this look needs it.
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except (pypdfium2.PdfiumError, ValueError):
        yield Piece("the document", "", unseen=_DAMAGED)
        yield from _strings(data[:_MOST_RAW], "inside the file")
        return
    try:
        for key, value in document.get_metadata_dict(skip_empty=True).items():
            if key in _INFO:
                yield Piece(_INFO[key], value, is_hidden=key not in (*_WITHOUT_A_PERSON, "Title"))
        yield from _xmp(data)
        yield from _outline(document)
        yield from _attachments(document)
        yield from _pages(document)
    except pypdfium2.PdfiumError:
        yield Piece("the document", "", unseen=_DAMAGED)
    finally:
        document.close()


def _xmp(data: bytes) -> Iterator[Piece]:
    texts: list[bytes] = []
    start, end = _XMP
    at = data.find(start)
    while at >= 0 and len(texts) < _MOST_XMP:
        last = data.find(end, at)
        if last < 0:
            break
        texts.append(data[at : min(last, at + _MOST_META)])
        at = data.find(start, last)
    for _, found in zip(range(_MOST_XMP), _METADATA.finditer(data), strict=False):
        unpacker = zlib.decompressobj()
        try:
            text = unpacker.decompress(data[found.end() : found.end() + _MOST_META], _MOST_META)
            if text not in texts:
                texts.append(text)
        except zlib.error:
            continue  # not compressed: it was found as it stands
    for text in texts:
        yield Piece("what the file says of itself (XMP)", _TAGS.sub(" ", text.decode("utf-8", "replace")))


def _outline(document: object) -> Iterator[Piece]:
    titles = []
    for item in document.get_toc(max_depth=16):  # type: ignore[attr-defined]  # pypdfium2 carries no types
        titles.append(item.get_title())
        if len(titles) >= MOST_PAGES:
            break
    if titles:
        yield Piece("its bookmarks", "\n".join(titles))


def _attachments(document: object) -> Iterator[Piece]:
    for number in range(min(document.count_attachments(), 500)):  # type: ignore[attr-defined]  # it carries no types
        name = document.get_attachment(number).get_name()  # type: ignore[attr-defined]  # the same
        yield Piece("an attached file", name)
        yield Piece(
            f"the attached file {name}"[:80],
            "",
            unseen="An attached file cannot be looked through. Ask for the PDF without it.",
        )


def _pages(document: object) -> Iterator[Piece]:
    import pypdfium2.raw as raw

    pictures: list[int] = []
    count = len(document)  # type: ignore[arg-type]  # pypdfium2 carries no types
    for number in range(min(count, MOST_PAGES)):
        page = document[number]  # type: ignore[index]  # the same
        try:
            text = page.get_textpage()
            try:
                many = min(text.count_chars(), MOST_PAGE_TEXT)
                words = text.get_text_range(0, many) if many > 0 else ""
            finally:
                text.close()
            yield Piece(f"page {number + 1}", words)
            if not words.strip():
                pictures.append(number + 1)
            yield from _annotations(raw, page, number + 1)
        finally:
            page.close()
    if pictures:
        said = ", ".join(map(str, pictures[:20])) + (" and more" if len(pictures) > 20 else "")
        yield Piece(
            f"page{'' if len(pictures) == 1 else 's'} {said}",
            "",
            unseen="No text on it: a picture, or empty. Look at it yourself.",
        )
    if count > MOST_PAGES:
        yield Piece(f"after page {MOST_PAGES}", "", unseen=_TOO_LARGE)


def _annotations(raw: object, page: object, number: int) -> Iterator[Piece]:
    """Comments, their authors, and what is typed into fields."""
    for place in range(min(raw.FPDFPage_GetAnnotCount(page), 2000)):  # type: ignore[attr-defined]  # it carries no types
        note = raw.FPDFPage_GetAnnot(page, place)  # type: ignore[attr-defined]  # the same
        if not note:
            continue
        try:
            for key, what in (
                (b"Contents", "a comment"),
                (b"T", "the author of a comment"),
                (b"Subj", "a comment"),
                (b"V", "a field"),
            ):
                said = _value(raw, note, key)
                if said.strip():
                    yield Piece(f"page {number}, {what}", said, is_hidden=key != b"V")
        finally:
            raw.FPDFPage_CloseAnnot(note)  # type: ignore[attr-defined]  # the same


def _value(raw: object, note: object, key: bytes) -> str:
    length = raw.FPDFAnnot_GetStringValue(note, key, None, 0)  # type: ignore[attr-defined]  # it carries no types
    if not 2 < length <= 2 * MOST_PAGE_TEXT:
        return ""
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFAnnot_GetStringValue(  # type: ignore[attr-defined]  # the same
        note, key, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length
    )
    return buffer.raw[: length - 2].decode("utf-16-le", "replace")


# Office and OpenDocument ----------------------------------------------------------------------------------------------

_BREAKS = re.compile(r"</(?:w:p|a:p|w:tr|text:p|text:h|si|row|w:tc|a:t|t|text)>|<(?:w:tab|w:br)\b[^<>]*>")
_PROPERTY = re.compile(
    r"<(?:\w+:)?(creator|lastModifiedBy|Company|Manager|title|subject|keywords|description|category|HyperlinkBase|initial-creator|"
    r"printed-by|user-defined)\b[^<>]*>([^<]{1,20000})<|<vt:lpwstr>([^<]{1,20000})<"
)
_PROPERTIES = {
    "creator": "who wrote it",
    "initial-creator": "who wrote it",
    "printed-by": "who printed it",
    "lastModifiedBy": "who saved it last",
    "Company": "the company of whoever wrote it",
    "Manager": "the manager of whoever wrote it",
    "title": "its title",
    "subject": "its subject",
    "keywords": "its keywords",
    "description": "its description",
    "category": "its category",
    "HyperlinkBase": "where its links start",
}
_AUTHOR = re.compile(r"(?:w:author|w15:author|author|initials|dc:creator|displayName|userId)=\"([^\"]{1,2000})\"")
_TARGET = re.compile(
    r'Target="([^"]{1,4000})"[^<>]{0,500}TargetMode="External"|TargetMode="External"[^<>]{0,500}Target="([^"]{1,4000})"'
)
_SHEET = re.compile(r'<(?:\w+:)?sheet\b[^<>]{0,500}?\bname="([^"<>]{1,200})"')
_PLACES = (
    (re.compile(r"word/header\d*\.xml"), "a header", False),
    (re.compile(r"word/footer\d*\.xml"), "a footer", False),
    (
        re.compile(r"(word|xl|ppt)/(threaded)?comments?.*\.xml|(xl|ppt)/(threaded)?[cC]omments?/.*\.xml"),
        "a comment",
        True,
    ),
    (re.compile(r"(word/people|xl/persons/.*|ppt/commentAuthors|ppt/authors)\.xml"), "who commented", True),
    (re.compile(r"word/(footnotes|endnotes)\.xml"), "a note under the text", False),
    (re.compile(r"ppt/notesSlides/.*\.xml"), "the speaker’s notes", True),
    (re.compile(r"ppt/slides/slide(\d+)\.xml"), "slide", False),
    (re.compile(r"word/(document|glossary/document)\.xml"), "its text", False),
    (re.compile(r"xl/(sharedStrings|worksheets/.*|drawings/.*)\.?.*xml"), "its cells", False),
    (re.compile(r"ppt/(slideMasters|slideLayouts|diagrams|charts).*\.xml"), "what every slide shows", False),
    (re.compile(r"word/(charts|diagrams)/.*\.xml"), "a figure", False),
    (re.compile(r"content\.xml"), "its text", False),
    (re.compile(r"styles\.xml"), "a header or footer", False),
)


_INSIDE = re.compile(r"(?:(?:word|xl|ppt)/)?(media|Pictures|embeddings)/.")
_FILE_INSIDE = "A file inside it cannot be looked through. Ask for the document without it."
_OF_PROPERTIES = ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "meta.xml")


def _package(data: bytes) -> Iterator[Piece]:
    try:
        if data.count(b"PK\x01\x02") > 2 * MOST_PARTS:
            yield Piece("the document", "", unseen=_TOO_LARGE)
            return
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            room = MOST_UNPACKED
            for info in archive.infolist():
                if info.is_dir() or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    continue
                for piece in _part(archive, info, min(room, MOST_PART)):
                    room -= len(piece.text)
                    yield piece
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        # zipfile raises each of these for a damaged or protected archive.
        yield Piece("the document", "", unseen=_DAMAGED)


def _part(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> Iterator[Piece]:
    name = info.filename
    inside = _INSIDE.match(name)
    if inside is not None:
        is_file = inside[1] == "embeddings"
        yield Piece(
            "a file inside it" if is_file else "a picture in it", "", unseen=_FILE_INSIDE if is_file else _PICTURE
        )
    elif name.endswith((".xml", ".rels")):
        with archive.open(info) as file:
            content = file.read(most + 1)
        if len(content) > most:
            yield Piece(name[:80], "", unseen=_TOO_LARGE)
        else:
            yield from _markup(name, _decoded(content))


def _markup(name: str, text: str) -> Iterator[Piece]:
    if name.endswith(".rels"):
        for one in _TARGET.finditer(text):
            yield Piece("where a link leads", _unescaped(one[1] or one[2]))
        return
    if name in _OF_PROPERTIES:
        for found in _PROPERTY.finditer(text):
            what = _PROPERTIES.get(found[1] or "", "a property")
            yield Piece(what, _unescaped(found[2] or found[3]), is_hidden=what != "its title")
        return
    if name == "xl/workbook.xml":
        yield Piece("the name of a sheet", "\n".join(map(_unescaped, _SHEET.findall(text))))
        return
    for pattern, place, hidden in _PLACES:
        match = pattern.fullmatch(name)
        if match is None:
            continue
        for author in dict.fromkeys(_AUTHOR.findall(text)):
            yield Piece("who commented or changed it", _unescaped(author), is_hidden=True)
        words = _unescaped(_TAGS.sub("", _BREAKS.sub("\n", text)))
        if words.strip():
            yield Piece(f"slide {match[1]}" if place == "slide" else place, words, is_hidden=hidden)
        return


def _decoded(content: bytes) -> str:
    return content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)
