"""Keys released to one person: which envelopes they may open now, and why, as one parcel to their laptops. Shared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from json import loads

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.blind import is_blind
from evalpanel.domain.digests import digest
from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.releases import Access, Because, Compartment, because, touched
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.formats.parcel_packs import Decided, EnvelopeKey, KeptOut, Lock, OtherKeptOut, Release, encode_told
from evalpanel.services import exchange, locks, room, rosters
from evalpanel.services.exchange import Outgoing, Own, RestsOn
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t

_BLIND_WHY = "has an interest that concerns a bid here"


def laptops(tx: Session, mine: Own) -> dict[PersonCode, tuple[PublicKeys, ...]]:
    """The laptops of everybody but the officer whose keys are confirmed and not revoked, by person."""
    return {person: keys for person, keys in rosters.in_use(tx, mine).items() if person != mine.person}


def waiting(tx: Session, tender: OpenTender, mine: Own) -> frozenset[PersonCode]:
    """For whom a release would say more than the last one: they may open more now, or something was decided about them."""
    found = laptops(tx, mine)
    waits = set()
    for one in (each for each in tender.pack.panel if each.person in found):
        due = _due(tx, tender, mine, one)
        last = exchange.line(tx, mine.tender, ParcelKind.RELEASE, mine.person, one.person)[-1:]
        if _fresh(tx, mine, one.person, found[one.person], due) or any(
            _told(tx, mine, held.identity) != _says(tx, tender, mine, one, due)[-1] for held in last
        ):
            waits.add(one.person)
    return frozenset(waits)


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
    kept_out, decisions, lock, others, told = _says(tx, tender, mine, member, due)
    if earlier and not fresh and _told(tx, mine, earlier[-1].identity) == told:
        return exchange.again(tx, mine.tender, ParcelKind.RELEASE, earlier[-1])
    body = Release(
        decisions=decisions,
        generation=_generation(tx, mine),
        kept_out=kept_out,
        keys=tuple(
            EnvelopeKey(because=due[name], identity=_identity(tx, workspace, mine, name), name=name)
            for name in sorted(due)
        ),
        lock=lock,
        others=others,
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
        detail={"envelopes": {name: due[name] for name in sorted(due)}, "told": told},
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


def _says(
    tx: Session, tender: OpenTender, mine: Own, member: PanelMember, due: Mapping[str, Because]
) -> tuple[tuple[KeptOut, ...], tuple[Decided, ...], Lock | None, tuple[OtherKeptOut, ...], str]:
    """What the person is told beside their keys, and what pins it."""
    kept_out, decisions = _kept_out(tx, tender, member), _decisions(tx, tender, member, due)
    lock = locks.told(tx, mine, tender, member, due)
    others = _others(tx, tender, member, due)
    told = [
        [encode_told(one) for one in kept_out],
        [encode_told(one) for one in decisions],
        encode_told(lock),
        [encode_told(one) for one in others],
    ]
    return kept_out, decisions, lock, others, digest(told)


def _others(tx: Session, tender: OpenTender, member: PanelMember, due: Collection[str]) -> tuple[OtherKeptOut, ...]:
    """To a chair: who else is kept out of a bid whose moderation this chair may read. Of any other bid nothing is said, and of
    nobody why."""
    if not member.has(Role.CHAIR):
        return ()
    row = t.EnvelopeRow
    held = tx.execute(
        select(row.name, row.bidder, row.lot).where(
            row.tender_id == tender.tender_id, row.kind == EnvelopeKind.MODERATION
        )
    )
    readable = {(bidder, lot) for name, bidder, lot in held if name in due}
    own = queries.recused(tx, tender.tender_id, tender.pack, member)
    open_bids = [bid for bid in tender.pack.bids if (bid.bidder, bid.lot) in readable and not touched(own, [bid])]
    found = {
        (person, bid.lot, bid.bid, one.criterion)
        for person, recused in queries.all_recused(tx, tender.tender_id, tender.pack).items()
        if person != member.person
        for one in recused
        for bid in open_bids
        if one.lot == bid.lot and one.bid in (None, bid.bid)
    }
    return tuple(
        OtherKeptOut(bid=bid, criterion=criterion, lot=lot, person=person)
        for person, lot, bid, criterion in sorted(found, key=lambda each: tuple(map(str, each)))
    )


def _told(tx: Session, mine: Own, release: str) -> str:
    """What pins what the person was told by an earlier release."""
    row = t.AuditRow
    number = exchange.act_of(tx, release)
    detail = tx.execute(select(row.detail).where(row.chain == mine.tender, row.number == number)).scalar_one()
    return str(loads(detail).get("told", ""))


def _kept_out(tx: Session, tender: OpenTender, member: PanelMember) -> tuple[KeptOut, ...]:
    """What the person is kept out of. In a blind tender not because of whom: that would say who bids."""
    blind = is_blind(tender.pack)
    return tuple(
        KeptOut(bid=one.bid, criterion=one.criterion, lot=one.lot, why=_BLIND_WHY if blind else one.why)
        for one in queries.recused(tx, tender.tender_id, tender.pack, member)
    )


def _decisions(tx: Session, tender: OpenTender, member: PanelMember, due: Mapping[str, Because]) -> tuple[Decided, ...]:
    """What was decided about the person's interests, in their words. In a blind tender once they may know who bids."""
    if is_blind(tender.pack) and EnvelopeKind.NAMES.value not in due:
        return ()
    made = {line.act: line.at for line in queries.declarations(tx, tender.tender_id) if line.person == member.person}
    return tuple(
        Decided(
            at=one.at,
            bidder=one.bidder,
            by=one.by,
            criteria=one.criteria,
            decided_by=one.decided_by,
            measure=one.measure,
            outcome=one.outcome,
            scope=one.scope,
            settles=max((at for act, at in made.items() if act <= one.settles), default=None),
            why=one.why,
        )
        for one in queries.decisions(tx, tender.tender_id)
        if one.person == member.person
    )


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
