"""The command for OCDS notices: from a published notice to a draft workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.console import Json, console
from evalpanel.services import notices

commands = typer.Typer()


@commands.command()
def draft(
    context: typer.Context,
    path: Annotated[
        Path, typer.Argument(metavar="NOTICE.json", exists=True, help="An OCDS release, record or package.")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="The workbook to write.")],
    ocid: Annotated[str | None, typer.Option("--ocid", help="Which process, where the file holds several.")] = None,
    json: Json = False,
) -> None:
    """Write a tender workbook with what an OCDS notice says; what OCDS cannot say is marked in it and asked for."""
    held = console(context, json=json)
    found = notices.draft(path, out, ocid=ocid)
    held.say(f"Wrote {out}: {found.terms.reference or found.ocid} {found.terms.title}".rstrip())
    held.notes(found.problems)
    for ask in found.asks:
        held.say(f"  {'needed' if ask.needed else 'worth asking'}: {ask}")
    held.say(f"Complete it, then: evalpanel load {out}")
    held.answer(
        {
            "file": str(out),
            "ocid": found.ocid,
            "reference": found.terms.reference,
            "problems": [{"where": one.where, "what": one.what} for one in found.problems],
            "asks": [{"where": ask.cell or ask.sheet, "what": ask.why, "needed": ask.needed} for ask in found.asks],
        }
    )
