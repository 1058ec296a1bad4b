"""How each bid of a big tender was assessed, in short: its result and every agreed score; its reasons stand in a workbook.

Thousands of reasons on thousands of pages are read by nobody. Whoever wants one looks it up by bid and criterion.
"""

from __future__ import annotations

from collections.abc import Iterator

from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.evaluation_report_parts import assessed
from evalpanel.domain.letter import Block, Column, Explanation, Paragraph, Row, Section, Table
from evalpanel.domain.numbers import canonical
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.domain.sheets import Line

MOST_LINES = 600
"""With more lines than these (bids × criteria) a report is written in short. In full they would be two hundred pages."""


def is_big(held: Evaluation) -> bool:
    """Whether a report of this evaluation in full would be too long to be read."""
    return len(held.lines) > MOST_LINES


def sections(held: Evaluation) -> Iterator[Section]:
    """For each lot, every bid with its agreed scores."""
    lines = assessed.lines_by_bid(held)
    for lot in held.results:
        results = {bid.bid: bid for bid in lot.bids}
        own = [bid.bid for bid in held.pack.bids if bid.lot == lot.lot and (lot.lot, bid.bid) in lines]
        if own:
            yield Section(
                f"Every bid in lot {lot.lot}: its agreed scores",
                tuple(block for bid in own for block in _bid(held, lot, results[bid], lines[lot.lot, bid])),
            )


def _bid(held: Evaluation, lot: LotResult, result: BidResult, lines: list[Line]) -> Iterator[Block]:
    gates = tuple(Paragraph(text) for text in assessed.gates_not_passed(result))
    yield Explanation(f"{result.bid} {result.name}".strip(), assessed.place(lot, result), None, gates)
    adds = dict(result.sections)
    rows: dict[str, list[str]] = {}
    for line in lines:
        rows.setdefault(_top(held, line.criterion), []).append(f"{line.criterion}: {_score(held, line)}")
    columns = (
        Column("Section", 30),
        Column("Agreed scores by criterion", 53),
        Column("Adds to quality", 17, numeric=True),
    )
    told = tuple(
        Row(
            (
                f"{top} {held.criteria[top].title}".strip(),
                ",  ".join(scores),
                f"{added:.{lot.places}f}" if (added := adds.get(held.criteria[top].criterion)) is not None else "–",
            )
        )
        for top, scores in rows.items()
    )
    yield Table(f"Agreed scores of bid {result.bid} in lot {lot.lot}", columns, told, dense=True)


def _top(held: Evaluation, criterion: str) -> str:
    """The section of the outermost level that a criterion is in; the criterion itself where it is in none."""
    while (parent := held.criteria[criterion].parent) is not None:
        criterion = parent
    return criterion


def _score(held: Evaluation, line: Line) -> str:
    agreed = held.moderated.get(line)
    if agreed is None:
        return "not agreed"
    return canonical(agreed.value) if agreed.value is not None else "considered"
