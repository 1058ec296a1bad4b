"""Files that people carried here: where they are given, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QListView, QVBoxLayout, QWidget

from evalpanel.ui import accessible
from evalpanel.ui.models.carrying import Arrival
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.drop_place import DropPlace
from evalpanel.ui.widgets.shaped_lines import ROW, Index, ShapedLines, ShapedRows

FILES = "Files of evalpanel (*.evalpanel *.zip);;All files (*)"


class Arrivals(QWidget):
    """The place to drop files on, and under it the report. `given` carries the paths, `invited` asks to answer the
    invitation in a row (by its number)."""

    given = Signal(object)
    invited = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.choose_files: Callable[[], Sequence[str]] = self._ask_files
        self.choose_folder: Callable[[], str] = self._ask_folder
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(12)
        self.drop = DropPlace(many=True, margin=20)
        self.drop.given.connect(self.given)
        self.files = button("Choose files…  Ctrl+O")
        self.files.setAccessibleName("Choose files")
        self.files.setShortcut("Ctrl+O")
        self.files.clicked.connect(lambda *_: self.ask_files())
        self.folder = button("Choose a stick or folder…  Ctrl+Shift+O")
        self.folder.setAccessibleName("Choose a stick or folder")
        self.folder.setShortcut("Ctrl+Shift+O")
        self.folder.clicked.connect(lambda *_: self.ask_folder())
        for choice in (self.files, self.folder):
            self.drop.add_choice(choice)
        self.drop.tell(
            "Take files in",
            "Drop the files here that somebody carried or sent to you. Many at once, in any order.",
            "Nothing is taken twice. What is not for you is left alone.",
        )
        outer.addWidget(self.drop, 1)
        self.report = QWidget()
        column = QVBoxLayout(self.report)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.heading = label("", "card-title", wrap=True)
        column.addWidget(self.heading)
        self.model = ShapedRows[Arrival](lambda one: f"{one.heading}. {one.text}", self)
        self.view = QListView()
        self.view.setAccessibleName("What became of each file")
        self.view.setModel(self.model)
        self.view.setItemDelegate(ShapedLines(self.view, _told))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMinimumHeight(8 * self.fontMetrics().lineSpacing())
        self.view.activated.connect(self._chosen)
        self.view.clicked.connect(self._chosen)
        column.addWidget(self.view, 1)
        outer.addWidget(self.report, 2)
        self.report.hide()

    def show_report(self, rows: tuple[Arrival, ...], summary: str) -> None:
        """Show what became of the files that were given last."""
        self.heading.setText(summary)
        self.model.show_rows(rows)
        self.report.setVisible(bool(rows))
        if rows:
            self.view.setCurrentIndex(self.model.index(0))
        accessible.announce(self.view, summary)

    def ask_files(self) -> None:
        """Ask which files."""
        chosen = self.choose_files()
        if chosen:
            self.given.emit(tuple(map(Path, chosen)))

    def ask_folder(self) -> None:
        """Ask which stick or folder."""
        chosen = self.choose_folder()
        if chosen:
            self.given.emit((Path(chosen),))

    def _chosen(self, index: QModelIndex) -> None:
        if index.data(ROW).invitation:
            self.invited.emit(index.row())

    def _ask_files(self) -> Sequence[str]:
        return QFileDialog.getOpenFileNames(self, "Choose the files that were carried here", "", FILES)[0]

    def _ask_folder(self) -> str:
        return QFileDialog.getExistingDirectory(self, "Choose the stick or folder with the files")


def _told(index: Index) -> tuple[str, str, str]:
    one = index.data(ROW)
    return one.mark, one.heading, one.text
