"""What this laptop shows of other people's score sheets: brought to what those that are kept here say.

The sheet that counts is shown; of somebody whose sheet is open again, or forks, the last on which nothing casts a doubt, as not signed off.
Shared by the journeys that take things in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Standing, last_signed
from evalpanel.domain.evidence import faults as evidence_faults
from evalpanel.domain.interests import Recusal
from evalpanel.domain.parcels import Verdict
from evalpanel.domain.sheets import (
    Score,
    criteria_of_bids,
    listed,
    recused_from,
    sheet_digest,
    why_no_line,
)
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidCode, CriterionCode, EnvelopeKind, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_sheets import Scoresheet
from evalpanel.services import audit, evidence, score_rows, sheets_here
from evalpanel.services.exchange import Own
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class SheetHere:
    """What follows from one person's sheets."""

    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is to be shown of a person: the sheet (None: nothing), whether as signed off, and why where it is not."""

    sheet: str | None
    signed: bool
    here: SheetHere
    why: str = ""


def bring_up(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    author: PersonCode,
    moderated: Mapping[PersonCode, str],
    *,
    arrived: str = "",
) -> SheetHere:
    """Bring what this laptop shows of somebody's answers to what their sheets say.

    `moderated`: the sheets on which moderation that counts here rests: those are what is shown. `arrived`: the sheet that has just
    come; one that does not hold together raises `EvalPanelError` then, so that nothing is kept of it, and else is set aside.
    """
    while True:
        state = sheets_here.stands(tx, mine, tender, author)
        wanted = _wanted(tx, mine, tender, author, state, moderated)
        if not arrived and mine.is_officer and _is_shown(tx, mine, author, wanted):
            return wanted.here
        try:
            with tx.begin_nested():
                return _show(tx, workspace, mine, tender, author, wanted, arrived)
        except EvalPanelError as error:
            if wanted.sheet in (None, arrived) or mine.is_officer:
                raise
            set_aside(tx, workspace, mine, author, wanted.sheet, error.title)


def _is_shown(tx: Session, mine: Own, author: PersonCode, wanted: _Wanted) -> bool:
    """Whether that is what is shown already: the officer's laptop holds all keys, so nothing new opens there."""
    now = queries.sign_offs(tx, mine.tender).get(author)
    if now is None:
        return wanted.sheet is None
    return (now.sheet, now.signed) == (wanted.sheet or "", wanted.signed)


def bring_all_up(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, moderated: Mapping[PersonCode, str]
) -> tuple[str, ...]:
    """The same for everybody else's sheets, when keys, a roster or moderation came. Gives, in words, what does not hold together."""
    before = queries.set_aside(tx, mine.tender)
    for one in tender.pack.panel:
        if one.person != mine.person and sheets_here.line_of(tx, mine, one.person):
            bring_up(tx, workspace, mine, tender, one.person, moderated)
    tx.flush()
    gone = queries.set_aside(tx, mine.tender) - before
    row = t.SetAsideRow
    return tuple(tx.execute(select(row.why).where(row.identity.in_(gone)).order_by(row.id)).scalars())


def set_aside(
    tx: Session, workspace: Workspace, mine: Own, author: PersonCode, named: str, why: str, *, aside: bool = True
) -> None:
    """A statement that is kept here turns out not to hold together: it counts no more (or, with `aside` false, does again)."""
    detail = {"about": author, "parcel": named, "aside": aside, "reason": why}
    act = audit.record(tx, workspace, "parcel-set-aside", tender=mine.tender, person=mine.person, detail=detail)
    tx.add(t.SetAsideRow(tender_id=mine.tender, identity=named, aside=aside, why=why, at=workspace.now(), act=act))
    tx.flush()


