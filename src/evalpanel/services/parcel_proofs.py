"""What can be proved of a parcel: whether it is whole, who signed it, and whether it is among those that are kept here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, PublicKeys, Statement, kind_of, tender_id
from evalpanel.domain.tender import TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Header, read_enrolment, read_invitation
from evalpanel.formats.parcel_file import Container, NoParcelAtAll, checked_blocks, read_parcel
from evalpanel.formats.parcel_kinds import read_cover
from evalpanel.formats.parcel_moderation import read_assent, read_moderation
from evalpanel.formats.parcel_packs import read_roster
from evalpanel.formats.statements import read_statement
from evalpanel.sealing import envelopes
from evalpanel.sealing.envelopes import EnvelopeError
from evalpanel.sealing.statements import identity, signer, verifies
from evalpanel.services import challenge_proofs, exchange, rosters
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import trouble

_LEAST_FINGERPRINT = 16


@dataclass(frozen=True, slots=True)
class ParcelProof:
    """A verdict (`verified`, `altered`, `unknown-signer`, `not-ours`), what it rests on, and by whose key."""

    kind: str
    verdict: str
    proved: tuple[str, ...]
    not_proved: tuple[str, ...]
    by: str


def looks_like_one(data: bytes) -> bool:
    """Whether a file begins as a parcel does, and not as a letter."""
    return data.startswith(b"PK")


@dataclass(frozen=True, slots=True)
class With:
    """What a reader has besides the file: the fingerprint of the officer's key, told another way (or the beginning of it, of
    16 digits at least), and an age identity that opens a challenge pack which was sealed to them. Empty: they have none."""

    fingerprint: str = ""
    identity: str = ""


NOTHING = With()
_CLOSED = "it is sealed to somebody else, so nothing of it can be checked here; whoever it is for can"
_WHAT = {
    ParcelKind.ENROLMENT: "answer to an invitation",
    ParcelKind.ROSTER: "list of who takes part",
    ParcelKind.PACK: "pack (the tender with its sealed bids)",
    ParcelKind.RELEASE: "release of keys",
    ParcelKind.DECLARATION: "declaration of interests",
    ParcelKind.SCORESHEET: "score sheet",
    ParcelKind.MODERATION: "record of what the panel agreed",
    ParcelKind.ASSENT: "answer to the agreed scores",
}
"""What a kind is called to somebody who does not know the program, where its own word does not say it."""


def prove(workspace: Workspace | None, path: Path, given: With = NOTHING) -> ParcelProof:
    """What can be proved of the parcel at `path`. Without a profile only what travels unsealed can be looked at, and what
    was sealed to the identity that is given."""
    try:
        with path.open("rb") as file:
            return _prove(workspace, read_parcel(file), given)
    except OSError as error:
        raise trouble(error, "read", path) from error
    except NoParcelAtAll as error:
        return ParcelProof("file", "not-ours", (), (str(error),), "")
    except EvalPanelError as error:
        return ParcelProof("parcel", "altered", (), (str(error),), "")


def _prove(workspace: Workspace | None, held: object, given: With) -> ParcelProof:
    if not isinstance(held, Container):
        return ParcelProof("zip", "not-ours", (), ("it is a zip round parcels: check each of them",), "")
    signed = _opened(workspace, held, given.identity)
    if signed is None:
        return ParcelProof("parcel", "not-ours", (), (_CLOSED,), "")
    kind = kind_of(signed.payload_type)
    if kind is None:
        return ParcelProof("parcel", "not-ours", (), ("this version does not know this kind of parcel",), "")
    if kind in challenge_proofs.KINDS:
        return _of_pack(workspace, held, kind, signed, given)
    return _of_statement(workspace, held, kind, signed)


def _of_pack(
    workspace: Workspace | None, held: Container, kind: ParcelKind, signed: Statement, given: With
) -> ParcelProof:
    """A challenge pack or a disclosure copy: it brings the officer's key itself."""
    found = challenge_proofs.prove(signed, held, given.fingerprint)
    wanted = given.fingerprint.lower()
    if wanted and not (len(wanted) >= _LEAST_FINGERPRINT and found.by.startswith(wanted)):
        why = f"the key that signed it is not the one that you named: its fingerprint is {found.by}"
        return ParcelProof(kind, "unknown-signer", (), (why,), found.by)
    proved, missing = list(found.proved), list(found.not_proved)
    if workspace is not None:
        with workspace.store.reading() as tx:
            here = exchange.known(tx, found.identity)
        (proved if here else missing).append(
            "it is among those that were made in this profile" if here else "it is not among those made in this profile"
        )
    return ParcelProof(kind, "verified", tuple(proved), tuple(missing), found.by)


