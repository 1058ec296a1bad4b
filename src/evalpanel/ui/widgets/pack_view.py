"""What a pack or a tender holds, in parts that one turns to: problems, criteria, bids, documents, facts."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QPushButton, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from evalpanel.domain.criteria import Criterion
from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.tender import DocumentEntry, Lot
from evalpanel.ui.models import words
from evalpanel.ui.models.criteria import SHARE
from evalpanel.ui.models.table import Row
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.bids_view import BidsView
from evalpanel.ui.widgets.criteria_tree import CriteriaTree
from evalpanel.ui.widgets.criterion_card import CriterionCard
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.problem_list import ProblemList
from evalpanel.ui.widgets.row_table import RowTable
from evalpanel.ui.widgets.tender_facts import TenderFacts

PROBLEMS, CRITERIA, BIDS, DOCUMENTS, FACTS = "problems", "criteria", "bids", "documents", "facts"


class PackView(QWidget):
    """The parts, one of them shown. `save_list` and `use_list` are about whose each document is."""

    save_list = Signal()
    use_list = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pack = TenderPack()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        tabs = Flow(gap=4)
        layout.addLayout(tabs)
        self._stack = QStackedWidget()
        layout.addWidget(self._stack, 1)
        self._group = QButtonGroup(self)
        self._tabs: dict[str, QPushButton] = {}
        self.problems = ProblemList()
        self.tree = CriteriaTree()
        self.card = CriterionCard()
        self.bids = BidsView()
        self.documents = _Documents()
        self.documents.save.clicked.connect(self.save_list)
        self.documents.use.clicked.connect(self.use_list)
        self.facts = TenderFacts()
        parts = {
            PROBLEMS: self.problems,
            CRITERIA: self._criteria(),
            BIDS: self.bids,
            DOCUMENTS: self.documents,
            FACTS: self.facts,
        }
        for key, part in parts.items():
            tab = self._tabs[key] = _Tab()
            tab.clicked.connect(lambda _=False, key=key: self.turn_to(key))
            self._group.addButton(tab)
            tabs.addWidget(tab)
            self._stack.addWidget(part)
        self._parts = parts
        self.tree.chosen.connect(self._criterion)

    @property
    def part(self) -> str:
        """Which part is shown."""
        return next(key for key, part in self._parts.items() if part is self._stack.currentWidget())

    def turn_to(self, key: str) -> None:
        """Show a part."""
        self._stack.setCurrentWidget(self._parts[key])
        self._tabs[key].setChecked(True)

    def focus_part(self) -> None:
        """Give the focus to what is read first in the part that is shown."""
        first = {
            PROBLEMS: self.problems.view,
            CRITERIA: self.tree.view,
            BIDS: self.bids.table,
            DOCUMENTS: self.documents.table,
            FACTS: self.facts,
        }
        first[self.part].setFocus(Qt.FocusReason.OtherFocusReason)

    def show_pack(
        self,
        pack: TenderPack,
        *,
        problems: tuple[Problem, ...] | None,
        documents: tuple[DocumentEntry, ...] | None,
        status_why_not: str,
        no_bids: str,
        digest: str = "",
        held_documents: int = 0,
        kept_out: str = "the pack",
    ) -> None:
        """Show a pack, or a tender that is held (`documents` None). `problems` None: there is no such part."""
        self._pack = pack
        self.tree.show_pack(pack)
        self.bids.show_pack(pack, why_not=status_why_not, nothing=no_bids)
        self.facts.show_pack(pack, digest=digest, documents=held_documents or len(documents or ()))
        if documents is not None:
            self.documents.show_documents(documents, pack)
        if problems is not None and problems != self.problems.model.problems:
            self.problems.show_problems(problems, kept_out=kept_out)
        titles = {
            PROBLEMS: f"Problems · {len(problems or ())}",
            CRITERIA: f"Criteria · {len(pack.criteria)}",
            BIDS: f"Bids · {len(pack.bids)}",
            DOCUMENTS: f"Documents · {len(documents or ())}",
            FACTS: "The tender",
        }
        for key, tab in self._tabs.items():
            tab.setText(titles[key])
            tab.setAccessibleName(titles[key].replace(" ·", ","))
        self._tabs[PROBLEMS].setVisible(problems is not None)
        self._tabs[DOCUMENTS].setVisible(documents is not None)
        if (self.part == PROBLEMS and problems is None) or (self.part == DOCUMENTS and documents is None):
            self.turn_to(CRITERIA)
        self._tabs[self.part].setChecked(True)

    def _criteria(self) -> QWidget:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(12)
        split.setChildrenCollapsible(False)
        split.addWidget(self.tree)
        split.addWidget(self.card)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([620, 440])
        self._split = split
        return split

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 # Qt's name
        """The criterion stands under the tree where there is no room beside it."""
        super().resizeEvent(event)
        narrow = self.width() < self.fontMetrics().averageCharWidth() * 80
        self._split.setOrientation(Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal)

    def _criterion(self, lot: Lot | None, criterion: Criterion | None) -> None:
        if criterion is None:
            self.card.clear()
            return
        place = self.tree.view.currentIndex()
        self.card.show_criterion(self._pack, lot, criterion, place.siblingAtColumn(2).data(SHARE))


class _Tab(QPushButton):
    """One part of the page. Its width leaves room for the bold text of the chosen one."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "place")
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:  # noqa: N802 # Qt's name
        bold = QFont(self.font())
        bold.setBold(True)
        return QSize(QFontMetrics(bold).horizontalAdvance(self.text()) + 26, super().sizeHint().height())


class _Documents(QWidget):
    """Whose each document is, as it was understood from its folder and name, and the way to correct it."""

    def __init__(self) -> None:
        super().__init__()
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        said = "Whose each document is, understood from folders and names. Where it is wrong, save the list, correct it in a spreadsheet, and use it here."
        inside.addWidget(label(said, "muted", wrap=True))
        self.table = RowTable("Documents", ("Document", "Bidder", "Lot", "Criterion", "Envelope"), stretch=0)
        inside.addWidget(self.table, 1)
        row = Flow(gap=12)
        self.save = button("Save the list…")
        self.use = button("Use a corrected list…")
        row.addWidget(self.save)
        row.addWidget(self.use)
        inside.addLayout(row)

    def show_documents(self, documents: tuple[DocumentEntry, ...], pack: TenderPack) -> None:
        names = {bidder.bidder: bidder.name for bidder in pack.bidders}
        self.table.rows.show_rows(
            tuple(
                Row(
                    (
                        one.path,
                        "the tender’s own"
                        if one.bidder is None
                        else f"{one.bidder}  {names.get(one.bidder, '')}".strip(),
                        one.lot or "all",
                        one.criterion or "all",
                        words.ENVELOPES[one.envelope],
                    ),
                    one,
                )
                for one in documents
            )
        )
        self.save.setEnabled(bool(documents))
