"""The process review of a tender, and the register of lessons over all tenders, written as documents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.lessons import Registered
from evalpanel.domain.people import Role
from evalpanel.domain.process_feedback import tallied
from evalpanel.domain.process_review import ProcessReview, Reviewed, register, review
from evalpanel.domain.tender import TenderId
from evalpanel.services import audit, tenders
from evalpanel.services.learning import lessons_of, returned
from evalpanel.services.questions import shipped_form
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import write_atomic

_SHORTEST_NAME = 3
"""A shorter name is a word like any other."""


@dataclass(frozen=True, slots=True)
class ReviewWritten:
    """What was written: the file, its digest and pages, how many forms and lessons it tells of."""

    file: Path
    sha256: str
    pages: int
    forms: int
    lessons: int


def write(workspace: Workspace, named: str, out: Path, *, person: str | None = None) -> ReviewWritten:
    """Write the process review of a tender as it stands now to `out`, a PDF. That it was made goes on the record."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        terms = tender.pack.tender
        assert terms is not None
        forms, lessons = returned(tx, tender.tender_id), lessons_of(tx, tender.tender_id)
        sent = tx.execute(
            select(func.count(t.LetterSentRow.sha256.distinct())).where(t.LetterSentRow.tender_id == tender.tender_id)
        ).scalar_one()
    held = Reviewed(
        terms.reference,
        terms.title,
        terms.authority,
        sent,
        len(forms),
        tallied(shipped_form(), [one.answers for one in forms]),
        lessons,
        _names(tender.pack),
    )
    data, pages = _pdf(workspace, review(held, made_on=workspace.now().date()))
    written = ReviewWritten(out, hashlib.sha256(data).hexdigest(), pages, len(forms), len(lessons))
    with workspace.store.writing() as tx:
        detail = {"sha256": written.sha256, "forms": written.forms, "lessons": written.lessons}
        audit.record(tx, workspace, "process-reviewed", tender=tender.tender_id, person=who, detail=detail)
        write_atomic(out, data, private=False)
    return written


def write_register(workspace: Workspace, out: Path) -> ReviewWritten:
    """Write the register of lessons over all tenders of this profile to `out`, a PDF. Changes nothing."""
    with workspace.store.reading() as tx:
        rows = list(tx.execute(select(t.TenderRow).order_by(t.TenderRow.loaded_at.desc())).scalars())
        every = tuple(
            Registered(row.reference, row.title, lesson)
            for row in rows
            for lesson in lessons_of(tx, TenderId(row.tender_id))
        )
        authorities = list(dict.fromkeys(row.authority for row in rows))
    data, pages = _pdf(workspace, register(every, ", ".join(authorities), made_on=workspace.now().date()))
    write_atomic(out, data, private=False)
    return ReviewWritten(out, hashlib.sha256(data).hexdigest(), pages, 0, len(every))


def _names(pack: TenderPack) -> tuple[str, ...]:
    """The organisations and people that take part: no answer that names one is quoted."""
    every = [one.name for one in pack.bidders]
    every += [one.name for one in pack.members]
    every += [one.name for one in pack.panel]
    return tuple(dict.fromkeys(name for name in every if len(name) > _SHORTEST_NAME))


def _pdf(workspace: Workspace, made: ProcessReview) -> tuple[bytes, int]:
    # reportlab takes 0.2 s to import, and only documents need it.
    from evalpanel.formats.document_pdf import render

    document = render(made, made_at=workspace.now())
    return document.data, document.pages
