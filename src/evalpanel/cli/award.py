"""Commands from moderation to the letters, and for checking what was made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli import answers
from evalpanel.cli.console import Console, Json, Person, TenderName, console, counted
from evalpanel.domain.results import LotResult
from evalpanel.errors import EvalPanelError
from evalpanel.services import moderation, outcome, prices, scoresheets, timestamps, verify, workspace
from evalpanel.services.verify import Verification

commands = typer.Typer()
moderated = typer.Typer(help="Moderate in a spreadsheet.", no_args_is_help=True)
price_commands = typer.Typer(help="Bring price schedules in after the quality lock.", no_args_is_help=True)


@moderated.command("export")
def export_moderated(
    context: typer.Context,
    tender: TenderName,
    out: Annotated[Path, typer.Argument(metavar="FILE")],
    person: Person = None,
    json: Json = False,
) -> None:
    """Write the lines to be agreed, with everybody's scores side by side on a second sheet."""
    held = console(context, json=json)
    with held.opened() as space:
        lines = scoresheets.export_moderated(space, tender, out, person=person)
    held.say(f"Wrote {out}: {counted(lines, 'line')}.")
    held.answer({"file": str(out), "lines": lines})


@moderated.command("import")
def import_moderated(
    context: typer.Context,
    tender: TenderName,
    path: Annotated[Path, typer.Argument(metavar="FILE", exists=True)],
    person: Person = None,
    json: Json = False,
) -> None:
    """Take in what the panel agreed: all of it or nothing."""
    held = console(context, json=json)
    with held.opened() as space:
        taken = scoresheets.import_moderated(space, tender, path=path, person=person)
    held.say(
        f"{counted(len(taken.added), 'line')} agreed, {len(taken.changed)} changed, {taken.unchanged} as they were."
    )
    held.notes(taken.notes)
    held.answer(
        {
            "added": len(taken.added),
            "changed": [{"lot": line.lot, "bid": line.bid, "criterion": line.criterion} for line in taken.changed],
            "unchanged": taken.unchanged,
            "problems": [{"where": note.where, "what": note.what} for note in taken.notes],
        }
    )


@commands.command("close-moderation")
def close_moderation(context: typer.Context, tender: TenderName, person: Person = None, json: Json = False) -> None:
    """Lock the moderated scores. Refused while a line lacks a level, a reason or a quorum."""
    held = console(context, json=json)
    with held.opened() as space:
        closed = moderation.close(space, tender, person=person)
    held.say(f"Moderation is closed: {counted(closed.lines, 'line is', 'lines are')} locked.")
    if closed.not_assessed:
        held.say(f"  Not assessed, because the bid failed a gate: {counted(len(closed.not_assessed), 'line')}.")
    for note in closed.notes:
        held.say(f"  note: {note}")
    held.say(f"Next: evalpanel open-prices {tender}, then evalpanel outcome {tender}")
    held.answer(
        {
            "lines": closed.lines,
            "not_assessed": [str(line) for line in closed.not_assessed],
            "notes": list(closed.notes),
            "moderated_digest": closed.digest,
        }
    )


@price_commands.command("import")
def import_prices(
    context: typer.Context,
    tender: TenderName,
    path: Annotated[Path, typer.Argument(metavar="FILE", exists=True)],
    person: Person = None,
    json: Json = False,
) -> None:
    """Seal price schedules that came after the pack. Refused until moderation is closed."""
    held = console(context, json=json)
    with held.opened() as space:
        count = scoresheets.import_prices(space, tender, path=path, person=person)
    held.say(f"Sealed {counted(count, 'price schedule')}. Next: evalpanel open-prices {tender}")
    held.answer({"schedules": count})


@commands.command("open-prices")
def open_prices(context: typer.Context, tender: TenderName, person: Person = None, json: Json = False) -> None:
    """Open the prices of the bids that are still in, on the record."""
    held = console(context, json=json)
    with held.opened() as space:
        opened = prices.open_prices(space, tender, person=person)
    for lot, bid, amount in opened.opened:
        held.say(f"  lot {lot}, bid {bid}: {amount:,f}")
    for lot, bid, why in opened.unopened:
        held.say(f"  lot {lot}, bid {bid}: stays sealed, {why}")
    held.answer(
        {
            "opened": [{"lot": lot, "bid": bid, "amount": amount} for lot, bid, amount in opened.opened],
            "unopened": [{"lot": lot, "bid": bid, "why": why} for lot, bid, why in opened.unopened],
        }
    )


