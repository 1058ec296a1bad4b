"""What the officer issued arrives on a panel member's laptop: roster, pack and release, in any order.

Each is kept as it came. What the laptop then shows is worked out from all that is kept, so the order in which files came,
and how often, makes no difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Entry, fault
from evalpanel.domain.digests import plain
from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.pack_checks import check
from evalpanel.domain.parcels import ParcelKind, PublicKeys, Statement
from evalpanel.domain.people import PanelMember
from evalpanel.domain.releases import Compartment, why_not
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, CriterionCode, EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Header
from evalpanel.formats.parcel_file import Container, checked_blocks
from evalpanel.formats.parcel_packs import (
    Common,
    Envelope,
    EnvelopeKey,
    Pack,
    Release,
    Roster,
    Sealed,
    read_common,
    read_index,
    read_names,
    read_pack,
    read_release,
    read_roster,
)
from evalpanel.formats.statements import read_statement
from evalpanel.sealing import envelopes as age
from evalpanel.sealing.statements import identity, verifies
from evalpanel.services import audit, blinding, exchange, invitations, rosters, tenders, told
from evalpanel.services.exchange import Held, Own
from evalpanel.services.pack_rows import arrived_detail, document_row, keep_bids, keep_tender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.system.files import tidying

_ACTS = {
    ParcelKind.ROSTER: "roster-received",
    ParcelKind.PACK: "pack-received",
    ParcelKind.RELEASE: "release-received",
}
_COMMON, _NAMES = EnvelopeKind.COMMON.value, EnvelopeKind.NAMES.value


class NotConfirmed(EvalPanelError):
    """A parcel whose author's keys are not confirmed here yet: it can be taken in once they are."""


def take(
    workspace: Workspace, mine: Own, kind: ParcelKind, signed: Statement, container: Container
) -> tuple[str, Header, bool]:
    """Keep a roster, pack or release of the officer, and work out anew what this laptop shows.

    Gives the statement's identity, its header, and whether it is new. Raises `EvalPanelError` when it is not for this
    laptop, or not the officer's; then nothing is kept.
    """
    header = _header(kind, signed)
    with workspace.store.reading() as tx:
        named = _checked(tx, mine, kind, signed, header)
        if exchange.known(tx, named):
            return named, header, False
    if {part.sealed for part in header.parts} != container.parts.keys():
        raise EvalPanelError(
            "This parcel does not hold the parts that its cover names.", "Nothing was changed. Ask for it again."
        )
    taken: list[str] = []
    try:
        for part in container.parts.values():
            fresh = workspace.documents.take(part.sealed, checked_blocks(part))
            taken += [part.sealed] * fresh
        with workspace.store.writing() as tx:
            if not exchange.known(tx, named):
                detail = {"parcel": named, **(_reasons(tx, mine, signed) if kind is ParcelKind.RELEASE else {})}
                act = audit.record(tx, workspace, _ACTS[kind], tender=mine.tender, person=mine.person, detail=detail)
                exchange.keep(tx, workspace, kind, header, named, signed, act, container.cover)
                tx.flush()
                _work_out(tx, workspace, mine)
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(taken)
        raise
    return named, header, True


def _reasons(tx: Session, mine: Own, signed: Statement) -> dict[str, object]:
    """Why each envelope was opened, for the record. Raises `EvalPanelError` where the reason cannot be so."""
    keys = read_release(signed.payload).body.keys
    wrong = {key.name: why for key in keys if (why := _fault(tx, mine, key))}
    if wrong:
        raise EvalPanelError(
            f"A key in this release must not be opened here: {next(iter(wrong.values()))}.",
            "None of it was taken in. Ask the officer to look at it and to release again.",
        )
    return {"envelopes": {key.name: key.because for key in keys}}


def _fault(tx: Session, mine: Own, key: EnvelopeKey) -> str:
    """What is wrong with the reason of a key. Before the roster is here nothing is known of roles: it is asked again then."""
    row = tx.execute(_of(t.PanelMemberRow, mine).where(t.PanelMemberRow.person == mine.person)).scalar_one_or_none()
    kind = key.name.split("/")[0]
    if row is None or kind not in EnvelopeKind._value2member_map_:
        return ""
    signed = queries.sign_offs(tx, mine.tender).get(mine.person)
    scored = tx.execute(
        select(t.ScoreRow.id).where(t.ScoreRow.tender_id == mine.tender, t.ScoreRow.person == mine.person).limit(1)
    ).first()
    # A second laptop of the same person, on which nothing was scored, cannot know what the first one signed off.
    open_sheet = (signed is None or not signed.signed) and scored is not None
    return why_not(Compartment(EnvelopeKind(kind)), key.because, row.value(), open_sheet=open_sheet)


