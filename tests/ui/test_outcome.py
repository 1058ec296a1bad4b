"""The outcome page on the sample tender: sealed prices, their opening, and the ranking, over real services."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.results import BidResult, LotResult, ResultStatus
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, BidderCode, LotCode, PriceFormula, Rounding
from evalpanel.services import outcome, setup
from evalpanel.services.price_state import BidPrice, PriceStanding, price_state
from evalpanel.services.workspace import Workspace
from evalpanel.ui import theme
from evalpanel.ui.models.outcome_rows import CriteriaOfBid, Ranking, columns_of, criterion_rows, headline
from evalpanel.ui.page import Page
from evalpanel.ui.pages.outcome import OutcomePage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import PageFactory, Shell
from fakes import MemoryKeyring
from guards import keyring_in_memory

OTHERS = ("home", "setup", "panel", "scoring", "moderation", "letters", "record")


class Driver:
    """Does on the page what a person does."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str) -> None:
        factories: dict[str, PageFactory] = {**dict.fromkeys(OTHERS, Page), "outcome": OutcomePage}
        self.shell = Shell(Session(space, ui_stage.REFERENCE, person), factories)
        qtbot.addWidget(self.shell)
        with qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()
        self.shell.show_place("outcome")
        page = self.shell.page("outcome")
        assert isinstance(page, OutcomePage)
        self.page = page
        self.qtbot = qtbot

    def go_on(self) -> None:
        with self.qtbot.waitSignal(self.page.acted, timeout=20_000):
            QTest.mouseClick(self.page.primary, Qt.MouseButton.LeftButton)

    def ranking(self) -> list[list[str]]:
        model = self.page.bars.model
        return [
            [str(model.index(row, column).data()) for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]


@pytest.fixture(scope="module")
def _ring() -> Iterator[MemoryKeyring]:
    with keyring_in_memory() as ring:
        yield ring


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory, _ring: MemoryKeyring) -> Iterator[Workspace]:
    """Moderation is closed. The tests of this module take it to the outcome, in their order."""
    with ui_stage.at("locked", tmp_path_factory.mktemp("locked")) as space:
        yield space


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, _ring: MemoryKeyring) -> Iterator[Workspace]:
    with ui_stage.at("outcome", tmp_path_factory.mktemp("made")) as space:
        yield space


@pytest.fixture(autouse=True)
def _look(qapp: QApplication) -> None:
    theme.apply(qapp, theme.Look.LIGHT)


def test_sealed_prices_are_listed_before_they_are_opened(qtbot: QtBot, locked: Workspace) -> None:
    driver = Driver(qtbot, locked, "OF1")
    assert driver.page.subtitle.text() == "Quality is locked · 7 to open · 2 stay sealed"
    assert driver.page.primary.text() == "Open 7 prices"
    model = driver.page.prices.model()
    lot = model.index(0, 0)
    rows = [[model.index(row, column, lot).data() for column in range(3)] for row in range(model.rowCount(lot))]
    assert rows[0] == ["B01 Tamar Voices Consortium", "○  will be opened", ""]
    assert rows[4] == ["B06 Saltmarsh Youth Project", "–  stays sealed", "The bid failed a gate"]
    driver.shell.close()


def test_nobody_but_the_officer_opens_prices(qtbot: QtBot, locked: Workspace) -> None:
    driver = Driver(qtbot, locked, "CH1")
    assert not driver.page.primary.isEnabled()
    assert driver.page.primary.toolTip() == "OF1 Morwenna Pascall opens prices and makes the outcome."
    assert not driver.page._bring.isVisible()
    driver.shell.close()


def test_recused_member_sees_neither_prices_nor_bids_of_that_lot(qtbot: QtBot, locked: Workspace) -> None:
    driver = Driver(qtbot, locked, "FI1")
    tops = driver.page.prices
    assert [tops.model().index(row, 0).data() for row in range(tops.topLevelItemCount())] == [
        "L1 · County-wide participation and voice service"
    ]
    driver.shell.close()


def test_price_file_that_cannot_be_read_is_told_on_the_page(qtbot: QtBot, locked: Workspace, tmp_path: Path) -> None:
    driver = Driver(qtbot, locked, "OF1")
    path = tmp_path / "prices.csv"
    path.write_text("bidder,lot,kind,item,amount\nB01,L1,price,All,100\nB99,L1,price,All,100\n", encoding="utf-8")
    driver.page.take_prices(path)
    words = driver.page.problems.text()
    assert driver.page.problems.isVisible()
    assert "• Prices: bidder B99 has no bid for lot L1" in words
    assert "• Prices: the price of bid B01 in lot L1 came before and stays as it is" in words
    assert price_state(locked, ui_stage.REFERENCE).count(PriceStanding.TO_OPEN) == 7
    driver.shell.close()


def test_prices_are_opened_and_the_outcome_is_made(qtbot: QtBot, locked: Workspace) -> None:
    driver = Driver(qtbot, locked, "OF1")
    driver.go_on()
    assert driver.shell.messages.text == "7 prices are open. 2 stay sealed."
    assert driver.page.primary.text() == "Work out the outcome"
    held = price_state(locked, ui_stage.REFERENCE)
    assert held.bids[0] == BidPrice(
        LotCode("L1"), BidCode("B01"), "Tamar Voices Consortium", PriceStanding.OPENED, amount=Decimal(1812584)
    )
    assert setup.view(locked, ui_stage.REFERENCE).summary.stage is TenderStage.PRICES_OPENED
    driver.go_on()
    assert setup.view(locked, ui_stage.REFERENCE).summary.stage is TenderStage.OUTCOME
    assert driver.page.primary.text() == "Record the award decision…"
    assert driver.page.headline.text() == "Tamar Voices Consortium comes first, 1.62 ahead of Heard Together Peninsula."
    driver.shell.close()


