"""Commands for what travels once people have scored: keys released, moderation read, assents, receipts, rulings."""

from __future__ import annotations

from typing import Annotated

import typer

from evalpanel.cli.carrying import Folder
from evalpanel.cli.console import Json, TenderName, console, counted
from evalpanel.domain.carried import Dissent
from evalpanel.domain.digests import plain
from evalpanel.domain.sheets import Line
from evalpanel.domain.tender import BidCode, CriterionCode, LotCode
from evalpanel.errors import EvalPanelError
from evalpanel.services import assents, moderation, receipts, releasing, ruling
from evalpanel.services.agreement import Agreement

commands = typer.Typer()
agreement = typer.Typer(help="Moderation that came from a chair, and who agrees with it.", no_args_is_help=True)


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
    held.written(read_back=True)
    held.answer({"releases": {whom: str(file) for whom, file in made.releases.items()}})


@commands.command()
def assent(
    context: typer.Context,
    tender: TenderName,
    to: Folder,
    dissent: Annotated[
        list[str] | None,
        typer.Option(
            "--dissent", metavar="LINE=TEXT", help="Where you do not agree: LOT/BID/CRITERION=why. Again for more."
        ),
    ] = None,
    affirm: Annotated[
        bool, typer.Option("--affirm", help="Say as well that your declaration of interests still holds.")
    ] = False,
    json: Json = False,
) -> None:
    """Agree with the chair's final moderation, but for the lines on which you dissent, and write it for chair and officer."""
    held = console(context, json=json)
    against = tuple(_dissent(one) for one in dissent or ())
    with held.opened() as space:
        made = assents.assent(space, tender, to=to, dissents=against, affirm=affirm)
    for one in made:
        held.say(f"{'You agree' if one.agrees else 'You dissent'}, with the moderation of {one.chair}: {one.file.name}")
    held.written(read_back=True)
    held.say("Carry each file to the chair and the officer.")
    held.answer({"assents": [{"chair": one.chair, "agrees": one.agrees, "file": str(one.file)} for one in made]})


def _dissent(text: str) -> Dissent:
    where, equals, words = text.partition("=")
    codes = where.split("/")
    if not equals or len(codes) != 3:
        raise EvalPanelError(
            f"“{text}” is no dissent.",
            "Nothing was written. Write --dissent LOT/BID/CRITERION=why, in quotation marks.",
        )
    lot, bid, criterion = codes
    return Dissent(Line(LotCode(lot), BidCode(bid), CriterionCode(criterion)), words.strip())


@agreement.command("show")
def show_agreement(context: typer.Context, tender: TenderName, json: Json = False) -> None:
    """Say where each chair's moderation stands: final or not, on which sheets, who agrees, who dissents, who is missing."""
    held = console(context, json=json)
    with held.opened() as space:
        found = assents.standing(space, tender)
        wrong = moderation.cannot_stand(space, tender)
    for one in found:
        held.say(f"{one.chair}: {_said(one)}")
    for gap in wrong:
        held.say(f"Cannot be agreed yet: {gap.line}: {gap.what}.")
    if not found:
        held.say("No moderation is here.")
    cannot = [{"line": plain(gap.line), "why": gap.what} for gap in wrong]
    held.answer({"moderations": [plain(one) for one in found], "cannot_be_agreed": cannot})


def _said(one: Agreement) -> str:
    parts = ["final" if one.is_final else "interim"]
    agree = [word.person for word in one.words if word.agrees]
    against = [f"{word.person} ({counted(len(word.dissents), 'line')})" for word in one.words if not word.agrees]
    parts += [f"agree: {', '.join(agree)}"] if agree else []
    parts += [f"dissent: {', '.join(against)}"] if against else []
    parts += [f"missing: {', '.join(one.missing)}"] if one.missing else []
    parts += [f"cannot be had: {', '.join(one.excused)}"] if one.excused else []
    parts += [f"rests on other sheets than those here: {', '.join(one.outdated)}"] if one.outdated else []
    parts += [f"have a newer sheet: {', '.join(one.newer)}"] if one.newer else []
    return "; ".join(parts)


@agreement.command("read")
def read_agreement(context: typer.Context, tender: TenderName, json: Json = False) -> None:
    """Read the moderation that came to this laptop, and what is wrong in it about you."""
    held = console(context, json=json)
    with held.opened() as space:
        found = assents.read(space, tender)
    for one in found:
        held.say(
            f"{'Final' if one.is_final else 'Interim'} moderation of {one.chair}, {counted(len(one.lines), 'line')}:"
        )
        for each in one.lines:
            level = plain(each.agreed.value) or "explained, not scored"
            given = ", ".join(f"{said.person} {said.words}" for said in each.given)
            held.say(f"  {each.agreed.line}: {level}. {each.agreed.reasons} (Given: {given or 'nothing'}.)")
        for wrong in one.wrong:
            held.say(f"  Wrong about you: {wrong.words}")
        if one.sheet_left_out:
            held.say("  It does not rest on your newest sheet.")
    held.answer({"moderations": [plain(one) for one in found]})


@agreement.command("excuse")
def excuse_agreement(
    context: typer.Context,
    tender: TenderName,
    person: Annotated[str, typer.Option("--person", help="Whose word is missing.")],
    why: Annotated[str, typer.Option("--why", help="Why it cannot be had.")],
    json: Json = False,
) -> None:
    """Record, as officer, that somebody's word on the moderation cannot be had."""
    held = console(context, json=json)
    with held.opened() as space:
        assents.excuse(space, tender, person=person, why=why)
    held.say(f"Recorded: the word of {person} cannot be had.")
    held.answer({"person": person, "why": why})


@commands.command("receipts")
def write_receipts(context: typer.Context, tender: TenderName, to: Folder, json: Json = False) -> None:
    """Write everybody a receipt for what of theirs arrived here, as officer or chair."""
    held = console(context, json=json)
    with held.opened() as space:
        made = receipts.receipts(space, tender, to=to)
    for whom, file in made.receipts.items():
        held.say(f"For {whom}: {file.name}")
    held.written(read_back=True)
    held.answer({"receipts": {whom: str(file) for whom, file in made.receipts.items()}})


@commands.command()
def rule(
    context: typer.Context,
    tender: TenderName,
    person: Annotated[str | None, typer.Option("--person", help="Whose sheets do not know of each other.")] = None,
    counts: Annotated[str, typer.Option("--counts", help="The first digits of the sheet that counts.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why that one.")] = "",
    json: Json = False,
) -> None:
    """Rule, as chair, which of two sheets of one person counts; without --person list those that do not know of each other."""
    held = console(context, json=json)
    with held.opened() as space:
        if person is not None:
            one = ruling.rule(space, tender, person=person, counts=counts, why=why)
            held.say(f"Sheet {one.sheet[:8]} of {person} counts. It travels with your next moderation.")
            held.answer({"person": person, "counts": one.sheet})
            return
        found = ruling.branches(space, tender)
    for whom, sheets in found.items():
        for each in sheets:
            state = "signed off" if each.is_final else "not signed off"
            held.say(f"{whom}: {each.sheet[:8]}, number {each.seq}, {state}, {each.made_at:%d %B %Y, %H:%M} UTC")
    if not found:
        held.say("No two sheets of one person are here that do not know of each other.")
    held.answer({"forked": {whom: [plain(each) for each in sheets] for whom, sheets in found.items()}})
