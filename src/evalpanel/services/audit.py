"""One line in the trail, in the transaction of the act."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from evalpanel.domain import trail
from evalpanel.domain.digests import canonical_json
from evalpanel.services.workspace import Workspace
from evalpanel.store.tables import AuditRow

PROFILE_CHAIN = "profile"
# Made once: making a statement anew takes longer than running it, and every act runs these.
_LAST = (
    select(AuditRow.number, AuditRow.hash)
    .where(AuditRow.chain == bindparam("chain"))
    .order_by(AuditRow.number.desc())
    .limit(1)
)
_ADD = insert(cast(Table, AuditRow.__table__))


def record(
    tx: Session, workspace: Workspace, act: str, *, tender: str | None, person: str, detail: Mapping[str, Any]
) -> int:
    """Add a line to the chain of `tender` (or of the profile) and give its number.

    Called inside the transaction of the act: either both are kept or neither is.
    """
    chain = tender or PROFILE_CHAIN
    tx.flush()  # what the act has added so far stands in the store before its line
    plain = tx.connection()
    last = plain.execute(_LAST, {"chain": chain}).first()
    number, previous = (last.number + 1, last.hash) if last else (1, trail.START)
    at = workspace.now()
    text, salt = canonical_json(detail), os.urandom(16)
    digest = trail.detail_digest(salt, text)
    line = {
        "chain": chain,
        "number": number,
        "at": at,
        "person": person,
        "act": act,
        "detail": text,
        "salt": salt,
        "detail_digest": digest,
        "previous": previous,
        "hash": trail.line_hash(previous, chain, number, at, person, act, digest),
    }
    plain.execute(_ADD, line)
    return number


def last_line(tx: Session, tender: str) -> tuple[int, str] | None:
    """The number and the hash of the last line of a tender's chain; None where it has none yet."""
    tx.flush()
    last = tx.connection().execute(_LAST, {"chain": tender}).first()
    return (last.number, last.hash) if last else None
