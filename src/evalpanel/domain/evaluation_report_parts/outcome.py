"""The outcome: the ranking of each lot, the bids that were not ranked, and prices that looked too low."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.evaluation_report_parts.decision import shown
from evalpanel.domain.letter import Bar, Bars, Block, Column, Items, Paragraph, Row, Section, Table
from evalpanel.domain.price import money
from evalpanel.domain.results import BidResult, LotResult
from evalpanel.domain.signing import in_words

_TIE = re.compile(
    r" (?=Bids [^.]* stood equal)"
)  # where the sentences about one tie end and those about the next begin

_MOST_BARS = 16  # as many as stand on the page with the heading; all of them are in the table below


def sections(held: Evaluation) -> Iterator[Section]:
    """The outcome of each lot, then the bids that fell out."""
    for lot in held.results:
        yield Section(f"Outcome of lot {lot.lot}: {lot.title}", tuple(_lot(held, lot)))
    yield Section("Bids that were not ranked", tuple(_out(held)))
    yield Section("Abnormally low prices", tuple(_low(held)))


def _lot(held: Evaluation, lot: LotResult) -> Iterator[Block]:
    assert held.pack.tender is not None
    ranked = [bid for bid in lot.bids if bid.rank is not None]
    if not ranked:
        yield Paragraph("No bid of this lot is ranked.")
        return
    if all(bid.total is not None for bid in ranked):
        first = ranked[:_MOST_BARS]
        bars = tuple(Bar(f"{bid.bid} {bid.name}", bid.total, f"{shown(bid.total, lot)}") for bid in first)
        which = f", the first {len(first)} of {len(ranked)}" if len(ranked) > len(first) else ""
        yield Bars(f"Totals in lot {lot.lot}, out of 100{which}", bars, Decimal(100))
    columns = (
        Column("Rank", 8, numeric=True),
        Column("Bid", 34),
        Column("Quality", 14, numeric=True),
        Column("Price", 12, numeric=True),
        Column("Total", 12, numeric=True),
        Column("Amount", 20, numeric=True),
    )
    rows = tuple(_row(bid, lot, held.pack.tender.currency) for bid in ranked)
    yield Table(f"Ranking in lot {lot.lot}", columns, rows)
    yield from ties(lot.tie)


def ties(said: str) -> Iterator[Block]:
    """What was done about bids that stood equal: a list where there was more than one tie in the lot."""
    each = tuple(_TIE.split(said)) if said else ()
    if len(each) > 1:
        yield Items(each)
    else:
        yield from (Paragraph(one) for one in each)


def _row(bid: BidResult, lot: LotResult, currency: str) -> Row:
    amount = money(bid.price_amount, currency) if bid.price_amount is not None else "–"
    figures = (shown(bid.quality, lot), shown(bid.price, lot), shown(bid.total, lot))
    return Row((str(bid.rank), f"{bid.bid} {bid.name}", *figures, amount))


def _out(held: Evaluation) -> Iterator[Block]:
    rows = []
    for lot in held.results:
        for bid in lot.bids:
            if bid.rank is None:
                gates = " ".join(f"{gate.why.rstrip('.')}." for gate in bid.failed_gates)
                entry = next(one for one in held.pack.bids if (one.lot, one.bid) == (lot.lot, bid.bid))
                by = f" Decided by {entry.decided_by}." if entry.decided_by else ""
                why = " ".join(part for part in (entry.reason, gates) if part) or bid.why or "–"
                rows.append(Row((lot.lot, f"{bid.bid} {bid.name}", bid.status.words, f"{why}{by}")))
    if not rows:
        yield Paragraph("Every bid was ranked: none failed a condition, and none was excluded, late or withdrawn.")
        return
    columns = (Column("Lot", 8), Column("Bid", 28), Column("Status", 16), Column("Why", 48))
    yield Table("Bids that were not ranked, and why", columns, tuple(rows))


def _low(held: Evaluation) -> Iterator[Block]:
    if not held.low_prices:
        yield Paragraph("No bidder was asked to explain a low price.")
        return
    words = {"notified": "Asked to explain", "answer": "Answer", "decision": "Decision"}
    rows = []
    for one in held.low_prices:
        said = "" if one.accepted is None else "Accepted. " if one.accepted else "Bid disregarded. "
        what = f"{words[one.step.value]} ({one.who})"
        rows.append(Row((f"{one.bid}, lot {one.lot}", in_words(one.on), what, f"{said}{one.text}")))
    columns = (Column("Bid", 16), Column("Date", 20), Column("Step", 24), Column("What was said", 40))
    yield Table("Correspondence about low prices", columns, tuple(rows))
