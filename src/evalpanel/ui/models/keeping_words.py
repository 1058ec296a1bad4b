"""What is said of how long a record is kept, of what holds it, and of its ending. Nothing claims more than what is done."""

from __future__ import annotations

from evalpanel.domain.signing import Hold, HoldKind, in_words
from evalpanel.services.keeping import Keeping
from evalpanel.ui.models.words import count

WHAT_GOES = (
    "What goes: the sealed files of this tender on this laptop (documents, letters, filled-in forms, parcels) and the key that opens them. "
    "There is no way back. What stays is said above; this history stays too."
)
LIFTS = {
    HoldKind.CHALLENGE: "Record how it ended…",
    HoldKind.HOLD: "Lift this hold…",
    HoldKind.LIFT: "Lift this hold…",
}


def hold(one: Hold) -> str:
    """One hold that stands."""
    what = "A challenge" if one.kind is HoldKind.CHALLENGE else "A hold"
    return f"{what} stands since {in_words(one.since)} ({one.who}): {one.why}"


def lift_name(one: Hold) -> str:
    """What lifting it is called."""
    what = "Record how the challenge ended" if one.kind is HoldKind.CHALLENGE else "Lift the hold"
    return f"{what}: {one.who}, since {in_words(one.since)}"


def warning(held: Keeping) -> str:
    """What is to be heard now, beyond the date itself; empty when there is nothing."""
    if held.retention.holds and held.retention.ended is None:
        return "Nothing is destroyed while a hold stands."
    return held.warning.removeprefix(held.retention.why).strip()


def here(held: Keeping) -> str:
    """What is here, and what an ending would not reach, or did not."""
    if held.retention.ended is not None:
        ended = held.retention.ended
        gone = f"{count(ended.files, 'sealed file')} and the key went from this laptop: {ended.why}"
        return f"{gone.rstrip('.')}. {ended.kept}"
    key = "the key that opens them" if held.has_key else "no key any more"
    be = "is" if held.backups < 2 else "are"
    copies = f"There {be} {count(held.backups, 'backup') if held.backups else 'no backup'} of the store."
    return f"Kept here: {count(held.files, 'sealed file')} and {key}. {copies} An ending takes the files and the key. {held.kept}"


def why_not_end(held: Keeping, *, closed: bool) -> str:
    """Why it cannot be ended now; empty when it can."""
    if held.why_not_end:
        return held.why_not_end
    return "" if closed else "The tender is not closed yet. Close it first."


def ended(held: Keeping) -> str:
    """What is said when it was ended."""
    files = held.retention.ended.files if held.retention.ended is not None else 0
    return f"The record is ended: {count(files, 'sealed file')} and the key are gone from this laptop. What stays is said beside it."
