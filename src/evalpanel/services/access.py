"""Keys that were given and should not go on to open what comes later: after a recusal that came late.

A key once given cannot be taken back. So the time in which somebody could read is put on record, and what comes later is
sealed to new keys.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.releases import Compartment, closed_to
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.services import audit
from evalpanel.services.envelopes import rotate
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


def end_where_recused(tx: Session, workspace: Workspace, tender: TenderId, person: PersonCode, by: PersonCode) -> None:
    """Where `person` has keys of bids from which they are recused now: put on record since when and until when they could
    read them, and begin a new generation of those envelopes. Nothing is done where nothing was released.
    """
    tx.flush()
    held = _newest_released(tx, tender, person)
    if not held:
        return
    pack = queries.pack(tx, tender)
    recused = queries.recused(tx, tender, pack, queries.member(pack, person))
    ended = {
        row.name: since
        for row, since in held.values()
        if closed_to(Compartment(row.kind, row.bidder, row.lot), recused, pack.bids)
    }
    if not ended:
        return
    fresh = rotate(tx, workspace, tender, ended.keys())
    until = workspace.now()
    read = [{"envelope": name, "since": ended[name], "until": until} for name in sorted(ended)]
    detail = {"about": person, "access": read, "envelopes": list(fresh)}
    audit.record(tx, workspace, "access-ended", tender=tender, person=by, detail=detail)


def _newest_released(
    tx: Session, tender: TenderId, person: PersonCode
) -> Mapping[tuple[object, ...], tuple[t.EnvelopeRow, object]]:
    """The newest generation of each compartment whose key the person was given, and since when."""
    row = t.ReleaseRow
    given = defaultdict(list)
    for name, at in tx.execute(select(row.envelope, row.at).where(row.tender_id == tender, row.person == person)):
        given[name].append(at)
    newest: dict[tuple[object, ...], t.EnvelopeRow] = {}
    envelopes = select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == tender).order_by(t.EnvelopeRow.generation)
    for envelope in tx.execute(envelopes).scalars():
        newest[envelope.kind, envelope.bidder, envelope.lot] = envelope
    return {key: (one, min(given[one.name])) for key, one in newest.items() if one.name in given}