def test_ranking_shows_the_published_figures(qtbot: QtBot, made: Workspace) -> None:
    driver = Driver(qtbot, made, "OF1")
    assert driver.ranking()[0] == [
        "1",
        "B01 Tamar Voices Consortium",
        "quality and price",
        "80.74",
        "52.64",
        "28.10",
        "£1,812,584.00",
    ]
    assert driver.ranking()[3][:4] == [
        "–",
        "B05 Devon County Council Youth Voice Team · comparator",
        driver.ranking()[3][2],
        "74.94",
    ]
    assert driver.ranking()[4][-1] == "sealed"
    driver.shell.close()


def test_lot_and_bid_are_chosen(qtbot: QtBot, made: Workspace) -> None:
    driver = Driver(qtbot, made, "OF1")
    QTest.mouseClick(driver.page.tabs["L2"], Qt.MouseButton.LeftButton)
    assert [column.key for column in driver.page.bars.model.columns] == [
        "rank",
        "bid",
        "bar",
        "total",
        "quality",
        "amount",
    ]
    driver.page.bars.mark(BidCode("B04"))
    assert "✕  2.1 Safeguarding practice: 1 (Poor). The published minimum is 2 (Limited)." in driver.page.bid.gates
    assert driver.page.primary.isEnabled()
    driver.shell.close()


def test_recused_member_sees_the_other_lot_only(qtbot: QtBot, made: Workspace) -> None:
    driver = Driver(qtbot, made, "FI1")
    assert list(driver.page.tabs) == ["L1"]
    assert driver.page.subtitle.text().endswith("lot L2 is not shown: you are recused from it")
    assert not driver.page.primary.isEnabled()
    driver.shell.close()


def test_outcome_waits_for_moderation(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("frozen", tmp_path) as space:
        driver = Driver(qtbot, space, "OF1")
        assert driver.page._state.text.startswith("The outcome comes after moderation")
        assert not driver.page.primary.isVisible()
        driver.shell.close()


def test_criteria_of_a_bid_stand_as_a_tree_with_published_places(made: Workspace) -> None:
    held = outcome.outcome(made, ui_stage.REFERENCE)
    rows = criterion_rows(held.lots[0].bids[0], held.pack, held.lots[0])
    assert [(row.code, row.depth, row.level, row.weighting, row.result) for row in rows[:3]] == [
        ("C1", 0, "1 Met", "", ""),
        ("1", 0, "", "35 %", "26.25"),
        ("1.1", 1, "4 Good", "35 %", "9.80"),
    ]
    out = next(bid for bid in held.lots[0].bids if bid.status is ResultStatus.GATE_FAILED)
    assert {row.level for row in criterion_rows(out, held.pack, held.lots[0]) if row.depth} == {"not assessed"}


def test_models_keep_the_rules_of_models(qtmodeltester: ModelTester, made: Workspace) -> None:
    held = outcome.outcome(made, ui_stage.REFERENCE)
    ranking, criteria = Ranking(), CriteriaOfBid()
    ranking.set_lot(held.lots[0], "GBP")
    criteria.set_rows(criterion_rows(held.lots[0].bids[0], held.pack, held.lots[0]))
    qtmodeltester.check(ranking)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped
    qtmodeltester.check(criteria)  # type: ignore[no-untyped-call]  # pytest-qt leaves it untyped


def _bid(code: str, rank: int | None, total: str | None) -> BidResult:
    figure = None if total is None else Decimal(total)
    status = ResultStatus.RANKED if rank else ResultStatus.LATE
    return BidResult(BidCode(code), BidderCode(code), code, status, rank=rank, total=figure, quality=figure)


def _lot(*bids: BidResult, formula: PriceFormula | None = PriceFormula.F1) -> LotResult:
    return LotResult(LotCode("1"), "One", Decimal(60), Decimal(40), formula, Rounding.ONCE, 2, bids)


@pytest.mark.parametrize(
    ("bids", "words"),
    [
        ((_bid("A", None, None),), "No bid is ranked in this lot."),
        ((_bid("A", 1, "70.00"), _bid("B", None, None)), "A is the only bid that is ranked."),
        ((_bid("A", 1, "70.00"), _bid("B", 1, "70.00")), "A and B share the first place."),
        ((_bid("A", 1, "70.00"), _bid("B", 2, "70.00")), "A comes first by the published tie rule, before B."),
        ((_bid("A", 1, None), _bid("B", 2, None)), "A comes first, before B."),
        ((_bid("A", 1, "70.10"), _bid("B", 2, "70.00")), "A comes first, 0.10 ahead of B."),
    ],
)
def test_headline_says_who_comes_first(bids: tuple[BidResult, ...], words: str) -> None:
    assert headline(_lot(*bids)) == words


def test_columns_follow_the_formula() -> None:
    lot = _lot(_bid("A", 1, None), formula=PriceFormula.F7)
    assert [column.heading for column in columns_of(lot)] == [
        "Rank",
        "Bid",
        "Result",
        "Quality of 100",
        "Price offered",
        "Price a point",
    ]
    plain = replace(_lot(), formula=None, quality_weighting=Decimal(100), price_weighting=Decimal(0))
    assert [column.key for column in columns_of(plain)] == ["rank", "bid", "bar", "total", "quality", "amount"]
