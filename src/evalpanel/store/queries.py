"""Reads that several services share. Everything but `tender_row` returns values."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import (
    Affirmation,
    Decision,
    Declaration,
    Interest,
    Recusal,
    has_declared,
    interests_of,
    organisations,
    recusals,
    together,
)
from evalpanel.domain.listed import Match, asked_in, is_listed, meant_in, questions
from evalpanel.domain.matching import Hint
from evalpanel.domain.people import PanelMember, Role, replaced
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.tender import PersonCode, PriceLine, ScaleCode, TenderId
from evalpanel.domain.trail import TrailLine
from evalpanel.errors import EvalPanelError
from evalpanel.store import tables as t
from evalpanel.store.rows import rows_of, values_of


@dataclass(frozen=True, slots=True)
class SignOff:
    """Whether a person's sheet is signed off, and the digest of what was signed. `sheet`: the statement it came with;
    `entered_by`: who typed it in for them."""

    signed: bool
    revision: int
    sheet_digest: str
    at: datetime
    sheet: str = ""
    entered_by: str = ""


_TENDERS = select(t.TenderRow)


def tender_row(tx: Session, named: str) -> t.TenderRow:
    """The tender with this reference, this id, or an id that begins so (at least four characters)."""
    wanted = named.strip()
    rows = tx.execute(_TENDERS).scalars().all()
    exact = [row for row in rows if wanted in (row.tender_id, row.reference)]
    found = exact or [row for row in rows if row.reference.casefold() == wanted.casefold()]
    found = found or [row for row in rows if len(wanted) >= 4 and row.tender_id.startswith(wanted.lower())]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(row.reference for row in rows)) or "none yet"
    if found:
        raise EvalPanelError(f"“{named}” means more than one tender.", f"Write the whole reference. Known: {known}.")
    raise EvalPanelError(f"There is no tender “{named}” in this profile.", f"Known references: {known}.")


def pack(tx: Session, tender: TenderId) -> TenderPack:
    """What was published and who takes part: criteria, lots, bidders, bids and panel. No documents and no prices."""
    row = tx.get_one(t.TenderRow, tender)
    levels: dict[ScaleCode, list[Level]] = defaultdict(list)
    for level in rows_of(tx, t.LevelRow, tender):
        levels[level.scale].append(level.value())
    return TenderPack(
        tender=row.value(),
        authorities=values_of(tx, t.AuthorityRow, tender),
        lots=values_of(tx, t.LotRow, tender),
        stages=values_of(tx, t.StageRow, tender),
        outcomes=values_of(tx, t.OutcomeRow, tender),
        criteria=values_of(tx, t.CriterionRow, tender),
        scales=tuple(Scale(code, tuple(held)) for code, held in levels.items()),
        bidders=values_of(tx, t.BidderRow, tender),
        members=values_of(tx, t.ConsortiumMemberRow, tender),
        bids=values_of(tx, t.BidRow, tender),
        clarifications=values_of(tx, t.ClarificationRow, tender),
        panel=values_of(tx, t.PanelMemberRow, tender),
    )


def price_lines(tx: Session, tender: TenderId) -> tuple[PriceLine, ...]:
    """The price lines that have been opened on the record."""
    return values_of(tx, t.PriceLineRow, tender)


def member(held: TenderPack, person: str) -> PanelMember:
    """The person with this code. Raises `EvalPanelError` naming the codes that there are."""
    for one in held.panel:
        if one.person.casefold() == person.strip().casefold():
            return one
    known = ", ".join(one.person for one in held.panel) or "none"
    raise EvalPanelError(f"There is no person “{person}” in this tender.", f"Person codes: {known}.")


def first_with(held: TenderPack, role: Role) -> PersonCode | None:
    """The first person with a role, or None."""
    return next((one.person for one in held.panel if one.has(role)), None)


def declarations(tx: Session, tender: TenderId) -> tuple[Declaration, ...]:
    """All declarations of interest, oldest first."""
    return tuple(row.value() for row in rows_of(tx, t.DeclarationRow, tender))


def decisions(tx: Session, tender: TenderId) -> tuple[Decision, ...]:
    """Everything that was decided about interests, oldest first."""
    return tuple(row.value() for row in rows_of(tx, t.InterestDecisionRow, tender))


def matches(tx: Session, tender: TenderId) -> tuple[Match, ...]:
    """Whom people mean who listed interests in a blind tender, as the officer settled it, oldest first."""
    return tuple(row.value() for row in rows_of(tx, t.InterestMatchRow, tender))


def meant(tx: Session, tender: TenderId, held: TenderPack) -> tuple[Declaration, ...]:
    """All declarations, oldest first, with whom listed interests mean."""
    lines = declarations(tx, tender)
    return meant_in(held, lines, matches(tx, tender)) if any(map(is_listed, lines)) else lines


def open_questions(tx: Session, tender: TenderId, held: TenderPack) -> tuple[tuple[Declaration, Hint], ...]:
    """Whom listed interests may mean, for the officer to answer; nothing on a laptop that is not the officer's."""
    mine = tx.get(t.InstallationRow, tender)
    lines = declarations(tx, tender)
    took = tx.execute(select(t.SuccessionRow.id).where(t.SuccessionRow.tender_id == tender)).first()
    if mine is None or not (mine.nonce or took) or not any(map(is_listed, lines)):
        return ()
    return questions(lines, matches(tx, tender), organisations(held.bidders, held.members))


