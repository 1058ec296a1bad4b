"""The record as people read it: every act of a tender told in a sentence, from the audit trail."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from json import loads
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain import trail
from evalpanel.domain.tender import TenderId
from evalpanel.services import record_words, tenders
from evalpanel.services.record_words import About, Act
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

_UK = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """One act on the record, or several of the same kind by the same person on the same day, one after another.

    `number` is the line of the trail (of the first act), `at` its time in UTC and `until` that of the last act. `what`
    completes the sentence that begins with the person's name; `detail` is a sentence of its own, or empty.
    """

    number: int
    at: datetime
    person: str
    name: str
    what: str
    detail: str = ""
    until: datetime | None = None
    acts: int = 1

    @property
    def sentence(self) -> str:
        """The whole of it: `PM1 Pim Moss signed off 108 lines.`"""
        who = f"{self.person} {self.name}".strip()
        return f"{who} {self.what}." + (f" {self.detail}" if self.detail else "")


@dataclass(frozen=True, slots=True)
class Head:
    """The last line of a trail: how many acts stand before and with it, and its hash. Two copies that agree in it
    agree in everything before it."""

    acts: int
    hash: str


def head(space: Workspace, named: str) -> Head:
    """The head of a tender's trail, to be compared with one that somebody else holds."""
    with space.store.reading() as tx:
        tender = tenders.find(tx, named)
        last = tx.execute(
            select(t.AuditRow.number, t.AuditRow.hash)
            .where(t.AuditRow.chain == tender.tender_id)
            .order_by(t.AuditRow.number.desc())
            .limit(1)
        ).first()
    return Head(last.number, last.hash) if last else Head(0, trail.START)


def history(space: Workspace, named: str) -> tuple[RecordEntry, ...]:
    """Every act of a tender in a sentence of plain words, oldest first.

    Scores, reasons, prices and what an interest is about are never told: only who did what, when, and how many.
    """
    with space.store.reading() as tx:
        tender = tenders.find(tx, named)
        names = {member.person: member.name for member in tender.pack.panel}
        rows = tx.execute(
            select(t.AuditRow.number, t.AuditRow.at, t.AuditRow.person, t.AuditRow.act, t.AuditRow.detail)
            .where(t.AuditRow.chain == tender.tender_id)
            .order_by(t.AuditRow.number)
        ).all()
        about = About(
            bidders={one.bidder: one.name for one in tender.pack.bidders},
            names={str(person): name for person, name in names.items()},
            answered=_answered(tx, tender.tender_id),
        )
    told: list[RecordEntry] = []
    run: list[Act] = []
    for row in rows:
        act = Act(row.number, row.at, row.person, row.act, loads(row.detail))
        if run and not _goes_on(run[-1], act):
            told.append(_told(run, about, space.owner.name))
            run = []
        run.append(act)
    if run:
        told.append(_told(run, about, space.owner.name))
    return tuple(told)


def _answered(tx: Session, tender: TenderId) -> dict[str, list[tuple[int, int]]]:
    row = t.ScoreRow
    found: dict[str, list[tuple[int, int]]] = {}
    for person, act, lines in tx.execute(
        select(row.person, row.act, func.count())
        .where(row.tender_id == tender, row.revision == 1)
        .group_by(row.person, row.act)
    ):
        found.setdefault(person, []).append((act, lines))
    return found


# Somebody who scores makes hundreds of lines in the trail; one line here says it.
_RUNS = frozenset(
    {
        "score-saved",
        "document-read",
        "document-searched",
        "moderated-scores-recorded",
        "letter-signed",
        "declaration-affirmed",
    }
)


def _goes_on(before: Act, after: Act) -> bool:
    same = (before.act, before.person, _day(before.at)) == (after.act, after.person, _day(after.at))
    reasons = before.detail.get("why_not") or after.detail.get("why_not")  # somebody's reason stands by itself
    return same and after.act in _RUNS and not reasons


def _day(at: datetime) -> object:
    return at.astimezone(_UK).date()  # the day as people here count it


def _told(run: list[Act], about: About, owner: str) -> RecordEntry:
    first, last = run[0], run[-1]
    entry = RecordEntry(
        first.number,
        first.at,
        first.person,
        about.names.get(first.person, owner if first.person == tenders.OWNER else ""),
        *record_words.told(run, about),
    )
    return replace(entry, until=last.at if len(run) > 1 else None, acts=len(run))
