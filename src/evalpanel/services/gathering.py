"""What somebody's other laptop sent is taken in on this one: so that two laptops that both went on can be brought together.

Nothing is merged: answers that are on this laptop stay as they are, and what is sent from here next follows both. A laptop
on which nothing was scored yet takes the answers over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from evalpanel.domain.branches import Entry, fault
from evalpanel.domain.interests import Declaration
from evalpanel.domain.parcels import ParcelKind, Statement, Verdict
from evalpanel.domain.sheets import Score, lines_whatever_status, sheet_digest
from evalpanel.domain.stages import TenderStage
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_file import Container, checked_blocks
from evalpanel.formats.parcel_sheets import (
    Declarations,
    Declared,
    Scoresheet,
    read_declarations,
    read_scoresheet,
    read_sheet_part,
)
from evalpanel.sealing.statements import identity, signer
from evalpanel.services import audit, exchange, interests, rosters, score_rows, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.system.files import tidying

Said = Cover[Declarations] | Cover[Scoresheet]


@dataclass(frozen=True, slots=True)
class Gathered:
    """What became of a statement of the person's other laptop."""

    identity: str
    verdict: Verdict
    words: str


def take(workspace: Workspace, mine: Own, kind: ParcelKind, signed: Statement, container: Container) -> Gathered | None:
    """Keep a declaration or score sheet that another laptop of the same person made. None: this one is not of that sort.

    Raises `EvalPanelError` when it is signed by a laptop that the roster does not name, or does not hold together.
    """
    cover: Said = (
        read_declarations(signed.payload) if kind is ParcelKind.DECLARATION else read_scoresheet(signed.payload)
    )
    if cover.header.author != mine.person or cover.header.installation == mine.keys.public.installation:
        return None
    with workspace.store.reading() as tx:
        named = _checked(tx, mine, kind, signed, cover)
        if exchange.known(tx, named):
            return Gathered(named, Verdict.SAME, "It is here already; nothing changed.")
    if {part.sealed for part in cover.header.parts} != container.parts.keys():
        raise EvalPanelError(
            "This parcel does not hold the parts that its cover names.", "Nothing was changed. Ask for it again."
        )
    taken: list[str] = []
    try:
        workspace.documents.take({name: checked_blocks(part) for name, part in container.parts.items()}, taken)
        with workspace.store.writing() as tx:
            detail = {"parcel": named, "about": mine.person}
            act = audit.record(
                tx, workspace, f"{kind.value}-received", tender=mine.tender, person=mine.person, detail=detail
            )
            exchange.keep(tx, workspace, kind, cover.header, named, signed, act, container.cover)
            tx.flush()
            words = _work_out(tx, workspace, mine, cover)
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(taken)
        raise
    return Gathered(named, Verdict.NEW, words)


def _checked(tx: Session, mine: Own, kind: ParcelKind, signed: Statement, cover: Said) -> str:
    header = cover.header
    own = [one for one in rosters.laptops(tx, mine).values() if one.person == mine.person]
    keys = signer(signed, [one.keys for one in own])
    if keys is None:
        raise rosters.NotYet(
            "This is said to be from another laptop of yours, which the list of who takes part does not name.",
            "Take in the newest list, then this file again.",
        )
    (laptop,) = [one for one in own if one.keys == keys]
    if header.installation != keys.installation or header.tender != mine.tender:
        raise EvalPanelError("This parcel says that it is from another laptop than signed it.", "It was left alone.")
    if mine.keys.public.installation not in header.recipients:
        raise EvalPanelError("This parcel was not made for this laptop.", "It was left alone.")
    named = identity(signed, keys.signing)
    rosters.refuse_revoked(laptop, named)
    held = {one.identity: one for one in _entries(tx, mine, kind)}
    if why := fault(Entry(named, header.seq, frozenset(header.history)), held):
        raise EvalPanelError("This parcel contradicts itself.", f"It was left alone: {why}.")
    return named


def _entries(tx: Session, mine: Own, kind: ParcelKind) -> tuple[Entry, ...]:
    found = []
    for one in exchange.line(tx, mine.tender, kind, mine.person):
        payload = one.statement.payload
        header = (read_declarations(payload) if kind is ParcelKind.DECLARATION else read_scoresheet(payload)).header
        found.append(Entry(one.identity, one.seq, frozenset(header.history)))
    return tuple(found)


def _work_out(tx: Session, workspace: Workspace, mine: Own, cover: Said) -> str:
    if isinstance(cover.body, Declarations):
        for declared in cover.body.declared:
            _declare(tx, workspace, mine, declared)
        return "What you declared on your other laptop is here too."
    assert isinstance(cover.body, Scoresheet)
    tender = tenders.find(tx, mine.tender)
    if tender.stage.reached(TenderStage.MODERATION) or score_reads.scores_of(tx, mine.tender, mine.person):
        return (
            "The sheet of your other laptop is kept. Your answers here stay as they are, and what you send from here next "
            "follows both: it takes the place of both sheets."
        )
    scores = _opened(workspace, mine, cover)
    _refuse_unsound(tx, tender, mine, scores, cover.body.sheet_digest)
    score_rows.keep(tx, workspace, mine.tender, mine.person, scores, {one.line: 1 for one in scores}, "scores-received")
    return (
        f"Your {len(scores)} answers from your other laptop are here. Look at them, and sign off here before you send."
    )


def _declare(tx: Session, workspace: Workspace, mine: Own, declared: Declared) -> None:
    """Add a declaration that is not on record here. One is never taken back."""
    lines = [
        Declaration(
            mine.person,
            one.outcome,
            declared.at,
            one.bidder,
            one.about,
            declared.on_paper,
            one.kind,
            one.organisation,
            declared.asked,
        )
        for one in declared.lines
    ]
    held = {replace(one, act=0) for one in queries.declarations(tx, mine.tender)}
    if not {replace(one, act=0) for one in lines} <= held:
        interests.record_lines(tx, workspace, mine.tender, mine.person, lines)


def _opened(workspace: Workspace, mine: Own, cover: Said) -> tuple[Score, ...]:
    found: list[Score] = []
    for part in cover.header.parts:
        held = read_sheet_part(mine.keys.open(workspace.documents.read(part.sealed)))
        found += held.answers
    return tuple(found)


def _refuse_unsound(tx: Session, tender: tenders.OpenTender, mine: Own, scores: Sequence[Score], sheet: str) -> None:
    member = tender.member(mine.person)
    known = set(lines_whatever_status(tender.pack.criteria, tender.pack.bids))
    criteria, scales = score_rows.criteria_of(tender.pack), score_rows.scales_of(tender.pack)
    kept_out = queries.recused(tx, tender.tender_id, tender.pack, member)
    whole = len({one.line for one in scores}) == len(scores) and sheet_digest(scores) == sheet
    if not whole or any(
        one.line not in known or score_rows.fault(one, member, kept_out, criteria[one.line.criterion], scales)
        for one in scores
    ):
        raise EvalPanelError(
            "The sheet of your other laptop does not hold together.", "Nothing was changed. Send it again from there."
        )
