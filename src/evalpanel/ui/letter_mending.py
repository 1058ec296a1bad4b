"""What is put right about one letter on the page Letters: its bidder's details, and a signed letter as its next version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtWidgets import QWidget

from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import BidCode, Bidder, LotCode
from evalpanel.errors import Cancelled
from evalpanel.progress import Progress
from evalpanel.services import letters, setup, signed_letters
from evalpanel.services.letter_copies import Copies
from evalpanel.services.letter_keys import KeySource
from evalpanel.services.letters import LettersReport
from evalpanel.services.letters_anew import LetterAnew
from evalpanel.ui.letter_key import Then
from evalpanel.ui.models.letter_rows import LetterRow
from evalpanel.ui.models.words import count
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.anew_form import AnewForm
from evalpanel.ui.widgets.bidder_form import BidderForm


@dataclass(frozen=True, slots=True)
class Anew:
    """Letters that are signed once more together, with the same guard and one bar: of one bid (in one lot, or for all its lots), or of
    `only` these bids and lots."""

    bid: str | None = None
    lot: str | None = None
    only: tuple[tuple[BidCode, LotCode], ...] = ()
    combined: bool = False


class LetterMending:
    """Two forms that stand in the letter's place. `row` is the letter that is chosen; `show` puts a form there, `back` the letter."""

    def __init__(
        self, page: Page, row: Callable[[], LetterRow | None], show: Callable[[QWidget], None], back: Callable[[], None]
    ) -> None:
        self._page, self._row, self._show, self._back = page, row, show, back
        self.folder: Callable[[], str] = lambda: ""
        self.copies: Callable[[], Copies] = Copies
        self.signed: Callable[[Path, LettersReport | None], None] = lambda *_: None
        self.key: Callable[[str, Then, QWidget], None] = lambda _words, then, _before: then(None)
        self._anew: tuple[Anew, ...] = ()
        self._many = 0
        self.form, self.anew = BidderForm(), AnewForm()
        self.form.saved.connect(page.guard(self._correct))
        self.anew.wanted.connect(page.guard(self._sign))
        for one in (self.form, self.anew):
            one.left.connect(back)

    def edit(self) -> None:
        """Correct who the bidder is, and where its letter goes."""
        row, view = self._row(), self._page.session.view
        if row is None or view is None:
            return
        bidder: Bidder = next(one for one in view.pack.bidders if one.bidder == row.standing.bidder)
        self._show(self.form)
        self.form.show_bidder(bidder)

    def ask_anew(self) -> None:
        """Ask why the letter is signed once more."""
        row = self._row()
        if row is None:
            return
        about, combined = row.standing, row.standing.kind is LetterKind.COMBINED
        self._anew, self._many = (Anew(about.bid, None if combined else about.lot, combined=combined),), 1
        self._show(self.anew)
        lots = "all its lots" if combined else f"lot {about.lot}"
        self.anew.ask(f"{row.title}, {lots}", " ".join(row.anew))

    def ask_all(self, found: tuple[LetterAnew, ...]) -> None:
        """Ask it for every letter that says what is no longer so."""
        groups = {
            kind: tuple(pair for one in found if one.combined is kind for pair in one.about) for kind in (False, True)
        }
        self._anew = tuple(Anew(only=pairs, combined=kind) for kind, pairs in groups.items() if pairs)
        self._many = len(found)
        why = " ".join(dict.fromkeys(sentence for one in found for sentence in one.why))
        self._show(self.anew)
        self.anew.ask(count(len(found), "letter"), why)

    def _correct(self, changed: dict[str, str]) -> None:
        bidder, session = self.form.bidder, self._page.session
        assert bidder is not None
        setup.correct_bidder(
            session.workspace, session.tender, bidder=bidder.bidder, person=session.person or None, **changed
        )
        self._back()
        self._page.acted.emit()
        said = f"The details of {bidder.bidder} are corrected. What stood before is on the record."
        if signed_letters.signed_for(session.workspace, session.tender, bidder.bidder):
            said += " A letter that was signed before stays as it is: sign it anew, as its next version, and send it."
        self._page.said.emit(said)

    def _sign(self, why: str) -> None:
        words = f"Sign {count(self._many, 'letter')} anew"
        self.key(words, lambda key: self._sign_with(why, key), self.anew)

    def _sign_with(self, why: str, key: KeySource | None) -> None:
        chosen = self.folder()
        if not chosen:
            return
        session, wanted, out, copies = self._page.session, self._anew, Path(chosen), self.copies()
        space, tender, person = session.workspace, session.tender, session.person or None

        def work(progress: Progress) -> LettersReport | None:
            try:
                made = [
                    letters.letters(
                        space,
                        tender,
                        out,
                        bid=about.bid,
                        lot=about.lot,
                        only=about.only,
                        combined=about.combined,
                        reissue=why,
                        person=person,
                        key=key,
                        copies=copies,
                        progress=progress,
                    )
                    for about in wanted
                ]
                return replace(
                    made[-1],
                    letters=tuple(one for each in made for one in each.letters),
                    blocked=tuple(one for each in made for one in each.blocked),
                )
            except Cancelled:
                return None

        def done(report: LettersReport | None) -> None:
            self._back()
            self.signed(out, report)

        self._page.start("Signing anew", work, done)
