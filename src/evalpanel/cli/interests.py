"""Commands about interests: declare them, decide about them, affirm a declaration, and the conflicts assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli import answers
from evalpanel.cli.console import Console, Json, Person, Someone, TenderName, console, counted
from evalpanel.domain.conflicts import KIND_WORDS, OUTCOME_WORDS
from evalpanel.domain.interests import Answer, DecisionOutcome, InterestKind, Recusal, Scope
from evalpanel.domain.matching import number_words
from evalpanel.errors import EvalPanelError
from evalpanel.services import conflicts as journey
from evalpanel.services import declarations, tenders

commands = typer.Typer()
declarations_commands = typer.Typer(
    help="Decide about declared interests, and affirm declarations.", no_args_is_help=True
)


@commands.command()
def declare(
    context: typer.Context,
    tender: TenderName,
    person: Someone,
    none: Annotated[bool, typer.Option("--none", help="No interest in anybody who takes part.")] = False,
    interest: Annotated[
        list[str] | None,
        typer.Option(
            "--interest",
            metavar="ORGANISATION",
            help="A bidder, consortium member or sub-contractor: its code, name or number. Can be given several times.",
        ),
    ] = None,
    about: Annotated[
        list[str] | None, typer.Option("--about", metavar="TEXT", help="What the interest is, one for each --interest.")
    ] = None,
    kind: Annotated[
        list[InterestKind] | None, typer.Option("--kind", help="Of which kind it is, one for each --interest.")
    ] = None,
    json: Json = False,
) -> None:
    """Declare no interest, or the interests that one has. Comes before any bid can be read."""
    named, words, kinds = interest or [], about or [], kind or []
    if none == bool(named) or len(words) > len(named) or len(kinds) > len(named):
        raise typer.BadParameter("give either --none, or --interest ORGANISATION --about TEXT [--kind KIND]")
    given = tuple(
        Answer(
            one,
            words[place] if place < len(words) else "",
            kinds[place] if place < len(kinds) else InterestKind.OTHER,
        )
        for place, one in enumerate(named)
    )
    held = console(context, json=json)
    with held.opened() as space:
        person = tenders.person_code(space, tender, person)
        recused = declarations.declare(space, tender, person=person, answers=given)
    held.say(f"Recorded the declaration of {person}.")
    _say_recused(held, person, recused)
    held.answer({"person": person, "recused": [answers.recusal(one) for one in recused]})


@declarations_commands.command("look-up")
def look_up(
    context: typer.Context,
    tender: TenderName,
    text: Annotated[str, typer.Argument(help="A name, a number, or a sentence about an interest.")],
    json: Json = False,
) -> None:
    """Show which organisations of the tender a text may mean. Nothing is recorded."""
    held = console(context, json=json)
    with held.opened() as space:
        found = declarations.alike(space, tender, text)
    for hint in found:
        one = hint.organisation
        number = f" ({said})" if (said := number_words(one)) else ""
        held.say(f"“{hint.wrote}”: {one.name}{number} takes part in the bid of {one.bidder}. Is that the same?")
    if not found:
        held.say("Nobody who takes part looks like that. If you know of somebody all the same, declare it.")
    held.answer(
        {
            "hints": [
                {
                    "organisation": hint.organisation.key,
                    "name": hint.organisation.name,
                    "bidder": hint.organisation.bidder,
                    "likeness": hint.likeness.name.lower(),
                    "wrote": hint.wrote,
                }
                for hint in found
            ]
        }
    )


@declarations_commands.command("list")
def list_interests(context: typer.Context, tender: TenderName, person: Person = None, json: Json = False) -> None:
    """List everybody's interests, and what was decided about each. Private words are told to those who may read them."""
    held = console(context, json=json)
    with held.opened() as space:
        found = declarations.register(space, tender, person=person)
    for one in found:
        kinds = ", ".join(dict.fromkeys(KIND_WORDS[line.kind] for line in one.declared if line.kind is not None))
        decided = "not decided yet" if one.decision is None else OUTCOME_WORDS[one.decision.outcome].lower()
        held.say(f"{one.person}  {one.bidder}  {kinds or one.why}: {decided}")
        for line in one.declared:
            if line.about:
                held.say(f"    {line.about}")
        if one.decision is not None:
            held.say(f"    {one.decision.decided_by}: {one.decision.why}")
            if one.decision.measure:
                held.say(f"    measure: {one.decision.measure}")
    if not found:
        held.say("Nobody has an interest in anybody who takes part.")
    held.answer({"interests": [answers.interest(one) for one in found]})


