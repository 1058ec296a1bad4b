"""Moderation that came from chairs, as it stands on this laptop: whose counts for which bid, on which sheets it rests.

It is worked out from all that is kept, so that laptops with the same files say the same. Shared by the journeys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from json import loads

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.branches import Standing, standing
from evalpanel.domain.carried import (
    AgreedLine,
    Citation,
    ModerationState,
    by_whom,
    misquotes,
    outdated,
    rests_on,
)
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import Line, recused_from
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import BidderCode, EnvelopeKind, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Cover
from evalpanel.formats.parcel_moderation import (
    Moderation,
    ModerationPart,
    read_moderation,
    read_moderation_part,
)
from evalpanel.sealing import envelopes as age
from evalpanel.services import agreed_rows, evidence, exchange, rosters, sheets_here
from evalpanel.services.exchange import Own
from evalpanel.services.room import Asked, criteria_of, room_of, scales_of
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t

Place = tuple[BidderCode, LotCode]


class Misplaced(EvalPanelError):
    """A moderation with a part that is another bid's: it counts nowhere."""


@dataclass(frozen=True)
class Carried:
    """The moderation of one chair that counts here. `shut`: how many of its parts no key on this laptop opens."""

    identity: str
    chair: PersonCode
    cover: Cover[Moderation]
    parts: tuple[ModerationPart, ...]
    shut: int

    @property
    def is_final(self) -> bool:
        """Whether the chair is done."""
        return self.cover.body.state is ModerationState.FINAL

    @cached_property
    def lines(self) -> tuple[AgreedLine, ...]:
        """What was agreed, as far as it opens here."""
        return tuple(line for part in self.parts for line in part.lines)

    @property
    def places(self) -> tuple[Place, ...]:
        """The bidders and lots that it is about, as far as they open here."""
        return tuple((part.bidder, part.lot) for part in self.parts)

    def cited(self, person: PersonCode) -> Citation | None:
        """How somebody's sheet is cited."""
        return next((one for one in self.cover.body.sheets if one.person == person), None)


def stands(tx: Session, mine: Own, chair: PersonCode) -> Standing:
    """Where a chair's moderation stands."""
    held = exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair)
    return standing((one.entry for one in held), rosters.aside(tx, mine, ParcelKind.MODERATION, chair))


def forked(tx: Session, mine: Own, tender: OpenTender) -> tuple[PersonCode, ...]:
    """The chairs of whom two moderations are here that do not know of each other."""
    return tuple(chair for chair in rosters.chairs(tender.pack.panel) if stands(tx, mine, chair).forked)


def carried(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender) -> tuple[Carried, ...]:
    """The moderation of each chair that counts here, the chair's first. One that cannot be read counts nowhere, and keeps
    nobody from reading the others."""
    lines = {
        chair: exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair)
        for chair in rosters.chairs(tender.pack.panel)
    }
    if not any(lines.values()):
        return ()  # as while the sheets come in: no key has to be unwrapped
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    found = []
    for chair, line in lines.items():
        aside = set(rosters.aside(tx, mine, ParcelKind.MODERATION, chair))
        held = {one.identity: one for one in line}
        while (tip := standing((one.entry for one in line), aside).counts) is not None:
            try:
                found.append(_read(workspace, chair, held[tip], opening))
            except Misplaced:
                aside.add(tip)
            else:
                break
    return tuple(found)


def named(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, identities: Collection[str]
) -> tuple[Carried, ...]:
    """The moderations with these identities that are held here, the chair's first: newer ones make no difference."""
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    found = []
    for chair in rosters.chairs(tender.pack.panel):
        for held in exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair):
            if held.identity in identities:
                with suppress(Misplaced):
                    found.append(_read(workspace, chair, held, opening))
    return tuple(found)


def moderated(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender) -> dict[PersonCode, str]:
    """The sheets that are shown whatever came after them: those that were moderated. On the officer's laptop those that moderation
    which counts rests on; elsewhere, once moderation is closed, those of the moderation that was locked."""
    if mine.is_officer:
        return _rests_on(tx, mine, carried(tx, workspace, mine, tender))
    if not tender.stage.reached(TenderStage.QUALITY_LOCKED):
        return {}
    closed = tx.execute(
        select(t.AuditRow.detail)
        .where(t.AuditRow.chain == mine.tender, t.AuditRow.act == "moderation-closed")
        .order_by(t.AuditRow.number.desc())
    ).scalars()
    identities = loads(next(iter(closed)))["moderations"]
    return _rests_on(tx, mine, named(tx, workspace, mine, tender, identities))


def _rests_on(tx: Session, mine: Own, found: Iterable[Carried]) -> dict[PersonCode, str]:
    cited = [each for one in found for each in one.cover.body.sheets]
    held = {
        one.person: {each.identity: each.entry for each in sheets_here.line_of(tx, mine, one.person)} for one in cited
    }
    return rests_on(cited, held)


def not_here(tx: Session, mine: Own, sheets: Iterable[Citation]) -> tuple[PersonCode, ...]:
    """Whose sheet a moderation rests on that has not come to this laptop."""
    return tuple(
        one.person
        for one in sheets
        if one.sheet and one.sheet not in {each.identity for each in sheets_here.line_of(tx, mine, one.person)}
    )


def counting(found: Sequence[Carried]) -> dict[Line, tuple[Carried, AgreedLine]]:
    """What is agreed on each line, and by whose moderation: the first chair's that is about it."""
    whose = by_whom((one.chair for one in found), {one.chair: one.places for one in found})
    return {
        line.agreed.line: (one, line)
        for one in found
        for part in one.parts
        if whose[part.bidder, part.lot] == one.chair
        for line in part.lines
    }


