"""Commands for the sentences of letters: written out to be changed, checked, and used."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.console import Json, console, counted
from evalpanel.services import wording_files

wording = typer.Typer(help="Change the sentences of letters without touching the program.", no_args_is_help=True)


@wording.command("export")
def export_wording(
    context: typer.Context, out: Annotated[Path, typer.Argument(metavar="DIR")], json: Json = False
) -> None:
    """Write the sentences of all letters as they are used now, one file for the letters under each law."""
    held = console(context, json=json)
    with held.opened() as space:
        files = wording_files.export(space, out)
    held.say(f"Wrote {counted(len(files), 'file')} to {out}. Change them, then: evalpanel letters wording check {out}")
    held.answer({"files": [str(one) for one in files]})


@wording.command("check")
def check_wording(
    context: typer.Context, folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True)], json: Json = False
) -> None:
    """Say what is wrong in files of sentences, each with its line. Keeps nothing."""
    held = console(context, json=json)
    found = wording_files.check(folder)
    faults = [fault for one in found for fault in one.faults]
    for fault in faults:
        held.say(f"  {fault}")
    held.say(
        f"{counted(len(found), 'file')} read: " + (counted(len(faults), "problem") if faults else "they can be used.")
    )
    held.answer(
        {
            "files": [one.name for one in found],
            "problems": [{"file": one.file, "line": one.line, "what": one.what} for one in faults],
        }
    )
    if faults:
        raise typer.Exit(1)


@wording.command("use")
def use_wording(
    context: typer.Context, folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True)], json: Json = False
) -> None:
    """Take in files of sentences: all of them or none. Letters that are not signed yet use them from now on."""
    held = console(context, json=json)
    with held.opened() as space:
        names = wording_files.use(space, folder)
    held.say(f"Letters now use the sentences of {', '.join(names)} from {folder}.")
    held.answer({"used": list(names)})
