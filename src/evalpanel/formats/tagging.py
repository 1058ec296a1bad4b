"""What makes a page readable to those who hear it: the structure of a document, and the marks that tie the page to it.

Reportlab draws pages and knows no structure. So each flowable is made with its `Element` (a heading, a table cell, a
figure) and marks what it draws as that element's content; what only decorates is marked as an artifact. The tree is in
the order in which things are made, which is the order in which they are read. `structure_tree` writes it into the file.

It imports reportlab, which is slow: import it late.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas
from reportlab.pdfgen.textobject import PDFTextObject

rl_config.useA85 = 0  # reportlab would write streams in letters, slowly, and a fourth larger


@dataclass(frozen=True, slots=True)
class Marked:
    """A stretch of a page that belongs to an element: the page (from 1) and the number of the mark on it."""

    page: int
    mark: int


@dataclass(frozen=True, slots=True)
class Annotated:
    """Something of a page that can be followed or filled in: the page (from 1) and its place among those of that page.

    `place` is None for the signature field, which comes after all others.
    """

    page: int
    place: int | None


@dataclass(frozen=True, slots=True)
class Filled:
    """Something of a page that is filled in: the page (from 1) and its number among the fields of the document."""

    page: int
    number: int


@dataclass(slots=True, eq=False)
class Element:
    """One thing in a document: its kind as PDF names it (`H1`, `P`, `TD`), and what it holds, in reading order.

    `alternative` says in words what cannot be read; `language` is set where it is not the document's, `heard`
    where its letters stand on the page in another order or form than they are said; `headers` are the
    identities of the header cells of a table cell; `box` is the room of a figure: left, bottom, right, top in points.
    """

    tag: str
    alternative: str = ""
    language: str = ""
    heard: str = ""
    scope: str = ""
    identity: str = ""
    headers: tuple[str, ...] = ()
    summary: str = ""
    numbering: str = ""
    box: tuple[float, float, float, float] | None = None
    content: list[Element | Marked | Annotated | Filled] = field(default_factory=list)


class Structure:
    """The elements of one document, as they are made."""

    def __init__(self) -> None:
        self.root = Element("Document")
        self._open = [self.root]
        self._marks: dict[int, int] = {}
        self._tables = 0

    def add(self, tag: str, **more: Any) -> Element:
        """A new element at the end of what is open."""
        made = Element(tag, **more)
        self._open[-1].content.append(made)
        return made

    @contextmanager
    def within(self, element: Element) -> Iterator[Element]:
        """Elements that are made inside belong to `element`."""
        self._open.append(element)
        try:
            yield element
        finally:
            self._open.pop()

    def next_table(self) -> int:
        """The number of one more table, from 1: identities of header cells begin with it."""
        self._tables += 1
        return self._tables

    def mark(self, page: int) -> int:
        """The number of the next mark on a page, from 0."""
        number = self._marks.get(page, 0)
        self._marks[page] = number + 1
        return number


def inner(shown: str, **what: str) -> str:
    """Markup of a paragraph in which `shown` is an element of its own inside it: a link (`address`), or a span.

    A span is in another `language`, or is `heard` as other text than its letters are, in their order on the page.
    """
    begins = json.dumps(what).encode().hex()
    return f'<onDraw name="inner_on" label="{begins}"/>{shown}<onDraw name="inner_off" label="-"/>'


class TaggedCanvas(Canvas):
    """Pages on which everything that is drawn belongs to an element or is an artifact."""

    _code: list[str]  # what is drawn, reportlab's own, and the annotations of the page
    _annotationrefs: list[Any]
    _curr_tx_info: dict[str, Any]

    def __init__(self, *args: Any, structure: Structure, **options: Any) -> None:
        super().__init__(*args, **options)
        self.structure = structure
        self._decorating = 0
        self.links: dict[str, Element] = {}
        self.setNamedCB("inner_on", _inner_on)
        self.setNamedCB("inner_off", _inner_off)

    def opened(self, element: Element) -> str:
        """What begins a stretch of `element` on this page; it is noted in the element."""
        page = self.getPageNumber()
        mark = self.structure.mark(page)
        element.content.append(Marked(page, mark))
        return f"/{element.tag} <</MCID {mark}>> BDC"

    @property
    def decorating(self) -> bool:
        """Whether what is drawn now is an artifact."""
        return self._decorating > 0

    @contextmanager
    def tagged(self, element: Element) -> Iterator[None]:
        """What is drawn inside belongs to `element`."""
        if self.decorating:
            yield
            return
        self._code.append(self.opened(element))
        yield
        self._code.append("EMC")

    @contextmanager
    def artifact(self, properties: str = "") -> Iterator[None]:
        """What is drawn inside is no content: lines, grounds, repeated heads, page numbers."""
        if not self.decorating:
            self._code.append(f"/Artifact <<{properties}>> BDC" if properties else "/Artifact BMC")
        self._decorating += 1
        yield
        self._decorating -= 1
        if not self.decorating:
            self._code.append("EMC")

    def drawText(self, aTextObject: PDFTextObject) -> None:  # noqa: N803  # the names are reportlab's
        """Draw text; what it left open is closed inside it."""
        if isinstance(aTextObject, TaggedText):
            aTextObject.close()
        super().drawText(aTextObject)

    def linkURL(self, url: str, rect: Any, *args: Any, **options: Any) -> None:
        """Note a place that can be followed, and that the link in the text is the one that leads there."""
        super().linkURL(url, rect, *args, **options)
        self.links[url].content.append(Annotated(self.getPageNumber(), len(self._annotationrefs) - 1))


@dataclass(slots=True, eq=False)
class Inline:
    """What of a paragraph is open where it was broken over two pages: the link or span that it is in."""

    element: Element | None = None


class TaggedText(PDFTextObject):
    """A text object that marks itself as an element's, with links and spans inside."""

    _code: list[str]  # what is drawn, reportlab's own

    def __init__(self, canvas: TaggedCanvas, x: float, y: float, element: Element, inline: Inline) -> None:
        super().__init__(canvas, x, y)
        self._sheet, self.element, self.inline = canvas, element, inline
        if not canvas.decorating:
            self._code.append(canvas.opened(inline.element or element))

    def enter(self, what: dict[str, str]) -> None:
        """Go from the paragraph into a link or a span (see `inner`)."""
        if self._sheet.decorating:
            return
        address = what.get("address", "")
        made = Element("Link" if address else "Span", language=what.get("language", ""), heard=what.get("heard", ""))
        self.element.content.append(made)
        if address:
            self._sheet.links[address] = made
        self.inline.element = made
        self._code += ["EMC", self._sheet.opened(made)]

    def leave(self) -> None:
        """Go back into the paragraph."""
        if not self._sheet.decorating:
            self.inline.element = None
            self._code += ["EMC", self._sheet.opened(self.element)]

    def _textOut(self, text: str, TStar: int = 0) -> None:  # noqa: N803  # the names are reportlab's
        # A line ends with a space, or the last word of it and the first of the next would be heard as one.
        super()._textOut(f"{text} " if TStar and text[-1:] != " " else text, TStar)  # type: ignore[misc]  # untyped

    def close(self) -> None:
        """Close what is open: the text ends here, or goes on overleaf."""
        if not self._sheet.decorating:
            self._code.append("EMC")


def _text(canvas: Canvas) -> TaggedText:
    if not isinstance(canvas, TaggedCanvas):
        raise AssertionError("links and spans stand on pages of ours only")
    found = canvas._curr_tx_info["tx"]  # reportlab says here which text it is in the middle of
    if not isinstance(found, TaggedText):
        raise AssertionError("links and spans stand in paragraphs of ours only")
    return found


def _inner_on(canvas: Canvas, _kind: str | None, label: str) -> None:
    _text(canvas).enter(json.loads(bytes.fromhex(label)))


def _inner_off(canvas: Canvas, _kind: str | None, _label: str) -> None:
    _text(canvas).leave()
