"""The quality lock as the officer tells it to one person, with their keys: which moderation was locked, bid by bid. Shared.

It speaks of no bid that is closed to that person, not even by its number.
"""

from __future__ import annotations

from collections.abc import Collection
from json import loads
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.people import PanelMember
from evalpanel.domain.releases import reads_prices, touched
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, EnvelopeKind, LotCode
from evalpanel.formats.parcel_packs import Lock, Locked
from evalpanel.services import agreed_rows, moderations_here
from evalpanel.services.exchange import Own
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


def told(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, member: PanelMember, due: Collection[str]
) -> Lock | None:
    """What a person is told of the lock, who may open the envelopes `due`: None before it, and where they read nothing of it."""
    if not tender.stage.reached(TenderStage.QUALITY_LOCKED):
        return None
    readable = _places(tx, mine, due, EnvelopeKind.MODERATION)
    priced = _places(tx, mine, due, EnvelopeKind.PRICE)
    closed = _closed(tx, mine)
    signed = {
        (bidder, lot): one.identity
        for one in reversed(moderations_here.named(tx, workspace, mine, tender, closed.get("moderations", ())))
        for bidder, lot in one.places
    }
    agreed = agreed_by_bid(tx, tender)
    recused = queries.recused(tx, mine.tender, tender.pack, member)
    opened = set(
        tx.execute(
            select(t.PriceOpeningRow.lot, t.PriceOpeningRow.bid).where(t.PriceOpeningRow.tender_id == mine.tender)
        ).tuples()
    )
    bids = tuple(
        Locked(
            agreed=agreed.get((bid.lot, bid.bid), agreed_rows.rows_digest(())),
            bid=bid.bid,
            bidder=bid.bidder,
            lot=bid.lot,
            moderation=signed.get((bid.bidder, bid.lot), ""),
            opened=(bid.lot, bid.bid) in opened and (bid.bidder, bid.lot) in priced,
            status=bid.status,
        )
        for bid in tender.pack.bids
        if bid.status.is_scored and (bid.bidder, bid.lot) in readable and not touched(recused, [bid])
    )
    if not bids:
        return None
    prices = reads_prices(member) and tender.stage.reached(TenderStage.PRICES_OPENED)
    return Lock(at=closed["at"], bids=bids, by=closed["by"], prices=prices)


def agreed_by_bid(tx: Session, tender: OpenTender) -> dict[tuple[LotCode, BidCode], str]:
    """What pins the lines that are agreed here, bid by bid."""
    held = score_reads.moderated(tx, tender.tender_id).values()
    places = dict.fromkeys((one.line.lot, one.line.bid) for one in held)
    return {
        place: agreed_rows.rows_digest([one for one in held if (one.line.lot, one.line.bid) == place])
        for place in places
    }


def _places(tx: Session, mine: Own, due: Collection[str], kind: EnvelopeKind) -> set[tuple[Any, Any]]:
    row = t.EnvelopeRow
    found = tx.execute(select(row.name, row.bidder, row.lot).where(row.tender_id == mine.tender, row.kind == kind))
    return {(bidder, lot) for name, bidder, lot in found if name in due}


def _closed(tx: Session, mine: Own) -> dict[str, Any]:
    """Who closed moderation, when, and on which statements of the chairs."""
    row = t.AuditRow
    held = tx.execute(
        select(row).where(row.chain == mine.tender, row.act == "moderation-closed").order_by(row.number.desc()).limit(1)
    ).scalar_one()
    return {**loads(held.detail), "at": held.at, "by": held.person}
