"""Prices: sealed until moderation is closed, then opened by an act on the record, for valid bids only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.people import Role
from evalpanel.domain.price import price_totals, prices_needed
from evalpanel.domain.rules import rules_for
from evalpanel.domain.scoring import awaiting_price
from evalpanel.domain.sheets import Line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import (
    Bid,
    BidCode,
    BidderCode,
    BidStatus,
    Lot,
    LotCode,
    PriceLine,
)
from evalpanel.errors import EvalPanelError
from evalpanel.formats.price_schedule import read_price_schedule
from evalpanel.services import audit, blinding, tenders
from evalpanel.services.envelopes import SealedPrices, held_envelopes, keep_sealed, price_row, seal_prices, unsealed
from evalpanel.services.workspace import Workspace
from evalpanel.store import score_reads
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class PricesOpened:
    """What was opened, and the bids whose price stays sealed, with the reason."""

    opened: tuple[tuple[LotCode, BidCode, Decimal], ...]
    unopened: tuple[tuple[LotCode, BidCode, str], ...]


def import_prices(workspace: Workspace, named: str, *, lines: Sequence[PriceLine], person: str | None = None) -> int:
    """Seal price schedules that come after the quality lock. Gives how many schedules were sealed.

    Refused before moderation is closed, after prices are opened, and for a bid whose price came before.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tenders.refuse_joined(tx, tender, "Price schedules are taken in")
        tenders.require(tender, at_least=TenderStage.QUALITY_LOCKED, act="prices cannot come in yet")
        tenders.require(tender, before=TenderStage.PRICES_OPENED, act="its prices are opened already")
        who = tender.acting(Role.OFFICER, person)
        lines = blinding.held(tx, tender.tender_id).codes.prices(lines)
        problems = _form_problems(tx, tender, lines)
        if problems:
            raise ProblemsFound("The prices were not taken in.", problems)
        held = held_envelopes(tx, workspace, tender.tender_id)
    sealed: tuple[SealedPrices, ...] = ()
    try:
        sealed = seal_prices(held, lines)
        with workspace.store.writing() as tx:
            held.keep(tx)
            detail = {
                "schedules": [{"bidder": one.bidder, "lot": one.lot, "sealed": one.file.sealed} for one in sealed]
            }
            act = audit.record(tx, workspace, "prices-sealed", tender=tender.tender_id, person=who, detail=detail)
            keep_sealed(tx, workspace, tender.tender_id, sealed, act)
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(one.file.sealed for one in sealed)
        raise
    return len(sealed)


def open_prices(workspace: Workspace, named: str, *, person: str | None = None) -> PricesOpened:
    """Open the prices of the bids that are still in, all in one act on the record.

    Refused until moderation is closed, and while a price that the published formula needs is missing, naming the bids.
    The price of a bid that is not valid, or failed a gate, is never opened.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.refuse_joined(tx, tender, "Prices are opened")
        tenders.require(tender, at_least=TenderStage.QUALITY_LOCKED, act="its prices stay sealed")
        tenders.require(tender, before=TenderStage.PRICES_OPENED, act="there are no more prices to open")
        who = tender.acting(Role.OFFICER, person)
        held = score_reads.moderated(tx, tender.tender_id)
        opened: list[tuple[Bid, tuple[PriceLine, ...]]] = []
        unopened: list[tuple[LotCode, BidCode, str]] = []
        missing: list[str] = []
        for lot in tender.pack.lots:
            awaited, needed = may_be_opened(tender.pack, lot, held)
            for bid in (one for one in tender.pack.bids if one.lot == lot.lot):
                row = price_row(tx, tender.tender_id, bid)
                if bid.bid not in awaited:
                    unopened.append((lot.lot, bid.bid, _why_unopened(bid, needed=needed)))
                elif row is not None:
                    opened.append((bid, read_price_schedule(unsealed(tx, workspace, row))))
                elif needed and bid.status is BidStatus.VALID:
                    missing.append(f"bid {bid.bid} in lot {lot.lot}")
        if missing:
            raise EvalPanelError(
                f"There is no price for {', '.join(missing)}.",
                "Nothing was opened. Bring them in with the command prices import, or record the bid's status.",
            )
        amounts = [(bid.lot, bid.bid, _amount(bid, lines)) for bid, lines in opened]
        unusable = [f"bid {bid} in lot {lot}" for lot, bid, amount in amounts if amount <= 0]
        if unusable:
            raise EvalPanelError(
                f"The price of {', '.join(unusable)} is not more than zero.",
                "Nothing was opened, and no amount is shown. Clarify it with the bidder, or record the bid's status.",
            )
        act = audit.record(
            tx,
            workspace,
            "prices-opened",
            tender=tender.tender_id,
            person=who,
            detail={
                "opened": [{"lot": lot, "bid": bid, "amount": amount} for lot, bid, amount in amounts],
                "unopened": [{"lot": lot, "bid": bid, "why": why} for lot, bid, why in unopened],
            },
        )
        at = workspace.now()
        for bid, lines in opened:
            tx.add(t.PriceOpeningRow(tender_id=tender.tender_id, lot=bid.lot, bid=bid.bid, at=at, person=who, act=act))
            for place, line in enumerate(lines):
                tx.add(t.PriceLineRow.of(line, tender_id=tender.tender_id, position=place))
        tenders.advance(tx, tender, TenderStage.PRICES_OPENED)
        return PricesOpened(tuple(amounts), tuple(unopened))


def may_be_opened(pack: TenderPack, lot: Lot, held: dict[Line, ModeratedScore]) -> tuple[frozenset[BidCode], bool]:
    """The bids of a lot whose price may be opened, and whether the published formula needs it."""
    assert pack.tender is not None
    levels = {line: score.value for line, score in held.items()}
    bids = [bid for bid in pack.bids if bid.lot == lot.lot]
    needed = prices_needed(rules_for(pack.tender, lot))
    if not needed:
        return frozenset(), False
    return frozenset(awaiting_price(pack.tender, lot, pack.criteria, pack.scales, bids, levels)), True


def _amount(bid: Bid, lines: Sequence[PriceLine]) -> Decimal:
    return price_totals(lines, bid.lot).get(bid.bidder, Decimal(0))


def _why_unopened(bid: Bid, *, needed: bool) -> str:
    if not bid.status.is_scored:
        return f"the bid is {bid.status.value}"
    return "the bid failed a gate" if needed else "no price is needed in this lot"


def _form_problems(tx: Session, tender: tenders.OpenTender, lines: Sequence[PriceLine]) -> list[Problem]:
    found: list[Problem] = []
    if not lines:
        found.append(Problem("Prices", "there is no price line"))
    bids = {(bid.bidder, bid.lot): bid for bid in tender.pack.bids}
    for pair in dict.fromkeys((line.bidder, line.lot) for line in lines):
        bid = bids.get(pair)
        if bid is None:
            found.append(Problem("Prices", f"bidder {pair[0]} has no bid for lot {pair[1]}"))
        elif price_row(tx, tender.tender_id, bid) is not None:
            found.append(
                Problem("Prices", f"the price of bid {bid.bid} in lot {bid.lot} came before and stays as it is")
            )
    for (bidder, lot), total in _totals(lines).items():
        if total <= 0:
            found.append(Problem("Prices", f"the price of bidder {bidder} for lot {lot} must be more than zero"))
    return found


def _totals(lines: Sequence[PriceLine]) -> dict[tuple[BidderCode, LotCode], Decimal]:
    return {
        (bidder, lot): total
        for lot in dict.fromkeys(line.lot for line in lines)
        for bidder, total in price_totals(lines, lot).items()
    }
