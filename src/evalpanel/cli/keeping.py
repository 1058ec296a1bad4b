"""Commands for looking after the program itself: backups, the demonstration, the self-test."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from evalpanel import demo as demonstration
from evalpanel.cli.award import say_lot
from evalpanel.cli.console import Json, console
from evalpanel.services import workspace

commands = typer.Typer()


@commands.command("restore")
def restore(
    context: typer.Context,
    backup: Annotated[Path | None, typer.Argument(help="A backup; the newest one if left out.")] = None,
    json: Json = False,
) -> None:
    """Put a backup back as the store. The store that was there is kept beside the backups."""
    held = console(context, json=json)
    kept = workspace.restore(held.profile, backup=backup)
    held.say(f"The backup is in place. The store that was there is kept as {kept}.")
    held.answer({"replaced": str(kept)})


@commands.command()
def demo(
    context: typer.Context,
    headless: Annotated[
        bool, typer.Option("--headless", help="Without a window, even where there is a display.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the letters go.")] = Path("evalpanel-demo"),
    json: Json = False,
) -> None:
    """Show the sample tender: in the window where there is a display, else the whole job, step by step."""
    held = console(context, json=json)
    if not headless and not json and demonstration.has_display():
        held.say("Opening the window on the sample tender. Without it: evalpanel demo --headless")
        # Qt is imported when a window is wanted, and not by the command line.
        from evalpanel.app import main as open_window

        raise typer.Exit(open_window(["--demo"]))
    story = demonstration.run(out, held.say)
    for lot in story.outcome.lots:
        say_lot(held, lot)
    held.say(f"The signed letters are in {story.letters_folder}.")
    held.answer(
        {
            "letters": [{"bid": one.bid, "lot": one.lot, "file": str(one.file)} for one in story.letters.letters],
            "folder": str(story.letters_folder),
        }
    )


@commands.command("self-test")
def self_test(context: typer.Context, json: Json = False) -> None:
    """Do the whole job in a throw-away profile, and say whether everything on this machine works."""
    held = console(context, json=json)
    with TemporaryDirectory(prefix="evalpanel-self-test-") as folder:
        story = demonstration.run(Path(folder), lambda _: None)
        demonstration.check(story)
        held.say(
            f"All well: {story.scores} scores, {story.lines} moderated lines, {len(story.letters.letters)} letters "
            "signed and verified, the record verified."
        )
        held.answer({"ok": True, "scores": story.scores, "letters": len(story.letters.letters)})
