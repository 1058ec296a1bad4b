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
from evalpanel.formats.parcel_file import Container, checked_blocks, read_parcel
from evalpanel.formats.parcel_kinds import read_cover
from evalpanel.formats.statements import read_statement
from evalpanel.sealing.envelopes import EnvelopeError
from evalpanel.sealing.statements import identity, signer, verifies
from evalpanel.services import exchange, rosters
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import trouble


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


def prove(workspace: Workspace | None, path: Path) -> ParcelProof:
    """What can be proved of the parcel at `path`. Without a profile only what travels unsealed can be looked at."""
    try:
        with path.open("rb") as file:
            return _prove(workspace, read_parcel(file))
    except OSError as error:
        raise trouble(error, "read", path) from error
    except EvalPanelError as error:
        return ParcelProof("parcel", "altered", (), (str(error),), "")


def _prove(workspace: Workspace | None, held: object) -> ParcelProof:
    if not isinstance(held, Container):
        return ParcelProof("zip", "not-ours", (), ("it is a zip round parcels: check each of them",), "")
    signed = _opened(workspace, held)
    if signed is None:
        return ParcelProof("parcel", "not-ours", (), ("it is not sealed to this profile, so it cannot be opened",), "")
    kind = kind_of(signed.payload_type)
    if kind is None:
        return ParcelProof("parcel", "not-ours", (), ("this version does not know this kind of parcel",), "")
    return _of_statement(workspace, held, kind, signed)


def _of_statement(workspace: Workspace | None, held: Container, kind: ParcelKind, signed: Statement) -> ParcelProof:
    header, own = _said(kind, signed)
    for part in held.parts.values():
        for _ in checked_blocks(part):
            pass
    if {part.sealed for part in header.parts} != held.parts.keys():
        return ParcelProof(kind, "altered", (), ("its parts are not those that its cover names",), "")
    keys = own if own is not None and verifies(signed, own.signing) else signer(signed, _known(workspace, header))
    if keys is None:
        return ParcelProof(
            kind, "unknown-signer", (), ("no key that is confirmed in this profile made its signature",), ""
        )
    if keys.installation != header.installation:
        return ParcelProof(kind, "altered", (), ("it names another laptop than the one that signed it",), "")
    proved = [f"{header.author} signed this {kind.value}, number {header.seq}, and nothing of it was changed since"]
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
    return ParcelProof(kind, "verified", tuple(proved), tuple(missing), keys.installation)


def _opened(workspace: Workspace | None, held: Container) -> Statement | None:
    if held.is_open:
        return read_statement(held.cover)
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
