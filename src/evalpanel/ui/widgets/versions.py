"""The earlier versions of an answer, to be read, and put back as a new version: history instead of undo."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from evalpanel.domain.scales import Scale
from evalpanel.services.reading import Version
from evalpanel.ui.models.version_words import told
from evalpanel.ui.models.words import count
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card

MOST_ROWS = 5


class VersionsCard(Card):
    """Lists the versions of one answer, the newest first. `wanted` has the answer that is to be put back.

    `left` says that it was closed.
    """

    wanted = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("Earlier versions")
        self._versions: tuple[Version, ...] = ()
        self._open = True
        self.list = QListWidget()
        self.list.setAccessibleName("Versions of this answer, the newest first")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.currentRowChanged.connect(self._show)
        self.inside.addWidget(self.list)
        self._texts = QWidget()
        column = QVBoxLayout(self._texts)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self._parts = []
        for name in ("Why this score", "What could be improved", "Working note", "Evidence"):
            caption, words = label(name, "small"), label("", wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            caption.setBuddy(words)
            column.addWidget(caption)
            column.addWidget(words)
            self._parts.append((caption, words))
        self.inside.addWidget(self._texts)
        self._said = label("", "small", wrap=True)
        self.inside.addWidget(self._said)
        row = QHBoxLayout()
        row.addStretch(1)
        away = self._away = button("Close  Esc", role="quiet")
        away.setAccessibleName("Close the versions")
        away.clicked.connect(lambda *_: self.leave())
        row.addWidget(away)
        self.put = button("Put this one back")
        self.put.clicked.connect(lambda *_: self._put())
        row.addWidget(self.put)
        self.inside.addLayout(row)
        self.hide()

    def show_versions(self, versions: tuple[Version, ...], scale: Scale | None, *, can_change: bool) -> None:
        """Show these, the newest first. The one that was marked stays marked while it is there."""
        marked = self.marked
        self._open = can_change
        if versions != self._versions or not versions:
            self._versions = versions
            self.list.blockSignals(True)
            self.list.clear()
            self.list.addItems(["\n".join(lines) for lines in told(versions, scale)])
            self.list.blockSignals(False)
            at = next((at for at, one in enumerate(versions) if marked and one.revision == marked.revision), 0)
            self.list.setCurrentRow(at if versions else -1)
            rows = min(MOST_ROWS, len(versions))
            self.list.setVisible(bool(versions))
            self.list.setFixedHeight(max(1, rows) * max(1, self.list.sizeHintForRow(0)) + 6)
        self._show(self.list.currentRow())

    @property
    def marked(self) -> Version | None:
        """The version that is marked."""
        at = self.list.currentRow()
        return self._versions[at] if 0 <= at < len(self._versions) else None

    def ask(self) -> None:
        """Show the card, with the focus on the version before the one that counts."""
        self.show()
        if len(self._versions) > 1:
            self.list.setCurrentRow(1)
        (self.list if self._versions else self._away).setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Put the card away."""
        self.hide()
        self.left.emit()

    def key_words(self) -> tuple[tuple[str, str], ...]:
        """The keys that this answers itself."""
        return (("↑ ↓", "Go through the versions"), ("Enter", "Put this version back"), ("Esc", "Close the versions"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves, Enter puts back; nothing goes on to the form, where letters and digits score."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self._away.hasFocus():
                self.leave()
            elif self.put.isEnabled():
                self._put()
        event.accept()

    def _show(self, at: int) -> None:  # noqa: ARG002  # Qt's signature
        one = self.marked
        score = one.score if one is not None else None
        pieces = len(score.evidence) if score is not None else 0
        words = (
            (score.rationale, score.improvements, score.working_note, count(pieces, "piece") if pieces else "")
            if score is not None
            else ("",) * len(self._parts)
        )
        for (caption, shown), text in zip(self._parts, words, strict=True):
            shown.setText(text)
            for widget in (caption, shown):
                widget.setVisible(bool(text))
        newest = one is not None and one == self._versions[0]
        if one is None:
            said = "Nothing was saved on this line yet."
        elif newest:
            said = "This is what counts now."
        elif not self._open:
            said = "The sheet can only be read. To put a version back, reopen it with a reason."
        else:
            said = "It becomes a new version; every version is kept."
        self._said.setText(said)
        self.put.setEnabled(one is not None and not newest and self._open)

    def _put(self) -> None:
        if self.marked is not None:
            self.wanted.emit(self.marked.score)
