"""What a statement says of the lines that its laptop knows, and of the laptop itself: heads, and the copies it worked in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Entry, Origin, standing
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.formats.parcel_bodies import Head, Header
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

FOR_STRANGERS = (ParcelKind.CHALLENGE, ParcelKind.DISCLOSURE)
"""Kinds that no laptop of the panel receives: nobody hears of them, and their parts are not kept."""


def origins(tx: Session, tender: TenderId, installation: str) -> tuple[Origin, ...]:
    """Where the statements of one laptop that are kept were made."""
    row = t.ParcelRow
    rows = tx.execute(
        select(row.incarnations, row.trail_number, row.trail_hash).where(
            row.tender_id == tender, row.installation == installation
        )
    )
    return tuple(
        Origin(installation, incarnations, (number, digest) if number else None)
        for incarnations, number, digest in rows
    )


def keep_cited(tx: Session, person: PersonCode, header: Header, named: str) -> None:
    """Keep what a received statement says of the lines of this laptop's own person."""
    if header.author == person:
        return
    for head in header.heads:
        if head.author == person:
            tx.add(
                t.CitedHeadRow(
                    identity=named,
                    tender_id=header.tender,
                    kind=head.kind,
                    about=head.about,
                    seq=head.seq,
                    tips=head.tips,
                    behind=head.behind,
                )
            )


@dataclass(frozen=True, slots=True)
class Cited:
    """What others said of a line of this person: its highest number, and every statement of it that they hold."""

    seq: int
    behind: frozenset[str]


def cited(tx: Session, tender: TenderId, kind: ParcelKind, about: str) -> Cited:
    """What others said of a line of this laptop's own person."""
    row = t.CitedHeadRow
    rows = tx.execute(
        select(row.seq, row.tips, row.behind).where(row.tender_id == tender, row.kind == kind, row.about == about)
    ).all()
    behind = frozenset(one for _, tips, behind in rows for one in (*tips, *behind))
    return Cited(max((seq for seq, _, _ in rows), default=0), behind)


def not_here(tx: Session, tender: TenderId) -> tuple[ParcelKind, ...]:
    """The kinds of which others hold statements of this laptop's own person that are not here.

    Then this profile is older than what was sent from it (a restored backup), or another laptop of the person went on.
    """
    tx.flush()
    row = t.CitedHeadRow
    named: dict[str, ParcelKind] = {}
    for kind, tips, behind in tx.execute(select(row.kind, row.tips, row.behind).where(row.tender_id == tender)):
        named |= dict.fromkeys((*tips, *behind), kind)
    here = set(tx.execute(select(t.ParcelRow.identity).where(t.ParcelRow.tender_id == tender)).scalars())
    return tuple(sorted({kind for one, kind in named.items() if one not in here}, key=list(ParcelKind).index))


def heads(tx: Session, tender: TenderId, person: PersonCode, kind: ParcelKind, about: str) -> tuple[Head, ...]:
    """What this laptop knows of every line but the one that a statement is made for."""
    row = t.ParcelRow
    lines: dict[tuple[str, str, ParcelKind], list[Entry]] = {}
    rows = tx.execute(
        select(row.about, row.author, row.kind, row.identity, row.seq, row.history)
        .where(row.tender_id == tender, row.kind.not_in(FOR_STRANGERS))
        .order_by(row.about, row.author, row.kind, row.id)
    )
    for whom, author, of, named, seq, history in rows:
        if (whom, author, of) != (about, person, kind):
            lines.setdefault((whom, author, of), []).append(Entry(named, seq, frozenset(history)))
    return tuple(_head(*key, entries) for key, entries in lines.items())


def _head(about: str, author: str, kind: ParcelKind, entries: Sequence[Entry]) -> Head:
    tips = standing(entries).tips
    known = {one.identity for one in entries} | {earlier for one in entries for earlier in one.history}
    return Head(
        about=about,
        author=author,
        behind=tuple(sorted(known - set(tips))),
        kind=kind,
        seq=max(one.seq for one in entries),
        tips=tuple(sorted(tips)),
    )


def incarnations(tx: Session, workspace: Workspace, tender: TenderId) -> tuple[str, ...]:
    """The copies of this profile in which statements of a tender were made, this one last where it is new."""
    row = t.IncarnationRow
    held = tuple(tx.execute(select(row.incarnation).where(row.tender_id == tender).order_by(row.id)).scalars())
    return held if workspace.incarnation in held else (*held, workspace.incarnation)


def keep_incarnation(tx: Session, workspace: Workspace, tender: TenderId, act: int) -> None:
    """Keep that a statement was made in this copy of the profile, by the act that put it on the record."""
    row = t.IncarnationRow
    wanted = select(row.id).where(row.tender_id == tender, row.incarnation == workspace.incarnation)
    if tx.execute(wanted).first() is None:
        tx.add(row(tender_id=tender, incarnation=workspace.incarnation, at=workspace.now(), act=act))
        tx.flush()
