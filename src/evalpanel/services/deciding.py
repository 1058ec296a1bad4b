"""The award decision: recorded for each lot and authority, as it follows from the outcome; a bid that falls out after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.award import AwardDecision, LotAward, authorities_of, departs
from evalpanel.domain.people import Role
from evalpanel.domain.results import LotResult
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Bid, BidCode, BidStatus, Lot
from evalpanel.errors import EvalPanelError
from evalpanel.services import after_outcome, tenders
from evalpanel.services.after_outcome import AfterOutcome, lot_named, not_ahead, said
from evalpanel.services.awards import TenderOutcome, computed
from evalpanel.services.falling_out import fall_out
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t

_UK = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True)
class Decided:
    """Where the award of the lot stands now, and what is worth knowing."""

    award: LotAward
    stage: TenderStage
    notes: tuple[str, ...] = ()


def decide(
    workspace: Workspace,
    named: str,
    *,
    bids: Sequence[str],
    decided_by: Sequence[str],
    delegation: str,
    why: str,
    on: date,
    lot: str | None = None,
    authority: str | None = None,
    call_in_ends: date | None = None,
    tie_settled: str = "",
    again: str = "",
    person: str | None = None,
) -> Decided:
    """Record that an authority awards a lot to these bids; without any, that it abandons the lot.

    `decided_by` are people, by name or by their code on the panel. `delegation` says by which power they decide. What is
    decided must follow from the outcome; where a tie is open, `tie_settled` says how the published rule was applied.
    `again` is needed to decide once more. Refused once the award notice is published.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        _open(tender)
        who = tender.acting(Role.OFFICER, person)
        held = computed(tx, tender)
        one = lot_named(tender, lot)
        result = next(each for each in held.lots if each.lot == one.lot)
        now = after_outcome.read(tx, workspace, tender)
        made = AwardDecision(
            lot=one.lot,
            authority=_authority(tender, one, authority),
            bids=_codes(result, bids),
            decided_by=_deciders(tx, tender, one, decided_by),
            delegation=said(delegation, "The delegation"),
            why=said(why, "The reason"),
            decided_on=on,
            call_in_ends=call_in_ends,
            tie_settled=tie_settled.strip(),
            again=again.strip(),
        )
        _check_days(tx, workspace, tender, made)
        _check(tender, result, now, made)
        after_outcome.keep(tx, workspace, tender.tender_id, t.AwardDecisionRow, made, who)
        tx.flush()
        now = after_outcome.read(tx, workspace, tender)
        if now.all_settled:
            tenders.advance(tx, tender, TenderStage.AWARD_DECIDED)
        stage = tx.get_one(t.TenderRow, tender.tender_id).stage
        award = next(each for each in now.awards if each.lot == one.lot)
        return Decided(award, stage, _notes(tender, made, award))


def exclude(
    workspace: Workspace,
    named: str,
    *,
    bid: str,
    status: BidStatus,
    reason: str,
    decided_by: str,
    lot: str | None = None,
    person: str | None = None,
) -> tuple[Bid, TenderOutcome]:
    """Record that a bid fell out after its price was opened (excluded, disregarded, withdrawn), and work the outcome out anew.

    Both outcomes stay on the record. The others keep their scores; prices that are compared are those of the bids that are
    left, as published. Refused once the lot is decided, or its letters are signed.
    """
    with workspace.store.writing() as tx:
        tender = tenders.find(tx, named)
        tenders.require(
            tender,
            at_least=TenderStage.PRICES_OPENED,
            before=TenderStage.LETTERS_ISSUED,
            act="no bid falls out this way (before the prices are opened: evalpanel bids status)",
        )
        who = tender.acting(Role.OFFICER, person)
        one = lot_named(tender, lot)
        return fall_out(
            tx,
            workspace,
            tender,
            one,
            bid=bid,
            status=status,
            reason=said(reason, "The reason"),
            decided_by=said(decided_by, "Who decided it"),
            who=who,
        )


def standing(workspace: Workspace, named: str) -> AfterOutcome:
    """Everything on the record after the outcome, as it stands today."""
    with workspace.store.reading() as tx:
        return after_outcome.read(tx, workspace, tenders.find(tx, named))


def authorities(workspace: Workspace, named: str, lot: str | None = None) -> tuple[str, ...]:
    """The authorities that decide on a lot."""
    with workspace.store.reading() as tx:
        tender = tenders.find(tx, named)
        return authorities_of(tender.pack, lot_named(tender, lot))


def _open(tender: tenders.OpenTender) -> None:
    tenders.require(
        tender,
        at_least=TenderStage.OUTCOME,
        before=TenderStage.NOTICE_PUBLISHED,
        act="the award cannot be decided now",
    )


