"""The quality lock as it reaches a laptop that is not the officer's: checked against the moderation held here, then obeyed.

Only when the scores that are here are those that were locked are keys of prices kept, the price schedules opened and
checked, and the outcome made, by the same function as on the officer's laptop. Worked out from all that is kept, so the order
in which moderation, keys and pack come makes no difference. Shared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.locks import LockSeen, ModerationHeld, lock_seen, told_wrongly
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
class Told:
    """A lock that a release told of: the release's identity, what it says, and what this laptop finds about it."""

    release: str
    lock: Lock
    seen: LockSeen

    @property
    def words(self) -> str:
        """What keeps this laptop from following it, for a person; empty where it holds."""
        if self.seen.wrong:
            return (
                f"The officer says that moderation was locked, and it does not fit what is here: {self.seen.wrong}. Nothing follows "
                "from it, and it opens no price here. Tell the officer and the chair."
            )
        if self.seen.waits:
            what = "Prices stay closed" if self.lock.prices else _WAITS
            return f"{what}: {self.seen.waits}."
        return ""


_WAITS = "Moderation was closed by the officer, and this laptop cannot follow yet"


def opened_too_early(release: Release) -> str:
    """What is wrong with a release in itself, in words: a lock that contradicts itself, or a key of a price that it does not call open."""
    lock = release.lock
    if lock is not None and (wrong := told_wrongly(one.value() for one in lock.bids)):
        return wrong
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


def settle(tx: Session, workspace: Workspace, mine: Own) -> str:
    """Bring this laptop to what the locks that were told here say. Gives what to tell the person.

    A lock that does not fit the moderation which it names is passed over, whatever came first; of those that hold, the newest
    says which scores were locked, and all of them which prices are open.
    """
    tx.flush()
    told = seen_here(tx, workspace, mine)
    if not told:
        return ""
    holding = [one for one in told if one.seen.holds]
    words = [told[-1].words] if told[-1].words else []
    if holding:
        newest = holding[-1].lock
        tender = tenders.find(tx, mine.tender)
        named = {bid.moderation for bid in newest.bids}
        _close(tx, workspace, mine, tender, newest, moderations_here.named(tx, workspace, mine, tender, named))
        if any(one.lock.prices for one in holding):
            words.insert(0, _open(tx, workspace, mine, holding))
        else:
            words.insert(0, "Moderation is closed: what was locked is what the chair signed.")
    return " ".join(words)


def seen_here(tx: Session, workspace: Workspace, mine: Own) -> tuple[Told, ...]:
    """The locks that were told to this laptop, oldest first, each judged against what is here."""
    if mine.is_officer or tx.get(t.TenderRow, mine.tender) is None:
        return ()
    told = [
        (identity, release.lock)
        for officer in rosters.officers(tx, mine)
        for identity, _, release in sorted(opened_here.releases(tx, mine, officer), key=lambda one: (one[1], one[0]))
        if release.lock is not None
    ]
    if not told:
        return ()
    tender = tenders.find(tx, mine.tender)
    named = {bid.moderation for _, lock in told for bid in lock.bids}
    held = {
        one.identity: ModerationHeld(one.is_final, agreed_rows.by_bid(line.agreed for line in one.lines))
        for one in moderations_here.named(tx, workspace, mine, tender, named)
    }
    recused = queries.recused(tx, mine.tender, tender.pack, tender.member(mine.person))
    known = [
        [bid for bid in bids if bid.status.is_scored and not touched(recused, [bid])]
        for bids in opened_here.bids_in_packs(tx, workspace, mine)
    ]
    return tuple(Told(identity, lock, _seen(lock, held, known)) for identity, lock in told)


def _seen(lock: Lock, held: Mapping[str, ModerationHeld], known: Sequence[Sequence[Bid]]) -> LockSeen:
    """A lock speaks of the statuses of its time: any pack that is here, the newest first, may be the one that says the same."""
    found = [lock_seen([one.value() for one in lock.bids], held, bids) for bids in known]
    return next((one for one in found if one.holds), found[0])


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


def _open(tx: Session, workspace: Workspace, mine: Own, holding: Sequence[Told]) -> str:
    """Open the price schedules that were released, once all of them are here. Gives what to tell the person."""
    lead, _ = rosters.officer(tx, mine)
    _keep_keys(tx, workspace, mine, lead, {one.release for one in holding})
    tender = tenders.find(tx, mine.tender)
    row = t.PriceOpeningRow
    done = set(tx.execute(select(row.lot, row.bid).where(row.tender_id == mine.tender)).tuples())
    called = {(bid.lot, bid.bid) for one in holding for bid in one.lock.bids if bid.opened} - done
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


def _keep_keys(tx: Session, workspace: Workspace, mine: Own, lead: PersonCode, releases: Collection[str]) -> None:
    """The keys of prices in these releases, held back until now, and what lies in their envelopes."""
    pack = rosters.pack_in_force(tx, mine)
    assert pack is not None, "whoever holds moderation has the pack"
    named = {one.name: one for one in read_pack(pack.statement.payload).body.envelopes if one.kind == _PRICE}
    keys = {
        name: key
        for officer in rosters.officers(tx, mine)
        for name, key in opened_here.keys(tx, mine, officer, named, of=releases).items()
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
