"""Prices, the outcome and the letters that follow from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from json import loads
from pathlib import Path

import pytest
from sqlalchemy import select

import after_outcome_steps
import make
from evalpanel.domain.intake import ProblemsFound
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import (
    BidderCode,
    BidStatus,
    Lot,
    LotCode,
    PriceFormula,
    PriceKind,
    PriceLine,
)
from evalpanel.errors import EvalPanelError
from evalpanel.services import documents, letters, moderation, outcome, prices, setup
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from profiles import Clock
from stages import REFERENCE, affirm_all, agree_all, agreed, bring, level_of, line, load, score_all

At = Callable[[str], Workspace]


def price(bidder: str, amount: str, lot: str = "L1", kind: PriceKind = PriceKind.PRICE) -> PriceLine:
    return PriceLine(BidderCode(bidder), LotCode(lot), kind, "All", Decimal(amount))


def withdraw(space: Workspace, bid: str, status: BidStatus = BidStatus.WITHDRAWN) -> None:
    setup.set_bid_status(space, REFERENCE, bid=bid, lot=None, status=status, reason="Decided.", decided_by="OF1")


def acts(space: Workspace, act: str) -> int:
    with space.store.reading() as tx:
        return len(tx.execute(select(t.AuditRow.id).where(t.AuditRow.act == act)).all())


def fail(space: Workspace, bid: str, criterion: str = "C1") -> None:
    """Agree every line, and one of this bid under its gate."""
    affirm_all(space)
    rows = [agreed(one.line, level_of(one.line)) for one in moderation.lines(space, REFERENCE)]
    gone = line(bid, criterion)
    moderation.take_moderated(
        space, REFERENCE, rows=[replace(row, value=Decimal(0)) if row.line == gone else row for row in rows]
    )


def test_prices_of_bids_that_are_out_are_never_opened(at: At) -> None:
    space = at("scored")
    fail(space, "B02")
    moderation.close(space, REFERENCE)
    withdraw(space, "B03")

    opened = prices.open_prices(space, REFERENCE)

    assert opened.opened == (("L1", "B01", Decimal("99999.99")),)
    assert opened.unopened == (("L1", "B02", "the bid failed a gate"), ("L1", "B03", "the bid is withdrawn"))
    with space.store.reading() as tx:
        assert {row.bidder for row in tx.execute(select(t.PriceLineRow)).scalars()} == {"B01"}
    with pytest.raises(EvalPanelError, match="price envelope that has not been opened"):
        documents.read(space, REFERENCE, "bids/B02/Pricing.txt", person="OF1")


def test_who_stays_in_is_settled_once_prices_are_opened(at: At) -> None:
    space = at("priced")

    with pytest.raises(EvalPanelError, match="the status of its bids is settled"):
        withdraw(space, "B03")


def test_a_missing_price_is_named_and_nothing_is_opened(at: At, tmp_path: Path) -> None:
    space = at("empty")
    load(space, tmp_path / "pack", make.pack(prices=make.prices()[:1]))
    bring(space, "closed")

    with pytest.raises(EvalPanelError, match=r"^There is no price for bid B02 in lot L1, bid B03 in lot L1\."):
        prices.open_prices(space, REFERENCE)
    assert acts(space, "prices-opened") == 0

    assert prices.import_prices(space, REFERENCE, lines=[price("B02", "5"), price("B03", "0.01")]) == 2
    assert len(prices.open_prices(space, REFERENCE).opened) == 3


@pytest.mark.parametrize("lines", [[price("B02", "0")], [price("B02", "5"), price("B02", "-6")]])
def test_a_price_that_is_not_above_zero_is_refused_when_it_comes_late(
    at: At, tmp_path: Path, lines: list[PriceLine]
) -> None:
    space = at("empty")
    load(space, tmp_path / "pack", make.pack(prices=make.prices()[:1]))
    bring(space, "closed")

    with pytest.raises(ProblemsFound, match="the price of bidder B02 for lot L1 must be more than zero"):
        prices.import_prices(space, REFERENCE, lines=lines)


@pytest.mark.parametrize("kind", [PriceKind.PRICE, PriceKind.COST])
def test_a_sealed_price_that_is_not_above_zero_keeps_all_prices_sealed(at: At, tmp_path: Path, kind: PriceKind) -> None:
    space = at("empty")
    lines = (price("B01", "0" if kind is PriceKind.PRICE else "9", kind=kind), *make.prices()[1:])
    load(space, tmp_path / "pack", make.pack(prices=lines))
    bring(space, "closed")

    with pytest.raises(EvalPanelError, match=r"^The price of bid B01 in lot L1 is not more than zero\."):
        prices.open_prices(space, REFERENCE)

    assert setup.view(space, REFERENCE).summary.stage is TenderStage.QUALITY_LOCKED
    withdraw(space, "B01", BidStatus.DISREGARDED)
    assert [bid for _, bid, _ in prices.open_prices(space, REFERENCE).opened] == ["B02", "B03"]


def test_prices_that_come_late_are_of_bids_that_there_are(at: At) -> None:
    with pytest.raises(ProblemsFound) as refused:
        prices.import_prices(at("closed"), REFERENCE, lines=[price("B01", "5"), price("B09", "5")])

    assert [problem.what for problem in refused.value.problems] == [
        "the price of bid B01 in lot L1 came before and stays as it is",
        "bidder B09 has no bid for lot L1",
    ]


def test_no_price_line_is_no_schedule(at: At) -> None:
    with pytest.raises(ProblemsFound, match="there is no price line"):
        prices.import_prices(at("closed"), REFERENCE, lines=[])


def test_the_outcome_goes_on_the_record_once(at: At, clock: Clock) -> None:
    space = at("priced")

    first = outcome.outcome(space, REFERENCE)
    clock.forward(days=1)
    again = outcome.outcome(space, REFERENCE)

    assert (first.stage, first.digest) == (TenderStage.OUTCOME, again.digest)
    assert acts(space, "outcome-made") == 1


def test_a_tie_that_the_rule_does_not_break_is_told_and_nobody_wins(at: At, tmp_path: Path) -> None:
    space = at("empty")
    lines = tuple(price(code, "100") for code in ("B01", "B02", "B03"))
    load(space, tmp_path / "pack", make.pack(prices=lines))
    bring(space, "declared")

    def same(one: object) -> Decimal:
        return Decimal(1)

    score_all(space, level=same)
    agree_all(space, level=same)
    moderation.close(space, REFERENCE)
    prices.open_prices(space, REFERENCE)

    lot = outcome.outcome(space, REFERENCE).lots[0]

    assert [(bid.bid, bid.rank) for bid in lot.bids] == [("B01", 1), ("B02", 1), ("B03", 1)]
    assert (lot.winners, bool(lot.tie)) == ((), True)


def test_nobody_is_left_in_and_there_is_an_outcome(at: At) -> None:
    space = at("closed")
    for bid in ("B01", "B02", "B03"):
        withdraw(space, bid)

    opened = prices.open_prices(space, REFERENCE)
    lot = outcome.outcome(space, REFERENCE).lots[0]

    assert opened.opened == ()
    assert ([(bid.status.value, bid.rank) for bid in lot.bids], lot.winners) == ([("withdrawn", None)] * 3, ())


def test_two_lots_and_one_without_bids_have_an_outcome_each(at: At, tmp_path: Path) -> None:
    space = at("empty")
    free = Lot(
        LotCode("L2"),
        "Fixed budget",
        budget=Decimal(50),
        budget_basis="term",
        quality_weighting=Decimal(100),
        price_weighting=Decimal(0),
        price_formula=PriceFormula.F11,
    )
    lots = (*make.pack().lots, free, Lot(LotCode("L3"), "Nobody's"))
    bids = (*make.bids(), *make.bids(LotCode("L2"))[:2])
    lines = (*make.prices(), price("B01", "50", "L2"), price("B02", "50.01", "L2"))
    load(space, tmp_path / "pack", make.pack(lots=lots, bids=bids, prices=lines))
    bring(space, "priced")

    held = {lot.lot: lot for lot in outcome.outcome(space, REFERENCE).lots}

    assert [bid.bid for bid in held[LotCode("L2")].winners] == ["B01"]
    assert [(bid.bid, bid.status.value) for bid in held[LotCode("L2")].bids] == [
        ("B01", "ranked"),
        ("B02", "gate-failed"),
    ]
    assert (held[LotCode("L3")].bids, len(held[LotCode("L1")].bids)) == ((), 3)


def test_a_tender_on_quality_alone_needs_no_prices(at: At, tmp_path: Path) -> None:
    space = at("empty")
    free = replace(make.tender(), quality_weighting=Decimal(100), price_weighting=Decimal(0), price_formula=None)
    load(space, tmp_path / "pack", make.pack(tender=free, prices=()))
    bring(space, "closed")

    assert [bid.bid for bid in outcome.outcome(space, REFERENCE).lots[0].winners] == ["B01"]


def test_letters_before_the_award_is_decided_are_refused_in_words(at: At, tmp_path: Path) -> None:
    space = at("priced")
    outcome.outcome(space, REFERENCE)

    with pytest.raises(EvalPanelError, match="letters are not signed before the award is decided"):
        letters.letters(space, REFERENCE, tmp_path / "letters")

    assert not (tmp_path / "letters").exists()


def test_letters_into_a_place_that_is_a_file_are_refused(at: At, tmp_path: Path) -> None:
    space = at("priced")
    after_outcome_steps.decided(space)
    (tmp_path / "letters").write_bytes(b"mine")

    with pytest.raises(EvalPanelError):
        letters.letters(space, REFERENCE, tmp_path / "letters")

    assert (tmp_path / "letters").read_bytes() == b"mine"


def test_letters_put_the_outcome_that_they_rest_on_on_the_record_once(at: At, tmp_path: Path) -> None:
    space = at("priced")

    after_outcome_steps.decided(space)
    letters.letters(space, REFERENCE, tmp_path / "letters")
    made = outcome.outcome(space, REFERENCE)

    with space.store.reading() as tx:
        lines = queries.trail(tx, made.tender_id)
    assert [loads(line.detail) for line in lines if line.act == "outcome-made"] == [{"outcome_digest": made.digest}]
