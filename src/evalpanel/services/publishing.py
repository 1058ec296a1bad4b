"""From the decision to the closed tender: the notice and its clock, challenges and holds, the contract, closing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from evalpanel.domain.paper_order import AwardPaper, OutOfOrder, not_on_the_log, to_sign_anew, why_no_notice
from evalpanel.domain.people import Role
from evalpanel.domain.signing import (
    AwardNotice,
    Hold,
    HoldKind,
    LetterDays,
    SignedContract,
    in_time,
    in_words,
    why_not_sign,
)
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.standstill import StandstillClock, proclaimed_days
from evalpanel.domain.tender import BidCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import after_outcome, audit, letter_order, tenders
from evalpanel.services.after_outcome import AfterOutcome, lot_named, not_ahead, said
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t

STANDS = "Why the notice stands although it does not fit the letters"
"""What the field for it is called in the window."""


class NoticeOutOfOrder(EvalPanelError):
    """A notice does not fit the letters on the record. `may_be_so`: it can have happened, and is recorded with a reason."""

    def __init__(self, title: str, message: str, *, window: str, may_be_so: bool) -> None:
        super().__init__(title, message, window=window)
        self.may_be_so = may_be_so


@dataclass(frozen=True, slots=True)
class Papers:
    """How the letters stand to what is recorded: those `to_sign_anew`, and those whose sending is not on the log (`unsent`)."""

    days: LetterDays
    to_sign_anew: tuple[AwardPaper, ...]
    unsent: tuple[AwardPaper, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What is to be done about them, a sentence each."""
        anew = tuple(
            f"The letter for bid {one.bid}, lot {one.lot} states another end of standstill: sign it anew (letters --bid {one.bid} --again WHY) and send it."
            for one in self.to_sign_anew
        )
        if not self.unsent:
            return anew
        bids = ", ".join(f"{one.bid} ({one.lot})" for one in self.unsent)
        return (
            *anew,
            f"No sending is on the log for the letters of {bids}. They go out before the notice: record it with evalpanel sent.",
        )


