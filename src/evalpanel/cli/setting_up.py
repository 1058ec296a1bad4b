"""Commands for the officer: a profile, a tender and its bids, and the freeze of the criteria."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from evalpanel.cli import answers
from evalpanel.cli.console import Json, Person, TenderName, chosen_passphrase, console, counted
from evalpanel.cli.notices import check_notice
from evalpanel.domain.letter_wording import LetterKind
from evalpanel.domain.retention import warning
from evalpanel.domain.tender import BidStatus
from evalpanel.services import (
    documents,
    keeping,
    notices,
    packs,
    scoresheets,
    setup,
    signed_letters,
    tenders,
    workspace,
)

commands = typer.Typer()
bids = typer.Typer(help="Bring bids in, and record what becomes of them.", no_args_is_help=True)

Mapping = Annotated[
    Path | None, typer.Option("--mapping", help="A corrected list of whose each file is (csv or xlsx).", exists=True)
]


@commands.command("new-profile")
def new_profile(
    context: typer.Context,
    name: Annotated[str, typer.Option(help="Your name, as it stands under letters.")],
    email: Annotated[str, typer.Option(help="Your e-mail address, for questions about letters.")],
    json: Json = False,
) -> None:
    """Make a separate store, documents and keys for one person."""
    held = console(context, json=json)
    passphrase = held.passphrase() if held.passphrase_file is not None else None
    try:
        workspace.create(held.profile, name=name, email=email, passphrase=passphrase)
    except workspace.NoKeyring as error:
        if not sys.stdin.isatty():
            raise
        typer.echo(f"{error.title} A passphrase opens this profile instead. It cannot be recovered.", err=True)
        workspace.create(held.profile, name=name, email=email, passphrase=chosen_passphrase())
    held.say(f"Made the profile of {name} in {held.profile}.")
    held.say("Opened by: " + ("the passphrase" if workspace.asks_passphrase(held.profile) else "the system's keyring"))
    held.answer({"profile": str(held.profile), "name": name, "email": email})


@commands.command()
def template(
    context: typer.Context, out: Annotated[Path, typer.Argument(metavar="OUT.xlsx")], json: Json = False
) -> None:
    """Write an empty tender workbook, with instructions."""
    held = console(context, json=json)
    scoresheets.template(out)
    held.say(f"Wrote {out}. Fill it in, then: evalpanel load {out}")
    held.answer({"file": str(out)})


@commands.command()
def check(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(exists=True, help="A workbook, folder, zip, tar, or OCDS notice (.json).")],
    mapping: Mapping = None,
    write_mapping: Annotated[
        Path | None, typer.Option("--write-mapping", help="Write whose each file is as csv, to correct and give back.")
    ] = None,
    json: Json = False,
) -> None:
    """Show what a pack would bring, or what an OCDS notice says, with every problem, without keeping anything."""
    held = console(context, json=json)
    if notices.is_notice(path):
        check_notice(held, path)
        return
    with held.opened() as space, held.progress("Checking") as progress:
        found = packs.understand(space, path, mapping=mapping, progress=progress)
    pack = found.pack
    if write_mapping is not None:
        packs.write_mapping_file(found, write_mapping)
    held.say(
        f"{path.name}: {counted(len(pack.lots), 'lot')}, {counted(len(pack.criteria), 'criterion', 'criteria')}, "
        f"{counted(len(pack.bids), 'bid')}, {counted(len(found.documents), 'document')}, "
        f"{counted(len(pack.panel), 'person', 'people')}."
    )
    for problem in found.problems:
        held.say(f"  {'problem' if problem.stops else 'note'}: {problem}")
    held.say("It can be loaded." if not found.stopping else "It cannot be loaded yet.")
    held.answer(
        {
            "can_load": not found.stopping,
            "lots": len(pack.lots),
            "criteria": len(pack.criteria),
            "bids": len(pack.bids),
            "documents": [
                {
                    "path": entry.path,
                    "bidder": entry.bidder,
                    "lot": entry.lot,
                    "criterion": entry.criterion,
                    "envelope": entry.envelope,
                }
                for entry in found.documents
            ],
            "problems": [
                {"where": problem.where, "what": problem.what, "stops": problem.stops} for problem in found.problems
            ],
        }
    )


@commands.command()
def load(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(exists=True, help="A workbook, a folder, a zip or a tar.")],
    mapping: Mapping = None,
    json: Json = False,
) -> None:
    """Take in a tender pack. Everything is checked before anything is kept."""
    held = console(context, json=json)
    notices.refuse_as_pack(path)
    with held.opened() as space, held.progress("Loading") as progress:
        loaded = packs.load(space, path, mapping=mapping, progress=progress)
    summary = loaded.summary
    held.say(f"Loaded {summary.reference}: {summary.title}.")
    held.say(
        f"  {counted(len(summary.lots), 'lot')}, {counted(summary.criteria, 'criterion', 'criteria')}, "
        f"{counted(summary.bids, 'bid')} (sealed), {counted(summary.documents, 'document')}, "
        f"{counted(summary.panel, 'person', 'people')}."
    )
    held.notes(loaded.notes)
    held.say(f"Next: evalpanel freeze {summary.reference}")
    held.answer(answers.tender(summary, loaded.notes))


@commands.command("tenders")
def list_tenders(context: typer.Context, json: Json = False) -> None:
    """List the tenders of this profile."""
    held = console(context, json=json)
    with held.opened() as space:
        found = tenders.all_tenders(space)
        due = keeping.due(space)
    for one in found:
        held.say(f"{one.reference}  {one.stage.words}  {one.title}")
    if not found:
        held.say("No tender yet. Next: evalpanel template tender.xlsx, or evalpanel load PATH")
    for reference, kept in due:
        held.say(f"The record of {reference}: {warning(kept)}")
    held.answer({"tenders": [answers.tender(one) for one in found]})


@commands.command()
def show(context: typer.Context, tender: TenderName, json: Json = False) -> None:
    """Show a tender: where it stands, its bids, and how far everybody is."""
    held = console(context, json=json)
    with held.opened() as space:
        found = setup.view(space, tender)
        due = [kept for reference, kept in keeping.due(space) if reference == found.summary.reference]
    summary = found.summary
    held.say(f"{summary.reference}  {summary.title}")
    held.say(f"Stage: {summary.stage.words}. {summary.authority}.")
    held.say(f"{counted(summary.criteria, 'criterion', 'criteria')}, {counted(summary.documents, 'document')}.")
    names = {bidder.bidder: bidder.name for bidder in found.pack.bidders}
    for lot in summary.lots:
        held.say(f"Lot {lot.lot}: {lot.title}")
        for bid in found.pack.bids:
            if bid.lot == lot.lot:
                why = f" ({bid.reason})" if bid.reason else ""
                held.say(f"  {bid.bid:<6} {bid.status.value:<12} {names.get(bid.bidder, '')}{why}")
    held.say("Panel:")
    for one in found.panel:
        state = (
            f"absent ({one.absent.rstrip('.')})"
            if one.absent
            else "signed off"
            if one.signed_off
            else f"{one.answered} of {one.owed}"
        )
        recused = f", recused from {', '.join(kept.what for kept in one.recusals)}" if one.recusals else ""
        declared = "" if one.declared else ", has not declared interests"
        scoring = state if one.owed or one.signed_off else "does not score"
        held.say(f"  {one.member.person:<6} {one.member.name}: {scoring}{recused}{declared}")
    held.say(f"Moderated: {found.moderated} of {found.lines} lines.")
    for kept in due:
        held.say(f"The record: {warning(kept)} Next: evalpanel keep {tender}")
    held.answer(answers.view(found))


@commands.command()
def freeze(context: typer.Context, tender: TenderName, person: Person = None, json: Json = False) -> None:
    """Freeze the criteria, weightings, scales and method, with a digest. Bids can be read from then on."""
    held = console(context, json=json)
    with held.opened() as space:
        summary = setup.freeze(space, tender, person=person)
    held.say(f"The criteria of {summary.reference} are frozen.")
    held.say(f"  digest {summary.criteria_digest}")
    if summary.bids:
        held.say(f"Next, everybody on the panel: evalpanel declare {tender} --person CODE --none")
    else:
        held.say(f"Next: evalpanel bids load {tender} PATH")
    held.answer(answers.tender(summary))


@bids.command("load")
def load_bids(
    context: typer.Context,
    tender: TenderName,
    path: Annotated[Path, typer.Argument(exists=True, help="A folder per bidder, a zip of them, or a workbook.")],
    mapping: Mapping = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Bring bids in once the criteria are frozen."""
    held = console(context, json=json)
    with held.opened() as space, held.progress("Loading bids") as progress:
        loaded = packs.load_bids(space, tender, path, mapping=mapping, person=person, progress=progress)
    held.say(
        f"{loaded.summary.reference} holds {counted(loaded.summary.bids, 'bid')} and {counted(loaded.summary.documents, 'document')}."
    )
    held.notes(loaded.notes)
    held.answer(answers.tender(loaded.summary, loaded.notes))


