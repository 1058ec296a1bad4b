"""Issuing: the officer's parcels to the panel. The roster says who takes part with which keys; the pack is the same file for
everybody and holds no key; a release gives one person the keys that are theirs to have.

Issuing again writes what has not changed as the same bytes, so it can be done as often as a stick goes round.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.blind import WITHHELD_NOTE, is_blind, nameless
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.parcels import ParcelKind, Part, PublicKeys
from evalpanel.domain.people import PanelMember
from evalpanel.domain.preflight import Searcher
from evalpanel.domain.rosters import KnownLaptop
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Keys
from evalpanel.formats.parcel_packs import (
    BidderNames,
    Common,
    Envelope,
    Index,
    Kept,
    KeptKey,
    Laptop,
    Name,
    Names,
    Pack,
    Person,
    Roster,
    Sealed,
    read_pack,
    read_roster,
    write_piece,
)
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.sealing import envelopes as age
from evalpanel.services import cleared, exchange, parcels_out, release_parcels, rosters, tenders
from evalpanel.services.envelopes import EnvelopeName, held_envelopes
from evalpanel.services.exchange import KEPT, NAMES, Outgoing, Own, RestsOn
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class Issued:
    """What was written: the roster and the pack for everybody, and a release for each person named."""

    roster: Path
    pack: Path
    releases: Mapping[PersonCode, Path]
    without_keys: tuple[PersonCode, ...]
    without_declaration: tuple[PersonCode, ...]


def issue(workspace: Workspace, named: str, *, to: Path, progress: Progress = NO_PROGRESS) -> Issued:
    """Write roster, pack and releases into the folder `to`, for everybody whose keys are confirmed.

    Who has not declared interests yet gets what was published and no bid; issue again once they have.
    """
    made: list[str] = []
    try:
        with workspace.store.writing() as tx:
            tender = tenders.find(tx, named)
            tenders.require(
                tender, at_least=TenderStage.CRITERIA_FROZEN, act="nothing can be issued: freeze the criteria first"
            )
            mine = exchange.own(tx, workspace, tender.tender_id)
            if mine is None or not mine.is_officer:
                raise EvalPanelError(f"This laptop does not lead {tender.reference}.", "Nothing was written.")
            laptops = release_parcels.laptops(tx, mine)
            if not laptops:
                raise EvalPanelError(
                    "Nobody's keys are confirmed yet, so there is nobody to issue to.",
                    f"Nothing was written. First: evalpanel invite {tender.reference} --to DIR",
                )
            if is_blind(tender.pack):
                cleared.require_clear(tx, tender)
            _make_envelopes(tx, workspace, tender)
            roster = _roster(tx, workspace, tender, mine, laptops, made)
            pack = _pack(tx, workspace, tender, mine, laptops, RestsOn(roster.identity), made)
            rests_on = RestsOn(roster.identity, pack.identity)
            releases = {
                person: release_parcels.release(tx, workspace, tender, mine, tender.member(person), keys, rests_on)
                for person, keys in laptops.items()
            }
            declared = queries.declared(tx, tender.tender_id, tender.pack)
            tenders.advance(tx, tender, TenderStage.PACKS_ISSUED)
            others = [one.person for one in tender.pack.panel if one.person != mine.person]
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(made)
        raise
    size = sum(workspace.documents.size(sealed) for sealed in pack.parts)

    def each(done: int) -> None:
        progress.step(done, size, pack.name)

    return Issued(
        roster=parcels_out.write_out(workspace, to, roster),
        pack=parcels_out.write_out(workspace, to, pack, each),
        releases={person: parcels_out.write_out(workspace, to, parcel) for person, parcel in releases.items()},
        without_keys=tuple(person for person in others if person not in laptops),
        without_declaration=tuple(person for person in others if person in laptops and person not in declared),
    )


def _all(mine: Own, laptops: Mapping[PersonCode, Sequence[PublicKeys]]) -> tuple[PublicKeys, ...]:
    return (mine.keys.public, *(keys for person in sorted(laptops) for keys in laptops[person]))


# The roster ----------------------------------------------------------------------------------------------------------


def _roster(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    mine: Own,
    laptops: Mapping[PersonCode, Sequence[PublicKeys]],
    made: list[str],
) -> Outgoing:
    at = {
        row.installation: row.at
        for row in tx.execute(select(t.ConfirmationRow).where(t.ConfirmationRow.tender_id == mine.tender)).scalars()
    }
    started = tx.get_one(t.InstallationRow, mine.tender).at
    known = (*rosters.laptops(tx, mine).values(), KnownLaptop(mine.person, mine.keys.public))

    def laptop(one: KnownLaptop) -> Laptop:
        gone = one.revoked
        return Laptop(
            accepted=() if gone is None else tuple(sorted(gone.accepted)),
            confirmed_at=at.get(one.keys.installation, started),
            keys=Keys.of(one.keys),
            revoked_at=None if gone is None else gone.at,
            revoked_why="" if gone is None else gone.why,
        )

    def person(one: PanelMember) -> Person:
        return Person(
            criteria=one.criteria,
            kind=one.kind,
            laptops=tuple(laptop(held) for held in known if held.person == one.person),
            person=one.person,
            replaces=one.replaces or "",
            roles=one.roles,
            since=one.since,
            until=one.until,
        )

    paper = tx.execute(
        select(t.PaperKeyRow).where(t.PaperKeyRow.tender_id == mine.tender).order_by(t.PaperKeyRow.id.desc()).limit(1)
    ).scalar_one_or_none()
    body = Roster(
        certificate="",
        people=tuple(person(one) for one in tender.pack.panel),
        recovery="" if paper is None else paper.recovery,
        succeeds="",
        successor=None if paper is None else paper.successor,
    )
    recipients, on_paper = _all(mine, laptops), body.recovery
    sealed_to = exchange.sealed_to(recipients, on_paper)
    names = write_piece(Names(tuple(Name(one.name, one.organisation, one.person) for one in tender.pack.panel)))
    kept = None if paper is None else write_piece(_kept(tx, workspace, mine, paper))
    for last in exchange.line(tx, mine.tender, ParcelKind.ROSTER, mine.person)[-1:]:
        cover = read_roster(last.statement.payload)
        (part,) = [one for one in cover.header.parts if one.envelope == NAMES]
        held = [one for one in cover.header.parts if one.envelope == KEPT]
        opened = [mine.keys.open(workspace.documents.piece(one.sealed)) for one in held]
        same = (
            cover.body == body and cover.header.recipients == sealed_to and opened == ([] if kept is None else [kept])
        )
        if same and mine.keys.open(workspace.documents.piece(part.sealed)) == names:
            return exchange.again(tx, mine.tender, ParcelKind.ROSTER, last)
    readers = [*(keys.recipient for keys in recipients), *([on_paper] if on_paper else [])]
    parts = [exchange.seal_part(workspace, names, NAMES, readers, made)]
    if kept is not None:
        parts.append(exchange.seal_part(workspace, kept, KEPT, [on_paper, mine.keys.public.recipient], made))
    return exchange.make(
        tx,
        workspace,
        mine,
        ParcelKind.ROSTER,
        body,
        recipients,
        parts=parts,
        on_paper=on_paper,
        act="roster-issued",
    )


def _kept(tx: Session, workspace: Workspace, mine: Own, paper: t.PaperKeyRow) -> Kept:
    """The keys of all envelopes, for whoever has the recovery sheet, and the pledge that says whose tender it is."""
    rows = tx.execute(
        select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == mine.tender).order_by(t.EnvelopeRow.name)
    ).scalars()
    return Kept(
        keys=tuple(
            KeptKey(
                bidder=row.bidder,
                generation=row.generation,
                identity=workspace.keys.unwrap_for(mine.tender, f"envelope {row.name}", row.identity).decode(),
                kind=row.kind,
                lot=row.lot,
                name=row.name,
            )
            for row in rows
        ),
        pledge=rosters.pledge(tx, mine),
        signature=paper.pledge,
    )


# The pack ------------------------------------------------------------------------------------------------------------


def _pack(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    mine: Own,
    laptops: Mapping[PersonCode, Sequence[PublicKeys]],
    rests_on: RestsOn,
    made: list[str],
) -> Outgoing:
    rows = list(
        tx.execute(
            select(t.EnvelopeRow)
            .where(t.EnvelopeRow.tender_id == mine.tender, t.EnvelopeRow.kind != EnvelopeKind.OFFICE)
            .order_by(t.EnvelopeRow.name)
        ).scalars()
    )
    documents = _documents(tx, tender, mine)
    earlier = exchange.line(tx, mine.tender, ParcelKind.PACK, mine.person)[-1:]
    before = {one.name: one.index for last in earlier for one in read_pack(last.statement.payload).body.envelopes}
    written, parts = [], []
    common, names = _newest(rows, EnvelopeKind.COMMON), _newest(rows, EnvelopeKind.NAMES)
    for row in rows:
        held = documents.get(row.name, ())
        is_told = row is common or row is names
        piece = write_piece(_piece(tender.pack, row.kind, held) if is_told else Index(held))
        index = ""
        if held or is_told:
            part = _same(workspace, mine, row, before.get(row.name, ""), piece) or exchange.seal_part(
                workspace, piece, row.name, [row.recipient], made
            )
            index = part.sealed
            parts.append(part)
            parts += [Part(one.sealed, _size(workspace, one.sealed), row.name) for one in held]
        written.append(
            Envelope(
                bidder=row.bidder,
                generation=row.generation,
                index=index,
                kind=row.kind,
                lot=row.lot,
                name=row.name,
                recipient=row.recipient,
            )
        )
    body = Pack(criteria_digest=tender.pack.criteria_digest(), envelopes=tuple(written))
    recipients, on_paper = _all(mine, laptops), rosters.on_paper(tx, mine)
    sealed_to = exchange.sealed_to(recipients, on_paper)
    for last in earlier:
        cover = read_pack(last.statement.payload)
        if cover.body == body and cover.header.recipients == sealed_to:
            return exchange.again(tx, mine.tender, ParcelKind.PACK, last)
    return exchange.make(
        tx,
        workspace,
        mine,
        ParcelKind.PACK,
        body,
        recipients,
        parts=parts,
        rests_on=rests_on,
        on_paper=on_paper,
        act="pack-issued",
    )


def _newest(rows: Sequence[t.EnvelopeRow], kind: EnvelopeKind) -> t.EnvelopeRow | None:
    """The envelope of this kind that is sealed to now: what everybody is told stands in it alone."""
    return max((row for row in rows if row.kind is kind), key=lambda row: row.generation, default=None)


def _piece(pack: TenderPack, kind: EnvelopeKind, documents: tuple[Sealed, ...]) -> Common | BidderNames | Index:
    """What the index of an envelope says. In a blind tender who bids is in the envelope `names` and nowhere else."""
    if kind is EnvelopeKind.NAMES:
        return BidderNames(
            bidders=pack.bidders, bids=pack.bids, clarifications=pack.clarifications, members=pack.members
        )
    if kind is not EnvelopeKind.COMMON:
        return Index(documents)
    return Common.of(nameless(pack) if is_blind(pack) else pack, documents)


def _make_envelopes(tx: Session, workspace: Workspace, tender: OpenTender) -> None:
    held = held_envelopes(tx, workspace, tender.tender_id)
    for bid in tender.pack.bids:
        for kind in (EnvelopeKind.SCORES, EnvelopeKind.MODERATION):
            held.recipient(EnvelopeName(kind, bid.bidder, bid.lot))
    if is_blind(tender.pack):
        held.recipient(EnvelopeName(EnvelopeKind.NAMES))
    held.keep(tx)
    tx.flush()


def _documents(tx: Session, tender: OpenTender, mine: Own) -> dict[str, tuple[Sealed, ...]]:
    away = cleared.replaced(tx, mine.tender)
    searcher = Searcher(tender.pack) if is_blind(tender.pack) else None
    found: dict[str, tuple[Sealed, ...]] = {}
    rows = tx.execute(
        select(t.DocumentRow)
        .where(t.DocumentRow.tender_id == mine.tender)
        .order_by(t.DocumentRow.position, t.DocumentRow.id)
    ).scalars()
    for row in rows:
        if row.path in away:
            continue
        one = Sealed(
            bidder=row.bidder,
            criterion=row.criterion,
            is_prices=row.is_prices,
            lot=row.lot,
            notes=tuple(WITHHELD_NOTE if searcher and searcher.says(note) else note for note in row.notes),
            path=row.path,
            sealed=row.sealed,
            sha256=row.sha256,
            size=row.size,
            title=row.title,
        )
        found[row.envelope] = (*found.get(row.envelope, ()), one)
    return found


def _same(workspace: Workspace, mine: Own, row: t.EnvelopeRow, index: str, piece: bytes) -> Part | None:
    """The sealed index of an earlier pack where it says the same, so that the pack stays the same bytes."""
    if not index:
        return None
    identity = workspace.keys.unwrap_for(mine.tender, f"envelope {row.name}", row.identity).decode()
    sealed = workspace.documents.piece(index)
    return Part(index, len(sealed), row.name) if age.open_bytes(sealed, identity) == piece else None


def _size(workspace: Workspace, sealed: str) -> int:
    with workspace.documents.opened(sealed) as file:
        return file.seek(0, io.SEEK_END)
