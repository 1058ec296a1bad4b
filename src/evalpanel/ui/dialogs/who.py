"""Choosing who one is in a tender: several people can share one laptop."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from evalpanel.domain.people import PanelMember
from evalpanel.ui.page import button, label


class WhoDialog(QDialog):
    """The people of a tender, to choose one from. `chosen` is the code, empty when nobody was chosen."""

    def __init__(self, panel: tuple[PanelMember, ...], current: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Who are you?")
        self.setMinimumWidth(460)
        self.chosen = ""
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(label("Who are you in this tender?", "card-title"))
        layout.addWidget(label("What you do goes on the record under this name.", "muted", wrap=True))
        self.people = QListWidget()
        self.people.setAccessibleName("People of this tender")
        self.people.ensurePolished()  # marking somebody lays the rows out, as high as the look has them
        for member in panel:
            roles = ", ".join(role.value.replace("-", " ") for role in member.roles)
            item = QListWidgetItem(f"{member.person}   {member.name}   ({roles})")
            item.setData(Qt.ItemDataRole.UserRole, member.person)
            self.people.addItem(item)
            if member.person == current:
                self.people.setCurrentItem(item)
        if self.people.currentRow() < 0:
            self.people.setCurrentRow(0)
        self.people.itemActivated.connect(lambda *_: self._choose())
        layout.addWidget(self.people)
        row = QHBoxLayout()
        row.addStretch(1)
        leave = button("Not now")
        leave.clicked.connect(self.reject)
        row.addWidget(leave)
        choose = button("This is me", role="primary")
        choose.setDefault(True)
        choose.clicked.connect(self._choose)
        row.addWidget(choose)
        layout.addLayout(row)

    def _choose(self) -> None:
        item = self.people.currentItem()
        if item is not None:
            self.chosen = str(item.data(Qt.ItemDataRole.UserRole))
            self.accept()
