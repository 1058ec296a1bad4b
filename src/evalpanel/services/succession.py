"""What makes somebody the officer in another's place: the roster that says so, and what their laptop holds from then on.

Shared by the two ways in: on a laptop that has joined the tender, and on a new one with nothing but sheets and files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from msgspec.structs import replace
from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, PublicKeys, file_name
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.tender import EnvelopeKind, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Header, Keys, PartOf, write_cover
from evalpanel.formats.parcel_packs import (
    Kept,
    KeptKey,
    Laptop,
    Name,
    Names,
    Person,
    Roster,
    read_kept,
    read_roster,
    write_piece,
)
from evalpanel.formats.statements import write_statement
from evalpanel.sealing import envelopes as age
from evalpanel.sealing.paper_keys import PaperError, SuccessorKey, recovery_identity, secret_of
from evalpanel.sealing.statements import identity
from evalpanel.services import audit, exchange
from evalpanel.services.exchange import KEPT, NAMES, Held, Outgoing, Own
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Who leads the tender now, in whose place, and the roster that says so, as a file to carry to everybody.

    `number` is that of the roster which was in force before: whoever holds one with a higher number knows what is missing here.
    """

    person: PersonCode
    replaced: PersonCode
    roster: Path
    number: int
    tender: TenderId


@dataclass(frozen=True, slots=True)
class Sheets:
    """What the words of the two sheets come to: the key that signs, and the age identity that opens."""

    signs: SuccessorKey
    opens: str


class About(StrEnum):
    """What somebody gives who takes over, so that a refusal can be said beside it."""

    TENDER = "tender"
    FILES = "files"
    SUCCESSOR = "successor"
    RECOVERY = "recovery"
    WHO = "who"
    WHY = "why"


class Refused(EvalPanelError):
    """Nobody took over, because of one thing that was given: `about` says which."""

    def __init__(self, about: About, title: str, message: str) -> None:
        super().__init__(title, message)
        self.about = about


def of_words(successor: str, recovery: str) -> Sheets:
    """The keys of the two sheets. Raises `Refused` where the words are none of a sheet, and says of which."""
    signing = _secret(successor, About.SUCCESSOR)
    opening = _secret(recovery, About.RECOVERY)
    return Sheets(SuccessorKey(signing, opening), recovery_identity(opening))


def opens_with(recovery: str) -> str:
    """The age identity of the recovery sheet. Raises `Refused` where the words are none of a sheet."""
    return recovery_identity(_secret(recovery, About.RECOVERY))


def _secret(typed: str, about: About) -> bytes:
    try:
        return secret_of(typed)
    except PaperError as error:
        raise Refused(about, error.title, error.message) from error


def kept_for_recovery(workspace: Workspace, cover: Cover[Roster], opens: str) -> Kept:
    """What a roster keeps for whoever has the recovery sheet."""
    (part,) = [one for one in cover.header.parts if one.envelope == KEPT]
    return read_kept(age.open_bytes(workspace.documents.piece(part.sealed), opens))


def require_why(why: str) -> None:
    """Refuse to take over without a reason."""
    if not why.strip():
        raise Refused(About.WHY, "The reason is missing.", "Nothing was changed. Say in a sentence why.")


# The roster that replaces the officer --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Replaces:
    """What a roster takes over from: the one that was in force, and those of others that take over from the same officer."""

    roster: str
    officer: PersonCode
    number: int
    rivals: tuple[Held, ...] = ()


def make_roster(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    replaces: Replaces,
    people: tuple[Person, ...],
    panel: Iterable[PanelMember],
    signs: SuccessorKey,
    why: str,
    made: list[str],
) -> Outgoing:
    """The roster by which this laptop leads, signed with the key of the two sheets, and the line on the record."""
    body = Roster(certificate="", people=people, recovery="", succeeds=replaces.roster, successor=None)
    used = [one.keys.value() for person in people for one in person.laptops if one.revoked_at is None]
    names = write_piece(Names(tuple(Name(one.name, one.organisation, one.person) for one in panel)))
    part = exchange.seal_part(workspace, names, NAMES, [keys.recipient for keys in used], made)
    own = exchange.line(tx, mine.tender, ParcelKind.ROSTER, mine.person)
    # Who led, and who claims to lead, are told; they open the cover, and no name.
    told = (*used, *_others(people, replaces, used))
    header = Header(
        about="",
        author=mine.person,
        heads=(),
        history=tuple(sorted({name for one in (*own, *replaces.rivals) for name in (one.identity, *one.history)})),
        incarnations=(),
        installation=mine.keys.public.installation,
        made_at=workspace.now(),
        pack="",
        parts=(PartOf(part.envelope, part.sealed, part.size),),
        recipients=exchange.sealed_to(told),
        roster=replaces.roster,
        seq=max((replaces.number, *(one.seq for one in (*own, *replaces.rivals)))) + 1,
        tender=mine.tender,
        trail=None,
    )
    signed = signs.sign(ParcelKind.ROSTER.payload_type, write_cover(Cover(body, header)))
    named = identity(signed, signs.public)
    cover = age.seal_bytes(write_statement(signed, header.installation), *(keys.recipient for keys in told))
    detail = {"parcel": named, "about": replaces.officer, "why": why}
    act = audit.record(tx, workspace, "succeeded", tender=mine.tender, person=mine.person, detail=detail)
    exchange.keep(tx, workspace, ParcelKind.ROSTER, header, named, signed, act, cover)
    name = file_name(mine.tender, ParcelKind.ROSTER, mine.person, header.seq, named)
    return Outgoing(name, ParcelKind.ROSTER, named, cover, (part.sealed,))


