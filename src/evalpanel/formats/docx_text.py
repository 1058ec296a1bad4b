"""The words of a Word document (ECMA-376 Part 1, WordprocessingML): enough to read a bid, and nothing that runs.

Only the document's own XML, the names of its styles and its footnotes are opened. Pictures, macros, links and embedded files are
never followed; entities and document types are refused by defusedxml.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalpanel.domain.readable import Paragraph
from evalpanel.errors import EvalPanelError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_BYTES = 64 << 20
"""What one part may unfold to: far above any bid, far under what would hang the window."""
MOST_PARTS = 5_000
MOST_TAGS = 2_000_000
"""The most tags of one part: a bid of five hundred pages has about one million, and each takes far more memory than room."""
MOST_PARAGRAPHS = 20_000
DEEPEST = 60
"""How deep tables and boxes may stand inside each other: Word itself stops long before."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_STYLE = re.compile(
    rb'<\w{1,20}:style\s[^<>]{0,300}?styleId="([^"<>]{0,300})"[^<>]{0,300}>\s{0,300}<\w{1,20}:name\s{1,20}\w{1,20}:val="([^"<>]{0,300})"'
)
_HEADING = re.compile(r"(?:heading ([1-9])|title)\Z", re.IGNORECASE)
# What Word keeps and does not show: text that was deleted with changes tracked, or moved away.
_NOT_SHOWN = frozenset({"del", "moveFrom", "instrText", "delText"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "\u2011"}
_WRAPPERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})
_PICTURES = frozenset({"drawing", "pict", "object"})


@dataclass(frozen=True, slots=True)
class DocxText:
    """The words of a document in reading order, and how many pictures and embedded things were left out."""

    paragraphs: tuple[Paragraph, ...]
    pictures: int


def read_docx(data: bytes) -> DocxText:
    """The words of a .docx (or .docm) file. Raises EvalPanelError in words for what is no such file, or a hostile one."""
    if data.startswith(_OLE):
        raise _refused("It is protected by a password, or in an older format of Word")
    try:
        if data.count(b"PK\x01\x02") > 2 * MOST_PARTS:  # the list of its parts alone would fill the memory
            raise _refused("It is made of more parts than any Word document")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            body = _part(archive, "word/document.xml")
            if body is None:
                raise _refused("It is not a Word document")
            return _Reader(
                _headings(_content(archive, "word/styles.xml") or b""), _notes(_part(archive, "word/footnotes.xml"))
            ).read(body)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        # zipfile raises each of these for a damaged or protected archive.
        raise _refused("It is damaged, or protected by a password") from error


def _refused(why: str) -> EvalPanelError:
    return EvalPanelError("This document cannot be shown here.", f"{why}.")


def _content(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Others ask for as much memory as they like before the first byte comes out.
        raise _refused("It is packed in a way that Word never uses")
    with archive.open(info) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _refused("It unfolds to far more than a bid could hold")
    return content


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    # Imported here: only who reads a document needs the parser.
    from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]  # it carries no types
    from defusedxml.ElementTree import ParseError, fromstring  # type: ignore[import-untyped]  # the same

    content = _content(archive, name)
    if content is None:
        return None
    if content.count(b"<") > MOST_TAGS:
        raise _refused("It has more parts than a bid could have")
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, LookupError) as error:
        raise _refused("Its text is damaged, or made in a way that no Word document is") from error
    return root


def _headings(styles: bytes) -> dict[str, int]:
    """The heading level of each style: ids differ between languages (“Titre1”), names do not (“heading 1”).

    Looked up in the bytes, not parsed: style sheets are many times longer than a bid's own text, the name is always the
    first thing in a style (ECMA-376 17.7.4.17), and all that hangs on it is the size of a heading.
    """
    found: dict[str, int] = {}
    for style, name in _STYLE.findall(styles):
        match = _HEADING.match(name.decode("utf-8", "replace"))
        if match:
            found[style.decode("utf-8", "replace")] = int(match[1] or 1)
    return found


def _notes(footnotes: Element | None) -> dict[str, str]:
    held: dict[str, str] = {}
    for note in footnotes if footnotes is not None else ():
        if not _attribute(note, "type"):  # separators have one
            # iter() is no recursion, so that depth does no harm here.
            text = "".join(one.text or "" for one in note.iter() if _name(one) == "t").strip()
            if text:
                held[_attribute(note, "id")] = text
    return held