def publish(
    workspace: Workspace,
    named: str,
    *,
    published: date | None = None,
    notice_id: str = "",
    standstill: bool | None = None,
    days: int | None = None,
    proclaimed: Sequence[tuple[date, str]] = (),
    again: str = "",
    stands: str = "",
    person: str | None = None,
) -> AfterOutcome:
    """Record that the award is public (under PCR 2015: that the letters were sent), which starts the clock.

    `standstill` must be said where the law leaves it to the authority; `days` may be more than the law asks and never fewer.
    `proclaimed` are bank holidays that came after this release. `again` corrects an earlier record, which stays: what is not
    given anew is as it was there. `stands` says why a notice that truly went out before its letters, or on another day than their
    log says, is recorded all the same; it is on the record with what was found. Refused where nothing was, and where letters
    state another end of standstill, since those can be signed anew.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        who = tender.acting(Role.OFFICER, person)
        now = after_outcome.read(tx, workspace, tender)
        _may_publish(tender, now)
        day = published or (now.notice.published if now.notice is not None else None)
        if day is None:
            raise EvalPanelError("The day of the notice is missing.", "Nothing was changed.")
        not_ahead(workspace, day, "The notice")
        decided = max((one.decided_on for one in now.awards if one.decided_on is not None), default=day)
        if day < decided:
            raise EvalPanelError(
                f"The notice is dated {day.isoformat()}, before the award was decided.",
                f"Nothing was changed. The decision is of {decided.isoformat()}.",
            )
        if now.notice is not None and not again.strip():
            raise EvalPanelError(
                f"A notice of {in_words(now.notice.published)} is on the record already.",
                "Nothing was changed. To correct it, say why with --again; both are kept.",
                window="Nothing was changed. To correct it, say why in the form; both are kept.",
            )
        before = now.notice.added_days if now.notice is not None else {}
        # Days that letters went by count too: they were told to bidders.
        held = {**now.letter_days.added_days, **(proclaimed_days(proclaimed) if proclaimed else before)}
        made = AwardNotice(
            published=day,
            notice_id=notice_id.strip() or (now.notice.notice_id if now.notice is not None else ""),
            days=_days(now, standstill, days),
            proclaimed=tuple(one.isoformat() for one in sorted(held)),
            proclaimed_names=tuple(held[one] for one in sorted(held)),
            again=again.strip(),
        )
        papers = letter_order.award_papers(tx, tender)
        wrong = why_no_notice(made, now.regime, papers, by_post=now.letter_days.by_post)
        kept = now.notice.stands if now.notice is not None and wrong is not None else ""
        made = _as_it_was(made, wrong, stands.strip() or kept)
        after_outcome.keep(tx, workspace, tender.tender_id, t.AwardNoticeRow, made, who)
        tenders.advance(tx, tender, TenderStage.STANDSTILL if made.days else TenderStage.NOTICE_PUBLISHED)
        tx.flush()
        return after_outcome.read(tx, workspace, tender)


def _as_it_was(made: AwardNotice, wrong: OutOfOrder | None, stands: str) -> AwardNotice:
    """The notice, with what was found against it where it stands all the same."""
    if wrong is None:
        if stands:
            raise EvalPanelError(
                "The notice fits the letters on the record, so it needs no exception.",
                "Nothing was changed. Record it without one.",
            )
        return made
    if stands and wrong.may_be_so:
        return replace(made, found=wrong.title, stands=stands)
    way = window = ""
    if wrong.may_be_so:
        what = " If it cannot be put right and your lawyer agrees that the notice stands, record it with the reason"
        way, window = f"{what}: --stands WHY.", f"{what}: write it in the field “{STANDS}”."
    said = f"Nothing was changed. {wrong.advice}"
    raise NoticeOutOfOrder(wrong.title, said + way, window=said + window, may_be_so=wrong.may_be_so)


def say_letter_days(
    workspace: Workspace,
    named: str,
    *,
    proclaimed: Sequence[tuple[date, str]] = (),
    by_post: bool | None = None,
    again: str = "",
    person: str | None = None,
) -> Papers:
    """Say by what letters go when they state the end of standstill: bank holidays that came after this release, and their way.

    What is not given anew is as it was recorded before; `again` says why it is recorded once more. Letters that were signed
    before and now state another day have to be signed anew: gives them, and nothing is done to them. Refused where no letter states a day.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, before=TenderStage.CONTRACT_SIGNED, act="letters state no other day now")
        who = tender.acting(Role.OFFICER, person)
        now = after_outcome.read(tx, workspace, tender)
        rule = now.regime.standstill
        if rule is None or not rule.dated:
            raise EvalPanelError(
                f"No letter states the end of standstill under {now.regime.name}.",
                "Nothing was changed. A proclaimed day is recorded with the notice: evalpanel notice --proclaimed.",
            )
        if by_post and not rule.post_days:
            raise EvalPanelError(
                f"The way in which letters go makes no difference under {now.regime.name}.", "Nothing was changed."
            )
        before = now.letter_days
        if before.act and not again.strip():
            raise EvalPanelError(
                "It is on the record already by what letters go.",
                "Nothing was changed. To correct it, say why with --again; both are kept.",
                window="Nothing was changed. To correct it, say why in the form; both are kept.",
            )
        held = proclaimed_days(proclaimed) if proclaimed else before.added_days
        made = LetterDays(
            tuple(one.isoformat() for one in sorted(held)),
            tuple(held[one] for one in sorted(held)),
            before.by_post if by_post is None else by_post,
            again.strip(),
        )
        after_outcome.keep(tx, workspace, tender.tender_id, t.LetterDaysRow, made, who)
        tx.flush()
        return _papers(tx, workspace, tender)


def papers(workspace: Workspace, named: str) -> Papers:
    """Which letters state another end of standstill than they would now, and of which no sending is on the log."""
    with workspace.store.reading() as tx:
        return _papers(tx, workspace, tenders.find(tx, named))


