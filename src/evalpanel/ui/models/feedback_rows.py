"""Letters on their way, and lessons, as rows of a table."""

from __future__ import annotations

from collections.abc import Sequence

from evalpanel.domain.correspondence import Correspondence, ReplyKind
from evalpanel.domain.lessons import Lesson
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.ui.models.letter_rows import KINDS
from evalpanel.ui.models.table import Row
from evalpanel.ui.models.words import count, uk_time
from evalpanel.ui.widgets import mark

SENT_COLUMNS = ("Bid", "Lot", "Bidder", "Sent", "Answers")
LESSON_COLUMNS = ("About", "Said by", "You said", "We did")
REPLIES = {
    ReplyKind.RECEIPT: "It arrived",
    ReplyKind.QUESTION: "A question",
    ReplyKind.COMPLAINT: "A complaint",
    ReplyKind.CHALLENGE: "Notice of a challenge",
    ReplyKind.OTHER: "Something else",
}


def sent_rows(every: Sequence[Correspondence]) -> tuple[Row, ...]:
    """One row a letter: an empty ring is not sent yet, half full is sent, a tick is answered."""
    return tuple(
        Row(
            (one.bid, one.lot, _whose(one), _sent(one), _answers(one)),
            (one.bid, one.lot, one.kind),
            mark.DONE if one.is_received else mark.HALF if one.is_sent else mark.MISSING,
        )
        for one in every
    )


def _whose(one: Correspondence) -> str:
    """Whose letter it is; of one for an occasion, also which."""
    kind = LetterKind(one.kind)
    return f"{one.name} · {KINDS[kind]}" if kind.is_asked_for else one.name


def _sent(one: Correspondence) -> str:
    if not one.sent:
        return "Not sent yet"
    last = one.sent[-1]
    times = f", {len(one.sent)} times" if len(one.sent) > 1 else ""
    return f"{uk_time(last.sent_at)}, {last.channel.words}{times}"


def _answers(one: Correspondence) -> str:
    if not one.replies:
        return "None yet" if one.sent else ""
    last = one.replies[-1]
    more = f" and {count(len(one.replies) - 1, 'more', 'more')}" if len(one.replies) > 1 else ""
    return f"{REPLIES[last.kind]}, {uk_time(last.received_at)}{more}"


def lesson_rows(every: Sequence[Lesson]) -> tuple[Row, ...]:
    """One row a lesson: an empty ring is open, a tick is done."""
    return tuple(
        Row(
            (
                one.stage.words + (f", {one.criterion}" if one.criterion else ""),
                one.voice.words,
                one.said,
                "; ".join(done.did for done in one.done) or "Not decided yet",
            ),
            one.number,
            mark.MISSING if one.is_open else mark.DONE,
        )
        for one in every
    )
