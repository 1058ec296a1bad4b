"""Pre-flight: what in the documents of a tender would say whose a bid is, or says more of itself than it should.

It comes before a blind pack is issued. The officer replaces a document, or records why it may go; nothing goes out before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.blind import is_blind, neutral_names
from evalpanel.domain.people import Role
from evalpanel.domain.preflight import Finding, Piece, Searcher, Standing
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import DocumentEntry, EnvelopeKind
from evalpanel.errors import EvalPanelError
from evalpanel.formats.hidden_text import MOST_BYTES, pieces
from evalpanel.formats.office_checks import Watcher
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import audit, blinding, cleared, envelopes, exchange, tenders
from evalpanel.services.cleared import Cleared
from evalpanel.services.envelopes import EnvelopeName, held_envelopes
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import tidying

_TOO_LARGE = "It is too large to be looked through. Look at it yourself."


@dataclass(frozen=True, slots=True)
class Preflight:
    """What pre-flight came to. `renamed`: documents of bids whose own names would have told, and what they are called now."""

    standings: tuple[Standing, ...]
    unlooked: tuple[str, ...]
    renamed: tuple[tuple[str, str], ...]
    is_blind: bool

    @property
    def open(self) -> tuple[Finding, ...]:
        """The findings that keep a blind pack back."""
        return tuple(one.finding for one in self.standings if one.is_open) if self.is_blind else ()


def findings(workspace: Workspace, named: str, *, person: str | None = None) -> Preflight:
    """Where pre-flight stands, from what was looked through before. Nothing is read by asking. For the officer alone."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tender.acting(Role.OFFICER, person)
        return _told(tx, tender, cleared.state(tx, tender))


