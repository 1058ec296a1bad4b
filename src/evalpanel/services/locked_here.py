"""The quality lock as it reaches a laptop that is not the officer's: checked against the moderation held here, then obeyed.

Only when the scores that are here are those that were locked are keys of prices kept, the price schedules opened and
checked, and the outcome made, by the same function as on the officer's laptop. Worked out from all that is kept, so the order
in which moderation, keys and pack come makes no difference. Shared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.locks import LockSeen, ModerationHeld, lock_seen
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.price import price_totals
from evalpanel.domain.releases import touched
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, EnvelopeKind, LotCode, PersonCode, PriceLine
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_packs import Lock, Release, read_pack
from evalpanel.formats.price_schedule import read_price_schedule
from evalpanel.services import agreed_rows, audit, moderations_here, opened_here, rosters, sheets_shown, tenders
from evalpanel.services.envelopes import price_row, unsealed
from evalpanel.services.exchange import Own
from evalpanel.services.moderations_here import Carried
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t

_PRICE = EnvelopeKind.PRICE.value


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the lock here, in words for a person; `wrong`: it cannot be so, and nothing follows from it."""

    words: str = ""
    wrong: str = ""


def opened_too_early(release: Release) -> str:
    """What is wrong with the keys of prices in a release, in words: each must be of a bid whose price the lock calls open."""
    lock = release.lock
    if lock is not None and any(one.opened for one in lock.bids) and not lock.prices:
        return "it calls a price open while prices are closed"
    opened = {(one.bidder, one.lot) for one in lock.bids if one.opened} if lock is not None else set()
    for key in release.keys:
        kind, *place = key.name.split("//")[0].split("/")
        if kind == _PRICE:
            if lock is None:
                return "a price is opened only after the quality lock, and this release tells of none"
            if not any((bidder, lot)[: len(place)] == tuple(place) for bidder, lot in opened) or not place:
                return f"the officer's record does not say that the price of {'/'.join(place) or 'everybody'} is open"
    return ""


def settle(tx: Session, workspace: Workspace, mine: Own) -> Settled:
    """Bring this laptop to what the newest lock that was told here says. Nothing follows while it does not stand."""
    tx.flush()
    lead, _ = rosters.officer(tx, mine)
    told = [one for one in opened_here.releases(tx, mine, lead) if one[2].lock is not None]
    if mine.is_officer or not told or tx.get(t.TenderRow, mine.tender) is None:
        return Settled()
    _, _, release = max(told, key=lambda one: (one[1], one[0]))
    lock = release.lock
    assert lock is not None
    tender = tenders.find(tx, mine.tender)
    held = moderations_here.named(tx, workspace, mine, tender, {one.moderation for one in lock.bids})
    seen = _seen(tx, mine, tender, lock, held)
    if not seen.holds:
        return Settled(
            words=f"Prices stay closed: {seen.waits or seen.wrong}." if lock.prices else _waiting(seen),
            wrong=seen.wrong,
        )
    _close(tx, workspace, mine, tender, lock, held)
    if not lock.prices:
        return Settled("Moderation is closed: what was locked is what the chair signed.")
    return Settled(_open(tx, workspace, mine, lock, lead))


def _waiting(seen: LockSeen) -> str:
    return f"Moderation was closed by the officer, and this laptop cannot follow yet: {seen.waits or seen.wrong}."


def _seen(tx: Session, mine: Own, tender: OpenTender, lock: Lock, held: Sequence[Carried]) -> LockSeen:
    agreed = {
        one.identity: ModerationHeld(one.is_final, agreed_rows.by_bid(line.agreed for line in one.lines))
        for one in held
    }
    recused = queries.recused(tx, mine.tender, tender.pack, tender.member(mine.person))
    open_bids = [bid for bid in tender.pack.bids if bid.status.is_scored and not touched(recused, [bid])]
    return lock_seen([one.value() for one in lock.bids], agreed, open_bids)


def _of(one: Carried) -> dict[tuple[LotCode, BidCode], list[ModeratedScore]]:
    """What was agreed in a moderation, bid by bid."""
    found: dict[tuple[LotCode, BidCode], list[ModeratedScore]] = defaultdict(list)
    for line in one.lines:
        found[line.agreed.line.lot, line.agreed.line.bid].append(line.agreed)
    return found


