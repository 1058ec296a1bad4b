"""One line in the trail, in the transaction of the act."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain import trail
from evalpanel.domain.digests import canonical_json
from evalpanel.services.workspace import Workspace
from evalpanel.store.tables import AuditRow

PROFILE_CHAIN = "profile"


def record(
    tx: Session, workspace: Workspace, act: str, *, tender: str | None, person: str, detail: Mapping[str, Any]
) -> int:
    """Add a line to the chain of `tender` (or of the profile) and give its number.

    Called inside the transaction of the act: either both are kept or neither is.
    """
    chain = tender or PROFILE_CHAIN
    last = tx.execute(
        select(AuditRow.number, AuditRow.hash).where(AuditRow.chain == chain).order_by(AuditRow.number.desc()).limit(1)
    ).first()
    number, previous = (last.number + 1, last.hash) if last else (1, trail.START)
    at = workspace.now()
    text, salt = canonical_json(detail), os.urandom(16)
    digest = trail.detail_digest(salt, text)
    tx.add(
        AuditRow(
            chain=chain,
            number=number,
            at=at,
            person=person,
            act=act,
            detail=text,
            salt=salt,
            detail_digest=digest,
            previous=previous,
            hash=trail.line_hash(previous, chain, number, at, person, act, digest),
        )
    )
    tx.flush()
    return number
