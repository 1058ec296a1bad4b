"""Commands from the award decision to the closed tender, and for how long its record is kept."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from evalpanel.cli.console import Console, Json, Person, TenderName, console, counted
from evalpanel.domain.award import LotAward
from evalpanel.domain.signing import in_words
from evalpanel.domain.standstill import StandstillPeriod
from evalpanel.domain.tender import BidStatus
from evalpanel.errors import EvalPanelError
from evalpanel.services import deciding, keeping, publishing
from evalpanel.services.after_outcome import AfterOutcome
from evalpanel.services.keeping import Keeping

commands = typer.Typer()
LotName = Annotated[str | None, typer.Option("--lot", help="The lot; needed where there are several.")]
Why = Annotated[str, typer.Option("--why", help="The reason, as it stands on the record.")]


def day(text: str | None, option: str) -> date | None:
    """The date of an option, `2026-11-03`."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise EvalPanelError(
            f"{option} is no date: “{text}”.", "Nothing was changed. Write it as 2026-11-03."
        ) from error


@commands.command()
def decide(
    context: typer.Context,
    tender: TenderName,
    by: Annotated[list[str], typer.Option("--by", help="Who decided: a name, or a code of the panel. Once for each.")],
    delegation: Annotated[str, typer.Option("--delegation", help="The power under which they decided.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day of the decision.")],
    why: Why,
    lot: LotName = None,
    bid: Annotated[list[str] | None, typer.Option("--bid", help="The bid that the lot goes to. Once for each.")] = None,
    abandon: Annotated[bool, typer.Option("--abandon", help="The lot is not awarded.")] = False,
    authority: Annotated[
        str | None, typer.Option("--authority", help="Which of the joint authorities decides.")
    ] = None,
    call_in: Annotated[
        str | None, typer.Option("--call-in", metavar="DATE", help="The last day of the call-in.")
    ] = None,
    tie: Annotated[
        str,
        typer.Option("--tie", help="How the published rule was applied to an open tie; bidders that tied are told it."),
    ] = "",
    again: Annotated[str, typer.Option("--again", help="Why it is decided once more.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """Record the award decision for a lot: who decided, under which delegation, for which bid, and why."""
    held = console(context, json=json)
    if bool(bid) == abandon:
        raise EvalPanelError("Either a bid or --abandon must be given.", "Nothing was changed.")
    decided_on = day(on, "--on")
    assert decided_on is not None
    with held.opened() as space:
        made = deciding.decide(
            space,
            tender,
            bids=bid or (),
            decided_by=by,
            delegation=delegation,
            why=why,
            on=decided_on,
            lot=lot,
            authority=authority,
            call_in_ends=day(call_in, "--call-in"),
            tie_settled=tie,
            again=again,
            person=person,
        )
    held.say(f"Lot {made.award.lot}: {_award_words(made.award)}.")
    for note in made.notes:
        held.say(f"  note: {note}")
    held.answer({**_award(made.award), "stage": made.stage, "notes": list(made.notes)})


@commands.command()
def exclude(
    context: typer.Context,
    tender: TenderName,
    bid: Annotated[str, typer.Argument(metavar="BID", help="The bid that falls out.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, as it stands on the record.")],
    decided_by: Annotated[str, typer.Option("--decided-by", help="Who decided it.")],
    status: Annotated[
        BidStatus, typer.Option("--status", help="excluded, disregarded or withdrawn.")
    ] = BidStatus.EXCLUDED,
    lot: LotName = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Record that a bid fell out after its price was opened, and work the outcome out anew. Both outcomes are kept."""
    held = console(context, json=json)
    with held.opened() as space:
        out, made = deciding.exclude(
            space, tender, bid=bid, status=status, reason=reason, decided_by=decided_by, lot=lot, person=person
        )
    result = next(one for one in made.lots if one.lot == out.lot)
    winners = [one.bid for one in result.winners]
    held.say(f"Bid {out.bid} in lot {out.lot} is {out.status.value}. The outcome was worked out anew.")
    held.say(f"  first now: {', '.join(winners) or 'nobody'}")
    held.answer(
        {"bid": out.bid, "lot": out.lot, "status": out.status, "outcome_digest": made.digest, "winners": winners}
    )


@commands.command()
def notice(
    context: typer.Context,
    tender: TenderName,
    published: Annotated[
        str | None, typer.Option("--published", metavar="DATE", help="The day of publication (PCR 2015: of sending).")
    ] = None,
    notice_id: Annotated[str, typer.Option("--notice-id", help="The number of the notice.")] = "",
    standstill: Annotated[
        bool | None,
        typer.Option("--standstill/--no-standstill", help="Whether it announces one, where it is voluntary."),
    ] = None,
    days: Annotated[int | None, typer.Option("--days", help="A longer standstill than the law asks.")] = None,
    proclaimed: Annotated[
        list[str] | None,
        typer.Option("--proclaimed", metavar="DATE=NAME", help="A bank holiday that came after this release."),
    ] = None,
    again: Annotated[str, typer.Option("--again", help="Why it is recorded once more.")] = "",
    stands: Annotated[
        str,
        typer.Option(
            "--stands",
            metavar="WHY",
            help="Why a notice stands that went out before its letters, or against their log.",
        ),
    ] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """Record that the award notice is published: the clock starts, and the end of standstill is shown as it was counted."""
    held = console(context, json=json)
    with held.opened() as space:
        now = publishing.publish(
            space,
            tender,
            published=day(published, "--published"),
            notice_id=notice_id,
            standstill=standstill,
            days=days,
            proclaimed=[proclaimed_day(one) for one in proclaimed or ()],
            again=again,
            stands=stands,
            person=person,
        )
        papers = publishing.papers(space, tender)
    assert now.notice is not None
    held.say(f"The notice of {in_words(now.notice.published)} is on the record.")
    if now.notice.stands:
        held.say(f"  It stands although: {now.notice.found}")
    _say_period(held, now.period)
    for sentence in papers.sentences:
        held.say(f"  {sentence}")
    held.answer(
        {
            "published": now.notice.published,
            "notice_id": now.notice.notice_id,
            **_standstill(now.period),
            "to_do": list(papers.sentences),
        }
    )


@commands.command("challenge-notified")
def challenge_notified(
    context: typer.Context,
    tender: TenderName,
    by: Annotated[str, typer.Option("--by", help="Who challenges.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="The day on which it was notified.")],
    why: Why,
    person: Person = None,
    json: Json = False,
) -> None:
    """Record that a challenge was notified: nothing is destroyed, and in time it also stops the signature."""
    held = console(context, json=json)
    since = day(on, "--on")
    assert since is not None
    with held.opened() as space:
        now, stops = publishing.challenge_notified(space, tender, who=by, why=why, on=since, person=person)
    held.say("The challenge is on the record. Nothing is destroyed until it ends.")
    held.say(
        "  It came in time: the contract may not be signed." if stops else "  It does not stop the signature by itself."
    )
    held.answer({**_holds(now), "stops_signature": stops})


@commands.command()
def hold(
    context: typer.Context,
    tender: TenderName,
    why: Why,
    by: Annotated[str, typer.Option("--by", help="Who orders it, or lifts it.")],
    lift: Annotated[bool, typer.Option("--lift", help="Lift the hold that stands.")] = False,
    number: Annotated[int | None, typer.Option("--number", help="Which hold is lifted, where several stand.")] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="From which day; today, if left out.")] = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Keep everything until the hold is lifted; with --lift, lift it or record how a challenge ended."""
    held = console(context, json=json)
    since = day(on, "--on")
    with held.opened() as space:
        if lift:
            now = publishing.lift(space, tender, who=by, why=why, on=since, number=number, person=person)
        else:
            now = publishing.hold(space, tender, who=by, why=why, on=since, person=person)
    for one in now.standing:
        held.say(f"  {one.act}: {one.kind.value}, {one.who}, since {in_words(one.since)}: {one.why}")
    held.say(f"{counted(len(now.standing), 'hold stands', 'holds stand')}.")
    held.answer(_holds(now))


@commands.command()
def contract(
    context: typer.Context,
    tender: TenderName,
    signed: Annotated[str, typer.Option("--signed", metavar="DATE", help="The day on which it was entered into.")],
    lot: LotName = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Record that the contract is signed. Refused before the end of standstill, and under a challenge notified in time."""
    held = console(context, json=json)
    signed_on = day(signed, "--signed")
    assert signed_on is not None
    with held.opened() as space:
        now = publishing.sign(space, tender, signed=signed_on, lot=lot, person=person)
    one = now.contracts[-1]
    held.say(f"The contract for lot {one.lot} with {' and '.join(one.bids)} is on the record.")
    held.say(f"  {now.retention.why}")
    held.answer({"lot": one.lot, "bids": list(one.bids), "signed": one.signed, "kept_until": now.retention.until})


@commands.command()
def close(context: typer.Context, tender: TenderName, person: Person = None, json: Json = False) -> None:
    """Close the tender: every lot is signed or abandoned. Its record is kept until its date."""
    held = console(context, json=json)
    with held.opened() as space:
        now = publishing.close(space, tender, person=person)
    held.say(f"The tender is closed. {now.retention.why}")
    held.answer({"closed": True, "kept_until": now.retention.until})


@commands.command()
def keep(
    context: typer.Context,
    tender: TenderName,
    end: Annotated[
        str | None, typer.Option("--end", metavar="REFERENCE", help="End the record: type the reference of the tender.")
    ] = None,
    why: Annotated[str, typer.Option("--why", help="Why it is ended.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """Say until when the record is kept and why; with --end, take its sealed files away and delete its key, for good."""
    held = console(context, json=json)
    with held.opened() as space:
        if end is None:
            found = keeping.keeping(space, tender)
        else:
            found = keeping.end(space, tender, typed=end, why=why, person=person)
    held.say(found.retention.why)
    if found.warning and found.warning != found.retention.why:
        held.say(f"  {found.warning}")
    held.say(
        f"  here: {counted(found.files, 'sealed file')}, the wrapping key {'is' if found.has_key else 'is not'} here"
    )
    held.say(f"  {counted(found.backups, 'backup')} of the store in this profile. {found.kept}")
    held.answer(_keeping(found))


def proclaimed_day(text: str) -> tuple[date, str]:
    """A bank holiday as an option gives it: `2026-11-09=Day of mourning`."""
    when, _, name = text.partition("=")
    found = day(when, "--proclaimed")
    assert found is not None
    return found, name


def _award_words(award: LotAward) -> str:
    if award.waiting:
        return f"waits for the decision of {', '.join(award.waiting)}"
    return "abandoned" if award.abandoned else f"awarded to {' and '.join(award.bids)}"


def _award(award: LotAward) -> dict[str, Any]:
    return {
        "lot": award.lot,
        "bids": list(award.bids),
        "abandoned": award.abandoned,
        "waiting": list(award.waiting),
        "call_in_ends": award.call_in_ends,
    }


def _standstill(period: StandstillPeriod | None) -> dict[str, Any]:
    if period is None:
        return {"standstill_ends": None, "first_free_day": None, "days": []}
    days = [{"day": one.day, "number": one.number, "why": one.why} for one in period.days]
    return {"standstill_ends": period.ends, "first_free_day": period.first_free_day, "days": days}


def _say_period(held: Console, period: StandstillPeriod | None) -> None:
    if period is None:
        held.say("  There is no standstill.")
        return
    for one in period.days:
        held.say(f"  {one.day:%a %d %b %Y}  {one.number or '–'}  {one.why}".rstrip())
    held.say(
        f"  Standstill ends at the end of {in_words(period.ends)}. The first day on which the contract may be signed: "
        f"{in_words(period.first_free_day)}."
    )


def _holds(now: AfterOutcome) -> dict[str, Any]:
    return {
        "holds": [
            {"number": one.act, "kind": one.kind, "by": one.who, "why": one.why, "since": one.since}
            for one in now.standing
        ]
    }


def _keeping(found: Keeping) -> dict[str, Any]:
    held = found.retention
    return {
        "state": held.state,
        "since": held.since,
        "years": held.years,
        "kept_until": held.until,
        "why": held.why,
        "warning": found.warning,
        "holds": len(held.holds),
        "files": found.files,
        "has_key": found.has_key,
        "backups": found.backups,
        "not_touched": found.kept,
    }
