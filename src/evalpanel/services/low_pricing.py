"""Abnormally low prices: which the rule flags, and the correspondence of three dated records about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evalpanel.domain.low_prices import (
    LowPriceFlag,
    LowPriceRecord,
    LowPriceStep,
    flagged,
    full_costs,
    step_fault,
)
from evalpanel.domain.people import Role
from evalpanel.domain.results import ResultStatus
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidStatus, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import after_outcome, tenders
from evalpanel.services.after_outcome import lot_named, not_ahead, said
from evalpanel.services.awards import computed
from evalpanel.services.falling_out import fall_out
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class LowPrices:
    """The prices that the rule flags, and the correspondence so far, oldest first."""

    flags: tuple[LowPriceFlag, ...]
    records: tuple[LowPriceRecord, ...]


def low_prices(workspace: Workspace, named: str, *, margin: Decimal | None = None) -> LowPrices:
    """Which prices are under their own full cost, or more than `margin` per cent under the median of the others.

    `margin` is the one that was published; without it only the first rule is looked at. Nothing follows from a flag by
    itself. Refused until the prices are opened.
    """
    if margin is not None and not 0 < margin < 100:
        raise EvalPanelError("The margin is a percentage between 0 and 100.", "Nothing was looked at.")
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, at_least=TenderStage.PRICES_OPENED, act="no price can be looked at")
        assert tender.pack.tender is not None
        lines = queries.price_lines(tx, tender.tender_id)
        flags: list[LowPriceFlag] = []
        for lot in computed(tx, tender).lots:
            costs = full_costs(lines, lot.lot)
            priced = [bid for bid in lot.bids if bid.status is ResultStatus.RANKED and bid.price_amount is not None]
            prices = {bid.bid: bid.price_amount for bid in priced if bid.price_amount is not None}
            own = {bid.bid: costs[bid.bidder] for bid in priced if bid.bidder in costs}
            flags += flagged(LotCode(lot.lot), prices, own, margin, tender.pack.tender.currency)
        return LowPrices(tuple(flags), after_outcome.read(tx, workspace, tender).low_prices)


def record_step(
    workspace: Workspace,
    named: str,
    *,
    bid: str,
    step: LowPriceStep,
    text: str,
    who: str,
    on: date,
    lot: str | None = None,
    accepted: bool | None = None,
    person: str | None = None,
) -> LowPriceRecord:
    """Record one step: the bidder was notified, its answer came (or none did), or it was decided.

    A decision that does not accept the price disregards the bid, and the outcome is worked out anew, in the same act.
    """
    not_ahead(workspace, on, "The record")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(
            tender,
            at_least=TenderStage.PRICES_OPENED,
            before=TenderStage.LETTERS_ISSUED,
            act="nothing can be recorded about low prices",
        )
        acting = tender.acting(Role.OFFICER, person)
        one = lot_named(tender, lot)
        found = next(
            (
                each
                for each in tender.pack.bids
                if each.lot == one.lot
                and each.bid.casefold() == bid.strip().casefold()
                and each.status is BidStatus.VALID
            ),
            None,
        )
        if found is None:
            raise EvalPanelError(f"There is no valid bid “{bid}” in lot {one.lot}.", "Nothing was changed.")
        made = LowPriceRecord(
            one.lot, found.bid, step, on, said(text, "What was said"), said(who, "Who it comes from"), accepted
        )
        fault = step_fault(after_outcome.read(tx, workspace, tender).low_prices, made)
        if fault:
            raise EvalPanelError(f"This cannot be recorded about bid {found.bid}: {fault}.", "Nothing was changed.")
        after_outcome.keep(tx, workspace, tender.tender_id, t.LowPriceRow, made, acting)
        if step is LowPriceStep.DECISION and accepted is False:
            fall_out(
                tx,
                workspace,
                tender,
                one,
                bid=found.bid,
                status=BidStatus.DISREGARDED,
                reason=f"Abnormally low price: {made.text}",
                decided_by=made.who,
                who=acting,
            )
        return made
