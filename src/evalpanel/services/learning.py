"""What a tender has taught so far, as the journeys that show and write it read it: lessons, and forms that came back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from json import loads

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.lessons import Done, Lesson
from evalpanel.domain.process_feedback import Answers
from evalpanel.domain.tender import TenderId
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Returned:
    """A form that came back: for which lot (empty: not said), when, what it answers, and what of it could not be used."""

    lot: str
    received_on: date
    answers: Answers
    notes: tuple[str, ...]


def lessons_of(tx: Session, tender: TenderId) -> tuple[Lesson, ...]:
    """The lessons of a tender by number."""
    done: dict[int, list[Done]] = defaultdict(list)
    for row in tx.execute(
        select(t.LessonDoneRow).where(t.LessonDoneRow.tender_id == tender).order_by(t.LessonDoneRow.id)
    ).scalars():
        done[row.number].append(Done(row.did, row.decided_on, row.decided_by, row.unchanged))
    rows = tx.execute(select(t.LessonRow).where(t.LessonRow.tender_id == tender).order_by(t.LessonRow.number)).scalars()
    return tuple(
        Lesson(row.number, row.stage, row.voice, row.said, row.criterion, tuple(done[row.number])) for row in rows
    )


def returned(tx: Session, tender: TenderId) -> tuple[Returned, ...]:
    """The forms of a tender that came back, in the order in which they were taken in."""
    rows = tx.execute(
        select(t.FeedbackRow).where(t.FeedbackRow.tender_id == tender).order_by(t.FeedbackRow.id)
    ).scalars()
    return tuple(
        Returned(
            row.lot,
            row.received_on,
            Answers(tuple((code, text) for code, text in loads(row.answers))),
            tuple(loads(row.notes)),
        )
        for row in rows
    )
