"""Letters made on the worker to be looked at: one at a time, the one that is wanted last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evalpanel.domain.signatures import SignatureReport
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.progress import Progress
from evalpanel.services import combined_letters, letter_drafts, signed_letters
from evalpanel.services.letter_drafts import LetterStanding
from evalpanel.ui.session import Session

Start = Callable[[str, Callable[[Progress], Any], Callable[[Any], None]], None]


@dataclass(frozen=True, slots=True)
class Drawing:
    """A letter as it is shown: its PDF and, where it is signed, the check of its signature."""

    pdf: bytes
    report: SignatureReport | None


Made = Drawing | EvalPanelError
"""What became of making a letter: why it could not be made is drawn in its place."""


@dataclass(slots=True)
class _Work:
    """One letter on the worker. Work that is refused (other work runs) never begins, and is asked for again."""

    begun: bool = False
    ended: bool = False


class LetterDrawings:
    """Makes letters by `start` (the page's way to the worker) and says by `made` when one is there. `combined`: drafts are one for all lots of a bidder."""

    def __init__(self, session: Session, start: Start, made: Callable[[LetterStanding], None]) -> None:
        self._session, self._start, self._told = session, start, made
        self._held: dict[LetterStanding, Made] = {}
        self._work: _Work | None = None
        self.combined = False

    @property
    def only_looking(self) -> bool:
        """Whether the work that has just ended changed nothing: a letter was only made to be looked at."""
        return self._work is not None and self._work.ended

    def of(self, standing: LetterStanding) -> Made | None:
        """The letter, if it was made."""
        return self._held.get(standing)

    def forget_drafts(self) -> None:
        """Make drafts anew when they are next wanted; what is signed does not change."""
        self._held = {one: made for one, made in self._held.items() if one.signed is not None}

    def ask(self, standing: LetterStanding) -> None:
        """Make a letter. While another is being made nothing happens: ask again when that one is there."""
        if self._work is not None and self._work.begun:
            return
        running = self._work = _Work()
        space, tender, person = self._session.workspace, self._session.tender, self._session.person
        combined = self.combined

        def work(progress: Progress) -> Made:
            running.begun = True
            made: Made
            try:
                progress.step(0, 1)
                if combined and standing.signed is None:
                    pdf = combined_letters.preview(space, tender, standing.bid, person=person or None)
                else:
                    pdf = letter_drafts.preview(
                        space, tender, standing.bid, standing.lot, person=person, series=standing.series
                    )
                signed = standing.signed is not None
                report = (
                    signed_letters.check(space, tender, standing.bid, standing.lot, series=standing.series)
                    if signed
                    else None
                )
                made = Drawing(pdf, report)
            except EvalPanelError as error:  # a value: it is drawn where the letter would be
                made = error
            except BaseException:
                running.begun = False
                raise
            running.ended = True
            return made

        self._start("Making the letter", work, lambda made: self._done(standing, made))

    def _done(self, standing: LetterStanding, made: Made) -> None:
        self._work = None
        if isinstance(made, Cancelled):
            made = EvalPanelError("The letter was not made.", "Press F5 to make it.")
        self._held[standing] = made
        self._told(standing)
