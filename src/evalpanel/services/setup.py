"""Setting a tender up: show it, freeze its criteria, record what becomes of a bid."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.digests import plain
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import recusals
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import Line, ScoreStatus, gaps, owed_lines, scored_lines
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, Bidder, BidStatus, LotCode, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders
from evalpanel.services.tenders import TenderSummary
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class MemberProgress:
    """How far one panel member is: lines owed and answered, declaration, recusals, sign-off."""

    member: PanelMember
    declared: bool
    recused_lots: tuple[str, ...]
    owed: int
    answered: int
    signed_off: bool
    absent: str


@dataclass(frozen=True, slots=True)
class TenderView:
    """A tender with its panel and bids, as `show` and the home page present it."""

    summary: TenderSummary
    pack: TenderPack
    panel: tuple[MemberProgress, ...]
    lines: int
    moderated: int


def view(workspace: Workspace, named: str) -> TenderView:
    """The tender with this reference or id, with everybody's progress."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        lines = scored_lines(tender.pack.criteria, tender.pack.bids)
        declarations = queries.declarations(tx, tender.tender_id)
        declared = {declaration.person for declaration in declarations}
        answers = _answers(tx, tender.tender_id)
        signed, absent = queries.sign_offs(tx, tender.tender_id), queries.absences(tx, tender.tender_id)
        panel: list[MemberProgress] = []
        for member in tender.pack.panel:
            pack = tender.pack
            lots = tuple(one.lot for one in recusals(member, declarations, pack.bids, pack.bidders, pack.members))
            owed = owed_lines(member, lines, lots)
            panel.append(
                MemberProgress(
                    member=member,
                    declared=member.person in declared,
                    recused_lots=lots,
                    owed=len(owed),
                    answered=len(answers.get(member.person, set()).intersection(owed)),
                    signed_off=member.person in signed and signed[member.person].signed,
                    absent=absent.get(member.person, ""),
                )
            )
        return TenderView(
            summary=tenders.summary(tx, tender.tender_id),
            pack=tender.pack,
            panel=tuple(panel),
            lines=len(lines),
            moderated=len(queries.moderated(tx, tender.tender_id)),
        )


def _answers(tx: Session, tender: TenderId) -> dict[PersonCode, set[Line]]:
    """The lines on which each person has an answer that is not blank."""
    row = t.ScoreRow
    # SQLite takes the status from the row that holds the highest revision; no text is read.
    newest = (
        select(row.person, row.lot, row.bid, row.criterion, row.status, func.max(row.revision))
        .where(row.tender_id == tender)
        .group_by(row.person, row.lot, row.bid, row.criterion)
    )
    found: dict[PersonCode, set[Line]] = {}
    for person, lot, bid, criterion, status, _ in tx.execute(newest):
        if status is not ScoreStatus.BLANK:
            found.setdefault(person, set()).add(Line(lot, bid, criterion))
    return found