@declarations_commands.command()
def decide(
    context: typer.Context,
    tender: TenderName,
    whose: Annotated[str, typer.Argument(metavar="PERSON", help="Whose interest it is.")],
    bidder: Annotated[str, typer.Argument(help="In which bidder.")],
    outcome: Annotated[DecisionOutcome, typer.Argument()],
    why: Annotated[str, typer.Option(help="Why; it stands in the record and in the conflicts assessment.")],
    measure: Annotated[str, typer.Option(help="What is done about an interest that is managed.")] = "",
    scope: Annotated[
        Scope | None, typer.Option(help="What the person is kept out of; the lot where they are recused.")
    ] = None,
    criterion: Annotated[
        list[str] | None, typer.Option("--criterion", help="A criterion that they are kept out of.")
    ] = None,
    decided_by: Annotated[str, typer.Option(help="Who decided it; the officer, if left out.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """Record what was decided about an interest: clear, managed by a measure, or recused."""
    held = console(context, json=json)
    with held.opened() as space:
        whose = tenders.person_code(space, tender, whose)
        made = declarations.decide(
            space,
            tender,
            person=whose,
            bidder=bidder,
            outcome=outcome,
            why=why,
            scope=scope,
            measure=measure,
            criteria=criterion or (),
            decided_by=decided_by,
            by=person,
        )
        kept_out = declarations.kept_out(space, tender, person=whose)
    held.say(f"Recorded: {whose} and {made.bidder}: {OUTCOME_WORDS[made.outcome].lower()}, by {made.decided_by}.")
    _say_recused(held, whose, kept_out)
    held.answer(
        {
            "person": whose,
            "bidder": made.bidder,
            "outcome": made.outcome,
            "scope": made.scope,
            "recused": [answers.recusal(one) for one in kept_out],
        }
    )


@declarations_commands.command()
def settle(
    context: typer.Context,
    tender: TenderName,
    whose: Annotated[
        str | None, typer.Argument(metavar="PERSON", help="Whose interests; none: list what is open.")
    ] = None,
    same: Annotated[
        list[str] | None, typer.Option("--same", help="An organisation that is meant: key, code or name.")
    ] = None,
    why: Annotated[str, typer.Option(help="Why; it stands in the record.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """In a blind tender: settle whom somebody means by the interests that they listed. On the officer's laptop."""
    held = console(context, json=json)
    with held.opened() as space:
        if whose is not None:
            declarations.settle(space, tender, person=whose, same=same or (), why=why, by=person)
        waiting = declarations.to_settle(space, tender, by=person)
    for line, hint in waiting:
        one = hint.organisation
        held.say(f"{line.person}  “{line.organisation}: {line.about}”  may mean {one.name} ({one.key}).")
    if not waiting:
        held.say("Nothing is open.")
    held.answer(
        {
            "open": [
                {
                    "person": line.person,
                    "listed": line.organisation,
                    "about": line.about,
                    "organisation": hint.organisation.key,
                    "name": hint.organisation.name,
                    "likeness": hint.likeness.name.lower(),
                }
                for line, hint in waiting
            ]
        }
    )


@declarations_commands.command()
def affirm(
    context: typer.Context,
    tender: TenderName,
    person: Annotated[list[str], typer.Option("--person", help="Who says so. Can be given several times.")],
    taken_by: Annotated[
        str | None, typer.Option(help="The chair or officer who writes it down; the person, if left out.")
    ] = None,
    why_not: Annotated[str, typer.Option(help="Why somebody's affirmation cannot be had.")] = "",
    json: Json = False,
) -> None:
    """Record, when moderation comes, that a declaration still holds. Those present at moderation say so first."""
    held = console(context, json=json)
    with held.opened() as space:
        made = [
            declarations.affirm(space, tender, person=one, by=taken_by, why_not=why_not)
            for one in dict.fromkeys(person)
        ]
    for one in made:
        held.say(
            f"{one.person}: the declaration still holds."
            if not one.why_not
            else f"{one.person}: not affirmed, because {one.why_not}"
        )
    held.answer(
        {"affirmed": [{"person": one.person, "taken_by": one.taken_by, "why_not": one.why_not} for one in made]}
    )


@commands.command()
def conflicts(
    context: typer.Context,
    tender: TenderName,
    out: Annotated[Path, typer.Option(metavar="FILE.pdf", help="Where to write it.")],
    person: Person = None,
    json: Json = False,
) -> None:
    """Write the conflicts assessment: who declared what, what was decided, by whom and why."""
    held = console(context, json=json)
    if out.exists():
        raise EvalPanelError(f"{out} exists already.", "Nothing was written. Choose another name.")
    with held.opened() as space:
        written = journey.write(space, tender, out, person=person)
    held.say(f"Wrote {out}: {counted(written.interests, 'interest')}, {written.undecided} not decided yet.")
    held.answer(
        {
            "file": str(out),
            "sha256": written.sha256,
            "pages": written.pages,
            "interests": written.interests,
            "undecided": written.undecided,
        }
    )


def _say_recused(held: Console, person: str, recused: tuple[Recusal, ...]) -> None:
    for one in recused:
        what = f"every bid of {one.what}" if one.is_whole else one.what
        held.say(f"  {person} is recused from {what}: {one.why}.")
