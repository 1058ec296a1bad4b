"""Commands for letters: looked at, approved, drafted for a lawyer, and signed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from evalpanel.cli import answers
from evalpanel.cli.bundles import bundled
from evalpanel.cli.console import Console, Json, Person, Someone, TenderName, console, counted, read_passphrase
from evalpanel.cli.letter_choice import Chosen, ForOccasion
from evalpanel.cli.letter_days import say_letter_days
from evalpanel.cli.letter_sentences import wording
from evalpanel.services import approving, drafting, letter_looks, occasion_letters
from evalpanel.services import letters as journey
from evalpanel.services.letter_copies import Copies
from evalpanel.services.letter_keys import KeySource, Pkcs12Source, TokenSource
from evalpanel.services.letter_looks import LetterLook
from evalpanel.services.letters import LetterDone


class _LettersGroup(TyperGroup):
    """`letters TENDER --out DIR` signs; a word that is a command of its own is that command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What stands after `letters`."""
        if args and args[0] not in self.commands and args[0] not in ("-h", "--help"):
            args = ["sign", *args]
        return super().parse_args(ctx, args)


letters = typer.Typer(
    cls=_LettersGroup,
    help="Sign a letter for each bid (letters TENDER --out DIR), or look at, approve and draft letters before that.",
    no_args_is_help=True,
)

letters.add_typer(wording, name="wording")
letters.command("standstill")(say_letter_days)


@letters.command("sign")
@bundled
def write_letters(
    context: typer.Context,
    tender: TenderName,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the letters.")],
    chosen: Chosen,
    reissue: Annotated[
        str, typer.Option("--again", metavar="WHY", help="Sign the letter of --bid anew, as its next version, and why.")
    ] = "",
    person: Person = None,
    pkcs12: Annotated[
        Path | None, typer.Option("--pkcs12", metavar="FILE", help="Sign with the authority's key in this file.")
    ] = None,
    pkcs11: Annotated[
        Path | None,
        typer.Option("--pkcs11", metavar="MODULE", help="Sign with a key in a token, by its maker's module."),
    ] = None,
    token: Annotated[str, typer.Option("--token", metavar="NAME", help="With --pkcs11: the token's name.")] = "",
    key: Annotated[str, typer.Option("--key", metavar="NAME", help="With --pkcs11: the key's name.")] = "",
    secret_file: Annotated[
        Path | None,
        typer.Option(
            "--key-passphrase-file", metavar="F", help="What opens the key: a passphrase, or the token's PIN."
        ),
    ] = None,
    large_print: Annotated[bool, typer.Option("--large-print", help="With a copy of each in large print.")] = False,
    plain_text: Annotated[bool, typer.Option("--plain-text", help="With a copy of each as plain text.")] = False,
    json: Json = False,
) -> None:
    """Write one signed letter for each bid, read back and verified, and a signed list of them all.

    With --kind: one letter to the bidder of --bid for an occasion (prequalification, a low price, the end of standstill).
    """
    held = console(context, json=json)
    copies = Copies(large_print, plain_text)
    source = _key_source(pkcs12, pkcs11, token, key, secret_file)
    looks: tuple[LetterLook, ...] = ()
    with held.opened() as space, held.progress("Signing letters") as progress:
        if chosen.occasion is not None:
            assert chosen.bid is not None, "an occasion is of one bid: the choice was refused without it"
            if chosen.combined:
                raise typer.BadParameter("--kind is about one bid: leave --combined out")
            if held.json:
                looks = letter_looks.look(
                    space, tender, bid=chosen.bid, lot=chosen.lot, person=person, occasion=chosen.occasion
                )
            made = occasion_letters.sign_occasion(
                space, tender, chosen.occasion, out, bid=chosen.bid, lot=chosen.lot, reissue=reissue, person=person, key=source,
                copies=copies, progress=progress,
            )  # fmt: skip
            if isinstance(made, LetterDone):
                report = journey.LettersReport((made,), (), "")
            else:
                report = journey.LettersReport((), (made,), "")
        else:
            report = journey.letters(
                space, tender, out, bid=chosen.bid, lot=chosen.lot, combined=chosen.combined, reissue=reissue, person=person, key=source,
                copies=copies, progress=progress,
            )  # fmt: skip
            if held.json:
                looks = letter_looks.look(
                    space, tender, bid=chosen.bid, lot=chosen.lot, person=person, combined=chosen.combined
                )
    for one in report.letters:
        held.say(f"  {one.file}  {one.pages} pages, {one.kind}, {'verified' if one.verified else 'NOT verified'}")
    held.say(
        f"{counted(len(report.letters), 'letter')} in {out}, signed with the key {report.fingerprint or 'of before'}."
    )
    if report.manifest is not None:
        held.say(f"The signed list of all letters is {report.manifest}.")
    held.written()
    held.answer(answers.letters(report, looks))
    if report.blocked:
        listed = "; ".join(f"bid {one.bid}, lot {one.lot}: {' '.join(one.why)}" for one in report.blocked)
        typer.echo(f"{counted(len(report.blocked), 'letter is', 'letters are')} blocked: {listed}", err=True)
        raise typer.Exit(1)


def _key_source(
    pkcs12: Path | None, pkcs11: Path | None, token: str, key: str, secret_file: Path | None
) -> KeySource | None:
    """The authority's key as it was named on the command line; None: none was."""
    if pkcs12 is None and pkcs11 is None:
        if token or key or secret_file is not None:
            raise typer.BadParameter("say which key it is about, with --pkcs12 or --pkcs11")
        return None
    if pkcs12 is not None and pkcs11 is not None:
        raise typer.BadParameter("give --pkcs12 or --pkcs11, not both")
    if secret_file is None:
        raise typer.BadParameter("give --key-passphrase-file, with what opens the key")
    secret = read_passphrase(secret_file)
    if pkcs12 is not None:
        return Pkcs12Source(pkcs12, secret)
    assert pkcs11 is not None  # one of the two is there
    if not (token and key):
        raise typer.BadParameter("give --token and --key with --pkcs11")
    return TokenSource(pkcs11, token, secret, key)