def _of_statement(workspace: Workspace | None, held: Container, kind: ParcelKind, signed: Statement) -> ParcelProof:
    header, own = _said(kind, signed)
    for part in held.parts.values():
        for _ in checked_blocks(part):
            pass
    if {part.sealed for part in header.parts} != held.parts.keys():
        return ParcelProof(kind, "altered", (), ("its parts are not those that its cover names",), "")
    keys = own if own is not None and verifies(signed, own.signing) else signer(signed, _known(workspace, header))
    if keys is None and kind is ParcelKind.ROSTER and (took := _took_over(workspace, signed, header)) is not None:
        return took
    if keys is None:
        return ParcelProof(
            kind, "unknown-signer", (), ("no key that is confirmed in this profile made its signature",), ""
        )
    if keys.installation != header.installation:
        return ParcelProof(kind, "altered", (), ("it names another laptop than the one that signed it",), "")
    proved = [
        f"{header.author} signed this {_WHAT.get(kind, kind.value)}, number {header.seq}, and nothing of it was changed since"
    ]
    missing = [f"when it was made: the clock of {header.author} said {header.made_at:%d %B %Y, %H:%M} UTC"]
    if held.parts:
        count = len(held.parts)
        proved.append("its one sealed part is whole" if count == 1 else f"its {count} sealed parts are whole")
    if own is not None:
        missing.append(f"that this key is the one of {header.author}: the eight words make sure of that")
    if workspace is not None:
        with workspace.store.reading() as tx:
            if exchange.known(tx, identity(signed, keys.signing)):
                proved.append("it is among the parcels that are kept in this profile")
            else:
                missing.append("it is not among the parcels that are kept in this profile")
            here, elsewhere = _cited(tx, kind, signed)
            proved += here
            missing += elsewhere
    return ParcelProof(kind, "verified", tuple(proved), tuple(missing), keys.installation)


def _took_over(workspace: Workspace | None, signed: Statement, header: Header) -> ParcelProof | None:
    """What can be proved of a list by which somebody takes over: the two sheets of paper signed it, as an earlier list says."""
    succeeds = read_roster(signed.payload).body.succeeds
    if workspace is None or not succeeds:
        return None
    with workspace.store.reading() as tx:
        held = exchange.of_kind(tx, TenderId(header.tender), ParcelKind.ROSTER)
        before = next((one for one in held if one.identity == succeeds), None)
        paper = None if before is None else read_roster(before.statement.payload).body.successor
        if before is None or paper is None or not verifies(signed, paper):
            return None
        here = exchange.known(tx, identity(signed, paper))
    proved = [
        f"{header.author} takes over as officer from {before.author} by this list of who takes part, number {header.seq}, and nothing of it was changed since",
        f"it was signed with the words of the two sheets of paper that list number {before.seq} names",
    ]
    missing = [
        f"who typed the words: whoever holds both sheets can make such a list; ask {header.author} and the holders of the sheets",
        f"when it was made: the clock of {header.author} said {header.made_at:%d %B %Y, %H:%M} UTC",
    ]
    if here:
        proved.append("it is among the parcels that are kept in this profile")
    else:
        missing.append("it is not among the parcels that are kept in this profile")
    return ParcelProof(ParcelKind.ROSTER, "verified", tuple(proved), tuple(missing), paper.hex())


def _cited(tx: Session, kind: ParcelKind, signed: Statement) -> tuple[list[str], list[str]]:
    """What a moderation and an assent are about, by identity: what of it is kept here, and what is not."""
    if kind is ParcelKind.MODERATION:
        sheets = [one.sheet for one in read_moderation(signed.payload).body.sheets if one.sheet]
        known = sum(exchange.known(tx, sheet) for sheet in sheets)
        proved = [
            f"it rests on {len(sheets)} score sheets, of which {known} are kept in this profile, the same to the byte"
        ]
        return proved, [] if known == len(sheets) else ["what the sheets say that are not kept in this profile"]
    if kind is ParcelKind.ASSENT:
        body = read_assent(signed.payload).body
        about = f"it is about the moderation {body.moderation[:8]}"
        if exchange.known(tx, body.moderation):
            return [f"{about}, which is kept in this profile"], []
        return [], [f"{about}, which is not kept in this profile"]
    return [], []


