"""What is said of the papers for a bad day: a paper key, the two sheets of a tender, and taking over with them."""

from __future__ import annotations

from collections.abc import Sequence

from evalpanel.services.papers import PaperKey, Sheets
from evalpanel.services.succession import Succeeded
from evalpanel.ui.models.words import count, together

WHAT = "Nobody else can open what is on this laptop. A sheet of paper, in the right hands, is the way back in."
PAPER_KEY = (
    "Twelve words on a sheet that open your profile when its passphrase is lost, or when the computer’s keyring was reset. "
    "Keep the sheet away from the laptop: in a sealed envelope in the office safe, or at home."
)
TWO_SHEETS = (
    "If this laptop is lost or you cannot go on, somebody else takes over with two sheets. Each is worth nothing alone, so two people hold "
    "them: the successor’s sheet for somebody such as the head of procurement, the recovery sheet for somebody such as the monitoring "
    "officer. Neither is on the panel, and neither is you."
)
TAKE_OVER = (
    "If the officer’s laptop is lost or the officer cannot go on, you can take over on this laptop. It needs the words of both sheets "
    "that two other people hold, and the officer’s laptop is locked out by it."
)
AFTER = "You will lead the tender, and can open everything in it. Everybody takes in the new list of the panel, and sends you their work once more."


def keys(numbers: Sequence[str]) -> str:
    """Which paper keys there are."""
    if not numbers:
        return "There is none yet."
    return f"{count(len(numbers), 'paper key')}: number {together(numbers)}."


def made_key(made: PaperKey) -> str:
    """A paper key was made."""
    return (
        f"Paper key {made.number} is written: {made.file.name}. Print it, read it through, and delete the file. "
        "The words stand nowhere else."
    )


def made_sheets(made: Sheets) -> str:
    """The two sheets were made."""
    return (
        f"Written: {made.successor.name} and {made.recovery.name}. Print them, give each to its holder, and delete the files. "
        "Then write the files for the panel: the sheets work where that list has come."
    )


def revoked(number: str) -> str:
    """A paper key opens no more."""
    return f"Paper key {number} opens this profile no more. A copy of the profile from before still opens with it."


def took_over(done: Succeeded) -> str:
    """Somebody leads now."""
    return (
        f"You lead the tender now, in the place of {done.replaced}. Carry {done.roster.name} to everybody. The two sheets are used up: make new "
        "ones, then write the files for the panel."
    )