@commands.command("outcome")
def show_outcome(context: typer.Context, tender: TenderName, person: Person = None, json: Json = False) -> None:
    """Work the outcome out: gates, quality, price, totals and ranks, lot by lot."""
    held = console(context, json=json)
    with held.opened() as space:
        found = outcome.outcome(space, tender, person=person)
    for lot in found.lots:
        say_lot(held, lot)
    held.answer(answers.outcome(found))


def say_lot(held: Console, lot: LotResult) -> None:
    """One lot's outcome as a table."""
    held.say(f"Lot {lot.lot}: {lot.title}")
    held.say(
        f"  quality {lot.quality_weighting.normalize():f} %, price {lot.price_weighting.normalize():f} %, "
        f"formula {lot.formula.value if lot.formula else 'none'}, rounding {lot.rounding.value}"
    )
    held.say(f"  {'rank':>4}  {'total':>8}  {'quality':>8}  {'price':>8}  bid")
    for bid in lot.bids:
        figures = (
            answers.shown(bid.total, lot.places),
            answers.shown(bid.quality, lot.places),
            answers.shown(bid.price, lot.places),
        )
        rank = str(bid.rank) if bid.rank is not None else "–"
        cells = "  ".join(f"{figure or '–':>8}" for figure in figures)
        about = "" if bid.status.value == "ranked" else f" ({bid.status.value}{': ' + bid.why if bid.why else ''})"
        held.say(f"  {rank:>4}  {cells}  {bid.bid} {bid.name}{about}")
    if lot.tie:
        held.say(f"  {lot.tie}")


@commands.command("timestamp")
def stamp_letters(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="LETTER…", help="Signed letters, as files.")],
    url: Annotated[str, typer.Option("--url", metavar="URL", help="A timestamp service (RFC 3161).")],
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="The folder for the letters with their timestamps.")
    ],
    json: Json = False,
) -> None:
    """Put a trusted timestamp into signed letters. The one command that uses a network: run it where there is one."""
    held = console(context, json=json)
    with held.progress("Asking for timestamps") as progress:
        made = timestamps.stamp(files, url, out, progress=progress)
    for one in made:
        held.say(f"  {one}")
    held.say(f"{counted(len(made), 'letter')} with a timestamp in {out}. The letters that you gave are as they were.")
    held.answer({"letters": [str(one) for one in made]})


@commands.command("verify")
def verify_it(
    context: typer.Context,
    what: Annotated[str, typer.Argument(metavar="FILE|TENDER", help="A letter's file, or a tender's reference or id.")],
    json: Json = False,
) -> None:
    """Say what can be proved of a letter, or of the whole record of a tender."""
    held = console(context, json=json)
    found = _verified(held, what)
    held.say(f"{found.subject}: {found.verdict}")
    for line in found.proved:
        held.say(f"  proved: {line}")
    for line in found.not_proved:
        held.say(f"  not proved: {line}")
    held.answer(answers.verification(found))
    if found.verdict != "verified":
        if not json:
            typer.echo(f"{found.subject} is not verified: {found.verdict}. {'; '.join(found.not_proved)}", err=True)
        raise typer.Exit(1)


def _verified(held: Console, what: str) -> Verification:
    path = Path(what)
    if path.is_file():
        if not workspace.exists(held.profile):
            return verify.verify_file(None, path)
        with held.opened() as space:
            return verify.verify_file(space, path)
    if path.is_dir():
        raise EvalPanelError(f"{what} is a folder.", "Give the file of a letter, or a tender's reference.")
    if path.suffix.lower() == ".pdf":
        raise EvalPanelError(f"There is no file {what}.", "Give the file of a letter, or a tender's reference.")
    with held.opened() as space:
        return verify.verify_tender(space, what)
