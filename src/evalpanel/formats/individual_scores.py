"""The sheet that a moderation meeting looks at: every panel member's score and rationale side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from evalpanel.domain.moderation import MemberScore
from evalpanel.domain.numbers import canonical, round_half_up
from evalpanel.domain.sheets import Line, ScoreStatus
from evalpanel.formats.sheet_writer import cell_at, header, put_number, put_text, read_only_look

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
    # Slow to import: a third of a second that a window need not wait for.
    from openpyxl.styles import Alignment

    people = {score.person: score.name for line in lines for score in line.scores}
    fixed = ("lot", "bid", "bid_name", "criterion", "criterion_title", "spread")
    named = tuple(f"{person} {name} {what}" for person, name in people.items() for what in ("score", "rationale"))
    header(sheet, (*fixed, *named), (8, 10, 26, 12, 30, 24, *((12, 40) * len(people))))
    top = Alignment(vertical="top", wrap_text=True)
    for row, line in enumerate(lines, 2):
        texts = (line.line.lot, line.line.bid, line.bid_name, line.line.criterion, line.criterion_title)
        for number, text in enumerate((*texts, spread_words(line.spread)), 1):
            put_text(cell_at(sheet, row, number), text)
        by_person = {score.person: score.score for score in line.scores}
        for place, person in enumerate(people):
            first = len(fixed) + 1 + 2 * place
            score = by_person.get(person)
            if score is None:
                continue
            if score.status is ScoreStatus.SCORED and score.value is not None:
                put_number(cell_at(sheet, row, first), score.value)
            else:
                put_text(cell_at(sheet, row, first), score.status.value.replace("_", " "))
            put_text(cell_at(sheet, row, first + 1), score.rationale)
        for number in range(1, len(fixed) + len(named) + 1):
            cell = cell_at(sheet, row, number)
            read_only_look(cell)
            cell.alignment = top
    sheet.freeze_panes = "G2"
