"""Before a blind tender goes to the panel: what in the documents would say whose a bid is, and why it may go all the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QItemSelection, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit, QListView

from evalpanel.domain.preflight import Finding
from evalpanel.services import preflight
from evalpanel.services.preflight import Preflight
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import looking
from evalpanel.ui.page import Page, button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.shaped_lines import ROW, ShapedLines, ShapedRows


class LookThrough(CarryPart):
    """The open findings, and a reason for those that are chosen."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._held: Preflight | None = None
        self.model = ShapedRows[Finding](lambda one: ". ".join(looking.told(one)[1:]), self)
        self.view = QListView()
        self.view.setAccessibleName("What may say whose a bid is")
        self.view.setModel(self.model)
        self.view.setItemDelegate(ShapedLines(self.view, lambda index: looking.told(index.data(ROW))))
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMinimumHeight(10 * self.fontMetrics().lineSpacing())
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.changed.emit())
        self.column.addWidget(self.view, 1)
        self.card = Card("Why may it go?")
        self.card.inside.addWidget(label(looking.MAY_GO, "muted", wrap=True))
        self.why = QLineEdit()
        self.why.setAccessibleName("Why it may go, for the record")
        self.why.textChanged.connect(lambda *_: self.changed.emit())
        self.why.returnPressed.connect(page.primary.click)
        self.card.inside.addWidget(self.why)
        row = Flow(gap=12)
        self.alike = button("Choose all that say the same")
        self.alike.clicked.connect(lambda *_: self.choose_alike())
        row.addWidget(self.alike)
        self.instead = button("Replace this document…")
        self.instead.clicked.connect(lambda *_: page.guard(self._choose_file)())
        row.addWidget(self.instead)
        self.card.inside.addLayout(row)
        self.column.addWidget(self.card)

    def refresh(self) -> None:
        """Show what is open."""
        self._held = preflight.findings(self.session.workspace, self.session.tender)
        self.model.show_rows(self._held.open)
        for one in (self.view, self.card):
            one.setVisible(bool(self._held.open))
        if self.model.rows and not self.view.selectionModel().hasSelection():
            self.view.setCurrentIndex(self.model.index(0))

    def head(self) -> tuple[str, str]:
        """What was found."""
        assert self._held is not None
        return "Look through the documents", looking.about(self._held)

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Looking, then a reason for each finding."""
        held = self._held
        if held is None or held.unlooked:
            return "Look through the documents", self._look, ""
        if not held.open:
            return "Go on", lambda: self.left.emit(looking.CLEAR), ""
        chosen = len(self.view.selectionModel().selectedIndexes())
        late = "" if self.why.text().strip() else "Say why first, for the record."
        return looking.button(chosen), self._accept, late if chosen else "Choose a line first."

    def _looked(self, _: Preflight) -> None:
        self.take_focus()

    def take_focus(self) -> bool:
        """The list, where there is one."""
        if self.model.rows:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return bool(self.model.rows)

    def _look(self) -> None:
        space, tender = self.session.workspace, self.session.tender
        self.page.start(
            "Looking through the documents",
            lambda progress: preflight.look(space, tender, progress=progress),
            self._looked,
        )

    def choose_alike(self) -> None:
        """Choose every line that says the same as one that is chosen, in whatever document: all pictures, for instance."""
        chosen = self.view.selectionModel()
        sorts = {index.data(ROW).sort for index in chosen.selectedIndexes()}
        alike = QItemSelection()
        for place, one in enumerate(self.model.rows):
            if one.sort in sorts:
                alike.select(self.model.index(place), self.model.index(place))
        chosen.select(alike, chosen.SelectionFlag.Select)

    def _choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "What goes to the panel instead")
        if name:
            self.replace(Path(name))

    def replace(self, file: Path) -> None:
        """Let `file` go out in the place of the document of the line that is chosen, for the reason that is typed."""
        document = self.view.currentIndex().data(ROW).document
        path = preflight.replace(
            self.session.workspace, self.session.tender, document, file, why=self.why.text().strip()
        )
        self.why.clear()
        self.page.acted.emit()
        self.page.said.emit(looking.replaced(path))

    def _accept(self) -> None:
        names = [index.data(ROW).name for index in self.view.selectionModel().selectedIndexes()]
        preflight.accept(self.session.workspace, self.session.tender, names, why=self.why.text())
        self.why.clear()
        self.page.acted.emit()
        self.page.said.emit(looking.accepted(len(names)))
