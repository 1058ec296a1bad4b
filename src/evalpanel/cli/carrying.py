"""Commands for work that travels between laptops: invite, answer, read words to each other, take files in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.console import Json, TenderName, console, counted
from evalpanel.domain.digests import plain
from evalpanel.domain.parcels import Verdict
from evalpanel.errors import EvalPanelError
from evalpanel.services import confirming, inviting, issuing, joining, papers, receiving, sending
from evalpanel.services.inviting import KeyState, PersonKeys
from evalpanel.services.receiving import Waiter

commands = typer.Typer()
panel = typer.Typer(help="The people of a tender, and the keys of their laptops.", no_args_is_help=True)

Folder = Annotated[
    Path,
    typer.Option("--to", metavar="DIR", help="Where the file goes: a stick, a share.", exists=True, file_okay=False),
]
_STATES = {
    KeyState.HERE: "works on this laptop",
    KeyState.NONE: "not invited yet",
    KeyState.INVITED: "invited, no answer yet",
    KeyState.ANSWERED: "has answered: read the eight words to each other",
    KeyState.CONFIRMED: "keys confirmed",
    KeyState.REVOKED: "keys revoked",
}


@commands.command()
def invite(
    context: typer.Context,
    tender: TenderName,
    to: Folder,
    person: Annotated[
        list[str] | None, typer.Option("--person", help="Whom; everybody else on the panel if left out.")
    ] = None,
    reply_by: Annotated[datetime | None, typer.Option("--reply-by", formats=["%Y-%m-%d"])] = None,
    json: Json = False,
) -> None:
    """Write an invitation for each member of the panel, to carry to their laptops. It names no bidder."""
    held = console(context, json=json)
    with held.opened() as space:
        day = reply_by.date() if reply_by is not None else None
        made = inviting.invite(space, tender, to=to, people=person or (), reply_by=day)
    for one in made:
        held.say(f"{one.person:<6} {one.file.name}")
    held.written(read_back=True)
    held.say("Carry each file to its person. On their laptop: evalpanel enrol FILE --to DIR")
    held.answer({"invitations": [{"person": one.person, "file": str(one.file)} for one in made]})


@commands.command()
def enrol(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The invitation.", exists=True, dir_okay=False)],
    to: Folder,
    accept: Annotated[bool, typer.Option("--accept", help="Accept the undertaking without being asked.")] = False,
    laptop: Annotated[str, typer.Option(help="What you call this laptop.")] = "",
    json: Json = False,
) -> None:
    """Answer an invitation: accept its undertaking, make this laptop's keys, and write the answer."""
    held = console(context, json=json)
    asked = joining.read(file)
    held.say(f"{asked.officer} of {asked.authority} invites {asked.name} ({asked.person}) to the panel of")
    held.say(f"{asked.reference}: {asked.title}")
    held.say("")
    held.say(asked.remit)
    held.say("")
    held.say(asked.undertaking)
    if not accept and not (not json and sys.stdin.isatty() and typer.confirm("Do you accept this undertaking?")):
        raise EvalPanelError("The undertaking was not accepted.", "Nothing was made. Accept it with --accept.")
    with held.opened() as space:
        answer = joining.enrol(space, file, to=to, laptop=laptop)
    held.say(f"Wrote {answer.name}. Carry it to {asked.officer}.")
    held.written(read_back=True)
    held.say(f"Then ring each other: evalpanel confirm {asked.reference}")
    held.answer({"tender": asked.tender, "person": asked.person, "file": str(answer)})


