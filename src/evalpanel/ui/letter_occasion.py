"""A letter for an occasion on the page Letters: asked for, seen as its bidder will see it, and signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from evalpanel.domain.feedback import LetterBlocked
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import Bid
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import letter_drafts, occasion_letters
from evalpanel.services.letter_copies import Copies
from evalpanel.services.letter_keys import KeySource
from evalpanel.services.letter_signing import LetterBlockedBy, LetterDone
from evalpanel.ui.letter_key import Then
from evalpanel.ui.letter_looking import Looked
from evalpanel.ui.models import occasion_words
from evalpanel.ui.models.letter_rows import LetterRow
from evalpanel.ui.models.occasion_words import AskedLetter
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.occasion_form import OccasionForm

Step = tuple[str, Callable[[], object] | None, str]
Seen = bytes | EvalPanelError


class LetterOccasion:
    """From the form to the signed letter. The page shows the form or what `row` and `seen` hold; `changed` tells it to."""

    def __init__(
        self, page: Page, changed: Callable[[], None], folder: Callable[[], str], copies: Callable[[], Copies]
    ) -> None:
        self._page, self._changed, self._folder, self._copies = page, changed, folder, copies
        self.key: Callable[[str, Then, None], None] = lambda _words, then, _before: then(None)
        self.form = OccasionForm()
        self.form.chosen.connect(page.guard(self._suggest))
        self.form.wanted.connect(page.guard(self._see))
        self.form.left.connect(self.put_away)
        self.done: Callable[[Path, LetterDone], None] = lambda *_: None
        self.is_open = False
        self._asked: AskedLetter | None = None
        self.row: LetterRow | None = None
        self.seen: Seen | None = None

    def ask(self, about: tuple[str, str] | None, kind: LetterKind | None = None) -> None:
        """Show the form; `about` is the bid that is looked at, `kind` the letter that is wanted."""
        view = self._page.session.view
        assert view is not None
        self.is_open, self.row, self.seen = True, None, None
        self._changed()
        if kind is not None:
            self.form.kind.setCurrentIndex(self.form.kind.findData(kind))
        self.form.offer(view.pack.bids, {one.bidder: one.name for one in view.pack.bidders}, about)

    def put_away(self) -> None:
        """Leave it. What was typed stays in the form for as long as the window is open."""
        if self.is_open:
            self.is_open, self.row, self.seen = False, None, None
            self._changed()

    def back(self) -> None:
        """From the letter back to the form."""
        self.row = self.seen = None
        self._changed()
        self.form.kind.setFocus()

    def step(self) -> Step:
        """The next step: seeing the letter, then signing it."""
        if self.row is None:
            return "See the letter", self._see, ""
        if isinstance(self.seen, bytes):
            return "Sign this letter", self._sign, ""
        return "Back to the form", self.back, ""

    def looked(self) -> Looked | None:
        """Which letter is to be looked over; None while none is seen."""
        if self.row is None or self._asked is None:
            return None
        return Looked(self._asked.bid, self._asked.lot, self.row.title, self._asked.occasion)

    def _suggest(self) -> None:
        space, tender = self._page.session.workspace, self._page.session.tender
        kind, bid = self.form.kind_now, self.form.bid_now
        held = letter_drafts.for_occasions(space, tender)
        self.form.show_again(
            shown=any((one.series, one.bid, one.lot) == (kind.series, bid.bid, bid.lot) for one in held)
        )
        self.form.suggest(occasion_letters.on_record(space, tender, kind, bid=bid.bid, lot=bid.lot))

    def _see(self) -> None:
        asked, bid = self.form.asked(), self.form.bid_now
        session = self._page.session
        space, tender, person = session.workspace, session.tender, session.person or None

        def work(progress: Progress) -> Seen:
            progress.step(0, 1)
            try:
                return occasion_letters.preview(
                    space, tender, asked.occasion, bid=asked.bid, lot=asked.lot, person=person
                )
            except EvalPanelError as error:  # a value: it is drawn where the letter would be
                return error

        self._page.start("Making the letter", work, lambda seen: self._seen(asked, bid, seen))

    def _seen(self, asked: AskedLetter, bid: Bid, seen: Seen) -> None:
        if not self.is_open:
            return
        view = self._page.session.view
        assert view is not None
        name = next(one.name for one in view.pack.bidders if one.bidder == bid.bidder)
        why = seen.why if isinstance(seen, LetterBlocked) else ()
        self._asked, self.seen = asked, seen
        self.row = LetterRow(occasion_words.standing(asked, bid, name, why))
        self._changed()
        self._page.primary.setFocus()

    def _sign(self) -> None:
        self.key("Sign this letter", self._sign_with, None)

    def _sign_with(self, key: KeySource | None) -> None:
        asked, chosen = self._asked, self._folder()
        if asked is None or not chosen:
            return
        session, out, copies = self._page.session, Path(chosen), self._copies()
        space, tender, person = session.workspace, session.tender, session.person or None

        def work(progress: Progress) -> LetterDone | LetterBlockedBy | None:
            try:
                return occasion_letters.sign_occasion(
                    space,
                    tender,
                    asked.occasion,
                    out,
                    bid=asked.bid,
                    lot=asked.lot,
                    reissue=asked.again,
                    person=person,
                    key=key,
                    copies=copies,
                    progress=progress,
                )
            except Cancelled:
                return None

        self._page.start("Signing the letter", work, lambda made: self._signed(out, made))

    def _signed(self, out: Path, made: LetterDone | LetterBlockedBy | None) -> None:
        if made is None:
            self._page.said.emit("Stopped before the letter was signed. Nothing was written.")
            return
        if isinstance(made, LetterDone):
            self.form.empty()
            self.put_away()
            self.done(out, made)
        self._page.said.emit(occasion_words.signed(made, out.name))
