"""What the journeys between laptops share: this laptop's keys, statements made and kept, the keys that are confirmed."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, TypeVar, cast

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Entry, Origin, standing
from evalpanel.domain.parcels import ParcelKind, Part, PublicKeys, Statement, file_name, tender_id
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.formats.parcel_bodies import Cover, Header, PartOf, Trail, write_cover
from evalpanel.formats.statements import read_statement_again, write_statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.installations import Installation, from_secret, new_installation
from evalpanel.sealing.statements import identity
from evalpanel.services import audit, heads
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

Body = TypeVar("Body")
_PURPOSE = "installation"
_ADD_PART = insert(cast(Table, t.ParcelPartRow.__table__))
NAMES = "names-of-people"
"""The envelope of the sealed part of a roster that says what people are called."""
KEPT = "keys-for-recovery"
"""The envelope of the sealed part of a roster that holds the keys of all envelopes for recovery."""


@dataclass(frozen=True, slots=True)
class NewTender:
    """The identity of a tender that is about to be loaded: made from the officer's new keys."""

    tender: TenderId
    keys: Installation
    nonce: bytes


@dataclass(frozen=True, slots=True)
class Own:
    """This laptop in one tender: whose it is, and its keys. `nonce` is there on the officer's laptop alone."""

    tender: TenderId
    person: PersonCode
    keys: Installation
    nonce: bytes
    succeeded: bool = False
    reads_with: str = field(default="", repr=False)
    """The age identity of the recovery sheet, while its words are used: what was sealed to the sheet is taken in with it."""

    def open(self, sealed: bytes) -> bytes:
        """What was sealed to this laptop, or to the recovery sheet while its words are used. Raises `EnvelopeError`."""
        try:
            return self.keys.open(sealed)
        except envelopes.NotSealedToUs:
            if not self.reads_with:
                raise
            return envelopes.open_bytes(sealed, self.reads_with)

    def is_named(self, recipients: Sequence[str]) -> bool:
        """Whether a statement names this laptop, or the recovery sheet whose words are used, among those whom it is sealed to."""
        if self.keys.public.installation in recipients:
            return True
        return bool(self.reads_with) and named_on_paper(envelopes.recipient_of(self.reads_with)) in recipients

    @property
    def is_officer(self) -> bool:
        """Whether this laptop leads the tender: it was loaded here, so that its id proves that these are the officer's keys,
        or this laptop took over by the successor's key."""
        return bool(self.nonce) or self.succeeded


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A statement that was made here, ready to be written as a file, now or again. `parts` lie in the folder of documents."""

    name: str
    kind: ParcelKind
    identity: str
    cover: bytes
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A statement that is kept here, with what is needed to place it in its line."""

    identity: str
    author: PersonCode
    installation: str
    seq: int
    history: frozenset[str]
    origin: Origin
    signed: Statement | None
    cover: bytes | None
    about: str = ""

    @property
    def entry(self) -> Entry:
        """Its place in its line."""
        return Entry(self.identity, self.seq, self.history)

    @property
    def statement(self) -> Statement:
        """What was signed. A release has none here: it holds keys and stays sealed."""
        assert self.signed is not None
        return self.signed


@dataclass(frozen=True, slots=True)
class RestsOn:
    """The roster and the pack that a statement rests on, by identity; empty where there is none yet."""

    roster: str = ""
    pack: str = ""


NOTHING = RestsOn()


def named_on_paper(recovery: str) -> str:
    """How a statement names the recovery sheet among those whom it is sealed to: SHA-256 of its recipient."""
    return hashlib.sha256(recovery.encode()).hexdigest()


def sealed_to(recipients: Sequence[PublicKeys], on_paper: str = "") -> tuple[str, ...]:
    """Whom a statement says that it is sealed to: installations, and the recovery sheet where there is one (`on_paper`)."""
    found = [keys.installation for keys in recipients] + ([named_on_paper(on_paper)] if on_paper else [])
    return tuple(sorted(found))


def new_tender() -> NewTender:
    """Keys for a tender that starts on this laptop, and the id that follows from them."""
    keys, nonce = new_installation(), os.urandom(16)
    return NewTender(tender_id(keys.public.signing, nonce), keys, nonce)


def keep_own(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    keys: Installation,
    *,
    nonce: bytes = b"",
    laptop: str = "",
) -> None:
    """Keep this laptop's keys for a tender, wrapped with the tender's key."""
    tx.add(
        t.InstallationRow(
            tender_id=tender,
            person=person,
            signing=keys.public.signing,
            recipient=keys.public.recipient,
            secret=workspace.keys.wrap_for(tender, _PURPOSE, keys.secret()),
            nonce=nonce,
            laptop=laptop,
            at=workspace.now(),
        )
    )


