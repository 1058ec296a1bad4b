"""Reads that several services share. Everything but `tender_row` returns values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.interests import Declaration, Recusal, recusals
from evalpanel.domain.moderation import ModeratedScore
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.scales import Level, Scale
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import BidStatus, LotCode, PersonCode, PriceLine, ScaleCode, TenderId
from evalpanel.domain.trail import TrailLine
from evalpanel.errors import EvalPanelError
from evalpanel.store import tables as t


@dataclass(frozen=True, slots=True)
class SignOff:
    """Whether a person's sheet is signed off, and the digest of what was signed."""

    signed: bool
    revision: int
    sheet_digest: str
    at: datetime


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
    return tuple(
        Declaration(row.person, row.outcome, row.at, row.bidder, row.about, row.on_paper)
        for row in _rows(tx, t.DeclarationRow, tender)
    )


def recused(tx: Session, tender: TenderId, held: TenderPack, one: PanelMember) -> tuple[Recusal, ...]:
    """The lots from which a person is recused."""
    return recusals(one, declarations(tx, tender), held.bids, held.bidders, held.members)


def absences(tx: Session, tender: TenderId) -> dict[PersonCode, str]:
    """Who will not sign off, with the reason on record."""
    return {row.person: row.reason for row in _rows(tx, t.AbsenceRow, tender)}


def score_rows(tx: Session, tender: TenderId, person: PersonCode | None = None) -> Sequence[t.ScoreRow]:
    """The newest revision of every score, of one person or of all."""
    newest = select(
        t.ScoreRow.person,
        t.ScoreRow.lot,
        t.ScoreRow.bid,
        t.ScoreRow.criterion,
        func.max(t.ScoreRow.revision).label("top"),
    ).where(t.ScoreRow.tender_id == tender)
    if person is not None:
        newest = newest.where(t.ScoreRow.person == person)
    top = newest.group_by(t.ScoreRow.person, t.ScoreRow.lot, t.ScoreRow.bid, t.ScoreRow.criterion).subquery()
    wanted: Select[Any] = select(t.ScoreRow).join(
        top,
        (t.ScoreRow.tender_id == tender)
        & (t.ScoreRow.person == top.c.person)
        & (t.ScoreRow.lot == top.c.lot)
        & (t.ScoreRow.bid == top.c.bid)
        & (t.ScoreRow.criterion == top.c.criterion)
        & (t.ScoreRow.revision == top.c.top),
    )
    return tx.execute(wanted).scalars().all()


def scores_of(tx: Session, tender: TenderId, person: PersonCode) -> dict[Line, Score]:
    """One person's answers as they stand, by line."""
    return {row.line: row.value() for row in score_rows(tx, tender, person)}


def revisions(tx: Session, tender: TenderId, person: PersonCode) -> dict[Line, int]:
    """How many versions of each of a person's answers there are."""
    row = t.ScoreRow
    found = tx.execute(
        select(row.lot, row.bid, row.criterion, func.max(row.revision))
        .where(row.tender_id == tender, row.person == person)
        .group_by(row.lot, row.bid, row.criterion)
    )
    return {Line(lot, bid, criterion): top for lot, bid, criterion, top in found}


@dataclass(frozen=True, slots=True)
class LineDesk:
    """What one answer on one line rests on. None: there is no such criterion, bid or scale."""

    member: PanelMember
    declared: bool
    recused: tuple[LotCode, ...]
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
    select(
        t.DeclarationRow.person,
        t.DeclarationRow.outcome,
        t.DeclarationRow.at,
        t.DeclarationRow.bidder,
        t.DeclarationRow.about,
        t.DeclarationRow.on_paper,
    )
    .where(t.DeclarationRow.tender_id == _OF_TENDER, t.DeclarationRow.person == _OF_PERSON)
    .order_by(t.DeclarationRow.position, t.DeclarationRow.id)
)
_STATUS = select(t.BidRow.status).where(
    t.BidRow.tender_id == _OF_TENDER, t.BidRow.lot == bindparam("lot"), t.BidRow.bid == bindparam("bid")
)
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
    declared = tuple(Declaration(*row) for row in plain.execute(_DECLARED, own))
    criterion = _criterion(tx, about)
    scale = None
    if criterion is not None and criterion.scale is not None:
        levels = tx.execute(_LEVELS, {"tender": tender, "scale": criterion.scale}).scalars()
        scale = Scale(criterion.scale, tuple(row.value() for row in levels))
    last = tx.execute(_LAST_SCORE, about | own).scalar_one_or_none()
    return LineDesk(
        member=one,
        declared=bool(declared),
        recused=_recused_lots(tx, tender, one, declared),
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


def _recused_lots(
    tx: Session, tender: TenderId, one: PanelMember, declared: tuple[Declaration, ...]
) -> tuple[LotCode, ...]:
    if not one.organisation and all(own.bidder is None for own in declared):
        return ()
    held = recusals(
        one,
        declared,
        _values(tx, t.BidRow, tender),
        _values(tx, t.BidderRow, tender),
        _values(tx, t.ConsortiumMemberRow, tender),
    )
    return tuple(recusal.lot for recusal in held)


def sign_offs(tx: Session, tender: TenderId) -> dict[PersonCode, SignOff]:
    """Where each person's sign-off stands; persons who never signed off are not in it."""
    held: dict[PersonCode, SignOff] = {}
    for row in tx.execute(
        select(t.SignOffRow).where(t.SignOffRow.tender_id == tender).order_by(t.SignOffRow.revision)
    ).scalars():
        held[row.person] = SignOff(row.signed, row.revision, row.sheet_digest, row.at)
    return held


def moderated_rows(tx: Session, tender: TenderId) -> Sequence[t.ModeratedScoreRow]:
    """The newest revision of every moderated score."""
    row = t.ModeratedScoreRow
    top = (
        select(row.lot, row.bid, row.criterion, func.max(row.revision).label("top"))
        .where(row.tender_id == tender)
        .group_by(row.lot, row.bid, row.criterion)
        .subquery()
    )
    return (
        tx.execute(
            select(row).join(
                top,
                (row.tender_id == tender)
                & (row.lot == top.c.lot)
                & (row.bid == top.c.bid)
                & (row.criterion == top.c.criterion)
                & (row.revision == top.c.top),
            )
        )
        .scalars()
        .all()
    )


def moderated(tx: Session, tender: TenderId) -> dict[Line, ModeratedScore]:
    """What has been agreed, by line."""
    return {row.line: row.value() for row in moderated_rows(tx, tender)}


def trail(tx: Session, chain: str) -> tuple[TrailLine, ...]:
    """One chain of the audit trail, from its first line."""
    rows = tx.execute(select(t.AuditRow).where(t.AuditRow.chain == chain).order_by(t.AuditRow.number)).scalars()
    return tuple(
        TrailLine(
            chain=row.chain,
            number=row.number,
            at=row.at,
            person=row.person,
            act=row.act,
            detail=row.detail,
            salt=row.salt,
            detail_digest=row.detail_digest,
            previous=row.previous,
            hash=row.hash,
        )
        for row in rows
    )


def _rows(tx: Session, row: Any, tender: TenderId) -> Sequence[Any]:
    rows: Sequence[Any] = tx.execute(_all_of(row), {"tender": tender}).scalars().all()
    return rows


@cache
def _all_of(row: Any) -> Select[Any]:
    return select(row).where(row.tender_id == bindparam("tender")).order_by(row.position, row.id)


def _values(tx: Session, row: Any, tender: TenderId) -> tuple[Any, ...]:
    return tuple(one.value() for one in _rows(tx, row, tender))
