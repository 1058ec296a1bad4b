"""What a release tells a person besides keys: what they are kept out of, what was decided about their interests, and to a chair
who else is kept out of what. Shared."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.interests import Decision
from evalpanel.domain.tender import PersonCode, TenderId
from evalpanel.formats.parcel_packs import Decided, Release
from evalpanel.services import audit, interests
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t

_TOLD = "the officer’s record says so"
"""All that a chair is told of somebody else's recusal."""


def keep(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    officer: PersonCode,
    releases: Sequence[tuple[str, int, Release]],
) -> None:
    """Add what these releases (identity, number, what they say) tell and is not here yet."""
    known = set(tx.execute(select(t.ToldRecusalRow.release).where(t.ToldRecusalRow.tender_id == tender)).scalars())
    for identity, seq, release in releases:
        if identity not in known:
            _recusals(tx, workspace, tender, person, officer, identity, seq, release)
    held = {(one.bidder, one.at) for one in queries.decisions(tx, tender) if one.person == person}
    for one in sorted({one for _, _, release in releases for one in release.decisions}, key=lambda one: one.at):
        if (one.bidder, one.at) not in held:
            _decision(tx, workspace, tender, person, officer, one)
    tx.flush()


def _recusals(
    tx: Session,
    workspace: Workspace,
    tender: TenderId,
    person: PersonCode,
    officer: PersonCode,
    identity: str,
    seq: int,
    release: Release,
) -> None:
    what = [{"lot": one.lot, "bid": one.bid, "criterion": one.criterion, "why": one.why} for one in release.kept_out]
    others = [
        {"person": one.person, "lot": one.lot, "bid": one.bid, "criterion": one.criterion} for one in release.others
    ]
    detail = {"person": person, "release": identity, "kept_out": what} | ({"others": others} if others else {})
    act = audit.record(tx, workspace, "recusals-told", tender=tender, person=officer, detail=detail)
    for one in release.kept_out or (None,):
        tx.add(
            t.ToldRecusalRow(
                tender_id=tender,
                person=person,
                release=identity,
                seq=seq,
                lot=one and one.lot,
                bid=one and one.bid,
                criterion=one and one.criterion,
                why=one.why if one else "",
                act=act,
            )
        )
    for other in release.others:
        tx.add(
            t.ToldRecusalRow(
                tender_id=tender,
                person=other.person,
                release=identity,
                seq=seq,
                lot=other.lot,
                bid=other.bid,
                criterion=other.criterion,
                why=_TOLD,
                act=act,
            )
        )


def _decision(
    tx: Session, workspace: Workspace, tender: TenderId, person: PersonCode, officer: PersonCode, one: Decided
) -> None:
    own = [line for line in queries.declarations(tx, tender) if line.person == person]
    # The line of the trail differs from laptop to laptop; when it was declared does not.
    settles = max((line.act for line in own if one.settles is not None and line.at <= one.settles), default=0)
    decision = Decision(
        person=person,
        bidder=one.bidder,
        outcome=one.outcome,
        scope=one.scope,
        why=one.why,
        decided_by=one.decided_by,
        by=PersonCode(one.by),
        at=one.at,
        measure=one.measure,
        criteria=one.criteria,
        settles=settles,
    )
    detail = interests.decision_detail(decision)
    act = audit.record(tx, workspace, "interest-decided", tender=tender, person=officer, detail=detail)
    row = t.InterestDecisionRow.of(decision, tender_id=tender)
    row.act = act
    tx.add(row)
