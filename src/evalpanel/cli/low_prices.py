"""The command for prices that look abnormally low: which are flagged, and the three records about one."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated

import typer

from evalpanel.cli.console import Json, Person, TenderName, console
from evalpanel.cli.deciding import LotName, day
from evalpanel.domain.low_prices import LowPriceStep
from evalpanel.errors import EvalPanelError
from evalpanel.services import low_pricing

commands = typer.Typer()


@commands.command("abnormally-low")
def abnormally_low(
    context: typer.Context,
    tender: TenderName,
    bid: Annotated[
        str | None, typer.Argument(metavar="BID", help="The bid; without one, which prices are flagged.")
    ] = None,
    notified: Annotated[bool, typer.Option("--notified", help="The bidder was asked to explain its price.")] = False,
    answer: Annotated[bool, typer.Option("--answer", help="Its answer came, or none did.")] = False,
    decision: Annotated[
        str | None, typer.Option("--decision", metavar="accept|disregard", help="What was decided.")
    ] = None,
    text: Annotated[str, typer.Option("--text", help="What was said, in short.")] = "",
    by: Annotated[str, typer.Option("--by", help="Who it comes from, or who decided.")] = "",
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day that it is dated.")] = None,
    margin: Annotated[
        str | None, typer.Option("--margin", help="The published margin under the median, in per cent.")
    ] = None,
    lot: LotName = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Which prices are flagged as abnormally low; and the three records about one: notified, answer, decision."""
    held = console(context, json=json)
    step = _step(notified, answer, decision)
    with held.opened() as space:
        if bid is not None and step is not None:
            dated = day(on, "--on")
            if dated is None:
                raise EvalPanelError("The date of the record is missing.", "Nothing was changed. Give it with --on.")
            low_pricing.record_step(
                space,
                tender,
                bid=bid,
                step=step,
                text=text,
                who=by,
                on=dated,
                lot=lot,
                accepted=None if decision is None else decision == "accept",
                person=person,
            )
        elif (bid is None) != (step is None):
            raise EvalPanelError(
                "A bid and one of --notified, --answer and --decision go together.", "Nothing was changed."
            )
        found = low_pricing.low_prices(space, tender, margin=_percentage(margin))
    for flag in found.flags:
        held.say(f"  flagged: lot {flag.lot}, bid {flag.bid}: {flag.why}")
    for one in found.records:
        said = "" if one.accepted is None else ", accepted" if one.accepted else ", disregarded"
        held.say(
            f"  lot {one.lot}, bid {one.bid}: {one.step.value} on {one.on.isoformat()} by {one.who}{said}: {one.text}"
        )
    if not found.flags and not found.records:
        held.say("No price is flagged. A flag asks for an explanation and decides nothing.")
    held.answer(
        {
            "flags": [{"lot": one.lot, "bid": one.bid, "why": one.why} for one in found.flags],
            "records": [
                {
                    "lot": one.lot,
                    "bid": one.bid,
                    "step": one.step,
                    "on": one.on,
                    "by": one.who,
                    "text": one.text,
                    "accepted": one.accepted,
                }
                for one in found.records
            ],
        }
    )


def _step(notified: bool, answer: bool, decision: str | None) -> LowPriceStep | None:
    if decision not in (None, "accept", "disregard"):
        raise EvalPanelError(f"“{decision}” is no decision.", "Nothing was changed. It is accept or disregard.")
    chosen = [
        step
        for step, given in (
            (LowPriceStep.NOTIFIED, notified),
            (LowPriceStep.ANSWER, answer),
            (LowPriceStep.DECISION, decision is not None),
        )
        if given
    ]
    if len(chosen) > 1:
        raise EvalPanelError("One record at a time.", "Nothing was changed. They are three dated records.")
    return chosen[0] if chosen else None


def _percentage(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation as error:
        raise EvalPanelError(f"--margin is no number: “{text}”.", "Nothing was changed.") from error
