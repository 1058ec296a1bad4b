"""Score sheets as they stand on this laptop: which of each person's counts, what of it can be opened here, and what follows.

It is worked out from all that is kept, so the order in which sheets, rosters and keys came makes no difference. On a
chair's laptop a part that no key here opens waits as it came. Shared by the journeys that take things in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Standing, standing
from evalpanel.domain.evidence import faults as evidence_faults
from evalpanel.domain.interests import Recusal
from evalpanel.domain.parcels import ParcelKind, Verdict
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Score, ScoreStatus, criteria_of_bids, recused_from, sheet_digest, why_no_line
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidderCode, CriterionCode, EnvelopeKind, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_packs import read_pack
from evalpanel.formats.parcel_sheets import Scoresheet, SheetState, read_scoresheet, read_sheet_part
from evalpanel.sealing import envelopes as age
from evalpanel.services import evidence, exchange, rosters, score_rows
from evalpanel.services.exchange import Own
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

Place = tuple[BidderCode | None, LotCode | None]


@dataclass(frozen=True, slots=True)
class SheetHere:
    """What follows from one person's sheets. `late`: moderation rests on an earlier one, so the newest changes nothing."""

    verdict: Verdict
    words: str
    late: bool = False


def recipients(tx: Session, mine: Own, kind: EnvelopeKind) -> Mapping[Place, tuple[str, str]]:
    """The envelopes of a kind as the pack names them, each by its bidder and lot: the newest generation's name and recipient."""
    pack = rosters.pack_in_force(tx, mine)
    assert pack is not None, "whoever has scored or moderated has the pack"
    envelopes = sorted(read_pack(pack.statement.payload).body.envelopes, key=lambda one: one.generation)
    return {(one.bidder, one.lot): (one.name, one.recipient) for one in envelopes if one.kind == kind}


def keys(tx: Session, workspace: Workspace, mine: Own, kind: EnvelopeKind) -> dict[str, tuple[str, Place]]:
    """The envelopes of a kind that open here, by name: the identity, and whose they are."""
    row = t.EnvelopeRow
    rows = tx.execute(select(row).where(row.tender_id == mine.tender, row.kind == kind)).scalars()
    return {
        one.name: (
            workspace.keys.unwrap_for(mine.tender, f"envelope {one.name}", one.identity).decode(),
            (one.bidder, one.lot),
        )
        for one in rows
    }


def stands(tx: Session, mine: Own, author: PersonCode) -> Standing:
    """Where somebody's sheets stand, without those of revoked keys and those that a chair ruled out."""
    held = exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, author)
    return standing((one.entry for one in held), rosters.aside(tx, mine, ParcelKind.SCORESHEET, author))


def counting(tx: Session, mine: Own, tender: OpenTender) -> dict[PersonCode, str | None]:
    """The signed-off sheet of each scorer that counts here, by identity; None: there is none, it forks, or they are absent."""
    away = queries.absences(tx, mine.tender)
    found: dict[PersonCode, str | None] = {}
    for one in tender.pack.panel:
        if one.has(Role.PANEL_MEMBER):
            found[one.person] = None if one.person in away else final(tx, mine, one.person)
    return found


def final(tx: Session, mine: Own, author: PersonCode) -> str | None:
    """Somebody's sheet that counts and is signed off, by identity."""
    tip = stands(tx, mine, author).counts
    if tip is None or _cover(tx, mine, author, tip).body.state is not SheetState.FINAL:
        return None
    return tip


def read(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, author: PersonCode, named: str
) -> tuple[Score, ...]:
    """What of one sheet of somebody, by its identity, can be read here, whether it counts or not. Takes nothing over."""
    opening = keys(tx, workspace, mine, EnvelopeKind.SCORES)
    return _opened(workspace, mine, tender, _cover(tx, mine, author, named), opening)[0] if opening else ()


def bring_up(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, author: PersonCode, adopt: str = ""
) -> SheetHere:
    """Bring what this laptop holds of somebody's answers to what their sheets say.

    `adopt`: the sheet that moderation rests on. Once moderation has begun the officer's laptop takes over that one alone.
    Raises `EvalPanelError` for a sheet that does not hold together; then nothing may be kept.
    """
    state = stands(tx, mine, author)
    if state.forked and tender.stage.reached(TenderStage.QUALITY_LOCKED):
        return SheetHere(
            Verdict.FORKED,
            f"There are two sheets of {author} that do not know of each other. Moderation is closed, so both are kept and "
            "nothing changes.",
            late=True,
        )
    if state.forked:
        _open_again(tx, workspace, mine, author, "two sheets that do not know of each other")
        return SheetHere(
            Verdict.FORKED,
            f"There are two sheets of {author} that do not know of each other, from two laptops or a restored backup. Both are "
            f"kept and neither counts. Ask {author} to take in both on one laptop and send again, or have the chair rule.",
        )
    if state.counts is None:
        return SheetHere(Verdict.OLDER, f"No sheet of {author} counts here.")
    cover = _cover(tx, mine, author, state.counts)
    late = TenderStage.MODERATION if mine.is_officer else TenderStage.QUALITY_LOCKED
    closed = tender.stage.reached(TenderStage.QUALITY_LOCKED) or state.counts != adopt
    if tender.stage.reached(late) and closed:
        words = f"Moderation has begun, so this sheet of {author} is kept and changes nothing."
        return SheetHere(Verdict.NEWER, words, late=True)
    if cover.body.state is SheetState.INTERIM:
        _open_again(tx, workspace, mine, author, "the sheet that came last is not signed off")
        words = f"The sheet of {author} is not signed off yet. It is kept as a copy that {author} alone can open."
        return SheetHere(Verdict.NEW, words)
    opening = keys(tx, workspace, mine, EnvelopeKind.SCORES)
    if not opening:
        words = f"The sheet of {author} is here. It opens when the officer has released its keys to this laptop."
        return SheetHere(Verdict.NEW, words)
    scores, reasons, shut = _opened(workspace, mine, tender, cover, opening)
    # What others declared is known to the officer's laptop alone.
    member = tender.member(author)
    kept_out: Sequence[Recusal] = queries.recused(tx, mine.tender, tender.pack, member) if mine.is_officer else ()
    told = [one for one in scores if recused_from(kept_out, one.line) is None] if kept_out else scores
    _refuse_unsound(tx, tender, author, scores, told, cover, whole=not shut)
    _take_over(tx, workspace, mine, author, told, kept_out, cover.body.sheet_digest if not shut else "", reasons)
    words = f"The sheet of {author} is here: {len(told)} answers."
    if len(told) < len(scores):
        words += f" {len(scores) - len(told)} more are about bids from which {author} is recused: they are set aside, and kept."
    if shut:
        words += f" {shut} of its parts are about bids that are closed to this laptop."
    return SheetHere(Verdict.NEW, words)


