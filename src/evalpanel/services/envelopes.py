"""Envelopes and what is sealed into them: shared by the journeys that take documents and prices in, and that open them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.tender import Bid, BidderCode, EnvelopeKind, LotCode, PriceLine, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.price_schedule import write_price_schedule
from evalpanel.sealing import envelopes
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.store.documents import SealedFile


@dataclass(frozen=True, slots=True)
class EnvelopeName:
    """Which compartment: `common`, or the quality or price of a bidder, for one lot or for all of them.

    Each `generation` of it has a key of its own: what is sealed after a revocation goes into a new one.
    """

    kind: EnvelopeKind
    bidder: BidderCode | None = None
    lot: LotCode | None = None
    generation: int = 1

    def __str__(self) -> str:
        name = "/".join(str(part) for part in (self.kind.value, self.bidder, self.lot) if part is not None)
        return name if self.generation == 1 else f"{name}//{self.generation}"


class Envelopes:
    """The envelopes of one tender during one act: made when first needed, kept with the rows of the act."""

    def __init__(self, workspace: Workspace, tender: TenderId, held: Iterable[t.EnvelopeRow] = ()) -> None:
        self._workspace = workspace
        self._tender = tender
        self._recipients: dict[str, str] = {}
        self._newest: dict[EnvelopeName, int] = {}
        for row in held:
            self._recipients[row.name] = row.recipient
            name = EnvelopeName(row.kind, row.bidder, row.lot)
            self._newest[name] = max(row.generation, self._newest.get(name, 1))
        self._new: list[tuple[EnvelopeName, str, bytes]] = []

    def newest(self, name: EnvelopeName) -> EnvelopeName:
        """The newest generation of a compartment: what is sealed now goes there."""
        return replace(name, generation=self._newest.get(replace(name, generation=1), 1))

    def recipient(self, name: EnvelopeName) -> str:
        """What documents of this envelope are sealed to."""
        if str(name) not in self._recipients:
            recipient, identity = envelopes.new_envelope()
            wrapped = self._workspace.keys.wrap_for(self._tender, f"envelope {name}", identity.encode())
            self._recipients[str(name)] = recipient
            self._new.append((name, recipient, wrapped))
        return self._recipients[str(name)]

    def seal(self, name: EnvelopeName, reader: IO[bytes], each: Callable[[int], None] | None = None) -> SealedFile:
        """Seal what `reader` gives into the folder of documents, piece by piece."""
        recipient = self.recipient(name)
        return self._workspace.documents.add(
            reader, lambda source, target: envelopes.seal(source, target, recipient), each
        )

    def keep(self, tx: Session) -> None:
        """Add the rows of the envelopes that were made."""
        for name, recipient, wrapped in self._new:
            tx.add(
                t.EnvelopeRow(
                    tender_id=self._tender,
                    name=str(name),
                    kind=name.kind,
                    bidder=name.bidder,
                    lot=name.lot,
                    recipient=recipient,
                    identity=wrapped,
                    generation=name.generation,
                )
            )
        self._new.clear()


def rotate(tx: Session, workspace: Workspace, tender: TenderId, names: Collection[str]) -> tuple[str, ...]:
    """Begin a new generation of those of the envelopes `names` that are the newest of their compartment. Gives the new names.

    What was sealed before stays as it is, and its key stays with whoever has it: a key once given cannot be taken back.
    """
    rows = tx.execute(select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == tender)).scalars().all()
    held = Envelopes(workspace, tender, rows)
    generation = max((row.generation for row in rows), default=1) + 1
    made = []
    for row in sorted(rows, key=lambda row: row.name):
        name = EnvelopeName(row.kind, row.bidder, row.lot)
        if row.name in names and row.name == str(held.newest(name)):
            held.recipient(replace(name, generation=generation))
            made.append(str(replace(name, generation=generation)))
    held.keep(tx)
    tx.flush()
    return tuple(made)


def held_envelopes(tx: Session, workspace: Workspace, tender: TenderId) -> Envelopes:
    """The envelopes that a tender has, to seal more into them."""
    rows = tx.execute(select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == tender)).scalars()
    return Envelopes(workspace, tender, rows)


def unsealed(tx: Session, workspace: Workspace, row: t.DocumentRow) -> bytes:
    """The content of a document, whoever asks: callers see to it that they may. Its digest is checked."""
    return unsealed_file(tx, workspace, TenderId(row.tender_id), row.envelope, row.sealed, row.sha256)


def unsealed_file(
    tx: Session, workspace: Workspace, tender: TenderId, envelope: str, sealed: str, sha256: str
) -> bytes:
    """The content of the sealed file `sealed` of an envelope, checked against the digest of what was sealed."""
    row = tx.execute(
        select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == tender, t.EnvelopeRow.name == envelope)
    ).scalar_one()
    identity = workspace.keys.unwrap_for(tender, f"envelope {envelope}", row.identity).decode()
    try:
        # What it holds is compared with its own digest, so that of the sealed file proves nothing more: it only says what is wrong.
        content = envelopes.open_bytes(workspace.documents.unchecked(sealed), identity)
    except envelopes.EnvelopeError:
        workspace.documents.read(sealed)
        raise
    if hashlib.sha256(content).hexdigest() != sha256:
        raise EvalPanelError(
            "A document is not what was taken in.", "Its content was altered. The record of it is safe."
        )
    return content


@dataclass(frozen=True, slots=True)
class SealedPrices:
    """The price lines of one bidder for one lot, sealed: the row to add once the file is written."""

    bidder: BidderCode
    lot: LotCode
    file: SealedFile
    envelope: str

    @property
    def path(self) -> str:
        """What stands for the schedule in the list of documents; no file of a pack can be called so, for its colon."""
        return f"prices:{self.bidder}/{self.lot}"


def seal_prices(held: Envelopes, lines: Sequence[PriceLine]) -> tuple[SealedPrices, ...]:
    """Seal price lines, bidder by bidder and lot by lot, into their price envelopes."""
    groups: dict[tuple[BidderCode, LotCode], list[PriceLine]] = {}
    for line in lines:
        groups.setdefault((line.bidder, line.lot), []).append(line)
    made = []
    for (bidder, lot), own in groups.items():
        content = io.BytesIO(write_price_schedule(own))
        name = held.newest(EnvelopeName(EnvelopeKind.PRICE, bidder, lot))
        made.append(SealedPrices(bidder, lot, held.seal(name, content), str(name)))
    return tuple(made)


def keep_sealed(tx: Session, workspace: Workspace, tender: TenderId, sealed: Sequence[SealedPrices], act: int) -> None:
    """Add the rows of sealed price schedules."""
    for one in sealed:
        tx.add(
            t.DocumentRow(
                tender_id=tender,
                path=one.path,
                title="Price schedule",
                bidder=one.bidder,
                lot=one.lot,
                criterion=None,
                envelope=one.envelope,
                size=one.file.size,
                sha256=one.file.sha256,
                sealed=one.file.sealed,
                is_prices=True,
                at=workspace.now(),
                act=act,
            )
        )


def price_row(tx: Session, tender: TenderId, bid: Bid) -> t.DocumentRow | None:
    """The sealed price schedule of a bid, or None."""
    return tx.execute(
        select(t.DocumentRow).where(
            t.DocumentRow.tender_id == tender,
            t.DocumentRow.bidder == bid.bidder,
            t.DocumentRow.lot == bid.lot,
            t.DocumentRow.is_prices.is_(True),
        )
    ).scalar_one_or_none()
