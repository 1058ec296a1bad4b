"""Loading: a tender pack, and bids that come later. Everything is checked before anything is kept.

Documents are sealed into the profile first and the rows come last, in one transaction; whatever stops it in between,
nothing stays behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.intake import Problem, ProblemsFound, TenderPack
from evalpanel.domain.people import Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, Bidder, DocumentEntry, EnvelopeKind
from evalpanel.errors import EvalPanelError
from evalpanel.formats.folder import PackSource, open_source
from evalpanel.formats.mapping_file import write_mapping
from evalpanel.formats.office_checks import Watcher
from evalpanel.progress import NO_PROGRESS, Progress
from evalpanel.services import audit, blinding, exchange, interests, tenders
from evalpanel.services.blinding import Blinding
from evalpanel.services.envelopes import EnvelopeName, Envelopes, SealedPrices, held_envelopes, keep_sealed, seal_prices
from evalpanel.services.pack_rows import SealedDocument, keep_bids, keep_documents, keep_tender
from evalpanel.services.tenders import OWNER, TenderSummary
from evalpanel.services.understanding import Understood, looked_through, noted, understood
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.store.documents import SealedFile
from evalpanel.system.files import free_space, tidying, write_atomic


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was kept, and what is worth knowing about it."""

    summary: TenderSummary
    notes: tuple[Problem, ...]


def understand(
    workspace: Workspace, path: Path, *, mapping: Path | None = None, progress: Progress = NO_PROGRESS
) -> Understood:
    """What `path` (a workbook, a folder, a zip or a tar) would bring as a new tender. Keeps nothing.

    Every document is read to its end: what is damaged or altered is told now, and so is what holds macros, asks for a
    password or would fetch something.
    """
    with open_source(path, room=free_space(workspace.folders.documents), progress=progress) as source:
        return looked_through(source, understood(source, mapping, None), progress)


def write_mapping_file(found: Understood, out: Path) -> None:
    """Write whose each file is as csv, so that a person can correct it and give it back when loading."""
    write_atomic(out, write_mapping(found.documents), private=False)


def load(workspace: Workspace, path: Path, *, mapping: Path | None = None, progress: Progress = NO_PROGRESS) -> Loaded:
    """Take in a tender pack as a new tender at the stage *draft*. Its bids stay sealed until the criteria are frozen.

    Raises `ProblemsFound` with every problem and its place; then, and when it is cancelled or fails, nothing is kept.
    """
    with open_source(path, room=free_space(workspace.folders.documents), progress=progress) as source:
        found = understood(source, mapping, None)
        tender = found.pack.tender
        if tender is None and not found.stopping:
            missing = Problem("Tender", "is missing: this pack does not say what the tender is")
            found = replace(found, problems=(*found.problems, missing))
        _refuse(found, f"{path.name} was not loaded")
        assert tender is not None
        codes = Blinding()
        if tender.blind:
            found, _, codes = blinding.blinded(found, found.pack, codes)
        with workspace.store.reading() as tx:
            _refuse_known(tx, tender.reference)
        new = exchange.new_tender()
        tender_id = new.tender
        workspace.keys.new_tender_key(tender_id)
        try:
            envelopes = Envelopes(workspace, tender_id)
            with (
                _sealing(workspace, source, found, envelopes, progress, codes) as (documents, schedules),
                workspace.store.writing() as tx,
            ):
                notes = _notes(found, documents)
                _refuse_known(tx, tender.reference)
                keep_tender(tx, workspace, tender_id, found.pack)
                keep_bids(tx, tender_id, found.pack, 0)
                blinding.keep(tx, tender_id, Blinding(), codes)
                envelopes.keep(tx)
                who = queries.first_with(found.pack, Role.OFFICER) or OWNER
                exchange.keep_own(tx, workspace, tender_id, who, new.keys, nonce=new.nonce)
                act = audit.record(
                    tx,
                    workspace,
                    "tender-loaded",
                    tender=tender_id,
                    person=who,
                    detail={
                        "reference": tender.reference,
                        **_detail(notes, found.pack.bids, documents, schedules),
                    },
                )
                keep_documents(tx, workspace, tender_id, documents, act)
                keep_sealed(tx, workspace, tender_id, schedules, act)
                for one in found.pack.panel:
                    if one.declared is not None:
                        interests.record(tx, workspace, tender_id, found.pack, one.person, on_paper=one.declared)
                tx.flush()
                return Loaded(tenders.summary(tx, tender_id), notes)
        except BaseException as error:
            with tidying(error):
                workspace.keys.drop_tender_key(tender_id)
            raise


