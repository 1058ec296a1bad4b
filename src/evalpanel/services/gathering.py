"""What somebody's other laptop sent is taken in on this one: so that two laptops that both went on can be brought together.

Nothing is merged: answers that are on this laptop stay as they are, and what is sent from here next follows both. A laptop
on which nothing was scored yet takes the answers over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.sheets import Score, lines_whatever_status, sheet_digest
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import EnvelopeKind
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_sheets import (
    Declarations,
    Declared,
    Scoresheet,
    read_sheet_part,
)
from evalpanel.sealing import envelopes as age
from evalpanel.sealing.envelopes import NotSealedToUs
from evalpanel.services import interests, score_rows, sheets_here, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.taking_in import Arrival, Became, Intake
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads

Said = Cover[Declarations] | Cover[Scoresheet]


def _take(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    words = _work_out(tx, workspace, one.mine, one.cover)
    return Became(Verdict.NEW, words)


def _anywhere(_mine: Own) -> bool:
    return True


def _work_out(tx: Session, workspace: Workspace, mine: Own, cover: Said) -> str:
    if isinstance(cover.body, Declarations):
        for declared in cover.body.declared:
            _declare(tx, workspace, mine, declared)
        if cover.body.affirmed is not None:
            interests.affirm(tx, workspace, mine.tender, mine.person, by=mine.person, at=cover.body.affirmed)
        return "What you declared on your other laptop is here too."
    assert isinstance(cover.body, Scoresheet)
    tender = tenders.find(tx, mine.tender)
    if tender.stage.reached(TenderStage.MODERATION) or score_reads.scores_of(tx, mine.tender, mine.person):
        return (
            "The sheet of your other laptop is kept. Your answers here stay as they are, and what you send from here next "
            "follows both: it takes the place of both sheets."
        )
    scores = _opened(tx, workspace, mine, cover)
    _refuse_unsound(tx, tender, mine, scores, cover.body.sheet_digest)
    score_rows.keep(tx, workspace, mine.tender, mine.person, scores, {}, "scores-received")
    return (
        f"Your {len(scores)} answers from your other laptop are here. Look at them, and sign off here before you send."
    )


def _declare(tx: Session, workspace: Workspace, mine: Own, declared: Declared) -> None:
    """Add a declaration that is not on record here. One is never taken back."""
    lines = declared.of(mine.person)
    held = {replace(one, act=0) for one in queries.declarations(tx, mine.tender)}
    if not {replace(one, act=0) for one in lines} <= held:
        interests.record_lines(tx, workspace, mine.tender, mine.person, lines)


def _opened(tx: Session, workspace: Workspace, mine: Own, cover: Said) -> tuple[Score, ...]:
    """The answers of a sheet of one's own: sealed to this laptop, or on the laptop of who took over to the keys that it holds."""
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.SCORES)
    found: list[Score] = []
    for part in cover.header.parts:
        sealed = workspace.documents.piece(part.sealed)
        try:
            content = mine.open(sealed)
        except NotSealedToUs:
            if part.envelope not in opening:
                raise
            content = age.open_bytes(sealed, opening[part.envelope][0])
        found += read_sheet_part(content).answers
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


INTAKES = {
    kind: Intake(here=_anywhere, work_out=_take, cites=False)
    for kind in (ParcelKind.DECLARATION, ParcelKind.SCORESHEET)
}
"""For what this laptop's own person made elsewhere."""
