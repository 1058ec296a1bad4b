"""Commands from moderation to the letters, and for checking what was made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli import answers
from evalpanel.cli.console import Console, Json, Person, TenderName, console, counted
from evalpanel.domain.results import LotResult
from evalpanel.errors import EvalPanelError
from evalpanel.services import (
    challenge_proofs,
    moderation,
    outcome,
    prices,
    scoresheets,
    timestamps,
    trail_copies,
    verify,
    workspace,
)
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
    with held.opened() as space, held.progress("Writing") as progress:
        lines = scoresheets.export_moderated(space, tender, out, person=person, progress=progress)
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
    with held.opened() as space, held.progress("Taking in") as progress:
        taken = scoresheets.import_moderated(space, tender, path=path, person=person, progress=progress)
    held.say(
        f"{counted(len(taken.added), 'line')} agreed, {len(taken.changed)} changed, {taken.unchanged} as they were."
    )
    held.notes(taken.notes)
    held.answer(answers.taken(taken))


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
    if not found.lots:
        held.say(
            "Nothing of the outcome is open on this laptop: it takes the keys of the prices, and every bid of a lot."
        )
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
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FILE|TENDER…",
            help="Letters, their signed list, parcels, a challenge pack, a copy of a trail; or a tender's reference or id.",
        ),
    ] = None,
    store: Annotated[bool, typer.Option("--store", help="Everything in this profile.")] = False,
    key: Annotated[
        str, typer.Option("--key", metavar="DIGITS", help="The fingerprint of the officer's key, told another way.")
    ] = "",
    identity: Annotated[
        Path | None,
        typer.Option("--identity", metavar="F", help="The file of the age key that a challenge pack was sealed to."),
    ] = None,
    json: Json = False,
) -> None:
    """Say what can be proved of files, of the whole record of a tender, or of everything here; by whose key, and what not."""
    held = console(context, json=json)
    if bool(what) == store:
        raise EvalPanelError("Either a file or tender is checked, or --store.", "Nothing was looked at.")
    if not what:
        with held.opened() as space, held.progress("Checking") as progress:
            found = verify.verify_store(space, progress=progress)
        _say(held, found)
        held.answer({"checked": [answers.verification(one) for one in found]})
    else:
        own = "" if identity is None else challenge_proofs.read_identity(identity)
        found = tuple(_verified(held, one, key, own) for one in what)
        _say(held, found)
        checked = [answers.verification(one) for one in found]
        held.answer(checked[0] if len(found) == 1 else {"checked": checked})
    bad = [one for one in found if one.verdict != "verified"]
    if bad:
        for one in bad if not json else ():
            why = " ".join(verify.sentence(said) for said in one.not_proved)
            typer.echo(f"{one.subject} is not verified: {one.verdict}. {why}", err=True)
        raise typer.Exit(1)


def _say(held: Console, found: tuple[Verification, ...]) -> None:
    for one in found:
        held.say(f"{one.subject}: {one.verdict}")
        for line in one.proved:
            held.say(f"  proved: {verify.sentence(line)}")
        if one.proved and one.by and one.kind not in ("tender", "profile", "trail"):
            held.say(f"  by the key: {one.by}")
        for line in one.not_proved:
            held.say(f"  not proved: {verify.sentence(line)}")


@commands.command("trail")
def export_trail(
    context: typer.Context,
    tender: TenderName,
    out: Annotated[Path, typer.Argument(metavar="FILE")],
    without_details: Annotated[
        bool, typer.Option("--without-details", help="Who did what and when, and not what it was about.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a copy of a tender's audit trail that anybody can check with evalpanel verify, or without it."""
    held = console(context, json=json)
    with held.opened() as space:
        made = trail_copies.export(space, tender, out, details=not without_details)
    held.say(f"Wrote {out}: {counted(made.acts, 'act')}, up to {made.head}.")
    held.answer({"file": str(out), "acts": made.acts, "head": made.head})


def _verified(held: Console, what: str, key: str, identity: str) -> Verification:
    path = Path(what)
    if path.is_file():
        if not workspace.exists(held.profile):
            return verify.verify_file(None, path, key=key, identity=identity)
        with held.opened() as space:
            return verify.verify_file(space, path, key=key, identity=identity)
    if path.is_dir():
        raise EvalPanelError(f"{what} is a folder.", "Give the file of a letter, or a tender's reference.")
    if path.suffix.lower() in (".pdf", ".evalpanel"):
        raise EvalPanelError(f"There is no file {what}.", "Give the file of a letter, or a tender's reference.")
    with held.opened() as space:
        return verify.verify_tender(space, what)
