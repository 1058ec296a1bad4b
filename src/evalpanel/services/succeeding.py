"""Taking over as officer, with the two sheets of paper, when the officer's laptop is gone.

The successor's words sign one roster, which replaces the officer; the recovery words open the keys of all envelopes that the
last roster keeps. The tender stays what it is: its id is pinned by every laptop, and each accepts the new officer because the
roster in force named the successor's key.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.blind import names_are_known
from evalpanel.domain.parcels import ParcelKind, PublicKeys, file_name
from evalpanel.domain.people import Role
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Header, PartOf, write_cover
from evalpanel.formats.parcel_packs import (
    KeptKey,
    Laptop,
    Name,
    Names,
    Person,
    Roster,
    Sealed,
    read_index,
    read_kept,
    read_pack,
    write_piece,
)
from evalpanel.formats.statements import write_statement
from evalpanel.sealing import envelopes as age
from evalpanel.sealing.paper_keys import SuccessorKey, recovery_identity, secret_of
from evalpanel.sealing.statements import identity
from evalpanel.services import audit, envelopes, exchange, parcels_out, rosters, tenders
from evalpanel.services.exchange import KEPT, NAMES, Outgoing, Own
from evalpanel.services.pack_rows import arrived_detail, document_row
from evalpanel.services.rosters import RosterInForce
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Who leads the tender now, in whose place, and the roster that says so, as a file to carry to everybody."""

    person: PersonCode
    replaced: PersonCode
    roster: Path


def succeed(
    workspace: Workspace, named: str, *, successor_words: str, recovery_words: str, why: str, to: Path
) -> Succeeded:
    """Make this laptop the officer's, by the words of the successor's and the recovery sheet, and write the new roster.

    This laptop must have joined the tender and hold its roster and pack. The officer's keys are revoked. Refused when the words are
    not those of the sheets that the roster in force names. Done again, it writes the same roster again.
    """
    successor, opening = SuccessorKey(secret_of(successor_words)), recovery_identity(secret_of(recovery_words))
    made: list[str] = []
    try:
        with workspace.store.writing() as tx:
            tender = tenders.find(tx, named)
            mine = exchange.own(tx, workspace, tender.tender_id)
            again = _again(tx, mine)
            if mine is not None and again is not None:
                held, replaced = again
                parcel = exchange.again(tx, mine.tender, ParcelKind.ROSTER, held)
            else:
                mine, roster = _may(tx, tender, mine, successor, opening, why)
                replaced = roster.officer
                kept = _kept(workspace, roster, opening)
                parcel = _roster(tx, workspace, tender, mine, roster, successor, why.strip(), made)
                _take_keys(tx, workspace, mine, kept)
                _take_documents(tx, workspace, mine)
                every = tx.execute(select(t.EnvelopeRow.name).where(t.EnvelopeRow.tender_id == mine.tender)).scalars()
                envelopes.rotate(tx, workspace, mine.tender, set(every))
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(made)
        raise
    return Succeeded(mine.person, replaced, parcels_out.write_out(workspace, to, parcel))


def _again(tx: Session, mine: Own | None) -> tuple[exchange.Held, PersonCode] | None:
    if mine is None or not mine.succeeded:
        return None
    row = tx.execute(select(t.SuccessionRow).where(t.SuccessionRow.tender_id == mine.tender)).scalar_one()
    held = exchange.line(tx, mine.tender, ParcelKind.ROSTER, mine.person)
    return next(one for one in held if one.identity == row.roster), row.replaced


def _may(
    tx: Session, tender: OpenTender, mine: Own | None, successor: SuccessorKey, opening: str, why: str
) -> tuple[Own, RosterInForce]:
    if mine is None or mine.is_officer:
        raise EvalPanelError(
            f"This laptop {'leads' if mine is not None else 'has not joined'} {tender.reference}, so it cannot take over.",
            "Nothing was changed. Somebody takes over on a laptop of their own that has joined the tender.",
        )
    if not why.strip():
        raise EvalPanelError("The reason is missing.", "Nothing was changed. Say in a sentence why, with --why.")
    if not names_are_known(tender.pack):
        raise EvalPanelError(
            "This tender is scored blind, and the names of those who bid are not on this laptop yet.",
            "Nothing was changed. A blind tender can be taken over once its names were released, or from a backup of the officer's profile.",
        )
    roster = rosters.in_force(tx, mine)
    if roster is None:
        raise EvalPanelError(
            "No list of who takes part is here.", "Nothing was changed. Take in the newest one, then try again."
        )
    named = f"the list number {roster.number} by {roster.officer}, which is in force here"
    if roster.cover.body.successor != successor.public:
        raise EvalPanelError(
            "These are not the words of the successor's sheet.",
            f"Nothing was changed. They fit no key in {named}. If the sheets were made anew, take in the newest list first.",
        )
    if roster.cover.body.recovery != age.recipient_of(opening):
        raise EvalPanelError(
            "These are not the words of the recovery sheet.", f"Nothing was changed. They fit no key in {named}."
        )
    return mine, roster


