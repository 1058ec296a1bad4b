"""The texts that go with an agreed score: reasons, why not higher, how differences were settled, and the rest."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.wording import warnings
from evalpanel.ui.models.moderation_state import RoomLine
from evalpanel.ui.page import label
from evalpanel.ui.widgets.growing_text import GrowingText

NAMES = ("reasons", "not_higher", "differences", "improvements", "dissent", "disclosable_reasons", "withheld_why")
_READ_BY_BIDDER = ("reasons", "not_higher", "improvements", "disclosable_reasons")


class AgreedTexts(QObject):
    """The fields by the names of `ModeratedScore`, each with its caption and a hint. `typed` is sent while somebody
    types, `left` when a field is left."""

    typed = Signal()
    left = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.fields: dict[str, GrowingText] = {}
        self.hints: dict[str, QLabel] = {}
        self._labels: dict[str, QLabel] = {}
        self._put: dict[str, str] = {}

    def add(
        self,
        column: QVBoxLayout,
        name: str,
        title: str,
        placeholder: str,
        least: int,
        *,
        beside: QPushButton | None = None,
    ) -> None:
        """Add a field to a column, at least so many lines high, with a button beside its caption."""
        caption = label(title, "small")
        made = GrowingText(title, least=least)
        made.setPlaceholderText(placeholder)
        made.textChanged.connect(self.typed)
        made.left.connect(self.left)
        caption.setBuddy(made)
        head = QHBoxLayout()
        head.addWidget(caption, 1)
        if beside is not None:
            head.addWidget(beside)
        hint = label("", "warn", wrap=True)
        hint.hide()
        column.addSpacing(6)
        column.addLayout(head)
        for widget in (made, hint):
            column.addWidget(widget)
        self.fields[name], self._labels[name], self.hints[name] = made, caption, hint

    def put(self, agreed: ModeratedScore) -> None:
        """Show what is held."""
        for name, field in self.fields.items():
            field.put(getattr(agreed, name))
        self.remember()

    def remember(self) -> None:
        """What stands in the fields is held now."""
        self._put = {name: field.toPlainText() for name, field in self.fields.items()}

    def texts(self, held: ModeratedScore) -> dict[str, str]:
        """What the fields say. A text that nobody touched is as it is held: a field loses its odd spaces and line ends."""
        return {
            name: getattr(held, name) if field.toPlainText() == self._put.get(name) else field.toPlainText().strip()
            for name, field in self.fields.items()
        }

    def offer(self, name: str, offered: bool) -> None:
        """Show a field that has a sense on this line; one that holds something is shown either way."""
        visible = offered or bool(self.fields[name].toPlainText())
        for widget in (self._labels[name], self.fields[name]):
            widget.setVisible(visible)

    def set_read_only(self, read_only: bool) -> None:
        """Whether the texts can only be read and copied."""
        for field in self.fields.values():
            field.setReadOnly(read_only)
        for hint in self.hints.values():
            hint.setVisible(bool(hint.text()) and not read_only)

    def show_hints(self, shown: RoomLine, cited: int, *, read_only: bool) -> None:
        """Show what to look at again under each text. `cited`: how many pieces of evidence the reasons rest on."""
        scale = shown.row.held.scale
        descriptors: Iterable[str] = [level.descriptor for level in scale.levels] if scale is not None else []
        for name in _READ_BY_BIDDER:
            found = warnings(
                self.fields[name].toPlainText(),
                descriptors=descriptors,
                criteria=shown.codes,
                panel=shown.names,
                evidence=cited if name == "reasons" else 1,  # only the reasons rest on a place in the bid
            )
            hint = self.hints[name]
            hint.setText("\n".join(one.words for one in found))
            hint.setVisible(bool(found) and not read_only)
