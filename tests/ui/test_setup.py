"""The page “Set-up”: from a pack to a tender with frozen criteria."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.tender import BidStatus, CriterionCode, Lot, LotCode, PriceFormula, RegimeCode, Tender
from evalpanel.services import setup, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.system.resources import resource
from evalpanel.ui.models import words
from evalpanel.ui.models.criteria import CriteriaModel, nodes
from evalpanel.ui.models.problems import ProblemsModel, by_place
from evalpanel.ui.models.table import Row, TableModel
from evalpanel.ui.widgets.pack_view import BIDS, CRITERIA, DOCUMENTS, FACTS, PROBLEMS
from ui.setup_driver import driven

SAMPLE = resource("sample") / "pack"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Workspace]:
    with ui_stage.at("empty", tmp_path / "profile") as space:
        yield space


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    with ui_stage.at("frozen", tmp_path_factory.mktemp("frozen")) as space:
        yield space


def spoiled(folder: Path) -> Path:
    """The sample with a weighting that does not add up, and a scale that there is not."""
    shutil.copytree(SAMPLE, folder)
    book = openpyxl.load_workbook(folder / "tender.xlsx")
    sheet = book["Criteria"]
    columns = [cell.value for cell in sheet[1]]
    sheet.cell(4, columns.index("weighting") + 1).value = "33"
    sheet.cell(6, columns.index("scale") + 1).value = "S9"
    book.save(folder / "tender.xlsx")
    return folder


def test_nothing_yet_asks_for_a_pack(qtbot: QtBot, empty: Workspace) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        assert driver.page.title.text() == "Load a tender"
        assert driver.step == ("", False)
        assert driver.page.load.isVisible()


def test_a_pack_is_shown_before_it_is_kept_then_loaded_and_frozen(qtbot: QtBot, empty: Workspace) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(SAMPLE)
        assert driver.page.title.text() == "What was understood"
        assert driver.page.pack.part == CRITERIA
        assert driver.step == ("Load this tender", True)
        assert tenders.all_tenders(empty) == ()

        driver.press_primary()
        assert driver.loaded == [ui_stage.REFERENCE]
        assert driver.said == "PTSCF-2026-014 is loaded: 2 lots, 17 criteria, 9 bids, 32 documents, 6 people."
        assert driver.step == ("Freeze the criteria", True)

        driver.press_primary()
        digest = tenders.all_tenders(empty)[0].criteria_digest
        assert driver.said == f"The criteria are frozen with the digest {digest}."
        assert driver.page.status.text() == f"Criteria frozen. Digest {digest[:16]}…"
        assert driver.step == ("Go to panel and interests", True)


def test_a_pack_with_problems_cannot_be_loaded_until_it_is_mended(
    qtbot: QtBot, empty: Workspace, tmp_path: Path
) -> None:
    bad = spoiled(tmp_path / "pack")
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(bad)
        stopping = [one.where for one in driver.page.pack.problems.model.problems if one.stops]
        assert stopping[0] == "Criteria!J6"
        assert driver.page.pack.part == PROBLEMS
        assert driver.step == ("Load this tender", False)
        # The sums are shown where they are wrong.
        assert driver.page.pack.tree.model.place_of("1").isValid()

        shutil.copy(SAMPLE / "tender.xlsx", bad / "tender.xlsx")
        driver.press(Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: driver.step == ("Load this tender", True), timeout=20_000)


def test_a_pack_that_changed_after_it_was_read_lists_its_problems(
    qtbot: QtBot, empty: Workspace, tmp_path: Path
) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(SAMPLE, pack)
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(pack)
        shutil.rmtree(pack)
        spoiled(pack)
        driver.press_primary()
        assert driver.page.pack.part == PROBLEMS
        assert driver.step == ("Load this tender", False)
        assert driver.loaded == []
        assert tenders.all_tenders(empty) == ()


def test_what_is_no_pack_is_a_problem_with_its_place(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    odd = tmp_path / "holiday & photos.zip"
    odd.write_bytes(b"not a zip")
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(odd)
        assert [one.where for one in driver.page.pack.problems.model.problems] == ["holiday & photos.zip"]
        assert driver.step == ("Load this tender", False)


def test_what_is_not_there_is_refused_in_words(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(tmp_path / "gone")
        assert "gone" in driver.said
        assert driver.page.load.isVisible()


def test_loading_is_cancelled_and_keeps_nothing(qtbot: QtBot, empty: Workspace) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(SAMPLE)
        driver.page.primary.click()
        driver.shell.jobs.cancel()
        driver.idle()
        assert driver.said == "The work was cancelled. Nothing was changed."
        assert driver.step == ("Load this tender", True)
        assert tenders.all_tenders(empty) == ()


def test_a_path_can_be_dropped(qtbot: QtBot, empty: Workspace) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(SAMPLE))])
        copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        with qtbot.waitSignal(driver.page.load.given, timeout=20_000) as given:
            driver.page.load.drop.dropEvent(QDropEvent(QPoint(5, 5), copy, data, left, none))
        assert given.args == [SAMPLE]
        driver.idle()
        assert driver.page.title.text() == "What was understood"


def test_a_corrected_list_says_whose_a_document_is(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    mapping = tmp_path / "documents.csv"
    mapping.write_text(
        "path,bidder,lot,criterion,envelope,title\nbids/B01/4 Learning and value.docx,B01,L2,4.1,quality,Learning\n",
        encoding="utf-8",
    )
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(SAMPLE)
        driver.page.use_list(mapping)
        driver.idle()
        shown = {row.texts[0]: row.texts[1:] for row in driver.page.pack.documents.table.rows.rows}
        assert driver.page.pack.part == DOCUMENTS
        assert shown["bids/B01/4 Learning and value.docx"] == ("B01  Tamar Voices Consortium", "L2", "4.1", "Quality")


def test_an_empty_workbook_is_written(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.page.write_template(tmp_path / "tender.xlsx")
        assert "Criteria" in openpyxl.load_workbook(tmp_path / "tender.xlsx").sheetnames
        assert driver.said.startswith("tender.xlsx is written.")


def test_escape_leaves_a_pack_that_was_understood(qtbot: QtBot, empty: Workspace) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(SAMPLE)
        driver.press(Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: driver.page.title.text() == "Load a tender", timeout=20_000)


def test_the_tree_follows_the_lot_and_the_card_follows_the_tree(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen) as driver:
        tree = driver.page.pack.tree
        driver.page.open("2.1")
        assert driver.page.pack.card.texts()[:2] == [
            "2.1  Safeguarding practice",
            "Scored · 50 % of section 2 · 12.5 % of quality · 8.75 % of the whole result",
        ]
        tree.lots.setCurrentIndex(1)
        assert tree.criterion is not None and tree.criterion.criterion == "2.1"
        # Lot 2 has no price weighting: the whole result is quality.
        assert driver.page.pack.card.texts()[1] == "Scored · 50 % of section 2 · 12.5 % of quality"
        assert tree.model.place_of("3.3").isValid() is False
        assert tree.model.place_of("3.4").isValid()


def test_the_chosen_criterion_stays_through_a_refresh(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen) as driver:
        driver.page.pack.tree.lots.setCurrentIndex(1)
        driver.page.open("4.2")
        driver.shell.refresh()
        tree = driver.page.pack.tree
        assert (tree.lot and tree.lot.lot, tree.criterion and tree.criterion.criterion) == ("L2", "4.2")


def test_a_status_is_recorded_with_its_reason(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen) as driver:
        view = driver.page.pack.bids
        driver.page.pack.turn_to(BIDS)
        view.table.choose(3)
        assert view.form.record.isEnabled() is False
        view.form.status.setCurrentIndex(view.form.status.findData(BidStatus.WITHDRAWN))
        view.form.reason.setPlainText("Withdrawn by letter of 20 October.")
        # A refresh takes nothing from a form that is not sent yet.
        driver.shell.refresh()
        assert view.form.reason.toPlainText() == "Withdrawn by letter of 20 October."
        view.form.decided_by.setText("OF1")
        with qtbot.waitSignal(driver.page.acted, timeout=20_000):
            QTest.mouseClick(view.form.record, Qt.MouseButton.LeftButton)
        held = setup.view(frozen, ui_stage.REFERENCE).pack.bids[3]
        assert (held.status, held.reason, held.decided_by) == (
            BidStatus.WITHDRAWN,
            "Withdrawn by letter of 20 October.",
            "OF1",
        )
        assert driver.said == "Bid B02 in lot L2 is withdrawn: Withdrawn by letter of 20 October."
        assert view.table.rows.rows[3].texts[4] == "Withdrawn"
        assert view.form.reason.toPlainText() == ""


def test_only_the_officer_freezes_and_records(qtbot: QtBot, tmp_path: Path) -> None:
    with ui_stage.at("draft", tmp_path) as space, driven(qtbot, space, person="PM1") as driver:
        assert driver.step == ("", False)
        assert driver.page.status.text() == "The officer freezes the criteria. Nobody can read a bid before."
        driver.page.pack.turn_to(BIDS)
        assert driver.page.pack.bids.form.record.isVisible() is False


def test_bids_that_are_wrong_are_refused_with_their_problems(qtbot: QtBot, frozen: Workspace, tmp_path: Path) -> None:
    bids = tmp_path / "late bids"
    (bids / "Nobody we know").mkdir(parents=True)
    (bids / "Nobody we know" / "answer.pdf").write_bytes(b"%PDF-1.4 nothing")
    before = setup.view(frozen, ui_stage.REFERENCE).summary
    with driven(qtbot, frozen) as driver:
        driver.page.open("bids")
        assert driver.page.title.text() == "Load bids"
        driver.give(bids)
        assert driver.page.pack.part == PROBLEMS
        assert [one.stops for one in driver.page.pack.problems.model.problems] == [True]
        assert driver.page.pack.problems.model.problems[0].where == "Nobody we know"
        assert setup.view(frozen, ui_stage.REFERENCE).summary == before


def test_more_documents_of_a_bid_are_loaded(qtbot: QtBot, frozen: Workspace, tmp_path: Path) -> None:
    bids = tmp_path / "more"
    (bids / "B03").mkdir(parents=True)
    (bids / "B03" / "4.1 Annex.pdf").write_bytes(b"%PDF-1.4 annex")
    with driven(qtbot, frozen) as driver:
        driver.page.open("bids")
        driver.give(bids)
        assert driver.said == "The bids are loaded: 9 bids and 33 documents in all."
        assert driver.page.pack.part == BIDS


def test_the_way_to_a_problem_is_copied(qtbot: QtBot, empty: Workspace, tmp_path: Path) -> None:
    with driven(qtbot, empty, tender="", person="") as driver:
        driver.give(spoiled(tmp_path / "pack"))
        problems = driver.page.pack.problems
        QTest.mouseClick(problems.copy, Qt.MouseButton.LeftButton)
        listed = QGuiApplication.clipboard().text().splitlines()
        assert listed == [str(one) for one in problems.model.problems]
        (tmp_path / "pack" / "tender.xlsx").unlink()
        QTest.keyClick(problems.view, Qt.Key.Key_Return)
        assert QGuiApplication.clipboard().text() == problems.model.problems[0].where
        assert (
            driver.said == f"{problems.model.problems[0].where} is copied. tender.xlsx could not be opened from here."
        )


def test_every_part_can_be_turned_to_and_takes_the_focus(qtbot: QtBot, frozen: Workspace) -> None:
    with driven(qtbot, frozen) as driver:
        for part in (BIDS, FACTS, CRITERIA):
            driver.page.pack.turn_to(part)
            driver.page.pack.focus_part()
            assert driver.page.pack.part == part
            assert driver.page.pack.isAncestorOf(driver.shell.focusWidget())


def test_the_models_keep_the_rules_of_models(frozen: Workspace) -> None:
    pack = setup.view(frozen, ui_stage.REFERENCE).pack
    tester = QAbstractItemModelTester.FailureReportingMode.Fatal
    criteria, problems, table = CriteriaModel(), ProblemsModel(), TableModel(("Bid", "Status"))
    testers = [QAbstractItemModelTester(model, tester) for model in (criteria, problems, table)]
    criteria.show_nodes(nodes(pack, pack.lots[0]))
    criteria.show_nodes(nodes(pack, pack.lots[1]))
    problems.show_problems((Problem("Criteria!D7", "is odd", stops=False), Problem("Bids", "are missing")))
    table.show_rows((Row(("B01", "Valid")), Row(("B02", "Late"))))
    assert [one.where for one in problems.problems] == ["Bids", "Criteria!D7"]
    assert len(testers) == 3


def tender_of(**more: object) -> Tender:
    terms = {"quality_weighting": Decimal(60), "price_weighting": Decimal(40), "price_formula": PriceFormula.F1}
    return Tender("T-1", "A tender", "An authority", RegimeCode.PA2023, **(terms | more))  # type: ignore[arg-type]  # fields by name


def criterion(code: str, weighting: int | None, parent: str | None = None) -> Criterion:
    kind = CriterionKind.QUALITY
    above = CriterionCode(parent) if parent is not None else None
    return Criterion(
        CriterionCode(code), code, kind, above, weighting=None if weighting is None else Decimal(weighting)
    )


def test_sums_stand_under_each_level_and_say_what_is_wrong() -> None:
    held = (criterion("1", 60), criterion("1.1", 50, "1"), criterion("1.2", 40, "1"), criterion("2", 40))
    lot = Lot(LotCode("L1"), "All")
    made = nodes(TenderPack(tender=tender_of(), lots=(lot,), criteria=held), lot)
    sums = [(node.parent, *node.texts()[:2]) for node in made if node.criterion is None]
    assert sums == [(-1, "adds up to", "100 % ✓"), (0, "adds up to 90 %, not to 100 %", "90 % ✗")]
    assert [node.texts()[2] for node in made if node.criterion is not None] == ["", "", "", ""]


def test_shares_of_a_lot_multiply_down_the_branch() -> None:
    held = (criterion("1", 60), criterion("1.1", 50, "1"), criterion("1.2", 50, "1"), criterion("2", 40))
    lot = Lot(LotCode("L1"), "All")
    made = nodes(TenderPack(tender=tender_of(), lots=(lot,), criteria=held), lot)
    shares = {node.criterion.criterion: node.texts()[2] for node in made if node.criterion is not None}
    assert shares == {"1": "60 %", "1.1": "30 %", "1.2": "30 %", "2": "40 %"}


@pytest.mark.parametrize(
    "held",
    [
        (),
        (criterion("1", 50, "1"),),
        (criterion("1", 50, "2"), criterion("2", 50, "1")),
        (criterion("1", None, "nobody"), criterion("1", 50)),
        (criterion("1", 10, "2"), criterion("2", 10, "3"), criterion("3", 10, "2")),
    ],
    ids=["none", "own parent", "circle", "twice and without parent", "circle above"],
)
def test_a_tree_of_odd_criteria_shows_each_of_them_once(held: tuple[Criterion, ...]) -> None:
    lot = Lot(LotCode("L1"), "All")
    pack = TenderPack(tender=tender_of(), lots=(lot,), criteria=held)
    for chosen in (lot, None):
        made = nodes(pack, chosen)
        model = CriteriaModel()
        tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        model.show_nodes(made)
        reached, waiting = 0, [model.index(row, 0) for row in range(model.rowCount())]
        while waiting:
            at = waiting.pop()
            reached += 1
            waiting += [model.index(row, 0, at) for row in range(model.rowCount(at))]
        assert reached == len(made)
        assert tester.model() is model


def test_problems_are_counted_by_place() -> None:
    held = tuple(
        Problem(where, "is wrong") for where in ("Bids!A1", "Criteria!D7", "bids/B01/a.pdf", "bids/B01/b.pdf", "c.pdf")
    )
    assert by_place(held) == "bids/B01 2 · Bids 1 · Criteria 1 · c.pdf 1"


@pytest.mark.parametrize(
    ("number", "shown"), [(Decimal("12.50"), "12.5 %"), (Decimal("0.125"), "0.125 %"), (Decimal("1E+2"), "100 %")]
)
def test_percentages_are_exact(number: Decimal, shown: str) -> None:
    assert words.percent(number) == shown
