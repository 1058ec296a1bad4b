"""The commands for OCDS notices: what a published notice says, and from it to a draft workbook."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from evalpanel.cli.console import Console, Json, console, counted
from evalpanel.domain.criteria import for_lot
from evalpanel.domain.numbers import canonical
from evalpanel.domain.ocds_gaps import Ask, OcdsReading, OcdsTender
from evalpanel.domain.pack_checks_criteria import weighted_levels
from evalpanel.domain.pack_findings import plain_sum
from evalpanel.domain.tender import Lot
from evalpanel.services import notices

commands = typer.Typer()


@commands.command()
def draft(
    context: typer.Context,
    path: Annotated[
        Path, typer.Argument(metavar="NOTICE.json", exists=True, help="An OCDS release, record or package.")
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.xlsx", help="The workbook to write.")],
    ocid: Annotated[str | None, typer.Option("--ocid", help="Which process, where the file holds several.")] = None,
    json: Json = False,
) -> None:
    """Write a tender workbook with what an OCDS notice says; what OCDS cannot say is marked in it and asked for."""
    held = console(context, json=json)
    found = notices.draft(path, out, ocid=ocid)
    held.say(f"Wrote {out}: {found.terms.reference or found.ocid} {found.terms.title}".rstrip())
    held.notes(found.problems)
    _say_asks(held, found.asks)
    held.say(f"Complete it, then: evalpanel load {out}")
    held.answer(
        {
            "file": str(out),
            "ocid": found.ocid,
            "reference": found.terms.reference,
            "problems": [{"where": one.where, "what": one.what} for one in found.problems],
            "asks": _asks(found.asks),
        }
    )


def check_notice(held: Console, path: Path) -> None:
    """Show what a notice says, what it cannot say, and what is odd in it. Keeps and writes nothing."""
    found = notices.read_notice(path)
    if found.kind:
        kind = found.kind if found.kind.startswith("ProZorro") else f"OCDS {found.kind} {found.version}".rstrip()
        held.say(f"{path.name}: {kind}, {counted(len(found.tenders), 'process', 'processes')}.")
    for problem in found.problems:
        held.say(f"  {'problem' if problem.stops else 'note'}: {problem}")
    for tender in found.tenders:
        _say_process(held, tender)
    if found.is_usable:
        held.say(f"It cannot be loaded as it is. Next: evalpanel draft {path.name} tender.xlsx")
    else:
        held.say("It cannot be loaded, and no workbook can be drafted from it.")
    held.answer(_answer(found))


def _say_process(held: Console, tender: OcdsTender) -> None:
    terms, pack = tender.terms, tender.pack
    held.say(f"Process {tender.ocid or 'without an ocid'}: {terms.reference} {terms.title}".rstrip())
    if tender.is_usable:
        split = "not said"
        if terms.quality_weighting is not None and terms.price_weighting is not None:
            split = f"quality {canonical(terms.quality_weighting)} %, price {canonical(terms.price_weighting)} %"
        deadline = f"{terms.deadline:%Y-%m-%d %H:%M %Z}" if terms.deadline is not None else "not said"
        held.say(f"  authority: {terms.authority or 'not said'}")
        held.say(f"  law: not said; procedure: {terms.procedure or 'not said'}; last date: {deadline}")
        held.say(f"  quality and price: {split}")
        bidders, bids = counted(len(pack.bidders), "bidder"), counted(len(pack.bids), "bid")
        held.say(f"  {bidders}, {bids}, {counted(len(tender.documents), 'document')} named (none is fetched)")
        for lot in pack.lots:
            held.say(f"  lot {lot.lot}: {lot.title}")
            for line in _levels(tender, lot):
                held.say(f"    {line}")
        _say_asks(held, tender.asks)
    for problem in tender.problems:
        held.say(f"  {'problem' if problem.stops else 'note'}: {problem}")


def _levels(tender: OcdsTender, lot: Lot) -> Iterator[str]:
    criteria = for_lot(tender.pack.criteria, lot.lot)
    for one in criteria:
        weighting = f"  {canonical(one.weighting)} %" if one.weighting is not None else ""
        yield f"{one.criterion}  {one.title}{weighting}"
    for parent, total in _sums(tender, lot):
        yield f"{f'the parts of {parent} add' if parent else 'in all they add'} up to {canonical(total)} %"


def _sums(tender: OcdsTender, lot: Lot) -> Iterator[tuple[str | None, Decimal]]:
    for parent, level in weighted_levels(for_lot(tender.pack.criteria, lot.lot)).items():
        yield parent, plain_sum(one.weighting or Decimal(0) for one in level)


def _say_asks(held: Console, asks: tuple[Ask, ...]) -> None:
    for ask in asks:
        held.say(f"  {'needed' if ask.needed else 'worth asking'}: {ask}")


def _asks(asks: tuple[Ask, ...]) -> list[dict[str, Any]]:
    return [{"where": ask.cell or ask.sheet, "what": ask.why, "needed": ask.needed} for ask in asks]


def _answer(found: OcdsReading) -> dict[str, Any]:
    problems = dict.fromkeys((*found.problems, *(it for tender in found.tenders for it in tender.problems)))
    return {
        "can_load": False,
        "can_draft": found.is_usable,
        "lots": sum(len(tender.pack.lots) for tender in found.tenders),
        "criteria": sum(len(tender.pack.criteria) for tender in found.tenders),
        "bids": sum(len(tender.pack.bids) for tender in found.tenders),
        "documents": [],
        "problems": [{"where": one.where, "what": one.what, "stops": one.stops} for one in problems],
        "notice": {
            "kind": found.kind,
            "version": found.version,
            "processes": [_process(tender) for tender in found.tenders],
        },
    }


def _process(tender: OcdsTender) -> dict[str, Any]:
    terms, pack = tender.terms, tender.pack
    return {
        "ocid": tender.ocid,
        "can_draft": tender.is_usable,
        "reference": terms.reference,
        "title": terms.title,
        "authority": terms.authority,
        "procedure": terms.procedure,
        "deadline": terms.deadline,
        "quality_weighting": terms.quality_weighting,
        "price_weighting": terms.price_weighting,
        "lots": [
            {
                "lot": lot.lot,
                "title": lot.title,
                "sums": [{"of": parent, "total": total} for parent, total in _sums(tender, lot)],
            }
            for lot in pack.lots
        ],
        "criteria": [
            {"criterion": one.criterion, "title": one.title, "kind": one.kind, "weighting": one.weighting}
            for one in pack.criteria
        ],
        "bidders": [{"bidder": one.bidder, "name": one.name} for one in pack.bidders],
        "bids": [{"bid": one.bid, "lot": one.lot, "bidder": one.bidder, "status": one.status} for one in pack.bids],
        "documents": [{"title": one.title, "of": one.belongs_to, "address": one.address} for one in tender.documents],
        "asks": _asks(tender.asks),
    }
