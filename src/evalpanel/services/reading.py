"""Reading at the desk: which documents answer a line, a document as the window shows it, and when an answer was saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from evalpanel.domain.criteria import Criterion
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.readable import Paragraph, Readable, ReadableKind
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import CriterionCode, EnvelopeKind
from evalpanel.errors import EvalPanelError
from evalpanel.formats.docx_text import read_docx
from evalpanel.services import audit, documents, tenders
from evalpanel.services.documents import DocumentInfo
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.system.files import write_atomic

_WORD = (".docx", ".docm", ".dotx")
_PLAIN = (".txt", ".md", ".csv")


@dataclass(frozen=True, slots=True)
class LineDocuments:
    """The documents that belong to a line: those that answer it, the others of the same bid, and the tender's own."""

    answering: tuple[DocumentInfo, ...]
    others: tuple[DocumentInfo, ...]
    tender: tuple[DocumentInfo, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """The newest version of an answer: its number (1 is the first), and when it was saved (UTC)."""

    revision: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an answer: its number (1 is the first), when it was saved (UTC), and what it said."""

    revision: int
    at: datetime
    score: Score


def for_line(listing: tuple[DocumentInfo, ...], pack: TenderPack, line: Line) -> LineDocuments:
    """Which documents to read for a line: those of its criterion, else of its nearest section that has any, else all of
    the bid. Those of price envelopes are never among them: prices are scored apart."""
    bidder = next((bid.bidder for bid in pack.bids if bid.bid == line.bid and bid.lot == line.lot), None)
    own = tuple(
        one
        for one in listing
        if bidder is not None
        and one.bidder == bidder
        and one.lot in (None, line.lot)
        and not one.envelope.startswith(EnvelopeKind.PRICE.value)
    )
    criteria = {criterion.criterion: criterion for criterion in pack.criteria}
    answering: tuple[DocumentInfo, ...] = ()
    at: CriterionCode | None = line.criterion
    seen: set[CriterionCode] = set()
    while not answering and at is not None and at not in seen:
        seen.add(at)
        answering = tuple(one for one in own if one.criterion == at)
        above: Criterion | None = criteria.get(at)
        at = above.parent if above is not None else None
    answering = answering or own
    return LineDocuments(
        answering,
        tuple(one for one in own if one not in answering),
        tuple(one for one in listing if one.bidder is None),
    )


def readable(workspace: Workspace, named: str, path: str, person: str) -> Readable:
    """One document as the window shows it, for a person who may read it; the reading is on the record.

    Refused as `documents.read` refuses. A document that cannot be shown is no refusal: its `note` says why, and what it
    holds that a reader should know.
    """
    content, known = documents.read_with_notes(workspace, named, path, person=person)
    document = shown_as(path, content)
    return replace(document, note=" ".join(part for part in dict.fromkeys((document.note, *known)) if part))


def searchable(workspace: Workspace, named: str, path: str, person: str) -> Readable:
    """One document to look for words in, for a person who may read it; that it was searched is on the record.

    Refused as `documents.read` refuses: who may not read a document finds nothing in it.
    """
    return shown_as(path, documents.read(workspace, named, path, person=person, act="document-searched"))


def shown_as(path: str, content: bytes) -> Readable:
    """How a document with this name and content is shown. PDFs are known by their content, the others by their name."""
    ending = Path(path).suffix.lower()
    if b"%PDF-" in content[:1024]:
        return Readable(ReadableKind.PDF, data=content)
    if ending in _WORD:
        return _word(content)
    if ending in _PLAIN:
        return _plain(content)
    if not content:
        return Readable(ReadableKind.OTHER, note="The file is empty (0 bytes).")
    return Readable(ReadableKind.OTHER, note="This kind of file is opened in another program.")


def save_copy(workspace: Workspace, named: str, path: str, person: str, out: Path) -> None:
    """Write a readable copy of a document to `out`, where it is no longer sealed. It is on the record who did so."""
    write_atomic(out, documents.read(workspace, named, path, person=person))
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        code = tender.member(person).person
        audit.record(tx, workspace, "document-copied", tender=tender.tender_id, person=code, detail={"path": path})


def last_saved(workspace: Workspace, named: str, person: str, line: Line) -> Saved | None:
    """When the answer of `person` (the code as it stands on the panel) was last saved, and as which version."""
    row = t.ScoreRow
    with workspace.store.reading() as tx:
        tender = queries.tender_row(tx, named)
        found = tx.execute(
            select(row.revision, row.at)
            .where(
                row.tender_id == tender.tender_id,
                row.person == person,
                row.lot == line.lot,
                row.bid == line.bid,
                row.criterion == line.criterion,
            )
            .order_by(row.revision.desc())
            .limit(1)
        ).first()
    return Saved(found.revision, found.at) if found is not None else None


def versions(workspace: Workspace, named: str, person: str, line: Line) -> tuple[Version, ...]:
    """Every version of the answer of `person` (their code on the panel) on a line, the newest first."""
    row = t.ScoreRow
    with workspace.store.reading() as tx:
        tender = queries.tender_row(tx, named)
        found = tx.execute(
            select(row)
            .where(
                row.tender_id == tender.tender_id,
                row.person == person,
                row.lot == line.lot,
                row.bid == line.bid,
                row.criterion == line.criterion,
            )
            .order_by(row.revision.desc())
        ).scalars()
        return tuple(Version(one.revision, one.at, one.value()) for one in found)


def _word(content: bytes) -> Readable:
    try:
        read = read_docx(content)
    except EvalPanelError as error:
        return Readable(ReadableKind.OTHER, note=f"{error.message} A copy can be opened in another program.")
    if not read.paragraphs:
        return Readable(ReadableKind.OTHER, note="There are no words in this document, only pictures or layout.")
    left = {0: "", 1: " One picture is left out."}.get(read.pictures, f" {read.pictures} pictures are left out.")
    return Readable(
        ReadableKind.TEXT, paragraphs=read.paragraphs, note=f"The words of the document, without its layout.{left}"
    )


def _plain(content: bytes) -> Readable:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # What older Windows programs write; every byte has a meaning in Latin-1, so nothing is refused.
        text = content.decode("latin-1")
    lines = tuple(Paragraph(one) for one in text.splitlines() if one.strip())
    if not lines:
        return Readable(ReadableKind.OTHER, note="There are no words in this file.")
    return Readable(ReadableKind.TEXT, paragraphs=lines)
