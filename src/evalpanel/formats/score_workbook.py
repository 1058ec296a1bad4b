"""Score sheets and moderated scores as spreadsheets: written for people to fill in, and read back (xlsx or csv).

The columns are an interface (docs/formats/score-sheets.md). What is read is what the cells say; whether a line is owed
and a level is on the scale is for whoever holds the tender.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from evalpanel.domain.intake import Problem
from evalpanel.domain.moderation import ModeratedRow, ModeratedScore
from evalpanel.domain.numbers import canonical
from evalpanel.domain.pack_findings import folded
from evalpanel.domain.sheets import Line, Score, ScoreRow, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode, PersonCode
from evalpanel.formats.cells import plain_name
from evalpanel.formats.columns import Column, Kind, SheetColumns
from evalpanel.formats.grid import RawSheet, guarded, letters, read_csv
from evalpanel.formats.individual_scores import INDIVIDUAL_SHEET, IndividualScores, write_individual
from evalpanel.formats.sheet_writer import (
    Looks,
    cell_at,
    header,
    new_workbook,
    offer,
    saved,
    shown,
    width,
)
from evalpanel.formats.table import Reading, Table, Value
from evalpanel.formats.xlsx import read_xlsx
from evalpanel.progress import NO_PROGRESS, Progress

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

R = TypeVar("R")
_STEP = 200  # rows between two words of how far it is

_KEYS = (
    Column("lot", Kind.CODE, "The lot's code; may be left out where there is one lot."),
    Column("bid", Kind.CODE, "The bid's code.", required=True, key=True),
    Column("bid_name", Kind.LINE, "Who bids. To be read only; an import ignores it."),
    Column("criterion", Kind.CODE, "The criterion's code.", required=True, key=True),
    Column("criterion_title", Kind.LINE, "The criterion. To be read only; an import ignores it."),
    Column("levels", Kind.TEXT, "The levels of the scale. To be read only; an import ignores it."),
)
READ_ONLY = ("bid_name", "criterion_title", "levels")
"""Columns that we write for people and do not read back."""

SCORES = SheetColumns(
    "Scores",
    "One panel member's answers, a line for each bid and criterion.",
    (
        *_KEYS,
        Column(
            "status",
            Kind.CHOICE,
            "scored if empty and there is a score. A blank is no answer yet; a zero is scored.",
            choices=tuple(ScoreStatus),
        ),
        Column("score", Kind.NUMBER, "The level's value, as on the published scale."),
        Column("rationale", Kind.TEXT, "Why, against the criterion, with the page that it rests on."),
        Column("improvements", Kind.TEXT, "What the bidder could do better. It can go to the bidder."),
        Column("working_note", Kind.TEXT, "Not sent to bidders; may be disclosed in court or on request."),
    ),
)
MODERATED = SheetColumns(
    "Moderated",
    "What the panel agreed, a line for each bid and criterion.",
    (
        *_KEYS,
        Column("score", Kind.NUMBER, "The level that was agreed, as on the published scale."),
        Column("reasons", Kind.TEXT, "Why this level, by reference to the bid. It goes to the bidder."),
        Column("disclosable_reasons", Kind.TEXT, "What stands instead where the winner is explained to others."),
        Column("withheld_why", Kind.TEXT, "Why the reasons differ there."),
        Column("not_higher", Kind.TEXT, "Why not a higher level. It goes to the bidder."),
        Column("differences", Kind.TEXT, "How differences between panel members were settled."),
        Column("improvements", Kind.TEXT, "What the bidder could do better. It goes to the bidder."),
        Column("present", Kind.CODES, "The codes of the people who took part, separated by spaces."),
        Column("dissent", Kind.TEXT, "Who did not agree, and why."),
    ),
)
_STATUS_WORDS = {
    "n/a": ScoreStatus.NOT_APPLICABLE,
    "na": ScoreStatus.NOT_APPLICABLE,
    "n.a.": ScoreStatus.NOT_APPLICABLE,
    "abstain": ScoreStatus.ABSTAINED,
    "abstention": ScoreStatus.ABSTAINED,
    "recuse": ScoreStatus.RECUSED,
    "score": ScoreStatus.SCORED,
}


@dataclass(frozen=True, slots=True)
class ScoreSheetLine:
    """One line of a score sheet as it is written: the answer so far, and what helps to read it.

    `levels` is the scale in words (`0 Not met, 1 Met`).
    """

    score: Score
    bid_name: str = ""
    criterion_title: str = ""
    levels: str = ""


@dataclass(frozen=True, slots=True)
class ModeratedLine:
    """One line of the moderated scores as it is written, and what helps to read it."""

    score: ModeratedScore
    bid_name: str = ""
    criterion_title: str = ""
    levels: str = ""


def write_scores(lines: Sequence[ScoreSheetLine], progress: Progress = NO_PROGRESS) -> bytes:
    """A score sheet (xlsx) to be filled in; read-only columns are grey.

    Raises `EvalPanelError` where a text does not fit into a cell.
    """
    book = new_workbook()
    _write(book.create_sheet(SCORES.name), SCORES, [_score_values(line) for line in lines], progress)
    return saved(book)


def write_scores_csv(lines: Sequence[ScoreSheetLine]) -> bytes:
    """The same as csv: UTF-8 with a byte order mark, commas; texts that look like formulas begin with an apostrophe."""
    return _csv(SCORES, [_score_values(line) for line in lines])


def write_moderated(
    lines: Sequence[ModeratedLine], individual: Sequence[IndividualScores] = (), progress: Progress = NO_PROGRESS
) -> bytes:
    """The moderated scores (xlsx) to be filled in, with a second sheet that shows all individual scores side by side.

    Raises `EvalPanelError` where a text does not fit into a cell.
    """
    book = new_workbook()
    _write(book.create_sheet(MODERATED.name), MODERATED, [_moderated_values(line) for line in lines], progress)
    if individual:
        write_individual(book.create_sheet(INDIVIDUAL_SHEET), individual)
    return saved(book)


def write_moderated_csv(lines: Sequence[ModeratedLine]) -> bytes:
    """The moderated scores as csv, like `write_scores_csv`."""
    return _csv(MODERATED, [_moderated_values(line) for line in lines])


def read_scores(
    data: bytes, name: str, lots: Sequence[LotCode], progress: Progress = NO_PROGRESS
) -> tuple[tuple[ScoreRow, ...], tuple[Problem, ...]]:
    """The rows of a score sheet (xlsx or csv) and every problem with its place. Never raises for what the bytes hold.

    `lots` are the tender's: where there is one, a row need not name it. A score without a status means *scored*.
    Where a problem stops, the rows must not be taken in.
    """

    def row_of(
        where: str, line: Line, values: dict[str, Value], reading: Reading, place: Callable[[str], str]
    ) -> ScoreRow:
        status, value = values.get("status"), values.get("score")
        if status is None and value is not None:
            status = ScoreStatus.SCORED
        if value is not None and status is not ScoreStatus.SCORED:
            what = f"there is a score, but the status is {status}; remove one of them."
            reading.problem(place("score"), what)
        return ScoreRow(
            where=where,
            line=line,
            status=status if isinstance(status, ScoreStatus) else None,
            value=value if isinstance(value, Decimal) else None,
            rationale=_text(values, "rationale"),
            improvements=_text(values, "improvements"),
            working_note=_text(values, "working_note"),
        )

    return _read(data, name, lots, SCORES, row_of, progress)


def read_moderated(
    data: bytes, name: str, lots: Sequence[LotCode], progress: Progress = NO_PROGRESS
) -> tuple[tuple[ModeratedRow, ...], tuple[Problem, ...]]:
    """The rows of moderated scores (xlsx or csv) and every problem with its place, like `read_scores`."""

    def row_of(where: str, line: Line, values: dict[str, Value], *_: object) -> ModeratedRow:
        value, present = values.get("score"), values.get("present")
        return ModeratedRow(
            where=where,
            line=line,
            value=value if isinstance(value, Decimal) else None,
            reasons=_text(values, "reasons"),
            disclosable_reasons=_text(values, "disclosable_reasons"),
            withheld_why=_text(values, "withheld_why"),
            not_higher=_text(values, "not_higher"),
            differences=_text(values, "differences"),
            improvements=_text(values, "improvements"),
            present=tuple(PersonCode(code) for code in present) if isinstance(present, tuple) else None,
            dissent=_text(values, "dissent"),
        )

    return _read(data, name, lots, MODERATED, row_of, progress)


def _text(values: dict[str, Value], name: str) -> str | None:
    value = values.get(name)
    return value if isinstance(value, str) else None


def _read(
    data: bytes,
    name: str,
    lots: Sequence[LotCode],
    spec: SheetColumns,
    row_of: Callable[[str, Line, dict[str, Value], Reading, Callable[[str], str]], R],
    progress: Progress,
) -> tuple[tuple[R, ...], tuple[Problem, ...]]:
    reading = Reading()
    sheet = _sheet(data, name, spec, reading)
    table = None if sheet is None else reading.table(sheet, spec)
    if table is None or not _has_keys(table, spec, lots, reading, name):
        return (), reading.listed()
    rows: list[R] = []
    seen: dict[tuple[str, str, str], str] = {}
    for number, row in enumerate(table.rows):
        if number % _STEP == 0:
            progress.step(number, len(table.rows), "Reading")
        where = table.sheet.place(row, 1)
        values = _values(table, row, spec, reading)
        lot = values.get("lot") or (lots[0] if len(lots) == 1 else None)
        bid, criterion = values.get("bid"), values.get("criterion")
        if lot is None and table.place(row, "lot") not in reading.bad_cells:
            reading.problem(table.place(row, "lot"), "the lot is missing; there are several.")
        if lot is None or bid is None or criterion is None:
            continue
        line = Line(LotCode(str(lot)), BidCode(str(bid)), CriterionCode(str(criterion)))
        key = (folded(line.lot), folded(line.bid), folded(line.criterion))
        if key in seen:
            reading.problem(where, f"{line} stands twice, here and at {seen[key]}.")
        seen.setdefault(key, where)

        def place(column: str, row: int = row) -> str:
            return table.place(row, column)

        rows.append(row_of(where, line, values, reading, place))
    return tuple(rows), reading.listed()


def _sheet(data: bytes, name: str, spec: SheetColumns, reading: Reading) -> RawSheet | None:
    """The sheet to read: the one of the right name, or else the first that holds something."""
    if not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        found, problems = read_csv(data, name)
        reading.problems += problems
        return found
    sheets, problems = read_xlsx(data, name)
    reading.problems += problems
    held = [sheet for sheet in sheets if sheet.rows and plain_name(sheet.title) != plain_name(INDIVIDUAL_SHEET)]
    if not held:
        if not any(problem.stops for problem in problems):
            reading.problem(name, "holds no rows.")
        return None
    chosen = next((sheet for sheet in held if plain_name(sheet.title) == plain_name(spec.name)), held[0])
    for sheet in held:
        if sheet is not chosen:
            reading.problem(sheet.title, f"was not read; {chosen.title} was.", stops=False)
    return chosen


def _has_keys(table: Table, spec: SheetColumns, lots: Sequence[LotCode], reading: Reading, name: str) -> bool:
    keys = ("bid", "criterion") if len(lots) == 1 else ("lot", "bid", "criterion")
    missing = [key for key in keys if key not in table.columns]
    if missing:
        reading.problem(table.sheet.place(1), f"the column {', '.join(missing)} is missing.")
    elif not table.rows:
        reading.problem(table.sheet.title or name, "holds no rows.")
    elif not any(column.name in table.columns for column in spec.columns if column not in _KEYS):
        what = f"has none of the columns {', '.join(column.name for column in spec.columns if column not in _KEYS)}."
        reading.problem(table.sheet.title, what)
    return not missing


def _values(table: Table, row: int, spec: SheetColumns, reading: Reading) -> dict[str, Value]:
    """The values of one row, without the read-only columns; what is empty or bad is not there."""
    values: dict[str, Value] = {}
    for column in spec.columns:
        if column.name in READ_ONLY:
            continue
        cell = table.cell(row, column.name)
        found: Value = None
        if column.name == "status" and cell is not None and cell.text.strip().casefold() in _STATUS_WORDS:
            found = _STATUS_WORDS[cell.text.strip().casefold()]
        else:
            found = reading.value(table, row, column)
        if found is not None:
            values[column.name] = found
    return values


def _score_values(line: ScoreSheetLine) -> dict[str, object]:
    score = line.score
    return {
        **_key_values(score.line, line.bid_name, line.criterion_title, line.levels),
        # A line that nobody answered is left empty: typing a score is then enough.
        "status": None if score.status is ScoreStatus.BLANK else score.status.value,
        "score": score.value,
        "rationale": score.rationale,
        "improvements": score.improvements,
        "working_note": score.working_note,
    }


def _moderated_values(line: ModeratedLine) -> dict[str, object]:
    score = line.score
    own = {column.name: getattr(score, column.name) for column in MODERATED.columns[len(_KEYS) + 1 :]}
    return {**_key_values(score.line, line.bid_name, line.criterion_title, line.levels), "score": score.value, **own}


def _key_values(line: Line, bid_name: str, criterion_title: str, levels: str) -> dict[str, object]:
    return {
        "lot": line.lot,
        "bid": line.bid,
        "bid_name": bid_name,
        "criterion": line.criterion,
        "criterion_title": criterion_title,
        "levels": levels,
    }


def _write(sheet: Worksheet, spec: SheetColumns, rows: Sequence[dict[str, object]], progress: Progress) -> None:
    header(sheet, tuple(column.name for column in spec.columns), tuple(width(column) for column in spec.columns))
    looks = Looks()
    columns = [(number, one.name, one.kind, one.name in READ_ONLY) for number, one in enumerate(spec.columns, 1)]
    for row, values in enumerate(rows, 2):
        if row % _STEP == 0:
            progress.step(row, len(rows), "Writing")
        for number, name, kind, read_only in columns:
            looks.put(cell_at(sheet, row, number), shown(values[name], kind), read_only=read_only)
    for number, column in enumerate(spec.columns, 1):
        if rows:
            offer(sheet, column, f"{letters(number)}2:{letters(number)}{len(rows) + 1}")
    sheet.freeze_panes = "A2"


def _csv(spec: SheetColumns, rows: Sequence[dict[str, object]]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([column.name for column in spec.columns])
    for values in rows:
        writer.writerow([_csv_text(values[column.name]) for column in spec.columns])
    return target.getvalue().encode("utf-8-sig")


def _csv_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return canonical(value)
    return guarded(" ".join(value) if isinstance(value, tuple) else str(value))
