"""Sending a person's own work: what they declared, their score sheet, and a chair's moderation.

A sheet travels bid by bid, each part sealed to the scores of that bid, so that whoever is recused from a bid can never
open what was said about it. Until it is signed off its parts open for its author alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.changes import Change, Signing, Version, changes
from evalpanel.domain.parcels import ParcelKind, PublicKeys
from evalpanel.domain.sheets import Score, sheet_digest
from evalpanel.domain.tender import BidderCode, EnvelopeKind, LotCode, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_bodies import Header
from evalpanel.formats.parcel_sheets import (
    Declarations,
    Declared,
    DeclaredLine,
    Scoresheet,
    SheetPart,
    SheetState,
    read_declarations,
    read_scoresheet,
    write_sheet_part,
)
from evalpanel.services import exchange, moderation_parcels, parcels_out, rosters, sheets_here, tenders
from evalpanel.services.exchange import Outgoing, Own, RestsOn
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


@dataclass(frozen=True, slots=True)
class Sent:
    """What was written. None: there is nothing of it yet. `final`: the sheet is signed off. `moderation`: a chair's.

    `not_asked`: the scorers who were present on none of its lines, so that nobody asks whether they agree.
    """

    declaration: Path | None
    sheet: Path | None
    final: bool
    moderation: Path | None = None
    not_asked: tuple[PersonCode, ...] = ()


def send(workspace: Workspace, named: str, *, to: Path, final: bool = False) -> Sent:
    """Write what this person has to send into the folder `to`: what they declared and scored, and a chair's moderation.

    The declaration is sealed to the officer, a sheet to officer and chairs, moderation to the panel too. `final`: the chair
    is done moderating, which is refused while a line is not complete. Sending again what has not changed writes the same bytes.
    """
    made: list[str] = []
    try:
        with workspace.store.writing() as tx:
            tender = tenders.find(tx, named)
            mine = exchange.own(tx, workspace, tender.tender_id)
            if mine is None or mine.is_officer:
                raise EvalPanelError(
                    f"This laptop has not joined {tender.reference} by an invitation.",
                    "Nothing was written: what is done here is here already.",
                )
            declaration = _declaration(tx, workspace, mine)
            sheet = _sheet(tx, workspace, tender, mine, made)
            signed = queries.sign_offs(tx, mine.tender).get(mine.person)
            moderation: Outgoing | None = None
            not_asked: tuple[PersonCode, ...] = ()
            if mine.person in rosters.chairs(tender.pack.panel):
                moderation = moderation_parcels.make(
                    tx, workspace, tender, mine, _rests_on(tx, mine), made, final=final
                )
            if moderation is not None:
                not_asked = moderation_parcels.left_out(tx, tender, mine)
            if final and moderation is None:
                raise EvalPanelError("There is no moderation of yours that could be final.", "Nothing was written.")
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(made)
        raise
    if declaration is None and sheet is None and moderation is None:
        raise EvalPanelError(
            "There is nothing to send yet.",
            f"First: evalpanel declare {tender.reference} --person {mine.person} --none",
        )
    return Sent(
        declaration=None if declaration is None else parcels_out.write_out(workspace, to, declaration),
        sheet=None if sheet is None else parcels_out.write_out(workspace, to, sheet),
        final=signed is not None and signed.signed,
        moderation=None if moderation is None else parcels_out.write_out(workspace, to, moderation),
        not_asked=not_asked,
    )


def _declaration(tx: Session, workspace: Workspace, mine: Own) -> Outgoing | None:
    acts: dict[int, list[t.DeclarationRow]] = defaultdict(list)
    rows = tx.execute(
        select(t.DeclarationRow)
        .where(t.DeclarationRow.tender_id == mine.tender, t.DeclarationRow.person == mine.person)
        .order_by(t.DeclarationRow.id)
    ).scalars()
    for row in rows:
        acts[row.act].append(row)
    if not acts:
        return None
    said_again = queries.affirmations(tx, mine.tender).get(mine.person)
    affirmed = said_again.at if said_again is not None and not said_again.why_not else None
    body = Declarations(affirmed, tuple(_declared(lines) for lines in acts.values()))
    recipients, on_paper = rosters.readers(tx, mine, (mine.person,)), rosters.on_paper(tx, mine)
    last = exchange.newest(tx, mine, ParcelKind.DECLARATION)
    if last is not None:
        said = read_declarations(last.statement.payload)
        if said.body == body and _still_right(mine, said.header, recipients, on_paper):
            return exchange.again(tx, mine.tender, ParcelKind.DECLARATION, last)
    return exchange.make(
        tx,
        workspace,
        mine,
        ParcelKind.DECLARATION,
        body,
        recipients,
        rests_on=_rests_on(tx, mine),
        on_paper=on_paper,
        act="declaration-sent",
    )


def _declared(lines: Sequence[t.DeclarationRow]) -> Declared:
    return Declared(
        asked=lines[0].asked,
        at=lines[0].at,
        lines=tuple(
            DeclaredLine(
                about=one.about, bidder=one.bidder, kind=one.kind, organisation=one.organisation, outcome=one.outcome
            )
            for one in lines
        ),
        on_paper=lines[0].on_paper,
    )


def _sheet(tx: Session, workspace: Workspace, tender: OpenTender, mine: Own, made: list[str]) -> Outgoing | None:
    scores = score_reads.scores_of(tx, mine.tender, mine.person)
    if not scores:
        return None
    signed = queries.sign_offs(tx, mine.tender).get(mine.person)
    final = signed is not None and signed.signed
    state = SheetState.FINAL if final else SheetState.INTERIM
    body = Scoresheet(
        entered_by=signed.entered_by if signed is not None and final else "",
        sheet_digest=sheet_digest(scores.values()),
        state=state,
    )
    readers = rosters.readers(tx, mine, (*rosters.chairs(tender.pack.panel), mine.person))
    on_paper = rosters.on_paper(tx, mine)
    last = exchange.newest(tx, mine, ParcelKind.SCORESHEET)
    if last is not None:
        said = read_scoresheet(last.statement.payload)
        if said.body == body and _still_right(mine, said.header, readers, on_paper):
            return exchange.again(tx, mine.tender, ParcelKind.SCORESHEET, last)
    # The author's own laptops can always open it; until it is signed off nobody else can but whoever holds the recovery sheet.
    mine_too = [keys.recipient for keys in rosters.own_laptops(tx, mine)]
    recipients = sheets_here.recipients(tx, mine, EnvelopeKind.SCORES)
    bidders = {(bid.lot, bid.bid): bid.bidder for bid in tender.pack.bids}
    groups: dict[tuple[BidderCode, LotCode], list[Score]] = defaultdict(list)
    for line in sorted(scores):
        groups[bidders[line.lot, line.bid], line.lot].append(scores[line])
    changed = _changes(tx, mine)
    parts = []
    for (bidder, lot), own in groups.items():
        name, recipient = recipients[bidder, lot]
        told = tuple(one for one in changed if (one.line.lot, bidders[one.line.lot, one.line.bid]) == (lot, bidder))
        content = write_sheet_part(SheetPart(tuple(own), bidder, told, lot))
        opens = [*mine_too, recipient] if state is SheetState.FINAL else [*mine_too, *([on_paper] if on_paper else [])]
        parts.append(exchange.seal_part(workspace, content, name, opens, made))
    return exchange.make(
        tx,
        workspace,
        mine,
        ParcelKind.SCORESHEET,
        body,
        readers,
        parts=parts,
        rests_on=_rests_on(tx, mine),
        on_paper=on_paper,
        act="sheet-sent",
        detail={"state": state, "sheet_digest": body.sheet_digest},
    )


def _changes(tx: Session, mine: Own) -> tuple[Change, ...]:
    """What this person changed after they had signed their sheet off, with the reasons that they gave."""
    row = t.SignOffRow
    signings = tuple(
        Signing(*one)
        for one in tx.execute(
            select(row.act, row.signed, row.reason).where(row.tender_id == mine.tender, row.person == mine.person)
        )
    )
    if all(one.signed for one in signings):
        return ()
    kept = t.ScoreRow
    rows = tx.execute(
        select(kept).where(kept.tender_id == mine.tender, kept.person == mine.person).order_by(kept.id)
    ).scalars()
    return changes((Version(one.act, one.at, one.revision, one.value()) for one in rows), signings)


def _still_right(mine: Own, header: Header, recipients: Sequence[PublicKeys], on_paper: str) -> bool:
    """Whether a statement was made on this laptop, and is sealed to whom it should be now."""
    right = exchange.sealed_to(recipients, on_paper)
    return header.installation == mine.keys.public.installation and header.recipients == right


def _rests_on(tx: Session, mine: Own) -> RestsOn:
    roster, pack = rosters.in_force(tx, mine), rosters.pack_in_force(tx, mine)
    return RestsOn("" if roster is None else roster.identity, "" if pack is None else pack.identity)
