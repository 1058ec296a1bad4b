"""Letters: where each stands, the letter itself as its bidder will see it, and signing them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from evalpanel.domain.letter_wording import AWARD, LetterKind
from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import letter_drafts, letters_anew
from evalpanel.services.letter_drafts import LetterStanding, LetterState
from evalpanel.services.letter_signing import LetterDone
from evalpanel.services.letters import LettersReport
from evalpanel.services.setup import TenderView
from evalpanel.ui import window_place
from evalpanel.ui.letter_check import LetterCheck
from evalpanel.ui.letter_house import LetterHouse
from evalpanel.ui.letter_key import LetterKey
from evalpanel.ui.letter_looking import LetterLooking
from evalpanel.ui.letter_mending import LetterMending
from evalpanel.ui.letter_occasion import LetterOccasion
from evalpanel.ui.letter_signing import LetterSigning
from evalpanel.ui.models import letter_words
from evalpanel.ui.models.letter_drawings import Drawing, LetterDrawings
from evalpanel.ui.models.letter_rows import ROW, LetterRow, LetterRows
from evalpanel.ui.models.occasion_words import AskedLetter
from evalpanel.ui.models.words import count
from evalpanel.ui.page import Page
from evalpanel.ui.places import me
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.letter_list import LetterList
from evalpanel.ui.widgets.letter_side import LetterSide
from evalpanel.ui.widgets.pile import Pile
from evalpanel.ui.widgets.sides import Sides
from evalpanel.ui.widgets.state_card import StateCard

if TYPE_CHECKING:
    from evalpanel.ui.widgets.pdf_preview import PdfPreview

_BLOCKED = "What is missing is said beside each letter that is blocked."


class LettersPage(Page):
    """One row a bid and lot, and the letter beside it."""

    KEY = "letters"
    WIDEST = 340

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        # QtPdf is needed nowhere else before a page is opened, so it is imported when this one is made.
        from evalpanel.ui.widgets.pdf_preview import PdfPreview

        self.choose_folder: Callable[[str], str] = lambda start: QFileDialog.getExistingDirectory(
            self, "Where the signed letters go", start
        )
        self.show_folder: Callable[[Path], object] = lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path))
        self._settings = window_place.settings(session.workspace.folders.root)
        self._standings: tuple[LetterStanding, ...] = ()
        self._to_do = letters_anew.NOTHING
        self._verified: set[str] = set()
        self._drawings = LetterDrawings(session, self.start, self._drawn)
        self._why_not = self._not_mine = ""
        self.rows = LetterRows()
        self.list = LetterList()
        self.list.setModel(self.rows)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._chosen())
        self.pdf: PdfPreview = PdfPreview()
        self.side_card = LetterSide(self.pdf)
        self._stack = Pile()
        self._stack.addWidget(self.side_card)
        self.key = LetterKey(self, self._settings, self._turn_to, self._leave_form)
        self.key.turned = self.refresh
        self.signing = LetterSigning(self, self._settings, self.key, self._ask_folder, self._signed)
        self.copies = self.signing.copies
        self.key.choices.changed.connect(self.refresh)
        self.mending = LetterMending(self, self._current, self._turn_to, self._leave_form)
        self.mending.folder, self.mending.copies = self.signing.chosen_folder, lambda: self.copies.chosen
        self.mending.signed = self.signing.signed
        self.side_card.correct.clicked.connect(lambda *_: self.mending.edit())
        for form in (self.mending.form, self.mending.anew):
            self._stack.addWidget(form)
        self.looking = LetterLooking(self, lambda: not self._not_mine)
        self.looking.card.left.connect(self._leave_form)
        self._stack.addWidget(self.looking.card)
        self._stack.addWidget(self.key.form)
        self.mending.key = self.key.ask
        self.occasion = LetterOccasion(
            self, self._occasion_changed, self.signing.chosen_folder, lambda: self.copies.chosen
        )
        self.occasion.done, self.occasion.key = self._occasion_signed, self.key.ask
        self._stack.addWidget(self.occasion.form)
        self.check = LetterCheck(self)
        self.check.found.connect(lambda: self._turn_to(self.check))
        self.check.left.connect(self._leave_form)
        self._stack.addWidget(self.check)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.list, 1)
        column.addWidget(self.copies)
        column.addWidget(self.key.choices)
        self._left = left
        self._area = Sides()
        self._area.add(left, share=5, lines=14, most=100)
        self._area.add(self._stack, share=9, lines=22)
        self._empty = StateCard()
        self.content.addWidget(self._area, 1)
        self.content.addWidget(self._empty, 1)
        self.house = LetterHouse(self, self.refresh)
        self.content.addWidget(self.house, 1)
        self.house_action = self.add_action("Letterhead and sentences…", self.house.open)
        self.folder_action = self.add_action("Show the folder", self._open_folder)
        self.copies_action = self.add_action("Save signed copies…", self.signing.sign)
        self.list_action = self.add_action("Check the signed list…", lambda: self.check.ask(self.signing.list_folder))
        self.occasion_action = self.add_action("For an occasion…", self._ask_occasion)
        self.occasion_action.setAccessibleName(
            "A letter for an occasion: prequalification, a low price, the end of standstill"
        )
        self.anew_action = self.add_action("Sign it anew…", self.mending.ask_anew)
        self.change_action = self.add_action("Change it", self.occasion.back)
        self.look_action = self.add_action("Look it over", self._look, key="Ctrl+L")
        self._acts = (
            *(self.folder_action, self.copies_action, self.look_action, self.list_action),
            *(self.occasion_action, self.change_action, self.anew_action),
        )

    def refresh(self) -> None:
        """Where every letter stands now."""
        if self._drawings.only_looking:
            return
        view = self.session.view
        self.house.setVisible(self.house.is_open)
        self.house_action.setVisible(not self.house.is_open and letter_words.may_head(view, self.session.person))
        if self.house.is_open:
            self.house.show_instead(self._area, self._empty, *self._acts)
        elif view is None:
            self._nothing("", "")
            self._empty.tell_no_tender(self.go.emit)
            self.next_step("", None)
        else:
            self._fill(view)

    def _fill(self, view: TenderView) -> None:
        early = not view.summary.stage.reached(TenderStage.OUTCOME)
        try:
            all_of_them = letter_drafts.for_occasions if early else letter_drafts.overview
            standings = all_of_them(self.session.workspace, self.session.tender)
        except EvalPanelError as error:  # drawn as a state of the page: there is nothing else to show
            self._nothing(error.title, error.message)
            return
        if early and not standings and not self.occasion.is_open:
            self._nothing(*letter_words.too_early(view))
            self.occasion_action.setVisible(letter_words.may_ask(view, self.session.person))
            return
        self._show(view, standings)

    def open(self, what: object) -> None:
        """Show the letter of one bid, `(bid, lot)`, or ask for one for an occasion (`AskedLetter`)."""
        if isinstance(what, AskedLetter):
            self.occasion.ask((what.bid, what.lot), what.occasion.kind)
            return
        for place, row in enumerate(self.rows.rows):
            if what == (row.standing.bid, row.standing.lot):
                self.list.setCurrentIndex(self.rows.index(place))
                break  # the letter about the outcome stands before those for an occasion
        self.list.setFocus()

    def _nothing(self, title: str, words: str) -> None:
        self._standings = ()
        self._to_do = letters_anew.NOTHING
        self.rows.show_letters((), ())
        self._empty.tell(title, words)
        self._area.hide()
        self._empty.show()
        self.head("Letters", "One signed letter for every bid")
        self.status.setText("")
        self.next_step("See what comes next", lambda: self.go.emit("home", None))
        for one in self._acts:
            one.hide()

    def _show(self, view: TenderView, standings: tuple[LetterStanding, ...]) -> None:
        self._area.show()
        self._empty.hide()
        self._not_mine = letter_words.why_not(view, self.session.person)
        self._why_not = self._not_mine or letter_words.not_decided(view)
        self._standings = standings
        self._drawings.combined = self.signing.combined
        self._drawings.forget_drafts()
        self._to_do = letters_anew.to_do(self.session.workspace, self.session.tender)
        self._show_rows()
        held = letter_words.tally(standings)
        told = letter_words.tally_words(held) if standings else "before the outcome"
        self.head("Letters", f"{view.summary.reference} · {told}")
        self._left.setVisible(bool(standings))
        signed, ready = bool(held[LetterState.SIGNED]), bool(held[LetterState.READY])
        officer = letter_words.may_ask(view, self.session.person)
        unsigned = bool(held[LetterState.READY] or held[LetterState.BLOCKED])
        self.look_action.setVisible((unsigned and not self.occasion.is_open) or self.occasion.looked() is not None)
        self.change_action.setVisible(self.occasion.is_open and self.occasion.row is not None)
        self.list_action.setVisible(signed)
        self.occasion_action.setVisible(officer and not self.occasion.is_open)
        self.copies.setVisible(officer and (signed or ready))
        self.key.choices.setVisible(officer and (signed or ready))
        self.key.choices.combined.setVisible(ready and len(view.pack.lots) > 1)
        self.copies_action.setVisible(signed and not ready and not self._not_mine)
        self.folder_action.setVisible(self.signing.written is not None)
        self._steps(held)
        if self.occasion.is_open:
            self.anew_action.hide()
            self._show_occasion()
        elif not self.list.currentIndex().isValid() and standings:
            self.list.setCurrentIndex(self.rows.index(0))
        elif self._stack.currentWidget() in (self.side_card, self.occasion.form):
            self._shown()

    def _steps(self, held: Counter[LetterState]) -> None:
        """The next step, and what is said beside it."""
        ready = self.signing.show_letters(self._standings)
        signed, stopped = held[LetterState.SIGNED], held[LetterState.BLOCKED]
        if self.key.is_open:
            self.next_step(self.key.words, self.key.give)
            self.status.setText("")
        elif self.occasion.is_open:
            words, slot, tip = self.occasion.step()
            self.next_step(words, slot, tip=tip)
            self.status.setText("A signed letter does not change any more." if words == "Sign this letter" else "")
        elif ready:
            self.next_step(f"Sign {count(ready, 'letter')}", self.signing.sign, tip=self._why_not)
            self.status.setText("" if self._why_not else "A signed letter does not change any more.")
        elif stopped:
            self.next_step("Sign letters", None, tip=_BLOCKED)
            self.status.setText("")
        elif self._to_do.anew and not self._not_mine:
            anew = self._to_do.anew
            self.next_step(f"Sign {count(len(anew), 'letter')} anew…", lambda: self.mending.ask_all(anew))
            self.status.setText(letter_words.still_to_do(self._to_do))
        else:
            sent = signed and not self._not_mine and any(one.series == AWARD for one in self._standings)
            self.next_step("Go on to sending" if sent else "", lambda: self.go.emit("feedback", None))
            self.status.setText(letter_words.all_signed(self._to_do) if signed else "")

    def _chosen(self) -> None:
        """Another letter of the list: one for an occasion that was being made is put away."""
        if self.occasion.is_open:
            self.occasion.put_away()
        else:
            self._shown()

    def _show_occasion(self) -> None:
        row, seen = self.occasion.row, self.occasion.seen
        if row is None:
            self._turn_to(self.occasion.form)
            return
        if self._stack.currentWidget() is not self.looking.card:
            self._turn_to(self.side_card)
        if isinstance(seen, bytes):
            self._show_letter(row, Drawing(seen, None), may_correct=False)
        elif row.standing.why:
            self.side_card.show_blocked(row, may_correct=False)
        elif seen is not None:
            self.side_card.say(seen.title, seen.message)

    def _current(self) -> LetterRow | None:
        row: LetterRow | None = self.list.currentIndex().data(ROW)
        return row

    def _shown(self) -> None:
        row = self._current()
        if row is None:
            return
        self._stack.setCurrentWidget(self.side_card)
        own = me(self.session.view, self.session.person) if self.session.view is not None else None
        kept_out = next((one for one in own.recusals if one.lot == row.standing.lot), None) if own is not None else None
        if kept_out is not None:
            self.side_card.say(
                row.title,
                f"You are recused from {kept_out.what}, so {'its' if kept_out.is_whole else 'the lot’s'} letters are not shown.",
            )
            return
        about_outcome = row.standing.state is LetterState.SIGNED and row.standing.series == AWARD
        self.anew_action.setVisible(about_outcome and not self._not_mine)
        may_correct = not self._not_mine and row.standing.state is not LetterState.NOT_OWED
        held = self._drawings.of(row.standing)
        if row.standing.state is LetterState.NOT_OWED:
            self.side_card.say(row.title, *(row.standing.why or ("An in-house comparator is owed no letter.",)))
        elif row.standing.state is LetterState.BLOCKED:
            self.side_card.show_blocked(row, may_correct=may_correct)
        elif isinstance(held, EvalPanelError):
            self.side_card.say(held.title, held.message)
        elif held is not None:
            self._show_letter(row, held, may_correct=may_correct)
        elif self.signing.batch.running:
            self.side_card.say(row.title, "The letter is shown here when signing is done.")
        else:
            self.side_card.wait(row)
            self._drawings.ask(row.standing)

    def _show_letter(self, row: LetterRow, held: Drawing, *, may_correct: bool) -> None:
        try:
            self.pdf.show_pdf(held.pdf, f"The letter to {row.standing.name}")
        except EvalPanelError as error:  # drawn where the letter would be
            self.side_card.say(error.title, error.message)
        else:
            self.side_card.show_letter(row, held.report, may_correct=may_correct)

    def _drawn(self, standing: LetterStanding) -> None:
        held = self._drawings.of(standing)
        if isinstance(held, Drawing) and held.report is not None and standing.signed is not None:
            good = held.report.verdict is SignatureVerdict.VERIFIED
            (self._verified.add if good else self._verified.discard)(standing.signed.sha256)
            self._show_rows()
        if self._stack.currentWidget() is self.side_card:
            self._shown()

    def _signed(self, report: LettersReport | None) -> None:
        self.folder_action.show()
        self._end_key()
        if report is not None:
            self._verified |= {one.sha256 for one in report.letters if one.verified}
            self._verified -= {one.sha256 for one in report.letters if not one.verified}
            self._show_rows()

    def _ask_folder(self, start: str) -> str:
        return self.choose_folder(start)

    def _open_folder(self) -> None:
        if self.signing.written is not None:
            self.show_folder(self.signing.written)

    # Letters for an occasion, looking over, checking the list

    def _ask_occasion(self) -> None:
        row = self._current()
        self.occasion.ask((row.standing.bid, row.standing.lot) if row is not None else None)

    def _occasion_changed(self) -> None:
        self.refresh()
        if not self.occasion.is_open and self._current() is not None:
            self._shown()

    def _occasion_signed(self, out: Path, made: LetterDone) -> None:
        self.signing.written = out
        self._end_key()
        if made.verified:
            self._verified.add(made.sha256)
        self.acted.emit()
        series = LetterKind(made.kind).series
        for place, row in enumerate(self.rows.rows):
            if (row.standing.bid, row.standing.lot, row.standing.series) == (made.bid, made.lot, series):
                self.list.setCurrentIndex(self.rows.index(place))
        self.list.setFocus()

    def _look(self) -> None:
        about = self.occasion.looked() if self.occasion.is_open else None
        about = about or self.looking.suits(self._current(), combined=self._drawings.combined)
        if about is None:
            self.said.emit("Only a letter that is not signed yet is looked over.")
            return
        self.looking.look(about)
        self._turn_to(self.looking.card)
        self.looking.card.leave.setFocus()

    def _show_rows(self) -> None:
        self.rows.show_letters(self._standings, self._verified, self._to_do.anew)

    def _end_key(self) -> None:
        if self.key.is_open:
            self.key.done()
            self._leave_form()
            self.refresh()

    def _turn_to(self, part: QWidget) -> None:
        """Show a part in the letter's place; where it stands under the list, bring it into sight."""
        if part is self._stack.currentWidget():
            return
        self._stack.setCurrentWidget(part)
        bar, inside = self.whole.verticalScrollBar(), self.whole.widget()
        if self._area.is_narrow and inside is not None:
            QTimer.singleShot(0, part, lambda: bar.setValue(part.mapTo(inside, QPoint()).y()))

    def _leave_form(self) -> None:
        self._stack.setCurrentWidget(self.side_card)
        if self.occasion.is_open:
            self._show_occasion()
            self.primary.setFocus()
        else:
            self._shown()
            self.list.setFocus()