def affirmations(tx: Session, tender: TenderId) -> dict[PersonCode, Affirmation]:
    """Who has said at moderation that their declaration still holds, or why that is missing; the newest word counts."""
    return {row.person: row.value() for row in rows_of(tx, t.AffirmationRow, tender)}


def interests(tx: Session, tender: TenderId, held: TenderPack) -> dict[PersonCode, tuple[Interest, ...]]:
    """The interests of everybody on the panel, with what was decided about each."""
    lines, decided = meant(tx, tender, held), decisions(tx, tender)
    return {one.person: interests_of(one, lines, held.bidders, held.members, decided) for one in held.panel}


def all_recused(tx: Session, tender: TenderId, held: TenderPack) -> dict[PersonCode, tuple[Recusal, ...]]:
    """What each person of the panel is kept out of: lots, or what a decision made of them."""
    told = told_recusals(tx, tender)
    return {
        person: together((*told.get(person, ()), *recusals(own, held.bids)))
        for person, own in interests(tx, tender, held).items()
    }


def recused(tx: Session, tender: TenderId, held: TenderPack, one: PanelMember) -> tuple[Recusal, ...]:
    """What a person is kept out of. This and `all_recused` are the one way in which everything asks."""
    own = interests_of(one, meant(tx, tender, held), held.bidders, held.members, decisions(tx, tender))
    return together((*told_recusals(tx, tender).get(one.person, ()), *recusals(own, held.bids)))


# Made once: making a statement anew takes five times as long as running it, and this runs at every keystroke saved.
_TOLD = (
    select(
        t.ToldRecusalRow.person,
        t.ToldRecusalRow.seq,
        t.ToldRecusalRow.lot,
        t.ToldRecusalRow.bid,
        t.ToldRecusalRow.criterion,
        t.ToldRecusalRow.why,
    )
    .where(t.ToldRecusalRow.tender_id == bindparam("tender"))
    .order_by(t.ToldRecusalRow.id)
)


def told_recusals(tx: Session, tender: TenderId) -> dict[PersonCode, tuple[Recusal, ...]]:
    """What the officer's newest release says that the owner of this laptop is kept out of, and to a chair who else is; nothing on other laptops."""
    rows = tx.connection().execute(_TOLD, {"tender": tender}).all()
    newest = max((row.seq for row in rows), default=0)
    found: dict[PersonCode, list[Recusal]] = defaultdict(list)
    for row in rows:
        if row.seq == newest and row.lot is not None:
            found[row.person].append(Recusal(row.person, row.lot, row.why, row.bid, row.criterion))
    return {person: tuple(own) for person, own in found.items()}


