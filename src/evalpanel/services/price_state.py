"""Where the prices of a tender stand: which an opening will open, which are missing, and which stay sealed and why."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.interests import covering
from evalpanel.domain.people import Role
from evalpanel.domain.price import price_totals, prices_needed
from evalpanel.domain.rules import rules_for
from evalpanel.domain.scoring import awaiting_price
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, BidStatus, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import exchange, interests, locked_here, tenders
from evalpanel.services.envelopes import price_row
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


class PriceStanding(StrEnum):
    """What becomes of the price of one bid."""

    TO_OPEN = "to open"
    MISSING = "missing"
    STAYS_SEALED = "stays sealed"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class BidPrice:
    """The price of one bid. `amount` only where it was opened; `why` where it stays sealed or there is none."""

    lot: LotCode
    bid: BidCode
    name: str
    standing: PriceStanding
    why: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceState:
    """The prices of all lots, in the order of the pack. `needed`: a lot's published formula looks at prices."""

    bids: tuple[BidPrice, ...]
    needed: bool

    def count(self, standing: PriceStanding) -> int:
        """How many bids' prices stand so."""
        return sum(1 for one in self.bids if one.standing is standing)


def price_state(workspace: Workspace, named: str, *, person: str | None = None) -> PriceState:
    """Where each price stands that is open to `person` (the officer who acts, if left out). Nothing is opened by asking. Refused until moderation is closed."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        _refuse_false_lock(tx, workspace, tender)
        tenders.require(tender, at_least=TenderStage.QUALITY_LOCKED, act="its prices stay sealed")
        joined = tenders.owner_here(tx, tender.tender_id) is not None
        if joined and not tender.stage.reached(TenderStage.PRICES_OPENED):
            raise EvalPanelError(
                "No price is open on this laptop.",
                "The officer opens prices, and releases them to the chair, to those who evaluate prices and to those who decide.",
            )
        pack = tender.pack
        assert pack.tender is not None, "a tender that is loaded has its terms"
        kept_out = interests.kept_out(tx, tender, person, Role.OFFICER)
        names = {bidder.bidder: bidder.name for bidder in pack.bidders}
        levels = {line: score.value for line, score in score_reads.moderated(tx, tender.tender_id).items()}
        lines = queries.price_lines(tx, tender.tender_id)
        opened = {
            (row.lot, row.bid)
            for row in tx.execute(
                select(t.PriceOpeningRow).where(t.PriceOpeningRow.tender_id == tender.tender_id)
            ).scalars()
        }
        is_over = tender.stage.reached(TenderStage.PRICES_OPENED)
        found: list[BidPrice] = []
        any_needed = False
        for lot in pack.lots:
            if joined and any(one.lot == lot.lot for one in kept_out):
                continue  # what was agreed there, and so what stays sealed, cannot be known here
            bids = [bid for bid in pack.bids if bid.lot == lot.lot]
            needed = prices_needed(rules_for(pack.tender, lot))
            any_needed = any_needed or needed
            awaited = (
                frozenset(awaiting_price(pack.tender, lot, pack.criteria, pack.scales, bids, levels)) if needed else ()
            )
            totals = price_totals(lines, lot.lot)
            for bid in bids:
                if covering(kept_out, bid.lot, bid.bid) is not None:
                    continue
                name = names.get(bid.bidder, "")
                if (bid.lot, bid.bid) in opened:
                    amount = totals.get(bid.bidder)
                    found.append(BidPrice(bid.lot, bid.bid, name, PriceStanding.OPENED, amount=amount))
                    continue
                held = price_row(tx, tender.tender_id, bid) is not None
                standing, why = _standing(bid, awaited=bid.bid in awaited, held=held, needed=needed, is_over=is_over)
                found.append(BidPrice(bid.lot, bid.bid, name, standing, why))
        return PriceState(tuple(found), any_needed)


def _refuse_false_lock(tx: Session, workspace: Workspace, tender: tenders.OpenTender) -> None:
    """Say what keeps the newest lock that was told here from being followed, while no price is open here."""
    mine = exchange.own(tx, workspace, tender.tender_id)
    told = () if mine is None else locked_here.seen_here(tx, workspace, mine)
    if told and told[-1].words and not tender.stage.reached(TenderStage.PRICES_OPENED):
        raise EvalPanelError("No price is open on this laptop.", told[-1].words)


def _standing(bid: Bid, *, awaited: bool, held: bool, needed: bool, is_over: bool) -> tuple[PriceStanding, str]:
    if awaited and held and not is_over:
        return PriceStanding.TO_OPEN, ""
    if awaited and not held and not is_over and bid.status is BidStatus.VALID:
        return PriceStanding.MISSING, "no price has come in"
    if not bid.status.is_scored:
        return PriceStanding.STAYS_SEALED, f"the bid is {bid.status.value}"
    if not needed:
        return PriceStanding.STAYS_SEALED, "no price is needed in this lot"
    if awaited:
        return PriceStanding.STAYS_SEALED, "no price has come in" if not held else "it was not opened"
    return PriceStanding.STAYS_SEALED, "the bid failed a gate"
