"""The whole score matrix as a workbook: one sheet a view, typed cells, no formula. It is there to be read, and to be checked.

Totals are those of the outcome, and nothing in it adds anything up. A blank, a zero, not applicable, abstained and recused
stand in a column of their own as five different words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from evalpanel.domain.conflicts import OUTCOME_WORDS, scope_words
from evalpanel.domain.evaluation import NAMELESS, Evaluation
from evalpanel.domain.gates import scale_of
from evalpanel.domain.interests import recusals
from evalpanel.domain.moderation import spread, values_of
from evalpanel.domain.numbers import round_half_up
from evalpanel.domain.sheets import ScoreStatus
from evalpanel.formats.grid import letters
from evalpanel.formats.sheet_rows import Rows, saved_with
from evalpanel.formats.sheet_writer import (
    Looks,
    cell_at,
    for_paper,
    header,
    new_workbook,
    number_shown,
    set_height,
)
from evalpanel.progress import NO_PROGRESS, Progress

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Cell = str | Decimal | int | None
READ_ME = "Read me"
_AMOUNT = "Amount"
_NUMBERS = frozenset(
    (
        "Score", "Adds to quality", "Versions", "Pieces of evidence", "Scores", "Lowest", "Highest", "Spread, % of the scale",
        "Agreed", "Rank", "Total", "Quality", "Price score", "Ranked by", _AMOUNT,
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _View:
    """One sheet: its name, its columns with their widths, how many of them stay in view, and its rows."""

    name: str
    columns: tuple[tuple[str, int], ...]
    frozen: int
    rows: Callable[[Evaluation], Iterator[tuple[Cell, ...]]]
    about: str


def write_reasons(held: Evaluation, *, made_at: datetime, progress: Progress = NO_PROGRESS) -> bytes:
    """The part of the workbook that says what was agreed and why: no individual score, and no word of one member."""
    views = [view for view in _VIEWS if view.name in ("Moderated", "Reasons", "Spreads")]
    return _written(
        held,
        views,
        made_at,
        "It holds what the panel agreed on every bid. Whoever gets it may read all of it.",
        progress,
    )


def write_matrix(held: Evaluation, *, made_at: datetime, progress: Progress = NO_PROGRESS) -> bytes:
    """The workbook. The same evaluation and the same `made_at` give the same cells."""
    return _written(
        held, _VIEWS, made_at, "It holds what every panel member wrote. Whoever gets it may read all of it.", progress
    )


def _written(
    held: Evaluation, views: Sequence[_View], made_at: datetime, confidential: str, progress: Progress
) -> bytes:
    book = new_workbook()
    book.properties.created = book.properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    _read_me(book.create_sheet(READ_ME), held, made_at, views, confidential)
    rows: dict[str, Rows] = {}
    for place, view in enumerate(views):
        progress.step(place, len(views), view.name)
        sheet = book.create_sheet(view.name)
        names, widths = tuple(name for name, _ in view.columns), tuple(width for _, width in view.columns)
        header(sheet, names, widths, _NUMBERS)
        set_height(sheet, 1, names, widths)
        rows[view.name] = Rows(sheet, widths, frozenset(at for at, name in enumerate(names) if name == _AMOUNT))
        for row in view.rows(held):
            if rows[view.name].count % 500 == 0:
                progress.step(place, len(views), view.name)
            rows[view.name].add([number_shown(value) if isinstance(value, Decimal) else value for value in row])
        for_paper(sheet)
        sheet.freeze_panes = f"{letters(view.frozen + 1)}2"
        if rows[view.name].count:
            sheet.auto_filter.ref = f"A1:{rows[view.name].last_cell}"
    progress.step(len(views), len(views), "Packing")
    return saved_with(book, rows)


def _read_me(sheet: Worksheet, held: Evaluation, made_at: datetime, views: Sequence[_View], confidential: str) -> None:
    looks = Looks()
    assert held.pack.tender is not None
    header(sheet, ("What", "Says"), (22, 100))
    nameless = sum(1 for one in held.pack.panel if one.kind in NAMELESS)
    rows: list[tuple[str, str]] = [
        ("Tender", f"{held.pack.tender.reference} {held.pack.tender.title}"),
        ("Made on", f"{made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"),
        ("Head of the trail", f"{held.head} after {held.acts} acts"),
        (
            "Statuses",
            "blank: no answer yet; scored: a level, which may be 0; not applicable; abstained; recused. Five different things.",
        ),
        (
            "Totals",
            "They are the published method’s, as in the outcome. This workbook holds no formula, and no mean of scores.",
        ),
        ("Empty cells", "There is nothing: not a zero."),
        (
            "People",
            f"{nameless} young evaluators, service users and carers stand by code alone."
            if nameless
            else "By code and name.",
        ),
        ("Confidential", confidential),
        *((view.name, view.about) for view in views),
    ]
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            looks.put(cell_at(sheet, number, column), value, read_only=False)
        set_height(sheet, number, row, (22, 100))
    for_paper(sheet)


def _moderated(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    weighted = {
        (lot.lot, bid.bid, one.criterion): one.weighted
        for lot in held.results
        for bid in lot.bids
        for one in bid.criteria
    }
    for line in held.lines:
        agreed = held.moderated.get(line)
        yield (
            line.lot,
            line.bid,
            held.bidder(line.lot, line.bid),
            line.criterion,
            held.criteria[line.criterion].title,
            "not agreed" if agreed is None else "agreed" if agreed.value is not None else "considered",
            agreed.value if agreed is not None else None,
            weighted.get((line.lot, line.bid, line.criterion)),
            held.moderated_versions.get(line),
            " ".join(agreed.present) if agreed is not None else None,
        )


def _individual(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    for line in held.lines:
        for member in held.pack.panel:
            score = held.sheets.get(member.person, {}).get(line)
            if score is None:
                continue
            yield (
                line.lot,
                line.bid,
                line.criterion,
                member.person,
                member.name if member.kind not in NAMELESS else None,
                _STATUS[score.status],
                score.value,
                "set aside"
                if member.person in held.absent
                else "signed off"
                if member.person in held.signed
                else "not signed off",
                score.rationale,
                score.improvements,
                len(score.evidence),
            )


_STATUS = {
    ScoreStatus.BLANK: "blank",
    ScoreStatus.SCORED: "scored",
    ScoreStatus.NOT_APPLICABLE: "not applicable",
    ScoreStatus.ABSTAINED: "abstained",
    ScoreStatus.RECUSED: "recused",
}


def _reasons(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    for line in held.lines:
        one = held.moderated.get(line)
        if one is not None:
            texts = (one.reasons, one.not_higher, one.differences, one.improvements, one.dissent)
            yield (line.lot, line.bid, line.criterion, one.value, *texts, one.disclosable_reasons, one.withheld_why)


def _spreads(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    scales = {scale.scale: scale for scale in held.pack.scales}
    for line in held.lines:
        given = values_of(
            sheet[line] for person, sheet in held.sheets.items() if line in sheet and person not in held.absent
        )
        criterion = held.criteria[line.criterion]
        found = spread(given, scale_of(criterion, scales)) if given else None
        agreed = held.moderated.get(line)
        yield (
            line.lot,
            line.bid,
            line.criterion,
            len(given),
            min(given, default=None),
            max(given, default=None),
            round_half_up(found * 100, 0) if found is not None else None,
            agreed.value if agreed is not None else None,
        )


def _outcome(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    for lot in held.results:
        for bid in lot.bids:
            yield (
                lot.lot,
                bid.bid,
                bid.name,
                bid.status.words,
                bid.rank,
                bid.total,
                bid.quality,
                bid.price,
                bid.metric,
                bid.why or None,
            )


def _gates(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    for lot in held.results:
        for bid in lot.bids:
            for gate in bid.gates:
                yield (lot.lot, bid.bid, gate.criterion or "budget", "passed" if gate.passed else "failed", gate.why)


def _prices(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    assert held.pack.tender is not None
    for lot in held.results:
        for bid in lot.bids:
            if bid.price_amount is not None:
                yield (lot.lot, bid.bid, bid.name, bid.price_amount, held.pack.tender.currency)


def _conflicts(held: Evaluation) -> Iterator[tuple[Cell, ...]]:
    kinds = {member.person: member.kind for member in held.pack.panel}
    names = {member.person: member.name for member in held.pack.panel}
    for person, own in held.register.interests.items():
        for one in own:
            decided = one.decision
            yield (
                person,
                names.get(person) if kinds.get(person) not in NAMELESS else None,
                one.bidder,
                OUTCOME_WORDS[decided.outcome] if decided is not None else "not decided",
                decided.measure if decided is not None else None,
                decided.why if decided is not None else None,
                decided.decided_by if decided is not None else None,
                scope_words(recusals((one,), held.pack.bids)),
            )


_LINE = (("Lot", 8), ("Bid", 10), ("Criterion", 12))
_VIEWS: Sequence[_View] = (
    _View(
        "Moderated",
        (
            *_LINE[:2], ("Bidder", 28), _LINE[2], ("Criterion title", 32), ("State", 14), ("Score", 10),
            ("Adds to quality", 12), ("Versions", 10), ("People present", 24),
        ),
        4,
        _moderated,
        "What the panel agreed, by bid and criterion, and what each score adds to quality out of 100.",
    ),
    _View(
        "Individual",
        (
            *_LINE, ("Person", 10), ("Name", 22), ("Status", 16), ("Score", 10), ("Sheet", 16), ("Reason given", 60),
            ("What could be improved", 40), ("Pieces of evidence", 10),
        ),
        4,
        _individual,
        "Every individual score with its reason: member by bid by criterion. Working notes are not in it.",
    ),
    _View(
        "Reasons",
        (
            *_LINE, ("Score", 10), ("Agreed reasons", 60), ("Why not higher", 40), ("How differences were settled", 40), ("What could be improved", 40),
            ("Dissent", 30), ("Reasons that others may read", 40), ("Why some are withheld", 30),
        ),
        3,
        _reasons,
        "The agreed reasons, why not higher, and how differences were settled.",
    ),
    _View(
        "Spreads",
        (*_LINE, ("Scores", 10), ("Lowest", 10), ("Highest", 10), ("Spread, % of the scale", 16), ("Agreed", 10)),
        3,
        _spreads,
        "How far apart individual scores were, as a share of the scale. It aimed the discussion and entered nothing.",
    ),
    _View(
        "Outcome",
        (
            ("Lot", 8), ("Bid", 10), ("Bidder", 28), ("Status", 16), ("Rank", 8), ("Total", 12), ("Quality", 12),
            ("Price score", 12), ("Ranked by", 14), ("Why", 60),
        ),
        2,
        _outcome,
        "Ranks and totals by the published method.",
    ),
    _View("Gates", (*_LINE, ("Result", 12), ("Why", 80)), 3, _gates, "Conditions, minimums and the budget, passed or failed."),
    _View(
        "Prices",
        (("Lot", 8), ("Bid", 10), ("Bidder", 28), (_AMOUNT, 16), ("Currency", 10)),
        2,
        _prices,
        "Prices that were opened on the record. Others stay sealed, and are not here.",
    ),
    _View(
        "Conflicts",
        (
            ("Person", 10), ("Name", 22), ("Bidder", 10), ("Decision", 16), ("Measure", 40), ("Why", 40),
            ("Decided by", 26), ("Kept out of", 30),
        ),
        1,
        _conflicts,
        "Interests and what was decided about them. People’s own words about family are not in it.",
    ),
)  # fmt: skip
