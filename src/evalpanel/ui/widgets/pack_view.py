"""What a pack or a tender holds, in parts that one turns to: problems, criteria, bids, documents, facts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

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
from evalpanel.ui.widgets.parts import Parts
from evalpanel.ui.widgets.problem_list import ProblemList
from evalpanel.ui.widgets.row_table import RowTable
from evalpanel.ui.widgets.sides import Sides
from evalpanel.ui.widgets.tender_facts import TenderFacts

PROBLEMS, CRITERIA, BIDS, DOCUMENTS, FACTS = "problems", "criteria", "bids", "documents", "facts"


class PackView(Parts):
    """The parts, one of them shown. `save_list` and `use_list` are about whose each document is."""

    save_list = Signal()
    use_list = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._pack = TenderPack()
        self.problems = ProblemList()
        self.tree = CriteriaTree()
        self.card = CriterionCard()
        self.bids = BidsView()
        self.documents = _Documents()
        self.documents.save.clicked.connect(self.save_list)
        self.documents.use.clicked.connect(self.use_list)
        self.facts = TenderFacts()
        self.add_part(PROBLEMS, self.problems, self.problems.view)
        self.add_part(CRITERIA, criteria_and_card(self.tree, self.card), self.tree.view)
        self.add_part(BIDS, self.bids, self.bids.table)
        self.add_part(DOCUMENTS, self.documents, self.documents.table)
        self.add_part(FACTS, self.facts)
        self.tree.chosen.connect(self._criterion)

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
        leads: bool = True,
    ) -> None:
        """Show a pack, or a tender that is held (`documents` None). `problems` None: there is no such part; `leads`:
        whether the places that they name can be opened."""
        self._pack = pack
        self.tree.show_pack(pack)
        self.bids.show_pack(pack, why_not=status_why_not, nothing=no_bids)
        self.facts.show_pack(pack, digest=digest, documents=held_documents or len(documents or ()))
        if documents is not None:
            self.documents.show_documents(documents, pack)
        if problems is not None and not self.problems.shows(problems):
            self.problems.show_problems(problems, kept_out=kept_out)
        self.problems.offer_lead(leads)
        stops = any(problem.stops for problem in problems or ())
        named = "Problems" if stops or not problems else "Notes"
        self.name_part(PROBLEMS, f"{named} · {len(problems or ())}", shown=problems is not None)
        self.name_part(CRITERIA, f"Criteria · {len(pack.criteria)}")
        self.name_part(BIDS, f"Bids · {len(pack.bids)}")
        self.name_part(DOCUMENTS, f"Documents · {len(documents or ())}", shown=documents is not None)
        self.name_part(FACTS, "The tender")
        hidden = (self.part == PROBLEMS and problems is None) or (self.part == DOCUMENTS and documents is None)
        self.turn_to(CRITERIA if hidden else self.part)

    def _criterion(self, lot: Lot | None, criterion: Criterion | None) -> None:
        if criterion is None:
            self.card.clear()
            return
        place = self.tree.view.currentIndex()
        self.card.show_criterion(self._pack, lot, criterion, place.siblingAtColumn(2).data(SHARE))


def criteria_and_card(tree: CriteriaTree, card: CriterionCard) -> Sides:
    """The tree of criteria, and the card of the chosen one beside it, or under it where it is narrow."""
    split = Sides(letters=80)
    split.add(tree, share=3, lines=10)
    split.add(card, share=2, lines=8)
    return split


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
