"""Commands for what comes after the letters: sending them, what bidders answer, and what the authority learns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evalpanel.cli.console import Json, Person, TenderName, console, counted
from evalpanel.domain.correspondence import Channel, Correspondence, ReplyKind
from evalpanel.domain.digests import plain
from evalpanel.domain.lessons import Lesson, Voice
from evalpanel.domain.process_feedback import ProcessStage
from evalpanel.errors import EvalPanelError
from evalpanel.services import feedback, lessons, mailing, process_review, sent
from evalpanel.services.feedback import FormVerdict

commands = typer.Typer()
feedback_commands = typer.Typer(help="The form about the process, and the forms that come back.", no_args_is_help=True)
lesson_commands = typer.Typer(
    help="What the authority learns, and what it does: you said, we did.", no_args_is_help=True
)

_UK = ZoneInfo("Europe/London")
Folder = Annotated[Path, typer.Option("--to", metavar="DIR", help="The folder for the files.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The PDF to write.")]
When = Annotated[
    datetime,
    typer.Option("--at", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="When, in UK time."),
]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="The day; today if left out.")]


@commands.command("mail")
def mail(
    context: typer.Context,
    tender: TenderName,
    to: Folder,
    forms: Annotated[bool, typer.Option(help="Attach the form about the process.")] = True,
    person: Person = None,
    json: Json = False,
) -> None:
    """Write an e-mail draft for each bidder with its signed letters attached, and an index for the portal. Sends nothing."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Writing drafts") as progress:
        made = mailing.prepare(space, tender, to, forms=forms, person=person, progress=progress)
    for one in made.drafts:
        held.say(f"  {one.file.name}  {counted(one.letters, 'letter')} to {one.name} <{one.address}>")
    held.written()
    held.say(
        f"The index is {made.index}. Open each draft, read it and send it; then: evalpanel sent {tender} --at TIME"
    )
    held.answer(
        {
            "drafts": [
                {"bidder": one.bidder, "email": one.address, "file": str(one.file), "letters": one.letters}
                for one in made.drafts
            ],
            "index": str(made.index),
            "without": [{"bidder": bidder, "why": why} for bidder, why in made.without],
        }
    )
    if made.without:
        listed = "; ".join(f"{bidder}: {why}" for bidder, why in made.without)
        typer.echo(f"No draft for {counted(len(made.without), 'bidder')}: {listed}", err=True)
        raise typer.Exit(1)


