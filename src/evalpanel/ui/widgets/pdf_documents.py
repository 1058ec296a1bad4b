"""Documents for the views that draw PDFs. They outlive their views, because drawing does."""

from __future__ import annotations

from PySide6.QtPdf import QPdfDocument

_KEPT: list[QPdfDocument] = []


def new_document() -> QPdfDocument:
    """An empty document for one view, kept for as long as the program runs.

    The thread that draws pages may still be at one when the view goes, and Qt 6.11 crashes where the document is gone
    by then; as a child of its view it goes first. A view closes what it showed, so what is kept is empty.
    """
    document = QPdfDocument()
    _KEPT.append(document)
    return document
