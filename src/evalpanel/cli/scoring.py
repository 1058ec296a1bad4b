"""Commands for the panel: read documents, score in a spreadsheet, sign off."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli import answers
from evalpanel.cli.console import Json, Someone, TenderName, console, counted
from evalpanel.errors import EvalPanelError
from evalpanel.services import documents, scoresheets, tenders
from evalpanel.services import sign_off as signing
from evalpanel.system.files import write_atomic

commands = typer.Typer()
Reason = Annotated[str, typer.Option(help="Why; it stands in the record.")]
scores = typer.Typer(help="Score in a spreadsheet.", no_args_is_help=True)


@commands.command("read")
def read_document(
    context: typer.Context,
    tender: TenderName,
    path: Annotated[str, typer.Argument(help="The document's path, as the command documents lists it.")],
    person: Someone,
    out: Annotated[Path, typer.Option(help="Where to write it; it lies there unsealed.")],
    json: Json = False,
) -> None:
    """Write one document out for a person who may read it. The reading goes on the record."""
    held = console(context, json=json)
    if out.exists():
        raise EvalPanelError(f"{out} exists already.", "Nothing was written. Choose another name.")
    with held.opened() as space:
        content = documents.read(space, tender, path, person=person)
    write_atomic(out, content)
    held.say(f"Wrote {out} ({len(content)} bytes). Delete it when you have read it: it is not sealed there.")
    held.answer({"file": str(out), "bytes": len(content)})


@scores.command("export")
def export_scores(
    context: typer.Context,
    tender: TenderName,
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx")],
    person: Someone,
    json: Json = False,
) -> None:
    """Write a panel member's score sheet, with what is answered so far."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Writing") as progress:
        person = tenders.person_code(space, tender, person)
        lines = scoresheets.export_scores(space, tender, person=person, out=out, progress=progress)
    held.say(f"Wrote {out}: {counted(lines, 'line')} for {person}.")
    held.answer({"file": str(out), "lines": lines})


@scores.command("import")
def import_scores(
    context: typer.Context,
    tender: TenderName,
    path: Annotated[Path, typer.Argument(metavar="IN.xlsx|csv", exists=True)],
    person: Someone,
    json: Json = False,
) -> None:
    """Take in a filled score sheet: all of it or nothing. An empty cell never blanks a value."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Taking in") as progress:
        taken = scoresheets.import_scores(space, tender, person=person, path=path, progress=progress)
    held.say(f"{taken.person}: {len(taken.added)} new, {len(taken.changed)} changed, {taken.unchanged} as they were.")
    for line in taken.changed[:20]:
        held.say(f"  changed: {line}")
    held.notes(taken.notes)
    held.answer({"person": taken.person, **answers.taken(taken)})


@commands.command("sign-off")
def sign_off(
    context: typer.Context,
    tender: TenderName,
    person: Someone,
    entered_by: Annotated[
        str, typer.Option(help="Who typed the sheet in for the person: a code or words. Leave out where they did it.")
    ] = "",
    json: Json = False,
) -> None:
    """Sign a score sheet off. Refused while a line lacks an answer or a rationale."""
    held = console(context, json=json)
    with held.opened() as space:
        desk = signing.sign_off(space, tender, person=person, entered_by=entered_by)
    held.say(f"{desk.member.person} signed off {counted(len(desk.owed), 'line')}.")
    held.answer({"person": desk.member.person, "lines": len(desk.owed), "signed_off": True})


@commands.command()
def reopen(
    context: typer.Context,
    tender: TenderName,
    person: Someone,
    reason: Reason,
    json: Json = False,
) -> None:
    """Open a signed-off sheet again, with a reason. Both versions are kept."""
    held = console(context, json=json)
    with held.opened() as space:
        person = tenders.person_code(space, tender, person)
        signing.reopen(space, tender, person=person, reason=reason)
    held.say(f"The sheet of {person} is open again.")
    held.answer({"person": person, "signed_off": False})


@commands.command()
def absent(
    context: typer.Context,
    tender: TenderName,
    person: Someone,
    reason: Reason,
    take_back: Annotated[
        bool, typer.Option("--take-back", help="Take it back: the person's sheet came after all, and counts again.")
    ] = False,
    json: Json = False,
) -> None:
    """Record that a panel member will not sign off, so that moderation need not wait."""
    held = console(context, json=json)
    with held.opened() as space:
        person = tenders.person_code(space, tender, person)
        if take_back:
            signing.take_back_absence(space, tender, person=person, reason=reason)
            held.say(f"{person} is absent no more, and their sheet counts. Look at what was agreed without it.")
            held.answer({"person": person, "absent": False, "sheet_set_aside": False})
            return
        set_aside = signing.record_absence(space, tender, person=person, reason=reason)
    held.say(f"The absence of {person} is on record; moderation no longer waits for them.")
    if set_aside:
        held.say(f"{person} had signed a sheet off: it is here, and is now set aside, kept, and shown to nobody.")
    held.answer({"person": person, "absent": True, "sheet_set_aside": set_aside})
