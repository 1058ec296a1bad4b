"""Commands that write reports from the record."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli.console import Json, Person, TenderName, console
from evalpanel.errors import EvalPanelError
from evalpanel.services import reporting

commands = typer.Typer()


@commands.command()
def report(
    context: typer.Context,
    tender: TenderName,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.pdf", help="The evaluation report, or the sheet.")
    ] = None,
    matrix: Annotated[
        Path | None, typer.Option("--matrix", metavar="FILE.xlsx", help="The whole score matrix.")
    ] = None,
    back: Annotated[
        str | None,
        typer.Option("--report-back", metavar="PERSON", help="The sheet that this person may share, to --out."),
    ] = None,
    in_full: Annotated[
        bool, typer.Option("--in-full", help="All reasons on pages, however many, not in a workbook inside the report.")
    ] = False,
    person: Person = None,
    json: Json = False,
) -> None:
    """Write the signed evaluation report, the whole score matrix, or the report-back sheet of a person of the panel."""
    held = console(context, json=json)
    if out is None and matrix is None:
        raise EvalPanelError("A file is needed.", "Nothing was written. Give --out FILE.pdf or --matrix FILE.xlsx.")
    if back is not None and (out is None or matrix is not None):
        raise EvalPanelError("--report-back goes with --out alone.", "Nothing was written.")
    written = []
    with held.opened() as space, held.progress("Writing reports") as progress:
        if back is not None and out is not None:
            written.append(reporting.back(space, tender, out, about=back, person=person))
        elif out is not None:
            written.append(reporting.report(space, tender, out, in_full=in_full, person=person, progress=progress))
        if matrix is not None:
            written.append(reporting.matrix(space, tender, matrix, person=person, progress=progress))
    for one in written:
        pages = f", {one.pages} pages" if one.pages else ""
        signed = f", signed with the key {one.fingerprint}" if one.fingerprint else ""
        held.say(f"Wrote {one.file}{pages}{signed}.")
    held.written()
    held.answer(
        {
            "reports": [
                {
                    "kind": one.kind,
                    "file": str(one.file),
                    "sha256": one.sha256,
                    "pages": one.pages,
                    "fingerprint": one.fingerprint,
                }
                for one in written
            ]
        }
    )