def _kept(workspace: Workspace, roster: RosterInForce, opening: str) -> tuple[KeptKey, ...]:
    (part,) = [one for one in roster.cover.header.parts if one.envelope == KEPT]
    return read_kept(age.open_bytes(workspace.documents.read(part.sealed), opening)).keys


# The roster that replaces the officer --------------------------------------------------------------------------------


def _roster(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    mine: Own,
    roster: RosterInForce,
    successor: SuccessorKey,
    why: str,
    made: list[str],
) -> Outgoing:
    now = workspace.now()
    accepted = _of_installations(tx, mine)
    people = tuple(_person(one, mine, roster, now, why, accepted) for one in roster.cover.body.people)
    body = Roster(certificate="", people=people, recovery="", succeeds=roster.identity, successor=None)
    used = [one.keys.value() for person in people for one in person.laptops if one.revoked_at is None]
    names = write_piece(Names(tuple(Name(one.name, one.organisation, one.person) for one in tender.pack.panel)))
    part = exchange.seal_part(workspace, names, NAMES, [keys.recipient for keys in used], made)
    header = Header(
        about="",
        author=mine.person,
        heads=(),
        history=(),
        incarnations=(),
        installation=mine.keys.public.installation,
        made_at=now,
        pack="",
        parts=(PartOf(part.envelope, part.sealed, part.size),),
        recipients=tuple(sorted(keys.installation for keys in used)),
        roster=roster.identity,
        seq=roster.number + 1,
        tender=mine.tender,
        trail=None,
    )
    signed = successor.sign(ParcelKind.ROSTER.payload_type, write_cover(Cover(body, header)))
    named = identity(signed, successor.public)
    cover = age.seal_bytes(write_statement(signed, header.installation), *(keys.recipient for keys in used))
    detail = {"parcel": named, "about": roster.officer, "why": why}
    act = audit.record(tx, workspace, "succeeded", tender=mine.tender, person=mine.person, detail=detail)
    exchange.keep(tx, workspace, ParcelKind.ROSTER, header, named, signed, act, cover)
    tx.add(
        t.SuccessionRow(
            tender_id=mine.tender, person=mine.person, replaced=roster.officer, roster=named, why=why, at=now, act=act
        )
    )
    _lead(tx, mine, people, act)
    name = file_name(mine.tender, ParcelKind.ROSTER, mine.person, header.seq, named)
    return Outgoing(name, ParcelKind.ROSTER, named, cover, (part.sealed,))


def _of_installations(tx: Session, mine: Own) -> dict[str, tuple[str, ...]]:
    """The identities that are held here, by the installation that signed them."""
    row = t.ParcelRow
    found: dict[str, tuple[str, ...]] = {}
    for installation, named in tx.execute(select(row.installation, row.identity).where(row.tender_id == mine.tender)):
        found[installation] = (*found.get(installation, ()), named)
    return found


def _person(
    one: Person,
    mine: Own,
    roster: RosterInForce,
    now: datetime,
    why: str,
    accepted: Mapping[str, tuple[str, ...]],
) -> Person:
    """Somebody on the new roster: the successor leads, the officer leads no more and their laptops are revoked."""
    if one.person == mine.person:
        return _with(one, tuple(dict.fromkeys((*one.roles, Role.OFFICER))), one.laptops)
    if one.person != roster.officer:
        return one
    gone = tuple(
        Laptop(
            accepted=tuple(sorted(accepted.get(held.keys.value().installation, ()))),
            confirmed_at=held.confirmed_at,
            keys=held.keys,
            revoked_at=now,
            revoked_why=why[:400],
        )
        if held.revoked_at is None
        else held
        for held in one.laptops
    )
    return _with(one, tuple(role for role in one.roles if role is not Role.OFFICER), gone)


