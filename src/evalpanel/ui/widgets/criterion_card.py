"""One criterion as published: what is asked, what it is worth, and which evidence earns which level."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.numbers import canonical
from evalpanel.domain.rules import rules_for
from evalpanel.domain.scales import MET, Scale
from evalpanel.domain.tender import Lot
from evalpanel.ui.models import words
from evalpanel.ui.page import label
from evalpanel.ui.widgets.card import Card
from evalpanel.ui.widgets.texts import strong


class CriterionCard(QScrollArea):
    """The criterion that is chosen in the tree."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setAccessibleName("The chosen criterion")
        self._shown: tuple[object, ...] = ()
        self.clear()

    def clear(self) -> None:
        """Show that there is nothing to show."""
        self._shown = ()
        card = Card("No criterion")
        card.inside.addWidget(label("This lot has no criteria.", "muted", wrap=True))
        self._put([card])

    def show_criterion(self, pack: TenderPack, lot: Lot | None, criterion: Criterion, share: Fraction | None) -> None:
        """Show a criterion of a lot. `share` is its part of the whole quality result."""
        if self._shown == (pack, lot, criterion, share):
            return
        self._shown = (pack, lot, criterion, share)
        cards = [_head(pack, lot, criterion, share)]
        outcome = next((one for one in pack.outcomes if one.outcome == criterion.outcome), None)
        if outcome is not None:
            card = Card(f"Outcome {outcome.outcome}: {outcome.title}")
            card.inside.addWidget(label(outcome.description, wrap=True))
            if outcome.indicator:
                card.inside.addWidget(label(f"Known by: {outcome.indicator}", "muted", wrap=True))
            cards.append(card)
        elif criterion.outcome is not None:
            card = Card("Outcome")
            card.inside.addWidget(
                label(f"{criterion.outcome} is not among the tender’s outcomes.", "danger", wrap=True)
            )
            cards.append(card)
        scale = _scale_of(pack, criterion)
        if scale is not None:
            cards.append(_levels(scale, criterion))
        elif criterion.scale is not None:
            card = Card("Scale")
            card.inside.addWidget(
                label(f"The scale {criterion.scale} is missing from the tender.", "danger", wrap=True)
            )
            cards.append(card)
        self._put(cards)

    def texts(self) -> list[str]:
        """What is shown, line by line."""
        return [one.text() for one in self.findChildren(type(label(""))) if one.text()]

    def _put(self, cards: list[Card]) -> None:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.setSpacing(12)
        for card in cards:
            layout.addWidget(card)
        layout.addStretch(1)
        self.setWidget(holder)


def _head(pack: TenderPack, lot: Lot | None, criterion: Criterion, share: Fraction | None) -> Card:
    card = Card(f"{criterion.criterion}  {criterion.title}")
    worth = []
    if criterion.weighting is not None:
        of = f"of section {criterion.parent}" if criterion.parent is not None else "of quality"
        worth.append(f"{words.percent(criterion.weighting)} {of}")
    if share is not None:
        if criterion.parent is not None:
            worth.append(f"{words.percent(share * 100)} of quality")
        if lot is not None and pack.tender is not None:
            rules = rules_for(pack.tender, lot)
            if rules.adds_up and rules.price_weighting:
                worth.append(f"{words.percent(share * Fraction(rules.quality_weighting))} of the whole result")
    card.inside.addWidget(label(" · ".join([words.KINDS[criterion.kind], *worth]), "muted", wrap=True))
    if criterion.guidance:
        card.inside.addWidget(label(criterion.guidance, wrap=True))
    for line in _terms(criterion):
        card.inside.addWidget(label(line, "muted", wrap=True))
    if criterion.kind is CriterionKind.SECTION:
        card.inside.addWidget(label("A section groups criteria. Bids are scored on its parts.", "muted", wrap=True))
    return card


def _terms(criterion: Criterion) -> list[str]:
    if criterion.kind is CriterionKind.SECTION:
        return []
    found = []
    if criterion.lots:
        found.append(f"Only in {words.together(f'lot {lot}' for lot in criterion.lots)}.")
    if criterion.evidence not in ("", "written"):
        found.append(f"Evidence: {criterion.evidence}.")
    if criterion.limit:
        found.append(f"Answers are at most {criterion.limit}.")
    if criterion.kind in (CriterionKind.QUALITY, CriterionKind.CONDITION):
        found.append(words.MEMBERS_EVIDENCE[criterion.members])
    return found


def _scale_of(pack: TenderPack, criterion: Criterion) -> Scale | None:
    if criterion.scale is not None:
        return next((one for one in pack.scales if one.scale == criterion.scale), None)
    return MET if criterion.kind is CriterionKind.CONDITION else None


def _levels(scale: Scale, criterion: Criterion) -> Card:
    card = Card("What earns which level")
    minimum = criterion.minimum
    if minimum is None and scale is MET:
        minimum = MET.top
    if minimum is not None:
        level = scale.level(minimum)
        named = f"{canonical(minimum)} {level.name}".strip() if level is not None else canonical(minimum)
        what = "The condition is met from" if criterion.kind is CriterionKind.CONDITION else "A bid stays in from"
        card.inside.addWidget(label(f"{what} {named}. Below it a bid goes no further in the lot.", "warn", wrap=True))
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(8)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for row, level in enumerate(sorted(scale.levels, key=lambda one: one.value, reverse=True)):
        grid.addWidget(label(canonical(level.value), "card-title"), row, 0, top | Qt.AlignmentFlag.AlignRight)
        text = QVBoxLayout()
        text.setSpacing(2)
        least = " · the minimum" if minimum is not None and level.value == minimum else ""
        text.addWidget(strong(f"{level.name}{least}"))
        if level.descriptor:
            text.addWidget(label(level.descriptor, "muted", wrap=True))
        text.addStretch(1)  # and not aligned to the top of its cell: Qt then forgets that its texts wrap
        grid.addLayout(text, row, 1)
    card.inside.addLayout(grid)
    return card
