"""Documents for the views that draw PDFs. They outlive their views, because drawing does; and no page of one is drawn
for the next."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize
from PySide6.QtPdf import QPdfDocument, QPdfPageRenderer
from PySide6.QtPdfWidgets import QPdfView

_KEPT: list[QPdfDocument] = []


def new_document() -> QPdfDocument:
    """An empty document for one view, kept for as long as the program runs.

    The thread that draws pages may still be at one when the view goes, and Qt 6.11 crashes where the document is gone
    by then; as a child of its view it goes first. A view closes what it showed, so what is kept is empty.
    """
    document = QPdfDocument()
    _KEPT.append(document)
    return document


class NewPages(QObject):
    """Keeps pages of the document before from being shown as pages of this one.

    QPdfView (Qt 6.11) draws on a thread of its own, one page after another, and keeps what comes back under the number
    of the page, whichever document it was drawn from. So a last, tiny page is asked for when a document is loaded: when
    that is there, all that was asked for before has come, and the view lets go of it.
    """

    def __init__(self, view: QPdfView) -> None:
        super().__init__(view)
        self._view = view
        renderer = view.findChild(QPdfPageRenderer)
        assert renderer is not None, "a QPdfView draws with a renderer"
        self._renderer = renderer
        self._loads = self._last = 0
        renderer.pageRendered.connect(self._drawn)

    def loaded(self) -> None:
        """Another document has been loaded."""
        self._loads += 1  # of a size that was not asked for lately: the same again would not be drawn again
        self._last = self._renderer.requestPage(0, QSize(1, 1 + self._loads % 64))

    def _drawn(self, page: int, size: QSize, image: object, options: object, request: int) -> None:  # noqa: ARG002  # Qt's signature
        if request == self._last:
            space = self._view.pageSpacing()  # a view that is laid out anew draws all its pages anew
            self._view.setPageSpacing(space + 1)
            self._view.setPageSpacing(space)
