"""The widgets of the scoring page, each by itself."""

from __future__ import annotations

import io
import time
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from reportlab.pdfgen.canvas import Canvas

from evalpanel.domain.readable import Paragraph, Readable, ReadableKind
from evalpanel.domain.scales import Level
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.ui.models.sheet import cell_state
from evalpanel.ui.widgets.autosave_text import AutosaveText
from evalpanel.ui.widgets.document_view import DocumentView
from evalpanel.ui.widgets.docx_text import DocxText
from evalpanel.ui.widgets.level_buttons import LevelButtons, digit_keys
from evalpanel.ui.widgets.pdf_view import PdfView
from evalpanel.ui.widgets.progress_grid import CellState, ProgressGrid

LINE = Line(LotCode("L1"), BidCode("B01"), CriterionCode("1.1"))


def pdf(*pages: str) -> bytes:
    """A PDF whose pages hold one line of text each, a third of the way down; with a web link all over it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(600, 900))
    for text in pages:
        canvas.setFont("Helvetica", 20)
        canvas.drawString(100, 600, text)
        canvas.linkURL("https://example.com/", (0, 0, 600, 900))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def levels(*values: str) -> tuple[Level, ...]:
    return tuple(Level(Decimal(value), f"Level {value}", f"What earns {value}.") for value in values)


@pytest.mark.parametrize(
    ("values", "keys"),
    [
        (("0", "1", "2", "3", "4", "5"), ("0", "1", "2", "3", "4", "5")),
        (("0", "25", "50"), ("1", "2", "3")),
        (("0", "0.5", "1"), ("1", "2", "3")),
        (tuple(str(n) for n in range(11)), ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "")),
    ],
)
def test_digit_keys_are_the_value_or_the_place(values: tuple[str, ...], keys: tuple[str, ...]) -> None:
    assert digit_keys(levels(*values)) == keys


def test_levels_walk_with_arrows_without_choosing(qtbot: QtBot) -> None:
    row = LevelButtons()
    qtbot.addWidget(row)
    row.show_levels(levels("0", "1", "2"))
    with qtbot.waitActive(row):
        row.show()
        row.activateWindow()
    chosen: list[Decimal] = []
    row.chosen.connect(lambda level: chosen.append(level.value))
    row.focus_level()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        QTest.keyClick(row.focusWidget(), key)
    assert chosen == []
    with qtbot.waitSignal(row.go_on, timeout=20_000):
        QTest.keyClick(row.focusWidget(), Qt.Key.Key_Return)
    assert chosen == [Decimal(2)]


def test_levels_that_are_closed_choose_nothing(qtbot: QtBot) -> None:
    row = LevelButtons()
    qtbot.addWidget(row)
    row.show_levels(levels("0", "1"))
    row.set_open(False)
    with qtbot.assertNotEmitted(row.chosen):
        assert row.press("1") is True
        assert row.press("7") is False
        assert row.press("") is False


def grid_of(qtbot: QtBot, rows: int, columns: int, current: tuple[int, int] | None = (0, 0)) -> ProgressGrid:
    grid = ProgressGrid()
    qtbot.addWidget(grid)
    states = {(row, column): CellState.BLANK for row in range(rows) for column in range(columns)}
    states[rows - 1, columns - 1] = CellState.COMPLETE
    names = tuple(f"B{row:02}" for row in range(1, rows + 1)), tuple(f"{column}" for column in range(1, columns + 1))
    grid.set_cells(*names, states, current)
    return grid


def test_grid_says_the_current_cell(qtbot: QtBot) -> None:
    grid = grid_of(qtbot, 3, 2, (2, 1))
    assert grid.accessibleDescription() == "B03, 2: complete. 5 no answer yet, 1 complete"
    assert grid.words_of(0, 0) == "B01, 1: no answer yet"


def test_grid_passes_over_cells_that_are_not_asked(qtbot: QtBot) -> None:
    grid = ProgressGrid()
    qtbot.addWidget(grid)
    grid.set_cells(("B01",), ("1", "2", "3"), {(0, 0): CellState.BLANK, (0, 2): CellState.DRAFT}, (0, 0))
    with qtbot.waitSignal(grid.chosen, timeout=20_000) as chosen:
        QTest.keyClick(grid, Qt.Key.Key_Right)
    assert chosen.args == [0, 2]
    with qtbot.assertNotEmitted(grid.chosen):
        QTest.keyClick(grid, Qt.Key.Key_Up)
        QTest.keyClick(grid, Qt.Key.Key_Left)
        QTest.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.place_of(0, 1).center())


def test_grid_without_cells_takes_keys(qtbot: QtBot) -> None:
    grid = ProgressGrid()
    qtbot.addWidget(grid)
    grid.set_cells((), (), {}, None)
    with qtbot.assertNotEmitted(grid.chosen):
        QTest.keyClick(grid, Qt.Key.Key_Down)
        QTest.keyClick(grid, Qt.Key.Key_End)
    assert not grid.grab().isNull()


def test_large_grid_brings_the_current_cell_in_sight(qtbot: QtBot) -> None:
    grid = grid_of(qtbot, 200, 60, None)
    grid.resize(400, 240)
    grid.show()
    names = tuple(f"B{row:02}" for row in range(1, 201)), tuple(f"{column}" for column in range(1, 61))
    grid.set_cells(*names, {(row, column): CellState.BLANK for row in range(200) for column in range(60)}, (150, 40))
    assert grid.viewport().rect().contains(grid.place_of(150, 40))
    grid.set_cells(*names, {(0, 0): CellState.BLANK}, (0, 0))
    assert grid.viewport().rect().contains(grid.place_of(0, 0))


@pytest.mark.parametrize("state", list(CellState))
def test_every_state_has_a_shape_of_its_own(qtbot: QtBot, state: CellState) -> None:
    def drawn(one: CellState) -> bytes:
        grid = ProgressGrid()
        qtbot.addWidget(grid)
        grid.set_cells(("B",), ("1",), {(0, 0): one}, None)
        picture = grid.grab().toImage().convertToFormat(QImage.Format.Format_Mono)
        return bytes(picture.constBits())

    others = [drawn(one) for one in CellState if one is not state]
    assert drawn(state) not in others


@pytest.mark.parametrize(
    ("score", "state"),
    [
        (None, CellState.BLANK),
        (Score(LINE), CellState.BLANK),
        (Score(LINE, working_note="Ask"), CellState.DRAFT),
        (Score(LINE, ScoreStatus.SCORED, Decimal(0)), CellState.DRAFT),
        (Score(LINE, ScoreStatus.SCORED, Decimal(0), "  "), CellState.DRAFT),
        (Score(LINE, ScoreStatus.SCORED, Decimal(0), "Page 2"), CellState.COMPLETE),
        (Score(LINE, ScoreStatus.ABSTAINED), CellState.DRAFT),
        (Score(LINE, ScoreStatus.ABSTAINED, None, "I know them"), CellState.ABSTAINED),
        (Score(LINE, ScoreStatus.NOT_APPLICABLE, None, "No staff"), CellState.NOT_APPLICABLE),
        (Score(LINE, ScoreStatus.RECUSED), CellState.RECUSED),
    ],
)
def test_cell_state_keeps_the_five_answers_apart(score: Score | None, state: CellState) -> None:
    assert cell_state(score) is state


def test_text_is_wanted_when_it_is_left_and_only_when_it_changed(qtbot: QtBot) -> None:
    text = AutosaveText("Why", "", lines=2)
    qtbot.addWidget(text)
    text.show_text("Held")
    assert text.unsaved is False
    with qtbot.assertNotEmitted(text.wanted):
        text.show_text("Other")
    QTest.keyClicks(text, "More ")
    assert (text.unsaved, text.text()) == (True, "More Other")
    with qtbot.waitSignal(text.wanted, timeout=20_000):
        pass


def test_text_leaves_out_what_no_file_can_hold(qtbot: QtBot) -> None:
    text = AutosaveText("Why", "", lines=2)
    qtbot.addWidget(text)
    text.insertPlainText("a\0b\ud83dc 🙂")
    assert "\0" not in text.text()
    assert text.text().encode("utf-8").decode("utf-8").endswith("c 🙂")


def test_pdf_text_is_selected_where_it_is_drawn(qtbot: QtBot) -> None:
    view = PdfView()
    qtbot.addWidget(view)
    view.resize(640, 700)
    view.show()
    assert view.show_pdf(pdf("Alpha beta gamma", "Delta epsilon")) == ""
    for zoom in (view.fit, view.larger, view.smaller):
        zoom()
        view.go_to(1)
        _, place, scale = next(iter(view.page_places()))
        # The line stands 300 points under the top of the page, at 100 points from its left; letters are 20 points.
        start = (place.topLeft() + QPointF(98, 294) * scale).toPoint()
        end = (place.topLeft() + QPointF(330, 294) * scale).toPoint()
        _drag(view, start, end)
        assert view.selected_text() == ("Alpha beta gamma", 1)


def test_pdf_pages_stand_where_they_are_counted(qtbot: QtBot) -> None:
    view = PdfView()
    qtbot.addWidget(view)
    view.resize(500, 700)
    view.show()
    view.show_pdf(pdf("One", "Two", "Three"))
    view.smaller()
    places = [place for _, place, _ in view.page_places()]
    assert [place.width() for place in places] == [places[0].width()] * 3
    white = QColor("white")
    qtbot.waitUntil(lambda: view.grab().toImage().pixelColor(places[0].center().toPoint()) == white, timeout=20_000)
    picture = view.grab().toImage()
    for x, y in ((places[0].left() + 2, places[0].top() + 2), (places[0].right() - 2, places[0].bottom() - 2)):
        assert picture.pixelColor(QPoint(round(x), round(y))) == white
    assert picture.pixelColor(QPoint(round(places[0].left() - 2), round(places[0].center().y()))) != white
    assert picture.pixelColor(QPoint(round(places[0].center().x()), round(places[0].bottom() + 6))) != white


def test_page_of_the_document_before_does_not_stay(qtbot: QtBot) -> None:
    view = PdfView()
    qtbot.addWidget(view)
    view.resize(500, 700)
    with qtbot.waitExposed(view):
        view.show()

    def ink() -> int:
        picture = view.grab().toImage()
        return sum(picture.pixelColor(x, y).lightness() < 100 for x in range(60, 400) for y in range(200, 300))

    view.show_pdf(pdf("|"))
    view.viewport().repaint()  # the page is asked for
    time.sleep(0.2)  # and drawn, on the thread that draws; what it sends waits until this one listens again
    view.show_pdf(pdf("MMMMMMMMMM"))
    view.viewport().repaint()
    qtbot.waitUntil(lambda: ink() > 200, timeout=20_000)


def test_pdf_that_is_damaged_says_so(qtbot: QtBot) -> None:
    view = PdfView()
    qtbot.addWidget(view)
    assert view.show_pdf(b"%PDF-1.7 and then nothing") == "This PDF is damaged."
    assert view.selected_text() == ("", 0)
    assert list(view.page_places()) == []


def test_document_that_is_not_shown_offers_a_copy(qtbot: QtBot) -> None:
    view = DocumentView()
    qtbot.addWidget(view)
    view.show()
    view.show_document("bids/B01/old.doc", Readable(ReadableKind.OTHER, note="This kind of file is opened elsewhere."))
    copies = [one for one in view.findChildren(type(view._copy)) if one.text() == "Save a copy…"]
    with qtbot.waitSignal(view.copy_wanted, timeout=20_000) as wanted:
        copies[0].click()
    assert wanted.args == ["bids/B01/old.doc"]
    assert view.quote() == ""


def test_words_of_a_bid_are_never_markup(qtbot: QtBot) -> None:
    text = DocxText()
    qtbot.addWidget(text)
    hostile = '<img src="https://example.com/x.png"><b>bold</b> &amp;'
    text.show_paragraphs(
        (Paragraph(hostile, heading=1), Paragraph(rows=((hostile, "2"), ("only one",))), Paragraph("Last"))
    )
    shown = text.toPlainText()
    assert shown.count(hostile) == 2
    assert shown.endswith("Last")
    assert text.verticalScrollBar().value() == 0


def _drag(view: PdfView, start: QPoint, end: QPoint) -> None:
    button = Qt.MouseButton.LeftButton
    QTest.mousePress(view.viewport(), button, pos=start)
    QTest.mouseMove(view.viewport(), start)
    QTest.mouseMove(view.viewport(), end)
    QTest.mouseRelease(view.viewport(), button, pos=end)


def test_sample_bid_can_be_searched_by_eye(qtbot: QtBot) -> None:
    """Every sample PDF opens, with its pages."""
    from evalpanel.system.resources import resource

    view = PdfView()
    qtbot.addWidget(view)
    folder: Path = resource("sample") / "pack" / "bids" / "B01"
    assert [view.show_pdf(path.read_bytes()) for path in sorted(folder.glob("*.pdf"))] == ["", "", ""]
