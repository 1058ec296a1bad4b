"""One panel member's sheet as the scoring page walks through it: lines in order, what is missing, a picture of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from evalpanel.domain.criteria import Criterion, CriterionKind, leaves
from evalpanel.domain.gates import scale_of
from evalpanel.domain.interests import Recusal
from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.quality import leaf_shares
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line, Score, ScoreStatus, gaps, recused_from
from evalpanel.domain.tender import LotCode
from evalpanel.domain.wording import WarningKind, warnings
from evalpanel.errors import EvalPanelError
from evalpanel.services.desks import Desk
from evalpanel.ui.models.words import called, together
from evalpanel.ui.widgets.progress_grid import CellState

_FOR_IMPROVEMENTS = (WarningKind.COMPARISON, WarningKind.PRICE, WarningKind.PANEL_MEMBER)


@dataclass(frozen=True, slots=True)
class Cells:
    """The picture of one lot: names of rows (bids) and columns (criteria), states, which line each cell is, and where
    each line stands."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    states: dict[tuple[int, int], CellState]
    lines: dict[tuple[int, int], Line]
    places: dict[Line, tuple[int, int]]


def cell_state(score: Score | None) -> CellState:
    """What an answer looks like: complete only with its reason, whatever it says."""
    if score is None:
        return CellState.BLANK
    words = (score.rationale, score.improvements, score.working_note)
    begun = bool(score.evidence) or any(text.strip() for text in words)
    if score.status is ScoreStatus.RECUSED:
        return CellState.RECUSED
    if score.status is ScoreStatus.BLANK:
        return CellState.DRAFT if begun else CellState.BLANK
    if not score.rationale.strip():
        return CellState.DRAFT
    return {
        ScoreStatus.NOT_APPLICABLE: CellState.NOT_APPLICABLE,
        ScoreStatus.ABSTAINED: CellState.ABSTAINED,
    }.get(score.status, CellState.COMPLETE)