def _others(people: Iterable[Person], replaces: Replaces, used: Sequence[PublicKeys]) -> tuple[PublicKeys, ...]:
    """The laptops of the officer who is replaced, and of those who took over too."""
    found = [one.keys.value() for person in people if person.person == replaces.officer for one in person.laptops]
    for rival in replaces.rivals:
        body = read_roster(rival.statement.payload).body
        found += [
            one.keys.value()
            for person in body.people
            for one in person.laptops
            if person.person == rival.author and one.keys.value().installation == rival.installation
        ]
    return tuple({keys.installation: keys for keys in found if keys not in used}.values())


def after(
    tx: Session, mine: Own, before: Cover[Roster], officer: PersonCode, why: str, now: datetime
) -> tuple[Person, ...]:
    """Who takes part from now on: this laptop's person leads, and the officer's laptops are revoked.

    Of a revoked laptop what is held here counts, and nothing else.
    """
    accepted = _of_installations(tx, mine)
    own = Laptop(accepted=(), confirmed_at=now, keys=Keys.of(mine.keys.public), revoked_at=None, revoked_why="")
    people = before.body.people
    if mine.person not in {one.person for one in people}:
        fresh = Person(
            criteria=None,
            kind=None,
            laptops=(),
            person=mine.person,
            replaces="",
            roles=(Role.OFFICER,),
            since=now.date(),
            until=None,
        )
        people = (*people, fresh)
    found = []
    for one in people:
        laptops = tuple(
            _revoked(held, accepted, now, why) if one.person == officer and held.revoked_at is None else held
            for held in one.laptops
        )
        roles = one.roles
        if one.person == mine.person:
            same = [held for held in one.laptops if held.keys.value() == mine.keys.public]
            others = tuple(held for held in laptops if held.keys.value() != mine.keys.public)
            laptops = (*others, *(same or [own]))
            roles = tuple(dict.fromkeys((*one.roles, Role.OFFICER)))
        elif one.person == officer:
            roles = tuple(role for role in one.roles if role is not Role.OFFICER)
        found.append(replace(one, roles=roles, laptops=laptops))
    return tuple(found)


def _revoked(held: Laptop, accepted: Mapping[str, tuple[str, ...]], now: datetime, why: str) -> Laptop:
    known = tuple(sorted(accepted.get(held.keys.value().installation, ())))
    return replace(held, accepted=known, revoked_at=now, revoked_why=why[:400])


def _of_installations(tx: Session, mine: Own) -> dict[str, tuple[str, ...]]:
    """The identities that are held here, by the installation that signed them."""
    row = t.ParcelRow
    found: dict[str, tuple[str, ...]] = {}
    for installation, named in tx.execute(select(row.installation, row.identity).where(row.tender_id == mine.tender)):
        found[installation] = (*found.get(installation, ()), named)
    return found


# What a laptop that leads holds --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Beginning:
    """Where the tender began, as this laptop knows it: what gives its id, and the signing key of the officer it believed."""

    founder: bytes
    nonce: bytes
    trusted: bytes


def lead(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    replaced: PersonCode,
    roster: Outgoing,
    people: Sequence[Person],
    why: str,
    begun: Beginning,
) -> None:
    """Keep on this laptop what an officer's holds: that it leads, everybody's keys as the roster knew them, revocations, roles."""
    act = exchange.act_of(tx, roster.identity)
    tx.add(
        t.SuccessionRow(
            tender_id=mine.tender,
            person=mine.person,
            replaced=replaced,
            roster=roster.identity,
            founder=begun.founder,
            nonce=begun.nonce,
            trusted=begun.trusted,
            why=why,
            at=workspace.now(),
            act=act,
        )
    )
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


def take_keys(tx: Session, workspace: Workspace, mine: Own, kept: Sequence[KeptKey]) -> None:
    """Keep the keys of all envelopes, wrapped, as the officer's laptop held them."""
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
