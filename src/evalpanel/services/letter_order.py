"""The letters about the outcome as they stand on the record, with the days that matter for the order of papers. Shared by journeys."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.correspondence import Channel
from evalpanel.domain.letter_wording import AWARD, LetterKind
from evalpanel.domain.paper_order import AwardPaper
from evalpanel.domain.tender import BidCode, LotCode
from evalpanel.services import tenders
from evalpanel.store import tables as t

_UK = ZoneInfo("Europe/London")
_ELECTRONIC = (Channel.EMAIL, Channel.PORTAL)


def award_papers(tx: Session, tender: tenders.OpenTender) -> tuple[AwardPaper, ...]:
    """Every letter about the outcome in its newest version, in the order in which they were signed."""
    rows = (
        tx.execute(
            select(t.LetterRow)
            .where(t.LetterRow.tender_id == tender.tender_id, t.LetterRow.series == AWARD)
            .order_by(t.LetterRow.id)
        )
        .scalars()
        .all()
    )
    if not rows:
        return ()
    sent: dict[str, list[tuple[date, Channel]]] = defaultdict(list)
    for row in tx.execute(select(t.LetterSentRow).where(t.LetterSentRow.tender_id == tender.tender_id)).scalars():
        sent[row.sha256].append((row.sent_at.astimezone(_UK).date(), row.channel))
    stated = _stated(tx, tender)
    versions: dict[tuple[BidCode, LotCode], list[t.LetterRow]] = defaultdict(list)
    for one in rows:
        for pair in one.about:
            versions[pair].append(one)
    papers: dict[int, AwardPaper] = {}
    for held in versions.values():
        newest, every = held[-1], [day for row in held for day, _ in sent[row.sha256]]
        begins, ends = stated.get(newest.act, (None, None))
        kind = LetterKind(newest.kind)
        papers[newest.id] = AwardPaper(
            newest.bid,
            newest.lot,
            kind.is_summary or kind is LetterKind.COMBINED,
            held[0].at.astimezone(_UK).date(),
            min(every, default=None),
            tuple(day for day, _ in sent[newest.sha256]),
            any(way not in _ELECTRONIC for _, way in sent[newest.sha256]),
            begins,
            ends,
        )
    return tuple(papers[number] for number in sorted(papers))


def _stated(tx: Session, tender: tenders.OpenTender) -> dict[int, tuple[date, date]]:
    """From which day to which each letter that was signed says that standstill lasts, by the number of its act."""
    found = {}
    row = t.AuditRow
    # A trail may have hundreds of thousands of acts: only these are read.
    signed = select(row.number, row.detail).where(row.chain == tender.tender_id, row.act == "letter-signed")
    for number, detail in tx.execute(signed):
        said = json.loads(detail).get("standstill")
        if said is not None:
            found[number] = (date.fromisoformat(said["from"]), date.fromisoformat(said["ends"]))
    return found
