"""The facts of a tender: who buys what, under which law and which rules, and what was frozen."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.rules import FORMULA_WORDS, ROUNDING_WORDS, rules_for
from evalpanel.domain.tender import Lot, PriceFormula, SectionWeightings, Tender
from evalpanel.ui.models import words
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.texts import TwoSides, facts


class TenderFacts(QScrollArea):
    """The facts on cards, in two columns."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setAccessibleName("Facts of the tender")
        self._shown: tuple[object, ...] | None = None

    def show_pack(self, pack: TenderPack, *, digest: str = "", documents: int = 0) -> None:
        """Show what was published. `digest` is what the freeze pinned; empty before it."""
        if self._shown == (pack, digest, documents):
            return
        self._shown = (pack, digest, documents)
        holder = TwoSides(letters=90)
        row = holder.sides
        row.setContentsMargins(0, 0, 4, 0)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(12)
            row.addLayout(column, 1)
        tender = pack.tender
        if tender is None:
            card = Card("No tender")
            card.inside.addWidget(label("There is no sheet Tender that says what is bought.", "muted", wrap=True))
            left.addWidget(card)
        else:
            left.addWidget(_card("The tender", _tender(pack, tender, documents)))
            left.addWidget(_card("How the result is reached", _method(tender)))
            if digest:
                left.addWidget(_frozen(digest))
            for lot in pack.lots:
                right.addWidget(_card(f"Lot {lot.lot}: {lot.title}", _lot(lot, tender)))
            if pack.authorities:
                names = [(one.role.capitalize() or "Authority", one.authority) for one in pack.authorities]
                right.addWidget(_card("Authorities", names))
        left.addStretch(1)
        right.addStretch(1)
        self.setWidget(holder)


def _card(title: str, pairs: list[tuple[str, str]]) -> Card:
    card = Card(title)
    card.inside.addLayout(facts(pairs))
    return card


def _frozen(digest: str) -> Card:
    card = Card("Frozen")
    words_of = label("Every published word and figure above is pinned by this digest (SHA-256).", "muted", wrap=True)
    card.inside.addWidget(words_of)
    half = len(digest) // 2
    shown = label(f"{digest[:half]}\n{digest[half:]}", wrap=True)
    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    shown.setAccessibleDescription("The digest of the criteria")
    card.inside.addWidget(shown)
    return card


def _tender(pack: TenderPack, tender: Tender, documents: int) -> list[tuple[str, str]]:
    return [
        ("Reference", tender.reference),
        ("Title", tender.title),
        ("Authority", tender.authority),
        ("Law", words.REGIMES[tender.regime]),
        ("Procedure", tender.procedure),
        ("Last date for tenders", f"{words.uk_time(tender.deadline)} (UK time)" if tender.deadline is not None else ""),
        ("Notice", tender.notice_id),
        ("Term", _term(tender)),
        ("Budget", words.money(tender.budget, tender.currency) if tender.budget is not None else ""),
        ("Bids", words.count(len(pack.bids), "bid")),
        ("Documents", words.count(documents, "document") if documents else ""),
        ("Full criteria at", tender.full_criteria_at),
    ]


def _term(tender: Tender) -> str:
    if tender.term_months is None:
        return ""
    more = f", and up to {tender.extension_months} more" if tender.extension_months else ""
    return f"{tender.term_months} months{more}"


def _method(tender: Tender) -> list[tuple[str, str]]:
    of_total = tender.section_weightings is SectionWeightings.OF_TOTAL
    return [
        ("Quality and price", _split(tender.quality_weighting, tender.price_weighting)),
        ("Sections add up to", "the quality weighting" if of_total else "100 % of quality"),
        ("Price formula", _formula(tender.price_formula)),
        ("Rounding", f"{ROUNDING_WORDS[tender.rounding]}; {words.count(tender.places, 'place')}"),
        ("Equal totals", tender.tie_rule),
        ("Quorum", words.count(tender.quorum, "person", "people") if tender.quorum is not None else ""),
        ("Without agreement", tender.no_consensus),
        ("Bids side by side", "allowed while scoring" if tender.compare_bids else "not while scoring"),
    ]


def _lot(lot: Lot, tender: Tender) -> list[tuple[str, str]]:
    rules = rules_for(tender, lot)
    per = {"term": " for the term", "year": " a year"}.get(lot.budget_basis, "")
    return [
        ("Value", words.money(lot.value, tender.currency) if lot.value is not None else ""),
        ("Budget", words.money(lot.budget, tender.currency) + per if lot.budget is not None else ""),
        ("Quality and price", _split(rules.quality_weighting, rules.price_weighting)),
        ("Price formula", _formula(rules.formula)),
        ("Awards", words.count(rules.awards, "bid")),
        ("For", words.together(lot.authorities)),
    ]


def _split(quality: Decimal, price: Decimal) -> str:
    return f"quality {words.percent(quality)}, price {words.percent(price)}"


def _formula(formula: PriceFormula | None) -> str:
    return f"{formula.value}, {FORMULA_WORDS[formula]}" if formula is not None else ""