def _wanted(
    tx: Session,
    mine: Own,
    tender: OpenTender,
    author: PersonCode,
    state: Standing,
    moderated: Mapping[PersonCode, str],
) -> _Wanted:
    held = sheets_here.line_of(tx, mine, author)
    signed = sheets_here.signed_off(held)
    aside = sheets_here.not_counting(tx, mine, tender, author)
    if author in moderated and moderated[author] not in aside:
        rests = moderated[author]
        if rests == state.counts:
            return _Wanted(rests, True, SheetHere(Verdict.NEW, f"The sheet of {author} is here."))
        return _Wanted(rests, True, _late(author, state, closed=tender.stage.reached(TenderStage.QUALITY_LOCKED)))
    if state.counts in signed:
        return _Wanted(state.counts, True, SheetHere(Verdict.NEW, f"The sheet of {author} is here."))
    last = last_signed((one.entry for one in held), signed, aside)
    if state.forked:
        words = (
            f"There are two sheets of {author} that do not know of each other, from two laptops or a restored backup. Both are "
            f"kept and neither counts. Ask {author} to take in both on one laptop and send again, or have the chair rule."
        )
        why = "two sheets that do not know of each other"
        return _Wanted(last, False, SheetHere(Verdict.FORKED, words), why)
    if state.counts is not None:
        words = f"The sheet of {author} is not signed off yet. It is kept as a copy that {author} alone can open."
        return _Wanted(last, False, SheetHere(Verdict.NEW, words), "the sheet that came last is not signed off")
    return _Wanted(None, False, SheetHere(Verdict.OLDER, f"No sheet of {author} counts here."), "no sheet counts")


def _late(author: PersonCode, state: Standing, *, closed: bool) -> SheetHere:
    begun = "Moderation is closed" if closed else "Moderation has begun"
    if state.forked:
        return SheetHere(
            Verdict.FORKED,
            f"There are two sheets of {author} that do not know of each other. {begun}, so both are kept and nothing changes.",
        )
    return SheetHere(Verdict.NEWER, f"{begun}, so this sheet of {author} is kept and changes nothing.")


def _show(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    author: PersonCode,
    wanted: _Wanted,
    arrived: str,
) -> SheetHere:
    """Bring the answers to what is wanted, and say what became of the sheet that `arrived`."""
    waits = sheets_here.waiting_for_keys(tx, mine, tender, author, sheets_here.line_of(tx, mine, author))
    here = wanted.here
    if arrived in waits:
        words = (
            f"The sheet of {author} is here, and does not open before the officer has released the keys of "
            f"{listed(waits[arrived], 3)}."
        )
        here = SheetHere(Verdict.NEW, words + (" Until then the one before it counts." if wanted.sheet else ""))
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.SCORES)
    # What others declared is known to the officer's laptop alone.
    kept_out: Sequence[Recusal] = (
        queries.recused(tx, mine.tender, tender.pack, tender.member(author)) if mine.is_officer else ()
    )

    def sound(named: str) -> tuple[sheets_here.Said, Sequence[Score]]:
        cover = sheets_here.cover_of(tx, mine, author, named)
        said = sheets_here.opened(workspace, mine, tender, cover, opening)
        told = [one for one in said.scores if recused_from(kept_out, one.line) is None] if kept_out else said.scores
        _refuse_unsound(tx, tender, author, said, told, cover)
        return said, told

    if opening and arrived not in (wanted.sheet, *waits) and sheets_here.is_final(tx, mine, author, arrived):
        sound(arrived)
    if wanted.sheet is None:
        if author in queries.sign_offs(tx, mine.tender):
            _close(tx, workspace, mine, author, wanted)
        return here
    if not opening:
        words = f"The sheet of {author} is here. It opens when the officer has released its keys to this laptop."
        return SheetHere(Verdict.NEW, words) if wanted.signed else here
    said, told = sound(wanted.sheet)
    _take_over(tx, workspace, mine, author, told, kept_out, said, wanted)
    if arrived != wanted.sheet:
        return here
    words = f"The sheet of {author} is here: {len(told)} answers."
    if len(told) < len(said.scores):
        gone = len(said.scores) - len(told)
        words += f" {gone} more are about bids from which {author} is recused: they are set aside, and kept."
    if said.shut:
        words += f" {said.shut} of its parts are about bids that are closed to this laptop."
    return SheetHere(here.verdict, words)


def _spoken_of(said: sheets_here.Said, cover: Cover[Scoresheet]) -> dict[tuple[LotCode, BidCode], set[CriterionCode]]:
    """On which criteria of each bid answers speak. Refuses those that are not the ones that the cover names."""
    spoken: dict[tuple[LotCode, BidCode], set[CriterionCode]] = {}
    for one in said.scores:
        line = one.line
        spoken.setdefault((line.lot, line.bid), set()).add(line.criterion)
    whole = not said.shut
    if sum(map(len, spoken.values())) != len(said.scores) or (whole and said.pinned != cover.body.sheet_digest):
        raise EvalPanelError(
            "The answers are not those that the cover names.", "Nothing was changed. Ask for it again."
        )
    return spoken