@commands.command("sent")
def record_sent(
    context: typer.Context,
    tender: TenderName,
    bids: Annotated[list[str] | None, typer.Argument(metavar="BID[/LOT]…", help="All unsent ones if left out.")] = None,
    at: Annotated[
        datetime | None,
        typer.Option("--at", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="When, in UK time."),
    ] = None,
    how: Annotated[Channel, typer.Option("--how", help="By which way.")] = Channel.EMAIL,
    address: Annotated[str, typer.Option("--address", help="Where to, if not as on record.")] = "",
    note: Annotated[str, typer.Option("--note")] = "",
    kind: Annotated[
        str | None, typer.Option("--kind", help="Which letter, where a bid has several: as `letters` calls it.")
    ] = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Put on record that letters went out. Without --at: list what was sent, and what was answered."""
    held = console(context, json=json)
    with held.opened() as space:
        if at is None:
            found = sent.correspondence(space, tender)
        else:
            found = sent.record_sent(
                space,
                tender,
                at=_utc(at),
                channel=how,
                bids=[_bid(one) for one in bids or ()],
                address=address,
                note=note,
                kind=kind,
                person=person,
            )
    for one in found:
        held.say(f"  {one.bid} in lot {one.lot}, {one.name}: {_sent_words(one)}")
    held.answer({"letters": [plain(one) for one in found]})


@commands.command("reply")
def record_reply(
    context: typer.Context,
    tender: TenderName,
    bid: Annotated[str, typer.Argument(metavar="BID[/LOT]")],
    at: When,
    kind: Annotated[ReplyKind, typer.Option("--kind", help="What it is.")] = ReplyKind.RECEIPT,
    text: Annotated[str, typer.Option("--text", help="What it says; not needed for a receipt.")] = "",
    person: Person = None,
    json: Json = False,
) -> None:
    """Put on record what a bidder answered to its letter."""
    held = console(context, json=json)
    code, lot = _bid(bid)
    with held.opened() as space:
        found = sent.record_reply(
            space, tender, code, lot=lot or None, at=_utc(at), kind=kind, text=text, person=person
        )
    held.say(f"Recorded. {found.bid} in lot {found.lot}: {_sent_words(found)}")
    if kind is ReplyKind.CHALLENGE:
        held.say(f"A challenge stops the contract and destruction. Next: evalpanel hold {tender} --why TEXT --by NAME")
    held.answer(plain(found))


@feedback_commands.command("form")
def write_forms(context: typer.Context, tender: TenderName, to: Folder, json: Json = False) -> None:
    """Write the form about the process, one for each lot: the same for everybody who bid."""
    held = console(context, json=json)
    with held.opened() as space:
        made = feedback.write_forms(space, tender, to)
    for one in made:
        held.say(f"  {one}")
    held.written()
    held.answer({"forms": [str(one) for one in made]})


@feedback_commands.command("import")
def import_forms(
    context: typer.Context,
    tender: TenderName,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", exists=True, dir_okay=False)],
    on: Day = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Take in filled forms. One that cannot be read never stops the others."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Reading forms") as progress:
        day = on.date() if on is not None else None
        found = feedback.take(space, tender, files, received_on=day, person=person, progress=progress)
    for one in found:
        held.say(f"{one.file}: {one.words}")
        for note in one.notes:
            held.say(f"  note: {note}")
    held.answer({"forms": [plain(one) for one in found]})
    if any(one.verdict in (FormVerdict.UNREADABLE, FormVerdict.OTHER_TENDER) for one in found):
        raise typer.Exit(1)


@feedback_commands.command("show")
def show_feedback(context: typer.Context, tender: TenderName, json: Json = False) -> None:
    """Show how every question was answered so far."""
    held = console(context, json=json)
    with held.opened() as space:
        found = feedback.overview(space, tender)
    held.say(f"{counted(len(found.forms), 'form has', 'forms have')} come back.")
    for one in found.tallies:
        held.say(one.question.text)
        for choice, count in one.counts:
            held.say(f"  {count:>4}  {choice}")
        for words in one.words:
            held.say(f"  “{words}”")
    held.answer(
        {
            "forms": len(found.forms),
            "questions": [
                {
                    "code": one.question.code,
                    "question": one.question.text,
                    "counts": dict(one.counts),
                    "blank": one.blank,
                    "words": list(one.words),
                }
                for one in found.tallies
            ],
        }
    )


@feedback_commands.command("review")
def write_review(
    context: typer.Context, tender: TenderName, out: Out, person: Person = None, json: Json = False
) -> None:
    """Write the process review: what bidders said, what was learned, what was done. It names nobody."""
    held = console(context, json=json)
    with held.opened() as space:
        made = process_review.write(space, tender, out, person=person)
    held.say(
        f"Wrote {made.file}: {counted(made.pages, 'page')}, {counted(made.forms, 'form')}, {counted(made.lessons, 'lesson')}."
    )
    held.answer(
        {
            "file": str(made.file),
            "sha256": made.sha256,
            "pages": made.pages,
            "forms": made.forms,
            "lessons": made.lessons,
        }
    )


@lesson_commands.command("add")
def add_lesson(
    context: typer.Context,
    tender: TenderName,
    said: Annotated[str, typer.Argument(help="What was said.")],
    stage: Annotated[ProcessStage, typer.Option("--stage", help="Which part of the process it is about.")],
    voice: Annotated[Voice, typer.Option("--from", help="Who said it.")] = Voice.OFFICER,
    criterion: Annotated[str | None, typer.Option("--criterion")] = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Record what was said that the authority can learn from."""
    held = console(context, json=json)
    with held.opened() as space:
        made = lessons.add(space, tender, said, stage=stage, voice=voice, criterion=criterion, person=person)
    _say(held.say, [made])
    held.answer(plain(made))


@lesson_commands.command("done")
def lesson_done(
    context: typer.Context,
    tender: TenderName,
    number: Annotated[int, typer.Argument(help="The lesson's number.")],
    did: Annotated[str, typer.Argument(help="What was done, or why nothing will be.")],
    by: Annotated[str, typer.Option("--by", help="Who decided it.")],
    on: Day = None,
    unchanged: Annotated[bool, typer.Option("--nothing", help="It was decided to change nothing.")] = False,
    person: Person = None,
    json: Json = False,
) -> None:
    """Record what was done about a lesson."""
    held = console(context, json=json)
    with held.opened() as space:
        day = on.date() if on is not None else space.now().date()
        made = lessons.answer(space, tender, number, did, on=day, by=by, unchanged=unchanged, person=person)
    _say(held.say, [made])
    held.answer(plain(made))


@lesson_commands.command("list")
def list_lessons(
    context: typer.Context,
    tender: Annotated[str | None, typer.Argument(metavar="TENDER", help="All tenders if left out.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the register of all tenders as a PDF.")
    ] = None,
    json: Json = False,
) -> None:
    """List the lessons of a tender, or the register of all tenders."""
    held = console(context, json=json)
    if tender is not None and out is not None:
        raise EvalPanelError(
            "The register is about all tenders.", "Leave the tender out, or use: evalpanel feedback review"
        )
    with held.opened() as space:
        if tender is not None:
            every = [("", one) for one in lessons.lessons(space, tender)]
        else:
            every = [(one.reference, one.lesson) for one in lessons.register(space)]
        if out is not None:
            process_review.write_register(space, out)
    for reference, one in every:
        if reference:
            held.say(reference)
        _say(held.say, [one])
    held.answer({"lessons": [{"tender": reference, **plain(one)} for reference, one in every]})


def _say(say: object, every: Sequence[Lesson]) -> None:
    assert callable(say)
    for one in every:
        say(f"  {one.number}. {one.stage.words}, {one.voice.words.lower()}: {one.said}")
        for done in one.done:
            say(f"     {done.on}: {'nothing will change. ' if done.unchanged else ''}{done.did}")


def _sent_words(one: Correspondence) -> str:
    if not one.sent:
        return "not sent yet"
    last = one.sent[-1]
    told = f"sent {last.channel.words} on {last.sent_at.astimezone(_UK):%d %B %Y, %H:%M}"
    return told + (f"; {counted(len(one.replies), 'answer')}" if one.replies else "; no answer yet")


def _bid(text: str) -> tuple[str, str]:
    bid, _, lot = text.partition("/")
    return bid, lot


def _utc(local: datetime) -> datetime:
    return local.replace(tzinfo=_UK).astimezone(UTC)
