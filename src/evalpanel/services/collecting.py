"""What panel members send arrives on the officer's laptop: declarations and score sheets, in any order.

A sheet counts when it is signed off, and the newest one counts. Two sheets of one person that do not know of each other
(a restored backup, two laptops) are kept, and neither counts until the person sends one that follows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.blind import is_blind
from evalpanel.domain.branches import Entry, Standing, fault
from evalpanel.domain.evidence import faults as evidence_faults
from evalpanel.domain.interests import Declaration, Recusal, organisations
from evalpanel.domain.parcels import ParcelKind, PublicKeys, Statement, Verdict
from evalpanel.domain.sheets import Score, lines_whatever_status, recused_from, sheet_digest, why_no_line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover, Header
from evalpanel.formats.parcel_file import Container, checked_blocks
from evalpanel.formats.parcel_sheets import (
    Declarations,
    Scoresheet,
    SheetState,
    read_declarations,
    read_scoresheet,
    read_sheet_part,
)
from evalpanel.sealing import envelopes as age
from evalpanel.sealing.statements import identity, signer
from evalpanel.services import audit, evidence, exchange, interests, rosters, score_rows, tenders
from evalpanel.services.exchange import Own
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of a statement that a member sent."""

    identity: str
    author: PersonCode
    verdict: Verdict
    words: str


def take(workspace: Workspace, mine: Own, kind: ParcelKind, signed: Statement, container: Container) -> Collected:
    """Keep a declaration or score sheet, and work out anew what this laptop holds of its author.

    Raises `EvalPanelError` when its author's keys are not confirmed here, or it does not hold together: nothing is kept.
    """
    cover: Cover[Declarations] | Cover[Scoresheet] = (
        read_declarations(signed.payload) if kind is ParcelKind.DECLARATION else read_scoresheet(signed.payload)
    )
    header = cover.header
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, mine.tender)
        named, author = _checked(tx, mine, tender, kind, signed, header)
        if exchange.known(tx, named):
            return Collected(named, author, Verdict.SAME, "It is here already; nothing changed.")
    if {part.sealed for part in header.parts} != container.parts.keys():
        raise EvalPanelError(
            "This parcel does not hold the parts that its cover names.", "Nothing was changed. Ask for it again."
        )
    taken: list[str] = []
    try:
        for part in container.parts.values():
            fresh = workspace.documents.take(part.sealed, checked_blocks(part))
            taken += [part.sealed] * fresh
        with workspace.store.writing() as tx:
            tender = tenders.find(tx, mine.tender)
            before = _standing(tx, mine, kind, author)
            act = audit.record(
                tx,
                workspace,
                f"{kind.value}-received",
                tender=mine.tender,
                person=mine.person,
                detail={"parcel": named},
            )
            exchange.keep(tx, workspace, kind, header, named, signed, act, container.cover)
            tx.flush()
            after = _standing(tx, mine, kind, author)
            if kind is ParcelKind.DECLARATION:
                verdict, words = _declarations(tx, workspace, mine, tender, author, before, after, named)
            else:
                verdict, words = _sheet(tx, workspace, mine, tender, author, after, named)
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(taken)
        raise
    return Collected(named, author, verdict, words)


def _checked(
    tx: Session, mine: Own, tender: OpenTender, kind: ParcelKind, signed: Statement, header: Header
) -> tuple[str, PersonCode]:
    """The identity and author of a statement that a confirmed laptop signed for this one."""
    laptops = rosters.laptops(tx, mine)
    keys: PublicKeys | None = signer(signed, [one.keys for one in laptops.values()])
    if keys is None:
        raise EvalPanelError(
            "This parcel is not signed by anybody whose keys are confirmed here.",
            "It was left alone. Confirm the person's keys by the eight words, then take it in again.",
        )
    author = laptops[keys.installation].person
    if header.author != author or header.installation != keys.installation:
        raise EvalPanelError(
            f"This parcel says that it is by {header.author}, and was signed by {author}.", "It was left alone."
        )
    if header.tender != mine.tender or mine.keys.public.installation not in header.recipients:
        raise EvalPanelError("This parcel was not made for this laptop.", "It was left alone.")
    if not kind.may_sign(tender.member(author).roles):
        raise EvalPanelError(f"{author} does not send a {kind.value} in this tender.", "It was left alone.")
    named = identity(signed, keys.signing)
    rosters.refuse_revoked(laptops[keys.installation], named)
    held = {one.identity: one for one in _entries(tx, mine, kind, author)}
    if why := fault(Entry(named, header.seq, frozenset(header.history)), held):
        raise EvalPanelError("This parcel contradicts itself.", f"It was left alone: {why}.")
    return named, author


