"""The quality lock as the officer tells it to one person, with their keys: which moderation was locked, bid by bid. Shared.

It speaks of no bid that is closed to that person, not even by its number.
"""

from __future__ import annotations

from collections.abc import Collection
from json import loads
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import PanelMember
from evalpanel.domain.releases import reads_prices, touched
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidderCode, EnvelopeKind, LotCode
from evalpanel.formats.parcel_moderation import read_moderation
from evalpanel.formats.parcel_packs import Lock, Locked
from evalpanel.services import agreed_rows, exchange, rosters
from evalpanel.services.exchange import Own
from evalpanel.services.tenders import OpenTender
from evalpanel.store import queries
from evalpanel.store import tables as t


def told(tx: Session, mine: Own, tender: OpenTender, member: PanelMember, due: Collection[str]) -> Lock | None:
    """What a person is told of the lock, who may open the envelopes `due`: None before it, and where they read nothing of it."""
    if not tender.stage.reached(TenderStage.QUALITY_LOCKED):
        return None
    readable = _places(tx, mine, due, EnvelopeKind.MODERATION)
    priced = _places(tx, mine, due, EnvelopeKind.PRICE)
    closed = _closed(tx, mine)
    signed = _signed(tx, mine, tender, closed.get("moderations", ()))
    agreed = closed.get("agreed", {})
    recused = queries.recused(tx, mine.tender, tender.pack, member)
    row = t.PriceOpeningRow
    opened = set(tx.execute(select(row.lot, row.bid).where(row.tender_id == mine.tender)).tuples())
    bids = tuple(
        Locked(
            agreed=agreed.get(f"{bid.lot}/{bid.bid}", agreed_rows.rows_digest(())),
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


def _places(tx: Session, mine: Own, due: Collection[str], kind: EnvelopeKind) -> set[tuple[Any, Any]]:
    row = t.EnvelopeRow
    found = tx.execute(select(row.name, row.bidder, row.lot).where(row.tender_id == mine.tender, row.kind == kind))
    return {(bidder, lot) for name, bidder, lot in found if name in due}


def _signed(
    tx: Session, mine: Own, tender: OpenTender, identities: Collection[str]
) -> dict[tuple[BidderCode | None, LotCode | None], str]:
    """The locked statement about each bidder and lot: the first chair's on the panel's list who spoke of it."""
    row = t.EnvelopeRow
    named = {
        name: (bidder, lot)
        for name, bidder, lot in tx.execute(
            select(row.name, row.bidder, row.lot).where(
                row.tender_id == mine.tender, row.kind == EnvelopeKind.MODERATION
            )
        )
    }
    found: dict[tuple[BidderCode | None, LotCode | None], str] = {}
    for chair in rosters.chairs(tender.pack.panel):
        for held in exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair):
            if held.identity in identities:
                for part in read_moderation(held.statement.payload).header.parts:
                    if part.envelope in named:
                        found.setdefault(named[part.envelope], held.identity)
    return found


def _closed(tx: Session, mine: Own) -> dict[str, Any]:
    """Who closed moderation, when, on which statements of the chairs, and what pins the lines of each bid."""
    row = t.AuditRow
    held = tx.execute(
        select(row).where(row.chain == mine.tender, row.act == "moderation-closed").order_by(row.number.desc()).limit(1)
    ).scalar_one()
    return {**loads(held.detail), "at": held.at, "by": held.person}
