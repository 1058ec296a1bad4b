"""Evidence in the window: from the page of a bid to a chip beside the reason, to the room, and back to the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

import ui_stage
from evalpanel import demo
from evalpanel.domain.evidence import MOST_CITED, Evidence, Rect
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.services import moderation, record, scoring, sign_off
from evalpanel.services.workspace import Workspace
from evalpanel.system.resources import resource
from evalpanel.ui.models.evidence_words import ELSEWHERE, NOT_HERE, Named, chip_words
from evalpanel.ui.page import Page
from evalpanel.ui.pages.moderation import ModerationPage
from evalpanel.ui.pages.scoring import ScoringPage
from evalpanel.ui.session import Session
from evalpanel.ui.shell import PageFactory, Shell
from evalpanel.ui.widgets.evidence_chips import ChipAct, EvidenceChip, EvidenceChips
from evalpanel.ui.widgets.pdf_view import PdfView

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
OTHERS = ("home", "setup", "panel", "outcome", "letters", "record")
FRIENDS = (
    "In 2025 we paid twelve young people to bring a friend who had never taken part: 173 came, and 121 came again."
)


def line(bid: str, criterion: str, lot: str = "L1") -> Line:
    return Line(LotCode(lot), BidCode(bid), CriterionCode(criterion))


class Window:
    """The window with the pages on which evidence lives."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str, place: str, at: Line) -> None:
        self.space, self.person = space, person
        factories: dict[str, PageFactory] = {
            **dict.fromkeys(OTHERS, Page),
            "scoring": ScoringPage,
            "moderation": ModerationPage,
        }
        self.shell = Shell(Session(space, ui_stage.REFERENCE, person), factories)
        self.shell.resize(1366, 768)
        qtbot.addWidget(self.shell)
        with qtbot.waitActive(self.shell):
            self.shell.show()
            self.shell.activateWindow()
        self.shell.session.reload()
        self.shell.show_place(place, at)

    @property
    def said(self) -> str:
        return self.shell.messages.text

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the focus is."""
        target: QWidget | None = self.shell.focusWidget()
        QTest.keyClick(self.shell if target is None else target, key, modifier)


class Desk(Window):
    """My scoring, with one line open."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str, at: Line) -> None:
        super().__init__(qtbot, space, person, "scoring", at)
        page = self.shell.page("scoring")
        assert isinstance(page, ScoringPage)
        self.page, self.line = page, at
        page.open(at)

    @property
    def chips(self) -> tuple[EvidenceChip, ...]:
        return self.page.form.chips.chips

    def held(self) -> Score:
        desk = scoring.desk(self.space, ui_stage.REFERENCE, self.person)
        return desk.scores.get(self.line, Score(self.line))

    def select(self, words: str) -> None:
        """Select words in the PDF that is open, with the mouse."""
        pdf = self.page.document.pdf
        found = pdf.found(Evidence("0a" * 32, "any", page=1, exact=words))
        assert found is not None, words
        first, last = found.rects[0], found.rects[-1]
        places = {page: (place, scale) for page, place, scale in pdf.page_places()}
        place, scale = places[found.page - 1]

        def pixel(x: float, rect: Rect) -> QPoint:
            middle = float(rect.y + rect.height / 2)
            return (place.topLeft() + QPointF(x, middle) * scale).toPoint()

        start = pixel(float(first.x) + 1, first)
        end = pixel(float(last.x + last.width) + 4, last)
        QTest.mousePress(pdf.viewport(), Qt.MouseButton.LeftButton, pos=start)
        QTest.mouseMove(pdf.viewport(), end)
        QTest.mouseRelease(pdf.viewport(), Qt.MouseButton.LeftButton, pos=end)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """PM1 has scored and signed. Tests of this module each use lines of their own."""
    with ui_stage.at("scoring", tmp_path_factory.mktemp("scoring")) as space:
        yield space


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Everybody has signed off. Tests of this module each use lines of their own."""
    with ui_stage.at("signed", tmp_path_factory.mktemp("signed")) as space:
        yield space


# My scoring


def test_selected_words_become_a_chip_that_is_saved_at_once(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B01", "1.1"))
    assert desk.page.form.pin.text() == "Use page 1 as evidence  Ctrl+E"

    desk.select(FRIENDS)
    assert desk.page.form.pin.text() == "Use the selection as evidence  Ctrl+E"
    desk.key(Qt.Key.Key_E, CTRL)

    (piece,) = desk.held().evidence
    assert (piece.path, piece.page, piece.exact) == ("bids/B01/1 Reaching and hearing young people.pdf", 1, FRIENDS)
    assert (piece.prefix, piece.suffix) == ("rly all of whom knew us already.", "How we will know. We count first")
    assert len(piece.rects) == 2
    (chip,) = desk.chips
    assert chip.lead.words == "p. 1  “In 2025 we paid twelve young…”  Reaching and hearing…"
    assert chip.lead.accessibleName() == f"Evidence: Reaching and hearing young people, page 1: “{FRIENDS}”"
    assert desk.page.status.text() == "Saved 09:30 · version 1"


def test_a_chip_leads_back_to_its_passage_from_another_document(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B02", "1.3"))
    pdf = desk.page.document.pdf
    desk.select("Our three members know 2,300 children and young people by name.")
    desk.key(Qt.Key.Key_E, CTRL)
    desk.page.reader.show("bids/B02/2 Keeping young people safe and well.docx")

    desk.chips[0].lead.click()

    assert desk.page.document.path == "bids/B02/1 Reaching and hearing young people.pdf"
    assert marked(pdf) == (1, True)
    assert desk.said == ""
    desk.page.go_to(line("B02", "1.2"))
    assert pdf._passage is None


def marked(pdf: PdfView) -> tuple[int, bool]:
    """On which page (from 1) a passage is marked, and whether its first mark is in view."""
    found = pdf._passage
    assert found is not None
    assert found.found
    place, scale = {page: (place, scale) for page, place, scale in pdf.page_places()}[found.page]
    top = place.topLeft() + found.rects[0].topLeft() * scale
    return found.page + 1, pdf.viewport().rect().contains(top.toPoint())


def test_delete_on_a_chip_takes_it_away_and_leaves_the_score(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B03", "1.1", "L2"))
    desk.page.form.focus_first()
    desk.key(Qt.Key.Key_4)
    desk.select("since last year, in Plymouth and east Cornwall.")
    desk.key(Qt.Key.Key_E, CTRL)
    desk.page.document.pdf._select(None)
    desk.key(Qt.Key.Key_E, CTRL)
    assert [len(desk.chips), len(desk.held().evidence)] == [2, 2]

    desk.page.form.reason.setFocus()
    desk.key(Qt.Key.Key_Tab)
    assert desk.shell.focusWidget() is desk.chips[0].lead
    desk.key(Qt.Key.Key_Delete)
    assert desk.shell.focusWidget() is desk.chips[0].lead
    desk.key(Qt.Key.Key_Backspace)

    assert list(desk.chips) == []
    held = desk.held()
    assert (held.evidence, held.status, held.value) == ((), ScoreStatus.SCORED, Decimal(4))
    assert desk.shell.focusWidget() is desk.page.form.pin
    assert desk.page.status.text() == "Saved 09:30 · version 5"


def test_digits_choose_a_level_while_a_chip_has_the_focus(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B03", "1.2", "L2"))
    desk.key(Qt.Key.Key_E, CTRL)
    desk.chips[0].lead.setFocus()
    desk.key(Qt.Key.Key_3)

    assert desk.held().value == Decimal(3)
    assert len(desk.chips) == 1


def test_words_of_a_text_document_become_evidence_and_are_found_again(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B02", "2.1"))
    text = desk.page.document.text
    assert desk.page.form.pin.isHidden()
    desk.key(Qt.Key.Key_E, CTRL)
    assert desk.held().evidence == ()

    text.setTextCursor(text.document().find("Two of our leads sign"))
    desk.key(Qt.Key.Key_E, CTRL)
    (piece,) = desk.held().evidence
    assert (piece.page, piece.exact, piece.rects) == (0, "Two of our leads sign", ())
    assert piece.suffix == ", and the number for concerns ta"
    desk.page.reader.show("bids/B02/1 Reaching and hearing young people.pdf")
    desk.chips[0].lead.click()

    assert desk.page.document.path == "bids/B02/2 Keeping young people safe and well.docx"
    assert [one.cursor.selectedText() for one in text.extraSelections()] == ["Two of our leads sign"]
    text.larger()
    assert [one.cursor.selectedText() for one in text.extraSelections()] == ["Two of our leads sign"]
    desk.page.go_to(line("B02", "2.2"))
    assert text.extraSelections() == []


def test_a_page_without_a_selection_is_evidence_as_a_whole(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B04", "1.2"))
    desk.page.document.pdf.go_to(2)
    assert desk.page.form.pin.text() == "Use page 2 as evidence  Ctrl+E"

    desk.page.form.pin.click()
    desk.page.form.pin.click()

    (piece,) = desk.held().evidence
    assert (piece.page, piece.exact, piece.rects) == (2, "", ())
    assert desk.chips[0].lead.words == "p. 2  Reaching and hearing…"
    assert desk.said == "This passage is already among your evidence."
    desk.chips[0].lead.click()
    found = desk.page.document.pdf._passage
    assert found is not None
    assert (found.page, found.rects, found.found) == (1, (), True)


def test_quoting_stays_beside_evidence(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B05", "2.2"))
    assert desk.page.form.quotation.isHidden()
    text = desk.page.document.text
    text.setTextCursor(text.document().find("Emotional wellbeing"))
    assert desk.page.form.quotation.isVisible()

    desk.key(Qt.Key.Key_E, CTRL | SHIFT)

    assert desk.page.form.reason.text() == "“Emotional wellbeing”"
    assert list(desk.chips) == []


def test_a_sheet_that_is_signed_off_shows_its_evidence_and_keeps_it(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "PM1", line("B01", "1.1"))
    assert [chip.second for chip in desk.chips] == [None, None]
    assert desk.page.form.pin.isHidden()

    desk.chips[0].lead.setFocus()
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_E, CTRL)

    assert len(desk.held().evidence) == 2


def test_evidence_that_cannot_be_found_says_so(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B06", "1.1"))
    here = Evidence(
        next(one.sha256 for one in desk.page.reader._listing if one.path == desk.page.document.path),
        desk.page.document.path,
        page=2,
        exact="Words that nobody wrote",
        end=23,
        rects=(Rect(*(Decimal(number) for number in (70, 80, 90, 10))),),
    )

    desk.page.reader.show_evidence(here)
    assert desk.said == ELSEWHERE
    found = desk.page.document.pdf._passage
    assert found is not None
    assert (found.page, len(found.rects), found.found) == (1, 1, False)
    desk.page.reader.show_evidence(replace(here, document="0a" * 32))
    assert desk.said == NOT_HERE


def test_a_passage_is_found_by_its_words_where_its_marks_are_wrong(qtbot: QtBot, shared: Workspace) -> None:
    desk = Desk(qtbot, shared, "CH1", line("B02", "1.1"))
    pdf = desk.page.document.pdf
    true = pdf.found(
        Evidence("0a" * 32, "any", page=1, exact="197 were from young people who were not on anybody's list.")
    )
    assert true is not None
    wrong = replace(true, page=2, start=0, end=5, rects=(Rect(*(Decimal(1) for _ in range(4))),))

    assert pdf.show_evidence(wrong)

    assert marked(pdf) == (1, True)
    found = pdf._passage
    assert found is not None
    assert [rect.top() for rect in found.rects] == [float(rect.y) for rect in true.rects]


def test_a_chip_whose_document_is_not_here_says_so_and_no_words_are_markup(qtbot: QtBot) -> None:
    chips = EvidenceChips(ChipAct.REMOVE)
    qtbot.addWidget(chips)
    piece = Evidence("0a" * 32, "bids/B01/a.pdf", page=4, label="iv", exact="Salt & <b>bold</b>", end=18, note="Mine.")

    chips.show_pieces([piece], lambda _: None)

    (chip,) = chips.chips
    assert chip.lead.words == "p. 4  “Salt & <b>bold</b>”  document not found"
    assert chip.lead.text().startswith("p. 4  “Salt && <b>")
    assert chip.property("role") == "chip-warn"
    assert chip.lead.toolTip() == (
        "<p>bids/B01/a.pdf (this document is not in this profile), page 4 (numbered iv): "
        "“Salt &amp; &lt;b&gt;bold&lt;/b&gt;”<br>Mine.</p>"
    )
    assert chip_words(replace(piece, page=0), Named("a.pdf", "A")) == (
        "“Salt & <b>bold</b>”  A",
        "“Salt & <b>bold</b>”",
        "“Salt &…”",
        "“Salt…”",
    )
    assert chip_words(Evidence("0a" * 32, "a.pdf", page=2), Named("a.pdf", "Plan")) == ("p. 2  Plan", "p. 2")


def test_a_chip_shows_as_much_as_there_is_room_for(qtbot: QtBot) -> None:
    chips = EvidenceChips(ChipAct.CITE)
    qtbot.addWidget(chips)
    piece = Evidence("0a" * 32, "a.pdf", page=4, exact="Two workers run the drop-in sessions in six villages.", end=53)
    chips.resize(900, 40)
    chips.show_pieces([piece], lambda _: Named("a.pdf", "Method statement"))
    chips.show()
    forms = chip_words(piece, Named("a.pdf", "Method statement"))
    shown = []
    for width in (900, 260, 180, 900):
        chips.resize(width, 40)
        shown.append(chips.chips[0].lead.words)

    assert shown[0] == shown[3] == forms[0]
    assert forms.index(shown[0]) < forms.index(shown[1]) < forms.index(shown[2])


# The room


class Room(Window):
    """The moderation room, with one line open."""

    def __init__(self, qtbot: QtBot, space: Workspace, person: str, at: Line) -> None:
        super().__init__(qtbot, space, person, "moderation", at)
        page = self.shell.page("moderation")
        assert isinstance(page, ModerationPage)
        self.page, self.line = page, at

    @property
    def chips(self) -> tuple[EvidenceChip, ...]:
        return self.page.room.members.chips

    @property
    def cited(self) -> tuple[EvidenceChip, ...]:
        return self.page.room.cited.chips.chips

    def cite(self, place: int) -> None:
        second = self.chips[place].second
        assert isinstance(second, QPushButton)
        second.click()

    def kept(self) -> ModeratedScore | None:
        held = moderation.lines(self.space, ui_stage.REFERENCE)
        return next(one.agreed for one in held if one.line == self.line)


def test_a_piece_is_cited_in_one_click_and_left_out_in_another(qtbot: QtBot, signed: Workspace) -> None:
    room = Room(qtbot, signed, "CH1", line("B01", "1.1"))
    assert [chip.lead.words.split("  ")[1] for chip in room.chips] == [
        "“When an area falls under 70…”",
        "“In 2025 we paid twelve young…”",
        "“When an area falls under 70…”",
        "“We already meet 1,140 young…”",
        "“In 2025 we paid twelve young…”",
    ]
    assert room.kept() is None
    assert list(room.cited) == []

    room.cite(1)
    room.cite(0)

    kept = room.kept()
    assert kept is not None
    assert [piece.exact[:12] for piece in kept.evidence] == ["In 2025 we p", "When an area"]
    assert kept.value is None
    words = [chip.second.text() for chip in room.chips if chip.second is not None]
    assert words == ["✓ Cited", "✓ Cited", "✓ Cited", "Cite", "✓ Cited"]
    room.cite(4)
    room.cited[0].lead.setFocus()
    room.key(Qt.Key.Key_Delete)
    kept = room.kept()
    assert kept is not None
    assert kept.evidence == ()
    assert "Press “Cite”" in room.page.room.cited._words.text()
    assert room.page.room.cited._words.isVisible()


def test_tab_leads_from_a_member_s_words_to_each_chip_and_on(qtbot: QtBot, signed: Workspace) -> None:
    room = Room(qtbot, signed, "CH1", line("B02", "1.2"))
    qtbot.waitUntil(room.chips[0].lead.isVisible, timeout=5000)
    room.page.room.members.setFocus()
    passed = []
    for _ in range(4):
        room.key(Qt.Key.Key_Tab)
        passed.append(room.shell.focusWidget())

    first, second = room.chips
    assert passed == [first.lead, first.second, second.lead, second.second]
    room.key(Qt.Key.Key_Tab)
    assert room.page.room.level.isAncestorOf(room.shell.focusWidget())
    first.lead.setFocus()
    room.key(Qt.Key.Key_Delete)
    room.key(Qt.Key.Key_4)
    kept = room.kept()
    assert kept is not None
    assert (kept.value, kept.evidence, len(room.chips)) == (Decimal(4), (), 2)


def test_cited_evidence_stays_with_its_line(qtbot: QtBot, signed: Workspace) -> None:
    room = Room(qtbot, signed, "CH1", line("B02", "2.1"))
    room.cite(0)
    room.page.open(line("B01", "3.1"))
    assert room.page.room.cited.isHidden()
    room.page.open(line("B02", "2.1"))

    assert [chip.lead.words for chip in room.cited] == ["“We had 112 concerns in 2025…”  Keeping young people…"]


def test_a_member_s_evidence_opens_in_a_window_beside_the_room(qtbot: QtBot, signed: Workspace) -> None:
    room = Room(qtbot, signed, "CH1", line("B01", "1.2"))

    room.chips[0].lead.click()

    window = room.page._passages
    assert window is not None
    assert window.isVisible()
    assert window.windowTitle() == "Reaching and hearing young people · page 2"
    assert marked(window.view.pdf) == (2, True)
    assert window.view.offered()[0] == "bids/B01/1 Reaching and hearing young people.pdf"
    assert "bids/B02" not in " ".join(window.view.offered())
    read = record.history(room.space, ui_stage.REFERENCE)
    assert any("CH1" in str(one) and "1 Reaching and hearing young people.pdf" in str(one) for one in read)
    qtbot.waitUntil(window.isActiveWindow, timeout=5000)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    assert not window.isVisible()


def test_somebody_who_only_reads_cites_nothing(qtbot: QtBot, signed: Workspace) -> None:
    room = Room(qtbot, signed, "PM1", line("B02", "1.1"))

    assert [chip.second for chip in room.chips] == [None] * len(room.chips)
    room.page.room.cited.toggle(room.chips[0].piece)
    assert list(room.cited) == []


def test_a_score_rests_on_so_many_pieces_and_no_more(qtbot: QtBot, tmp_path: Path) -> None:
    at = line("B01", "1.1")
    with ui_stage.at("declared", tmp_path) as space:
        _many_pieces(space, at)
        room = Room(qtbot, space, "CH1", at)
        for place in range(MOST_CITED + 1):
            room.cite(place)

        kept = room.kept()
        assert kept is not None
        assert len(kept.evidence) == MOST_CITED
        assert room.said == "At most 6 pieces of evidence are cited for a score. Leave one out first."
        room.shell.close()


def _many_pieces(space: Workspace, at: Line) -> None:
    """PM1 keeps seven pieces on a line; then everybody signs off."""
    sample = resource("sample")
    for sheet in sorted((sample / "scores").glob("*.xlsx")):
        demo.hand_in(space, ui_stage.REFERENCE, sheet)
    sign_off.reopen(space, ui_stage.REFERENCE, person="PM1", reason="More evidence.")
    held = scoring.desk(space, ui_stage.REFERENCE, "PM1").scores[at]
    pieces = tuple(replace(held.evidence[0], start=start, end=start + 9) for start in range(MOST_CITED + 1))
    scoring.save_score(space, ui_stage.REFERENCE, person="PM1", score=replace(held, evidence=pieces))
    sign_off.sign_off(space, ui_stage.REFERENCE, person="PM1")