def load_bids(
    workspace: Workspace,
    named: str,
    path: Path,
    *,
    mapping: Path | None = None,
    person: str | None = None,
    progress: Progress = NO_PROGRESS,
) -> Loaded:
    """Take in bids for a tender whose criteria are frozen: a folder per bidder, with or without a workbook.

    What is held already and is the same adds nothing; what differs from what is held is a problem. Late bids and other
    statuses come with the workbook. Refused before the freeze, and once moderation has begun.
    """
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        tenders.require(
            tender,
            at_least=TenderStage.CRITERIA_FROZEN,
            act="bids cannot be loaded yet: the criteria must be frozen before any bid can be read",
        )
        tenders.require(tender, before=TenderStage.MODERATION, act="no more bids can be loaded")
        who = tender.acting(Role.OFFICER, person)
        declared = sorted({one.person for one in queries.declarations(tx, tender.tender_id)})
        signed = [code for code, held in queries.sign_offs(tx, tender.tender_id).items() if held.signed]
        existing = {
            row.path: row.sha256
            for row in tx.execute(select(t.DocumentRow).where(t.DocumentRow.tender_id == tender.tender_id)).scalars()
        }
        envelopes = held_envelopes(tx, workspace, tender.tender_id)
        before = after = blinding.held(tx, tender.tender_id)
    as_written = before.codes.as_written(tender.pack)
    with open_source(path, room=free_space(workspace.folders.documents), progress=progress) as source:
        found = understood(source, mapping, as_written)
        found, new_bids = _only_new(found, as_written, signed)
        _refuse(found, f"The bids in {path.name} were not loaded")
        if tender.pack.tender is not None and tender.pack.tender.blind:
            found, new_bids, after = blinding.blinded(found, new_bids, before)
        early = _declared_before(new_bids, declared)
        if not new_bids.bids and not new_bids.bidders and not found.documents and not found.pack.prices:
            raise EvalPanelError(
                f"{path.name} brings no bid.", "It holds no bidder, bid, price or document. Nothing was kept."
            )
        with _sealing(workspace, source, found, envelopes, progress, after) as (documents, schedules):
            fresh, fresh_prices, again = _without_held(workspace, documents, schedules, existing)
            notes = _notes(found, fresh)
            told = (*notes, *again, *early)
            if not new_bids.bids and not new_bids.bidders and not new_bids.members and not fresh and not fresh_prices:
                with workspace.store.reading() as tx:
                    return Loaded(tenders.summary(tx, tender.tender_id), told)
            with workspace.store.writing() as tx:
                keep_bids(tx, tender.tender_id, new_bids, len(tender.pack.bids))
                blinding.keep(tx, tender.tender_id, before, after)
                envelopes.keep(tx)
                act = audit.record(
                    tx,
                    workspace,
                    "bids-loaded",
                    tender=tender.tender_id,
                    person=who,
                    detail=_detail(notes, new_bids.bids, fresh, fresh_prices),
                )
                keep_documents(tx, workspace, tender.tender_id, fresh, act)
                keep_sealed(tx, workspace, tender.tender_id, fresh_prices, act)
                if not tender.stage.reached(TenderStage.BIDS_OPENED):
                    audit.record(
                        tx,
                        workspace,
                        "bids-opened",
                        tender=tender.tender_id,
                        person=who,
                        detail={"because": "bids loaded"},
                    )
                    tenders.advance(tx, tender, TenderStage.BIDS_OPENED)
                tx.flush()
                return Loaded(tenders.summary(tx, tender.tender_id), told)


def _refuse(found: Understood, what: str) -> None:
    stopping = found.stopping
    if stopping:
        count = "1 problem" if len(stopping) == 1 else f"{len(stopping)} problems"
        raise ProblemsFound(f"{what}: {count}.", stopping, "Nothing was kept. Correct the pack and load it again.")


def _refuse_known(tx: Session, reference: str) -> None:
    held = tx.execute(select(t.TenderRow.reference)).scalars().all()
    if any(one.casefold() == reference.casefold() for one in held):
        raise EvalPanelError(
            f"The tender {reference} is in this profile already.",
            "Nothing was changed. More bids come in with the command bids load; another tender needs another reference.",
        )


@contextmanager
def _sealing(
    workspace: Workspace,
    source: PackSource,
    found: Understood,
    envelopes: Envelopes,
    progress: Progress,
    codes: Blinding,
) -> Iterator[tuple[list[SealedDocument], tuple[SealedPrices, ...]]]:
    sealed: list[SealedDocument] = []
    schedules: tuple[SealedPrices, ...] = ()
    try:
        entries = {entry.path: entry for entry in source.entries}
        total, before = sum(entry.size for entry in source.entries), 0
        for entry in found.documents:
            listed, name = entries[entry.path], envelopes.newest(_envelope(entry))

            def each(done: int, before: int = before, path: str = entry.path) -> None:
                progress.step(before + done, total, path)

            watcher = Watcher(entry.path)
            with source.open(listed, watcher.take) as reader:
                file = envelopes.seal(name, reader, each)
            sealed.append(_called(codes, source, entry, name, file, watcher.notes()))
            before += listed.size
        schedules = seal_prices(envelopes, found.pack.prices)
        progress.step(total, total, "")
        yield sealed, schedules
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(file.sealed for file in _files(sealed, schedules))
        raise


