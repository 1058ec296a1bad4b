"""Reads that several services share. Everything but `tender_row` returns values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import (
    Affirmation,
    Decision,
    Declaration,
    Interest,
    Recusal,
    awaited,
    has_declared,
    interests_of,
    organisations,
    recusals,
    together,
)
from evalpanel.domain.listed import Match, asked_in, is_listed, meant_in, questions, with_meant
from evalpanel.domain.matching import Hint
from evalpanel.domain.people import PanelMember, Role, replaced
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import BidStatus, PersonCode, PriceLine, ScaleCode, TenderId
from evalpanel.domain.trail import TrailLine
from evalpanel.errors import EvalPanelError
from evalpanel.store import tables as t
from evalpanel.store.tables.base import ValueRow


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
    for level in _rows(tx, t.LevelRow, tender):
        levels[level.scale].append(level.value())
    return TenderPack(
        tender=row.value(),
        authorities=_values(tx, t.AuthorityRow, tender),
        lots=_values(tx, t.LotRow, tender),
        stages=_values(tx, t.StageRow, tender),
        outcomes=_values(tx, t.OutcomeRow, tender),
        criteria=_values(tx, t.CriterionRow, tender),
        scales=tuple(Scale(code, tuple(held)) for code, held in levels.items()),
        bidders=_values(tx, t.BidderRow, tender),
        members=_values(tx, t.ConsortiumMemberRow, tender),
        bids=_values(tx, t.BidRow, tender),
        clarifications=_values(tx, t.ClarificationRow, tender),
        panel=_values(tx, t.PanelMemberRow, tender),
    )


def price_lines(tx: Session, tender: TenderId) -> tuple[PriceLine, ...]:
    """The price lines that have been opened on the record."""
    return _values(tx, t.PriceLineRow, tender)


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
    return tuple(row.value() for row in _rows(tx, t.DeclarationRow, tender))


def decisions(tx: Session, tender: TenderId) -> tuple[Decision, ...]:
    """Everything that was decided about interests, oldest first."""
    return tuple(row.value() for row in _rows(tx, t.InterestDecisionRow, tender))


def matches(tx: Session, tender: TenderId) -> tuple[Match, ...]:
    """Whom people mean who listed interests in a blind tender, as the officer settled it, oldest first."""
    return tuple(row.value() for row in _rows(tx, t.InterestMatchRow, tender))


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
    return {row.person: row.value() for row in _rows(tx, t.AffirmationRow, tender)}


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


def told_recusals(tx: Session, tender: TenderId) -> dict[PersonCode, tuple[Recusal, ...]]:
    """What the officer's newest release says that the owner of this laptop is kept out of; nothing on other laptops."""
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
    left = replaced(_values(tx, t.PanelMemberRow, tender))
    gone = {person: f"{by} took their place on the panel." for person, by in left.items()}
    return gone | _away(tx, tender, told=False)


def absences_told(tx: Session, tender: TenderId) -> dict[PersonCode, str]:
    """Who a chair's moderation that counts here says will not sign off, and why."""
    return _away(tx, tender, told=True)


def _away(tx: Session, tender: TenderId, *, told: bool) -> dict[PersonCode, str]:
    newest = {row.person: row for row in _rows(tx, t.AbsenceRow, tender) if row.told is told}
    return {person: row.reason for person, row in newest.items() if row.is_away}


def set_aside(tx: Session, tender: TenderId) -> frozenset[str]:
    """The statements that turned out here not to hold together."""
    row = t.SetAsideRow
    rows = tx.execute(select(row.identity, row.aside).where(row.tender_id == tender).order_by(row.id))
    newest = dict(rows.tuples().all())
    return frozenset(identity for identity, aside in newest.items() if aside)


@dataclass(frozen=True, slots=True)
class LineDesk:
    """What one answer on one line rests on. None: there is no such criterion, bid or scale."""

    member: PanelMember
    declared: bool
    recused: tuple[Recusal, ...]
    signed_off: bool
    criterion: Criterion | None
    scale: Scale | None
    status: BidStatus | None
    score: Score
    revision: int


