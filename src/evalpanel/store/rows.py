"""The rows of one table that belong to a tender, in their order: through the mapper, or past it as values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from evalpanel.domain.tender import TenderId
from evalpanel.store.tables.base import ValueRow


def rows_of(tx: Session, row: Any, tender: TenderId) -> Sequence[Any]:
    """The rows of a table, as the mapper gives them."""
    rows: Sequence[Any] = tx.execute(_all_of(row), {"tender": tender}).scalars().all()
    return rows


@cache
def _all_of(row: Any) -> Select[Any]:
    return select(row).where(row.tender_id == bindparam("tender")).order_by(row.position, row.id)


def values_of(tx: Session, row: Any, tender: TenderId) -> tuple[Any, ...]:
    """The values that the rows of a table stand for."""
    if row.value is not ValueRow.value:
        return tuple(one.value() for one in rows_of(tx, row, tender))
    # Past the mapper: the window reads the whole of what was published after every act.
    tx.flush()
    return tuple(row.VALUE(*held) for held in tx.connection().execute(_fields_of(row), {"tender": tender}))


@cache
def _fields_of(row: Any) -> Select[Any]:
    columns = (getattr(row, "value_" if field.name == "value" else field.name) for field in fields(row.VALUE))
    return select(*columns).where(row.tender_id == bindparam("tender")).order_by(row.position, row.id)