def declared(tx: Session, tender: TenderId, held: TenderPack) -> frozenset[PersonCode]:
    """Who has answered for every organisation that takes part now. In a blind tender, on the officer's laptop: and of whose
    own words it is settled whom they mean."""
    asked = asked_in(held)
    waiting = {line.person for line, _ in open_questions(tx, tender, held)}
    lines: dict[PersonCode, list[Declaration]] = defaultdict(list)
    for line in declarations(tx, tender):
        lines[line.person].append(line)
    return frozenset(person for person, own in lines.items() if person not in waiting and has_declared(own, asked))


def names_released(tx: Session, tender: TenderId) -> bool:
    """Whether it was decided to release the names of a blind tender before moderation is closed."""
    return tx.execute(select(t.NamesReleaseRow.id).where(t.NamesReleaseRow.tender_id == tender)).first() is not None


def absences(tx: Session, tender: TenderId) -> dict[PersonCode, str]:
    """Who will not sign off, with the reason on record: an absence, also one that a chair told, or that somebody took their
    place."""
    return _away(tx, tender, told=True) | absences_here(tx, tender)


def absences_here(tx: Session, tender: TenderId) -> dict[PersonCode, str]:
    """The same without what a chair's moderation says alone: what was recorded on this laptop, and who was replaced."""
    left = replaced(values_of(tx, t.PanelMemberRow, tender))
    gone = {person: f"{by} took their place on the panel." for person, by in left.items()}
    return gone | absences_recorded_here(tx, tender)


def absences_recorded_here(tx: Session, tender: TenderId) -> dict[PersonCode, str]:
    """Whose absence was recorded on this laptop and stands, with the reason; without those whose place was taken."""
    return _away(tx, tender, told=False)


def absences_ended_here(tx: Session, tender: TenderId) -> frozenset[PersonCode]:
    """Whose absence was recorded on this laptop and taken back, so that they are not absent by its own word."""
    newest = {row.person: row.is_away for row in rows_of(tx, t.AbsenceRow, tender) if not row.told}
    return frozenset(person for person, away in newest.items() if not away)


def absences_told(tx: Session, tender: TenderId) -> dict[PersonCode, str]:
    """Who a chair's moderation that counts here says will not sign off, and why."""
    return _away(tx, tender, told=True)


def _away(tx: Session, tender: TenderId, *, told: bool) -> dict[PersonCode, str]:
    newest = {row.person: row for row in rows_of(tx, t.AbsenceRow, tender) if row.told is told}
    return {person: row.reason for person, row in newest.items() if row.is_away}


def set_aside(tx: Session, tender: TenderId) -> frozenset[str]:
    """The statements that turned out here not to hold together."""
    row = t.SetAsideRow
    rows = tx.execute(select(row.identity, row.aside).where(row.tender_id == tender).order_by(row.id))
    newest = dict(rows.tuples().all())
    return frozenset(identity for identity, aside in newest.items() if aside)


def sign_offs(tx: Session, tender: TenderId) -> dict[PersonCode, SignOff]:
    """Where each person's sign-off stands; persons who never signed off are not in it."""
    held: dict[PersonCode, SignOff] = {}
    for row in tx.execute(
        select(t.SignOffRow).where(t.SignOffRow.tender_id == tender).order_by(t.SignOffRow.revision)
    ).scalars():
        held[row.person] = SignOff(row.signed, row.revision, row.sheet_digest, row.at, row.sheet, row.entered_by)
    return held


_TRAIL = (
    select(*(getattr(t.AuditRow, field.name) for field in fields(TrailLine)))
    .where(t.AuditRow.chain == bindparam("chain"))
    .order_by(t.AuditRow.number)
)


def trail(tx: Session, chain: str) -> tuple[TrailLine, ...]:
    """One chain of the audit trail, from its first line."""
    tx.flush()
    return tuple(TrailLine(*row) for row in tx.connection().execute(_TRAIL, {"chain": chain}))