def _close(
    tx: Session, workspace: Workspace, mine: Own, tender: OpenTender, lock: Lock, held: Sequence[Carried]
) -> None:
    """The scores that were locked are the record here, and moderation is closed."""
    by_identity = {one.identity: (one, _of(one)) for one in held}
    before = score_reads.moderated(tx, tender.tender_id)
    fresh = 0
    for one, own in by_identity.values():
        wanted = [
            score
            for bid in lock.bids
            if bid.moderation == one.identity
            for score in own[bid.lot, bid.bid]
            if before.get(score.line) != score
        ]
        if wanted:
            agreed_rows.keep(tx, workspace, tender, one.chair, wanted, one.identity)
        fresh += len(wanted)
    if not fresh and tender.stage.reached(TenderStage.QUALITY_LOCKED):
        return
    agreed = score_reads.moderated(tx, tender.tender_id)
    audit.record(
        tx,
        workspace,
        "moderation-closed",
        tender=tender.tender_id,
        person=PersonCode(lock.by),
        detail={
            "lines": len(agreed),
            "moderated_digest": agreed_rows.rows_digest(tuple(agreed.values())),
            "moderations": sorted(by_identity),
            "not_assessed": [],
            "told_at": lock.at,
        },
    )
    tenders.advance(tx, tender, TenderStage.QUALITY_LOCKED)
    tx.flush()
    now = tenders.find(tx, tender.tender_id)
    if mine.person in rosters.chairs(
        now.pack.panel
    ):  # the sheets that were moderated are shown, whatever came before the lock
        sheets_shown.bring_all_up(tx, workspace, mine, now, moderations_here.moderated(tx, workspace, mine, now))


# Prices --------------------------------------------------------------------------------------------------------------


def _open(tx: Session, workspace: Workspace, mine: Own, lock: Lock, lead: PersonCode) -> str:
    """Open the price schedules that were released, once all of them are here. Gives what to tell the person."""
    _keep_keys(tx, workspace, mine, lead)
    tender = tenders.find(tx, mine.tender)
    row = t.PriceOpeningRow
    done = set(tx.execute(select(row.lot, row.bid).where(row.tender_id == mine.tender)).tuples())
    called = {(one.lot, one.bid) for one in lock.bids if one.opened} - done
    wanted = [bid for bid in tender.pack.bids if (bid.lot, bid.bid) in called]
    lines = {bid: _schedule(tx, workspace, tender, bid) for bid in wanted}
    missing = [bid.bid for bid, own in lines.items() if own is None]
    if missing:
        return f"Prices wait: the price schedule of {', '.join(missing)} is not in the pack that is here. Take in the newest."
    amounts = [(bid, own, price_totals(own, bid.lot)[bid.bidder]) for bid, own in lines.items() if own is not None]
    if amounts or not tender.stage.reached(TenderStage.PRICES_OPENED):
        _keep_prices(tx, workspace, tender, lead, amounts)
    tenders.advance(tx, tender, TenderStage.PRICES_OPENED)
    return f"Moderation is closed and {len(done | called)} prices are open here: the outcome can be looked at."


def _keep_keys(tx: Session, workspace: Workspace, mine: Own, lead: PersonCode) -> None:
    """The keys of prices, held back until now, and what lies in their envelopes."""
    pack = rosters.pack_in_force(tx, mine)
    assert pack is not None, "whoever holds moderation has the pack"
    named = {one.name: one for one in read_pack(pack.statement.payload).body.envelopes if one.kind == _PRICE}
    keys = {
        name: key
        for officer in rosters.officers(tx, mine)
        for name, key in opened_here.keys(tx, mine, officer).items()
        if name in named
    }
    opened_here.keep_keys(tx, workspace, mine, named, keys)
    opened_here.keep_documents(tx, workspace, mine, (), opened_here.documents_in(workspace, named, keys, ()), lead)


def _schedule(tx: Session, workspace: Workspace, tender: OpenTender, bid: Bid) -> tuple[PriceLine, ...] | None:
    """The price lines of a bid, opened and checked; None where they have not come."""
    row = price_row(tx, tender.tender_id, bid)
    if row is None:
        return None
    lines = read_price_schedule(unsealed(tx, workspace, row))
    if {(line.bidder, line.lot) for line in lines} != {(bid.bidder, bid.lot)}:
        raise EvalPanelError(
            f"The price schedule of bid {bid.bid} in lot {bid.lot} is of another bid.",
            "No price was opened. Tell the officer.",
        )
    if price_totals(lines, bid.lot).get(bid.bidder, Decimal(0)) <= 0:
        raise EvalPanelError(
            f"The price of bid {bid.bid} in lot {bid.lot} is not more than zero.",
            "No price was opened. Tell the officer.",
        )
    return lines


def _keep_prices(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    lead: PersonCode,
    amounts: Sequence[tuple[Bid, tuple[PriceLine, ...], Decimal]],
) -> None:
    act = audit.record(
        tx,
        workspace,
        "prices-opened",
        tender=tender.tender_id,
        person=lead,
        detail={
            "opened": [{"lot": bid.lot, "bid": bid.bid, "amount": amount} for bid, _, amount in amounts],
            "unopened": [],
        },
    )
    at = workspace.now()
    for bid, lines, _ in amounts:
        tx.add(t.PriceOpeningRow(tender_id=tender.tender_id, lot=bid.lot, bid=bid.bid, at=at, person=lead, act=act))
        for place, line in enumerate(lines):
            tx.add(t.PriceLineRow.of(line, tender_id=tender.tender_id, position=place))
    tx.flush()
