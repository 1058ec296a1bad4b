"""What a laptop says of others: for tests that compare laptops on which the same files came in different orders."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from random import Random
from shutil import copytree, rmtree

from sqlalchemy import select

from evalpanel.domain.sheets import Line, Score, ScoreStatus
from evalpanel.domain.tender import PersonCode
from evalpanel.services import assents, confirming, exchange, locked_here, receiving, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from panels import held_keys
from profiles import Clock, opened
from stages import REFERENCE

Sheet = dict[Line, tuple[ScoreStatus, Decimal | None, str]]


def plain(scores: dict[Line, Score]) -> Sheet:
    """What is said: a blank that took the place of an answer says what no answer says."""
    said = ((line, one) for line, one in scores.items() if one != Score(line))
    return {line: (one.status, one.value, one.rationale) for line, one in said}


def sheet_of(space: Workspace, person: str) -> Sheet:
    """What a laptop shows of somebody's sheet."""
    with space.store.reading() as tx:
        return plain(score_reads.scores_of(tx, tenders.find(tx, REFERENCE).tender_id, PersonCode(person)))


def shown(space: Workspace, own: str, scorers: Iterable[str]) -> dict[str, object]:
    """What the laptop of `own` says of others: sheets, moderation, the lock and prices, who agrees, who takes part."""
    with space.store.reading() as tx:
        tender = tenders.find(tx, REFERENCE).tender_id
        moderated = score_reads.moderated(tx, tender)
        signed, absent = queries.sign_offs(tx, tender), queries.absences(tx, tender)
        mine = exchange.own(tx, space, tender)
        assert mine is not None
        locks = [(one.release, one.words) for one in locked_here.seen_here(tx, space, mine)]
        row = t.PriceOpeningRow
        opened_prices = sorted(tx.execute(select(row.lot, row.bid).where(row.tender_id == tender)).tuples())
    roster = confirming.roster_here(space, REFERENCE)
    return {
        "sheets": {one: sheet_of(space, one) for one in scorers if one != own},
        "signed": {one: held.signed for one, held in signed.items() if one != own},
        "sheets that were taken over": {one: held.sheet for one, held in signed.items() if one != own},
        "absent": absent,
        "stage": tenders.all_tenders(space)[0].stage,
        "moderated": moderated,
        "locks": locks,
        "prices": opened_prices,
        "standing": assents.standing(space, REFERENCE),
        "roster": None if roster is None else (roster.number, roster.digits, roster.forked),
        "keys": held_keys(space, "common", "quality", "scores", "moderation", "price", "names"),
    }


def in_order(laptop: Path, files: Iterable[Path], clock: Clock, own: str, scorers: Iterable[str]) -> dict[str, object]:
    """What a copy of a closed profile says once these files came to it, one after the other."""
    twin = laptop.with_name(f"twin of {laptop.name}")
    copytree(laptop, twin)
    try:
        with opened(twin, clock) as space:
            for one in files:
                receiving.receive(space, [one])
            return shown(space, own, scorers)
    finally:
        rmtree(twin)


def orders(files: Iterable[Path], count: int) -> list[list[Path]]:
    """The files as they are, the other way round, and in some orders more, the same each time."""
    held, random = list(files), Random(4)
    return [held, held[::-1], *(random.sample(held, len(held)) for _ in range(count))]