# Made once: making a statement anew takes five times as long as running it, and these run at every keystroke saved.
_OF_TENDER: BindParameter[str] = bindparam("tender")
_OF_PERSON: BindParameter[str] = bindparam("person")
_MEMBER = select(t.PanelMemberRow).where(
    t.PanelMemberRow.tender_id == _OF_TENDER, t.PanelMemberRow.person == _OF_PERSON
)
_DECLARED = (
    select(t.DeclarationRow)
    .where(t.DeclarationRow.tender_id == _OF_TENDER, t.DeclarationRow.person == _OF_PERSON)
    .order_by(t.DeclarationRow.position, t.DeclarationRow.id)
)
_DECIDED = (
    select(t.InterestDecisionRow)
    .where(t.InterestDecisionRow.tender_id == _OF_TENDER, t.InterestDecisionRow.person == _OF_PERSON)
    .order_by(t.InterestDecisionRow.position, t.InterestDecisionRow.id)
)
_STATUS = select(t.BidRow.status).where(
    t.BidRow.tender_id == _OF_TENDER, t.BidRow.lot == bindparam("lot"), t.BidRow.bid == bindparam("bid")
)
_TOLD = (
    select(
        t.ToldRecusalRow.person,
        t.ToldRecusalRow.seq,
        t.ToldRecusalRow.lot,
        t.ToldRecusalRow.bid,
        t.ToldRecusalRow.criterion,
        t.ToldRecusalRow.why,
    )
    .where(t.ToldRecusalRow.tender_id == _OF_TENDER)
    .order_by(t.ToldRecusalRow.id)
)
_BLIND = select(t.TenderRow.blind).where(t.TenderRow.tender_id == _OF_TENDER)
_CRITERION = select(t.CriterionRow).where(
    t.CriterionRow.tender_id == _OF_TENDER, t.CriterionRow.criterion == bindparam("criterion")
)
_CHILD = (
    select(t.CriterionRow.id)
    .where(t.CriterionRow.tender_id == _OF_TENDER, t.CriterionRow.parent == bindparam("criterion"))
    .limit(1)
)
_LEVELS = (
    select(t.LevelRow)
    .where(t.LevelRow.tender_id == _OF_TENDER, t.LevelRow.scale == bindparam("scale"))
    .order_by(t.LevelRow.position)
)
_LAST_SCORE = (
    select(t.ScoreRow)
    .where(
        t.ScoreRow.tender_id == _OF_TENDER,
        t.ScoreRow.person == _OF_PERSON,
        t.ScoreRow.lot == bindparam("lot"),
        t.ScoreRow.bid == bindparam("bid"),
        t.ScoreRow.criterion == bindparam("criterion"),
    )
    .order_by(t.ScoreRow.revision.desc())
    .limit(1)
)
_SIGNED = (
    select(t.SignOffRow.signed)
    .where(t.SignOffRow.tender_id == _OF_TENDER, t.SignOffRow.person == _OF_PERSON)
    .order_by(t.SignOffRow.revision.desc())
    .limit(1)
)


def line_desk(tx: Session, tender: TenderId, person: str, line: Line) -> LineDesk:
    """What is needed to judge one answer, read for its own line only: it is asked at every keystroke that is saved."""
    one = _member(tx, tender, person)
    own = {"tender": tender, "person": one.person}
    about = {"tender": tender, "lot": line.lot, "bid": line.bid, "criterion": line.criterion}
    plain = tx.connection()  # rows that become no objects are read past the mapper
    said = tuple(row.value() for row in tx.execute(_DECLARED, own).scalars())
    bids, bidders = _values(tx, t.BidRow, tender), _values(tx, t.BidderRow, tender)
    members = _values(tx, t.ConsortiumMemberRow, tender)
    blind = bool(plain.execute(_BLIND, {"tender": tender}).scalar_one())
    if any(map(is_listed, said)):
        said = with_meant(said, matches(tx, tender), organisations(bidders, members))
    kept_out: tuple[Recusal, ...] = ()
    if one.organisation or any(line.bidder is not None for line in said):
        decided = [row.value() for row in tx.execute(_DECIDED, own).scalars()]
        kept_out = recusals(interests_of(one, said, bidders, members, decided), bids)
    kept_out = together((*told_recusals(tx, tender).get(one.person, ()), *kept_out))
    criterion = _criterion(tx, about)
    scale = None
    if criterion is not None and criterion.scale is not None:
        levels = tx.execute(_LEVELS, {"tender": tender, "scale": criterion.scale}).scalars()
        scale = Scale(criterion.scale, tuple(row.value() for row in levels))
    last = tx.execute(_LAST_SCORE, about | own).scalar_one_or_none()
    return LineDesk(
        member=one,
        declared=has_declared(said, awaited(bids, bidders, () if blind else members)),
        recused=kept_out,
        signed_off=bool(plain.execute(_SIGNED, own).scalar_one_or_none()),
        criterion=criterion,
        scale=scale,
        status=plain.execute(_STATUS, about).scalar_one_or_none(),
        score=last.value() if last is not None else Score(line),
        revision=last.revision if last is not None else 0,
    )


def _member(tx: Session, tender: TenderId, person: str) -> PanelMember:
    row = tx.execute(_MEMBER, {"tender": tender, "person": person.strip()}).scalar_one_or_none()
    if row is None:
        people = {one.person.casefold(): one for one in _rows(tx, t.PanelMemberRow, tender)}
        row = people.get(person.strip().casefold())
        if row is None:
            known = ", ".join(one.person for one in people.values()) or "none"
            raise EvalPanelError(f"There is no person “{person}” in this tender.", f"Person codes: {known}.")
    one: PanelMember = row.value()
    return one


def _criterion(tx: Session, about: dict[str, str]) -> Criterion | None:
    own = tx.execute(_CRITERION, about).scalar_one_or_none()
    if own is None or own.kind in (CriterionKind.SECTION, CriterionKind.INFORMATION):
        return None
    return own.value() if tx.connection().execute(_CHILD, about).first() is None else None


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


def _rows(tx: Session, row: Any, tender: TenderId) -> Sequence[Any]:
    rows: Sequence[Any] = tx.execute(_all_of(row), {"tender": tender}).scalars().all()
    return rows


@cache
def _all_of(row: Any) -> Select[Any]:
    return select(row).where(row.tender_id == bindparam("tender")).order_by(row.position, row.id)


def _values(tx: Session, row: Any, tender: TenderId) -> tuple[Any, ...]:
    if row.value is not ValueRow.value:
        return tuple(one.value() for one in _rows(tx, row, tender))
    # Past the mapper: the window reads the whole of what was published after every act.
    tx.flush()
    return tuple(row.VALUE(*held) for held in tx.connection().execute(_fields_of(row), {"tender": tender}))


@cache
def _fields_of(row: Any) -> Select[Any]:
    columns = (getattr(row, "value_" if field.name == "value" else field.name) for field in fields(row.VALUE))
    return select(*columns).where(row.tender_id == bindparam("tender")).order_by(row.position, row.id)
