"""Copies of signed letters for people who read otherwise: in large print, and as plain text. The signed letter counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from evalpanel.domain.letter import FeedbackLetter
from evalpanel.errors import EvalPanelError
from evalpanel.formats.letter_pdf import large_print, render
from evalpanel.formats.letter_text import plain_text
from evalpanel.system.files import write_atomic


@dataclass(frozen=True, slots=True)
class Copies:
    """Which copies are wanted beside each letter."""

    large_print: bool = False
    plain_text: bool = False

    def __bool__(self) -> bool:
        return self.large_print or self.plain_text


NO_COPIES = Copies()
"""No copies are wanted."""


def write(wanted: Copies, letter: FeedbackLetter, signed: Path, made_at: datetime) -> tuple[Path, ...]:
    """Write the copies of the letter that lies `signed` in a file beside it. Each says what it is a copy of.

    Raises `EvalPanelError` where `letter`, as it would be composed now, is not the one that was signed at `made_at`: a
    copy must never say something else.
    """
    if not wanted:
        return ()
    if not signed.read_bytes().startswith(render(letter, made_at=made_at).data):
        raise EvalPanelError(
            f"“{signed.name}” was signed with other words than it would have today, so no copy of it can be made.",
            "The letter itself was given out and is as it was signed. Its own words can be read in it by a screen reader.",
        )
    note = f"This is a copy, {{}}, of the letter “{signed.name}”. The letter itself is signed, and it is the one that counts."
    made = []
    if wanted.large_print:
        target = signed.with_name(f"{signed.stem}-large-print.pdf")
        write_atomic(target, large_print(letter, note.format("in large print"), made_at=made_at).data, private=False)
        made.append(target)
    if wanted.plain_text:
        target = signed.with_name(f"{signed.stem}.txt")
        write_atomic(target, plain_text(letter, note.format("as plain text")).encode(), private=False)
        made.append(target)
    return tuple(made)
