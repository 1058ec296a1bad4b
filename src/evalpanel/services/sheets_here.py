"""Score sheets as they stand on this laptop: which of each person's counts here, and what it says.

It is worked out from all that is kept, so the order in which sheets, rosters and keys came makes no difference. Shared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Standing, standing
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.releases import touched
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import BidderCode, EnvelopeKind, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_packs import read_pack
from evalpanel.formats.parcel_sheets import Pinning, Scoresheet, SheetState, read_scoresheet, read_sheet_part
from evalpanel.sealing import envelopes as age
from evalpanel.services import exchange, rosters
from evalpanel.services.exchange import Held, Own
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

Place = tuple[BidderCode | None, LotCode | None]


@dataclass(frozen=True, slots=True)
class Said:
    """What a sheet says as far as it opens here: the answers, why they were changed after they had been signed off before, and
    how many of its parts do not open."""

    scores: tuple[Score, ...]
    reasons: tuple[str, ...]
    shut: int
    pinned: str
    """What `sheet_digest` says of the answers."""


def recipients(tx: Session, mine: Own, kind: EnvelopeKind) -> Mapping[Place, tuple[str, str]]:
    """The envelopes of a kind as the pack names them, each by its bidder and lot: the newest generation's name and recipient."""
    pack = rosters.pack_in_force(tx, mine)
    assert pack is not None, "whoever has scored or moderated has the pack"
    envelopes = sorted(read_pack(pack.statement.payload).body.envelopes, key=lambda one: one.generation)
    return {(one.bidder, one.lot): (one.name, one.recipient) for one in envelopes if one.kind == kind}


def keys(tx: Session, workspace: Workspace, mine: Own, kind: EnvelopeKind) -> dict[str, tuple[str, Place]]:
    """The envelopes of a kind that open here, by name: the identity, and whose they are."""
    row = t.EnvelopeRow
    wanted = select(row.name, row.identity, row.bidder, row.lot).where(row.tender_id == mine.tender, row.kind == kind)
    rows = tx.execute(wanted).all()
    opens = workspace.keys.unwrap_all_for(mine.tender, {f"envelope {one.name}": one.identity for one in rows})
    return {one.name: (opens[f"envelope {one.name}"].decode(), (one.bidder, one.lot)) for one in rows}


def line_of(tx: Session, mine: Own, author: PersonCode) -> tuple[Held, ...]:
    """All sheets of somebody that are kept here."""
    return exchange.line(tx, mine.tender, ParcelKind.SCORESHEET, author)


def stands(tx: Session, mine: Own, tender: OpenTender, author: PersonCode) -> Standing:
    """Where somebody's sheets stand: without those of revoked keys, those that a chair ruled out, those that do not hold
    together, and those that cannot be read yet."""
    return standing((one.entry for one in line_of(tx, mine, author)), not_counting(tx, mine, tender, author))


def not_counting(tx: Session, mine: Own, tender: OpenTender, author: PersonCode) -> frozenset[str]:
    """The sheets of somebody that do not count here, or not yet."""
    held = line_of(tx, mine, author)
    aside = rosters.aside(tx, mine, ParcelKind.SCORESHEET, author)
    return aside | waiting_for_keys(tx, mine, tender, author, held).keys()


def waiting_for_keys(
    tx: Session, mine: Own, tender: OpenTender, author: PersonCode, held: Iterable[Held]
) -> dict[str, tuple[str, ...]]:
    """On a chair's laptop: the signed-off sheets that were sealed to keys which have not come, by identity, with the envelopes.

    Until they come the sheet before is what counts. A bid that is closed to this person is not waited for, and before any key
    has come nothing is: then no sheet opens at all.
    """
    if mine.is_officer or author == mine.person:
        return {}
    row = t.EnvelopeRow
    wanted = select(row.name).where(row.tender_id == mine.tender, row.kind == EnvelopeKind.SCORES)
    opening = set(tx.execute(wanted).scalars())
    pack = rosters.pack_in_force(tx, mine)
    if not opening or pack is None:
        return {}
    kept_out = queries.recused(tx, mine.tender, tender.pack, tender.member(mine.person))
    closed = set()
    for one in read_pack(pack.statement.payload).body.envelopes:
        own = [bid for bid in tender.pack.bids if (bid.bidder, bid.lot) == (one.bidder, one.lot)]
        if not any(bid.status.is_scored for bid in own) or touched(kept_out, own):
            closed.add(one.name)
    found = {}
    for sheet in held:
        cover = read_scoresheet(sheet.statement.payload)
        missing = {part.envelope for part in cover.header.parts} - opening - closed
        if missing and cover.body.state is SheetState.FINAL:
            found[sheet.identity] = tuple(sorted(missing))
    return found


