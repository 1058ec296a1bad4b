"""A piece of evidence in words: on its chip, and whole for whoever points at it or hears it read out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evalpanel.domain.evidence import Evidence, shortened
from evalpanel.services.documents import DocumentInfo

_MOST_QUOTE = (30, 20, 12, 6)  # characters of a passage, as there is room
_MOST_TITLE = 22


@dataclass(frozen=True, slots=True)
class Named:
    """The document of a piece as it is on record: its path, and what people call it."""

    path: str
    title: str


Naming = Callable[[Evidence], Named | None]
"""What says which document a piece comes from; None where that document is not on record here."""


def naming(listing: Iterable[DocumentInfo]) -> Naming:
    """What documents are called, of these."""
    held: dict[str, list[DocumentInfo]] = {}
    for one in listing:
        held.setdefault(one.sha256, []).append(one)

    def named(piece: Evidence) -> Named | None:
        found = held.get(piece.document, [])
        one = next((one for one in found if one.path == piece.path), found[0] if found else None)
        return None if one is None else Named(one.path, one.title or one.path.rpartition("/")[2])

    return named


def chip_words(piece: Evidence, named: Named | None) -> tuple[str, ...]:
    """What stands on a chip, longest first: the page, the first words and the document; less where there is less room."""
    title = shortened(named.title, _MOST_TITLE) if named is not None else "document not found"
    page = f"p. {piece.page}" if piece.page else ""
    if not piece.exact:
        return (f"{page}  {title}", page)
    words = [f"“{shortened(piece.exact, most)}”" for most in _MOST_QUOTE]
    forms = ((page, words[0], title), *((page, one) for one in words))
    return tuple(dict.fromkeys("  ".join(part for part in form if part) for form in forms))


def whole_words(piece: Evidence, named: Named | None) -> str:
    """The whole piece: its document, its page, its words and the note beside it."""
    title = named.title if named is not None else f"{piece.path} (this document is not in this profile)"
    where = ", ".join(part for part in (title, piece.page_words) if part)
    words = f"{where}: “{piece.exact}”" if piece.exact else f"{where}, the whole page"
    return f"{words}\n{piece.note}" if piece.note else words


NOT_HERE = "The document of this evidence is not in this profile, so its place cannot be shown. The words are kept."
ELSEWHERE = "The words of this evidence were not found in the document. It is open where they stood."
"""What is said when a chip is opened and its place is not there."""
