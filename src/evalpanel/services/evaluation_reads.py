"""The whole evaluation of a tender, read once: what reports, the score matrix and what is handed over are made from."""

from __future__ import annotations

from collections.abc import Sequence
from json import loads
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.conflicts import Register
from evalpanel.domain.evaluation import Evaluation, Moment, SentLetter
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.domain.trail import START
from evalpanel.services import after_outcome, tenders
from evalpanel.services.awards import computed
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

_TOLD = (
    "criteria-frozen",
    "moderation-closed",
    "prices-opened",
    "outcome-made",
    "sheet-reopened",
    "moderation-reopened",
)


def evaluation(tx: Session, workspace: Workspace, tender: tenders.OpenTender, *, words: bool = True) -> Evaluation:
    """Everything that was recorded about the evaluation of a tender, as it stands. Refused before there is an outcome.

    Without `words`, individual scores are there with nothing that their authors wrote: a hundred megabytes in a big tender. It holds what everybody wrote and all prices that were opened: whoever calls sees to it who may see that.
    """
    tenders.require(tender, at_least=TenderStage.OUTCOME, act="there is nothing to report yet")
    made = computed(tx, tender)
    now = after_outcome.read(tx, workspace, tender)
    sheets: dict[PersonCode, dict[Line, Score]] = {}
    read = score_reads.scores if words else score_reads.levels
    for person, score in read(tx, tender.tender_id):
        sheets.setdefault(person, {})[score.line] = score
    signed = {person: one.at for person, one in queries.sign_offs(tx, tender.tender_id).items() if one.signed}
    acts = _acts(tx, tender)
    last = tx.execute(
        select(t.AuditRow.number, t.AuditRow.hash)
        .where(t.AuditRow.chain == tender.tender_id)
        .order_by(t.AuditRow.number.desc())
        .limit(1)
    ).first()
    return Evaluation(
        pack=tender.pack,
        regime=now.regime,
        results=made.lots,
        moderated=made.moderated,
        moderated_versions=score_reads.moderated_revisions(tx, tender.tender_id),
        sheets=sheets,
        signed=signed,
        absent=queries.absences(tx, tender.tender_id),
        register=Register(
            tender.pack,
            queries.declarations(tx, tender.tender_id),
            queries.interests(tx, tender.tender_id, tender.pack),
            queries.affirmations(tx, tender.tender_id),
        ),
        decisions=now.decisions,
        awards=now.awards,
        notice=now.notice,
        period=now.period,
        holds=now.holds,
        contracts=now.contracts,
        low_prices=now.low_prices,
        letters=_letters(tx, tender),
        retention=now.retention,
        froze=_last(acts, "criteria-frozen", lambda detail: str(detail["criteria_digest"])),
        locked=_last(acts, "moderation-closed", lambda detail: str(detail["moderated_digest"])),
        opened=_last(acts, "prices-opened", _prices),
        outcomes=tuple(
            Moment(at, person, str(detail.get("because", "")))
            for at, person, act, detail in acts
            if act == "outcome-made"
        ),
        reopened=tuple(
            Moment(at, person, str(detail.get("reason", "")))
            for at, person, act, detail in acts
            if act in ("sheet-reopened", "moderation-reopened")
        ),
        acts=last.number if last is not None else 0,
        head=last.hash if last is not None else START,
    )


def _prices(detail: dict[str, Any]) -> str:
    shut = len(detail["unopened"])
    return f"{len(detail['opened'])} opened, {shut or 'none'} left sealed"


def _acts(tx: Session, tender: tenders.OpenTender) -> list[tuple[Any, PersonCode, str, dict[str, Any]]]:
    rows = tx.execute(
        select(t.AuditRow.at, t.AuditRow.person, t.AuditRow.act, t.AuditRow.detail)
        .where(t.AuditRow.chain == tender.tender_id, t.AuditRow.act.in_(_TOLD))
        .order_by(t.AuditRow.number)
    )
    return [(at, PersonCode(person), act, loads(detail)) for at, person, act, detail in rows]


def _last(acts: Sequence[Any], name: str, what: Any) -> Moment | None:
    found = [(at, person, detail) for at, person, act, detail in acts if act == name]
    return Moment(found[-1][0], found[-1][1], what(found[-1][2])) if found else None


def _letters(tx: Session, tender: tenders.OpenTender) -> tuple[SentLetter, ...]:
    rows = tx.execute(
        select(t.LetterRow).where(t.LetterRow.tender_id == tender.tender_id).order_by(t.LetterRow.id)
    ).scalars()
    return tuple(SentLetter(row.bid, row.lot, row.kind, row.at, row.sha256) for row in rows)
