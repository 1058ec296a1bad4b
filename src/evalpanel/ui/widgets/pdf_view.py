"""The pages of a PDF in the window: text can be selected, the size changed, and nothing in it runs or is followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QEvent, QIODevice, QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPolygonF,
    QWheelEvent,
)
from PySide6.QtPdf import QPdfDocument, QPdfSelection
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QFrame

from evalpanel.domain.evidence import Evidence
from evalpanel.ui import theme
from evalpanel.ui.widgets.pdf_documents import NewPages, new_document
from evalpanel.ui.widgets.pdf_passages import (
    Passage,
    found_passage,
    passage,
    selected_passage,
    selection_of,
    whole_page,
)

LEAST_ZOOM, MOST_ZOOM, STEP = 0.25, 5.0, 1.2
_POINTS_PER_INCH = 72
PASSAGE, PASSAGE_LINE = "#BFE3DE", "#0B655D"  # on white paper, in every look of the window
_LAID_OUT_MS = 60
_INSIDE = 0.5  # points: as far inside a run of text as a place is moved


@dataclass(frozen=True, slots=True)
class Place:
    """A point of a page, in points (1/72 inch) from its top left corner. The first page is 0."""

    page: int
    point: QPointF


class PdfView(QPdfView):
    """One PDF, page under page.

    QPdfView (Qt 6.11) draws but selects no text, and opens web links in a browser when they are clicked: so the mouse
    is handled here, and only here. `turned` tells the page that is read (from 1), `selected` whether text is selected.
    """

    turned = Signal(int)
    selected = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self._document = new_document()
        self._buffer: QBuffer | None = None
        self._pressed: Place | None = None
        self._selection: QPdfSelection | None = None
        self._selected_page = 0
        self._passage: Passage | None = None
        self._lines: tuple[int, list[QRectF]] | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setPageMode(QPdfView.PageMode.MultiPage)
        self.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        self.setPageSpacing(12)
        self.setDocument(self._document)
        self._new_pages = NewPages(self)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.pageNavigator().currentPageChanged.connect(lambda page: self.turned.emit(page + 1))
        # Laying out takes QPdfView ten milliseconds for 300 pages: the first is shown without the rest, which follow.
        self._rest = QTimer(self, singleShot=True, interval=_LAID_OUT_MS)
        self._rest.timeout.connect(self._lay_out)
        self._dress()

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return self._document.pageCount()

    def show_pdf(self, data: bytes) -> str:
        """Show a PDF from its first page. Gives why it cannot be shown, in a sentence; empty when it is."""
        self.clear()
        self.setPageMode(QPdfView.PageMode.SinglePage)
        # The document reads from the buffer for as long as it lives and does not keep it: it has to own it.
        buffer = QBuffer(self._document)
        buffer.setData(data)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        self._document.load(buffer)
        self._buffer = buffer
        self._new_pages.loaded()
        self.verticalScrollBar().setValue(0)
        self._rest.start()
        self.viewport().repaint()  # it is drawn on a thread from now on, while the rest of the window is filled
        match self._document.error():
            case QPdfDocument.Error.None_:
                return ""
            case QPdfDocument.Error.IncorrectPassword:
                return "This PDF is protected by a password."
            case QPdfDocument.Error.UnsupportedSecurityScheme:
                return "This PDF is protected in a way that cannot be read here."
            case _:
                return "This PDF is damaged."

    def clear(self) -> None:
        """Let go of the document."""
        self._select(None)
        self._passage = None
        self._lines = None
        self._document.close()
        if self._buffer is not None:
            self._buffer.close()
            self._buffer.deleteLater()
            self._buffer = None

    def go_to(self, page: int) -> None:
        """Show a page (from 1)."""
        self._lay_out()
        self.pageNavigator().jump(page - 1, QPointF(), 0)

    def words(self, page: int) -> str:
        """The words of a page (from 1), for somebody who has it read out."""
        return self._document.getAllText(page - 1).text() if 0 < page <= self.pages else ""

    def larger(self) -> None:
        """Show the pages larger."""
        self._zoom(STEP)

    def smaller(self) -> None:
        """Show the pages smaller."""
        self._zoom(1 / STEP)

    def fit(self) -> None:
        """Make the pages as wide as the view."""
        self.setZoomMode(QPdfView.ZoomMode.FitToWidth)

    def selected_text(self) -> tuple[str, int]:
        """The selected words in one line, and the page (from 1) on which they stand; empty when nothing is."""
        if self._selection is None:
            return "", 0
        return " ".join(self._selection.text().split()), self._selected_page + 1

    @property
    def page(self) -> int:
        """The page that is read (from 1)."""
        return min(self.pageNavigator().currentPage() + 1, self.pages)

    def evidence(self, sha256: str, path: str) -> Evidence | None:
        """What is selected as evidence from this document; the whole page that is read where nothing is. None: no page."""
        if self._selection is not None:
            return selected_passage(self._document, self._selection, self._selected_page, sha256=sha256, path=path)
        return whole_page(self._document, self.page - 1, sha256=sha256, path=path) if self.pages else None

    def found(self, wanted: Evidence) -> Evidence | None:
        """The words of `wanted` as evidence, from the page nearest to its own that has them; None where none has."""
        return found_passage(self._document, wanted)

    @property
    def has_selection(self) -> bool:
        """Whether words are selected."""
        return self._selection is not None

    def show_evidence(self, piece: Evidence) -> bool:
        """Mark the place of a piece and bring it into view; False where its words are not there."""
        self._passage = passage(self._document, piece)
        self.viewport().update()
        if self._passage is None:
            return False
        self._select(None)
        self._reveal()
        QTimer.singleShot(0, self, self._reveal)  # again when a document that was just loaded is laid out
        return self._passage.found

    def select_words(self, piece: Evidence) -> None:
        """Select the words of a piece whose place is marked."""
        if self._passage is not None:
            self._select(selection_of(self._document, self._passage.page, piece), self._passage.page)

    def clear_evidence(self) -> None:
        """Take the mark away."""
        self._passage = None
        self.viewport().update()

    def _lay_out(self) -> None:
        """Have every page in its place."""
        self._rest.stop()
        self.setPageMode(QPdfView.PageMode.MultiPage)

    def _reveal(self) -> None:
        found = self._passage
        for page, place, scale in self.page_places():
            if found is not None and page == found.page:
                top = place.top() + min((rect.top() for rect in found.rects), default=0.0) * scale
                away = self.viewport().height() / 4 if found.rects else self.pageSpacing()
                bar = self.verticalScrollBar()
                bar.setValue(bar.value() + round(top - away))

    def page_places(self) -> Iterator[tuple[int, QRectF, float]]:
        """Where each page stands in the viewport (pixels), and how many pixels a point of it has.

        Counted as QPdfView 6.11 lays pages out; a test holds the two together.
        """
        self._lay_out()
        margins, seen = self.documentMargins(), self.viewport().width()
        screen = QGuiApplication.primaryScreen().logicalDotsPerInch() / _POINTS_PER_INCH
        sizes: list[tuple[QSizeF, float]] = []
        for page in range(self._document.pageCount()):
            points = self._document.pagePointSize(page)
            if self.zoomMode() is QPdfView.ZoomMode.FitToWidth:
                natural = QSizeF((points * screen).toSize())
                factor = (seen - margins.left() - margins.right()) / max(1.0, natural.width())
            else:
                natural, factor = points * screen, self.zoomFactor()
            size = QSizeF((natural * factor).toSize())
            sizes.append((size, size.width() / max(1.0, points.width())))
        widest = max((size.width() for size, _ in sizes), default=0.0) + margins.left() + margins.right()
        top = float(margins.top() - self.verticalScrollBar().value())
        for page, (size, scale) in enumerate(sizes):
            left = (max(widest, seen) - size.width()) // 2 - self.horizontalScrollBar().value()
            yield page, QRectF(QPointF(left, top), size), scale
            top += size.height() + self.pageSpacing()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pages, and over them the evidence that was opened and the selection."""
        super().paintEvent(event)
        if self._passage is not None:
            self._paint_passage(self._passage)
        if self._selection is None:
            return
        for page, place, scale in self.page_places():
            if page == self._selected_page:
                painter = QPainter(self.viewport())
                painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
                painter.setPen(Qt.PenStyle.NoPen)
                # Pages are white paper in every look, so the mark is the same in each.
                painter.setBrush(QColor(PASSAGE))
                for polygon in self._selection.bounds():
                    painter.drawPolygon(QPolygonF([place.topLeft() + point * scale for point in polygon.toList()]))
                painter.end()

    def _paint_passage(self, found: Passage) -> None:
        for page, place, scale in self.page_places():
            if page != found.page:
                continue
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            rects = [
                QRectF(place.topLeft() + rect.topLeft() * scale, rect.size() * scale).adjusted(-2, -2, 2, 2)
                for rect in found.rects
            ]
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Multiply)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(PASSAGE))
            for rect in rects:
                painter.drawRoundedRect(rect, 2, 2)
            # A line at the side says where it is to those who do not see the colour; alone, it marks the whole page.
            painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
            top = min((rect.top() for rect in rects), default=place.top() + 4)
            bottom = max((rect.bottom() for rect in rects), default=place.bottom() - 4)
            left = min((rect.left() for rect in rects), default=place.left() + 12) - 8
            painter.fillRect(QRectF(max(place.left() + 2, left), top, 3, bottom - top), QColor(PASSAGE_LINE))
            painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a selection."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._select(None)
            self._pressed = self._at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Select from where the button was pressed to here, on one page."""
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            here = self._at(event.position(), on=self._pressed.page)
            start, end = self._on_text(self._pressed), self._on_text(here)
            if start is not None and end is not None:
                self._select(self._document.getSelection(start.page, start.point, end.point), start.page)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a selection. Links are not followed: nothing of a bid opens a browser."""
        self._pressed = None
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select the line of text."""
        at = self._at(event.position())
        line = self._line_at(at)
        if at is not None and line is not None:
            middle = line.center().y()
            start, end = QPointF(line.left() + _INSIDE, middle), QPointF(line.right() + _INSIDE, middle)
            self._select(self._document.getSelection(at.page, start, end), at.page)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The wheel scrolls; with Ctrl it changes the size."""
        self._lay_out()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._zoom(STEP if event.angleDelta().y() > 0 else 1 / STEP)
            event.accept()
        else:
            super().wheelEvent(event)

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("Space", "Read on in the document"), ("Home or End", "First or last page of the document"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Home and End go to the first and the last page; the rest scrolls."""
        self._lay_out()
        bar = self.verticalScrollBar()
        if event.key() == Qt.Key.Key_Home:
            bar.setValue(bar.minimum())
        elif event.key() == Qt.Key.Key_End:
            bar.setValue(bar.maximum())
        elif event.key() == Qt.Key.Key_Space and not event.modifiers():
            bar.triggerAction(bar.SliderAction.SliderPageStepAdd)
        else:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look of the window."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._dress()

    def _dress(self) -> None:
        desk = theme.colour("page")
        palette = self.palette()
        if palette.color(QPalette.ColorRole.Dark) != desk:
            palette.setColor(QPalette.ColorRole.Dark, desk)
            self.setPalette(palette)

    def _zoom(self, by: float) -> None:
        if self.zoomMode() is not QPdfView.ZoomMode.Custom:
            first = next(self.page_places(), None)
            screen = QGuiApplication.primaryScreen().logicalDotsPerInch() / _POINTS_PER_INCH
            if first is None:
                return
            now = first[2] / screen
            self.setZoomMode(QPdfView.ZoomMode.Custom)
        else:
            now = self.zoomFactor()
        self.setZoomFactor(min(MOST_ZOOM, max(LEAST_ZOOM, now * by)))

    def _at(self, point: QPointF, *, on: int | None = None) -> Place | None:
        for page, place, scale in self.page_places():
            if page == on or (on is None and place.contains(point)):
                inside = point - place.topLeft()
                x = min(max(0.0, inside.x()), place.width())
                y = min(max(0.0, inside.y()), place.height())
                return Place(page, QPointF(x / scale, y / scale))
        return None

    def _line_at(self, at: Place | None) -> QRectF | None:
        """The run of text that is nearest, in points; None on a page without text."""
        if at is None:
            return None
        if self._lines is None or self._lines[0] != at.page:  # asking takes some milliseconds, so once a page
            bounds = self._document.getAllText(at.page).bounds()
            self._lines = (at.page, [one.boundingRect() for one in bounds if one.boundingRect().width() > 0])

        def far(line: QRectF) -> float:
            down = max(line.top() - at.point.y(), 0.0, at.point.y() - line.bottom())
            along = max(line.left() - at.point.x(), 0.0, at.point.x() - line.right())
            return 4 * down + along

        return min(self._lines[1], key=far, default=None)

    def _on_text(self, at: Place | None) -> Place | None:
        """The place, moved onto the nearest text: QtPdf finds no character beside one."""
        line = self._line_at(at)
        if at is None or line is None:
            return None
        # A little past the end, or the last character of the line, often a full stop, would be left out.
        x = min(max(at.point.x(), line.left() + _INSIDE), line.right() + _INSIDE)
        y = min(max(at.point.y(), line.top() + _INSIDE), line.bottom() - _INSIDE)
        return Place(at.page, QPointF(x, y))

    def _select(self, selection: QPdfSelection | None, page: int = 0) -> None:
        held = selection if selection is not None and selection.isValid() and selection.text().strip() else None
        changed = (held is None) != (self._selection is None)
        self._selection, self._selected_page = held, page
        self.viewport().update()
        if changed:
            self.selected.emit(held is not None)
