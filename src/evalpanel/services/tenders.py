"""Shared steps of the journeys: find a tender, ask at which stage it stands, move it forward, show it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from evalpanel.domain import blind
from evalpanel.domain.intake import TenderPack
from evalpanel.domain.people import PanelMember, Role
from evalpanel.domain.stages import TenderStage
from evalpanel.domain.tender import Lot, PersonCode, TenderId
from evalpanel.errors import EvalPanelError
from evalpanel.services.workspace import Workspace
from evalpanel.store import queries
from evalpanel.store import tables as t

OWNER = PersonCode("OFFICER")
"""The code of the profile's owner where the panel names no officer."""


@dataclass(frozen=True, slots=True)
class OpenTender:
    """A tender in the middle of an act: its id, where it stands, and everything that was published."""

    tender_id: TenderId
    stage: TenderStage
    pack: TenderPack

    @property
    def reference(self) -> str:
        """The published reference."""
        assert self.pack.tender is not None
        return self.pack.tender.reference

    def member(self, person: str) -> PanelMember:
        """The person with this code, or an error that names the codes that there are."""
        return queries.member(self.pack, person)

    def acting(self, role: Role, person: str | None) -> PersonCode:
        """Who does an act of `role`: the person named (who must have the role), or the first who has it.

        Without any officer or chair on the panel the owner of the profile acts as officer.
        """
        if person is not None:
            one = self.member(person)
            if not one.has(role):
                raise EvalPanelError(
                    f"{one.person} is not the {role.value} of this tender.",
                    "Nothing was changed. This act is theirs alone.",
                )
            return one.person
        return queries.first_with(self.pack, role) or queries.first_with(self.pack, Role.OFFICER) or OWNER


def find(tx: Session, named: str) -> OpenTender:
    """The tender with this reference or id."""
    row = queries.tender_row(tx, named)
    tender_id = TenderId(row.tender_id)
    return OpenTender(tender_id, row.stage, queries.pack(tx, tender_id))


def require(
    tender: OpenTender, *, at_least: TenderStage | None = None, before: TenderStage | None = None, act: str
) -> None:
    """Refuse an act whose time has not come or is over. `act` completes the sentence “…, so `act`.”"""
    require_stage(tender.reference, tender.stage, at_least=at_least, before=before, act=act)


def require_stage(
    reference: str,
    stage: TenderStage,
    *,
    at_least: TenderStage | None = None,
    before: TenderStage | None = None,
    act: str,
) -> None:
    """The same, where only the stage of the tender was read."""
    if at_least is not None and not stage.reached(at_least):
        raise EvalPanelError(
            f"{reference} is at the stage “{stage.words}”, so {act}.",
            f"Nothing was changed. This comes once the stage “{at_least.words}” is reached.",
        )
    if before is not None and stage.reached(before):
        raise EvalPanelError(
            f"{reference} is at the stage “{stage.words}”, so {act}.",
            "Nothing was changed: what was done stays on the record.",
        )


def advance(tx: Session, tender: OpenTender | TenderId, to: TenderStage) -> None:
    """Move the tender forward to a stage; one that is already there or beyond stays where it is."""
    row = tx.get_one(t.TenderRow, tender.tender_id if isinstance(tender, OpenTender) else tender)
    if not row.stage.reached(to):
        row.stage = to


def owner_here(tx: Session, tender: TenderId) -> PersonCode | None:
    """Whose laptop this is in a tender that it joined by an invitation; None on the laptop that leads it."""
    row = tx.get(t.InstallationRow, tender)
    if row is None or row.nonce:
        return None
    took = tx.execute(select(t.SuccessionRow.id).where(t.SuccessionRow.tender_id == tender).limit(1)).first()
    return None if took is not None else row.person


