"""What a document of a bid holds that a reader should know before opening it. Nothing is run, followed or fetched.

Documents come from people we do not know, and some are opened outside this program. They are kept as they came, since
they are evidence; what is unusual about them is a note for the reader, and never keeps a pack out
(docs/formats/documents.md).

Sources: ECMA-376 part 2 (packages, relationships); OpenDocument 1.3 part 2; [MS-OFFCRYPTO]; [MS-CFB]; [MS-OVBA].
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it carries no types
from defusedxml.expatreader import create_parser  # type: ignore[import-untyped]  # the same

from evalpanel.domain.intake import Problem
from evalpanel.formats.pdf_checks import look_at_pdf
from evalpanel.formats.sniffing import broken_promise, is_program, kind_of, spoken
from evalpanel.system.files import in_words, shown

MOST_LOOKED = 32 << 20
"""The largest document that is looked through, in bytes; of larger ones only the kind is told."""
MOST_PARTS = 5_000
MOST_UNPACKED = 64 << 20
_MOST_OF_A_PART = 32 << 20
_RATIO, _RATIO_FROM = 200, 16 << 20
_MOST_TEXT = 8 << 20
_MOST_ADDRESSES = 3

_MACROS = "It holds macros (programs). They are not run here; do not allow them where you open it."
_ENCRYPTED = "It is protected with a password and cannot be read. Ask the bidder for it without one."
_PACKAGE = "It holds other files inside (embedded objects). They are kept in it and not opened."
_ACTIVE = "It holds active controls (ActiveX). They are not run here; do not allow them where you open it."
_LINKED_DATA = "It takes values from other files or programs. They are not fetched here; do not update them."
_BOMB = "It unpacks to far more than it seems to hold, as files made to do harm do. It was not looked through."
_DAMAGED = "It is damaged or cut off. It may not open, or only in part. Ask for it again."


class _DamagedError(Exception):
    """A part of a package does not hold together."""


class _TooLargeError(Exception):
    """A part of a package is larger than honest ones are."""


def look(data: bytes | BinaryIO, name: str) -> tuple[Problem, ...]:
    """Notes on the document called `name` (its path in the pack): each a sentence, none of which stops.

    `data` is its content, or a file at its start, of which at most `MOST_LOOKED` bytes and one more are read. Never
    raises for what the bytes hold; reading a file may raise as that file does.
    """
    content = data if isinstance(data, bytes) else data.read(MOST_LOOKED + 1)
    told = dict.fromkeys(_told(content, name))
    return tuple(Problem(name, what, stops=False) for what in told)


class Watcher:
    """Looks at a document while somebody else reads it: `take` gets each piece of it, `notes` tells what it holds.

    So a document is sealed and looked at in one pass. At most `MOST_LOOKED` bytes of it are held in memory.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._held: list[bytes] = []
        self._room = MOST_LOOKED + 1

    def take(self, piece: bytes) -> None:
        """The next piece of the document."""
        if self._room > 0:
            self._held.append(piece if len(piece) <= self._room else piece[: self._room])
            self._room -= len(piece)

    def notes(self) -> tuple[Problem, ...]:
        """The notes on what was taken, once it is all of it."""
        content = self._held[0] if len(self._held) == 1 else b"".join(self._held)
        self._held.clear()
        return look(content, self._name)


def _told(data: bytes, name: str) -> Iterator[str]:
    if not data:
        return  # the list of the pack says so already
    kind = kind_of(data)
    if is_program(data, name):
        yield "It is a program or a script, and no document. It is not run here; do not open it."
    elif kind is not None and broken_promise(name, kind):
        yield f"Its name ends in {broken_promise(name, kind)}, but it holds {spoken(kind)}. It is kept as it is."
    elif kind is None and broken_promise(name, None):
        yield f"Its name ends in {broken_promise(name, None)}, but it holds something else, or is damaged."
    if len(data) > MOST_LOOKED:
        yield f"It is larger than {in_words(MOST_LOOKED)} and was not looked through. Open it with care."
    elif kind == "pdf":
        yield from look_at_pdf(data)
    elif kind == "ole":
        yield from _compound_file(data)
    elif kind == "zip":
        yield from _package(data)
    elif kind == "rtf":
        yield from _long_text(data)
        yield from _rich_text(data[:_MOST_TEXT], data[-1024:])
    elif kind in ("html", "svg"):
        yield from _long_text(data)
        yield from _web_page(data[:_MOST_TEXT])