@commands.command()
def confirm(
    context: typer.Context,
    tender: TenderName,
    person: Annotated[str | None, typer.Option("--person", help="On the officer's laptop: whose keys.")] = None,
    words: Annotated[
        str | None, typer.Option("--words", help="The eight words that the other side read aloud to you.")
    ] = None,
    json: Json = False,
) -> None:
    """Make sure of each other's keys by voice: read your eight words aloud, and type the other side's."""
    held = console(context, json=json)
    with held.opened() as space:
        mine = confirming.words_to_read(space, tender, person=person)
        held.say("Read these words aloud:")
        for one in mine:
            held.say("    " + " ".join(one))
        if words is None and not json and sys.stdin.isatty():
            words = typer.prompt("Type the eight words that you hear")
        whom = confirming.confirm(space, tender, typed=words, person=person) if words is not None else None
        waited = receiving.try_again(space) if whom is not None else ()
        roster = confirming.roster_here(space, tender)
    if whom is None:
        held.say("When you have heard theirs: the same command with --words.")
    else:
        held.say(f"The keys of {whom} are confirmed.")
    for report in waited:
        held.say(f"{report.file}: {report.words}")
    if roster is not None:
        held.say(
            f"The list of who takes part here is number {roster.number} ({roster.digits}). Say the number to each other: it must be the same."
        )
    held.answer(
        {
            "roster": None if roster is None else {"number": roster.number, "digits": roster.digits},
            "read_aloud": [" ".join(one) for one in mine],
            "confirmed": whom,
        }
    )


@commands.command()
def issue(context: typer.Context, tender: TenderName, to: Folder, json: Json = False) -> None:
    """Write what the panel needs: the roster and the pack, the same for everybody, and each person's own keys."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Issuing") as progress:
        made = issuing.issue(space, tender, to=to, progress=progress)
        on_paper = papers.has_paper(space, tender)
    held.say(f"For everybody: {made.roster.name}, {made.pack.name}")
    for person, file in made.releases.items():
        held.say(f"For {person}: {file.name}")
    held.written(read_back=True)
    if not on_paper:
        held.say(
            f"If this laptop is lost, nobody can go on. Two sheets of paper help: evalpanel recovery {tender} --to DIR"
        )
    if made.without_keys:
        held.say(f"Keys not confirmed yet, so nothing for: {', '.join(made.without_keys)}")
    if made.without_declaration:
        held.say(f"No declaration of interests yet, so no bids for: {', '.join(made.without_declaration)}")
    held.answer(
        {
            "roster": str(made.roster),
            "pack": str(made.pack),
            "releases": {person: str(file) for person, file in made.releases.items()},
            "without_keys": made.without_keys,
            "without_declaration": made.without_declaration,
        }
    )


@commands.command()
def send(
    context: typer.Context,
    tender: TenderName,
    to: Folder,
    final: Annotated[bool, typer.Option("--final", help="As chair: you are done moderating.")] = False,
    json: Json = False,
) -> None:
    """Write what you have to send: what you declared and scored on this laptop, and as chair what the panel agreed."""
    held = console(context, json=json)
    with held.opened() as space:
        made = sending.send(space, tender, to=to, final=final)
    if made.declaration is not None:
        held.say(f"Your declaration: {made.declaration.name}")
    if made.sheet is not None:
        state = "signed off" if made.final else "not signed off yet, so it does not count"
        held.say(f"Your score sheet ({state}): {made.sheet.name}")
    if made.moderation is not None:
        held.say(f"Your moderation, for the officer and the panel: {made.moderation.name}")
    if made.not_asked:
        held.say(
            f"Present on none of its lines, so not asked whether they agree: {', '.join(made.not_asked)}. If they took part, say so "
            "on those lines and send again."
        )
    held.written(read_back=True)
    held.say("Carry each file to the officer.")
    held.say("A score sheet goes to the chair as well.")
    held.answer(
        {
            "declaration": None if made.declaration is None else str(made.declaration),
            "sheet": None if made.sheet is None else str(made.sheet),
            "final": made.final,
            "moderation": None if made.moderation is None else str(made.moderation),
            "not_asked": list(made.not_asked),
        }
    )


@panel.command("list")
def list_panel(
    context: typer.Context,
    tender: TenderName,
    number: Annotated[
        int | None,
        typer.Option(
            "--number", help="The number of the list that the officer says aloud: is it the one that is here?"
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List the panel, how far everybody's keys are, and the number of the list of who takes part."""
    held = console(context, json=json)
    with held.opened() as space:
        found = inviting.keys_of_panel(space, tender)
        roster = confirming.roster_here(space, tender)
        if number is not None:
            roster = confirming.compare_roster(space, tender, number)
    for one in found:
        held.say(f"{one.person:<6} {one.name}: {_state(one)}")
    if roster is not None:
        held.say(
            f"The list of who takes part here is number {roster.number} ({roster.digits}). Compare the number by voice."
        )
        if roster.forked:
            held.say(
                "Newer lists came that do not know of each other. This one stays in force: ask the officer to issue again."
            )
    held.answer(
        {
            "roster": None
            if roster is None
            else {"number": roster.number, "digits": roster.digits, "forked": roster.forked},
            "panel": [
                {
                    "person": one.person,
                    "name": one.name,
                    "keys": one.state,
                    "invited_at": plain(one.at),
                    "laptops": one.laptops,
                    "waiting": one.waiting,
                }
                for one in found
            ],
        }
    )