class _Reader:
    """Walks one document. Footnotes get numbers where they are called, and stand at the end."""

    def __init__(self, headings: dict[str, int], notes: dict[str, str]) -> None:
        self._headings = headings
        self._notes = notes
        self._called: dict[str, int] = {}
        self._pictures = 0

    def read(self, root: Element) -> DocxText:
        held: list[Paragraph] = []
        for one in self._blocks(root, 0):
            held.append(one)
            if len(held) > MOST_PARAGRAPHS:
                raise _refused("It has more paragraphs than a bid could have")
        held += [Paragraph(f"[{number}] {self._notes[note]}") for note, number in self._called.items()]
        return DocxText(tuple(held), self._pictures)

    def _blocks(self, parent: Element, depth: int) -> Iterator[Paragraph]:
        """Paragraphs and tables under `parent`, whatever they are wrapped in."""
        if depth > DEEPEST:
            raise _refused("Its parts stand too deep inside each other")
        for child in parent:
            name = _name(child)
            if name == "p":
                yield from self._paragraph(child, depth)
            elif name == "tbl":
                rows = tuple(self._row(row, depth + 1) for row in _inside(child, "tr"))
                if rows:
                    yield Paragraph(rows=rows)
            elif name not in _NOT_SHOWN and child.tag != _FALLBACK:
                yield from self._blocks(child, depth + 1)

    def _row(self, row: Element, depth: int) -> tuple[str, ...]:
        return tuple(
            "\n".join(_words(one) for one in self._blocks(cell, depth + 1) if _words(one))
            for cell in _inside(row, "tc")
        )

    def _paragraph(self, paragraph: Element, depth: int) -> Iterator[Paragraph]:
        boxes: list[Element] = []
        text = "".join(self._runs(paragraph, depth, boxes)).strip("\n")
        if text.strip():
            heading, item = self._style(paragraph)
            yield Paragraph(text, heading, item)
        for box in boxes:
            yield from self._blocks(box, depth + 1)

    def _runs(self, parent: Element, depth: int, boxes: list[Element]) -> Iterator[str]:
        if depth > DEEPEST:
            raise _refused("Its parts stand too deep inside each other")
        for child in parent:
            name = _name(child)
            if name == "t":
                yield child.text or ""
            elif name in _BREAKS:
                yield _BREAKS[name]
            elif name == "txbxContent":
                boxes.append(child)
            elif name == "footnoteReference" and _attribute(child, "id") in self._notes:
                # A note that is called again keeps its number, and stands at the end once.
                yield f"[{self._called.setdefault(_attribute(child, 'id'), len(self._called) + 1)}]"
            elif name not in _NOT_SHOWN and child.tag != _FALLBACK and not _hidden(child, name):
                self._pictures += name in _PICTURES
                yield from self._runs(child, depth + 1, boxes)

    def _style(self, paragraph: Element) -> tuple[int, bool]:
        properties = next((child for child in paragraph if _name(child) == "pPr"), None)
        heading, item = 0, False
        for one in properties if properties is not None else ():
            name = _name(one)
            if name == "pStyle":
                heading = heading or self._headings.get(_value(one), 0)
            elif name == "outlineLvl" and _value(one).isdecimal():
                heading = heading or (int(_value(one)) + 1 if len(_value(one)) == 1 and int(_value(one)) < 9 else 0)
            elif name == "numPr":
                item = True
        return heading, item and not heading


def _inside(parent: Element, wanted: str, depth: int = 0) -> Iterator[Element]:
    """The rows of a table, or the cells of a row, also where a content control or a tracked change wraps them."""
    for child in parent:
        name = _name(child)
        if name == wanted:
            yield child
        elif name in _WRAPPERS and depth < DEEPEST:
            yield from _inside(child, wanted, depth + 1)


def _hidden(run: Element, name: str) -> bool:
    """Whether a run is marked as hidden: Word does not show it, so neither do we."""
    if name != "r":
        return False
    return any(
        _name(mark) == "vanish" and _value(mark) not in ("0", "false", "off")
        for properties in run
        if _name(properties) == "rPr"
        for mark in properties
    )


def _words(one: Paragraph) -> str:
    return one.text or "\n".join(" · ".join(cell for cell in row if cell) for row in one.rows)


def _name(element: Element) -> str:
    """The name of a WordprocessingML element; of others (drawings, alternatives) their own last part."""
    return str(element.tag).rpartition("}")[2]


def _attribute(element: Element, name: str) -> str:
    return element.get(_W + name) or element.get(_W_STRICT + name) or ""


def _value(element: Element) -> str:
    return _attribute(element, "val")
