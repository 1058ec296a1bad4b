"""What is asked of a letter for an occasion, by its kind, and what is said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from evalpanel.domain.feedback_occasions import Occasion
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.tender import Bid
from evalpanel.services.letter_drafts import LetterStanding, LetterState
from evalpanel.services.letter_signing import LetterBlockedBy, LetterDone
from evalpanel.system.files import may_take_out
from evalpanel.ui.models.words import called, count

WHAT = (
    "Letters about the outcome stand in the list by themselves, also for bids that were late, excluded, disregarded, withdrawn or "
    "not shortlisted. This is for a letter that follows from something else. What it says of the bid comes from the record."
)
CHOICES = {
    LetterKind.PREQUALIFICATION_PASSED: "Prequalification: passed",
    LetterKind.PREQUALIFICATION_FAILED: "Prequalification: not passed",
    LetterKind.ABNORMALLY_LOW_NOTICE: "Low price: please explain it",
    LetterKind.ABNORMALLY_LOW_ACCEPTED: "Low price: the explanation is accepted",
    LetterKind.ABNORMALLY_LOW_REJECTED: "Low price: the explanation is not accepted",
    LetterKind.STANDSTILL_BEGAN: "The standstill period has begun (once the notice is on the record)",
    LetterKind.STANDSTILL_ENDED: "The standstill period has ended",
}
"""The letters that somebody asks for, in the order in which they come."""
REASONS = {
    LetterKind.ABNORMALLY_LOW_NOTICE: "What is to be explained, in words for the bidder",
    LetterKind.ABNORMALLY_LOW_ACCEPTED: "What was considered, in words for the bidder (may be left out)",
    LetterKind.ABNORMALLY_LOW_REJECTED: "What was considered, and why it was decided so, in words for the bidder",
}
DAYS = {
    LetterKind.PREQUALIFICATION_PASSED: ("valid_until", "Until when it is good, for instance 2028-11-30 (may be left out)"),
    LetterKind.ABNORMALLY_LOW_NOTICE: ("reply_by", "The last day for an answer, for instance 2026-11-30"),
    LetterKind.STANDSTILL_ENDED: ("ends", "The last day of standstill (left out: the one on record)"),
}  # fmt: skip
"""The one day that a kind of letter tells: which of an occasion's, and how it is asked for."""
AGAIN = "A letter of this kind was signed for this bid before. To sign another version, say why"
CONDITIONS = (LetterKind.PREQUALIFICATION_PASSED, LetterKind.PREQUALIFICATION_FAILED)


@dataclass(frozen=True, slots=True)
class AskedLetter:
    """A letter for an occasion that somebody asks for, to the bidder of one bid. `again`: why such a letter is signed once more."""

    occasion: Occasion
    bid: str
    lot: str
    again: str = ""


def occasion(kind: LetterKind, reason: str, day: date | None) -> Occasion:
    """The occasion with the words and the day that belong to its kind."""
    made = Occasion(kind, reason.strip() if kind in REASONS else "")
    named = DAYS.get(kind)
    match named[0] if named is not None and day is not None else "":
        case "valid_until":
            return replace(made, valid_until=day)
        case "reply_by":
            return replace(made, reply_by=day)
        case "ends":
            return replace(made, ends=day)
        case _:
            return made


def bid_words(bid: Bid, names: Mapping[str, str]) -> str:
    """`B02 Heard Together, lot L1`."""
    return f"{called(bid.bid, names.get(bid.bidder, ''))}, lot {bid.lot}"


def standing(asked: AskedLetter, bid: Bid, name: str, why: tuple[str, ...] = ()) -> LetterStanding:
    """The letter that is asked for as a row would show it: a draft, or blocked by `why`."""
    kind, state = asked.occasion.kind, LetterState.BLOCKED if why else LetterState.READY
    return LetterStanding(bid.bid, bid.lot, bid.bidder, name, "", kind, state, why, series=kind.series)


def signed(made: LetterDone | LetterBlockedBy, folder: str) -> str:
    """What is said when signing is done."""
    if isinstance(made, LetterBlockedBy):
        return f"It was not signed. {' '.join(made.why)}"
    if not made.verified:
        return f"{made.file.name} did not verify: check the disk and sign it again."
    what = "was signed before, and is given out as it was," if made.again else "is signed, read back and verified,"
    return f"The letter for {made.bid} {what} in “{folder}” ({count(made.pages, 'page')}). {may_take_out()}"
