"""Invitations and the answers to them, as statements that are kept: shared by those who invite, join and confirm."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, PublicKeys, Statement, tender_id
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Invitation, read_enrolment, read_invitation
from evalpanel.formats.parcel_file import Container, read_parcel
from evalpanel.formats.statements import read_statement
from evalpanel.sealing.statements import verifies
from evalpanel.services import exchange, tenders
from evalpanel.services.exchange import Held, Own
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import trouble


def in_file(file: Path) -> tuple[Statement, Cover[Invitation]]:
    """The invitation in a file, its signature and its tender's id checked: both follow from the keys in it."""
    wrong = EvalPanelError(
        f"{file.name} is not an invitation.", "Nothing was kept. Ask the officer for the invitation."
    )
    try:
        with file.open("rb") as opened:
            held = read_parcel(opened)
    except OSError as error:
        raise trouble(error, "read", file) from error
    if not isinstance(held, Container) or not held.is_open or held.parts:
        raise wrong
    signed = read_statement(held.cover)
    if signed.payload_type != ParcelKind.INVITATION.payload_type:
        raise wrong
    cover = read_invitation(signed.payload)
    keys = cover.body.officer.value()
    if (
        not verifies(signed, keys.signing)
        or cover.header.tender != tender_id(cover.body.founder, cover.body.nonce)
        or cover.header.installation != keys.installation
        or cover.header.about != cover.body.person
    ):
        raise EvalPanelError("This invitation was altered.", "Nothing was kept. Ask the officer to send it again.")
    return signed, cover


def newest(tx: Session, tender: TenderId) -> tuple[Held, Invitation]:
    """The newest invitation by which this laptop has joined a tender."""
    held = exchange.of_kind(tx, tender, ParcelKind.INVITATION)[-1]
    return held, read_invitation(held.statement.payload).body


def trusted(tx: Session, tender: TenderId) -> Invitation:
    """The newest invitation whose officer's keys were confirmed here by the eight words; the newest of all while none were.

    An invitation that came later with keys that nobody has confirmed changes nothing of whom this laptop trusts.
    """
    confirmed = exchange.confirmed(tx, tender)
    held = [read_invitation(one.statement.payload).body for one in exchange.of_kind(tx, tender, ParcelKind.INVITATION)]
    known = [body for body in held if body.officer.value().installation in confirmed]
    return (known or held)[-1]


def answers(tx: Session, tender: TenderId, person: PersonCode) -> tuple[PublicKeys, ...]:
    """The keys that somebody answered with, of each laptop of theirs, confirmed or not."""
    held = exchange.line(tx, tender, ParcelKind.ENROLMENT, person)
    keys = {found.installation: found for found in (_keys_in(one) for one in held)}
    return tuple(keys.values())


def mine_in(tx: Session, workspace: Workspace, named: str) -> Own:
    """This laptop in the tender with this reference or id, which need not be here yet: an invitation names it too."""
    wanted = named.strip().casefold()
    for (tender,) in tx.execute(select(t.InstallationRow.tender_id).where(t.InstallationRow.nonce == b"")):
        held = exchange.of_kind(tx, TenderId(tender), ParcelKind.INVITATION)
        references = {read_invitation(one.statement.payload).body.reference.casefold() for one in held}
        if wanted in references or (len(wanted) >= 4 and tender.startswith(wanted)):
            mine = exchange.own(tx, workspace, TenderId(tender))
            assert mine is not None
            return mine
    found = tenders.find(tx, named)
    mine = exchange.own(tx, workspace, found.tender_id)
    if mine is None:
        raise EvalPanelError(f"This profile has no keys in {found.reference}.", "Nothing was changed.")
    return mine


def undertaking_digest(undertaking: str) -> str:
    """What an answer pins of the words that it accepts."""
    return hashlib.sha256(undertaking.encode()).hexdigest()


def _keys_in(enrolment: Held) -> PublicKeys:
    return read_enrolment(enrolment.statement.payload).body.keys.value()
