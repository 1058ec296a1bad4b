"""Looking for words in the document that is open, or in all of a bid: read once, kept in memory, never written down.

Reading the text of a page takes QtPdf a millisecond or two, so it is done a few pages at a time between other things on
the window's thread: the first places are there at once, and nothing waits. Texts are let go with the bid and the person.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from evalpanel.domain.evidence import quoted
from evalpanel.domain.finding import MOST_FOUND, Folded, folded, places, snippet
from evalpanel.domain.readable import ReadableKind, plain
from evalpanel.errors import EvalPanelError
from evalpanel.services import reading
from evalpanel.services.documents import DocumentInfo
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.words import count
from evalpanel.ui.reader import Reader
from evalpanel.ui.widgets.document_view import DocumentView
from evalpanel.ui.widgets.search_bar import Found, SearchBar

SLICE_SECONDS = 0.012


@dataclass(frozen=True, slots=True)
class _Page:
    """The text of one page (from 1; 0: the document has no pages), as it stands there and as it is searched."""

    number: int
    text: str
    searched: Folded


@dataclass(slots=True)
class _Shelf:
    """One document: the pages that were read so far, and how many there are; `why_not` where it cannot be searched."""

    info: DocumentInfo
    pages: list[_Page] = field(default_factory=list)
    of: int = 0
    whole: bool = False
    why_not: str = ""


class Finder(QObject):
    """Searches for one person in the documents that a `Reader` offers, and shows places through it."""

    def __init__(
        self,
        workspace: Workspace,
        reader: Reader,
        view: DocumentView,
        guard: Callable[[Callable[..., object]], Callable[..., None]],
    ) -> None:
        super().__init__(view)
        self._workspace, self._reader, self._view = workspace, reader, view
        self.bar = SearchBar()
        layout = view.layout()
        assert layout is not None, "a document view is laid out"
        layout.insertWidget(1, self.bar)  # type: ignore[attr-defined]  # it is a QVBoxLayout: under the chooser
        self._about: tuple[object, ...] = ()
        self._shelves: dict[str, _Shelf] = {}
        self._queue: list[_Shelf] = []
        self._reading: tuple[_Shelf, Generator[_Page]] | None = None
        self._wanted = ""
        self._path = ""
        self._came_from: QWidget | None = None
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(guard(self._slice))
        self.bar.asked.connect(guard(self.search))
        self.bar.opened.connect(guard(self._open))
        self.bar.closed.connect(self._leave)
        reader.moved.connect(guard(self._moved))

    def start(self) -> None:
        """Begin to look for words; where some are selected, for those."""
        if not self.bar.isVisible() or not self.bar.isAncestorOf(QApplication.focusWidget() or self._view):
            self._came_from = QApplication.focusWidget()
        words = self._view.selected_words()
        if words and len(words) <= 80:
            self.bar.box.setText(words)
        self.bar.start()
        self.search()

    def step(self, by: int) -> None:
        """Show the next place (1) or the one before (-1); without a search, begin one."""
        if self.bar.isVisible():
            self.bar.step(by)
        else:
            self.start()

    def search(self) -> None:
        """Look for what stands in the bar, in what was read; the rest is read then, and looked through as it comes."""
        self._wanted = folded(self.bar.text).text
        self._path = self._view.path
        self.bar.begin()
        wanted = [self._shelves.setdefault(info.path, _Shelf(info)) for info in self._documents()]
        if self._reading is not None and self._reading[0] not in wanted:
            self._stop()
        for shelf in wanted:
            self._look(shelf, shelf.pages)
        self._queue = [shelf for shelf in wanted if not shelf.whole]
        if self._queue:
            self._timer.start()
        self._tell()

    def _documents(self) -> list[DocumentInfo]:
        """What is looked through: the document that is open, first, and the rest of the bid where that is wanted."""
        held = self._reader.held
        if held is None:
            return []
        bid = [*held.answering, *held.others]
        here = [one for one in (*bid, *held.tender) if one.path == self._view.path]
        if not self.bar.everywhere.isChecked():
            return here
        return [*(one for one in here if one in bid), *(one for one in bid if one not in here)]

    def _slice(self) -> None:
        """Read on for a few milliseconds."""
        until = time.monotonic() + SLICE_SECONDS
        read: list[_Page] = []
        if self._reading is None:
            self._reading = (self._queue[0], self._pages(self._queue[0]))
        shelf, pages = self._reading
        while time.monotonic() < until:
            page = next(pages, None)
            if page is None:
                shelf.whole, self._reading = True, None
                self._queue.remove(shelf)
                break
            shelf.pages.append(page)
            read.append(page)
        self._look(shelf, read)
        if not self._queue:
            self._timer.stop()
        self._tell()

    def _pages(self, shelf: _Shelf) -> Generator[_Page]:
        """Unseals a document, and reads it page by page. Refused to whoever may not read it: they find nothing in it."""
        try:
            document = reading.searchable(self._workspace, self._reader.tender, shelf.info.path, self._reader.person)
        except EvalPanelError as error:
            shelf.why_not = error.title
            return
        if document.kind is ReadableKind.OTHER:
            shelf.why_not = document.note
            return
        if document.kind is ReadableKind.TEXT:
            shelf.of, text = 1, plain(document.paragraphs)
            yield _Page(0, text, folded(text))
            return
        # Imported here: QtPdf takes time, and the window opens without it.
        from evalpanel.ui.widgets.pdf_texts import PdfTexts

        with PdfTexts(document.data) as texts:
            shelf.of = texts.pages
            for number in range(texts.pages):
                text = texts.page(number)
                yield _Page(number + 1, text, folded(text))
        if not any(page.text.strip() for page in shelf.pages):
            shelf.why_not = "its pages hold no words that can be searched, only pictures."

    def _look(self, shelf: _Shelf, pages: list[_Page]) -> None:
        left = MOST_FOUND - len(self.bar.places.found)
        info = shelf.info
        found: list[Found] = []
        for page in pages:
            for place in places(page.searched, self._wanted, left - len(found)):
                piece = quoted(
                    page.text, place.start, place.end, document=info.sha256, path=info.path, page=page.number
                )
                found.append(Found(_name(info), snippet(page.text, place), piece))
        self.bar.add(found)

    def _tell(self) -> None:
        looked = [self._shelves[one.path] for one in self._documents() if one.path in self._shelves]
        many = len(self.bar.places.found)
        notes = []
        progress = ""
        if self._wanted and self._queue:
            read, of = sum(len(one.pages) for one in looked), sum(one.of for one in looked)
            progress = f"reading page {read} of {of}" if of and not self.bar.everywhere.isChecked() else "reading on"
        elif self._wanted and not many:
            where = "this bid" if self.bar.everywhere.isChecked() else "this document"
            notes.append(f"Not found in {where}." if looked else "There is no document to look in.")
        if many >= MOST_FOUND:
            notes.append(f"The first {count(MOST_FOUND, 'place')} are listed. More words find fewer.")
        if self._wanted:
            notes += [f"{_name(one.info)} was not searched: {one.why_not}" for one in looked if one.why_not]
        self.bar.tell("\n".join(notes), reading=progress)

    def _open(self, found: Found) -> None:
        self._reader.show_found(found.piece)
        self._tell()

    def _moved(self) -> None:
        """Another person, bid or document: nothing of one is kept for the next."""
        about = self._reader.about
        if about != self._about:
            self._about = about
            self._stop()
            self._shelves = {}
            self._wanted = ""
            self.bar.begin()
            self.bar.tell("")
            if self.bar.isVisible():
                self.search()
        elif self.bar.isVisible() and self._view.path != self._path and not self.bar.everywhere.isChecked():
            self.search()

    def _stop(self) -> None:
        self._timer.stop()
        self._queue = []
        if self._reading is not None:
            shelf, pages = self._reading
            pages.close()
            shelf.pages = []  # it is read from its first page when it is wanted again
            self._reading = None

    def _leave(self) -> None:
        self._stop()
        back = self._came_from
        self._came_from = None
        if back is not None and back.isVisible() and not self.bar.isAncestorOf(back):
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)


def _name(info: DocumentInfo) -> str:
    return info.title or info.path.rpartition("/")[2]
