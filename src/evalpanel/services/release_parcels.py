"""Keys released to one person: which envelopes they may open now, and why, as one parcel to their laptops. Shared."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.people import PanelMember
from evalpanel.domain.releases import Access, Because, Compartment, because
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.formats.parcel_packs import EnvelopeKey, Release
from evalpanel.services import exchange, room, rosters
from evalpanel.services.exchange import Outgoing, Own, RestsOn
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


def laptops(tx: Session, mine: Own) -> dict[PersonCode, tuple[PublicKeys, ...]]:
    """The laptops of everybody but the officer whose keys are confirmed and not revoked, by person."""
    return {person: keys for person, keys in rosters.in_use(tx, mine).items() if person != mine.person}


def waiting(tx: Session, tender: OpenTender, mine: Own) -> frozenset[PersonCode]:
    """Who may open more now than was released to their laptops."""
    found = laptops(tx, mine)
    return frozenset(
        one.person
        for one in tender.pack.panel
        if one.person in found and _fresh(tx, mine, one.person, found[one.person], _due(tx, tender, mine, one))
    )


def release(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    mine: Own,
    member: PanelMember,
    laptops: Sequence[PublicKeys],
    rests_on: RestsOn,
) -> Outgoing:
    """All keys that a person may have now, sealed to their laptops: made anew when there is one more key or laptop."""
    due = _due(tx, tender, mine, member)
    fresh = _fresh(tx, mine, member.person, laptops, due)
    earlier = exchange.line(tx, mine.tender, ParcelKind.RELEASE, mine.person, member.person)
    if earlier and not fresh:
        return exchange.again(tx, mine.tender, ParcelKind.RELEASE, earlier[-1])
    body = Release(
        generation=_generation(tx, mine),
        keys=tuple(
            EnvelopeKey(because=due[name], identity=_identity(tx, workspace, mine, name), name=name)
            for name in sorted(due)
        ),
        person=member.person,
    )
    parcel = exchange.make(
        tx,
        workspace,
        mine,
        ParcelKind.RELEASE,
        body,
        laptops,
        about=member.person,
        rests_on=rests_on,
        act="keys-released",
        detail={"envelopes": {name: due[name] for name in sorted(due)}},
    )
    act = exchange.act_of(tx, parcel.identity)
    for installation, name in fresh:
        tx.add(
            t.ReleaseRow(
                tender_id=mine.tender,
                person=member.person,
                installation=installation,
                envelope=name,
                because=due[name],
                at=workspace.now(),
                act=act,
            )
        )
    return parcel


def _fresh(
    tx: Session, mine: Own, person: PersonCode, laptops: Sequence[PublicKeys], due: Collection[str]
) -> list[tuple[str, str]]:
    """The laptops and envelopes of what is due and was not released yet."""
    row = t.ReleaseRow
    known = {
        (installation, envelope)
        for installation, envelope in tx.execute(
            select(row.installation, row.envelope).where(row.tender_id == mine.tender, row.person == person)
        )
    }
    return [(keys.installation, name) for keys in laptops for name in due if (keys.installation, name) not in known]


def _due(tx: Session, tender: OpenTender, mine: Own, member: PanelMember) -> dict[str, Because]:
    opened = tx.execute(
        select(t.PriceOpeningRow.lot, t.PriceOpeningRow.bid).where(t.PriceOpeningRow.tender_id == mine.tender)
    )
    signed = queries.sign_offs(tx, mine.tender).get(member.person)
    away = member.person in queries.absences(tx, mine.tender)
    access = Access(
        member=member,
        declared=member.person in queries.declared(tx, mine.tender, tender.pack),
        recused=queries.recused(tx, mine.tender, tender.pack, member),
        opened=frozenset((lot, bid) for lot, bid in opened),
        sheet_here=signed is not None and signed.signed and not away,
        sheets_in=not room.missing_sheets(tx, tender),
        locked=tender.stage.reached(TenderStage.QUALITY_LOCKED),
        named=queries.names_released(tx, mine.tender),
    )
    found = {}
    for row in tx.execute(select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == mine.tender)).scalars():
        why = because(Compartment(row.kind, row.bidder, row.lot), access, tender.pack.bids)
        if why is not None:
            found[row.name] = why
    return found


def _generation(tx: Session, mine: Own) -> int:
    """How often the tender's envelopes were begun anew, plus one."""
    newest = select(func.max(t.EnvelopeRow.generation)).where(t.EnvelopeRow.tender_id == mine.tender)
    return tx.execute(newest).scalar_one() or 1


def _identity(tx: Session, workspace: Workspace, mine: Own, name: str) -> str:
    row = tx.execute(
        select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == mine.tender, t.EnvelopeRow.name == name)
    ).scalar_one()
    return workspace.keys.unwrap_for(mine.tender, f"envelope {name}", row.identity).decode()
