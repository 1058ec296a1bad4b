"""Reading at the desk: which document of a line is shown, from the services to the view beside the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from evalpanel.domain.sheets import Line
from evalpanel.errors import EvalPanelError
from evalpanel.services import documents, reading
from evalpanel.services.documents import DocumentInfo
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.sheet import Sheet
from evalpanel.ui.widgets.document_view import DocumentView


class Reader(QObject):
    """Fills a `DocumentView` for one person. A document that stays the same from line to line is not read again.

    `ask_where` gives the path for a copy, from the name of the document; empty when the person thinks better of it.
    """

    said = Signal(str)

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
        self.ask_where: Callable[[str], str] = self._ask_where
        view.wanted.connect(guard(self.show))
        view.copy_wanted.connect(guard(self.save_copy))

    def take(self, tender: str, person: str) -> None:
        """Read for this person in this tender from now on."""
        if (tender, person) != (self._tender, self._person):
            self._view.say("", "")  # what one person may read is not left open for the next
        self._tender, self._person = tender, person
        self._listing = documents.listing(self._workspace, tender)

    def show_line(self, sheet: Sheet, line: Line) -> None:
        """Offer the documents of a line, and show the first that answers it."""
        held = reading.for_line(self._listing, sheet.desk.pack, line)
        shown = self._view.path
        self._view.offer(held)
        same, self._line = line == self._line, line
        if shown in [one.path for one in held.answering] or (same and shown in self._view.offered()):
            self._view.mark(shown)
        elif held.answering:
            self.show(held.answering[0].path)
        else:
            self._view.say("No document", "This bid came without a document that you may read.")

    def show(self, path: str) -> None:
        """Read a document and show it. What cannot be read says why, in its place."""
        try:
            document = reading.readable(self._workspace, self._tender, path, self._person)
        except EvalPanelError as error:
            self._view.say(error.title, error.message)
            self._view.mark(path)
        else:
            self._view.show_document(path, document)

    def save_copy(self, path: str) -> None:
        """Save a copy where the person says."""
        where = self.ask_where(Path(path).name)
        if where:
            reading.save_copy(self._workspace, self._tender, path, self._person, Path(where))
            self.said.emit(f"A copy is saved as {Path(where).name}. It is not sealed.")

    def _ask_where(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self._view, "Save a copy that is not sealed", name)[0]
