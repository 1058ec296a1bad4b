"""The document beside the form: which one, its pages or its words, larger and smaller, or why it is not shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from evalpanel.domain.evidence import Evidence
from evalpanel.domain.readable import Readable, ReadableKind
from evalpanel.services.documents import DocumentInfo
from evalpanel.services.reading import LineDocuments
from evalpanel.ui import accessible
from evalpanel.ui.models.words import count
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.docx_text import DocxText

if TYPE_CHECKING:
    from evalpanel.ui.widgets.pdf_view import PdfView

_WARNING = (
    "A copy is no longer sealed: whoever uses this laptop can open it, and it may hold macros or links that this "
    "window never runs. Remove it when you have read it."
)


class DocumentView(QFrame):
    """Shows one document of a line. It asks for another by `wanted` (its path) and for a copy by `copy_wanted`.

    `cited` has what is selected, or the page that is read, as evidence; `quoted` the selected words with their page,
    when they are wanted in a reason. `can_cite` says in words what would be cited now (empty: nothing), and
    whether it can be quoted too.
    """

    wanted = Signal(str)
    copy_wanted = Signal(str)
    quoted = Signal(str)
    cited = Signal(object)
    can_cite = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self._path = ""
        self._pdf: PdfView | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(10, 10, 10, 10)
        outer.setSpacing(8)
        bar = QHBoxLayout()
        bar.setSpacing(6)
        self.chooser = QComboBox()
        accessible.name_chooser(self.chooser, "Document")
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.chooser.setMinimumContentsLength(12)
        self.chooser.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.chooser.activated.connect(self._chosen)
        bar.addWidget(self.chooser, 1)
        self.where = label("", "small")
        bar.addWidget(self.where)
        self._tools = [
            self._tool(bar, "−", "Smaller", "Ctrl+-", lambda: self._act("smaller")),
            self._tool(bar, "+", "Larger", "Ctrl++", lambda: self._act("larger")),
            self._tool(bar, "Fit", "Fit to width", "Ctrl+0", lambda: self._act("fit")),
        ]
        self._quotes = True
        self._digests: dict[str, str] = {}
        outer.addLayout(bar)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack, 1)
        self.text = DocxText()
        self.text.selected.connect(lambda *_: self._tell_what_to_cite())
        self._stack.addWidget(self.text)
        self._stack.addWidget(self._message())
        self.note = label("", "small", wrap=True)
        outer.addWidget(self.note)
        self.say("", "")

    @property
    def path(self) -> str:
        """Which document is shown; empty when none is."""
        return self._path

    @property
    def pdf(self) -> PdfView:
        """The view of pages, made when the first PDF is shown."""
        if self._pdf is None:
            # Imported here: QtPdf takes time, and the window opens without it.
            from evalpanel.ui.widgets.pdf_view import PdfView

            self._pdf = PdfView()
            self._pdf.turned.connect(self._turned)
            self._pdf.selected.connect(lambda *_: self._tell_what_to_cite())
            self._stack.addWidget(self._pdf)
        return self._pdf

    def offer(self, held: LineDocuments) -> None:
        """Offer the documents of a line: those that answer it first, then the rest of the bid and the tender's own."""
        self.chooser.clear()
        self._digests |= {one.path: one.sha256 for one in (*held.answering, *held.others, *held.tender)}
        for group, words in ((held.answering, ""), (held.others, "Also in this bid: "), (held.tender, "Tender: ")):
            if group and self.chooser.count():
                self.chooser.insertSeparator(self.chooser.count())
            for one in group:
                self.chooser.addItem(f"{words}{_title(one)}", one.path)
                self.chooser.setItemData(self.chooser.count() - 1, one.path, Qt.ItemDataRole.ToolTipRole)
        self.chooser.setEnabled(self.chooser.count() > 0)

    def offered(self) -> tuple[str, ...]:
        """The paths that are offered, in order."""
        paths = (self.chooser.itemData(at) for at in range(self.chooser.count()))
        return tuple(path for path in paths if path)

    def show_document(self, path: str, document: Readable) -> None:
        """Show a document that was read."""
        self._path = path
        self.chooser.setCurrentIndex(self.chooser.findData(path))
        name = self.chooser.currentText() or path
        self._let_go(document.kind)
        if document.kind is ReadableKind.PDF:
            why_not = self.pdf.show_pdf(document.data)
            if why_not:
                self._other(why_not)
                return
            self.pdf.setAccessibleName(f"{name}, {count(self.pdf.pages, 'page')}")
            self._stack.setCurrentWidget(self.pdf)
            self._turned(1)
            self._tell_what_to_cite()
        elif document.kind is ReadableKind.TEXT:
            self.text.show_paragraphs(document.paragraphs)
            self.text.setAccessibleName(name)
            self._stack.setCurrentWidget(self.text)
            self.where.setText("")
            self._tell_what_to_cite()
        else:
            self._other(document.note)
            return
        self._show_tools(True)
        self.note.setText(document.note)
        self.note.setVisible(bool(document.note))

    def mark(self, path: str) -> None:
        """Show in the chooser which document is shown, after another line's were offered."""
        self.chooser.setCurrentIndex(self.chooser.findData(path))

    def say(self, title: str, words: str) -> None:
        """Show no document, and why."""
        self._path = ""
        self._let_go(ReadableKind.OTHER)
        self._title.setText(title)
        self._words.setText(words)
        self._warning.hide()
        self._copy.hide()
        self._stack.setCurrentIndex(1)
        self._show_tools(False)
        self.note.hide()

    def quote(self) -> str:
        """The selected words as a quotation with their page, to be put into a reason; empty when nothing is selected."""
        view = self._view()
        text, page = view.selected_text() if view is not None else ("", 0)
        if not text:
            return ""
        return f"“{text}” (page {page})" if page else f"“{text}”"

    def send_quote(self) -> None:
        """Send the selected words to where reasons are written, if there are any and they can go there."""
        words = self.quote()
        if words and self._quotes:
            self.quoted.emit(words)

    def cite(self) -> None:
        """Send what is selected as evidence, or else the page that is read, if it can go anywhere."""
        piece = self.evidence() if self._quotes else None
        if piece is not None:
            self.cited.emit(piece)

    def evidence(self) -> Evidence | None:
        """What is selected as evidence; of a PDF without a selection the page that is read. None: nothing."""
        view, sha256 = self._view(), self._digests.get(self._path, "")
        return view.evidence(sha256, self._path) if view is not None and sha256 else None

    def show_evidence(self, piece: Evidence) -> bool:
        """Mark a piece in the document that is shown; False where its words are not there. What cannot be shown here
        says so itself."""
        view = self._view()
        return view is None or view.show_evidence(piece)

    def selected_words(self) -> str:
        """The words that are selected, in one line; empty when none are."""
        view = self._view()
        return view.selected_text()[0] if view is not None else ""

    def show_found(self, piece: Evidence) -> bool:
        """Show a place that a search found, with its words selected; False where they are not there."""
        view = self._view()
        if view is None or not view.show_evidence(piece):
            return False
        view.select_words(piece)
        return True

    def clear_evidence(self) -> None:
        """Take the mark of evidence away."""
        view = self._view()
        if view is not None:
            view.clear_evidence()

    def set_quotes(self, wanted: bool) -> None:
        """Whether quotations can go anywhere: not where the reasons can only be read."""
        self._quotes = wanted
        self._tell_what_to_cite()

    def _tell_what_to_cite(self) -> None:
        view = self._view()
        words, some = "", False
        if view is not None and self._quotes and self._path in self._digests:
            some = view.has_selection
            if some:
                words = "Use the selection as evidence"
            elif view is self._pdf and self._pdf.pages:
                words = f"Use page {self._pdf.page} as evidence"
        self.can_cite.emit(words, some)

    def _other(self, why: str) -> None:
        path = self._path
        self.say("This document is not shown here", why)
        self._path = path
        self._warning.show()
        self._copy.show()

    def _let_go(self, kind: ReadableKind) -> None:
        if self._pdf is not None and kind is not ReadableKind.PDF:
            self._pdf.clear()
        if kind is not ReadableKind.TEXT:
            self.text.clear_text()
        self._tell_what_to_cite()

    def _view(self) -> PdfView | DocxText | None:
        if self._stack.currentWidget() is self.text:
            return self.text
        return self._pdf if self._pdf is not None and self._stack.currentWidget() is self._pdf else None

    def _act(self, what: str) -> None:
        view = self._view()
        if view is not None:
            {"larger": view.larger, "smaller": view.smaller, "fit": view.fit}[what]()

    def _turned(self, page: int) -> None:
        self.where.setText(f"page {page} of {self.pdf.pages}" if self.pdf.pages else "")
        if accessible.listening():
            self.pdf.setAccessibleDescription(self.pdf.words(page))
        self._tell_what_to_cite()

    def _chosen(self, at: int) -> None:
        path = self.chooser.itemData(at)
        if path and path != self._path:
            self.wanted.emit(path)

    def _show_tools(self, shown: bool) -> None:
        for one in self._tools:
            one.setVisible(shown)
        if not shown:
            self.where.setText("")

    def _tool(self, bar: QHBoxLayout, text: str, name: str, key: str, act: object) -> QWidget:
        made = button(text, role="quiet")
        made.setAccessibleName(name)
        made.setToolTip(f"{name}  {key}")
        if key:
            made.setShortcut(key)
        made.clicked.connect(act)
        bar.addWidget(made)
        return made

    def _message(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(1)
        self._title = label("", "card-title", wrap=True)
        self._words = label("", wrap=True)
        self._warning = label(_WARNING, "warn", wrap=True)
        self._copy = button("Save a copy…")
        self._copy.clicked.connect(lambda *_: self.copy_wanted.emit(self._path))
        column.addWidget(self._title)
        column.addWidget(self._words)
        column.addWidget(self._warning)
        column.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(2)
        return whole


def _title(one: DocumentInfo) -> str:
    ending = one.path.rpartition(".")[2].upper() if "." in one.path else ""
    words = one.title or one.path.rpartition("/")[2]
    return f"{words}  ({ending})" if ending and len(ending) <= 5 else words
