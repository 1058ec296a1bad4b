"""The log of what went to bidders and what they answered: who was told what, when, and by which way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.correspondence import Channel, Correspondence, LetterSent, Reply, ReplyKind, by_bid
from evalpanel.domain.lessons import checked_words
from evalpanel.domain.people import Role
from evalpanel.domain.tender import BidderCode, LotCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services import audit, tenders
from evalpanel.services.afterwards import reply_detail, sent_detail
from evalpanel.services.signed_letters import letter_rows
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

_NEVER = datetime.min.replace(tzinfo=UTC)


def correspondence(workspace: Workspace, named: str) -> tuple[Correspondence, ...]:
    """Every signed letter in the order of the pack, with each time that it was sent and each answer to it."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        return _correspondence(tx, tender)


def record_sent(
    workspace: Workspace,
    named: str,
    *,
    at: datetime,
    channel: Channel,
    bids: Sequence[tuple[str, str]] = (),
    address: str = "",
    note: str = "",
    kind: str | None = None,
    person: str | None = None,
) -> tuple[Correspondence, ...]:
    """Put on record that letters went out at `at` (UTC): those of `bids` (bid and lot), or all that were not sent yet.

    `kind` says which, where a bid has letters of several kinds: those that were not sent yet, if left out.

    Without an `address` that of the bidder's record is noted, as it stands now. Refused for a letter that was not signed, and for a
    time before it was signed or still to come. Gives the letters concerned.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        signed_at = {row.sha256: row.at for row in letter_rows(tx, tender.tender_id)}
        wanted = _wanted(tender.reference, _correspondence(tx, tender), bids, kind)
        if not wanted:
            raise EvalPanelError(
                "Every letter is on record as sent.", "Nothing was changed. Name a bid to record it again."
            )
        for one in wanted:
            _refuse_time(at, signed_at[one.sha256], workspace.now(), f"The letter for bid {one.bid}")
            row = t.LetterSentRow(
                tender_id=tender.tender_id,
                bidder=one.bidder,
                bid=one.bid,
                lot=one.lot,
                sha256=one.sha256,
                sent_at=at,
                channel=channel,
                address=address.strip() or _address(tx, tender.tender_id, one.bidder, channel),
                note=note.strip(),
                person=who,
                at=workspace.now(),
            )
            row.act = audit.record(
                tx, workspace, "letter-sent", tender=tender.tender_id, person=who, detail=sent_detail(row)
            )
            tx.add(row)
        tx.flush()
        keys = {one.sha256 for one in wanted}
        return tuple(one for one in _correspondence(tx, tender) if one.sha256 in keys)


def record_reply(
    workspace: Workspace,
    named: str,
    bid: str,
    *,
    at: datetime,
    kind: ReplyKind,
    lot: str | None = None,
    text: str = "",
    person: str | None = None,
) -> Correspondence:
    """Put on record what a bidder answered: that the letter arrived, a question, a complaint, notice of a challenge.

    Words are needed for all but a receipt.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        held = _correspondence(tx, tender)
        lots = {of_lot for each in held for code, of_lot in each.about if code == bid}
        wanted_lot = lot or (next(iter(lots)) if len(lots) == 1 else "")
        about = _about(tender.reference, held, bid, wanted_lot)
        one = max(about, key=lambda each: each.sent[-1].sent_at if each.sent else _NEVER)
        _refuse_time(at, None, workspace.now(), "The answer")
        words = text.strip() if kind is ReplyKind.RECEIPT else checked_words(text, "The answer")
        row = t.ReplyRow(
            tender_id=tender.tender_id,
            bidder=one.bidder,
            bid=one.bid,
            lot=LotCode(wanted_lot),
            received_at=at,
            kind=kind,
            text=words,
            person=who,
            at=workspace.now(),
        )
        row.act = audit.record(
            tx, workspace, "reply-received", tender=tender.tender_id, person=who, detail=reply_detail(row)
        )
        tx.add(row)
        tx.flush()
        return next(each for each in _correspondence(tx, tender) if each.sha256 == one.sha256)


