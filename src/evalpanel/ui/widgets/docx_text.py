"""The words of a document without pages: headings, paragraphs, lists and tables, as text that can be selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFrameFormat,
    QTextLength,
    QTextTableFormat,
)
from PySide6.QtWidgets import QFrame, QTextEdit

from evalpanel.domain.evidence import Evidence, find, quoted
from evalpanel.domain.readable import Paragraph
from evalpanel.ui import theme

LEAST, MOST, STEP = 0.7, 3.0, 1.15
_MOST_COLUMNS = 60
_WIDEST = 46  # times the size of the text: some 80 characters and the margins


class DocxText(QTextEdit):
    """A text to be read. It is put together piece by piece, never as markup: what a bid says is only ever words.

    `selected` tells whether text is selected.
    """

    selected = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(24)
        self._paragraphs: tuple[Paragraph, ...] = ()
        self._zoom = 1.0
        self._evidence: Evidence | None = None
        self.copyAvailable.connect(self.selected)

    def show_paragraphs(self, paragraphs: tuple[Paragraph, ...]) -> None:
        """Show these, from the first."""
        self._paragraphs, self._evidence = paragraphs, None
        self._write()
        self.verticalScrollBar().setValue(0)

    def clear_text(self) -> None:
        """Let go of the text."""
        self._paragraphs, self._evidence = (), None
        self.clear()

    def larger(self) -> None:
        """Show the text larger."""
        self._zoom_to(self._zoom * STEP)

    def smaller(self) -> None:
        """Show the text smaller."""
        self._zoom_to(self._zoom / STEP)

    def fit(self) -> None:
        """Show the text in its own size."""
        self._zoom_to(1.0)

    def selected_text(self) -> tuple[str, int]:
        """The selected words in one line; a text has no pages, so the page is 0."""
        return " ".join(self.textCursor().selectedText().split()), 0

    @property
    def has_selection(self) -> bool:
        """Whether words are selected."""
        return self.textCursor().hasSelection()

    def evidence(self, sha256: str, path: str) -> Evidence | None:
        """What is selected as evidence from this document; None where nothing is."""
        cursor = self.textCursor()
        text = self.toPlainText()
        start, end = (len(_utf16(text)[: 2 * at].decode("utf-16-le", "surrogatepass")) for at in _ends(cursor))
        piece = quoted(text, start, end, document=sha256, path=path)
        return piece if piece.exact else None

    def found(self, wanted: Evidence) -> Evidence | None:
        """The words of `wanted` as evidence; None where the text does not have them."""
        text = self.toPlainText()
        place = find(text, wanted)
        return None if place is None else quoted(text, *place, document=wanted.document, path=wanted.path)

    def show_evidence(self, piece: Evidence) -> bool:
        """Mark the words of a piece and bring them into view; False where they are not there."""
        self._evidence = piece
        found = self._mark_evidence()
        if found is None:
            return False
        self.setTextCursor(found)
        self.ensureCursorVisible()
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(found).top() - self.viewport().height() // 4)
        return True

    def select_words(self, piece: Evidence) -> None:
        """Select the words of a piece."""
        place = find(self.toPlainText(), piece) if piece.exact else None
        if place is not None:
            start, end = (len(_utf16(self.toPlainText()[:at])) // 2 for at in place)
            cursor = self.textCursor()
            cursor.setPosition(start)
            cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(cursor)

    def clear_evidence(self) -> None:
        """Take the mark away."""
        self._evidence = None
        self._mark_evidence()

    def _mark_evidence(self) -> QTextCursor | None:
        text = self.toPlainText()
        place = find(text, self._evidence) if self._evidence is not None else None
        if place is None:
            self.setExtraSelections([])
            return None
        start, end = (len(_utf16(text[:at])) // 2 for at in place)
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        mark = QTextEdit.ExtraSelection()
        mark.cursor = QTextCursor(cursor)
        mark.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        mark.format.setBackground(theme.colour("tint"))
        mark.format.setForeground(theme.colour("text"))
        mark.format.setFontUnderline(True)
        mark.format.setUnderlineColor(theme.colour("accent"))
        self.setExtraSelections([mark])
        return cursor

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines short enough to read, in the middle of a wide view."""
        super().resizeEvent(event)
        side = max(0, (self.width() - round(self._body() * _WIDEST)) // 2)
        if self.viewportMargins().left() != side:
            self.setViewportMargins(side, 0, side, 0)

    def changeEvent(self, event: QEvent) -> None:
        """Larger text in the window is larger text here."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and self._paragraphs:
            self._write()

    def _body(self) -> int:
        return round(self.fontInfo().pixelSize() * 15 / theme.BODY * self._zoom)

    def _zoom_to(self, size: float) -> None:
        self._zoom = min(MOST, max(LEAST, size))
        at = self.verticalScrollBar().value() / max(1, self.verticalScrollBar().maximum())
        self._write()
        self.verticalScrollBar().setValue(round(at * self.verticalScrollBar().maximum()))

    def _write(self) -> None:
        body = self._body()
        self.setUpdatesEnabled(False)
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        first = True
        for one in self._paragraphs:
            if one.rows:
                self._table(cursor, one.rows, body)
            else:
                block, char = self._formats(one, body)
                if first:
                    cursor.setBlockFormat(block)
                    cursor.setBlockCharFormat(char)
                else:
                    cursor.insertBlock(block, char)
                cursor.insertText(f"• {one.text}" if one.item else one.text, char)
            first = False
        cursor.endEditBlock()
        self.setTextCursor(QTextCursor(self.document()))  # else the view follows what was written, to the end
        self._mark_evidence()
        self.setUpdatesEnabled(True)

    def _formats(self, one: Paragraph, body: int) -> tuple[QTextBlockFormat, QTextCharFormat]:
        block, char = QTextBlockFormat(), QTextCharFormat()
        size = body
        if one.heading:
            size = round(body * {1: 1.4, 2: 1.2}.get(one.heading, 1.05))
            char.setFontWeight(QFont.Weight.Bold)
            block.setTopMargin(body)
            block.setHeadingLevel(min(one.heading, 6))
        block.setBottomMargin(body * 0.55)
        block.setLineHeight(135, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if one.item:
            block.setLeftMargin(body * 1.4)
            block.setTextIndent(-body * 0.9)
        char.setProperty(QTextCharFormat.Property.FontPixelSize, size)
        return block, char

    def _table(self, cursor: QTextCursor, rows: tuple[tuple[str, ...], ...], body: int) -> None:
        columns = min(_MOST_COLUMNS, max(1, *(len(row) for row in rows))) if rows else 1
        shape = QTextTableFormat()
        shape.setBorder(1)
        shape.setBorderBrush(theme.colour("line"))
        shape.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        shape.setBorderCollapse(True)
        shape.setCellPadding(body * 0.4)
        shape.setTopMargin(body * 0.3)
        shape.setBottomMargin(body * 0.8)
        shape.setHeaderRowCount(1)
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        table = cursor.insertTable(len(rows), columns, shape)
        for row, cells in enumerate(rows):
            for column, text in enumerate(cells[:columns]):
                char = QTextCharFormat()
                char.setProperty(QTextCharFormat.Property.FontPixelSize, round(body * 0.93))
                if row == 0 and len(rows) > 1:
                    char.setFontWeight(QFont.Weight.Bold)
                table.cellAt(row, column).firstCursorPosition().insertText(text, char)
        cursor.movePosition(QTextCursor.MoveOperation.End)


def _utf16(text: str) -> bytes:
    """As Qt counts characters: two bytes each."""
    return text.encode("utf-16-le", "surrogatepass")


def _ends(cursor: QTextCursor) -> tuple[int, int]:
    return cursor.selectionStart(), cursor.selectionEnd()
