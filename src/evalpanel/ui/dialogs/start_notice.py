"""Starting from a notice: what an OCDS file says, before a draft workbook is written from it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QComboBox, QScrollArea, QVBoxLayout, QWidget

from evalpanel.domain.criteria import Criterion
from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.ocds_gaps import Ask, OcdsReading, OcdsTender, Terms
from evalpanel.domain.tender import Lot
from evalpanel.ui.models import words
from evalpanel.ui.models.criteria import SHARE
from evalpanel.ui.models.table import Row
from evalpanel.ui.page import button, label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.criteria_tree import CriteriaTree
from evalpanel.ui.widgets.criterion_card import CriterionCard
from evalpanel.ui.widgets.flow import Flow
from evalpanel.ui.widgets.pack_view import criteria_and_card
from evalpanel.ui.widgets.parts import Parts
from evalpanel.ui.widgets.problem_list import ProblemList
from evalpanel.ui.widgets.row_table import RowTable
from evalpanel.ui.widgets.texts import TwoSides, facts

SAID, ASKED, ODD, LEVELS, ENTRIES, NAMED = "said", "asked", "odd", "criteria", "bids", "named"
_ASKED_FOR = "not said; the draft asks for it"
_NO_WORDS = (
    "OCDS has no words for the law that a tender runs under, a scale, a quorum or a panel, and seldom says how prices "
    "are scored. Nothing is made up: the draft marks each of these for you."
)


class StartFromNotice(QWidget):
    """What a notice says, in parts. `chosen`: another of its processes is looked at; `once_more` asks to save its draft
    again. `drafted` is the draft of this process that was saved, if it was."""

    chosen = Signal()
    once_more = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._reading = OcdsReading("", "", ())
        self._path = Path()
        self.drafted: Path | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.processes = QComboBox()
        self.processes.setAccessibleName("Which process of this file")
        self.processes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.processes.setMinimumContentsLength(20)
        self.processes.currentIndexChanged.connect(self._turned)
        layout.addWidget(self.processes)
        self.parts = Parts()
        self.said = _Said()
        self.asked = ProblemList("What the draft asks for, each with its cell")
        self.odd = ProblemList("What was odd in the notice, each with its place")
        self.tree = CriteriaTree()
        self.card = CriterionCard()
        self.entries = RowTable("Bids in the notice", ("Bid", "Bidder", "Lot", "Received", "Status"), stretch=1)
        self.named = RowTable(
            "Documents that the notice names", ("Document", "Of", "Where it was published"), stretch=0
        )
        self.parts.add_part(SAID, self.said)
        self.parts.add_part(ASKED, self.asked, self.asked.view)
        self.parts.add_part(ODD, self.odd, self.odd.view)
        self.parts.add_part(LEVELS, criteria_and_card(self.tree, self.card), self.tree.view)
        self.parts.add_part(ENTRIES, self.entries)
        self.parts.add_part(NAMED, self.named)
        layout.addWidget(self.parts, 1)
        self._after = QWidget()
        row = Flow(self._after, gap=12)
        folder = button("Open its folder")
        folder.clicked.connect(self._open_folder)
        row.addWidget(folder)
        again = button("Save the draft again…")
        again.clicked.connect(self.once_more)
        row.addWidget(again)
        self._after.hide()
        layout.addWidget(self._after)
        for listed in (self.asked, self.odd):
            listed.offer_lead(False)
        self.tree.chosen.connect(self._criterion)

    @property
    def tender(self) -> OcdsTender | None:
        """The process that is looked at; None where the file could not be read as a notice."""
        held = self.processes.currentData()
        return held if isinstance(held, OcdsTender) else None

    @property
    def is_usable(self) -> bool:
        """Whether a workbook can be drafted from what is looked at."""
        return self.tender is not None and self.tender.is_usable

    @property
    def about(self) -> str:
        """What the file is: `tender.json: OCDS release package 1.1, 1 process.`"""
        held = words.count(len(self._reading.tenders), "process", "processes")
        kind = f"{self._reading.kind} {self._reading.version}".rstrip()
        kind = kind if kind.startswith("ProZorro") else f"OCDS {kind}"
        return f"{self._path.name}: {kind}, {held}." if self._reading.kind else self._path.name

    @property
    def told(self) -> str:
        """What can be done with it, and what to do next."""
        if self.tender is None or not self.tender.is_usable:
            return "Nothing is kept. No workbook can be drafted from it."
        if self.drafted is None:
            return "Nothing is kept. A notice becomes a draft workbook: save it, complete it, then load it."
        needed = words.count(sum(ask.needed for ask in self.tender.asks), "orange cell")
        return f"{self.drafted.name} is written. Fill in its {needed} and save it, then load it here."

    def show_drafted(self, out: Path) -> None:
        """Say that the draft of this process was saved as `out`."""
        self.drafted = out
        self._after.show()

    def show_reading(self, path: Path, reading: OcdsReading) -> None:
        """Show what the file `path` says; of several processes the first that a workbook can be drafted from."""
        self._path, self._reading = path, reading
        self.processes.blockSignals(True)
        self.processes.clear()
        for one in reading.tenders:
            self.processes.addItem(f"{one.ocid or 'without an ocid'}  {one.terms.title}".strip(), one)
        usable = (place for place, one in enumerate(reading.tenders) if one.is_usable)
        self.processes.setCurrentIndex(next(usable, 0 if reading.tenders else -1))
        self.processes.blockSignals(False)
        self.processes.setVisible(len(reading.tenders) > 1)
        self._fill()

    def _turned(self) -> None:
        self._fill()
        self.chosen.emit()

    def _odd(self) -> tuple[Problem, ...]:
        own = self.tender.problems if self.tender is not None else ()
        return tuple(dict.fromkeys((*self._reading.problems, *own)))

    def _open_folder(self) -> None:
        if self.drafted is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.drafted.parent)))

    def _fill(self) -> None:
        tender, odd = self.tender, self._odd()
        self.drafted = None
        self._after.hide()
        pack = tender.pack if tender is not None else TenderPack()
        self.said.show_tender(tender)
        self.odd.show_told(odd, *_odd_words(odd))
        asks = tuple(map(_ask, tender.asks)) if tender is not None else ()
        self.asked.show_told(asks, *_asked_words(asks))
        self.tree.show_pack(tender.weighed if tender is not None else pack)
        names = {bidder.bidder: bidder.name for bidder in pack.bidders}
        self.entries.rows.show_rows(
            tuple(
                Row(
                    (
                        bid.bid,
                        names.get(bid.bidder, bid.bidder),
                        bid.lot or "not said",
                        words.uk_time(bid.received, short=True) if bid.received is not None else "",
                        words.STATUSES[bid.status],
                    ),
                    bid,
                )
                for bid in pack.bids
            )
        )
        documents = tender.documents if tender is not None else ()
        self.named.rows.show_rows(tuple(Row((one.title, one.belongs_to, one.address), one) for one in documents))
        usable = self.is_usable
        self.parts.name_part(SAID, "The tender", shown=usable)
        self.parts.name_part(ASKED, f"To fill in · {len(asks)}", shown=usable)
        self.parts.name_part(ODD, f"{'What was odd' if usable else 'Problems'} · {len(odd)}", shown=bool(odd))
        self.parts.name_part(LEVELS, f"Criteria · {len(pack.criteria)}", shown=usable and bool(pack.criteria))
        self.parts.name_part(ENTRIES, f"Bids · {len(pack.bids)}", shown=usable and bool(pack.bids))
        self.parts.name_part(NAMED, f"Documents · {len(documents)}", shown=usable and bool(documents))
        self.parts.turn_to(SAID if usable else ODD)

    def _criterion(self, lot: Lot | None, criterion: Criterion | None) -> None:
        if criterion is None or self.tender is None:
            self.card.clear()
            return
        place = self.tree.view.currentIndex()
        self.card.show_criterion(self.tender.weighed, lot, criterion, place.siblingAtColumn(2).data(SHARE))


def _ask(ask: Ask) -> Problem:
    return Problem(f"{ask.cell or ask.sheet}  {ask.column}", ask.why, ask.needed)


def _odd_words(odd: tuple[Problem, ...]) -> tuple[str, str]:
    stopping = sum(problem.stops for problem in odd)
    if stopping:
        what = "No workbook can be drafted from this file"
        return what, f"{words.count(stopping, 'problem')} in the way. Nothing was written."
    if not odd:
        return "Nothing was odd", "Everything in the notice was understood."
    return f"{words.count(len(odd), 'note')} on this notice", "What contradicts itself, or has no place in a workbook."


def _asked_words(asks: tuple[Problem, ...]) -> tuple[str, str]:
    needed = sum(ask.stops for ask in asks)
    rest = len(asks) - needed
    check = f" Yellow ones ({rest}) are worth filling in or checking." if rest else ""
    return (
        f"{words.count(needed, 'cell')} to fill in before the workbook can be loaded",
        f"The draft marks them in orange, with a comment that says why.{check}",
    )


class _Said(QScrollArea):
    """What is known of the terms and the lots, on cards."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setAccessibleName("What the notice says")
        self.cards: list[Card] = []

    def show_tender(self, tender: OcdsTender | None) -> None:
        """Show what a process says of itself."""
        holder = TwoSides(letters=90)
        holder.sides.setContentsMargins(0, 0, 4, 0)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(12)
            holder.sides.addLayout(column, 1)
        self.cards = []
        if tender is not None:
            self._add(left, "The tender", _terms(tender))
            needed = sum(ask.needed for ask in tender.asks)
            lacks = Card(f"{words.count(needed, 'cell')} to fill in, {len(tender.asks) - needed} to check")
            lacks.inside.addWidget(label(_NO_WORDS, "muted", wrap=True))
            right.addWidget(lacks)
            for lot in tender.pack.lots:
                self._add(right, f"Lot {lot.lot}: {lot.title}", _lot(lot, tender))
        left.addStretch(1)
        right.addStretch(1)
        self.setWidget(holder)

    def _add(self, column: QVBoxLayout, title: str, pairs: list[tuple[str, str]]) -> None:
        card = Card(title)
        card.inside.addLayout(facts(pairs))
        self.cards.append(card)
        column.addWidget(card)