def names_are_shown(tx: Session, tender: OpenTender) -> bool:
    """Whether bids are shown with their bidders' names at this laptop; False: by their codes alone."""
    return blind.names_are_shown(
        tender.pack,
        leads=owner_here(tx, tender.tender_id) is None,
        released=queries.names_released(tx, tender.tender_id),
        locked=tender.stage.reached(TenderStage.QUALITY_LOCKED),
    )


def refuse_joined(tx: Session, tender: OpenTender, act: str) -> None:
    """Refuse an act of the officer on a laptop that joined by an invitation. `act` begins the sentence `… on the officer's laptop`."""
    if owner_here(tx, tender.tender_id) is not None:
        raise EvalPanelError(
            f"{act} on the officer's laptop.", "Nothing was changed. This laptop follows what is released to it."
        )


@dataclass(frozen=True, slots=True)
class TenderSummary:
    """A tender at a glance."""

    tender_id: TenderId
    reference: str
    title: str
    authority: str
    stage: TenderStage
    lots: tuple[Lot, ...]
    criteria: int
    bids: int
    documents: int
    panel: int
    criteria_digest: str


def summary(tx: Session, tender_id: TenderId) -> TenderSummary:
    """What `show`, `load` and the home page say about a tender."""
    row = tx.get_one(t.TenderRow, tender_id)

    def count(table: type[t.CriterionRow | t.BidRow | t.PanelMemberRow]) -> int:
        return tx.execute(select(func.count()).select_from(table).where(table.tender_id == tender_id)).scalar_one()

    documents = tx.execute(
        select(func.count())
        .select_from(t.DocumentRow)
        .where(t.DocumentRow.tender_id == tender_id, t.DocumentRow.is_prices.is_(False))
    ).scalar_one()
    lots = tx.execute(select(t.LotRow).where(t.LotRow.tender_id == tender_id).order_by(t.LotRow.position)).scalars()
    digest = tx.execute(select(t.FreezeRow.digest).where(t.FreezeRow.tender_id == tender_id)).scalar_one_or_none()
    return TenderSummary(
        tender_id=tender_id,
        reference=row.reference,
        title=row.title,
        authority=row.authority,
        stage=row.stage,
        lots=tuple(lot.value() for lot in lots),
        criteria=count(t.CriterionRow),
        bids=count(t.BidRow),
        documents=documents,
        panel=count(t.PanelMemberRow),
        criteria_digest=digest or "",
    )


_CHANGES = select(t.AuditRow.number).where(
    t.AuditRow.chain == bindparam("chain"),
    t.AuditRow.number > bindparam("after"),
    t.AuditRow.act != "document-read",
)
_NEWEST = _CHANGES.order_by(t.AuditRow.number.desc()).limit(1)


def newest_act(workspace: Workspace, named: str) -> int:
    """The number of the newest act that changed something in a tender: reading a document does not.

    Every change leaves an act: while this is the same, nothing has changed.
    """
    with workspace.store.reading() as tx:
        about = {"chain": queries.tender_row(tx, named).tender_id, "after": 0}
        return int(tx.connection().execute(_NEWEST, about).scalar_one_or_none() or 0)


def acts_after(workspace: Workspace, named: str, number: int) -> tuple[int, ...]:
    """The numbers of the acts that changed something after this one, oldest first."""
    with workspace.store.reading() as tx:
        about = {"chain": queries.tender_row(tx, named).tender_id, "after": number}
        return tuple(sorted(tx.connection().execute(_CHANGES, about).scalars()))


def person_code(workspace: Workspace, named: str, person: str) -> PersonCode:
    """The code of a person as the sheet Panel writes it, however it was typed. Refused where there is no such person."""
    with workspace.store.reading() as tx:
        return find(tx, named).member(person).person


def all_tenders(workspace: Workspace) -> tuple[TenderSummary, ...]:
    """Every tender of the profile, by reference."""
    with workspace.store.reading() as tx:
        found = tx.execute(select(t.TenderRow.tender_id).order_by(t.TenderRow.reference)).scalars().all()
        return tuple(summary(tx, TenderId(tender_id)) for tender_id in found)
