"""Commands for the day on which the officer's laptop is gone: the two sheets, taking over with them, and what they open."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.carrying import Folder
from evalpanel.cli.console import Console, Json, TenderName, console, counted, read_words
from evalpanel.cli.people import Why
from evalpanel.errors import EvalPanelError
from evalpanel.services import carrying, from_paper, papers, recovering, succeeding
from evalpanel.services.from_paper import Whom
from evalpanel.services.recovering import Recovered

commands = typer.Typer()

RecoveryWords = Annotated[
    Path | None, typer.Option("--recovery-words", metavar="FILE", help="The words of the recovery sheet.")
]
_RECOVERY = "The twelve words of the recovery sheet"


@commands.command("recovery")
def recovery(
    context: typer.Context,
    tender: TenderName,
    to: Folder,
    files: Annotated[
        list[Path] | None,
        typer.Option("--from", metavar="DIR|FILE", help="Open what people had sent: a stick, a share.", exists=True),
    ] = None,
    words: RecoveryWords = None,
    json: Json = False,
) -> None:
    """Make two sheets to print, for others to hold: with both somebody takes over when the officer's laptop is lost.

    With --from, on the laptop that leads: open with the recovery sheet what people had sent before, and write what was not signed
    off for its authors.
    """
    held = console(context, json=json)
    if files:
        _recover(held, tender, files, to, _words(words, _RECOVERY, json=json))
        return
    if words is not None:
        raise EvalPanelError("Words of a sheet open files.", "Nothing was made. Say with --from where the files are.")
    with held.opened() as space:
        made = papers.recovery(space, tender, to=to)
    held.say(f"To print: {made.successor.name}, {made.recovery.name}")
    held.written()
    held.say(
        "Give each to somebody else, and delete the files: the words stand nowhere else, and evalpanel has not kept them."
    )
    held.say(f"Next: evalpanel issue {tender} --to DIR. The sheets work on laptops that this list has reached.")
    held.say(
        "Keep a copy of what you issue where others find it: with it and the sheets somebody can go on from nothing."
    )
    held.answer({"successor": str(made.successor), "recovery": str(made.recovery)})


def _recover(held: Console, tender: str, files: list[Path], to: Path, words: str) -> None:
    with held.opened() as space, held.progress("Opening") as progress:
        got = recovering.recover(
            space, tender, carrying.files_in(files), recovery_words=words, to=to, progress=progress
        )
    _say_recovered(held, tender, got)
    held.answer(_recovered(got))


@commands.command("succeed")
def succeed(
    context: typer.Context,
    tender: TenderName,
    to: Folder,
    why: Why,
    successor_words: Annotated[
        Path | None, typer.Option("--successor-words", metavar="FILE", help="The words of the successor's sheet.")
    ] = None,
    recovery_words: RecoveryWords = None,
    files: Annotated[
        list[Path] | None,
        typer.Option(
            "--from",
            metavar="DIR|FILE",
            help="On a laptop that has not joined: where the tender's sealed files are.",
            exists=True,
        ),
    ] = None,
    person: Annotated[str, typer.Option("--as", metavar="CODE", help="With --from: your code in the tender.")] = "",
    name: Annotated[str, typer.Option("--name", help="With --from: your name, if you had no part in it.")] = "",
    json: Json = False,
) -> None:
    """Take over as officer on this laptop, with the words of the two sheets, when the officer's laptop is gone.

    On a laptop that has joined the tender nothing more is needed. On any other, --from says where the sealed files lie that the
    officer issued (the list of who takes part and the pack), and --as and --name who you are.
    """
    held = console(context, json=json)
    if files and not person:
        raise EvalPanelError(
            "It is not said who takes over.",
            "Nothing was changed. Give a code with --as (and --name, if it is a new one).",
        )
    if (person or name) and not files:
        raise EvalPanelError(
            "--as and --name go with --from.",
            "Nothing was changed. On a laptop that has joined it is known who you are.",
        )
    first = _words(successor_words, "The twelve words of the successor's sheet", json=json)
    second = _words(recovery_words, _RECOVERY, json=json)
    got = None
    with held.opened() as space, held.progress("Taking over") as progress:
        if files:
            found = carrying.files_in(files)
            done = from_paper.take_over(
                space,
                tender,
                found,
                whom=Whom(person, name),
                successor_words=first,
                recovery_words=second,
                why=why,
                to=to,
            )
            got = recovering.recover(space, tender, found, recovery_words=second, to=to, progress=progress)
        else:
            done = succeeding.succeed(space, tender, successor_words=first, recovery_words=second, why=why, to=to)
    held.say(f"{done.person} leads the tender in the place of {done.replaced}, whose keys are revoked.")
    held.say(
        f"It rests on the list of who takes part with number {done.number}. Ask the panel by telephone whether anybody holds a higher one: "
        "what changed since is not here."
    )
    held.say(f"For everybody: {done.roster.name}. Others accept you as officer from when it reaches them.")
    held.written(read_back=True)
    if got is not None:
        _say_recovered(held, tender, got)
    held.say(f"Everybody sends you their work once more. The sheets are used up: evalpanel recovery {tender} --to DIR")
    held.say("What the officer had decided about interests is decided again: nobody gets a bid before that.")
    held.say(f"Then: evalpanel issue {tender} --to DIR")
    held.answer(
        {
            "person": done.person,
            "replaced": done.replaced,
            "roster": str(done.roster),
            "number": done.number,
            "recovered": None if got is None else _recovered(got),
        }
    )


def _say_recovered(held: Console, tender: str, got: Recovered) -> None:
    for one in got.reports:
        held.say(f"{one.file}: {one.words}")
    for each in got.interim:
        held.say(f"{each.person} has not signed off: {counted(each.answers, 'answer')} in {each.file.name}")
    if got.interim:
        held.say(
            f"Give each of these to its author alone, who takes it in if theirs was lost: evalpanel scores import {tender} FILE --person CODE. "
            "Then delete it: it is not sealed."
        )
    if got.closed:
        held.say(
            f"Not signed off, and not sealed to these words: the sheet of {', '.join(got.closed)}. They have it on their laptop."
        )


def _recovered(got: Recovered) -> dict[str, object]:
    return {
        "files": [
            {"file": one.file, "verdict": one.verdict, "kind": one.kind, "author": one.author, "words": one.words}
            for one in got.reports
        ],
        "not_signed_off": [
            {"person": one.person, "answers": one.answers, "file": str(one.file)} for one in got.interim
        ],
        "closed": got.closed,
    }


def _words(file: Path | None, asked: str, *, json: bool) -> str:
    if file is not None:
        return read_words(file)
    if json or not sys.stdin.isatty():
        raise EvalPanelError(
            "The words of a sheet are missing.",
            "Nothing was changed. Give them with --successor-words and --recovery-words.",
        )
    return getpass.getpass(asked + ": ")
