"""What is said of the papers for a bad day: a paper key, the two sheets of a tender, and taking over with them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.errors import EvalPanelError
from evalpanel.services.papers import PaperKey, Sheets
from evalpanel.services.recovering import Recovered
from evalpanel.services.succession import Succeeded
from evalpanel.ui.models.carrying import KINDS
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


# On a laptop that knows nothing of the tender ------------------------------------------------------------------------

FROM_PAPER_TITLE = "Take over a tender whose officer’s laptop is gone"
FROM_PAPER = (
    "For a tender that is not on this laptop. You need the successor’s sheet and the recovery sheet, which two people hold, and the newest "
    "sealed files that the officer issued, from a stick or a share."
)
FROM_PAPER_BUTTON = "Take over with the two sheets…"
TYPING = "Type them with spaces, in order. Capital letters make no difference, and the first four letters of each are enough."
WHICH_FILES = (
    "Choose every stick and folder that somebody on the panel has. The newest list of who takes part and the pack must be among "
    "them. What people had sent is opened too."
)
LISTED_CODE = "For example PM1"
NEW_CODE = "A new one, for example OF2"
TOOK_OVER = "Your laptop is the officer’s from now on. Others accept it once the new list has reached them."
OPEN_SENT_TITLE = "Open what people had sent"
OPEN_SENT = (
    "Files that were sealed to the officer before you open only with the recovery sheet. What was signed off is taken in; what was "
    "not is written for its author alone. The record says that the sheet was used."
)
SENT_FILES = "Choose the sticks and folders with what people had sent to the officer before."


def chosen(files: Sequence[Path]) -> str:
    """What was chosen so far."""
    if not files:
        return "Nothing is chosen yet."
    places = tuple(dict.fromkeys(one.parent.name for one in files))
    where = f" from {together(places)}" if len(places) <= _PLACES else ""
    return f"{count(len(files), 'file')}{where}."


_PLACES = 3


def taken_over(done: Succeeded, got: Recovered | None, trouble: EvalPanelError | None) -> str:
    """What this laptop holds now."""
    lines = [
        f"The tender, its bids and the panel, as list number {done.number} of who takes part has them. The keys of {done.replaced} are revoked.",
        *(recovered(got) if got is not None else ()),
    ]
    if trouble is not None:
        lines.append(
            f"What people had sent is not open yet: {trouble} Open it under Carry files, For a bad day, “{OPEN_SENT_TITLE}”."
        )
    return "\n".join(f"• {one}" for one in lines)


def recovered(got: Recovered) -> tuple[str, ...]:
    """What became of what people had sent, a line for each thing that one should know."""
    unsigned = {(ParcelKind.SCORESHEET, str(one.person)) for one in got.interim}  # said below
    fresh = [
        f"{KINDS[one.kind]} of {one.author}"
        for one in got.reports
        if one.kind is not None
        and one.verdict in (Verdict.NEW, Verdict.NEWER)
        and (one.kind, one.author) not in unsigned
    ]
    whose = together(fresh)
    lines = [f"Opened with the recovery sheet: {whose}." if fresh else "Nothing new was in what people had sent."]
    lines += [
        f"{one.file}: {one.words}"
        for one in got.reports
        if one.kind is not ParcelKind.INVITATION  # an old one: nobody is to answer it here
        and one.verdict in (Verdict.WAITING, Verdict.FORKED, Verdict.ALTERED, Verdict.UNREADABLE)
    ]
    lines += [
        f"{one.person} has not signed off: {count(one.answers, 'answer')} in {one.file.name}. Give it to {one.person} alone, then delete it: "
        "it is not sealed."
        for one in got.interim
    ]
    if got.closed:
        lines.append(
            f"Not signed off, and not sealed to this sheet: the score sheet of {together(got.closed)}. They have it on their laptop."
        )
    return tuple(lines)


def missing(done: Succeeded) -> str:
    """What never left the other laptop, or may be newer elsewhere."""
    lines = (
        f"{_ALONE} It is done again.",
        f"What changed after list number {done.number}. Ask the panel by telephone whether anybody has a list with a higher number.",
        "What was sealed before there were sheets stays closed to them.",
    )
    return "\n".join(f"• {one}" for one in lines)


_ALONE = "What never left the officer’s laptop: what was decided about interests, the closing of moderation, opened prices, letters, and in a blind tender which documents were looked through."


def next_steps(done: Succeeded) -> str:
    """What to do now, in order."""
    steps = (
        f"Carry {done.roster.name} to everybody.",
        "Under Panel, decide about interests again: nobody gets a bid before that.",
        "Make two new sheets under Carry files, For a bad day. These two are used up: have them destroyed once what people had sent is open.",
        "Write the files for the panel. Everybody takes them in, and sends you their work once more.",
    )
    return "\n".join(f"{number}. {one}" for number, one in enumerate(steps, 1))
