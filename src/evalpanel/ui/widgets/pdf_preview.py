"""A letter beside the list, as its bidder will see it: pages one under another, as wide as there is room."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QMargins, Qt
from PySide6.QtGui import QKeySequence, QPalette, QShortcut
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from evalpanel.errors import EvalPanelError
from evalpanel.ui import theme
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.fold import Fold
from evalpanel.ui.widgets.pdf_documents import NewPages, new_document

_STEP = 1.25
_LEAST, _MOST = 0.25, 6.0
_MARGIN = 12


class _Pages(QPdfView):
    """The pages, on the colour of the page of the window, in whichever look is worn."""

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self.dress()

    def dress(self) -> None:
        """Take on the colour round the pages."""
        desk, palette = theme.colour("page"), self.palette()
        if palette.color(QPalette.ColorRole.Dark) != desk:
            palette.setColor(QPalette.ColorRole.Dark, desk)
            self.setPalette(palette)


class PdfPreview(QWidget):
    """Pages to read, with zoom. `show_pdf` gives it a file's bytes; nothing of them touches the disk."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        self._document = new_document()
        self._view = _Pages(self)
        self._view.setAccessibleName("The letter")
        self._view.setPageMode(QPdfView.PageMode.MultiPage)
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self._view.setDocumentMargins(QMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN))
        self._view.setFrameShape(QPdfView.Shape.NoFrame)
        self._view.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._view.setDocument(self._document)
        self._new_pages = NewPages(self._view)
        self._view.pageNavigator().currentPageChanged.connect(self._count)
        self._view.setMinimumHeight(self.fontMetrics().lineSpacing() * 9)
        outer.addWidget(self._view, 1)
        bar = Fold(spacing=4)
        self._pages = label("", "small")
        bar.add(self._pages, 1)
        keys_of = QWidget()
        row = QHBoxLayout(keys_of)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        bar.add(keys_of)
        for text, name, keys, slot in (
            ("−  Ctrl+−", "Smaller", QKeySequence.StandardKey.ZoomOut, self._smaller),
            ("+  Ctrl++", "Larger", QKeySequence.StandardKey.ZoomIn, self._larger),
            ("Fit  Ctrl+0", "As wide as there is room", QKeySequence("Ctrl+0"), self._fit),
        ):
            made = button(text, role="quiet")
            made.setAccessibleName(name)
            made.setToolTip(name)
            made.clicked.connect(slot)
            key = QShortcut(QKeySequence(keys), self)
            key.setContext(Qt.ShortcutContext.WindowShortcut)
            key.setWhatsThis(name)
            key.activated.connect(slot)
            row.addWidget(made)
        outer.addWidget(bar)
        self._buffer: QBuffer | None = None

    @property
    def pages(self) -> int:
        """How many pages are shown; 0 when nothing is."""
        return self._document.pageCount()

    def text(self, page: int) -> str:
        """The words of a page (the first is 0), as somebody who cannot see it is told them."""
        return self._document.getAllText(page).text()

    def show_pdf(self, data: bytes, about: str) -> None:
        """Show the pages of a PDF from its first. `about` names it. Refused in words where it is not a PDF."""
        self.clear()
        buffer = QBuffer(self._document)  # QtPdf reads from it later and does not keep it: the document must
        buffer.setData(data)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(buffer)
        self._buffer = buffer
        self._new_pages.loaded()
        if self._document.status() is not QPdfDocument.Status.Ready:
            self.clear()
            raise EvalPanelError(
                "The letter cannot be shown.", "It is not a PDF that can be read. Nothing was changed."
            )
        self._view.dress()
        self._view.setAccessibleName(about)
        self._view.setAccessibleDescription(self.text(0))
        self._view.verticalScrollBar().setValue(0)
        self._count()

    def clear(self) -> None:
        """Show nothing."""
        self._document.close()
        if self._buffer is not None:
            self._buffer.close()
            self._buffer.deleteLater()
            self._buffer = None
        self._count()

    def _count(self) -> None:
        at = self._view.pageNavigator().currentPage() + 1
        self._pages.setText(f"Page {at} of {self.pages}" if self.pages else "")

    def _smaller(self) -> None:
        self._zoom(1 / _STEP)

    def _larger(self) -> None:
        self._zoom(_STEP)

    def _fit(self) -> None:
        self._view.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def _zoom(self, by: float) -> None:
        if not self.pages:
            return
        now = self._view.zoomFactor()
        if self._view.zoomMode() is QPdfView.ZoomMode.FitToWidth:
            wide = self._document.pagePointSize(0).width() * self._view.logicalDpiX() / 72
            now = (self._view.viewport().width() - 2 * _MARGIN) / wide
        self._view.setZoomMode(QPdfView.ZoomMode.Custom)
        self._view.setZoomFactor(min(_MOST, max(_LEAST, now * by)))