def _header(kind: ParcelKind, signed: Statement) -> Header:
    if kind is ParcelKind.ROSTER:
        return read_roster(signed.payload).header
    return read_pack(signed.payload).header if kind is ParcelKind.PACK else read_release(signed.payload).header


def _checked(tx: Session, mine: Own, kind: ParcelKind, signed: Statement, header: Header) -> str:
    """The identity of a statement that the officer of this tender signed for this laptop."""
    if header.tender != mine.tender:
        raise EvalPanelError("This parcel is of another tender than it was sealed for.", "It was left alone.")
    first = invitations.trusted(tx, mine.tender).officer.value()
    officer = next((keys for keys in (rosters.officer(tx, mine)[1], first) if verifies(signed, keys.signing)), None)
    signing = officer.signing if officer is not None else b""
    if officer is None and kind is ParcelKind.ROSTER:
        officer, signing = _succeeded(tx, mine, signed)
    if officer is None:
        by = next((one for one in rosters.laptops(tx, mine).values() if verifies(signed, one.keys.signing)), None)
        if by is not None:
            raise NotConfirmed(
                f"{by.person} signed this and does not lead the tender, as far as this laptop knows.",
                f"Take in the list of who takes part by which {by.person} took over, then this file again.",
            )
        raise EvalPanelError(
            "This parcel is not signed by the officer of the tender.", "It was left alone. Ask who sent it to you."
        )
    if first.installation not in exchange.confirmed(tx, mine.tender):
        raise NotConfirmed(
            "The officer's keys are not confirmed on this laptop yet.",
            "Read the eight words to each other, then take this file in again.",
        )
    own = mine.keys.public.installation
    if header.installation != officer.installation or own not in header.recipients:
        raise EvalPanelError("This parcel was not made for this laptop.", "It was left alone.")
    if kind is ParcelKind.RELEASE and header.about != mine.person:
        raise EvalPanelError(f"These keys are for {header.about}.", "They were left alone.")
    named = identity(signed, signing)
    if header.history or header.seq > 1:
        entry = Entry(named, header.seq, frozenset(header.history))
        held = {one.identity: one for one in _entries(tx, mine, kind, PersonCode(header.author), header.about)}
        if why := fault(entry, held):
            raise EvalPanelError("This parcel contradicts itself.", f"It was left alone: {why}.")
    return named


def _succeeded(tx: Session, mine: Own, signed: Statement) -> tuple[PublicKeys | None, bytes]:
    """The laptop that takes over, and the successor's key that signed it; (None, empty) where the roster does not do that.

    The key must be the one that the roster named which is replaced, and the laptop one that this roster knew.
    """
    cover = read_roster(signed.payload)
    if not cover.body.succeeds:
        return None, b""
    line = exchange.of_kind(tx, mine.tender, ParcelKind.ROSTER)
    replaced = next((one for one in line if one.identity == cover.body.succeeds), None)
    if replaced is None:
        raise NotConfirmed(
            "Somebody takes over as officer, and the list of who takes part that came before is not here yet.",
            "Take that list in first, then this file again.",
        )
    before = read_roster(replaced.statement.payload).body
    keys = rosters.keys_of_author(cover)
    known = [one.keys.value() for person in before.people for one in person.laptops if one.revoked_at is None]
    if before.successor is None or not verifies(signed, before.successor) or keys not in known:
        return None, b""
    return keys, before.successor


def _entries(tx: Session, mine: Own, kind: ParcelKind, author: PersonCode, about: str) -> tuple[Entry, ...]:
    held = exchange.line(tx, mine.tender, kind, author, about)
    return tuple(Entry(one.identity, one.seq, frozenset(_header(kind, _said(mine, one)).history)) for one in held)


def _said(mine: Own, held: Held) -> Statement:
    """What was signed; a release is kept sealed, and opened with the key of this laptop."""
    if held.signed is not None:
        return held.signed
    assert held.cover is not None
    return read_statement(mine.keys.open(held.cover))


# What this laptop shows ----------------------------------------------------------------------------------------------