def counting(tx: Session, mine: Own, tender: OpenTender) -> dict[PersonCode, str | None]:
    """The signed-off sheet of each scorer that counts here, by identity; None: there is none, it forks, or it was recorded here
    that they are absent. What a chair says of who is absent is no reason: a sheet may have come after all."""
    away = queries.absences_here(tx, mine.tender)
    found: dict[PersonCode, str | None] = {}
    for one in tender.pack.panel:
        if one.has(Role.PANEL_MEMBER):
            found[one.person] = None if one.person in away else final(tx, mine, tender, one.person)
    return found


def final(tx: Session, mine: Own, tender: OpenTender, author: PersonCode) -> str | None:
    """Somebody's sheet that counts and is signed off, by identity."""
    tip = stands(tx, mine, tender, author).counts
    return tip if tip is not None and tip in signed_off(line_of(tx, mine, author)) else None


def signed_off(held: Iterable[Held]) -> frozenset[str]:
    """Which of these sheets are signed off."""
    return frozenset(
        one.identity for one in held if read_scoresheet(one.statement.payload).body.state is SheetState.FINAL
    )


def is_final(tx: Session, mine: Own, author: PersonCode, named: str) -> bool:
    """Whether a sheet of somebody is kept here and signed off."""
    return named in signed_off(line_of(tx, mine, author))


def cover_of(tx: Session, mine: Own, author: PersonCode, named: str) -> Cover[Scoresheet]:
    """The cover of a sheet that is kept here."""
    return read_scoresheet(next(one for one in line_of(tx, mine, author) if one.identity == named).statement.payload)


def said(
    tx: Session,
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    author: PersonCode,
    named: str,
) -> Mapping[Line, Score]:
    """What a sheet that is kept here says, whether it is the one that is shown or not."""
    signed = queries.sign_offs(tx, mine.tender).get(author)
    if signed is not None and signed.sheet == named:
        return score_reads.scores_of(tx, mine.tender, author)
    return {one.line: one for one in read(tx, workspace, mine, tender, author, named)}


def read(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, author: PersonCode, named: str
) -> tuple[Score, ...]:
    """What of one sheet of somebody, by its identity, can be read here, whether it counts or not. Takes nothing over."""
    opening = keys(tx, workspace, mine, EnvelopeKind.SCORES)
    return opened(workspace, mine, tender, cover_of(tx, mine, author, named), opening).scores if opening else ()


def opened(
    workspace: Workspace,
    mine: Own,
    tender: OpenTender,
    cover: Cover[Scoresheet],
    opening: Mapping[str, tuple[str, Place]],
) -> Said:
    """What the parts of a sheet say that open here. The officer's laptop opens them all. Raises `EvalPanelError` for a part that
    is another bid's."""
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in tender.pack.bids}
    found: list[Score] = []
    pinning = Pinning()
    reasons: dict[str, None] = {}
    shut = 0
    for part in cover.header.parts:
        if part.envelope not in opening:
            if mine.is_officer:
                raise EvalPanelError("This sheet speaks of a bid that is not here.", "Nothing was changed.")
            shut += 1
            continue
        identity, place = opening[part.envelope]
        content = age.open_bytes(workspace.documents.piece(part.sealed), identity)
        held = read_sheet_part(content)
        spoken = {(one.line.lot, one.line.bid) for one in held.answers}
        spoken |= {(one.line.lot, one.line.bid) for one in held.changes}
        if (held.bidder, held.lot) != place or any(
            bidders.get((lot, bid)) != held.bidder or lot != held.lot for lot, bid in spoken
        ):
            raise EvalPanelError(
                "A part of this sheet belongs to another bid.", "Nothing was changed. Ask for it again."
            )
        found += held.answers
        pinning.add(held, content)
        reasons |= dict.fromkeys(one.reason for one in held.changes)
    return Said(tuple(found), tuple(reasons), shut, pinning.of(found))
