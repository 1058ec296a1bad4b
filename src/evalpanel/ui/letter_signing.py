"""Signing on the page Letters: with whose key, into which folder, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings

from evalpanel.domain.letter_wording import AWARD
from evalpanel.services.letter_drafts import LetterStanding
from evalpanel.services.letter_keys import KeySource
from evalpanel.services.letters import LettersReport
from evalpanel.ui.letter_batch import LetterBatch
from evalpanel.ui.letter_key import LetterKey
from evalpanel.ui.models import letter_words
from evalpanel.ui.models.words import count
from evalpanel.ui.page import Page
from evalpanel.ui.widgets.copies_choice import CopiesChoice

_FOLDER = "letters/folder"


class LetterSigning:
    """One batch after another. `ask_folder` asks where letters go, from a folder on; `done` is told what came of a batch."""

    def __init__(
        self,
        page: Page,
        settings: QSettings,
        key: LetterKey,
        ask_folder: Callable[[str], str],
        done: Callable[[LettersReport | None], None],
    ) -> None:
        self._page, self._settings, self._key, self._ask_folder, self._done = page, settings, key, ask_folder, done
        self.batch, self.copies = LetterBatch(), CopiesChoice(settings)
        self.written: Path | None = None
        self._standings: tuple[LetterStanding, ...] = ()

    @property
    def combined(self) -> bool:
        """Whether there is one letter for all lots of a bidder."""
        return self._key.choices.combined.isChecked()

    @property
    def list_folder(self) -> str:
        """Where the signed list of letters was written last; empty where that is not known."""
        return str(self.written or self._settings.value(_FOLDER, ""))

    def show_letters(self, standings: tuple[LetterStanding, ...]) -> int:
        """Take these letters as those to sign, and say how many can be."""
        self._standings = standings
        return letter_words.to_sign(standings, combined=self.combined)

    def sign(self) -> None:
        """Sign every letter that is ready; those that were signed before are given out as they were."""
        ready = letter_words.to_sign(self._standings, combined=self.combined)
        self._key.ask(f"Sign {count(ready, 'letter')}" if ready else "Save signed copies", self._sign)

    def chosen_folder(self) -> str:
        """Where letters go; empty where nobody says so."""
        chosen = self._ask_folder(str(self._settings.value(_FOLDER, "")))
        if chosen:
            self._settings.setValue(_FOLDER, chosen)
        return chosen

    def signed(self, out: Path, report: LettersReport | None) -> None:
        """Letters were signed into a folder. None: it was stopped."""
        self.written = out
        self._done(report)
        tally = letter_words.tally(self._standings)
        self._page.said.emit(letter_words.stopped(tally) if report is None else letter_words.signed(report, out))

    def _sign(self, key: KeySource | None) -> None:
        chosen = self.chosen_folder()
        if not chosen:
            return
        out, early = Path(chosen), not any(one.series == AWARD for one in self._standings)
        session, copies, combined = self._page.session, self.copies.chosen, self.combined
        space, tender, person = session.workspace, session.tender, session.person or None
        self._page.start(
            "Signing letters",
            lambda progress: self.batch.sign(
                space, tender, out, person, copies, progress, early=early, combined=combined, key=key
            ),
            lambda report: self.signed(out, report),
        )
