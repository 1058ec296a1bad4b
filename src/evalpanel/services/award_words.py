"""The history from the award decision to the ending of the record, told in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from evalpanel.domain.signing import in_words

Told = tuple[str, str]
Detail = Mapping[str, Any]


def told(act: str, detail: Detail) -> Told | None:
    """What happened, and what is worth knowing about it; None for any other act."""
    tell = _SENTENCES.get(act)
    return tell(detail) if tell is not None else None


def _day(text: str) -> str:
    return in_words(date.fromisoformat(text))


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _decided(held: Detail) -> Told:
    which = f"award lot {held['lot']} to {' and '.join(held['bids'])}" if held["bids"] else f"abandon lot {held['lot']}"
    what = f"recorded that {held['authority']} decided to {which}"
    parts = [f"Decided by {', '.join(held['decided_by'])} on {_day(held['decided_on'])}, under {held['delegation']}."]
    if held["tie_settled"]:
        parts.append(_sentence(f"The tie: {held['tie_settled']}"))
    if held["call_in_ends"]:
        parts.append(f"It can be called in until {_day(held['call_in_ends'])}.")
    if held["again"]:
        parts.append(_sentence(f"Decided once more: {held['again']}"))
    return what, " ".join(parts)


def _notice(held: Detail) -> Told:
    name = f" {held['notice_id']}" if held["notice_id"] else ""
    what = f"recorded that the award notice{name} was published on {_day(held['published'])}"
    parts = [f"A standstill of {held['days']} days began to count." if held["days"] else "No standstill was announced."]
    parts += [
        f"{name} on {_day(day)} counts as a bank holiday."
        for day, name in zip(held["proclaimed"], held["proclaimed_names"], strict=True)
    ]
    if held["again"]:
        parts.append(_sentence(f"Recorded once more: {held['again']}"))
    if held["stands"]:
        parts.append(f"{held['found']} {_sentence('Why it stands: ' + held['stands'])}")
    return what, " ".join(parts)


def _letter_days(held: Detail) -> Told:
    way = "not all by electronic means" if held["by_post"] else "by electronic means"
    parts = [
        f"{name} on {_day(day)} counts as a bank holiday."
        for day, name in zip(held["proclaimed"], held["proclaimed_names"], strict=True)
    ]
    if held["again"]:
        parts.append(_sentence(f"Recorded once more: {held['again']}"))
    return f"recorded by what letters state the end of standstill: they go {way}", " ".join(parts)


def _challenge(held: Detail) -> Told:
    return (
        f"recorded a challenge by {held['who']}, notified on {_day(held['since'])}",
        "Nothing is destroyed until it ends.",
    )


def _hold(held: Detail) -> Told:
    return f"put a hold on the record for {held['who']} from {_day(held['since'])}", _sentence(f"Reason: {held['why']}")


def _lift(held: Detail) -> Told:
    return f"lifted the hold of act {held['lifts']} for {held['who']}", _sentence(f"Reason: {held['why']}")


def _contract(held: Detail) -> Told:
    what = f"recorded that the contract for lot {held['lot']} was signed on {_day(held['signed'])}"
    return what, f"With {' and '.join(held['bids'])}."


def _notified(held: Detail) -> Told:
    return f"asked {_bid(held)} to explain its price", f"Notified on {_day(held['on'])}."


def _answered(held: Detail) -> Told:
    return f"recorded the answer of {_bid(held)} about its price", f"Dated {_day(held['on'])}."


def _priced(held: Detail) -> Told:
    which = "is accepted" if held["accepted"] else "is abnormally low and the bid is disregarded"
    return f"recorded that the price of {_bid(held)} {which}", f"Decided by {held['who']} on {_day(held['on'])}."


def _bid(held: Detail) -> str:
    return f"bid {held['bid']} in lot {held['lot']}"


def _closed(_held: Detail) -> Told:
    return "closed the tender", ""


def _ended(held: Detail) -> Told:
    many = "1 sealed file" if held["files"] == 1 else f"{held['files']} sealed files"
    return (
        f"ended the record: took {many} away and deleted the wrapping key",
        f"{_sentence(held['why'])} {held['kept']}",
    )


_REPORTS = {"evaluation": "the evaluation report", "matrix": "the score matrix"}


def _report(held: Detail) -> Told:
    what = _REPORTS.get(held["kind"], f"the report-back sheet of {held['about']}")
    return f"wrote {what}", f"Digest {held['sha256'][:16]}…"


_SENTENCES: Mapping[str, Callable[[Detail], Told]] = {
    "award-decided": _decided,
    "notice-published": _notice,
    "letter-days-said": _letter_days,
    "challenge-notified": _challenge,
    "hold-placed": _hold,
    "hold-lifted": _lift,
    "contract-signed": _contract,
    "low-price-notified": _notified,
    "low-price-answered": _answered,
    "low-price-decided": _priced,
    "tender-closed": _closed,
    "record-ended": _ended,
    "report-written": _report,
}