def _work_out(tx: Session, workspace: Workspace, mine: Own) -> None:
    """Bring the tender of this laptop to what its roster, pack and keys say. Adds; never takes away."""
    roster = rosters.in_force(tx, mine)
    if roster is None:
        return
    officer = roster.officer
    pack = rosters.pack_in_force(tx, mine)
    keys = {name: key for one in rosters.officers(tx, mine) for name, key in _keys(tx, mine, one).items()}
    if pack is None:
        return
    cover = read_pack(pack.statement.payload)
    named = {one.name: one for one in cover.body.envelopes}
    newest = max((one for one in named.values() if one.kind == _COMMON), key=lambda one: one.generation, default=None)
    if newest is None or newest.name not in keys:
        return  # what was published is sealed to a key that has not come yet
    common = read_common(_index(workspace, newest, keys[newest.name]))
    names = [one for one in named.values() if one.kind == _NAMES and one.name in keys]
    if names:
        naming = max(names, key=lambda one: one.generation)
        common = blinding.with_names(common, _index(workspace, naming, keys[naming.name]))
    people = _people(workspace, mine, roster.cover)
    if tx.get(t.TenderRow, mine.tender) is None:
        _new_tender(tx, workspace, mine, cover, common, people, officer)
        bids: tuple[Bid, ...] = ()
    else:
        bids = _bring_up(tx, workspace, mine, common, people, officer)
    told.keep(tx, workspace, mine.tender, mine.person, officer, _releases(tx, mine, officer))
    _keep_keys(tx, workspace, mine, named, keys)
    documents = [(newest.name, one) for one in common.documents]
    for name, identity_of in keys.items():
        if name in named and named[name].index and named[name].kind not in (_COMMON, _NAMES):
            documents += [(name, one) for one in read_index(_index(workspace, named[name], identity_of)).documents]
    _keep_documents(tx, workspace, mine, bids, documents, officer)


def _keys(tx: Session, mine: Own, officer: PersonCode) -> dict[str, str]:
    found: dict[str, str] = {}
    for held in exchange.line(tx, mine.tender, ParcelKind.RELEASE, officer, mine.person):
        for key in read_release(_said(mine, held).payload).body.keys:
            if not _fault(tx, mine, key):
                found[key.name] = key.identity
    return found


def _releases(tx: Session, mine: Own, officer: PersonCode) -> tuple[tuple[str, int, Release], ...]:
    """The releases that are here: identity, number and what they say."""
    line = exchange.line(tx, mine.tender, ParcelKind.RELEASE, officer, mine.person)
    return tuple((held.identity, held.seq, read_release(_said(mine, held).payload).body) for held in line)


def _index(workspace: Workspace, envelope: Envelope, identity_of: str) -> bytes:
    return age.open_bytes(workspace.documents.read(envelope.index), identity_of)


def _people(workspace: Workspace, mine: Own, cover: Cover[Roster]) -> tuple[PanelMember, ...]:
    (part,) = [one for one in cover.header.parts if one.envelope == exchange.NAMES]
    names = {one.person: one for one in read_names(mine.keys.open(workspace.documents.read(part.sealed))).people}
    return tuple(
        PanelMember(
            person=PersonCode(one.person),
            name=names[one.person].name if one.person in names else one.person,
            roles=one.roles,
            since=one.since,
            until=one.until,
            replaces=PersonCode(one.replaces) if one.replaces else None,
            kind=one.kind,
            organisation=names[one.person].organisation if one.person in names else "",
            criteria=None if one.criteria is None else tuple(map(CriterionCode, one.criteria)),
        )
        for one in cover.body.people
    )


def _new_tender(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    cover: Cover[Pack],
    common: Common,
    people: tuple[PanelMember, ...],
    officer: PersonCode,
) -> None:
    pack = replace(common.pack(), panel=people)
    found = [finding for finding in check(pack) if finding.stops]
    if found:
        raise ProblemsFound(
            "The pack that came does not hold together.", [Problem(one.sheet, one.what) for one in found]
        )
    if pack.criteria_digest() != cover.body.criteria_digest:
        raise EvalPanelError(
            "The criteria in the pack are not those that its cover names.", "Nothing was changed. Ask for it again."
        )
    keep_tender(tx, workspace, mine.tender, pack)
    keep_bids(tx, mine.tender, pack, 0)
    tx.flush()  # before the freeze, which lets no criterion in
    digest = cover.body.criteria_digest
    told = {"reference": common.tender.reference, **arrived_detail(pack.bids, ())}
    audit.record(tx, workspace, "tender-loaded", tender=mine.tender, person=officer, detail=told)
    act = audit.record(
        tx, workspace, "criteria-frozen", tender=mine.tender, person=officer, detail={"criteria_digest": digest}
    )
    tx.add(t.FreezeRow(tender_id=mine.tender, at=cover.header.made_at, person=officer, digest=digest, act=act))
    tx.flush()
    tenders.advance(tx, mine.tender, TenderStage.PACKS_ISSUED)