def _papers(tx: Session, workspace: Workspace, tender: tenders.OpenTender) -> Papers:
    now, held = after_outcome.read(tx, workspace, tender), letter_order.award_papers(tx, tender)
    days, told = now.letter_days, now.notice
    added = {**days.added_days, **(told.added_days if told is not None else {})}
    count = told.days if told is not None else 0
    return Papers(
        days,
        to_sign_anew(now.regime, held, added, days=count, by_post=days.by_post),
        not_on_the_log(now.regime, held),
    )


def challenge_notified(
    workspace: Workspace, named: str, *, who: str, why: str, on: date, person: str | None = None
) -> tuple[AfterOutcome, bool]:
    """Record that a challenge was notified. Nothing is destroyed from here on; gives whether it also stops the signature."""
    return _hold(workspace, named, HoldKind.CHALLENGE, who, why, on, person)


def hold(
    workspace: Workspace, named: str, *, who: str, why: str, on: date | None = None, person: str | None = None
) -> AfterOutcome:
    """Stop the destruction of the record for another reason (an audit, a freedom of information request) until it is lifted."""
    return _hold(workspace, named, HoldKind.HOLD, who, why, on or after_outcome.uk_today(workspace), person)[0]


def lift(
    workspace: Workspace,
    named: str,
    *,
    who: str,
    why: str,
    on: date | None = None,
    number: int | None = None,
    person: str | None = None,
) -> AfterOutcome:
    """Lift a hold, or end a challenge, saying why. `number` is the act that placed it; the only one that stands, if left out."""
    day = on or after_outcome.uk_today(workspace)
    not_ahead(workspace, day, "The end of the hold")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        acting = tender.acting(Role.OFFICER, person)
        now = after_outcome.read(tx, workspace, tender)
        held = [one for one in now.standing if number in (None, one.act)]
        if len(held) != 1:
            known = "; ".join(f"{one.act}: {one.who}, since {in_words(one.since)}" for one in now.standing)
            title = "There is no such hold." if not held else "Several holds stand."
            raise EvalPanelError(title, f"Nothing was changed. Holds by number: {known or 'none'}.")
        if day < held[0].since:
            raise EvalPanelError(
                "It cannot end before it began.", f"Nothing was changed. It stands since {held[0].since}."
            )
        made = Hold(HoldKind.LIFT, said(who, "Who lifts it"), said(why, "The reason"), day, held[0].act)
        after_outcome.keep(tx, workspace, tender.tender_id, t.HoldRow, made, acting)
        tx.flush()
        return after_outcome.read(tx, workspace, tender)


def sign(
    workspace: Workspace, named: str, *, signed: date, lot: str | None = None, person: str | None = None
) -> AfterOutcome:
    """Record that the contract for a lot was entered into. Refused before the end of standstill, and under a challenge in time."""
    not_ahead(workspace, signed, "The contract")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(
            tender, at_least=TenderStage.OUTCOME, before=TenderStage.CLOSED, act="no contract can be recorded"
        )
        who = tender.acting(Role.OFFICER, person)
        now = after_outcome.read(tx, workspace, tender)
        one = lot_named(tender, lot)
        if any(held.lot == one.lot for held in now.contracts):
            raise EvalPanelError(f"The contract for lot {one.lot} is on the record already.", "Nothing was changed.")
        award = next(each for each in now.awards if each.lot == one.lot)
        why = why_not_sign(signed, award, now.notice, now.holds, now.regime)
        if why:
            raise EvalPanelError(
                f"The contract for lot {one.lot} may not be signed on {in_words(signed)}.",
                f"Nothing was changed. {why}",
            )
        bids = tuple(BidCode(bid) for bid in award.bids)
        made = SignedContract(one.lot, bids, signed)
        after_outcome.keep(tx, workspace, tender.tender_id, t.ContractRow, made, who)
        tx.flush()
        now = after_outcome.read(tx, workspace, tender)
        if now.all_signed:
            tenders.advance(tx, tender, TenderStage.CONTRACT_SIGNED)
        return now