def is_outdated(tx: Session, mine: Own, tender: OpenTender, one: Carried) -> tuple[PersonCode, ...]:
    """Whose sheet here is another than the one that a moderation rests on. A member's laptop knows its own person's alone."""
    counts = sheets_here.counting(tx, mine, tender)
    cited = one.cover.body.sheets
    member = tender.member(mine.person)
    if not mine.is_officer and not member.has(Role.CHAIR):
        cited = tuple(each for each in cited if each.person == mine.person)
    return outdated(cited, counts)


def faults(tx: Session, tender: OpenTender, one: Carried) -> list[str]:
    """What keeps a moderation from becoming the record on the officer's laptop, in words."""
    pack, asked, room = tender.pack, Asked(tender.pack), room_of(tx, tender)
    room = replace(room, away=frozenset(queries.absences_here(tx, tender.tender_id)) | _absent(one))
    criteria, scales = criteria_of(pack), scales_of(pack)
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in pack.bids}
    scorers = sorted(each.person for each in pack.panel if each.has(Role.PANEL_MEMBER))
    found = []
    if sorted(each.person for each in one.cover.body.sheets) != scorers:
        found.append("it does not account for every scorer's sheet, each once")
    found += [
        f"it does not say why there is no sheet of {each.person}"
        for each in one.cover.body.sheets
        if bool(each.sheet) == bool(each.absent.strip())
    ]
    lines = [each.agreed.line for each in one.lines]
    if len(set(lines)) != len(lines):
        found.append("it speaks of a line twice")
    if agreed_rows.rows_digest([each.agreed for each in one.lines]) != one.cover.body.agreed_digest and not one.shut:
        found.append("what was agreed is not what its cover names")
    for part in one.parts:
        for each in part.lines:
            line = each.agreed.line
            if not asked.ever(line) or bidders[line.lot, line.bid] != part.bidder or line.lot != part.lot:
                found.append(f"{line}: it is no line of {part.bidder} in lot {part.lot}")
            elif any(out.lot == line.lot and out.bid in (None, line.bid) for out in room.recused[one.chair]):
                found.append(f"{line}: {one.chair} is recused, so a deputy chairs there")
            else:
                found += [f"{line}: {why}" for why in agreed_rows.faults(each.agreed, criteria, scales, room)]
    return found


def _absent(one: Carried) -> frozenset[PersonCode]:
    return frozenset(each.person for each in one.cover.body.sheets if not each.sheet)


def quoted_wrongly(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, one: Carried) -> list[str]:
    """Where scorers are not quoted with the sheets that it rests on, which are here."""
    found = []
    recused = queries.all_recused(tx, tender.tender_id, tender.pack)
    for each in one.cover.body.sheets:
        if each.sheet:
            held = sheets_here.said(tx, workspace, mine, tender, each.person, each.sheet)
            # What a person said about a bid from which they were recused later is set aside, here and where it is quoted.
            out = recused.get(each.person, ())
            lines = [line for line in one.lines if recused_from(out, line.agreed.line) is None]
            found += [f"{each.person}, {wrong.words}" for wrong in misquotes(each.person, held, lines)]
    return found


def judged(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, chair: PersonCode, held: exchange.Held
) -> EvalPanelError | None:
    """Why a moderation that is kept cannot become the record on the officer's laptop; None where it can."""
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    try:
        return _why_not(tx, workspace, mine, tender, _read(workspace, chair, held, opening))
    except Misplaced as error:
        return error


def require_readable(tx: Session, workspace: Workspace, mine: Own, chair: PersonCode, identity: str) -> None:
    """Raise `EvalPanelError` where a moderation has a part that opens here and is another bid's."""
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    for held in exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair):
        if held.identity == identity:
            _read(workspace, chair, held, opening)


def _why_not(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, one: Carried) -> EvalPanelError | None:
    """Why a moderation cannot become the record on the officer's laptop, in words; None where it can."""
    wrong = faults(tx, tender, one) or quoted_wrongly(tx, workspace, mine, tender, one)
    if not wrong:
        pieces = [(each.agreed.line, (), each.agreed.evidence) for each in one.lines]
        new = evidence.new_faults(tx, mine.tender, tender.pack.bids, pieces)
        wrong = [f"{line}: {why}" for line, why in new.items()]
    if not wrong:
        return None
    return EvalPanelError(
        f"The moderation of {one.chair} does not hold together: {wrong[0]}.",
        f"It changes nothing. Points concerned: {len(wrong)}. Ask {one.chair} to look at it and send it again.",
    )


def _read(
    workspace: Workspace,
    chair: PersonCode,
    held: exchange.Held,
    opening: Mapping[str, tuple[str, sheets_here.Place]],
) -> Carried:
    cover = read_moderation(held.statement.payload)
    parts = []
    shut = 0
    for part in cover.header.parts:
        if part.envelope not in opening:
            shut += 1
            continue
        identity, place = opening[part.envelope]
        read = _part(workspace, part.sealed, identity, chair)
        if (read.bidder, read.lot) != place:
            raise Misplaced(
                f"A part of this moderation of {chair} belongs to another bid.",
                "Nothing was changed. Ask for it again.",
            )
        parts.append(read)
    return Carried(held.identity, chair, cover, tuple(parts), shut)


def _part(workspace: Workspace, sealed: str, identity: str, chair: PersonCode) -> ModerationPart:
    content = workspace.documents.piece(sealed)
    try:
        return read_moderation_part(age.open_bytes(content, identity))
    except EvalPanelError as error:
        raise Misplaced(f"A part of this moderation of {chair} cannot be read: {error.title}", error.message) from error