def _called(
    codes: Blinding,
    source: PackSource,
    entry: DocumentEntry,
    name: EnvelopeName,
    file: SealedFile,
    notes: Sequence[Problem],
) -> SealedDocument:
    """A sealed document under the name that it has from now on: in a blind tender one that tells nothing."""
    called = codes.called(entry.path)
    if called is None:
        return SealedDocument(entry, name, file, noted(source, entry, notes))
    path, title = called
    return SealedDocument(
        replace(entry, path=path, title=title), name, file, tuple(dict.fromkeys(note.what for note in notes))
    )


def _files(sealed: Sequence[SealedDocument], schedules: Sequence[SealedPrices]) -> Iterator[SealedFile]:
    yield from (one.file for one in sealed)
    yield from (one.file for one in schedules)


def _envelope(entry: DocumentEntry) -> EnvelopeName:
    if entry.bidder is None:
        return EnvelopeName(EnvelopeKind.COMMON)
    kind = EnvelopeKind.QUALITY if entry.envelope is EnvelopeKind.COMMON else entry.envelope
    return EnvelopeName(kind, entry.bidder, entry.lot)


def _declared_before(new: TenderPack, declared: Sequence[str]) -> tuple[Problem, ...]:
    """A declaration speaks of the bidders that were known; who declared before should declare again."""
    names = [bidder.name for bidder in new.bidders]
    if not names or not declared:
        return ()
    what = f"{', '.join(declared)} declared before {', '.join(names)} {'was' if len(names) == 1 else 'were'} known"
    return (Problem("Bidders", f"{what}: ask them to declare again", stops=False),)


def _without_held(
    workspace: Workspace,
    documents: list[SealedDocument],
    schedules: Sequence[SealedPrices],
    existing: dict[str, str],
) -> tuple[list[SealedDocument], list[SealedPrices], list[Problem]]:
    fresh, again, clashes = [], [], []
    fresh_prices = []
    for one in documents:
        if one.entry.path not in existing:
            fresh.append(one)
        elif existing[one.entry.path] == one.file.sha256:
            again.append(Problem(one.entry.path, "is here already, nothing changed", stops=False))
            workspace.documents.remove([one.file.sealed])
        else:
            clashes.append(
                Problem(one.entry.path, "is here already with other content: give the new file another name")
            )
    for schedule in schedules:
        if schedule.path not in existing:
            fresh_prices.append(schedule)
            continue
        where = f"Prices of {schedule.bidder} for lot {schedule.lot}"
        if existing[schedule.path] == schedule.file.sha256:
            again.append(Problem(where, "are here already, nothing changed", stops=False))
            workspace.documents.remove([schedule.file.sealed])
        else:
            clashes.append(Problem(where, "are here already with other content: what came first stays as it is"))
    if clashes:
        raise ProblemsFound("The bids were not loaded.", clashes)
    return fresh, fresh_prices, again


def _only_new(found: Understood, held: TenderPack, signed: Sequence[str]) -> tuple[Understood, TenderPack]:
    pack, problems = found.pack, list(found.problems)
    if pack.tender is not None and pack.criteria_digest() != held.criteria_digest():
        problems.append(
            Problem("Criteria", "the workbook's terms and criteria are not the ones that were frozen: leave them out")
        )
    bidders: dict[str, Bidder] = {bidder.bidder: bidder for bidder in held.bidders}
    bids: dict[tuple[str, str], Bid] = {(bid.lot, bid.bid): bid for bid in held.bids}
    new_bidders = tuple(bidder for bidder in pack.bidders if bidder.bidder not in bidders)
    new_bids = []
    for bid in pack.bids:
        known = bids.get((bid.lot, bid.bid))
        if known is None:
            new_bids.append(bid)
            if bid.status.is_scored and signed:
                problems.append(
                    Problem(
                        "Bids", f"{', '.join(signed)} signed off already: bid {bid.bid} would not be scored by them"
                    )
                )
        elif known != bid:
            problems.append(Problem("Bids", f"bid {bid.bid} for lot {bid.lot} is held with other particulars"))
    members = tuple(one for one in pack.members if one not in held.members)
    fresh = TenderPack(bidders=new_bidders, bids=tuple(new_bids), members=members)
    return replace(found, problems=tuple(problems)), fresh


def _notes(found: Understood, documents: Sequence[SealedDocument]) -> tuple[Problem, ...]:
    """What is worth knowing: of the pack, and of what its documents hold."""
    of_documents = (Problem(one.entry.path, note, stops=False) for one in documents for note in one.notes)
    return tuple(dict.fromkeys((*found.problems, *of_documents)))


def _detail(
    notes: Sequence[Problem],
    bids: Sequence[Bid],
    documents: Sequence[SealedDocument],
    schedules: Sequence[SealedPrices],
) -> dict[str, object]:
    return {
        "bids": [f"{bid.bid} {bid.lot} {bid.status.value}" for bid in bids],
        "documents": [
            {
                "path": one.entry.path,
                "sha256": one.file.sha256,
                "sealed": one.file.sealed,
                "envelope": str(one.envelope),
            }
            for one in documents
        ],
        "schedules": [{"bidder": one.bidder, "lot": one.lot, "sealed": one.file.sealed} for one in schedules],
        "price_schedules": len(schedules),
        "notes": [str(note) for note in notes],
    }
