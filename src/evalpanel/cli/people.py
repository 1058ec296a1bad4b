"""Commands for the life of keys and people: revoking, replacing, and what is held on paper for a bad day."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.carrying import panel
from evalpanel.cli.console import Console, Json, TenderName, chosen_passphrase, console, counted
from evalpanel.errors import EvalPanelError
from evalpanel.services import leaving, papers, workspace
from evalpanel.services.leaving import Revoked

commands = typer.Typer()

Why = Annotated[str, typer.Option("--why", help="The reason, in a sentence. It goes on the record.")]


@panel.command("revoke")
def revoke(
    context: typer.Context,
    tender: TenderName,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="The person's code.")],
    why: Why,
    laptop: Annotated[
        str | None, typer.Option("--laptop", help="Only this one: what they call it, or the first digits of its id.")
    ] = None,
    json: Json = False,
) -> None:
    """Revoke the keys of a person, or of one lost laptop. What was accepted before still counts."""
    held = console(context, json=json)
    with held.opened() as space:
        done = leaving.revoke(space, tender, person=person, why=why, laptop=laptop)
    _say_revoked(held, done)
    held.say(f"Next: evalpanel issue {tender} --to DIR, and carry the list of who takes part to everybody.")
    held.answer(_revoked(done))


@panel.command("replace")
def replace(
    context: typer.Context,
    tender: TenderName,
    leaver: Annotated[str, typer.Argument(metavar="OLD", help="The code of the person who leaves.")],
    person: Annotated[str, typer.Argument(metavar="NEW", help="A code for the new member.")],
    name: Annotated[str, typer.Option("--name", help="The new member's name.")],
    why: Why,
    organisation: Annotated[str, typer.Option("--organisation", help="Where the new member comes from.")] = "",
    json: Json = False,
) -> None:
    """Put somebody in the place of a member who leaves. They score every bid; the leaver's scores are set aside and kept."""
    held = console(context, json=json)
    with held.opened() as space:
        done = leaving.replace_member(
            space, tender, leaver=leaver, person=person, name=name, why=why, organisation=organisation
        )
    criteria = "all criteria" if done.criteria is None else ", ".join(done.criteria) or "no criteria"
    held.say(f"{done.person} takes the place of {done.leaver} and scores every bid on {criteria}.")
    held.say(
        f"What {done.leaver} scored is set aside: it is kept, and shown to nobody. Moderation waits for {done.person}."
    )
    if done.had_signed:
        held.say(f"{done.leaver} had signed their sheet off: it does not count any more.")
    if done.revoked is not None:
        _say_revoked(held, done.revoked)
    held.say(f"Next: evalpanel invite {tender} --person {done.person} --to DIR")
    held.answer(
        {
            "leaver": done.leaver,
            "person": done.person,
            "criteria": done.criteria,
            "revoked": None if done.revoked is None else _revoked(done.revoked),
        }
    )


@commands.command("paper-key")
def paper_key(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.pdf", help="Where the sheet goes.")] = None,
    revoke: Annotated[
        str | None, typer.Option("--revoke", metavar="NUMBER", help="This paper key opens no more.")
    ] = None,
    json: Json = False,
) -> None:
    """Make a sheet whose words open this profile when its passphrase or keyring is lost; without options, list them."""
    held = console(context, json=json)
    if out is not None and revoke is not None:
        raise EvalPanelError("One of --out and --revoke, not both.", "Nothing was changed.")
    made = None
    with held.opened() as space:
        if out is not None:
            made = papers.paper_key(space, out=out)
        elif revoke is not None:
            papers.revoke_paper_key(space, revoke)
        numbers = papers.paper_numbers(space)
    if made is not None:
        held.say(f"Wrote {made.file}: paper key {made.number}. Print it, read it through, and delete the file.")
        held.say("The words stand nowhere else. Keep the sheet away from the laptop.")
    if revoke is not None:
        held.say("It opens this profile no more. A copy of the profile from before still opens with its words.")
    held.say(f"Paper keys of this profile: {', '.join(numbers) or 'none'}.")
    held.answer(
        {
            "file": None if made is None else str(made.file),
            "made": None if made is None else made.number,
            "numbers": numbers,
        }
    )


@commands.command("new-way-in")
def new_way_in(context: typer.Context, json: Json = False) -> None:
    """Open the profile with its paper key, and set a new passphrase or the computer's keyring.

    The words come from --paper-words FILE, or are asked for; a new passphrase from --passphrase-file. Without one the keyring
    opens the profile again.
    """
    held = console(context, json=json)
    words = held.paper()
    if words is None:
        if json or not sys.stdin.isatty():
            raise EvalPanelError("The words are missing.", "Nothing was changed. Give them with --paper-words FILE.")
        words = getpass.getpass("The twelve words of the paper key: ")
    passphrase = held.passphrase() if held.passphrase_file is not None else None
    try:
        workspace.new_way_in(held.profile, paper=words, passphrase=passphrase)
    except workspace.NoKeyring as error:
        if json or not sys.stdin.isatty():
            raise
        typer.echo(f"{error.title} A passphrase opens this profile instead.", err=True)
        passphrase = chosen_passphrase()
        workspace.new_way_in(held.profile, paper=words, passphrase=passphrase)
    by = "the computer's keyring" if passphrase is None else "the new passphrase"
    held.say(f"From now on {by} opens this profile. The paper key stays what it was.")
    held.answer({"opened_by": "keyring" if passphrase is None else "passphrase"})


def _say_revoked(held: Console, done: Revoked) -> None:
    for one in done.laptops:
        held.say(
            f"Revoked: the keys of {done.person} on the laptop {one.name or 'without a name'} ({one.installation[:8]})."
        )
    held.say(
        f"{counted(done.accepted, 'parcel')} that came from it before still count; nothing else that it signs does."
    )
    held.say(
        "It works on other laptops from when the next list of who takes part arrives there, and unreads nothing: what was read was read."
    )
    if done.envelopes:
        held.say(f"What is sealed from now on has new keys ({counted(len(done.envelopes), 'envelope')}).")


def _revoked(done: Revoked) -> dict[str, object]:
    return {
        "person": done.person,
        "laptops": [{"installation": one.installation, "name": one.name} for one in done.laptops],
        "accepted": done.accepted,
        "envelopes": done.envelopes,
    }
