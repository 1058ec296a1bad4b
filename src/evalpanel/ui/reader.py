"""Reading at the desk: which document of a line is shown, from the services to the view beside the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from evalpanel.domain.evidence import Evidence
from evalpanel.domain.sheets import Line
from evalpanel.errors import EvalPanelError
from evalpanel.services import documents, reading
from evalpanel.services.documents import DocumentInfo
from evalpanel.services.reading import LineDocuments
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.evidence_words import ELSEWHERE, NOT_HERE, Named, naming
from evalpanel.ui.models.sheet import Sheet
from evalpanel.ui.widgets.document_view import DocumentView


class Reader(QObject):
    """Fills a `DocumentView` for one person. A document that stays the same from line to line is not read again.

    `moved` says that another person, line or document is read; `held` are the documents of the line.
    `ask_where` gives the path for a copy, from the name of the document; empty when the person thinks better of it.
    """

    said = Signal(str)
    moved = Signal()

    def __init__(
        self,
        workspace: Workspace,
        view: DocumentView,
        guard: Callable[[Callable[..., object]], Callable[..., None]],
    ) -> None:
        super().__init__(view)
        self._workspace = workspace
        self._view = view
        self._tender = self._person = ""
        self._line: Line | None = None
        self._listing: tuple[DocumentInfo, ...] = ()
        self.held: LineDocuments | None = None
        self._named = naming(())
        self.ask_where: Callable[[str], str] = self._ask_where
        view.wanted.connect(guard(self.show))
        view.copy_wanted.connect(guard(self.save_copy))

    def take(self, tender: str, person: str) -> None:
        """Read for this person in this tender from now on."""
        if (tender, person) != (self._tender, self._person):
            self._view.say("", "")  # what one person may read is not left open for the next
            self.held = self._line = None
        self._tender, self._person = tender, person
        self._listing = documents.listing(self._workspace, tender)
        self._named = naming(self._listing)
        self.moved.emit()

    @property
    def tender(self) -> str:
        """The tender whose documents are read."""
        return self._tender

    @property
    def person(self) -> str:
        """Who reads."""
        return self._person

    @property
    def about(self) -> tuple[str, str, str, str]:
        """Who reads, in which tender, lot and bid: what is read for one is not kept for another."""
        line = self._line
        return (self._tender, self._person, line.lot if line else "", line.bid if line else "")

    def show_line(self, sheet: Sheet, line: Line) -> None:
        """Offer the documents of a line, and show the first that answers it."""
        held = reading.for_line(self._listing, sheet.desk.pack, line)
        shown = self._view.path
        self._view.offer(held)
        self.held = held
        same, self._line = line == self._line, line
        if not same:
            self._view.clear_evidence()
        if shown in [one.path for one in held.answering] or (same and shown in self._view.offered()):
            self._view.mark(shown)
        elif held.answering:
            self.show(held.answering[0].path)
        else:
            self._view.say("No document", "This bid came without a document that you may read.")
        self.moved.emit()

    def show(self, path: str) -> None:
        """Read a document and show it. What cannot be read says why, in its place."""
        try:
            document = reading.readable(self._workspace, self._tender, path, self._person)
        except EvalPanelError as error:
            self._view.say(error.title, error.message)
            self._view.mark(path)
        else:
            self._view.show_document(path, document)
        self.moved.emit()

    def show_found(self, piece: Evidence) -> None:
        """Open the document of a place that a search found, and show the place."""
        if self._view.path != piece.path:
            self.show(piece.path)
        if not self._view.show_found(piece):
            self.said.emit(ELSEWHERE)

    def named(self, piece: Evidence) -> Named | None:
        """The document of a piece of evidence; None where it is not on record here."""
        return self._named(piece)

    def beside(self, piece: Evidence) -> LineDocuments:
        """The document of a piece, the others of the same bid that a panel reads, and the tender's own."""
        named = self._named(piece)
        own = [one for one in self._listing if named is not None and one.path == named.path]
        bidder = own[0].bidder if own else None
        return LineDocuments(
            tuple(own),
            tuple(
                one
                for one in self._listing
                if bidder is not None and one.bidder == bidder and one not in own and not one.is_price
            ),
            tuple(one for one in self._listing if one.bidder is None and one not in own),
        )

    def show_evidence(self, piece: Evidence) -> None:
        """Open the document of a piece where it stands, and mark it; say so where that cannot be done."""
        named = self._named(piece)
        if named is None:
            self.said.emit(NOT_HERE)
            return
        if self._view.path != named.path:
            self.show(named.path)
        if not self._view.show_evidence(piece):
            self.said.emit(ELSEWHERE)

    def save_copy(self, path: str) -> None:
        """Save a copy where the person says."""
        where = self.ask_where(Path(path).name)
        if where:
            reading.save_copy(self._workspace, self._tender, path, self._person, Path(where))
            self.said.emit(f"A copy is saved as {Path(where).name}. It is not sealed.")

    def _ask_where(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self._view, "Save a copy that is not sealed", name)[0]
