"""A blind tender on the officer's laptop: which code stands for whom, and releasing the names before moderation is closed."""

from __future__ import annotations

from dataclasses import dataclass

from evalpanel.domain.blind import is_blind
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, BidderCode, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, blinding, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class BlindBid:
    """A bid under its code, and who made it. `written` is the code that the officer's workbook uses."""

    lot: LotCode
    bid: BidCode
    bidder: BidderCode
    name: str
    written: str


def codes(workspace: Workspace, named: str, *, person: str | None = None) -> tuple[BlindBid, ...]:
    """Which code stands for whom: for the officer, until the names are released. Refused where a tender is not blind."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tender.acting(Role.OFFICER, person)
        _require_blind(tender)
        held = blinding.held(tx, tender.tender_id)
        if not held.codes.bidders:
            raise EvalPanelError(
                "The codes are on the officer’s laptop.", "Nothing is known here about whose bids these are."
            )
        written = {code: one for one, code in held.codes.bids.items()}
        names = {one.bidder: one.name for one in tender.pack.bidders}
        return tuple(
            BlindBid(bid.lot, bid.bid, bid.bidder, names.get(bid.bidder, ""), written.get(bid.bid, ""))
            for bid in tender.pack.bids
        )


def release_names(
    workspace: Workspace, named: str, *, why: str, decided_by: str = "", person: str | None = None
) -> None:
    """Record the decision to let the panel know who bids before moderation is closed; then issue again.

    Once moderation is closed no decision is needed: the next issue gives the names to everybody who declared.
    """
    if not why.strip():
        raise EvalPanelError("The decision needs its reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        _require_blind(tender)
        tenders.require(
            tender, before=TenderStage.QUALITY_LOCKED, act="the names go out with the next issue, without a decision"
        )
        if not blinding.held(tx, tender.tender_id).codes.bidders:
            raise EvalPanelError("The names are on the officer’s laptop.", "Nothing was changed.")
        if queries.names_released(tx, tender.tender_id):
            raise EvalPanelError("It is decided already that the names are released.", "Nothing was changed.")
        decided = decided_by.strip() or who
        detail = {"why": why.strip(), "decided_by": decided}
        act = audit.record(tx, workspace, "names-released", tender=tender.tender_id, person=who, detail=detail)
        tx.add(
            t.NamesReleaseRow(
                tender_id=tender.tender_id,
                at=workspace.now(),
                person=who,
                decided_by=decided,
                why=why.strip(),
                act=act,
            )
        )


def _require_blind(tender: tenders.OpenTender) -> None:
    if not is_blind(tender.pack):
        raise EvalPanelError(f"{tender.reference} is not a blind tender.", "Everybody on its panel knows who bids.")
