"""What the keys on this laptop open: which were released with a reason that can be so, and what lies in their envelopes. Shared."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, Statement
from evalpanel.domain.releases import Compartment, why_not
from evalpanel.domain.tender import Bid, EnvelopeKind, PersonCode
from evalpanel.formats.parcel_packs import (
    Envelope,
    EnvelopeKey,
    Release,
    Sealed,
    read_common,
    read_index,
    read_pack,
    read_release,
)
from evalpanel.formats.statements import read_statement
from evalpanel.sealing import envelopes as age
from evalpanel.services import audit, exchange, rosters
from evalpanel.services.exchange import Held, Own
from evalpanel.services.pack_rows import arrived_detail, document_row
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


def waits_for_own_sheet(tx: Session, mine: Own, keys: Collection[EnvelopeKey]) -> bool:
    """Whether some of these keys wait for nothing but that the person's own sheet is signed off on this laptop."""
    return any(fault(tx, mine, key) and not fault(tx, mine, key, as_signed=True) for key in keys)


def fault(tx: Session, mine: Own, key: EnvelopeKey, *, as_signed: bool = False) -> str:
    """What is wrong with the reason of a key. Before the roster is here nothing is known of roles: it is asked again then.

    `as_signed`: if the person's own sheet were signed off here.
    """
    member = t.PanelMemberRow
    row = tx.execute(
        select(member).where(member.tender_id == mine.tender, member.person == mine.person)
    ).scalar_one_or_none()
    kind = key.name.split("/")[0]
    if row is None or kind not in EnvelopeKind._value2member_map_:
        return ""
    signed = queries.sign_offs(tx, mine.tender).get(mine.person)
    scored = tx.execute(
        select(t.ScoreRow.id).where(t.ScoreRow.tender_id == mine.tender, t.ScoreRow.person == mine.person).limit(1)
    ).first()
    # A second laptop of the same person, on which nothing was scored, cannot know what the first one signed off.
    open_sheet = (signed is None or not signed.signed) and scored is not None and not as_signed
    return why_not(Compartment(EnvelopeKind(kind)), key.because, row.value(), open_sheet=open_sheet)


def said(mine: Own, held: Held) -> Statement:
    """What was signed; a release is kept sealed, and opened with the key of this laptop."""
    if held.signed is not None:
        return held.signed
    assert held.cover is not None
    return read_statement(mine.keys.open(held.cover))


def keys(
    tx: Session, mine: Own, officer: PersonCode, named: Mapping[str, Envelope], *, of: Collection[str] | None = None
) -> dict[str, str]:
    """The keys that an officer released to this person and that count here, by envelope; only those `of` these releases, if given."""
    found: dict[str, str] = {}
    for identity, _, release in releases(tx, mine, officer):
        if of is None or identity in of:
            wrong = do_not_count(tx, mine, release, named)
            found |= {key.name: key.identity for key in release.keys if key.name not in wrong}
    return found


def do_not_count(tx: Session, mine: Own, release: Release, named: Mapping[str, Envelope]) -> dict[str, str]:
    """The keys of a release that open nothing here, as the roster and the pack are that are here, and why, in words.

    Asked anew whenever something comes: one key that does not count keeps no other from counting, whatever came first.
    """
    found = {}
    for key in release.keys:
        why = fault(tx, mine, key)
        if not why and key.name in named and not age.is_key_of(key.identity, named[key.name].recipient):
            why = f"the key that came for {key.name} does not open it"
        if why:
            found[key.name] = why
    return found


def releases(tx: Session, mine: Own, officer: PersonCode) -> tuple[tuple[str, int, Release], ...]:
    """The releases that are here: identity, number and what they say."""
    line = exchange.line(tx, mine.tender, ParcelKind.RELEASE, officer, mine.person)
    return tuple((held.identity, held.seq, read_release(said(mine, held).payload).body) for held in line)


def index(workspace: Workspace, envelope: Envelope, identity_of: str) -> bytes:
    """What the sealed index of an envelope says."""
    return age.open_bytes(workspace.documents.piece(envelope.index), identity_of)


def bids_in_packs(tx: Session, workspace: Workspace, mine: Own) -> tuple[tuple[Bid, ...], ...]:
    """The bids of every pack that opens here, as each says, that in force first."""
    now = rosters.pack_in_force(tx, mine)
    found = []
    held = [
        one
        for officer in rosters.officers(tx, mine)
        for one in exchange.line(tx, mine.tender, ParcelKind.PACK, officer)
    ]
    for one in sorted(held, key=lambda one: (now is not None and one.identity == now.identity, one.seq), reverse=True):
        named = {each.name: each for each in read_pack(one.statement.payload).body.envelopes}
        opened = {
            name: key for officer in rosters.officers(tx, mine) for name, key in keys(tx, mine, officer, named).items()
        }
        common = [each for each in named.values() if each.kind == EnvelopeKind.COMMON and each.name in opened]
        if common:
            newest = max(common, key=lambda each: each.generation)
            found.append(read_common(index(workspace, newest, opened[newest.name])).bids)
    return tuple(found)


def keep_keys(
    tx: Session, workspace: Workspace, mine: Own, named: Mapping[str, Envelope], keys: Mapping[str, str]
) -> None:
    """Keep the keys of these envelopes, wrapped."""
    held = set(tx.execute(select(t.EnvelopeRow.name).where(t.EnvelopeRow.tender_id == mine.tender)).scalars())
    for name, identity_of in keys.items():
        envelope = named.get(name)
        if envelope is None or name in held:
            continue
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


def keep_documents(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    bids: Sequence[Bid],
    documents: Sequence[tuple[str, Sealed]],
    officer: PersonCode,
) -> None:
    """Add the documents that are not here yet, each with its envelope."""
    held = set(tx.execute(select(t.DocumentRow.path).where(t.DocumentRow.tender_id == mine.tender)).scalars())
    fresh = [(name, one) for name, one in documents if one.path not in held]
    if not fresh and not bids:
        return
    detail = arrived_detail(bids, fresh)
    act = audit.record(tx, workspace, "bids-loaded", tender=mine.tender, person=officer, detail=detail)
    for place, (name, one) in enumerate(fresh, len(held)):
        tx.add(document_row(mine.tender, place, name, one, workspace.now(), act))
    tx.flush()


def documents_in(
    workspace: Workspace, named: Mapping[str, Envelope], keys: Mapping[str, str], but: Sequence[str]
) -> list[tuple[str, Sealed]]:
    """The documents of the envelopes that these keys open, without those of the kinds `but`."""
    return [
        (name, one)
        for name, identity_of in keys.items()
        if name in named and named[name].index and named[name].kind not in but
        for one in read_index(index(workspace, named[name], identity_of)).documents
    ]
