"""Feedback the other way: the form about the process that goes with each letter, and the forms that come back."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from sqlalchemy import select

from evalpanel.domain.digests import canonical_json
from evalpanel.domain.people import Role
from evalpanel.domain.process_feedback import AnswersRead, Tally, refuse_empty, tallied, understood
from evalpanel.domain.tender import EnvelopeKind, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.formats.filled_form import MOST_BYTES, read_filled
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import audit, tenders
from evalpanel.services.afterwards import feedback_detail
from evalpanel.services.envelopes import EnvelopeName, held_envelopes
from evalpanel.services.forms import form_file, form_mark, form_pdf
from evalpanel.services.learning import Returned, returned
from evalpanel.services.questions import shipped_form
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import read_whole, tidying, write_atomic

_MARK = re.compile(r"(\d{1,4}) ([0-9a-f]{8})(?: (\S{1,64}))?\Z")


class FormVerdict(StrEnum):
    """What became of a file that was given as a filled form."""

    NEW = "new"
    SAME = "same"
    OTHER_TENDER = "other-tender"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FormTaken:
    """What became of one file, in words, and what of it could not be used."""

    file: str
    verdict: FormVerdict
    words: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """What came back about a tender: the forms, and how every question was answered."""

    forms: tuple[Returned, ...]
    tallies: tuple[Tally, ...]


def write_forms(workspace: Workspace, named: str, to: Path) -> tuple[Path, ...]:
    """Write the form about the process into the folder `to`, one for each lot: the same for everybody who bid for it."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
    made = []
    for lot in tender.pack.lots:
        target = to / form_file(tender, lot)
        write_atomic(target, form_pdf(tender, lot, made_at=workspace.now()), private=False)
        made.append(target)
    return tuple(made)


def take(
    workspace: Workspace,
    named: str,
    files: Sequence[Path],
    *,
    received_on: date | None = None,
    person: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> tuple[FormTaken, ...]:
    """Take in filled forms, file by file: one that cannot be read never stops the others. Cancelling keeps those before.

    `received_on` is the day on which they came; today if left out. The same file counts once.
    """
    day = received_on or workspace.now().date()
    if day > workspace.now().date():
        raise EvalPanelError("A form cannot be received on a day that is still to come.", "Nothing was changed.")
    with workspace.store.reading() as tx:
        tenders.find(tx, named).acting(Role.OFFICER, person)
    reports = []
    for place, file in enumerate(files):
        progress.step(place, len(files), file.name)
        try:
            reports.append(_take(workspace, named, file, day, person))
        except EvalPanelError as error:
            reports.append(FormTaken(file.name, FormVerdict.UNREADABLE, str(error)))
    progress.step(len(files), len(files), "")
    return tuple(reports)


def overview(workspace: Workspace, named: str) -> Overview:
    """What came back about a tender so far."""
    with workspace.store.reading() as tx:
        forms = returned(tx, tenders.find(tx, named).tender_id)
    return Overview(forms, tallied(shipped_form(), [one.answers for one in forms]))


def _take(workspace: Workspace, named: str, file: Path, day: date, person: str | None) -> FormTaken:
    form = shipped_form()
    data = read_whole(file, MOST_BYTES)
    filled = read_filled(data, form)
    read = understood(form, filled.fields)
    refuse_empty(read)
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        digest = hashlib.sha256(data).hexdigest()
        row = t.FeedbackRow
        known = tx.execute(select(row.id).where(row.tender_id == tender.tender_id, row.sha256 == digest)).first()
        envelopes = held_envelopes(tx, workspace, tender.tender_id)
    if known is not None:
        return FormTaken(file.name, FormVerdict.SAME, "It is here already; nothing changed.")
    lot, other, notes = _about(tender, filled.mark, form.version)
    if other:
        return FormTaken(file.name, FormVerdict.OTHER_TENDER, other)
    read = AnswersRead(read.answers, (*notes, *read.notes))
    who = tender.acting(Role.OFFICER, person)
    sealed = envelopes.seal(EnvelopeName(EnvelopeKind.OFFICE), io.BytesIO(data))
    try:
        with workspace.store.writing() as tx:
            envelopes.keep(tx)
            kept = _row(workspace, tender.tender_id, lot, day, read, digest, sealed.sealed, form.version)
            kept.person = who
            kept.act = audit.record(
                tx, workspace, "feedback-received", tender=tender.tender_id, person=who, detail=feedback_detail(kept)
            )
            tx.add(kept)
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove([sealed.sealed])
        raise
    count = len(read.answers.given)
    words = f"{count} {'answer was' if count == 1 else 'answers were'} taken in."
    return FormTaken(file.name, FormVerdict.NEW, words, read.notes)


def _row(
    workspace: Workspace,
    tender: TenderId,
    lot: str,
    day: date,
    read: AnswersRead,
    digest: str,
    sealed: str,
    version: int,
) -> t.FeedbackRow:
    return t.FeedbackRow(
        tender_id=tender,
        lot=lot,
        received_on=day,
        form_version=version,
        answers=canonical_json([list(pair) for pair in read.answers.given]),
        notes=canonical_json(list(read.notes)),
        sha256=digest,
        sealed=sealed,
        at=workspace.now(),
    )


def _about(tender: tenders.OpenTender, mark: str, version: int) -> tuple[str, str, tuple[str, ...]]:
    """The lot that a form says it is about, why it is not ours (empty: it is), and what is to be noted."""
    found = _MARK.match(mark)
    if found is None:
        return "", "", ("It does not say which tender it is about; it was taken in for this one.",)
    wanted = {form_mark(tender, lot): lot.lot for lot in tender.pack.lots}
    if found[2] != tender.tender_id[:8]:
        return "", "This form is about another tender. It was not kept: take it in there.", ()
    notes = () if int(found[1]) == version else (f"It is version {found[1]} of the form, and this one is {version}.",)
    lot = next((code for text, code in wanted.items() if text.partition(" ")[2] == mark.partition(" ")[2]), "")
    return lot, "", notes
