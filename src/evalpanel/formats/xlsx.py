"""The cells of an Office Open XML workbook (ECMA-376), read defensively: nothing in it is calculated or followed.

openpyxl writes our workbooks but does not read them: it turns every number into a binary float, drops rows that are out
of order without a word, and takes string -1 of the table for the last. Here a number keeps its digits, each part is
parsed once as a stream by defusedxml (document types, entities and external references refused), and what does not
hold together is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from posixpath import join, normpath
from xml.sax import SAXException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it carries no types
from defusedxml.expatreader import create_parser  # type: ignore[import-untyped]  # the same

from evalpanel.domain.intake import Problem
from evalpanel.formats.grid import RawSheet
from evalpanel.formats.xlsx_sheet import (
    Amount,
    DamagedError,
    SheetHandler,
    StringsHandler,
    Styles,
    StylesHandler,
    local,
)

MAX_PARTS = 5_000
MAX_UNPACKED = 128 * 1024 * 1024
"""The most that a workbook may unpack to, in bytes: twice what 100,000 rows of long texts need."""
MAX_SHEETS = 200
MAX_RELATIONS = 10_000
_CHUNK = 256 * 1024
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "Open it in a spreadsheet program and save it as an Excel workbook (.xlsx)."


class _RefusedError(Exception):
    """The file as a whole cannot be read; `what` follows its name in a sentence."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


def read_xlsx(data: bytes, name: str) -> tuple[tuple[RawSheet, ...], tuple[Problem, ...]]:
    """The sheets of a workbook, in its order. Never raises for what the bytes hold: no sheets and a problem instead.

    Refused in words: encrypted files, macros, links to other workbooks, old or foreign formats, what unpacks to more
    than `MAX_UNPACKED` bytes, document types and entities, and parts that do not hold together.
    """
    try:
        _recognise(data)
        if data.count(b"PK\x01\x02") > 2 * MAX_PARTS:  # the list of its parts alone would fill the memory
            raise _too_much()
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive)
            return _read(archive)
    except _RefusedError as refused:
        return (), (Problem(name, refused.what),)
    except DefusedXmlException:
        what = "holds a document type or entities, which no spreadsheet program writes. It was not read."
        return (), (Problem(name, what),)
    except (
        DamagedError,
        SAXException,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        ValueError,
        LookupError,  # a part that is not there, or an encoding that nobody has
    ) as error:
        return (), (Problem(name, f"is damaged and cannot be read ({_short(error)}). {_SAVE_AS}"),)
    except NotImplementedError as error:
        return (), (Problem(name, f"is packed in a way that is not supported ({_short(error)}). {_SAVE_AS}"),)


def _too_much() -> _RefusedError:
    return _RefusedError(f"unpacks to more than {MAX_UNPACKED // 2**20} MiB or {MAX_PARTS:,} parts and was not opened.")


def _short(error: Exception) -> str:
    text = " ".join(str(part) for part in error.args) if isinstance(error, KeyError) else str(error)
    return "".join(sign if sign.isprintable() else " " for sign in text)[:160] or type(error).__name__


def _recognise(data: bytes) -> None:
    """Refuse, by its first bytes, what is no zip archive, and say what it seems to be."""
    if not data:
        raise _RefusedError("is empty.")
    if data.startswith(_COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _RefusedError("is protected with a password. Open it, remove the password, save it and try again.")
        raise _RefusedError(f"is in an old Excel format (.xls). {_SAVE_AS}")
    if data.startswith(b"PK"):
        return
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"%pdf"):
        raise _RefusedError("is a PDF and not a spreadsheet.")
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise _RefusedError(f"is a web page or XML under the name of a spreadsheet. {_SAVE_AS}")
    raise _RefusedError(f"is not an Excel workbook. {_SAVE_AS}")


def _check_archive(archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if any(info.flag_bits & 1 for info in infos):
        raise _RefusedError("is protected with a password. Open it, remove the password, save it and try again.")
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise _too_much()
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        # Others ask for as much memory as they like before the first byte comes out.
        raise _RefusedError(f"is packed in a way that no spreadsheet program uses. {_SAVE_AS}")
    if len({name.lower() for name in names}) != len(names):
        raise _RefusedError(f"holds two parts of the same name. {_SAVE_AS}")
    if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
        kind = archive.read("mimetype")
        if kind.startswith(b"application/vnd.oasis"):
            raise _RefusedError(f"is an OpenDocument file. {_SAVE_AS}")
    if "[Content_Types].xml" not in names:
        raise _RefusedError(f"is a zip archive but not a workbook. {_SAVE_AS}")
    lowered = [name.lower() for name in names]
    if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in lowered):
        raise _RefusedError(
            "holds macros, which are never opened. Save it as an Excel workbook without macros (.xlsx)."
        )
    if any(name.startswith("xl/externallinks/") for name in lowered):
        raise _RefusedError("takes values from other workbooks. Break the links (paste values), save it and try again.")
    if any(name == "xl/workbook.bin" for name in lowered):
        raise _RefusedError(f"is a binary workbook (.xlsb). {_SAVE_AS}")


