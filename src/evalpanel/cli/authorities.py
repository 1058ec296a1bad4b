"""Commands about authorities: how their letters are headed and signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.console import Json, console
from evalpanel.services import authorities
from evalpanel.services.authorities import HeldAuthority

commands = typer.Typer(help="How an authority's letters are headed and signed.", no_args_is_help=True)


@commands.command("list")
def list_them(context: typer.Context, json: Json = False) -> None:
    """List the profiles that there are."""
    held = console(context, json=json)
    with held.opened() as space:
        found = authorities.every(space)
    for one in found:
        held.say(f"  {one.profile.code:<12} {one.profile.name}{' (own)' if one.own else ''}")
    held.answer({"authorities": [_answer(one) for one in found]})


@commands.command("show")
def show(context: typer.Context, code: Annotated[str, typer.Argument(metavar="CODE")], json: Json = False) -> None:
    """Show one profile."""
    held = console(context, json=json)
    with held.opened() as space:
        one = authorities.find(space, code)
    for name, text in _answer(one).items():
        if text not in ("", [], None):
            held.say(f"  {name.replace('_', ' ')}: {'; '.join(text) if isinstance(text, list) else text}")
    held.answer(_answer(one))


@commands.command("add")
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A TOML file; its logo lies beside it.")],
    json: Json = False,
) -> None:
    """Keep an authority's own profile, checked first. It counts for letters from now on."""
    held = console(context, json=json)
    with held.opened() as space:
        one = authorities.add(space, file)
    held.say(f"Letters of {one.profile.name} are headed as {file.name} says.")
    held.answer(_answer(one))


def _answer(one: HeldAuthority) -> dict[str, object]:
    told = one.profile.texts()
    alternative = told.pop("logo_alternative")
    return {**told, "logo": alternative if one.logo else "", "own": one.own}