def freeze(workspace: Workspace, named: str, *, person: str | None = None) -> TenderSummary:
    """Freeze the criteria, weightings, scales and method with a digest. From here on they cannot change.

    Bids that came in the same pack stay sealed until this moment and can be read after it (Procurement Act 2023 s. 19:
    tenders are assessed against criteria that were fixed before).
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.CRITERIA_FROZEN, act="its criteria are frozen already")
        who = tender.acting(Role.OFFICER, person)
        pinned = tender.pack.criteria_digest()
        act = audit.record(
            tx, workspace, "criteria-frozen", tender=tender.tender_id, person=who, detail={"criteria_digest": pinned}
        )
        tx.add(t.FreezeRow(tender_id=tender.tender_id, at=workspace.now(), person=who, digest=pinned, act=act))
        tenders.advance(tx, tender, TenderStage.CRITERIA_FROZEN)
        if tender.pack.bids:
            audit.record(
                tx,
                workspace,
                "bids-opened",
                tender=tender.tender_id,
                person=who,
                detail={"bids": [f"{bid.bid} {bid.lot}" for bid in tender.pack.bids]},
            )
            tenders.advance(tx, tender, TenderStage.BIDS_OPENED)
        tx.flush()
        return tenders.summary(tx, tender.tender_id)


def set_bid_status(
    workspace: Workspace,
    named: str,
    *,
    bid: str,
    lot: str | None,
    status: BidStatus,
    reason: str,
    decided_by: str,
    person: str | None = None,
) -> tuple[Bid, ...]:
    """Record that a bid was withdrawn, disregarded, excluded… with the reason and who decided. Scores given stay kept.

    Refused once prices are opened: who stays in must be settled before anybody sees a price.
    """
    if not reason.strip() or not decided_by.strip():
        raise EvalPanelError("A bid's status needs a reason and who decided it.", "Nothing was changed.")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.PRICES_OPENED, act="the status of its bids is settled")
        who = tender.acting(Role.OFFICER, person)
        rows = [
            row
            for row in tx.execute(select(t.BidRow).where(t.BidRow.tender_id == tender.tender_id)).scalars()
            if row.bid.casefold() == bid.casefold() and lot in (None, row.lot)
        ]
        if not rows:
            known = ", ".join(sorted({one.bid for one in tender.pack.bids}))
            raise EvalPanelError(f"There is no bid “{bid}” to change.", f"Nothing was changed. Bids: {known}.")
        _refuse_unscored(tx, tender, status, {(row.lot, row.bid) for row in rows})
        changed = []
        for row in rows:
            before = row.value()
            row.status, row.reason, row.decided_by = status, reason.strip(), decided_by.strip()
            after = replace(before, status=row.status, reason=row.reason, decided_by=row.decided_by)
            audit.record(
                tx,
                workspace,
                "bid-status-changed",
                tender=tender.tender_id,
                person=who,
                detail={"before": plain(before), "after": plain(after)},
            )
            changed.append(after)
        return tuple(changed)


def _refuse_unscored(
    tx: Session, tender: tenders.OpenTender, status: BidStatus, bids: set[tuple[LotCode, BidCode]]
) -> None:
    # A bid that comes (back) in must not slip past people who have signed off, nor past moderation.
    if not status.is_scored:
        return
    pack = tender.pack
    after = [replace(bid, status=status) if (bid.lot, bid.bid) in bids else bid for bid in pack.bids]
    mine = [line for line in scored_lines(pack.criteria, after) if (line.lot, line.bid) in bids]
    away, signed = queries.absences(tx, tender.tender_id), queries.sign_offs(tx, tender.tender_id)
    waiting = []
    for member in pack.panel:
        if member.person in away or member.person not in signed or not signed[member.person].signed:
            continue
        lots = [one.lot for one in queries.recused(tx, tender.tender_id, pack, member)]
        if gaps(owed_lines(member, mine, lots), queries.scores_of(tx, tender.tender_id, member.person)):
            waiting.append(member.person)
    if waiting:
        raise EvalPanelError(
            f"{', '.join(waiting)} signed off without scoring this bid.",
            "Nothing was changed. Before moderation: reopen those sheets first, so that the bid is scored by everyone. "
            "Once moderation has begun, individual scores are closed, and the bid cannot come in any more.",
        )
    held = queries.moderated(tx, tender.tender_id)
    if tender.stage.reached(TenderStage.QUALITY_LOCKED) and any(line not in held for line in mine):
        raise EvalPanelError(
            "Moderation is closed, and this bid was not moderated.", "Nothing was changed. It cannot come in any more."
        )


def correct_bidder(
    workspace: Workspace,
    named: str,
    *,
    bidder: str,
    name: str | None = None,
    address: str | None = None,
    email: str | None = None,
    scheme: str | None = None,
    identifier: str | None = None,
    person: str | None = None,
) -> Bidder:
    """Correct who a bidder is and where letters go (regulation 31 (a) to (c)). What stood before is kept in the trail."""
    given = {"name": name, "address": address, "email": email, "scheme": scheme, "identifier": identifier}
    changes = {field: value.strip() for field, value in given.items() if value is not None}
    if not changes or not all(changes.values()):
        raise EvalPanelError(
            "There is nothing to correct.", "Nothing was changed. Name at least one value that is not empty."
        )
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.LETTERS_ISSUED, act="its letters are out")
        who = tender.acting(Role.OFFICER, person)
        for row in tx.execute(select(t.BidderRow).where(t.BidderRow.tender_id == tender.tender_id)).scalars():
            if row.bidder.casefold() == bidder.casefold():
                before = row.value()
                for field, value in changes.items():
                    setattr(row, field, value)
                after = row.value()
                detail = {"before": plain(before), "after": plain(after)}
                audit.record(tx, workspace, "bidder-corrected", tender=tender.tender_id, person=who, detail=detail)
                return after
        known = ", ".join(one.bidder for one in tender.pack.bidders)
        raise EvalPanelError(f"There is no bidder “{bidder}”.", f"Nothing was changed. Bidders: {known}.")
