"""Moderation that came from chairs, as it stands on this laptop: whose counts for which bid, on which sheets it rests.

It is worked out from all that is kept, so that laptops with the same files say the same. Shared by the journeys.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from sqlalchemy.orm import Session

from evalpanel.domain.branches import Standing, standing
from evalpanel.domain.carried import (
    AgreedLine,
    Citation,
    ModerationState,
    by_whom,
    misquotes,
    outdated,
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
from evalpanel.services import agreed_rows, audit, evidence, exchange, rosters, sheets_here
from evalpanel.services.exchange import Own
from evalpanel.services.room import Asked, criteria_of, room_of, scales_of
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

Place = tuple[BidderCode, LotCode]


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
    """The moderation of each chair that counts here, the chair's first."""
    standing_now = []
    for chair in rosters.chairs(tender.pack.panel):
        tip = stands(tx, mine, chair).counts
        line = exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair)
        standing_now += [(chair, one) for one in line if one.identity == tip]
    if not standing_now:
        return ()  # as while the sheets come in: no key has to be unwrapped
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    return tuple(_read(workspace, chair, held, opening) for chair, held in standing_now)


def named(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, identities: Collection[str]
) -> tuple[Carried, ...]:
    """The moderations with these identities that are held here, the chair's first: newer ones make no difference."""
    opening = sheets_here.keys(tx, workspace, mine, EnvelopeKind.MODERATION)
    return tuple(
        _read(workspace, chair, held, opening)
        for chair in rosters.chairs(tender.pack.panel)
        for held in exchange.line(tx, mine.tender, ParcelKind.MODERATION, chair)
        if held.identity in identities
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


def quoted_wrongly(tx: Session, tender: OpenTender, one: Carried) -> list[str]:
    """Where scorers are not quoted with the sheets that are here. Asked once those are the ones that it rests on."""
    found = []
    recused = queries.all_recused(tx, tender.tender_id, tender.pack)
    for each in one.cover.body.sheets:
        if each.sheet:
            held = score_reads.scores_of(tx, tender.tender_id, each.person)
            # What a person said about a bid from which they were recused later is set aside, here and where it is quoted.
            out = recused.get(each.person, ())
            lines = [line for line in one.lines if recused_from(out, line.agreed.line) is None]
            found += [f"{each.person}, {wrong.words}" for wrong in misquotes(each.person, held, lines)]
    return found


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """What became of moderation by identity: why one changes nothing now (`late`), and what is wrong with one (`wrong`)."""

    late: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, EvalPanelError] = field(default_factory=dict)


def work_out(tx: Session, workspace: Workspace, mine: Own, tender: OpenTender) -> WorkedOut:
    """On the officer's laptop: bring the moderated scores to what the chairs' moderation says.

    What it replaces is kept as an earlier version. Elsewhere nothing follows: it is read as it came.
    """
    told = WorkedOut()
    if not mine.is_officer:
        return told
    found = carried(tx, workspace, mine, tender)
    if tender.stage.reached(TenderStage.QUALITY_LOCKED):
        told.late.update({one.identity: "Moderation is closed, so it is kept and changes nothing." for one in found})
        return told
    for one in found:
        late = is_outdated(tx, mine, tender, one)
        if late:
            told.late[one.identity] = (
                f"It rests on other sheets than those that count here, of {', '.join(late)}. It is kept and changes nothing: "
                "the chair takes in what is missing and sends again."
            )
            continue
        try:
            with tx.begin_nested():
                _apply(tx, workspace, mine, tender, found, one)
        except EvalPanelError as error:
            told.wrong[one.identity] = error
    return told


def _apply(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, found: Sequence[Carried], one: Carried
) -> None:
    for each in one.cover.body.sheets:
        if each.sheet:
            sheets_here.bring_up(tx, workspace, mine, tender, each.person, adopt=each.sheet)
        elif each.person not in queries.absences(tx, mine.tender) and each.absent.strip():
            _record_absence(tx, workspace, mine, one.chair, each)
    tx.flush()
    wrong = faults(tx, tender, one) or quoted_wrongly(tx, tender, one)
    own = [line.agreed for carrier, line in counting(found).values() if carrier is one]
    held = score_reads.moderated(tx, mine.tender)
    changes = [agreed for agreed in own if held.get(agreed.line) != agreed]
    if not wrong:
        pieces = [(a.line, held[a.line].evidence if a.line in held else (), a.evidence) for a in changes]
        new = evidence.new_faults(tx, mine.tender, tender.pack.bids, pieces)
        wrong = [f"{line}: {why}" for line, why in new.items()]
    if wrong:
        raise EvalPanelError(
            f"The moderation of {one.chair} does not hold together: {wrong[0]}.",
            f"It changes nothing. Points concerned: {len(wrong)}. Ask {one.chair} to look at it and send it again.",
        )
    if changes:
        agreed_rows.keep(tx, workspace, tender, one.chair, changes)


def _record_absence(tx: Session, workspace: Workspace, mine: Own, chair: PersonCode, cited: Citation) -> None:
    detail = {"person": cited.person, "reason": cited.absent.strip()}
    act = audit.record(tx, workspace, "absence-recorded", tender=mine.tender, person=chair, detail=detail)
    tx.add(
        t.AbsenceRow(
            tender_id=mine.tender, person=cited.person, at=workspace.now(), reason=cited.absent.strip(), act=act
        )
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
        read = read_moderation_part(age.open_bytes(workspace.documents.piece(part.sealed), identity))
        if (read.bidder, read.lot) != place:
            raise EvalPanelError(
                "A part of this moderation belongs to another bid.", "Nothing was changed. Ask for it again."
            )
        parts.append(read)
    return Carried(held.identity, chair, cover, tuple(parts), shut)