def _wanted(
    reference: str, held: Sequence[Correspondence], bids: Sequence[tuple[str, str]], kind: str | None
) -> list[Correspondence]:
    if not bids:
        return [one for one in held if not one.is_sent and kind in (None, one.kind)]
    found: dict[str, Correspondence] = {}
    for bid, lot in bids:
        about = [one for one in _about(reference, held, bid, lot) if kind in (None, one.kind)]
        if not about:
            raise EvalPanelError(f"No letter of the kind {kind} was signed for bid {bid}.", "Nothing was changed.")
        if len(about) > 1:
            about = [one for one in about if not one.is_sent]
        if not about:
            raise EvalPanelError(
                f"Every letter for bid {bid} is on record as sent.",
                "Nothing was changed. To record one again, say which with --kind.",
            )
        found |= {one.sha256: one for one in about}
    return list(found.values())


def _about(reference: str, held: Sequence[Correspondence], bid: str, lot: str) -> list[Correspondence]:
    about = [one for one in held if (bid, lot) in one.about]
    if not about:
        lots = sorted({of_lot for one in held for code, of_lot in one.about if code == bid})
        known = f"It has letters for lots {', '.join(lots)}: name one with --lot." if lots else ""
        raise EvalPanelError(
            f"No letter was signed for bid {bid}{f' in lot {lot}' if lot else ''} of {reference}.",
            f"Nothing was changed. {known}".strip(),
        )
    return about


def _refuse_time(at: datetime, signed: datetime | None, now: datetime, what: str) -> None:
    if at > now:
        raise EvalPanelError(f"{what} cannot be recorded for a time that is still to come.", "Nothing was changed.")
    # People say when to the minute.
    if signed is not None and at < signed.replace(second=0, microsecond=0):
        raise EvalPanelError(
            f"{what} was signed after the time that was given, so it cannot have been sent then.",
            "Nothing was changed.",
        )


def _address(tx: Session, tender: TenderId, bidder: BidderCode, channel: Channel) -> str:
    row = tx.execute(
        select(t.BidderRow).where(t.BidderRow.tender_id == tender, t.BidderRow.bidder == bidder)
    ).scalar_one()
    return {Channel.EMAIL: row.email, Channel.POST: row.address}.get(channel, "") or ""


def _correspondence(tx: Session, tender: tenders.OpenTender) -> tuple[Correspondence, ...]:
    sent: dict[str, list[LetterSent]] = defaultdict(list)
    for row in tx.execute(
        select(t.LetterSentRow).where(t.LetterSentRow.tender_id == tender.tender_id).order_by(t.LetterSentRow.sent_at)
    ).scalars():
        sent[row.sha256].append(
            LetterSent(
                row.bidder, row.bid, row.lot, row.sha256, row.sent_at, row.channel, row.address, row.note, row.person
            )
        )
    replies = by_bid(
        Reply(row.bidder, row.bid, row.lot, row.received_at, row.kind, row.text, row.person)
        for row in tx.execute(select(t.ReplyRow).where(t.ReplyRow.tender_id == tender.tender_id)).scalars()
    )
    names = {one.bidder: one.name for one in tender.pack.bidders}
    order = {(bid.bid, bid.lot): place for place, bid in enumerate(tender.pack.bids)}
    rows = sorted(letter_rows(tx, tender.tender_id), key=lambda row: order.get((row.bid, row.lot), len(order)))
    return tuple(
        Correspondence(
            row.bidder,
            row.bid,
            row.lot,
            names.get(row.bidder, row.bidder),
            row.file,
            row.sha256,
            row.version,
            tuple(sent[row.sha256]),
            tuple(reply for pair in row.about for reply in replies.get(pair, ())),
            row.kind,
            row.about,
        )
        for row in rows
    )