def _read(archive: zipfile.ZipFile) -> tuple[tuple[RawSheet, ...], tuple[Problem, ...]]:
    """Follow the relationships from the package to the workbook to its sheets, and read each."""
    names = set(archive.namelist())
    root = _relations(archive, "", names)
    path = next((target for kind, target in root.values() if kind == "officeDocument"), "xl/workbook.xml")
    if path not in names:
        raise _RefusedError(f"is a zip archive but not a workbook. {_SAVE_AS}")
    book = _WorkbookHandler()
    _parse(archive, path, book)
    relations = _relations(archive, path, names)
    if any(kind == "externalLink" for kind, _ in relations.values()):
        raise _RefusedError("takes values from other workbooks. Break the links (paste values), save it and try again.")
    if len(book.sheets) > MAX_SHEETS:
        raise _RefusedError(f"has more than {MAX_SHEETS} sheets.")
    strings = StringsHandler()
    styles = StylesHandler()
    read: set[str] = set()
    for kind, target in relations.values():
        handler = {"sharedStrings": strings, "styles": styles}.get(kind)
        if handler is None or target not in names:
            continue
        if kind in read:
            raise DamagedError(f"two parts are the workbook's {kind}")
        read.add(kind)
        _parse(archive, target, handler)
    return _sheets(archive, book, relations, strings.strings, styles.styles(book.epoch_1904))


def _sheets(
    archive: zipfile.ZipFile,
    book: _WorkbookHandler,
    relations: Mapping[str, tuple[str, str]],
    strings: list[str],
    styles: Styles,
) -> tuple[tuple[RawSheet, ...], tuple[Problem, ...]]:
    sheets: list[RawSheet] = []
    problems: list[Problem] = []
    seen: dict[str, str] = {}
    parts: set[str] = set()
    amount = Amount()
    for title, state, relation in book.sheets:
        if title.casefold() in seen:
            problems.append(Problem(title, f"stands twice in the workbook (as {seen[title.casefold()]}, too)."))
            continue
        seen[title.casefold()] = title
        kind, target = relations.get(relation, ("", ""))
        if kind != "worksheet":
            problems.append(Problem(title, "is a chart or another sheet without cells and was not read.", stops=False))
            continue
        if target in parts:
            raise DamagedError(f"{title} is the same part as another sheet")
        parts.add(target)
        handler = SheetHandler(title, strings, styles, amount)
        _parse(archive, target, handler)
        if state != "visible" and handler.rows:
            problems.append(Problem(title, "is a hidden sheet; it was read like any other.", stops=False))
        sheets.append(RawSheet(title, handler.rows, handler.notes()))
    return tuple(sheets), tuple(problems)


def _parse(archive: zipfile.ZipFile, path: str, handler: ContentHandler) -> None:
    """Feed one part to a handler. The archive gives at most the declared size, and checks it against the CRC."""
    parser = create_parser(forbid_dtd=True)
    parser.setContentHandler(handler)
    with archive.open(path) as part:
        while chunk := part.read(_CHUNK):
            parser.feed(chunk)
    parser.close()


def _relations(archive: zipfile.ZipFile, path: str, names: set[str]) -> dict[str, tuple[str, str]]:
    """By id: the last word of a relationship's type, and the part that it leads to."""
    folder, _, file = path.rpartition("/")
    rels = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
    if rels not in names:
        return {}
    handler = _RelationsHandler()
    _parse(archive, rels, handler)
    return {
        key: (kind, normpath(target.lstrip("/") if target.startswith("/") else join(folder, target)))
        for key, (kind, target) in handler.relations.items()
    }


class _RelationsHandler(ContentHandler):
    def __init__(self) -> None:
        super().__init__()
        self.relations: dict[str, tuple[str, str]] = {}

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if local(name) == "Relationship":
            if len(self.relations) >= MAX_RELATIONS:
                raise DamagedError(f"a part leads to more than {MAX_RELATIONS:,} others")
            kind = attrs.get("Type", "").rpartition("/")[2]
            self.relations[attrs.get("Id", "")] = (kind, attrs.get("Target", ""))


class _WorkbookHandler(ContentHandler):
    """The sheets of a workbook in order (title, state, relationship), and whether it counts days from 1904."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, str]] = []
        self.epoch_1904 = False

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if local(name) == "sheet":
            relation = next((attrs.get(key, "") for key in attrs.getNames() if re.fullmatch(r"\w+:id", key)), "")
            if len(self.sheets) > MAX_SHEETS:
                return  # told when all is read
            self.sheets.append((attrs.get("name", "").strip(), attrs.get("state", "visible"), relation))
        elif local(name) == "workbookPr":
            self.epoch_1904 = attrs.get("date1904", "0") in ("1", "true", "on")