def kept(tx: Session, workspace: Workspace, tender: TenderId, *, files: bool) -> tuple[list[str], str]:
    """What is wrong with the parcels of a tender that are kept here, and what is proved where nothing is.

    Each is looked at again: the key of the laptop that it names signed it, and its sealed parts are here. `files`: whether they
    should be; once the record was ended, and this laptop's own keys with it, only keys that were confirmed here are known. Of a release and of what was made for strangers only the sealed cover is kept, so nothing is said of those.
    """
    known = _keys_of(tx, workspace, tender) if files else [one for _, one in exchange.confirmed(tx, tender).values()]
    keys = {one.installation: one for one in known}
    rows = tx.execute(select(t.ParcelRow).where(t.ParcelRow.tender_id == tender).order_by(t.ParcelRow.id)).scalars()
    wrong: list[str] = []
    good = looked_at = 0
    for row in rows:
        if row.statement is None:
            continue
        looked_at += 1
        found = _is_signed(tx, row, row.statement, keys.get(row.installation))
        if found is None:
            what = _WHAT.get(row.kind, row.kind.value)
            wrong.append(f"the {what} {row.identity[:8]} of {row.author} was not signed as it says")
        else:
            good += found
    parts = _parts(tx, tender) if files else ()
    for sealed in parts:
        try:
            workspace.documents.read(sealed)
        except EvalPanelError as error:
            wrong.append(f"a sealed part of a parcel: {error.title}")
    if not good:
        return wrong, ""
    said = f"{good} of the {looked_at} parcels that are kept open here were signed by the laptops that they name"
    return wrong, said + (f", and their {len(parts)} sealed parts are here and unaltered" if parts else "")


def _is_signed(tx: Session, row: t.ParcelRow, statement: bytes, known: PublicKeys | None) -> bool | None:
    """Whether the key of its laptop signed what is kept; False where that key is not known here, None where it did not."""
    try:
        signed = read_statement(statement)
        _, own = _said(row.kind, signed)
        key = known or own
        if key is not None and verifies(signed, key.signing):
            return True if identity(signed, key.signing) == row.identity else None
        if row.kind is ParcelKind.ROSTER and _took_over_here(tx, signed, row):
            return True
    except EvalPanelError:
        return None  # what cannot be read is not what was signed
    return False if key is None else None


def _parts(tx: Session, tender: TenderId) -> tuple[str, ...]:
    """The sealed parts of the parcels that are kept, but for the bids themselves: those are looked at as documents."""
    part, parcel = t.ParcelPartRow, t.ParcelRow
    bids = select(t.DocumentRow.sealed).where(t.DocumentRow.tender_id == tender)
    wanted = select(part.sealed).join(parcel, parcel.identity == part.identity)
    mine = wanted.where(parcel.tender_id == tender, part.sealed.not_in(bids)).order_by(part.id)
    return tuple(dict.fromkeys(tx.execute(mine).scalars()))


def _took_over_here(tx: Session, signed: Statement, row: t.ParcelRow) -> bool:
    """Whether the words of the two sheets of paper signed a list that is kept here, as the list before it says."""
    succeeds = read_roster(signed.payload).body.succeeds
    held = exchange.of_kind(tx, TenderId(row.tender_id), ParcelKind.ROSTER)
    before = next((one for one in held if one.identity == succeeds), None)
    paper = None if before is None else read_roster(before.statement.payload).body.successor
    return paper is not None and verifies(signed, paper) and identity(signed, paper) == row.identity


def _opened(workspace: Workspace | None, held: Container, own: str) -> Statement | None:
    if held.is_open:
        return read_statement(held.cover)
    if own:
        try:
            return read_statement(envelopes.open_bytes(held.cover, own))
        except EnvelopeError:
            return None
    if workspace is None:
        return None
    with workspace.store.reading() as tx:
        for tender in tx.execute(select(t.InstallationRow.tender_id)).scalars():
            mine = exchange.own(tx, workspace, TenderId(tender))
            assert mine is not None
            try:
                return read_statement(mine.keys.open(held.cover))
            except EnvelopeError:
                continue
    return None


def _said(kind: ParcelKind, signed: Statement) -> tuple[Header, PublicKeys | None]:
    """The header, and the key that a statement brings itself: an invitation and an enrolment do."""
    if kind is ParcelKind.INVITATION:
        asked = read_invitation(signed.payload)
        keys = asked.body.officer.value()
        # A key that does not give the tender's id proves nothing about that tender.
        return asked.header, keys if asked.header.tender == tender_id(asked.body.founder, asked.body.nonce) else None
    if kind is ParcelKind.ENROLMENT:
        answer = read_enrolment(signed.payload)
        return answer.header, answer.body.keys.value()
    return read_cover(kind, signed.payload).header, None


def _known(workspace: Workspace | None, header: Header) -> Sequence[PublicKeys]:
    """The keys that may have signed: this laptop's own, and those that were confirmed here."""
    if workspace is None:
        return ()
    with workspace.store.reading() as tx:
        return _keys_of(tx, workspace, TenderId(header.tender))


def _keys_of(tx: Session, workspace: Workspace, tender: TenderId) -> tuple[PublicKeys, ...]:
    mine = exchange.own(tx, workspace, tender)
    own = (mine.keys.public,) if mine is not None else ()
    learned = rosters.laptops(tx, mine).values() if mine is not None else ()
    confirmed = (keys for _, keys in exchange.confirmed(tx, tender).values())
    return (*own, *confirmed, *(one.keys for one in learned))