def _bring_up(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    common: Common,
    people: tuple[PanelMember, ...],
    officer: PersonCode,
) -> tuple[Bid, ...]:
    """Later rosters and packs: more people, bidders and bids, and what became of a bid. The criteria stay what they are.

    Gives the bids that are new.
    """
    bids = {(row.lot, row.bid): row for row in tx.execute(_of(t.BidRow, mine)).scalars()}
    bidders = {row.bidder: row for row in tx.execute(_of(t.BidderRow, mine)).scalars()}
    blinding.name_bidders(tx, workspace, mine.tender, common, bidders, officer)
    fresh = TenderPack(
        bidders=tuple(one for one in common.bidders if one.bidder not in bidders),
        members=tuple(one for one in common.members if one.bidder not in bidders),
        bids=tuple(one for one in common.bids if (one.lot, one.bid) not in bids),
    )
    keep_bids(tx, mine.tender, fresh, len(bids))
    for one in common.bids:
        row = bids.get((one.lot, one.bid))
        if row is not None and (row.status, row.reason, row.decided_by) != (one.status, one.reason, one.decided_by):
            before = row.value()
            row.status, row.reason, row.decided_by = one.status, one.reason, one.decided_by
            detail = {"before": plain(before), "after": plain(row.value())}
            audit.record(tx, workspace, "bid-status-changed", tender=mine.tender, person=officer, detail=detail)
    known = {row.person: row for row in tx.execute(_of(t.PanelMemberRow, mine)).scalars()}
    for place, person in enumerate(people):
        held = known.get(person.person)
        if held is None:
            tx.add(t.PanelMemberRow.of(person, tender_id=mine.tender, position=place))
        else:
            held.name, held.roles, held.criteria = person.name, person.roles, person.criteria
            held.since, held.until, held.organisation = person.since, person.until, person.organisation
    return fresh.bids


def _of(row: type[t.BidRow | t.BidderRow | t.PanelMemberRow], mine: Own) -> Select[Any]:
    return select(row).where(row.tender_id == mine.tender)


def _keep_keys(
    tx: Session, workspace: Workspace, mine: Own, named: Mapping[str, Envelope], keys: Mapping[str, str]
) -> None:
    held = set(tx.execute(select(t.EnvelopeRow.name).where(t.EnvelopeRow.tender_id == mine.tender)).scalars())
    for name, identity_of in keys.items():
        envelope = named.get(name)
        if envelope is None or name in held:
            continue
        if age.recipient_of(identity_of) != envelope.recipient:
            raise EvalPanelError(
                f"The key that came for {name} does not open it.", "Nothing was changed. Ask the officer for it again."
            )
        wrapped = workspace.keys.wrap_for(mine.tender, f"envelope {name}", identity_of.encode())
        tx.add(
            t.EnvelopeRow(
                tender_id=mine.tender,
                name=name,
                kind=EnvelopeKind(envelope.kind),
                bidder=envelope.bidder,
                lot=envelope.lot,
                recipient=envelope.recipient,
                identity=wrapped,
                generation=envelope.generation,
            )
        )
    tx.flush()


def _keep_documents(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    bids: Sequence[Bid],
    documents: Sequence[tuple[str, Sealed]],
    officer: PersonCode,
) -> None:
    held = set(tx.execute(select(t.DocumentRow.path).where(t.DocumentRow.tender_id == mine.tender)).scalars())
    fresh = [(name, one) for name, one in documents if one.path not in held]
    if not fresh and not bids:
        return
    detail = arrived_detail(bids, fresh)
    act = audit.record(tx, workspace, "bids-loaded", tender=mine.tender, person=officer, detail=detail)
    for place, (name, one) in enumerate(fresh, len(held)):
        tx.add(document_row(mine.tender, place, name, one, workspace.now(), act))
    tx.flush()
