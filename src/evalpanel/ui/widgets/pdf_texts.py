"""The words of a PDF page by page, as the view selects them, without showing it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtPdf import QPdfDocument

from evalpanel.ui.widgets.pdf_documents import new_document

_FREE: list[QPdfDocument] = []


class PdfTexts:
    """A PDF that is only read. One that is damaged or protected by a password has no pages."""

    def __init__(self, data: bytes) -> None:
        self._document = _FREE.pop() if _FREE else new_document()
        # The document reads from the buffer for as long as it is open and does not keep it: it has to own it.
        self._buffer = QBuffer(self._document)
        self._buffer.setData(data)
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(self._buffer)

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return self._document.pageCount()

    def page(self, number: int) -> str:
        """The words of a page (from 0)."""
        return self._document.getAllText(number).text()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._document.close()
        self._buffer.close()
        self._buffer.deleteLater()
        _FREE.append(self._document)  # documents are kept for good, so the next search takes this one
