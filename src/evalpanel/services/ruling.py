"""The chair rules which of two sheets counts that do not know of each other, when their author cannot send one that follows both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Score
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_sheets import SheetState, read_scoresheet
from evalpanel.services import audit, exchange, sheets_here, sheets_shown, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the sheets that do not know of each other: its identity, its number, what its author's clock said.

    `apart` are the answers that the others do not have like that, as far as they can be read here; `fault` says why it does not hold
    together (empty: it does).
    """

    sheet: str
    seq: int
    is_final: bool
    made_at: datetime
    apart: tuple[Score, ...] = ()
    fault: str = ""


def branches(workspace: Workspace, named: str) -> Mapping[PersonCode, tuple[Branch, ...]]:
    """The sheets that do not know of each other, by whose they are. Changes nothing."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        found: dict[PersonCode, tuple[Branch, ...]] = {}
        for one in tender.pack.panel if mine is not None else ():
            assert mine is not None
            state = sheets_here.stands(tx, mine, tender, one.person)
            if state.forked:
                line = exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, one.person)
                covers = {held.identity: read_scoresheet(held.statement.payload) for held in line}
                read = {tip: _read(tx, workspace, mine, tender, one.person, tip) for tip in state.tips}
                found[one.person] = tuple(
                    Branch(
                        tip,
                        covers[tip].header.seq,
                        covers[tip].body.state is SheetState.FINAL,
                        covers[tip].header.made_at,
                        _apart(scores, [held for other, (held, _) in read.items() if other != tip]),
                        fault,
                    )
                    for tip, (scores, fault) in read.items()
                )
        return found


def _read(
    tx: Session, workspace: Workspace, mine: exchange.Own, tender: tenders.OpenTender, author: PersonCode, tip: str
) -> tuple[tuple[Score, ...], str]:
    try:
        return sheets_here.read(tx, workspace, mine, tender, author, tip), ""
    except EvalPanelError as error:  # said beside the sheet: whoever rules must see it
        return (), error.title


def _apart(scores: Sequence[Score], others: Sequence[Sequence[Score]]) -> tuple[Score, ...]:
    """The answers that no other of the sheets has like that; none where another one cannot be read here."""
    if not scores or not all(others):
        return ()
    same = [{one.line: one for one in held} for held in others]
    return tuple(one for one in scores if any(held.get(one.line) != one for held in same))


def rule(workspace: Workspace, named: str, *, person: str, counts: str, why: str) -> Branch:
    """Record that of somebody's sheets that do not know of each other the one whose identity begins with `counts` counts.

    It is the chair's, on the chair's laptop, and travels with the next moderation. The other sheets are kept.
    """
    if not why.strip():
        raise EvalPanelError("A ruling needs its reason.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        mine = exchange.own(tx, workspace, tender.tender_id)
        if mine is None or not tender.member(mine.person).has(Role.CHAIR):
            raise EvalPanelError(
                "Which of two sheets counts is ruled by the chair, on their own laptop.", "Nothing was changed."
            )
        tenders.require(tender, before=TenderStage.QUALITY_LOCKED, act="moderation is closed")
        member = tender.member(person)
        state = sheets_here.stands(tx, mine, tender, member.person)
        chosen = [tip for tip in state.tips if len(counts) >= 4 and tip.startswith(counts.strip().lower())]
        if not state.forked or len(chosen) != 1 or member.person == mine.person:
            known = ", ".join(tip[:8] for tip in state.tips) if state.forked else "none"
            raise EvalPanelError(
                f"This names none of the sheets of {member.person} that do not know of each other.",
                f"Nothing was changed. Sheets between which a chair can rule: {known}.",
            )
        line = exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, member.person)
        (winner,) = [one for one in line if one.identity == chosen[0]]
        aside = sorted(one.identity for one in line if one.identity not in (*winner.history, winner.identity))
        detail = {"about": member.person, "counts": winner.identity, "ruled_out": aside, "reason": why.strip()}
        act = audit.record(tx, workspace, "sheet-ruled", tender=mine.tender, person=mine.person, detail=detail)
        tx.add(
            t.RulingRow(
                tender_id=mine.tender,
                person=member.person,
                counts=winner.identity,
                ruled_out=tuple(aside),
                why=why.strip(),
                at=workspace.now(),
                act=act,
            )
        )
        tx.flush()
        sheets_shown.bring_up(tx, workspace, mine, tender, member.person, {})
        cover = read_scoresheet(winner.statement.payload)
        return Branch(winner.identity, winner.seq, cover.body.state is SheetState.FINAL, cover.header.made_at)
