"""The documents that evidence can come from, and whether it comes from the right ones: what journeys share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from evalpanel.domain.evidence import Evidence, Source, source_fault
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import Bid, EnvelopeKind, TenderId
from evalpanel.store import tables as t

_SOURCES = (
    select(
        t.DocumentRow.sha256,
        t.DocumentRow.path,
        t.DocumentRow.title,
        t.DocumentRow.bidder,
        t.DocumentRow.lot,
        t.DocumentRow.envelope,
    )
    .where(t.DocumentRow.tender_id == bindparam("tender"), t.DocumentRow.is_prices.is_(False))
    .order_by(t.DocumentRow.path)
)


def sources(tx: Session, tender: TenderId) -> tuple[Source, ...]:
    """Every document of a tender that evidence could come from."""
    price = EnvelopeKind.PRICE.value
    return tuple(
        Source(row.sha256, row.path, row.title, row.bidder, row.lot, row.envelope.startswith(price))
        for row in tx.connection().execute(_SOURCES, {"tender": tender})
    )


def new_faults(
    tx: Session,
    tender: TenderId,
    bids: Iterable[Bid],
    changes: Sequence[tuple[Line, tuple[Evidence, ...], tuple[Evidence, ...]]],
) -> dict[Line, str]:
    """What is wrong with evidence that was added: a line, what it held, and what it is to hold. Nothing where none was.

    Pieces that are held are not judged again: what was kept stays.
    """
    added = [(line, piece) for line, before, after in changes for piece in after if piece not in before]
    if not added:
        return {}
    held = sources(tx, tender)
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in bids}
    found: dict[Line, str] = {}
    for line, piece in added:
        why = source_fault(piece, held, bidders[line.lot, line.bid], line.lot)
        if why:
            found.setdefault(line, why)
    return found