# Old Office files -----------------------------------------------------------------------------------------------------


def _compound_file(data: bytes) -> Iterator[str]:
    def holds(*streams: str) -> bool:
        # The names of storages and streams stand in the directory as UTF-16 and end in a zero ([MS-CFB] 2.6.1).
        return any((stream + "\0").encode("utf-16-le") in data for stream in streams)

    if holds("EncryptedPackage"):
        yield _ENCRYPTED
        return
    if len(data) % 512 or len(data) < 1536:
        yield _DAMAGED
    yield "It is in an old Office format, which is not shown here. Open it outside, or ask for a PDF."
    if holds("_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR"):
        yield _MACROS
    if holds("\x01Ole10Native", "ObjectPool", "Package"):
        yield _PACKAGE


def _long_text(data: bytes) -> Iterator[str]:
    if len(data) > _MOST_TEXT:
        yield f"Only its first {in_words(_MOST_TEXT)} were looked through. Open it with care."


def _rich_text(data: bytes, tail: bytes) -> Iterator[str]:
    if re.search(rb"\\obj(data|class|autlink|update|ocx|emb|link)", data):
        yield _PACKAGE
    if re.search(rb"\\\*\\template\b|INCLUDE(PICTURE|TEXT)|\bDDE(AUTO)?\b", data, re.IGNORECASE):
        yield _LINKED_DATA
    if not tail.rstrip(b"\0\r\n\t ").endswith(b"}"):
        yield _DAMAGED


def _web_page(data: bytes) -> Iterator[str]:
    if re.search(rb"<script|\bon(load|click|error|mouseover)\s*=|javascript:", data, re.IGNORECASE):
        yield "It holds scripts. They are not run here; do not open it in a browser."
    if re.search(
        rb"(src|href|data|action)\s{0,20}=\s{0,20}[\"']?\s{0,20}(https?:)?//|url\(\s{0,20}[\"']?https?:",
        data,
        re.IGNORECASE,
    ):
        yield "It names web addresses, which a browser would ask for: others could see who reads it and when."


# Packages: Office Open XML and OpenDocument ---------------------------------------------------------------------------


def _package(data: bytes) -> Iterator[str]:
    if data.count(b"PK\x01\x02") > 2 * MOST_PARTS:  # the list of its parts alone would fill the memory
        yield _BOMB
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            yield from _in_package(archive)
    except _TooLargeError:
        yield _BOMB
    except (
        zipfile.BadZipFile,
        _DamagedError,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        LookupError,  # an encoding that nobody has
        NotImplementedError,
    ):
        # Whatever the standard library says of it, a reader's program is unlikely to open it either.
        yield _DAMAGED


def _in_package(archive: zipfile.ZipFile) -> Iterator[str]:
    infos = archive.infolist()
    names = {info.filename.lower() for info in infos}
    is_office = "[content_types].xml" in names
    is_open_document = "mimetype" in names
    if not is_office and not is_open_document:
        return  # an archive inside the pack, which is kept as one file and has its note
    if any(info.flag_bits & 1 for info in infos):
        yield _ENCRYPTED
        return
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        yield "It is packed in a way that no Office program uses. It was not looked through, and may not open."
        return
    unpacked, packed = sum(info.file_size for info in infos), sum(info.compress_size for info in infos)
    if len(infos) > MOST_PARTS or (unpacked > _RATIO_FROM and unpacked > _RATIO * packed):
        yield _BOMB
        return
    if len(names) != len(infos):
        yield "It holds two parts of the same name; programs may show different things. Read it with care."
    if is_office:
        yield from _office(archive, names)
    else:
        yield from _open_document(archive, names)
    yield from _parts_damaged(archive, unpacked)


def _parts_damaged(archive: zipfile.ZipFile, unpacked: int) -> Iterator[str]:
    if unpacked <= MOST_UNPACKED and archive.testzip() is not None:
        yield _DAMAGED


