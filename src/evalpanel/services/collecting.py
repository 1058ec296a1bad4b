"""What panel members send arrives on the officer's laptop: declarations and score sheets, in any order.

A sheet counts when it is signed off, and the newest one counts. Two sheets of one person that do not know of each other
(a restored backup, two laptops) are kept, and neither counts until the person sends one that follows both.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.evidence import faults as evidence_faults
from evalpanel.domain.interests import Declaration, Recusal, organisations
from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.sheets import Score, lines_whatever_status, recused_from, sheet_digest, why_no_line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_sheets import (
    Declarations,
    Scoresheet,
    SheetState,
    read_declarations,
    read_sheet_part,
)
from evalpanel.sealing import envelopes as age
from evalpanel.services import evidence, exchange, interests, score_rows, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.taking_in import Arrival, Became, Intake
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


def _officers(mine: Own) -> bool:
    return mine.is_officer


# Declarations --------------------------------------------------------------------------------------------------------


def _declarations(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    """Add what was not on record yet. A declaration is never taken back, so of a fork both branches are added."""
    mine, author = one.mine, one.author
    tender = tenders.find(tx, mine.tender)
    held = _said(tx, mine, author)
    known = {declared for name, body in held.items() if name != one.identity for declared in body.declared}
    fresh = [declared for declared in held[one.identity].declared if declared not in known]
    asked = {party.key for party in organisations(tender.pack.bidders, tender.pack.members)}
    for declared in fresh:
        strangers = [
            line.organisation for line in declared.lines if line.organisation and line.organisation not in asked
        ]
        if strangers:
            raise EvalPanelError(
                f"The declaration of {author} names somebody who does not take part.",
                "Nothing was changed. Issue the pack again, and ask for a new declaration.",
            )
        lines = [
            Declaration(
                author,
                line.outcome,
                declared.at,
                line.bidder,
                line.about,
                declared.on_paper,
                line.kind,
                line.organisation,
                declared.asked,
            )
            for line in declared.lines
        ]
        interests.record_lines(tx, workspace, mine.tender, author, lines)
    if one.identity not in one.after.tips:
        return Became(Verdict.OLDER, f"A newer declaration of {author} is here already; this one is kept.")
    words = f"{author} has declared their interests. Next: issue again, so that they get the bids that are theirs."
    return Became(Verdict.NEWER if one.before.tips else Verdict.NEW, words)


def _said(tx: Session, mine: Own, author: PersonCode) -> dict[str, Declarations]:
    held = exchange.line(tx, mine.tender, ParcelKind.DECLARATION, author)
    return {one.identity: read_declarations(one.statement.payload).body for one in held}


# Score sheets --------------------------------------------------------------------------------------------------------


def _sheet(tx: Session, workspace: Workspace, one: Arrival) -> Became:
    mine, author, cover = one.mine, one.author, one.cover
    tender = tenders.find(tx, mine.tender)
    if one.after.forked:
        _open_again(tx, workspace, mine, author, "two sheets that do not know of each other")
        return Became(
            Verdict.FORKED,
            f"There are two sheets of {author} that do not know of each other, from two laptops or a restored backup. Both are "
            f"kept and neither counts. Ask {author} to take in both on one laptop and send again.",
        )
    if one.identity not in one.after.tips:
        return Became(Verdict.OLDER, f"A newer sheet of {author} is here already; this one is kept.")
    if tender.stage.reached(TenderStage.MODERATION):
        words = f"Moderation has begun, so this sheet of {author} is kept and changes nothing."
        return Became(Verdict.NEWER, words)
    if cover.body.state is SheetState.INTERIM:
        _open_again(tx, workspace, mine, author, "the sheet that came last is not signed off")
        words = f"The sheet of {author} is not signed off yet. It is kept as a copy that {author} alone can open."
        return Became(Verdict.NEWER if one.before.tips else Verdict.NEW, words)
    scores = _opened(tx, workspace, mine, cover)
    kept_out = queries.recused(tx, tender.tender_id, tender.pack, tender.member(author))
    told = [score for score in scores if recused_from(kept_out, score.line) is None]
    _refuse_unsound(tx, tender, author, scores, told, cover)
    _take_over(tx, workspace, mine, author, told, kept_out, cover.body.sheet_digest)
    words = f"The sheet of {author} is here: {len(told)} answers."
    if len(told) < len(scores):
        words += f" {len(scores) - len(told)} more are about bids from which {author} is recused: they are set aside, and kept."
    return Became(Verdict.NEWER if one.before.tips else Verdict.NEW, words)


def _opened(tx: Session, workspace: Workspace, mine: Own, cover: Cover[Scoresheet]) -> tuple[Score, ...]:
    envelopes = {
        row.name: row
        for row in tx.execute(
            select(t.EnvelopeRow).where(
                t.EnvelopeRow.tender_id == mine.tender, t.EnvelopeRow.kind == EnvelopeKind.SCORES
            )
        ).scalars()
    }
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in queries.pack(tx, mine.tender).bids}
    found: list[Score] = []
    for part in cover.header.parts:
        if part.envelope not in envelopes:
            raise EvalPanelError("This sheet speaks of a bid that is not here.", "Nothing was changed.")
        row = envelopes[part.envelope]
        opens = workspace.keys.unwrap_for(mine.tender, f"envelope {row.name}", row.identity).decode()
        held = read_sheet_part(age.open_bytes(workspace.documents.read(part.sealed), opens))
        if (held.bidder, held.lot) != (row.bidder, row.lot) or any(
            bidders.get((one.line.lot, one.line.bid)) != held.bidder or one.line.lot != held.lot for one in held.answers
        ):
            raise EvalPanelError(
                "A part of this sheet belongs to another bid.", "Nothing was changed. Ask for it again."
            )
        found += held.answers
    return tuple(found)


def _refuse_unsound(
    tx: Session,
    tender: OpenTender,
    author: PersonCode,
    scores: Sequence[Score],
    told: Sequence[Score],
    cover: Cover[Scoresheet],
) -> None:
    """Refuse answers that are not those of the cover, or that cannot stand. `told` are those that are not set aside."""
    lines = {score.line for score in scores}
    if len(lines) != len(scores) or sheet_digest(scores) != cover.body.sheet_digest:
        raise EvalPanelError(
            "The answers are not those that the cover names.", "Nothing was changed. Ask for it again."
        )
    member = tender.member(author)
    known = set(lines_whatever_status(tender.pack.criteria, tender.pack.bids))
    criteria, scales = score_rows.criteria_of(tender.pack), score_rows.scales_of(tender.pack)
    held = score_reads.scores_of(tx, tender.tender_id, author)
    pieces = [
        (one.line, held[one.line].evidence if one.line in held else (), one.evidence) for one in told if one.evidence
    ]
    of_evidence = evidence.new_faults(tx, tender.tender_id, tender.pack.bids, pieces)
    wrong = []
    for one in told:
        if one.line not in known:
            wrong.append(f"{one.line}: {why_no_line(one.line, tender.pack.bids)}")
            continue
        why = score_rows.fault(one, member, (), criteria[one.line.criterion], scales)
        if one.evidence:
            why = why or of_evidence.get(one.line, "") or "; ".join(evidence_faults(one.evidence))
        if why:
            wrong.append(f"{one.line}: {why}")
    if wrong:
        raise EvalPanelError(
            f"The sheet of {author} does not hold together: {wrong[0]}.",
            f"Nothing was changed. Lines concerned: {len(wrong)}. Ask {author} to look at it and send it again.",
        )


def _take_over(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    author: PersonCode,
    scores: Sequence[Score],
    kept_out: Sequence[Recusal],
    pinned: str,
) -> None:
    """Add what differs from what is held, as newer versions, and that the sheet is signed off.

    What is held about bids from which the person is recused stays as it is: set aside, and kept.
    """
    held = score_reads.scores_of(tx, mine.tender, author)
    top = score_reads.revisions(tx, mine.tender, author)
    changed = [one for one in scores if held.get(one.line) != one]
    changed += [
        Score(line)
        for line in held.keys() - {one.line for one in scores}
        if held[line] != Score(line) and recused_from(kept_out, line) is None
    ]
    if changed:
        revisions = {one.line: top.get(one.line, 0) + 1 for one in changed}
        whole = pinned if len(changed) == len(scores) and not held else ""
        score_rows.keep(tx, workspace, mine.tender, author, changed, revisions, "scores-received", whole)
    if held or kept_out:
        tx.flush()
        pinned = sheet_digest(score_reads.scores_of(tx, mine.tender, author).values())
    signed = queries.sign_offs(tx, mine.tender).get(author)
    if signed is None or not signed.signed or signed.sheet_digest != pinned:
        score_rows.sign(tx, workspace, mine.tender, author, signed=True, reason="", pinned=pinned)


def _open_again(tx: Session, workspace: Workspace, mine: Own, author: PersonCode, reason: str) -> None:
    """The person's sheet counts no more, with the reason on record; where none counted, nothing is to be said."""
    signed = queries.sign_offs(tx, mine.tender).get(author)
    if signed is not None and signed.signed:
        score_rows.sign(tx, workspace, mine.tender, author, signed=False, reason=reason, pinned=signed.sheet_digest)


INTAKES = {
    ParcelKind.DECLARATION: Intake(here=_officers, work_out=_declarations),
    ParcelKind.SCORESHEET: Intake(here=_officers, work_out=_sheet),
}
