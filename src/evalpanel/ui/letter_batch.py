"""Signing on the worker: all letters that are ready, and those that were signed before given out once more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from evalpanel.errors import Cancelled
from evalpanel.progress import Progress
from evalpanel.services import letters, occasion_letters
from evalpanel.services.letter_copies import Copies
from evalpanel.services.letter_keys import KeySource
from evalpanel.services.letters import LettersReport
from evalpanel.services.workspace import Workspace


@dataclass(slots=True)
class LetterBatch:
    """One batch. `running` is set by the worker and read by the page, which draws no letter meanwhile."""

    running: bool = False

    def sign(
        self,
        space: Workspace,
        tender: str,
        out: Path,
        person: str | None,
        copies: Copies,
        progress: Progress,
        *,
        early: bool,
        combined: bool = False,
        key: KeySource | None = None,
    ) -> LettersReport | None:
        """Sign, and give out. `early`: there is no outcome yet, so only letters for an occasion are given out. None: it was stopped;
        what was signed before stays."""
        self.running = True
        try:
            others = occasion_letters.give_again(space, tender, out, person=person, progress=progress)
            if early:
                return LettersReport(others, (), "")
            made = letters.letters(
                space, tender, out, person=person, copies=copies, progress=progress, combined=combined, key=key
            )
            return replace(made, letters=(*made.letters, *others))
        except Cancelled:  # what was signed before stays: that is said, not “nothing was changed”
            return None
        finally:
            self.running = False
