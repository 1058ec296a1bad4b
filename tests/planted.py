"""Words planted into agreed reasons, as a careless person would have written them."""

from __future__ import annotations

from sqlalchemy import select

from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


def plant(space: Workspace, bid: str, lot: str, text: str) -> None:
    """Add words to the agreed reasons of a bid's first line, as a careless person would have."""
    with space.store.writing() as tx:
        row = (
            tx.execute(
                select(t.ModeratedScoreRow)
                .where(t.ModeratedScoreRow.bid == bid, t.ModeratedScoreRow.lot == lot)
                .order_by(t.ModeratedScoreRow.criterion, t.ModeratedScoreRow.revision.desc())
            )
            .scalars()
            .first()
        )
        assert row is not None
        held = {column.key: getattr(row, column.key) for column in t.ModeratedScoreRow.__mapper__.column_attrs}
        held.pop("id")
        tx.add(t.ModeratedScoreRow(**held | {"revision": row.revision + 1, "reasons": f"{row.reasons} {text}"}))
