"""The rows of a tender pack: what loading adds to the store, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy.orm import Session

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, DocumentEntry, TenderId
from evalpanel.formats.parcel_packs import Sealed
from evalpanel.services.envelopes import EnvelopeName
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.store.documents import SealedFile
from evalpanel.store.tables.base import ValueRow

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document that is sealed into the profile, before its row is added; `notes` say what a reader should know of it."""

    entry: DocumentEntry
    envelope: EnvelopeName
    file: SealedFile
    notes: tuple[str, ...] = ()


def keep_tender(tx: Session, workspace: Workspace, tender_id: TenderId, pack: TenderPack) -> None:
    """Add what was published and who takes part: everything of a pack but its bidders, bids, prices and documents."""
    assert pack.tender is not None
    tx.add(t.TenderRow.of(pack.tender, tender_id=tender_id, stage=TenderStage.DRAFT, loaded_at=workspace.now()))
    tx.flush()
    _add_all(tx, tender_id, t.AuthorityRow, pack.authorities)
    _add_all(tx, tender_id, t.LotRow, pack.lots)
    _add_all(tx, tender_id, t.StageRow, pack.stages)
    _add_all(tx, tender_id, t.OutcomeRow, pack.outcomes)
    _add_all(tx, tender_id, t.CriterionRow, pack.criteria)
    _add_all(tx, tender_id, t.ClarificationRow, pack.clarifications)
    _add_all(tx, tender_id, t.PanelMemberRow, pack.panel)
    place = 0
    for scale in pack.scales:
        for level in scale.levels:
            tx.add(t.LevelRow.of(level, tender_id=tender_id, scale=scale.scale, position=place))
            place += 1


def keep_bids(tx: Session, tender_id: TenderId, pack: TenderPack, after: int) -> None:
    """Add bidders, consortium members and bids, placed behind the `after` bids that are held."""
    _add_all(tx, tender_id, t.BidderRow, pack.bidders, after)
    _add_all(tx, tender_id, t.ConsortiumMemberRow, pack.members, after)
    _add_all(tx, tender_id, t.BidRow, pack.bids, after)


def _add_all(tx: Session, tender_id: TenderId, row: type[ValueRow[V]], values: Sequence[V], after: int = 0) -> None:
    for place, value in enumerate(values, after):
        tx.add(row.of(value, tender_id=tender_id, position=place))


def keep_documents(
    tx: Session, workspace: Workspace, tender_id: TenderId, documents: Sequence[SealedDocument], act: int
) -> None:
    """Add the rows of documents whose sealed files are written, as kept by the line `act` of the trail."""
    at = workspace.now()
    for place, one in enumerate(documents):
        tx.add(
            t.DocumentRow(
                tender_id=tender_id,
                position=place,
                path=one.entry.path,
                title=one.entry.title or Path(one.entry.path).stem,
                bidder=one.entry.bidder,
                lot=one.entry.lot,
                criterion=one.entry.criterion,
                envelope=str(one.envelope),
                size=one.file.size,
                sha256=one.file.sha256,
                sealed=one.file.sealed,
                is_prices=False,
                notes=one.notes,
                at=at,
                act=act,
            )
        )


def document_row(tender: TenderId, place: int, envelope: str, one: Sealed, at: datetime, act: int) -> t.DocumentRow:
    """The row of a document as the index of its envelope names it: on a laptop that it was carried to."""
    return t.DocumentRow(
        tender_id=tender,
        position=place,
        path=one.path,
        title=one.title,
        bidder=one.bidder,
        lot=one.lot,
        criterion=one.criterion,
        envelope=envelope,
        size=one.size,
        sha256=one.sha256,
        sealed=one.sealed,
        is_prices=one.is_prices,
        notes=one.notes,
        at=at,
        act=act,
    )


def arrived_detail(bids: Sequence[Bid], documents: Sequence[tuple[str, Sealed]]) -> dict[str, object]:
    """What the trail pins of what came: the same as where it was loaded."""
    return {
        "bids": [f"{bid.bid} {bid.lot} {bid.status.value}" for bid in bids],
        "documents": [
            {"path": one.path, "sha256": one.sha256, "sealed": one.sealed, "envelope": name}
            for name, one in documents
            if not one.is_prices
        ],
        "schedules": [
            {"bidder": one.bidder, "lot": one.lot, "sealed": one.sealed} for _, one in documents if one.is_prices
        ],
        "price_schedules": sum(one.is_prices for _, one in documents),
        "notes": [],
    }
