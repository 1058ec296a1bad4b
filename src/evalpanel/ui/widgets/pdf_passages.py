"""Passages of a PDF: what is selected becomes evidence, and evidence is found again on its page."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtPdf import QPdfDocument, QPdfSelection

from evalpanel.domain.evidence import Evidence, Rect, find, one_line, points, quoted

_FAR = 200  # pages either way: reading a page takes a millisecond or two, and somebody waits
_LEAST = 1.0  # points: a mark that is drawn has some size, whatever the file says


@dataclass(frozen=True, slots=True)
class Passage:
    """Where evidence stands: the page (from 0) and its marks in points; no marks: the whole page.

    `found` is False where the words are not in the document: then the marks are those that were kept.
    """

    page: int
    rects: tuple[QRectF, ...]
    found: bool


def selected_passage(
    document: QPdfDocument, selection: QPdfSelection, page: int, *, sha256: str, path: str
) -> Evidence:
    """The evidence for what is selected on a page (from 0)."""
    text, words = document.getAllText(page).text(), one_line(selection.text())
    around = Evidence(sha256, path, exact=words, start=_from_utf16(text, selection.startIndex()))
    # By its words, since a reader of PDFs counts what it draws, and selects a little beside what it counts.
    start, end = find(text, around) or (around.start, around.start)
    return quoted(
        text,
        start,
        end,
        document=sha256,
        path=path,
        page=page + 1,
        label=document.pageLabel(page),
        rects=tuple(_kept(rect) for rect in _bounds(selection)),
    )


def found_passage(document: QPdfDocument, wanted: Evidence) -> Evidence | None:
    """Words as evidence, as if somebody had selected them on the page nearest to that of `wanted` that has them."""
    found = passage(document, wanted)
    if found is None or not found.found:
        return None
    place = find(document.getAllText(found.page).text(), wanted)
    assert place is not None, "the passage was found on this page"
    selection = _selection(document, found.page, place)
    return selected_passage(document, selection, found.page, sha256=wanted.document, path=wanted.path)


def whole_page(document: QPdfDocument, page: int, *, sha256: str, path: str) -> Evidence:
    """The evidence for a page (from 0) as a whole: a plan, a picture, or a scan without text."""
    return quoted("", 0, 0, document=sha256, path=path, page=page + 1, label=document.pageLabel(page))


def passage(document: QPdfDocument, piece: Evidence) -> Passage | None:
    """Where a piece stands in a document: on its page by its words, else on the nearest page that has them.

    None where the document has no such page and nowhere near it such words.
    """
    here = piece.page - 1
    pages = document.pageCount()
    if not piece.exact:
        return Passage(here, _shown(piece), found=True) if 0 <= here < pages else None
    near = range(max(0, here - _FAR), min(pages, here + _FAR + 1))
    for page in sorted(near, key=lambda page: abs(page - here)):
        text = document.getAllText(page).text()
        place = find(text, piece)
        if place is None:
            continue
        if page == here and place == (piece.start, piece.end) and piece.rects:
            return Passage(page, _shown(piece), found=True)
        return Passage(page, tuple(_bounds(_selection(document, page, place))), found=True)
    return Passage(here, _shown(piece), found=False) if 0 <= here < pages else None


def selection_of(document: QPdfDocument, page: int, piece: Evidence) -> QPdfSelection | None:
    """The words of a piece on a page (from 0), selected; None where the page does not have them."""
    place = find(document.getAllText(page).text(), piece) if piece.exact else None
    return None if place is None else _selection(document, page, place)


def _selection(document: QPdfDocument, page: int, place: tuple[int, int]) -> QPdfSelection:
    text = document.getAllText(page).text()
    start, end = (len(text[:at].encode("utf-16-le", "surrogatepass")) // 2 for at in place)
    return document.getSelectionAtIndex(page, start, end - start)


def _bounds(selection: QPdfSelection) -> list[QRectF]:
    rects = (polygon.boundingRect() for polygon in selection.bounds())
    return [rect for rect in rects if rect.width() > 0 and rect.height() > 0]


def _kept(rect: QRectF) -> Rect:
    return Rect(
        points(rect.x()), points(rect.y()), points(max(_LEAST, rect.width())), points(max(_LEAST, rect.height()))
    )


def _shown(piece: Evidence) -> tuple[QRectF, ...]:
    # Places on the screen, so floats: nothing is worked out from them.
    return tuple(QRectF(float(one.x), float(one.y), float(one.width), float(one.height)) for one in piece.rects)


def _from_utf16(text: str, at: int) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * at].decode("utf-16-le", "ignore"))