def _entries(tx: Session, mine: Own, kind: ParcelKind, author: PersonCode) -> tuple[Entry, ...]:
    found = []
    for one in exchange.line(tx, mine.tender, kind, author):
        payload = one.statement.payload
        header = (read_declarations(payload) if kind is ParcelKind.DECLARATION else read_scoresheet(payload)).header
        found.append(Entry(one.identity, one.seq, frozenset(header.history)))
    return tuple(found)


def _standing(tx: Session, mine: Own, kind: ParcelKind, author: PersonCode) -> Standing:
    return rosters.stands(tx, mine, kind, author, _entries(tx, mine, kind, author))


# Declarations --------------------------------------------------------------------------------------------------------


def _declarations(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    author: PersonCode,
    before: Standing,
    after: Standing,
    named: str,
) -> tuple[Verdict, str]:
    """Add what was not on record yet. A declaration is never taken back, so of a fork both branches are added."""
    held = _said(tx, mine, author)
    known = {one for name, body in held.items() if name != named for one in body.declared}
    fresh = [one for one in held[named].declared if one not in known]
    asked = {one.key: one for one in organisations(tender.pack.bidders, tender.pack.members)}
    for declared in fresh:
        strangers = [
            line.organisation
            for line in declared.lines
            if line.organisation
            and line.organisation not in asked
            and not (is_blind(tender.pack) and line.bidder is None)
        ]
        if strangers:
            raise EvalPanelError(
                f"The declaration of {author} names somebody who does not take part.",
                "Nothing was changed. Issue the pack again, and ask for a new declaration.",
            )
        lines = [
            Declaration(
                author,
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
        interests.record_lines(tx, workspace, mine.tender, author, lines)
    if named not in after.tips:
        return Verdict.OLDER, f"A newer declaration of {author} is here already; this one is kept."
    words = f"{author} has declared their interests. Next: issue again, so that they get the bids that are theirs."
    return (Verdict.NEWER if before.tips else Verdict.NEW), words


def _said(tx: Session, mine: Own, author: PersonCode) -> dict[str, Declarations]:
    held = exchange.line(tx, mine.tender, ParcelKind.DECLARATION, author)
    return {one.identity: read_declarations(one.statement.payload).body for one in held}


# Score sheets --------------------------------------------------------------------------------------------------------


def _sheet(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    author: PersonCode,
    after: Standing,
    named: str,
) -> tuple[Verdict, str]:
    if after.forked:
        _open_again(tx, workspace, mine, author, "two sheets that do not know of each other")
        return Verdict.FORKED, (
            f"There are two sheets of {author} that do not know of each other, from two laptops or a restored backup. Both are "
            f"kept and neither counts. Ask {author} to take in both on one laptop and send again."
        )
    if named not in after.tips:
        return Verdict.OLDER, f"A newer sheet of {author} is here already; this one is kept."
    (held,) = [one for one in exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, author) if one.identity == named]
    cover = read_scoresheet(held.statement.payload)
    if tender.stage.reached(TenderStage.MODERATION):
        return Verdict.NEWER, f"Moderation has begun, so this sheet of {author} is kept and changes nothing."
    if cover.body.state is SheetState.INTERIM:
        _open_again(tx, workspace, mine, author, "the sheet that came last is not signed off")
        return (
            Verdict.NEW,
            f"The sheet of {author} is not signed off yet. It is kept as a copy that {author} alone can open.",
        )
    scores = _opened(tx, workspace, mine, cover)
    kept_out = queries.recused(tx, tender.tender_id, tender.pack, tender.member(author))
    told = [one for one in scores if recused_from(kept_out, one.line) is None]
    _refuse_unsound(tx, tender, author, scores, told, cover)
    _take_over(tx, workspace, mine, author, told, kept_out)
    words = f"The sheet of {author} is here: {len(told)} answers."
    if len(told) < len(scores):
        words += f" {len(scores) - len(told)} more are about bids from which {author} is recused: they are set aside, and kept."
    return (Verdict.NEW if held.seq == 1 else Verdict.NEWER), words


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
    pieces = [(one.line, held.get(one.line, Score(one.line)).evidence, one.evidence) for one in told]
    of_evidence = evidence.new_faults(tx, tender.tender_id, tender.pack.bids, pieces)
    wrong = []
    for one in told:
        if one.line not in known:
            wrong.append(f"{one.line}: {why_no_line(one.line, tender.pack.bids)}")
            continue
        why = score_rows.fault(one, member, (), criteria[one.line.criterion], scales)
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
        score_rows.keep(tx, workspace, mine.tender, author, changed, revisions, "scores-received")
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