def own(tx: Session, workspace: Workspace, tender: TenderId) -> Own | None:
    """This laptop's keys in a tender, or None where it has no part in it."""
    row = tx.get(t.InstallationRow, tender)
    if row is None:
        return None
    secret = workspace.keys.unwrap_for(tender, _PURPOSE, row.secret)
    took = tx.execute(select(t.SuccessionRow.id).where(t.SuccessionRow.tender_id == tender)).first()
    return Own(tender, row.person, from_secret(secret), row.nonce, took is not None)


def line(tx: Session, tender: TenderId, kind: ParcelKind, author: PersonCode, about: str = "") -> tuple[Held, ...]:
    """One line of statements: all that are kept of one author, kind and person they are about, by number."""
    rows = tx.execute(
        select(t.ParcelRow)
        .where(
            t.ParcelRow.tender_id == tender,
            t.ParcelRow.kind == kind,
            t.ParcelRow.author == author,
            t.ParcelRow.about == about,
        )
        .order_by(t.ParcelRow.seq, t.ParcelRow.id)
    ).scalars()
    return tuple(_held(row) for row in rows)


def newest(tx: Session, mine: Own, kind: ParcelKind, about: str = "") -> Held | None:
    """The newest statement of a line of this laptop's own person; None where none follows all that is known of the line.

    So after a fork, or when an older copy of the profile was put back, what is sent next is a new statement.
    """
    held = {one.identity: one for one in line(tx, mine.tender, kind, mine.person, about)}
    last = held.get(standing(one.entry for one in held.values()).counts or "")
    cited = heads.cited(tx, mine.tender, kind, about)
    return last if last is not None and cited.behind <= last.history | {last.identity} else None


def of_kind(tx: Session, tender: TenderId, kind: ParcelKind) -> tuple[Held, ...]:
    """Every statement of a kind that is kept, in the order in which they came."""
    rows = tx.execute(
        select(t.ParcelRow).where(t.ParcelRow.tender_id == tender, t.ParcelRow.kind == kind).order_by(t.ParcelRow.id)
    ).scalars()
    return tuple(_held(row) for row in rows)


def known(tx: Session, named: str) -> bool:
    """Whether the statement with this identity is kept here."""
    return tx.execute(select(t.ParcelRow.id).where(t.ParcelRow.identity == named)).first() is not None


def act_of(tx: Session, named: str) -> int:
    """The line of the trail by which a statement was kept."""
    tx.flush()
    return tx.execute(select(t.ParcelRow.act).where(t.ParcelRow.identity == named)).scalar_one()


def confirmed(
    tx: Session, tender: TenderId, person: PersonCode | None = None
) -> dict[str, tuple[PersonCode, PublicKeys]]:
    """The installations whose keys were confirmed here by the eight words: whose, and the keys."""
    wanted = select(t.ConfirmationRow).where(t.ConfirmationRow.tender_id == tender).order_by(t.ConfirmationRow.id)
    if person is not None:
        wanted = wanted.where(t.ConfirmationRow.person == person)
    return {row.installation: (row.person, row.value()) for row in tx.execute(wanted).scalars()}


def make(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    kind: ParcelKind,
    body: Body,
    recipients: Sequence[PublicKeys] = (),
    *,
    about: str = "",
    parts: Sequence[Part] = (),
    rests_on: RestsOn = NOTHING,
    on_paper: str = "",
    act: str,
    detail: Mapping[str, object] | None = None,
) -> Outgoing:
    """Sign a statement, seal its cover to `recipients`, keep it, and put the act on the record.

    It says what came before it in its line: all that this laptop holds, and what others said of it that is not here (a
    restored backup). `on_paper`: the recovery sheet's recipient, to which the cover is sealed too. It also says what this laptop knows of the other lines, and how far its record goes. `parts` are sealed files in the folder of
    documents. No parcel is written to disk yet.
    """
    header = next_header(
        tx,
        workspace,
        mine,
        kind,
        sealed_to(recipients, on_paper),
        about=about,
        parts=parts,
        rests_on=rests_on,
    )
    signed = mine.keys.sign(kind.payload_type, write_cover(Cover(body, header)))
    named = identity(signed, mine.keys.public.signing)
    written = write_statement(signed, header.installation)
    readers = [*(keys.recipient for keys in recipients), *([on_paper] if on_paper else [])]
    cover = written if kind.is_open else envelopes.seal_bytes(written, *readers)
    number = audit.record(
        tx,
        workspace,
        act,
        tender=mine.tender,
        person=mine.person,
        detail={"parcel": named, "about": about, **(detail or {})},
    )
    heads.keep_incarnation(tx, workspace, mine.tender, number)
    keep(tx, workspace, kind, header, named, signed, number, cover)
    name = file_name(mine.tender, kind, about or mine.person, header.seq, named)
    return Outgoing(name, kind, named, cover, tuple(dict.fromkeys(one.sealed for one in parts)))


