"""Commands for a challenge: the whole record of one bid in a file, and its disclosure copy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from evalpanel.cli.console import Console, Json, Person, TenderName, console, counted
from evalpanel.domain.redactions import WORDS
from evalpanel.services import challenge
from evalpanel.services.challenge import PackMade

commands = typer.Typer()
BidName = Annotated[str, typer.Argument(metavar="BID", help="The code of the bid.")]
LotName = Annotated[str | None, typer.Option("--lot", help="The lot; needed where the bid is in several.")]
To = Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder to write into: a stick, a share.")]
Recipients = Annotated[
    list[str] | None,
    typer.Option("--recipient", metavar="AGE1…", help="An age recipient that a lawyer gave you. Once for each."),
]
Open = Annotated[bool, typer.Option("--open", help="Leave it open: whoever has the file can read everything in it.")]


@commands.command("challenge")
def challenge_pack(
    context: typer.Context,
    tender: TenderName,
    bid: BidName,
    to: To,
    lot: LotName = None,
    recipient: Recipients = None,
    is_open: Open = False,
    person: Person = None,
    json: Json = False,
) -> None:
    """Write the whole record of one bid, for a court or a lawyer: one signed file that a stranger can check."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Challenge pack") as progress:
        made = challenge.challenge(
            space,
            tender,
            bid,
            to=to,
            lot=lot,
            recipients=recipient or (),
            is_open=is_open,
            person=person,
            progress=progress,
        )
    _say(held, made)
    held.answer(_made(made))


@commands.command()
def disclose(
    context: typer.Context,
    tender: TenderName,
    bid: BidName,
    to: To,
    lot: LotName = None,
    recipient: Recipients = None,
    is_open: Open = False,
    working_notes: Annotated[
        str, typer.Option("--working-notes", metavar="WHY", help="Leave working notes in, and say why.")
    ] = "",
    pack: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="The challenge pack that the copy is made from.")
    ] = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Write a disclosure copy of the record of one bid: names, rivals and private words left out, each with its reason."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Disclosure copy") as progress:
        made, full = challenge.disclose(
            space,
            tender,
            bid,
            to=to,
            lot=lot,
            recipients=recipient or (),
            is_open=is_open,
            working_notes=working_notes,
            pack=pack,
            person=person,
            progress=progress,
        )
    if full is not None:
        held.say("It was made from this challenge pack. Keep that one: it proves what was left out.")
        _say(held, full)
    _say(held, made)
    counts: dict[str, int] = {}
    for one in made.redactions:
        counts[WORDS[one.why]] = counts.get(WORDS[one.why], 0) + 1
    for why, count in counts.items():
        held.say(f"  {counted(count, 'entry', 'entries')} left out: {why}")
    told = {
        **_made(made),
        "redactions": [{"entry": one.entry, "name": one.name, "why": one.why} for one in made.redactions],
    }
    held.answer({**told, "challenge": None if full is None else _made(full)})


def _say(held: Console, made: PackMade) -> None:
    held.say(
        f"{made.file.name}: {counted(made.entries, 'entry', 'entries')}, {counted(made.files, 'file')}, {made.acts} acts."
    )
    if made.is_open:
        held.say("  It is open: whoever has this file can read everything in it.")
    elif made.sealed_to:
        held.say(f"  Sealed to {counted(made.sealed_to, 'recipient')}, and to you.")
    else:
        held.say("  Sealed to you alone.")
    held.written(read_back=True)
    held.say(f"  How to check it: {made.readme.name}")
    held.say(f"  Tell the reader this fingerprint of your key, not in the same message: {made.fingerprint}")


def _made(made: PackMade) -> dict[str, Any]:
    return {
        "kind": made.kind,
        "file": str(made.file),
        "readme": str(made.readme),
        "identity": made.identity,
        "fingerprint": made.fingerprint,
        "record": made.record,
        "entries": made.entries,
        "files": made.files,
        "acts": made.acts,
        "head": made.head,
        "open": made.is_open,
        "sealed_to": made.sealed_to,
    }
