"""The sheet that a moderation meeting looks at: every panel member's score and rationale side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from evalpanel.domain.moderation import MemberScore
from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.sheets import Line, ScoreStatus
from evalpanel.formats.sheet_writer import Looks, cell_at, header, number_shown

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

INDIVIDUAL_SHEET = "Individual scores"


@dataclass(frozen=True, slots=True)
class IndividualScores:
    """One line's individual scores. `spread` is a share of the scale from 0 to 1, None with fewer than two scores."""

    line: Line
    scores: tuple[MemberScore, ...]
    spread: Fraction | None = None
    bid_name: str = ""
    criterion_title: str = ""


def spread_words(spread: Fraction | None) -> str:
    """The spread as the meeting reads it: `33 % of the scale: some way apart`. It aims the discussion only."""
    if spread is None:
        return "fewer than two scores"
    share = round_half_up(spread * 100, 0)
    if spread == 0:
        band = "all the same"
    elif spread < Fraction(1, 5):
        band = "close together"
    elif spread <= Fraction(1, 2):
        band = "some way apart"
    else:
        band = "far apart"
    return f"{canonical(share)} % of the scale: {band}"


def write_individual(sheet: Worksheet, lines: Sequence[IndividualScores]) -> None:
    """Fill the sheet: a row a line, two columns a panel member. Working notes stay out of it, and so does any mean."""
    people = {score.person: score.name for line in lines for score in line.scores}
    fixed = ("lot", "bid", "bid_name", "criterion", "criterion_title", "spread")
    named = tuple(f"{person} {name} {what}" for person, name in people.items() for what in ("score", "rationale"))
    header(sheet, (*fixed, *named), (8, 10, 26, 12, 30, 24, *((12, 40) * len(people))))
    looks = Looks()
    for row, line in enumerate(lines, 2):
        texts = (line.line.lot, line.line.bid, line.bid_name, line.line.criterion, line.criterion_title)
        values: list[str | Decimal | None] = [*texts, spread_words(line.spread)]
        by_person = {score.person: score.score for score in line.scores}
        for person in people:
            score = by_person.get(person)
            if score is None:
                values += (None, None)
            elif score.status is ScoreStatus.SCORED and score.value is not None:
                values += (number_shown(score.value), score.rationale)
            else:
                values += (score.status.value.replace("_", " "), score.rationale)
        for number, value in enumerate(values, 1):
            looks.put(cell_at(sheet, row, number), value, read_only=True)
    sheet.freeze_panes = "G2"