def next_header(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    kind: ParcelKind,
    recipients: Sequence[str],
    *,
    about: str = "",
    parts: Sequence[Part] = (),
    rests_on: RestsOn = NOTHING,
) -> Header:
    """The header of the statement that this laptop makes next in a line. `recipients` are those whom it is sealed to, by name."""
    earlier = line(tx, mine.tender, kind, mine.person, about)
    cited = heads.cited(tx, mine.tender, kind, about)
    last = None if kind.is_open else audit.last_line(tx, mine.tender)
    return Header(
        about=about,
        author=mine.person,
        heads=() if kind.is_open else heads.heads(tx, mine.tender, mine.person, kind, about),
        history=tuple(sorted({name for one in earlier for name in (one.identity, *one.history)} | cited.behind)),
        incarnations=heads.incarnations(tx, workspace, mine.tender),
        installation=mine.keys.public.installation,
        made_at=workspace.now(),
        pack=rests_on.pack,
        parts=tuple(PartOf(one.envelope, one.sealed, one.size) for one in parts),
        recipients=tuple(sorted(recipients)),
        roster=rests_on.roster,
        seq=max((cited.seq, *(one.seq for one in earlier))) + 1,
        tender=mine.tender,
        trail=None if last is None else Trail(last[1], last[0]),
    )


def keep(
    tx: Session,
    workspace: Workspace,
    kind: ParcelKind,
    header: Header,
    named: str,
    signed: Statement,
    act: int,
    cover: bytes | None = None,
) -> None:
    """Add a statement to those that are kept, and the names of its parts: a received one, or one that was made here.

    Of what holds keys only the sealed `cover` is kept: of a release, and of a challenge pack or disclosure copy, whose parts
    are written for whoever asked and are not kept here either.
    """
    made_for_others = kind in heads.FOR_STRANGERS
    secret = kind is ParcelKind.RELEASE or made_for_others
    assert cover is not None or not secret
    parts = () if made_for_others else header.parts
    if parts:
        rows = [{"identity": named, "sealed": one.sealed, "size": one.size, "envelope": one.envelope} for one in parts]
        tx.connection().execute(_ADD_PART, rows)
    tx.add(
        t.ParcelRow(
            identity=named,
            tender_id=header.tender,
            kind=kind,
            author=header.author,
            about=header.about,
            installation=header.installation,
            seq=header.seq,
            history=header.history,
            incarnations=header.incarnations,
            trail_number=header.trail.number if header.trail is not None else 0,
            trail_hash=header.trail.hash if header.trail is not None else "",
            statement=None if secret else write_statement(signed, header.installation),
            cover=cover,
            at=workspace.now(),
            act=act,
        )
    )


def seal_part(workspace: Workspace, content: bytes, envelope: str, recipients: Sequence[str], made: list[str]) -> Part:
    """A piece that is sealed into the folder of documents; `made` tells what to take away when the act does not happen."""
    sealed = envelopes.seal_bytes(content, *recipients)
    file = workspace.documents.add(io.BytesIO(sealed), _as_it_is)
    made.append(file.sealed)
    return Part(file.sealed, len(sealed), envelope)


def _as_it_is(source: IO[bytes], target: IO[bytes]) -> None:
    target.write(source.read())


def again(tx: Session, tender: TenderId, kind: ParcelKind, held: Held) -> Outgoing:
    """A statement that was made here before: sending again sends the same bytes."""
    assert held.cover is not None, "the cover of what was made here is kept"
    row = t.ParcelPartRow
    parts = tx.execute(select(row.sealed).where(row.identity == held.identity).order_by(row.id)).scalars()
    name = file_name(tender, kind, held.about or held.author, held.seq, held.identity)
    return Outgoing(name, kind, held.identity, held.cover, tuple(dict.fromkeys(parts)))


def _held(row: t.ParcelRow) -> Held:
    signed = read_statement_again(row.statement) if row.statement is not None else None
    origin = Origin(
        row.installation, row.incarnations, (row.trail_number, row.trail_hash) if row.trail_number else None
    )
    return Held(
        row.identity,
        row.author,
        row.installation,
        row.seq,
        frozenset(row.history),
        origin,
        signed,
        row.cover,
        row.about,
    )
