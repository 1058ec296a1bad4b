"""Commands for what travels once people have scored: keys released, moderation, assents, receipts."""

from __future__ import annotations

from typing import Annotated

import typer

from evalpanel.cli.carrying import Folder
from evalpanel.cli.console import Json, TenderName, console
from evalpanel.services import releasing

commands = typer.Typer()


@commands.command()
def release(
    context: typer.Context,
    tender: TenderName,
    to: Folder,
    person: Annotated[str | None, typer.Option("--person", help="Whose keys; everybody's if left out.")] = None,
    json: Json = False,
) -> None:
    """Write the keys that are due now: after a declaration, a signed-off sheet, or the lock. The pack stays as it is."""
    held = console(context, json=json)
    with held.opened() as space:
        made = releasing.release(space, tender, to=to, person=person)
    for whom, file in made.releases.items():
        held.say(f"For {whom}: {file.name}")
    held.answer({"releases": {whom: str(file) for whom, file in made.releases.items()}})
