"""Releases as a careless or dishonest officer would make them."""

from __future__ import annotations

from pathlib import Path

from msgspec import structs
from sqlalchemy import select

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.releases import Because
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.formats.parcel_packs import EnvelopeKey, Lock, Release
from evalpanel.services import exchange, locks, parcels_out, release_parcels, tenders
from evalpanel.store import tables as t
from laptops import OFFICER, Laptops
from stages import REFERENCE


def forged(desk: Laptops, person: str, **other: object) -> Path:
    """A release as a careless or dishonest officer would make it: the real one with something else in it."""
    space = desk[OFFICER]
    with space.store.writing() as tx:
        tender = tenders.find(tx, REFERENCE)
        mine = exchange.own(tx, space, tender.tender_id)
        assert mine is not None
        code = PersonCode(person)
        laptops = release_parcels.laptops(tx, mine)[code]
        row = t.EnvelopeRow
        prices_of = tx.query(row).where(row.kind == EnvelopeKind.PRICE, row.lot.is_not(None)).order_by(row.name).all()
        keys = tuple(
            EnvelopeKey(
                because=Because.QUALITY_LOCKED,
                identity=space.keys.unwrap_for(mine.tender, f"envelope {one.name}", one.identity).decode(),
                name=one.name,
            )
            for one in prices_of
        )
        body = Release(decisions=(), generation=1, kept_out=(), keys=keys, lock=None, others=(), person=code)
        made = exchange.make(
            tx,
            space,
            mine,
            ParcelKind.RELEASE,
            structs.replace(body, **other),
            laptops,
            about=code,
            act="keys-released",
        )
    return parcels_out.write_out(space, desk.stick, made)


def real_lock(desk: Laptops, person: str) -> Lock:
    with desk[OFFICER].store.reading() as tx:
        tender = tenders.find(tx, REFERENCE)
        mine = exchange.own(tx, desk[OFFICER], tender.tender_id)
        assert mine is not None
        names = tx.execute(select(t.EnvelopeRow.name)).scalars().all()
        found = locks.told(tx, mine, tender, tender.member(person), names)
        assert found is not None
        return found


def replaced(told: Lock, **other: object) -> Lock:
    return structs.replace(told, bids=(structs.replace(told.bids[0], **other), *told.bids[1:]))