def _terms(tender: OcdsTender) -> list[tuple[str, str]]:
    terms, pack = tender.terms, tender.pack
    extension = f", and up to {terms.extension_months} more" if terms.extension_months else ""
    term = f"{terms.term_months} months{extension}" if terms.term_months is not None else ""
    return [
        ("Process", tender.ocid or "without an ocid"),
        ("Reference", terms.reference or _ASKED_FOR),
        ("Title", terms.title or _ASKED_FOR),
        ("Authority", terms.authority or _ASKED_FOR),
        ("Law", _ASKED_FOR),
        ("Procedure", terms.procedure),
        ("Last date for tenders", f"{words.uk_time(terms.deadline)} (UK time)" if terms.deadline is not None else ""),
        ("Notice", terms.notice_id),
        ("Term", term),
        ("Quality and price", _split(terms)),
        ("Bidders", words.count(len(pack.bidders), "bidder") if pack.bidders else "none"),
        ("Bids", words.count(len(pack.bids), "bid") if pack.bids else "none"),
        ("Questions answered", str(len(pack.clarifications)) if pack.clarifications else ""),
    ]


def _split(terms: Terms) -> str:
    if terms.quality_weighting is None or terms.price_weighting is None:
        return _ASKED_FOR
    return f"quality {words.percent(terms.quality_weighting)}, price {words.percent(terms.price_weighting)}"


def _lot(lot: Lot, tender: OcdsTender) -> list[tuple[str, str]]:
    own = ""
    if lot.quality_weighting is not None and lot.price_weighting is not None:
        own = f"quality {words.percent(lot.quality_weighting)}, price {words.percent(lot.price_weighting)}"
    held = sum(1 for one in tender.pack.criteria if not one.lots or lot.lot in one.lots)
    return [
        ("Value", words.money(lot.value, tender.terms.currency or "GBP") if lot.value is not None else ""),
        ("Quality and price", own),
        ("Criteria", words.count(held, "criterion", "criteria") if held else "none said; the draft asks for them"),
        ("Bids", words.count(sum(1 for bid in tender.pack.bids if bid.lot == lot.lot), "bid")),
    ]