def look(workspace: Workspace, named: str, *, person: str | None = None, progress: Progress = NO_PROGRESS) -> Preflight:
    """Look through every document that a panel receives, and that was not looked through since names last changed.

    When it is cancelled nothing of it is kept. In a tender that is not blind only what documents say of themselves is told.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        _leads(tx, workspace, tender)
        who = tender.acting(Role.OFFICER, person)
        tenders.require(tender, at_least=TenderStage.CRITERIA_FROZEN, act="its bids are sealed still")
        searcher = Searcher(tender.pack)
        waiting = set(cleared.state(tx, tender).unlooked)
        rows = [row for row in cleared.to_look_at(tx, tender.tender_id) if row.path in waiting]
        total, done = sum(row.size for row in rows), 0
        blind = is_blind(tender.pack)
        made: list[tuple[str, str, tuple[Finding, ...]]] = []
        for row in rows:
            progress.step(done, total, row.path)
            found: list[Finding] = []
            if row.size > MOST_BYTES:
                found += searcher.look(row.path, row.sha256, [Piece("the document", "", unseen=_TOO_LARGE)])
            else:
                for piece in pieces(envelopes.unsealed(tx, workspace, row), row.path):
                    progress.step(done, total, f"{row.path}, {piece.place}")
                    found += searcher.look(row.path, row.sha256, [piece], words=blind)
            made.append((row.path, row.sha256, tuple(dict.fromkeys(found))))
            done += row.size
        for name, (sha256, piece) in cleared.questions(tender.pack).items():
            if name in waiting:
                made.append((name, sha256, tuple(searcher.look(name, sha256, [piece], words=blind))))
    progress.step(total, total, "")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        if made:
            _keep(tx, workspace, tender, who, searcher, made)
        tx.flush()
        return _told(tx, tender, cleared.state(tx, tender))


def accept(
    workspace: Workspace, named: str, chosen: Sequence[str], *, why: str, alike: bool = False, person: str | None = None
) -> tuple[Finding, ...]:
    """Record why documents may go with what was found in them. `chosen`: names of findings, or paths of documents for all
    of theirs. `alike`: every open finding that says the same goes with them, in whatever document (all pictures, for
    instance). Each finding is accepted by itself, on the record."""
    if not why.strip():
        raise EvalPanelError("Why may it go? The record needs a reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        _leads(tx, workspace, tender)
        who = tender.acting(Role.OFFICER, person)
        held = cleared.state(tx, tender).open
        wanted = {one.strip() for one in chosen}
        taken = tuple({one.name: one for one in held if one.name in wanted or one.document in wanted}.values())
        known = {one.name for one in taken} | {one.document for one in taken}
        if strange := sorted(wanted - known):
            raise EvalPanelError(
                f"There is no open finding {', '.join(strange)}.",
                f"Nothing was changed. Open: {', '.join(one.name for one in held[:5]) or 'none'}.",
            )
        if alike:
            kinds = {one.sort for one in taken}
            taken = tuple({one.name: one for one in held if one.sort in kinds}.values())
        for one in taken:
            detail = {
                "finding": one.name,
                "document": one.document,
                "place": one.place,
                "tell": one.tell,
                "why": why.strip(),
            }
            act = audit.record(
                tx,
                workspace,
                "finding-accepted",
                tender=tender.tender_id,
                person=who,
                detail=detail | {"words": one.words},
            )
            tx.add(
                t.PreflightAcceptanceRow(
                    tender_id=tender.tender_id,
                    finding=one.name,
                    why=why.strip(),
                    person=who,
                    at=workspace.now(),
                    act=act,
                )
            )
        return taken


def replace(workspace: Workspace, named: str, path: str, file: Path, *, why: str, person: str | None = None) -> str:
    """Let another file go out in the place of a document of a bid; the document itself stays with the officer. Gives its path.

    Refused once the document has gone out: what somebody holds cannot be taken back.
    """
    if not why.strip():
        raise EvalPanelError("Why is it replaced? The record needs a reason.", "Nothing was changed.")
    made: list[str] = []
    try:
        with workspace.store.writing() as tx:
            tender = tenders.find(tx, named)
            _leads(tx, workspace, tender)
            who = tender.acting(Role.OFFICER, person)
            row = next((one for one in cleared.to_look_at(tx, tender.tender_id) if one.path == path), None)
            if row is None or row.bidder is None:
                raise EvalPanelError(f"There is no document “{path}” of a bid that goes out.", "Nothing was changed.")
            out = select(t.ParcelPartRow.id).where(t.ParcelPartRow.sealed == row.sealed)
            if tx.execute(out).first() is not None:
                raise EvalPanelError(
                    "This document has gone out already.",
                    "Nothing was changed: what somebody holds cannot be taken back.",
                )
            new = _sealed(tx, workspace, tender, row, file, made)
            act = audit.record(
                tx,
                workspace,
                "document-replaced",
                tender=tender.tender_id,
                person=who,
                detail={
                    "path": path,
                    "by": new.path,
                    "why": why.strip(),
                    "documents": [
                        {"path": new.path, "sha256": new.sha256, "sealed": new.sealed, "envelope": new.envelope}
                    ],
                },
            )
            new.act = act
            tx.add(new)
            tx.add(
                t.ReplacementRow(
                    tender_id=tender.tender_id,
                    path=path,
                    by=new.path,
                    why=why.strip(),
                    person=who,
                    at=workspace.now(),
                    act=act,
                )
            )
            return new.path
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(made)
        raise


def _sealed(
    tx: Session, workspace: Workspace, tender: OpenTender, row: t.DocumentRow, file: Path, made: list[str]
) -> t.DocumentRow:
    entry = DocumentEntry(file.name, row.bidder, row.lot, row.criterion, EnvelopeKind.QUALITY)
    held = set(tx.execute(select(t.DocumentRow.path).where(t.DocumentRow.tender_id == tender.tender_id)).scalars())
    path, title = neutral_names([entry], held)[file.name]
    if not is_blind(tender.pack):
        path, title = str(PurePosixPath(row.path).parent / file.name), row.title
        if path in held:
            raise EvalPanelError(
                f"There is a document “{path}” already.", "Nothing was changed. Give the file another name."
            )
    sealing = held_envelopes(tx, workspace, tender.tender_id)
    watcher = Watcher(path)
    content = file.read_bytes()
    watcher.take(content)
    envelope = sealing.newest(EnvelopeName(EnvelopeKind.QUALITY, row.bidder, row.lot))
    with file.open("rb") as reader:
        sealed = sealing.seal(envelope, reader)
    made.append(sealed.sealed)
    if sealed.sha256 != hashlib.sha256(content).hexdigest():
        raise EvalPanelError(f"{file.name} changed while it was read.", "Nothing was changed. Try again.")
    return t.DocumentRow(
        tender_id=tender.tender_id,
        position=row.position,
        path=path,
        title=title,
        bidder=row.bidder,
        lot=row.lot,
        criterion=row.criterion,
        envelope=str(envelope),
        size=sealed.size,
        sha256=sealed.sha256,
        sealed=sealed.sealed,
        is_prices=False,
        notes=tuple(one.what for one in watcher.notes()),
        at=workspace.now(),
    )


def _leads(tx: Session, workspace: Workspace, tender: OpenTender) -> None:
    mine = exchange.own(tx, workspace, tender.tender_id)
    if mine is None or not mine.is_officer:
        raise EvalPanelError(f"This laptop does not lead {tender.reference}.", "Pre-flight is the officer’s.")


def _keep(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    who: str,
    searcher: Searcher,
    made: Sequence[tuple[str, str, tuple[Finding, ...]]],
) -> None:
    detail = {"documents": len(made), "findings": sum(len(found) for _, _, found in made), "search": searcher.digest()}
    act = audit.record(tx, workspace, "preflight-made", tender=tender.tender_id, person=who, detail=detail)
    for document, sha256, found in made:
        tx.add(
            t.PreflightLookRow(
                tender_id=tender.tender_id,
                document=document,
                sha256=sha256,
                search=searcher.digest(),
                findings=cleared.write_findings(found),
                at=workspace.now(),
                act=act,
            )
        )


def _told(tx: Session, tender: OpenTender, held: Cleared) -> Preflight:
    searcher = Searcher(tender.pack)
    names = blinding.held(tx, tender.tender_id).names
    renamed = tuple((written, path) for written, (path, _) in names.items() if searcher.says(written))
    return Preflight(held.standings, held.unlooked, renamed, is_blind(tender.pack))
