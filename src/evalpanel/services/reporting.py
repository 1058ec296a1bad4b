"""Reports from the record: the evaluation report (signed), the whole score matrix, and the report-back sheet of a TSO's person."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from evalpanel.domain.evaluation import Evaluation
from evalpanel.domain.evaluation_report import ReasonsApart, evaluation_report
from evalpanel.domain.evaluation_report_parts import in_short
from evalpanel.domain.letter import Signatory
from evalpanel.domain.people import Role
from evalpanel.domain.report_back import report_back
from evalpanel.domain.reports import ReportKind, ReportMade, why_no_report_back
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import after_outcome, interests, letter_keys, tenders
from evalpanel.services.awards import computed
from evalpanel.services.evaluation_reads import evaluation
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import write_atomic

if TYPE_CHECKING:
    from evalpanel.formats.archival import Attachment

REASONS_FILE = "scores-and-reasons.xlsx"
"""The name of the workbook inside the report of a big tender."""


@dataclass(frozen=True, slots=True)
class ReportWritten:
    """A report in a file. `pages` is 0 for a workbook; `fingerprint` is empty where nothing is signed."""

    kind: ReportKind
    file: Path
    sha256: str
    pages: int
    fingerprint: str


def report(
    workspace: Workspace,
    named: str,
    out: Path,
    *,
    in_full: bool = False,
    person: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> ReportWritten:
    """Write the evaluation report to `out`, a PDF signed by the officer, and put it on the record with its digest.

    In a big tender the reasons of every line stand in a workbook inside the PDF, or on its pages if it is to be `in_full`.
    """
    _named(out, ".pdf")
    # reportlab and pyHanko are slow to import, and only documents need them.
    from evalpanel.formats.letter_pdf import signature_appearance
    from evalpanel.formats.paper import SIGNATURE_SIZE
    from evalpanel.formats.report_pdf import render
    from evalpanel.sealing.certificates import short_fingerprint
    from evalpanel.sealing.pdf_signature import verify

    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        who, held = _whole(workspace, tender, evaluation(tx, workspace, tender, words=False), person)
        made_of = computed(tx, tender)
    assert tender.pack.tender is not None
    authority = tender.pack.tender.authority
    name = next((one.name for one in tender.pack.panel if one.person == who), workspace.owner.name)
    signs = Signatory(name, f"Procurement officer, {authority}", workspace.owner.email)
    now = workspace.now()
    inside = _reasons(held, now, progress) if in_short.is_big(held) and not in_full else None
    apart = ReasonsApart(inside.name, _digest(inside.data)) if inside is not None else None
    made = evaluation_report(held, made_at=now, signs=signs, apart=apart)
    attachments = (inside,) if inside is not None else ()
    paper = render(made, made_at=now, attachments=attachments, progress=progress)
    with letter_keys.signer(workspace, made_of, who, signs, None) as signer:
        fingerprint = signer.fingerprint
        seen = (
            f"Signed by {signs.name}",
            signs.role,
            f"{now:%d %B %Y, %H:%M} UTC",
            f"Key {short_fingerprint(fingerprint)}  ·  Report {short_fingerprint(_digest(paper.data))}",
        )
        pdf = signer.sign(
            paper.data,
            appearance=signature_appearance(seen, SIGNATURE_SIZE),
            reason=made.title,
            location=authority,
            name=signs.name,
            at=now,
        )
    if verify(pdf, {fingerprint: signs.name}).verdict != "verified":
        raise EvalPanelError("The report does not verify as it was signed.", "It was not kept. Run the command again.")
    written = ReportWritten(ReportKind.EVALUATION, out, _digest(pdf), paper.pages, fingerprint)
    return _kept(workspace, tender, who, written, pdf)


def matrix(
    workspace: Workspace, named: str, out: Path, *, person: str | None = None, progress: Progress = NO_PROGRESS
) -> ReportWritten:
    """Write the whole score matrix to `out`, an XLSX, and put that on the record with its digest."""
    _named(out, ".xlsx")
    # openpyxl is slow to import, and only workbooks need it.
    from evalpanel.formats.matrix_workbook import write_matrix

    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        who, held = _whole(workspace, tender, evaluation(tx, workspace, tender), person)
    data = write_matrix(held, made_at=workspace.now(), progress=progress)
    return _kept(workspace, tender, who, ReportWritten(ReportKind.MATRIX, out, _digest(data), 0, ""), data)


def back(workspace: Workspace, named: str, out: Path, *, about: str, person: str | None = None) -> ReportWritten:
    """Write the report-back sheet of one person of the panel to `out`, a PDF. Refused, with the date, until standstill ended."""
    _named(out, ".pdf")
    from evalpanel.formats.report_pdf import render_report_back  # slow, as above

    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        member = tender.member(about)
        who = tender.acting(Role.OFFICER, None) if person is None else tender.member(person).person
        if who not in (member.person, tender.acting(Role.OFFICER, None)):
            raise EvalPanelError(
                f"{who} does not report back for {member.person}.",
                "The officer does, or the person. Nothing was written.",
            )
        if not member.has(Role.PANEL_MEMBER):
            raise EvalPanelError(
                f"{member.person} does not score, so there is nothing to report back.", "Nothing was written."
            )
        now = after_outcome.read(tx, workspace, tender)
        why = why_no_report_back(now.notice, now.awards, now.regime, now.today)
        if why:
            raise EvalPanelError("It is too early to report back.", f"Nothing was written. {why}")
        held = evaluation(tx, workspace, tender)
    paper = render_report_back(report_back(held, member), made_at=workspace.now())
    written = ReportWritten(ReportKind.REPORT_BACK, out, _digest(paper.data), paper.pages, "")
    return _kept(workspace, tender, who, written, paper.data, member.person)


def _reasons(held: Evaluation, now: datetime, progress: Progress) -> Attachment:
    """What a big report holds inside: the agreed scores and reasons of every line, as a workbook."""
    # Slow to import, and only reports of big tenders need them.
    from evalpanel.formats.archival import Attachment
    from evalpanel.formats.matrix_workbook import write_reasons

    return Attachment(
        REASONS_FILE,
        "Agreed scores and reasons by lot, bid and criterion",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        write_reasons(held, made_at=now, progress=progress),
    )


def _whole(
    workspace: Workspace, tender: tenders.OpenTender, held: Evaluation, person: str | None
) -> tuple[PersonCode, Evaluation]:
    """Who writes a whole report: the officer, who must not be kept out of any lot of it."""
    who = tender.acting(Role.OFFICER, person)
    with workspace.store.reading() as tx:
        kept_out = interests.kept_out(tx, tender, who if person is not None else None, Role.OFFICER)
    if kept_out:
        raise EvalPanelError(
            f"{who} is recused from {kept_out[0].what}.",
            "Nothing was written: this report holds every bid of every lot.",
        )
    return who, held


def _kept(
    workspace: Workspace,
    tender: tenders.OpenTender,
    who: PersonCode,
    written: ReportWritten,
    data: bytes,
    about: str = "",
) -> ReportWritten:
    made = ReportMade(written.kind, about, written.sha256, written.fingerprint, written.pages)
    with workspace.store.writing() as tx:
        after_outcome.keep(tx, workspace, tender.tender_id, t.ReportRow, made, who)
    # On record first: a report that a person can hand over must never be one that the record does not know.
    try:
        write_atomic(written.file, data)
    except EvalPanelError as error:
        raise EvalPanelError(
            error.title, "That the report was made is on the record; put this right, then write it again."
        ) from error
    return written


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _named(out: Path, suffix: str) -> None:
    if out.suffix.lower() != suffix:
        raise EvalPanelError(
            f"“{out.name}” does not end with {suffix}.",
            f"Nothing was written. Give the report a name that ends with {suffix}.",
        )
