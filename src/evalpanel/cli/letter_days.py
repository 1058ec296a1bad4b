"""The command that says by what letters state the end of standstill: proclaimed bank holidays, and the way in which they go."""

from __future__ import annotations

from typing import Annotated

import typer

from evalpanel.cli.console import Json, Person, TenderName, console
from evalpanel.cli.deciding import proclaimed_day
from evalpanel.domain.signing import in_words
from evalpanel.services import publishing


def say_letter_days(
    context: typer.Context,
    tender: TenderName,
    proclaimed: Annotated[
        list[str] | None,
        typer.Option("--proclaimed", metavar="DATE=NAME", help="A bank holiday that came after this release."),
    ] = None,
    post: Annotated[
        bool | None,
        typer.Option("--post/--electronic", help="Whether any letter goes by other than electronic means."),
    ] = None,
    again: Annotated[str, typer.Option("--again", help="Why it is recorded once more.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """Say by what letters state the end of standstill, before they are signed; without an option, how they do now.

    What comes after letters were signed: those that now state another day have to be signed anew, and are named.
    """
    held = console(context, json=json)
    with held.opened() as space:
        if proclaimed or post is not None or again:
            days = [proclaimed_day(one) for one in proclaimed or ()]
            found = publishing.say_letter_days(space, tender, proclaimed=days, by_post=post, again=again, person=person)
        else:
            found = publishing.papers(space, tender)
    added = found.days.added_days
    held.say("Letters go " + ("not all by electronic means." if found.days.by_post else "by electronic means."))
    for one in sorted(added):
        held.say(f"  {in_words(one)}, {added[one]}, counts as a bank holiday.")
    for sentence in found.sentences:
        held.say(f"  {sentence}")
    held.answer(
        {
            "by_post": found.days.by_post,
            "proclaimed": [{"day": one, "name": added[one]} for one in sorted(added)],
            "to_sign_anew": [{"bid": one.bid, "lot": one.lot, "states": one.ends} for one in found.to_sign_anew],
            "not_on_the_log": [{"bid": one.bid, "lot": one.lot} for one in found.unsent],
        }
    )
