"""What the trail pins of what comes after the letters, how the record tells of it, and whether it is still so.

Shared by the journeys that write it, the record and the check of a tender.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from json import loads
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain import trail
from evalpanel.domain.digests import plain
from evalpanel.domain.tender import TenderId
from evalpanel.store import tables as t


def sent_detail(row: t.LetterSentRow) -> dict[str, Any]:
    """What the trail pins of a letter that went out."""
    return {
        "bid": row.bid,
        "lot": row.lot,
        "sha256": row.sha256,
        "sent_at": row.sent_at,
        "channel": row.channel,
        "address": row.address,
        "note": row.note,
    }


def reply_detail(row: t.ReplyRow) -> dict[str, Any]:
    """What the trail pins of a bidder's answer."""
    return {"bid": row.bid, "lot": row.lot, "received_at": row.received_at, "kind": row.kind, "text": row.text}


def feedback_detail(row: t.FeedbackRow) -> dict[str, Any]:
    """What the trail pins of a form about the process."""
    return {
        "lot": row.lot,
        "received_on": row.received_on,
        "form_version": row.form_version,
        "answers": row.answers,
        "sha256": row.sha256,
        "sealed": row.sealed,
    }


def lesson_detail(row: t.LessonRow) -> dict[str, Any]:
    """What the trail pins of a lesson."""
    return {
        "number": row.number,
        "stage": row.stage,
        "voice": row.voice,
        "said": row.said,
        "criterion": row.criterion,
    }


def done_detail(row: t.LessonDoneRow) -> dict[str, Any]:
    """What the trail pins of what was done about a lesson."""
    return {
        "number": row.number,
        "did": row.did,
        "unchanged": row.unchanged,
        "decided_on": row.decided_on,
        "decided_by": row.decided_by,
    }


_KEPT: Mapping[str, tuple[type[Any], Callable[[Any], dict[str, Any]], str]] = {
    "letter-sent": (t.LetterSentRow, sent_detail, "the sending of act"),
    "reply-received": (t.ReplyRow, reply_detail, "the answer of act"),
    "feedback-received": (t.FeedbackRow, feedback_detail, "the feedback of act"),
    "lesson-recorded": (t.LessonRow, lesson_detail, "the lesson of act"),
    "lesson-answered": (t.LessonDoneRow, done_detail, "what was done, act"),
}


def differences(tx: Session, tender: TenderId, lines: tuple[trail.TrailLine, ...]) -> tuple[list[str], int]:
    """Where what is held is not what the trail pinned, in words, and how many rows are as they were recorded."""
    wrong: list[str] = []
    count = 0
    for act, (table, detail, what) in _KEPT.items():
        rows = tx.execute(select(table).where(table.tender_id == tender)).scalars()
        held = {row.act: plain(detail(row)) for row in rows}
        pinned = {line.number: loads(line.detail) for line in lines if line.act == act}
        wrong += [f"{what} {number} is not in the trail" for number in held.keys() - pinned.keys()]
        wrong += [f"{what} {number} is missing" for number in pinned.keys() - held.keys()]
        wrong += [
            f"{what} {one} is not what was recorded" for one in held.keys() & pinned.keys() if held[one] != pinned[one]
        ]
        count += len(held)
    return sorted(wrong), count


def sealed_files(tx: Session, tender: TenderId) -> Iterator[tuple[str, str]]:
    """The sealed files that came after the letters, with what each is."""
    for row in tx.execute(select(t.FeedbackRow).where(t.FeedbackRow.tender_id == tender)).scalars():
        yield row.sealed, f"the filled form of act {row.act}"


def told(act: str, detail: Mapping[str, Any]) -> tuple[str, str] | None:
    """What happened, in words that complete the person's name, and a sentence more; None for any other act.

    What a bidder wrote is never told here: the record is read in the room.
    """
    if act == "letter-sent":
        way = {"email": "by e-mail", "portal": "through the portal", "post": "by post", "hand": "by hand"}
        return f"sent the letter for bid {detail['bid']}, lot {detail['lot']}, {way[detail['channel']]}", detail["note"]
    if act == "reply-received":
        kinds = {"receipt": "that the letter arrived", "challenge": "notice of a challenge", "other": "an answer"}
        what = kinds.get(detail["kind"], f"a {detail['kind']}")
        return f"recorded {what} from bid {detail['bid']}, lot {detail['lot']}", ""
    if act == "feedback-received":
        return "took in a form about the process", "It does not say who filled it in."
    if act == "lesson-recorded":
        return f"recorded lesson {detail['number']} for the authority", ""
    if act == "lesson-answered":
        return f"recorded what is done about lesson {detail['number']}", ""
    if act == "process-reviewed":
        return "wrote the process review", ""
    return None
