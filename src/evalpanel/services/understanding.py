"""What a pack would bring: shared by looking at it before anything is kept, and by the loading itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalpanel.domain.intake import Problem, TenderPack
from evalpanel.domain.mapping import map_documents
from evalpanel.domain.tender import DocumentEntry
from evalpanel.errors import Cancelled, EvalPanelError
from evalpanel.formats.folder import PackSource, SourceEntry
from evalpanel.formats.mapping_file import read_mapping
from evalpanel.formats.office_checks import Watcher
from evalpanel.formats.pack_streams import UnreadableError
from evalpanel.formats.workbook import read_workbook
from evalpanel.progress import Progress
from evalpanel.system.files import read_whole

MOST_MAPPING_BYTES = 64 << 20
_MOST_UNREADABLE = 100


@dataclass(frozen=True, slots=True)
class Understood:
    """What a pack holds, as it was understood, before anything is kept."""

    pack: TenderPack
    documents: tuple[DocumentEntry, ...]
    problems: tuple[Problem, ...]

    @property
    def stopping(self) -> tuple[Problem, ...]:
        """The problems that keep the pack out."""
        return tuple(problem for problem in self.problems if problem.stops)


def understood(source: PackSource, mapping: Path | None, within: TenderPack | None) -> Understood:
    """What `source` says by its workbook and its names, with `mapping` corrected by hand; `within` is a tender that is
    held, to which it brings more. No document is read."""
    problems = [*source.problems]
    pack = TenderPack()
    if source.workbook is not None:
        reading = read_workbook(source.workbook, source.workbook_name, within=within)
        pack, problems = reading.pack, [*problems, *reading.problems]
    elif within is None:
        problems.append(Problem("tender.xlsx", "is missing: a pack has the tender's workbook at its top"))
        return Understood(pack, (), tuple(problems))
    corrections: Sequence[DocumentEntry] = ()
    if mapping is not None:
        corrections, found = read_mapping(read_whole(mapping, MOST_MAPPING_BYTES), mapping.name)
        problems += found
    context = pack if within is None else _together(within, pack)
    paths = [entry.path for entry in source.entries]
    entries, found = map_documents(paths, context, corrections, bids_at_top=within is not None)
    return Understood(pack, tuple(entries), (*problems, *found))


def looked_through(source: PackSource, found: Understood, progress: Progress) -> Understood:
    """The same, with every document read to its end: what cannot be read stops the pack, and what a reader should know
    before opening one (a password, macros, damage) is noted.

    Nothing is looked through where the pack is kept out already, nor after very many that cannot be read.
    """
    if found.stopping:
        return found
    total, before = sum(entry.size for entry in source.entries), 0
    told: list[Problem] = []
    for entry in source.entries:
        progress.step(before, total, entry.path)
        told += _look(source, entry, before, total, progress)
        before += entry.size
        if sum(problem.stops for problem in told) >= _MOST_UNREADABLE:
            told.append(Problem(source.name, f"Reading stopped after {_MOST_UNREADABLE} files that cannot be read."))
            break
    progress.step(total, total, "")
    return replace(found, problems=(*found.problems, *told))


def _look(source: PackSource, entry: SourceEntry, before: int, total: int, progress: Progress) -> tuple[Problem, ...]:
    watcher = Watcher(entry.path)
    try:
        done = 0
        for block in source.blocks(entry, watcher.take):
            done += len(block)
            progress.step(before + done, total, entry.path)
        return watcher.notes()
    except Cancelled:
        raise
    except UnreadableError as error:
        return (Problem(entry.path, f"could not be read. {error.why}"),)
    except EvalPanelError as error:
        return (Problem(entry.path, error.title),)


def noted(source: PackSource, entry: DocumentEntry, notes: Sequence[Problem]) -> tuple[str, ...]:
    """The notes to keep with a document: those on its name and size, and those on what it holds."""
    of_name = [problem.what for problem in source.problems if problem.where == entry.path and not problem.stops]
    return tuple(dict.fromkeys([*of_name, *(problem.what for problem in notes)]))


def _together(held: TenderPack, more: TenderPack) -> TenderPack:
    # What a document can belong to: what the tender has, and what this pack adds.
    bidders = {bidder.bidder: bidder for bidder in (*held.bidders, *more.bidders)}
    bids = {(bid.lot, bid.bid): bid for bid in (*held.bids, *more.bids)}
    return replace(
        held,
        bidders=tuple(bidders.values()),
        bids=tuple(bids.values()),
        members=(*held.members, *more.members),
        documents=more.documents,
        has_documents_sheet=more.has_documents_sheet,
    )
