"""Choosing the sealed files that others carried: a whole stick or folder, or files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from evalpanel.services import carrying
from evalpanel.ui import accessible
from evalpanel.ui.models import bad_day
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.arrivals import FILES
from evalpanel.ui.widgets.beside import Wrong
from evalpanel.ui.widgets.flow import Flow


class StickFiles(QWidget):
    """Two buttons and what was chosen with them. What is chosen again is added. `changed` says that it is more."""

    changed = Signal()

    def __init__(self, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__()
        self.choose_files: Callable[[], Sequence[str]] = self._ask_files
        self.choose_folder: Callable[[], str] = self._ask_folder
        self.files: tuple[Path, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        buttons = QWidget()
        row = Flow(buttons, gap=12)
        self.folder = button("Choose a stick or folder…")
        self.folder.clicked.connect(lambda *_: guard(self._add_folder)())
        self.single = button("Choose files…")
        self.single.clicked.connect(lambda *_: guard(self._add_files)())
        row.addWidget(self.folder)
        row.addWidget(self.single)
        column.addWidget(buttons)
        self.told = label(bad_day.chosen(()), wrap=True)
        column.addWidget(self.told)
        self.wrong = Wrong(self.folder)
        column.addWidget(self.wrong)

    def _add_folder(self) -> None:
        chosen = self.choose_folder()
        if chosen:
            self._add((Path(chosen),))

    def _add_files(self) -> None:
        self._add(tuple(map(Path, self.choose_files())))

    def _add(self, chosen: tuple[Path, ...]) -> None:
        if not chosen:
            return
        self.files = tuple(dict.fromkeys((*self.files, *carrying.files_in(chosen))))
        self.wrong.forget()
        self.told.setText(bad_day.chosen(self.files))
        accessible.announce(self.folder, self.told.text())
        self.changed.emit()

    def _ask_files(self) -> Sequence[str]:
        return QFileDialog.getOpenFileNames(self, "Choose the sealed files of the tender", "", FILES)[0]

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, "Choose the stick or folder with the sealed files")
