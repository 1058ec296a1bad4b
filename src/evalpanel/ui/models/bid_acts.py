"""What is said of a bid that falls out, and of the correspondence about a price that looks too low."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation

from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.low_prices import LowPriceFlag, LowPriceRecord, LowPriceStep
from evalpanel.domain.signing import in_words
from evalpanel.domain.tender import BidStatus
from evalpanel.errors import EvalPanelError

OUT = {
    BidStatus.EXCLUDED: "Excluded",
    BidStatus.DISREGARDED: "Disregarded",
    BidStatus.WITHDRAWN: "Withdrawn by its bidder",
}
FALLS_OUT = (
    "The outcome of the lot is worked out anew from the bids that are left, as published. Both outcomes stay on the record. A bid "
    "that fell out cannot come back in."
)
LOW = (
    "A price that looks too low is a correspondence: the bidder is asked, has its chance to explain, and then it is decided. A flag decides "
    "nothing, and no bid falls out by itself."
)
ORDER = (LowPriceStep.NOTIFIED, LowPriceStep.ANSWER, LowPriceStep.DECISION)
STEPS = {
    LowPriceStep.NOTIFIED: "Asked to explain",
    LowPriceStep.ANSWER: "Answered",
    LowPriceStep.DECISION: "Decided",
}
ACTS = {
    LowPriceStep.NOTIFIED: "Record that {bid} was asked",
    LowPriceStep.ANSWER: "Record the answer of {bid}",
    LowPriceStep.DECISION: "Record the decision on {bid}",
}
TEXTS = {
    LowPriceStep.NOTIFIED: "What the bidder was asked to explain",
    LowPriceStep.ANSWER: "What it answered, in short, or that no answer came by the day that was set",
    LowPriceStep.DECISION: "What was considered, and why it was decided so: the bidder may read this",
}
PEOPLE = {
    LowPriceStep.NOTIFIED: "Who asked",
    LowPriceStep.ANSWER: "Who answered, or who notes that no answer came",
    LowPriceStep.DECISION: "Who decided",
}


def of_bid(records: Iterable[LowPriceRecord], lot: str, bid: str) -> tuple[LowPriceRecord, ...]:
    """The correspondence about one bid, oldest first."""
    return tuple(one for one in records if (one.lot, one.bid) == (lot, bid))


def next_step(records: Sequence[LowPriceRecord]) -> LowPriceStep | None:
    """What comes next in the correspondence about one bid; None when it is decided."""
    done = {one.step for one in records}
    return next((step for step in ORDER if step not in done), None)


def line(step: LowPriceStep, records: Sequence[LowPriceRecord]) -> str:
    """One of the three steps, done or to come."""
    held = next((one for one in records if one.step is step), None)
    if held is None:
        return f"○  {STEPS[step]}: not yet"
    came = {None: "", True: " The price is accepted.", False: " The bid is disregarded."}[held.accepted]
    return f"✓  {STEPS[step]} on {in_words(held.on)}, by {held.who}: {held.text}{came}"


def letter_of(records: Sequence[LowPriceRecord]) -> LetterKind | None:
    """The letter that goes with the newest step; None where none does."""
    if not records:
        return None
    newest = records[-1]
    match newest.step:
        case LowPriceStep.NOTIFIED:
            return LetterKind.ABNORMALLY_LOW_NOTICE
        case LowPriceStep.DECISION:
            return LetterKind.ABNORMALLY_LOW_ACCEPTED if newest.accepted else LetterKind.ABNORMALLY_LOW_REJECTED
        case _:
            return None


def flags(held: Iterable[LowPriceFlag], lot: str) -> str:
    """Which prices of a lot are flagged, and why."""
    lines = [f"△  {one.bid}: {one.why}." for one in held if one.lot == lot]
    return "\n".join(lines) or "No price of this lot is flagged."


def margin(text: str) -> Decimal | None:
    """The published margin as it was typed; None where nothing was. Raises `EvalPanelError` for what is no number."""
    said = text.strip().removesuffix("%").strip()
    if not said:
        return None
    try:
        return Decimal(said)
    except InvalidOperation as error:
        raise EvalPanelError(f"“{text}” is no percentage.", "Write the published margin as 20 or 12.5.") from error