class Sheet:
    """A desk with the answers that were saved since it was read: a save does not read the tender anew."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.scores = dict(desk.scores)
        self._place = {line: at for at, line in enumerate(desk.owed)}
        self._missing = {gap.line: gap.what for gap in desk.gaps()}
        self._lacking = {self._place[line] for line in self._missing}
        self._answered = {
            line for line, score in desk.scores.items() if line in self._place and score.status is not ScoreStatus.BLANK
        }
        self._pictures: dict[LotCode, Cells] = {}
        self._criteria = {one.criterion: one for one in desk.pack.criteria}
        self._scales = {one.scale: one for one in desk.pack.scales}
        names = {one.bidder: one.name for one in desk.pack.bidders}
        self._names = {(bid.lot, bid.bid): names.get(bid.bidder, "") if desk.named else "" for bid in desk.pack.bids}
        self._shares = {lot.lot: self._shares_of(lot.lot) for lot in desk.pack.lots}

    @property
    def owed(self) -> tuple[Line, ...]:
        """The lines to answer, in order: bid by bid."""
        return self.desk.owed

    @property
    def missing(self) -> int:
        """How many lines lack an answer or a reason."""
        return len(self._missing)

    @property
    def answered(self) -> int:
        """How many lines have an answer, with or without a reason."""
        return len(self._answered)

    def owes(self, line: object) -> TypeGuard[Line]:
        """Whether this is a line of the sheet."""
        return isinstance(line, Line) and line in self._place

    def what_is_missing(self, line: Line) -> str:
        """What a line lacks, in words; empty when nothing."""
        return self._missing.get(line, "")

    def score(self, line: Line) -> Score:
        """The answer on a line as it is held."""
        return self.scores.get(line, Score(line))

    def keep(self, score: Score) -> None:
        """Take note of an answer that was saved."""
        self.scores[score.line] = score
        self._missing.pop(score.line, None)
        self._lacking.discard(self._place[score.line])
        self._answered.discard(score.line)
        if score.status is not ScoreStatus.BLANK:
            self._answered.add(score.line)
        picture = self._pictures.get(score.line.lot)
        if picture is not None:
            picture.states[picture.places[score.line]] = cell_state(score)
        for gap in gaps((score.line,), self.scores):
            self._missing[gap.line] = gap.what
            self._lacking.add(self._place[gap.line])

    def first(self) -> Line | None:
        """Where to begin: the first line that lacks something, else the first."""
        return next((line for line in self.owed if line in self._missing), self.owed[0] if self.owed else None)

    def next_missing(self, after: Line) -> Line | None:
        """The next other line that lacks something, from the first again after the last."""
        at = self._place[after]
        later = min((place for place in self._lacking if place > at), default=None)
        found = min((place for place in self._lacking if place < at), default=None) if later is None else later
        return None if found is None else self.owed[found]

    def beside(self, line: Line, step: int) -> Line | None:
        """The line before (-1) or after (1), None at either end."""
        at = self._place[line] + step
        return self.owed[at] if 0 <= at < len(self.owed) else None

    def lots(self) -> tuple[LotCode, ...]:
        """The lots in which there is something to score, in the tender's order."""
        held = {line.lot for line in self.owed}
        return tuple(lot.lot for lot in self.desk.pack.lots if lot.lot in held)

    def cells(self, lot: LotCode) -> Cells:
        """The picture of a lot, put together once and kept up with what is saved: tenders have thousands of lines.

        Every line from which the person is recused is shown as recused.
        """
        if lot not in self._pictures:
            self._pictures[lot] = self._picture(lot)
        return self._pictures[lot]

    def _picture(self, lot: LotCode) -> Cells:
        member, kept_out = self.desk.member, self.desk.recusals
        bids = tuple(bid.bid for bid in self.desk.pack.bids if bid.lot == lot and bid.status.is_scored)
        asked = tuple(
            one.criterion
            for one in leaves(self.desk.pack.criteria)
            if one.applies_to(lot) and member.scores(one.criterion)
        )
        lines = {
            (row, column): Line(lot, bid, criterion)
            for row, bid in enumerate(bids)
            for column, criterion in enumerate(asked)
        }
        states = {
            at: CellState.RECUSED if recused_from(kept_out, line) is not None else cell_state(self.scores.get(line))
            for at, line in lines.items()
        }
        return Cells(bids, asked, states, lines, {line: at for at, line in lines.items()})

    def criterion(self, line: Line) -> Criterion:
        """The criterion of a line."""
        return self._criteria[line.criterion]

    def scale(self, line: Line) -> Scale | None:
        """The scale of a line; None for a consideration, which is explained and not scored."""
        criterion = self.criterion(line)
        return None if criterion.kind is CriterionKind.CONSIDERATION else scale_of(criterion, self._scales)

    def bid_name(self, line: Line) -> str:
        """The bid as people say it: its code and its bidder, or the code alone where bids are read blind."""
        return called(line.bid, self._names.get((line.lot, line.bid), ""))

    def about(self, line: Line) -> str:
        """A line in words: its criterion, what it counts for, and its lot."""
        parts = (f"Criterion {line.criterion} {self.criterion(line).title}", self.weight(line), f"lot {line.lot}")
        return " · ".join(part for part in parts if part)

    def weight(self, line: Line) -> str:
        """What a line counts for, in words."""
        kind = self.criterion(line).kind
        if kind is CriterionKind.CONDITION:
            return "a condition, without weighting"
        if kind is CriterionKind.CONSIDERATION:
            return "explained, not scored"
        return self._shares[line.lot].get(line.criterion, "")

    def hints(self, score: Score) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What to look at again in the reason, and in what could be improved. Hints only: nothing is refused."""
        scale = self.scale(score.line)
        panel = tuple(one.name for one in self.desk.pack.panel)
        descriptors = tuple(level.descriptor for level in scale.levels) if scale is not None else ()
        codes = tuple(self._criteria)
        reason = warnings(
            score.rationale,
            descriptors=descriptors,
            criteria=codes,
            panel=panel,
            evidence=len(score.evidence),
        )
        better = warnings(score.improvements, criteria=codes, panel=panel)
        return tuple(one.words for one in reason), tuple(one.words for one in better if one.kind in _FOR_IMPROVEMENTS)

    def _shares_of(self, lot: LotCode) -> dict[str, str]:
        tender = self.desk.pack.tender
        if tender is None:
            return {}
        try:
            held = leaf_shares(
                self.desk.pack.criteria, next(one for one in self.desk.pack.lots if one.lot == lot), tender
            )
        except EvalPanelError:
            return {}  # set-up says what is wrong with the weightings; a page that scores shows none rather than guess
        return {code: f"{canonical(round_half_up(share * 100, 2))} % of quality" for code, share in held.items()}


def lot_names(desk: Desk) -> dict[LotCode, str]:
    """The lots as a chooser shows them."""
    return {lot.lot: f"{lot.lot} {lot.title}".strip() for lot in desk.pack.lots}


def recused_words(recused: Iterable[Recusal]) -> str:
    """What is said to somebody who is recused from lots, bids or criteria."""
    held = together(one.what for one in recused)
    return f"You are recused from {held}: that stays closed to you." if held else ""
