"""A card: a quiet surface with a title and content, on the page."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from evalpanel.ui.page import label


class Card(QFrame):
    """A surface with room inside. Put widgets into `inside`."""

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.inside = QVBoxLayout(self)
        self.inside.setContentsMargins(16, 14, 16, 14)
        self.inside.setSpacing(8)
        self.heading = label(title, "card-title", wrap=True)
        self.inside.addWidget(self.heading)  # before it is shown: a widget without a parent would be a window
        self.heading.setVisible(bool(title))

    def set_title(self, title: str) -> None:
        """Change the title; empty hides it."""
        self.heading.setText(title)
        self.heading.setVisible(bool(title))
