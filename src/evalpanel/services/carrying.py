"""What is to be carried between laptops, and what was: a look over the exchange, for whoever sits at this one.

Changes nothing. It reads what the journeys of the exchange have kept: whose laptop this is in each tender, which files were
made here or taken in, and what was declared or scored since the last file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalpanel.domain.carried import ModerationState
from evalpanel.domain.parcels import SUFFIX, ParcelKind
from evalpanel.domain.people import Role
from evalpanel.domain.sheets import sheet_digest
from evalpanel.domain.tender import EnvelopeKind, PersonCode, TenderId
from evalpanel.formats.parcel_moderation import read_assent, read_moderation
from evalpanel.formats.parcel_sheets import SheetState, read_declarations, read_scoresheet
from evalpanel.services import exchange, invitations, release_parcels, rosters, tenders
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries, score_reads
from evalpanel.store import tables as t
from evalpanel.system.files import trouble


@dataclass(frozen=True, slots=True)
class Stand:
    """This laptop in one tender: whose it is, and how far it is in the exchange.

    `leads` says that the tender started here. `confirmed`: on a member's laptop, that the officer's eight words were heard.
    `here`: that the tender itself has come, and can be opened; `bids`: that bids can be read. `officer` is who leads it, by
    name where that is known.
    """

    tender: TenderId
    reference: str
    title: str
    person: PersonCode
    officer: str
    leads: bool
    confirmed: bool
    here: bool
    bids: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A statement that travels: made on this laptop (`made`) or taken in. `number` gives the order in which that happened."""

    number: int
    kind: ParcelKind
    author: PersonCode
    about: str
    at: datetime
    made: bool


class Due(StrEnum):
    """How what a person has to send stands."""

    NOTHING = "nothing"
    FRESH = "fresh"
    CHANGED = "changed"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class ToSend:
    """One thing that a member sends to the officer. `at` is when it was last made into a file; `final`: a sheet signed off, or
    a chair who is done."""

    kind: ParcelKind
    due: Due
    at: datetime | None = None
    final: bool = False


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a chair sent as agreed: whether the chair is done, and whether the person at this laptop has answered it."""

    chair: PersonCode
    final: bool
    answered: bool


def stands(workspace: Workspace) -> tuple[Stand, ...]:
    """Every tender that this laptop has a part in, those that are not here yet among them."""
    with workspace.store.reading() as tx:
        rows = tx.execute(select(t.InstallationRow).order_by(t.InstallationRow.at)).scalars()
        return tuple(_stand(tx, workspace, row) for row in rows)


def moved(workspace: Workspace, tender: TenderId) -> tuple[Moved, ...]:
    """Every statement of a tender that was made here or taken in, the newest first."""
    with workspace.store.reading() as tx:
        mine = tx.get_one(t.InstallationRow, tender).person
        row = t.ParcelRow
        found = tx.execute(
            select(row.id, row.kind, row.author, row.about, row.at)
            .where(row.tender_id == tender)
            .order_by(row.id.desc())
        )
        return tuple(
            Moved(number, kind, author, about, at, author == mine) for number, kind, author, about, at in found
        )


def waiting(workspace: Workspace, tender: TenderId) -> frozenset[PersonCode]:
    """On the officer's laptop: for whom there is more to be opened than was written for them."""
    with workspace.store.reading() as tx:
        mine = exchange.own(tx, workspace, tender)
        return release_parcels.waiting(tx, tenders.find(tx, tender), mine) if mine is not None else frozenset()


def agreed(workspace: Workspace, tender: TenderId) -> tuple[Agreed, ...]:
    """What chairs sent as agreed to this member's laptop, each chair's newest, and whether it was answered."""
    with workspace.store.reading() as tx:
        mine = tx.get_one(t.InstallationRow, tender).person
        newest: dict[PersonCode, exchange.Held] = {}
        for held in exchange.of_kind(tx, tender, ParcelKind.MODERATION):
            if held.author != mine and (held.author not in newest or newest[held.author].seq < held.seq):
                newest[held.author] = held
        return tuple(_agreed(tx, tender, mine, held) for held in newest.values())


