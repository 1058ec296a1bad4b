"""Lessons of a tender and what was done about them, and the register of them over all tenders: “you said, we did”."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.lessons import Lesson, Registered, Voice, checked_words, in_order
from evalpanel.domain.people import Role
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.domain.tender import CriterionCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders
from evalpanel.services.afterwards import done_detail, lesson_detail
from evalpanel.services.learning import lessons_of
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


def add(
    workspace: Workspace,
    named: str,
    said: str,
    *,
    stage: ProcessStage,
    voice: Voice,
    criterion: str | None = None,
    person: str | None = None,
) -> Lesson:
    """Record what was said that the authority can learn from. It is about the process and touches no bid."""
    words = checked_words(said, "The lesson")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        codes = {one.criterion for one in tender.pack.criteria}
        if criterion is not None and criterion not in codes:
            raise EvalPanelError(
                f"{tender.reference} has no criterion {criterion}.",
                f"Nothing was recorded. It has {', '.join(sorted(codes))}.",
            )
        held = t.LessonRow
        last = tx.execute(select(func.max(held.number)).where(held.tender_id == tender.tender_id)).scalar()
        row = held(
            tender_id=tender.tender_id,
            number=(last or 0) + 1,
            stage=stage,
            voice=voice,
            said=words,
            criterion=None if criterion is None else CriterionCode(criterion),
            person=who,
            at=workspace.now(),
        )
        row.act = audit.record(
            tx, workspace, "lesson-recorded", tender=tender.tender_id, person=who, detail=lesson_detail(row)
        )
        tx.add(row)
        tx.flush()
        return _one(tx, tender.tender_id, row.number)


def answer(
    workspace: Workspace,
    named: str,
    number: int,
    did: str,
    *,
    on: date,
    by: str,
    unchanged: bool = False,
    person: str | None = None,
) -> Lesson:
    """Record what was done about a lesson, decided on a day and by somebody. `unchanged`: why nothing will be done."""
    words = checked_words(did, "What was done")
    decided_by = checked_words(by, "Who decided")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        if on > workspace.now().date():
            raise EvalPanelError(
                "A decision cannot be recorded for a day that is still to come.", "Nothing was recorded."
            )
        _one(tx, tender.tender_id, number)
        row = t.LessonDoneRow(
            tender_id=tender.tender_id,
            number=number,
            did=words,
            unchanged=unchanged,
            decided_on=on,
            decided_by=decided_by,
            person=who,
            at=workspace.now(),
        )
        row.act = audit.record(
            tx, workspace, "lesson-answered", tender=tender.tender_id, person=who, detail=done_detail(row)
        )
        tx.add(row)
        tx.flush()
        return _one(tx, tender.tender_id, number)


def lessons(workspace: Workspace, named: str) -> tuple[Lesson, ...]:
    """The lessons of a tender, stage by stage."""
    with workspace.store.reading() as tx:
        return in_order(lessons_of(tx, tenders.find(tx, named).tender_id))


def register(workspace: Workspace) -> tuple[Registered, ...]:
    """Every lesson of every tender in this profile, the newest tender first."""
    with workspace.store.reading() as tx:
        rows = tx.execute(select(t.TenderRow).order_by(t.TenderRow.loaded_at.desc())).scalars()
        return tuple(
            Registered(row.reference, row.title, lesson)
            for row in rows
            for lesson in in_order(lessons_of(tx, TenderId(row.tender_id)))
        )


def _one(tx: Session, tender: TenderId, number: int) -> Lesson:
    found = next((one for one in lessons_of(tx, tender) if one.number == number), None)
    if found is None:
        raise EvalPanelError(f"There is no lesson {number}.", "Nothing was recorded.")
    return found
