"""A window of its own for the document that a piece of evidence comes from: the room stays as it is beside it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from evalpanel.domain.evidence import Evidence
from evalpanel.services.workspace import Workspace
from evalpanel.ui.models.evidence_words import whole_words
from evalpanel.ui.page import button, label
from evalpanel.ui.reader import Reader
from evalpanel.ui.widgets.document_view import DocumentView


class PassageWindow(QDialog):
    """Shows one piece of evidence where it stands. Escape closes it; the next piece uses it again."""

    def __init__(
        self,
        parent: QWidget,
        workspace: Workspace,
        guard: Callable[[Callable[..., object]], Callable[..., None]],
    ) -> None:
        super().__init__(parent)
        self.setModal(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        self.view = DocumentView()
        self.view.set_quotes(False)
        column.addWidget(self.view, 1)
        foot = QHBoxLayout()
        self.words = label("", "muted", wrap=True)
        foot.addWidget(self.words, 1)
        close = button("Close  Esc")
        close.setAccessibleName("Close")
        close.clicked.connect(lambda *_: self.reject())
        foot.addWidget(close)
        column.addLayout(foot)
        self.reader = Reader(workspace, self.view, guard)
        self.reader.said.connect(self.words.setText)

    def show_piece(self, tender: str, person: str, piece: Evidence) -> None:
        """Open the document of a piece for this person, where the piece stands. What cannot be shown says why."""
        self.reader.take(tender, person)
        named = self.reader.named(piece)
        self.setWindowTitle(
            " · ".join(part for part in (named.title if named else piece.path, piece.page_words) if part)
        )
        self.words.setText(whole_words(piece, named))
        if not self.isVisible():
            self.resize(QSize(760, 820).boundedTo(self.screen().availableSize() * 0.9))
            self.show()
        self.view.offer(self.reader.beside(piece))
        self.view.mark(self.view.path)
        self.reader.show_evidence(piece)
        self.activateWindow()
