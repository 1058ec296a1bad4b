"""Documents: listed, and read by those whose turn it is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.intake import Problem
from evalpanel.domain.interests import covering
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidderCode, CriterionCode, EnvelopeKind, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, cleared, envelopes, interests, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """A document on record: what it is called, whose it is, how large, the digest of its content, and what a reader
    should know before opening it (a sentence each)."""

    path: str
    title: str
    bidder: BidderCode | None
    lot: LotCode | None
    criterion: CriterionCode | None
    envelope: str
    size: int
    sha256: str
    notes: tuple[str, ...] = ()

    @property
    def is_price(self) -> bool:
        """Whether it lies in a price envelope: prices are scored apart from the bids."""
        return self.envelope.startswith(EnvelopeKind.PRICE.value)


def listing(workspace: Workspace, named: str) -> tuple[DocumentInfo, ...]:
    """Every document of a tender, without the price schedules that came in a workbook and without what was replaced."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        rows = tx.execute(
            select(t.DocumentRow)
            .where(t.DocumentRow.tender_id == tender.tender_id, t.DocumentRow.is_prices.is_(False))
            .order_by(t.DocumentRow.path)
        ).scalars()
        away = cleared.replaced(tx, tender.tender_id)
        return tuple(_info(row) for row in rows if row.path not in away)


def notes(workspace: Workspace, named: str) -> tuple[Problem, ...]:
    """What is worth knowing of the documents of a tender before they are opened elsewhere, each note with its place."""
    return tuple(Problem(one.path, note, stops=False) for one in listing(workspace, named) for note in one.notes)


def read(workspace: Workspace, named: str, path: str, *, person: str, act: str = "document-read") -> bytes:
    """The content of one document for a person who may read it, with a line on the record that says what they did (`act`).

    Bids stay sealed until the criteria are frozen; a person reads a bid after declaring interests, and not in a lot
    from which they are recused; prices stay sealed until they are opened on the record, and those of bids that are not
    valid for good.
    """
    return read_with_notes(workspace, named, path, person=person, act=act)[0]


def read_with_notes(
    workspace: Workspace, named: str, path: str, *, person: str, act: str = "document-read"
) -> tuple[bytes, tuple[str, ...]]:
    """The same, with what a reader should know of the document (a sentence each)."""
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        member = tender.member(person)
        row = tx.execute(
            select(t.DocumentRow).where(t.DocumentRow.tender_id == tender.tender_id, t.DocumentRow.path == path)
        ).scalar_one_or_none()
        if row is None or row.is_prices:
            raise EvalPanelError(f"There is no document “{path}” in this tender.", "The command documents lists them.")
        if row.bidder is not None:
            tenders.require(tender, at_least=TenderStage.BIDS_OPENED, act="bids are still sealed")
            interests.require_declared(tx, tender, member.person)
            _may_read(tx, tender, member.person, row)
        content = envelopes.unsealed(tx, workspace, row)
        audit.record(
            tx,
            workspace,
            act,
            tender=tender.tender_id,
            person=member.person,
            detail={"document": row.sha256, "path": row.path},
        )
        return content, row.notes


def _may_read(tx: Session, tender: tenders.OpenTender, person: str, row: t.DocumentRow) -> None:
    member = tender.member(person)
    if not any(member.has(role) for role in (Role.OFFICER, Role.CHAIR, Role.PANEL_MEMBER, Role.LEGAL)):
        raise EvalPanelError(f"{person} does not read bids in this tender.", "Observers see progress, not bids.")
    bids = [bid for bid in tender.pack.bids if bid.bidder == row.bidder and row.lot in (None, bid.lot)]
    if (
        bids
        and not any(bid.status.is_scored for bid in bids)
        and not (member.has(Role.OFFICER) or member.has(Role.LEGAL))
    ):
        raise EvalPanelError(
            f"Bid {bids[0].bid} is {bids[0].status.value} and is not assessed.",
            "Its documents stay sealed for the panel.",
        )
    # A bidder without a bid in this lot may still be a rival somewhere: any recusal then keeps the document closed.
    kept_out = queries.recused(tx, tender.tender_id, tender.pack, member)
    closed = [covering(kept_out, bid.lot, bid.bid, row.criterion) for bid in bids] or list(kept_out[:1])
    if closed and closed[0] is not None and all(closed):
        raise EvalPanelError(
            f"{person} is recused from {closed[0].what}.",
            f"The document stays sealed: {person} {closed[0].why}.",
        )
    if row.envelope.startswith(EnvelopeKind.PRICE.value):
        opened = {
            (lot, bid)
            for lot, bid in tx.execute(
                select(t.PriceOpeningRow.lot, t.PriceOpeningRow.bid).where(
                    t.PriceOpeningRow.tender_id == tender.tender_id
                )
            )
        }
        if not {(bid.lot, bid.bid) for bid in bids} & opened:
            raise EvalPanelError(
                "This document is in a price envelope that has not been opened.",
                "It stays sealed until moderation is closed and prices are opened on the record.",
            )


def _info(row: t.DocumentRow) -> DocumentInfo:
    return DocumentInfo(
        row.path, row.title, row.bidder, row.lot, row.criterion, row.envelope, row.size, row.sha256, row.notes
    )