@letters.command("look")
@bundled
def look_at_letters(
    context: typer.Context,
    tender: TenderName,
    chosen: Chosen,
    person: Person = None,
    json: Json = False,
) -> None:
    """Say of each letter, before it is signed: what blocks it, how it reads, what to look at again, what it may not tell."""
    held = console(context, json=json)
    with held.opened() as space:
        found = letter_looks.look(
            space,
            tender,
            person=person,
            **chosen.wanted(),
        )
    for one in found:
        _say(held, one)
    stopped = sum(bool(one.why or one.stops) for one in found)
    held.say(f"{counted(len(found), 'letter')} looked at, {stopped} cannot be signed as they are.")
    held.answer({"letters": [_answer(one) for one in found]})
    if stopped:
        raise typer.Exit(1)


@letters.command("approve")
@bundled
def approve_letters(
    context: typer.Context,
    tender: TenderName,
    person: Someone,
    chosen: Chosen,
    json: Json = False,
) -> None:
    """Approve letters with the content that they have now. A letter whose content changes has to be approved again."""
    held = console(context, json=json)
    with held.opened() as space:
        done = approving.approve(
            space,
            tender,
            person=person,
            **chosen.wanted(),
        )
    for code, of_lot in done.letters:
        held.say(f"  approved: bid {code}, lot {of_lot}")
    for code, of_lot, why in done.blocked:
        held.say(f"  not approved: bid {code}, lot {of_lot}: {' '.join(why)}")
    held.say(f"{counted(len(done.letters), 'letter')} approved by {person}.")
    held.answer(
        {
            "approved": [{"bid": code, "lot": of_lot} for code, of_lot in done.letters],
            "blocked": [{"bid": code, "lot": of_lot, "why": " ".join(why)} for code, of_lot, why in done.blocked],
        }
    )
    if done.blocked:
        raise typer.Exit(1)


