"""Commands about blind tenders: pre-flight, which code stands for whom, and releasing the names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.console import Json, Person, TenderName, console, counted
from evalpanel.domain.preflight import Standing, Tell
from evalpanel.services import naming, preflight

commands = typer.Typer()
names = typer.Typer(help="A blind tender: which code stands for whom.", no_args_is_help=True)

_TELLS = {
    Tell.NAME: "a name",
    Tell.WORD: "a word of a name",
    Tell.NUMBER: "a register number",
    Tell.ADDRESS: "an address",
    Tell.EMAIL: "an e-mail or web address",
    Tell.HIDDEN: "not shown on its pages",
    Tell.UNSEEN: "could not be looked into",
}


@commands.command("preflight")
def look(
    context: typer.Context,
    tender: TenderName,
    accept: Annotated[
        list[str] | None,
        typer.Option("--accept", metavar="FINDING", help="A finding, or a document for all of its: it may go."),
    ] = None,
    alike: Annotated[
        bool, typer.Option("--alike", help="With --accept: all open findings that say the same, in whatever document.")
    ] = False,
    replace: Annotated[str | None, typer.Option("--replace", metavar="DOCUMENT", help="A document to replace.")] = None,
    by: Annotated[
        Path | None, typer.Option("--with", metavar="FILE", help="What goes out instead.", exists=True, dir_okay=False)
    ] = None,
    why: Annotated[str, typer.Option(help="Why it may go, or is replaced; it stands in the record.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """List what in the documents would say whose a bid is. Comes before a blind pack is issued."""
    if (replace is None) != (by is None) or (replace is not None and accept):
        raise typer.BadParameter("give --accept FINDING, or --replace DOCUMENT --with FILE, with --why")
    held = console(context, json=json)
    with held.opened() as space:
        if replace is not None and by is not None:
            path = preflight.replace(space, tender, replace, by, why=why, person=person)
            held.say(f"{path} goes out in the place of {replace}.")
        if accept:
            taken = preflight.accept(space, tender, accept, why=why, alike=alike, person=person)
            held.say(f"Recorded why {counted(len(taken), 'finding')} may go.")
        with held.progress("Looking through") as progress:
            made = preflight.look(space, tender, person=person, progress=progress)
    for one in made.standings:
        finding = one.finding
        state = f"accepted: {one.accepted}" if one.accepted else "open" if made.is_blind else "worth knowing"
        held.say(f"{finding.name}  {finding.document}, {finding.place}: {_TELLS[finding.tell]} ({state})")
        held.say(f"    “{finding.words}”" + (f"  {finding.whose}" if finding.whose else ""))
    for written, path in made.renamed:
        held.say(f"The name “{written}” would tell; the panel sees {path}.")
    if not made.standings:
        held.say("Nothing was found.")
    elif made.is_blind:
        held.say(f"Open: {counted(len(made.open), 'finding')}. Replace the document, or: --accept FINDING --why TEXT")
    held.answer(
        {
            "blind": made.is_blind,
            "open": len(made.open),
            "findings": [_answer(one) for one in made.standings],
            "renamed": [{"written": written, "path": path} for written, path in made.renamed],
        }
    )


def _answer(one: Standing) -> dict[str, object]:
    finding = one.finding
    return {
        "finding": finding.name,
        "document": finding.document,
        "place": finding.place,
        "tell": finding.tell,
        "words": finding.words,
        "bidder": finding.whose,
        "accepted": one.accepted,
    }


@names.command("codes")
def codes(context: typer.Context, tender: TenderName, person: Person = None, json: Json = False) -> None:
    """Show which code stands for whom. On the officer's laptop alone."""
    held = console(context, json=json)
    with held.opened() as space:
        found = naming.codes(space, tender, person=person)
    for one in found:
        held.say(f"{one.bid}  lot {one.lot}  {one.name} ({one.written} in the workbook)")
    held.answer(
        {
            "bids": [
                {"lot": one.lot, "bid": one.bid, "bidder": one.bidder, "name": one.name, "written": one.written}
                for one in found
            ]
        }
    )


@names.command("release")
def release(
    context: typer.Context,
    tender: TenderName,
    why: Annotated[str, typer.Option(help="Why the panel is to know who bids; it stands in the record.")],
    decided_by: Annotated[str, typer.Option(help="Who decided it; the officer, if left out.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """Let the panel know who bids before moderation is closed, by a decision on the record. Then issue again."""
    held = console(context, json=json)
    with held.opened() as space:
        naming.release_names(space, tender, why=why, decided_by=decided_by, person=person)
    held.say(f"Recorded. Next: evalpanel issue {tender} --to DIR")
    held.answer({"released": True})
