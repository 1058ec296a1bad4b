"""How the scoring page is laid out: the document large at the left, the form with what must be said above it beside."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from evalpanel.ui.widgets.document_view import DocumentView
from evalpanel.ui.widgets.notice import Refusal, ReopenCard
from evalpanel.ui.widgets.progress_card import ProgressCard
from evalpanel.ui.widgets.score_form import ScoreForm
from evalpanel.ui.widgets.sides import Sides
from evalpanel.ui.widgets.versions import VersionsCard


class ScoringSide(QScrollArea):
    """Above each other: what was refused, the reason for reopening, earlier versions, progress, and the form."""

    def __init__(self) -> None:
        super().__init__()
        self.refusal = Refusal()
        self.reopening = ReopenCard()
        self.progress = ProgressCard()
        self.versions = VersionsCard()
        self.form = ScoreForm()
        self._whole = whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 2, 0)
        column.setSpacing(12)
        for one in (self.refusal, self.reopening, self.versions, self.progress):
            column.addWidget(one)
        column.addWidget(self.form, 1)
        self.setWidgetResizable(True)
        self.setWidget(whole)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.progress.folded.connect(self.form.focus_first)
        self.versions.left.connect(self.form.focus_first)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the form can be without anything cut off at its right."""
        inside = self._whole.minimumSizeHint().width()
        return QSize(inside + self.verticalScrollBar().sizeHint().width() + 2, 160)

    def to_top(self) -> None:
        """Show the form from its beginning."""
        self.verticalScrollBar().setValue(0)


class ScoringDesk(Sides):
    """The two sides; the line between them can be drawn. Quotations go from the document to the form."""

    def __init__(self) -> None:
        super().__init__()
        self.document = DocumentView()
        self.side = ScoringSide()
        self.document.quoted.connect(self.side.form.quote)
        self.document.can_cite.connect(self.side.form.offer_evidence)
        self.side.form.cite_wanted.connect(self.document.cite)
        self.side.form.quote_wanted.connect(self.document.send_quote)
        self.add(self.document, share=3, lines=14)
        self.add(self.side, share=2, lines=14, most=105)
