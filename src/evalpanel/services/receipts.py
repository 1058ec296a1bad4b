"""Receipts: the officer and the chair tell each person what of theirs arrived, so that a lost stick or a restored backup is seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from evalpanel.domain.branches import standing
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_moderation import Accepted, Receipt, read_receipt
from evalpanel.services import exchange, parcels_out, rosters, tenders
from evalpanel.services.exchange import Own, RestsOn
from evalpanel.services.workspace import Workspace

_KINDS = (ParcelKind.DECLARATION, ParcelKind.SCORESHEET, ParcelKind.MODERATION, ParcelKind.ASSENT)


@dataclass(frozen=True, slots=True)
class Receipts:
    """The receipt that was written for each person of whom something is here."""

    receipts: Mapping[PersonCode, Path]


@dataclass(frozen=True, slots=True)
class Arrived:
    """What somebody says has arrived of this laptop's person: the kind, its highest number there and here, and when it was said.

    `newest`: whether the newest that was made here is among it. `unknown`: how many of them are not on this laptop.
    """

    at: PersonCode
    kind: ParcelKind
    seq: int
    here: int
    newest: bool
    unknown: int
    said: datetime


def receipts(workspace: Workspace, named: str, *, to: Path) -> Receipts:
    """Write a receipt for everybody of whom something is kept here into the folder `to`, sealed to their laptops."""
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        if mine is None or not (mine.is_officer or tender.member(mine.person).has(Role.CHAIR)):
            raise EvalPanelError("Receipts are the officer's and the chair's.", "Nothing was written.")
        made = {}
        used = rosters.in_use(tx, mine)
        for one in tender.pack.panel:
            body = _held_of(tx, mine, one.person)
            keys = used.get(one.person, ())
            if one.person == mine.person or not body.accepted or not keys:
                continue
            recipients = (*keys, mine.keys.public)
            earlier = exchange.line(tx, mine.tender, ParcelKind.RECEIPT, mine.person, one.person)
            if earlier:
                last = read_receipt(earlier[-1].statement.payload)
                if last.body == body and last.header.recipients == tuple(sorted(k.installation for k in recipients)):
                    made[one.person] = exchange.again(tx, mine.tender, ParcelKind.RECEIPT, earlier[-1])
                    continue
            made[one.person] = exchange.make(
                tx,
                workspace,
                mine,
                ParcelKind.RECEIPT,
                body,
                recipients,
                about=one.person,
                rests_on=RestsOn(),
                act="receipt-sent",
            )
    if not made:
        raise EvalPanelError("Nothing has arrived that a receipt could be written for.", "Nothing was written.")
    return Receipts({person: parcels_out.write_out(workspace, to, parcel) for person, parcel in made.items()})


def arrived(workspace: Workspace, named: str) -> tuple[Arrived, ...]:
    """What the officer and the chair have receipted of this person, the newest receipt of each. Changes nothing."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        if mine is None:
            return ()
        found = []
        for one in tender.pack.panel:
            line = exchange.line(tx, mine.tender, ParcelKind.RECEIPT, one.person, mine.person)
            tip = standing(
                (held.entry for held in line), rosters.aside(tx, mine, ParcelKind.RECEIPT, one.person, mine.person)
            ).counts
            for held in line:
                if held.identity == tip and one.person != mine.person:
                    cover = read_receipt(held.statement.payload)
                    found += [
                        _arrived(tx, mine, one.person, each, cover.header.made_at) for each in cover.body.accepted
                    ]
        return tuple(found)


def _arrived(tx: Session, mine: Own, at: PersonCode, one: Accepted, said: datetime) -> Arrived:
    own = [held for held in exchange.of_kind(tx, mine.tender, one.kind) if held.author == mine.person]
    last = max(own, key=lambda held: held.seq, default=None)
    return Arrived(
        at=at,
        kind=one.kind,
        seq=one.seq,
        here=last.seq if last is not None else 0,
        newest=last is not None and last.identity in one.identities,
        unknown=len(set(one.identities) - {held.identity for held in own}),
        said=said,
    )


def _held_of(tx: Session, mine: Own, person: PersonCode) -> Receipt:
    found = []
    for kind in _KINDS:
        held = [one for one in exchange.of_kind(tx, mine.tender, kind) if one.author == person]
        if held:
            found.append(
                Accepted(
                    identities=tuple(sorted(one.identity for one in held)),
                    kind=kind,
                    seq=max(one.seq for one in held),
                    tips=tuple(sorted(standing(one.entry for one in held).tips)),
                )
            )
    return Receipt(tuple(found))
