"""Evidence: the place in a document that a reason rests on, carried from the page of a bid to the sentence of a letter.

A place is told three times over, so that it is found again whoever reads the file: by its words with what stands before
and after them (a TextQuoteSelector of the W3C Web Annotation Data Model), by where they stand in the text of the page
(a TextPositionSelector), and by rectangles on the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from evalpanel.domain.digests import canonical_json
from evalpanel.domain.numbers import canonical, exact
from evalpanel.domain.tender import BidderCode, LotCode
from evalpanel.errors import EvalPanelError

CONTEXT = 32
"""How many characters before and after the words are kept, to tell one place from another with the same words."""

MOST_WORDS = 2000
"""The most characters of one passage: about a page of a book."""

MOST_PIECES = 20
"""The most pieces on one line of a score sheet."""

MOST_CITED = 6
"""The most pieces that an agreed score rests on: the letter shows each of them."""

MOST_NOTE = 300
_MOST_PATH, _MOST_LABEL, _MOST_RECTS, _MOST_CONTEXT = 1000, 40, 200, 64
_MOST_PAGE, _MOST_OFFSET, _MOST_POINTS = 100_000, 100_000_000, Decimal(100_000)
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_HUNDREDTH = Decimal("0.01")
# What readers of PDFs put where a line was broken, and what no file of text can hold.
_NO_WORDS = {0x00: None, 0x02: None, 0xAD: None, 0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle on a page, in points (1/72 inch) from the page's top left corner, exact to a hundredth."""

    x: Decimal
    y: Decimal
    width: Decimal
    height: Decimal


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: a passage of a document, or a whole page of it.

    `document` is the SHA-256 of the document's content and `path` its name in the pack. `page` counts from 1 (0: the
    document has no pages), `label` is the number printed on it where that differs. `exact` are the words in one line
    (empty: the whole page), with what stands before (`prefix`) and after (`suffix`); `start` and `end` are where they
    stand in the text of the page, or of a document without pages, in characters as the window's reader counts them.
    `note` is the person's own; it is not sent to bidders.
    """

    document: str
    path: str
    page: int = 0
    label: str = ""
    exact: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 0
    end: int = 0
    rects: tuple[Rect, ...] = ()
    note: str = ""

    @property
    def place(self) -> tuple[str, int, int, int, str]:
        """What makes two pieces the same place, whatever is noted beside them."""
        return (self.document, self.page, self.start, self.end, self.exact)

    @property
    def page_words(self) -> str:
        """The page in words: `page 4`, or `page 4 (numbered iv)`; empty for a document without pages."""
        if not self.page:
            return ""
        return f"page {self.page}" + (f" (numbered {self.label})" if self.label else "")


@dataclass(frozen=True, slots=True)
class Source:
    """A document that evidence can come from: its digest, its name in the pack, what it is called, and whose it is.

    `bidder` None: the tender's own. `priced`: it lies in a price envelope.
    """

    document: str
    path: str
    title: str
    bidder: BidderCode | None
    lot: LotCode | None = None
    priced: bool = False

    @property
    def name(self) -> str:
        """What people call it: its title, or its file name."""
        return self.title.strip() or self.path.rpartition("/")[2]


def source_of(piece: Evidence, sources: Iterable[Source], bidder: BidderCode, lot: LotCode) -> Source | None:
    """The document that a piece comes from, among those of a bidder in a lot and the tender's own; None: none of them."""
    own = [
        one
        for one in sources
        if one.document == piece.document and one.bidder in (None, bidder) and one.lot in (None, lot) and not one.priced
    ]
    return next((one for one in own if one.path == piece.path), own[0] if own else None)


def source_fault(piece: Evidence, sources: Iterable[Source], bidder: BidderCode, lot: LotCode) -> str:
    """Why a piece cannot be evidence about a bid, in words: only what that bid or the tender says is."""
    held = tuple(sources)
    if source_of(piece, held, bidder, lot) is not None:
        return ""
    found = [one for one in held if one.document == piece.document]
    if not found:
        return f"{piece.path} is not one of the tender's documents"
    if all(one.priced for one in found):
        return f"{piece.path} lies in a price envelope, and prices are scored apart"
    return f"{piece.path} belongs to another bid"


