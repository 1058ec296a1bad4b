"""The conflicts assessment of a tender, written as a document from the record."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from evalpanel.domain.conflicts import ConflictsAssessment, Register, assessment
from evalpanel.domain.people import Role
from evalpanel.services import audit, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.system.files import write_atomic


@dataclass(frozen=True, slots=True)
class ConflictsWritten:
    """What was written: the file, its digest, its pages, and how many interests nobody has decided on yet."""

    file: Path
    sha256: str
    pages: int
    interests: int
    undecided: int


def write(workspace: Workspace, named: str, out: Path, *, person: str | None = None) -> ConflictsWritten:
    """Write the conflicts assessment as it stands now to `out`, a PDF. The officer who does so confirms it.

    That it was made and its digest go on the record, so that a copy can be told from another.
    """
    # reportlab takes 0.2 s to import, and only documents need it.
    from evalpanel.formats.document_pdf import render

    at = workspace.now()
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        name = next((one.name for one in tender.pack.panel if one.person == who), workspace.owner.name)
        held = Register(
            tender.pack,
            queries.meant(tx, tender.tender_id, tender.pack),
            queries.interests(tx, tender.tender_id, tender.pack),
            queries.affirmations(tx, tender.tender_id),
        )
    made: ConflictsAssessment = assessment(held, made_at=at, confirmed_by=f"{who} {name}".strip())
    document = render(made, made_at=at)
    digest = sha256(document.data).hexdigest()
    every = [one for own in held.interests.values() for one in own]
    written = ConflictsWritten(out, digest, document.pages, len(every), sum(1 for one in every if one.decision is None))
    with workspace.store.writing() as tx:
        detail = {"sha256": digest, "interests": written.interests, "undecided": written.undecided}
        audit.record(tx, workspace, "conflicts-assessed", tender=tender.tender_id, person=who, detail=detail)
        write_atomic(out, document.data)  # within the act: where it cannot be written, nothing is told of it
    return written