@letters.command("approval")
def need_approval(
    context: typer.Context,
    tender: TenderName,
    needed: Annotated[
        bool, typer.Option("--needed/--not-needed", help="Whether letters are approved before they are signed.")
    ],
    person: Person = None,
    json: Json = False,
) -> None:
    """Say whether each letter of a tender has to be approved by a named person before it is signed."""
    held = console(context, json=json)
    with held.opened() as space:
        approving.need_approval(space, tender, needed=needed, person=person)
    held.say("Letters are approved before they are signed." if needed else "Letters need no approval.")
    held.answer({"needs_approval": needed})


@letters.command("allow")
@bundled
def allow(
    context: typer.Context,
    tender: TenderName,
    bid: Annotated[str, typer.Argument(metavar="BID")],
    lot: Annotated[str, typer.Argument(metavar="LOT")],
    key: Annotated[str, typer.Argument(metavar="KEY", help="The key of what was found, from `letters look`.")],
    why: Annotated[str, typer.Option("--why", help="Why this may lawfully stand in the letter.")],
    about: ForOccasion,
    person: Person = None,
    json: Json = False,
) -> None:
    """Record why something that the leakage guard found may stand in a letter all the same."""
    held = console(context, json=json)
    with held.opened() as space:
        said = approving.let_through(
            space, tender, bid=bid, lot=lot, key=key, why=why, person=person, occasion=about.occasion
        )
    held.say(f"Recorded for bid {bid}, lot {lot}. {said}")
    held.answer({"bid": bid, "lot": lot, "key": key, "found": said})


@letters.command("draft")
@bundled
def draft(
    context: typer.Context,
    tender: TenderName,
    bid: Annotated[str, typer.Argument(metavar="BID")],
    docx: Annotated[Path, typer.Option("--docx", metavar="FILE", help="The Word document to write.")],
    about: ForOccasion,
    lot: Annotated[str | None, typer.Option("--lot", help="The lot, where the bid is for several.")] = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Write the draft of a letter as a Word document, for a lawyer's comments. It is marked as a draft and not signed."""
    held = console(context, json=json)
    with held.opened() as space:
        if about.occasion is None:
            of_lot = drafting.draft(space, tender, bid=bid, lot=lot, out=docx, person=person)
        else:
            of_lot = drafting.draft_occasion(space, tender, about.occasion, bid=bid, lot=lot, out=docx, person=person)
    held.say(f"Wrote {docx}: a draft of the letter for bid {bid}, lot {of_lot}. It is not signed.")
    held.answer({"file": str(docx), "bid": bid, "lot": of_lot})


def _say(held: Console, one: LetterLook) -> None:
    grade = "" if one.grade is None else f", grade {one.grade} (about age {one.age})"
    held.say(f"Bid {one.bid}, lot {one.lot}: {one.kind.value}{grade}")
    for why in one.why:
        held.say(f"  blocked: {why}")
    for leak in one.leaks:
        held.say(f"  {'may not be told' if leak.stops else 'look at'}: {leak.sentence} (key {leak.key})")
    for part in one.explanations:
        for warning in part.warnings:
            held.say(f"  {part.title}: {warning.words}")
    for held_back in one.withheld:
        held.say(f"  withheld of bid {held_back.bid}, criterion {held_back.criterion}: {held_back.why}")
    if one.needs_approval:
        held.say(f"  approved by {one.approval.person}" if one.approval is not None else "  not approved yet")


def _answer(one: LetterLook) -> dict[str, Any]:
    return {
        "bid": one.bid,
        "lot": one.lot,
        "kind": one.kind,
        "blocked": list(one.why),
        "grade": one.grade,
        "age": one.age,
        "explanations": [
            {
                "title": part.title,
                "grade": part.grade,
                "warnings": [{"kind": it.kind, "words": it.words} for it in part.warnings],
            }
            for part in one.explanations
        ],
        "leaks": [
            {
                "kind": it.kind,
                "where": it.where,
                "found": it.found,
                "whose": it.whose,
                "stops": it.stops,
                "note": it.note,
                "key": it.key,
            }
            for it in one.leaks
        ],
        "withheld": [{"bid": it.bid, "criterion": it.criterion, "why": it.why} for it in one.withheld],
        "needs_approval": one.needs_approval,
        "approved_by": one.approval.person if one.approval is not None else None,
    }