def close(workspace: Workspace, named: str, *, person: str | None = None) -> AfterOutcome:
    """Close a tender: every lot has its contract or was abandoned, and no challenge stands. It is kept until its date."""
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(tender, at_least=TenderStage.OUTCOME, before=TenderStage.CLOSED, act="it cannot be closed")
        who = tender.acting(Role.OFFICER, person)
        now = after_outcome.read(tx, workspace, tender)
        signed = {one.lot for one in now.contracts}
        open_lots = [one.lot for one in now.awards if not (one.abandoned or one.lot in signed)]
        if open_lots:
            raise EvalPanelError(
                f"Lot {', '.join(open_lots)} has neither a contract nor a decision to abandon it.",
                "Nothing was changed. Record that first.",
            )
        standing = [one for one in now.standing if one.kind is HoldKind.CHALLENGE]
        if standing:
            raise EvalPanelError(
                f"A challenge stands ({standing[0].who}).",
                "Nothing was changed. Record how it ended first: hold --lift.",
            )
        audit.record(tx, workspace, "tender-closed", tender=tender.tender_id, person=who, detail={})
        tenders.advance(tx, tender, TenderStage.CLOSED)
        return now


def _may_publish(tender: tenders.OpenTender, now: AfterOutcome) -> None:
    if now.awards and all(one.abandoned for one in now.awards):
        raise EvalPanelError(
            "Every lot was abandoned, so nothing is awarded.", "Nothing was changed. Close the tender: evalpanel close."
        )
    waiting = [one.lot for one in now.awards if not one.settled]
    if waiting:
        raise EvalPanelError(
            f"The award of lot {', '.join(waiting)} is not decided yet.",
            f"Nothing was changed. First: evalpanel decide {tender.reference} --lot LOT --bid BID …",
        )
    if now.contracts:
        raise EvalPanelError("The contract is signed.", "Nothing was changed: what was published stays on the record.")
    clock = now.regime.standstill.clock if now.regime.standstill is not None else None
    if clock in (StandstillClock.FROM_PUBLICATION, StandstillClock.FROM_SENDING):
        tenders.require(
            tender,
            at_least=TenderStage.LETTERS_ISSUED,
            act="the award cannot be made public yet: every bidder gets its letter before the notice",
        )


def _days(now: AfterOutcome, wanted: bool | None, days: int | None) -> int:
    rule, before = now.regime.standstill, now.notice
    if rule is None:
        if wanted or days:
            raise EvalPanelError(
                "The law of this tender knows no standstill.", "Nothing was changed. Leave the standstill out."
            )
        return 0
    if wanted is None and days is None and before is not None:
        return max(before.days, rule.least(by_post=now.letter_days.by_post)) if before.days else 0
    if wanted is False:
        if not rule.voluntary:
            raise EvalPanelError("A standstill is required by law here.", "Nothing was changed.")
        return 0
    if wanted is None and days is None and rule.voluntary:
        raise EvalPanelError(
            "Whether the notice announces a standstill must be said.",
            "Nothing was changed. It is voluntary for this contract: give --standstill or --no-standstill.",
        )
    least = rule.least(by_post=now.letter_days.by_post)
    length = least if days is None else days
    if length < least:
        raise EvalPanelError(f"A standstill lasts at least {least} days here.", "Nothing was changed.")
    return length


def _hold(
    workspace: Workspace, named: str, kind: HoldKind, who: str, why: str, on: date, person: str | None
) -> tuple[AfterOutcome, bool]:
    not_ahead(workspace, on, "The hold")
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        acting = tender.acting(Role.OFFICER, person)
        now = after_outcome.read(tx, workspace, tender)
        if now.retention.ended is not None:
            raise EvalPanelError(
                "The record of this tender was ended.", "There is nothing left to hold but this history."
            )
        made = Hold(kind, said(who, "Who it comes from"), said(why, "The reason"), on)
        act = after_outcome.keep(tx, workspace, tender.tender_id, t.HoldRow, made, acting)
        tx.flush()
        now = after_outcome.read(tx, workspace, tender)
        placed = next(one for one in now.holds if one.act == act)
        stops = not now.all_signed and in_time(placed, now.regime, now.notice)
        return now, stops
