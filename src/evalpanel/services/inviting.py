"""Inviting people to a panel and taking their answers in: the officer's side of enrolment.

An invitation names no bidder and is sealed to nobody: nothing is, before both sides have made sure by voice that each
holds the other's real keys.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, Statement
from evalpanel.domain.people import PanelMember
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Invitation, Keys, read_enrolment, read_invitation
from evalpanel.sealing.statements import identity, verifies
from evalpanel.services import audit, exchange, invitations, parcels_out, rosters, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.resources import resource


class KeyState(StrEnum):
    """How far somebody's keys are."""

    HERE = "here"
    NONE = "none"
    INVITED = "invited"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Wording:
    """What an invitation says about the task, and what is accepted with it."""

    remit: str
    undertaking: str


@dataclass(frozen=True, slots=True)
class Invited:
    """One invitation, written as a file to carry to the person."""

    person: PersonCode
    name: str
    file: Path


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """Where somebody stands with keys, on the officer's laptop. `waiting` are answers whose words were not heard yet."""

    person: PersonCode
    name: str
    state: KeyState
    at: datetime | None = None
    laptops: int = 0
    waiting: int = 0


def usual_wording() -> Wording:
    """What an invitation says unless the officer gives other words."""
    held = tomllib.loads(resource("wording", "invitation.toml").read_text(encoding="utf-8"))
    return Wording(_joined_lines(held["remit"]), _joined_lines(held["undertaking"]))


def invite(
    workspace: Workspace,
    named: str,
    *,
    to: Path,
    people: Sequence[str] = (),
    reply_by: date | None = None,
    wording: Wording | None = None,
) -> tuple[Invited, ...]:
    """Write an invitation for each of `people` (everybody else on the panel, if none is named) into the folder `to`.

    Inviting again with the same words writes the same file again; with other words it makes a newer invitation.
    """
    said = wording or usual_wording()
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        mine = _officers(tx, workspace, tender)
        chosen = [tender.member(person) for person in people] or [
            one for one in tender.pack.panel if one.person != mine.person
        ]
        if not chosen:
            raise EvalPanelError(f"The panel of {tender.reference} has nobody else on it.", "Nothing was written.")
        made = []
        for one in chosen:
            if one.person == mine.person:
                raise EvalPanelError(f"{one.person} is you: this laptop holds the tender.", "Nothing was written.")
            made.append((one, _invitation(tx, workspace, tender, mine, one, reply_by, said)))
    return tuple(Invited(one.person, one.name, parcels_out.write_out(workspace, to, parcel)) for one, parcel in made)