def _authority(tender: tenders.OpenTender, lot: Lot, named: str | None) -> str:
    known = authorities_of(tender.pack, lot)
    if named is None and len(known) == 1:
        return known[0]
    for one in known:
        if named is not None and one.casefold() == named.strip().casefold():
            return one
    title = (
        f"Several authorities decide on lot {lot.lot}, each for itself."
        if named is None
        else f"“{named}” does not decide on lot {lot.lot}."
    )
    raise EvalPanelError(title, f"Nothing was changed. Say for which: {'; '.join(known)}.")


def _codes(result: LotResult, bids: Sequence[str]) -> tuple[BidCode, ...]:
    known = {bid.bid.casefold(): bid.bid for bid in result.bids}
    return tuple(known.get(bid.strip().casefold(), BidCode(bid.strip())) for bid in bids)


def _deciders(tx: Session, tender: tenders.OpenTender, lot: Lot, named: Sequence[str]) -> tuple[str, ...]:
    """Who decides, by name. Nobody who is kept out of any part of the lot decides on it."""
    found: list[str] = []
    for each in named:
        text = said(each, "The name of a decision-maker")
        member = next(
            (one for one in tender.pack.panel if text.casefold() in (one.person.casefold(), one.name.casefold())), None
        )
        if member is not None:
            kept_out = queries.recused(tx, tender.tender_id, tender.pack, member)
            closed = next((one for one in kept_out if one.lot == lot.lot), None)
            if closed is not None:
                raise EvalPanelError(
                    f"{member.person} is recused from {closed.what}.",
                    "Nothing was changed. Nobody with an interest in a bidder decides on its lot.",
                )
        found.append(member.name if member is not None else text)
    if not found:
        raise EvalPanelError(
            "Nobody is named who decided.", "Nothing was changed. Name everybody who took the decision."
        )
    return tuple(dict.fromkeys(found))


def _check_days(tx: Session, workspace: Workspace, tender: tenders.OpenTender, made: AwardDecision) -> None:
    not_ahead(workspace, made.decided_on, "The decision")
    outcome = tx.execute(
        select(t.AuditRow.at)
        .where(t.AuditRow.chain == tender.tender_id, t.AuditRow.act == "outcome-made")
        .order_by(t.AuditRow.number.desc())
        .limit(1)
    ).scalar_one()
    day = outcome.astimezone(_UK).date()
    if made.decided_on < day:
        raise EvalPanelError(
            f"The decision is dated {made.decided_on.isoformat()}, before there was an outcome.",
            f"Nothing was changed. The outcome is of {day.isoformat()}.",
        )
    if made.call_in_ends is not None and made.call_in_ends < made.decided_on:
        raise EvalPanelError(
            "The call-in ends before the decision was taken.", "Nothing was changed. Look at the dates."
        )


def _check(tender: tenders.OpenTender, result: LotResult, now: AfterOutcome, made: AwardDecision) -> None:
    if not made.abandoned:
        fault = departs(result, made.bids, made.tie_settled)
        if fault:
            raise EvalPanelError(
                f"This decision does not follow from the outcome of lot {result.lot}.",
                f"Nothing was changed. {fault} If a bid has fallen out since, record that first: evalpanel exclude "
                f"{tender.reference} BID --reason TEXT --decided-by NAME.",
            )
    mine = next(one for one in now.awards if one.lot == made.lot)
    earlier = next((one for one in mine.decisions if one.authority == made.authority), None)
    if earlier is not None and not made.again:
        raise EvalPanelError(
            f"{made.authority} has decided on lot {made.lot} already.",
            "Nothing was changed. To decide once more, say why with --again; both decisions are kept.",
            window="Nothing was changed. To decide once more, say in the form why; both decisions are kept.",
        )
    differs = next(
        (one for one in mine.decisions if one.authority != made.authority and set(one.bids) != set(made.bids)), None
    )
    if differs is not None:
        what = " and ".join(differs.bids) or "to abandon it"
        raise EvalPanelError(
            f"The authorities do not agree on lot {made.lot}.",
            f"Nothing was changed. {differs.authority} has decided: {what}. One of them decides once more, with --again.",
            window=f"Nothing was changed. {differs.authority} has decided: {what}. One of them decides once more, and says why.",
        )


def _notes(tender: tenders.OpenTender, made: AwardDecision, award: LotAward) -> tuple[str, ...]:
    notes = []
    panel = {one.name for one in tender.pack.panel}
    strangers = [name for name in made.decided_by if name not in panel]
    if strangers:
        notes.append(
            f"{', '.join(strangers)}: not on the panel, so this record holds no declaration of interests. Keep it elsewhere."
        )
    if award.waiting:
        notes.append(f"Still to decide on lot {award.lot}: {', '.join(award.waiting)}.")
    return tuple(notes)