def _with(one: Person, roles: tuple[Role, ...], laptops: tuple[Laptop, ...]) -> Person:
    return Person(
        criteria=one.criteria,
        kind=one.kind,
        laptops=laptops,
        person=one.person,
        replaces=one.replaces,
        roles=roles,
        since=one.since,
        until=one.until,
    )


# What a laptop that leads holds --------------------------------------------------------------------------------------


def _lead(tx: Session, mine: Own, people: Sequence[Person], act: int) -> None:
    """Keep on this laptop what an officer's holds: everybody's keys as the roster knew them, revocations, and the roles."""
    known = exchange.confirmed(tx, mine.tender)
    for person in people:
        row = tx.execute(
            select(t.PanelMemberRow).where(
                t.PanelMemberRow.tender_id == mine.tender, t.PanelMemberRow.person == person.person
            )
        ).scalar_one_or_none()
        if row is not None:
            row.roles = person.roles
        for laptop in person.laptops:
            keys = laptop.keys.value()
            if keys == mine.keys.public:
                continue
            if keys.installation not in known:
                tx.add(_confirmation(mine, PersonCode(person.person), keys, laptop.confirmed_at, act))
            if laptop.revoked_at is not None:
                tx.add(
                    t.RevocationRow(
                        tender_id=mine.tender,
                        person=PersonCode(person.person),
                        installation=keys.installation,
                        why=laptop.revoked_why,
                        accepted=laptop.accepted,
                        at=laptop.revoked_at,
                        act=act,
                    )
                )
    tx.flush()


def _confirmation(mine: Own, person: PersonCode, keys: PublicKeys, at: datetime, act: int) -> t.ConfirmationRow:
    return t.ConfirmationRow(
        tender_id=mine.tender,
        person=person,
        installation=keys.installation,
        signing=keys.signing,
        recipient=keys.recipient,
        at=at,
        act=act,
    )


def _take_keys(tx: Session, workspace: Workspace, mine: Own, kept: Sequence[KeptKey]) -> None:
    held = set(tx.execute(select(t.EnvelopeRow.name).where(t.EnvelopeRow.tender_id == mine.tender)).scalars())
    for one in kept:
        if one.name in held:
            continue
        tx.add(
            t.EnvelopeRow(
                tender_id=mine.tender,
                name=one.name,
                kind=EnvelopeKind(one.kind),
                bidder=one.bidder,
                lot=one.lot,
                recipient=age.recipient_of(one.identity),
                identity=workspace.keys.wrap_for(mine.tender, f"envelope {one.name}", one.identity.encode()),
                generation=one.generation,
            )
        )
    tx.flush()


def _take_documents(tx: Session, workspace: Workspace, mine: Own) -> None:
    """Name the documents of the pack that is here which this laptop could not open before."""
    pack = rosters.pack_in_force(tx, mine)
    if pack is None:
        return
    body = read_pack(pack.statement.payload).body
    rows = {
        row.name: row
        for row in tx.execute(select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == mine.tender)).scalars()
    }
    held = set(tx.execute(select(t.DocumentRow.path).where(t.DocumentRow.tender_id == mine.tender)).scalars())
    found: list[tuple[str, Sealed]] = []
    for envelope in body.envelopes:
        listing = envelope.kind not in (EnvelopeKind.COMMON, EnvelopeKind.NAMES)
        if not envelope.index or envelope.name not in rows or not listing:
            continue  # what was published was there before
        opens = workspace.keys.unwrap_for(mine.tender, f"envelope {envelope.name}", rows[envelope.name].identity)
        index = read_index(age.open_bytes(workspace.documents.read(envelope.index), opens.decode()))
        found += [(envelope.name, one) for one in index.documents if one.path not in held]
    detail = arrived_detail((), found)
    act = audit.record(tx, workspace, "bids-loaded", tender=mine.tender, person=mine.person, detail=detail)
    for place, (name, one) in enumerate(found, len(held)):
        tx.add(document_row(mine.tender, place, name, one, workspace.now(), act))
    tx.flush()