def one_line(text: str) -> str:
    """Words as they are kept: in one line, without what stands for a broken line or could not be written to a file."""
    clean = text.translate(_NO_WORDS)
    return " ".join("".join(char for char in clean if not "\ud800" <= char <= "\udfff").split())


def shortened(text: str, most: int) -> str:
    """`text` cut after a word so that it has at most `most` characters, with an ellipsis where something is left out."""
    if len(text) <= most:
        return text
    cut = text[:most].rpartition(" ")[0] or text[: most - 1]
    return cut.rstrip(" ,;:–-") + "…"


def points(number: float) -> Decimal:
    """A coordinate as it is kept: to a hundredth of a point."""
    return Decimal(repr(number)).quantize(_HUNDREDTH).normalize() + 0


def quoted(
    text: str,
    start: int,
    end: int,
    *,
    document: str,
    path: str,
    page: int = 0,
    label: str = "",
    rects: Sequence[Rect] = (),
) -> Evidence:
    """The evidence for `text[start:end]`, `text` being that of the whole page."""
    before, after = text[max(0, start - 4 * CONTEXT) : start], text[end : end + 4 * CONTEXT]
    return Evidence(
        document=document,
        path=path,
        page=page,
        label="" if label == str(page) else one_line(label)[:_MOST_LABEL],
        exact=one_line(text[start:end]),
        prefix=one_line(before)[-CONTEXT:].lstrip(),
        suffix=one_line(after)[:CONTEXT].rstrip(),
        start=start,
        end=end,
        rects=tuple(rects),
    )


def find(text: str, piece: Evidence) -> tuple[int, int] | None:
    """Where the words of `piece` stand in `text`: first and last character; None where they do not.

    White space does not count. Of several places the one with most of the same words round it is taken, then the one
    nearest to where it was.
    """
    wanted = _squeezed(piece.exact)[0]
    if not wanted:
        return None
    held, places = _squeezed(text)
    prefix, suffix = _squeezed(piece.prefix)[0], _squeezed(piece.suffix)[0]
    best: tuple[tuple[int, int], tuple[int, int]] | None = None
    at = held.find(wanted)
    while at >= 0:
        start, end = places[at], places[at + len(wanted) - 1] + 1
        same = _alike(held[:at][::-1], prefix[::-1]) + _alike(held[at + len(wanted) :], suffix)
        rank = (-same, abs(start - piece.start))
        if best is None or rank < best[0]:
            best = (rank, (start, end))
        at = held.find(wanted, at + 1)
    return best[1] if best is not None else None


def _squeezed(text: str) -> tuple[str, list[int]]:
    """A text without white space and broken lines, and where each of its characters stands in `text`."""
    kept = [at for at, char in enumerate(text) if not char.isspace() and ord(char) not in _NO_WORDS]
    return "".join(text[at] for at in kept), kept


def _alike(one: str, other: str) -> int:
    for count, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return count
    return min(len(one), len(other))


def fault(piece: Evidence) -> str:
    """Why a piece of evidence cannot be kept, in words; empty when it can."""
    if not _DIGEST.match(piece.document):
        return "the document is not named by its digest"
    if not piece.path.strip() or len(piece.path) > _MOST_PATH:
        return "the document has no name, or too long a one"
    if not 0 <= piece.page <= _MOST_PAGE:
        return f"there is no page {piece.page}"
    if not piece.exact and not piece.page:
        return "it holds neither words nor a page"
    if len(piece.exact) > MOST_WORDS:
        return f"the passage has {len(piece.exact)} characters, and at most {MOST_WORDS} are kept: select fewer words"
    for words in (piece.exact, piece.prefix, piece.suffix, piece.label, piece.note):
        if words != one_line(words):
            return "its words do not stand in one line"
    if max(len(piece.prefix), len(piece.suffix)) > _MOST_CONTEXT or len(piece.label) > _MOST_LABEL:
        return "what stands round the passage is too long"
    if len(piece.note) > MOST_NOTE:
        return f"the note has {len(piece.note)} characters, and at most {MOST_NOTE} are kept"
    if not 0 <= piece.start <= piece.end <= _MOST_OFFSET or (piece.exact == "") != (piece.start == piece.end):
        return "it does not say where in the text the passage begins and ends"
    return _rects_fault(piece)