def keys_of_panel(workspace: Workspace, named: str) -> tuple[PersonKeys, ...]:
    """How far everybody's keys are: for the officer, who must confirm them. Changes nothing."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        return tuple(_keys_of(tx, tender.tender_id, mine, one) for one in tender.pack.panel)


def take_answer(tx: Session, workspace: Workspace, mine: Own, signed: Statement) -> tuple[PersonCode, str]:
    """Keep somebody's answer to an invitation, its keys not confirmed yet. Gives who answered, and the statement's identity.

    Raises `EvalPanelError` when it answers no invitation of this tender, was signed by another key than it names, or
    accepts other words than the invitation's.
    """
    cover = read_enrolment(signed.payload)
    body, header = cover.body, cover.header
    keys = body.keys.value()
    if not verifies(signed, keys.signing) or header.installation != keys.installation or header.author != body.person:
        raise EvalPanelError(
            "This answer to an invitation was altered.",
            "Its signature is not that of the keys in it. It was not taken in.",
        )
    sent = {one.identity: one for one in exchange.of_kind(tx, mine.tender, ParcelKind.INVITATION)}
    if not mine.is_officer or body.invitation not in sent:
        raise EvalPanelError(
            f"{body.person} answers an invitation that was not made here.",
            "It was not taken in. Ask who sent it to you; if whoever led before had invited them, invite them again.",
        )
    asked = read_invitation(sent[body.invitation].statement.payload).body
    if asked.person != body.person or body.undertaking != invitations.undertaking_digest(asked.undertaking):
        raise EvalPanelError(
            f"{body.person} answers an invitation that said something else.",
            "It was not taken in. Write the invitation again and carry it to them anew.",
        )
    named = identity(signed, keys.signing)
    act = audit.record(
        tx,
        workspace,
        "enrolment-received",
        tender=mine.tender,
        person=mine.person,
        detail={"parcel": named, "about": body.person, "installation": keys.installation},
    )
    exchange.keep(tx, workspace, ParcelKind.ENROLMENT, header, named, signed, act)
    return PersonCode(body.person), named


def _officers(tx: Session, workspace: Workspace, tender: tenders.OpenTender) -> Own:
    mine = exchange.own(tx, workspace, tender.tender_id)
    if mine is None or not mine.is_officer:
        raise EvalPanelError(
            f"This laptop is not the one that leads {tender.reference}.", "Nothing was written. Its officer invites."
        )
    return mine


def _invitation(
    tx: Session,
    workspace: Workspace,
    tender: tenders.OpenTender,
    mine: Own,
    one: PanelMember,
    reply_by: date | None,
    said: Wording,
) -> exchange.Outgoing:
    assert tender.pack.tender is not None
    officer = next((each.name for each in tender.pack.panel if each.person == mine.person), workspace.owner.name)
    founder, nonce = rosters.founder(tx, mine)
    body = Invitation(
        authority=tender.pack.tender.authority,
        founder=founder,
        name=one.name,
        nonce=nonce,
        officer=Keys.of(mine.keys.public),
        officer_name=officer,
        person=one.person,
        reference=tender.reference,
        remit=said.remit,
        reply_by=reply_by,
        roles=one.roles,
        title=tender.pack.tender.title,
        undertaking=said.undertaking,
    )
    earlier = exchange.line(tx, mine.tender, ParcelKind.INVITATION, mine.person, one.person)
    if earlier and read_invitation(earlier[-1].statement.payload).body == body:
        return exchange.again(tx, mine.tender, ParcelKind.INVITATION, earlier[-1])
    return exchange.make(tx, workspace, mine, ParcelKind.INVITATION, body, about=one.person, act="invited")


def _keys_of(tx: Session, tender: TenderId, mine: Own | None, one: PanelMember) -> PersonKeys:
    if mine is not None and mine.person == one.person:
        return PersonKeys(one.person, one.name, KeyState.HERE)
    gone = select(t.RevocationRow.installation).where(t.RevocationRow.tender_id == tender)
    revoked = set(tx.execute(gone).scalars())
    confirmed = exchange.confirmed(tx, tender, one.person).keys() - revoked
    answered = (keys.installation for keys in invitations.answers(tx, tender, one.person))
    answers = [installation for installation in answered if installation not in revoked]
    waiting = sum(installation not in confirmed for installation in answers)
    row = t.ParcelRow
    dates = tx.execute(
        select(row.at).where(row.tender_id == tender, row.kind == ParcelKind.INVITATION, row.about == one.person)
    ).scalars()
    invited = max(dates, default=None)
    if confirmed:
        state = KeyState.CONFIRMED
    elif answers:
        state = KeyState.ANSWERED
    elif not revoked.isdisjoint(exchange.confirmed(tx, tender, one.person)):
        state = KeyState.REVOKED
    else:
        state = KeyState.INVITED if invited is not None else KeyState.NONE
    return PersonKeys(one.person, one.name, state, invited, len(confirmed), waiting)


def _joined_lines(text: str) -> str:
    """Lines that were broken for a file, as sentences: each line that ends a sentence ends a paragraph."""
    lines: list[str] = []
    for line in text.strip().splitlines():
        if lines and not lines[-1].endswith((".", ":")):
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.strip())
    return "\n".join(lines)
