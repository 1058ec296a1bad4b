"""Setting a tender up: show it, freeze its criteria, record what becomes of a bid."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import leaves
from evalpanel.domain.digests import plain
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Affirmation, Interest, Recusal, whole_lots
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.sheets import ScoreStatus, gaps, owed_lines, scored_lines
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, Bidder, BidStatus, CriterionCode, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders
from evalpanel.services.tenders import TenderSummary
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class MemberProgress:
    """How far one panel member is: lines owed and answered, declaration, recusals, sign-off, who typed their sheet in for them.

    `absent_by_us`: the absence was recorded on this laptop, so it can be taken back here.
    """

    member: PanelMember
    declared: bool
    recusals: tuple[Recusal, ...]
    owed: int
    answered: int
    signed_off: bool
    absent: str
    interests: tuple[Interest, ...] = ()
    affirmed: Affirmation | None = None
    entered_by: str = ""
    absent_by_us: bool = False

    @property
    def recused_lots(self) -> tuple[LotCode, ...]:
        """The lots from which the person is recused altogether."""
        return whole_lots(self.recusals)


@dataclass(frozen=True, slots=True)
class TenderView:
    """A tender with its panel and bids, as `show` and the home page present it. `joined`: this laptop does not lead it. `named`: bids are shown with
    their bidders' names, and not by their codes alone."""

    summary: TenderSummary
    pack: TenderPack
    panel: tuple[MemberProgress, ...]
    lines: int
    moderated: int
    joined: bool = False
    named: bool = True


def view(workspace: Workspace, named: str) -> TenderView:
    """The tender with this reference or id, with everybody's progress."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        asked = _asked(tender.pack)
        declared, affirmed = (
            queries.declared(tx, tender.tender_id, tender.pack),
            queries.affirmations(tx, tender.tender_id),
        )
        interests = queries.interests(tx, tender.tender_id, tender.pack)
        recused = queries.all_recused(tx, tender.tender_id, tender.pack)
        answers = score_reads.answered(tx, tender.tender_id)
        scored = {(bid.lot, bid.bid) for bid in tender.pack.bids if bid.status.is_scored}
        signed, absent = queries.sign_offs(tx, tender.tender_id), queries.absences(tx, tender.tender_id)
        recorded = queries.absences_recorded_here(tx, tender.tender_id)
        panel: list[MemberProgress] = []
        for member in tender.pack.panel:
            kept_out = recused[member.person]
            # A person answers on no criterion but their own, so the lines of the bids that are theirs can be counted.
            mine = answers.get(member.person, {}).items()
            lots = whole_lots(kept_out)
            owed = sum(many for (lot, code), many in asked.items() if lot not in lots and member.scores(code))
            done = sum(many for (lot, bid), many in mine if lot not in lots and (lot, bid) in scored)
            if len(lots) < len(kept_out):  # a decision narrowed a recusal: the lines must be looked at one by one
                owing = owed_lines(member, scored_lines(tender.pack.criteria, tender.pack.bids), kept_out)
                held = score_reads.scores_of(tx, tender.tender_id, member.person)
                owed = len(owing)
                done = sum(1 for line in owing if line in held and held[line].status is not ScoreStatus.BLANK)
            panel.append(
                MemberProgress(
                    member=member,
                    declared=member.person in declared,
                    recusals=kept_out,
                    owed=owed,
                    answered=done,
                    signed_off=member.person in signed and signed[member.person].signed,
                    entered_by=signed[member.person].entered_by if member.person in signed else "",
                    absent=absent.get(member.person, ""),
                    absent_by_us=member.person in recorded,
                    interests=interests[member.person],
                    affirmed=affirmed.get(member.person),
                )
            )
        return TenderView(
            summary=tenders.summary(tx, tender.tender_id),
            pack=tender.pack,
            panel=tuple(panel),
            lines=sum(asked.values()),
            moderated=score_reads.moderated_count(tx, tender.tender_id),
            joined=tenders.owner_here(tx, tender.tender_id) is not None,
            named=tenders.names_are_shown(tx, tender),
        )


def _asked(pack: TenderPack) -> dict[tuple[LotCode, CriterionCode], int]:
    """How many lines there are of each criterion in each lot: as many as there are bids that are scored."""
    bids = Counter(bid.lot for bid in pack.bids if bid.status.is_scored)
    return {
        (lot, one.criterion): many for lot, many in bids.items() for one in leaves(pack.criteria) if one.applies_to(lot)
    }


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
        kept_out = queries.recused(tx, tender.tender_id, pack, member)
        if gaps(owed_lines(member, mine, kept_out), score_reads.scores_of(tx, tender.tender_id, member.person)):
            waiting.append(member.person)
    if waiting:
        raise EvalPanelError(
            f"{', '.join(waiting)} signed off without scoring this bid.",
            "Nothing was changed. Before moderation: reopen those sheets first, so that the bid is scored by everyone. "
            "Once moderation has begun, individual scores are closed, and the bid cannot come in any more.",
        )
    held = score_reads.moderated(tx, tender.tender_id)
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
    """Correct who a bidder is and where letters go (regulation 31 (a) to (c)). What stood before is kept in the trail.

    A letter that was signed before stays as it is: it is signed anew as its next version, where the bidder needs one.
    """
    given = {"name": name, "address": address, "email": email, "scheme": scheme, "identifier": identifier}
    changes = {field: value.strip() for field, value in given.items() if value is not None}
    if not changes or not all(changes.values()):
        raise EvalPanelError(
            "There is nothing to correct.", "Nothing was changed. Name at least one value that is not empty."
        )
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.CLOSED, act="its record is closed")
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