def bring_all_up(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender) -> tuple[str, ...]:
    """The same for everybody else's sheets, when keys or a roster came. Gives, in words, what does not hold together."""
    wrong = []
    for one in tender.pack.panel:
        if one.person == mine.person or not exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, one.person):
            continue
        try:
            with tx.begin_nested():
                bring_up(tx, workspace, mine, tender, one.person)
        except EvalPanelError as error:
            _open_again(tx, workspace, mine, one.person, error.title)
            wrong.append(error.title)
    return tuple(wrong)


def _cover(tx: Session, mine: Own, author: PersonCode, named: str) -> Cover[Scoresheet]:
    held = exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, author)
    return read_scoresheet(next(one for one in held if one.identity == named).statement.payload)


def _opened(
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    cover: Cover[Scoresheet],
    opening: Mapping[str, tuple[str, Place]],
) -> tuple[tuple[Score, ...], tuple[str, ...], int]:
    """The answers of the parts that open here, why they were changed after they had been signed off before, and how many parts
    do not open. The officer's laptop opens them all."""
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in tender.pack.bids}
    found: list[Score] = []
    reasons: dict[str, None] = {}
    shut = 0
    for part in cover.header.parts:
        if part.envelope not in opening:
            if mine.is_officer:
                raise EvalPanelError("This sheet speaks of a bid that is not here.", "Nothing was changed.")
            shut += 1
            continue
        identity, place = opening[part.envelope]
        held = read_sheet_part(age.open_bytes(workspace.documents.piece(part.sealed), identity))
        spoken = [*(one.line for one in held.answers), *(one.line for one in held.changes)]
        if (held.bidder, held.lot) != place or any(
            bidders.get((line.lot, line.bid)) != held.bidder or line.lot != held.lot for line in spoken
        ):
            raise EvalPanelError(
                "A part of this sheet belongs to another bid.", "Nothing was changed. Ask for it again."
            )
        found += held.answers
        reasons |= dict.fromkeys(one.reason for one in held.changes)
    return tuple(found), tuple(reasons), shut


def _refuse_unsound(
    tx: Session,
    tender: OpenTender,
    author: PersonCode,
    scores: Sequence[Score],
    told: Sequence[Score],
    cover: Cover[Scoresheet],
    *,
    whole: bool,
) -> None:
    """Refuse answers that are not those of the cover, or that cannot stand. `told` are those that are not set aside."""
    lines = {score.line for score in scores}
    if len(lines) != len(scores) or (whole and sheet_digest(scores) != cover.body.sheet_digest):
        raise EvalPanelError(
            "The answers are not those that the cover names.", "Nothing was changed. Ask for it again."
        )
    member = tender.member(author)
    known = criteria_of_bids(tender.pack.criteria, tender.pack.bids)
    criteria, scales = score_rows.criteria_of(tender.pack), score_rows.scales_of(tender.pack)
    held = score_reads.scores_of(tx, tender.tender_id, author)
    pieces = [
        (one.line, held[one.line].evidence if one.line in held else (), one.evidence) for one in told if one.evidence
    ]
    of_evidence = evidence.new_faults(tx, tender.tender_id, tender.pack.bids, pieces)
    wrong = []
    judged: dict[tuple[CriterionCode, ScoreStatus, Decimal | None], str] = {}
    for one in told:
        if one.line.criterion not in known.get((one.line.lot, one.line.bid), ()):
            wrong.append(f"{one.line}: {why_no_line(one.line, tender.pack.bids)}")
            continue
        said = (one.line.criterion, one.status, one.value)
        if (why := judged.get(said)) is None:
            without = replace(one, evidence=())
            why = judged[said] = score_rows.fault(without, member, (), criteria[one.line.criterion], scales)
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
    reasons: Sequence[str],
) -> None:
    """Add what differs from what is held, as newer versions, and that the sheet is signed off.

    What is held about bids from which the person is recused stays as it is: set aside, and kept.
    """
    held = score_reads.scores_of(tx, mine.tender, author)
    top = score_reads.revisions(tx, mine.tender, author)
    changed = [one for one in scores if held.get(one.line) != one] if held else list(scores)
    if held:
        changed += [
            Score(line)
            for line in held.keys() - {one.line for one in scores}
            if held[line] != Score(line) and recused_from(kept_out, line) is None
        ]
    if changed:
        whole = pinned if len(changed) == len(scores) and not held else ""
        score_rows.keep(tx, workspace, mine.tender, author, changed, top, "scores-received", whole, reasons)
    if held or kept_out or not pinned:
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
