"""Joining a panel on this laptop: reading an invitation, accepting its undertaking, and answering with new keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Enrolment, Invitation, Keys, read_enrolment
from evalpanel.sealing.installations import new_installation
from evalpanel.sealing.statements import identity
from evalpanel.services import audit, exchange, invitations, parcels_out
from evalpanel.services.exchange import Own
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation as the person who got it reads it, before anything is kept."""

    tender: TenderId
    reference: str
    title: str
    authority: str
    officer: str
    person: PersonCode
    name: str
    roles: tuple[Role, ...]
    reply_by: date | None
    remit: str
    undertaking: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A tender that this laptop has joined by an invitation: as whom, and whether the officer's keys are confirmed."""

    tender: TenderId
    reference: str
    title: str
    person: PersonCode
    officer: PersonCode
    confirmed: bool


def read(file: Path) -> Invite:
    """What an invitation says. Keeps nothing. Raises `EvalPanelError` for any other file, or one that was altered."""
    cover = invitations.in_file(file)[1]
    body = cover.body
    return Invite(
        tender=TenderId(cover.header.tender),
        reference=body.reference,
        title=body.title,
        authority=body.authority,
        officer=body.officer_name,
        person=PersonCode(body.person),
        name=body.name,
        roles=body.roles,
        reply_by=body.reply_by,
        remit=body.remit,
        undertaking=body.undertaking,
    )


def enrol(workspace: Workspace, file: Path, *, to: Path, laptop: str = "") -> Path:
    """Accept an invitation and its undertaking: make this laptop's keys, and write the answer into the folder `to`.

    Done again with the same invitation, it writes the same answer again.
    """
    signed, cover = invitations.in_file(file)
    tender, person = TenderId(cover.header.tender), PersonCode(cover.body.person)
    with workspace.store.reading() as tx:
        mine = exchange.own(tx, workspace, tender)
    _refuse_other(mine, cover)
    fresh = mine is None and not workspace.keys.has_tender_key(tender)
    if fresh:
        workspace.keys.new_tender_key(tender)
    try:
        with workspace.store.writing() as tx:
            if mine is None:
                made = new_installation()
                exchange.keep_own(tx, workspace, tender, person, made, laptop=laptop)
                mine = Own(tender, person, made, b"")
            named = identity(signed, cover.body.officer.signing)
            if not exchange.known(tx, named):
                act = audit.record(
                    tx, workspace, "invitation-received", tender=tender, person=person, detail={"parcel": named}
                )
                exchange.keep(tx, workspace, ParcelKind.INVITATION, cover.header, named, signed, act)
                tx.flush()
            parcel = _answer(tx, workspace, mine, cover, named, laptop)
    except BaseException as error:
        if fresh:
            with tidying(error):
                workspace.keys.drop_tender_key(tender)
        raise
    return parcels_out.write_out(workspace, to, parcel)


def joined(workspace: Workspace) -> tuple[Joined, ...]:
    """The tenders that this laptop has joined by an invitation. Changes nothing."""
    with workspace.store.reading() as tx:
        rows = tx.execute(select(t.InstallationRow.tender_id).where(t.InstallationRow.nonce == b"")).scalars().all()
        took = set(tx.execute(select(t.SuccessionRow.tender_id)).scalars())
        return tuple(_joined(tx, workspace, TenderId(one)) for one in rows if one not in took)


def _refuse_other(mine: Own | None, cover: Cover[Invitation]) -> None:
    if mine is None:
        return
    if mine.is_officer:
        raise EvalPanelError(
            "This laptop leads that tender, so it cannot join it.",
            "Nothing was changed. Carry the invitation to the person.",
        )
    if mine.person != cover.body.person:
        raise EvalPanelError(
            f"This profile has joined the tender as {mine.person}; the invitation is for {cover.body.person}.",
            "Nothing was changed. Somebody else who uses this laptop needs a profile of their own.",
        )


def _answer(
    tx: Session, workspace: Workspace, mine: Own, cover: Cover[Invitation], invitation: str, laptop: str
) -> exchange.Outgoing:
    earlier = exchange.line(tx, mine.tender, ParcelKind.ENROLMENT, mine.person)
    if earlier and read_enrolment(earlier[-1].statement.payload).body.invitation == invitation:
        return exchange.again(tx, mine.tender, ParcelKind.ENROLMENT, earlier[-1])
    body = Enrolment(
        invitation=invitation,
        keys=Keys.of(mine.keys.public),
        laptop=laptop,
        person=mine.person,
        undertaking=invitations.undertaking_digest(cover.body.undertaking),
    )
    return exchange.make(tx, workspace, mine, ParcelKind.ENROLMENT, body, act="enrolled")


def _joined(tx: Session, workspace: Workspace, tender: TenderId) -> Joined:
    mine = exchange.own(tx, workspace, tender)
    held, body = invitations.newest(tx, tender)
    assert mine is not None
    known = body.officer.value().installation in exchange.confirmed(tx, tender)
    return Joined(tender, body.reference, body.title, mine.person, held.author, known)