def _office(archive: zipfile.ZipFile, names: set[str]) -> Iterator[str]:
    # The list of kinds may be in UTF-16; without its zeros it reads the same.
    kinds = _read(archive, "[content_types].xml").replace(b"\0", b"").lower()
    by_kind = any(mark in kinds for mark in (b"macroenabled", b"vbaproject", b"macrosheet"))
    if by_kind or any("vbaproject" in name or "/macrosheets/" in name for name in names):
        yield _MACROS
    if any("/activex/" in name for name in names):
        yield _ACTIVE
    if any("/embeddings/" in name for name in names):
        yield _PACKAGE
    outside: dict[str, list[str]] = {}
    for name in sorted(names):
        if name.endswith(".rels"):
            for kind, target in _outside(archive, name):
                outside.setdefault(_OUTSIDE.get(kind, "other content"), []).append(target)
    yield from _told_outside(outside)
    if any(name.startswith("xl/externallinks/") and name.endswith(".xml") for name in names) or _has_dde(
        archive, names
    ):
        yield _LINKED_DATA


_PLAIN_LINKS = ("hyperlink",)
# Another computer. Word writes the place of its template on the author's own disk into very many documents, and nothing
# can be fetched from there.
_ELSEWHERE = re.compile(r"(?!file:/{3,}[A-Za-z]:)(?:[A-Za-z][A-Za-z0-9+.-]+:|[\\\\/]{2})")
_OUTSIDE = {
    "image": "pictures",
    "attachedtemplate": "a template, which may bring macros",
    "oleobject": "linked objects",
    "frame": "other pages",
    "subdocument": "other documents",
    "video": "film",
    "audio": "sound",
    "media": "film or sound",
}


def _told_outside(outside: dict[str, list[str]]) -> Iterator[str]:
    for what, targets in sorted(outside.items()):
        places = ", ".join(shown(target)[:80] for target in targets[:_MOST_ADDRESSES])
        more = f" and {len(targets) - _MOST_ADDRESSES} more" if len(targets) > _MOST_ADDRESSES else ""
        yield (
            f"It wants to fetch {what} from elsewhere ({places}{more}). Nothing is fetched here; where you open it, "
            "others could see who reads it and when."
        )


def _outside(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str]]:
    """The relationships of a part that lead to other computers, but for links that a person has to click."""
    handler = _Relations()
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(handler)
    try:
        parser.feed(_read(archive, part))
        parser.close()
    except (SAXException, DefusedXmlException) as error:
        raise _DamagedError from error
    return [(kind, target) for kind, target in handler.outside if kind not in _PLAIN_LINKS and _ELSEWHERE.match(target)]


class _Relations(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.outside: list[tuple[str, str]] = []

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if name.rpartition(":")[2] == "Relationship" and attrs.get("TargetMode", "").casefold() == "external":
            kind = attrs.get("Type", "").rpartition("/")[2].casefold()
            self.outside.append((kind, attrs.get("Target", "")))


def _has_dde(archive: zipfile.ZipFile, names: set[str]) -> bool:
    """Whether a Word document takes values from another program (fields DDE and DDEAUTO, ECMA-376 part 1, 17.16.5)."""
    if "word/document.xml" not in names:
        return False
    text = _read(archive, "word/document.xml")
    fields = re.finditer(rb"<w:instrText[^>]{0,200}>[^<]{0,400}<|w:instr=\"[^\"]{0,400}\"", text)
    return any(re.search(rb"\bDDE(AUTO)?\b", field[0], re.IGNORECASE) for field in fields)


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> Iterator[str]:
    if "meta-inf/manifest.xml" in names and b"encryption-data" in _read(archive, "meta-inf/manifest.xml"):
        yield _ENCRYPTED
        return
    if any(name.startswith(("basic/", "scripts/")) and not name.endswith("/") for name in names):
        yield _MACROS
    if any(re.match(r"object \d+$|objectreplacements/.*\.bin$", name) for name in names):
        yield _PACKAGE
    targets = []
    for part in ("content.xml", "styles.xml"):
        if part in names:
            found = re.finditer(
                rb"<draw:(?:image|object|plugin)\b[^<>]{0,600}?xlink:href=\"([a-z]{2,6}://[^\"]{0,300})",
                _read(archive, part),
            )
            targets += [one[1].decode("utf-8", "replace") for one in found]
    if targets:
        yield from _told_outside({_OUTSIDE["image"]: targets})


def _read(archive: zipfile.ZipFile, part: str) -> bytes:
    """One part, by its name in lower case, up to a limit; beyond it a package is no honest document."""
    info = next(info for info in archive.infolist() if info.filename.lower() == part)
    with archive.open(info) as file:
        data = file.read(_MOST_OF_A_PART + 1)
    if len(data) > _MOST_OF_A_PART:
        raise _TooLargeError
    return data
