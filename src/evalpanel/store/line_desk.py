"""What one answer on one line rests on, read for that line alone: it is asked at every keystroke that is saved."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, bindparam, select
from sqlalchemy.orm import Session

from evalpanel.domain.criteria import Criterion, CriterionKind
from evalpanel.domain.interests import Recusal, awaited, has_declared, interests_of, organisations, recusals, together
from evalpanel.domain.listed import is_listed, with_meant
from evalpanel.domain.people import PanelMember
from evalpanel.domain.scales import Scale
from evalpanel.domain.sheets import Line, Score
from evalpanel.domain.tender import BidStatus, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.store import queries
from evalpanel.store import tables as t
from evalpanel.store.rows import rows_of, values_of


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
    bids, bidders = values_of(tx, t.BidRow, tender), values_of(tx, t.BidderRow, tender)
    members = values_of(tx, t.ConsortiumMemberRow, tender)
    blind = bool(plain.execute(_BLIND, {"tender": tender}).scalar_one())
    if any(map(is_listed, said)):
        said = with_meant(said, queries.matches(tx, tender), organisations(bidders, members))
    kept_out: tuple[Recusal, ...] = ()
    if one.organisation or any(line.bidder is not None for line in said):
        decided = [row.value() for row in tx.execute(_DECIDED, own).scalars()]
        kept_out = recusals(interests_of(one, said, bidders, members, decided), bids)
    kept_out = together((*queries.told_recusals(tx, tender).get(one.person, ()), *kept_out))
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
        people = {one.person.casefold(): one for one in rows_of(tx, t.PanelMemberRow, tender)}
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