def _state(one: PersonKeys) -> str:
    more = f"; {counted(one.waiting, 'laptop')} waiting for the eight words" if one.laptops and one.waiting else ""
    return _STATES[one.state] + more


@commands.command("waiting")
def list_waiting(
    context: typer.Context,
    aside: Annotated[
        str | None, typer.Option("--put-aside", metavar="DIGITS", help="Nobody wants this one: it is tried no more.")
    ] = None,
    back: Annotated[str | None, typer.Option("--put-back", metavar="DIGITS", help="Let it wait again.")] = None,
    json: Json = False,
) -> None:
    """List the files that wait in this profile, and what each waits for; put one aside, or back again."""
    held = console(context, json=json)
    if aside is not None and back is not None:
        raise EvalPanelError("One of --put-aside and --put-back, not both.", "Nothing was changed.")
    with held.opened() as space:
        if aside is not None:
            receiving.put_aside(space, _digest(receiving.waiters(space), aside))
        if back is not None:
            receiving.put_back(space, _digest(receiving.waiters(space, aside=True), back))
            for report in receiving.try_again(space):
                held.say(f"{report.file[:8]}: {report.words}")
        here, put_aside = receiving.waiters(space), receiving.waiters(space, aside=True)
    for heading, rows in (("Waiting", here), ("Put aside", put_aside)):
        held.say(f"{heading}: {counted(len(rows), 'file')}")
        for one in rows:
            by = f" of {one.author}, by its own word" if one.author else ""
            held.say(
                f"  {one.digest[:8]} {one.kind.value if one.kind else 'file'}{by}: {one.words or 'it can be judged now'}"
            )
    held.answer({"waiting": [_waiter(one) for one in here], "put_aside": [_waiter(one) for one in put_aside]})


def _digest(rows: Sequence[Waiter], digits: str) -> str:
    wanted = digits.strip().lower()
    found = [one.digest for one in rows if len(wanted) >= 4 and one.digest.startswith(wanted)]
    if len(found) != 1:
        raise EvalPanelError(
            f"“{digits}” names {'more than one' if found else 'none'} of these files.",
            "Nothing was changed. Give the first digits that stand before it: evalpanel waiting",
        )
    return found[0]


def _waiter(one: Waiter) -> dict[str, object]:
    return {
        "digest": one.digest,
        "tender": one.tender,
        "kind": one.kind,
        "author": one.author,
        "words": one.words,
        "size": one.size,
    }


@commands.command()
def receive(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Parcels, in any order.")],
    json: Json = False,
) -> None:
    """Take in files that were carried here. One bad file never stops the rest. With --json: one line a file."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Receiving") as progress:
        reports = receiving.receive(space, files, progress=progress)
    for one in reports:
        held.say(f"{one.file}: {one.words}")
        held.line(
            {
                "file": one.file,
                "verdict": one.verdict,
                "kind": one.kind,
                "author": one.author,
                "parcel": one.parcel,
                "tender": one.tender,
                "words": one.words,
            }
        )
    bad = [one for one in reports if one.verdict in (Verdict.NOT_OURS, Verdict.ALTERED, Verdict.UNREADABLE)]
    if bad:
        raise typer.Exit(1)