def _refuse_unsound(
    tx: Session,
    tender: OpenTender,
    author: PersonCode,
    said: sheets_here.Said,
    told: Sequence[Score],
    cover: Cover[Scoresheet],
) -> None:
    """Refuse answers that are not those of the cover, or that cannot stand. `told` are those that are not set aside."""
    spoken = _spoken_of(said, cover)
    member = tender.member(author)
    known = criteria_of_bids(tender.pack.criteria, tender.pack.bids)
    criteria, scales = score_rows.criteria_of(tender.pack), score_rows.scales_of(tender.pack)
    cited = [one for one in told if one.evidence]
    held = score_reads.scores_of(tx, tender.tender_id, author) if cited else {}
    pieces = [(one.line, held[one.line].evidence if one.line in held else (), one.evidence) for one in cited]
    of_evidence = evidence.new_faults(tx, tender.tender_id, tender.pack.bids, pieces)

    # Of thousands of answers a handful differ in what is judged without their evidence: a criterion, a status, a score.
    kinds = {(one.line.criterion, one.status, one.value): one for one in told if one.line.criterion in criteria}
    judged = {
        kind: score_rows.fault(replace(one, evidence=()), member, (), criteria[one.line.criterion], scales)
        for kind, one in kinds.items()
    }

    def fault_of(one: Score) -> str:
        line = one.line
        if line.criterion not in known.get((line.lot, line.bid), ()):
            return why_no_line(line, tender.pack.bids)
        why = judged[line.criterion, one.status, one.value]
        return why or of_evidence.get(line, "") or "; ".join(evidence_faults(one.evidence))

    sound = not any(judged.values()) and all(asked <= known.get(bid, frozenset()) for bid, asked in spoken.items())
    wrong = [f"{one.line}: {why}" for one in (cited if sound else told) if (why := fault_of(one))]
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
    said: sheets_here.Said,
    wanted: _Wanted,
) -> None:
    """Add what differs from what is held, as newer versions, and whether the sheet is signed off.

    What is held about bids from which the person is recused stays as it is: set aside, and kept.
    """
    assert wanted.sheet is not None
    held = score_reads.scores_of(tx, mine.tender, author)
    top = score_reads.revisions(tx, mine.tender, author)
    changed = [one for one in scores if held.get(one.line) != one] if held else list(scores)
    if held:
        changed += [
            Score(line)
            for line in held.keys() - {one.line for one in scores}
            if held[line] != Score(line) and recused_from(kept_out, line) is None
        ]
    cover = sheets_here.cover_of(tx, mine, author, wanted.sheet).body
    pinned = cover.sheet_digest if not said.shut else ""
    if changed:
        whole = pinned if len(changed) == len(scores) and not held else ""
        score_rows.keep(tx, workspace, mine.tender, author, changed, top, "scores-received", whole, said.reasons)
    if held or kept_out or not pinned:
        tx.flush()
        pinned = sheet_digest(score_reads.scores_of(tx, mine.tender, author).values())
    before = queries.sign_offs(tx, mine.tender).get(author)
    now = (wanted.signed, pinned, wanted.sheet)
    if before is None or (before.signed, before.sheet_digest, before.sheet) != now:
        score_rows.sign(
            tx,
            workspace,
            mine.tender,
            author,
            signed=wanted.signed,
            reason=wanted.why,
            pinned=pinned,
            sheet=wanted.sheet,
            entered_by=cover.entered_by if wanted.signed else "",
        )


def _close(tx: Session, workspace: Workspace, mine: Own, author: PersonCode, wanted: _Wanted) -> None:
    """Nothing of the person counts any more: their answers are shown no longer, and kept as earlier versions."""
    held = score_reads.scores_of(tx, mine.tender, author)
    top = score_reads.revisions(tx, mine.tender, author)
    changed = [Score(line) for line, one in held.items() if one != Score(line)]
    if changed:
        score_rows.keep(tx, workspace, mine.tender, author, changed, top, "scores-received")
    signed = queries.sign_offs(tx, mine.tender)[author]
    if signed.signed or signed.sheet:
        tx.flush()
        pinned = sheet_digest(score_reads.scores_of(tx, mine.tender, author).values())
        score_rows.sign(tx, workspace, mine.tender, author, signed=False, reason=wanted.why, pinned=pinned)