def _rects_fault(piece: Evidence) -> str:
    if piece.rects and not piece.page:
        return "it marks a place on a page of a document without pages"
    if len(piece.rects) > _MOST_RECTS:
        return "the passage stands in too many places of the page: select fewer words"
    for rect in piece.rects:
        numbers = (rect.x, rect.y, rect.width, rect.height)
        if not all(number.is_finite() and abs(number) <= _MOST_POINTS for number in numbers):
            return "a mark lies outside every page"
        if any(number != number.quantize(_HUNDREDTH) for number in numbers):
            return "a mark is finer than a hundredth of a point"
        if rect.width <= 0 or rect.height <= 0:
            return "a mark has no size"
    return ""


def faults(pieces: Sequence[Evidence], most: int = MOST_PIECES) -> tuple[str, ...]:
    """Why these pieces cannot stand on one line, in words."""
    found = [f"evidence from {piece.path}: {why}" for piece in pieces if (why := fault(piece))]
    if len(pieces) > most:
        found.append(f"{len(pieces)} pieces of evidence are named, and at most {most} can be")
    if len({piece.place for piece in pieces}) != len(pieces):
        found.append("the same passage is named twice as evidence")
    return tuple(found)


def as_json(pieces: Iterable[Evidence]) -> str:
    """The canonical text of pieces, in their order, as the store keeps them."""
    return canonical_json(tuple(pieces))


def from_json(text: str) -> tuple[Evidence, ...]:
    """The pieces that such a text stands for. Raises `EvalPanelError` for any other text, however slightly it differs."""
    try:
        held = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable("it is not JSON") from error
    if not isinstance(held, list):
        raise _unreadable("it is not a list")
    pieces = tuple(read(one) for one in held)
    if as_json(pieces) != text:
        raise _unreadable("it is not written in the one way")
    return pieces


def read(value: object) -> Evidence:
    """The piece that a JSON object stands for; strict. Raises `EvalPanelError` saying what is wrong."""
    held = _object(value, Evidence, "a piece")
    rects = held.pop("rects")
    if not isinstance(rects, list):
        raise _unreadable("the marks are not a list")
    for name, content in held.items():
        kind = int if name in ("page", "start", "end") else str
        if type(content) is not kind:  # a bool is an int for isinstance
            raise _unreadable(f"“{name}” holds something else than it should")
    piece = Evidence(**held, rects=tuple(_rect(one) for one in rects))
    why = fault(piece)
    if why:
        raise _unreadable(why)
    return piece


def _rect(value: object) -> Rect:
    numbers: dict[str, Decimal] = {}
    for name, text in _object(value, Rect, "a mark").items():
        if not isinstance(text, str):
            raise _unreadable("a coordinate is not a decimal written as text")
        try:
            numbers[name] = exact(text)
        except ValueError as error:
            raise _unreadable("a coordinate is not a plain decimal") from error
        if canonical(numbers[name]) != text:
            raise _unreadable("a coordinate is not written in the one way")
    return Rect(**numbers)


def _object(value: object, kind: type[Any], what: str) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    if not isinstance(value, dict) or set(value) != names:
        raise _unreadable(f"{what} does not have exactly the fields {', '.join(sorted(names))}")
    return dict(value)


def _unreadable(why: str) -> EvalPanelError:
    return EvalPanelError("Evidence that was kept or received cannot be read.", f"Nothing was changed: {why}.")
