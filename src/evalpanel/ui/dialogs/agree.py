"""What the chair sent as agreed, line by line beside one's own score: agreeing, or saying where one does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QCheckBox, QListView, QPlainTextEdit, QVBoxLayout, QWidget

from evalpanel.domain.carried import Dissent
from evalpanel.domain.sheets import Line
from evalpanel.progress import Progress
from evalpanel.services import assents
from evalpanel.services.assents import Assented
from evalpanel.ui.carry_out import CarryOut
from evalpanel.ui.carry_part import CarryPart
from evalpanel.ui.models import agreeing
from evalpanel.ui.models.agreeing import AgreedRow
from evalpanel.ui.page import Page, label
from evalpanel.ui.places import me
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.shaped_lines import ROW, Index, ShapedLines, ShapedRows
from evalpanel.ui.widgets.texts import TwoSides


class Agree(CarryPart):
    """Lines at the left, and at the right why one does not agree on the line that is chosen."""

    def __init__(self, page: Page, out: CarryOut) -> None:
        super().__init__(page, out)
        self._dissents: dict[Line, str] = {}
        self._here: tuple[assents.ModerationHere, ...] = ()
        self._shown: Line | None = None
        self.model = ShapedRows[AgreedRow](lambda one: f"{one.heading}. {one.text}", self)
        self.view = QListView()
        self.view.setAccessibleName("What was agreed, line by line")
        self.view.setModel(self.model)
        self.view.setItemDelegate(ShapedLines(self.view, _told))
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setLayoutMode(QListView.LayoutMode.Batched)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setMinimumHeight(10 * self.fontMetrics().lineSpacing())
        self.view.selectionModel().currentChanged.connect(lambda now, _: self._show_line(now))
        sides = TwoSides(letters=110)
        sides.sides.addWidget(self.view, 3)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.card = Card("Do you agree?")
        self._why_told = label(agreeing.IF_NOT, "muted", wrap=True)
        self.card.inside.addWidget(self._why_told)
        self.why = QPlainTextEdit()
        self.why.setTabChangesFocus(True)
        self.why.setAccessibleName("Why you do not agree on this line")
        self.why.setMinimumHeight(5 * self.fontMetrics().lineSpacing())
        self.why.textChanged.connect(self._said_why)
        self.card.inside.addWidget(self.why)
        column.addWidget(self.card)
        interests = Card("Your declaration of interests")
        self.affirm = QCheckBox("It still holds as I made it")
        interests.inside.addWidget(self.affirm)
        column.addWidget(interests)
        self._interests = interests
        column.addStretch(1)
        sides.sides.addWidget(right, 2)
        self.column.addWidget(sides, 1)

    def refresh(self) -> None:
        """Read what the chair sent."""
        self._here = assents.read(self.session.workspace, self.session.tender)
        stand, view = self.session.stand, self.session.view
        own = me(view, stand.person) if view is not None and stand is not None else None
        self._interests.setVisible(own is not None and own.affirmed is None)
        self._fill()
        if self.model.rows and not self.view.currentIndex().isValid():
            self.view.setCurrentIndex(self.model.index(0))

    def head(self) -> tuple[str, str]:
        """Whose they are, and how many."""
        return "The agreed scores", agreeing.about(self._here)

    def step(self) -> tuple[str, Callable[[], object] | None, str]:
        """Agreeing, or saying where not."""
        return agreeing.button(len(self._dissents)), self._write, agreeing.why_not_yet(self._here, self._dissents)

    def take_focus(self) -> bool:
        """The lines are read first."""
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def _fill(self) -> None:
        person = self.session.stand.person if self.session.stand is not None else ""
        self.model.show_rows(agreeing.rows(self._here, person, self._dissents))

    def _show_line(self, index: QModelIndex) -> None:
        row = index.data(ROW)
        if not isinstance(row, AgreedRow):
            return
        self._shown = row.line
        self.card.set_title(f"Do you agree on {row.line.bid}, criterion {row.line.criterion}?")
        self.why.setPlainText(self._dissents.get(row.line, ""))

    def _said_why(self) -> None:
        if self._shown is None:
            return
        text = self.why.toPlainText().strip()
        if text:
            self._dissents[self._shown] = text
        else:
            self._dissents.pop(self._shown, None)
        self._fill()
        self.changed.emit()

    def _write(self) -> None:
        space, tender = self.session.workspace, self.session.tender
        against = tuple(Dissent(line, words) for line, words in self._dissents.items())
        affirm = self.affirm.isChecked()

        def work(to: Path, _: Progress) -> tuple[Assented, ...]:
            return assents.assent(space, tender, to=to, dissents=against, affirm=affirm)

        self.out.write("Writing your answer", work, lambda made: self.left.emit(agreeing.written(made)))


def _told(index: Index) -> tuple[str, str, str]:
    row = index.data(ROW)
    return row.mark, row.heading, row.text
