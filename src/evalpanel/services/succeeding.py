"""Taking over as officer on a laptop that has joined the tender, with the two sheets of paper.

The words of both sheets together sign one roster, which replaces the officer; the recovery words open the keys of all
envelopes that the last roster keeps. The tender stays what it is: its id is pinned by every laptop, and each accepts the new
officer because the roster in force named the key.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalpanel.domain.blind import names_are_known
from evalpanel.domain.parcels import ParcelKind
from evalpanel.domain.tender import EnvelopeKind, PersonCode
from evalpanel.errors import EvalPanelError
from evalpanel.formats.parcel_packs import Roster, Sealed, read_index, read_pack, read_roster
from evalpanel.sealing import envelopes as age
from evalpanel.services import audit, envelopes, exchange, parcels_out, rosters, succession, tenders
from evalpanel.services.exchange import Outgoing, Own
from evalpanel.services.pack_rows import arrived_detail, document_row
from evalpanel.services.rosters import RosterInForce
from evalpanel.services.succession import Beginning, Replaces, Sheets, Succeeded
from evalpanel.services.tenders import OpenTender
from evalpanel.services.workspace import Workspace
from evalpanel.store import tables as t
from evalpanel.system.files import tidying


def succeed(
    workspace: Workspace, named: str, *, successor_words: str, recovery_words: str, why: str, to: Path
) -> Succeeded:
    """Make this laptop the officer's, by the words of the successor's and the recovery sheet, and write the new roster.

    This laptop must have joined the tender and hold its roster and pack. The officer's keys are revoked. Refused when the words are
    not those of the sheets that the roster in force names. Done again, it writes the same roster again; once the roster of
    somebody else came who took over too, it writes one that follows both, and that one counts.
    """
    sheets = succession.of_words(successor_words, recovery_words)
    made: list[str] = []
    try:
        with workspace.store.writing() as tx:
            tender = tenders.find(tx, named)
            mine = exchange.own(tx, workspace, tender.tender_id)
            if mine is not None and mine.succeeded:
                number, replaced, parcel = _again(tx, workspace, tender, mine, sheets, why, made)
            else:
                mine, roster = _may(tx, tender, mine, sheets, why)
                number, replaced = roster.number, roster.officer
                parcel = _take_over(tx, workspace, tender, mine, roster, sheets, why.strip(), made)
    except BaseException as error:
        with tidying(error):
            workspace.documents.remove(made)
        raise
    return Succeeded(mine.person, replaced, parcels_out.write_out(workspace, to, parcel), number, mine.tender)


def _take_over(
    tx: Session,
    workspace: Workspace,
    tender: OpenTender,
    mine: Own,
    roster: RosterInForce,
    sheets: Sheets,
    why: str,
    made: list[str],
) -> Outgoing:
    kept = succession.kept_for_recovery(workspace, roster.cover, sheets.opens)
    begun = Beginning(*rosters.founder(tx, mine), rosters.founding_key(tx, mine))
    people = succession.after(tx, mine, roster.cover, roster.officer, why, workspace.now())
    replaces = Replaces(roster.identity, roster.officer, roster.number)
    parcel = succession.make_roster(tx, workspace, mine, replaces, people, tender.pack.panel, sheets.signs, why, made)
    succession.lead(tx, workspace, mine, roster.officer, parcel, people, why, begun)
    succession.take_keys(tx, workspace, mine, kept.keys)
    _take_documents(tx, workspace, mine)
    every = tx.execute(select(t.EnvelopeRow.name).where(t.EnvelopeRow.tender_id == mine.tender)).scalars()
    envelopes.rotate(tx, workspace, mine.tender, set(every))
    return parcel


def _again(
    tx: Session, workspace: Workspace, tender: OpenTender, mine: Own, sheets: Sheets, why: str, made: list[str]
) -> tuple[int, PersonCode, Outgoing]:
    """The roster by which this laptop took over, once more; or one that follows that of somebody else who took over too."""
    row = tx.execute(select(t.SuccessionRow).where(t.SuccessionRow.tender_id == mine.tender)).scalar_one()
    own = exchange.line(tx, mine.tender, ParcelKind.ROSTER, mine.person)
    last = [one for one in own if read_roster(one.statement.payload).body.succeeds][-1]
    succeeds = read_roster(last.statement.payload).body.succeeds
    before = next(one for one in exchange.of_kind(tx, mine.tender, ParcelKind.ROSTER) if one.identity == succeeds)
    rivals = tuple(
        one
        for one in exchange.of_kind(tx, mine.tender, ParcelKind.ROSTER)
        if one.author != mine.person
        and one.identity not in last.history
        and read_roster(one.statement.payload).body.succeeds == succeeds
    )
    if not rivals:
        return before.seq, row.replaced, exchange.again(tx, mine.tender, ParcelKind.ROSTER, last)
    _refuse_other_words(read_roster(before.statement.payload).body, sheets, f"the list number {before.seq}")
    succession.require_why(why)
    people = read_roster(own[-1].statement.payload).body.people
    replaces = Replaces(succeeds, row.replaced, before.seq, rivals)
    return (
        before.seq,
        row.replaced,
        succession.make_roster(
            tx, workspace, mine, replaces, people, tender.pack.panel, sheets.signs, why.strip(), made
        ),
    )


def _may(tx: Session, tender: OpenTender, mine: Own | None, sheets: Sheets, why: str) -> tuple[Own, RosterInForce]:
    if mine is None or mine.is_officer:
        raise EvalPanelError(
            f"This laptop {'leads' if mine is not None else 'has not joined'} {tender.reference}, so it cannot take over.",
            "Nothing was changed. Somebody takes over on a laptop of their own.",
        )
    succession.require_why(why)
    if not names_are_known(tender.pack):
        raise EvalPanelError(
            "This tender is scored blind, and the names of those who bid are not on this laptop yet.",
            "Nothing was changed. Take over in a new profile with the files of the tender (Home there, Take over with the two sheets; or evalpanel succeed --from), or here once "
            "the names were released.",
        )
    roster = rosters.in_force(tx, mine)
    if roster is None:
        raise EvalPanelError(
            "No list of who takes part is here.", "Nothing was changed. Take in the newest one, then try again."
        )
    named = f"the list number {roster.number} by {roster.officer}, which is in force here"
    _refuse_other_words(roster.cover.body, sheets, named)
    return mine, roster


def _refuse_other_words(body: Roster, sheets: Sheets, named: str) -> None:
    if body.recovery != age.recipient_of(sheets.opens):
        raise EvalPanelError(
            "These are not the words of the recovery sheet.",
            f"Nothing was changed. They fit no key in {named}. If the sheets were made anew, take in the newest list first.",
        )
    if body.successor != sheets.signs.public:
        raise EvalPanelError(
            "These are not the words of the successor's sheet.", f"Nothing was changed. They fit no key in {named}."
        )


def _take_documents(tx: Session, workspace: Workspace, mine: Own) -> None:
    """Name the documents of the pack that is here which this laptop could not open before."""
    pack = rosters.pack_in_force(tx, mine)
    if pack is None:
        return
    body = read_pack(pack.statement.payload).body
    rows = {
        row.name: row
        for row in tx.execute(select(t.EnvelopeRow).where(t.EnvelopeRow.tender_id == mine.tender)).scalars()
    }
    held = set(tx.execute(select(t.DocumentRow.path).where(t.DocumentRow.tender_id == mine.tender)).scalars())
    found: list[tuple[str, Sealed]] = []
    for envelope in body.envelopes:
        listing = envelope.kind not in (EnvelopeKind.COMMON, EnvelopeKind.NAMES)
        if not envelope.index or envelope.name not in rows or not listing:
            continue  # what was published was there before
        opens = workspace.keys.unwrap_for(mine.tender, f"envelope {envelope.name}", rows[envelope.name].identity)
        index = read_index(age.open_bytes(workspace.documents.piece(envelope.index), opens.decode()))
        found += [(envelope.name, one) for one in index.documents if one.path not in held]
    detail = arrived_detail((), found)
    act = audit.record(tx, workspace, "bids-loaded", tender=mine.tender, person=mine.person, detail=detail)
    for place, (name, one) in enumerate(found, len(held)):
        tx.add(document_row(mine.tender, place, name, one, workspace.now(), act))
    tx.flush()
