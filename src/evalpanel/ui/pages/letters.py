"""Letters: where each stands, the letter itself as its bidder will see it, and signing them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from evalpanel.domain.signatures import SignatureVerdict
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bidder
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import approving, drafting, letter_drafts, letter_looks, letters, setup
from evalpanel.services.letter_drafts import LetterStanding, LetterState
from evalpanel.services.letters import LettersReport
from evalpanel.services.setup import TenderView
from evalpanel.ui import window_place
from evalpanel.ui.models import letter_words
from evalpanel.ui.models.letter_drawings import Drawing, LetterDrawings
from evalpanel.ui.models.letter_rows import ROW, LetterRow, LetterRows
from evalpanel.ui.models.words import count
from evalpanel.ui.page import Page
from evalpanel.ui.places import me
from evalpanel.ui.session import Session
from evalpanel.ui.widgets.bidder_form import BidderForm
from evalpanel.ui.widgets.letter_list import LetterList
from evalpanel.ui.widgets.letter_look import LetterLookCard
from evalpanel.ui.widgets.letter_side import LetterSide
from evalpanel.ui.widgets.pile import Pile
from evalpanel.ui.widgets.sides import Sides
from evalpanel.ui.widgets.state_card import StateCard

if TYPE_CHECKING:
    from evalpanel.ui.widgets.pdf_preview import PdfPreview

_FOLDER = "letters/folder"
_BLOCKED = "What is missing is said beside each letter that is blocked."


@dataclass(slots=True)
class _Signing:
    """Whether letters are being signed now; the worker says so."""

    now: bool = False


class LettersPage(Page):
    """One row a bid and lot, and the letter beside it."""

    KEY = "letters"
    WIDEST = 340

    def __init__(self, session: Session, guard: Callable[[Callable[..., object]], Callable[..., None]]) -> None:
        super().__init__(session, guard)
        # QtPdf is needed nowhere else before a page is opened, so it is imported when this one is made.
        from evalpanel.ui.widgets.pdf_preview import PdfPreview

        self.choose_folder: Callable[[str], str] = self._ask_folder
        self.show_folder: Callable[[Path], object] = lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(path))
        self._settings = window_place.settings(session.workspace.folders.root)
        self._standings: tuple[LetterStanding, ...] = ()
        self._verified: set[str] = set()
        self._drawings = LetterDrawings(session, self.start, self._drawn)
        self._signing = _Signing()
        self._written: Path | None = None
        self._why_not = self._not_mine = ""
        self.rows = LetterRows()
        self.list = LetterList()
        self.list.setModel(self.rows)
        self.list.selectionModel().currentChanged.connect(lambda *_: self._shown())
        self.pdf: PdfPreview = PdfPreview()
        self.side_card = LetterSide(self.pdf)
        self.side_card.correct.clicked.connect(lambda *_: self._edit())
        self.form = BidderForm()
        self.form.saved.connect(guard(self._correct))
        self.form.left.connect(self._leave_form)
        self._stack = Pile()
        self._stack.addWidget(self.side_card)
        self._stack.addWidget(self.form)
        self.look = LetterLookCard()
        self.look.allowed.connect(guard(self._allow))
        self.look.approved.connect(guard(self._approve))
        self.look.drafted.connect(guard(self._draft))
        self.look.left.connect(self._leave_form)
        self._stack.addWidget(self.look)
        self.choose_draft: Callable[[str], str] = self._ask_draft
        self._area = Sides()
        self._area.add(self.list, share=2, lines=9, most=100)
        self._area.add(self._stack, share=3, lines=22)
        self._empty = StateCard()
        self.content.addWidget(self._area, 1)
        self.content.addWidget(self._empty, 1)
        self.folder_action = self.add_action("Show the folder", self._open_folder)
        self.copies_action = self.add_action("Save signed copies…", self._sign)
        self.look_action = self.add_action("Look it over", self._look, key="Ctrl+L")

    def refresh(self) -> None:
        """Where every letter stands now."""
        if self._drawings.only_looking:
            return
        view = self.session.view
        if view is None:
            self._nothing("", "")
            self._empty.tell_no_tender(self.go.emit)
            self.next_step("", None)
            return
        if not view.summary.stage.reached(TenderStage.OUTCOME):
            self._nothing(
                "Letters come after the outcome",
                f"The tender stands at “{view.summary.stage.words}”. When moderation is closed, prices are opened and "
                "the outcome is worked out, there is a letter here for every bid.",
            )
            return
        try:
            standings = letter_drafts.overview(self.session.workspace, self.session.tender)
        except EvalPanelError as error:  # drawn as a state of the page: there is nothing else to show
            self._nothing(error.title, error.message)
            return
        self._show(view, standings)

    def open(self, what: object) -> None:
        """Show the letter of one bid: `(bid, lot)`."""
        for place, row in enumerate(self.rows.rows):
            if what == (row.standing.bid, row.standing.lot):
                self.list.setCurrentIndex(self.rows.index(place))
                break  # the letter about the outcome stands before those for an occasion
        self.list.setFocus()

    def _nothing(self, title: str, words: str) -> None:
        self._standings = ()
        self.rows.show_letters((), ())
        self._empty.tell(title, words)
        self._show_split(shown=False)
        self.head("Letters", "One signed letter for every bid")
        self.status.setText("")
        self.next_step("See what comes next", lambda: self.go.emit("home", None))
        self.folder_action.hide()
        self.copies_action.hide()
        self.look_action.hide()

    def _show_split(self, *, shown: bool) -> None:
        self._area.setVisible(shown)
        self._empty.setVisible(not shown)

    def _show(self, view: TenderView, standings: tuple[LetterStanding, ...]) -> None:
        self._show_split(shown=True)
        self.look_action.show()
        self._not_mine = letter_words.why_not(view, self.session.person)
        self._why_not = self._not_mine or letter_words.not_decided(view)
        self._standings = standings
        self._drawings.forget_drafts()
        self.rows.show_letters(standings, self._verified)
        held = letter_words.tally(standings)
        ready, signed, stopped = (held[one] for one in (LetterState.READY, LetterState.SIGNED, LetterState.BLOCKED))
        self.head("Letters", f"{view.summary.reference} · {letter_words.tally_words(held)}")
        if ready:
            self.next_step(f"Sign {count(ready, 'letter')}", self._sign, tip=self._why_not)
        elif stopped:
            self.next_step("Sign letters", None, tip=_BLOCKED)
        else:
            self.next_step("", None)
        if ready:
            self.status.setText(self._why_not or "A signed letter does not change any more.")
        elif stopped:
            self.status.setText(_BLOCKED)
        else:
            self.status.setText("Every letter is signed. A sealed copy of each is kept here." if signed else "")
        self.copies_action.setVisible(bool(signed) and not ready and not self._why_not)
        self.folder_action.setVisible(self._written is not None)
        if not self.list.currentIndex().isValid() and standings:
            self.list.setCurrentIndex(self.rows.index(0))
        elif self._stack.currentWidget() is self.side_card:
            self._shown()

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
        may_correct = not self._not_mine and row.standing.state in (LetterState.READY, LetterState.BLOCKED)
        held = self._drawings.of(row.standing)
        if row.standing.state is LetterState.NOT_OWED:
            self.side_card.say(row.title, *(row.standing.why or ("An in-house comparator is owed no letter.",)))
        elif row.standing.state is LetterState.BLOCKED:
            self.side_card.show_blocked(row, may_correct=may_correct)
        elif isinstance(held, EvalPanelError):
            self.side_card.say(held.title, held.message)
        elif held is not None:
            self._show_letter(row, held, may_correct=may_correct)
        elif self._signing.now:
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
            self.rows.show_letters(self._standings, self._verified)
        if self._stack.currentWidget() is self.side_card:
            self._shown()

    def _sign(self) -> None:
        chosen = self.choose_folder(str(self._settings.value(_FOLDER, "")))
        if not chosen:
            return
        out = Path(chosen)
        self._settings.setValue(_FOLDER, chosen)
        space, tender, person = self.session.workspace, self.session.tender, self.session.person or None

        signing = self._signing

        def work(progress: Progress) -> LettersReport | None:
            signing.now = True
            try:
                return letters.letters(space, tender, out, person=person, progress=progress)
            except Cancelled:  # what was signed before stays: that is said, not “nothing was changed”
                return None
            finally:
                signing.now = False

        self.start("Signing letters", work, lambda report: self._signed(out, report))

    def _signed(self, out: Path, report: LettersReport | None) -> None:
        self._written = out
        self.folder_action.show()
        if report is None:
            self.said.emit(letter_words.stopped(letter_words.tally(self._standings)))
            return
        self._verified |= {one.sha256 for one in report.letters if one.verified}
        self._verified -= {one.sha256 for one in report.letters if not one.verified}
        self.rows.show_letters(self._standings, self._verified)
        self.said.emit(letter_words.signed(report, out))

    def _ask_folder(self, start: str) -> str:
        return QFileDialog.getExistingDirectory(self, "Where the signed letters go", start)

    def _open_folder(self) -> None:
        if self._written is not None:
            self.show_folder(self._written)

    # One letter looked over

    def _look(self) -> None:
        row = self._current()
        if row is None or row.standing.state not in (LetterState.READY, LetterState.BLOCKED):
            self.said.emit("Only a letter that is not signed yet is looked over.")
            return
        about = row.standing
        (found,) = letter_looks.look(
            self.session.workspace,
            self.session.tender,
            bid=about.bid,
            lot=about.lot,
            person=self.session.person or None,
        )
        self._stack.setCurrentWidget(self.look)
        self.look.show_look(row.title, found, may_act=not self._not_mine)

    def _allow(self, key: str, why: str) -> None:
        row = self._current()
        assert row is not None
        about = row.standing
        told = approving.let_through(
            self.session.workspace,
            self.session.tender,
            bid=about.bid,
            lot=about.lot,
            key=key,
            why=why,
            person=self.session.person or None,
        )
        self.said.emit(f"On record, with the reason: {told}")
        self.acted.emit()
        self._look()

    def _approve(self) -> None:
        row = self._current()
        assert row is not None
        about, person = row.standing, self.session.person
        approving.approve(self.session.workspace, self.session.tender, person=person, bid=about.bid, lot=about.lot)
        self.said.emit("The letter is approved as it is now. Another content would not be.")
        self.acted.emit()
        self._look()

    def _draft(self) -> None:
        row = self._current()
        target = self.choose_draft(f"{row.standing.bid}-{row.standing.lot}.docx") if row is not None else ""
        if row is not None and target:
            about, person = row.standing, self.session.person or None
            drafting.draft(
                self.session.workspace,
                self.session.tender,
                bid=about.bid,
                lot=about.lot,
                out=Path(target),
                person=person,
            )
            self.said.emit("The draft is written. It is not signed, and says so on each page.")
            self.acted.emit()

    def _ask_draft(self, name: str) -> str:
        return QFileDialog.getSaveFileName(self, "Save a draft for the lawyer", name, "Word documents (*.docx)")[0]

    def _edit(self) -> None:
        row, view = self._current(), self.session.view
        if row is None or view is None:
            return
        bidder: Bidder = next(one for one in view.pack.bidders if one.bidder == row.standing.bidder)
        self._stack.setCurrentWidget(self.form)
        self.form.show_bidder(bidder)

    def _correct(self, changed: dict[str, str]) -> None:
        bidder = self.form.bidder
        assert bidder is not None
        setup.correct_bidder(
            self.session.workspace,
            self.session.tender,
            bidder=bidder.bidder,
            person=self.session.person or None,
            **changed,
        )
        self._stack.setCurrentWidget(self.side_card)
        self.acted.emit()
        self.said.emit(f"The details of {bidder.bidder} are corrected. What stood before is on the record.")
        self.list.setFocus()

    def _leave_form(self) -> None:
        self._stack.setCurrentWidget(self.side_card)
        self._shown()
        self.list.setFocus()