def is_list_behind(workspace: Workspace, tender: TenderId) -> bool:
    """On the officer's laptop: whether a laptop was locked out since the list of the panel was last written."""
    with workspace.store.reading() as tx:
        roster = select(func.max(t.ParcelRow.act)).where(
            t.ParcelRow.tender_id == tender, t.ParcelRow.kind == ParcelKind.ROSTER
        )
        gone = select(func.max(t.RevocationRow.act)).where(t.RevocationRow.tender_id == tender)
        written, locked = tx.execute(roster).scalar(), tx.execute(gone).scalar()
        return written is not None and locked is not None and locked > written


def are_papers_behind(workspace: Workspace, tender: TenderId) -> bool:
    """On the officer's laptop: whether the sheets for a successor were made since the list of the panel was last written."""
    with workspace.store.reading() as tx:
        roster = select(func.max(t.ParcelRow.act)).where(
            t.ParcelRow.tender_id == tender, t.ParcelRow.kind == ParcelKind.ROSTER
        )
        sheets = select(func.max(t.PaperKeyRow.act)).where(t.PaperKeyRow.tender_id == tender)
        written, made = tx.execute(roster).scalar(), tx.execute(sheets).scalar()
        return written is not None and made is not None and made > written


def list_number(workspace: Workspace, tender: TenderId) -> int | None:
    """The number of the list of the panel that is in force on this laptop; None where there is none. People compare it aloud."""
    with workspace.store.reading() as tx:
        mine = exchange.own(tx, workspace, tender)
        roster = rosters.in_force(tx, mine) if mine is not None else None
        return roster.number if roster is not None else None


def to_send(workspace: Workspace, tender: TenderId) -> tuple[ToSend, ...]:
    """What the member at this laptop has to send to the officer, and whether it changed since it was last made.

    Before the tender is here, that is the answer to the invitation.
    """
    with workspace.store.reading() as tx:
        mine = tx.get_one(t.InstallationRow, tender).person
        if tx.get(t.TenderRow, tender) is None:
            return (_answer(tx, tender, mine),)
        roles = _roles(tx, tender, mine)
        scores = (_sheet(tx, tender, mine),) if Role.PANEL_MEMBER in roles else ()
        chairs = (_moderation(tx, tender, mine),) if Role.CHAIR in roles else ()
        return (_declaration(tx, tender, mine), *scores, *chairs)


def files_in(chosen: Sequence[Path]) -> tuple[Path, ...]:
    """The files that were chosen, and of a chosen folder those that can be parcels by their name (also in a zip).

    Raises `EvalPanelError` where a folder cannot be read.
    """
    found: dict[Path, None] = {}
    for one in chosen:
        if one.is_dir():
            found.update(dict.fromkeys(_parcels_below(one)))
        else:
            found[one] = None
    return tuple(found)


def _parcels_below(folder: Path) -> Iterator[Path]:
    try:
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in (SUFFIX, ".zip") and not file.name.startswith(".") and file.is_file():
                yield file
    except OSError as error:
        raise trouble(error, "read", folder) from error


def _stand(tx: Session, workspace: Workspace, row: t.InstallationRow) -> Stand:
    tender = TenderId(row.tender_id)
    held = tx.get(t.TenderRow, row.tender_id)
    took_over = tx.execute(select(t.SuccessionRow.id).where(t.SuccessionRow.tender_id == tender)).first() is not None
    if row.nonce or took_over:
        assert held is not None, "the officer's keys are made with the tender, and who takes over holds it"
        name = _name(tx, tender, row.person)
        return Stand(tender, held.reference, held.title, row.person, name, True, True, True, True)
    body = invitations.newest(tx, tender)[1]
    known = body.officer.value().installation in exchange.confirmed(tx, tender)
    wanted = t.EnvelopeRow.tender_id == tender, t.EnvelopeRow.kind == EnvelopeKind.QUALITY
    bids = tx.execute(select(t.EnvelopeRow.name).where(*wanted)).first() is not None
    leads = _leads_now(tx, workspace, tender, body.officer_name)
    return Stand(tender, body.reference, body.title, row.person, leads, False, known, held is not None, bids)