@bids.command("status")
def bid_status(
    context: typer.Context,
    tender: TenderName,
    bid: Annotated[str, typer.Argument(help="The bid's code.")],
    status: Annotated[BidStatus, typer.Argument()],
    reason: Annotated[str, typer.Option(help="Why; it stands in the record and in the bidder's letter.")],
    decided_by: Annotated[str, typer.Option(help="Who decided it.")],
    lot: Annotated[str | None, typer.Option(help="The lot; every lot if left out.")] = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Record that a bid was withdrawn, late, disregarded or excluded."""
    held = console(context, json=json)
    with held.opened() as space:
        changed = setup.set_bid_status(
            space, tender, bid=bid, lot=lot, status=status, reason=reason, decided_by=decided_by, person=person
        )
    for one in changed:
        held.say(f"Bid {one.bid} in lot {one.lot} is {one.status.value}: {one.reason}")
    held.answer({"bids": [{"bid": one.bid, "lot": one.lot, "status": one.status} for one in changed]})


@commands.command()
def bidder(
    context: typer.Context,
    tender: TenderName,
    code: Annotated[str, typer.Argument(help="The bidder's code.")],
    name: Annotated[str | None, typer.Option()] = None,
    address: Annotated[str | None, typer.Option(help="The postal address for letters.")] = None,
    email: Annotated[str | None, typer.Option()] = None,
    scheme: Annotated[str | None, typer.Option(help="The register that the identifier is from.")] = None,
    identifier: Annotated[str | None, typer.Option(help="The number in that register.")] = None,
    person: Person = None,
    json: Json = False,
) -> None:
    """Correct a bidder's name, addresses or identifier. What stood before is kept on the record."""
    held = console(context, json=json)
    with held.opened() as space:
        after = setup.correct_bidder(
            space,
            tender,
            bidder=code,
            name=name,
            address=address,
            email=email,
            scheme=scheme,
            identifier=identifier,
            person=person,
        )
        signed = signed_letters.signed_for(space, tender, after.bidder)
    held.say(f"{after.bidder}: {after.name}, {after.address}, {after.email}, {after.scheme} {after.identifier}")
    for bid, lot, kind in signed:
        way = (
            f" --kind {kind}"
            if kind.is_asked_for
            else " --combined"
            if kind is LetterKind.COMBINED
            else f" --lot {lot}"
        )
        held.say(
            f"  The letter for bid {bid}, lot {lot} was signed before. To sign its next version: "
            f"evalpanel letters {tender} --out DIR --bid {bid}{way} --again WHY"
        )
    held.answer(
        {
            "bidder": after.bidder,
            "name": after.name,
            "address": after.address,
            "email": after.email,
            "signed_before": [{"bid": bid, "lot": lot, "kind": kind} for bid, lot, kind in signed],
        }
    )


@commands.command("documents")
def list_documents(context: typer.Context, tender: TenderName, json: Json = False) -> None:
    """List the documents of a tender: whose they are, and in which envelope."""
    held = console(context, json=json)
    with held.opened() as space:
        found = documents.listing(space, tender)
    for one in found:
        held.say(f"{one.path}  [{one.envelope}]" + (f"  criterion {one.criterion}" if one.criterion else ""))
        for note in one.notes:
            held.say(f"  note: {note}")
    held.answer(
        {
            "documents": [
                {
                    "path": one.path,
                    "title": one.title,
                    "bidder": one.bidder,
                    "lot": one.lot,
                    "criterion": one.criterion,
                    "envelope": one.envelope,
                    "size": one.size,
                    "sha256": one.sha256,
                    "notes": one.notes,
                }
                for one in found
            ]
        }
    )