def _leads_now(tx: Session, workspace: Workspace, tender: TenderId, invited: str) -> str:
    """Who leads, by name: who invited this laptop, or whoever took over since."""
    lists = t.ParcelRow.tender_id == tender, t.ParcelRow.kind == ParcelKind.ROSTER
    if len(tx.execute(select(t.ParcelRow.author).where(*lists).distinct()).all()) < 2:
        return invited
    mine = exchange.own(tx, workspace, tender)
    assert mine is not None, "a laptop that holds a list has joined"
    person = rosters.officer(tx, mine)[0]
    return _name(tx, tender, person)


def _name(tx: Session, tender: TenderId, person: PersonCode) -> str:
    row = t.PanelMemberRow
    return tx.execute(select(row.name).where(row.tender_id == tender, row.person == person)).scalar() or person


def _answer(tx: Session, tender: TenderId, mine: PersonCode) -> ToSend:
    last = _last(tx, tender, ParcelKind.ENROLMENT, mine)
    assert last is not None, "a laptop joins by answering"
    return ToSend(ParcelKind.ENROLMENT, Due.SENT, last[1], final=True)


def _roles(tx: Session, tender: TenderId, mine: PersonCode) -> tuple[Role, ...]:
    row = t.PanelMemberRow
    return tx.execute(select(row.roles).where(row.tender_id == tender, row.person == mine)).scalar() or ()


def _moderation(tx: Session, tender: TenderId, mine: PersonCode) -> ToSend:
    agreed_at = tx.execute(
        select(func.max(t.ModeratedScoreRow.act)).where(t.ModeratedScoreRow.tender_id == tender)
    ).scalar()
    last = _last(tx, tender, ParcelKind.MODERATION, mine)
    if last is None:
        return ToSend(ParcelKind.MODERATION, Due.NOTHING if agreed_at is None else Due.FRESH)
    held, at = last
    final = read_moderation(held.statement.payload).body.state is ModerationState.FINAL
    changed = agreed_at is not None and agreed_at > exchange.act_of(tx, held.identity)
    return ToSend(ParcelKind.MODERATION, Due.CHANGED if changed else Due.SENT, at, final)


def _agreed(tx: Session, tender: TenderId, mine: PersonCode, held: exchange.Held) -> Agreed:
    state = read_moderation(held.statement.payload).body.state
    said = exchange.line(tx, tender, ParcelKind.ASSENT, mine, held.author)
    answered = any(read_assent(one.statement.payload).body.moderation == held.identity for one in said)
    return Agreed(held.author, state is ModerationState.FINAL, answered)


def _declaration(tx: Session, tender: TenderId, mine: PersonCode) -> ToSend:
    row = t.DeclarationRow
    acts = tx.execute(
        select(func.count(row.act.distinct())).where(row.tender_id == tender, row.person == mine)
    ).scalar_one()
    last = _last(tx, tender, ParcelKind.DECLARATION, mine)
    if last is None:
        return ToSend(ParcelKind.DECLARATION, Due.FRESH if acts else Due.NOTHING)
    held, at = last
    same = len(read_declarations(held.statement.payload).body.declared) == acts
    return ToSend(ParcelKind.DECLARATION, Due.SENT if same else Due.CHANGED, at)


def _sheet(tx: Session, tender: TenderId, mine: PersonCode) -> ToSend:
    scores = score_reads.scores_of(tx, tender, mine)
    signed = queries.sign_offs(tx, tender).get(mine)
    final = signed is not None and signed.signed
    last = _last(tx, tender, ParcelKind.SCORESHEET, mine)
    if last is None:
        return ToSend(ParcelKind.SCORESHEET, Due.FRESH if scores else Due.NOTHING, None, final)
    held, at = last
    body = read_scoresheet(held.statement.payload).body
    same = (body.sheet_digest, body.state is SheetState.FINAL) == (sheet_digest(scores.values()), final)
    return ToSend(ParcelKind.SCORESHEET, Due.SENT if same else Due.CHANGED, at, final)


def _last(tx: Session, tender: TenderId, kind: ParcelKind, mine: PersonCode) -> tuple[exchange.Held, datetime] | None:
    held = exchange.line(tx, tender, kind, mine)
    if not held:
        return None
    at = tx.execute(select(t.ParcelRow.at).where(t.ParcelRow.identity == held[-1].identity)).scalar_one()
    return held[-1], at
